package seda

import (
	"context"
	"errors"
	"io"

	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// scanner follows a message as it is read, so that a reply or a manifest of a
// million units costs what is kept of it and no more. Elements are known by
// their local name: a sender who gets the namespace wrong is still understood.
type scanner struct {
	// start is called on each start tag, end on each end tag with the text
	// directly inside the element, both with the element on top of the stack.
	start func(r *xmlcore.Reader)
	end   func(text string)
	stack []string
	text  [][]byte // by depth; nil where the element has children
	kept  int      // characters the callbacks keep
	limit int
}

const (
	maxText = 1 << 20   // of one element; what is beyond is left out
	maxKept = 256 << 20 // of a whole message
)

// at returns the name of the nth element from the top, 0 being the element
// itself, or "".
func (s *scanner) at(n int) string {
	if i := len(s.stack) - 1 - n; i >= 0 {
		return s.stack[i]
	}
	return ""
}

// keep copies a value the callback holds on to, and counts it.
func (s *scanner) keep(v string) string {
	s.kept += len(v) + 64
	return v
}

// Event takes an event of the document.
func (s *scanner) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		s.stack = append(s.stack, r.Name().Local)
		n := len(s.stack)
		if n > len(s.text) {
			s.text = append(s.text, nil)
		}
		s.text[n-1] = s.text[n-1][:0]
		s.start(r)
	case xmlcore.Text:
		if n := len(s.stack); n > 0 {
			t := r.Text()
			room := maxText - len(s.text[n-1])
			s.text[n-1] = append(s.text[n-1], t[:min(room, len(t))]...)
		}
	case xmlcore.EndElement:
		n := len(s.stack)
		s.end(collapse(s.text[n-1]))
		s.stack = s.stack[:n-1]
	}
	if s.kept > s.limit {
		return element.TooLong(r, s.limit)
	}
	return nil
}

// collapse returns the text without blanks around it, as a copy; blanks alone
// cost nothing.
func collapse(b []byte) string {
	blank := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return string(b)
}

// run reads the document. What makes it unreadable goes to the report and ends
// the reading; complete says whether the end was reached.
func (s *scanner) run(ctx context.Context, src io.Reader, member string, rep *report.Report) (complete bool, err error) {
	if s.limit == 0 {
		s.limit = maxKept
	}
	r := xmlcore.NewReader(src, xmlcore.Options{Report: rep, Member: member})
	err = xmlcore.Run(ctx, r, s)
	var verdict *xmlcore.Error
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &verdict):
		rep.Record(verdict.Finding)
		return false, nil
	}
	return false, err
}

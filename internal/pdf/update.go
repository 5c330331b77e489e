package pdf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Update writes an incremental update (ISO 32000-1 §7.5.6): the original bytes
// first, exactly, then new and changed objects, then a cross-reference section
// of the style of the last one. Objects go out as they are given, so that
// memory does not grow with them. When the file had to be repaired, the new
// section gives the address of every object.
type Update struct {
	d    *Doc
	w    io.Writer
	off  int64 // written so far
	next int32
	done []placed
	buf  []byte
	err  error
}

type placed struct {
	ref Ref
	off int64 // -1: free
}

// ErrEncrypted says that an encrypted document cannot be updated.
var ErrEncrypted = errors.New("pdf: an encrypted document cannot be updated")

// newNumbers is how many numbers must be left for new objects.
const newNumbers = 1 << 18

// NewUpdate copies the document, opened with [Doc.Open], to w and makes ready
// to append. Nothing was written when the error is [ErrEncrypted] or an
// [*Error]: an object read so far has no end (PDF-XREF) and would swallow what
// is appended, or no numbers are left for new ones (PDF-LIMIT).
func NewUpdate(ctx context.Context, d *Doc, w io.Writer) (*Update, error) {
	if d.Encrypted() {
		return nil, ErrEncrypted
	}
	u := &Update{d: d, w: w, next: max(d.xref.size, 1)}
	for _, s := range d.sections {
		if int(s.Num) < d.limits.objects { // beyond, nobody would find it
			u.next = max(u.next, s.Num+1) // a stream's own number may be missing from Size
		}
	}
	switch {
	case d.unended:
		return nil, &Error{RuleXRef}
	case int(u.next) > d.limits.objects-newNumbers:
		return nil, &Error{RuleLimit}
	}
	buf := make([]byte, 64<<10)
	last := byte('\n')
	for off := int64(0); off < d.size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := d.r.ReadAt(buf[:min(int64(len(buf)), d.size-off)], off)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		last = buf[n-1]
		off += int64(n)
		u.write(buf[:n])
	}
	if last != '\n' && last != '\r' {
		u.write([]byte{'\n'})
	}
	return u, u.err
}

func (u *Update) write(b []byte) {
	if u.err != nil {
		return
	}
	n, err := u.w.Write(b)
	u.off += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	u.err = err
}

// New reserves the number of a new object.
func (u *Update) New() Ref {
	u.next++
	return Ref{Num: u.next - 1}
}

// Object writes an object, new or changed; body is its value as text. An
// object is written once.
func (u *Update) Object(r Ref, body []byte) error {
	u.begin(r)
	u.write(body)
	u.write([]byte("\nendobj\n"))
	return u.err
}

// Stream writes a stream; entries are those of its dictionary besides Length.
func (u *Update) Stream(r Ref, entries string, data []byte) error {
	u.begin(r)
	u.write(fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n", entries, len(data)))
	u.write(data)
	u.write([]byte("\nendstream\nendobj\n"))
	return u.err
}

func (u *Update) begin(r Ref) {
	u.done = append(u.done, placed{r, u.off - u.d.start})
	u.buf = strconv.AppendInt(u.buf[:0], int64(r.Num), 10)
	u.buf = append(u.buf, ' ')
	u.buf = strconv.AppendInt(u.buf, int64(r.Gen), 10)
	u.buf = append(u.buf, " obj\n"...)
	u.write(u.buf)
}

// Close writes the cross-reference section and the trailer. It returns the
// size of the whole file.
func (u *Update) Close() (int64, error) {
	d := u.d
	at := u.off - d.start
	if d.repaired {
		u.wholeTable()
	}
	stream := len(d.sections) > 0 && d.sections[0].Stream
	var self Ref
	if stream {
		self = u.New()
		u.done = append(u.done, placed{self, at})
	}
	slices.SortFunc(u.done, func(a, b placed) int { return cmp.Compare(a.ref.Num, b.ref.Num) })
	trailer := AppendEntries(nil, d.trailer, 0, "Prev", "XRefStm", "Size", "Type", "W", "Index", "Filter", "DecodeParms", "Length", "F", "DL")
	trailer = fmt.Appendf(trailer, "/Size %d", u.next)
	if !d.repaired {
		trailer = fmt.Appendf(trailer, " /Prev %d", d.lastXRef)
	}
	if stream {
		u.xrefStream(self, trailer)
	} else {
		u.xrefTable(trailer)
	}
	u.write(fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", at))
	return u.off, u.err
}

// wholeTable adds every object of a repaired file to those written: its own
// cross-references are not worth pointing to. Numbers far from any object are
// left out, which means the same as free: one object of a damaged file may be
// numbered 33,000,000.
func (u *Update) wholeTable() {
	changed := make(map[int32]bool, len(u.done))
	for _, p := range u.done {
		changed[p.ref.Num] = true
	}
	for num := int32(0); num < u.next; num++ {
		if changed[num] {
			continue
		}
		p := placed{ref: Ref{num, 65535}, off: -1}
		e := u.d.xref.get(num)
		if e == nil && num > 0 {
			num |= chunk - 1 // none of its neighbours is known either
			continue
		}
		if e != nil && e.typ == ePlain && num > 0 {
			p = placed{Ref{num, e.gen}, e.off}
		}
		u.done = append(u.done, p)
	}
}

// runs yields the runs of consecutive numbers among the objects written.
func (u *Update) runs(yield func(run []placed)) {
	for i := 0; i < len(u.done); {
		j := i + 1
		for j < len(u.done) && u.done[j].ref.Num == u.done[j-1].ref.Num+1 {
			j++
		}
		yield(u.done[i:j])
		i = j
	}
}

func (u *Update) xrefTable(trailer []byte) {
	b := []byte("xref\n")
	u.runs(func(run []placed) {
		b = fmt.Appendf(b, "%d %d\n", run[0].ref.Num, len(run))
		for _, p := range run {
			if p.off > 9999999999 && u.err == nil {
				u.err = errors.New("pdf: the file is too large for a cross-reference table")
			}
			if p.off < 0 {
				b = append(b, "0000000000 65535 f \n"...)
			} else {
				b = fmt.Appendf(b, "%010d %05d n \n", p.off, p.ref.Gen)
			}
			if len(b) > 32<<10 {
				u.write(b)
				b = b[:0]
			}
		}
	})
	b = append(b, "trailer\n<<"...)
	b = append(b, trailer...)
	u.write(append(b, ">>\n"...))
}

func (u *Update) xrefStream(self Ref, trailer []byte) {
	width := 4
	if u.off >= 1<<32 {
		width = 8
	}
	index := []byte{}
	u.runs(func(run []placed) { index = fmt.Appendf(index, "%d %d ", run[0].ref.Num, len(run)) })
	u.write(fmt.Appendf(nil, "%d 0 obj\n<<%s /Type /XRef /W [1 %d 2] /Index [%s] /Length %d>>\nstream\n",
		self.Num, trailer, width, index, len(u.done)*(width+3)))
	b := u.buf[:0]
	for _, p := range u.done {
		b = append(b, 1)
		for k := width - 1; k >= 0; k-- {
			b = append(b, byte(p.off>>(8*k)))
		}
		b = append(b, byte(p.ref.Gen>>8), byte(p.ref.Gen))
		if len(b) > 32<<10 {
			u.write(b)
			b = b[:0]
		}
	}
	u.write(b)
	u.write([]byte("\nendstream\nendobj\n"))
}

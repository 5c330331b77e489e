package xmlcore

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

var errBadCount = errors.New("reader returned an impossible count")

// Error is what Next returns for a document that is not acceptable: a verdict,
// not a failure of the source.
type Error struct{ Finding report.Finding }

// Error states the rule and the place, and quotes nothing of the document.
func (e *Error) Error() string {
	return fmt.Sprintf("xml: %s at %d:%d", e.Finding.Rule.Code, e.Finding.Where.Line, e.Finding.Where.Column)
}

// fail makes the verdict that the rule is broken at buf[i].
func (r *Reader) fail(rule *report.Rule, i int, params ...report.Param) error {
	return &Error{report.Finding{Rule: rule, Severity: rule.Severity, Where: r.locate(i), Params: params}}
}

func detail(fr, en string) report.Param { return report.Words("detail", fr, en) }

func (r *Reader) syntax(i int, fr, en string) error {
	return r.fail(report.XMLSyntax, i, detail(fr, en))
}

func (r *Reader) tooLong(i, limit int, fr, en string) error {
	return r.fail(report.LimBytes, i, report.Int("limit", limit), report.Words("what", fr, en))
}

// short makes the error for a document that goes no further than buf[:end],
// where the construct described is not complete; no description means that
// the document may end there.
func (r *Reader) short(fr, en string) error {
	switch r.stop {
	case stopChar:
		c, _ := utf8.DecodeRune(r.buf[r.end:r.wend])
		return r.fail(report.XMLChar, r.end, report.Code("char", fmt.Sprintf("U+%04X", c)))
	case stopBytes:
		return r.fail(report.XMLEncodingBytes, r.end, report.Code("encoding", r.enc.name))
	case stopLength:
		return r.fail(report.LimBytes, r.end, report.Int("limit", r.lim.Bytes), report.Words("what", "document XML", "XML document"))
	case stopIO:
		return fmt.Errorf("xml: %w", r.srcErr)
	}
	if fr == "" {
		return r.fail(report.XMLEncodingBytes, r.end, report.Code("encoding", r.enc.name))
	}
	return r.fail(report.XMLTruncated, r.end, detail(fr, en))
}

// suspect warns, once the document is read as far as it goes, if all its bytes
// beyond ASCII form UTF-8 although another encoding is declared.
func (r *Reader) suspect() {
	if r.report != nil && r.asUTF8 > 0 && r.notUTF8 == 0 {
		m := r.firstUTF8
		r.report.Add(report.XMLEncodingSuspect,
			report.Location{Member: r.member, Line: m.line, Column: m.col + 1, Offset: m.off},
			report.Code("encoding", r.enc.name))
	}
}

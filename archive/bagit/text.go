package bagit

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// charset is an encoding of tag files.
type charset struct {
	name  string
	table encoding.Encoding // nil for UTF-8 and US-ASCII
	wide  bool              // UTF-16: two or four bytes a character
	ascii bool
}

var utf8Charset = &charset{name: "UTF-8"}

// charsets lists the encodings that bags were made in; the names are those of
// the IANA registry and their usual short forms, in capitals.
var charsets = map[string]*charset{
	"UTF-8": utf8Charset, "UTF8": utf8Charset,
	"US-ASCII": {name: "US-ASCII", ascii: true}, "ASCII": {name: "US-ASCII", ascii: true},
	"ISO-8859-1": {name: "ISO-8859-1", table: charmap.ISO8859_1}, "LATIN1": {name: "ISO-8859-1", table: charmap.ISO8859_1},
	"ISO-8859-15":  {name: "ISO-8859-15", table: charmap.ISO8859_15},
	"WINDOWS-1252": {name: "windows-1252", table: charmap.Windows1252}, "CP1252": {name: "windows-1252", table: charmap.Windows1252},
	"UTF-16":   {name: "UTF-16", table: unicode.UTF16(unicode.BigEndian, unicode.UseBOM), wide: true},
	"UTF-16BE": {name: "UTF-16BE", table: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), wide: true},
	"UTF-16LE": {name: "UTF-16LE", table: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), wide: true},
}

// foreign reports whether the decoded line shows that its bytes were not of
// the encoding.
func (c *charset) foreign(line string) bool {
	switch {
	case c.ascii:
		for i := range len(line) {
			if line[i] >= utf8.RuneSelf {
				return true
			}
		}
		return false
	case c.table == nil:
		return !utf8.ValidString(line)
	}
	return strings.ContainsRune(line, utf8.RuneError)
}

// width is how many bytes the decoded text took in the file.
func (c *charset) width(s string) int64 {
	switch {
	case c.wide:
		n := int64(0)
		for _, r := range s {
			n += 2 * int64(utf16.RuneLen(r))
		}
		return n
	case c.table != nil:
		return int64(utf8.RuneCountInString(s))
	}
	return int64(len(s))
}

// maxLine bounds a line of a tag file, in bytes of UTF-8. Paths have no limit
// in the norm; no file system takes one of 4 KiB.
const maxLine = 64 << 10

// lines reads a text tag file line by line, whatever ends its lines (LF, CR or
// CRLF), and counts lines and bytes as received.
type lines struct {
	ctx  context.Context
	r    *bufio.Reader
	src  *counted
	cs   *charset
	n    int   // number of the line returned last, from 1
	off  int64 // where it begins in the file
	next int64 // where the following one begins
	bom  bool
	cut  bool // the line was longer than maxLine
	bad  bool // the decoder gave up
	err  error
	buf  []byte
}

// counted bounds what is read of a file and keeps its own error apart.
type counted struct {
	r        io.Reader
	left     int64
	over     bool
	failure  error
	received int64
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.over = true
		return 0, io.EOF
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	c.received += int64(n)
	if err != nil && err != io.EOF {
		c.failure = err
	}
	return n, err
}

func newLines(ctx context.Context, r io.Reader, cs *charset, limit int64) *lines {
	l := &lines{ctx: ctx, src: &counted{r: r, left: limit}, cs: cs}
	var in io.Reader = l.src
	if cs.table != nil {
		in = transform.NewReader(in, cs.table.NewDecoder())
	}
	l.r = bufio.NewReaderSize(in, 32<<10)
	if cs.table == nil {
		if head, _ := l.r.Peek(3); string(head) == "\ufeff" {
			l.bom = true
			l.next = 3
			_, _ = l.r.Discard(3)
		}
	} else if cs.name == "UTF-16" {
		l.next = 2 // its byte-order mark; without one the offsets are 2 too high
	}
	return l
}

// scan moves to the next line; false at the end or when err is set.
func (l *lines) scan() (string, bool) {
	if l.err = l.ctx.Err(); l.err != nil {
		return "", false
	}
	l.buf, l.cut = l.buf[:0], false
	l.off = l.next
	ended := false
	for !ended {
		b, err := l.r.ReadByte()
		if err != nil {
			if l.src.failure != nil {
				l.err = l.src.failure
				return "", false
			}
			if !errors.Is(err, io.EOF) {
				l.bad = true
				return "", false
			}
			if len(l.buf) == 0 && !l.cut {
				return "", false
			}
			break
		}
		switch {
		case b == '\n':
			l.next++
			ended = true
		case b == '\r':
			l.next++
			if after, _ := l.r.Peek(1); len(after) == 1 && after[0] == '\n' {
				_, _ = l.r.ReadByte()
				l.next++
			}
			ended = true
		case len(l.buf) < maxLine:
			l.buf = append(l.buf, b)
		default:
			l.cut = true
			l.next++
		}
	}
	l.n++
	s := string(l.buf)
	if l.cs.wide {
		l.next += l.next - l.off // the ends of lines take two bytes each as well
	}
	l.next += l.cs.width(s)
	return s, true
}

// where locates the line scanned last.
func (l *lines) where(member string) report.Location {
	return report.Location{Member: member, Line: l.n, Column: 1, Offset: l.off}
}

// tagFile opens a tag file the listing knows to be a regular file, and calls f
// with its lines. It reports what is wrong with the file as a whole; false
// means that it was not read to its end.
func (b *Bag) tagFile(ctx context.Context, name string, cs *charset, f func(l *lines, line string)) (bool, error) {
	file, err := b.src.open(name)
	if err != nil {
		return false, b.fault(name, err)
	}
	defer file.Close()
	l := newLines(ctx, file, cs, b.limits.TagFile)
	if l.bom && cs.table == nil {
		severity := report.Error
		if b.old && name != declarationName {
			severity = report.Warning
		}
		b.rep.AddAs(severity, RuleBOM, report.Location{Member: name, Line: 1, Column: 1})
	}
	foreign := false
	for {
		line, ok := l.scan()
		if !ok {
			break
		}
		if l.cut {
			b.rep.Add(RuleLine, l.where(name), report.Words("detail", "elle est trop longue", "it is too long"))
			continue
		}
		if !foreign && cs.foreign(line) {
			foreign = true // said once a file: the encoding itself is wrong
			b.rep.Add(RuleEncodingBytes, l.where(name), report.P("encoding", cs.name))
		}
		f(l, line)
	}
	if l.err != nil {
		return false, b.fault(name, l.err)
	}
	if l.bad && !foreign {
		b.rep.Add(RuleEncodingBytes, l.where(name), report.P("encoding", cs.name))
	}
	if l.bad {
		return false, nil
	}
	if l.src.over {
		b.rep.Add(report.LimBytes, report.Location{Member: name},
			report.Int("limit", b.limits.TagFile), report.Words("what", "fichier de description", "tag file"))
		return false, nil
	}
	return true, nil
}

// fault reports a damaged member of an archive, and returns any other error.
func (b *Bag) fault(name string, err error) error {
	if !b.src.damaged(err) {
		return err
	}
	if !errors.Is(err, errNotKept) { // then a finding has said why
		b.rep.Add(report.CtnCRC, report.Location{Member: container.Show(name)}, report.P("entry", container.Show(name)))
	}
	return nil
}

// regular reports whether the listing holds an ordinary file of that name.
func (b *Bag) regular(name string) bool {
	i, ok := b.index[name]
	return ok && b.nodes[i].kind == present
}

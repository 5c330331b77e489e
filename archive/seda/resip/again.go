package resip

import (
	"bufio"
	"fmt"
	"io"
)

// again reads lines that were read before. It is for one goroutine.
type again struct {
	rows   *pages
	layout *layout
	src    *io.SectionReader
	buf    *bufio.Reader
	in     *cells // leaves in buf what is not of its line
	base   int64  // where the table would begin for in
	line   line
}

// nearby is up to how many bytes are read through rather than leapt over.
const nearby = 4 << 10

func (t *Table) reader(rows *pages) *again {
	a := &again{rows: rows, layout: &t.layout, src: io.NewSectionReader(t.src, 0, t.size)}
	a.buf = bufio.NewReaderSize(a.src, nearby)
	a.in, _ = newCells(a.buf, t.layout.comma) // it separated them before
	return a
}

// at returns the line of a row, until the next one is asked for. The error is
// that of the source, or matches [ErrChanged].
func (a *again) at(i int) (*line, error) {
	r := a.rows.at(i)
	switch ahead := r.offset - a.base - a.in.offset; {
	case ahead == 0:
	case ahead > 0 && ahead <= nearby:
		n, err := a.buf.Discard(int(ahead))
		if a.base += int64(n); err != nil {
			return nil, lost(err)
		}
	default:
		if _, err := a.src.Seek(r.offset, io.SeekStart); err != nil {
			return nil, err
		}
		a.buf.Reset(a.src)
		a.base = r.offset - a.in.offset
	}
	record, err := a.in.read()
	if err != nil {
		return nil, lost(err)
	}
	charset := a.layout.charset
	whole := charset.decode(record)
	if record = a.layout.complete(record); !whole || checksum(record) != r.sum {
		return nil, fmt.Errorf("%w: line %d", ErrChanged, r.line)
	}
	a.layout.read(&a.line, record)
	return &a.line, nil
}

// lost is the error of a line that is not there any more.
func lost(err error) error {
	if _, malformed := err.(*misquoted); malformed || err == io.EOF {
		return fmt.Errorf("%w: a line is not there", ErrChanged)
	}
	return fmt.Errorf("resip: read the table again: %w", err)
}

package resip

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// cells reads the records of a table (RFC 4180): between quotes a cell may hold
// separators, ends of lines and quotes, which are doubled. Elsewhere a quote is a
// character like any other, as it is to ReSIP; encoding/csv refuses it. Empty
// lines are passed over.
type cells struct {
	in     *bufio.Reader
	comma  []byte
	offset int64 // of what was read
	lines  int   // how many were begun
	line   int   // where the record begins, from 1

	raw    []byte // of a line longer than the buffer of in
	text   []byte // of the cells, one after the other
	ends   []int
	record []string
}

var errComma = errors.New("resip: this character cannot separate cells")

func newCells(in *bufio.Reader, comma rune) (*cells, error) {
	if comma == '"' || comma == '\r' || comma == '\n' || comma == utf8.RuneError || !utf8.ValidRune(comma) {
		return nil, errComma
	}
	return &cells{in: in, comma: utf8.AppendRune(nil, comma)}, nil
}

// misquoted is the error of a record whose quotes are misplaced; the next one can
// be read.
type misquoted struct {
	line, column int  // column in bytes, from 1
	open         bool // a quote that nothing closes, rather than one too many
}

func (e *misquoted) Error() string {
	return fmt.Sprintf("resip: misplaced quotes, line %d, column %d", e.line, e.column)
}

// next returns the next line, its end cut off, until it is called again.
func (c *cells) next() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		c.raw = append(c.raw[:0], line...)
		for err == bufio.ErrBufferFull {
			line, err = c.in.ReadSlice('\n')
			c.raw = append(c.raw, line...)
		}
		line = c.raw
	}
	c.offset += int64(len(line))
	if err != nil && (err != io.EOF || len(line) == 0) {
		return nil, err
	}
	c.lines++
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte{'\n'}), []byte{'\r'}), nil
}

// read returns the next record, until it is called again. The error is io.EOF, a
// *misquoted or that of the source.
func (c *cells) read() ([]string, error) {
	var line []byte
	for len(line) == 0 {
		var err error
		if line, err = c.next(); err != nil {
			return nil, err
		}
	}
	c.line = c.lines
	c.text, c.ends = c.text[:0], c.ends[:0]
	start := line
	for {
		if len(line) == 0 || line[0] != '"' {
			i := bytes.Index(line, c.comma)
			if i < 0 {
				c.text = append(c.text, line...)
				return c.strings(), nil
			}
			c.text = append(c.text, line[:i]...)
			c.ends = append(c.ends, len(c.text))
			line = line[i+len(c.comma):]
			continue
		}
		opened := misquoted{line: c.lines, column: len(start) - len(line) + 1, open: true}
		line = line[1:]
		for {
			i := bytes.IndexByte(line, '"')
			if i < 0 { // it goes on in the next line
				c.text = append(c.text, line...)
				more, err := c.next()
				if err == io.EOF {
					return nil, &opened
				}
				if err != nil {
					return nil, err
				}
				c.text = append(c.text, '\n')
				line, start = more, more
				continue
			}
			c.text = append(c.text, line[:i]...)
			if line = line[i+1:]; len(line) == 0 || line[0] != '"' {
				break
			}
			c.text = append(c.text, '"')
			line = line[1:]
		}
		for len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && !bytes.HasPrefix(line, c.comma) { // which say nothing
			line = line[1:]
		}
		switch {
		case len(line) == 0:
			return c.strings(), nil
		case !bytes.HasPrefix(line, c.comma):
			return nil, &misquoted{line: c.lines, column: len(start) - len(line) + 1}
		}
		c.ends = append(c.ends, len(c.text))
		line = line[len(c.comma):]
	}
}

// strings cuts the text into the cells of the record.
func (c *cells) strings() []string {
	c.record = c.record[:0]
	all, from := string(c.text), 0
	for _, end := range c.ends {
		c.record = append(c.record, all[from:end])
		from = end
	}
	c.record = append(c.record, all[from:])
	return c.record
}

package httpx

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Part is one part of a multipart/form-data body (RFC 7578). Exactly one of
// Value and Body is used: Body when it is not nil.
type Part struct {
	Name        string // of the form field
	FileName    string // makes the part a file
	ContentType string // written when not empty
	Value       []byte // raw bytes: the charset is the caller's business
	Body        Body
}

// Multipart is a multipart/form-data body made of its parts in order. It is
// immutable, holds only the small parts, and can be opened many times.
type Multipart struct {
	boundary string
	segments []Body
	size     int64
}

// ErrPartName is the error for a field or file name which cannot be quoted.
var ErrPartName = errors.New("httpx: field or file name holds a control character, a quote or a backslash")

// Boundary draws a boundary of 128 bits: long enough not to occur in any file.
func Boundary(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("httpx: no randomness for a boundary: %w", err)
	}
	return "liasse-" + hex.EncodeToString(b[:]), nil
}

// NewMultipart lays out the parts. The boundary comes from [Boundary].
func NewMultipart(boundary string, parts ...Part) (*Multipart, error) {
	m := &Multipart{boundary: boundary}
	var head strings.Builder
	flush := func() {
		if head.Len() > 0 {
			m.segments = append(m.segments, Bytes(head.String()))
			head.Reset()
		}
	}
	for _, p := range parts {
		if strings.ContainsFunc(p.Name+p.FileName, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == 0x7f }) || p.Name == "" {
			return nil, ErrPartName
		}
		head.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + p.Name + "\"")
		if p.FileName != "" {
			head.WriteString("; filename=\"" + p.FileName + "\"")
		}
		head.WriteString("\r\n")
		if p.ContentType != "" {
			head.WriteString("Content-Type: " + p.ContentType + "\r\n")
		}
		head.WriteString("\r\n")
		if p.Body != nil {
			if p.Body.Size() < 0 {
				return nil, ErrSourceSize
			}
			flush()
			m.segments = append(m.segments, p.Body)
		} else {
			head.Write(p.Value)
		}
		head.WriteString("\r\n")
	}
	head.WriteString("--" + boundary + "--\r\n")
	flush()
	for _, s := range m.segments {
		m.size += s.Size()
	}
	return m, nil
}

// ContentType returns the value of the Content-Type header.
func (m *Multipart) ContentType() string { return "multipart/form-data; boundary=" + m.boundary }

// Size returns the exact length of the body.
func (m *Multipart) Size() int64 { return m.size }

// Open returns a reader over the parts, each opened when its turn comes.
func (m *Multipart) Open(ctx context.Context) (io.ReadCloser, error) {
	return &parts{ctx: ctx, segments: m.segments}, nil
}

type parts struct {
	ctx      context.Context
	segments []Body
	r        exact

	mu     sync.Mutex // Close may be called during Read
	rc     io.ReadCloser
	closed bool
}

func (p *parts) Read(b []byte) (int, error) {
	for {
		if p.current() == nil {
			if len(p.segments) == 0 {
				return 0, io.EOF
			}
			if err := context.Cause(p.ctx); err != nil {
				return 0, err
			}
			s := p.segments[0]
			rc, err := s.Open(p.ctx)
			if err != nil {
				return 0, err
			}
			if !p.enter(rc) {
				return 0, errAbandoned
			}
			p.segments, p.r = p.segments[1:], exact{rc, s.Size()}
		}
		n, err := p.r.Read(b)
		if err == io.EOF {
			p.leave()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (p *parts) current() io.ReadCloser {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rc
}

func (p *parts) enter(rc io.ReadCloser) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		rc.Close()
		return false
	}
	p.rc = rc
	return true
}

func (p *parts) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rc != nil {
		p.rc.Close()
		p.rc = nil
	}
}

// Close closes the part being read.
func (p *parts) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.leave()
	return nil
}

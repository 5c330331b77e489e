package cades

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
)

// MaxAttached is how many octets of content may go inside a signature, in
// memory. A detached signature has no limit.
const MaxAttached = 64 << 20

// SignOptions says what signature to make.
type SignOptions struct {
	// Time is when the signatory says to sign; it must be given.
	Time time.Time
	// Attached puts the content inside (.p7m); otherwise the signature is
	// detached (.p7s), as beside an act.
	Attached bool
	// Stamper asks for the signature timestamp of level T; nil makes level B.
	Stamper signature.Stamper
}

// Sign signs the octets of content and returns a CAdES signature of level B or
// T, in DER (EN 319 122-1 §6). Content is read once, to its end, in constant
// memory when detached.
//
// The error is one of package signature when the signatory is not fit to sign,
// that of the key or of the time-stamping unit; no signature is then returned.
func Sign(ctx context.Context, content io.Reader, s signature.Signatory, opt SignOptions) ([]byte, error) {
	p, err := s.Prepare(opt.Time)
	if err != nil {
		return nil, err
	}
	m := cms.Making{Time: opt.Time, Stamper: opt.Stamper}
	h := p.Digest.New()
	var w io.Writer = h
	var inside bytes.Buffer
	if opt.Attached {
		w = io.MultiWriter(h, &inside)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, err := io.CopyN(w, content, 1<<20)
		if inside.Len() > MaxAttached {
			return nil, fmt.Errorf("cades: content over %d octets: make a detached signature", MaxAttached)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("cades: content: %w", err)
		}
	}
	m.Digest = h.Sum(nil)
	if opt.Attached {
		m.Content = inside.Bytes()
		if m.Content == nil {
			m.Content = []byte{}
		}
	}
	return cms.Make(ctx, p, m)
}

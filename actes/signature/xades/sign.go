package xades

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Errors of [Sign].
var (
	// ErrTarget says that an element to be signed is not in the document, has no
	// identifier of its own, or lies in another one to be signed: sign the inner
	// ones first, then the outer one of the result.
	ErrTarget = errors.New("xades: an element to be signed is missing, not unique or inside another one")
	// ErrSigned says that a signature already there covers the place where the
	// new one would go, and would no longer hold.
	ErrSigned = errors.New("xades: a signature already covers this place")
	// ErrIdentifier says that the document already uses an identifier the new
	// signature needs.
	ErrIdentifier = errors.New("xades: an identifier of the new signature is in use")
	// ErrDocument says that the document cannot be signed: it is not well formed,
	// or in an encoding in which tags are not ASCII (UTF-16).
	ErrDocument = errors.New("xades: the document cannot be signed")
	// ErrStamp says that a timestamp was asked for in a version without the form
	// written here.
	ErrStamp = errors.New("xades: no timestamp in this version of XAdES")
)

// Version is the namespace of the properties.
type Version string

// The versions written.
const (
	V132 Version = "http://uri.etsi.org/01903/v1.3.2#" // EN 319 132-1
	V111 Version = "http://uri.etsi.org/01903/v1.1.1#" // what PES files hold
)

// SigningPolicy names the signature policy (EPES).
type SigningPolicy struct {
	ID, Description string
	Digest          trust.Digest
	Hash            []byte
	URI             string // where its text can be read; may be empty
}

// Names are the identifiers inside one signature. Value, KeyInfo and Object may
// be empty, the others not.
type Names struct {
	Signature, Properties, Value, KeyInfo, Object string
	// Reference is that of the reference to the signed element; version 1.3.2
	// needs it.
	Reference string
}

// SignOptions says what signatures to make.
type SignOptions struct {
	// Time is when the signatory says to sign; it must be given.
	Time time.Time
	// Version is V132 when empty.
	Version Version
	// Over are the identifiers of the elements to sign, each by a signature of its
	// own that becomes its last child. Empty is the root element.
	Over []string
	// Name gives the identifiers of the signature over an element, the nth from 0.
	// When nil they are made of the identifier of the element and _SIG_1.
	Name func(n int, over string) Names
	// Policy of the signature; nil when there is none.
	Policy *SigningPolicy
	// Role the signatory claims, and where: empty ones are left out.
	Role, City, PostalCode, Country string
	// Untyped leaves out the Type of the reference to the properties, and
	// BareTarget the # before the name of the signature they belong to: as the
	// tool of the DGFiP does.
	Untyped, BareTarget bool
	// Stamper asks for the signature timestamp of level T, in V132; nil makes
	// level B.
	Stamper signature.Stamper
}

// Sign copies an XML document to w with enveloped XAdES signatures of level B
// or T added. Every octet of the document is kept: signatures are inserted, in
// ASCII. Digests are made in one reading of the document, in memory that does
// not grow with it, and it is read once more to be copied.
//
// Canonical forms are exclusive, so that the signatures hold when the signed
// elements are taken into another document.
//
// The error is one of those above, of package signature when the signatory is
// not fit to sign, of the key, of the time-stamping unit or of the reader and
// writer. What was written by then is to be thrown away.
func Sign(ctx context.Context, in Input, w io.Writer, s signature.Signatory, opt SignOptions) error {
	if opt.Version == "" {
		opt.Version = V132
	}
	if opt.Stamper != nil && opt.Version != V132 {
		return ErrStamp
	}
	p, err := s.Prepare(opt.Time)
	if err != nil {
		return err
	}
	m, err := newMaker(p, opt)
	if err != nil {
		return err
	}
	whole := sha256.New()
	src := io.TeeReader(io.NewSectionReader(in.Data, 0, in.Size), whole)
	x := newSurvey(p.Digest, opt)
	r := xmlcore.NewReader(src, xmlcore.Options{})
	if err := xmlcore.Run(ctx, r, x); err != nil {
		return documentError(ctx, err)
	}
	if _, err := io.Copy(io.Discard, src); err != nil { // what follows the last tag was read by now
		return err
	}
	places, err := x.places(r.Encoding())
	if err != nil {
		return err
	}
	again := sha256.New()
	from := io.TeeReader(io.NewSectionReader(in.Data, 0, in.Size), again)
	at := int64(0)
	for _, pl := range places {
		text, err := m.make(ctx, pl)
		if err != nil {
			return err
		}
		if err := copyTo(ctx, w, from, pl.at-at); err != nil {
			return err
		}
		at = pl.at
		if pl.alone { // <a/> becomes <a>…</a>
			if _, err := io.CopyN(io.Discard, from, 2); err != nil {
				return fmt.Errorf("%w: %w", ErrChanged, err)
			}
			at += 2
			tag, err := tagName(in.Data, pl.start)
			if err != nil {
				return err
			}
			text = slices.Concat([]byte(">"), text, []byte("</"), tag, []byte(">"))
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	if err := copyTo(ctx, w, from, in.Size-at); err != nil {
		return err
	}
	if !slices.Equal(whole.Sum(nil), again.Sum(nil)) {
		return ErrChanged
	}
	return nil
}

// tagName returns the name in the start tag at an offset, in the octets of the
// document: its letters need not be ASCII.
func tagName(r io.ReaderAt, at int64) ([]byte, error) {
	b := make([]byte, 4<<10)
	n, err := r.ReadAt(b, at)
	if err != nil && err != io.EOF {
		return nil, err
	}
	b = b[:n]
	if i := bytes.IndexAny(b, " \t\r\n/>"); i > 1 && b[0] == '<' {
		return b[1:i], nil
	}
	return nil, fmt.Errorf("%w: a name too long", ErrDocument)
}

// documentError keeps apart what is wrong with the document and what is wrong
// with the world.
func documentError(ctx context.Context, err error) error {
	var bad *xmlcore.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &bad):
		return fmt.Errorf("%w: %w", ErrDocument, err)
	}
	return err
}

func copyTo(ctx context.Context, w io.Writer, r io.Reader, n int64) error {
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, err := io.CopyN(w, r, min(n, 1<<20))
		if n -= k; err == io.EOF {
			return ErrChanged
		}
		if err != nil {
			return err
		}
	}
	return nil
}

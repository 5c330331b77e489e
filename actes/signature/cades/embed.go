package cades

import (
	"context"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/level"
	"github.com/liasse/liasse/internal/asn1x"
)

// Embedded is a CMS that another format holds, a PDF or a container, which
// says itself what is signed. A file may hold several: [Embedded.Fill] is called
// on all of them before [Embedded.Read] on any, so that every certificate and
// revocation list is known when the first chain is built.
type Embedded struct{ f *file }

// Signed is one signer of an embedded CMS.
type Signed struct {
	*signature.Evidence
	// MessageDigest says that there are signed attributes, which state the digest
	// of the content.
	MessageDigest bool
	// TimeAttribute says that there is a signing-time attribute, and its content
	// type attribute is ContentType.
	TimeAttribute bool
	ContentType   string
	// Baseline says that the rules of level B of EN 319 122-1 hold, but for the
	// signing time.
	Baseline bool
	// Extended says that those of the older forms hold: one content type, one
	// digest, one reference to the certificate. Holds says that the CMS brings the
	// certificate of the signer.
	Extended, Holds bool
	// Stamped says that there is a signature timestamp; Complete that every
	// certificate has revocation data.
	Stamped, Complete bool
}

// Embed reads a CMS. The error is an *asn1x.Error where it cannot be read.
func Embed(b []byte) (*Embedded, error) {
	sd, err := asn1x.ParseSignedData(b)
	if err != nil {
		return nil, err
	}
	return &Embedded{&file{sd: sd}}, nil
}

// Integers reports whether the integers of the certificates inside are written
// as DER asks, with no octet too many. PDF asks for DER, and readers of PDF
// take a value with others for no signature at all.
func (e *Embedded) Integers() bool {
	for _, c := range e.f.sd.Certificates {
		t := c.Enter().Take(asn1x.TagSequence).Enter()
		t.OptionalContext(0)
		n := t.Take(asn1x.TagInteger).Body
		if len(n) > 1 && (n[0] == 0 && n[1] < 0x80 || n[0] == 0xff && n[1] >= 0x80) {
			return false
		}
	}
	return true
}

// Signers returns how many have signed.
func (e *Embedded) Signers() int { return len(e.f.sd.Signers) }

// ContentType returns the type of what is signed, as an object identifier.
func (e *Embedded) ContentType() string { return e.f.sd.ContentType }

// Trailing returns the octets after the CMS.
func (e *Embedded) Trailing() []byte { return e.f.sd.Trailing }

// Content returns the content inside the CMS; ok is false when there is none.
func (e *Embedded) Content() (b []byte, ok bool) {
	if e.f.sd.Content.IsZero() {
		return nil, false
	}
	return e.f.sd.ContentOctets()
}

// Fill adds to the pool the certificates and revocation data of the CMS and of
// its timestamps.
func (e *Embedded) Fill(p *signature.Pool) { e.f.fill(p) }

// Read establishes the evidence of every signer and counter-signer. over is
// what they sign, whatever the CMS holds itself; when nil they sign what it
// holds. Fill comes before.
func (e *Embedded) Read(ctx context.Context, over *signature.Content) ([]Signed, error) {
	f := e.f
	f.contents, f.outside, f.found = nil, over != nil, nil
	if over != nil {
		f.contents = []*signature.Content{over}
	}
	if err := f.readAll(ctx); err != nil {
		return nil, err
	}
	if err := over.Err(); err != nil {
		return nil, err
	}
	out := make([]Signed, 0, len(f.found))
	for _, x := range f.found {
		s := x.signer
		out = append(out, Signed{
			Evidence: x.Evidence, MessageDigest: s.MessageDigest != nil && !s.Info.SignedV.IsZero(), TimeAttribute: s.HasTime, ContentType: s.ContentType,
			Baseline: f.essential(x.Evidence, s), Extended: extended(x.Evidence, s), Holds: f.holds(s),
			Stamped: level.Stamped(x.Evidence), Complete: f.complete(x.Evidence),
		})
	}
	return out, nil
}

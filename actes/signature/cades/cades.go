package cades

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/asn1x"
)

// Attributes of CAdES.
const (
	oidContentStamp = "1.2.840.113549.1.9.16.2.20"
	oidStamp        = "1.2.840.113549.1.9.16.2.14"
	oidCertRefs     = "1.2.840.113549.1.9.16.2.21"
	oidRevRefs      = "1.2.840.113549.1.9.16.2.22"
	oidCertValues   = "1.2.840.113549.1.9.16.2.23"
	oidRevValues    = "1.2.840.113549.1.9.16.2.24"
	oidEscStamp     = "1.2.840.113549.1.9.16.2.25"
	oidCertCRLStamp = "1.2.840.113549.1.9.16.2.26"
	oidArchiveV1    = "1.2.840.113549.1.9.16.2.27"
	oidArchiveV2    = "1.2.840.113549.1.9.16.2.48"
	oidArchiveV3    = "0.4.0.1733.2.4"
	oidHashIndexV1  = "0.4.0.1733.2.5"
	oidHashIndexV2  = "0.4.0.19122.1.4"
	oidHashIndexV3  = "0.4.0.19122.1.5"
	oidPolicy       = "1.2.840.113549.1.9.16.2.15"
	// Of PDF signatures, in the signed attributes (ISO 32000-1 §12.8.3.3.2).
	oidAdobeRevocation = "1.2.840.113583.1.1.8"
	oidLocation        = "1.2.840.113549.1.9.16.2.17"
	oidCommitment      = "1.2.840.113549.1.9.16.2.16"
	oidSignerAttr      = "1.2.840.113549.1.9.16.2.18"
	oidSignerAttrV2    = "0.4.0.19122.1.1"
	oidContentHints    = "1.2.840.113549.1.9.16.2.4"
	oidContentID       = "1.2.840.113549.1.9.16.2.7"
	oidContentRef      = "1.2.840.113549.1.9.16.2.10"
	oidMimeType        = "0.4.0.1733.2.1"
	oidPolicyStore     = "0.4.0.19122.1.3"
	oidAttrCertRefs    = "1.2.840.113549.1.9.16.2.44"
	oidAttrRevRefs     = "1.2.840.113549.1.9.16.2.45"
	maxCounterDepth    = 8
	maxSignatureFile   = 256 << 20
	maxStampsOfSigner  = 200
)

// Detect reports whether the first octets of a file look like CMS signed data,
// DER, BER, PEM or base64.
func Detect(head []byte) bool {
	b := unarmour(head, true)
	if len(b) < 2 || b[0] != 0x30 {
		return false
	}
	i := bytes.Index(b[:min(len(b), 64)], []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2})
	return i >= 2 && i <= 12
}

// unarmour returns the octets that PEM or base64 text stands for, or the input
// itself. partial says that the input may be cut anywhere.
func unarmour(b []byte, partial bool) []byte {
	t := bytes.TrimLeft(b, " \t\r\n\xEF\xBB\xBF")
	switch {
	case bytes.HasPrefix(t, []byte("-----BEGIN")):
		if !partial {
			if p, _ := pem.Decode(t); p != nil {
				return p.Bytes
			}
			return b
		}
		if i := bytes.IndexByte(t, '\n'); i >= 0 {
			t = t[i+1:]
		}
	case bytes.HasPrefix(t, []byte("MI")):
	default:
		return b
	}
	clean := make([]byte, 0, len(t))
	for _, c := range t {
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			continue
		}
		if c == '-' && partial {
			break
		}
		clean = append(clean, c)
	}
	if partial {
		clean = clean[:len(clean)&^3]
	}
	d := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
	n, err := base64.StdEncoding.Decode(d, clean)
	if err != nil && !partial {
		return b
	}
	return d[:n]
}

// Validate judges every signature of a CMS file. The error means that no
// verdict could be reached; whatever is wrong with the file is in the report.
func Validate(ctx context.Context, b []byte, opt signature.Options) (*signature.Report, error) {
	opt, pool := opt.Ready()
	rep := &signature.Report{Findings: report.New(opt.Report)}
	if len(b) > maxSignatureFile {
		rep.Findings.Add(RuleTooLarge, report.Location{}, report.Int("limit", maxSignatureFile))
		return rep, nil
	}
	sd, err := asn1x.ParseSignedData(unarmour(b, false))
	if err != nil {
		var at *asn1x.Error
		if !errors.As(err, &at) {
			return nil, err
		}
		rep.Findings.Add(RuleUnreadable, report.Location{Offset: at.Offset, At: true}, report.Int("offset", at.Offset))
		return rep, nil
	}
	contents, err := opt.Contents(ctx)
	if err != nil {
		return nil, err
	}
	if n := len(bytes.TrimSpace(sd.Trailing)); n > 0 {
		rep.Findings.Add(RuleTrailing, report.Location{}, report.Int("count", len(sd.Trailing)))
	}
	if sd.Excess {
		rep.Findings.Add(RuleExcess, report.Location{})
	}
	if len(sd.Signers) == 0 {
		rep.Findings.Add(RuleNoSigner, report.Location{})
	}
	f := &file{sd: sd, contents: contents}
	f.fill(pool)
	if err := f.readAll(ctx); err != nil {
		return nil, err
	}
	for _, c := range contents {
		if err := c.Err(); err != nil {
			return nil, err
		}
	}
	evidence := make([]*signature.Evidence, len(f.found))
	for i, e := range f.found {
		evidence[i] = e.Evidence
	}
	if err := pool.Complete(ctx, opt, rep, evidence); err != nil {
		return nil, err
	}
	for _, e := range f.found {
		v := signature.Judge(e.Evidence, opt.Policy, opt.At)
		v.Findings(rep.Findings, report.Location{Offset: e.offset, At: true})
		rep.Verdicts = append(rep.Verdicts, v)
	}
	return rep, nil
}

// file is the reading of one CMS.
type file struct {
	sd       *asn1x.SignedData
	pool     *signature.Pool
	contents []*signature.Content
	certs    []*trust.Certificate
	found    []*evidence
	// outside says that the signature is over the contents given even when the
	// CMS holds one.
	outside bool
}

type evidence struct {
	*signature.Evidence
	offset int64
	signer *cms.Signer
}

// fill puts into the pool what the file brings. It comes before any chain is
// built.
func (f *file) fill(pool *signature.Pool) {
	f.pool = pool
	f.certs = cms.Fill(pool, f.sd)
	for i := range f.sd.Signers {
		f.collect(&f.sd.Signers[i], 0)
	}
}

func (f *file) readAll(ctx context.Context) error {
	for i := range f.sd.Signers {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.read(&f.sd.Signers[i], nil, 0)
	}
	return nil
}

// collect fills the pool with what the unsigned attributes bring, before any
// chain is built: values, and what the timestamps hold.
func (f *file) collect(si *asn1x.SignerInfo, depth int) {
	for _, list := range [2][]asn1x.Attribute{si.Unsigned, si.Signed} {
		for _, a := range list {
			for _, v := range a.Values {
				switch a.Type {
				case oidCertValues:
					l, _ := v.Children(asn1x.MaxCertificates)
					for _, c := range l {
						if x, err := trust.ParseCertificate(c.Raw); err == nil {
							f.pool.AddCertificates(x)
						}
					}
				case oidRevValues, oidAdobeRevocation:
					f.revocationValues(v)
				case oidStamp, oidContentStamp, oidEscStamp, oidCertCRLStamp, oidArchiveV1, oidArchiveV2, oidArchiveV3:
					if t, err := tsp.Read(v.Raw); err == nil {
						t.Fill(f.pool)
						if depth < maxCounterDepth {
							for i := range t.SignedData().Signers {
								f.collect(&t.SignedData().Signers[i], depth+1)
							}
						}
					}
				case asn1x.OIDCounterSign:
					if s, err := asn1x.ParseSignerInfo(v); err == nil && depth < maxCounterDepth {
						f.collect(s, depth+1)
					}
				}
			}
		}
	}
}

// revocationValues reads RevocationValues (TS 101 733 §6.3.4).
func (f *file) revocationValues(v asn1x.Value) {
	c := v.Enter()
	for _, tag := range []uint32{0, 1} {
		w := c.OptionalContext(tag)
		if w.IsZero() {
			continue
		}
		list, err := w.Explicit()
		if err != nil {
			continue
		}
		l, _ := list.Children(asn1x.MaxCertificates)
		for _, x := range l {
			if tag == 0 {
				if crl, err := trust.ParseCRL(x.Raw); err == nil {
					f.pool.AddCRL(crl)
				}
			} else if o, err := trust.ParseOCSP(x.Raw); err == nil {
				f.pool.AddOCSP(o)
			}
		}
	}
}

// parent is the signature a counter-signature is of.
type parent struct {
	id    string
	value []byte
}

// read establishes the evidence of a signer, and of its counter-signers.
func (f *file) read(si *asn1x.SignerInfo, over *parent, depth int) {
	content, named := f.content(si, over)
	s := cms.Read(f.sd, si, content, over != nil, f.certs, f.pool)
	e := &signature.Evidence{Token: s.Token, Format: "CAdES", SigningTime: s.SigningTime}
	if over != nil {
		e.Counter, e.Parent = true, over.id
		sum := sha256.Sum256(append([]byte(over.id), si.Whole.Raw...))
		e.ID = "S-" + strings.ToUpper(hex.EncodeToString(sum[:]))
	}
	if named != nil {
		e.References[0].Name = named.Name
	}
	e.AttributesDone = si.SignedV.IsZero() || s.MessageDigest != nil
	f.cover(e, si, over, named)
	f.notes(e, s, over)
	properties(e, si)
	f.stamps(e, si, content)
	f.level(e, s)
	f.found = append(f.found, &evidence{e, si.Whole.Offset, s})
	if depth >= maxCounterDepth {
		return
	}
	for _, a := range asn1x.Find(si.Unsigned, asn1x.OIDCounterSign) {
		for _, v := range a.Values {
			if len(f.found) >= asn1x.MaxSigners {
				return
			}
			c, err := asn1x.ParseSignerInfo(v)
			if err != nil {
				e.Notes = append(e.Notes, signature.Fault{Rule: RuleCounterUnreadable})
				continue
			}
			f.read(c, &parent{e.ID, si.Signature}, depth+1)
		}
	}
}

// content chooses what a signer is over: the parent's value, what the CMS
// holds, or the detached file whose digest fits, else the first given.
func (f *file) content(si *asn1x.SignerInfo, over *parent) (cms.Content, *signature.Content) {
	switch {
	case over != nil:
		return cms.Plain(over.value), nil
	case !f.outside && !f.sd.Content.IsZero(), len(f.contents) == 0:
		return cms.Of(f.sd), nil
	}
	digest := trust.DigestOf(si.Digest.OID)
	for _, a := range asn1x.Find(si.Signed, asn1x.OIDMessageDigest) {
		if len(a.Values) == 0 {
			continue
		}
		want, _ := a.Values[0].Octets()
		for _, c := range f.contents {
			if sum, _ := c.Digest(digest); sum != nil && bytes.Equal(sum, want) {
				return c, c
			}
		}
	}
	return f.contents[0], f.contents[0]
}

// cover says exactly what is signed. Nothing is said of content that is not at
// hand.
func (f *file) cover(e *signature.Evidence, si *asn1x.SignerInfo, over *parent, named *signature.Content) {
	c := signature.Coverage{Kind: "FULL"}
	switch {
	case over != nil:
		c.Kind, c.Name, c.Data = "COUNTER_SIGNATURE", over.id, signature.Bytes(over.value)
	case named != nil:
		c.Name, c.Data = named.Name, named
	case !f.sd.Content.IsZero():
		b, _ := f.sd.ContentOctets()
		c.Name, c.Data = "eContent", signature.Bytes(b)
	default:
		return
	}
	if a := asn1x.Find(si.Signed, asn1x.OIDMessageDigest); len(a) > 0 && len(a[0].Values) > 0 {
		b, _ := a[0].Values[0].Octets()
		c.Digest = string(e.References[0].Digest) + ":" + hex.EncodeToString(b)
	}
	e.Covers = append(e.Covers, c)
}

// notes says what is unusual in a signer.
func (f *file) notes(e *signature.Evidence, s *cms.Signer, over *parent) {
	note := func(r *report.Rule, params ...report.Param) {
		e.Notes = append(e.Notes, signature.Fault{Rule: r, Params: params})
	}
	for _, oid := range s.Duplicates {
		note(RuleDuplicate, report.Code("oid", oid))
	}
	if s.Info.SignedV.IsZero() {
		return
	}
	d := e.References[0].Digest
	if s.Algorithm.Digest != d && s.Algorithm.Scheme != "" && s.Algorithm.Scheme != trust.EdDSA {
		note(RuleAlgorithms, report.Code("digest", string(d)), report.Code("algorithm", s.Algorithm.String()))
	}
	switch {
	case !s.Unsorted:
	case e.Intact:
		note(RuleNotDER)
	case s.Certificate != nil && s.Certificate.Key.Verify(s.Algorithm, s.Info.StoredOctets(), s.Info.Signature) == nil:
		note(RuleStoredOrder)
	}
	if over == nil && s.ContentType != f.sd.ContentType {
		note(RuleContentType)
	}
}

// properties reads the signed attributes that speak of intent.
func properties(e *signature.Evidence, si *asn1x.SignerInfo) {
	for _, a := range si.Signed {
		for _, v := range a.Values {
			switch a.Type {
			case oidPolicy:
				if v.Is(asn1x.TagNull) {
					e.PolicyImplied = true
				} else if id, err := v.Enter().Take(asn1x.TagOID).OID(); err == nil {
					e.PolicyID = id
				}
			case oidCommitment:
				if id, err := v.Enter().Take(asn1x.TagOID).OID(); err == nil {
					e.Commitments = append(e.Commitments, id)
				}
			case oidLocation:
				for c := v.Enter(); ; {
					w, ok := c.Next()
					if !ok {
						break
					}
					if in, err := w.Explicit(); err == nil {
						if t, ok := in.Text(); ok {
							e.Place = append(e.Place, t)
						}
					}
				}
			}
		}
	}
}

package cades

import (
	"bytes"
	"slices"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/cms"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/internal/asn1x"
)

// stamps reads the timestamps of a signer, in order of appearance.
func (f *file) stamps(e *signature.Evidence, si *asn1x.SignerInfo, content cms.Content) {
	for _, a := range asn1x.Find(si.Signed, oidContentStamp) {
		for _, v := range a.Values {
			f.stamp(e, signature.StampContent, v, content)
		}
	}
	for i, a := range si.Unsigned {
		for _, v := range a.Values {
			switch a.Type {
			case oidStamp:
				f.stamp(e, signature.StampSignature, v, cms.Plain(si.Signature))
			case oidEscStamp, oidCertCRLStamp:
				f.stamp(e, signature.StampRefs, v, cms.Plain(refsInput(si, a.Type == oidEscStamp)))
			case oidArchiveV3:
				e.Archival = true
				f.stamp(e, signature.StampArchive, v, &archiveV3{f: f, si: si, content: content, token: v})
			case oidArchiveV1:
				// Withdrawn before TS 101 733 v1.8: no one makes or checks it.
				e.Notes = append(e.Notes, signature.Fault{Rule: RuleStampOld})
			case oidArchiveV2:
				e.Archival = true
				f.stamp(e, signature.StampArchive, v, &archiveV2{f: f, si: si, content: content, place: i})
			}
		}
	}
}

func (f *file) stamp(e *signature.Evidence, kind string, v asn1x.Value, over tsp.Imprint) {
	if len(e.Timestamps) >= maxStampsOfSigner {
		return
	}
	t, err := tsp.Read(v.Raw)
	if err != nil {
		e.Notes = append(e.Notes, signature.Fault{Rule: RuleStampUnreadable})
		return
	}
	if m, ok := over.(interface{ matching([]byte) tsp.Imprint }); ok {
		over = m.matching(t.Imprint)
	}
	st := t.Stamp(kind, over, f.pool)
	switch kind {
	case signature.StampSignature, signature.StampRefs:
		st.Covers = append(st.Covers, e.ID)
		for _, c := range e.Chain {
			st.Covers = append(st.Covers, c.ID)
		}
	case signature.StampArchive:
		st.Covers = append(st.Covers, e.ID)
		for _, x := range e.Timestamps {
			st.Covers = append(st.Covers, x.ID)
		}
		st.Covers = append(st.Covers, f.pool.Own()...)
	}
	e.Timestamps = append(e.Timestamps, st)
}

// refsInput is what a timestamp over the references is made over (TS 101 733
// §6.3.5 and §6.3.6): the signature value and its timestamps as well, or the
// references alone; of each attribute the contents of the SEQUENCE.
func refsInput(si *asn1x.SignerInfo, whole bool) []byte {
	var b []byte
	kinds := []string{oidCertRefs, oidRevRefs}
	if whole {
		b = append(b, si.Signature...)
		kinds = []string{oidStamp, oidCertRefs, oidRevRefs}
	}
	for _, k := range kinds {
		for _, a := range asn1x.Find(si.Unsigned, k) {
			b = append(b, a.Whole.Body...)
		}
	}
	return b
}

// parts is an imprint over several inputs put one after the other. The norm
// left room for more than one reading of them, and each was used: the digest
// that is equal to the one stamped is the one answered.
type parts struct {
	readings [][]byte
	found    bool
	want     []byte
}

func (p *parts) matching(want []byte) tsp.Imprint { p.want = want; return p }

// Digest implements tsp.Imprint.
func (p *parts) Digest(d trust.Digest) ([]byte, bool) {
	var sum []byte
	for _, r := range p.readings {
		if sum = d.Sum(r); bytes.Equal(sum, p.want) {
			break
		}
	}
	return sum, p.found
}

// archiveV3 is the imprint of archive-time-stamp-v3 (EN 319 122-1 §5.5.3).
type archiveV3 struct {
	f       *file
	si      *asn1x.SignerInfo
	content cms.Content
	token   asn1x.Value
	want    []byte
}

func (a *archiveV3) matching(want []byte) tsp.Imprint { a.want = want; return a }

// Digest implements tsp.Imprint.
func (a *archiveV3) Digest(d trust.Digest) ([]byte, bool) {
	content, found := a.content.Digest(d)
	if !found || content == nil {
		return nil, found
	}
	index := hashIndex(a.token)
	if index == nil {
		return nil, true
	}
	head := slices.Concat(a.f.sd.TypeV.Raw, content, a.si.VersionV.Raw, a.si.SID.Raw, a.si.DigestV.Raw)
	tail := slices.Concat(a.si.AlgorithmV.Raw, a.si.SignatureV.Raw)
	var p parts
	for _, attrs := range attributeForms(a.si) {
		p.readings = append(p.readings, slices.Concat(head, attrs, tail, index))
	}
	p.found, p.want = true, a.want
	return p.Digest(d)
}

// attributeForms are the readings of "the signedAttrs field": under its own
// tag, as stored or in DER.
func attributeForms(si *asn1x.SignerInfo) [][]byte {
	if si.SignedV.IsZero() {
		return [][]byte{nil}
	}
	out := [][]byte{si.SignedV.Raw}
	if b, err := si.SignedOctets(); err == nil {
		b[0] = 0xa0
		out = append(out, b)
	}
	return out
}

// hashIndex returns the ats-hash-index of an archive timestamp, as encoded.
func hashIndex(token asn1x.Value) []byte {
	sd, err := asn1x.SignedDataOf(token)
	if err != nil || len(sd.Signers) == 0 {
		return nil
	}
	for _, a := range sd.Signers[0].Unsigned {
		switch a.Type {
		case oidHashIndexV1, oidHashIndexV2, oidHashIndexV3:
			// One value, a sequence of hashes: another form protects nothing.
			if len(a.Values) != 1 || !a.Values[0].Is(asn1x.TagSequence) {
				return nil
			}
			if b, err := asn1x.DER(a.Values[0]); err == nil {
				return b
			}
		}
	}
	return nil
}

// archiveV2 is the imprint of archive-time-stamp-v2 (TS 101 733 §6.4.1): the
// structure as it was, without what was added to it later.
type archiveV2 struct {
	f       *file
	si      *asn1x.SignerInfo
	content cms.Content
	place   int // of the timestamp among the unsigned attributes
	want    []byte
}

func (a *archiveV2) matching(want []byte) tsp.Imprint { a.want = want; return a }

// Digest implements tsp.Imprint. The content of a detached signature comes
// after the (empty) encapsulated content.
func (a *archiveV2) Digest(d trust.Digest) ([]byte, bool) {
	var external []byte
	if a.f.sd.Content.IsZero() {
		c, ok := a.content.(*signature.Content)
		if !ok {
			return nil, false
		}
		var err error
		if external, err = c.Octets(maxSignatureFile); err != nil {
			return nil, true
		}
	}
	var p parts
	for _, attrs := range attributeForms(a.si) {
		for _, unsigned := range a.unsignedForms() {
			p.readings = append(p.readings, slices.Concat(a.f.sd.EncapV.Raw, external, a.f.sd.CertificatesV.Raw, a.f.sd.CRLsV.Raw,
				a.si.VersionV.Raw, a.si.SID.Raw, a.si.DigestV.Raw, attrs, a.si.AlgorithmV.Raw, a.si.SignatureV.Raw,
				asn1x.Header(0xa1, len(unsigned)), unsigned))
		}
	}
	p.found, p.want = true, a.want
	return p.Digest(d)
}

// unsignedForms are the unsigned attributes as they may have been: those
// before the timestamp; or, where the set was sorted again afterwards, all but
// the archive timestamps, and those but the later ones.
func (a *archiveV2) unsignedForms() [][]byte {
	var before, others, earlier []byte
	own := a.si.Unsigned[a.place]
	made := stampTime(own)
	for i, x := range a.si.Unsigned {
		if i < a.place {
			before = append(before, x.Whole.Raw...)
		}
		archive := x.Type == oidArchiveV2 || x.Type == oidArchiveV3
		if !archive {
			others = append(others, x.Whole.Raw...)
		}
		if i != a.place && (!archive || stampTime(x).Before(made)) {
			earlier = append(earlier, x.Whole.Raw...)
		}
	}
	return [][]byte{before, others, earlier}
}

func stampTime(a asn1x.Attribute) time.Time {
	if len(a.Values) == 0 {
		return time.Time{}
	}
	t, err := tsp.Read(a.Values[0].Raw)
	if err != nil {
		return time.Time{}
	}
	return t.GenTime
}

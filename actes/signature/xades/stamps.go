package xades

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/internal/c14n"
)

// Limits of one document.
const (
	maxStamps   = 1000
	maxArchives = 64
	// maxReplays of the document for the sake of timestamps over more than is kept
	// in memory.
	maxReplays = 32
)

// stamp is one timestamp token of the signature, with what it should be over.
type stamp struct {
	kind  string
	token *tsp.Token
	parts []part
	n     *node
}

// part is one stretch of the octets that were stamped: a canonical form, or
// what a reference is over.
type part struct {
	job *job
	ref *ref
}

// Kinds of timestamp properties.
var stampKinds = map[string]string{
	"AllDataObjectsTimeStamp": signature.StampAllData, "IndividualDataObjectsTimeStamp": signature.StampIndividualData,
	"SignatureTimeStamp": signature.StampSignature, "SigAndRefsTimeStamp": signature.StampRefs, "SigAndRefsTimeStampV2": signature.StampRefs,
	"RefsOnlyTimeStamp": signature.StampRefsOnly, "RefsOnlyTimeStampV2": signature.StampRefsOnly, "ArchiveTimeStamp": signature.StampArchive,
}

// readStamps reads the timestamps and asks for what they are over, which the
// same second pass makes.
func (s *sig) readStamps() {
	for _, n := range s.signed.named("SignedDataObjectProperties").childrenOf() {
		if k := stampKinds[n.local]; k == signature.StampAllData || k == signature.StampIndividualData {
			s.readStamp(n, k, -1)
		}
	}
	for i, n := range s.unsigned.childrenOf() {
		if k := stampKinds[n.local]; k != "" && k != signature.StampAllData && k != signature.StampIndividualData && isXAdES(n.space) {
			s.readStamp(n, k, i)
		}
	}
}

func (n *node) childrenOf() []*node {
	if n == nil {
		return nil
	}
	return n.children
}

func (s *sig) readStamp(n *node, kind string, place int) {
	method := n.child(nsDS, "CanonicalizationMethod")
	if method == nil { // XAdES 1.1.1 states it with what is stamped
		method = n.child(ns111, "HashDataInfo").child(ns111, "Transforms").child(nsDS, "Transform")
	}
	opt, ok := canonicalisation(method)
	var parts []part
	if ok {
		parts = s.imprint(n, kind, place, opt)
	}
	for _, e := range n.allNamed("EncapsulatedTimeStamp") {
		if kind == signature.StampArchive {
			s.d.archives++
		}
		if s.d.stamps++; s.d.stamps > maxStamps || s.d.archives > maxArchives {
			s.note(RuleStamp)
			return
		}
		b, good := octets(e)
		if !good {
			s.note(RuleStamp)
			continue
		}
		t, err := tsp.Read(b)
		if err != nil {
			s.note(RuleStamp)
			continue
		}
		st := &stamp{kind: kind, token: t, parts: parts, n: n}
		for _, p := range parts {
			if p.job != nil {
				p.job.keep = true
			}
		}
		s.stamps = append(s.stamps, st)
	}
	if n.named("XMLTimeStamp") != nil {
		s.note(RuleStamp)
	}
}

// imprint lists what a timestamp is over, in order (signature §6.6).
func (s *sig) imprint(n *node, kind string, place int, opt c14n.Options) []part {
	var out []part
	element := func(e *node) {
		if e != nil {
			out = append(out, part{job: s.d.jobs.add(job{ord: e.ord, opt: opt})})
		}
	}
	reference := func(r *ref) { out = append(out, part{job: r.job, ref: r}) }
	before := func(names ...string) {
		for i, c := range s.unsigned.childrenOf() {
			if i == place {
				break
			}
			for _, name := range names {
				if c.local == name {
					element(c)
				}
			}
		}
	}
	v2 := strings.HasSuffix(n.local, "V2")
	refNames := []string{"CompleteCertificateRefs", "CompleteRevocationRefs", "AttributeCertificateRefs", "AttributeRevocationRefs"}
	if v2 {
		refNames = []string{"CompleteCertificateRefsV2", "CompleteRevocationRefs", "AttributeCertificateRefsV2", "AttributeRevocationRefs"}
	}
	switch kind {
	case signature.StampAllData:
		for _, r := range s.refs {
			if r.typ != signedType(s.space) {
				reference(r)
			}
		}
	case signature.StampIndividualData:
		for _, inc := range n.allNamed("Include") {
			id := strings.TrimPrefix(inc.attr("URI"), "#")
			for _, r := range s.refs {
				if r.n.id() == id && id != "" {
					reference(r)
				}
			}
		}
	case signature.StampSignature:
		element(s.value)
	case signature.StampRefs:
		element(s.value)
		before(append([]string{"SignatureTimeStamp"}, refNames...)...)
	case signature.StampRefsOnly:
		before(refNames...)
	case signature.StampArchive:
		for _, r := range s.refs {
			reference(r)
		}
		element(s.info)
		element(s.value)
		element(s.keyInfo)
		for i, c := range s.unsigned.childrenOf() {
			if i == place {
				break
			}
			element(c)
		}
		for _, o := range s.objects {
			if o.child(s.space, "QualifyingProperties") != nil || n.space == ns132 && s.referenced(o) {
				continue
			}
			element(o)
		}
	}
	return out
}

// referenced reports whether an Object is what a reference is over.
func (s *sig) referenced(o *node) bool {
	if s.level.signed == nil {
		s.level.signed = map[string]bool{}
		for _, r := range s.refs {
			s.level.signed[r.plan.id] = true
		}
	}
	return o.id() != "" && s.level.signed[o.id()]
}

// stampEvidence establishes the facts of the timestamps.
func (s *sig) stampEvidence() {
	for _, st := range s.stamps {
		t := st.token.Stamp(st.kind, &input{s: s, parts: st.parts}, s.d.pool)
		sum := sha256.Sum256(append([]byte(s.e.ID+st.n.id()), st.token.Raw...))
		t.ID = "T-" + strings.ToUpper(hex.EncodeToString(sum[:]))
		switch st.kind {
		case signature.StampSignature, signature.StampRefs:
			t.Covers = append(t.Covers, s.e.ID)
			for _, c := range s.e.Chain {
				t.Covers = append(t.Covers, c.ID)
			}
		case signature.StampArchive:
			s.e.Archival = true
			t.Covers = append(t.Covers, s.e.ID)
			for _, x := range s.e.Timestamps {
				t.Covers = append(t.Covers, x.ID)
			}
			t.Covers = append(t.Covers, s.d.pool.Own()...)
		}
		s.e.Timestamps = append(s.e.Timestamps, t)
	}
}

// input is what a timestamp should be over.
type input struct {
	s     *sig
	parts []part
}

// Digest implements [tsp.Imprint].
func (in *input) Digest(d trust.Digest) ([]byte, bool) {
	h := d.New()
	if h == nil {
		return nil, true
	}
	if len(in.parts) == 0 {
		return nil, true
	}
	for _, p := range in.parts {
		switch {
		case p.job == nil && p.ref.content == nil:
			return nil, false
		case p.job == nil:
			if !in.copy(h, in.s.d.octetsOf(p.ref)) {
				return nil, true
			}
		case p.job.seen == 0:
			return nil, false
		case !p.job.done || p.job.bad:
			return nil, true
		case p.job.keep && !p.job.spilled:
			h.Write(p.job.buf)
		default:
			if in.s.d.replays++; in.s.d.replays > maxReplays || !in.copy(h, form{in.s.d, p.job}) {
				return nil, true
			}
		}
	}
	return h.Sum(nil), true
}

func (in *input) copy(w io.Writer, o signature.Octets) bool {
	r, err := o.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err == nil
}

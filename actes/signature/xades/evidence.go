package xades

import (
	"bytes"
	"encoding/hex"
	"net/url"
	"path"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// Types of references.
const (
	typeObject   = nsDS + "Object"
	typeManifest = nsDS + "Manifest"
)

// signedType is the type that a reference to SignedProperties states. Without
// properties it is the current one: they may have been taken out of the
// signature, and what is found elsewhere is then not theirs.
func signedType(space string) string {
	switch space {
	case ns111, ns122:
		return space + "SignedProperties"
	}
	return "http://uri.etsi.org/01903#SignedProperties"
}

// evidence establishes the facts of the signature.
func (s *sig) evidence() {
	s.references()
	s.signer()
	s.cryptographic()
	s.properties()
	s.stampEvidence()
	s.levelName()
	s.producer()
}

// references checks every reference, and says what is covered.
func (s *sig) references() {
	data, signed := 0, false
	for _, r := range s.refs {
		r.result = signature.Reference{Name: "reference", Digest: r.digest}
		if u := r.n.attr("URI"); u != "" {
			r.result.Name = u
		}
		s.evaluate(r)
		kind := s.kind(r)
		if kind == ofParent {
			r.result.Name = name
		}
		if kind == ofData || kind == ofParent {
			data++
		}
		signed = signed || kind == ofProperties
		if kind == ofUntyped {
			data++
			s.e.AttributesUntyped = s.e.AttributesUntyped || r.result.Found && r.result.Intact
		}
		s.e.References = append(s.e.References, r.result)
		if r.result.Found && r.plan.refused == nil && kind != ofProperties && kind != ofKey {
			s.cover(r, kind)
		}
		s.manifest(r)
	}
	if s.duplicates() {
		s.format("la même référence figure deux fois", "the same reference stands twice")
	}
	s.e.AttributesDone = signed && s.spSigned
	if s.e.AttributesDone {
		s.e.AttributesUntyped = false
	} else if s.e.AttributesUntyped {
		s.note(RuleUntyped)
	}
	if s.counter {
		s.countersigned()
	}
	if data == 0 && len(s.refs) > 0 {
		// Something other than its own properties must be signed: the reference
		// that is missing is said to be (EN 319 102-1 §5.2.7).
		s.e.References = append(s.e.References, signature.Reference{Name: "reference"})
		s.note(RuleAbsent)
	}
}

// kinds of what a reference is over.
type kind uint8

const (
	ofData       kind = iota
	ofProperties      // SignedProperties, and says so
	ofUntyped         // SignedProperties, without saying so
	ofKey             // KeyInfo, SignatureProperties
	ofParent          // the value of the signature that is countersigned
)

// kind tells what a reference is over.
func (s *sig) kind(r *ref) kind {
	if r.typ == signedType(s.space) {
		return ofProperties
	}
	if r.job == nil {
		return ofData
	}
	t := r.job.at
	switch {
	case t.ord == 0 || r.job.whole:
		return ofData
	case s.signed != nil && t.ord == s.signed.ord:
		return ofUntyped
	case s.filtersSigned(r):
		return ofUntyped
	case s.keyInfo != nil && t.ord == s.keyInfo.ord, s.inProperties(t.ord):
		return ofKey // of the signature itself, not of what it is put under
	case s.parent != nil && s.parent.value != nil && t.ord == s.parent.value.ord:
		return ofParent
	}
	return ofData
}

// inProperties reports whether the element is, or lies in, the
// ds:SignatureProperties or the QualifyingProperties of the signature.
func (s *sig) inProperties(ord int) bool {
	for _, o := range s.objects {
		for _, c := range o.children {
			if !c.is(nsDS, "Manifest") && c.ord <= ord && ord <= c.last {
				return true
			}
		}
	}
	return false
}

// filtersSigned reports whether an XPath filter leads to the properties.
func (s *sig) filtersSigned(r *ref) bool {
	f := r.plan.filter
	if f == nil || s.signed == nil || f.content || len(f.steps) != 2 || f.steps[1] != (step{s.space, "SignedProperties"}) {
		return false
	}
	for _, o := range s.objects {
		if o.ord == r.job.at.ord {
			return true
		}
	}
	return false
}

// evaluate checks one reference.
func (s *sig) evaluate(r *ref) {
	res := &r.result
	switch {
	case r.plan.refused != nil:
		s.note(RuleRefused, report.Words("why", r.plan.refused.fr, r.plan.refused.en))
		return
	case r.plan.external:
		s.external(r)
		return
	}
	j := r.job
	if j.seen == 0 {
		s.note(RuleAbsent)
		return
	}
	res.Found = true
	if j.seen > 1 {
		s.format("l'identifiant désigné est porté par plusieurs éléments", "the identifier referred to is carried by several elements")
		s.note(RuleAmbiguous)
	}
	got := j.sum(r.digest)
	r.same = got != nil && r.wantOK && bytes.Equal(got, r.want)
	res.Intact = r.same
	s.placed(r)
}

// placed checks that the reference leads where it must: the heart of the
// defence against wrapping (signature §6.2).
func (s *sig) placed(r *ref) {
	t, res := r.job.at, &r.result
	wrapped := func(fr, en string) { s.note(RuleWrapped, report.Words("why", fr, en)) }
	own := s.signed != nil && t.ord == s.signed.ord
	switch {
	case r.typ == signedType(s.space):
		if s.filtersSigned(r) && r.plan.whole {
			return // there, but not as the norm says: not taken for signed
		}
		if !own {
			res.Found, res.Intact = false, false
			wrapped("les propriétés signées ne sont pas celles de cette signature", "the signed properties are not those of this signature")
			return
		}
		s.spSigned = true
	case r.typ == typeObject || r.typ == typeManifest:
		if s.isOwn(r, t.ord) {
			break
		}
		res.Found, res.Intact = false, false
		wrapped("l'objet signé n'est pas dans cette signature", "the object signed is not in this signature")
		return
	}
	if !r.plan.enveloped {
		return
	}
	switch {
	case r.job.whole || t.holds(s.ord) && t.ord < s.ord:
	case own:
		// Known tools put the transform there too; the element lies inside the
		// signature, and to the letter nothing would be left of it.
		s.note(RuleEnveloped)
	case s.d.beside && !t.signature && (t.last < s.ord || t.ord > s.last):
	default:
		// Granted to anything else inside or beside the signature, this would let
		// the signed element be hidden and another one stand around it.
		res.Intact = false
		wrapped("la signature n'est pas dans l'élément qu'elle dit envelopper", "the signature is not inside the element it claims to be enveloped by")
	}
}

// isOwn reports whether the element is a ds:Object, or a manifest, of this
// signature, found by walking down from it.
func (s *sig) isOwn(r *ref, ord int) bool {
	if s.keyInfo != nil && s.keyInfo.ord == ord {
		return r.typ == typeObject
	}
	for _, o := range s.objects {
		if o.ord == ord {
			return r.typ == typeObject
		}
		for _, c := range o.children {
			if c.ord == ord && c.is(nsDS, "Manifest") {
				return true
			}
		}
	}
	return false
}

// external checks a reference to what is not in the document: a file given by
// the caller, and only that.
func (s *sig) external(r *ref) {
	res := &r.result
	c := s.d.content(r)
	if c == nil {
		s.note(RuleExternal)
		return
	}
	r.content = c
	res.Found = true
	if r.plan.named && !r.leadsTo(c) {
		s.note(RuleRenamed)
	}
	got := s.d.processed(r, c)
	r.same = got != nil && r.wantOK && bytes.Equal(got, r.want)
	res.Intact = r.same
}

// content finds the file a reference is over: by its name, else by the last
// segment of it, else by its digest; without name, the one that fits, or the
// only one.
func (d *document) content(r *ref) *signature.Content {
	if !r.plan.named {
		for _, c := range d.contents {
			if got := d.processed(r, c); got != nil && r.wantOK && bytes.Equal(got, r.want) {
				return c
			}
		}
		if len(d.contents) == 1 {
			return d.contents[0]
		}
		return nil
	}
	names := []string{r.plan.name}
	if u, err := url.PathUnescape(r.plan.name); err == nil && u != r.plan.name {
		names = append(names, u)
	}
	for _, n := range names {
		for _, c := range d.contents {
			if c.Name == n {
				return c
			}
		}
	}
	for _, n := range names {
		for _, c := range d.contents {
			if path.Base(c.Name) == path.Base(n) {
				return c
			}
		}
	}
	// What was signed may be there under another name, which archivers and mail
	// programs spoil: it is known by its digest.
	if !r.wantOK || r.plan.refused != nil || r.plan.explicit || r.plan.base64 {
		return nil
	}
	for _, c := range d.contents {
		if d.renames++; d.renames > maxRenames {
			return nil
		}
		if got, _ := c.Digest(r.digest); got != nil && bytes.Equal(got, r.want) {
			return c
		}
	}
	return nil
}

// leadsTo reports whether the name in the reference leads to the content.
func (r *ref) leadsTo(c *signature.Content) bool {
	n := r.plan.name
	if u, err := url.PathUnescape(n); err == nil {
		return path.Base(c.Name) == path.Base(n) || path.Base(c.Name) == path.Base(u)
	}
	return path.Base(c.Name) == path.Base(n)
}

// duplicates reports whether one reference is there twice.
func (s *sig) duplicates() bool {
	seen := map[string]bool{}
	for _, r := range s.refs {
		if !r.n.has("URI") { // one at most (XMLDSig §4.4.3.2)
			if seen[""] {
				return true
			}
			seen[""] = true
			continue
		}
		key := r.n.attr("URI") + "\x00" + r.typ + "\x00" + string(r.digest) + "\x00" + string(r.want)
		for _, t := range r.n.child(nsDS, "Transforms").all(nsDS, "Transform") {
			key += "\x00" + t.attr("Algorithm")
			for _, c := range t.children {
				key += "\x01" + c.string() + c.attr("PrefixList")
			}
		}
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

// cover says what a reference proves: the element, where it lies, and the very
// octets that were digested.
func (s *sig) cover(r *ref, k kind) {
	c := signature.Coverage{Kind: "PARTIAL", Altered: !r.result.Intact}
	if r.wantOK {
		c.Digest = string(r.digest) + ":" + hex.EncodeToString(r.want)
	}
	switch {
	case r.content != nil:
		c.Kind, c.Name, c.Data = "FULL", r.content.Name, s.d.octetsOf(r)
	case k == ofParent:
		c.Kind, c.Name = "COUNTER_SIGNATURE", s.parent.e.ID
	case r.job.whole || r.job.at.ord == 1:
		c.Kind, c.Name = "FULL", "Full XML File"
	case len(r.entries) > 0 || r.typ == typeManifest:
		c.Kind, c.Name = "FULL", r.n.id()
		if c.Name == "" {
			c.Name = "reference-manifest"
		}
	case r.plan.filter != nil:
		c.Name = r.plan.filter.id
		if r.plan.whole && s.holds(r) {
			return
		}
	default:
		c.Name = r.plan.id
	}
	if r.job != nil {
		c.Data = form{s.d, r.job}
		// Of characters alone, or of what a filter selects, no element is covered.
		if !r.job.text && (r.plan.filter == nil || len(r.plan.filter.steps) == 0 && !r.plan.filter.content) {
			c.From, c.To, c.Except = r.job.at.from, r.job.at.to, r.job.holes
		}
	}
	s.e.Covers = append(s.e.Covers, c)
}

// holds reports whether a filter selects something of the signature itself.
func (s *sig) holds(r *ref) bool { return s.ord < r.job.at.ord && r.job.at.ord <= s.last }

// name of the reference to the value of the signature that is countersigned.
const name = "counter_signed_signature_value"

// countersigned checks that a counter-signature is over the value of the
// signature it stands in.
func (s *sig) countersigned() {
	s.e.Counter = true
	if s.parent == nil {
		return
	}
	s.e.Parent = s.parent.e.ID
	for i := range s.e.References {
		if s.e.References[i].Name == name {
			return
		}
	}
	s.e.References = append(s.e.References, signature.Reference{Name: name, Found: true})
}

// signer finds the certificate of the signer (EN 319 132-1 §5.2.2, with EN 319
// 102-1 §5.2.3): the one named by its digest in the signed properties, else the
// one whose key verifies the value.
func (s *sig) signer() {
	s.e.RefSerial = true
	var value bool
	s.signature, value = octets(s.value)
	if !value {
		s.signature = nil
		s.note(RuleEncoding)
	}
	named := s.certReferences()
	candidates := append([]*trust.Certificate(nil), s.inKeyInfo...)
	s.unsigned.walk(func(n *node) {
		if n.local == "EncapsulatedX509Certificate" {
			if c := s.d.certificate(n); c != nil {
				candidates = append(candidates, c)
			}
		}
	})
	pick := func(f func(*trust.Certificate) bool) *trust.Certificate {
		for _, c := range candidates {
			if f(c) {
				return c
			}
		}
		return nil
	}
	if len(named) > 0 {
		first := named[0]
		s.cert = pick(first.matches)
	}
	// What no signed property names, or none that can be read, is the signer's only
	// if everything holds with it.
	if s.cert == nil && s.algOK && (len(named) > 0 || s.whole()) {
		s.cert = pick(func(c *trust.Certificate) bool { return s.valueBy(c.Key) })
	}
	if s.cert == nil {
		for _, r := range s.e.References {
			if r.Found && !r.Intact {
				s.note(signature.RuleDataDiffers) // whoever signed it
			}
		}
		return
	}
	s.e.Chain = s.d.pool.Chain(s.cert)
	s.e.KeyBits = s.cert.Key.Bits
	s.matchReferences(named)
}

// whole reports whether every digest is right, wherever what it is of lies.
func (s *sig) whole() bool {
	for _, r := range s.refs {
		if !r.same {
			return false
		}
	}
	return true
}

// valueBy reports whether a key verifies the signature value.
func (s *sig) valueBy(k *trust.Key) bool {
	ok, _ := s.check(k)
	return ok
}

func (s *sig) check(k *trust.Key) (ok, der bool) {
	if s.infoJob == nil || !s.infoJob.done || s.infoJob.bad || s.signature == nil || !s.algOK {
		return false, false
	}
	if s.alg.Scheme == trust.EdDSA && s.infoJob.spilled {
		return false, false
	}
	return verify(k, s.alg, s.infoJob.sum(s.alg.Digest), s.infoJob.buf, s.signature)
}

// cryptographic verifies the signature value.
func (s *sig) cryptographic() {
	s.e.Algorithm = s.alg
	if s.infoWhy != nil {
		s.note(RuleRefused, report.Words("why", s.infoWhy.fr, s.infoWhy.en))
	}
	if !s.algOK {
		s.note(RuleAlgorithm)
		return
	}
	bare := keyValue(s.keyInfo)
	if s.cert == nil {
		if bare != nil {
			s.e.Intact, s.e.KeyBits = s.valueBy(bare), bare.Bits
		}
		return
	}
	var der bool
	if s.e.Intact, der = s.check(s.cert.Key); der {
		s.note(RuleEncoding)
	}
	if bare != nil && !bare.Equal(s.cert.Key) && !bytes.Equal(bare.Raw, s.cert.Key.Raw) {
		s.note(RuleKey)
	}
}

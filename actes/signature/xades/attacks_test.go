package xades_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/c14n"
)

// The signed bordereau of every attack, and what a forger would like to have
// read in its place.
const (
	genuine = `<Bordereau Id="A"><MtHT V="100.00"/>`
	forged  = `<MtHT V="900.00"/>`
	end     = `</Bordereau>`
)

// wrap composes the signed document of an attack: E is the signed element with
// its signature, bare without, S the signature alone.
func wrap(t testing.TB, s *dsigtest.Signer, g dsigtest.Signature) (whole, bare, sig string) {
	if g.ID == "" {
		g.ID = "S"
	}
	if g.Over == "" {
		g.Over = "A"
	}
	doc := s.Sign(t, "<PES>"+genuine+s.Skeleton(g)+end+"</PES>", g.ID)
	doc = strings.TrimSuffix(strings.TrimPrefix(doc, "<PES>"), "</PES>")
	sig = strings.TrimSuffix(strings.TrimPrefix(doc, genuine), end)
	return doc, genuine + end, sig
}

// proved reports whether an intact signature covers an octet of the document.
func proved(r *signature.Report, at int) bool {
	for _, v := range r.Verdicts {
		for _, c := range v.Covers {
			in := c.From <= int64(at) && int64(at) < c.To
			for _, x := range c.Except {
				in = in && (int64(at) < x[0] || x[1] <= int64(at))
			}
			if v.Intact && !c.Altered && in {
				return true
			}
		}
	}
	return false
}

func within(sig, what string) string {
	return strings.Replace(sig, "</ds:Signature>", "<ds:Object>"+what+"</ds:Object></ds:Signature>", 1)
}

// TestWrapping builds the signature wrapping attacks (XSW 1 to 8, and those that
// XAdES and PES add). Whatever becomes of the verdict, the forged element must
// never be said to be covered; where the attack leaves no honest reading, the
// document is invalid.
func TestWrapping(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	e, bare, sig := wrap(t, s, dsigtest.Signature{})
	f := func(id, inside string) string {
		if id != "" {
			id = fmt.Sprintf(` Id="%s"`, id)
		}
		return "<Bordereau" + id + ">" + forged + inside + end
	}
	twin := func(attr string) string { return "<Bordereau " + attr + ">" + forged + end }
	for _, c := range []struct {
		name, doc string
		invalid   bool
		sub       signature.Sub
	}{
		{"XSW1: the original inside its own signature, around which the forgery stands", f("B", within(sig, bare)), true, signature.HashFailure},
		{"XSW1, the forgery without Id", f("", within(sig, bare)), true, signature.HashFailure},
		{"XSW2: the original before the signature, both inside the forgery", f("B", bare+sig), true, signature.HashFailure},
		{"XSW3: the forgery before the original", "<PES>" + f("B", "") + e + "</PES>", false, ""},
		{"XSW4: the forgery around the original", f("B", e), false, ""},
		{"XSW5: signature in the forgery, original at the end", "<PES>" + f("B", sig) + bare + "</PES>", true, signature.HashFailure},
		{"XSW6: the original inside the signature that is inside the forgery", "<PES>" + f("B", within(sig, bare)) + "</PES>", true, signature.HashFailure},
		{"XSW7: the original in an extension before the forgery, same Id", "<PES><Ext>" + e + "</Ext>" + f("A", "") + "</PES>", true, signature.FormatFailure},
		{"XSW8: the original in an object, the forgery outside, same Id", f("A", within(sig, bare)), true, signature.FormatFailure},
		{"Id twice, the forgery first", "<PES>" + f("A", "") + e + "</PES>", true, signature.FormatFailure},
		{"Id twice, the forgery last", "<PES>" + e + f("A", "") + "</PES>", true, signature.FormatFailure},
		{"xml:id on the forgery, before", "<PES>" + twin(`xml:id="A"`) + e + "</PES>", true, signature.FormatFailure},
		{"xml:id on the forgery, after", "<PES>" + e + twin(`xml:id="A"`) + "</PES>", true, signature.FormatFailure},
		{"id on the forgery", "<PES>" + twin(`id="A"`) + e + "</PES>", true, signature.FormatFailure},
		{"ID on the forgery", "<PES>" + twin(`ID="A"`) + e + "</PES>", true, signature.FormatFailure},
		{"the Id only in another spelling on the forgery", "<PES>" + twin(`id="A"`) + strings.Replace(e, `Id="A"`, `Nr="A"`, 1) + "</PES>", true, signature.HashFailure},
		{"the signature moved beside what it signs", "<PES>" + bare + sig + f("B", "") + "</PES>", true, signature.HashFailure},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := validate(t, c.doc, signature.Options{})
			if at := strings.Index(c.doc, forged); proved(r, at) {
				t.Error("the forgery is said to be covered")
			}
			if r.Findings.Valid() == c.invalid {
				t.Errorf("valid %v", r.Findings.Valid())
			}
			v := one(t, r)
			if c.invalid && (v.Intact && v.Conclusion.Sub != signature.FormatFailure || v.Conclusion.Sub != c.sub) {
				t.Errorf("intact %v, %s", v.Intact, v.Conclusion)
			}
			if !c.invalid && !proved(r, strings.Index(c.doc, "100.00")) {
				t.Error("the original is not covered")
			}
		})
	}
}

// TestWrappedProperties: fake signed properties, objects and manifests, the
// genuine ones hidden elsewhere.
func TestWrappedProperties(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	e, _, sig := wrap(t, s, dsigtest.Signature{})
	i, j := strings.Index(sig, "<xad:SignedProperties"), strings.Index(sig, "</xad:SignedProperties>")+len("</xad:SignedProperties>")
	props := strings.Replace(sig[i:j], "<xad:SignedProperties", `<xad:SignedProperties xmlns:xad="`+dsigtest.XAdES111+`" xmlns:ds="`+dsigtest.DSig+`"`, 1)
	fake := strings.Replace(strings.Replace(sig[i:j], `Id="S_SP"`, `Id="FAUX"`, 1), ">Maire<", ">Prefet<", 1)
	enveloping := dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: "#O", Type: dsigtest.DSig + "Object", Transforms: []string{dsigtest.ExcC14N}}}, Objects: `<ds:Object Id="O">100.00</ds:Object>`}
	object := s.Sign(t, s.Skeleton(enveloping), "S")
	hidden := `<ds:Object xmlns:ds="` + dsigtest.DSig + `" Id="O">100.00</ds:Object>`
	manifest := dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: "#M", Type: dsigtest.DSig + "Manifest", Transforms: []string{dsigtest.ExcC14N}}},
		Objects: `<ds:Object><ds:Manifest Id="M"><ds:Reference URI="a.pdf"><ds:DigestMethod Algorithm="` + dsigtest.SHA256 + `"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:Manifest></ds:Object>`}
	listed := s.Sign(t, s.Skeleton(manifest), "S")
	k, l := strings.Index(listed, "<ds:Manifest"), strings.Index(listed, "</ds:Manifest>")+len("</ds:Manifest>")
	for name, doc := range map[string]string{
		"properties": "<PES><Ext>" + props + "</Ext>" + strings.Replace(e, sig[i:j], fake, 1) + "</PES>",
		"object":     "<PES><Ext>" + hidden + "</Ext>" + strings.Replace(object, `<ds:Object Id="O">100.00`, `<ds:Object Id="P">900.00`, 1) + "</PES>",
		"manifest": "<PES><Ext>" + strings.Replace(listed[k:l], "<ds:Manifest", `<ds:Manifest xmlns:ds="`+dsigtest.DSig+`"`, 1) + "</Ext>" +
			listed[:k] + strings.Replace(strings.Replace(listed[k:l], `Id="M"`, `Id="N"`, 1), "a.pdf", "b.pdf", 1) + listed[l:] + "</PES>",
	} {
		r := validate(t, doc, signature.Options{})
		v := one(t, r)
		if v.Intact || v.Conclusion.Sub != signature.SignedDataNotFound || r.Findings.Valid() || !r.Findings.Has(xades.RuleWrapped) || !v.Token.Intact {
			t.Errorf("%s: intact %v, value %v, %s", name, v.Intact, v.Token.Intact, v.Conclusion)
		}
		if at := strings.Index(doc, "100.00"); name == "object" && proved(r, at) {
			t.Error("the hidden object is said to be covered")
		}
	}
	// The control: nothing is said against what was left as it was.
	for _, doc := range []string{object, listed, "<PES>" + e + "</PES>"} {
		if v := one(t, validate(t, doc, signature.Options{})); !v.Intact {
			t.Errorf("the untouched signature is not intact: %s", v.Conclusion)
		}
	}
}

// TestStructure: what makes a signature ambiguous by itself.
func TestStructure(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	e, _, sig := wrap(t, s, dsigtest.Signature{})
	doc := "<PES>" + e + "</PES>"
	i, j := strings.Index(sig, "<ds:SignedInfo>"), strings.Index(sig, "</ds:SignedInfo>")+len("</ds:SignedInfo>")
	k, l := strings.Index(sig, "<ds:Object>"), strings.Index(sig, "</ds:Object>")+len("</ds:Object>")
	m, n := strings.Index(sig, "<xad:SignedProperties"), strings.Index(sig, "</xad:SignedProperties>")+len("</xad:SignedProperties>")
	p, q := strings.Index(sig, "<ds:SignatureValue"), strings.Index(sig, "</ds:SignatureValue>")+len("</ds:SignatureValue>")
	renamed := func(x string) string { return strings.ReplaceAll(x, `Id="S_S`, `Id="X_S`) }
	twice := dsigtest.Ref{URI: "#A", Transforms: []string{dsigtest.Enveloped, dsigtest.ExcC14N}}
	same := s.Sign(t, "<PES>"+genuine+s.Skeleton(dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{twice, twice}})+end+"</PES>", "S")
	none := s.Sign(t, "<PES>"+genuine+s.Skeleton(dsigtest.Signature{ID: "S", XAdES: "-", Refs: []dsigtest.Ref{}})+end+"</PES>", "S")
	a, b := strings.Index(sig, "<ds:CanonicalizationMethod"), strings.Index(sig, "<ds:SignatureMethod")
	method := sig[b : b+strings.Index(sig[b:], ">")+1]
	swapped := strings.Replace(doc, sig[a:b]+method, method+sig[a:b], 1)
	const time = "<xad:SigningTime>2024-03-15T10:20:30Z</xad:SigningTime>"
	times := s.Sign(t, "<PES>"+genuine+s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Properties: "<xad:SignedSignatureProperties>" + time + time + "</xad:SignedSignatureProperties>"})+end+"</PES>", "S")
	for name, c := range map[string]string{
		"two SignedInfo":           strings.Replace(doc, sig[i:j], sig[i:j]+sig[i:j], 1),
		"no SignedInfo":            strings.Replace(doc, sig[i:j], "", 1),
		"two SignatureValue":       strings.Replace(doc, sig[p:q], sig[p:q]+renamed(sig[p:q]), 1),
		"two QualifyingProperties": strings.Replace(doc, sig[k:l], sig[k:l]+renamed(sig[k:l]), 1),
		"two SignedProperties":     strings.Replace(doc, sig[m:n], sig[m:n]+renamed(sig[m:n]), 1),
		"the same reference twice": same,
		"no reference":             none,
		"a foreign element":        strings.Replace(doc, "</ds:SignedInfo>", "</ds:SignedInfo><montant>1</montant>", 1),
		"the value first":          strings.Replace(doc, sig[i:j]+sig[p:q], sig[p:q]+sig[i:j], 1),
		"the method first":         swapped,
		"two lists of unsigned":    strings.Replace(doc, "</xad:QualifyingProperties>", "<xad:UnsignedProperties/><xad:UnsignedProperties/></xad:QualifyingProperties>", 1),
		"two times":                times,
		"the signature twice":      strings.Replace(doc, sig, sig+renamed(sig), 1),
	} {
		r := validate(t, c, signature.Options{})
		if len(r.Verdicts) == 0 {
			t.Errorf("%s: no verdict", name)
		}
		for _, v := range r.Verdicts {
			if v.Conclusion.Sub != signature.FormatFailure || v.Conclusion.Indication != signature.TotalFailed || r.Findings.Valid() {
				t.Errorf("%s: %s", name, v.Conclusion)
			}
		}
	}
}

// TestKeys: confusions of keys, certificates and algorithms.
func TestKeys(t *testing.T) {
	mayor, other := dsigtest.New(t, "rsa"), dsigtest.New(t, "rsa-other")
	x509 := func(s *dsigtest.Signer) string {
		return "<ds:X509Data><ds:X509Certificate>" + base64.StdEncoding.EncodeToString(s.Cert.Raw) + "</ds:X509Certificate></ds:X509Data>"
	}
	bare := func(s *dsigtest.Signer) string {
		return `<ds11:DEREncodedKeyValue xmlns:ds11="http://www.w3.org/2009/xmldsig11#">` + base64.StdEncoding.EncodeToString(s.Cert.RawSubjectPublicKeyInfo) + "</ds11:DEREncodedKeyValue>"
	}
	doc := func(s *dsigtest.Signer, g dsigtest.Signature) string {
		g.ID, g.Over = "S", "A"
		return s.Sign(t, flux(s.Skeleton(g)), "S")
	}
	digestOf := func(s *dsigtest.Signer) string {
		d := doc(s, dsigtest.Signature{})
		i := strings.Index(d, "<xad:CertDigest>")
		j := strings.Index(d[i:], "<ds:DigestValue>") + i + len("<ds:DigestValue>")
		return d[j : j+strings.Index(d[j:], "<")]
	}
	plain := doc(mayor, dsigtest.Signature{})
	method := func(alg, inside string) string {
		tag := `<ds:SignatureMethod Algorithm="` + dsigtest.RSASHA256 + `"/>`
		return strings.Replace(plain, tag, `<ds:SignatureMethod Algorithm="`+alg+`">`+inside+`</ds:SignatureMethod>`, 1)
	}
	const none, crypto = signature.NoSigningCertificateFound, signature.SigCryptoFailure
	for _, c := range []struct {
		name, doc string
		sub       signature.Sub
		rule      *report.Rule
	}{
		{"a forger's bare key beside the mayor's certificate", doc(other, dsigtest.Signature{KeyInfo: bare(other) + x509(mayor), CertDigest: digestOf(mayor)}), crypto, xades.RuleKey},
		{"a forger's certificate first, the mayor's named", doc(other, dsigtest.Signature{KeyInfo: x509(other) + x509(mayor), CertDigest: digestOf(mayor)}), crypto, signature.RuleValue},
		{"a bare key and nothing else", doc(mayor, dsigtest.Signature{KeyInfo: bare(mayor)}), none, signature.RuleSignerAbsent},
		{"HMAC, with the public key for a secret", method(dsigtest.DSig+"hmac-sha1", ""), crypto, xades.RuleAlgorithm},
		{"HMAC-SHA256 cut to one bit", method("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "<ds:HMACOutputLength>1</ds:HMACOutputLength>"), crypto, xades.RuleAlgorithm},
		{"an algorithm nobody knows", method("urn:x", ""), crypto, xades.RuleAlgorithm},
		{"parameters nobody defined", method(dsigtest.RSASHA256, "<ds:HMACOutputLength>1</ds:HMACOutputLength>"), crypto, xades.RuleAlgorithm},
		{"weaker algorithm put in place", method("http://www.w3.org/2001/04/xmldsig-more#rsa-md5", ""), crypto, signature.RuleValue},
	} {
		r := validate(t, c.doc, signature.Options{})
		v := one(t, r)
		if v.Conclusion.Sub != c.sub || !r.Findings.Has(c.rule) || v.Intact && c.sub != none {
			t.Errorf("%s: %s, intact %v", c.name, v.Conclusion, v.Intact)
		}
	}
}

// TestValues: values that are almost right.
func TestValues(t *testing.T) {
	rsa, ec := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	doc := func(s *dsigtest.Signer) string {
		return s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	}
	value := func(d string, f func([]byte) string) string {
		i := strings.Index(d, `_SV">`) + len(`_SV">`)
		j := i + strings.Index(d[i:], "<")
		b, err := base64.StdEncoding.DecodeString(d[i:j])
		if err != nil {
			t.Fatal(err)
		}
		return d[:i] + f(b) + d[j:]
	}
	encode := base64.StdEncoding.EncodeToString
	// The digest is changed before the signature is made, so that the value is
	// right: only the digest is wrong.
	digest := func(f func(string) string) string {
		d := doc(rsa)
		i := strings.Index(d, "<ds:DigestValue>") + len("<ds:DigestValue>")
		j := i + strings.Index(d[i:], "<")
		return rsa.Sign(t, flux(rsa.Skeleton(dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: "#A", Transforms: []string{dsigtest.Enveloped, dsigtest.ExcC14N}, Value: f(d[i:j])}}})), "S")
	}
	for name, d := range map[string]string{
		"RSA value with octets behind":           value(doc(rsa), func(b []byte) string { return encode(append(b, 0)) }),
		"RSA value with a zero before":           value(doc(rsa), func(b []byte) string { return encode(append([]byte{0}, b...)) }),
		"value that is not base64":               value(doc(rsa), func(b []byte) string { return encode(b) + "é" }),
		"value with a comment that cuts nothing": value(doc(rsa), func(b []byte) string { return "" }),
		"ECDSA (0, 0)":                           value(doc(ec), func(b []byte) string { return encode(make([]byte, 64)) }),
		"ECDSA r above the order":                value(doc(ec), func(b []byte) string { return encode(append(bytes.Repeat([]byte{255}, 32), b[32:]...)) }),
		"ECDSA with a wider encoding":            value(doc(ec), func(b []byte) string { return encode(append(append(append([]byte{0}, b[:32]...), 0), b[32:]...)) }),
		"digest cut":                             digest(func(v string) string { return v[:len(v)-4] }),
		"digest with a zero before":              digest(func(v string) string { return "AA" + v }),
		"digest in a second encoding of itself":  digest(func(v string) string { return v[:len(v)-2] + string(v[len(v)-2]+1) + "=" }),
		"digest of nothing":                      digest(func(string) string { return " " }),
	} {
		r := validate(t, d, signature.Options{})
		if v := one(t, r); v.Intact || r.Findings.Valid() || v.Conclusion.Indication != signature.TotalFailed {
			t.Errorf("%s: intact %v, %s", name, v.Intact, v.Conclusion)
		}
	}
	// An elliptic value as ASN.1 is right to the letter of no norm, and said so.
	der := value(doc(ec), func(b []byte) string {
		part := func(x []byte) []byte {
			if x[0]&0x80 != 0 {
				x = append([]byte{0}, x...)
			}
			return append([]byte{2, byte(len(x))}, x...)
		}
		seq := append(part(bytes.TrimLeft(b[:32], "\x00")), part(bytes.TrimLeft(b[32:], "\x00"))...)
		return encode(append([]byte{0x30, byte(len(seq))}, seq...))
	})
	if r := validate(t, der, signature.Options{}); one(t, r).Intact || r.Findings.Valid() || !r.Findings.Has(xades.RuleEncoding) {
		t.Error("an ECDSA value in DER is intact, or nothing is said of it")
	}
	if v := one(t, validate(t, digest(func(v string) string { return v }), signature.Options{})); !v.Intact {
		t.Errorf("the digest as it was: %s", v.Conclusion)
	}
}

// TestTransforms: whatever is not on the list is refused, and nothing of it run
// or fetched.
func TestTransforms(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := func(uri string, transforms ...string) string {
		return s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{URI: uri, Transforms: transforms, Value: "AAAA"}}})), "S")
	}
	transform := func(alg, inside string) string {
		return `<ds:Transform Algorithm="` + alg + `">` + inside + `</ds:Transform>`
	}
	const xpath, filter2 = "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2"
	ten := make([]string, 2000)
	for i := range ten {
		ten[i] = dsigtest.ExcC14N
	}
	prefixes := strings.Repeat("p ", 20000)
	for name, d := range map[string]string{
		"XSLT":                              doc("#A", transform("http://www.w3.org/TR/1999/REC-xslt-19991116", `<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform"/>`)),
		"decryption":                        doc("#A", "http://www.w3.org/2002/07/decrypt#XML"),
		"a transform nobody knows":          doc("#A", "urn:x"),
		"XPath, any":                        doc("", transform(xpath, "<ds:XPath>//*//*//*</ds:XPath>")),
		"XPath that leaves out the forgery": doc("", transform(xpath, "<ds:XPath>not(ancestor-or-self::MtHT)</ds:XPath>")),
		"XPath with a prefix of one's own":  doc("", transform(xpath, `<ds:XPath xmlns:q="urn:q">not(ancestor-or-self::q:Signature)</ds:XPath>`)),
		"XPath with here()":                 doc("", transform(xpath, "<ds:XPath>count(here())=1</ds:XPath>")),
		"XPath Filter 2, union":             doc("", transform(filter2, `<f:XPath xmlns:f="`+filter2+`" Filter="union">//*</f:XPath>`)),
		"XPath Filter 2, free":              doc("", transform(filter2, `<f:XPath xmlns:f="`+filter2+`" Filter="intersect">//MtHT</f:XPath>`)),
		"XPath Filter 2 on another element": doc("#A", transform(filter2, `<f:XPath xmlns:f="`+filter2+`" Filter="intersect">id('B')</f:XPath>`)),
		"two thousand transforms":           doc("#A", ten...),
		"a long list of prefixes":           doc("#A", transform(dsigtest.ExcC14N, `<e:InclusiveNamespaces xmlns:e="`+dsigtest.ExcC14N+`" PrefixList="`+prefixes+`"/>`)),
		"parameters of canonicalisation":    doc("#A", transform(dsigtest.ExcC14N, `<ds:XPath>x</ds:XPath>`)),
		"enveloped after canonicalisation":  doc("#A", dsigtest.ExcC14N, dsigtest.Enveloped),
		"XPointer, free":                    doc("#xpointer(//MtHT)"),
		"XPointer, unclosed":                doc("#xpointer(id('A)"),
		"empty fragment":                    doc("#"),
	} {
		r := validate(t, d, signature.Options{})
		v := one(t, r)
		if v.Intact || v.Conclusion.Sub != signature.SignedDataNotFound || !r.Findings.Has(xades.RuleRefused) || r.Findings.Valid() || len(v.Covers) > 0 {
			t.Errorf("%s: intact %v, %s, covers %v", name, v.Intact, v.Conclusion, v.Covers)
		}
	}
	for _, uri := range []string{"file:///etc/passwd", "http://169.254.169.254/latest", "../../etc/passwd", `\\serveur\partage`} {
		r := validate(t, doc(uri), signature.Options{}, signature.NewContent("autre.pdf", []byte("x")))
		if v := one(t, r); v.Intact || v.Conclusion.Sub != signature.SignedDataNotFound || !r.Findings.Has(xades.RuleExternal) {
			t.Errorf("%s: %s", uri, v.Conclusion)
		}
	}
	// Canonicalisation of SignedInfo.
	plain := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	tag := `<ds:CanonicalizationMethod Algorithm="` + dsigtest.ExcC14N + `"/>`
	for _, m := range []string{`<ds:CanonicalizationMethod Algorithm="urn:x"/>`, `<ds:CanonicalizationMethod/>`, "",
		`<ds:CanonicalizationMethod Algorithm="` + dsigtest.ExcC14N + `"><ds:XPath>x</ds:XPath></ds:CanonicalizationMethod>`, `<ds:CanonicalizationMethod Algorithm="` + xpath + `"/>`} {
		r := validate(t, strings.Replace(plain, tag, m, 1), signature.Options{})
		if v := one(t, r); v.Intact || v.Conclusion.Sub != signature.SigCryptoFailure || !r.Findings.Has(xades.RuleRefused) {
			t.Errorf("%s: %s", m, v.Conclusion)
		}
	}
}

// The filters that are followed select what they say.
func TestFilters(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	const xpath, filter2 = "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2"
	sum := func(octets string) string { return digestOf([]byte(octets)) }
	for _, c := range []struct{ name, uri, transform, octets string }{
		{"all but signatures", "", `<ds:Transform Algorithm="` + xpath + `"><ds:XPath> not( ancestor-or-self::ds:Signature ) </ds:XPath></ds:Transform>`, `<D><A Id="x"><b>1</b>t<c>2</c></A></D>`},
		{"subtract", "", `<ds:Transform Algorithm="` + filter2 + `"><f:XPath xmlns:f="` + filter2 + `" Filter="subtract">/descendant::ds:Signature</f:XPath></ds:Transform>`, `<D><A Id="x"><b>1</b>t<c>2</c></A></D>`},
		{"an element", "", `<ds:Transform Algorithm="` + filter2 + `"><f:XPath xmlns:f="` + filter2 + `" Filter="intersect">id('x')</f:XPath></ds:Transform>`, `<A Id="x"><b>1</b>t<c>2</c></A>`},
		{"what is in it", "#x", `<ds:Transform Algorithm="` + filter2 + `"><f:XPath xmlns:f="` + filter2 + `" Filter="intersect">//*[@Id="x"]/node()</f:XPath></ds:Transform>`, `<b>1</b>t<c>2</c>`},
		{"a child of it", "#x", `<ds:Transform Algorithm="` + filter2 + `"><f:XPath xmlns:f="` + filter2 + `" Filter="intersect">id('x')/c</f:XPath></ds:Transform>`, `<c>2</c>`},
	} {
		g := dsigtest.Signature{ID: "S", XAdES: "-", Refs: []dsigtest.Ref{{URI: c.uri, Transforms: []string{c.transform}, Value: sum(c.octets)}}}
		r := validate(t, s.Sign(t, `<D><A Id="x"><b>1</b>t<c>2</c></A>`+s.Skeleton(g)+`</D>`, "S"), signature.Options{})
		v := one(t, r)
		if !v.Intact {
			t.Fatalf("%s: %s", c.name, v.Conclusion)
		}
		o, err := v.Covers[0].Data.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(o)
		o.Close()
		if err != nil || string(b) != c.octets {
			t.Errorf("%s: %q, %v", c.name, b, err)
		}
		if whole := c.name == "an element"; c.uri == "#x" && v.Covers[0].To != 0 || whole && v.Covers[0].To == 0 {
			t.Errorf("%s: from %d to %d", c.name, v.Covers[0].From, v.Covers[0].To)
		}
	}
}

// The other ways of writing that signatures are left out mean the same; what
// only looks like them is refused.
func TestFiltersOfSignatures(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	const xpath, filter2 = "http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2"
	for e, ok := range map[string]bool{
		"count(ancestor-or-self::ds:Signature) = 0":                                                        true,
		"self::node()[not(ancestor-or-self::ds:Signature)]":                                                true,
		"not(ancestor-or-self::*[local-name()='Signature' and namespace-uri()='" + dsigtest.DSig + "'])":   true,
		"not(ancestor-or-self::*[namespace-uri()='" + dsigtest.DSig + "' and local-name() = 'Signature'])": true,
		"-//ds:Signature":                                    true,
		"-/descendant-or-self::ds:Signature":                 true,
		"not(ancestor-or-self::*[local-name()='Signature'])": false,
		"not(ancestor-or-self::*[local-name()='Signature' or namespace-uri()='" + dsigtest.DSig + "'])":             false,
		"count(ancestor-or-self::ds:Signature) = 1":                                                                 false,
		"not(ancestor-or-self::*[local-name()='Signature' and namespace-uri()='" + dsigtest.DSig + "'] or self::b)": false,
		"-/descendant::*[name()='ds:Signature']":                                                                    true,
		"not(ancestor-or-self::*[name()=\"ds:Signature\"])":                                                         true,
		"-/descendant::*[name()='Signature']":                                                                       false,
		"-/descendant::*[name()='n:Signature']":                                                                     false,
		"-//Signature":                                                                                              false,
		"-//ds:Signature/ds:b":                                                                                      false,
	} {
		transform := `<ds:Transform Algorithm="` + xpath + `"><ds:XPath>` + e + `</ds:XPath></ds:Transform>`
		if q, minus := strings.CutPrefix(e, "-"); minus {
			transform = `<ds:Transform Algorithm="` + filter2 + `"><f:XPath xmlns:f="` + filter2 + `" Filter="subtract">` + q + `</f:XPath></ds:Transform>`
		}
		g := dsigtest.Signature{ID: "S", XAdES: "-", Refs: []dsigtest.Ref{{URI: "", Transforms: []string{transform}, Value: digestOf([]byte(`<D><b>1</b></D>`))}}}
		v := one(t, validate(t, s.Sign(t, `<D><b>1</b>`+s.Skeleton(g)+`</D>`, "S"), signature.Options{}))
		if v.Intact != ok || v.References[0].Found != ok {
			t.Errorf("%s: intact %v, %s", e, v.Intact, v.Conclusion)
		}
	}
}

// TestGigantic: counts that are meant to exhaust. Each ends with a verdict.
func TestGigantic(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	_, _, sig := wrap(t, s, dsigtest.Signature{})
	ref := func(i int) string {
		return fmt.Sprintf(`<ds:Reference URI="#A%d"><ds:DigestMethod Algorithm="%s"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>`, i, dsigtest.SHA256)
	}
	var many, deep strings.Builder
	n := 100_000
	if !testing.Short() {
		n = 1_000_000
	}
	for i := range n {
		many.WriteString(ref(i))
	}
	for range 200 {
		deep.WriteString("<ds:Signature xmlns:ds=\"" + dsigtest.DSig + "\"><ds:Object>")
	}
	overlap := strings.Builder{}
	for range 400 {
		overlap.WriteString(strings.Replace(strings.Replace(sig, `URI="#A"`, `URI=""`, 1), `URI="#S_SP"`, `URI=""`, 1))
	}
	for name, doc := range map[string]string{
		"a reference too many":  flux(strings.Replace(sig, "</ds:SignedInfo>", many.String()+"</ds:SignedInfo>", 1)),
		"signatures":            "<PES>" + strings.Repeat(`<ds:Signature xmlns:ds="`+dsigtest.DSig+`"/>`, 20000) + "</PES>",
		"signatures in objects": deep.String() + strings.Repeat("</ds:Object></ds:Signature>", 100) + strings.Repeat("</ds:Object></ds:Signature>", 100),
		"digests of everything": "<PES>" + overlap.String() + "</PES>",
		"properties":            flux(strings.Replace(sig, "<xad:SignedSignatureProperties>", "<xad:SignedSignatureProperties>"+strings.Repeat("<x/>", 600_000), 1)),
	} {
		r := validate(t, doc, signature.Options{})
		if r.Findings.Valid() {
			t.Errorf("%s: valid", name)
		}
		for _, v := range r.Verdicts {
			if v.Intact {
				t.Errorf("%s: a signature is intact", name)
			}
		}
		switch name {
		case "a reference too many":
			if v := one(t, r); v.Conclusion.Sub != signature.FormatFailure || len(v.References) > 11000 {
				t.Errorf("%s: %s, %d references followed", name, v.Conclusion, len(v.References))
			}
		case "signatures in objects":
		default:
			if !r.Findings.Has(xades.RuleLimit) {
				t.Errorf("%s: no limit is met", name)
			}
		}
	}
}

// A DOCTYPE is refused before anything of it is read.
func TestDoctype(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "S")
	r := validate(t, `<!DOCTYPE PES [<!ENTITY x SYSTEM "file:///etc/passwd">]>`+doc, signature.Options{})
	if r.Findings.Valid() || !r.Findings.Has(report.XMLDoctype) || len(r.Verdicts) > 0 {
		t.Errorf("%d signatures", len(r.Verdicts))
	}
}

// A namespace that is a relative reference has no canonical form.
func TestRelativeNamespace(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	doc := s.Sign(t, strings.Replace(flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A"})), "<Piece>", `<Piece xmlns:r="../r">`, 1), "S")
	if r := validate(t, doc, signature.Options{}); one(t, r).Intact || r.Findings.Valid() {
		t.Error("intact")
	}
}

// What a reference leaves out is not covered, although it lies inside the
// element: the signature of an enveloped reference, all signatures for a filter.
func TestHoles(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	all := `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>`
	bare, _ := dsigtest.Canonical(t, flux(""), c14n.Options{Exclusive: true})
	filtered := s.Skeleton(dsigtest.Signature{ID: "S", Refs: []dsigtest.Ref{{Transforms: []string{all, dsigtest.ExcC14N}, Value: digestOf(bare)}}})
	for name, c := range map[string]struct{ doc, at string }{
		"in the signature itself": {s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S"})), "S"), "</ds:Signature>"},
		"in another signature":    {s.Sign(t, flux(filtered+`<ds:Signature xmlns:ds="`+dsigtest.DSig+`"></ds:Signature>`), "S"), "</ds:Signature></Bordereau>"},
	} {
		doc := strings.Replace(c.doc, c.at, "<ds:Object>"+forged+"</ds:Object>"+c.at, 1)
		r := validate(t, doc, signature.Options{})
		if proved(r, strings.Index(doc, forged)) {
			t.Errorf("forgery %s: said to be covered", name)
		}
		if !proved(r, strings.Index(doc, "100.00")) {
			t.Errorf("forgery %s: the original is not covered", name)
		}
	}
}

// A counter-signature is one only over the value of the signature it stands in.
func TestCounter(t *testing.T) {
	s, e := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	counter := func(uri string) string {
		inner := e.Skeleton(dsigtest.Signature{ID: "C", Refs: []dsigtest.Ref{{URI: uri, Type: "http://uri.etsi.org/01903#CountersignedSignature", Transforms: []string{dsigtest.ExcC14N}}}})
		doc := strings.Replace(flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Unsigned: "<xad:CounterSignature>" + inner + "</xad:CounterSignature>"})), "<EnTete>", `<EnTete Id="E">`, 1)
		return e.Sign(t, s.Sign(t, doc, "S"), "C")
	}
	for uri, sub := range map[string]signature.Sub{"#S_SV": signature.NoCertificateChainFound, "#E": signature.HashFailure} {
		r := validate(t, counter(uri), signature.Options{})
		if len(r.Verdicts) != 2 || r.Verdicts[1].Conclusion.Sub != sub || r.Verdicts[1].Intact != (uri == "#S_SV") || !r.Verdicts[0].Intact {
			t.Errorf("%s: %d verdicts, %s", uri, len(r.Verdicts), r.Verdicts[1].Conclusion)
		}
	}
}

// A signature over nothing but what is said of it signs nothing.
func TestSelf(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	data := `<xad:SignedDataObjectProperties Id="D"/>`
	for name, g := range map[string]dsigtest.Signature{
		"the properties alone":      {Refs: []dsigtest.Ref{}},
		"a part of the properties":  {Refs: []dsigtest.Ref{{URI: "#D", Transforms: []string{dsigtest.ExcC14N}}}, SignedData: data},
		"signature properties only": {Refs: []dsigtest.Ref{{URI: "#D", Transforms: []string{dsigtest.ExcC14N}}}, Objects: `<ds:Object><ds:SignatureProperties Id="D"/></ds:Object>`},
	} {
		g.ID = "S"
		r := validate(t, s.Sign(t, flux(s.Skeleton(g)), "S"), signature.Options{})
		if v := one(t, r); v.Intact || v.Conclusion.Sub != signature.SignedDataNotFound || len(v.Covers) > 0 || r.Findings.Valid() {
			t.Errorf("%s: intact %v, %s, %d covered", name, v.Intact, v.Conclusion, len(v.Covers))
		}
	}
}

// The certificate named first is the signer's; one named further on is not.
func TestFirstCertificate(t *testing.T) {
	s, other := dsigtest.New(t, "rsa"), dsigtest.New(t, "rsa-other")
	cert := func(c *dsigtest.Signer) string {
		return `<xad:Cert><xad:CertDigest><ds:DigestMethod Algorithm="` + dsigtest.SHA256 + `"/><ds:DigestValue>` + digestOf(c.Cert.Raw) + `</ds:DigestValue></xad:CertDigest></xad:Cert>`
	}
	props := func(l ...string) string {
		return "<xad:SignedSignatureProperties><xad:SigningCertificate>" + strings.Join(l, "") + "</xad:SigningCertificate></xad:SignedSignatureProperties>"
	}
	for _, c := range []struct {
		props   string
		matches bool
	}{{props(cert(s), cert(other)), true}, {props(cert(other), cert(s)), false}} {
		v := one(t, validate(t, s.Sign(t, flux(s.Skeleton(dsigtest.Signature{ID: "S", Over: "A", Properties: c.props})), "S"), signature.Options{}))
		if v.RefMatches != c.matches || (v.Conclusion.Sub == signature.NoSigningCertificateFound) == c.matches {
			t.Errorf("matches %v, %s", v.RefMatches, v.Conclusion)
		}
	}
}

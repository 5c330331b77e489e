package xades

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Input is the document whose signatures are validated.
type Input struct {
	Data io.ReaderAt
	Size int64
	// Contents are the files that references from outside the document may be
	// over, by their names, before those of the options.
	Contents []*signature.Content
	// AnyTarget says nothing of properties that name another signature than the one
	// they are in, as tools for PES make them; otherwise there is a warning.
	AnyTarget bool
	// Beside tolerates the enveloped-signature transform on elements that lie
	// beside the signature and not around it, as the DGFiP makes them in comptes
	// financiers uniques: to the letter it leaves nothing out there. A reader
	// must then go by the coverage and not by where the signature stands.
	Beside bool
	// Watch, when given, receives the events of the reading that digests: what
	// it saw is what was verified.
	Watch []xmlcore.Sink
}

// Bytes returns octets in memory as an input.
func Bytes(b []byte) Input { return Input{Data: bytes.NewReader(b), Size: int64(len(b))} }

// Validate judges every signature of an XML document. The error means that no
// verdict could be reached; whatever is wrong with the document is in the
// report. Verdicts come in document order, counter-signatures after what they
// sign.
func Validate(ctx context.Context, in Input, opt signature.Options) (*signature.Report, error) {
	opt, pool := opt.Ready()
	rep := &signature.Report{Findings: report.New(opt.Report)}
	d, err := read(ctx, in, opt, pool)
	var bad *xmlcore.Error
	switch {
	case errors.As(err, &bad):
		rep.Findings.Record(bad.Finding)
		return rep, nil
	case errors.Is(err, errWork), errors.Is(err, errLimit):
		rep.Findings.Add(RuleLimit, report.Location{})
		return rep, nil
	case err != nil:
		return nil, err
	}
	if len(d.sigs) == 0 {
		rep.Findings.Add(RuleNone, report.Location{})
	}
	evidence := make([]*signature.Evidence, len(d.sigs))
	for i, s := range d.sigs {
		evidence[i] = s.e
	}
	if err := pool.Complete(ctx, opt, rep, evidence); err != nil {
		return nil, err
	}
	for _, s := range d.sigs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v := signature.Judge(s.e, opt.Policy, opt.At)
		v.Findings(rep.Findings, s.where)
		rep.Verdicts = append(rep.Verdicts, v)
	}
	return rep, nil
}

// ErrChanged says that the document was not the same each time it was read.
var ErrChanged = errors.New("xades: the document changed while it was being read")

// source reads the document from its beginning, and marks what went by: what
// the second reading sees must be what the first saw.
func (d *document) source() *marked {
	m := &marked{r: io.NewSectionReader(d.src, 0, d.size)}
	m.mark.SetSeed(d.seed)
	return m
}

type marked struct {
	r    io.Reader
	mark maphash.Hash
}

// Read implements io.Reader.
func (m *marked) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.mark.Write(p[:n])
	return n, err
}

var errLimit = errors.New("xades: too many signatures or properties")

// document is the reading of one file.
type document struct {
	ctx      context.Context
	seed     maphash.Seed
	src      io.ReaderAt
	size     int64
	pool     *signature.Pool
	beside   bool
	policies map[string][]byte
	contents []*signature.Content
	jobs     jobs
	sigs     []*sig
	byNode   map[*found]*sig
	certs    map[string]*trust.Certificate // by their base64 text
	stamps   int
	archives int
	replays  int
	renames  int // files compared with references that name none of them
}

// sig is one signature being read.
type sig struct {
	*found
	d         *document
	e         *signature.Evidence
	info      *node
	value     *node
	keyInfo   *node
	objects   []*node
	qualified []*node // QualifyingProperties
	signed    *node   // SignedProperties
	unsigned  *node   // UnsignedSignatureProperties
	space     string  // of the properties
	refs      []*ref
	infoJob   *job
	infoWhy   *words
	stamps    []*stamp
	alg       trust.Algorithm
	algOK     bool
	parent    *sig // of a counter-signature
	signature []byte
	cert      *trust.Certificate
	inKeyInfo []*trust.Certificate
	spSigned  bool // the properties are covered and say so
	level     levelFacts
	entries   int // of manifests
}

// ref is one ds:Reference.
type ref struct {
	n       *node
	plan    plan
	job     *job
	digest  trust.Digest
	want    []byte
	wantOK  bool
	typ     string
	content *signature.Content
	entries []*ref // of a manifest
	result  signature.Reference
	same    bool // the digest is that of what is found, wherever that lies
}

func read(ctx context.Context, in Input, opt signature.Options, pool *signature.Pool) (*document, error) {
	d := &document{ctx: ctx, seed: maphash.MakeSeed(), src: in.Data, size: in.Size, pool: pool, beside: in.Beside, policies: opt.PolicyDocuments, byNode: map[*found]*sig{}, certs: map[string]*trust.Certificate{}}
	more, err := opt.Contents(ctx)
	if err != nil {
		return nil, err
	}
	d.contents = append(append(d.contents, in.Contents...), more...)
	first := d.source()
	r := xmlcore.NewReader(first, xmlcore.Options{})
	var x index
	if err := xmlcore.Run(ctx, r, &x); err != nil {
		return nil, err
	}
	if x.over {
		return nil, errLimit
	}
	for _, f := range x.all {
		d.open(f, in.AnyTarget)
	}
	d.order(x.all)
	for _, s := range d.sigs {
		s.prepare()
	}
	if len(d.jobs.list) > 0 || len(in.Watch) > 0 {
		second, err := d.runJobs(ctx, r, d.jobs.list, in.Watch...)
		var bad *xmlcore.Error
		switch {
		case errors.As(err, &bad), err == nil && second != first.mark.Sum64():
			return nil, ErrChanged
		case err != nil:
			return nil, err
		}
	}
	for _, s := range d.sigs {
		s.collect()
	}
	for _, s := range d.sigs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.evidence()
	}
	d.copied()
	for _, c := range d.contents {
		if err := c.Err(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// order puts counter-signatures behind what they sign.
func (d *document) order(all []*found) {
	var put func(f *found)
	put = func(f *found) {
		d.sigs = append(d.sigs, d.byNode[f])
		for _, c := range f.counters {
			put(c)
		}
	}
	for _, f := range all {
		if !f.counter {
			put(f)
		}
	}
}

// open finds the parts of a signature. What is found by walking from the
// signature is what counts, never what some identifier leads to.
func (d *document) open(f *found, anyTarget bool) {
	s := &sig{found: f, d: d, e: &signature.Evidence{Format: "XAdES", Where: f.where}}
	d.byNode[f] = s
	infos := f.all(nsDS, "SignedInfo")
	values := f.all(nsDS, "SignatureValue")
	infosKey := f.all(nsDS, "KeyInfo")
	if len(infos) > 0 {
		s.info = infos[0]
	}
	if len(values) > 0 {
		s.value = values[0]
	}
	if len(infosKey) > 0 {
		s.keyInfo = infosKey[0]
	}
	switch {
	case len(infos) != 1:
		s.format("il faut exactement un SignedInfo", "there must be exactly one SignedInfo")
	case len(values) != 1 || len(infosKey) > 1:
		s.format("valeur de signature ou clé en double ou absente", "signature value or key doubled or absent")
	}
	if !ordered(f.node, "SignedInfo", "SignatureValue", "KeyInfo", "Object") || s.info != nil && !begins(s.info, "CanonicalizationMethod", "SignatureMethod") {
		s.format("élément étranger ou mal placé dans la signature", "element that is foreign or out of place in the signature")
	}
	if s.objects = f.all(nsDS, "Object"); len(s.objects) > maxObjects {
		s.objects = s.objects[:maxObjects]
		s.format("trop d'objets", "too many objects")
	}
	for _, o := range s.objects {
		for _, c := range o.children {
			if c.local == "QualifyingProperties" && isXAdES(c.space) {
				s.qualified = append(s.qualified, c)
			}
		}
	}
	if len(s.qualified) == 0 {
		return
	}
	q := s.qualified[0]
	s.space = q.space
	s.e.Namespace = q.space
	signed := q.all(q.space, "SignedProperties")
	if len(s.qualified) > 1 || len(signed) > 1 {
		s.format("propriétés de signature en double", "signature properties given twice")
	}
	if len(signed) > 0 {
		s.signed = signed[0]
	}
	if t := strings.TrimPrefix(q.attr("Target"), "#"); t != "" && t != f.id() && !anyTarget {
		// Which properties are this signature's is known by walking down to them,
		// and that they are signed by the digest: a wrong Target misleads nobody.
		s.note(RuleProperties)
	}
	unsigned := q.all(q.space, "UnsignedProperties")
	props := s.signed.child(q.space, "SignedSignatureProperties")
	if len(unsigned) > 0 {
		s.unsigned = unsigned[0].child(q.space, "UnsignedSignatureProperties")
	}
	if len(unsigned) > 1 || len(unsigned) == 1 && len(unsigned[0].all(q.space, "UnsignedSignatureProperties")) > 1 ||
		len(s.signed.all(q.space, "SignedSignatureProperties")) > 1 ||
		len(props.all(q.space, "SigningTime")) > 1 || len(props.all(q.space, "SignaturePolicyIdentifier")) > 1 {
		s.format("propriété unique donnée deux fois", "property that stands once given twice")
	}
}

// begins reports whether no other child of an element of XMLDSig stands before
// these.
func begins(n *node, names ...string) bool {
	for i, c := range n.children {
		if at := slices.Index(names, c.local); at >= 0 && at < i && c.space == nsDS && !n.children[at].is(nsDS, c.local) {
			return false
		}
	}
	return true
}

// ordered reports whether the children of an element of XMLDSig are of these
// names and in this order (XMLDSig §4.1): whoever goes by names and
// whoever goes by places then read the same signature.
func ordered(n *node, names ...string) bool {
	at := 0
	for _, c := range n.children {
		i := slices.Index(names, c.local)
		if c.space != nsDS || i < at {
			return false
		}
		at = i
	}
	return true
}

func (s *sig) format(fr, en string) {
	s.e.Token.Format = append(s.e.Token.Format, signature.Fault{Rule: signature.RuleFormat, Where: s.where, Params: []report.Param{report.Words("why", fr, en)}})
}

func (s *sig) note(r *report.Rule, params ...report.Param) {
	s.e.Notes = append(s.e.Notes, signature.Fault{Rule: r, Where: s.where, Params: params})
}

// prepare says what the second pass has to make for the signature.
func (s *sig) prepare() {
	if s.of != nil {
		s.parent = s.d.byNode[s.of]
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %q ", s.ord, s.id())
	if s.value != nil {
		sum.Write(s.value.text)
	}
	s.e.ID = "S-" + strings.ToUpper(hex.EncodeToString(sum.Sum(nil)))
	method := s.info.child(nsDS, "SignatureMethod")
	s.alg, s.algOK = signatureAlgorithm(method)
	if s.info != nil {
		m := s.info.child(nsDS, "CanonicalizationMethod")
		s.e.Methods = append(s.e.Methods, m.attr("Algorithm"))
		opt, ok := canonicalisation(m)
		if !ok || m.attr("Algorithm") == "" {
			s.infoWhy = &words{"mise en forme canonique non admise", "canonicalisation not admitted"}
		} else {
			s.infoJob = s.d.jobs.add(job{ord: s.info.ord, opt: opt})
			s.infoJob.wants(s.alg.Digest)
			s.infoJob.keep = s.infoJob.keep || s.alg.Scheme == trust.EdDSA
		}
	}
	refs := s.info.all(nsDS, "Reference")
	if len(refs) == 0 && s.info != nil {
		s.format("la signature ne porte sur rien", "the signature is over nothing")
	}
	if s.excess {
		s.format("trop de références", "too many references")
	}
	for _, n := range refs {
		s.refs = append(s.refs, s.reference(n))
	}
	s.manifests()
	s.readStamps()
}

// reference reads a ds:Reference and asks for its digest.
func (s *sig) reference(n *node) *ref {
	r := &ref{n: n, plan: planOf(n), typ: n.attr("Type")}
	for _, t := range n.child(nsDS, "Transforms").childrenOf() {
		s.e.Methods = append(s.e.Methods, t.attr("Algorithm"))
	}
	r.digest = digests[n.child(nsDS, "DigestMethod").attr("Algorithm")]
	r.want, r.wantOK = octets(n.child(nsDS, "DigestValue"))
	p := r.plan
	if p.refused != nil || p.external {
		return r
	}
	j := job{opt: p.method, whole: p.whole && p.filter == nil, id: p.id, unsigned: p.unsigned, text: p.base64, filter: p.filter}
	if p.filter != nil {
		j.id = p.filter.id
	}
	if p.enveloped {
		j.skip = s.ord
	}
	r.job = s.d.jobs.add(j)
	r.job.wants(r.digest)
	return r
}

// copied finds signatures given twice in the same place: whichever a reader
// looks at, the other escapes him.
func (d *document) copied() {
	seen := map[string]*sig{}
	for _, s := range d.sigs {
		if s.value == nil || s.counter {
			continue
		}
		key := fmt.Sprintf("%d %s", s.parentOrd, s.value.string())
		if o := seen[key]; o != nil {
			for _, x := range []*sig{o, s} {
				x.format("la même signature figure deux fois", "the same signature stands twice")
				x.note(RuleCopied)
			}
		}
		seen[key] = s
	}
}

// collect fills the pool with the certificates and revocation data of the
// signature, before any chain is built.
func (s *sig) collect() {
	for _, x := range s.keyInfo.all(nsDS, "X509Data") {
		for _, c := range x.all(nsDS, "X509Certificate") {
			if cert := s.d.certificate(c); cert != nil {
				s.inKeyInfo = append(s.inKeyInfo, cert)
			}
		}
		for _, c := range x.all(nsDS, "X509CRL") {
			if b, ok := octets(c); ok {
				if l, err := trust.ParseCRL(b); err == nil {
					s.d.pool.AddCRL(l)
				}
			}
		}
	}
	s.d.pool.AddCertificates(s.inKeyInfo...)
	s.unsigned.walk(func(n *node) {
		switch n.local {
		case "EncapsulatedX509Certificate":
			if c := s.d.certificate(n); c != nil {
				s.d.pool.AddCertificates(c)
			}
		case "EncapsulatedCRLValue":
			if b, ok := octets(n); ok {
				if l, err := trust.ParseCRL(b); err == nil {
					s.d.pool.AddCRL(l)
				}
			}
		case "EncapsulatedOCSPValue":
			if b, ok := octets(n); ok {
				if o, err := trust.ParseOCSP(b); err == nil {
					s.d.pool.AddOCSP(o)
				}
			}
		}
	})
	for _, st := range s.stamps {
		st.token.Fill(s.d.pool)
	}
}

// certificate reads a certificate; the same text is read once.
func (d *document) certificate(n *node) *trust.Certificate {
	key := string(n.text)
	if c, ok := d.certs[key]; ok {
		return c
	}
	var c *trust.Certificate
	if b, ok := octets(n); ok {
		c, _ = trust.ParseCertificate(b)
	}
	d.certs[key] = c
	return c
}

// form is one canonical form of the document as octets: read again from the
// file each time.
type form struct {
	d *document
	j *job
}

// Open implements [signature.Octets].
func (f form) Open() (io.ReadCloser, error) {
	pr, pw := io.Pipe()
	go func() {
		r := xmlcore.NewReader(bytes.NewReader(nil), xmlcore.Options{})
		j := f.j.copyOf(pw)
		_, err := f.d.runJobs(context.WithoutCancel(f.d.ctx), r, []*job{j})
		if err == nil && (!j.done || j.bad || !j.sameAs(f.j)) {
			err = ErrChanged
		}
		pw.CloseWithError(err)
	}()
	return pr, nil
}

package tsl

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmltree"
)

// Namespaces of a list.
const (
	space      = "http://uri.etsi.org/02231/v2#"
	additional = "http://uri.etsi.org/02231/v2/additionaltypes#"
	extension  = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
	root       = "TrustServiceStatusList"
)

// Limits of what is kept of a list; the largest known is a sixth of it.
const (
	maxBytes    = 32 << 20
	maxElements = 400_000
)

// Options of a reading. At must be set: nothing here reads a clock.
type Options struct {
	At time.Time
	// Signers are the certificates that may sign the list. Without any, no list
	// is accepted.
	Signers []*trust.Certificate
	Report  report.Options
}

// Read reads a list and verifies its signature. The error means that the octets
// could not be read, or changed while they were; whatever is wrong with the list
// is in its findings.
func Read(ctx context.Context, data io.ReaderAt, size int64, opt Options) (*List, error) {
	store := trust.NewStore()
	for _, c := range opt.Signers {
		store.AddAnchor(trust.Anchor{Certificate: c})
	}
	w := &watch{tree: xmltree.Builder{MaxBytes: maxBytes, MaxElements: maxElements}}
	rep, err := xades.Validate(ctx, xades.Input{Data: data, Size: size, Watch: []xmlcore.Sink{w}},
		signature.Options{At: opt.At, Store: store, Report: opt.Report})
	if err != nil {
		return nil, err
	}
	l := &List{Findings: report.New(opt.Report), Signature: rep}
	l.Findings.Merge(rep.Findings, "")
	if w.bad != nil {
		l.Findings.Record(w.bad.Finding)
		return l, nil
	}
	n := w.tree.Root()
	if n == nil {
		return l, nil // the findings of the XML say why
	}
	if !n.Is(space, root) {
		l.Findings.Add(RuleNotList, n.Where)
		return l, nil
	}
	r := reader{l: l}
	r.scheme(n, opt.At)
	r.providers(n)
	l.prove(n, opt.Signers)
	return l, nil
}

// Looks reports whether a file that begins so is meant to be a trusted list. It
// proves nothing.
func Looks(head []byte) bool { return xmlcore.GuessRoot(head) == root }

// watch builds the tree from the events that are verified. A limit reached stops
// the building and not the reading.
type watch struct {
	tree xmltree.Builder
	bad  *xmlcore.Error
}

// Event implements xmlcore.Sink.
func (w *watch) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if w.bad != nil {
		return nil
	}
	err := w.tree.Event(r, k)
	if errors.As(err, &w.bad) {
		return nil
	}
	return err
}

// prove looks for the signature that proves the list. Of several, one is enough.
func (l *List) prove(n *xmltree.Node, signers []*trust.Certificate) {
	if len(l.Signature.Verdicts) == 0 {
		l.Findings.Add(RuleUnsigned, n.Where)
		return
	}
	type refusal struct {
		rule  *report.Rule
		where report.Location
		p     []report.Param
	}
	var why []refusal
	for i := range l.Signature.Verdicts {
		v := &l.Signature.Verdicts[i]
		c := signerOf(v, signers)
		switch {
		case v.Counter:
		case !covers(v, n):
			why = append(why, refusal{rule: RulePartial, where: v.Where})
		case v.Intact && c == nil:
			why = append(why, refusal{rule: RuleSigner, where: v.Where})
		case !v.Intact || !v.Trusted:
			fr, en := inspect.Conclusion(v.Conclusion.String())
			why = append(why, refusal{RuleSignature, v.Where, []report.Param{report.Named("indication", v.Conclusion.String(), fr, en)}})
		default:
			l.Signer = c
			return
		}
	}
	for _, w := range why {
		l.Findings.Add(w.rule, w.where, w.p...)
	}
	if len(why) == 0 { // counter-signatures alone
		l.Findings.Add(RuleUnsigned, n.Where)
	}
}

// signerOf returns the certificate, to the octet one of those given, with which
// the signature was verified.
func signerOf(v *signature.Verdict, signers []*trust.Certificate) *trust.Certificate {
	if len(v.Chain) == 0 || v.Chain[0].X509 == nil {
		return nil
	}
	for _, c := range signers {
		if c != nil && bytes.Equal(c.Raw, v.Chain[0].X509.Raw) {
			return c
		}
	}
	return nil
}

// covers reports whether the signature is over the root element, of which it can
// leave out signatures only, in which nothing is read here.
func covers(v *signature.Verdict, n *xmltree.Node) bool {
	for _, c := range v.Covers {
		// A reference to the whole document begins before the root element, and a
		// file from outside lies nowhere in this one.
		if c.From <= n.Where.Offset && c.To >= n.End && n.End > 0 {
			return true
		}
	}
	return false
}

// reader fills a list from its tree.
type reader struct{ l *List }

func (r *reader) scheme(n *xmltree.Node, at time.Time) {
	l, s := r.l, n.Child(space, "SchemeInformation")
	if s == nil {
		l.Findings.Add(RuleField, n.Where, report.P("element", "SchemeInformation"))
	}
	l.Version, _ = strconv.Atoi(text(s, "TSLVersionIdentifier"))
	if !known(l.Version) {
		l.Findings.Add(RuleVersion, place(s, n))
	}
	l.Sequence, _ = strconv.Atoi(text(s, "TSLSequenceNumber"))
	l.Type, l.Territory = text(s, "TSLType"), text(s, "SchemeTerritory")
	l.Issued, _ = r.date(s, n, "ListIssueDateTime")
	if l.Issued.After(at) {
		l.Findings.Add(RuleFuture, place(s, n), report.Date("date", day(l.Issued)))
	}
	switch next := s.Child(space, "NextUpdate"); {
	case next == nil:
		l.Findings.Add(RuleField, place(s, n), report.P("element", "NextUpdate"))
	case text(next, "dateTime") == "":
		l.Findings.Add(RuleClosed, next.Where)
	default:
		if l.NextUpdate, _ = r.date(next, n, "dateTime"); !l.NextUpdate.IsZero() && at.After(l.NextUpdate) {
			l.Findings.Add(RuleExpired, next.Where, report.Date("date", day(l.NextUpdate)))
		}
	}
	for p := range s.Child(space, "PointersToOtherTSL").All(space, "OtherTSLPointer") {
		l.Pointers = append(l.Pointers, r.pointer(p))
	}
}

func (r *reader) pointer(n *xmltree.Node) Pointer {
	p := Pointer{Location: text(n, "TSLLocation")}
	for id := range n.Child(space, "ServiceDigitalIdentities").All(space, "ServiceDigitalIdentity") {
		p.Certificates = append(p.Certificates, r.certificates(id)...)
	}
	for o := range n.Child(space, "AdditionalInformation").All(space, "OtherInformation") {
		p.Type = cmp.Or(p.Type, text(o, "TSLType"))
		p.Territory = cmp.Or(p.Territory, text(o, "SchemeTerritory"))
		p.MIME = cmp.Or(p.MIME, strings.TrimSpace(o.ChildText(additional, "MimeType")))
	}
	return p
}

func (r *reader) providers(n *xmltree.Node) {
	for p := range n.Child(space, "TrustServiceProviderList").All(space, "TrustServiceProvider") {
		out := Provider{Name: name(p.Child(space, "TSPInformation").Child(space, "TSPName"))}
		for s := range p.Child(space, "TSPServices").All(space, "TSPService") {
			out.Services = append(out.Services, r.service(s))
		}
		r.l.Providers = append(r.l.Providers, out)
	}
}

func (r *reader) service(n *xmltree.Node) Service {
	info := n.Child(space, "ServiceInformation")
	id := info.Child(space, "ServiceDigitalIdentity")
	s := Service{Name: name(info.Child(space, "ServiceName")), Where: n.Where, Certificates: r.certificates(id)}
	r.period(&s, info, n)
	for h := range n.Child(space, "ServiceHistory").All(space, "ServiceHistoryInstance") {
		r.period(&s, h, n)
	}
	// History is written back in time; lists were seen where it is not.
	slices.SortStableFunc(s.Periods, func(a, b Period) int { return b.Since.Compare(a.Since) })
	for i := 1; i < len(s.Periods); i++ {
		s.Periods[i].Until = s.Periods[i-1].Since
	}
	return s
}

func (r *reader) period(s *Service, n, service *xmltree.Node) {
	p := Period{Type: text(n, "ServiceTypeIdentifier"), Status: text(n, "ServiceStatus")}
	for _, f := range [...]struct{ element, value string }{{"ServiceTypeIdentifier", p.Type}, {"ServiceStatus", p.Status}} {
		if f.value == "" {
			s.Broken = true
			r.l.Findings.Add(RuleField, place(n, service), report.P("element", f.element))
		}
	}
	var ok bool
	if p.Since, ok = r.date(n, service, "StatusStartingTime"); !ok {
		s.Broken = true
		return
	}
	for e := range n.Child(space, "ServiceInformationExtensions").All(space, "Extension") {
		for a := range e.All(space, "AdditionalServiceInformation") {
			p.Additional = append(p.Additional, text(a, "URI"))
		}
		for q := range e.Child(extension, "Qualifications").All(extension, "QualificationElement") {
			for u := range q.Child(extension, "Qualifiers").All(extension, "Qualifier") {
				if v, _ := u.Attr("", "uri"); v != "" && !slices.Contains(p.Qualifiers, v) {
					p.Qualifiers = append(p.Qualifiers, v)
				}
			}
		}
		if t := e.Child(additional, "TakenOverBy"); t != nil {
			p.TakenOver = strings.TrimSpace(t.ChildText(additional, "URI"))
		}
	}
	s.Periods = append(s.Periods, p)
}

// certificates reads those of one identity.
func (r *reader) certificates(id *xmltree.Node) []*trust.Certificate {
	var out []*trust.Certificate
	for d := range id.All(space, "DigitalId") {
		for x := range d.All(space, "X509Certificate") {
			b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(x.Text), ""))
			if err == nil {
				var c *trust.Certificate
				if c, err = trust.ParseCertificate(b); err == nil {
					out = append(out, c)
					continue
				}
			}
			r.l.Findings.Add(RuleCertificate, x.Where)
		}
	}
	return out
}

// date reads a date, which must state its zone.
func (r *reader) date(n, parent *xmltree.Node, element string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, text(n, element))
	if err != nil {
		w := place(n, parent)
		if e := n.Child(space, element); e != nil {
			w = e.Where
		}
		r.l.Findings.Add(RuleDate, w, report.P("element", element))
		return time.Time{}, false
	}
	return t.UTC(), true
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// place is where a node is, or where it should be.
func place(n, parent *xmltree.Node) report.Location {
	if n == nil {
		return parent.Where
	}
	return n.Where
}

func text(n *xmltree.Node, local string) string { return strings.TrimSpace(n.ChildText(space, local)) }

// name takes the French one of several names, else the English, else the first.
func name(n *xmltree.Node) string {
	best, rank := "", 0
	for c := range n.All(space, "Name") {
		lang, _ := c.Attr(xmlcore.XMLSpace, "lang")
		r := 1
		switch strings.ToLower(lang) {
		case "fr":
			r = 3
		case "en":
			r = 2
		}
		if r > rank {
			best, rank = strings.TrimSpace(c.Text), r
		}
	}
	return best
}

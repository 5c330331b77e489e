package pes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Profil says whose judgement is predicted.
type Profil string

// The profiles. The zero value is [ProfilDGFiP].
const (
	ProfilDGFiP Profil = "dgfip" // the gate of Hélios: schema and rules
	ProfilXSD   Profil = "xsd"   // the schema alone
	ProfilS2LOW Profil = "s2low" // whether S²LOW would transmit the file
	ProfilSTELA Profil = "stela" // whether STELA would
)

// Options of reading. The zero value judges a PES_Aller as Hélios would, by
// the schemas of 5.17.
type Options struct {
	// Version is the set of schemas the verdict is given by, one of [Versions];
	// "" means the newest. The others are judged in the same pass.
	Version string
	Profile Profil
	// LectureSeule reads without judging, several times faster: no schema, no rule,
	// and contents of PJ only when Contenu asks for them. Of the Reading, Entete,
	// Facts, Acquit, Retour and Lu mean something, and what keeps the document from
	// being XML is in its report.
	LectureSeule bool
	// SansSchema leaves what the schemas find out of the report and of what Hélios
	// would reject; their verdicts are given all the same. See [Schemas].
	SansSchema bool
	// Nomenclature is that of the budget (M57, M22…), which the file does not
	// say; rules that depend on it are silent without it.
	Nomenclature string
	// Codes are the tables rules look codes up in; nil means those built in. Lay
	// those of a later year over them with [Codes.Avec].
	Codes *Codes
	// Plan is the plan of accounts of the budget; accounts it does not hold are a
	// warning. nil leaves them.
	Plan *budget.Plan
	// Member is put into every location.
	Member string
	Report report.Options
	// Visit, when given, is told of everything a PES_Aller holds while it is
	// read. An error ends the reading and is returned.
	Visit func(Item) error
	// Contenu, when given, returns where the content of a PJ goes once inflated;
	// nil leaves it aside. Only Numero and MIMEType of the PJ are known then. What
	// was written is to be kept only if the PJ, told of later, is ContenuBon.
	Contenu func(*PJ) (io.Writer, error)
	// A content is a bomb when it passes both MaxInflated bytes (0 means 16 MiB)
	// and MaxRatio times its compressed size (0 means 200).
	MaxInflated int64
	MaxRatio    int64
	// MaxBytes bounds the file as received; 0 means 4 GiB.
	MaxBytes int64

	verified bool          // signatures are judged by the caller
	pj       *signaturesPJ // judges those inside PJ, when given
}

func (o *Options) maxInflated() int64 {
	if o.MaxInflated > 0 {
		return o.MaxInflated
	}
	return defaultMaxInflated
}

func (o *Options) maxRatio() int64 {
	if o.MaxRatio > 0 {
		return o.MaxRatio
	}
	return defaultMaxRatio
}

// Schema is the verdict of one set of schemas.
type Schema struct {
	Version string
	Valid   bool
	Report  *report.Report // what is wrong by it
}

// Reading is what was made of a document.
type Reading struct {
	// Root is the local name of the root element when it is that of a PES
	// document, else "". Space is its namespace.
	Root   Root
	Space  string
	Entete Entete
	// Facts are those of a PES_Aller.
	Facts Facts
	// Acquit is what a PES_ACQUIT, PES_NonACQUIT or PES_ACQUIT_RETOUR says, Retour
	// what a PES_Retour does; nil otherwise.
	Acquit *ReadingAcquit
	Retour *ReadingRetour
	// Encoding is the character encoding in force.
	Encoding string
	// Schemas are the verdicts of the sets built in, the oldest first; none when
	// the root has no schema.
	Schemas []Schema
	// Regles and Alertes are the identifiers of the rules of the [Catalogue] that
	// found errors and warnings, whatever the profile, sorted.
	Regles, Alertes []string
	// Portee is what Hélios would reject.
	Portee Portee
	// Etat is the state the operator of the profile would give the file.
	Etat Etat
	// Lu says that the document was read to its end.
	Lu     bool
	Report *report.Report
	marks  marks
}

// Etat is a state predicted.
type Etat string

// The states: of a PES at Hélios, and at the operators that carry it there.
const (
	EtatAccepte          Etat = "accepté"
	EtatPartiel          Etat = "partiellement rejeté"
	EtatRejete           Etat = "rejeté"
	EtatTransmis         Etat = "transmis"          // S²LOW, STELA
	EtatErreur           Etat = "erreur"            // S²LOW
	EtatSignatureAbsente Etat = "SIGNATURE_MISSING" // STELA
)

// Schema returns the verdict of a version, false as well when there is none.
func (r *Reading) Schema(version string) bool {
	for _, s := range r.Schemas {
		if s.Version == version {
			return s.Valid
		}
	}
	return false
}

// pass is one reading of a document: whoever pulls an event makes all see it.
type pass struct {
	ctx        context.Context
	r          *xmlcore.Reader
	validators []*schema.Validator
	events     int
}

func (p *pass) next() (xmlcore.Kind, error) {
	k, err := p.r.Next()
	if err != nil {
		return 0, err
	}
	if p.events++; p.events&0xff == 0 {
		if err := p.ctx.Err(); err != nil {
			return 0, context.Cause(p.ctx)
		}
	}
	for _, v := range p.validators {
		if err := v.Event(p.r, k); err != nil {
			return 0, err
		}
	}
	return k, nil
}

// text gives the characters of the element just begun, those of elements
// inside it left aside.
type text struct {
	p     *pass
	depth int
	ended bool
}

func (t *text) nextText() ([]byte, bool, error) {
	for !t.ended {
		k, err := t.p.next()
		if err != nil {
			return nil, false, err
		}
		switch k {
		case xmlcore.Text:
			if t.depth == 0 {
				return t.p.r.Text(), true, nil
			}
		case xmlcore.StartElement:
			t.depth++
		case xmlcore.EndElement:
			if t.depth == 0 {
				t.ended = true
			} else {
				t.depth--
			}
		}
	}
	return nil, false, nil
}

// headReader keeps the first bytes that go by.
type headReader struct {
	io.Reader
	head []byte
}

func (h *headReader) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if room := 128 - len(h.head); room > 0 {
		h.head = append(h.head, p[:min(n, room)]...)
	}
	return n, err
}

// Read reads a PES document of any kind to its end, in memory that does not
// grow with it, and judges it. Whatever is wrong with it is in the report of
// the Reading; the error means that the source could not be read, that ctx was
// cancelled, or is that of a function of opt.
func Read(ctx context.Context, src io.Reader, opt Options) (*Reading, error) {
	if opt.Version == "" {
		opt.Version = V517
	}
	if !slices.Contains(Versions(), opt.Version) {
		return nil, fmt.Errorf("pes: no schemas of version %q", opt.Version)
	}
	if opt.Codes == nil {
		opt.Codes = CodesIntegres()
	}
	out := &Reading{Report: report.New(opt.Report)}
	core := report.New(opt.Report)
	head := &headReader{Reader: src}
	p := &pass{ctx: ctx, r: xmlcore.NewReader(head, xmlcore.Options{
		Report: core, Member: opt.Member, Limits: xmlcore.Limits{Bytes: opt.MaxBytes}})}
	k, err := xmlcore.Kind(0), error(nil)
	for k != xmlcore.StartElement && err == nil { // comments may precede the root
		k, err = p.r.Next()
	}
	var fault *xmlcore.Error
	if err == nil {
		err = p.document(out, opt)
	}
	out.Lu = err == io.EOF
	out.Encoding = p.r.Encoding()
	out.Report.Merge(core, "")
	switch {
	case err == io.EOF:
	case errors.As(err, &fault):
		out.Report.Record(fault.Finding)
		out.Portee, out.Etat = PorteeFlux, EtatRejete
	default:
		return nil, fmt.Errorf("pes: %w", err)
	}
	if (out.Root == Aller || out.Root == "" && fault != nil) && !opt.LectureSeule {
		judgeByTdT(out, opt, head.head, fault != nil)
	}
	return out, nil
}

// Items yields what a PES_Aller or PES_Retour holds, in document order, in one
// pass and in memory that does not grow with it. The last error, if any, is that
// of the source or, for a document that is not XML, a [*report.InvalidError].
// See [Read] and Options.Visit to have the document judged in the same pass.
func Items(ctx context.Context, src io.Reader, opt Options) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		stop := errors.New("stop")
		opt.Visit = func(it Item) error {
			if !yield(it, nil) {
				return stop
			}
			return nil
		}
		out, err := Read(ctx, src, opt)
		switch {
		case errors.Is(err, stop):
		case err != nil:
			yield(nil, err)
		case !out.Lu:
			yield(nil, out.Report.Err())
		}
	}
}

// document reads from the start tag of the root on.
func (p *pass) document(out *Reading, opt Options) error {
	name := p.r.Name()
	out.Space = name.Space
	file, decode := "", (func(*Reading, Options) error)(nil)
	switch out.Root = rootOf(name.Local); out.Root {
	case Aller:
		file, decode = "aller.rnc", p.aller
	case Retour:
		file, decode = "retour.rnc", p.retour
	case Acquit, AcquitRetour, NonAcquit:
		file, decode = "acquit.rnc", p.acquit
	default:
		out.Report.Add(RacineInconnue, p.r.Location(), report.P("root", name.Local))
		return p.drain()
	}
	if unschemed(name) {
		file = ""
		out.Report.Add(ReponseAncienne, p.r.Location())
	}
	if file != "" && !opt.LectureSeule {
		for _, v := range Versions() {
			s := Schema{Version: v, Report: report.New(opt.Report)}
			w := grammars[grammarKey{file, v}]().NewValidator(schema.ValidateOptions{Report: s.Report})
			if err := w.Event(p.r, xmlcore.StartElement); err != nil {
				return err
			}
			p.validators = append(p.validators, w)
			out.Schemas = append(out.Schemas, s)
		}
	}
	err := decode(out, opt)
	var fault *xmlcore.Error
	if err != io.EOF && !errors.As(err, &fault) {
		return err
	}
	for i, w := range p.validators {
		w.Finish(p.r)
		out.Schemas[i].Valid = err == io.EOF && out.Schemas[i].Report.Valid()
	}
	p.conclude(out, opt, err == io.EOF)
	return err
}

func (p *pass) drain() error {
	for {
		if _, err := p.next(); err != nil {
			return err
		}
	}
}

// lighter says whether what a schema refuses is a warning: of what comes from the
// State, or where the profile does not look at schemas.
func (o *Options) lighter(root Root) bool {
	switch o.Profile {
	case ProfilXSD:
		return false
	case ProfilS2LOW, ProfilSTELA:
		return true
	}
	return root != Aller && root != AcquitRetour
}

// conclude takes the findings of the schema of the version asked for, with the
// severity they have: a breach that comes from the State, or that the profile
// does not look at, is a warning.
func (p *pass) conclude(out *Reading, opt Options, whole bool) {
	lighter := opt.lighter(out.Root)
	for _, s := range out.Schemas {
		if s.Version != opt.Version || opt.SansSchema {
			continue
		}
		for f := range s.Report.All() {
			g := *f
			if lighter && g.Severity == report.Error {
				g.Severity = report.Warning
			}
			out.Report.Record(g)
		}
	}
	if out.Root == Aller && whole && !opt.LectureSeule {
		switch {
		case !out.Schema(opt.Version) && !opt.SansSchema:
			out.Portee, out.Etat = PorteeFlux, EtatRejete
		case out.Portee == PorteeFlux:
			out.Etat = EtatRejete
		case out.Portee > PorteeAucune:
			out.Etat = EtatPartiel
		default:
			out.Etat = EtatAccepte
		}
	}
}

// aller reads a PES_Aller.
func (p *pass) aller(out *Reading, opt Options) error {
	d := &decoder{r: p.r, top: allerRoot, marks: marks{namespaces: slices.Clone(p.r.Namespaces())}}
	rules := report.New(opt.Report)
	c := newChecker(rules, opt, &d.facts)
	judge := opt.Profile != ProfilXSD && !opt.LectureSeule
	d.visit = func(it Item) error {
		if judge {
			c.item(it)
		}
		if opt.Visit != nil {
			return opt.Visit(it)
		}
		return nil
	}
	if judge {
		d.endPiece = func() error { c.endPiece(); return nil }
	}
	var inf inflater
	d.ask = func(pj *PJ) error {
		if opt.LectureSeule && opt.Contenu == nil {
			return nil // its text goes by
		}
		var w io.Writer
		var err error
		if opt.Contenu != nil {
			if w, err = opt.Contenu(pj); err != nil {
				return err
			}
		}
		if s := opt.pj; s != nil {
			s.begin()
			if w == nil {
				w = s
			} else {
				w = io.MultiWriter(w, s)
			}
		}
		if pj.Contenu, err = inf.read(&text{p: p}, w, opt); err != nil {
			return err
		}
		if opt.pj != nil {
			if err := opt.pj.judge(p.ctx, pj, out.Report, opt); err != nil {
				return err
			}
		}
		return d.endElement()
	}
	if err := d.event(xmlcore.StartElement); err != nil {
		return err
	}
	if judge {
		if e := p.r.Encoding(); e != "ISO-8859-1" {
			c.add(Encodage, d.entete.Where, report.P("encoding", e))
		}
		p.namespace(out, c.lighter)
	}
	var err error
	for err == nil {
		var k xmlcore.Kind
		if k, err = p.next(); err == nil {
			err = d.event(k)
		}
	}
	if judge && err == io.EOF {
		c.finish(d.entete.Where)
		if d.facts.Signatures > 0 && !opt.verified {
			out.Report.Add(SignatureNonVerifiee, d.entete.Where, report.Int("n", d.facts.Signatures))
		}
	}
	out.Entete, out.Facts, out.marks = d.entete, d.facts, d.marks
	if judge {
		out.Portee = c.portee
		out.Regles, out.Alertes = slices.Sorted(maps.Keys(c.errors)), slices.Sorted(maps.Keys(c.warnings))
		out.Report.Merge(rules, "")
	}
	return err
}

// namespace says plainly what the schema says at length: every element inside
// the root is refused when a default namespace catches it.
func (p *pass) namespace(out *Reading, lighter bool) {
	severity := report.Error
	if lighter {
		severity = report.Warning
	}
	where := p.r.Location()
	if out.Space != NamespaceAller {
		out.Report.AddAs(severity, EspaceDeNoms, where, report.Words("why",
			"celui de l'élément racine n'est pas celui du PES Aller", "that of the root element is not that of PES Aller"))
	}
	p.defaultNamespace(out, severity)
}

func (p *pass) defaultNamespace(out *Reading, severity report.Severity) {
	if uri, _ := p.r.Lookup(""); uri != "" {
		out.Report.AddAs(severity, EspaceDeNoms, p.r.Location(), report.Words("why",
			"un espace de noms par défaut est déclaré à la racine, or les éléments d'un PES n'en ont aucun",
			"a default namespace is declared on the root, and the elements of a PES have none"))
	}
}

// received says the same of what Hélios answers, which is read all the same: an
// answer whose elements were left aside would seem to accept everything.
func (p *pass) received(out *Reading) {
	severity := report.Warning
	if out.Root == AcquitRetour {
		severity = report.Error
	}
	p.defaultNamespace(out, severity)
}

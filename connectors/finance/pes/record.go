package pes

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/xmlcore"
)

// FluxComptable is the type of the record a PES_Aller becomes; its mandats and
// titres are [ged.Mandat] and [ged.Titre].
const FluxComptable ged.Type = "flux-comptable"

// Identifiers of the files of a record. Those of pièces justificatives are "pj-"
// and their rank in the file.
const (
	FichierPES    = "pes"
	FichierAcquit = "acquit"
)

// ErrAcquit says that the acknowledgement given does not answer the file.
var ErrAcquit = errors.New("pes: the acknowledgement does not answer this file")

// Suites are what is known of a PES_Aller besides itself when it becomes a
// record. The zero value is a file of which nothing more is known.
type Suites struct {
	// ID is the key of the record in its store; "" takes "pes:<CodCol>:<NomFic>".
	ID string
	// Nom is the name of the file; "" takes NomFic.
	Nom string
	// Producteur is the name of the authority; "" takes LibelleColBud.
	Producteur string
	Transmis   time.Time
	// Acquit is the answer of Hélios, nil while there is none; it must answer this
	// file. AcquitLe is the moment it came, NomAcquit its file name.
	Acquit    ged.Source
	AcquitLe  time.Time
	NomAcquit string
	// Acces is the code of the delay before anyone may read it, AR038 to AR062. ""
	// takes AR048 (private life) when a pièce justificative or pay is inside, else
	// AR038.
	Acces string
	// Conservation is the rule an archivist confirmed. nil takes destruction ten
	// years after the date of the file, as the profiles in service do, marked
	// uncertain: nobody confirmed it here.
	Conservation *ged.Rule
	// SansPJ leaves the pièces justificatives inside the file; else each whose
	// content is good is a file of the record too, read out of the PES when asked
	// for.
	SansPJ bool
	// Algorithmes of the digests; none means SHA-512.
	Algorithmes []ged.Algorithm
}

// Flux is a PES_Aller as a record.
type Flux struct {
	Document ged.Document
	Contents ged.Contents
	// Reading is the judgement on the file, Envoi its inventory; Acquit is nil
	// while there is no answer.
	Reading *Reading
	Envoi   *Envoi
	Acquit  *Reading

	sent io.ReaderAt
	size int64
	pj   map[string]ged.File // by IdUnique
}

// maxListed bounds the identifiers and the pièces justificatives a record lists.
const maxListed = 10_000

// Record turns a PES_Aller into a record: the file, its pièces justificatives and
// its acknowledgement, with the metadata archiving systems ask of it. The file is
// read twice, and each pièce justificative once more when its content is asked
// for. The error is that of a source, [ErrAcquit], or a *[report.InvalidError]
// for a file that cannot be read to its end; one that breaks rules is a record
// all the same.
func Record(ctx context.Context, sent io.ReaderAt, size int64, s Suites, opt Options) (*Flux, error) {
	f := &Flux{Contents: ged.Contents{}, sent: sent, size: size, pj: map[string]ged.File{}}
	var m recorded
	var pjs []*PJ
	outer := opt.Visit
	opt.Visit = func(it Item) error {
		m.note(it)
		if p, ok := it.(*PJ); ok && p.Contenu.Etat == ContenuBon && len(pjs) < maxListed {
			pjs = append(pjs, p)
		}
		if outer != nil {
			return outer(it)
		}
		return nil
	}
	var err error
	if f.Reading, f.Envoi, err = inventorier(ctx, io.NewSectionReader(sent, 0, size), opt); err != nil {
		return nil, err
	}
	e := &f.Reading.Entete
	day, _ := ged.ParseDate(strings.TrimSpace(e.DteStr))
	private := s.Acces
	if private == "" {
		private = "AR038"
		if m.pay || m.aid || f.Reading.Facts.PJ > 0 {
			private = "AR048"
		}
	}
	d := &f.Document
	*d = ged.Document{
		ID:          valueOr(s.ID, "pes:"+e.CodCol+":"+e.NomFic),
		Identifiers: []ged.Identifier{{Scheme: ged.SchemePESNomFic, Value: e.NomFic}},
		Title:       m.title(e, day, s.Producteur),
		Type:        FluxComptable,
		Agents: []ged.Agent{
			{Role: ged.Producer, SIRET: e.IdColl, Name: valueOr(s.Producteur, e.LibelleColBud)},
			{Role: ged.Authority, ID: e.IdPost, Name: valueOr(e.LibellePoste, "Comptable public")},
		},
		Languages: []string{"fr"},
		Keywords:  []ged.Keyword{{Content: "comptabilité publique", Kind: "subject"}, {Content: "pièce comptable", Kind: "genreform"}},
		Dates:     ged.Dates{Acted: day, Transmitted: s.Transmis},
		Status:    ged.Valide,
		Rules:     []ged.Rule{retention(s.Conservation, day), accessRule(private, day)},
		Privacy:   ged.Privacy{Level: ged.Ordinaire},
		Extra:     m.fields(e),
	}
	if m.pay || m.aid {
		d.Privacy.Level = ged.Sensible
	}
	if !s.Transmis.IsZero() {
		d.Status = ged.Transmis
		d.Events = append(d.Events, ged.Event{Type: ged.EventTransmission, Time: s.Transmis, Agent: e.IdColl, Outcome: ged.Success})
	}
	algorithms := s.Algorithmes
	if len(algorithms) == 0 {
		algorithms = []ged.Algorithm{ged.SHA512}
	}
	add := func(file ged.File, content ged.Source) (ged.File, error) {
		digests, n, err := ged.DigestSource(ctx, content, algorithms...)
		if err != nil {
			return file, fmt.Errorf("pes: digesting file %s: %w", file.ID, err)
		}
		file.Digests, file.Size = digests, n
		d.Files = append(d.Files, file)
		f.Contents[file.ID] = content
		return file, nil
	}
	if _, err := add(ged.File{ID: FichierPES, Name: valueOr(s.Nom, withXML(e.NomFic)), Role: ged.RoleMain, Title: "PES Aller", MediaType: "text/xml"},
		ged.ReaderSource{Reader: sent, Length: size}); err != nil {
		return nil, err
	}
	if !s.SansPJ {
		for _, p := range pjs {
			file, err := add(ged.File{ID: fmt.Sprint("pj-", p.Numero), Name: p.NomPJ, Role: ged.RoleAnnexe, Title: p.Description, Code: p.TypePJ, MediaType: mediaType(p)},
				pjSource{sent: sent, at: p.Etendue, encoding: f.Envoi.encoding, namespaces: f.Envoi.namespaces, size: p.Contenu.Octets, opt: opt})
			if err != nil {
				return nil, err
			}
			if _, met := f.pj[p.IdUnique]; !met {
				f.pj[p.IdUnique] = file
			}
		}
	}
	if s.Acquit == nil {
		return f, nil
	}
	return f, f.acquit(ctx, s, opt, add)
}

func (f *Flux) acquit(ctx context.Context, s Suites, opt Options, add func(ged.File, ged.Source) (ged.File, error)) error {
	src, err := s.Acquit.Open(ctx)
	if err != nil {
		return fmt.Errorf("pes: %w", err)
	}
	defer src.Close()
	opt.Visit, opt.Contenu = nil, nil
	if f.Acquit, err = Read(ctx, src, opt); err != nil {
		return err
	}
	r := f.Envoi.Rapprocher(f.Acquit)
	if !r.Lie {
		return ErrAcquit
	}
	if _, err := add(ged.File{ID: FichierAcquit, Name: valueOr(s.NomAcquit, "acquit.xml"), Role: ged.RoleReceipt, Title: "PES Acquit", MediaType: "text/xml"}, s.Acquit); err != nil {
		return err
	}
	e := ged.Event{Type: ged.EventAcknowledgement, Time: s.AcquitLe, Agent: "Hélios", Outcome: ged.Success, Files: []string{FichierAcquit}}
	f.Document.Status = ged.Acquitte
	switch f.Acquit.Etat {
	case EtatPartiel:
		e.Outcome, e.Detail = ged.Alert, "bordereaux refusés : "+strings.Join(r.Rejetes, ", ")
	case EtatRejete:
		e.Type, e.Outcome = ged.EventRefusal, ged.Failure
		f.Document.Status = ged.Transmis
	}
	f.Document.Events = append(f.Document.Events, e)
	return nil
}

func withXML(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".xml") {
		return name
	}
	return name + ".xml"
}

func mediaType(p *PJ) string {
	if p.Contenu.Type != "" && p.Contenu.Type != "application/zip" {
		return p.Contenu.Type
	}
	return p.MIMEType
}

func retention(given *ged.Rule, day ged.Date) ged.Rule {
	r := ged.Rule{Category: ged.Conservation, Code: "PES-P10Y", Duration: ged.Period{Years: 10}, SortFinal: ged.Detruire, Uncertain: true,
		Reference: "profils d'archivage des flux comptables en service"}
	if given != nil {
		r = *given
		r.Category = ged.Conservation
	}
	if r.Start.IsZero() {
		r.Start, r.StartEvent = day, ged.FromDocument
	}
	return r
}

func accessRule(code string, day ged.Date) ged.Rule {
	r := ged.Rule{Category: ged.Communicabilite, Code: code, Start: day, StartEvent: ged.FromDocument, Reference: "Code du patrimoine L213-1, L213-2"}
	if delay, ok := ged.DelayOf(code); ok {
		r.Duration = ged.Period{Years: delay.Years}
		r.Unlimited = delay.Never
		if delay.Start != "" {
			r.StartEvent = delay.Start
		}
		if r.StartEvent != ged.FromDocument {
			r.Start = ged.Date{}
		}
	}
	return r
}

// recorded gathers what a record lists of a file.
type recorded struct {
	pay, aid                                               bool
	depense, recette, pj                                   bool
	exercices, bordereaux, pieces, ids, natures, fonctions list
}

// list holds distinct values in their order, up to a bound.
type list struct {
	all []string
	met map[string]bool
}

func (l *list) add(v string) {
	if v == "" || l.met[v] || len(l.all) >= maxListed {
		return
	}
	if l.met == nil {
		l.met = map[string]bool{}
	}
	l.met[v] = true
	l.all = append(l.all, v)
}

func (m *recorded) note(it Item) {
	switch x := it.(type) {
	case *Bordereau:
		m.exercices.add(x.Exer)
		m.bordereaux.add(x.IdBord)
		m.depense = m.depense || x.Domaine == Depense
		m.recette = m.recette || x.Domaine == Recette
	case *Piece:
		m.pieces.add(x.IdPce)
		m.pay = m.pay || x.Bordereau != nil && x.Bordereau.Domaine == Depense && x.NatPce == "11"
	case *Ligne:
		m.natures.add(x.Nature)
		m.fonctions.add(x.Fonction)
	case *PJ:
		m.pj = true
		m.ids.add(x.IdUnique)
		m.pay = m.pay || x.TypePJ == "004"
		m.aid = m.aid || x.TypePJ == "005"
		for _, r := range x.RefCompta {
			m.exercices.add(r.Exercice)
		}
	}
}

func (m *recorded) domaine() string {
	switch {
	case m.depense && m.recette:
		return "dépense et recette"
	case m.depense:
		return "dépense"
	case m.recette:
		return "recette"
	case m.pj:
		return "pièces justificatives"
	}
	return "marché"
}

func (m *recorded) title(e *Entete, day ged.Date, authority string) string {
	t := "Flux comptable " + m.domaine()
	if !day.IsZero() {
		t += " en date du " + day.French()
	}
	if who := valueOr(e.LibelleColBud, authority); who != "" {
		t += " de " + who
	}
	return t
}

// fields are the metadata archiving platforms name for a PES.
func (m *recorded) fields(e *Entete) (all []ged.Field) {
	add := func(name string, values ...string) {
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
		if len(values) > 0 {
			all = append(all, ged.Field{Name: "pes:" + name, Values: values})
		}
	}
	add("idColl", e.IdColl)
	add("dteStr", e.DteStr)
	add("codCol", e.CodCol)
	add("codBud", e.CodBud)
	add("libelleColBud", e.LibelleColBud)
	add("domaine", m.domaine())
	add("exercice", m.exercices.all...)
	add("idBordereau", m.bordereaux.all...)
	add("idPce", m.pieces.all...)
	add("idPJ", m.ids.all...)
	add("nature", m.natures.all...)
	add("fonction", m.fonctions.all...)
	return all
}

// Pieces yields a record for each mandat and titre of the file, part of that of
// the file, with the pièces justificatives it announces. Contents are those of
// the Flux. The file is read again.
func (f *Flux) Pieces(ctx context.Context, opt Options) iter.Seq2[*ged.Document, error] {
	return func(yield func(*ged.Document, error) bool) {
		var d *ged.Document
		var files map[string]bool
		attach := func(refs []PJRef) {
			for _, r := range refs {
				if file, ok := f.pj[r.IdUnique]; ok && !files[file.ID] {
					files[file.ID] = true
					d.Files = append(d.Files, file)
				}
			}
		}
		stop := errors.New("stop")
		give := func() error {
			if x := d; x != nil {
				d = nil
				if !yield(x, nil) {
					return stop
				}
			}
			return nil
		}
		opt.Visit = func(it Item) error {
			switch x := it.(type) {
			case *Piece:
				if err := give(); err != nil || x.Bordereau == nil {
					return err
				}
				files = map[string]bool{}
				d = f.piece(x)
				attach(x.PJRefs)
			case *Ligne:
				if d != nil {
					attach(x.PJRefs)
				}
			case *FinBordereau:
				return give()
			}
			return nil
		}
		if _, err := Read(ctx, io.NewSectionReader(f.sent, 0, f.size), opt); err != nil && !errors.Is(err, stop) {
			yield(nil, err)
		}
	}
}

func (f *Flux) piece(p *Piece) *ged.Document {
	b, flux := p.Bordereau, &f.Document
	kind, scheme := ged.Mandat, "pes:mandat"
	if b.Domaine == Recette {
		kind, scheme = ged.Titre, "pes:titre"
	}
	id := number(b.Exer) + "/" + number(b.IdBord) + "/" + number(p.IdPce)
	day, _ := ged.ParseDate(strings.TrimSpace(b.DteBordEm))
	d := &ged.Document{
		ID:          flux.ID + "/" + b.Domaine.Code() + "/" + b.TypBord + "/" + id,
		Identifiers: []ged.Identifier{{Scheme: scheme, Value: id}},
		Title:       valueOr(p.Objet, kind.Label()+" "+number(p.IdPce)),
		Type:        kind,
		Agents:      slices.Clone(flux.Agents),
		Languages:   flux.Languages,
		Dates:       ged.Dates{Acted: day, Transmitted: flux.Dates.Transmitted},
		Status:      flux.Status,
		Rules:       slices.Clone(flux.Rules),
		Privacy:     flux.Privacy,
		Relations:   []ged.Relation{{Type: ged.PartieDe, Target: flux.ID}},
	}
	if y := strings.TrimSpace(b.Exer); len(y) >= 4 {
		if from, err := ged.ParseDate(y[:4] + "-01-01"); err == nil {
			d.Dates.From = from
			d.Dates.To = from.AddYears(1).AddDays(-1)
		}
	}
	return d
}

// pjSource is the content of a pièce justificative inside a PES.
type pjSource struct {
	sent       io.ReaderAt
	at         Etendue
	encoding   string
	namespaces []xmlcore.Namespace
	size       int64
	opt        Options
}

func (s pjSource) Size() int64 { return s.size }

// Open reads the element again, in a document of its own.
func (s pjSource) Open(ctx context.Context) (io.ReadCloser, error) {
	head := `<?xml version="1.0" encoding="` + s.encoding + `"?><x`
	for _, ns := range s.namespaces {
		if ns.Prefix != "" && !strings.ContainsAny(ns.URI, `"<&`) {
			head += ` xmlns:` + ns.Prefix + `="` + ns.URI + `"`
		}
	}
	doc := io.MultiReader(strings.NewReader(head+">"), io.NewSectionReader(s.sent, s.at.Debut, s.at.Fin-s.at.Debut), strings.NewReader("</x>"))
	p := &pass{ctx: ctx, r: xmlcore.NewReader(doc, xmlcore.Options{})}
	for {
		k, err := p.next()
		if err != nil {
			return nil, fmt.Errorf("pes: a pièce justificative changed since the file was read: %w", err)
		}
		if k == xmlcore.StartElement && p.r.Name().Local == "Fichier" && p.r.Name().Space == "" {
			break
		}
	}
	gz, err := gzip.NewReader(&base64Reader{src: &text{p: p}})
	if err != nil {
		return nil, fmt.Errorf("pes: a pièce justificative changed since the file was read: %w", err)
	}
	return &pjReader{gz: gz, left: s.size}, nil
}

// pjReader ends where the content did: what follows the last member is none.
type pjReader struct {
	gz   *gzip.Reader
	left int64
}

func (r *pjReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.gz.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (r *pjReader) Close() error { return r.gz.Close() }

package paye

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Options of reading. The zero value checks and hides values.
type Options struct {
	// Member is put into every location.
	Member string
	Report report.Options
	// Visit, when given, is told of everything while it is read. An error ends the
	// reading and is returned.
	Visit func(Item) error
	// MaxBytes bounds the file; 0 means 16 GiB.
	MaxBytes int64
}

// Reading is what was made of a document.
type Reading struct {
	Entete Entete
	// Etablissements and Bulletins count the blocks DonneesIndiv and
	// PayeIndivMensuel.
	Etablissements, Bulletins int
	// The sums of MtBrut, MtNet and MtNetAPayer.
	Brut, Net, NetAPayer Centimes
	// Lignes counts the lines of pay by category.
	Lignes map[string]int
	// Nomenclatures as in the document, nil when it has none.
	Nomenclatures *Nomenclatures
	// Repartition says that RepartitionParNature is there.
	Repartition bool
	Encoding    string
	// Lu says that the document was read to its end.
	Lu     bool
	Report *report.Report
}

// What is kept of one block of a hostile file is bounded; LIM-COUNT says when it
// was cut.
const (
	maxElements   = 50_000 // of one PayeIndivMensuel; of the other blocks together 4 times as many
	maxText       = 2_000
	maxBytes      = 16 << 30
	maxDepth      = 32
	maxCategories = 1_000
)

// errLimit ends the reading of a block that holds too much.
var errLimit = errors.New("limit")

type reader struct {
	ctx    context.Context
	r      *xmlcore.Reader
	opt    *Options
	out    *Reading
	c      *checker
	events int
	other  int // elements kept outside PayeIndivMensuel
}

// Read reads a DocumentPaye to its end and checks it. Whatever is wrong with it
// is in the report; the error means that the source could not be read, that ctx
// was cancelled, or is that of Visit.
func Read(ctx context.Context, src io.Reader, opt Options) (*Reading, error) {
	out := &Reading{Report: report.New(opt.Report), Lignes: map[string]int{}}
	limit := opt.MaxBytes
	if limit == 0 {
		limit = maxBytes
	}
	core := report.New(opt.Report)
	p := &reader{ctx: ctx, opt: &opt, out: out, c: newChecker(out, opt.Member),
		r: xmlcore.NewReader(src, xmlcore.Options{Report: core, Member: opt.Member, Limits: xmlcore.Limits{Bytes: limit}})}
	err := p.document()
	out.Encoding = p.r.Encoding()
	out.Report.Merge(core, "")
	var fault *xmlcore.Error
	switch {
	case err == io.EOF:
		out.Lu = true
		p.c.finish()
	case errors.As(err, &fault):
		out.Report.Record(fault.Finding)
	case err == errLimit:
		out.Report.Add(report.LimCount, p.r.Location(), report.Int("limit", maxElements), report.Words("what", "éléments dans un bloc", "elements in a block"))
	default:
		return nil, fmt.Errorf("paye: %w", err)
	}
	return out, nil
}

// Items yields what a DocumentPaye holds, in document order. The last error, if
// any, is that of the source or, for a document that cannot be read to its end,
// a [*report.InvalidError].
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

func (p *reader) next() (xmlcore.Kind, error) {
	for {
		k, err := p.r.Next()
		if err != nil {
			return 0, err
		}
		if p.events++; p.events&0xff == 0 && p.ctx.Err() != nil {
			return 0, context.Cause(p.ctx)
		}
		if k == xmlcore.StartElement || k == xmlcore.EndElement {
			return k, nil
		}
	}
}

func (p *reader) visit(it Item) error {
	if p.opt.Visit == nil {
		return nil
	}
	return p.opt.Visit(it)
}

func (p *reader) document() error {
	if _, err := p.next(); err != nil {
		return err
	}
	root := p.r.Name()
	e := &p.out.Entete
	e.Where = p.r.Location()
	p.c.root(root, p.r.Encoding())
	told := false
	tell := func() error {
		if told {
			return nil
		}
		told = true
		p.c.entete(e)
		return p.visit(e)
	}
	for {
		k, err := p.next()
		if err != nil {
			return err
		}
		if k == xmlcore.EndElement { // of the root: only blanks and comments may follow
			if err := tell(); err != nil {
				return err
			}
			continue
		}
		switch p.r.Name().Local {
		case "DonneesIndiv":
			if err := tell(); err != nil {
				return err
			}
			if err := p.donnees(); err != nil {
				return err
			}
			continue
		}
		where := p.r.Location()
		el, err := p.element(&p.other, 4*maxElements, 2)
		if err != nil {
			return err
		}
		switch el.Nom {
		case "Nomenclatures":
			n := &Nomenclatures{}
			fill(n, el.Enfants)
			if p.out.Nomenclatures == nil {
				p.out.Nomenclatures = n
			}
			if err = tell(); err == nil {
				err = p.visit(n)
			}
		case "RepartitionParNature":
			p.out.Repartition = true
			if err = tell(); err == nil {
				err = p.visit(&Repartition{Autres: el.Enfants})
			}
		default:
			fill(e, []*Element{el})
			p.c.place(el.Nom, where)
		}
		if err != nil {
			return err
		}
	}
}

// donnees reads a block DonneesIndiv.
func (p *reader) donnees() error {
	p.out.Etablissements++
	etab, told := &Etablissement{}, false
	tell := func() error {
		if told {
			return nil
		}
		told = true
		p.c.etablissement(etab, p.r.Location())
		return p.visit(etab)
	}
	for {
		k, err := p.next()
		if err != nil {
			return err
		}
		if k == xmlcore.EndElement {
			return tell()
		}
		if p.r.Name().Local == "PayeIndivMensuel" {
			if err := tell(); err != nil {
				return err
			}
			if err := p.bulletin(); err != nil {
				return err
			}
			continue
		}
		el, err := p.element(&p.other, 4*maxElements, 3)
		if err != nil {
			return err
		}
		if el.Nom == "Etablissement" && !told {
			etab.Nomme = true
			fill(etab, el.Enfants)
		} else if !told {
			etab.Autres = append(etab.Autres, el)
		}
	}
}

func (p *reader) bulletin() error {
	p.out.Bulletins++
	b := &Bulletin{Numero: p.out.Bulletins, Where: p.r.Location()}
	n := 0
	el, err := p.element(&n, maxElements, 3)
	if err != nil {
		return err
	}
	fill(b, el.Enfants)
	seen := map[string]bool{}
	for _, c := range el.Enfants {
		seen[c.Nom] = true
	}
	for _, name := range obligatoires {
		if !seen[name] {
			b.absents = append(b.absents, name)
		}
	}
	b.remunere = seen["Remuneration"]
	p.c.bulletin(b)
	return p.visit(b)
}

// obligatoires are the elements every PayeIndivMensuel must hold.
var obligatoires = []string{"Agent", "Service", "NBI", "QuotiteTrav", "Periode", "Remuneration", "NbHeureSup", "MtBrut", "MtNet", "MtNetAPayer",
	"DatePaiement", "MtImposable", "CumulMtImposable", "CumulMtBrut", "CumulBaseSS"}

// element reads the current element with all it holds.
func (p *reader) element(n *int, limit, depth int) (*Element, error) {
	if *n++; *n > limit || depth > maxDepth {
		return nil, errLimit
	}
	e := &Element{Nom: p.r.Name().Local}
	v, ok := p.r.Attr("", "V")
	e.V, e.Valeur = string(v[:min(len(v), maxText)]), ok
	for {
		k, err := p.next()
		if err != nil {
			return nil, err
		}
		if k == xmlcore.EndElement {
			return e, nil
		}
		c, err := p.element(n, limit, depth+1)
		if err != nil {
			return nil, err
		}
		e.Enfants = append(e.Enfants, c)
	}
}

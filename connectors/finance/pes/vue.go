package pes

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

//go:embed vue.html
var vueHTML string

var vue = template.Must(template.New("vue").Parse(vueHTML))

// Vue are the options of [EcrireVue].
type Vue struct {
	// Options are those of the judgement shown.
	Options
	// MaxPieces, MaxLignes and MaxPJ bound the pieces, the lines of each, and the PJ
	// shown; 0 means 2 000, 200 and 2 000. What is not shown is counted.
	MaxPieces, MaxLignes, MaxPJ int
	// Comptes shows account numbers and NIR whole; else their last characters.
	Comptes bool
}

// ErrPasAller says that a document is no PES_Aller.
var ErrPasAller = errors.New("pes: not a PES_Aller")

// EcrireVue writes a PES_Aller as one self-contained HTML page in French: the
// judgement and why, the bordereaux with their mandats and titres, the pièces
// justificatives. The page holds no script, fetches nothing and shows no content
// of a PJ. It shows names and amounts: it is for who may read the file itself.
// The document is read twice; memory does not grow with it.
func EcrireVue(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, opt Vue) error {
	open := func() io.Reader { return io.NewSectionReader(src, 0, size) }
	if opt.Codes == nil {
		opt.Codes = CodesIntegres()
	}
	limit := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	limit(&opt.MaxPieces, 2_000)
	limit(&opt.MaxLignes, 200)
	limit(&opt.MaxPJ, 2_000)
	v := &vueWriter{w: bufio.NewWriter(dst), opt: &opt, ancres: map[string]string{}}
	first := opt.Options
	first.Visit = func(it Item) error {
		if p, ok := it.(*PJ); ok && len(v.ancres) < opt.MaxPJ {
			if _, met := v.ancres[p.IdUnique]; !met {
				v.ancres[p.IdUnique] = "pj-" + strconv.Itoa(p.Numero)
			}
		}
		return nil
	}
	r, err := Read(ctx, open(), first)
	if err != nil {
		return err
	}
	if r.Root != Aller {
		return ErrPasAller
	}
	v.debut(r)
	second := opt.Options
	second.Visit = v.item
	if _, err := Read(ctx, open(), second); err != nil {
		return err
	}
	v.fin()
	if v.err == nil {
		v.err = v.w.Flush()
	}
	if v.err != nil {
		return fmt.Errorf("pes: %w", v.err)
	}
	return nil
}

type vueWriter struct {
	w      *bufio.Writer
	opt    *Vue
	err    error
	ancres map[string]string // of PJ, by IdUnique

	domaine  Domaine
	piece    *vuePiece
	shown    int // pieces
	hidden   int // pieces of the bordereau
	hiddenPJ int
	pjs      []vuePJ
	named    bool
	inBord   bool
}

type vueFait struct{ Nom, Valeur string }

type vueConstat struct{ Classe, Gravite, Message, Ou, Code string }

type vueLigne struct {
	Numero, Imputation, Reglement, HT, TVA string
	Tiers, Comptes                         []string
}

type vueRef struct{ Ancre, Nom, Note string }

type vuePiece struct {
	Titre, Type, Suite string
	Lignes             []vueLigne
	PJ                 []vueRef
	hidden             int
}

type vuePJ struct {
	Ancre, Nom, Description, Type, Identifiant, Taille, Etat string
	Numero                                                   int
	Justifie                                                 []string
	Mauvais                                                  bool
}

func (v *vueWriter) execute(name string, data any) {
	if v.err == nil {
		v.err = vue.ExecuteTemplate(v.w, name, data)
	}
}

// see makes control and direction characters visible.
func see(s string) string { return inspect.Visible(s) }

// facts leaves out what is empty.
func facts(pairs ...string) (all []vueFait) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, vueFait{pairs[i], see(pairs[i+1])})
		}
	}
	return all
}

// label is a code with what it means.
func (v *vueWriter) label(table, code string) string {
	if l := v.opt.Codes.Libelle(table, code); l != "" && code != "" {
		return code + " " + l
	}
	return code
}

func (v *vueWriter) table(name string) string {
	if v.domaine == Recette {
		return "recette." + name
	}
	return "depense." + name
}

// euros writes an amount for people: "1 234,50 €".
func euros(c Centimes) string {
	s := strings.TrimPrefix(c.String(), "-")
	units, cents, _ := strings.Cut(s, ".")
	for i := len(units) - 3; i > 0; i -= 3 {
		units = units[:i] + "\u202f" + units[i:]
	}
	if c < 0 {
		units = "-" + units
	}
	return units + "," + cents + "\u00a0€"
}

func montant(m Montant) string {
	if m.Lisible {
		return euros(m.Centimes)
	}
	return m.Ecrit
}

func (v *vueWriter) debut(r *Reading) {
	e := &r.Entete
	d := struct {
		NomFic, Libelle, Etat, Portee, Suite string
		Mauvais, Bordereaux, PJ              bool
		Faits                                []vueFait
		Constats                             []vueConstat
	}{
		NomFic: see(e.NomFic), Libelle: see(e.LibelleColBud), Mauvais: !r.Report.Valid(), Etat: string(r.Etat), Bordereaux: r.Facts.Bordereaux > 0,
		PJ: r.Facts.PresentPJ || r.Facts.PJ > 0,
	}
	if r.Portee > PorteeAucune {
		d.Portee = map[Portee]string{PorteePJ: "Hélios rejetterait la pièce justificative", PorteeBordereau: "Hélios rejetterait le bordereau",
			PorteeFlux: "Hélios rejetterait tout le fichier"}[r.Portee]
	}
	d.Faits = facts("Émis le", e.DteStr, "Logiciel", strings.TrimSpace(e.Emetteur.Sigle+" "+e.Emetteur.Adresse), "Collectivité (SIRET)", e.IdColl,
		"Codes collectivité et budget", e.CodCol+" "+e.CodBud, "Poste comptable", strings.TrimSpace(e.IdPost+" "+e.LibellePoste),
		"Bordereaux", count(r.Facts.Bordereaux), "Pièces", count(r.Facts.Pieces), "Lignes", count(r.Facts.Lignes), "Pièces justificatives", count(r.Facts.PJ),
		"Marchés", count(r.Facts.Marches), "Signatures", count(r.Facts.Signatures))
	if r.Facts.TotalDepense != 0 {
		d.Faits = append(d.Faits, vueFait{"Total HT, dépense", euros(r.Facts.TotalDepense)})
	}
	if r.Facts.TotalRecette != 0 {
		d.Faits = append(d.Faits, vueFait{"Total HT, recette", euros(r.Facts.TotalRecette)})
	}
	for _, s := range r.Schemas {
		verdict := "conforme"
		if !s.Valid {
			verdict = "non conforme"
		}
		d.Faits = append(d.Faits, vueFait{"Schéma " + s.Version, verdict})
	}
	words := map[report.Severity]string{report.Info: "information", report.Warning: "avertissement", report.Error: "erreur", report.Fatal: "bloquant"}
	n := 0
	for f := range r.Report.All() {
		n++
		d.Constats = append(d.Constats, vueConstat{f.Severity.String(), words[f.Severity], see(f.Message(report.FR)), see(place(f.Where)), strings.TrimSpace(f.Code() + " " + f.Ref)})
	}
	if more := r.Report.Total() - n; more > 0 {
		d.Suite = fmt.Sprintf("%d autres constats ne sont pas montrés.", more)
	}
	v.execute("debut", d)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func place(w report.Location) string {
	path := w.Path
	if i := strings.LastIndexByte(path, '/'); i >= 0 && strings.Count(path, "/") > 3 {
		path = "…" + path[i:]
	}
	if w.Line > 0 {
		return fmt.Sprintf("ligne %d, %s", w.Line, path)
	}
	return path
}

func (v *vueWriter) item(it Item) error {
	switch x := it.(type) {
	case *EnteteDomaine:
		v.closeDomaine()
		v.domaine = x.Domaine
		title := map[Domaine]string{Depense: "Dépense", Recette: "Recette"}[x.Domaine]
		id := ""
		if !v.named {
			v.named, id = true, "bordereaux"
		}
		v.execute("domaine", struct{ ID, Titre string }{id, title})
	case *Bordereau:
		v.bordereau(x)
	case *Piece:
		v.flush()
		v.open(x)
	case *Ligne:
		v.ligne(x)
	case *FinBordereau:
		v.flush()
		v.inBord = false
		text := ""
		if v.hidden > 0 {
			text = fmt.Sprintf("%d autres pièces de ce bordereau ne sont pas montrées.", v.hidden)
		}
		v.hidden = 0
		v.execute("fin-bordereau", text)
	case *PJ:
		v.justificative(x)
	}
	return v.err
}

func (v *vueWriter) closeDomaine() {
	if v.domaine != 0 {
		v.execute("fin-section", nil)
		v.domaine = 0
	}
}

func (v *vueWriter) bordereau(b *Bordereau) {
	if v.domaine != b.Domaine { // whose header is missing
		v.item(&EnteteDomaine{Domaine: b.Domaine})
	}
	v.inBord = true
	total := facts("Émis le", b.DteBordEm, "Objet", b.Objet, "Pièces annoncées", b.NbrPce, "Montant HT", montant(b.MtBordHT), "TVA", montant(b.MtBordTVA),
		"Cumul annuel", montant(b.MtCumulAnnuel))
	v.execute("bordereau", struct {
		Cle, Type string
		Faits     []vueFait
	}{see(b.Cle()), see(v.label(v.table("TypBord"), b.TypBord)), total})
}

func (v *vueWriter) open(p *Piece) {
	if v.shown >= v.opt.MaxPieces {
		v.hidden++
		return
	}
	v.shown++
	word := "Mandat"
	if v.domaine == Recette {
		word = "Titre"
	}
	v.piece = &vuePiece{Titre: see(strings.TrimSuffix(word+" "+number(p.IdPce)+" – "+p.Objet, " – ")),
		Type: see(v.label(v.table("TypPce"), p.TypPce) + " – " + v.label(v.table("NatPce"), p.NatPce))}
	if p.Edition != "" {
		v.piece.Type += " – " + see(v.label("recette.Edition", p.Edition))
	}
	v.refs(p.PJRefs)
}

func (v *vueWriter) refs(refs []PJRef) {
	for _, r := range refs {
		if len(v.piece.PJ) >= v.opt.MaxLignes {
			return
		}
		x := vueRef{Ancre: v.ancres[r.IdUnique], Nom: see(valueOr(r.NomPJ, r.IdUnique))}
		switch {
		case r.Support == "02" || r.Support == "03":
			x.Note = v.label("Support", r.Support)
		case x.Ancre == "":
			x.Note = "envoyée à part"
		}
		v.piece.PJ = append(v.piece.PJ, x)
	}
}

func (v *vueWriter) ligne(l *Ligne) {
	if v.piece == nil {
		return
	}
	v.refs(l.PJRefs)
	if len(v.piece.Lignes) >= v.opt.MaxLignes {
		v.piece.hidden++
		return
	}
	x := vueLigne{Numero: see(l.IdLigne), Imputation: see(strings.TrimSpace(l.Nature + " " + l.Fonction)), HT: see(montant(l.MtHT)), TVA: see(montant(l.MtTVA)),
		Reglement: see(v.label("depense.ModRegl", l.ModRegl))}
	if name := v.opt.Plan.Compte(l.Nature); name != "" {
		x.Imputation += " " + see(name)
	}
	for i := range l.Tiers {
		t := &l.Tiers[i]
		x.Tiers = append(x.Tiers, see(strings.Join(strings.Fields(t.Civilite+" "+t.Prenom+" "+t.Nom+" "+t.ComplNom), " ")))
		if c := t.Compte; c != nil {
			if n := valueOr(c.IBAN, c.CodeEtab+c.CodeGuic+c.IdCpte+c.CleRib); n != "" {
				x.Comptes = append(x.Comptes, see(v.hide(n)))
			}
		}
	}
	v.piece.Lignes = append(v.piece.Lignes, x)
}

// hide leaves the last characters of an account.
func (v *vueWriter) hide(s string) string {
	if r := []rune(s); !v.opt.Comptes && len(r) > 4 {
		return "••••" + string(r[len(r)-4:])
	}
	return s
}

func (v *vueWriter) flush() {
	if p := v.piece; p != nil {
		if v.piece = nil; p.hidden > 0 {
			p.Suite = fmt.Sprintf("%d autres lignes ne sont pas montrées.", p.hidden)
		}
		v.execute("piece", p)
	}
}

var etatsContenu = [...]string{ContenuAbsent: "absent", ContenuBon: "lisible", ContenuVide: "vide", ContenuBase64: "n'est pas du base64", ContenuPasGzip: "n'est pas compressé",
	ContenuTronque: "tronqué ou endommagé", ContenuBombe: "bombe de décompression"}

func (v *vueWriter) justificative(p *PJ) {
	if len(v.pjs) >= v.opt.MaxPJ {
		v.hiddenPJ++
		return
	}
	x := vuePJ{Ancre: "pj-" + strconv.Itoa(p.Numero), Numero: p.Numero, Nom: see(p.NomPJ), Description: see(p.Description), Type: see(v.label("TypePJ", p.TypePJ)),
		Identifiant: see(p.IdUnique), Etat: etatsContenu[p.Contenu.Etat], Mauvais: p.Contenu.Etat != ContenuBon, Taille: octets(p.Contenu.Octets)}
	if p.Contenu.Type != "" {
		x.Etat += ", " + p.Contenu.Type
	}
	for _, r := range p.RefCompta {
		if len(x.Justifie) < 20 {
			x.Justifie = append(x.Justifie, see(strings.TrimSpace(v.label("RefCompta.Domaine", r.Domaine)+" "+r.Exercice+"/"+r.Identifiant)))
		}
	}
	v.pjs = append(v.pjs, x)
}

// octets writes a size for people.
func octets(n int64) string {
	switch {
	case n >= 10<<20:
		return strconv.FormatInt(n>>20, 10) + "\u00a0Mo"
	case n >= 10<<10:
		return strconv.FormatInt(n>>10, 10) + "\u00a0Ko"
	}
	return strconv.FormatInt(n, 10) + "\u00a0o"
}

func (v *vueWriter) fin() {
	v.flush()
	if v.inBord { // the file was cut
		v.execute("fin-bordereau", "Le fichier s'arrête ici.")
	}
	v.closeDomaine()
	if len(v.pjs) > 0 {
		more := ""
		if v.hiddenPJ > 0 {
			more = fmt.Sprintf("%d autres pièces justificatives ne sont pas montrées.", v.hiddenPJ)
		}
		v.execute("pj", struct {
			PJ    []vuePJ
			Suite string
		}{v.pjs, more})
	}
	v.execute("fin", "Vue d'un PES Aller. Elle montre des données personnelles : la traiter comme le fichier.")
}

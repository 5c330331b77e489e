package pes

import (
	"maps"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/report"
)

// checker applies the catalogue to the items as they go by. Besides findings
// it keeps which rules spoke and how much Hélios would reject.
type checker struct {
	rep     *report.Report
	lighter bool // every finding is a warning: the profile is that of a TdT
	member  string
	nomencl string
	codes   *Codes
	plan    *budget.Plan
	comptes map[string]*compteInconnu
	facts   *Facts

	errors, warnings map[string]bool
	portee           Portee

	bordereaux    map[string]bool
	pieces        map[string]bool // of the bordereau
	lignes        map[string]bool // of the piece
	ligneTVA      bool            // a line of the bordereau has VAT
	bord          *Bordereau
	piece         *Piece
	label         string // of the bordereau, piece or line at hand
	debiteur      string // of the piece
	debiteurs     int
	debiteurSIRET bool
	refs          int // PJRef of the piece, those of its lines included
	refs010       bool
	signes        int // bordereaux with a signature of their own
	sansId        int
	firstSansId   report.Location
	firstNonSigne report.Location
	signesPar     [3]int // by domain
	pj            map[string]*pjLink
	pjs           int
}

// pjLink is what is known of an IdUnique.
type pjLink struct {
	here, announced bool
	other           bool // announced on another support than electronic
	compta          bool
	where           report.Location
}

// What is remembered to find doubles is bounded; beyond, doubles are no longer
// looked for.
const (
	maxKeys   = 500_000
	maxKeyLen = 200
)

func newChecker(rep *report.Report, opt Options, facts *Facts) *checker {
	return &checker{
		rep: rep, lighter: opt.Profile == ProfilS2LOW || opt.Profile == ProfilSTELA, member: opt.Member,
		nomencl: opt.Nomenclature, codes: opt.Codes, plan: opt.Plan, comptes: map[string]*compteInconnu{}, facts: facts,
		errors: map[string]bool{}, warnings: map[string]bool{},
		bordereaux: map[string]bool{}, pj: map[string]*pjLink{},
	}
}

// add records a finding of a rule of the catalogue with the rule's severity.
func (c *checker) add(rule *report.Rule, where report.Location, params ...report.Param) {
	c.addAs(rule.Severity, rule, where, params...)
}

func (c *checker) addAs(severity report.Severity, rule *report.Rule, where report.Location, params ...report.Param) {
	r := regleOf[rule]
	if severity == report.Error {
		c.errors[r.ID] = true
		c.portee = max(c.portee, r.Portee)
	} else if r.ID != "" { // one of the catalogue
		c.warnings[r.ID] = true
	}
	if c.lighter {
		severity = min(severity, report.Warning)
	}
	where.Member, where.Label = c.member, c.label
	c.rep.Record(report.Finding{Rule: rule, Severity: severity, Where: where, Ref: r.ID, Params: params})
}

// compteInconnu is an account the plan does not hold.
type compteInconnu struct {
	lignes int
	where  report.Location
}

// maxComptes bounds the accounts remembered that a plan does not hold.
const maxComptes = 1_000

func (c *checker) imputation(l *Ligne) {
	if c.plan == nil || l.Nature == "" || c.plan.Compte(l.Nature) != "" {
		return
	}
	if x := c.comptes[l.Nature]; x != nil {
		x.lignes++
	} else if len(c.comptes) < maxComptes && len(l.Nature) <= maxKeyLen {
		c.comptes[l.Nature] = &compteInconnu{1, l.Where}
	}
}

func (c *checker) finishPlan() {
	c.label = ""
	for _, nature := range slices.Sorted(maps.Keys(c.comptes)) {
		x := c.comptes[nature]
		c.add(CompteHorsPlan, x.where, shown("compte", nature), report.Int("n", x.lignes))
	}
}

// double reports whether a key was met before.
func double(m map[string]bool, key string) bool {
	if m[key] {
		return true
	}
	if len(m) < maxKeys && len(key) <= maxKeyLen {
		m[key] = true
	}
	return false
}

func (c *checker) item(it Item) {
	c.label = label(it)
	switch x := it.(type) {
	case *Entete:
		c.entete(x)
	case *Bordereau:
		c.bordereau(x)
	case *Piece:
		c.pieceHead(x)
	case *Ligne:
		c.ligne(x)
		c.imputation(x)
	case *FinBordereau:
		c.finBordereau(x)
	case *PJ:
		c.pieceJustificative(x)
	}
}

// label is how the people of finance call an item: the numbers of bordereau,
// piece and line, which stand on paper too.
func label(it Item) string {
	of := func(before, what, n string) string {
		if n == "" {
			return before
		}
		if before != "" {
			before += ", "
		}
		return before + what + " " + shown("", n).Text(report.FR)
	}
	switch x := it.(type) {
	case *Bordereau:
		if x == nil || x.IdBord == "" {
			return ""
		}
		return of("", "bordereau", x.Cle())
	case *FinBordereau:
		return label(x.Bordereau)
	case *Piece:
		if x == nil {
			return ""
		}
		return of(label(x.Bordereau), "pièce", number(x.IdPce))
	case *Ligne:
		return of(label(x.Piece), "ligne de pièce", number(x.IdLigne))
	}
	return ""
}

func (c *checker) entete(e *Entete) {
	if e.Version != "" && number(e.Version) != "2" {
		c.add(VersionEnveloppe, e.Where)
	}
	if c.nomencl != "" {
		hospital := nomenclaturesHopital[c.nomencl]
		switch {
		case hospital && e.FinJur == "":
			c.add(FinJur, e.WhereEntete, report.Words("why", "manque, alors que le budget est en M21 ou M22", "is missing, and the budget is of M21 or M22"))
		case !hospital && e.FinJur != "":
			c.add(FinJur, e.WhereEntete, report.Words("why", "n'est admis qu'en M21 ou M22", "is admitted in M21 or M22 only"))
		}
	}
}

// demat returns the value of InfoDematerialisee.
func (c *checker) demat(d Domaine) bool {
	v, _ := truth(c.facts.domaine(d).InfoDematerialisee)
	return v
}

func (c *checker) bordereau(b *Bordereau) {
	c.bord = b
	c.pieces, c.ligneTVA = map[string]bool{}, false
	if b.ID == "" {
		if c.sansId == 0 {
			c.firstSansId = b.Where
		}
		c.sansId++
	}
	if b.TypBord != "" && !typesBordereau[b.Domaine][b.TypBord] {
		c.add(TypeBordereau, b.Where, shown("code", b.TypBord), domaine(b))
	}
	if c.demat(b.Domaine) && b.TypBord != "06" && b.MtCumulAnnuel.Centimes <= 0 {
		c.add(CumulAnnuel, b.Where)
	}
	if key := b.Domaine.Code() + " " + number(b.Exer) + " " + b.TypBord + " " + number(b.IdBord); b.IdBord != "" && double(c.bordereaux, key) {
		c.add(BordereauDouble, b.Where, shown("bordereau", b.Cle()), shown("code", b.TypBord), domaine(b))
	}
	if b.DteAsp != "" && before(b.DteAsp, b.DteBordEm) {
		c.add(DateASP, b.Where)
	}
}

func domaine(b *Bordereau) report.Param {
	return report.Words("domaine", b.Domaine.String(), b.Domaine.String())
}

// before compares two dates as they stand, without their zones; what is no
// date is before nothing.
func before(a, b string) bool {
	a, b = strings.Trim(a, " \t\r\n"), strings.Trim(b, " \t\r\n")
	return len(a) >= 10 && len(b) >= 10 && a[4] == '-' && b[4] == '-' && a[:10] < b[:10]
}

func (c *checker) finBordereau(f *FinBordereau) {
	b := f.Bordereau
	if n := number(b.NbrPce); b.NbrPce != "" && n != itoa(f.Pieces) {
		c.add(NombrePieces, b.Where, shown("declared", n), report.Int("found", f.Pieces))
	}
	total := b.MtBordTVA.Centimes > 0
	switch {
	case total && !c.ligneTVA:
		c.add(TVA, b.Where, report.Words("why", "le bordereau porte de la TVA et aucune ligne n'en porte", "the bordereau carries VAT and no line does"))
	case !total && c.ligneTVA:
		c.add(TVA, b.Where, report.Words("why", "une ligne porte de la TVA et le bordereau n'en porte pas", "a line carries VAT and the bordereau does not"))
	}
	ht := "MtBordHT"
	if b.Domaine == Recette {
		ht = "MtBordHt"
	}
	if b.MtBordHT.Lisible && b.MtBordHT.Centimes != f.SommeHT {
		c.total(b, ht, b.MtBordHT, f.SommeHT)
	}
	if b.MtBordTVA.Centimes != f.SommeTVA && (b.MtBordTVA.Lisible || b.MtBordTVA.Ecrit == "") {
		c.total(b, "MtBordTVA", b.MtBordTVA, f.SommeTVA)
	}
	if f.Signe {
		c.signes++
		c.signesPar[b.Domaine]++
	} else if c.firstNonSigne.IsZero() {
		c.firstNonSigne = b.Where
	}
	c.bord = nil
}

func (c *checker) total(b *Bordereau, field string, declared Montant, sum Centimes) {
	c.add(Totaux, b.Where, report.P("sum", sum.String()), report.P("field", field), report.P("declared", declared.Centimes.String()))
}

func (c *checker) pieceHead(p *Piece) {
	c.piece = p
	c.lignes, c.debiteur, c.debiteurs, c.debiteurSIRET, c.refs, c.refs010 = map[string]bool{}, "", 0, true, 0, false
	c.refsOf(p.PJRefs, p.Where)
	b := p.Bordereau
	if b == nil {
		return
	}
	t := triplet(p)
	if !c.codes.Has(tripletTables[b.Domaine], t) && b.TypBord != "" && p.TypPce != "" && p.NatPce != "" {
		c.add(Triplet, p.Where, shown("triplet", t), domaine(b))
	}
	if p.IdPce != "" && double(c.pieces, number(p.IdPce)) {
		c.add(PieceDouble, p.Where, report.Words("what", "La pièce", "Piece"), shown("number", number(p.IdPce)), report.Words("parent", "le bordereau", "the bordereau"))
	}
	if b.Domaine != Recette {
		return
	}
	if p.IdRol != "" && t != "01-06-01" {
		c.add(Convention, p.Where, report.Named("field", "IdRol", "Le numéro de rôle (IdRol)", "The number of the role (IdRol)"), shown("triplet", t), domaine(b),
			report.Words("why", "il est réservé à 01-06-01", "for 01-06-01 only"))
	}
	if p.DteAsp != "" && before(p.DteAsp, b.DteBordEm) {
		c.add(DateASP, p.Where)
	}
	if p.DebFact != "" || p.FinFact != "" {
		c.hospital("DebFact, FinFact", p.Where)
	}
}

// hospital speaks of a field that is for M21 and M22, if the nomenclature is
// known to be another.
func (c *checker) hospital(field string, where report.Location) {
	if c.nomencl != "" && !nomenclaturesHopital[c.nomencl] {
		c.add(Hospitalier, where, report.P("field", field), report.P("nomenclature", c.nomencl))
	}
}

func (c *checker) outside(field string, admitted map[string]bool, where report.Location) {
	if c.nomencl != "" && !admitted[c.nomencl] {
		c.add(HorsNomenclature, where, report.P("field", field), report.P("nomenclature", c.nomencl))
	}
}

var tripletTables = [...]string{Depense: "depense.triplet", Recette: "recette.triplet"}

func triplet(p *Piece) string {
	typ := ""
	if p.Bordereau != nil {
		typ = p.Bordereau.TypBord
	}
	return typ + "-" + p.TypPce + "-" + p.NatPce
}

// endPiece judges what takes all lines of a piece.
func (c *checker) endPiece() {
	p := c.piece
	c.piece, c.label = nil, label(c.piece)
	if p == nil || p.Bordereau == nil || p.Bordereau.Domaine != Recette {
		return
	}
	bad := func(fr, en string) {
		c.add(EditionASAP, p.Where, shown("code", p.Edition), report.Words("why", fr, en))
	}
	switch p.Edition {
	case "01", "02", "03", "05", "06":
	default:
		return
	}
	if c.refs == 0 {
		bad("il faut au moins une pièce justificative (PJRef)", "at least one pièce justificative (PJRef) is needed")
	}
	if c.debiteurs != 1 {
		bad("il faut un seul débiteur principal", "there must be exactly one main debtor")
	}
	if p.Edition == "02" || p.Edition == "03" {
		if !c.debiteurSIRET {
			bad("le débiteur doit être identifié par un SIRET", "the debtor must be identified by a SIRET")
		}
		if p.NumeroFacture == "" {
			bad("le numéro de facture manque", "the invoice number is missing")
		}
	}
	if p.Edition == "06" && c.refs > 0 && !c.refs010 {
		c.addAs(report.Warning, EditionASAP, p.Where, shown("code", p.Edition),
			report.Words("why", "aucune pièce annoncée n'est du type 010", "no piece announced is of type 010"))
	}
}

func (c *checker) refsOf(refs []PJRef, where report.Location) {
	for _, r := range refs {
		c.refs++
		c.refs010 = c.refs010 || r.TypePJ == "010"
		l := c.link(r.IdUnique)
		if l == nil {
			continue
		}
		l.announced = true
		l.other = l.other || r.Support == "02" || r.Support == "03"
		if !l.here && l.where.IsZero() {
			l.where = where
		}
	}
}

func (c *checker) link(id string) *pjLink {
	if id == "" || len(id) > maxKeyLen {
		return nil
	}
	l := c.pj[id]
	if l == nil {
		if len(c.pj) >= maxKeys {
			return nil
		}
		l = &pjLink{}
		c.pj[id] = l
	}
	return l
}

// finish judges what takes the whole document.
func (c *checker) finish(root report.Location) {
	c.label = ""
	f := c.facts
	for _, d := range []Domaine{Depense, Recette} {
		e := f.domaine(d)
		if !e.Present {
			continue
		}
		if e.IdVer != "" && number(e.IdVer) != "2" {
			c.add(IdVer, e.Where, report.Words("domaine", d.String(), d.String()))
		}
		signed := f.SigneGlobal || c.signesPar[d] > 0
		demat := c.demat(d)
		switch {
		case demat && !signed:
			c.add(DematerialiseSigne, e.Where, report.Words("domaine", d.String(), d.String()),
				report.Words("why", "le fichier s'annonce dématérialisé et n'est pas signé", "the file calls itself paperless and is not signed"))
		case !demat && signed:
			c.add(DematerialiseSigne, e.Where, report.Words("domaine", d.String(), d.String()),
				report.Words("why", "le fichier est signé et ne s'annonce pas dématérialisé", "the file is signed and does not call itself paperless"))
		}
	}
	if (c.demat(Depense) || c.demat(Recette)) && !f.SigneGlobal {
		if c.sansId > 0 {
			c.add(BordereauSansId, c.firstSansId, report.Int("n", c.sansId))
		}
		if c.signes > 0 && c.signes < f.Bordereaux {
			c.add(NonSigne, c.firstNonSigne, report.Int("n", f.Bordereaux-c.signes), report.Int("total", f.Bordereaux))
		}
	}
	if f.Bordereaux == 0 && c.pjs == 0 && f.Marches == 0 && !f.Facture {
		c.add(Vide, root)
	}
	ids := make([]string, 0, len(c.pj))
	for id := range c.pj {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	c.finishPlan()
	for _, id := range ids {
		l := c.pj[id]
		switch {
		case l.here && l.other:
			c.add(PJSupport, l.where, shown("id", id))
		case l.here && !l.announced && !l.compta:
			c.add(PJOrpheline, l.where, shown("id", id))
		case !l.here && l.announced && !l.other:
			c.add(PJAilleurs, l.where, shown("id", id))
		}
	}
}

// shown is a parameter whose value is a code, a number or a technical
// identifier; what is written in its place and is none is not quoted.
func shown(name, value string) report.Param {
	if len(value) > 50 || strings.ContainsFunc(value, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && r != '-' && r != '/' && r != '_'
	}) {
		return report.Words(name, "illisible", "unreadable")
	}
	return report.Code(name, value)
}

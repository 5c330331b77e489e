package paye

import (
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// checker judges what goes by and keeps the codes met, which the nomenclatures
// at the end of the file must hold.
type checker struct {
	out       *Reading
	member    string
	places    map[string]report.Location // of the elements of the header
	rubriques map[string]*use
	caisses   map[string]*use
	statuts   map[string]*use
	rootName  string
}

// use is where a code was met.
type use struct {
	count, first int
	where        report.Location
}

// maxCodes bounds the codes remembered.
const maxCodes = 50_000

func newChecker(out *Reading, member string) *checker {
	return &checker{out: out, member: member, places: map[string]report.Location{},
		rubriques: map[string]*use{}, caisses: map[string]*use{}, statuts: map[string]*use{}}
}

func (c *checker) add(rule *report.Rule, where report.Location, params ...report.Param) {
	where.Member = c.member
	c.out.Report.Add(rule, where, params...)
}

func (c *checker) root(n *xmlcore.Name, encoding string) {
	c.rootName = n.Local
	if n.Local == "DocumentPaye" && n.Space != Namespace {
		c.add(EspaceDeNoms, c.out.Entete.Where)
	}
	if encoding != "ISO-8859-1" {
		c.add(Encodage, c.out.Entete.Where, report.P("encoding", encoding))
	}
}

func (c *checker) place(name string, where report.Location) {
	if _, met := c.places[name]; !met && len(c.places) < 100 {
		c.places[name] = where
	}
}

func (c *checker) at(name string) report.Location {
	if w, ok := c.places[name]; ok {
		return w
	}
	return c.out.Entete.Where
}

func (c *checker) entete(e *Entete) {
	for _, name := range []string{"IdVer", "Annee", "Mois", "Employeur"} {
		if _, ok := c.places[name]; !ok {
			c.add(Manque, e.Where, report.P("element", name))
		}
	}
	bad := func(element, fr, en string) {
		c.add(MauvaisePeriode, c.at(element), report.P("element", element), report.Words("what", fr, en))
	}
	if _, ok := c.places["Mois"]; ok && Mois(e.Mois) == 0 {
		bad("Mois", "un mois de 1 à 12", "a month of 1 to 12")
	}
	if _, ok := c.places["Annee"]; ok && !isYear(e.Annee) {
		bad("Annee", "une année de quatre chiffres", "a year of four digits")
	}
	if e.Employeur != nil {
		c.siret("l'employeur", "the employer", e.Employeur.Siret, c.at("Employeur"))
	}
}

// Mois reads a month as statements have it, "3" or "03"; 0 when it is none.
func Mois(s string) int {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 8)
	if err != nil || n < 1 || n > 12 {
		return 0
	}
	return int(n)
}

func isYear(s string) bool {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 16)
	return err == nil && n >= 1900 && n < 2200
}

func (c *checker) siret(fr, en, s string, where report.Location) {
	why := report.Words("why", "sa clé de contrôle est fausse", "its check key is wrong")
	switch _, err := ident.ParseSIRET(s); {
	case s == "":
		why = report.Words("why", "il manque", "it is missing")
	case ident.ValidSIRET(s):
		return
	case err == nil || len(s) != 14 || strings.Trim(s, "0123456789") != "":
		why = report.Words("why", "il n'a pas 14 chiffres", "it has not 14 digits")
	}
	c.add(SIRET, where, report.Words("whose", fr, en), why)
}

func (c *checker) etablissement(e *Etablissement, where report.Location) {
	if e.Nomme {
		c.siret("l'établissement", "the establishment", e.Siret, where)
	}
}

func (c *checker) bulletin(b *Bulletin) {
	matricule := ""
	if b.Agent != nil {
		matricule = b.Agent.Matricule
	}
	add := func(rule *report.Rule, params ...report.Param) {
		c.add(rule, b.Where, append([]report.Param{report.Int("number", b.Numero), report.P("matricule", matricule)}, params...)...)
	}
	if len(b.absents) > 0 {
		add(AgentIncomplet, report.List("elements", b.absents))
	}
	amount := func(field, s string) (Centimes, bool) {
		v, ok := ParseCentimes(s)
		if !ok {
			add(Montant, report.P("field", field))
		}
		return v, ok && s != ""
	}
	brut, okBrut := amount("MtBrut", b.MtBrut)
	net, okNet := amount("MtNet", b.MtNet)
	payer, _ := amount("MtNetAPayer", b.MtNetAPayer)
	c.out.Brut += brut
	c.out.Net += net
	c.out.NetAPayer += payer
	var pay, less Centimes
	readable := true
	for i := range b.Remuneration {
		l := &b.Remuneration[i]
		mt, ok := ParseCentimes(l.Mt)
		readable = readable && ok
		switch l.Categorie {
		case "TraitBrut", "IndemResid", "SupFam", "Indemnite", "RemDivers":
			pay += mt
		case "Deduction", "Retenue":
			less += mt
		}
		if _, met := c.out.Lignes[l.Categorie]; met || len(c.out.Lignes) < maxCategories {
			c.out.Lignes[l.Categorie]++
		}
		c.used(c.rubriques, l.Code, b)
		c.used(c.caisses, l.CodeCaisse, b)
	}
	if !readable {
		add(Montant, report.P("field", "Remuneration/Mt"))
	}
	if b.remunere && readable {
		if okBrut && apart(brut, pay) {
			add(TotalBrut, report.P("declared", brut.String()), report.P("sum", pay.String()))
		}
		if less < 0 && apart(net, brut-less) {
			less = -less // some software writes what is taken off with its sign
		}
		if okBrut && okNet && apart(net, brut-less) {
			add(TotalNet, report.P("declared", net.String()), report.P("sum", (brut-less).String()))
		}
	}
	if b.Agent != nil {
		if s := b.Agent.NIR; s != "" && !(len(s) == 15 && ident.ValidNIR(s)) {
			add(NIR)
		}
		if s := b.Agent.Statut; !statuts[s] {
			c.used(c.statuts, s, b)
		}
	}
}

// apart reports whether two amounts differ by more than a hundredth.
func apart(a, b Centimes) bool { return a-b > 1 || b-a > 1 }

// statuts are the codes every statement may use.
var statuts = map[string]bool{"TITULAIRE": true, "NON_TITULAIRE": true, "STAGIAIRE": true, "EMPLOI_FONC": true, "EMPLOI_AIDE": true, "AUTRE_STATUT": true}

func (c *checker) used(codes map[string]*use, code string, b *Bulletin) {
	if code == "" || len(code) > 24 {
		return
	}
	if u := codes[code]; u != nil {
		u.count++
	} else if len(codes) < maxCodes {
		codes[code] = &use{1, b.Numero, b.Where}
	}
}

// finish judges what takes the whole document.
func (c *checker) finish() {
	o := c.out
	missing := func(there bool, name string) {
		if !there {
			c.add(Manque, o.Entete.Where, report.P("element", name))
		}
	}
	missing(c.rootName == "DocumentPaye", "DocumentPaye")
	missing(o.Etablissements > 0, "DonneesIndiv")
	missing(o.Bulletins > 0 || o.Etablissements == 0, "PayeIndivMensuel")
	missing(o.Nomenclatures != nil, "Nomenclatures")
	missing(o.Repartition, "RepartitionParNature")
	n := o.Nomenclatures
	if n == nil {
		return // said once, not for every code
	}
	c.against(Rubrique, c.rubriques, n.NomenclatureRubriquePaye, "NomenclatureRubriquePaye")
	c.against(Caisse, c.caisses, n.NomenclatureCaisse, "NomenclatureCaisse")
	known := codesOf(n.NomenclatureStatut)
	total := use{}
	for code, u := range c.statuts {
		if known[code] {
			continue
		}
		if total.count += u.count; total.first == 0 || u.first < total.first {
			total.first, total.where = u.first, u.where
		}
	}
	if total.count > 0 {
		c.add(Statut, total.where, report.Int("count", total.count), report.Int("number", total.first))
	}
}

func codesOf(n *Nomenclature) map[string]bool {
	m := map[string]bool{}
	if n != nil {
		for i := range n.Correspondance {
			m[n.Correspondance[i].Code] = true
		}
	}
	return m
}

// against finds the codes that a nomenclature does not hold.
func (c *checker) against(rule *report.Rule, codes map[string]*use, n *Nomenclature, name string) {
	if n == nil {
		if name == "NomenclatureRubriquePaye" || len(codes) > 0 {
			c.add(Manque, c.out.Entete.Where, report.P("element", name))
		}
		return
	}
	known := codesOf(n)
	all := make([]string, 0, len(codes))
	for code := range codes {
		if !known[code] {
			all = append(all, code)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if d := codes[a].first - codes[b].first; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for _, code := range all {
		u := codes[code]
		fr, en := "1 ligne", "1 line"
		if u.count > 1 {
			fr, en = strconv.Itoa(u.count)+" lignes", strconv.Itoa(u.count)+" lines"
		}
		c.add(rule, u.where, shown(code), report.Words("lines", fr, en), report.Int("number", u.first))
	}
}

// shown is a code, unless anything else stands in its place.
func shown(code string) report.Param {
	if len(code) > 12 || strings.ContainsFunc(code, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}) {
		return report.Words("code", "illisible", "unreadable")
	}
	return report.Code("code", code)
}

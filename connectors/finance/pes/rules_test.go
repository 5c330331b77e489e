package pes

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

const declaration = `<?xml version="1.0" encoding="ISO-8859-1"?>` + "\n"

const enveloppeXML = `<Enveloppe><Parametres><Version V="2"/><TypFic V="PESALR2"/><NomFic V="F1"/></Parametres>` +
	`<Emetteur><Sigle V="E"/><Adresse V="A 1"/></Emetteur></Enveloppe>` +
	`<EnTetePES><DteStr V="2024-03-15"/><IdPost V="056025"/><IdColl V="21560046100010"/><CodCol V="520"/><CodBud V="00"/></EnTetePES>`

func allerXML(inside string) string {
	return declaration + `<n:PES_Aller xmlns:n="` + NamespaceAller + `">` + enveloppeXML + inside + `</n:PES_Aller>`
}

const adresseXML = `<Adresse><TypAdr V="1"/><Adr2 V="1 RUE HAUTE"/><CP V="56950"/><Ville V="CRACH"/><CodRes V="0"/></Adresse>`

const depenseBordereau = `<Bordereau><BlocBordereau><Exer V="2024"/><IdBord V="12"/><DteBordEm V="2024-03-15"/><TypBord V="01"/><NbrPce V="1"/>` +
	`<MtCumulAnnuel V="120.00"/><MtBordHT V="100.00"/><MtBordTVA V="20.00"/></BlocBordereau>` + depensePieceXML + `</Bordereau>`

const depensePieceXML = `<Piece><BlocPiece><InfoPce><IdPce V="345"/><TypPce V="01"/><NatPce V="01"/><Obj V="PAPIER"/></InfoPce></BlocPiece>` + depenseLigneXML + `</Piece>`

const depenseLigneXML = `<LigneDePiece><BlocLignePiece><InfoLignePce><IdLigne V="1"/><Nature V="60632"/><ModRegl V="03"/><TVAIntraCom V="0"/>` +
	`<MtHT V="100.00"/><MtTVA V="20.00"/></InfoLignePce></BlocLignePiece>` +
	`<Tiers><InfoTiers><IdTiers V="55208131766522"/><NatIdTiers V="01"/><RefTiers V="1"/><CatTiers V="50"/><NatJur V="03"/><Nom V="ESSAI"/></InfoTiers>` +
	adresseXML + `<CpteBancaire><BIC V="SOGEFRPP"/><IBAN V="FR7630003030000001234567845"/><TitCpte V="ESSAI"/></CpteBancaire></Tiers></LigneDePiece>`

// depenseXML is a dépense nothing is wrong with, after the replacements.
func depenseXML(replacements ...string) string {
	s := allerXML(`<PES_DepenseAller><EnTeteDepense><IdVer V="2"/><InfoDematerialisee V="0"/></EnTeteDepense>` + depenseBordereau + `</PES_DepenseAller>`)
	return replaced(s, replacements)
}

// recetteXML is a recette nothing is wrong with, after the replacements.
func recetteXML(replacements ...string) string {
	s := allerXML(`<PES_RecetteAller><EnTeteRecette><IdVer V="2"/></EnTeteRecette><Bordereau><BlocBordereau><Exer V="2024"/><IdBord V="7"/>` +
		`<DteBordEm V="2024-03-15"/><TypBord V="01"/><NbrPce V="1"/><MtBordHt V="45.00"/></BlocBordereau>` +
		`<Piece><BlocPiece><IdPce V="88"/><TypPce V="01"/><NatPce V="01"/><Edition V="04"/></BlocPiece>` +
		`<LigneDePiece><BlocLignePiece><InfoLignePiece><IdLigne V="1"/><CodProdLoc V="REST"/><Nature V="7067"/><Majo V="0"/><TvaIntraCom V="0"/>` +
		`<MtHT V="45.00"/></InfoLignePiece></BlocLignePiece>` +
		`<Tiers><InfoTiers><RefTiers V="F1"/><CatTiers V="01"/><NatJur V="01"/><TypTiers V="01"/><Civilite V="Mme"/><Nom V="ESSAI"/><Prenom V="Jeanne"/></InfoTiers>` +
		adresseXML + `</Tiers></LigneDePiece></Piece></Bordereau></PES_RecetteAller>`)
	return replaced(s, replacements)
}

func replaced(s string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("nothing to replace: " + pairs[i])
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return s
}

// zipped is the content of a Fichier.
func zipped(content string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(content))
	z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

const refComptaXML = `<RefCompta><Domaine V="01"/><Exercice V="2024"/><TypeObjet V="01"/><Identifiant V="345"/></RefCompta>`

func pjXML(id, content, more string) string {
	return `<PJ><Contenu><Fichier MIMEType="application/pdf">` + content + `</Fichier></Contenu><IdUnique V="` + id + `"/><NomPJ V="facture.pdf"/>` +
		`<TypePJ V="003"/><Description V="Facture"/>` + more + `</PJ>`
}

func pesPJ(pjs ...string) string {
	return allerXML(`<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>` + strings.Join(pjs, "") + `</PES_PJ>`)
}

func pdf() string { return zipped("%PDF-1.4\n%%EOF\n") }

func mustRead(t testing.TB, doc string, opt Options) *Reading {
	t.Helper()
	r, err := Read(context.Background(), strings.NewReader(doc), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const signatureXML = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>`

func TestEveryRuleIsProduced(t *testing.T) {
	with := func(opt Options, doc string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return mustRead(t, doc, opt).Report }
	}
	in := func(doc string) func(testing.TB) *report.Report { return with(Options{}, doc) }
	m57 := Options{Nomenclature: "M57"}
	sepa := `</InfoLignePiece><InfoPrelevementSEPA><NatPrel V="02"/><PerPrel V="02"/><DtePrel V="2024-04-05"/><MtPrel V="45.00"/><SequencePres V="03"/>` +
		`<DateSignMandat V="2023-09-01"/><RefUniMdt V="R"/><AncienICS V="1234567"/></InfoPrelevementSEPA>`
	ref := func(support string) string {
		return `<Obj V="PAPIER"/><PJRef><Support V="` + support + `"/><IdUnique V="A1"/></PJRef>`
	}
	withPJ := func(support string) string {
		return depenseXML(`<Obj V="PAPIER"/>`, ref(support), `</n:PES_Aller>`,
			`<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>`+pjXML("A1", pdf(), "")+`</PES_PJ></n:PES_Aller>`)
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		Encodage:             in(depenseXML("ISO-8859-1", "UTF-8")),
		VersionEnveloppe:     in(depenseXML(`<Version V="2"/>`, `<Version V="1"/>`)),
		FinJur:               with(m57, depenseXML(`<CodCol V`, `<FinJur V="560000001"/><CodCol V`)),
		IdVer:                in(depenseXML(`<IdVer V="2"/>`, `<IdVer V="1"/>`)),
		DematerialiseSigne:   in(depenseXML(`<InfoDematerialisee V="0"/>`, `<InfoDematerialisee V="1"/>`)),
		NombrePieces:         in(depenseXML(`<NbrPce V="1"/>`, `<NbrPce V="3"/>`)),
		CumulAnnuel:          in(depenseXML(`<InfoDematerialisee V="0"/>`, `<InfoDematerialisee V="1"/>`, `<MtCumulAnnuel V="120.00"/>`, ``)),
		TVA:                  in(depenseXML(`<MtBordTVA V="20.00"/>`, ``)),
		Totaux:               in(depenseXML(`<MtBordHT V="100.00"/>`, `<MtBordHT V="100.01"/>`)),
		TypeBordereau:        in(depenseXML(`<TypBord V="01"/>`, `<TypBord V="04"/>`)),
		Triplet:              in(depenseXML(`<TypPce V="01"/>`, `<TypPce V="12"/>`)),
		CompteAbsent:         in(depenseXML(`<CpteBancaire><BIC V="SOGEFRPP"/><IBAN V="FR7630003030000001234567845"/><TitCpte V="ESSAI"/></CpteBancaire>`, ``)),
		CompteInterdit:       in(depenseXML(`<ModRegl V="03"/>`, `<ModRegl V="01"/>`)),
		CompteFaux:           in(depenseXML(`FR76300`, `FR77300`)),
		BanqueIntermediaire:  in(depenseXML(`<BIC V="SOGEFRPP"/><IBAN V="FR7630003030000001234567845"/>`, `<IdPayInt V="FR"/><CodeEtab V="30003"/><CodeGuic V="03000"/><IdCpte V="00012345678"/><CleRib V="45"/>`)),
		IdentifiantTiers:     in(depenseXML(`55208131766522`, `55208131766523`)),
		IdentifiantReserve:   in(depenseXML(`<IdTiers V="55208131766522"/><NatIdTiers V="01"/>`, `<IdTiers V="1234567890123"/><NatIdTiers V="12"/>`)),
		CiviliteTiers:        in(depenseXML(`<Nom V="ESSAI"/>`, `<Nom V="ESSAI"/><Prenom V="Jeanne"/>`)),
		NatureTiers:          in(depenseXML(`<NatJur V="03"/>`, `<NatJur V="11"/>`)),
		CodePostal:           in(depenseXML(`56950`, `5695`)),
		Pays:                 in(depenseXML(`<CodRes V="0"/>`, `<CodRes V="1"/>`)),
		Rattach:              in(depenseXML(`<TypPce V="01"/><NatPce V="01"/>`, `<TypPce V="02"/><NatPce V="09"/>`)),
		RattachLigne:         in(depenseXML(`</InfoLignePce>`, `</InfoLignePce><RattachPiece><NatPceOrig V="05"/><ExerRat V="2023"/><IdPceOrig V="7"/></RattachPiece>`)),
		Majoration:           in(recetteXML(`<Majo V="0"/>`, `<Majo V="1"/>`)),
		Convention:           in(depenseXML(`<TypPce V="01"/>`, `<TypPce V="06"/>`)),
		Hospitalier:          with(m57, recetteXML(`<Edition V="04"/>`, `<Edition V="04"/><DebFact V="2024-01-01"/>`)),
		HorsNomenclature:     with(Options{Nomenclature: "M57"}, depenseXML(`</InfoLignePce>`, `</InfoLignePce><InfoTVAHLM><RecTVA V="1"/><MtHtRes V="1"/></InfoTVAHLM>`)),
		NaissanceTiers:       in(recetteXML(`<Prenom V="Jeanne"/>`, `<Prenom V="Jeanne"/><LieuNaissance><NeEnFrance V="0"/><MetropoleDomCom><CodeDeptDomCom V="56"/></MetropoleDomCom></LieuNaissance>`)),
		PrelevementBloc:      in(recetteXML(`</InfoLignePiece>`, sepa)),
		AncienICS:            in(recetteXML(`</InfoLignePiece>`, sepa)),
		DateASP:              in(recetteXML(`<Edition V="04"/>`, `<DteAsp V="2024-03-14"/><Edition V="04"/>`)),
		PieceJustificative:   in(pesPJ(pjXML("A1", base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 en clair")), refComptaXML))),
		PJSuite:              in(pesPJ(pjXML("A1", pdf()+"", refComptaXML), pjXML("A2", trailing(), refComptaXML))),
		Vide:                 in(allerXML("")),
		BordereauDouble:      in(depenseXML(`</PES_DepenseAller>`, depenseBordereau+`</PES_DepenseAller>`)),
		BordereauSansId:      in(depenseXML(`<InfoDematerialisee V="0"/>`, `<InfoDematerialisee V="1"/>`)),
		PieceDouble:          in(depenseXML(`</Piece>`, `</Piece>`+depensePieceXML)),
		EditionASAP:          in(recetteXML(`<Edition V="04"/>`, `<Edition V="01"/>`)),
		EditionPatient:       in(recetteXML(`<Edition V="04"/>`, `<Edition V="05"/>`, `<CatTiers V="01"/>`, `<CatTiers V="25"/>`)),
		Mademoiselle:         in(recetteXML(`<Civilite V="Mme"/>`, `<Civilite V="Mlle"/>`)),
		PJDouble:             in(pesPJ(pjXML("A1", pdf(), refComptaXML), pjXML("A1", pdf(), refComptaXML))),
		PJSupport:            in(withPJ("02")),
		PJType:               in(pesPJ(pjXML("A1", zipped("<a/>"), refComptaXML))),
		PJOrpheline:          in(pesPJ(pjXML("A1", pdf(), ""))),
		PJAilleurs:           in(depenseXML(`<Obj V="PAPIER"/>`, ref("01"))),
		NonSigne:             in(depenseXML(`<InfoDematerialisee V="0"/>`, `<InfoDematerialisee V="1"/>`, `</Bordereau>`, signatureXML+`</Bordereau>`+depenseBordereau)),
		NIRRecette:           in(recetteXML(`<RefTiers V="F1"/>`, `<IdTiers V="299019999999929"/><NatIdTiers V="04"/><RefTiers V="F1"/>`)),
		RacineInconnue:       in(declaration + `<PES_Autre/>`),
		ReponseAncienne:      in(`<n:PES_Acquit xmlns:n="http://www.minefi.gouv.fr/cp/helios/pes"/>`),
		AcquitVide:           in(`<n:PES_ACQUIT xmlns:n="` + NamespaceAcquit + `"><ACQUIT><EnTeteAcquit><IdVer V="2"/></EnTeteAcquit></ACQUIT></n:PES_ACQUIT>`),
		EspaceDeNoms:         in(strings.Replace(depenseXML(), ` xmlns:n=`, ` xmlns="urn:x" xmlns:n=`, 1)),
		SignatureNonVerifiee: in(depenseXML(`</Bordereau>`, signatureXML+`</Bordereau>`)),
		PJSignature: func(t testing.TB) *report.Report {
			return mustVerify(t, pesPJ(pjXML("A1", zipped(altered(signedPDF(t))), refComptaXML)), Options{}).Report
		},
		PJSignatureNonVerifiee: func(t testing.TB) *report.Report {
			return mustVerify(t, pesPJ(pjXML("A1", zipped("%PDF-1.7\n<< /ByteRange [0 1 2 3] >>\n"), refComptaXML)), Options{}).Report
		},
		AcquitNonLie:      answered(``, `<NomFic V="F1"/>`, `<NomFic V="F2"/>`),
		AcquitMuet:        answered(``),
		AcquitPJDouble:    answered(`<ElementACQUIT><DomaineAck V="4"/><EtatAck V="0"/><IdUnique V="A1"/><Erreur><NumAnoAck V="ERREUR_DOUBLON_PJ"/></Erreur></ElementACQUIT>`),
		CompteHorsPlan:    with(Options{Plan: plan()}, depenseXML(`<Nature V="60632"/>`, `<Nature V="60633"/>`)),
		CaractereRefuse:   wrote(CaracteresRefuses),
		CaractereRemplace: wrote(CaracteresTranslitteres),
		S2LOW:             with(Options{Profile: ProfilS2LOW}, allerXML("")),
		STELA:             with(Options{Profile: ProfilSTELA}, depenseXML()),
	})
}

// plan is a plan of accounts with one account.
func plan() *budget.Plan {
	p, err := budget.ReadPlan(context.Background(), strings.NewReader(`<N><Nature><Comptes><Compte Code="60632" Libelle="Fournitures"/></Comptes></Nature></N>`))
	if err != nil {
		panic(err)
	}
	return p
}

// wrote composes a document that holds characters ISO-8859-1 has not.
func wrote(c Caracteres) func(testing.TB) *report.Report {
	return func(t testing.TB) *report.Report {
		r, err := Ecrire(context.Background(), io.Discard, Ecriture{Caracteres: c}, composed)
		if r == nil {
			t.Fatal(err)
		}
		return r.Report
	}
}

// trailing is a gzip with bytes after its end.
func trailing() string {
	b, _ := base64.StdEncoding.DecodeString(pdf())
	return base64.StdEncoding.EncodeToString(append(b, "suite"...))
}

func TestNothingIsWrongWithSoundFiles(t *testing.T) {
	for name, doc := range map[string]string{"dépense": depenseXML(), "recette": recetteXML(), "PES PJ": pesPJ(pjXML("A1", pdf(), refComptaXML))} {
		r := mustRead(t, doc, Options{Nomenclature: "M57"})
		if !r.Lu || r.Report.Total() != 0 || r.Etat != EtatAccepte || r.Portee != PorteeAucune {
			t.Errorf("%s: %s; %s, %s", name, codes(r.Report), r.Etat, r.Portee)
		}
	}
}

// TestProfilesOnlyWeaken: what Hélios would reject is a warning to someone who
// asks whether an operator would carry the file.
func TestProfilesOnlyWeaken(t *testing.T) {
	doc := depenseXML(`FR76300`, `FR77300`, `<IdVer V="2"/>`, `<IdVer V="1"/>`, `<Exer V="2024"/>`, `<Exer V="x"/>`)
	if r := mustRead(t, doc, Options{}); r.Report.Valid() || r.Portee != PorteeFlux {
		t.Errorf("dgfip: %s, %s", r.Portee, codes(r.Report))
	}
	r := mustRead(t, doc, Options{Profile: ProfilS2LOW})
	if !r.Report.Valid() || r.Etat != EtatTransmis || r.Portee != PorteeFlux || len(r.Regles) != 2 {
		t.Errorf("s2low: %s, %s, %s, %v", r.Etat, r.Portee, codes(r.Report), r.Regles)
	}
	if r := mustRead(t, doc, Options{Profile: ProfilXSD}); r.Report.Valid() || r.Report.Has(CompteFaux) {
		t.Errorf("xsd: %s", codes(r.Report))
	}
}

func acquitXML(elements string, replacements ...string) string {
	return replaced(declaration+`<n:PES_ACQUIT xmlns:n="`+NamespaceAcquit+`">`+enveloppeXML+`<ACQUIT><EnTeteAcquit><IdVer V="2"/></EnTeteAcquit>`+
		`<ElementACQUIT><DomaineAck V="6"/><EtatAck V="1"/></ElementACQUIT>`+elements+`</ACQUIT></n:PES_ACQUIT>`, replacements)
}

// answered compares a mandat with a PJ with what is answered to it.
func answered(elements string, replacements ...string) func(testing.TB) *report.Report {
	return func(t testing.TB) *report.Report {
		sent := depenseXML(`</n:PES_Aller>`, `<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>`+pjXML("A1", pdf(), "")+`</PES_PJ></n:PES_Aller>`)
		e, err := Inventorier(context.Background(), strings.NewReader(sent), Options{})
		if err != nil {
			t.Fatal(err)
		}
		rep := report.New(report.Options{})
		e.Rapprocher(mustRead(t, acquitXML(elements, replacements...), Options{})).Signaler(rep)
		return rep
	}
}

// A fault is located as the people of finance locate it: by the numbers of
// bordereau, piece and line, which nothing but a code can stand in.
func TestFindingsNameTheBordereauAndThePiece(t *testing.T) {
	for _, c := range []struct {
		doc  string
		rule *report.Rule
		want string
	}{
		{depenseXML(`FR76300`, `FR77300`), CompteFaux, "bordereau 2024/12, pièce 345, ligne de pièce 1"},
		{depenseXML(`<TypPce V="01"/>`, `<TypPce V="12"/>`), Triplet, "bordereau 2024/12, pièce 345"},
		{depenseXML(`<MtBordHT V="100.00"/>`, `<MtBordHT V="100.01"/>`), Totaux, "bordereau 2024/12"},
		{depenseXML(`FR76300`, `FR77300`, `<IdPce V="345"/>`, `<IdPce V="Jeanne D."/>`), CompteFaux, "bordereau 2024/12, pièce illisible, ligne de pièce 1"},
		{recetteXML(`<Edition V="04"/>`, `<Edition V="01"/>`), EditionASAP, "bordereau 2024/7, pièce 88"},
		{depenseXML(`<InfoDematerialisee V="0"/>`, `<InfoDematerialisee V="1"/>`), DematerialiseSigne, ""},
	} {
		found := false
		for f := range mustRead(t, c.doc, Options{}).Report.All() {
			if f.Rule != c.rule {
				continue
			}
			found = true
			if f.Where.Label != c.want {
				t.Errorf("%s: %q, want %q", c.rule, f.Where.Label, c.want)
			}
		}
		if !found {
			t.Errorf("%s is not found", c.rule)
		}
	}
}

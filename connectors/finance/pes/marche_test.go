package pes

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const marcheXML = `<PES_Marche><EnTeteMarche><IdVer V="1"/></EnTeteMarche><Marches><Marche><IdentifiantMarche><IdContrat V="2024REF1"/>` +
	`<NumeroOrdreModification V="00"/><SequenceEnvoi V="001"/><CaractereCorrectifEnregistrement V="0"/></IdentifiantMarche>` +
	`<URLProfilAcheteur V="essai.invalid"/><PA><IdPA V="21560046100010"/><NomPA V="ESSAI"/></PA>` +
	`<Acheteurs><Acheteur><IdAcheteur V="21560046100010"/><NomAcheteur V="UN"/></Acheteur><Acheteur><IdAcheteur V="2"/><NomAcheteur V="DEUX"/></Acheteur></Acheteurs>` +
	`<NatureMarche V="01"/><Objet V="VOIRIE"/><DureeEnMois V="12"/><MontantHTNotifie V="1500.50"/><DateNotification V="2024-03-01"/>` +
	`<Operateurs><Titulaire><NatIdTitulaire V="01"/><IdTitulaire V="55208131766522"/><DenominationSociale V="TITULAIRE"/></Titulaire></Operateurs>` +
	`<PJRefs><PJRef><Support V="01"/><IdUnique V="C1"/><TypePJ V="009"/><NomPJ V="contrat.pdf"/></PJRef></PJRefs></Marche>` +
	`<Concessions><Concession><IdentifiantConcession><IdContrat V="2024REF2"/></IdentifiantConcession><Concessionnaires>` +
	`<Concessionnaire><NatIdConcessionnaire V="01"/><IdConcessionnaire V="3"/><DenominationSociale V="TROIS"/></Concessionnaire></Concessionnaires>` +
	`<NatureConcession V="02"/><DureeMoisInitiale V="36"/><ValeurGlobale V="9000.00"/></Concession></Concessions></Marches></PES_Marche>`

const factureXML = `<PES_Facture><IdVer V="1"/><Annee V="2024"/><TypeFact V="09"/><Date V="2024-03-15"/>` +
	`<Emetteur><InfoTiers><CatTiers V="21"/><Nom V="COMMUNE"/></InfoTiers><CptBancaire><IBAN V="FR7630003030000001234567845"/></CptBancaire></Emetteur>` +
	`<FactureIndiv><DateEmission V="2024-03-14"/><NumeroFacture V="F-1"/><Debiteur><InfoTiers><Nom V="DEBITEUR"/></InfoTiers><Adresse><Ville V="CRACH"/></Adresse></Debiteur>` +
	`<Objet V="CANTINE"/><LigneFacture><MtTTC V="3.00"/></LigneFacture><LigneFacture><MtTTC V="4.00"/></LigneFacture>` +
	`<TotalAPayer><MtTotalHT V="7.00"/><MtTotalTVA V="0.00"/><MtTotalTTC V="7.00"/></TotalAPayer></FactureIndiv>` +
	`<FactureIndiv><NumeroFacture V="F-2"/><Debiteur><InfoTiers><Nom V="AUTRE"/></InfoTiers></Debiteur><Destinataire><InfoTiers><Nom V="TIERS"/></InfoTiers></Destinataire>` +
	`<LigneFacturePatient><MtRestantDu V="12.30"/></LigneFacturePatient></FactureIndiv></PES_Facture>`

// TestMarchesAndFacturesAreTold: each contract, concession and invoice is an item,
// with what was written of it and of no other.
func TestMarchesAndFacturesAreTold(t *testing.T) {
	doc := allerXML(factureXML + marcheXML)
	var marches []*Marche
	var factures []*Facture
	var order []string
	r := mustRead(t, doc, Options{Visit: func(it Item) error {
		order = append(order, fmt.Sprintf("%T", it))
		switch x := it.(type) {
		case *Marche:
			marches = append(marches, x)
		case *Facture:
			factures = append(factures, x)
		}
		return nil
	}})
	if got := strings.Join(order, " "); got != "*pes.Entete *pes.Facture *pes.Facture *pes.Marche *pes.Marche" || r.Facts.Marches != 2 || !r.Facts.Facture {
		t.Fatal(got)
	}
	m, c := marches[0], marches[1]
	if m.Concession || m.IdContrat != "2024REF1" || m.SequenceEnvoi != "001" || m.Nature != "01" || m.Objet != "VOIRIE" || m.Duree != "12" ||
		m.Montant.Ecrit != "1500.50" || m.DateNotification != "2024-03-01" || m.URLProfilAcheteur != "essai.invalid" ||
		!reflect.DeepEqual(m.Acheteurs, []Acheteur{{"21560046100010", "UN"}, {"2", "DEUX"}}) ||
		!reflect.DeepEqual(m.Titulaires, []Titulaire{{"01", "55208131766522", "TITULAIRE"}}) ||
		!reflect.DeepEqual(m.PJRefs, []PJRef{{"01", "C1", "contrat.pdf", "009"}}) {
		t.Errorf("contract: %+v", m)
	}
	if !c.Concession || c.IdContrat != "2024REF2" || c.Nature != "02" || c.Duree != "36" || c.Montant.Ecrit != "9000.00" || c.Acheteurs != nil ||
		!reflect.DeepEqual(c.Titulaires, []Titulaire{{"01", "3", "TROIS"}}) {
		t.Errorf("concession: %+v", c)
	}
	f, p := factures[0], factures[1]
	if f.Lot != p.Lot || f.Lot.Annee != "2024" || f.Lot.TypeFact != "09" || f.Lot.Emetteur.Nom != "COMMUNE" || f.Lot.Emetteur.Compte.IBAN == "" {
		t.Errorf("what the invoices have in common: %+v", f.Lot)
	}
	if f.NumeroFacture != "F-1" || f.Objet != "CANTINE" || f.Debiteur.Nom != "DEBITEUR" || f.Debiteur.Adresse.Ville != "CRACH" || f.Destinataire != nil ||
		f.Lignes != 2 || f.MtTotalTTC.Ecrit != "7.00" || f.Patient {
		t.Errorf("invoice: %+v", f)
	}
	if p.NumeroFacture != "F-2" || p.Debiteur.Nom != "AUTRE" || p.Debiteur.Adresse != nil || p.Destinataire.Nom != "TIERS" || !p.Patient ||
		p.MtRestantDu.Ecrit != "12.30" || p.MtTotalTTC.Ecrit != "" {
		t.Errorf("invoice of a patient: %+v", p)
	}
	for _, x := range []struct {
		e    Etendue
		name string
	}{{m.Etendue, "Marche"}, {c.Etendue, "Concession"}, {f.Etendue, "FactureIndiv"}, {p.Etendue, "FactureIndiv"}} {
		if s := doc[x.e.Debut:x.e.Fin]; !strings.HasPrefix(s, "<"+x.name+">") || !strings.HasSuffix(s, "</"+x.name+">") {
			t.Errorf("%s stands at %.30q", x.name, s)
		}
	}
}

// TestPartiesOfAContractAreBounded: those beyond the bound change none of the others.
func TestPartiesOfAContractAreBounded(t *testing.T) {
	one := `<Acheteur><IdAcheteur V="2"/></Acheteur>`
	doc := allerXML(replaced(marcheXML, []string{`<Acheteur><IdAcheteur V="2"/><NomAcheteur V="DEUX"/></Acheteur>`,
		strings.Repeat(one, 2*maxTiers) + `<Acheteur><NomAcheteur V="LOIN"/></Acheteur>`}))
	mustRead(t, doc, Options{Visit: func(it Item) error {
		if m, ok := it.(*Marche); ok && !m.Concession && (len(m.Acheteurs) != maxTiers || m.Acheteurs[maxTiers-1] != Acheteur{IdAcheteur: "2"}) {
			t.Errorf("%d buyers", len(m.Acheteurs))
		}
		return nil
	}})
}

package pes

import "github.com/liasse/liasse/ged/report"

// Marche is a contract of PES_Marche, or a concession: what names it, its
// amounts and dates, and its parties. What the schemas allow beyond (execution,
// modifications, subcontractors) is judged by them and not kept.
type Marche struct {
	Concession bool
	// The identifier. CaractereCorrectifEnregistrement 1 means that it corrects what
	// was sent before.
	IdContrat, NumeroOrdreModification, SequenceEnvoi string
	CaractereCorrectifEnregistrement                  string
	URLProfilAcheteur                                 string
	// Nature and Procedure are codes of the tables of the one or the other.
	Nature, Procedure, Objet                 string
	CodeCPV                                  string // contracts
	CodeLieuExecution, TypeCode              string
	NomLieuExecution                         string
	Duree                                    string // in months: DureeEnMois, DureeMoisInitiale
	Montant                                  Montant
	MontantSubventionPublique                Montant // concessions
	DateSignature, DateDebutExecution        string
	DateNotification, DatePublicationDonnees string
	Acheteurs                                []Acheteur  // contracts
	Titulaires                               []Titulaire // Titulaire, Concessionnaire
	PJRefs                                   []PJRef     // contracts
	Where                                    report.Location
	Etendue                                  Etendue
}

// Acheteur is a buyer.
type Acheteur struct{ IdAcheteur, NomAcheteur string }

// Titulaire is who holds a contract. It is personal data when that is a person.
type Titulaire struct{ NatId, Id, Denomination string }

// LotFacture is what the invoices of a PES_Facture have in common. Its Emetteur is the
// same for all.
type LotFacture struct {
	IdVer, Annee, NumSequence, TypeFact, Date string
	Emetteur                                  Tiers
	Where                                     report.Location
}

// Facture is an invoice of PES_Facture: an avis des sommes à payer, most often. Its
// lines are counted, and judged by the schemas.
type Facture struct {
	Lot                               *LotFacture
	DateEmission, DateReglement       string
	NumeroFacture, Objet              string
	Debiteur                          Tiers
	Destinataire                      *Tiers
	Lignes                            int
	MtTotalHT, MtTotalTVA, MtTotalTTC Montant
	// Patient says that it is that of a patient, who owes MtRestantDu: it has one
	// line and no totals.
	Patient     bool
	MtRestantDu Montant
	Where       report.Location
	Etendue     Etendue
}

func (*Marche) item()  {}
func (*Facture) item() {}

const (
	champsContrat = "IdContrat NumeroOrdreModification SequenceEnvoi CaractereCorrectifEnregistrement"
	champsLieu    = "CodeLieuExecution TypeCode NomLieuExecution"
	champsMarche  = `URLProfilAcheteur NatureMarche=Nature Objet CodeCPV ProcedureMarche=Procedure DureeEnMois=Duree DateDebutExecution
		MontantHTNotifie=Montant DateSignature DateNotification DatePublicationDonnees`
	champsConcession = `URLProfilAcheteur NatureConcession=Nature Objet ProcedureConcession=Procedure DureeMoisInitiale=Duree
		ValeurGlobale=Montant MontantSubventionPublique DateSignature DatePublicationDonnees DateDebutExecution`
	champsTitulaire       = "NatIdTitulaire=NatId IdTitulaire=Id DenominationSociale=Denomination"
	champsConcessionnaire = "NatIdConcessionnaire=NatId IdConcessionnaire=Id DenominationSociale=Denomination"
	champsLot             = "IdVer Annee NumSequence TypeFact Date"
	champsFacture         = "DateEmission DateReglement NumeroFacture Objet"
	champsTotaux          = "MtTotalHT MtTotalTVA MtTotalTTC"
	champsTiersFacture    = "IdTiers NatIdTiers DteIdTiers RefTiers CatTiers NatJur TypTiers Civilite Nom ComplNom Prenom"
)

// marcheNode reads a contract, or a concession.
func marcheNode(concession bool, kids map[string]*node) *node {
	return &node{
		kids: kids,
		begin: func(d *decoder) {
			d.facts.Marches++
			d.marche = &Marche{Concession: concession, Where: d.where()}
		},
		end: func(d *decoder) error {
			m := d.marche
			m.Etendue = Etendue{m.Where.Offset, d.r.End()}
			d.marche = nil
			if err := d.tellEntete(); err != nil {
				return err
			}
			return d.visit(m)
		},
	}
}

func marche(d *decoder) *Marche { return d.marche }

// latest reads into the last entry of a list, which every element opens.
func latest[T any](list func(*decoder) *[]T, champs string) *node {
	return &node{
		kids: fields(func(d *decoder) *T {
			l := *list(d)
			if d.past || len(l) == 0 {
				return nil
			}
			return &l[len(l)-1]
		}, champs),
		begin: func(d *decoder) {
			l := list(d)
			if d.past = len(*l) >= maxTiers; !d.past {
				*l = append(*l, *new(T))
			}
		},
	}
}

func titulaires(d *decoder) *[]Titulaire { return &d.marche.Titulaires }

var pesMarche = map[string]*node{
	"Marches":     {kids: map[string]*node{"Marche": contrat, "Concessions": concessions}},
	"Concessions": concessions,
}

var contrat = marcheNode(false, with(fields(marche, champsMarche), map[string]*node{
	"IdentifiantMarche": holds(fields(marche, champsContrat)),
	"LieuExecution":     holds(fields(marche, champsLieu)),
	"Acheteurs": holds(map[string]*node{
		"Acheteur": latest(func(d *decoder) *[]Acheteur { return &d.marche.Acheteurs }, "IdAcheteur NomAcheteur")}),
	"Operateurs": holds(map[string]*node{"Titulaire": latest(titulaires, champsTitulaire)}),
	"PJRefs":     holds(map[string]*node{"PJRef": pjRef(func(d *decoder) *[]PJRef { return &d.marche.PJRefs })}),
}))

var concessions = holds(map[string]*node{"Concession": marcheNode(true, with(fields(marche, champsConcession), map[string]*node{
	"IdentifiantConcession": holds(fields(marche, champsContrat)),
	"LieuExecution":         holds(fields(marche, champsLieu)),
	"Concessionnaires":      holds(map[string]*node{"Concessionnaire": latest(titulaires, champsConcessionnaire)}),
}))})

func facture(d *decoder) *Facture { return d.facture }

// tiersFacture reads a party of an invoice.
func tiersFacture(of func(*decoder) *Tiers) *node {
	return &node{
		kids: map[string]*node{
			"InfoTiers": holds(fields(of, champsTiersFacture)),
			"Adresse":   holds(fields(func(d *decoder) *Adresse { return lazily(&of(d).Adresse) }, champsAdresse)),
			// The account of an Emetteur is named otherwise.
			"CptBancaire":  compteFacture(of),
			"CpteBancaire": compteFacture(of),
		},
		begin: func(d *decoder) {
			if t := of(d); t.Where.IsZero() {
				t.Where = d.where()
			}
		},
	}
}

func compteFacture(of func(*decoder) *Tiers) *node {
	return holds(fields(func(d *decoder) *Compte { return lazily(&of(d).Compte) }, champsRIB+champsIBAN+" TitCpte"))
}

var pesFacture = &node{
	kids: with(fields(func(d *decoder) *LotFacture { return d.lot }, champsLot), map[string]*node{
		"Emetteur": tiersFacture(func(d *decoder) *Tiers { return &d.lot.Emetteur }),
		"FactureIndiv": {
			kids: with(fields(facture, champsFacture), map[string]*node{
				"Debiteur":     tiersFacture(func(d *decoder) *Tiers { return &d.facture.Debiteur }),
				"Destinataire": tiersFacture(func(d *decoder) *Tiers { return lazily(&d.facture.Destinataire) }),
				"LigneFacture": {begin: func(d *decoder) { d.facture.Lignes++ }},
				"TotalAPayer":  holds(fields(facture, champsTotaux)),
				"LigneFacturePatient": {
					kids:  fields(facture, "MtRestantDu"),
					begin: func(d *decoder) { d.facture.Patient = true; d.facture.Lignes++ },
				},
			}),
			begin: func(d *decoder) { d.facture = &Facture{Lot: d.lot, Where: d.where()} },
			end: func(d *decoder) error {
				f := d.facture
				f.Etendue = Etendue{f.Where.Offset, d.r.End()}
				d.facture = nil
				if err := d.tellEntete(); err != nil {
					return err
				}
				return d.visit(f)
			},
		},
	}),
	begin: func(d *decoder) {
		d.facts.Facture = true
		d.lot = &LotFacture{Where: d.where()}
	},
}

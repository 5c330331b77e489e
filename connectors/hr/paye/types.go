package paye

import "github.com/liasse/liasse/ged/report"

// Namespace is that of DocumentPaye.
const Namespace = "http://www.minefi.gouv.fr/cp/helios/pes_v2/paye_1_1"

// Version is the version of the format, as its namespace has it.
const Version = "1.1"

// Item is what reading yields, in document order: [*Entete], [*Etablissement],
// [*Bulletin], [*Nomenclatures], [*Repartition].
type Item interface{ item() }

func (*Entete) item()        {}
func (*Etablissement) item() {}
func (*Bulletin) item()      {}
func (*Nomenclatures) item() {}
func (*Repartition) item()   {}

// Element is an element this package has no field for, as it was read. It has a
// value (attribute V) or children.
type Element struct {
	Nom, V  string
	Valeur  bool // attribute V is there
	Enfants []*Element
}

// The fields of the structures below are the elements of the same names, in the
// order of the schema; "" is an element that is absent or empty. Those marked !
// are mandatory, and are written even when empty.

// Entete is what precedes the agents.
type Entete struct {
	IdVer     string `paye:"!"`
	Annee     string `paye:"!"`
	Mois      string `paye:"!"`
	Train     string
	Budget    *Budget
	Employeur *Employeur
	Autres    []*Element
	Where     report.Location // of the root
}

// Budget is the budget the pay is charged to: code 00 is the main one, 99 several.
type Budget struct{ Libelle, Code string }

// Employeur is who pays.
type Employeur struct {
	Nom       string `paye:"!"`
	APE       string
	Adresse   *Adresse
	NumUrssaf string
	Siret     string `paye:"!"`
	Autres    []*Element
}

// Adresse is a postal address.
type Adresse struct {
	TypAdr, Adr1, Adr2, Adr3, CP, Ville, CodRes, CodPays string
	Autres                                               []*Element
}

// Etablissement begins a block DonneesIndiv: the agents that follow are of it.
// All its fields are empty where the file names none (Nomme false).
type Etablissement struct {
	Nom, NumUrssaf string
	Adresse        *Adresse
	Siret          string
	Autres         []*Element
	Nomme          bool
}

// Bulletin is PayeIndivMensuel: the pay of an agent for a month. It is personal
// data throughout.
type Bulletin struct {
	Numero            int // from 1, in document order
	Agent             *Agent
	Evenement         []*Element
	Service           string `paye:"!"`
	NBI               []string
	QuotiteTrav       string `paye:"!"`
	Periode           *Periode
	Remuneration      []Ligne
	NbHeureTotal      string
	TauxHor           string
	NbHeureSup        string `paye:"!"`
	MtBrut            string `paye:"!"`
	MtNet             string `paye:"!"`
	MtNetAPayer       string `paye:"!"`
	DatePaiement      string `paye:"!"`
	MtImposable       string `paye:"!"`
	CumulMtImposable  string `paye:"!"`
	CumulMtBrut       string `paye:"!"`
	CumulBaseSS       string `paye:"!"`
	RepartitionBudget []RepartitionBudget
	PJRef             []PJRef
	Autres            []*Element
	Where             report.Location
	remunere          bool // Remuneration is there
	absents           []string
}

// Agent is the person paid.
type Agent struct {
	Civilite           string
	Nom                string `paye:"!"`
	ComplNom, Prenom   string
	Matricule          string `paye:"!"`
	NIR                string `paye:"!"`
	Adresse            *Adresse
	NbEnfants          string
	Statut             string
	RefNomenStatutaire *Correspondance
	EmploiMetier       string
	Grade              string
	Echelon            string
	Indice             string
	CptBancaire        *CptBancaire
	Autres             []*Element
}

// CptBancaire is the account the pay goes to.
type CptBancaire struct {
	CodeEtab, CodeGuic, IdCpte, CleRib, BIC, IBAN, LibBanc, TitCpte string
	Autres                                                          []*Element
}

// Periode is what is paid for, AAAA-MM-JJ.
type Periode struct{ DateDebut, DateFin string }

// Ligne is a line of Remuneration. Categorie is the name of the element:
// TraitBrut, IndemResid, SupFam, Indemnite, RemDivers, Deduction, Retenue,
// Cotisation…, or any other the file has.
type Ligne struct {
	Categorie  string `paye:"-"`
	Libelle    string `paye:"!"`
	Code       string `paye:"!"`
	Base       string
	Taux       string
	NbUnite    string
	Mt         string `paye:"!"`
	CodeCaisse string
	Ordre      string
	Autres     []*Element
}

// RepartitionBudget charges a share of the pay to a budget; Taux 1 is the whole.
type RepartitionBudget struct {
	CodeBudget, Taux string
	Autres           []*Element
}

// PJRef announces a pièce justificative of the same PES.
type PJRef struct{ Support, IdUnique, NomPJ, TypePJ string }

// Nomenclatures give the codes of the statement their labels.
type Nomenclatures struct {
	NomenclatureEvtPaye      *Nomenclature
	NomenclatureRubriquePaye *Nomenclature
	NomenclatureCaisse       *Nomenclature
	NomenclatureBudget       *Nomenclature
	NomenclatureNature       *Nomenclature
	NomenclatureStatut       *Nomenclature
	Autres                   []*Element
}

// Nomenclature is one list of codes.
type Nomenclature struct {
	Description    string `paye:"!"`
	Correspondance []Correspondance
	Autres         []*Element
}

// Correspondance gives a code its label.
type Correspondance struct {
	Libelle                                  string
	Code                                     string
	CodeCaisse, CodeNatureEmp, CodeNatureSal string
	Autres                                   []*Element
}

// Repartition is RepartitionParNature, as it stands.
type Repartition struct{ Autres []*Element }

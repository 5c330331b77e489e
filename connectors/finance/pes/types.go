package pes

import (
	"strings"

	"github.com/liasse/liasse/actes/signature/pades"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Root is the local name of the root element of a document.
type Root string

// The documents of PES v2.
const (
	Aller        Root = "PES_Aller"
	Acquit       Root = "PES_ACQUIT"
	NonAcquit    Root = "PES_NonACQUIT" // of no schema that is public, in any capitals
	Retour       Root = "PES_Retour"
	AcquitRetour Root = "PES_ACQUIT_RETOUR"
)

// rootOf is the document a root element of the name begins, "" for none. The
// answers of the first protocol are known by their names in any capitals, as
// S²LOW does: PES_NonACQUIT, and PES_Acquit before PES v2.
func rootOf(local string) Root {
	switch r := Root(local); {
	case strings.EqualFold(local, string(NonAcquit)):
		return NonAcquit
	case strings.EqualFold(local, string(Acquit)):
		return Acquit
	case kinds[r] != "":
		return r
	}
	return ""
}

// unschemed reports whether no public schema describes the root element: what
// the first protocol answered.
func unschemed(name *xmlcore.Name) bool {
	switch rootOf(name.Local) {
	case NonAcquit:
		return true
	case Acquit:
		return name.Local != string(Acquit) && !strings.Contains(name.Space, "/pes_v2/")
	}
	return false
}

// The namespaces of the root elements; every element inside is in none.
const (
	NamespaceAller        = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"
	NamespaceRetour       = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour"
	NamespaceAcquit       = NamespaceRetour + "/v2"
	NamespaceAncienAcquit = NamespaceRetour // of PES_ACQUIT before version 2
	NamespaceAcquitRetour = NamespaceAller + "/ack"
)

// Domaine is the part of a PES_Aller a bordereau stands in.
type Domaine uint8

// The domains that hold bordereaux.
const (
	Depense Domaine = iota + 1
	Recette
)

// String returns the name of the domain in small letters.
func (d Domaine) String() string {
	switch d {
	case Depense:
		return "dépense"
	case Recette:
		return "recette"
	}
	return ""
}

// Code returns the code RefCompta/Domaine uses: 01 or 02.
func (d Domaine) Code() string {
	switch d {
	case Depense:
		return "01"
	case Recette:
		return "02"
	}
	return ""
}

// CarteVisite names a piece of software.
type CarteVisite struct{ Sigle, Adresse string }

// Entete is what every document begins with: Enveloppe and EnTetePES. Values
// are as written, "" where there is none.
type Entete struct {
	Version, TypFic, NomFic       string
	Emetteur, Recepteur           CarteVisite
	DteStr, IdPost, LibellePoste  string
	IdColl, FinJur                string
	CodCol, CodBud, LibelleColBud string
	Where                         report.Location // of the root
	WhereEntete                   report.Location // of EnTetePES; zero when absent
}

// Item is what reading a PES_Aller yields, in document order: *[Entete],
// *[EnteteDomaine], *[Bordereau], *[Piece], *[Ligne], *[FinBordereau], *[Facture],
// *[Marche], *[PJ].
type Item interface{ item() }

func (*Entete) item()        {}
func (*EnteteDomaine) item() {}
func (*Bordereau) item()     {}
func (*FinBordereau) item()  {}
func (*Piece) item()         {}
func (*Ligne) item()         {}
func (*PJ) item()            {}

// Bordereau is the head of a bordereau: what precedes its pieces.
type Bordereau struct {
	Domaine       Domaine
	ID            string // attribute Id, "" if there is none
	Exer, IdBord  string
	DteBordEm     string
	TypBord       string
	NbrPce        string
	MtCumulAnnuel Montant
	MtBordHT      Montant
	MtBordTVA     Montant
	DteAsp, Objet string // recette
	Where         report.Location
}

// Cle identifies the bordereau as acquits do: "2024/12".
func (b *Bordereau) Cle() string { return cle(b.Exer, b.IdBord) }

func cle(exercice, numero string) string { return number(exercice) + "/" + number(numero) }

// FinBordereau follows the last piece of a bordereau.
type FinBordereau struct {
	*Bordereau
	Pieces, Lignes    int
	SommeHT, SommeTVA Centimes // of the lines
	Signe             bool     // a ds:Signature is its child
	Etendue           Etendue
}

// Piece is the head of a mandat or titre: what precedes its lines.
type Piece struct {
	Bordereau         *Bordereau
	CodServ, Affect   string
	IdPce             string
	TypPce, NatPce    string
	Objet             string // Obj of a mandat, ObjPce of a titre
	PJRefs            []PJRef
	DteEch            string // dépense
	PJ                string // dépense: a text
	CarteAchatNiveau1 string // dépense
	DGP               *DGP   // dépense
	// Recette.
	IdRol, DteAsp, Edition                        string
	DebFact, FinFact, NumDette, Per, Cle1, Cle2   string
	NumeroFacture, NumeroMarche, NumeroEngagement string
	CodeService, NomService                       string
	Where                                         report.Location
}

// DGP is the délai global de paiement. Dgp 0 means that the delay applies.
type DGP struct{ Dgp, DteDebDgp, DteFinDgp, DureeDgp, CodIntMor, TxIntMor string }

// PJRef announces a pièce justificative.
type PJRef struct{ Support, IdUnique, NomPJ, TypePJ string }

// Ligne is a line of a mandat or titre, with its tiers.
type Ligne struct {
	Piece                                        *Piece
	IdLigne, Nature                              string
	Fonction                                     string
	Operation                                    string
	ModRegl                                      string // dépense
	TVAIntraCom                                  string // TvaIntraCom in recette
	MtHT, MtTVA                                  Montant
	PJRefs                                       []PJRef
	CptAna, Facture, LibVir1, LibVir2, CpteTiers string  // dépense
	MtFactHT                                     Montant // dépense
	InfoTVAHLM                                   bool    // dépense: the block is there
	RecTVA, CodOpSpec, IdOpSpec                  string  // dépense
	MtHtRes                                      Montant // dépense
	// Recette.
	ObjLignePce, CodProdLoc, FinGeo, CodEtGeo string
	TxTva, Majo, DteMajo, TxMajo              string
	Prelevement                               *Prelevement
	CodAssDeb, CodAyantDroit                  string
	Assure                                    bool // InfoAssure is there
	Rattach                                   *Rattachement
	Liens                                     Liens
	MtNonMajo                                 Montant
	CollBen                                   CollBen
	Recouvrements                             []Recouvrement
	Tiers                                     []Tiers
	Where                                     report.Location
}

// CollBen is InfoCollBen: the authority a titre is collected for.
type CollBen struct{ IdCollBen, CodCollBen, CodBudBen string }

// Recouvrement is a collection already made.
type Recouvrement struct {
	TypFlux, ModRegl, DteReco, IdEncaissement string
	MtReco                                    Montant
}

// Rattachement is RattachPiece: the piece a correction bears on.
type Rattachement struct{ NatPceOrig, ExerRat, IdPceOrig, IdLigneOrig string }

// Liens are the identifiers of LiensIdent.
type Liens struct{ IdConv, IdMarche, IdCaution, IdEmpruntOrdo, IdActif, IdRegie string }

// Prelevement is a direct debit, InfoPrelevement or InfoPrelevementSEPA.
type Prelevement struct {
	SEPA                          bool
	NatPrel, PerPrel, DtePrel     string
	MtPrel                        Montant
	SequencePres, DateSignMandat  string
	RefUniMdt, AncienRUM          string
	AncienICS, AncienIBAN         string
	AncienneBanque, TitCpteDiff   string
	LibPrel, AncienTiersCreancier string
}

// Tiers is a creditor or debtor. It is personal data.
type Tiers struct {
	IdTiers, NatIdTiers, DteIdTiers, RefTiers string
	CatTiers, NatJur, TypTiers                string // TypTiers: recette
	Civilite, Nom, ComplNom, Prenom           string
	DteNaissance                              string // recette
	Naissance                                 *Naissance
	Adresse                                   *Adresse
	Compte                                    *Compte
	Where                                     report.Location
}

// Naissance is LieuNaissance.
type Naissance struct {
	NeEnFrance                                  string
	Metropole, Etranger                         bool // the branches that are there
	CodeDeptDomCom, CodeCommune, LibelleCommune string
	CodePays, LibellePays                       string
}

// Adresse is a postal address.
type Adresse struct{ TypAdr, Adr1, Adr2, Adr3, CP, Ville, CodRes, CodPays, DteAdr string }

// Compte is a bank account, as RIB or as IBAN.
type Compte struct {
	IdPayInt, IdBancInt                string
	CodeEtab, CodeGuic, IdCpte, CleRib string
	BIC, IBAN                          string
	LibBanc, TitCpte, DteBanc          string
}

// PJ is a pièce justificative. Its content precedes its names in the file, so
// it is told of when it has been read to its end.
type PJ struct {
	Numero      int    // from 1, in document order
	MIMEType    string // as declared
	Contenu     Contenu
	IdUnique    string
	ServeurId   string
	NomPJ       string
	TypePJ      string
	Description string
	RefCompta   []RefCompta
	// Signatures are the verdicts on the signatures of a PDF, when [Verifier] reads
	// and there are any.
	Signatures *pades.Report
	// Deplacee says that it does not stand in PES_PJ.
	Deplacee   bool
	Where      report.Location
	Etendue    Etendue
	hasFichier bool
	finContenu int64 // offset of its end tag
}

// RefCompta links a PJ to what it justifies when that is in another file.
type RefCompta struct{ Domaine, Exercice, TypeObjet, Identifiant, ComplementIdentifiant, IdTiers string }

// number drops the blanks around a number and the zeros before it, so that
// " 012 " and "12" are one number; what is no plain number comes back as it is.
func number(s string) string {
	t := strings.Trim(s, " \t\r\n")
	t = strings.TrimPrefix(t, "+")
	if i := strings.IndexByte(t, '.'); i >= 0 && strings.Trim(t[i+1:], "0") == "" {
		t = t[:i]
	}
	for i := range len(t) {
		if t[i] < '0' || t[i] > '9' {
			return s
		}
	}
	t = strings.TrimLeft(t, "0")
	if t == "" && s != "" {
		return "0"
	}
	return t
}

// truth reads an xs:boolean.
func truth(s string) (value, ok bool) {
	switch strings.Trim(s, " \t\r\n") {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	}
	return false, false
}

// Etendue is where an element stands in the bytes as received: from the first
// of its start tag to just after its end tag.
type Etendue struct{ Debut, Fin int64 }

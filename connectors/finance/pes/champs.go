package pes

import (
	"reflect"
	"strings"
)

// The elements of a PES_Aller in the order of the schemas (5.17), for reading
// and for writing. "!" marks those that are mandatory where their block is,
// "Obj=Objet" those whose field has another name.
const (
	champsParametres   = "Version! TypFic! NomFic!"
	champsVisite       = "Sigle Adresse"
	champsEntetePES    = "DteStr! IdPost! LibellePoste IdColl! FinJur CodCol! CodBud! LibelleColBud"
	champsDomaine      = "IdVer! InfoDematerialisee"
	champsBordDepense  = "Exer! IdBord! DteBordEm! TypBord! NbrPce! MtCumulAnnuel MtBordHT! MtBordTVA"
	champsBordRecette  = "Exer! IdBord! DteBordEm! TypBord! NbrPce! MtCumulAnnuel MtBordHt=MtBordHT! MtBordTVA DteAsp Objet"
	champsPJRef        = "Support! IdUnique! NomPJ TypePJ"
	champsInfoPce      = "CodServ Affect IdPce! TypPce! NatPce! Obj=Objet DteEch" // then PJRef
	champsInfoPceSuite = " PJ CarteAchatNiveau1"
	champsDGP          = "Dgp! DteDebDgp! DteFinDgp! DureeDgp! CodIntMor TxIntMor"
	champsLigneDepense = "IdLigne! Nature! Fonction Operation CptAna Facture LibVir1 LibVir2 ModRegl TVAIntraCom! CpteTiers MtHT! MtTVA MtFactHT"
	champsTVAHLM       = "RecTVA! MtHtRes!"
	champsOpSpec       = "CodOpSpec! IdOpSpec!"
	champsRattach      = "NatPceOrig! ExerRat! IdPceOrig! IdLigneOrig"
	champsLiens        = "IdConv IdMarche IdCaution IdEmpruntOrdo IdActif IdRegie"
	champsTiersDepense = "IdTiers NatIdTiers DteIdTiers RefTiers CatTiers! NatJur! Civilite Nom! ComplNom Prenom"
	champsTiersRecette = "IdTiers DteNaissance NatIdTiers DteIdTiers RefTiers CatTiers! NatJur! TypTiers! Civilite Nom! ComplNom Prenom"
	champsNaissance    = "NeEnFrance!"
	champsMetropole    = "CodeDeptDomCom! CodeCommune LibelleCommune"
	champsEtranger     = "CodePays LibellePays" // one of the two
	champsAdresse      = "TypAdr! Adr1 Adr2! Adr3 CP! Ville! CodRes! CodPays DteAdr"
	champsRIB          = "IdPayInt IdBancInt CodeEtab! CodeGuic! IdCpte! CleRib!"
	champsIBAN         = " BIC IBAN!"
	champsCompte       = " LibBanc TitCpte! DteBanc"

	champsPieceRecette      = "CodServ Affect IdPce! TypPce! NatPce! IdRol DteAsp Edition ObjPce=Objet DebFact FinFact NumDette Per Cle1 Cle2" // then PJRef
	champsPieceRecetteSuite = " NumeroFacture NumeroMarche NumeroEngagement CodeService NomService"
	champsLigneRecette      = `IdLigne! ObjLignePce CodProdLoc! FinGeo CodEtGeo Nature! Fonction Operation TxTva Majo! DteMajo TxMajo
		CpteTiers TvaIntraCom=TVAIntraCom! MtHT! MtTVA MtNonMajo` // then InfoCollBen, PJRef
	champsCollBen      = "IdCollBen! CodCollBen! CodBudBen"
	champsPrelevement0 = "NatPrel! PerPrel! DtePrel! MtPrel!"
	champsPrelevement  = champsPrelevement0 + ` SequencePres! DateSignMandat! RefUniMdt! LibPrel AncienRUM AncienICS
		AncienTiersCreancier AncienneBanque AncienIBAN TitCpteDiff`
	champsAssure       = "CodAssDeb! CodAyantDroit"
	champsRecouvrement = "TypFlux! ModRegl! DteReco! IdEncaissement! MtReco!"

	champsPJ        = "IdUnique! ServeurId NomPJ! TypePJ Description!"
	champsRefCompta = "Domaine! Exercice! TypeObjet! Identifiant ComplementIdentifiant IdTiers"
)

// column is an element of a block and the field of T its value is in.
type column struct {
	name  string
	must  bool
	index []int
	money bool
}

// columns are the elements of a list, in its order.
func columns[T any](names string) []column {
	t := reflect.TypeFor[T]()
	var all []column
	for _, spec := range strings.Fields(names) {
		name, must := strings.CutSuffix(spec, "!")
		name, field, renamed := strings.Cut(name, "=")
		if !renamed {
			field = name
		}
		f, ok := t.FieldByName(field)
		if !ok {
			panic("pes: " + t.Name() + " has no field " + field) // found by any test
		}
		all = append(all, column{name, must, f.Index, f.Type == reflect.TypeFor[Montant]()})
	}
	return all
}

// put writes the elements of a block.
func put[T any](w *Writer, x *T, cols []column) {
	v := reflect.ValueOf(x).Elem()
	for i := range cols {
		c := &cols[i]
		f := v.FieldByIndex(c.index)
		s := ""
		if c.money {
			m := f.Addr().Interface().(*Montant)
			if s = m.Ecrit; s == "" && (m.Lisible || m.Centimes != 0) {
				s = m.Centimes.String()
			}
		} else {
			s = f.String()
		}
		if s != "" || c.must {
			w.value(c.name, s)
		}
	}
}

var (
	colParametres        = columns[Entete](champsParametres)
	colVisite            = columns[CarteVisite](champsVisite)
	colEntetePES         = columns[Entete](champsEntetePES)
	colDomaine           = columns[EnteteDomaine](champsDomaine)
	colBordDepense       = columns[Bordereau](champsBordDepense)
	colBordRecette       = columns[Bordereau](champsBordRecette)
	colPJRef             = columns[PJRef](champsPJRef)
	colInfoPce           = columns[Piece](champsInfoPce)
	colInfoPceSuite      = columns[Piece](champsInfoPceSuite)
	colDGP               = columns[DGP](champsDGP)
	colLigneDepense      = columns[Ligne](champsLigneDepense)
	colTVAHLM            = columns[Ligne](champsTVAHLM)
	colOpSpec            = columns[Ligne](champsOpSpec)
	colRattach           = columns[Rattachement](champsRattach)
	colLiens             = columns[Liens](champsLiens)
	colTiersDepense      = columns[Tiers](champsTiersDepense)
	colTiersRecette      = columns[Tiers](champsTiersRecette)
	colNaissance         = columns[Naissance](champsNaissance)
	colMetropole         = columns[Naissance](champsMetropole)
	colEtranger          = columns[Naissance](champsEtranger)
	colAdresse           = columns[Adresse](champsAdresse)
	colRIB               = columns[Compte](champsRIB)
	colIBAN              = columns[Compte](champsIBAN)
	colCompte            = columns[Compte](champsCompte)
	colPieceRecette      = columns[Piece](champsPieceRecette)
	colPieceRecetteSuite = columns[Piece](champsPieceRecetteSuite)
	colLigneRecette      = columns[Ligne](champsLigneRecette)
	colCollBen           = columns[CollBen](champsCollBen)
	colPrelevement       = columns[Prelevement](champsPrelevement0)
	colPrelevementSEPA   = columns[Prelevement](champsPrelevement)
	colAssure            = columns[Ligne](champsAssure)
	colRecouvrement      = columns[Recouvrement](champsRecouvrement)
	colPJ                = columns[PJ](champsPJ)
	colRefCompta         = columns[RefCompta](champsRefCompta)
)

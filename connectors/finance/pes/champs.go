package pes

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

package pes

import "github.com/liasse/liasse/ged/report"

const (
	norme  = "DGFiP, schémas PES v2 5.17, annotations"
	normPJ = "DGFiP, schémas PES v2 5.17, Class_PJ"
)

// Rules of the PES_Aller. What the schema alone says is told by the XSD- rules
// of package report, what keeps a file from being XML by its XML- rules.
var (
	Encodage = report.NewRule("PES-ENCODAGE", report.Error,
		"Le fichier est encodé en {encoding} : Hélios n'accepte que l'ISO-8859-1, à déclarer dans la première ligne.",
		"The file is encoded in {encoding}: Hélios takes ISO-8859-1 only, declared in its first line.", "DGFiP, CommunAck, ERREUR_ENCODING")
	VersionEnveloppe = report.NewRule("PES-VERSION", report.Warning,
		"La version de l'enveloppe devrait être 2.", "The version of the envelope should be 2.", norme)
	FinJur = report.NewRule("PES-FINJUR", report.Error,
		"Le numéro FINESS juridique (FinJur) {why}.", "The FINESS number (FinJur) {why}.", norme)
	IdVer = report.NewRule("PES-IDVER", report.Error,
		"La version (IdVer) de l'en-tête de {domaine} doit être 2.", "The version (IdVer) of the {domaine} header must be 2.", norme)
	DematerialiseSigne = report.NewRule("PES-DEMAT-SIGNATURE", report.Error,
		"L'indicateur de dématérialisation (InfoDematerialisee) et la signature se contredisent en {domaine} : {why}.",
		"InfoDematerialisee and the signature contradict each other ({domaine}): {why}.", norme)
	NombrePieces = report.NewRule("PES-NBRPCE", report.Warning,
		"Le bordereau annonce {declared} {declared|pièce|pièces} et en contient {found}.",
		"The bordereau declares {declared} {declared|piece|pieces} and holds {found}.", "Liasse")
	CumulAnnuel = report.NewRule("PES-CUMUL-ANNUEL", report.Error,
		"Un bordereau dématérialisé doit porter un cumul annuel (MtCumulAnnuel) supérieur à zéro.",
		"A paperless bordereau must carry a yearly total (MtCumulAnnuel) above zero.", norme)
	TVA = report.NewRule("PES-TVA", report.Error,
		"La TVA du bordereau et celle de ses lignes ne s'accordent pas : {why}.",
		"The VAT of the bordereau and that of its lines do not agree: {why}.", norme)
	Totaux = report.NewRule("PES-TOTAL", report.Warning,
		"La somme des lignes ({sum!}) n'est pas le montant {field} du bordereau ({declared!}).",
		"The lines add up to {sum!}, not to amount {field} of the bordereau ({declared!}).", "DGFiP, CommunAck, ERREUR_CUMUL_MONTANTS")
	TypeBordereau = report.NewRule("PES-TYPBORD", report.Error,
		"Le type de bordereau (TypBord) {code} n'existe pas en {domaine} dans un envoi.",
		"Type of bordereau {code} does not exist in {domaine} of what is sent.", norme)
	Triplet = report.NewRule("PES-TRIPLET", report.Warning,
		"La combinaison {triplet} (type de bordereau, type de pièce, nature de pièce) n'est pas de celles qui sont connues en {domaine}.",
		"Combination {triplet} (TypBord, TypPce, NatPce) is none of those known in {domaine}.", "DGFiP, dossier technique, annexe 2")
	CompteAbsent = report.NewRule("PES-REGLEMENT-COMPTE", report.Error,
		"Le mode de règlement {code} demande un compte bancaire, qui manque : le saisir sur la fiche du tiers.",
		"Means of payment {code} calls for a bank account, which is missing: enter it in the record of the tiers.", norme)
	CompteInterdit = report.NewRule("PES-REGLEMENT-SANS-COMPTE", report.Error,
		"Le mode de règlement {code} n'admet pas de compte bancaire.",
		"Means of payment {code} admits no bank account.", norme)
	CompteFaux = report.NewRule("PES-COMPTE", report.Error,
		"Le compte bancaire du tiers n'est pas valable : {why}. Le vérifier sur son RIB.", "The bank account of the tiers is not right: {why}. Check it against their bank details.", norme)
	BanqueIntermediaire = report.NewRule("PES-BANQUE-INTERMEDIAIRE", report.Error,
		"Le pays et l'identifiant de la banque intermédiaire (IdPayInt, IdBancInt) vont ensemble : il manque {missing}.",
		"IdPayInt and IdBancInt go together: {missing} is missing.", norme)
	IdentifiantTiers = report.NewRule("PES-TIERS-IDENTIFIANT", report.Error,
		"L'identifiant du tiers ({id!}, de nature {nature}) n'est pas valable : {why}.",
		"The identifier of the tiers ({id!}, nature {nature}) is not right: {why}.", norme)
	IdentifiantReserve = report.NewRule("PES-TIERS-RESERVE", report.Error,
		"La nature d'identifiant {nature} n'est pas admise ici : {why}.",
		"Identifiers of nature {nature} are not admitted here: {why}.", norme)
	CiviliteTiers = report.NewRule("PES-TIERS-CIVILITE", report.Error,
		"Civilité et prénom du tiers : {why}.", "Title and first name of the tiers: {why}.", norme)
	NatureTiers = report.NewRule("PES-TIERS-NATURE", report.Warning,
		"Le couple catégorie {cat} et nature juridique {nat} n'est pas de ceux qui sont connus.",
		"Category {cat} with legal form {nat} is none of the pairs known.", "DGFiP, dossier technique, annexe 3")
	CodePostal = report.NewRule("PES-CODE-POSTAL", report.Error,
		"Le code postal doit avoir cinq chiffres (99999 à l'étranger).",
		"The postal code must have five digits (99999 abroad).", norme)
	Pays = report.NewRule("PES-PAYS", report.Error,
		"Le pays et la résidence du tiers ne s'accordent pas : {why}.",
		"Country and residence of the tiers do not agree: {why}.", norme)
	Rattach = report.NewRule("PES-RATTACHEMENT", report.Error,
		"Le rattachement à la pièce d'origine n'est pas correct pour {triplet} ({domaine}) : {why}.",
		"The link to the original piece is not right for {triplet} ({domaine}): {why}.", norme)
	RattachLigne = report.NewRule("PES-RATTACHEMENT-LIGNE", report.Error,
		"Le numéro de ligne d'origine ne convient pas à la nature de pièce d'origine {code} : {why}.",
		"The original line number does not suit the nature of original piece {code}: {why}.", norme)
	Majoration = report.NewRule("PES-MAJORATION", report.Error,
		"La majoration de la ligne est incohérente : {why}.", "The surcharge of the line is inconsistent: {why}.", norme)
	Convention = report.NewRule("PES-CONVENTION", report.Error,
		"{field} ne convient pas à {triplet} ({domaine}) : {why}.",
		"{field} does not suit {triplet} ({domaine}): {why}.", norme)
	Hospitalier = report.NewRule("PES-HOPITAL", report.Error,
		"{field} est réservé aux nomenclatures M21 et M22 ; celle du budget est {nomenclature}.",
		"{field} is for nomenclatures M21 and M22 only; that of the budget is {nomenclature}.", norme)
	HorsNomenclature = report.NewRule("PES-NOMENCLATURE", report.Error,
		"{field} n'est pas admis dans la nomenclature {nomenclature} du budget.",
		"{field} is not admitted in nomenclature {nomenclature} of the budget.", norme)
	NaissanceTiers = report.NewRule("PES-NAISSANCE", report.Error,
		"La naissance du tiers est incohérente : {why}.", "The birth of the tiers is inconsistent: {why}.", norme)
	PrelevementBloc = report.NewRule("PES-PRELEVEMENT", report.Error,
		"Le prélèvement est incohérent : {why}.", "The direct debit is inconsistent: {why}.", norme)
	AncienICS = report.NewRule("PES-ICS", report.Error,
		"L'ancien identifiant de créancier ({id!}) doit être un ICS de 13 caractères ou un numéro d'émetteur de 6 chiffres.",
		"The former creditor identifier ({id!}) must be an ICS of 13 characters or an issuer number of 6 digits.", norme)
	DateASP = report.NewRule("PES-DATE-ASP", report.Warning,
		"La date de l'avis des sommes à payer précède celle du bordereau.",
		"The date of the avis des sommes à payer is before that of the bordereau.", norme)
	PieceJustificative = report.NewRule("PES-PJ", report.Error,
		"La pièce justificative {number} serait rejetée : {why}.",
		"Pièce justificative {number} would be rejected: {why}.", normPJ)
	PJSuite = report.NewRule("PES-PJ-SUITE", report.Warning,
		"Des octets suivent le contenu compressé de la pièce justificative {number}.",
		"Bytes follow the compressed content of pièce justificative {number}.", "RFC 1952 §2.2")
	Vide = report.NewRule("PES-VIDE", report.Error,
		"Le fichier ne contient ni bordereau, ni pièce justificative, ni marché, ni facture : aucun acquit ne viendra jamais.",
		"The file holds no bordereau, no pièce justificative, no contract and no invoice: no acquit will ever come.", "Liasse")
	BordereauDouble = report.NewRule("PES-BORDEREAU-DOUBLE", report.Error,
		"Le bordereau {bordereau} (type {code}, {domaine}) figure deux fois.",
		"Bordereau {bordereau} (type {code}, {domaine}) stands twice.", "DGFiP, CommunAck, ERREUR_DOUBLON_BORDEREAU")
	BordereauSansId = report.NewRule("PES-BORDEREAU-ID", report.Warning,
		"{n} {n|bordereau n'a|bordereaux n'ont} pas d'attribut Id : {n|il ne peut pas être signé seul|ils ne peuvent pas être signés un à un}.",
		"{n} {n|bordereau has|bordereaux have} no attribute Id: {n|it cannot be signed by itself|they cannot be signed one by one}.", norme)
	PieceDouble = report.NewRule("PES-PIECE-DOUBLE", report.Error,
		"{what} {number} figure deux fois dans {parent}.", "{what} {number} stands twice in {parent}.", "DGFiP, CommunAck, ERREUR_DOUBLON_PIECE, ERREUR_DOUBLON_LIGNE")
	EditionASAP = report.NewRule("PES-EDITION", report.Error,
		"Le mode d'édition {code} de l'avis des sommes à payer n'est pas possible : {why}.",
		"Edition {code} of the avis des sommes à payer is not possible: {why}.", norme)
	EditionPatient = report.NewRule("PES-EDITION-PATIENT", report.Error,
		"Le débiteur d'un avis des sommes à payer pour patient doit être une personne physique.",
		"The debtor of an avis des sommes à payer for patients must be a natural person.", norme)
	Mademoiselle = report.NewRule("PES-CIVILITE", report.Error,
		"La civilité « Mademoiselle » n'est plus admise : écrire « Madame ».", "The title \"Mademoiselle\" is no longer admitted: write \"Madame\".", norme)
	PJDouble = report.NewRule("PES-PJ-DOUBLE", report.Error,
		"L'identifiant unique {id} est celui de deux pièces justificatives du fichier.",
		"The unique identifier {id} is that of two pièces justificatives of the file.", "DGFiP, CommunAck, ERREUR_DOUBLON_PJ")
	PJSupport = report.NewRule("PES-PJ-SUPPORT", report.Error,
		"La pièce justificative {id} est annoncée hors du support électronique, et se trouve dans le fichier.",
		"Pièce justificative {id} is announced on another support than electronic, and stands in the file.", normPJ)
	PJType = report.NewRule("PES-PJ-TYPE", report.Warning,
		"La pièce justificative {number} se contredit : type annoncé {mime}, extension {extension}, contenu {content}.",
		"Pièce justificative {number} contradicts itself: type declared {mime}, extension {extension}, content {content}.", normPJ)
	PJOrpheline = report.NewRule("PES-PJ-ORPHELINE", report.Warning,
		"La pièce justificative {id} n'est rattachée à rien : aucune pièce du fichier ne l'annonce (PJRef), et elle n'a pas de référence comptable (RefCompta).",
		"Pièce justificative {id} is linked to nothing: neither PJRef in the file nor RefCompta.", normPJ)
	PJAilleurs = report.NewRule("PES-PJ-AILLEURS", report.Warning,
		"La pièce justificative {id}, annoncée, n'est pas dans le fichier : elle doit être transmise à part.",
		"Pièce justificative {id} is announced and not in the file: it must be sent apart.", normPJ)
	NonSigne = report.NewRule("PES-NON-SIGNE", report.Error,
		"{n} {n|bordereau|bordereaux} sur {total} {n|n'est couvert|ne sont couverts} par aucune signature.",
		"{n} of {total} bordereaux {n|is|are} covered by no signature.", "DGFiP, outil de contrôle, NOT_SIGNED_CONTENT")
	NIRRecette = report.NewRule("PES-NIR-RECETTE", report.Error,
		"Le NIR n'est admis en recette que pour l'assuré : {why}.",
		"The NIR is admitted in recette for the insured person only: {why}.", norme)
)

// Rules of reading and of the profiles.
var (
	RacineInconnue = report.NewRule("PES-RACINE", report.Error,
		"L'élément racine {root!} n'est celui d'aucun document PES.",
		"Root element {root!} is that of no PES document.", norme)
	EspaceDeNoms = report.NewRule("PES-ESPACE", report.Error,
		"L'espace de noms est mal placé : {why}.", "The namespace is misplaced: {why}.", norme)
	ReponseAncienne = report.NewRule("PES-SANS-SCHEMA", report.Info,
		"Réponse d'avant le protocole PES v2 : aucun schéma public ne la décrit, elle est lue sans être contrôlée.",
		"An answer from before protocol PES v2: no public schema describes it, it is read without being checked.", "Liasse")
	SignatureNonVerifiee = report.NewRule("PES-SIGNATURE-NON-VERIFIEE", report.Info,
		"Le fichier porte {n} {n|signature : sa|signatures : leur} place est contrôlée, {n|sa|leur} validité ne l'est pas.",
		"The file carries {n} {n|signature|signatures}: the place is checked, the validity is not.", "Liasse")
	PJSignature = report.NewRule("PES-PJ-SIGNATURE", report.Warning,
		"La signature {signature} du fichier PDF de la pièce justificative {number} n'est pas valide ({conclusion}).",
		"Signature {signature} of the PDF file of pièce justificative {number} is not valid ({conclusion}).", "ETSI EN 319 102-1")
	PJSignatureNonVerifiee = report.NewRule("PES-PJ-SIGNATURE-NON-VERIFIEE", report.Warning,
		"Le fichier PDF de la pièce justificative {number} porte des signatures qui n'ont pas été vérifiées : {why}.",
		"The PDF file of pièce justificative {number} carries signatures that were not verified: {why}.", "Liasse")
	AcquitNonLie = report.NewRule("PES-ACQUIT-LIEN", report.Warning,
		"L'acquit ne répond pas au fichier donné : le nom du fichier (NomFic) ou le code de la collectivité (CodCol) diffère.",
		"The acknowledgement does not answer the file given: NomFic or CodCol differs.", "DGFiP, guide ACQUIT")
	AcquitVide = report.NewRule("PES-ACQUIT-VIDE", report.Warning,
		"L'acquit ne nomme ni bordereau, ni pièce justificative : il ne dit pas ce qu'Hélios a accepté. Interroger le comptable.",
		"The acknowledgement names neither bordereau nor pièce justificative: it does not say what Hélios accepted. Ask the accountant.", "DGFiP, CommunAck, ElementACQUIT")
	AcquitMuet = report.NewRule("PES-ACQUIT-MUET", report.Warning,
		"L'acquit ne dit rien d'une partie de l'envoi (bordereaux : {bordereaux}) : interroger le comptable avant de les renvoyer.",
		"The acknowledgement says nothing of part of what was sent (bordereaux: {bordereaux}): ask the accountant before sending them again.", "DGFiP, guide ACQUIT")
	AcquitPJDouble = report.NewRule("PES-ACQUIT-PJ", report.Warning,
		"La pièce justificative {id} est refusée parce qu'Hélios en a déjà une de cet identifiant : rien à renvoyer, mais son contenu peut être un autre.",
		"Pièce justificative {id} is refused because Hélios has one of that identifier: nothing to send again, but its content may be another.", "DGFiP, CommunAck, ERREUR_DOUBLON_PJ")
	CompteHorsPlan = report.NewRule("PES-COMPTE-PLAN", report.Warning,
		"Le compte {compte} ({n} {n|ligne|lignes}) n'est pas dans le plan de comptes donné.",
		"Account {compte} ({n} {n|line|lines}) is not in the plan of accounts given.", "DGCL, plans de comptes")
	CaractereRefuse = report.NewRule("PES-CARACTERE", report.Error,
		"Le caractère {char} de {field} n'existe pas en ISO-8859-1, le seul encodage d'un PES : il n'a pas été écrit.",
		"Character {char} of {field} does not exist in ISO-8859-1, the only encoding of a PES: it was not written.", "DGFiP, CommunAck, ERREUR_ENCODING")
	CaractereRemplace = report.NewRule("PES-CARACTERE-REMPLACE", report.Warning,
		"Le caractère {char} de {field} n'existe pas en ISO-8859-1, le seul encodage d'un PES : « {by} » a été écrit à sa place.",
		"Character {char} of {field} does not exist in ISO-8859-1, the only encoding of a PES: \"{by}\" was written in its place.", "DGFiP, CommunAck, ERREUR_ENCODING")
	S2LOW = report.NewRule("PES-S2LOW", report.Error,
		"S²LOW refuserait ce fichier : « {message} ».", "S²LOW would refuse this file: \"{message}\".", "S²LOW, HeliosEnvoiControler")
	STELA = report.NewRule("PES-STELA", report.Error,
		"STELA refuserait ce fichier : {state}.", "STELA would refuse this file: {state}.", "STELA, PesAllerService")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	all := []*report.Rule{PJSuite, RacineInconnue, EspaceDeNoms, ReponseAncienne, SignatureNonVerifiee, PJSignature, PJSignatureNonVerifiee, AcquitNonLie, AcquitVide, AcquitMuet, AcquitPJDouble, CompteHorsPlan, CaractereRefuse, CaractereRemplace, S2LOW, STELA}
	for _, r := range Catalogue() {
		if r.Rule != nil {
			all = append(all, r.Rule)
		}
	}
	return all
}

// Portee is how much Hélios rejects for a fault.
type Portee uint8

// The scopes, from the narrowest.
const (
	PorteeAucune    Portee = iota // nothing: at most an incident on Hélios' side
	PorteePJ                      // the pièce justificative
	PorteeBordereau               // the bordereau
	PorteeFlux                    // the whole file
)

// String returns flux, bordereau, pj or aucun.
func (p Portee) String() string {
	return [...]string{"aucun", "pj", "bordereau", "flux"}[min(p, PorteeFlux)]
}

// Regle is an entry of the catalogue of what Hélios checks after the schema.
type Regle struct {
	ID     string // E01, H01 to H51
	Portee Portee
	// Rule is what findings point to. It is nil where another speaks: the schema
	// (XSD- rules), or for H15, which only permits, H16.
	Rule *report.Rule
}

// Catalogue lists the checks in the order of their numbers.
func Catalogue() []Regle { return catalogue }

var catalogue = []Regle{
	{"E01", PorteeFlux, Encodage}, {"H01", PorteeAucune, VersionEnveloppe}, {"H02", PorteeFlux, FinJur},
	{"H03", PorteeFlux, IdVer}, {"H04", PorteeFlux, DematerialiseSigne}, {"H05", PorteeAucune, NombrePieces},
	{"H06", PorteeBordereau, CumulAnnuel}, {"H07", PorteeFlux, nil}, {"H08", PorteeBordereau, TVA},
	{"H09", PorteeFlux, nil}, {"H10", PorteeAucune, Totaux}, {"H11", PorteeBordereau, TypeBordereau},
	{"H12", PorteeAucune, Triplet}, {"H13", PorteeBordereau, CompteAbsent}, {"H14", PorteeBordereau, CompteInterdit},
	{"H15", PorteeBordereau, nil}, {"H16", PorteeBordereau, CompteFaux}, {"H17", PorteeBordereau, BanqueIntermediaire},
	{"H18", PorteeBordereau, IdentifiantTiers}, {"H19", PorteeBordereau, IdentifiantReserve}, {"H20", PorteeBordereau, CiviliteTiers},
	{"H21", PorteeAucune, NatureTiers}, {"H22", PorteeBordereau, CodePostal}, {"H23", PorteeBordereau, Pays},
	{"H24", PorteeFlux, nil}, {"H25", PorteeBordereau, Rattach}, {"H26", PorteeBordereau, RattachLigne},
	{"H27", PorteeBordereau, Majoration}, {"H28", PorteeBordereau, Convention}, {"H29", PorteeBordereau, Hospitalier},
	{"H30", PorteeBordereau, HorsNomenclature}, {"H31", PorteeBordereau, NaissanceTiers}, {"H32", PorteeBordereau, PrelevementBloc},
	{"H33", PorteeBordereau, AncienICS}, {"H34", PorteeAucune, DateASP}, {"H35", PorteePJ, PieceJustificative},
	{"H36", PorteeFlux, nil}, {"H37", PorteeFlux, nil}, {"H38", PorteeFlux, Vide},
	{"H39", PorteeBordereau, BordereauDouble}, {"H40", PorteeAucune, BordereauSansId}, {"H41", PorteeBordereau, PieceDouble},
	{"H42", PorteeBordereau, EditionASAP}, {"H43", PorteeBordereau, EditionPatient}, {"H44", PorteeBordereau, Mademoiselle},
	{"H45", PorteePJ, PJDouble}, {"H46", PorteePJ, PJSupport}, {"H47", PorteeAucune, PJType},
	{"H48", PorteeAucune, PJOrpheline}, {"H49", PorteeAucune, PJAilleurs}, {"H50", PorteeFlux, NonSigne},
	{"H51", PorteeBordereau, NIRRecette},
}

var regleOf = func() map[*report.Rule]Regle {
	m := map[*report.Rule]Regle{}
	for _, r := range catalogue {
		if r.Rule != nil {
			m[r.Rule] = r
		}
	}
	return m
}()

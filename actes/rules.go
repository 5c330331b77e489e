package actes

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

const (
	normeXSD  = "actesv1_1.xsd"
	normeCGCT = "CGCT L2131-1"
	normeTypo = "Notice typologie des pièces @CTES (2017, 2019)"
)

// Rules of the fields of an act.
var (
	NumeroVide = report.NewRule("ACT-NUMERO-EMPTY", report.Error,
		"L'acte n'a pas de numéro : il en faut un, que la collectivité n'emploie qu'une fois.", "The act has no number: it needs one, which the authority uses only once.", normeXSD)
	NumeroLong = report.NewRule("ACT-NUMERO-LENGTH", report.Error,
		"Le numéro de l'acte a {length} {length|caractère|caractères} ; il en faut de {min} à {max}.",
		"The number of the act is {length} {length|character|characters} long; it must have from {min} to {max}.", normeXSD)
	NumeroCaractere = report.NewRule("ACT-NUMERO-CHAR", report.Error,
		"Le numéro de l'acte contient {char} : seules les majuscules sans accent, les chiffres et le souligné « _ » sont permis. Écrire par exemple {suggestion}.",
		"The number of the act holds {char}: only capitals without accents, digits and the underscore are allowed. Write for instance {suggestion}.", normeXSD)
	NumeroBord = report.NewRule("ACT-NUMERO-EDGE", report.Error,
		"Le numéro de l'acte commence ou finit par un souligné « _ » : il doit commencer et finir par une lettre ou un chiffre.",
		"The number of the act begins or ends with an underscore: it must begin and end with a letter or a digit.", "S2LOW")
	ObjetVide = report.NewRule("ACT-OBJET-EMPTY", report.Error,
		"L'objet de l'acte est vide : dire en une phrase ce qui est décidé.", "The subject of the act is empty: say in a sentence what is decided.", "S2LOW")
	ObjetLong = report.NewRule("ACT-OBJET-LENGTH", report.Error,
		"L'objet de l'acte a {length} caractères ; le maximum est de {max} : le raccourcir.",
		"The subject of the act is {length} characters long; the maximum is {max}: shorten it.", normeXSD)
	ObjetLimite = report.NewRule("ACT-OBJET-LIMIT", report.Warning,
		"L'objet de l'acte a exactement 500 caractères : le schéma l'accepte, S²LOW le refuse. Le raccourcir.",
		"The subject of the act is exactly 500 characters long: the schema accepts that, S²LOW refuses it. Shorten it.", "S2LOW")
	ObjetLignes = report.NewRule("ACT-OBJET-LINES", report.Warning,
		"L'objet de l'acte tient sur plusieurs lignes : certains destinataires ne gardent que la première.",
		"The subject of the act has several lines: some receivers keep only the first.", "Liasse")
	ObjetEcrit = report.NewRule("ACT-OBJET-CHAR", report.Error,
		"L'objet de l'acte contient un caractère invisible, qu'un document XML ne peut pas porter (il vient souvent d'un copier-coller) : le saisir de nouveau.",
		"The subject of the act holds an invisible character, which an XML document cannot carry (it often comes with a copy and paste): type it again.", "XML 1.0 §2.2")
	DateAbsente = report.NewRule("ACT-DATE-MISSING", report.Error,
		"La date de la décision manque ou n'existe pas au calendrier : indiquer le jour où elle a été prise.",
		"The date of the decision is missing or not in the calendar: state the day it was taken.", normeXSD)
	DateFuture = report.NewRule("ACT-DATE-FUTURE", report.Error,
		"La date de la décision ({date}) est dans le futur : nous sommes le {today}.",
		"The date of the decision ({date}) is in the future: today is {today}.", "S2LOW")
	DateAncienne = report.NewRule("ACT-DATE-OLD", report.Warning,
		"La date de la décision ({date}) remonte à plus de deux ans : est-elle juste ?",
		"The date of the decision ({date}) is more than two years old: is it right?", "Liasse")
	NatureInconnue = report.NewRule("ACT-NATURE", report.Error,
		"La nature {nature} n'existe pas : elle va de 1 (délibération) à 6 (autre).",
		"Nature {nature} does not exist: it goes from 1 (deliberation) to 6 (other).", normeXSD)
	MatiereNiveaux = report.NewRule("ACT-MATIERE-LEVELS", report.Error,
		"Les deux premiers niveaux de la matière sont obligatoires (par exemple 5.2).",
		"The first two levels of the matter are mandatory (for instance 5.2).", normeXSD)
	MatiereTrou = report.NewRule("ACT-MATIERE-HOLE", report.Error,
		"La matière {matiere} saute le niveau {level} : le renseigner, ou retirer les niveaux suivants.",
		"Matter {matiere} skips level {level}: fill it in, or take out the levels after it.", "S2LOW")
	MatiereNegative = report.NewRule("ACT-MATIERE-CODE", report.Error,
		"Un niveau de la matière n'est pas un nombre positif : écrire par exemple 5.2.",
		"A level of the matter is not a positive number: write for instance 5.2.", normeXSD)
	MatiereInconnue = report.NewRule("ACT-MATIERE-UNKNOWN", report.Error,
		"La matière {matiere} n'est pas dans la classification du {date} : en choisir une qui s'y trouve.",
		"Matter {matiere} is not in the classification of {date}: choose one that is.", "ODT-VERIF-01")
	ClassificationAbsente = report.NewRule("ACT-CLASSIFICATION-MISSING", report.Error,
		"La date de la classification utilisée manque : reprendre celle de la dernière classification reçue de la préfecture.",
		"The date of the classification used is missing: take that of the last classification received from the préfecture.", normeXSD)
	ClassificationPerimee = report.NewRule("ACT-CLASSIFICATION-STALE", report.Error,
		"L'acte cite la classification du {date}, celle en vigueur est du {current} : la préfecture répondra par une anomalie. Mettre à jour la classification avant l'envoi.",
		"The act quotes the classification of {date}, the one in force is of {current}: the préfecture will answer with an anomaly. Update the classification before sending.", "ODT-VERIF-01")
	PrecedentForme = report.NewRule("ACT-PRECEDENT", report.Error,
		"L'identifiant de l'acte précédent n'a pas la forme DEP-SIREN-AAAAMMJJ-NUMERO-NATURE.",
		"The identifier of the preceding act does not have the form DEP-SIREN-YYYYMMDD-NUMERO-NATURE.", normeXSD)
	Doublon = report.NewRule("ACT-DUPLICATE", report.Error,
		"L'acte {id} a déjà été transmis : ne pas l'envoyer de nouveau, ou lui donner un autre numéro s'il s'agit d'un autre acte.",
		"Act {id} has already been transmitted: do not send it again, or give it another number if it is another act.", "S2LOW")
	DoublonNumero = report.NewRule("ACT-DUPLICATE-NUMBER", report.Warning,
		"La collectivité a déjà transmis un acte sous ce numéro ({id}) ; un suffixe est peut-être nécessaire.",
		"The authority has already transmitted an act under this number ({id}); a suffix may be needed.", "S2LOW")
)

// Rules of the authority that transmits.
var (
	SIRENForme = report.NewRule("ACT-SIREN", report.Error,
		"Le SIREN ({siren!}) doit avoir neuf chiffres.",
		"The SIREN ({siren!}) must have nine digits.", normeXSD)
	SIRENCle = report.NewRule("ACT-SIREN-KEY", report.Warning,
		"La clé de contrôle du SIREN {siren} est fausse : un chiffre est sans doute mal saisi.",
		"The control key of SIREN {siren} is wrong: a digit is probably mistyped.", "INSEE")
	DepartementForme = report.NewRule("ACT-DEPARTEMENT", report.Error,
		"Le département ({departement!}) n'est pas un code de trois caractères comme 034, 02A ou 971.",
		"The department ({departement!}) is not a code of three characters such as 034, 02A or 971.", normeXSD)
	DepartementInconnu = report.NewRule("ACT-DEPARTEMENT-UNKNOWN", report.Warning,
		"Le département {departement} n'est pas dans la liste des départements connus : vérifier le code.",
		"Department {departement} is not in the list of known departments: check the code.", "S2LOW")
	ArrondissementForme = report.NewRule("ACT-ARRONDISSEMENT", report.Error,
		"L'arrondissement ({arrondissement!}) doit être un chiffre.",
		"The arrondissement ({arrondissement!}) must be one digit.", normeXSD)
	ArrondissementInconnu = report.NewRule("ACT-ARRONDISSEMENT-UNKNOWN", report.Warning,
		"L'arrondissement {arrondissement} n'est pas connu dans le département {departement} : vérifier auprès de la préfecture ou de l'opérateur.",
		"Arrondissement {arrondissement} is not known in department {departement}: check with the préfecture or the operator.", "S2LOW")
	CollectiviteForme = report.NewRule("ACT-COLLECTIVITE", report.Error,
		"La nature de la collectivité ({nature!}) doit avoir deux chiffres.",
		"The nature of the authority ({nature!}) must have two digits.", normeXSD)
	CollectiviteInconnue = report.NewRule("ACT-COLLECTIVITE-UNKNOWN", report.Warning,
		"La nature de collectivité {nature} n'est pas dans la liste connue (31 : commune, 44 : communauté de communes…) : vérifier le code.",
		"The nature of authority {nature} is not in the known list (31: commune, 44: communauté de communes…): check the code.", "S2LOW")
)

// Rules of the files of an act. A file is named by its place (document
// principal, annexe 2), never by the name the author gave it.
var (
	FichierAbsent = report.NewRule("ACT-FICHIER-MISSING", report.Error,
		"{file} : aucun fichier n'est joint.", "{file}: no file is joined.", normeXSD)
	FichierVide = report.NewRule("ACT-FICHIER-EMPTY", report.Error,
		"{file} : le fichier est vide (0 octet) ; le joindre de nouveau.", "{file}: the file is empty (0 bytes); join it again.", "S2LOW")
	FormatDocument = report.NewRule("ACT-FORMAT-DOCUMENT", report.Error,
		"{file} : le format « {format} » n'est pas permis ici ; convertir le fichier en {allowed}.",
		"{file}: {format} is not allowed here; convert the file to {allowed}.", "S2LOW, STELA")
	FormatImage = report.NewRule("ACT-FORMAT-IMAGE", report.Warning,
		"{file} : une image comme document principal est acceptée par STELA et refusée par S²LOW ; préférer un PDF.",
		"{file}: an image as the main document is accepted by STELA and refused by S²LOW; prefer a PDF.", "S2LOW, STELA")
	FormatXML = report.NewRule("ACT-FORMAT-XML", report.Error,
		"{file} : un fichier XML n'est permis ici que pour un document budgétaire (nature 5, matière 7.1) ; sinon, joindre un PDF.",
		"{file}: an XML file is allowed here only for a budget document (nature 5, matter 7.1); otherwise join a PDF.", "S2LOW")
	FormatExtension = report.NewRule("ACT-FORMAT-EXTENSION", report.Error,
		"{file} : l'extension du nom ne correspond pas au contenu, qui est du {format} : renommer le fichier.",
		"{file}: the extension of the name does not match the content, which is {format}: rename the file.", "S2LOW, STELA")
	AnnexeRequise = report.NewRule("ACT-ANNEXE-REQUIRED", report.Error,
		"Un document budgétaire doit avoir au moins une annexe, par exemple la délibération en PDF.",
		"A budget document must have at least one annexe, for instance the deliberation in PDF.", "STELA")
	TypologieAbsente = report.NewRule("ACT-TYPOLOGIE-MISSING", report.Error,
		"{file} : la typologie de la pièce manque ; pour cette nature, {suggestion} convient souvent.",
		"{file}: the type of document is missing; for this nature {suggestion} is often right.", normeTypo)
	TypologieInconnue = report.NewRule("ACT-TYPOLOGIE-UNKNOWN", report.Error,
		"{file} : la typologie ({code!}) n'existe dans aucune liste ; à la place : {suggestion}.",
		"{file}: the type of document ({code!}) is in no list; instead: {suggestion}.", normeTypo)
	TypologieNature = report.NewRule("ACT-TYPOLOGIE-NATURE", report.Error,
		"{file} : la typologie {code} n'est pas permise pour la nature {nature} ; à la place : {suggestion}.",
		"{file}: type of document {code} is not allowed for nature {nature}; instead: {suggestion}.", normeTypo)
	TypologieMatiere = report.NewRule("ACT-TYPOLOGIE-MATIERE", report.Error,
		"{file} : la typologie {code} ne convient pas à la matière {matiere} ; à la place : {suggestion}.",
		"{file}: type of document {code} does not suit matter {matiere}; instead: {suggestion}.", "STELA")
)

// Rules of classifications.
var (
	ClassificationDouble = report.NewRule("ACT-CLASSIFICATION-DUP", report.Warning,
		"Le code {code} figure deux fois dans la classification reçue.",
		"Code {code} stands twice in the classification received.", "Liasse")
	ClassificationSansCode = report.NewRule("ACT-CLASSIFICATION-NATURE-CODE", report.Warning,
		"La nature « {abrege!} » est donnée sans son code : elle est reconnue à son abrégé, il n'y a rien à faire.",
		"Nature \"{abrege!}\" is given without its code: it is recognised by its abbreviation, there is nothing to do.", normeXSD)
	ClassificationNature = report.NewRule("ACT-CLASSIFICATION-NATURE", report.Warning,
		"Une nature de la classification n'est aucune des six natures connues.",
		"A nature of the classification is none of the six known natures.", normeXSD)
	ClassificationSansTypologie = report.NewRule("ACT-CLASSIFICATION-TYPOLOGIE", report.Warning,
		"La nature {nature} n'a aucune typologie de pièce.",
		"Nature {nature} has no type of document.", normeXSD)
	ClassificationTypologieForme = report.NewRule("ACT-CLASSIFICATION-TYPOLOGIE-CODE", report.Warning,
		"Une typologie de la nature {nature} ({code!}) n'a pas la forme de deux chiffres, un souligné et deux lettres : elle ne pourra pas être employée.",
		"A type of document of nature {nature} ({code!}) is not two digits, an underscore and two letters: it cannot be used.", normeTypo)
	ClassificationCode = report.NewRule("ACT-CLASSIFICATION-CODE", report.Warning,
		"Un code de matière n'est pas un nombre positif : la matière ne pourra pas être employée.",
		"The code of a matter is not a positive number: the matter cannot be used.", normeXSD)
	ClassificationPerdu = report.NewRule("ACT-CLASSIFICATION-LOST", report.Warning,
		"Des libellés de la classification ont perdu des caractères lors d'une conversion (« ?uvre » pour « œuvre »).",
		"Labels of the classification lost characters in some conversion (\"?uvre\" for \"œuvre\").", "Liasse")
)

// Rules of PDF files, which [Acte.Check] applies to the PDFs of an act. They are
// shared with every package that reads PDFs, and not listed by [Rules].
var (
	PDFVide          = pdf.RuleEmpty         // the file has no byte
	PDFEntete        = pdf.RuleHeader        // it is no PDF
	PDFEndommage     = pdf.RuleXRef          // its objects cannot be found
	PDFSansPage      = pdf.RulePages         // no page can be found
	PDFPagesAbsentes = pdf.RulePagesMissing  // fewer pages than declared: a warning
	PDFPagesNombre   = pdf.RulePagesCount    // another number of pages: a warning
	PDFMotDePasse    = pdf.RuleEncrypted     // it needs a password
	PDFChiffre       = pdf.RuleEncryptedOpen // encrypted, opens without a password: a warning
	PDFProtection    = pdf.RuleSecurity      // protected by an unknown method
	PDFRepare        = pdf.RuleRepaired      // its object table had to be rebuilt: a warning
	PDFLimite        = pdf.RuleLimit         // it takes too much memory
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		NumeroVide, NumeroLong, NumeroCaractere, NumeroBord, ObjetVide, ObjetLong, ObjetLimite, ObjetLignes, ObjetEcrit,
		DateAbsente, DateFuture, DateAncienne, NatureInconnue, MatiereNiveaux, MatiereTrou, MatiereNegative, MatiereInconnue,
		ClassificationAbsente, ClassificationPerimee, PrecedentForme, Doublon, DoublonNumero,
		SIRENForme, SIRENCle, DepartementForme, DepartementInconnu, ArrondissementForme, ArrondissementInconnu,
		CollectiviteForme, CollectiviteInconnue,
		FichierAbsent, FichierVide, FormatDocument, FormatImage, FormatXML, FormatExtension, AnnexeRequise,
		TypologieAbsente, TypologieInconnue, TypologieNature, TypologieMatiere,
		ClassificationDouble, ClassificationSansCode, ClassificationNature, ClassificationSansTypologie,
		ClassificationTypologieForme, ClassificationCode, ClassificationPerdu,
	}
}

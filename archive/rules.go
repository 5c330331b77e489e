package archive

import "github.com/liasse/liasse/ged/report"

const (
	seda        = "SEDA 2.1, NF Z44-022, ISO 20614"
	effective   = "SEDA 2.1, Management"
	referential = "Vitam, FILE_RULES"
)

// Rules of packages, whatever format they are written in.
var (
	RuleHeader = report.NewRule("ARC-HEADER", report.Error,
		"Il manque au transfert : {field}. L'indiquer tel que le service d'archives le connaît.",
		"The transfer lacks: {field}. State it as the archive service knows it.", seda)
	RuleEmpty = report.NewRule("ARC-EMPTY", report.Error,
		"Le paquet ne décrit aucune unité d'archives.",
		"The package describes no archive unit.", seda)
	RuleID = report.NewRule("ARC-ID", report.Error,
		"L'identifiant d'un élément du paquet est vide ou mal formé ({id!}) : il commence par une lettre et ne contient ni espace ni deux-points.",
		"The identifier of a part of the package is empty or malformed ({id!}): it begins with a letter and has no blank and no colon.", "XML Namespaces §3 (NCName)")
	RuleIDTwice = report.NewRule("ARC-ID-DUP", report.Error,
		"L'identifiant {id} est employé deux fois dans le paquet.",
		"Identifier {id} is used twice in the package.", "XML §3.3.1 (ID)")
	RuleCycle = report.NewRule("ARC-CYCLE", report.Error,
		"L'unité {id} se contient elle-même, directement ou non.",
		"Unit {id} contains itself, directly or not.", "SEDA 2.1, ArchiveUnit")
	RuleDepth = report.NewRule("ARC-DEPTH", report.Error,
		"L'unité {id} est emboîtée trop profondément ({max} niveaux au plus).",
		"Unit {id} is nested too deeply (at most {max} levels).", "Liasse")
	RuleTitle = report.NewRule("ARC-TITLE", report.Error,
		"L'unité {id} n'a pas d'intitulé (Title) : dire en quelques mots ce qu'elle contient.",
		"Unit {id} has no title (Title): say in a few words what it holds.", "ISAD(G) 3.1.2")
	RuleLevel = report.NewRule("ARC-LEVEL", report.Error,
		"L'unité {id} n'a pas de niveau de description reconnu : écrire par exemple RecordGrp (dossier) ou Item (pièce).",
		"Unit {id} has no known level of description: write for instance RecordGrp (a file) or Item (a document).", "ISAD(G) 3.1.4")
	RuleDateOrder = report.NewRule("ARC-DATE-ORDER", report.Error,
		"L'unité {id} finit ({end}) avant de commencer ({start}).",
		"Unit {id} ends ({end}) before it starts ({start}).", "ISAD(G) 3.1.3")
	RuleGroups = report.NewRule("ARC-GROUPS", report.Error,
		"L'unité {id} a {count} groupes d'objets : les plateformes n'en acceptent qu'un. Créer une unité par groupe.",
		"Unit {id} has {count} groups of objects: platforms take only one. Make one unit for each group.", "Vitam, CHECK_MANIFEST")
	RuleGroupUnknown = report.NewRule("ARC-GROUP-UNKNOWN", report.Error,
		"L'unité {id} renvoie à un groupe d'objets qui n'est pas dans le paquet.",
		"Unit {id} refers to a group of objects that is not in the package.", "SEDA 2.1, DataObjectReference")
	RuleGroupEmpty = report.NewRule("ARC-GROUP-EMPTY", report.Error,
		"Le groupe d'objets {id} est vide.",
		"Group of objects {id} is empty.", "SEDA 2.1, DataObjectGroup")
	RuleGroupOrphan = report.NewRule("ARC-GROUP-ORPHAN", report.Error,
		"Aucune unité ne décrit le groupe d'objets {id} : le rattacher à une unité, ou le retirer.",
		"No unit describes group of objects {id}: attach it to a unit, or take it out.", "Vitam, CHECK_CONSISTENCY")
	RuleMaster = report.NewRule("ARC-MASTER", report.Error,
		"Le groupe d'objets {id} n'a pas d'original ({usage}).",
		"Group of objects {id} has no original ({usage}).", "Vitam, MASTER_MANDATORY_REQUIRED")
	RuleUsage = report.NewRule("ARC-USAGE", report.Error,
		"L'usage de l'objet {id} n'est pas reconnu : écrire par exemple BinaryMaster_1 (original numérique) ou PhysicalMaster_1 (original sur papier).",
		"The usage of object {id} is not known: write for instance BinaryMaster_1 (digital original) or PhysicalMaster_1 (original on paper).", "Vitam, INVALID_DATAOBJECTVERSION")
	RuleUsageTwice = report.NewRule("ARC-USAGE-DUP", report.Error,
		"Le groupe d'objets {id} a deux objets pour l'usage {usage}.",
		"Group of objects {id} has two objects for usage {usage}.", "Vitam, CHECK_MANIFEST")
	RuleContent = report.NewRule("ARC-CONTENT", report.Error,
		"Le contenu du fichier de l'objet {id} est introuvable.",
		"The content of the file of object {id} cannot be found.", "SEDA 2.1, BinaryDataObject")
	RuleDigest = report.NewRule("ARC-DIGEST", report.Error,
		"L'empreinte {algorithm} de l'objet {id} n'a pas la forme attendue (hexadécimal en minuscules).",
		"The {algorithm} digest of object {id} is not of the form expected (lower-case hexadecimal).", "SEDA 2.1, MessageDigest")
	RulePhysicalID = report.NewRule("ARC-PHYSICAL-ID", report.Error,
		"L'objet physique {id} n'a pas d'identifiant.",
		"Physical object {id} has no identifier.", "Vitam, EMPTY_REQUIRED_FIELD")
	RuleName = report.NewRule("ARC-NAME", report.Error,
		"Le fichier de l'objet {id} n'a pas de nom.",
		"The file of object {id} has no name.", "SEDA 2.1, Filename")
	RuleLink = report.NewRule("ARC-LINK", report.Error,
		"L'unité {id} est liée à une unité qui n'est pas dans le paquet.",
		"Unit {id} is linked to a unit that is not in the package.", "SEDA 2.1, RelatedObjectReference")
	RuleNoCode = report.NewRule("ARC-RULE-CODE", report.Error,
		"Une règle de gestion ({category}) n'a pas de code.",
		"A management rule ({category}) has no code.", "SEDA 2.1, Rule")
	RuleNoStart = report.NewRule("ARC-RULE-START", report.Warning,
		"La règle {code} n'a pas de date de départ : aucune échéance ne peut être calculée.",
		"Rule {code} has no start date: no end can be computed.", "SEDA 2.1, StartDate")
	RuleNoSort = report.NewRule("ARC-RULE-SORT", report.Error,
		"La règle de conservation {code} ne dit pas le sort final.",
		"Retention rule {code} does not say the final action.", "SEDA 2.1, FinalAction")
	RuleSortConflict = report.NewRule("ARC-RULE-CONFLICT", report.Error,
		"Les règles de conservation de {where} se contredisent : conserver et détruire.",
		"The retention rules of {where} contradict each other: keep and destroy.", "Code du patrimoine L212-2")
	RuleDestroy = report.NewRule("ARC-RULE-DESTROY", report.Error,
		"La règle {code} demande la destruction alors qu'elle n'est pas confirmée ou que son point de départ est inconnu.",
		"Rule {code} asks for destruction although it is not confirmed or its start is unknown.", "Code du patrimoine L212-2, R212-14")

	RuleOwn = report.NewRule("ARC-EFF-OWN", report.Info,
		"Règle {code} ({category}) : écrite sur l'unité elle-même.",
		"Rule {code} ({category}): written on the unit itself.", effective)
	RuleInherited = report.NewRule("ARC-EFF-INHERITED", report.Info,
		"Règle {code} ({category}) : héritée ({origin}).",
		"Rule {code} ({category}): inherited ({origin}).", effective)
	RuleStopped = report.NewRule("ARC-EFF-STOPPED", report.Info,
		"Règle {code} ({category}, {origin}) : ne s'applique pas, {why}.",
		"Rule {code} ({category}, {origin}): does not apply, {why}.", effective)
	RuleExceptNothing = report.NewRule("ARC-EFF-EXCEPT", report.Warning,
		"L'unité exclut la règle {code} ({category}), qui ne vient d'aucune unité au-dessus.",
		"The unit excludes rule {code} ({category}), which no unit above gives.", "SEDA 2.1, RefNonRuleId")
	RuleEnd = report.NewRule("ARC-EFF-END", report.Info,
		"Règle {code} : du {start} au {end}.",
		"Rule {code}: from {start} until {end}.", effective)
	RuleUnlimited = report.NewRule("ARC-EFF-UNLIMITED", report.Info,
		"Règle {code} : sans fin.",
		"Rule {code}: without end.", effective)
	RuleUnknown = report.NewRule("ARC-EFF-UNKNOWN", report.Warning,
		"La règle {code} n'est pas dans le référentiel et sa durée n'est pas connue : aucune échéance n'est calculée.",
		"Rule {code} is not in the referential and its duration is not known: no end is computed.", "Vitam, UNITS_RULES_COMPUTE.UNKNOWN")
	RuleWrongCategory = report.NewRule("ARC-EFF-CATEGORY", report.Warning,
		"La règle {code} est employée comme règle de catégorie {category}, le référentiel la range ailleurs : aucune échéance n'est calculée.",
		"Rule {code} is used as a rule of category {category}, the referential has it elsewhere: no end is computed.", "Vitam, UNITS_RULES_COMPUTE.CONSISTENCY")
	RuleHold = report.NewRule("ARC-EFF-HOLD", report.Warning,
		"La règle de gel {code} interdit l'élimination tant qu'elle court.",
		"Hold {code} forbids elimination as long as it runs.", "SEDA 2.2, HoldRule")
	RuleNoRetention = report.NewRule("ARC-EFF-NO-RETENTION", report.Warning,
		"Aucune règle de conservation ne s'applique : rien ne peut être éliminé.",
		"No rule of retention applies: nothing may be eliminated.", "Code du patrimoine L212-2")
	RuleNoAccess = report.NewRule("ARC-EFF-NO-ACCESS", report.Warning,
		"Aucune règle de communicabilité ne s'applique : à examiner avant toute communication.",
		"No rule of access applies: to be examined before it is shown.", "Code du patrimoine L213-2")
	RuleAccessFrom = report.NewRule("ARC-EFF-ACCESS", report.Info,
		"La règle la plus stricte, {code}, rend l'unité communicable le {date}.",
		"The strictest rule, {code}, opens the unit on {date}.", "Code du patrimoine L213-2")

	RuleRefColumn = report.NewRule("ARC-REF-COLUMN", report.Error,
		"Le référentiel de règles n'a pas de colonne {column}.",
		"The rule referential has no column {column}.", referential)
	RuleRefTwice = report.NewRule("ARC-REF-DUP", report.Error,
		"La règle {code} est deux fois dans le référentiel.",
		"Rule {code} is twice in the referential.", referential)
	RuleRefLine = report.NewRule("ARC-REF-LINE", report.Error,
		"Cette ligne du référentiel ne peut pas être employée : {what}.",
		"This line of the referential cannot be used: {what}.", referential)

	RuleFileName = report.NewRule("ARC-FILE-NAME", report.Error,
		"Le nom d'un fichier de ce dossier n'est pas en UTF-8 : il n'est pas versé.",
		"The name of a file in this folder is not UTF-8: it is not handed over.", "Liasse")
	RuleIrregular = report.NewRule("ARC-FILE-KIND", report.Error,
		"Ceci n'est pas un fichier ordinaire (lien, périphérique) : il n'est pas versé.",
		"This is no regular file (a link, a device): it is not handed over.", "Liasse")
	RuleSidecar = report.NewRule("ARC-FILE-SIDECAR", report.Warning,
		"Ce fichier de description n'est pas lu et n'est pas versé.",
		"This file of description is not read and not handed over.", "ReSIP, disk model")

	RuleIgnored = report.NewRule("ARC-FILE-IGNORED", report.Info,
		"Ce fichier de travail n'est pas versé (motif {pattern}).",
		"This working file is not handed over (pattern {pattern}).", "Liasse")
	RuleUnreadable = report.NewRule("ARC-FILE-UNREADABLE", report.Error,
		"Ce fichier ou ce dossier ne peut pas être lu.",
		"This file or folder cannot be read.", "Liasse")
	RuleFileEmpty = report.NewRule("ARC-FILE-EMPTY", report.Warning,
		"Le fichier de l'objet {id} est vide.",
		"The file of object {id} is empty.", "Liasse")
	RuleFormatUnknown = report.NewRule("ARC-FORMAT-UNKNOWN", report.Warning,
		"Le format du fichier de l'objet {id} n'est pas reconnu.",
		"The format of the file of object {id} is not recognised.", "Vitam, OG_OBJECTS_FORMAT_CHECK")
	RuleFormatDiffers = report.NewRule("ARC-FORMAT-DIFFERS", report.Warning,
		"L'objet {id} est annoncé au format {declared}, son fichier est au format {puid}.",
		"Object {id} is declared to be in format {declared}, its file is in format {puid}.", "Vitam, OG_OBJECTS_FORMAT_CHECK")
	RuleFormatExtension = report.NewRule("ARC-FORMAT-EXTENSION", report.Warning,
		"L'extension du fichier de l'objet {id} n'est pas celle de son format ({puid}).",
		"The extension of the file of object {id} is not one of its format ({puid}).", "PRONOM")
	RuleFormatAmbiguous = report.NewRule("ARC-FORMAT-AMBIGUOUS", report.Info,
		"Plusieurs formats conviennent au fichier de l'objet {id} ; {puid} est retenu.",
		"Several formats fit the file of object {id}; {puid} is taken.", "PRONOM")
	RuleFormatUnseen = report.NewRule("ARC-FORMAT-PARTIAL", report.Info,
		"Le fichier de l'objet {id} est trop gros pour que son format soit cherché partout.",
		"The file of object {id} is too large for its format to be looked for everywhere.", "Liasse")

	RuleDocumentTwice = report.NewRule("ARC-DOCUMENT-DUP", report.Error,
		"Deux documents du transfert ont le même identifiant.",
		"Two documents of the transfer have the same identifier.", "Liasse")
	RuleDocumentEmpty = report.NewRule("ARC-DOCUMENT-EMPTY", report.Warning,
		"Le document n'a aucun fichier : seule sa description sera versée.",
		"The document has no file: only its description will be handed over.", "Liasse")
	RuleHeld = report.NewRule("ARC-HELD", report.Error,
		"Le document est gelé : il ne peut pas être versé avant la levée du gel.",
		"The document is on hold: it cannot be handed over before the hold is lifted.", "MoReq2010 (disposal hold)")
	RuleFieldLost = report.NewRule("ARC-FIELD-LOST", report.Info,
		"Le champ {field} du document n'a pas de place dans le paquet et n'est pas versé.",
		"Field {field} of the document has no place in the package and is not handed over.", "Liasse")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleHeader, RuleEmpty, RuleID, RuleIDTwice, RuleCycle, RuleDepth, RuleTitle, RuleLevel, RuleDateOrder, RuleGroups,
		RuleGroupUnknown, RuleGroupEmpty, RuleGroupOrphan, RuleMaster, RuleUsage, RuleUsageTwice, RuleContent,
		RuleDigest, RulePhysicalID, RuleName, RuleLink, RuleNoCode, RuleNoStart, RuleNoSort, RuleSortConflict, RuleDestroy,
		RuleOwn, RuleInherited, RuleStopped, RuleExceptNothing, RuleEnd, RuleUnlimited, RuleUnknown, RuleWrongCategory,
		RuleHold, RuleNoRetention, RuleNoAccess, RuleAccessFrom, RuleRefColumn, RuleRefTwice, RuleRefLine,
		RuleFileName, RuleIrregular, RuleSidecar, RuleIgnored, RuleUnreadable, RuleFileEmpty,
		RuleFormatUnknown, RuleFormatDiffers, RuleFormatExtension, RuleFormatAmbiguous, RuleFormatUnseen,
		RuleDocumentTwice, RuleDocumentEmpty, RuleHeld, RuleFieldLost,
	}
}

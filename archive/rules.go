package archive

import "github.com/liasse/liasse/ged/report"

const seda = "SEDA 2.1, NF Z44-022, ISO 20614"

// Rules of packages, whatever format they are written in.
var (
	RuleHeader = report.NewRule("ARC-HEADER", report.Error,
		"Le transfert n'a pas de {field}.",
		"The transfer has no {field}.", seda)
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
		"L'unité {id} n'a pas d'intitulé.",
		"Unit {id} has no title.", "ISAD(G) 3.1.2")
	RuleLevel = report.NewRule("ARC-LEVEL", report.Error,
		"L'unité {id} n'a pas de niveau de description reconnu.",
		"Unit {id} has no known level of description.", "ISAD(G) 3.1.4")
	RuleDateOrder = report.NewRule("ARC-DATE-ORDER", report.Error,
		"L'unité {id} finit ({end}) avant de commencer ({start}).",
		"Unit {id} ends ({end}) before it starts ({start}).", "ISAD(G) 3.1.3")
	RuleGroups = report.NewRule("ARC-GROUPS", report.Error,
		"L'unité {id} a {count} groupes d'objets : les plateformes n'en acceptent qu'un.",
		"Unit {id} has {count} groups of objects: platforms take only one.", "Vitam, CHECK_MANIFEST")
	RuleGroupUnknown = report.NewRule("ARC-GROUP-UNKNOWN", report.Error,
		"L'unité {id} renvoie à un groupe d'objets qui n'est pas dans le paquet.",
		"Unit {id} refers to a group of objects that is not in the package.", "SEDA 2.1, DataObjectReference")
	RuleGroupEmpty = report.NewRule("ARC-GROUP-EMPTY", report.Error,
		"Le groupe d'objets {id} est vide.",
		"Group of objects {id} is empty.", "SEDA 2.1, DataObjectGroup")
	RuleGroupOrphan = report.NewRule("ARC-GROUP-ORPHAN", report.Error,
		"Aucune unité ne décrit le groupe d'objets {id}.",
		"No unit describes group of objects {id}.", "Vitam, CHECK_CONSISTENCY")
	RuleMaster = report.NewRule("ARC-MASTER", report.Error,
		"Le groupe d'objets {id} n'a pas de fichier d'origine (BinaryMaster_1).",
		"Group of objects {id} has no original file (BinaryMaster_1).", "Vitam, MASTER_MANDATORY_REQUIRED")
	RuleUsage = report.NewRule("ARC-USAGE", report.Error,
		"L'usage de l'objet {id} n'est pas reconnu.",
		"The usage of object {id} is not known.", "Vitam, INVALID_DATAOBJECTVERSION")
	RuleUsageTwice = report.NewRule("ARC-USAGE-DUP", report.Error,
		"Le groupe d'objets {id} a deux objets pour l'usage {usage}.",
		"Group of objects {id} has two objects for usage {usage}.", "Vitam, CHECK_MANIFEST")
	RuleContent = report.NewRule("ARC-CONTENT", report.Error,
		"Le contenu du fichier de l'objet {id} est introuvable.",
		"The content of the file of object {id} cannot be found.", "SEDA 2.1, BinaryDataObject")
	RuleDigest = report.NewRule("ARC-DIGEST", report.Error,
		"L'empreinte {algorithm} de l'objet {id} n'a pas la forme attendue (hexadécimal en minuscules).",
		"The {algorithm} digest of object {id} is not of the form expected (lower-case hexadecimal).", "SEDA 2.1, MessageDigest")
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
		RuleDigest, RuleName, RuleLink, RuleNoCode, RuleNoStart, RuleNoSort, RuleSortConflict, RuleDestroy,
		RuleDocumentTwice, RuleDocumentEmpty, RuleHeld, RuleFieldLost,
	}
}

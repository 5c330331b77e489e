package seda

import (
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged/report"
)

// Rules of SEDA messages that [archive.Check] does not know, because they come
// from the format or from a platform.
var (
	RuleTextChar = report.NewRule("SEDA-TEXT-CHAR", report.Error,
		"Le champ {field} contient un caractère interdit dans un document XML.",
		"Field {field} holds a character forbidden in an XML document.", "XML §2.2")
	RuleTextControl = report.NewRule("SEDA-TEXT-CONTROL", report.Error,
		"Le champ {field} contient un caractère de contrôle : la plateforme refuse le versement.",
		"Field {field} holds a control character: the platform refuses the transfer.", vitam.Schema)
	RuleTextMarkup = report.NewRule("SEDA-TEXT-MARKUP", report.Error,
		"Le champ {field} contient du balisage ({what}) : la plateforme refuse le versement.",
		"Field {field} holds markup ({what}): the platform refuses the transfer.", vitam.Schema)
	RuleTextLong = report.NewRule("SEDA-TEXT-LONG", report.Error,
		"Le champ {field} est trop long ({got} caractères, {max} au plus) : la plateforme refuse le versement.",
		"Field {field} is too long ({got} characters, at most {max}): the platform refuses the transfer.", vitam.Schema)
	RuleUnitLong = report.NewRule("SEDA-UNIT-LONG", report.Error,
		"Les textes d'une unité sont trop longs ({got} caractères, {max} au plus) : la plateforme refuse le versement.",
		"The texts of one unit are too long ({got} characters, at most {max}): the platform refuses the transfer.", vitam.Schema)
	RuleDateRange = report.NewRule("SEDA-RULE-DATE", report.Error,
		"La date de départ de la règle {code} n'est pas entre les années 1 et 8999.",
		"The start date of rule {code} is not between years 1 and 8999.", vitam.Schema)
	RuleLanguage = report.NewRule("SEDA-LANGUAGE", report.Error,
		"Le code de langue {value!} n'a pas la forme attendue (fr, fra, fr-FR).",
		"Language code {value!} is not of the form expected (fr, fra, fr-FR).", "SEDA 2.1, Language")
	RuleKeyword = report.NewRule("SEDA-KEYWORD", report.Warning,
		"La nature d'un mot-clé ({value!}) n'est pas de la liste du SEDA : elle n'est pas écrite.",
		"The kind of a keyword ({value!}) is not in SEDA's list: it is not written.", "SEDA 2.1, KeywordType")
	RuleCategory = report.NewRule("SEDA-RULE-CATEGORY", report.Error,
		"La règle {code} est d'une catégorie ({category}) que ce bordereau ne peut pas porter.",
		"Rule {code} is of a category ({category}) this message cannot carry.", "SEDA 2.1, Management")
	RuleSort = report.NewRule("SEDA-SORT", report.Info,
		"Le sort final « trier » de la règle {code} n'existe pas dans le SEDA : écrit « conserver », avec un commentaire à l'archiviste.",
		"The final action \"sort\" of rule {code} does not exist in SEDA: written \"keep\", with a comment to the archivist.", "SEDA 2.1, FinalAction")
	RuleAgent = report.NewRule("SEDA-AGENT", report.Warning,
		"Un intervenant ({role}) n'a pas de place dans ce bordereau et n'est pas écrit.",
		"An agent ({role}) has no place in this message and is not written.", "SEDA 2.1, Content")
	RuleEventTime = report.NewRule("SEDA-EVENT-TIME", report.Error,
		"Un événement de l'unité n'a pas de date.",
		"An event of the unit has no date.", "SEDA 2.1, EventDateTime")
	RuleLost = report.NewRule("SEDA-LOST", report.Error,
		"La version {version} du SEDA n'admet pas cet élément {element} : il n'est pas écrit.",
		"Version {version} of SEDA does not take this element {element}: it is not written.", "SEDA 0.2 à 2.3")
	RuleRequired = report.NewRule("SEDA-REQUIRED", report.Error,
		"La version {version} du SEDA exige l'élément {element}.",
		"Version {version} of SEDA demands element {element}.", "SEDA 2.0 à 2.3")
	RuleConverted = report.NewRule("SEDA-CONVERTED", report.Info,
		"L'élément {element} est remplacé par {other} en version {version}.",
		"Element {element} becomes {other} in version {version}.", "SEDA 2.3, SigningInformation")
	RuleAssumed = report.NewRule("SEDA-ASSUMED", report.Info,
		"La version {version} du SEDA exige l'élément {element} : écrit « {value} » par défaut.",
		"Version {version} of SEDA demands element {element}: written \"{value}\" by default.", "SEDA 1.0, ContentDescription")

	RuleTransferRoot = report.NewRule("SEDA-TRANSFER-ROOT", report.Error,
		"Ce message n'est pas un bordereau de transfert du SEDA (élément {element}).",
		"This message is not a transfer of SEDA (element {element}).", "SEDA 2.1, ArchiveTransfer")
	RuleMessageRoot = report.NewRule("SEDA-MESSAGE-ROOT", report.Error,
		"Ce message n'est pas de ceux du SEDA, ou n'est pas de cette version (élément {element}).",
		"This message is none of SEDA's, or not of this version (element {element}).", "SEDA 0.2 à 2.3, messages")
	RuleTransferVersion = report.NewRule("SEDA-TRANSFER-VERSION", report.Error,
		"La version {version} du SEDA n'existe pas ou n'est pas connue.",
		"Version {version} of SEDA does not exist or is not known.", "SEDA 2.0 à 2.3")
	RuleNamespace = report.NewRule("SEDA-NAMESPACE", report.Error,
		"Ce message n'est dans l'espace de noms d'aucune version du SEDA : {what}.",
		"This message is in the namespace of no version of SEDA: {what}.", "SEDA 0.2 à 2.3, targetNamespace")
	RuleRef = report.NewRule("SEDA-REF", report.Error,
		"L'unité {from} renvoie à {to}, qui n'est pas dans le bordereau.",
		"Unit {from} refers to {to}, which is not in the message.", "XML §3.3.1 (IDREF)")
	RuleRefObject = report.NewRule("SEDA-REF-OBJECT", report.Warning,
		"L'unité {from} renvoie à l'objet {to} au lieu de son groupe : les plateformes le refusent.",
		"Unit {from} refers to object {to} instead of its group: platforms refuse it.", "Vitam, EXISTING_OG_NOT_DECLARED")
	RuleGroupUndeclared = report.NewRule("SEDA-GROUP", report.Error,
		"L'objet {id} se dit du groupe {group}, qu'aucun objet ne déclare.",
		"Object {id} says it is of group {group}, which no object declares.", "SEDA 2.1, DataObjectGroupReferenceId")

	RuleReplyRoot = report.NewRule("SEDA-REPLY-ROOT", report.Error,
		"Ce message n'est pas une réponse à un transfert (élément {element}).",
		"This message is not a reply to a transfer (element {element}).", "SEDA 2.1, ArchiveTransferReply")
	RuleReplyMissing = report.NewRule("SEDA-REPLY-MISSING", report.Warning,
		"Il manque à la réponse : {field}.",
		"The reply lacks: {field}.", "SEDA 2.1, ArchiveTransferReply")
	RuleReplyVersion = report.NewRule("SEDA-REPLY-VERSION", report.Warning,
		"L'espace de noms de la réponse n'est pas celui d'une version connue du SEDA.",
		"The namespace of the reply is not that of a known version of SEDA.", "SEDA 2.1")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleTextChar, RuleTextControl, RuleTextMarkup, RuleTextLong, RuleUnitLong, RuleDateRange, RuleLanguage,
		RuleKeyword, RuleCategory, RuleSort, RuleAgent, RuleEventTime,
		RuleLost, RuleRequired, RuleConverted, RuleAssumed, RuleTransferRoot, RuleMessageRoot, RuleTransferVersion, RuleNamespace, RuleRef, RuleRefObject, RuleGroupUndeclared,
		RuleReplyRoot, RuleReplyMissing, RuleReplyVersion,
	}
}

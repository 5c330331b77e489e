package pades

import "github.com/liasse/liasse/ged/report"

const (
	iso   = "ISO 32000-1 §12.8"
	pades = "ETSI EN 319 142-1 "
)

// Rules of the place of signatures in a PDF.
var (
	RuleByteRange = report.NewRule("SIG-PDF-RANGE", report.Error,
		"La signature ne couvre pas le document comme elle le doit : {why}.",
		"The signature does not cover the document as it must: {why}.", iso+".1")
	RuleDictionary = report.NewRule("SIG-PDF-DICTIONARY", report.Error,
		"Ce que le document dit de la signature (date, motif, valeur) n'est plus ce qui a été signé.",
		"What the document says of the signature (time, reason, value) is no longer what was signed.", iso+".1")
	RulePages = report.NewRule("SIG-PDF-PAGES", report.Error,
		"Des pages ont été ajoutées, retirées ou déplacées après la signature ({before} avant, {after} maintenant).",
		"Pages were added, removed or moved after signing ({before} before, {after} now).", iso+".2")
	RuleSigners = report.NewRule("SIG-PDF-SIGNERS", report.Error,
		"La valeur de la signature porte {count} {count|signataire|signataires} : il en faut exactement un.",
		"The signature value has {count} {count|signer|signers}: exactly one is due.", pades+"§4.1")
	RuleInside = report.NewRule("SIG-PDF-INSIDE", report.Error,
		"La valeur de la signature contient un document au lieu de porter sur le PDF.",
		"The signature value holds a document instead of being over the PDF.", pades+"§4.1")
	RuleUnreadable = report.NewRule("SIG-PDF-VALUE", report.Warning,
		"Un champ de signature ne contient pas de signature lisible ({field!}).",
		"A signature field does not hold a signature that can be read ({field!}).", iso+".1")
	RuleSubFilter = report.NewRule("SIG-PDF-FORMAT", report.Warning,
		"Une signature est d'une forme qui n'est pas examinée ({format}).",
		"A signature is of a form that is not examined ({format}).", iso+".3")
	RulePadding = report.NewRule("SIG-PDF-PADDING", report.Warning,
		"La place réservée à la signature contient autre chose que la signature : {count} {count|octet non signé|octets non signés}.",
		"The place of the signature holds something else than the signature: {count} {count|octet that is|octets that are} not signed.", iso+".3.3")
)

// Rules of what was done after signing.
var (
	RuleUndefined = report.NewRule("SIG-PDF-CHANGED", report.Error,
		"Le contenu du document a été modifié après la signature ({where}).",
		"The content of the document was changed after signing ({where}).", iso+".2")
	RuleHidden = report.NewRule("SIG-PDF-HIDDEN", report.Error,
		"Des octets ont été ajoutés après la signature sans faire partie du document : certains logiciels peuvent les montrer.",
		"Octets were added after signing that are no part of the document: some programs may show them.", "ISO 32000-1 §7.5.6")
	RuleForbidden = report.NewRule("SIG-PDF-FORBIDDEN", report.Error,
		"Le document a été modifié après la signature plus que celle-ci ne le permet.",
		"The document was changed after signing more than the signature permits.", iso+".2.2")
	RuleLocked = report.NewRule("SIG-PDF-LOCKED", report.Error,
		"Un champ verrouillé par la signature a été modifié.",
		"A field locked by the signature was changed.", iso+".2.4")
	RuleCompare = report.NewRule("SIG-PDF-COMPARE", report.Error,
		"Ce qui a changé après la signature n'a pas pu être établi en entier.",
		"What changed after signing could not be established in full.", iso+".2")
	RuleAllowed = report.NewRule("SIG-PDF-LATER", report.Info,
		"Le document a été complété après la signature, d'une façon permise ({what}).",
		"The document was added to after signing, in a permitted way ({what}).", iso+".2")
	RuleOverlap = report.NewRule("SIG-PDF-OVERLAP", report.Warning,
		"Une annotation ajoutée après la signature en recouvre une autre (page {page}).",
		"An annotation added after signing covers another one (page {page}).", iso+".2")
	RuleAnnotation = report.NewRule("SIG-PDF-ANNOTATION", report.Warning,
		"Une annotation visible a été ajoutée ou changée après la signature (page {page}) : elle peut masquer le texte signé.",
		"A visible annotation was added or changed after signing (page {page}): it may hide the signed text.", iso+".2")
	RuleRepaired = report.NewRule("SIG-PDF-REPAIRED", report.Warning,
		"La structure du PDF est abîmée et a été reconstituée pour l'examiner.",
		"The structure of the PDF is damaged and was rebuilt to examine it.", "ISO 32000-1 §7.5.4")
	RuleLost = report.NewRule("SIG-PDF-LOST", report.Error,
		"Le fichier porte une signature qui n'est plus reliée au document : il est sans doute tronqué. Le redemander à qui l'a signé.",
		"The file holds a signature that is no longer tied to the document: it was probably cut. Ask for it again where it was signed.", "ISO 32000-1 §7.5.6")
	RuleLimit = report.NewRule("SIG-PDF-LIMIT", report.Error,
		"Le document contient plus de signatures qu'on n'en peut examiner ({limit}).",
		"The document holds more signatures than can be examined ({limit}).", "")
	RuleValidation = report.NewRule("SIG-PDF-DSS", report.Warning,
		"Une preuve de validation jointe au document (certificat, liste, réponse) est illisible.",
		"A piece of validation data in the document (certificate, list, response) cannot be read.", pades+"§5.4.2")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleByteRange, RuleDictionary, RulePages, RuleSigners, RuleInside, RuleUnreadable, RuleSubFilter,
		RulePadding, RuleUndefined, RuleHidden, RuleForbidden, RuleLocked, RuleCompare, RuleAllowed, RuleOverlap, RuleAnnotation,
		RuleRepaired, RuleLost, RuleLimit, RuleValidation}
}

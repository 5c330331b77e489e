package cades

import "github.com/liasse/liasse/ged/report"

// Rules of CMS and CAdES.
var (
	RuleUnreadable = report.NewRule("SIG-CMS-UNREADABLE", report.Fatal,
		"Ce fichier de signature est illisible ou coupé (octet {offset}).",
		"This signature file cannot be read or is cut short (octet {offset}).", "RFC 5652 §5")
	RuleNoSigner = report.NewRule("SIG-CMS-EMPTY", report.Warning,
		"Ce fichier ne contient aucune signature.",
		"This file holds no signature.", "RFC 5652 §5.1")
	RuleTrailing = report.NewRule("SIG-CMS-TRAILING", report.Warning,
		"Le fichier contient {count} {count|octet|octets} après la signature : ce qui s'y trouve n'est pas signé.",
		"The file holds {count} {count|octet|octets} after the signature: what stands there is not signed.", "RFC 5652 §3")
	RuleExcess = report.NewRule("SIG-CMS-EXCESS", report.Error,
		"Le fichier contient plus de signataires ou de certificats qu'on n'en peut examiner.",
		"The file holds more signers or certificates than can be examined.", "")
	RuleNotDER = report.NewRule("SIG-CMS-ORDER", report.Warning,
		"Les propriétés signées ne sont pas rangées comme elles ont été signées (défaut du logiciel de signature).",
		"The signed attributes are not stored in the order they were signed in (a defect of the signing software).", "RFC 5652 §5.4")
	RuleStoredOrder = report.NewRule("SIG-CMS-STORED", report.Error,
		"La valeur de signature n'est juste que sur les propriétés telles que rangées, ce que la norme interdit.",
		"The signature value is right only over the attributes as stored, which the standard forbids.", "RFC 5652 §5.4")
	RuleDuplicate = report.NewRule("SIG-CMS-DUPLICATE", report.Warning,
		"Une propriété signée figure plusieurs fois ({oid}).",
		"A signed attribute is present more than once ({oid}).", "RFC 5652 §11")
	RuleAlgorithms = report.NewRule("SIG-CMS-ALGORITHMS", report.Error,
		"L'empreinte annoncée ({digest}) n'est pas celle de l'algorithme de signature ({algorithm}).",
		"The digest stated ({digest}) is not that of the signature algorithm ({algorithm}).", "RFC 5652 §5.3")
	RuleContentType = report.NewRule("SIG-CMS-TYPE", report.Warning,
		"Le type de contenu signé n'est pas celui du contenu.",
		"The content type signed is not that of the content.", "RFC 5652 §11.1")
	RuleCounterUnreadable = report.NewRule("SIG-CMS-COUNTER", report.Warning,
		"Une contre-signature est illisible.",
		"A counter-signature cannot be read.", "RFC 5652 §11.4")
	RuleStampUnreadable = report.NewRule("SIG-CMS-STAMP", report.Warning,
		"Un horodatage joint à la signature est illisible.",
		"A timestamp attached to the signature cannot be read.", "ETSI EN 319 122-1 §5.3")
	RuleStampOld = report.NewRule("SIG-CMS-STAMP-OLD", report.Info,
		"Un horodatage d'archive d'une forme abandonnée n'est pas examiné.",
		"An archive timestamp of a withdrawn form is not examined.", "ETSI TS 101 733")
	RuleTooLarge = report.NewRule("SIG-CMS-SIZE", report.Fatal,
		"Le fichier de signature est trop grand pour être examiné (plus de {limit} octets).",
		"The signature file is too large to be examined (more than {limit} octets).", "")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleUnreadable, RuleNoSigner, RuleTrailing, RuleExcess, RuleNotDER, RuleStoredOrder,
		RuleDuplicate, RuleAlgorithms, RuleContentType, RuleCounterUnreadable, RuleStampUnreadable, RuleStampOld, RuleTooLarge}
}

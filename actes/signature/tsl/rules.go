package tsl

import "github.com/liasse/liasse/ged/report"

const norm = "ETSI TS 119 612 "

// Rules of trusted lists.
var (
	RuleNotList = report.NewRule("TSL-NONE", report.Fatal,
		"Ce fichier n'est pas une liste de confiance.",
		"This file is not a trusted list.", norm+"§5.2")
	RuleVersion = report.NewRule("TSL-VERSION", report.Error,
		"La version de la liste de confiance n'est pas connue : seules les versions 5 et 6 le sont.",
		"The version of the trusted list is not known: only versions 5 and 6 are.", norm+"§5.3.1")
	RuleExpired = report.NewRule("TSL-EXPIRED", report.Warning,
		"La liste de confiance est périmée depuis le {date} : il faut se procurer la suivante.",
		"The trusted list is out of date since {date}: the next one is needed.", norm+"§5.3.15")
	RuleClosed = report.NewRule("TSL-CLOSED", report.Warning,
		"La liste de confiance n'annonce pas de mise à jour : son exploitant a cessé de la tenir.",
		"The trusted list announces no update: its operator has ceased to keep it.", norm+"§5.3.15")
	RuleFuture = report.NewRule("TSL-FUTURE", report.Warning,
		"La liste de confiance est datée du {date}, après le moment où l'on juge.",
		"The trusted list is dated {date}, after the time judged at.", norm+"§5.3.14")
	RuleUnsigned = report.NewRule("TSL-UNSIGNED", report.Error,
		"La liste de confiance n'est pas signée : rien de ce qu'elle dit n'est prouvé.",
		"The trusted list is not signed: nothing it says is proved.", norm+"§5.7")
	RulePartial = report.NewRule("TSL-PARTIAL", report.Error,
		"La signature ne couvre pas la liste de confiance entière.",
		"The signature does not cover the whole trusted list.", norm+"§5.7.1")
	RuleSigner = report.NewRule("TSL-SIGNER", report.Error,
		"La liste de confiance est signée par un autre certificat que ceux qui y sont habilités.",
		"The trusted list is signed by another certificate than those entitled to.", norm+"§5.7.1")
	RuleSignature = report.NewRule("TSL-SIGNATURE", report.Error,
		"La signature de la liste de confiance ne tient pas : {indication}.",
		"The signature of the trusted list does not hold: {indication}.", norm+"§5.7")
	RuleCertificate = report.NewRule("TSL-CERTIFICATE", report.Warning,
		"Un certificat de la liste de confiance est illisible : il est laissé de côté.",
		"A certificate of the trusted list cannot be read: it is left aside.", norm+"§5.5.3")
	RuleDate = report.NewRule("TSL-DATE", report.Error,
		"Une date de la liste de confiance manque ou est illisible ({element}).",
		"A date of the trusted list is missing or cannot be read ({element}).", norm+"§5.1.4")
	RuleField = report.NewRule("TSL-FIELD", report.Error,
		"La liste de confiance n'indique pas {element}, qui est obligatoire.",
		"The trusted list does not state {element}, which is mandatory.", norm+"§5.2")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleNotList, RuleVersion, RuleExpired, RuleClosed, RuleFuture, RuleUnsigned, RulePartial,
		RuleSigner, RuleSignature, RuleCertificate, RuleDate, RuleField}
}

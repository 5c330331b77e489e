package ged

import "github.com/liasse/liasse/ged/report"

const patrimoine = "Code du patrimoine "

// Rules of conservation: not faults, but the reasons of a computed date. The
// warnings are what keeps a record from being destroyed or shown.
var (
	RuleRetention = report.NewRule("GED-DUA", report.Info,
		"Règle {code} : durée d'utilité administrative de {dua} à compter du {start} ({event}), jusqu'au {end}.",
		"Rule {code}: retention of {dua} from {start} ({event}), until {end}.", patrimoine+"L212-2")
	RuleRetentionUnlimited = report.NewRule("GED-DUA-UNLIMITED", report.Info,
		"Règle {code} : durée d'utilité administrative illimitée.",
		"Rule {code}: unlimited retention.", patrimoine+"L212-2")
	RuleRetentionStart = report.NewRule("GED-DUA-START", report.Warning,
		"Règle {code} : le point de départ est inconnu, aucune échéance n'est calculée et rien ne peut être détruit.",
		"Rule {code}: its start is not known, no end is computed and nothing may be destroyed.", patrimoine+"L212-2")
	RuleRetentionUncertain = report.NewRule("GED-DUA-UNCERTAIN", report.Warning,
		"Règle {code} : à confirmer par un archiviste, rien ne peut être détruit d'ici là.",
		"Rule {code}: an archivist must confirm it, nothing may be destroyed until then.", patrimoine+"R212-14")
	RuleRetentionLongest = report.NewRule("GED-DUA-LONGEST", report.Info,
		"Plusieurs règles s'appliquent : la plus longue, {code}, l'emporte (jusqu'au {end}).",
		"Several rules apply: the longest, {code}, wins (until {end}).", "Liasse")
	RuleRetentionNone = report.NewRule("GED-DUA-NONE", report.Warning,
		"Aucune règle de conservation ne vise ce document : rien ne peut être détruit.",
		"No retention rule is about this record: nothing may be destroyed.", patrimoine+"L212-2")
	RuleSortNone = report.NewRule("GED-SORT-NONE", report.Warning,
		"Aucune règle ne dit le sort final : rien ne peut être détruit.",
		"No rule says the final action: nothing may be destroyed.", patrimoine+"L212-2")
	RuleSortKept = report.NewRule("GED-SORT-KEPT", report.Info,
		"Les règles divergent sur le sort final : la conservation ou le tri l'emporte sur la destruction.",
		"The rules differ on the final action: keeping or sorting wins over destroying.", "Liasse")
	RuleVisa = report.NewRule("GED-VISA", report.Info,
		"La destruction demande le visa préalable du directeur des archives départementales.",
		"Destruction needs the prior visa of the director of the departmental archives.", patrimoine+"L212-2, L212-3, R212-14")
	RuleHold = report.NewRule("GED-HOLD", report.Warning,
		"Le document est gelé : il ne peut être ni versé ni détruit.",
		"The record is on hold: it can be neither transferred nor destroyed.", "MoReq2010 (disposal hold)")

	RuleAccess = report.NewRule("GED-ACCESS", report.Info,
		"Délai {code} : {delay} à compter du {start} ({event}), communicable le {date}.",
		"Delay {code}: {delay} from {start} ({event}), open on {date}.", patrimoine+"L213-2")
	RuleAccessNow = report.NewRule("GED-ACCESS-NOW", report.Info,
		"Communicable de plein droit ({code}).",
		"Open to anyone at once ({code}).", patrimoine+"L213-1")
	RuleAccessNever = report.NewRule("GED-ACCESS-NEVER", report.Info,
		"Jamais communicable ({code}).",
		"Never open ({code}).", patrimoine+"L213-2 II")
	RuleAccessStart = report.NewRule("GED-ACCESS-START", report.Warning,
		"Délai {code} : le point de départ ({event}) est inconnu, le document n'est pas communicable tant qu'il ne l'est pas.",
		"Delay {code}: its start ({event}) is not known, the record is not open until it is.", patrimoine+"L213-2")
	RuleAccessUnknown = report.NewRule("GED-ACCESS-CODE", report.Warning,
		"Le code de communicabilité {code} n'est pas connu : le document n'est pas communicable sans examen.",
		"Access code {code} is not known: the record is not open without examination.", patrimoine+"L213-2")
	RuleAccessPersonal = report.NewRule("GED-ACCESS-PERSONAL", report.Warning,
		"Le document contient des données personnelles sensibles et aucun délai n'est indiqué : à examiner avant toute communication.",
		"The record holds sensitive personal data and no delay is stated: to be examined before it is shown.", patrimoine+"L213-2")
	RuleAccessStrictest = report.NewRule("GED-ACCESS-STRICTEST", report.Info,
		"Le dossier suit le délai le plus strict de ses pièces ({code}).",
		"The file follows the strictest delay of its parts ({code}).", patrimoine+"L213-2")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleRetention, RuleRetentionUnlimited, RuleRetentionStart, RuleRetentionUncertain, RuleRetentionLongest, RuleRetentionNone,
		RuleSortNone, RuleSortKept, RuleVisa, RuleHold,
		RuleAccess, RuleAccessNow, RuleAccessNever, RuleAccessStart, RuleAccessUnknown, RuleAccessPersonal, RuleAccessStrictest,
	}
}

package profile

import "github.com/liasse/liasse/ged/report"

const norm = "profil d'archivage (RELAX NG)"

// Rules of transfers that must follow the profile of an archive service. {place}
// is the unit, the object or the part of the message concerned.
var (
	RuleRoot = report.NewRule("PROFILE-ROOT", report.Error,
		"{place}{title!} : ce document (élément racine {element}) n'est pas de ceux que le profil décrit ; la version du SEDA n'est peut-être pas celle du profil.",
		"{place}{title!}: this document (root element {element}) is none the profile describes; its version of SEDA may not be that of the profile.", norm)
	RuleElement = report.NewRule("PROFILE-ELEMENT", report.Error,
		"{place}{title!} : le profil ne prévoit pas {element} à cet endroit ; il y prévoit : {expected}.",
		"{place}{title!}: the profile does not expect {element} here, but: {expected}.", norm)
	RuleMissing = report.NewRule("PROFILE-MISSING", report.Error,
		"{place}{title!} : il manque ce que le profil exige : {missing}.",
		"{place}{title!}: what the profile demands is missing: {missing}.", norm)
	RuleBefore = report.NewRule("PROFILE-ORDER", report.Error,
		"{place}{title!} : {element} est mal placé ; le profil le demande avant {before}.",
		"{place}{title!}: {element} is misplaced; the profile wants it before {before}.", norm)
	RuleAfter = report.NewRule("PROFILE-ORDER-AFTER", report.Error,
		"{place}{title!} : {element} est mal placé ; le profil le demande après {after}.",
		"{place}{title!}: {element} is misplaced; the profile wants it after {after}.", norm)
	RuleText = report.NewRule("PROFILE-TEXT", report.Error,
		"{place}{title!} : le profil ne veut pas de texte dans {element}.",
		"{place}{title!}: the profile wants no text in {element}.", norm)
	RuleValue = report.NewRule("PROFILE-VALUE", report.Error,
		"{place}{title!} : {name} ne convient pas au profil ({value!}) : {expected}.",
		"{place}{title!}: {name} does not suit the profile ({value!}): {expected}.", norm)
	RuleFixed = report.NewRule("PROFILE-FIXED", report.Error,
		"{place}{title!} : le profil demande pour {name} exactement {expected} ; le bordereau contient autre chose ({value!}).",
		"{place}{title!}: the profile demands for {name} exactly {expected}; the message holds something else ({value!}).", norm)
	RuleAttr = report.NewRule("PROFILE-ATTR", report.Error,
		"{place}{title!} : le profil ne prévoit pas l'attribut {attribute} sur {element}.",
		"{place}{title!}: the profile does not expect attribute {attribute} on {element}.", norm)
	RuleAttrMissing = report.NewRule("PROFILE-ATTR-MISSING", report.Error,
		"{place}{title!} : il manque sur {element} l'attribut {attribute}, que le profil exige.",
		"{place}{title!}: attribute {attribute}, which the profile demands, is missing on {element}.", norm)
	RuleMore = report.NewRule("PROFILE-MORE", report.Info,
		"Le bordereau s'écarte du profil en {n} {n|autre endroit|autres endroits} au moins ; seuls les {max} premiers sont décrits.",
		"The message departs from the profile in at least {n} more {n|place|places}; only the first {max} are described.", norm)
	RuleFill = report.NewRule("PROFILE-FILL", report.Info,
		"{place} : à compléter, {name} : {expected}.",
		"{place}: to be filled in, {name}: {expected}.", norm)
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleRoot, RuleElement, RuleMissing, RuleBefore, RuleAfter, RuleText,
		RuleValue, RuleFixed, RuleAttr, RuleAttrMissing, RuleMore, RuleFill}
}

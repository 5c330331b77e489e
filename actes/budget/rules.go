package budget

import "github.com/liasse/liasse/ged/report"

const (
	dgcl = "DGCL, schéma DocumentBudgetaire"
	seal = "DGCL, scellement des documents budgétaires"
)

// Rules of budget documents.
var (
	Racine = report.NewRule("ACT-BUDGET-ROOT", report.Error,
		"L'élément racine {element} n'est ni DocumentBudgetaire ni CompteFinancierUnique : ce n'est pas un document budgétaire.",
		"Root element {element} is neither DocumentBudgetaire nor CompteFinancierUnique: this is no budget document.", dgcl)
	EspaceDeNoms = report.NewRule("ACT-BUDGET-NS", report.Error,
		"L'élément {element} n'est pas dans l'espace de noms {namespace} : le logiciel de finances est à corriger par son éditeur.",
		"Element {element} is not in namespace {namespace}: the finance software must be corrected by its maker.", dgcl)
	Manque = report.NewRule("ACT-BUDGET-MISSING", report.Error,
		"Il manque l'élément {element} : le fichier est incomplet, le refaire avec le logiciel de finances.",
		"Element {element} is missing: the file is incomplete, make it again with the finance software.", dgcl)
	EnDouble = report.NewRule("ACT-BUDGET-DUP", report.Error,
		"L'élément {element} figure deux fois : on ne sait lequel est le bon.",
		"Element {element} stands twice: there is no telling which one counts.", dgcl)
	Exercice = report.NewRule("ACT-BUDGET-EXER", report.Error,
		"L'exercice (Exer) doit être une année de quatre chiffres ; valeur lue : {value!}.",
		"The financial year (Exer) must be a year of four digits; value read: {value!}.", dgcl)
	NatDec = report.NewRule("ACT-BUDGET-NATDEC", report.Warning,
		"La nature de la décision (NatDec) n'est pas connue ; valeur lue : {value!} ; codes en usage : {expected}.",
		"The nature of the decision (NatDec) is not known; value read: {value!}; codes in use: {expected}.", dgcl)
	NomenclatureInconnue = report.NewRule("ACT-BUDGET-NOMENCLATURE", report.Warning,
		"La nomenclature {value} n'est pas celle d'un plan de comptes connu (M57-M57_A, M4-M49_D…).",
		"Nomenclature {value} is not that of a known plan of accounts (M57-M57_A, M4-M49_D…).", "DGCL, plans de comptes 2013-2024")
	SIRETForme = report.NewRule("ACT-BUDGET-SIRET-FORMAT", report.Warning,
		"{element} doit être un SIRET de 14 chiffres ; il contient : {value!}.",
		"{element} must be a SIRET of 14 digits; it holds: {value!}.", dgcl)
	SIRETCle = report.NewRule("ACT-BUDGET-SIRET-KEY", report.Warning,
		"Le SIRET donné par {element} a une clé de contrôle fausse : un chiffre est sans doute mal saisi.",
		"The SIRET in {element} has a wrong check key: a digit is probably mistyped.", "Code de commerce R123-220")
	SIRETEmetteur = report.NewRule("ACT-BUDGET-SIRET-SENDER", report.Warning,
		"Le SIRET donné par {element} ne commence pas par le SIREN de l'émetteur de l'enveloppe.",
		"The SIRET in {element} does not begin with the SIREN of the envelope's sender.", "Liasse")
	ScellementAbsent = report.NewRule("ACT-BUDGET-SEAL-ABSENT", report.Warning,
		"Le document budgétaire n'est pas scellé : il faut le sceller (TotEM) avant de le transmettre.",
		"The budget document is not sealed: it must be sealed (TotEM) before it is sent.", seal)
	ScellementRompu = report.NewRule("ACT-BUDGET-SEAL-BROKEN", report.Error,
		"Le scellement ne correspond pas au document : l'un des deux a été modifié depuis ({detail}). Repartir du fichier d'origine et le sceller de nouveau (TotEM).",
		"The seal does not match the document: one of them was changed since ({detail}). Start from the original file and seal it again (TotEM).", seal)
	ScellementVariante = report.NewRule("ACT-BUDGET-SEAL-VARIANT", report.Info,
		"Le scellement est intact, mais seulement {detail} : certains outils le diront rompu.",
		"The seal is intact, but only {detail}: some tools will call it broken.", seal)
	SignatureNonVerifiable = report.NewRule("ACT-BUDGET-SIGNATURE", report.Info,
		"{count} {count|signature présente ne peut|signatures présentes ne peuvent} pas être {count|vérifiée|vérifiées} : le scellement remet le document en page après la signature, les empreintes ne peuvent plus correspondre.",
		"The {count} {count|signature|signatures} present cannot be verified: sealing lays the document out again after it was signed, the digests can no longer match.", "Liasse")
	Accents = report.NewRule("ACT-BUDGET-ACCENTS", report.Warning,
		"Des caractères accentués ont été perdus par une mauvaise conversion d'encodage ({count} {count|valeur touchée|valeurs touchées}) : repartir du fichier produit par le logiciel de finances.",
		"Accented characters were lost by a wrong change of encoding ({count} {count|value|values} affected): start again from the file the finance software made.", "Liasse")
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{
		Racine, EspaceDeNoms, Manque, EnDouble, Exercice, NatDec, NomenclatureInconnue, SIRETForme, SIRETCle, SIRETEmetteur,
		ScellementAbsent, ScellementRompu, ScellementVariante, SignatureNonVerifiable, Accents,
	}
}

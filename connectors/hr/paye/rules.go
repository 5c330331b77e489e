package paye

import "github.com/liasse/liasse/ged/report"

const norme = "DGFiP, schéma DocumentPaye (XHL) 1.1"

// Rules of payroll statements.
var (
	EspaceDeNoms = report.NewRule("PAYE-NS", report.Warning,
		"L'élément racine n'est pas dans l'espace de noms des états de paye.",
		"The root element is not in the namespace of payroll statements.", norme)
	Encodage = report.NewRule("PAYE-ENCODAGE", report.Warning,
		"L'état de paye est encodé en {encoding} et non en ISO-8859-1.",
		"The payroll statement is encoded in {encoding}, not in ISO-8859-1.", norme)
	Manque = report.NewRule("PAYE-MANQUE", report.Error,
		"Il manque l'élément {element} : refaire l'état avec le logiciel de paye.",
		"Element {element} is missing: make the statement again with the payroll software.", norme)
	MauvaisePeriode = report.NewRule("PAYE-PERIODE", report.Error,
		"L'élément {element} n'est pas {what}.", "Element {element} is not {what}.", norme)
	AgentIncomplet = report.NewRule("PAYE-AGENT-MANQUE", report.Warning,
		"Bulletin {number} (matricule {matricule!}) : il manque {elements}.",
		"Payslip {number} (matricule {matricule!}): {elements} missing.", norme)
	Montant = report.NewRule("PAYE-MONTANT", report.Warning,
		"Bulletin {number} (matricule {matricule!}) : {field} n'est pas un montant, les totaux n'en tiennent pas compte.",
		"Payslip {number} (matricule {matricule!}): {field} is no amount, the totals leave it out.", norme)
	TotalBrut = report.NewRule("PAYE-TOTAL-BRUT", report.Warning,
		"Bulletin {number} (matricule {matricule!}) : le brut ({declared!}) n'est pas la somme des traitements, indemnités et rémunérations diverses ({sum!}).",
		"Payslip {number} (matricule {matricule!}): the gross pay ({declared!}) is not the sum of its lines of pay ({sum!}).", "Liasse")
	TotalNet = report.NewRule("PAYE-TOTAL-NET", report.Warning,
		"Bulletin {number} (matricule {matricule!}) : le net ({declared!}) n'est pas le brut moins les déductions et retenues ({sum!}).",
		"Payslip {number} (matricule {matricule!}): the net pay ({declared!}) is not the gross less deductions ({sum!}).", "Liasse")
	SIRET = report.NewRule("PAYE-SIRET", report.Warning,
		"Le SIRET de {whose} n'est pas valable : {why}.", "The SIRET of {whose} is not right: {why}.", "Code de commerce R123-220")
	NIR = report.NewRule("PAYE-NIR", report.Warning,
		"Bulletin {number} (matricule {matricule!}) : le NIR n'est pas valable (15 chiffres, clé comprise).",
		"Payslip {number} (matricule {matricule!}): the NIR is not right (15 digits, key included).", "décret 82-103")
	Statut = report.NewRule("PAYE-STATUT", report.Warning,
		"{count} {count|bulletin a|bulletins ont} un statut qui n'est ni de la liste commune ni de celle du fichier (NomenclatureStatut) ; le premier est le bulletin {number}.",
		"{count} {count|payslip has|payslips have} a status neither of the common list nor of that of the file (NomenclatureStatut); the first is payslip {number}.", norme)
	Rubrique = report.NewRule("PAYE-RUBRIQUE", report.Warning,
		"Le code de rubrique {code} ({lines}, la première au bulletin {number}) n'est pas dans la liste du fichier (NomenclatureRubriquePaye).",
		"Code {code} of a line of pay ({lines}, the first in payslip {number}) is not in the list of the file (NomenclatureRubriquePaye).", norme)
	Caisse = report.NewRule("PAYE-CAISSE", report.Warning,
		"Le code de caisse {code} ({lines}, la première au bulletin {number}) n'est pas dans la liste du fichier (NomenclatureCaisse).",
		"Code {code} of a fund ({lines}, the first in payslip {number}) is not in the list of the file (NomenclatureCaisse).", norme)
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{EspaceDeNoms, Encodage, Manque, MauvaisePeriode, AgentIncomplet, Montant, TotalBrut, TotalNet, SIRET, NIR, Statut, Rubrique, Caisse}
}

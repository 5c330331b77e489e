package resip

import "github.com/liasse/liasse/ged/report"

const norm = "ReSIP, import CSV"

// Rules of tables of units.
var (
	RuleHeader = report.NewRule("SEDA-CSV-HEADER", report.Error,
		"L'en-tête du fichier CSV n'est pas de la forme attendue : {what}.",
		"The header of the CSV file is not of the form expected: {what}.", norm)
	RuleColumn = report.NewRule("SEDA-CSV-COLUMN", report.Error,
		"La colonne {number} ({column!}) n'est pas un élément de Content ou de Management : elle n'est pas lue.",
		"Column {number} ({column!}) is no element of Content or Management: it is not read.", norm)
	RuleLine = report.NewRule("SEDA-CSV-LINE", report.Error,
		"Ligne mal formée : {what}.",
		"Malformed line: {what}.", norm)
	RuleParent = report.NewRule("SEDA-CSV-PARENT", report.Warning,
		"Le parent de cette ligne n'est pas dans la table : l'unité est placée à la racine.",
		"The parent of this line is not in the table: the unit is placed at the top.", norm)
	RuleCharset = report.NewRule("SEDA-CSV-CHARSET", report.Warning,
		"Le fichier CSV n'est pas en UTF-8 : il est lu en Windows-1252 ; vérifier les accents.",
		"The CSV file is not in UTF-8: it is read as Windows-1252; look at the accents.", norm)
	RuleFile = report.NewRule("SEDA-CSV-FILE", report.Error,
		"Le fichier décrit par cette ligne est introuvable.",
		"The file this line describes cannot be found.", norm)
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleHeader, RuleColumn, RuleLine, RuleParent, RuleCharset, RuleFile}
}

package resip

import "github.com/liasse/liasse/ged/report"

const norm = "ReSIP, import CSV"

// Rules of tables of units.
var (
	RuleHeader = report.NewRule("SEDA-CSV-HEADER", report.Error,
		"L'en-tête du fichier CSV n'est pas de la forme attendue : {what}.",
		"The header of the CSV file is not of the form expected: {what}.", norm)
	RuleColumn = report.NewRule("SEDA-CSV-COLUMN", report.Error,
		"La colonne {column!} n'est pas un élément de Content ou de Management : elle n'est pas lue.",
		"Column {column!} is no element of Content or Management: it is not read.", norm)
	RuleLine = report.NewRule("SEDA-CSV-LINE", report.Error,
		"Ligne inutilisable : {what}.",
		"Line of no use: {what}.", norm)
	RuleFile = report.NewRule("SEDA-CSV-FILE", report.Error,
		"Le fichier décrit par cette ligne est introuvable.",
		"The file this line describes cannot be found.", norm)
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleHeader, RuleColumn, RuleLine, RuleFile}
}

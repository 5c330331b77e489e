package tsp

import "github.com/liasse/liasse/ged/report"

// Rules of timestamp tokens.
var (
	RuleUnreadable = report.NewRule("SIG-STAMP-UNREADABLE", report.Fatal,
		"Ce jeton d'horodatage est illisible (octet {offset}).",
		"This timestamp token cannot be read (octet {offset}).", "RFC 3161 §2.4.2")
	RuleRefused = report.NewRule("SIG-STAMP-NONE", report.Error,
		"Le serveur d'horodatage a refusé : statut {status}, motif {failure}.",
		"The time-stamping unit refused: status {status}, failure {failure}.", "RFC 3161 §2.4.2")
	RuleBroken = report.NewRule("SIG-STAMP-BROKEN", report.Error,
		"Le jeton d'horodatage a été altéré : sa signature est fausse.",
		"The timestamp token was altered: its signature is wrong.", "RFC 3161 §2.4.2")
	RuleTrailing = report.NewRule("SIG-STAMP-TRAILING", report.Warning,
		"Le fichier contient {count} {count|octet|octets} après le jeton d'horodatage.",
		"The file holds {count} {count|octet|octets} after the timestamp token.", "RFC 3161 §3.2")
	RuleName = report.NewRule("SIG-STAMP-NAME", report.Warning,
		"Le nom que se donne l'horodateur n'est pas celui de son certificat.",
		"The name the time-stamping unit gives itself is not that of its certificate.", "RFC 3161 §2.4.2")
	RuleExpired = report.NewRule("SIG-STAMP-EXPIRED", report.Warning,
		"L'horodateur a signé avec un certificat hors de sa période de validité.",
		"The time-stamping unit signed with a certificate outside its validity.", "ETSI EN 319 422 §5")
	RuleExtension = report.NewRule("SIG-STAMP-EXTENSION", report.Warning,
		"Le jeton porte une extension critique inconnue.",
		"The token has a critical extension that is not known.", "RFC 3161 §2.4.2")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleUnreadable, RuleRefused, RuleBroken, RuleTrailing, RuleName, RuleExpired, RuleExtension}
}

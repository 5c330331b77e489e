package sip

import "github.com/liasse/liasse/ged/report"

// Rules of Vitam packages.
var (
	RuleAgreement = report.NewRule("SIP-AGREEMENT", report.Error,
		"Le transfert ne nomme pas de contrat d'entrée.",
		"The transfer names no ingest contract.", "Vitam, CONTRACT_NOT_IN_MANIFEST")
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule { return []*report.Rule{RuleAgreement} }

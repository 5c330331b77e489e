package helios

import "github.com/liasse/liasse/ged/report"

const norm = "DGFiP, politique de signature Hélios 1.2.250.1.131.1.5.18.21.1"

// Rules of the signatures of a PES_Aller. The keys of the control tool of the
// DGFiP stand beside each.
var (
	RuleUncovered = report.NewRule("HELIOS-SIG-BORDEREAU", report.Error, // NOT_SIGNED_CONTENT
		"{n} {n|bordereau|bordereaux} sur {total} {n|n'est couvert|ne sont couverts} par aucune signature intacte.",
		"{n} of {total} bordereaux {n|is|are} covered by no intact signature.", norm+" §4.2")
	RuleFlag = report.NewRule("HELIOS-SIG-DEMATERIALISEE", report.Error,
		"L'indicateur de dématérialisation (InfoDematerialisee) et les signatures se contredisent : {why}.",
		"InfoDematerialisee and the signatures contradict each other: {why}.", "PES v2, InfoDematerialisee")
	RuleRole = report.NewRule("HELIOS-SIG-ROLE", report.Error, // ROLE_BLANK
		"Le rôle du signataire n'est pas renseigné.",
		"The role of the signer is not stated.", norm+" §4.2")
	RuleDate = report.NewRule("HELIOS-SIG-DATE", report.Error, // DATE_BLANK, DATE_FORMAT_ERROR
		"La date de signature n'est pas renseignée en temps universel (UTC, terminée par Z).",
		"The signing time is not stated in universal time (UTC, ending in Z).", norm+" §4.2")
	RuleUnsigned = report.NewRule("HELIOS-SIG-PROPRIETES", report.Error, // XADES_UNSIGNED
		"Les propriétés de la signature (date, rôle, certificat) ne sont pas signées.",
		"The properties of the signature (time, role, certificate) are not signed.", norm+" §4.2")
	RuleCertificate = report.NewRule("HELIOS-SIG-CERTIFICAT", report.Error, // XADES_ERROR
		"Les propriétés signées désignent un autre certificat que celui de la signature.",
		"The signed properties name another certificate than that of the signature.", norm+" §4.2")
	RuleMethod = report.NewRule("HELIOS-SIG-CANONIQUE", report.Error, // RECOMMENDATION_NOT_RESPECTED
		"La signature n'emploie pas la forme canonique exclusive que la politique demande.",
		"The signature does not use the exclusive canonical form the policy asks for.", norm+" §4.2")
	RulePlace = report.NewRule("HELIOS-SIG-PLACE", report.Warning,
		"La signature ne porte ni sur le fichier entier ni sur un bordereau.",
		"The signature is neither over the whole file nor over a bordereau.", norm+" §4.2")
	RuleUsage = report.NewRule("HELIOS-SIG-USAGE", report.Warning, // WRONG_CERTIFICATE
		"Le certificat du signataire n'est pas prévu pour une signature engageante (non-répudiation).",
		"The signer's certificate is not meant for a binding signature (non-repudiation).", norm+" §4.4")
	RuleNamespace = report.NewRule("HELIOS-SIG-VERSION", report.Warning,
		"La version de XAdES employée n'est pas de celles que la politique connaît (1.1.1, 1.2.2).",
		"The version of XAdES is none of those the policy knows (1.1.1, 1.2.2).", norm+" §4.2")
	RulePolicy = report.NewRule("HELIOS-SIG-POLITIQUE", report.Info, // NO_POLICY, POLICY_ID_MISSING, POLICY_QUALIFIER_MISSING
		"Il est recommandé d'indiquer la politique de signature : {why}.",
		"It is advised to state the signature policy: {why}.", norm+" §4.2")
	RulePolicyUnknown = report.NewRule("HELIOS-SIG-POLITIQUE-INCONNUE", report.Warning,
		"La politique de signature indiquée, ou son empreinte, n'est pas de celles qui sont connues pour Hélios.",
		"The signature policy stated, or its digest, is none of those known for Hélios.", norm+" §1")
)

// Rules returns every rule of this package.
func Rules() []*report.Rule {
	return []*report.Rule{RuleUncovered, RuleFlag, RuleRole, RuleDate, RuleUnsigned, RuleCertificate, RuleMethod, RulePlace,
		RuleUsage, RuleNamespace, RulePolicy, RulePolicyUnknown}
}

package preflight

import (
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged/report"
)

// Rules of the inspection of messages and of what platforms answer.
var (
	RuleForeseen = report.NewRule("SEDA-FORESEEN", report.Info,
		"Réponse prévue de la plateforme : {code}. À faire : {advice}.",
		"Expected answer of the platform: {code}. What to do: {advice}.", "Vitam, PROCESS_SIP_UNITARY")
	RuleNothingAgainst = report.NewRule("SEDA-FORESEEN-OK", report.Info,
		"Rien dans le fichier ne s'oppose au versement. Reste ce que seule la plateforme sait : contrat, services, profil et règles connus et actifs, formats admis.",
		"Nothing in the file stands against the ingest. What only the platform knows remains: contract, agencies, profile and rules known and active, formats admitted.",
		"Vitam, PROCESS_SIP_UNITARY")
	RuleVersionRefused = report.NewRule("SEDA-VERSION-REFUSED", report.Error,
		"La plateforme ne prend pas la version {version} du SEDA.",
		"The platform does not take version {version} of SEDA.", "Vitam, UNSUPPORTED_SEDA_VERSION")
	RulePrologue = report.NewRule("SEDA-PROLOGUE", report.Info,
		"Un commentaire ou une instruction de traitement précède l'élément racine : des plateformes ne savent pas le lire.",
		"A comment or processing instruction stands before the root element: some platforms cannot read it.", "Vitam, CHECK_SEDA")
	RuleObjectsInScheme = report.NewRule("SEDA-SCHEME-OBJECTS", report.Error,
		"Un plan de classement ou un arbre de positionnement ne porte pas d'objets (fichiers) ; il y en a {count} : les retirer.",
		"A filing plan or a holding tree carries no objects (files); there {count|is|are} {count}: take them out.", "Vitam, CHECK_NO_OBJECT")
	RuleAlgorithm = report.NewRule("SEDA-ALGORITHM", report.Warning,
		"L'algorithme d'empreinte de l'objet {id} n'est pas écrit comme les plateformes l'attendent ({algorithm!}) : écrire SHA-512, ou un autre sous cette forme.",
		"The digest algorithm of object {id} is not written as platforms expect it ({algorithm!}): write SHA-512, or another in that form.", "Vitam, INVALIDE_ALGO")
	RuleRefKind = report.NewRule("SEDA-REF-KIND", report.Warning,
		"L'unité {from} renvoie à {to}, qui est dans le bordereau mais n'est pas {wanted}.",
		"Unit {from} refers to {to}, which is in the message but is not {wanted}.", "SEDA 2.1, DataObjectReference et ArchiveUnitRefId")
	RuleProof = report.NewRule("SEDA-INTEGRITY-FILE", report.Warning,
		"Une empreinte du bordereau (Integrity) est celle d'un fichier qu'aucun document ne nomme : elle ne prouve rien.",
		"A digest of the message (Integrity) is that of a file no document names: it proves nothing.", "SEDA 0.2, Integrity/UnitIdentifier")
	RuleNoURI = report.NewRule("SEDA-URI", report.Error,
		"L'objet {id} ne dit pas où est son fichier (Uri).",
		"Object {id} does not say where its file is (Uri).", "Vitam, EMPTY_REQUIRED_FIELD")
	RuleURITwice = report.NewRule("SEDA-URI-DUP", report.Warning,
		"L'objet {id} donne le même emplacement (Uri) qu'un autre objet.",
		"Object {id} gives the same place (Uri) as another object.", "SEDA 2.1, Uri")
	RuleSystemID = report.NewRule("SEDA-SYSTEM-ID", report.Error,
		"L'unité à compléter (UpdateOperation, SystemId) n'est pas désignée par un identifiant de la plateforme : 36 lettres minuscules et chiffres, commençant par « ae ».",
		"The unit to be added to (UpdateOperation, SystemId) is not named by an identifier of the platform: 36 small letters and digits, beginning with \"ae\".",
		"Vitam, INVALID_GUID_ATTACHMENT")
	RuleTextEmpty = report.NewRule("SEDA-TEXT-EMPTY", report.Error,
		"Le champ {field} est vide : la plateforme refuse l'unité.",
		"Field {field} is empty: the platform refuses the unit.", vitam.Schema)
	RuleRuleDate = report.NewRule("SEDA-RULE-DATE-FORM", report.Error,
		"La date {field} d'une règle n'est pas de la forme AAAA-MM-JJ, entre les années 0 et 8999 : la plateforme refuse l'unité.",
		"Date {field} of a rule is not of the form YYYY-MM-DD, between years 0 and 8999: the platform refuses the unit.", vitam.Schema)
	RuleSignedTwice = report.NewRule("SEDA-SIGNED-TWICE", report.Error,
		"L'unité porte à la fois Signature et SigningInformation : la plateforme la refuse.",
		"The unit bears both Signature and SigningInformation: the platform refuses it.", vitam.Schema)
	RuleHoldOrder = report.NewRule("SEDA-HOLD-ORDER", report.Warning,
		"Un gel prend fin ({end}) avant de commencer ({start}).",
		"A hold ends ({end}) before it starts ({start}).", "Vitam, UNITS_RULES_COMPUTE.CONSISTENCY")
)

// Rules lists the rules of this package.
func Rules() []*report.Rule {
	return []*report.Rule{
		RuleForeseen, RuleNothingAgainst, RuleVersionRefused, RulePrologue, RuleObjectsInScheme, RuleAlgorithm, RuleRefKind, RuleProof, RuleNoURI, RuleURITwice, RuleSystemID,
		RuleTextEmpty, RuleRuleDate, RuleSignedTwice, RuleHoldOrder,
	}
}

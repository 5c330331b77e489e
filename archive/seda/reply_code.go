package seda

import "slices"

// ReplyCode is one code of reply of SEDA 0.2, which as@lae writes in every
// version.
type ReplyCode struct {
	Code string
	// French and English say what it means.
	French, English string
}

// ReplyCodes returns the codes of reply, in their order (list of SEDA 0.2).
func ReplyCodes() []ReplyCode { return slices.Clone(replyCodes) }

var replyCodes = []ReplyCode{
	{"000", "accepté", "accepted"},
	{"001", "accepté, voir les commentaires", "accepted, see the comments"},
	{"002", "accepté, avis demandé à l'autorité de contrôle", "accepted, the control authority was asked"},
	{"101", "message mal formé", "malformed message"},
	{"102", "système momentanément indisponible", "system temporarily down"},
	{"200", "service producteur inconnu", "unknown originating agency"},
	{"201", "service d'archives inconnu", "unknown archival agency"},
	{"202", "service versant inconnu", "unknown transferring agency"},
	{"203", "non conforme au profil", "not conform to the profile"},
	{"204", "format de document non géré", "format not handled"},
	{"205", "format différent de celui déclaré", "format differs from the declared one"},
	{"206", "signature du message invalide", "invalid signature of the message"},
	{"207", "empreinte invalide", "invalid digest"},
	{"208", "communication refusée, délai non échu", "delivery refused, the delay is not over"},
	{"209", "archive absente (éliminée, restituée ou transférée)", "archive gone (destroyed, returned or transferred)"},
	{"210", "archive inconnue", "unknown archive"},
	{"211", "pièce attachée absente", "attachment missing"},
	{"212", "dérogation refusée", "derogation refused"},
	{"300", "convention invalide", "invalid agreement"},
	{"301", "quota de la convention dépassé", "quota of the agreement exceeded"},
	{"302", "service producteur non conforme à la convention", "originating agency not of the agreement"},
	{"303", "service versant non conforme à la convention", "transferring agency not of the agreement"},
	{"304", "service d'archives non conforme à la convention", "archival agency not of the agreement"},
	{"305", "signature des documents absente, exigée par la convention", "signature of documents missing, the agreement asks for it"},
	{"306", "volume non conforme à la convention", "volume not of the agreement"},
	{"307", "format non conforme à la convention", "format not of the agreement"},
	{"308", "empreintes non transmises, exigées par la convention", "digests missing, the agreement asks for them"},
	{"309", "signature du message absente, exigée par la convention", "signature of the message missing, the agreement asks for it"},
	{"310", "signature d'un document invalide", "invalid signature of a document"},
	{"311", "signature d'un document non vérifiée", "signature of a document not verified"},
	{"312", "dates non conformes à la convention", "dates not of the agreement"},
}

// MeaningOf returns what a numeric code of reply means; both are empty for
// another one.
func MeaningOf(code string) (french, english string) {
	for _, c := range replyCodes {
		if c.Code == code {
			return c.French, c.English
		}
	}
	return "", ""
}

package inspect

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
)

// conclusionWords say how the validation of a signature or of a timestamp
// ended, and why, for who does not know the words of ETSI EN 319 102-1.
var conclusionWords = map[string]word{
	"TOTAL-PASSED":  {"valable", "valid"},
	"TOTAL-FAILED":  {"non valable", "not valid"},
	"INDETERMINATE": {"sans conclusion", "undecided"},
	"PASSED":        {"recevable", "accepted"},
	"FAILED":        {"non recevable", "not accepted"},

	"FORMAT_FAILURE":                    {"sa construction est fautive", "it is badly built"},
	"HASH_FAILURE":                      {"ce qui est signé a changé depuis", "what is signed has changed since"},
	"SIG_CRYPTO_FAILURE":                {"sa valeur est fausse", "its value is wrong"},
	"REVOKED":                           {"le certificat est révoqué", "the certificate is revoked"},
	"EXPIRED":                           {"le certificat a expiré", "the certificate has expired"},
	"NOT_YET_VALID":                     {"le certificat n'était pas encore valable", "the certificate was not valid yet"},
	"SIG_CONSTRAINTS_FAILURE":           {"des propriétés demandées manquent", "properties that are asked for are lacking"},
	"CHAIN_CONSTRAINTS_FAILURE":         {"la chaîne de certificats ne remplit pas les conditions", "the chain of certificates does not meet the conditions"},
	"CERTIFICATE_CHAIN_GENERAL_FAILURE": {"la chaîne de certificats n'a pas pu être vérifiée en entier", "the chain of certificates could not be checked in full"},
	"CRYPTO_CONSTRAINTS_FAILURE":        {"un algorithme est trop faible", "an algorithm is too weak"},
	"CRYPTO_CONSTRAINTS_FAILURE_NO_POE": {"un algorithme est devenu trop faible, et rien n'en prouve l'existence avant", "an algorithm has become too weak, and nothing proves that it existed before"},
	"POLICY_PROCESSING_ERROR":           {"la politique de signature ne peut pas être lue", "the signature policy cannot be read"},
	"SIGNATURE_POLICY_NOT_AVAILABLE":    {"la politique de signature est introuvable", "the signature policy cannot be found"},
	"TIMESTAMP_ORDER_FAILURE":           {"les horodatages se suivent dans un ordre impossible", "the timestamps follow one another in an impossible order"},
	"NO_SIGNING_CERTIFICATE_FOUND":      {"le certificat du signataire est introuvable", "the signer's certificate cannot be found"},
	"NO_CERTIFICATE_CHAIN_FOUND":        {"l'autorité qui répond du certificat n'est pas de celles qu'on tient pour sûres", "the authority behind the certificate is none of those trusted"},
	"NO_CERTIFICATE_CHAIN_FOUND_NO_POE": {"l'autorité qui répond du certificat n'est plus de celles qu'on tient pour sûres", "the authority behind the certificate is no longer trusted"},
	"REVOKED_NO_POE":                    {"le certificat est révoqué, et rien n'en prouve l'existence avant", "the certificate is revoked, and nothing proves that it existed before"},
	"REVOKED_CA_NO_POE":                 {"une autorité est révoquée, et rien n'en prouve l'existence avant", "an authority is revoked, and nothing proves that it existed before"},
	"OUT_OF_BOUNDS_NOT_REVOKED":         {"le certificat est hors de sa période de validité", "the certificate is outside its validity"},
	"OUT_OF_BOUNDS_NO_POE":              {"le certificat est hors de sa période de validité, et rien n'en prouve l'existence avant", "the certificate is outside its validity, and nothing proves that it existed before"},
	"REVOCATION_OUT_OF_BOUNDS_NO_POE":   {"les preuves de non-révocation sont hors de leur période de validité", "the revocation data are outside their validity"},
	"NO_POE":                            {"rien n'en prouve la date", "nothing proves when it existed"},
	"TRY_LATER":                         {"les preuves manquent encore : à contrôler de nouveau plus tard", "evidence is lacking yet: to be checked again later"},
	"SIGNED_DATA_NOT_FOUND":             {"ce qui est signé n'a pas été fourni", "what is signed was not supplied"},
}

// Conclusion says in French and English an indication or a subindication of
// ETSI EN 319 102-1, or both joined by "/"; one that is not known is said as it
// is. The French words fit a signature and a timestamp alike.
func Conclusion(code string) (fr, en string) {
	main, sub, both := strings.Cut(code, "/")
	w, ok := conclusionWords[main]
	if !ok {
		w = word{main, main}
	}
	if both {
		why, ok := conclusionWords[sub]
		if !ok {
			why = word{sub, sub}
		}
		w = word{w.fr + ", car " + why.fr, w.en + ", because " + why.en}
	}
	return w.fr, w.en
}

// conclusion is the same in one language, with the codes for the technician.
func conclusion(code string, l report.Lang) string {
	fr, en := Conclusion(code)
	if fr == code {
		return Visible(code)
	}
	return Visible(word{fr, en}.in(l) + " (" + strings.Replace(code, "/", ", ", 1) + ")")
}

var (
	yesNo   = map[string]word{"true": {"oui", "yes"}, "false": {"non", "no"}}
	conform = map[string]word{"valid": {"conforme", "conforms"}, "invalid": {"non conforme", "does not conform"}}
)

// valueWords say the codes that facts hold: by key, then by code. The JSON has
// the codes.
var valueWords = map[string]map[string]word{
	"sens": {"envoi": {"envoi (de la collectivité à l'État)", "sent (from the authority to the State)"},
		"retour": {"retour (de l'État à la collectivité)", "answer (from the State to the authority)"}},
	"scellement": {"intact": {"intact", "intact"}, "rompu": {"rompu", "broken"}, "absent": {"absent", "none"}},
	"nature": {"1": {"1 (délibération)", "1 (deliberation)"}, "2": {"2 (arrêté réglementaire)", "2 (regulatory order)"},
		"3": {"3 (arrêté individuel)", "3 (individual order)"}, "4": {"4 (contrat, convention, avenant)", "4 (contract, agreement, amendment)"},
		"5": {"5 (document budgétaire et financier)", "5 (budget or financial document)"}, "6": {"6 (autre)", "6 (other)"}},
	"natDec": {"01": {"01 (budget primitif)", "01 (initial budget)"}, "02": {"02 (décision modificative)", "02 (amending decision)"},
		"03": {"03 (budget supplémentaire)", "03 (supplementary budget)"}, "09": {"09 (compte administratif)", "09 (administrative account)"},
		"10": {"10 (compte financier unique)", "10 (single financial account)"}},
	"code": messageWords, "codes": messageWords,
	"schema.5.12": conform, "schema.5.17": conform,
	"scope": {"flux": {"tout le fichier", "the whole file"}, "bordereau": {"le ou les bordereaux en faute", "the bordereaux at fault"},
		"pj": {"les pièces justificatives en faute", "the pièces justificatives at fault"}, "aucun": {"rien", "nothing"}},
	"etat":   {"accepted": {"tout est accepté", "all accepted"}, "partial": {"accepté en partie", "accepted in part"}, "rejected": {"refusé", "refused"}},
	"lien":   {"nomfic": {"par le nom du fichier (NomFic)", "by the name of the file (NomFic)"}, "aucun": {"aucun", "none"}},
	"policy": {"IMPLICIT_POLICY": {"implicite", "implied"}}, "bestTime": {"at": {"à la date du contrôle", "at the time of the check"}},
	"sig.intact": yesNo, "sig.value_ok": yesNo, "sig.trusted": yesNo, "sig.counter": yesNo,
	"pdf.byterange":     {"ok": {"exacte", "right"}, "bad": {"fausse", "wrong"}},
	"pdf.later_changes": {"none": {"aucun", "none"}, "allowed": {"permis", "permitted"}, "undefined": {"non permis", "not permitted"}},
	"pdf.sigdict":       {"consistent": {"cohérent", "consistent"}, "inconsistent": {"modifié depuis la signature", "changed since signing"}},
}

var messageWords = map[string]word{
	"1-1": {"1-1 (transmission d'un acte)", "1-1 (an act is sent)"}, "1-2": {"1-2 (accusé de réception d'un acte)", "1-2 (acknowledgement of an act)"},
	"1-3": {"1-3 (anomalie sur un acte)", "1-3 (anomaly of an act)"}, "2-1": {"2-1 (courrier simple de la préfecture)", "2-1 (letter of the préfecture)"},
	"2-2": {"2-2 (réponse à un courrier simple)", "2-2 (answer to a letter)"}, "3-1": {"3-1 (demande de pièces complémentaires)", "3-1 (more documents asked for)"},
	"3-2": {"3-2 (accusé de réception d'une demande de pièces)", "3-2 (acknowledgement of 3-1)"}, "3-3": {"3-3 (refus de pièces complémentaires)", "3-3 (more documents refused)"},
	"3-4": {"3-4 (envoi de pièces complémentaires)", "3-4 (more documents sent)"}, "3-5": {"3-5 (accusé de réception de pièces complémentaires)", "3-5 (acknowledgement of 3-4)"},
	"4-1": {"4-1 (lettre d'observations)", "4-1 (letter of observations)"}, "4-2": {"4-2 (accusé de réception d'une lettre d'observations)", "4-2 (acknowledgement of 4-1)"},
	"4-3": {"4-3 (rejet d'une lettre d'observations)", "4-3 (observations rejected)"}, "4-4": {"4-4 (réponse à une lettre d'observations)", "4-4 (answer to observations)"},
	"4-5": {"4-5 (accusé de réception de la réponse ou du rejet)", "4-5 (acknowledgement of 4-3 or 4-4)"}, "5-1": {"5-1 (déféré au tribunal administratif)", "5-1 (referral to the administrative court)"},
	"6-1": {"6-1 (annulation d'une transmission)", "6-1 (a transmission is cancelled)"}, "6-2": {"6-2 (accusé de réception d'une annulation)", "6-2 (acknowledgement of 6-1)"},
	"7-1": {"7-1 (demande de classification)", "7-1 (classification asked for)"}, "7-2": {"7-2 (classification)", "7-2 (classification)"},
	"7-3": {"7-3 (classification inchangée)", "7-3 (classification unchanged)"}, "env-CL": {"enveloppe de la collectivité", "envelope of the authority"},
	"env-MI": {"enveloppe de l'État", "envelope of the State"}, "ANO": {"anomalie d'une enveloppe", "anomaly of an envelope"},
}

// several are the facts that say one thing of each signature, joined by "+".
var several = map[string]bool{
	"sig.indication": true, "sig.sub": true, "sig.intact": true, "sig.value_ok": true, "sig.trusted": true, "sig.counter": true, "sig.level": true,
	"refs": true, "claimed": true, "bestTime": true, "policy": true, "tst.indication": true,
	"pdf.byterange": true, "pdf.later_changes": true, "pdf.sigdict": true,
}

func factText(key string, v any, l report.Lang) string {
	switch v := v.(type) {
	case bool:
		return yesNo[fmt.Sprint(v)].in(l)
	case []string:
		if len(v) == 0 {
			return word{"aucun", "none"}.in(l)
		}
		said := make([]string, len(v))
		for i, x := range v {
			said[i] = valueText(key, x, l)
		}
		return shortened(strings.Join(said, ", "), l)
	case string:
		if !several[key] {
			return shortened(valueText(key, v, l), l)
		}
		said := strings.Split(v, "+")
		for i, x := range said {
			said[i] = valueText(key, x, l)
		}
		return shortened(strings.Join(said, ", "), l)
	}
	return shortened(fmt.Sprint(v), l)
}

var (
	covered = regexp.MustCompile(`(^|\+)(FULL|PARTIAL|COUNTER_SIGNATURE):`)
	wrong   = regexp.MustCompile(`!(notfound|differs)(\+|$)`)
	stamped = regexp.MustCompile(`(^|\+)([a-z_]+)@([0-9TZ:.-]+Z)(:[a-z]+)?`)
)

var stampWords = map[string]word{
	"signature": {"sur la signature", "over the signature"}, "content": {"sur le contenu", "over the content"},
	"all_data_objects": {"sur le contenu", "over the content"}, "individual_data_objects": {"sur une partie du contenu", "over part of the content"},
	"archive": {"d'archivage", "of archiving"}, "document": {"sur le document", "over the document"}, "container": {"sur le conteneur", "over the container"},
	"validation_data": {"sur les preuves de validation", "over the validation data"}, "validation_data_refsonly": {"sur les références des preuves", "over the references of validation data"},
	"token":   {"le jeton lui-même", "the token itself"},
	":intact": {"intact", "intact"}, ":differs": {"ne porte pas sur elle", "not over it"}, ":nodata": {"sans son contenu", "without its content"}, ":sigbad": {"jeton non prouvé", "token not proved"},
}

// coverWords say how much is signed, and the names that stand for a whole file.
var coverWords = map[string]word{
	"FULL": {}, "PARTIAL": {"une partie : ", "a part: "}, "COUNTER_SIGNATURE": {"la signature ", "signature "},
	"Full XML File": {"le fichier XML entier", "the whole XML file"}, "Full PDF": {"le PDF entier", "the whole PDF"},
	"Partial PDF": {"le PDF tel qu'il était alors", "the PDF as it was then"}, "eContent": {"le contenu joint à la signature", "the content within the signature"},
}

// valueText says one value of a fact.
func valueText(key, v string, l report.Lang) string {
	if w, ok := valueWords[key][v]; ok {
		return w.in(l)
	}
	list := func(sep string) string { // the first of a list has nothing before it
		if sep == "" {
			return ""
		}
		return ", "
	}
	switch key {
	case "sig.indication", "sig.sub", "tst.indication":
		return conclusion(v, l)
	case "covers":
		var parts []string
		at := covered.FindAllStringSubmatchIndex(v, -1)
		for i, m := range at {
			end := len(v)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			name := v[m[1]:end]
			if w, ok := coverWords[name]; ok {
				name = w.in(l)
			}
			parts = append(parts, coverWords[v[m[4]:m[5]]].in(l)+name)
		}
		if parts == nil {
			return v
		}
		return strings.Join(parts, ", ")
	case "refs.bad":
		return wrong.ReplaceAllStringFunc(v, func(m string) string {
			end := ""
			if strings.HasSuffix(m, "+") {
				end = ", "
			}
			if strings.HasPrefix(m, "!notfound") {
				return word{" (introuvable)", " (not found)"}.in(l) + end
			}
			return word{" (a changé)", " (changed)"}.in(l) + end
		})
	case "tst":
		return stamped.ReplaceAllStringFunc(v, func(m string) string {
			p := stamped.FindStringSubmatch(m)
			kind, ok := stampWords[p[2]]
			if !ok {
				kind = word{p[2], p[2]}
			}
			text := list(p[1]) + kind.in(l) + " " + dateText(p[3], l)
			if state, ok := stampWords[p[4]]; ok {
				return text + " (" + state.in(l) + ")"
			}
			return text + p[4]
		})
	}
	return dateText(v, l)
}

// dateText writes a day or a time as people of the language write it; any other
// text stays as it is.
func dateText(v string, l report.Lang) string {
	if l == report.EN || len(v) < len(time.DateOnly) || v[4] != '-' {
		return v
	}
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return t.Format("02/01/2006")
	}
	if t, err := time.Parse(time.RFC3339Nano, v); err == nil && strings.HasSuffix(v, "Z") {
		return t.Format("02/01/2006 à 15:04:05") + " (temps universel)"
	}
	return v
}

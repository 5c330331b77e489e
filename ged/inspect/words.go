package inspect

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// word is a label in both languages.
type word struct{ fr, en string }

func (w word) in(l report.Lang) string {
	if l == report.EN {
		return w.en
	}
	return w.fr
}

var kindWords = map[string]word{
	"actes.envelope":       {"Enveloppe @ctes", "@ctes envelope"},
	"actes.message":        {"Message @ctes", "@ctes message"},
	"actes.classification": {"Classification @ctes", "@ctes classification"},
	"actes.budget":         {"Document budgétaire", "Budget document"},
	"pes.aller":            {"PES Aller", "PES Aller"},
	"pes.acquit":           {"Acquit d'Hélios", "Acknowledgement of Hélios"},
	"pes.retour":           {"PES Retour", "PES Retour"},
	"paye.xhl":             {"État de paye (XHL)", "Payroll statement (XHL)"},
	"seda.transfer":        {"Bordereau de transfert SEDA", "SEDA transfer"},
	"seda.reply":           {"Réponse à un transfert SEDA", "Reply to a SEDA transfer"},
	"seda.message":         {"Message SEDA", "SEDA message"},
	"sip.vitam":            {"Paquet d'archives (SIP Vitam)", "Archive package (Vitam SIP)"},
	"sip.asalae":           {"Paquet d'archives (as@lae)", "Archive package (as@lae)"},
	"bagit":                {"Sac BagIt", "BagIt bag"},
	"signature.xades":      {"Document XML signé (XAdES)", "Signed XML document (XAdES)"},
	"signature.cades":      {"Signature de fichier (CAdES)", "Signature of a file (CAdES)"},
	"signature.pades":      {"PDF signé (PAdES)", "Signed PDF (PAdES)"},
	"signature.asic":       {"Conteneur signé (ASiC)", "Signed container (ASiC)"},
	"timestamp":            {"Jeton d'horodatage", "Timestamp token"},
	"document":             {"Document", "Document"},
	"unknown":              {"Format non reconnu", "Unrecognised format"},
}

var verdictWords = map[Verdict]word{
	Valid:   {"conforme", "conforms"},
	Invalid: {"NON CONFORME", "DOES NOT CONFORM"},
	Unknown: {"verdict impossible", "no verdict"},
}

var severityWords = [...]struct{ one, many word }{
	report.Info:    {word{"information", "note"}, word{"informations", "notes"}},
	report.Warning: {word{"avertissement", "warning"}, word{"avertissements", "warnings"}},
	report.Error:   {word{"erreur", "error"}, word{"erreurs", "errors"}},
	report.Fatal:   {word{"erreur bloquante", "blocking error"}, word{"erreurs bloquantes", "blocking errors"}},
}

var factWords = map[string]word{
	"trigramme":          {"Opérateur (trigramme)", "Operator (trigram)"},
	"quadrigramme":       {"Plate-forme (quadrigramme)", "Platform (quadrigram)"},
	"siren":              {"SIREN", "SIREN"},
	"dateEnveloppe":      {"Date de l'enveloppe", "Date of the envelope"},
	"serie":              {"Numéro de série", "Serial number"},
	"sens":               {"Sens", "Direction"},
	"messages":           {"Messages", "Messages"},
	"codes":              {"Types de messages", "Message types"},
	"fichiers":           {"Fichiers", "Files"},
	"scellement":         {"Scellement", "Seal"},
	"code":               {"Type de message", "Message type"},
	"idActe":             {"Identifiant de l'acte", "Act identifier"},
	"dateReception":      {"Reçu par l'État le", "Received by the State on"},
	"dateCourrierPref":   {"Courrier de la préfecture du", "Letter of the préfecture of"},
	"dateDepot":          {"Déféré déposé le", "Referral filed on"},
	"nature":             {"Nature", "Nature"},
	"numero":             {"Numéro", "Number"},
	"date":               {"Date de la décision", "Date of the decision"},
	"matiere":            {"Matière", "Matter"},
	"annexes":            {"Annexes", "Annexes"},
	"documentPapier":     {"Envoi papier en complément", "Paper sent as well"},
	"dateClassification": {"Classification du", "Classification of"},
	"anomalie":           {"Anomalie", "Anomaly"},
	"anomalieCode":       {"Code de l'anomalie", "Anomaly code"},
	"departement":        {"Département", "Département"},
	"arrondissement":     {"Arrondissement", "Arrondissement"},
	"formulaires":        {"Formulaires", "Forms"},
	"natures":            {"Natures", "Natures"},
	"typologies":         {"Typologies de pièces", "Document types"},
	"matieres":           {"Matières", "Matters"},
	"natDec":             {"Nature de la décision budgétaire", "Kind of budget decision"},
	"exercice":           {"Exercice", "Financial year"},
	"lignes":             {"Lignes", "Lines"},
	"nomenclature":       {"Nomenclature", "Nomenclature"},
	"schema.5.12":        {"Selon le schéma 5.12", "By schema 5.12"},
	"schema.5.17":        {"Selon le schéma 5.17", "By schema 5.17"},
	"nomfic":             {"Nom du fichier (NomFic)", "Name of the file (NomFic)"},
	"codcol":             {"Code collectivité", "Code of the authority"},
	"typfic":             {"Type de fichier", "Type of file"},
	"bordereaux":         {"Bordereaux", "Bordereaux"},
	"pieces":             {"Pièces", "Pieces"},
	"pj":                 {"Pièces justificatives", "Pièces justificatives"},
	"scope":              {"Hélios rejetterait", "Hélios would reject"},
	"rule":               {"Règles enfreintes", "Rules broken"},
	"warn":               {"Règles en avertissement", "Rules that warn"},
	"etat":               {"Réponse", "Answer"},
	"elements":           {"Éléments", "Elements"},
	"erreurs":            {"Anomalies", "Anomalies"},
	"bordereaux.ok":      {"Bordereaux acceptés", "Bordereaux accepted"},
	"bordereaux.ko":      {"Bordereaux refusés", "Bordereaux refused"},
	"pj.ok":              {"PJ acceptées", "PJ accepted"},
	"pj.ko":              {"PJ refusées", "PJ refused"},
	"marches.ok":         {"Marchés acceptés", "Contracts accepted"},
	"flux.ko":            {"Refus de tout le fichier", "Refusals of the whole file"},
	"refuses":            {"Bordereaux refusés (liste)", "Bordereaux refused (list)"},
	"domaine":            {"Domaine", "Domain"},
	"typrestit":          {"Type de restitution", "Kind of report"},
	"lien":               {"Lien avec le fichier envoyé", "Link to the file sent"},
	"rejetes":            {"Bordereaux rejetés", "Bordereaux rejected"},
	"inconnus":           {"Bordereaux dont l'acquit ne dit rien", "Bordereaux the acknowledgement says nothing of"},
	"renvoi.bordereaux":  {"Bordereaux à renvoyer", "Bordereaux to send again"},
	"renvoi.pj":          {"PJ à renvoyer", "PJ to send again"},
	"renvoi.pjref_seul":  {"PJ à ne pas renvoyer (PJRef suffit)", "PJ not to send again (PJRef is enough)"},
	"annee":              {"Année", "Year"},
	"mois":               {"Mois", "Month"},
	"agents":             {"Bulletins", "Payslips"},
	"brut":               {"Total brut", "Total gross pay"},
	"netapayer":          {"Total net à payer", "Total net pay"},

	"messageIdentifier":        {"Identifiant du message", "Message identifier"},
	"messageRequestIdentifier": {"Transfert auquel il est répondu", "Transfer replied to"},
	"replyCode":                {"Code de réponse", "Reply code"},
	"units":                    {"Unités d'archives", "Archive units"},
	"groups":                   {"Groupes d'objets", "Groups of objects"},
	"objects":                  {"Objets", "Objects"},
	"bytes":                    {"Octets des fichiers présents", "Bytes of the files present"},
	"files":                    {"Fichiers", "Files"},
	"complete":                 {"Complet", "Complete"},
	"manifests":                {"Manifestes", "Manifests"},
	"fetch":                    {"Fichiers à télécharger", "Files to be fetched"},
	"vitam.code":               {"Réponse prévue de Vitam", "Expected answer of Vitam"},
	"asalae.code":              {"Réponse prévue d'as@lae", "Expected answer of as@lae"},
	"sig.count":                {"Signatures", "Signatures"},
	"sig.indication":           {"Conclusion", "Conclusion"},
	"sig.sub":                  {"Motif", "Reason"},
	"sig.intact":               {"Intacte", "Intact"},
	"sig.value_ok":             {"Valeur de la signature exacte", "Signature value right"},
	"sig.level":                {"Niveau", "Level"},
	"sig.trusted":              {"De confiance", "Trusted"},
	"sig.counter":              {"Contre-signature", "Counter-signature"},
	"refs":                     {"Références signées", "Signed references"},
	"refs.bad":                 {"Références fausses", "Wrong references"},
	"covers":                   {"Ce qui est signé", "What is signed"},
	"claimed":                  {"Signé le, selon le signataire", "Signed on, says the signatory"},
	"bestTime":                 {"Existait au plus tard", "Existed at the latest"},
	"policy":                   {"Politique de signature", "Signature policy"},
	"tst":                      {"Horodatages", "Timestamps"},
	"tst.count":                {"Nombre d'horodatages", "Number of timestamps"},
	"tst.indication":           {"Conclusion sur les horodatages", "Conclusion on the timestamps"},
	"asic.type":                {"Type de conteneur", "Type of container"},
	"er.count":                 {"Enregistrements de preuve", "Evidence records"},
	"pdf.byterange":            {"Étendue signée du PDF", "Signed range of the PDF"},
	"pdf.later_changes":        {"Changements après la signature", "Changes after signing"},
	"pdf.sigdict":              {"Dictionnaire de signature", "Signature dictionary"},
	"profile.firstLine":        {"Premier écart au profil, ligne", "First departure from the profile, line"},
	"profile.element":          {"Premier écart au profil, élément", "First departure from the profile, element"},
}

func kindLabel(r *Result, l report.Lang) string {
	kind := r.Kind
	if kind == "" {
		kind = "unknown"
	}
	label := kind
	if w, ok := kindWords[kind]; ok {
		label = w.in(l)
	}
	if r.Version != "" {
		label += " " + Visible(r.Version)
	}
	return label
}

func factLabel(key string, l report.Lang) string {
	if w, ok := factWords[key]; ok {
		return w.in(l)
	}
	return Visible(key)
}

// maxFact is how many characters of a fact a reader is shown: a file of five
// hundred signatures says the same of each. The JSON holds all of it.
const maxFact = 400

func shortened(s string, l report.Lang) string {
	n := utf8.RuneCountInString(s)
	if n <= maxFact {
		return Visible(s)
	}
	head := Visible(string([]rune(s)[:maxFact]))
	if l == report.EN {
		return fmt.Sprintf("%s… (%d characters in all)", head, n)
	}
	return fmt.Sprintf("%s… (%d caractères en tout)", head, n)
}

// countsText writes the counts, the most severe first: "2 erreurs, 1
// avertissement". It is empty when there is no finding.
func countsText(r *report.Report, l report.Lang) string {
	var parts []string
	for s := int(report.Fatal); s >= 0; s-- {
		n := r.Count(report.Severity(s))
		if n == 0 {
			continue
		}
		w := severityWords[s].many
		if n == 1 {
			w = severityWords[s].one
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, w.in(l)))
	}
	return strings.Join(parts, ", ")
}

// Visible makes a text safe to show: control characters, line and paragraph
// separators, and the characters that reorder or hide text are written as
// ⟨U+202E⟩, so that a hostile file can neither drive a terminal nor disguise a
// name.
func Visible(s string) string {
	if strings.IndexFunc(s, unseen) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unseen(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unseen reports whether a terminal obeys the character, or nobody sees it.
func unseen(r rune) bool {
	return r == unicode.ReplacementChar || unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

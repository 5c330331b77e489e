package fakes2low

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// The server's refusals, as a client meets them: part of the protocol, since
// nothing else tells one from another.
const (
	msgAuth       = "Échec de l'authentification"
	msgRights     = "Accès refusé"
	msgPaper      = "Mode « papier » actif. Accès interdit."
	msgRGS        = "La télétransmission nécessite un certificat RGS<br/>Erreur : le certificat n'est pas RGS"
	msgNumber     = "Le numéro n'est pas correct"
	msgFuture     = "La date de décision est une date dans le futur"
	msgSize       = "La taille totale des fichiers est trop importante (max : %d)"
	msgAnnexes    = "Le nombre d'annexes est trop important (max : %d)"
	msgDuplicate  = "Un acte portant le même numéro interne existe déjà dans la base de données.\nIl faut peut-être ajouter un suffixe au numéro."
	msgNoFile     = "Aucun fichier acte n'a été posté "
	msgTypologie  = "Erreur lors de la réception du fichier %s : typologie absente"
	msgActe       = "Erreur de validation du fichier de l'acte :\n%s\n"
	msgAnnexe     = "Erreur de validation d'un fichier de pièce jointe :\n%s\n"
	msgFormat     = "format de fichier non autorisé"
	msgOff        = "Cette fonctionnalité est déprécié. Vous devez désormais utiliser : '/modules/actes/actes_transac_create.php' pour créer un acte."
	msgNoArchive  = "Pas de fichier archive spécifié."
	msgName       = "L'archive n'a pas un nom valide : %s"
	msgBadName    = "Le nom de l'archive n'est pas correct"
	msgTri        = "Le trigramme trouvé (%s) ne correspond pas au trigramme attendu (%s)"
	msgQuadri     = "Le quadrigramme trouvé (%s) ne correspond pas au quadrigramme attendu (%s)"
	msgImport     = "Erreur d'importation de l'enveloppe :\n%s"
	msgGzip       = "Mauvais format de l'archive (.tar.gz requis)."
	msgTar        = "Erreur désarchivage archive. Abandon."
	msgNoEnvelope = "Impossible de trouver le fichier XML enveloppe correspondant à l'archive."
	msgMessage    = "Erreur d'importation transaction : %s"
	msgConflict   = "Un numéro interne d'acte entre en conflit avec un acte existant dans la base de données."
	msgCancelling = "Une demande d'annulation est déjà en cours pour cette transaction."
	msgNot4       = "Impossible d'annuler une transaction qui n'est pas en état « Acquittement reçu »."
	msgNotType1   = "Ce type de transaction ne peut pas être annulé."
	msgNoTable    = "Erreur de récupération de la dernière classification."
	msgUnknown    = "Numéro de transaction invalide."
	msgNoAR       = "Pas d'acquittement recu"
)

// escaper does what PHP's htmlspecialchars does with both quotes.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")

// textKO is the refusal of the first family: ISO-8859-1, escaped, a newline.
func textKO(w http.ResponseWriter, message string) {
	plainText(w)
	w.Write(toLatin1("KO\n" + escaper.Replace(message) + "\n"))
}

// textOK is the success of the first family: not escaped.
func textOK(w http.ResponseWriter, payload string) {
	plainText(w)
	w.Write(toLatin1("OK\n" + payload + "\n"))
}

// bareKO is the refusal of the second family: UTF-8, not escaped, no newline.
func bareKO(w http.ResponseWriter, message string) {
	plainText(w)
	io.WriteString(w, "KO\n"+message)
}

// plainText says what the server says of its texts, which is nothing true.
func plainText(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/html; charset=UTF-8") }

func writeJSON(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only values of our own making come here
	}
	w.Header().Set("Content-Type", "application/json")
	// PHP writes / as \/.
	w.Write([]byte(strings.ReplaceAll(string(b), "/", `\/`)))
}

// toLatin1 writes text in ISO-8859-1; what it cannot hold becomes "?".
func toLatin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// fromLatin1 reads bytes of ISO-8859-1.
func fromLatin1(b string) string {
	var out strings.Builder
	for i := range len(b) {
		out.WriteRune(rune(b[i]))
	}
	return out.String()
}

func hexSHA256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

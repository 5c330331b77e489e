package s2low

import (
	"bytes"
	"html"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"golang.org/x/text/unicode/norm"
)

// said is one thing the server says, recognised by fragments of its sentence.
type said struct {
	first string // where the sentence is recognised
	also  string // must follow somewhere, when not empty
	class connectors.Class
	code  string
}

// sayings are the refusals of the module ACTES, by their normalised fragments
// (see fold), with the class and our own name for each. Where several apply the
// one found first in the sentence wins: what follows may quote a file name.
// spec/platforms.md §1.3, §14.
var sayings = []said{
	{"echec de l authentification", "", connectors.Auth, "authentication"},
	{"acces refuse", "", connectors.Auth, "rights"},
	{"mode papier actif", "", connectors.Auth, "paper-mode"},
	{"necessite un certificat rgs", "", connectors.Auth, "rgs"},
	{"certificat n est pas rgs", "", connectors.Auth, "rgs"},

	{"numero n est pas correct", "", connectors.Invalid, "number"},
	{"date de decision est une date dans le futur", "", connectors.Invalid, "future-date"},
	{"taille totale des fichiers est trop importante", "", connectors.Invalid, "size"},
	{"nombre d annexes est trop important", "", connectors.Invalid, "annexes"},
	{"meme numero interne existe deja", "", connectors.Duplicate, "number-used"},
	{"numero interne d acte entre en conflit", "", connectors.Duplicate, "number-used"},
	{"aucun fichier acte", "", connectors.Invalid, "no-file"},
	{"erreur lors de la reception du fichier", "typologie absente", connectors.Invalid, "typologie"},
	{"erreur lors de la reception du fichier", "", connectors.Transient, "upload"},
	{"echec lors du telechargement du fichier", "", connectors.Transient, "upload"},
	{"erreur de validation du fichier", "", connectors.Invalid, "file-format"},
	{"erreur de validation d un fichier", "", connectors.Invalid, "file-format"},
	{"taille d archive generee", "", connectors.Invalid, "size"},
	{"erreur lors de l enregistrement", "", connectors.InDoubt, "save"},

	{"cette fonctionnalite est depreci", "", connectors.Invalid, "switched-off"},
	{"pas de fichier archive specifie", "", connectors.Invalid, "no-file"},
	{"envoi de fichier incorrect", "", connectors.Invalid, "no-file"},
	{"archive n a pas un nom valide", "", connectors.Invalid, "archive-name"},
	{"erreur d importation de l enveloppe", "", connectors.Invalid, "archive"},
	{"erreur d importation transaction", "", connectors.Invalid, "archive"},

	{"demande d annulation est deja en cours", "", connectors.Duplicate, "cancel-pending"},
	{"impossible d annuler", "", connectors.Rejected, "cancel-state"},
	{"type de transaction ne peut pas etre annule", "", connectors.Rejected, "cancel-type"},

	{"pas d acquittement recu", "", connectors.NotReady, "no-reply"},
	{"recuperation de la derniere classification", "", connectors.NotReady, "no-classification"},
	{"pas de numero de transaction", "", connectors.Invalid, "unknown"},
	{"numero de transaction invalide", "", connectors.NotFound, "unknown"},
}

// recognise finds what a message says.
func recognise(message string) (said, bool) {
	text := " " + fold(message) + " "
	best, at := said{}, -1
	for _, s := range sayings {
		i := strings.Index(text, " "+s.first)
		if i < 0 || s.also != "" && !strings.Contains(text[i:], " "+s.also) || at >= 0 && i >= at {
			continue
		}
		best, at = s, i
	}
	return best, at >= 0
}

// fold makes messages comparable: no accents, lower case, one blank for each
// run of anything else than letters and digits.
func fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}

// decode reads text of either family: UTF-8 when it is and says something
// ASCII does not, ISO-8859-1 otherwise.
func decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

// clean drops a byte order mark, which some reverse proxies and PHP files add.
func clean(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) }

// line cuts the first line off.
func line(b []byte) (first, rest []byte) {
	first, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimRight(first, "\r \t"), rest
}

// verdict tells whether an answer is an error: by its status, by being a page
// where data was due, by saying KO. It returns nil for the rest.
func verdict(call wire.Call, status int, header http.Header, body []byte) *connectors.Error {
	body = clean(body)
	first, rest := line(body)
	if string(first) == "KO" {
		return refusal(call, status, body, rest)
	}
	if status != http.StatusOK {
		return call.Answer(status, header, body)
	}
	if kind := page(body); kind != notPage {
		e := call.Answer(status, header, body)
		e.Class, e.Code = connectors.PeerBug, "page"
		if kind == loginPage {
			e.Class, e.Code = connectors.Auth, "login-page"
		}
		return e
	}
	return nil
}

// refusal reads the message of a KO.
func refusal(call wire.Call, status int, body, message []byte) *connectors.Error {
	text := strings.TrimSpace(html.UnescapeString(decode(message)))
	e := &connectors.Error{Class: connectors.Rejected, Op: call.Op, HTTPStatus: status,
		Message: call.Text(text), Remote: call.Cut(body, connectors.MaxRemote)}
	if s, ok := recognise(text); ok {
		e.Class, e.Code = s.class, s.code
	}
	if call.Write && e.Class == connectors.NotFound {
		e.Class = connectors.Invalid
	}
	return e
}

type pageKind uint8

const (
	notPage pageKind = iota
	anyPage
	loginPage
)

// page tells an HTML page from data.
func page(b []byte) pageKind {
	head := bytes.ToLower(bytes.TrimLeft(b[:min(len(b), 16<<10)], " \t\r\n"))
	if !slices.ContainsFunc([]string{"<!doctype html", "<html", "<head", "<body"}, func(p string) bool { return bytes.HasPrefix(head, []byte(p)) }) {
		return notPage
	}
	for _, mark := range []string{"login", "password", "connexion", "connection-status", "authentification"} {
		if bytes.Contains(head, []byte(mark)) {
			return loginPage
		}
	}
	return anyPage
}

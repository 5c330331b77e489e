package s2low

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/httpx"
	"golang.org/x/text/unicode/norm"
)

// Creation is an act with everything S²LOW can be told about it.
type Creation struct {
	Acte actes.Acte
	// EnAttente keeps the transaction at 17 until someone confirms it.
	EnAttente bool
	// MustSigned keeps it at 18 until someone signs it. Recent servers ignore
	// it: look at the status.
	MustSigned bool
	// Emails are told of the acknowledgement; SendSources sends them the files.
	Emails      []string
	SendSources bool
}

// Send transmits an act.
func (c *Client) Send(ctx context.Context, t connectors.Transmission) (connectors.Receipt, error) {
	return c.Create(ctx, Creation{Acte: t.Acte, EnAttente: t.Hold})
}

var numberShape = regexp.MustCompile(`^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$`)

// Create deposits an act and its files. What the server is known to refuse is
// refused here first, with the same class and code.
func (c *Client) Create(ctx context.Context, cr Creation) (connectors.Receipt, error) {
	const op = "create"
	a := &cr.Acte
	if err := c.checkActe(op, a); err != nil {
		return connectors.Receipt{}, err
	}
	subject, notices, err := c.subject(op, a.Objet)
	if err != nil {
		return connectors.Receipt{}, err
	}

	var parts []httpx.Part
	add := func(name, value string) { parts = append(parts, httpx.Part{Name: name, Value: []byte(value)}) }
	add("api", "1")
	add("nature_code", strconv.Itoa(int(a.Nature)))
	for i, level := range a.Matiere[:a.Matiere.Level()] {
		add("classif"+strconv.Itoa(i+1), strconv.Itoa(level))
	}
	add("number", a.Numero)
	add("decision_date", a.Date.String())
	parts = append(parts, httpx.Part{Name: "subject", Value: subject})
	add("type_acte", a.Document.Typologie)
	for _, f := range a.Annexes {
		add("type_pj[]", f.Typologie)
	}
	add("document_papier", flag(a.DocumentPapier))
	add("en_attente", flag(cr.EnAttente))
	if cr.MustSigned {
		add("must_signed", "1")
	}
	if len(cr.Emails) > 0 {
		add("show_broadcast_email", "on")
		for _, e := range cr.Emails {
			add("broadcast_email[]", e)
		}
		if cr.SendSources {
			add("send_sources", "on")
		}
	}
	files, err := c.files(op, a)
	if err != nil {
		return connectors.Receipt{}, err
	}
	call := c.call(op, true)
	body, err := c.post(ctx, call, "/modules/actes/actes_transac_create.php", append(parts, files...))
	if err != nil {
		return connectors.Receipt{}, err
	}
	t := connectors.Transmission{Acte: *a}
	state := connectors.Waiting
	if cr.EnAttente {
		state = connectors.WaitingPerson
	}
	r, err := c.receipt(call, body, t.Key(), state)
	r.Notices = notices
	return r, err
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func (c *Client) checkActe(op string, a *actes.Acte) error {
	switch {
	case !numberShape.MatchString(a.Numero):
		return invalid(op, "number")
	case !a.Nature.Valid():
		return invalid(op, "nature")
	case a.Matiere.IsZero() || a.Matiere.Hole() > 0:
		return invalid(op, "matiere")
	case !a.Date.Valid():
		return invalid(op, "date")
	case c.cfg.Today != nil && a.Date.After(c.cfg.Today()):
		return invalid(op, "future-date")
	case strings.TrimSpace(a.Objet) == "" || utf8.RuneCountInString(a.Objet) > 499:
		return invalid(op, "subject")
	case a.Document.Contenu == nil:
		return invalid(op, "no-file")
	}
	for _, f := range a.Fichiers() {
		switch {
		case f.Typologie == "":
			return invalid(op, "typologie")
		case f.Contenu == nil:
			return invalid(op, "no-file")
		}
	}
	return nil
}

// files lays out the act's files and their detached signatures.
func (c *Client) files(op string, a *actes.Acte) ([]httpx.Part, error) {
	var parts, signatures []httpx.Part
	total := int64(0)
	add := func(field, signField string, f *actes.Fichier) error {
		size := f.Contenu.Size()
		if size < 0 || size > c.cfg.MaxArchive-total {
			return invalid(op, "size")
		}
		total += size
		name := FileName(f.Nom)
		if name == "" {
			return invalid(op, "file-name")
		}
		parts = append(parts, httpx.Part{Name: field, FileName: name, ContentType: mediaType(name),
			Body: ged.ReaderSource{Reader: f.Contenu, Length: size}})
		if len(f.Signature) > 0 {
			total += int64(len(f.Signature))
			signatures = append(signatures, httpx.Part{Name: signField, FileName: name + ".p7s",
				ContentType: "application/pkcs7-signature", Body: httpx.Bytes(f.Signature)})
		}
		return nil
	}
	if err := add("acte_pdf_file", "acte_pdf_file_sign", &a.Document); err != nil {
		return nil, err
	}
	run := true // every annexe up to here is signed
	for i := range a.Annexes {
		signField := "acte_attachments_sign[]"
		if run = run && len(a.Annexes[i].Signature) > 0; !run {
			// PHP numbers unnamed entries by itself: past an unsigned annexe the
			// place must be said.
			signField = "acte_attachments_sign[" + strconv.Itoa(i) + "]"
		}
		if err := add("acte_attachments[]", signField, &a.Annexes[i]); err != nil {
			return nil, err
		}
	}
	if total > c.cfg.MaxArchive {
		return nil, invalid(op, "size")
	}
	return append(parts, signatures...), nil
}

// post sends a form with files.
func (c *Client) post(ctx context.Context, call wire.Call, path string, parts []httpx.Part) ([]byte, error) {
	boundary, err := httpx.Boundary(c.cfg.Entropy)
	if err != nil {
		return nil, &connectors.Error{Class: connectors.Transient, Op: call.Op, Code: "entropy", Err: err}
	}
	m, err := httpx.NewMultipart(boundary, parts...)
	if err != nil {
		return nil, &connectors.Error{Class: connectors.Invalid, Op: call.Op, Code: "form", Err: err}
	}
	return c.do(ctx, call, httpx.Request{Method: http.MethodPost, Path: path,
		Header: http.Header{"Content-Type": {m.ContentType()}}, Body: m})
}

// SubmitEnvelope deposits a ready archive. Its name must bear the trigramme and
// the quadrigramme of the server, not ours. The server adds its own return
// address to the envelope and rebuilds the archive. Many servers have the
// function switched off: Code is then "switched-off".
func (c *Client) SubmitEnvelope(ctx context.Context, e connectors.Envelope) ([]connectors.Receipt, error) {
	const op = "submit"
	switch {
	case e.Content == nil:
		return nil, invalid(op, "no-file")
	case e.Content.Size() > c.cfg.MaxArchive:
		return nil, invalid(op, "size")
	case !envelopeName.MatchString(e.Name):
		return nil, invalid(op, "archive-name")
	}
	call := c.call(op, true)
	body, err := c.post(ctx, call, "/modules/actes/actes_transac_submit.php", []httpx.Part{
		{Name: "api", Value: []byte("1")},
		{Name: "enveloppe", FileName: e.Name, ContentType: "application/gzip", Body: e.Content},
	})
	if err != nil {
		return nil, err
	}
	lines, ok := payload(body)
	if !ok || len(lines) < 2 || strconv.Itoa(len(lines)-1) != lines[0] {
		return nil, c.bug(call, body)
	}
	var out []connectors.Receipt
	for _, id := range lines[1:] {
		if !number(id) {
			return nil, c.bug(call, body)
		}
		ref := connectors.Ref{Connector: ID, ID: id}
		out = append(out, connectors.Receipt{Ref: ref, Status: connectors.Status{Ref: ref, State: connectors.Waiting}})
	}
	return out, nil
}

var envelopeName = regexp.MustCompile(`^[A-Za-z0-9]{3}-[A-Za-z0-9]{4}--[0-9]{9}--[0-9]{8}-[0-9]{1,4}\.tar\.gz$`)

// FileName returns the name under which a file is posted: every character
// outside A-Z a-z 0-9 . _ and blank becomes _, as the clients in service do.
func FileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._ ", r) {
			return r
		}
		return '_'
	}, norm.NFC.String(name))
}

func mediaType(name string) string {
	i := strings.LastIndexByte(name, '.')
	switch strings.ToLower(name[i+1:]) {
	case "pdf":
		return "application/pdf"
	case "xml":
		return "text/xml"
	case "png":
		return "image/png"
	case "jpg", "jpeg":
		return "image/jpeg"
	}
	return "application/octet-stream"
}

// subject writes the subject in ISO-8859-1.
func (c *Client) subject(op, s string) ([]byte, []string, error) {
	s = norm.NFC.String(s)
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
		return nil, nil, invalid(op, "subject")
	}
	b, bad := latin1(s)
	if len(bad) == 0 {
		return b, nil, nil
	}
	var notices []string
	var pairs []string
	for _, r := range bad {
		to, ok := replacements[r]
		if !ok || !c.cfg.Transliterate {
			e := invalid(op, "charset")
			e.Err = fmt.Errorf("%w: U+%04X", errLatin1, r)
			return nil, nil, e
		}
		pairs = append(pairs, string(r), to)
		notices = append(notices, fmt.Sprintf("Objet : le caractère « %c » (U+%04X) est écrit « %s », car S²LOW ne le connaît pas.", r, r, to))
	}
	s = strings.NewReplacer(pairs...).Replace(s)
	if utf8.RuneCountInString(s) > 499 {
		return nil, nil, invalid(op, "subject")
	}
	b, _ = latin1(s)
	return b, notices, nil
}

var errLatin1 = errors.New("the subject holds a character ISO-8859-1 does not have")

// replacements are the characters office software puts into subjects.
var replacements = map[rune]string{
	'\u2018': "'", '\u2019': "'", '\u201a': "'", '\u2032': "'", '\u02bc': "'",
	'\u201c': "\"", '\u201d': "\"", '\u201e': "\"", '\u2033': "\"",
	'\u2010': "-", '\u2011': "-", '\u2012': "-", '\u2013': "-", '\u2014': "-", '\u2015': "-", '\u2212': "-",
	'\u2026': "...", '\u2022': "-", '\u2009': " ", '\u202f': "\u00a0", '\u2007': "\u00a0", '\u200b': "", '\ufeff': "",
	'œ': "oe", 'Œ': "Oe", 'Ÿ': "Y", '€': "EUR", '™': "(TM)", '№': "N°", 'ﬁ': "fi", 'ﬂ': "fl",
	'š': "s", 'Š': "S", 'ž': "z", 'Ž': "Z",
}

// latin1 writes s in ISO-8859-1 and lists, once each, the characters it cannot
// hold.
func latin1(s string) (out []byte, bad []rune) {
	for _, r := range s {
		if r > 0xff {
			if !strings.ContainsRune(string(bad), r) {
				bad = append(bad, r)
			}
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out, bad
}

package envelope

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Bounds of a mail.
const (
	DefaultMailSize = 64 << 20 // bytes; see [MailOptions]
	maxParts        = 500
	maxMailDepth    = 10
	maxText         = 1 << 20 // of one part, for Text
)

// MailOptions are the options of [ReadMail].
type MailOptions struct {
	// MaxSize bounds the mail as received, in bytes; 0 means [DefaultMailSize].
	// It is held in memory, its parts too once decoded.
	MaxSize int64
	Report  report.Options
}

// Mail is what the ministry answered. Nothing received is left out: what is not
// understood is in Parts and Text, for a person to read.
type Mail struct {
	Subject, From, To, Date, MessageID string // decoded
	// Parts are all parts that hold something, in order; those of mails joined
	// to the mail included.
	Parts []Part
	// Enveloppe is the envelope joined to the messages, nil when there is none.
	Enveloppe *message.EnveloppeMISILLCL
	// EnveloppeNom is the name of its file.
	EnveloppeNom string
	// Answers are the messages joined, ready to be matched with what was sent.
	Answers []Answer
	// Archives are the tar.gz joined, read; their messages are in Answers too.
	Archives []*Envelope
	// Multicanal is the reminder that part of an act must be sent on paper, nil
	// when the mail is not one.
	Multicanal *Multicanal
	// Text is the readable text of the mail, of its HTML when it has no other;
	// of each part at most 1 MiB, the whole being in Parts.
	Text string
}

// Part is one part of a mail.
type Part struct {
	// Name is the file name it was given, decoded; when it had none, one that
	// says where it stood and what it is: "part-3.xml". It is not safe to use
	// as a path.
	Name string
	// Named says that Name was given.
	Named bool
	Type  string // media type in lower case, "text/plain" when absent
	Body  []byte // with its transfer encoding undone
	// Message is what could be read when the part is a message of the
	// protocol, else nil.
	Message message.Message
	// Repaired is Message with its texts as they were meant, when its bytes are
	// not of the encoding it declares; else nil.
	Repaired message.Message
}

// Rules of mails.
var (
	MailTronque = report.NewRule("ACT-MAIL-TRUNCATED", report.Warning,
		"Le courriel est incomplet : une de ses parties ne se termine pas. Le récupérer de nouveau.",
		"The mail is incomplete: one of its parts does not end. Fetch it again.", "RFC 2046 §5.1.1")
	MailEncodage = report.NewRule("ACT-MAIL-ENCODING", report.Warning,
		"Une pièce du courriel ({entry!}) est endommagée : son codage ({encoding}) n'a pas pu être entièrement défait.",
		"A part of the mail ({entry!}) is damaged: its encoding ({encoding}) could not be undone entirely.", "RFC 2045 §6")
	MailInconnu = report.NewRule("ACT-MAIL-UNKNOWN", report.Info,
		"Ce courriel ne contient rien que le protocole prévoie : il est à lire par une personne.",
		"This mail holds nothing the protocol foresees: a person must read it.", liasse)
)

// ReadMail reads a raw mail (RFC 5322, MIME) by which the ministry answers:
// messages and envelope joined as XML files or as an archive, or the reminder
// of a transmission multicanal. The report tells what is wrong with the mail
// and with the messages in it, located by the names of the parts; the error
// means that src failed or that the context was cancelled.
func ReadMail(ctx context.Context, src io.Reader, opt MailOptions) (*Mail, *report.Report, error) {
	limit := opt.MaxSize
	if limit <= 0 {
		limit = DefaultMailSize
	}
	rep := report.New(opt.Report)
	raw, err := readAll(ctx, io.LimitReader(src, limit+1))
	if err != nil {
		return nil, nil, fmt.Errorf("envelope: mail: %w", err)
	}
	if int64(len(raw)) > limit {
		raw = raw[:limit]
		rep.Add(report.LimBytes, report.Location{}, report.Int("limit", limit), report.Words("what", "courriel", "mail"))
	}
	m := &mailReader{ctx: ctx, opt: opt, rep: rep, mail: &Mail{}, limit: 2 * limit, room: 2 * limit}
	// Some spools keep the separator of mbox before the first field.
	if bytes.HasPrefix(raw, []byte("From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	h, body := cutHeader(raw)
	m.mail.Subject, m.mail.From, m.mail.To = words(h.get("subject")), words(h.get("from")), words(h.get("to"))
	m.mail.Date, m.mail.MessageID = h.get("date"), h.get("message-id")
	m.part(h, body, 0)
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("envelope: mail: %w", err)
	}
	if err := m.read(); err != nil {
		return nil, nil, fmt.Errorf("envelope: mail: %w", err)
	}
	return m.mail, rep, nil
}

// readAll is io.ReadAll under a context.
func readAll(ctx context.Context, r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		_, err := io.CopyN(&b, r, 1<<20)
		if err == io.EOF {
			return b.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

type mailReader struct {
	ctx   context.Context
	opt   MailOptions
	rep   *report.Report
	mail  *Mail
	plain strings.Builder // text of text/plain parts
	html  strings.Builder // text of text/html parts
	full  bool
	limit int64 // bytes all parts may have together, each time they are decoded
	room  int64 // what is left of it
}

// part takes one part, or the parts of a multipart.
func (m *mailReader) part(h header, body []byte, depth int) {
	if m.ctx.Err() != nil {
		return // ReadMail says it
	}
	kind, params := media(h.get("content-type"))
	if kind == "" {
		kind = "text/plain"
	}
	if depth < maxMailDepth && strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		parts, closed := split(body, params["boundary"])
		if len(parts) > 0 {
			if !closed {
				m.rep.Add(MailTronque, report.Location{})
			}
			for _, p := range parts {
				h, b := cutHeader(p)
				m.part(h, b, depth+1)
			}
			return
		}
	}
	if m.full {
		return
	}
	if len(m.mail.Parts) >= maxParts {
		m.full = true
		m.rep.Add(report.LimCount, report.Location{}, report.Int("limit", maxParts), report.Words("what", "pièces", "parts"))
		return
	}
	// Mails joined to mails, each encoded again, hold the same bytes many times.
	if m.room -= int64(len(body)); m.room < 0 {
		m.full = true
		m.rep.Add(report.LimBytes, report.Location{}, report.Int("limit", m.limit), report.Words("what", "pièces décodées", "decoded parts"))
		return
	}
	encoding := h.get("content-transfer-encoding")
	decoded, ok := decodeBody(m.ctx, body, encoding)
	_, disposition := media(h.get("content-disposition"))
	p := Part{Type: kind, Body: decoded, Name: disposition["filename"]}
	if p.Name == "" {
		p.Name = params["name"]
	}
	p.Named = p.Name != ""
	if !p.Named {
		p.Name = "part-" + strconv.Itoa(len(m.mail.Parts)+1) + extOf(kind, decoded)
	}
	if !ok {
		m.rep.Add(MailEncodage, report.Location{Member: container.Show(p.Name)}, report.P("entry", p.Name), report.P("encoding", encodingName(encoding)))
	}
	if kind == "message/rfc822" && depth < maxMailDepth {
		h, b := cutHeader(decoded)
		m.part(h, b, depth+1)
		return
	}
	if len(bytes.TrimSpace(decoded)) == 0 && !p.Named {
		return
	}
	if strings.HasPrefix(kind, "text/") && disposition["filename"] == "" || p.Name == "message_body.html" {
		text := decodeText(beginning(decoded, maxText), params["charset"])
		if kind == "text/html" || strings.HasSuffix(p.Name, ".html") {
			m.html.WriteString(htmlText(text) + "\n")
		} else {
			m.plain.WriteString(text + "\n")
		}
	}
	m.mail.Parts = append(m.mail.Parts, p)
}

// beginning returns at most n bytes of b, and no half character of UTF-8.
func beginning(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			return b[:i]
		}
	}
	return b[:n]
}

func encodingName(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "base64", "quoted-printable":
		return s
	}
	return "?"
}

func extOf(kind string, body []byte) string {
	switch f, mime := actes.Sniff(body); {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return ".tar.gz"
	case kind == "text/html":
		return ".html"
	case f != "":
		return "." + string(f)
	case mime == "text/plain":
		return ".txt"
	}
	return ".bin"
}

// read makes sense of the parts: envelope first, since it says whom the
// messages are for.
func (m *mailReader) read() error {
	mail := m.mail
	type found struct {
		part int
		msg  message.Message
	}
	var answers []found
	for i := range mail.Parts {
		p := &mail.Parts[i]
		if err := m.ctx.Err(); err != nil {
			return err
		}
		if bytes.HasPrefix(p.Body, []byte{0x1f, 0x8b}) {
			if err := m.archive(p); err != nil {
				return err
			}
			continue
		}
		if f, _ := actes.Sniff(p.Body[:min(len(p.Body), actes.SniffSize)]); f != actes.XML || p.Type == "text/html" {
			continue
		}
		r, err := message.Read(m.ctx, bytes.NewReader(p.Body), message.Options{Member: container.Show(p.Name), Report: m.opt.Report})
		if err != nil {
			return err
		}
		if r.Message == nil && r.Report.Has(message.MessageRacine) {
			continue // a joined XML of another kind: a document, a signature
		}
		for f := range r.Report.All() {
			g := *f
			g.Ref = refOf(f, ofMessage)
			m.rep.Record(g)
		}
		p.Message, p.Repaired = r.Message, r.Repaired
		switch msg := r.Message.(type) {
		case nil, *message.EnveloppeCLMISILL:
		case *message.EnveloppeMISILLCL:
			if mail.Enveloppe == nil {
				mail.Enveloppe, mail.EnveloppeNom = msg, p.Name
			}
		default:
			answers = append(answers, found{i, msg})
		}
	}
	for _, a := range answers {
		p := &mail.Parts[a.part]
		name := p.Name
		if !p.Named {
			name = ""
		}
		mail.Answers = append(mail.Answers, Answer{Message: a.msg, Enveloppe: mail.Enveloppe, EnveloppeNom: mail.EnveloppeNom, Fichier: name})
	}
	mail.Text = strings.TrimSpace(m.plain.String())
	html := strings.TrimSpace(m.html.String())
	if html != "" && (mail.Text == "" || len(html) > len(mail.Text)) {
		mail.Text = html
	}
	for _, text := range []string{html, strings.TrimSpace(m.plain.String())} {
		if mail.Multicanal == nil {
			mail.Multicanal = readMulticanal(text)
		}
	}
	if len(mail.Answers) == 0 && mail.Enveloppe == nil && mail.Multicanal == nil {
		m.rep.Add(MailInconnu, report.Location{})
	}
	return nil
}

// archive reads a tar.gz joined to the mail.
func (m *mailReader) archive(p *Part) error {
	opt := Options{Report: m.opt.Report}
	if p.Named {
		opt.Name = p.Name
	}
	env, rep, err := Read(m.ctx, bytes.NewReader(p.Body), opt)
	if err != nil {
		return err
	}
	m.rep.Merge(rep, container.Show(p.Name))
	m.mail.Archives = append(m.mail.Archives, env)
	mi, _ := env.Enveloppe.(*message.EnveloppeMISILLCL)
	for _, r := range env.Messages {
		if r.Message != nil && !isEnvelope(r.Message) {
			m.mail.Answers = append(m.mail.Answers, Answer{Message: r.Message, Enveloppe: mi, EnveloppeNom: env.Nom.XML(), Fichier: r.Nom})
		}
	}
	return nil
}

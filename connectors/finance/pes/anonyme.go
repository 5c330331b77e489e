package pes

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Errors of [Anonymiser].
var (
	ErrCle      = errors.New("pes: a secret of 16 bytes at least is needed")
	ErrAnonymer = errors.New("pes: this file cannot be made anonymous: it is no PES, or in an encoding whose bytes cannot be cut")
)

// MinCle is the least length of the secret of [Anonymiser].
const MinCle = 16

// Anonymiser writes a PES document with everything that names someone replaced,
// to go with a report of a fault: same layout, same elements, same codes, dates,
// amounts and totals, the same rules broken. Texts, names, addresses,
// identifiers, accounts and references become letters for letters and digits for
// digits; a key that was right stays right and one that was wrong stays wrong;
// each PJ becomes a few bytes of the same type, in the same state. One value
// becomes the same everywhere, and in every document made with the same secret:
// an acknowledgement still answers its file. Without the secret nothing leads
// back.
//
// Signatures keep their form and verify no more. The names of elements are kept.
// What follows a place where a document ceases to be XML is left out, and
// something as wrong is put there. The document goes by once, in memory that
// does not grow with it. The error is [ErrCle], [ErrAnonymer], or that of src, dst
// or ctx.
func Anonymiser(ctx context.Context, dst io.Writer, src io.Reader, secret []byte) error {
	if len(secret) < MinCle {
		return ErrCle
	}
	tee := &teeReader{src: src}
	p := &pass{ctx: ctx, r: xmlcore.NewReader(tee, xmlcore.Options{})}
	a := &anonymiser{pass: p, tee: tee, dst: dst, mask: newMasque(secret)}
	err := a.run()
	var fault *xmlcore.Error
	switch {
	case err == io.EOF:
		a.copyTo(tee.end())
	case errors.As(err, &fault):
		a.broken(fault.Finding.Rule)
	case errors.Is(err, ErrAnonymer):
		return err
	case a.err == nil:
		return fmt.Errorf("pes: %w", err)
	}
	if a.err != nil {
		return fmt.Errorf("pes: %w", a.err)
	}
	return nil
}

// teeReader keeps what was read and not yet given up.
type teeReader struct {
	src  io.Reader
	buf  []byte
	base int64 // offset of buf[0]
}

func (t *teeReader) Read(p []byte) (int, error) {
	n, err := t.src.Read(p)
	t.buf = append(t.buf, p[:n]...)
	return n, err
}

func (t *teeReader) end() int64 { return t.base + int64(len(t.buf)) }

// slice returns bytes not given up, valid until the next call of anything.
func (t *teeReader) slice(from, to int64) []byte {
	from, to = max(from, t.base), min(to, t.end())
	if from >= to {
		return nil
	}
	return t.buf[from-t.base : to-t.base]
}

// drop gives up what precedes an offset.
func (t *teeReader) drop(to int64) {
	if n := to - t.base; n > 0 && (n > 1<<16 || n == int64(len(t.buf))) {
		n = min(n, int64(len(t.buf)))
		t.buf = t.buf[:copy(t.buf, t.buf[n:])]
		t.base += n
	}
}

type anonymiser struct {
	*pass
	tee  *teeReader
	dst  io.Writer
	mask *masque
	at   int64 // what precedes was written
	open []string
	root string
	done bool // the root is closed
	err  error
	inf  inflater
}

func (a *anonymiser) write(b []byte) {
	if a.err == nil {
		_, a.err = a.dst.Write(b)
	}
}

// copyTo writes the bytes as they are, up to an offset.
func (a *anonymiser) copyTo(to int64) {
	if to > a.at {
		a.write(a.tee.slice(a.at, to))
		a.skipTo(to)
	}
}

func (a *anonymiser) skipTo(to int64) {
	if to > a.at {
		a.at = to
		a.tee.drop(to)
	}
}

func (a *anonymiser) run() error {
	for {
		k, err := a.next()
		if err != nil {
			return err
		}
		if a.err != nil {
			return a.err
		}
		if strings.HasPrefix(a.r.Encoding(), "UTF-16") {
			return ErrAnonymer
		}
		a.copyTo(a.r.Offset())
		switch k {
		case xmlcore.StartElement:
			if err := a.start(); err != nil {
				return err
			}
		case xmlcore.EndElement:
			a.end()
		case xmlcore.Text:
			if b := a.r.Text(); len(bytes.TrimLeft(b, " \t\r\n")) > 0 {
				a.replace(a.texte(string(b)))
			} else {
				a.copyTo(a.r.End())
			}
		case xmlcore.Comment:
			a.replace("<!---->")
		case xmlcore.ProcInst:
			a.replace("<?" + a.r.Target() + "?>")
		}
	}
}

// replace writes something in place of the current event.
func (a *anonymiser) replace(by string) {
	a.write([]byte(by))
	a.skipTo(a.r.End())
}

func (a *anonymiser) end() {
	a.copyTo(a.r.End())
	if len(a.open) > 0 {
		a.open = a.open[:len(a.open)-1]
	}
	a.done = a.done || len(a.open) == 0
}

func (a *anonymiser) start() error {
	name := a.r.Name()
	if len(a.open) == 0 && a.root == "" {
		if a.root = name.String(); rootOf(name.Local) == "" {
			return ErrAnonymer
		}
	}
	if len(a.open) < 300 {
		a.open = append(a.open, name.Local)
	}
	a.mask.enter(name.Local)
	a.tag()
	if name.Local == "Fichier" && name.Space == "" {
		return a.fichier()
	}
	return nil
}

// tag writes the current start tag with other values.
func (a *anonymiser) tag() {
	to := a.r.End()
	raw := bytes.Clone(a.tee.slice(a.at, to))
	attrs := a.r.Attrs()
	var out []byte
	i, n := 0, 0
	for i < len(raw) && raw[i] != '"' && raw[i] != '\'' {
		i++
	}
	from := 0
	for i < len(raw) {
		quote := raw[i]
		end := i + 1 + bytes.IndexByte(raw[i+1:], quote)
		if end <= i {
			break
		}
		// The name of the attribute stands before the equals sign.
		word := bytes.TrimRight(bytes.TrimRight(raw[from:i], " \t\r\n"), "=")
		word = bytes.TrimRight(word, " \t\r\n")
		if k := bytes.LastIndexAny(word, " \t\r\n"); k >= 0 {
			word = word[k+1:]
		}
		out = append(out, raw[from:i+1]...)
		value := raw[i+1 : end]
		if !bytes.Equal(word, []byte("xmlns")) && !bytes.HasPrefix(word, []byte("xmlns:")) && n < len(attrs) {
			old := string(attrs[n].Value)
			if by := a.mask.attribut(a.r.Name().Local, attrs[n].Name, old); by != old {
				value = []byte(escaped(by))
			}
			n++
		}
		out = append(append(out, value...), quote)
		from = end + 1
		i = from
		for i < len(raw) && raw[i] != '"' && raw[i] != '\'' {
			i++
		}
	}
	a.write(append(out, raw[from:]...))
	a.skipTo(to)
}

// escaped writes characters so that they stand in any encoding, between quotes
// of either kind and between tags.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x20 || r > 0x7E || strings.ContainsRune(`<>&"'`, r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// base64Texts are elements of signatures whose text is base64.
var base64Texts = set("DigestValue", "SignatureValue", "X509Certificate", "X509CRL", "X509SKI", "Modulus", "Exponent", "SigPolicyHash", "EncapsulatedTimeStamp",
	"EncapsulatedX509Certificate", "EncapsulatedCRLValue", "EncapsulatedOCSPValue", "P", "Q", "G", "Y", "J")

// texte replaces characters between tags.
func (a *anonymiser) texte(s string) string {
	name := ""
	if len(a.open) > 0 {
		name = a.open[len(a.open)-1]
	}
	if base64Texts[name] {
		return strings.Map(func(r rune) rune {
			if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == '/' || r == '+' {
				return 'A'
			}
			return r
		}, strings.ToValidUTF8(s, ""))
	}
	lead := len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	trail := len(strings.TrimRight(s, " \t\r\n"))
	return s[:lead] + escaped(a.mask.valeur(name, s[lead:trail])) + s[trail:]
}

// dropping is the text of a Fichier, whose bytes are given up as it is read.
type dropping struct {
	*text
	a        *anonymiser
	children bool
}

func (d *dropping) nextText() ([]byte, bool, error) {
	b, ok, err := d.text.nextText()
	d.children = d.children || d.text.depth > 0
	d.a.skipTo(d.a.r.Offset())
	return b, ok, err
}

// fichier reads the content of a PJ and writes another in the same state.
func (a *anonymiser) fichier() error {
	src := &dropping{text: &text{p: a.pass}, a: a}
	c, err := a.inf.read(src, nil, Options{})
	if err != nil {
		return err
	}
	a.content(&c)
	if src.children {
		a.write([]byte("<x/>"))
	}
	a.at = max(a.at, a.r.Offset())
	a.end()
	return nil
}

// content writes a few bytes that are what a content was.
func (a *anonymiser) content(c *Contenu) {
	plain := "contenu"
	for _, m := range magics {
		if m.mime == c.Type {
			plain = m.magic + "contenu"
			break
		}
	}
	if c.Type == "text/xml" {
		plain = `<?xml version="1.0" encoding="ISO-8859-1"?><contenu/>`
	}
	zipped := func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, s)
		z.Close()
		return b.Bytes()
	}
	encoded := func(b []byte) { a.write([]byte(base64.StdEncoding.EncodeToString(b))) }
	switch c.Etat {
	case ContenuBon:
		b := zipped(plain)
		if c.Suite {
			b = append(b, "suite"...)
		}
		encoded(b)
	case ContenuVide:
		if c.Comprime > 0 {
			encoded(zipped(""))
		}
	case ContenuBase64:
		a.write([]byte("H4sI*AAA"))
	case ContenuPasGzip:
		encoded([]byte(plain))
	case ContenuTronque:
		b := zipped(plain)
		encoded(b[:len(b)-4])
	case ContenuBombe:
		encoded(zipped(strings.Repeat("\x00", defaultMaxInflated+1<<20)))
	}
}

// broken ends a document as wrongly as it ended.
func (a *anonymiser) broken(rule *report.Rule) {
	switch {
	case rule == report.XMLDoctype:
		root := a.root
		if root == "" {
			root = "n:PES_Aller"
		}
		a.write([]byte("<!DOCTYPE x><" + root + ` xmlns:n="` + NamespaceAller + `"/>`))
	case a.done:
		a.write([]byte("<x/>")) // a second root
	case rule != report.XMLTruncated:
		a.write([]byte("<"))
	}
}

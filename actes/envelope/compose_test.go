package envelope_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf/pdftest"
)

const (
	siren  = "123456782"
	idActe = "034-123456782-20240627-D2024_042-DE"
)

func day(s string) ged.Date {
	d, err := ged.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func pdfBytes() []byte { return pdftest.Simple(1).Bytes(pdftest.Table) }

func piece(typologie string, body []byte) envelope.Piece {
	return envelope.Piece{Nom: "piece.pdf", Typologie: typologie, Contenu: bytes.NewReader(body)}
}

// anActe is an act with nothing wrong.
func anActe() *message.Acte {
	return &message.Acte{DonneesActe: message.DonneesActe{Date: day("2024-06-27"), NumeroInterne: "D2024_042", Nature: actes.Deliberation,
		Matiere: actes.Matiere{5, 2, 1}, Objet: "Règlement intérieur du cœur de ville", ClassificationDateVersion: day("2019-04-18")}}
}

func anEnvoi(d ...envelope.Depart) *envelope.Envoi {
	return &envelope.Envoi{Trigramme: "abc", Quadrigramme: "TACT", Date: day("2024-07-01"), Serie: 1,
		Emetteur:       actes.Collectivite{SIREN: siren, Departement: "034", Arrondissement: "3", Nature: "31"},
		Referent:       &message.Referent{Nom: "Service des assemblées", Telephone: "", Email: "actes@ville.example.fr"},
		AdressesRetour: []string{"retour@tdt.example.fr"}, Messages: d}
}

func simple() *envelope.Envoi {
	return anEnvoi(envelope.Depart{Message: anActe(), Fichiers: []envelope.Piece{piece("99_DE", pdfBytes()), piece("21_RP", pdfBytes())}})
}

var atThatTime = envelope.Options{Now: time.Date(2024, 7, 1, 8, 0, 0, 0, time.UTC)}

func write(t testing.TB, e *envelope.Envoi) ([]byte, *envelope.Written) {
	t.Helper()
	var b bytes.Buffer
	w, err := envelope.Write(context.Background(), &b, e, envelope.WriteOptions{Check: atThatTime})
	if err != nil {
		var bad *report.InvalidError
		if errors.As(err, &bad) {
			t.Fatalf("refused:%s", lines(bad.Report))
		}
		t.Fatal(err)
	}
	return b.Bytes(), w
}

func lines(r *report.Report) string {
	var b strings.Builder
	for f := range r.All() {
		b.WriteString("\n\t" + f.Severity.String() + " " + f.Ref + " " + f.Code() + " " + f.Where.String() + ": " + f.Message(report.FR))
	}
	return b.String()
}

// member is one file of an archive taken apart by the standard library.
type member struct {
	name string
	body []byte
	typ  byte
}

func unpack(t testing.TB, data []byte) []member {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out []member
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, member{h.Name, b, h.Typeflag})
	}
}

func pack(t testing.TB, members []member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Size: int64(len(m.body)), Mode: 0o644, Typeflag: tar.TypeReg}
		if m.typ != 0 && m.typ != tar.TypeReg {
			h.Typeflag, h.Size, h.Linkname = m.typ, 0, "/etc/hostname"
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write(m.body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// spoilt writes the simple envelope, lets change alter its files, and reads it.
func spoilt(t testing.TB, e *envelope.Envoi, opt envelope.Options, change func([]member) []member) (*envelope.Envelope, *report.Report) {
	t.Helper()
	data, w := write(t, e)
	if change != nil {
		data = pack(t, change(unpack(t, data)))
	}
	if opt.Name == "" {
		opt.Name = w.Nom.String()
	}
	return read(t, data, opt)
}

func read(t testing.TB, data []byte, opt envelope.Options) (*envelope.Envelope, *report.Report) {
	t.Helper()
	if opt.Now.IsZero() {
		opt.Now = atThatTime.Now
	}
	env, rep, err := envelope.Read(context.Background(), bytes.NewReader(data), opt)
	if err != nil {
		t.Fatal(err)
	}
	return env, rep
}

// edit replaces a text in every XML file.
func edit(old, new string) func([]member) []member {
	return func(l []member) []member {
		for i := range l {
			if strings.HasSuffix(l[i].name, ".xml") {
				l[i].body = bytes.ReplaceAll(l[i].body, []byte(old), []byte(new))
			}
		}
		return l
	}
}

// rename changes names of files, in the archive and in the XML.
func rename(old, new string) func([]member) []member {
	return func(l []member) []member {
		for i := range l {
			l[i].name = strings.ReplaceAll(l[i].name, old, new)
		}
		return edit(old, new)(l)
	}
}

package envelope_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

func TestATruncatedArchiveIsStillAnEnvelope(t *testing.T) {
	data, w := write(t, simple())
	for n := 0; n < len(data); n += 100 {
		res, ok := inspectBytes(t, w.Nom.String(), data[:n], nil)
		if !ok {
			t.Fatalf("cut at %d: not recognised", n)
		}
		if res.Verdict() != inspect.Invalid {
			t.Errorf("cut at %d: %s%s", n, res.Verdict(), findings(res))
		}
		for key, want := range map[string]string{"trigramme": "abc", "quadrigramme": "TACT", "siren": siren, "dateEnveloppe": "2024-07-01", "serie": "1", "sens": "envoi"} {
			if got := show(res.Summary.Get(key)); got != want {
				t.Errorf("cut at %d: %s = %q", n, key, got)
			}
		}
		for f := range res.Report.All() {
			if f.Severity >= report.Error && f.Ref != "A01" {
				t.Errorf("cut at %d: %s %s %s", n, f.Ref, f.Code(), f.Where)
			}
		}
	}
}

func TestDetection(t *testing.T) {
	data, w := write(t, simple())
	last := unpack(t, data)
	last = append(last[1:], last[0])
	plain := pack(t, []member{{name: "photo.jpg", body: []byte("x")}})
	for _, c := range []struct {
		what, name string
		data       []byte
		want       bool
	}{
		{"its name", w.Nom.String(), data, true},
		{"content under another name", "upload.bin", data, true},
		{"content without a name", "", data, true},
		{"the envelope coming last", "x", pack(t, last), true},
		{"a name alone", w.Nom.String(), []byte("%PDF-1.4"), true},
		{"another archive", "photos.tar.gz", plain, false},
		{"another file", "acte.pdf", pdfBytes(), false},
		{"nothing", "", nil, false},
	} {
		if _, got := inspectBytes(t, c.name, c.data, nil); got != c.want {
			t.Errorf("%s: recognised %v", c.what, got)
		}
	}
}

func TestValuesAreHidden(t *testing.T) {
	e := simple()
	e.Referent.Nom = "Madame Secrete"
	e.AdressesRetour = []string{"secret@ville.example.fr"}
	_, rep := spoilt(t, e, envelope.Options{}, edit("secret@ville", "secret+secret@ville"))
	out := lines(rep)
	for _, word := range []string{"secret", "Secrete"} {
		if strings.Contains(out, word) {
			t.Errorf("a finding quotes %s:%s", word, out)
		}
	}
}

func TestAnEnvelopeOfManyMessages(t *testing.T) {
	e := anEnvoi()
	for i := range 300 {
		a := anActe()
		a.NumeroInterne = "N" + strings.Repeat("0", 3-len(itoa(i))) + itoa(i)
		e.Messages = append(e.Messages, envelope.Depart{Message: a, Fichiers: []envelope.Piece{piece("99_DE", pdfBytes())}})
	}
	env, rep := spoilt(t, e, envelope.Options{}, nil)
	if rep.Total() != 0 || len(env.Messages) != 300 {
		t.Errorf("%d messages:%s", len(env.Messages), lines(rep))
	}
}

func itoa(i int) string {
	return strings.TrimLeft(string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}), "")
}

func FuzzEnvelope(f *testing.F) {
	data, w := write(f, simple())
	l := unpack(f, data)
	f.Add(l[0].body, l[1].body, l[2].body, l[0].name)
	f.Add([]byte("<a/>"), []byte("%PDF-1.4"), []byte{}, "../x")
	f.Fuzz(func(t *testing.T, env, msg, doc []byte, name string) {
		if len(name) > 90 || strings.ContainsRune(name, 0) || strings.HasSuffix(name, "/") { // what archive/tar does not write
			return
		}
		m := []member{{name: name, body: env}, {name: l[1].name, body: msg}, {name: l[2].name, body: doc}}
		archive := pack(t, m)
		for _, raw := range [][]byte{archive, archive[:len(archive)/2], doc} {
			e, rep, err := envelope.Read(context.Background(), bytes.NewReader(raw), envelope.Options{Name: w.Nom.String(), Now: atThatTime.Now})
			if err != nil {
				t.Fatal(err)
			}
			for f := range rep.All() {
				if f.Ref == "" {
					t.Errorf("%s refers to no line of the catalogue", f.Code())
				}
				_ = f.Message(report.FR)
			}
			_ = envelope.Summary(e)
		}
	})
}

func TestMessagesAreBounded(t *testing.T) {
	huge := append([]byte(`<?xml version="1.0"?><Acte xmlns="`+message.Namespace+`"><Objet>`), bytes.Repeat([]byte("x"), 5<<20)...)
	_, rep := spoilt(t, simple(), envelope.Options{}, body("034-", huge))
	found := false
	for f := range rep.All() {
		found = found || f.Rule == report.LimBytes && f.Ref == "M01"
	}
	if !found || rep.Valid() {
		t.Errorf("a message of 5 MiB:%s", lines(rep))
	}
}

func TestMojibakeIsRepairedBeside(t *testing.T) {
	e := simple()
	e.Messages[0].Message.(*message.Acte).Objet = "Règlement intérieur"
	env, _ := spoilt(t, e, envelope.Options{}, edit("R\xe8glement int\xe9rieur", "R\xc3\xa8glement int\xc3\xa9rieur"))
	literal, meant := env.Messages[0].Message.(*message.Acte), env.Messages[0].Repaired.(*message.Acte)
	if !strings.HasPrefix(literal.Objet, "RÃ¨glement") || !strings.HasPrefix(meant.Objet, "Règlement") {
		t.Errorf("literal %q, meant %q", literal.Objet, meant.Objet)
	}
}

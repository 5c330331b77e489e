package stamp_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/stamp"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/pdf"
)

func acquittement() stamp.Acquittement {
	day := func(d, h int) time.Time { return time.Date(2026, time.March, d, h, 4, 5, 0, time.UTC) }
	return stamp.Acquittement{
		AR:           stamp.AR{IDActe: "058-215801942-20260303-2026_042-DE", Recu: day(4, 0)},
		Collectivite: "Commune d'Essai-sur-Œuvre", SIREN: "215801942", Deposant: "Secrétariat", Nature: "Délibérations", Numero: "2026_042",
		Decision: day(3, 0), Objet: strings.Repeat("Tarifs des salles (associations, écoles) ", 12), Matiere: "7.1 Décisions budgétaires", Envoye: day(3, 18),
		Fichiers: []stamp.Fichier{{Genre: "Acte", Format: "application/pdf", Taille: 48_213, NomOrigine: "délibération n° 42.pdf", NomMetier: "99_DE-058-215801942-20260303-2026_042-DE-1-1_1.pdf",
			Empreinte: "SHA-256 " + strings.Repeat("0123456789abcdef", 4)}},
		Etapes: []stamp.Etape{{"Posté", day(3, 17), ""}, {"Transmis", day(3, 18), ""}, {"Acquittement reçu", day(4, 9), "L'acte est réputé reçu."}},
		Edite:  day(4, 10),
	}
}

func bordereau(t testing.TB, a stamp.Acquittement) []byte {
	t.Helper()
	var b bytes.Buffer
	rep, err := stamp.WriteBordereau(context.Background(), &b, a)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Total() > 0 {
		t.Errorf("%d findings", rep.Total())
	}
	return b.Bytes()
}

// TestBordereau reads back with pdftotext what was written, on one page and on
// many, and asks pdfinfo and our own reader whether the file is sound.
func TestBordereau(t *testing.T) {
	long := acquittement()
	for range 300 {
		long.Fichiers = append(long.Fichiers, long.Fichiers[0])
	}
	long.Fichiers[299].NomOrigine = strings.Repeat("sansblanc", 200) + "FIN"
	for name, c := range map[string]struct {
		a     stamp.Acquittement
		least int
	}{"one page": {acquittement(), 1}, "many": {long, 10}} {
		t.Run(name, func(t *testing.T) {
			b := bordereau(t, c.a)
			if !bytes.Equal(b, bordereau(t, c.a)) {
				t.Error("not the same octets twice")
			}
			info, rep, err := pdf.Check(context.Background(), bytes.NewReader(b), int64(len(b)))
			if err != nil || !rep.Valid() || info.Pages < c.least {
				t.Fatalf("%v, %d pages", err, info.Pages)
			}
			file := filepath.Join(t.TempDir(), "bordereau.pdf")
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(corpus.Tool(t, "pdfinfo"), file).CombinedOutput(); err != nil || bytes.Contains(out, []byte("rror")) {
				t.Errorf("pdfinfo: %v %s", err, out)
			}
			out, err := exec.Command(corpus.Tool(t, "pdftotext"), "-layout", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			text := string(out)
			for _, want := range []string{c.a.AR.IDActe, "Essai-sur-Œuvre", "2026_042", "03/03/2026", "Reçu en préfecture le", "04/03/2026", "48213 octets",
				"délibération n° 42.pdf", "Acquittement reçu", "04/03/2026 09:04:05", "L'acte est réputé reçu.", "Page 1 /"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the text", want)
				}
			}
			if n := strings.Count(text, "Acte "); n < len(c.a.Fichiers) {
				t.Errorf("%d of %d files", n, len(c.a.Fichiers))
			}
			if name == "many" && !strings.Contains(text, "FIN") {
				t.Error("a long name is cut")
			}
			if strings.Contains(text, "Publié le") {
				t.Error("a date not known is shown")
			}
		})
	}
}

func TestBordereauRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stamp.Acquittement)
		rule   any
	}{
		"no ARActe":      {func(a *stamp.Acquittement) { a.AR = stamp.AR{} }, stamp.RuleAR},
		"no date":        {func(a *stamp.Acquittement) { a.Edite = time.Time{} }, stamp.RuleOption},
		"text too long":  {func(a *stamp.Acquittement) { a.Objet = strings.Repeat("é", 20_000) }, stamp.RuleOption},
		"too many files": {func(a *stamp.Acquittement) { a.Fichiers = make([]stamp.Fichier, 6000) }, stamp.RuleOption},
	} {
		a := acquittement()
		c.change(&a)
		var b bytes.Buffer
		var e *stamp.Error
		if _, err := stamp.WriteBordereau(context.Background(), &b, a); !errors.As(err, &e) || any(e.Rule) != c.rule || b.Len() > 0 {
			t.Errorf("%s: %v, %d octets", name, err, b.Len())
		}
	}
	a := acquittement()
	a.Objet = "Convention avec 東京"
	rep, err := stamp.WriteBordereau(context.Background(), new(bytes.Buffer), a)
	if err != nil || !rep.Has(stamp.RuleText) {
		t.Errorf("a character without a glyph: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := stamp.WriteBordereau(ctx, new(bytes.Buffer), a); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

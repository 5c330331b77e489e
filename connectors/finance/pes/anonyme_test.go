package pes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

var secret = []byte("un secret de seize octets au moins")

func anonymous(t testing.TB, doc []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Anonymiser(context.Background(), &out, bytes.NewReader(doc), secret); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// judgement is what must not change, whoever judges.
func judgement(t testing.TB, doc []byte) string {
	t.Helper()
	var all []string
	for _, profile := range []Profil{ProfilDGFiP, ProfilS2LOW, ProfilSTELA} {
		r := mustRead(t, string(doc), Options{Profile: profile, Nomenclature: "M57"})
		var found []string
		for f := range r.Report.All() {
			found = append(found, f.Code()+"@"+fmt.Sprint(f.Where.Path))
		}
		slices.Sort(found)
		all = append(all, fmt.Sprint(r.Root, r.Lu, r.Schema(V512), r.Schema(V517), r.Regles, r.Alertes, r.Portee, r.Etat, r.Facts.Bordereaux, r.Facts.Pieces, r.Facts.Lignes,
			r.Facts.PJ, r.Facts.TotalDepense, r.Facts.TotalRecette, r.Facts.Signatures, found))
		if r.Acquit != nil {
			b := r.Acquit.Bilan()
			b.Refuses = nil
			all = append(all, fmt.Sprintf("%+v", b))
		}
	}
	return strings.Join(all, "\n")
}

var valueForm = regexp.MustCompile(`<([\w:]+)[^<>]* V ?= ?["']([^"']*)["']|>([^<>]*[^<>\s][^<>]*)<`)

// TestAnonymousFilesAreJudgedAlike: every file of the corpus keeps its verdict,
// what is found in it and where, its counts and totals; and none of its texts and
// identifiers is left.
func TestAnonymousFilesAreJudgedAlike(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples")
	n, values := 0, 0
	for _, pattern := range []string{"pes_aller/*.xml", "pes_aller_mutants/*.xml", "pes_aller_signes/*.xml", "acquit/*.xml", "renvoi/*.xml", "retour/*.xml"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(path)
			var buf bytes.Buffer
			if err := Anonymiser(context.Background(), &buf, bytes.NewReader(b), secret); errors.Is(err, ErrAnonymer) && strings.Contains(name, "utf16") {
				continue
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out := buf.Bytes()
			n++
			if want, got := judgement(t, b), judgement(t, out); want != got {
				w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
				for i := range w {
					if i >= len(g) || w[i] != g[i] {
						t.Errorf("%s is judged otherwise:\n%s\n%s", name, w[i], g[min(i, len(g)-1)])
						break
					}
				}
			}
			if kindOf(b) != kindOf(out) {
				t.Errorf("%s: another kind", name)
			}
			for _, m := range valueForm.FindAllSubmatch(b, -1) {
				v := strings.TrimSpace(string(m[2]) + string(m[3]))
				if gardes[string(m[1])] || len(v) < 6 || strings.Trim(v, "0.-") == "" || strings.HasPrefix(v, "ERREUR_") || typesFic[v] || v == "99999" || civilites[v] || oidForm.MatchString(v) ||
					champPublic.MatchString(v) || codeForm.MatchString(v) && !digits(v, 6) {
					continue
				}
				values++
				if bytes.Contains(out, []byte(v)) {
					t.Errorf("%s: a value of %s is left", name, m[1])
				}
			}
		}
	}
	if n < 150 || values < 2000 {
		t.Errorf("only %d files, %d values", n, values)
	}
	t.Logf("%d files, %d values", n, values)
}

// TestAnonymousKeepsLayout: bytes that name nobody stay where they are.
func TestAnonymousKeepsLayout(t *testing.T) {
	doc := "<?xml version='1.0'  encoding=\"ISO-8859-1\" ?>\r\n<!-- Jean DUPONT -->\r\n<n:PES_Aller xmlns:n = '" + NamespaceAller + "' xmlns:inutile='urn:x'\tId=\"B_DUPONT\">\r\n\t" +
		strings.ReplaceAll(enveloppeXML, "><", ">\r\n<") + "<PES_PJ  ><EnTetePES_PJ><IdVer V = '1' /></EnTetePES_PJ>" +
		pjXML("DUPONT12", zipped("%PDF-1.4 Jean DUPONT"), "") + "</PES_PJ>\r\n</n:PES_Aller>\r\n<!-- fin -->\r\n"
	out := string(anonymous(t, []byte(doc)))
	if strings.Contains(out, "DUPONT") || strings.Contains(out, "facture") {
		t.Error("a name is left")
	}
	for _, s := range []string{"<?xml version='1.0'  encoding=\"ISO-8859-1\" ?>\r\n<!---->\r\n<n:PES_Aller xmlns:n = '" + NamespaceAller + "' xmlns:inutile='urn:x'\tId=\"",
		"<PES_PJ  ><EnTetePES_PJ><IdVer V = '1' /></EnTetePES_PJ>", "</PES_PJ>\r\n</n:PES_Aller>\r\n<!---->\r\n", `.pdf"/>`, "<DteStr V=\"2024-03-15\"/>\r\n"} {
		if !strings.Contains(out, s) {
			t.Errorf("%q is not left as it was", s)
		}
	}
	if string(anonymous(t, []byte(doc))) != out {
		t.Error("twice is not the same")
	}
	var other bytes.Buffer
	if err := Anonymiser(context.Background(), &other, strings.NewReader(doc), []byte("un autre secret, de seize octets")); err != nil || other.String() == out {
		t.Errorf("another secret gives the same, or %v", err)
	}
}

// TestAnonymousAcquitAnswers: made with one secret, a file and its
// acknowledgement still belong together.
func TestAnonymousAcquitAnswers(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "finance"), "samples", "renvoi")
	file := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	e, err := Inventorier(context.Background(), bytes.NewReader(anonymous(t, file("envoi.xml"))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Rapprocher(mustRead(t, string(anonymous(t, file("acquit_partiel.xml"))), Options{}))
	if !r.Lie || len(r.Rejetes) != 1 || r.Rejetes[0] != "2024/21" || len(r.PJ) != 2 {
		t.Errorf("%+v", r)
	}
	if again := e.Rapprocher(mustRead(t, string(anonymous(t, file("acquit_fichier_inconnu.xml"))), Options{})); again.Lie {
		t.Error("an acquit of another file answers")
	}
}

// TestAnonymousTellsValuesApart: the mapping is one to one, and no character
// that says something stays.
func TestAnonymousTellsValuesApart(t *testing.T) {
	m := newMasque(secret)
	seen := map[string]string{}
	for i := 1; i < 3000; i++ {
		for _, v := range []string{fmt.Sprint("A", i), fmt.Sprint(i), fmt.Sprintf("dep%dx", i)} {
			out := m.rotate(v)
			if was, met := seen[out]; met && was != v {
				t.Fatalf("%s and %s become the same", was, v)
			}
			seen[out] = v
			for k := range len(v) {
				if v[k] == out[k] && v[k] != '0' {
					t.Fatalf("%s keeps a character", v)
				}
			}
		}
	}
}

func TestAnonymousKeys(t *testing.T) {
	m := newMasque(secret)
	for v, test := range map[string]func(string) bool{
		"21560046100010": luhn, "552081317": luhn, "299019999999929": nirKey, "FR7630003030000001234567845": validIBAN,
		"21560046100011": func(s string) bool { return !luhn(s) }, "552081318": func(s string) bool { return !luhn(s) },
		"299019999999928": func(s string) bool { return !nirKey(s) }, "2A9012A99999912": func(s string) bool { return true },
	} {
		if out := m.identifiant(v); !test(out) || out == v || len(out) != len(v) {
			t.Errorf("%s becomes %s", v, out)
		}
	}
	if out := m.valeur("IBAN", "FR7730003030000001234567845"); validIBAN(out) || out[:2] != "FR" {
		t.Error(out)
	}
	m.enter("CpteBancaire")
	parts := []string{m.valeur("CodeEtab", "30001"), m.valeur("CodeGuic", "00866"), m.valeur("IdCpte", "C7850000000")}
	if key := m.valeur("CleRib", "67"); !validRIB(parts[0], parts[1], parts[2], key) || parts[0] == "30001" {
		t.Errorf("%v %s", parts, key)
	}
	if key := m.valeur("CleRib", "68"); validRIB(parts[0], parts[1], parts[2], key) {
		t.Error("a wrong key became right")
	}
	if out := m.valeur("DteNaissance", "1980-06-07Z"); !strings.HasSuffix(out, "-01-01Z") || strings.Contains(out, "1980") && out[:4] == "1980" {
		t.Error(out)
	}
}

func TestAnonymiserRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		doc    string
		secret string
		want   error
	}{
		"no secret":    {depenseXML(), "court", ErrCle},
		"another root": {"<a/>", string(secret), ErrAnonymer},
	} {
		if err := Anonymiser(context.Background(), io.Discard, strings.NewReader(x.doc), []byte(x.secret)); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	full := errors.New("full")
	if err := Anonymiser(context.Background(), failing{full}, strings.NewReader(depenseXML()), secret); !errors.Is(err, full) {
		t.Errorf("a destination that fails: %v", err)
	}
	if err := Anonymiser(context.Background(), io.Discard, iotestErr{full}, secret); !errors.Is(err, full) {
		t.Errorf("a source that fails: %v", err)
	}
	for name, doc := range map[string]string{"cut": depenseXML()[:900], "two roots": depenseXML() + "<x/>", "malformed": strings.Replace(depenseXML(), "</Piece>", "</Piec>", 1),
		"doctype": strings.Replace(depenseXML(), "<n:PES", "<!DOCTYPE x><n:PES", 1)} {
		out := anonymous(t, []byte(doc))
		if r := mustRead(t, string(out), Options{}); r.Lu || r.Report.Valid() || kindOf(out) != "pes.aller" {
			t.Errorf("%s: it became right, or is no PES any more", name)
		}
	}
	if out := anonymous(t, []byte(strings.Replace(depenseXML(), "<n:PES", "<!DOCTYPE x><n:PES", 1))); !mustRead(t, string(out), Options{}).Report.Has(report.XMLDoctype) {
		t.Error("the DOCTYPE is gone")
	}
}

func FuzzAnonymiser(f *testing.F) {
	f.Add([]byte(depenseXML()))
	f.Add([]byte(recetteXML()))
	f.Add([]byte(acquitXML("")))
	f.Add([]byte(pesPJ(pjXML("A1", pdf(), refComptaXML))))
	f.Add([]byte(strings.Replace(depenseXML(), `V="PAPIER"`, "V = 'a&amp;&#233;<![CDATA[' x=\"1\"", 1)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var out bytes.Buffer
		err := Anonymiser(context.Background(), &out, bytes.NewReader(doc), secret)
		if err != nil {
			if !errors.Is(err, ErrAnonymer) {
				t.Fatal(err)
			}
			return
		}
		before, err := Read(context.Background(), bytes.NewReader(doc), Options{})
		if err != nil {
			t.Fatal(err)
		}
		after, err := Read(context.Background(), &out, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if before.Lu != after.Lu || before.Lu && (before.Facts.Lignes != after.Facts.Lignes || before.Facts.TotalDepense != after.Facts.TotalDepense) {
			t.Errorf("%v %+v became %v %+v", before.Lu, before.Facts, after.Lu, after.Facts)
		}
	})
}

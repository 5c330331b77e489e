package budget_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/budget"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/rulestest"
)

var someday = time.Date(2024, 3, 29, 10, 20, 30, 0, time.UTC)

var sealText = regexp.MustCompile(`<([\w-]+:)?Scellement[^>]*/>[ \t\r\n]*`)

// unseal cuts the seal and the blanks after it out of the bytes.
func unseal(t testing.TB, b []byte) []byte {
	t.Helper()
	at := sealText.FindIndex(b)
	if at == nil {
		t.Fatal("no seal to cut out")
	}
	return append(append([]byte(nil), b[:at[0]]...), b[at[1]:]...)
}

// bare is an unsealed document laid out as the DGCL tool does.
const bare = `<?xml version="1.0" encoding="UTF-8"?>
<DocumentBudgetaire xmlns="http://www.minefi.gouv.fr/cp/demat/docbudgetaire">
   <VersionSchema V="113"/>
   <BlocEditeur>
      <CodeEditeur V="Essai"/>
   </BlocEditeur>
   <VersionOutil outil="DSC_COMMON" version="31"/>
   <VersionOutil outil="REMAT" version="1"/>
   <EnTeteDocBudgetaire>
      <DteStr V="2024-03-29"/>
      <LibelleColl V="Commune d'essai"/>
      <IdColl V="21340172201787"/>
      <NatCEPL V="Commune"/>
   </EnTeteDocBudgetaire>
   <Budget>
      <EnTeteBudget>
         <IdEtab V="21340172201787"/>
         <Nomenclature V="M57-M57_A"/>
      </EnTeteBudget>
      <BlocBudget>
         <NatDec V="01"/>
         <Exer V="2024"/>
      </BlocBudget>
      <LigneBudget>
         <Nature V="6411"/>
         <MtPrev V="1200.50"/>
      </LigneBudget>
      <LigneBudget>
         <Nature V="6450"/>
      </LigneBudget>
   </Budget>
</DocumentBudgetaire>
`

// change replaces each old by new, which must be there.
func change(t testing.TB, doc string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(doc, pairs[i]) {
			t.Fatalf("nothing to replace (%d)", i/2)
		}
		doc = strings.ReplaceAll(doc, pairs[i], pairs[i+1])
	}
	return doc
}

func sealed(t testing.TB, doc string) string {
	t.Helper()
	out, _ := sign(t, doc)
	return out
}

func sign(t testing.TB, doc string) (string, budget.Added) {
	t.Helper()
	var out bytes.Buffer
	p, err := budget.AddSeal(context.Background(), &out, strings.NewReader(doc), int64(len(doc)), someday, budget.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), p
}

// cfu puts the document, prefixed, into a compte financier unique.
func cfu(t testing.TB) string {
	t.Helper()
	_, doc, _ := strings.Cut(bare, "?>\n")
	doc = regexp.MustCompile(`<(/?)(\w)`).ReplaceAllString(doc, "<${1}db:$2")
	doc = change(t, doc, ` xmlns="http`, ` xmlns:db="http`, `NatDec V="01"`, `NatDec V="10"`)
	return `<c:CompteFinancierUnique xmlns:c="http://www.minefi.gouv.fr/cp/demat/doccfu">` + "\n" + doc +
		`<c:Signatures><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></c:Signatures></c:CompteFinancierUnique>`
}

func TestSealStates(t *testing.T) {
	good := sealed(t, bare)
	for _, c := range []struct {
		name, doc string
		state     budget.State
		variant   budget.Variant
	}{
		{"sealed", good, budget.Intact, budget.Exact},
		{"not sealed", bare, budget.Absent, ""},
		{"an amount changed", change(t, good, "1200.50", "1200.51"), budget.Broken, ""},
		{"a blank added in the text", change(t, good, "</Budget>", " </Budget>"), budget.Intact, budget.Reindented},
		{"all on one line", regexp.MustCompile(`>\s+<`).ReplaceAllString(good, "><"), budget.Intact, budget.Reindented},
		{"a comment added", change(t, good, "<Budget>", "<!-- vu --><Budget>"), budget.Intact, budget.Exact},
		{"CRLF", change(t, good, "\n", "\r\n"), budget.Intact, budget.Exact},
		{"attributes reordered", change(t, good, `outil="REMAT" version="1"`, `version="1" outil="REMAT"`), budget.Intact, budget.Exact},
		{"digests in small letters", regexp.MustCompile(`(md5|sha1)="\w+"`).ReplaceAllStringFunc(good, strings.ToLower), budget.Intact, budget.Exact},
		{"md5 right, sha1 wrong", regexp.MustCompile(`sha1="\w`).ReplaceAllString(good, `sha1="_`), budget.Broken, ""},
		{"no digest", regexp.MustCompile(` (md5|sha1)="\w*"`).ReplaceAllString(good, ""), budget.Broken, ""},
		{"blanks before the seal differ from those after", change(t, good, "\n   <Scellement", "\n\n\n<Scellement"), budget.Intact, budget.Preceding},
		{"something put into the seal", change(t, good, `20:30"/>`, `20:30">x<y/></Scellement>`), budget.Intact, budget.Exact},
		{"a text put after the seal", change(t, good, `20:30"/>`, `20:30"/>hidden`), budget.Intact, budget.Exact},
		{"a CDATA section put after the seal", change(t, good, `20:30"/>`, `20:30"/><![CDATA[x]]>`), budget.Broken, ""},
		{"a seal of another namespace", change(t, bare, "<Budget>", `<Scellement xmlns="urn:x" md5="" sha1=""/><Budget>`), budget.Absent, ""},
		{"a seal deeper down", change(t, bare, "<Budget>", `<Budget><Scellement md5="" sha1=""/>`), budget.Absent, ""},
		{"CFU", sealed(t, cfu(t)), budget.Intact, budget.Exact},
		{"CFU, its envelope changed", change(t, sealed(t, cfu(t)), "<c:Signatures>", `<c:Signatures a="">`), budget.Broken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := read(t, []byte(c.doc), budget.Options{})
			if doc.Seal.State != c.state || doc.Seal.Variant != c.variant {
				t.Errorf("%s %s, want %s %s", doc.Seal.State, doc.Seal.Variant, c.state, c.variant)
			}
			if doc.Lignes != 2 {
				t.Errorf("%d lines", doc.Lignes)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	doc := read(t, []byte(sealed(t, cfu(t))), budget.Options{})
	if !doc.CFU || doc.VersionSchema != "113" || doc.NatDec != "10" || doc.Exer != "2024" || doc.CodeEditeur != "Essai" ||
		doc.EnTete.IdColl != "21340172201787" || doc.Etablissement.Nomenclature != "M57-M57_A" || doc.Signatures != 1 ||
		len(doc.Outils) != 2 || doc.Outils[1] != (budget.Outil{Outil: "REMAT", Version: "1"}) ||
		doc.Seal.Date != "2024-03-29T10:20:30" || doc.Encoding != "UTF-8" {
		t.Errorf("%+v", doc)
	}
	if label, ok := budget.NatureDecision(doc.NatDec); !ok || label != "compte financier unique" {
		t.Errorf("%q %t", label, ok)
	}
}

func TestAddSealPlacesTheSealBeforeTheHeader(t *testing.T) {
	out, p := sign(t, bare)
	want := change(t, bare, "<EnTeteDocBudgetaire>",
		`<Scellement md5="`+p.MD5+`" sha1="`+p.SHA1+`" date="2024-03-29T10:20:30"/>`+"\n   <EnTeteDocBudgetaire>")
	if out != want || !p.AnyVariant {
		t.Errorf("AnyVariant %t\n%s", p.AnyVariant, out)
	}
	if p.MD5 != strings.ToUpper(p.MD5) {
		t.Error("small letters")
	}
	if _, p := sign(t, change(t, bare, "      ", "\t")); p.AnyVariant {
		t.Error("another layout is said to verify in every tool")
	}
	latin := change(t, bare, `"UTF-8"`, `"ISO-8859-1"`, "Essai", "\xe9diteur")
	if out := sealed(t, latin); read(t, []byte(out), budget.Options{}).Seal.State != budget.Intact || !strings.Contains(out, "\xe9diteur") {
		t.Error("ISO-8859-1 is not sealed in place")
	}
	for what, doc := range map[string]string{
		"a byte order mark": "\xEF\xBB\xBF" + bare,
		"windows-1252":      change(t, bare, `"UTF-8"`, `"windows-1252"`, "Essai", "\x80\x9c"),
		"CRLF":              change(t, bare, "\n", "\r\n"),
		"no blank at all":   regexp.MustCompile(`>\s+<`).ReplaceAllString(bare, "><"),
		"text before":       change(t, bare, "<EnTeteDocBudgetaire>", "texte <EnTeteDocBudgetaire>"),
	} {
		out := sealed(t, doc)
		if s := read(t, []byte(out), budget.Options{}).Seal; s.State != budget.Intact || s.Variant != budget.Exact {
			t.Errorf("with %s: %s %s", what, s.State, s.Variant)
		}
		if !bytes.Equal(unseal(t, []byte(out)), []byte(doc)) {
			t.Errorf("with %s: other octets changed", what)
		}
	}
	if out := sealed(t, cfu(t)); !strings.Contains(out, "<db:Scellement ") {
		t.Error("the prefix of a CFU is not used")
	}
}

func TestAddSealRefuses(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		want      error
	}{
		{"sealed", sealed(t, bare), budget.ErrSealed},
		{"no REMAT", change(t, bare, `outil="REMAT"`, `outil="AUTRE"`), budget.ErrNotRemade},
		{"DSC_COMMON without version", change(t, bare, `version="31"`, `version=" "`), budget.ErrNotRemade},
		{"no header", change(t, bare, "EnTeteDocBudgetaire>", "Autre>"), budget.ErrStructure},
		{"UTF-16", utf16(change(t, bare, `"UTF-8"`, `"UTF-16"`)), budget.ErrEncoding},
		{"two documents", change(t, cfu(t), "<c:Signatures>", `<db:DocumentBudgetaire xmlns:db="`+budget.NS+`"/><c:Signatures>`), budget.ErrDuplicated},
	} {
		var out bytes.Buffer
		_, err := budget.AddSeal(context.Background(), &out, strings.NewReader(c.doc), int64(len(c.doc)), someday, budget.Options{})
		if !errors.Is(err, c.want) || out.Len() > 0 {
			t.Errorf("%s: %v, %d octets written", c.name, err, out.Len())
		}
	}
	for name, doc := range map[string]string{
		"truncated": bare[:500], "other root": "<a/>", "empty CFU": `<CompteFinancierUnique xmlns="` + budget.NSCFU + `"/>`,
		"other namespace": change(t, bare, budget.NS, "urn:x"),
	} {
		_, err := budget.AddSeal(context.Background(), io.Discard, strings.NewReader(doc), int64(len(doc)), someday, budget.Options{})
		if invalid := (*report.InvalidError)(nil); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func utf16(s string) string {
	out := []byte{0xFF, 0xFE}
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return string(out)
}

func TestRules(t *testing.T) {
	on := func(opt budget.Options, pairs ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return check(t, []byte(change(t, bare, pairs...)), opt) }
	}
	on0 := func(pairs ...string) func(testing.TB) *report.Report { return on(budget.Options{}, pairs...) }
	rulestest.Every(t, budget.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		budget.Racine:                 on0("DocumentBudgetaire", "Autre"),
		budget.EspaceDeNoms:           on0(budget.NS, "urn:x"),
		budget.Manque:                 on0("<Exer ", "<Autre "),
		budget.Exercice:               on0(`Exer V="2024"`, `Exer V="2024 bis"`),
		budget.NatDec:                 on0(`NatDec V="01"`, `NatDec V="11"`),
		budget.NomenclatureInconnue:   on0(`Nomenclature V="M`, `Nomenclature V="X`),
		budget.SignatureNonVerifiable: on0("</DocumentBudgetaire>", `<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/></DocumentBudgetaire>`),
		budget.SIRETForme:             on0(`IdColl V="2134`, `IdColl V="134`),
		budget.SIRETCle:               on0(`IdEtab V="21340172201787`, `IdEtab V="21340172201788`),
		budget.SIRETEmetteur:          on(budget.Options{SIREN: "123456782"}),
		budget.Accents:                on0("Commune d'essai", "Commune d\uFFFDessai"),
		budget.ScellementAbsent:       on(budget.Options{Enveloppe: true}),
		budget.EnDouble: func(t testing.TB) *report.Report {
			return check(t, []byte(change(t, sealed(t, bare), "<Budget>", `<Scellement md5="" sha1=""/><Budget>`)), budget.Options{})
		},
		budget.ScellementRompu: func(t testing.TB) *report.Report {
			return check(t, []byte(change(t, sealed(t, bare), "6450", "6451")), budget.Options{})
		},
		budget.ScellementVariante: func(t testing.TB) *report.Report {
			return check(t, []byte(change(t, sealed(t, bare), "</Budget>", "\n</Budget>")), budget.Options{})
		},
	})
}

func TestSeverities(t *testing.T) {
	for _, c := range []struct {
		name  string
		doc   string
		opt   budget.Options
		valid bool
	}{
		{"no seal, alone", bare, budget.Options{}, true},
		{"no seal, in an envelope", bare, budget.Options{Enveloppe: true}, false},
		{"sealed, in an envelope of the same SIREN", sealed(t, bare), budget.Options{Enveloppe: true, SIREN: "213401722"}, true},
		{"sealed, another SIREN", sealed(t, bare), budget.Options{Enveloppe: true, SIREN: "123456782"}, true},
		{"unknown nature", change(t, bare, `NatDec V="01"`, `NatDec V="99999"`), budget.Options{}, true},
		{"wrong SIRET", change(t, bare, "21340172201787", "x"), budget.Options{}, true},
		{"no budget", change(t, bare, "Budget>", "Autre>"), budget.Options{}, false},
		{"truncated", sealed(t, bare)[:900], budget.Options{}, false},
		{"too big", bare, budget.Options{MaxBytes: 500}, false},
	} {
		if rep := check(t, []byte(c.doc), c.opt); rep.Valid() != c.valid {
			t.Errorf("%s: valid = %t (%v)", c.name, rep.Valid(), rep.Err())
		}
	}
}

// A clean document has nothing said about it.
func TestCleanDocumentIsSilent(t *testing.T) {
	if rep := check(t, []byte(sealed(t, bare)), budget.Options{Enveloppe: true, SIREN: "213401722"}); rep.Total() != 0 {
		t.Errorf("%v", rep.Counts())
	}
}

// A broken document still tells what was read before the fault.
func TestTruncatedKeepsWhatWasRead(t *testing.T) {
	s := sealed(t, bare)
	doc := read(t, []byte(s[:strings.Index(s, "<LigneBudget>")+5]), budget.Options{})
	if doc.NatDec != "01" || doc.Seal.MD5 == "" || doc.Seal.State != "" {
		t.Errorf("%+v", doc)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		want      bool
	}{
		{"document", bare, true},
		{"CFU", cfu(t), true},
		{"with a DOCTYPE", "<!DOCTYPE a>" + "<x:DocumentBudgetaire xmlns:x='urn:x'/>", true},
		{"cut within its first name", bare[:45], false},
		{"cut after its first name", bare[:70], true},
		{"another root", `<a><DocumentBudgetaire xmlns="` + budget.NS + `"/></a>`, false},
		{"a text that speaks of it", "voir <DocumentBudgetaire>", false},
		{"nothing", "", false},
	} {
		if got := budget.Inspector().Detect(context.Background(), inspect.NewBytes("x", []byte(c.doc))); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestCancellation(t *testing.T) {
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	if _, _, err := budget.Read(ctx, strings.NewReader(bare), int64(len(bare)), budget.Options{}); !errors.Is(err, why) {
		t.Errorf("Read: %v", err)
	}
	if _, err := budget.AddSeal(ctx, io.Discard, strings.NewReader(bare), int64(len(bare)), someday, budget.Options{}); !errors.Is(err, why) {
		t.Errorf("AddSeal: %v", err)
	}
}

// The digests of a seal are those of libxml2's canonical form and of openssl.
func TestSealByOtherTools(t *testing.T) {
	xmllint, openssl := corpus.Tool(t, "xmllint"), corpus.Tool(t, "openssl")
	file := filepath.Join(t.TempDir(), "b.xml")
	if err := os.WriteFile(file, []byte(bare), 0o600); err != nil {
		t.Fatal(err)
	}
	canonical, err := exec.Command(xmllint, "--c14n", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, placed := sign(t, bare)
	for algorithm, ours := range map[string]string{"-md5": placed.MD5, "-sha1": placed.SHA1} {
		cmd := exec.Command(openssl, "dgst", algorithm, "-r")
		cmd.Stdin = bytes.NewReader(canonical)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if theirs, _, _ := strings.Cut(string(out), " "); !strings.EqualFold(theirs, ours) {
			t.Errorf("%s: %s, openssl says %s", algorithm, ours, theirs)
		}
	}
}

// lines repeats a line of the budget n times, without holding them.
type lines struct{ n, size int64 }

const head, line, tail = `<DocumentBudgetaire xmlns="http://www.minefi.gouv.fr/cp/demat/docbudgetaire"><Budget>`,
	"<LigneBudget>\n\t<Nature V=\"6411\"/>\n\t<MtPrev V=\"1200.50\"/>\n</LigneBudget>\n", "</Budget></DocumentBudgetaire>"

func newLines(n int64) *lines {
	return &lines{n, int64(len(head)) + n*int64(len(line)) + int64(len(tail))}
}

func (l *lines) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < l.size {
		part := ""
		switch at := off - int64(len(head)); {
		case at < 0:
			part = head[off:]
		case at < l.n*int64(len(line)):
			part = line[at%int64(len(line)):]
		default:
			part = tail[at-l.n*int64(len(line)):]
		}
		c := copy(p[n:], part)
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestConstantMemory(t *testing.T) {
	allocated := func(n int64) uint64 {
		src := newLines(n)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		doc, _, err := budget.Read(context.Background(), src, src.size, budget.Options{})
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if doc.Lignes != int(n) {
			t.Errorf("%d lines of %d", doc.Lignes, n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if small, big := allocated(10_000), allocated(160_000); big > small+64<<10 {
		t.Errorf("%d octets allocated for 10 000 lines, %d for 160 000", small, big)
	}
}

func BenchmarkRead(b *testing.B) {
	src := newLines(200_000)
	b.SetBytes(src.size)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := budget.Read(context.Background(), src, src.size, budget.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzBudget(f *testing.F) {
	f.Add([]byte(bare))
	f.Add([]byte(sealed(f, bare)))
	f.Add([]byte(sealed(f, cfu(f))))
	f.Add([]byte(strings.ReplaceAll(sealed(f, bare), "\n", "")))
	f.Add([]byte(`<DocumentBudgetaire><Scellement/>x<Scellement/></DocumentBudgetaire>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, rep, err := budget.Read(context.Background(), bytes.NewReader(b), int64(len(b)), budget.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if doc.Seal.State == budget.Broken && rep.Valid() {
			t.Error("a broken seal in a valid document")
		}
		var out bytes.Buffer
		if _, err := budget.AddSeal(context.Background(), &out, bytes.NewReader(b), int64(len(b)), someday, budget.Options{}); err == nil {
			if s := read(t, out.Bytes(), budget.Options{}).Seal; s.State != budget.Intact || s.Variant != budget.Exact {
				t.Errorf("a seal just put reads %q %q", s.State, s.Variant)
			}
		}
	})
}

package resip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var csvFiles = fstest.MapFS{
	"dossier/a.pdf": {Data: []byte("1")}, "dossier/b.pdf": {Data: []byte("22")}, "dossier/b.txt": {Data: []byte("333")}, "c.pdf": {Data: []byte("4444")},
}

var policy = archive.Policy{
	MessageID: "MSG-1", Date: time.Date(2024, 6, 28, 10, 0, 0, 0, time.UTC), OriginatingAgency: "12345678200010", Agreement: "IC-1",
	ArchivalAgency: archive.Agency{ID: "SAE"}, TransferringAgency: archive.Agency{ID: "12345678200010"},
}

func readTable(t testing.TB, text string) (*archive.Package, *report.Report) {
	t.Helper()
	p, r, err := Read(context.Background(), strings.NewReader(text), csvFiles, policy, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p, r
}

func shape(p *archive.Package) string {
	var out []string
	for u, depth := range p.Walk() {
		line := strings.Repeat("-", depth) + u.Title
		for _, g := range u.Groups {
			for _, o := range g.Objects {
				line += fmt.Sprintf(" %s_%d", o.Name, o.Version)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "|")
}

func TestPlacesUnits(t *testing.T) {
	const want = "Dossier|-A a.pdf_1|-B b.pdf_1|C c.pdf_1"
	for name, text := range map[string]string{
		"File":            "File;Content.Title\ndossier;Dossier\ndossier/a.pdf;A\n.\\dossier\\b.pdf;B\nc.pdf;C\n",
		"implied Content": "\ufeffFile;Title\n./dossier/;Dossier\ndossier/a.pdf;A\ndossier/b.pdf;B\nc.pdf;C\n",
		"ParentFile":      "File;ParentFile;Content.Title\ndossier/a.pdf;dossier;A\ndossier/b.pdf;dossier;B\ndossier;;Dossier\nc.pdf;;C\n",
		"ID":              "ID;ParentID;File;Content.Title\n2;1;dossier/a.pdf;A\n1;;;Dossier\n3;1;dossier/b.pdf;B\n4;;c.pdf;C\n",
		"any order":       "Id;File;ParentId;Title\n1;dossier;1;Dossier\n2;dossier/a.pdf;1;A\n3;dossier/b.pdf;1;B\n4;c.pdf;;C\n",
		"no File":         "id;parentid;objectfiles;Title\n1;1;;Dossier\n2;1;dossier/a.pdf;A\n3;1;dossier/b.pdf;B\n4;;c.pdf;C\n",
		"ID beside files": "ID;File;ParentFile;Title\n7;dossier;;Dossier\n7;dossier/a.pdf;dossier;A\n7;dossier/b.pdf;dossier;B\n7;c.pdf;;C\n",
		"tabs":            "File\tTitle\ndossier\tDossier\ndossier/a.pdf\tA\ndossier/b.pdf\tB\nc.pdf\tC\n\t\n",
		"commas":          "File,Title\ndossier,Dossier\ndossier/a.pdf,A\ndossier/b.pdf,B\nc.pdf,C\n\n",
		"ObjectFiles":     "ID;ParentID;File;ObjectFiles;Content.Title\n1;;dossier;;Dossier\n2;1;dossier/a.pdf;;A\n3;1;;dossier/b.pdf;B\n4;;c.pdf;c.pdf;C\n",
	} {
		p, r := readTable(t, text)
		if got := shape(p); got != want || !r.Valid() {
			t.Errorf("%s: %s\n%v", name, got, r.Err())
		}
	}
	p, _ := readTable(t, "ID;ParentID;File;ObjectFiles\n3;;dossier/b.pdf;dossier/b.txt\n")
	if got := shape(p); got != "b.pdf b.pdf_1 b.txt_2" {
		t.Errorf("two forms: %s", got)
	}
}

// TestCSVNamesAnyElement: what the columns say is a valid message that says it
// again.
func TestNamesAnyElement(t *testing.T) {
	text := "File;Content.DescriptionLevel;Content.Title.0;.attr;Content.Title.1;.attr;Content.Keyword.0.KeywordContent;Content.Keyword.0.KeywordType;Content.Keyword.1.KeywordContent;" +
		"Content.Writer.0.FirstName;Content.Writer.0.BirthName;Content.StartDate;Content.Gps.GpsLatitude;Content.Event.0.EventDateTime;" +
		"Management.AppraisalRule.Rule.0;Management.AppraisalRule.StartDate.0;Management.AppraisalRule.Rule.1;Management.AppraisalRule.FinalAction;Management.AccessRule.PreventInheritance\n" +
		`c.pdf;Item;"Un; deux";"xml:lang=""fr""";One;xml:lang='en';mot;subject;autre;A;B;2024;48;2024-01-01;R1;2024-01-01;R2;Keep;true` + "\n" + ";;;\n" // a blank line
	p, r := readTable(t, text)
	if r.Count(report.Error) != 0 {
		t.Fatal(r.Err())
	}
	u := p.Units[0]
	if u.Title != "Un; deux" || len(u.Keywords) != 2 || len(u.Rules) != 2 || u.Rules[0].SortFinal != ged.Conserver || u.Rules[0].Start.String() != "2024-01-01" ||
		!archive.RegimeOf(u.Regimes, ged.Communicabilite).Prevent || u.Agents[0].Name != "A B" || u.Dates.Start != "2024" {
		t.Errorf("%+v", u)
	}
	var b bytes.Buffer
	if err := seda.Write(context.Background(), &b, p, seda.Options{}); err != nil {
		t.Fatal(err)
	}
	if r, err := schema.Validate(context.Background(), bytes.NewReader(b.Bytes()), schema.Options{}); err != nil || !r.Valid() {
		t.Error("not valid", err, r.Err())
	}
	for _, want := range []string{`<Title xml:lang="fr">Un; deux</Title><Title xml:lang="en">One</Title>`, `<Writer><FirstName>A</FirstName><BirthName>B</BirthName></Writer>`,
		`<Gps><GpsLatitude>48</GpsLatitude></Gps>`, `<Rule>R1</Rule><StartDate>2024-01-01</StartDate><Rule>R2</Rule><FinalAction>Keep</FinalAction>`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not written", want)
		}
	}
}

// TestPutsRulesInOrder: whatever the order of the columns, a date stands behind
// the rule of its number, and what is said once behind them all.
func TestPutsRulesInOrder(t *testing.T) {
	for name, text := range map[string]string{
		"dates behind": "File;Content.Title;Management.AppraisalRule.FinalAction;Management.AppraisalRule.Rule.0;Management.AppraisalRule.Rule.1;" +
			"Management.AppraisalRule.StartDate.0;Management.AppraisalRule.StartDate.1\nc.pdf;C;Keep;R1;R2;2024-01-01;2024-02-01\n",
		"by number": "File;Management.AppraisalRule.StartDate.1;Management.AppraisalRule.Rule.1;Management.AppraisalRule.StartDate;Management.AppraisalRule.Rule;" +
			"Management.AppraisalRule.FinalAction;Content.Title\nc.pdf;2024-02-01;R2;2024-01-01;R1;Keep;C\n",
	} {
		p, r := readTable(t, text)
		if !r.Valid() {
			t.Fatal(name, r.Err())
		}
		var got []string
		for _, x := range p.Units[0].Rules {
			got = append(got, x.Code+" "+x.Start.String())
		}
		if s := strings.Join(got, ", "); s != "R1 2024-01-01, R2 2024-02-01" {
			t.Errorf("%s: %s", name, s)
		}
	}
}

// TestNamesTheElementOfAttributes: .attr is of the column before, with a path of
// that element wherever it stands.
func TestNamesTheElementOfAttributes(t *testing.T) {
	for _, text := range []string{
		"File;Title.0;attr;Title.1;ATTR\nc.pdf;Un;xml:lang='fr';One;xml:lang='en'\n",
		"File;Title.0;Title.1;Title.1.attr;Title.0.attr\nc.pdf;Un;One;xml:lang='en';xml:lang='fr'\n",
		"File;Content.Title.attr;Content.Title;Content.Title.1;.attr\nc.pdf;xml:lang='fr';Un;One;xml:lang='en'\n",
	} {
		p, r := readTable(t, text)
		if u := p.Units[0]; !r.Valid() || u.Title != "Un" {
			t.Errorf("%q: %q %v", text, u.Title, r.Err())
		}
		var b bytes.Buffer
		if err := seda.Write(context.Background(), &b, p, seda.Options{}); err != nil || !strings.Contains(b.String(), `<Title xml:lang="fr">Un</Title><Title xml:lang="en">One</Title>`) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestReadsWindows1252: what a spreadsheet set to French writes is read, the names
// of files too.
func TestReadsWindows1252(t *testing.T) {
	files := fstest.MapFS{"délibération.pdf": {Data: []byte("1")}}
	p, r, err := Read(context.Background(), strings.NewReader("File;Title\nd\xe9lib\xe9ration.pdf;D\xe9lib\xe9ration n\xb0 4 \x96 l\x92\x9cuvre\n"), files, policy, Options{})
	if err != nil || r.Count(report.Error) != 0 || r.Count(report.Warning) != 1 || !r.Has(RuleCharset) {
		t.Fatal(err, r.Err())
	}
	if u := p.Units[0]; u.Title != "Délibération n° 4 – l’œuvre" || len(u.Groups) != 1 {
		t.Errorf("%q", u.Title)
	}
}

// TestAQuoteThatNothingClosesEnds: what follows it is one line, held whole.
func TestAQuoteThatNothingClosesEnds(t *testing.T) {
	endless := &spaces{}
	p, r, err := Read(context.Background(), io.MultiReader(strings.NewReader("File;Title\nc.pdf;un\n;\""), endless), csvFiles, policy, Options{})
	if err != nil || !r.Has(report.LimBytes) || p == nil || len(p.Units) != 1 {
		t.Fatal(err, r.Err())
	}
	for f := range r.All() {
		if f.Rule == report.LimBytes && f.Where.Line != 3 {
			t.Errorf("at %s", f.Where)
		}
	}
	if endless.n > 9<<20 {
		t.Errorf("%d bytes read of a line", endless.n)
	}
}

// spaces never ends.
type spaces struct{ n int }

func (s *spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	s.n += len(p)
	return len(p), nil
}

// TestTakesUsageFromTheName: an object file named __Usage_Version__name is of
// that usage and version.
func TestTakesUsageFromTheName(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"a.pdf", "d/__TextContent_2__a.txt", "__Dissemination__b.pdf", "__Inconnu_1__c.pdf", "__BinaryMaster_0__d.pdf"} {
		files[name] = &fstest.MapFile{Data: []byte("1")}
	}
	for objects, want := range map[string]string{
		"a.pdf|d/__TextContent_2__a.txt": "BinaryMaster 1 a.pdf|TextContent 2 a.txt",
		"a.pdf|__Dissemination__b.pdf":   "BinaryMaster 1 a.pdf|Dissemination 1 b.pdf",
		"__Inconnu_1__c.pdf":             "BinaryMaster 1 __Inconnu_1__c.pdf",
		"__BinaryMaster_0__d.pdf":        "BinaryMaster 1 __BinaryMaster_0__d.pdf",
	} {
		p, r, err := Read(context.Background(), strings.NewReader("ID;ParentID;ObjectFiles;Title\n1;;"+objects+";A\n"), files, policy, Options{})
		if err != nil || !r.Valid() {
			t.Fatal(err, r.Err())
		}
		var got []string
		for _, o := range p.Units[0].Groups[0].Objects {
			got = append(got, fmt.Sprintf("%s %d %s", o.Usage, o.Version, o.Name))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s: %s", objects, s)
		}
	}
}

// TestReadsFilingPlans: units stand below the one whose mark they begin with, in
// whatever order their lines come.
func TestReadsFilingPlans(t *testing.T) {
	const table = "ID;Nom;Observations;Cote;Série;Note\n3;Plans;;.2;REP.7;x\n1;Justice;Fonds \"ancien\";REP.7;;\n2;Procès;;.1;REP.7\n4;Cadastre;;a;REP.7.2;;;\n\n5;Divers;;DIV;\n"
	for _, text := range []string{table, strings.ReplaceAll(table, "Série", "SERIE"), strings.ReplaceAll(table, ";", "\t")} {
		p, r := readTable(t, text)
		if !r.Valid() || r.Has(RuleParent) {
			t.Fatal(r.Err())
		}
		if got, want := shape(p), "Justice|-Plans|--Cadastre|-Procès|Divers"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		var said []string
		for u := range p.Walk() {
			said = append(said, fmt.Sprint(u.Level, " ", u.Description))
		}
		if got, want := strings.Join(said, "|"), "Series Fonds \"ancien\"|Subseries |Subseries |Subseries |Series "; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		var b bytes.Buffer
		if err := seda.Write(context.Background(), &b, p, seda.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{"REP.7", "REP.7.1", "REP.7.2", "REP.7.2a", "DIV"} {
			if !strings.Contains(b.String(), "<OriginatingAgencyArchiveUnitIdentifier>"+mark+"<") {
				t.Errorf("no unit of mark %s", mark)
			}
		}
		if found, err := schema.Validate(context.Background(), &b, schema.Options{}); err != nil || !found.Valid() {
			t.Error(err, found.Err())
		}
		bothWays(t, text, csvFiles, Options{})
	}
}

func TestFaults(t *testing.T) {
	for text, rule := range map[string]*report.Rule{
		"":                                                   RuleHeader,
		"Fichier;Title\n":                                    RuleHeader,
		"File;Title;Content.Description\n":                   RuleHeader,
		"File;Content.Inconnu\n":                             RuleColumn,
		"File;Management.Title\n":                            RuleColumn,
		"File;Content.Title.a b\n":                           RuleColumn,
		"File;Content.0\n":                                   RuleColumn,
		"File;.attr\n":                                       RuleColumn,
		"File\nabsent.pdf\n":                                 RuleFile,
		"File\n../c.pdf\n":                                   RuleFile,
		"File\n/c.pdf\n":                                     RuleFile,
		"File\nc.pdf\nc.pdf\n":                               RuleLine,
		"ID;ParentID;File\n1;2;\n2;1;\n":                     RuleLine,
		"ID;ParentID;File\n1;absent;\n":                      RuleParent,
		"File;ID;ID\n":                                       RuleColumn,
		"ParentID;File;Title\n":                              RuleHeader,
		"File;Title.attr;Description\n":                      RuleColumn,
		"File;Title\nc.pdf\n":                                RuleLine,
		"File;Title\nc.pdf;a;b\n":                            RuleLine,
		"File;Title\nc.pdf;\"a\n":                            RuleLine,
		"File;Title\nc.pdf;\xe9\n":                           RuleCharset,
		"File;Title\nc.pdf;\x81\n":                           RuleLine,
		"File;Title\nc.pdf;é\nc.pdf;\xe9\n":                  RuleLine,
		"File;Title;.attr\nc.pdf;a;lang=fr\n":                RuleLine,
		"id;nom;observations;cote\n":                         RuleHeader,
		"id;nom;observations;cote;série\n1;a;b;c\n":          RuleLine,
		"id;nom;observations;cote;série\n1;;b;c;\n":          RuleLine,
		"id;nom;observations;cote;série\n1;a;b;;d\n":         RuleLine,
		"id;nom;observations;cote;série\n1;a;;c;\n2;b;;c;\n": RuleLine,
		"id;nom;observations;cote;série\n1;a;;c;d\n":         RuleParent,
		"File;Title;.attr\nc.pdf;a;a='1' a='2'":              RuleLine,
	} {
		if _, r := readTable(t, text); !r.Has(rule) {
			t.Errorf("%q: %v", text, r.Err())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Read(ctx, strings.NewReader("File\n"), csvFiles, policy, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, r, err := Read(context.Background(), strings.NewReader("File,Title\nc.pdf,a\ndossier/a.pdf,b\n"), csvFiles, policy, Options{Comma: ',', MaxLines: 1})
	if err != nil || !r.Has(report.LimCount) {
		t.Errorf("too many lines: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("ID;ParentID;File;Content.Title;.attr;Management.AccessRule.Rule.0\n1;;c.pdf;t;xml:lang=\"fr\";R\n2;1;;u;;\n")
	f.Add("File;Title\nc.pdf;a\n")
	f.Add("File;Title\nc.pdf;\"a\nb\" \ndossier;5\"\n\"x\"y;\n")
	f.Add("ID;ParentID;File;ObjectFiles\n1;3;c.pdf;dossier/a.pdf|dossier/b.pdf\n\n3;2;;\n2;;;\n")
	f.Add("id;nom;observations;cote;série\n1;a;b;c;\n2;d;;e;c;f\n;g;;h\n")
	f.Add("File\ndossier/a.pdf\n.\ndossier\n/\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, _, r := bothWays(t, text, csvFiles, Options{})
		if p == nil {
			t.Fatal("the files are all in memory")
		}
		if r.Has(archive.RuleCycle) {
			t.Fatal("a circle of units")
		}
		var b bytes.Buffer
		if seda.Check(p, seda.Options{}, r); r.Valid() {
			if err := seda.Write(context.Background(), &b, p, seda.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestEveryRule(t *testing.T) {
	of := func(text string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, r := readTable(t, text)
			return r
		}
	}
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleHeader: of("Fichier\n"), RuleColumn: of("File;Content.Inconnu\n"),
		RuleParent: of("ID;ParentID;File\n1;2;\n"), RuleCharset: of("File;Title\nc.pdf;\xe9\n"),
		RuleLine: of("File\nc.pdf\nc.pdf\n"), RuleFile: of("File\nabsent\n"),
	})
}

package seda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

var csvFiles = fstest.MapFS{
	"dossier/a.pdf": {Data: []byte("1")}, "dossier/b.pdf": {Data: []byte("22")}, "dossier/b.txt": {Data: []byte("333")}, "c.pdf": {Data: []byte("4444")},
}

func readCSV(t testing.TB, text string) (*archive.Package, *report.Report) {
	t.Helper()
	p, r, err := ReadCSV(context.Background(), strings.NewReader(text), csvFiles, policy(), CSVOptions{})
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

func TestCSVPlacesUnits(t *testing.T) {
	const want = "Dossier|-A a.pdf_1|-B b.pdf_1|C c.pdf_1"
	for name, text := range map[string]string{
		"File":            "File;Content.Title\ndossier;Dossier\ndossier/a.pdf;A\n.\\dossier\\b.pdf;B\nc.pdf;C\n",
		"implied Content": "\ufeffFile;Title\n./dossier/;Dossier\ndossier/a.pdf;A\ndossier/b.pdf;B\nc.pdf;C\n",
		"ParentFile":      "File;ParentFile;Content.Title\ndossier/a.pdf;dossier;A\ndossier/b.pdf;dossier;B\ndossier;;Dossier\nc.pdf;;C\n",
		"ID":              "ID;ParentID;File;Content.Title\n2;1;dossier/a.pdf;A\n1;;;Dossier\n3;1;dossier/b.pdf;B\n4;;c.pdf;C\n",
		"ObjectFiles":     "ID;ParentID;File;ObjectFiles;Content.Title\n1;;dossier;;Dossier\n2;1;dossier/a.pdf;;A\n3;1;;dossier/b.pdf;B\n4;;c.pdf;c.pdf;C\n",
	} {
		p, r := readCSV(t, text)
		if got := shape(p); got != want || !r.Valid() {
			t.Errorf("%s: %s\n%v", name, got, r.Err())
		}
	}
	p, _ := readCSV(t, "ID;ParentID;File;ObjectFiles\n3;;dossier/b.pdf;dossier/b.txt\n")
	if got := shape(p); got != "b.pdf b.pdf_1 b.txt_2" {
		t.Errorf("two forms: %s", got)
	}
}

// TestCSVNamesAnyElement: what the columns say is a valid message that says it
// again.
func TestCSVNamesAnyElement(t *testing.T) {
	text := "File;Content.DescriptionLevel;Content.Title.0;.attr;Content.Title.1;.attr;Content.Keyword.0.KeywordContent;Content.Keyword.0.KeywordType;Content.Keyword.1.KeywordContent;" +
		"Content.Writer.0.FirstName;Content.Writer.0.BirthName;Content.StartDate;Content.Gps.GpsLatitude;Content.Event.0.EventDateTime;" +
		"Management.AppraisalRule.Rule.0;Management.AppraisalRule.StartDate.0;Management.AppraisalRule.Rule.1;Management.AppraisalRule.FinalAction;Management.AccessRule.PreventInheritance\n" +
		`c.pdf;Item;"Un; deux";"xml:lang=""fr""";One;xml:lang='en';mot;subject;autre;A;B;2024;48;2024-01-01;R1;2024-01-01;R2;Keep;true` + "\n" + ";;;\n"
	p, r := readCSV(t, text)
	if r.Count(report.Error) != 1 || !r.Has(RuleCSVLine) { // the empty line
		t.Fatal(r.Err())
	}
	u := p.Units[0]
	if u.Title != "Un; deux" || len(u.Keywords) != 2 || len(u.Rules) != 2 || u.Rules[0].SortFinal != ged.Conserver || u.Rules[0].Start != day("2024-01-01") ||
		!archive.RegimeOf(u.Regimes, ged.Communicabilite).Prevent || u.Agents[0].Name != "A B" || u.Dates.Start.Text != "2024" {
		t.Errorf("%+v", u)
	}
	var b bytes.Buffer
	if err := Write(context.Background(), &b, p, Options{Stored: stored}); err != nil {
		t.Fatal(err)
	}
	if !valid(t, V21, [][]byte{b.Bytes()})[0] {
		t.Error("not valid")
	}
	for _, want := range []string{`<Title xml:lang="fr">Un; deux</Title><Title xml:lang="en">One</Title>`, `<Writer><FirstName>A</FirstName><BirthName>B</BirthName></Writer>`,
		`<Gps><GpsLatitude>48</GpsLatitude></Gps>`, `<Rule>R1</Rule><StartDate>2024-01-01</StartDate><Rule>R2</Rule><FinalAction>Keep</FinalAction>`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not written", want)
		}
	}
}

func TestCSVFaults(t *testing.T) {
	for text, rule := range map[string]*report.Rule{
		"":                                      RuleCSVHeader,
		"Fichier;Title\n":                       RuleCSVHeader,
		"File;Title;Content.Description\n":      RuleCSVHeader,
		"File;Content.Inconnu\n":                RuleCSVColumn,
		"File;Management.Title\n":               RuleCSVColumn,
		"File;Content.Title.a b\n":              RuleCSVColumn,
		"File;Content.0\n":                      RuleCSVColumn,
		"File;.attr\n":                          RuleCSVColumn,
		"File\nabsent.pdf\n":                    RuleCSVFile,
		"File\n../c.pdf\n":                      RuleCSVFile,
		"File\n/c.pdf\n":                        RuleCSVFile,
		"File\nc.pdf\nc.pdf\n":                  RuleCSVLine,
		"ID;ParentID;File\n1;2;\n2;1;\n":        RuleCSVLine,
		"ID;ParentID;File\n1;absent;\n":         RuleCSVLine,
		"File;Title\nc.pdf;\"a\n":               RuleCSVLine,
		"File;Title\nc.pdf;\xe9\n":              RuleCSVLine,
		"File;Title;.attr\nc.pdf;a;lang=fr\n":   RuleCSVLine,
		"File;Title;.attr\nc.pdf;a;a='1' a='2'": RuleCSVLine,
	} {
		if _, r := readCSV(t, text); !r.Has(rule) {
			t.Errorf("%q: %v", text, r.Err())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := ReadCSV(ctx, strings.NewReader("File\n"), csvFiles, policy(), CSVOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, r, err := ReadCSV(context.Background(), strings.NewReader("File,Title\nc.pdf,a\ndossier/a.pdf,b\n"), csvFiles, policy(), CSVOptions{Comma: ',', MaxLines: 1})
	if err != nil || !r.Has(report.LimCount) {
		t.Errorf("too many lines: %v", err)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("ID;ParentID;File;Content.Title;.attr;Management.AccessRule.Rule.0\n1;;c.pdf;t;xml:lang=\"fr\";R\n2;1;;u;;\n")
	f.Add("File;Title\nc.pdf;a\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, r, err := ReadCSV(context.Background(), strings.NewReader(text), csvFiles, policy(), CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Has(archive.RuleCycle) {
			t.Fatal("a circle of units")
		}
		var b bytes.Buffer
		if Check(p, Options{}, r); r.Valid() {
			if err := Write(context.Background(), &b, p, Options{Stored: stored}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

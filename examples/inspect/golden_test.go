package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// faulty is a message with three faults a town hall makes: a number with a
// hyphen, a single level of matter, an impossible date.
const faulty = `<?xml version="1.0" encoding="UTF-8"?>
<actes:Acte xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
  actes:Date="2026-02-30" actes:NumeroInterne="2026-12" actes:CodeNatureActe="1">
  <actes:CodeMatiere1 actes:CodeMatiere="5"/>
  <actes:Objet>Tarifs de la cantine</actes:Objet>
  <actes:ClassificationDateVersion>2019-04-18</actes:ClassificationDateVersion>
  <actes:Document><actes:NomFichier>delib.pdf</actes:NomFichier></actes:Document>
  <actes:Annexes actes:Nombre="0"/>
  <actes:DocumentPapier>N</actes:DocumentPapier>
</actes:Acte>
`

func TestReportsForPeople(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "acte.xml")
	other := filepath.Join(dir, "lettre\u202etxt.odt")
	for name, content := range map[string]string{file: faulty, other: "bonjour"} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page := filepath.Join(dir, "page.html")
	for golden, args := range map[string][]string{
		"rapport.txt":    {"-at", "2026-07-01T08:00:00Z", file, other},
		"rapport.en.txt": {"-lang", "en", "-at", "2026-07-01T08:00:00Z", file, other},
		"page.html":      {"-html", page, "-at", "2026-07-01T08:00:00Z", file, other},
	} {
		var out, errs bytes.Buffer
		if status := run(context.Background(), args, &out, &errs); status != 2 {
			t.Errorf("%s: status %d: %s", golden, status, &errs)
		}
		got := out.String()
		if golden == "page.html" {
			b, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			got = string(b)
		}
		got = strings.ReplaceAll(got, dir+string(filepath.Separator), "")
		path := filepath.Join("testdata", golden)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s changed:\n%s", golden, got)
		}
		if strings.Contains(got, "cantine") {
			t.Errorf("%s quotes the object", golden)
		}
	}
}

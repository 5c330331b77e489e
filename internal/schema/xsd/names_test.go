package xsd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// names holds one element for each way in which a character may occur in a name
// or a regular expression.
const names = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="r"><xs:complexType><xs:choice maxOccurs="unbounded">
<xs:element name="s" type="xs:NCName"/><xs:element name="c" type="xs:NCName"/><xs:element name="t" type="xs:NMTOKEN"/>
<xs:element name="i"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="\i"/></xs:restriction></xs:simpleType></xs:element>
<xs:element name="p"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="\c"/></xs:restriction></xs:simpleType></xs:element>
</xs:choice></xs:complexType></xs:element></xs:schema>`

const inPart = 400

// TestCharactersOfNames compares with xmllint which characters names take: those
// where a run of letters may begin or end, and a sample of the others.
func TestCharactersOfNames(t *testing.T) {
	const step = 23 // with 1, every character: 10 s
	var chars []rune
	for r := rune(0x21); r < 0x11000; r++ {
		if utf16.IsSurrogate(r) || r == 0xFFFE || r == 0xFFFF || r == '<' || r == '&' || r >= 0x2200 && r%step != 0 || r%step > 4 {
			continue
		}
		chars = append(chars, r)
	}
	tool, dir := corpus.Tool(t, "xmllint"), t.TempDir()
	args := []string{"--noout", "--schema", "n.xsd"}
	files := map[string][]byte{"n.xsd": []byte(names)}
	for part := range slices.Chunk(chars, inPart) { // xmllint's time grows with the square
		doc := []byte("<r>")
		for _, r := range part {
			doc = fmt.Appendf(doc, "\n<s>%[1]c</s><c>x%[1]c</c><t>%[1]c</t><i>%[1]c</i><p>%[1]c</p>", r)
		}
		name := strconv.Itoa(len(files)-1) + ".xml"
		files[name] = append(doc, "</r>"...)
		args = append(args, name)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Dir = dir
	said, _ := cmd.CombinedOutput()
	type fault struct {
		char    int
		element string
	}
	theirs := map[fault]bool{}
	for _, m := range regexp.MustCompile(`(\d+)\.xml:(\d+): element (\w):`).FindAllSubmatch(said, -1) {
		part, err := strconv.Atoi(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		line, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		theirs[fault{part*inPart + line - 2, string(m[3])}] = true
	}
	if len(theirs) < 1000 {
		t.Fatalf("xmllint found %d faults", len(theirs))
	}
	g, _, err := Compile(context.Background(), fstest.MapFS{"n.xsd": {Data: []byte(names)}}, []string{"n.xsd"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	judge := mutant.NewJudge(g)
	wrong := 0
	for i, c := range chars {
		for _, e := range []string{"s", "c", "t", "i", "p"} {
			text := string(c)
			if e == "c" {
				text = "x" + text
			}
			ok, _ := judge.Valid(t, []byte("<r><"+e+">"+text+"</"+e+"></r>"))
			if ok == theirs[fault{i, e}] {
				if wrong++; wrong < 40 {
					t.Errorf("%U in <%s>: valid %v, by xmllint %v", c, e, ok, !ok)
				}
			}
		}
	}
	t.Logf("%d characters, %d differences", len(chars), wrong)
}

package pes

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/mutant"
)

// row is a line of the table of the official schemas, a source of documents
// that owes nothing to our grammars.
type row struct {
	path, name, group, content, diff string
	required                         bool
	base                             string
	facets                           map[string][]string
	kids                             []*row
	values                           *mutant.Pool // once composed
}

// patterns are compiled once: most types share theirs.
var patterns = map[string]*regexp.Regexp{}

func pattern(x string) *regexp.Regexp {
	re, met := patterns[x]
	if !met {
		re, _ = regexp.Compile("^(?:" + x + ")$") // nil where Go has no such pattern
		patterns[x] = re
	}
	return re
}

// officialRows reads the tree of a document of the table.
func officialRows(t testing.TB, document string) *row {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus.Dir(t, "finance"), "tables", "grammar_v5.12_v5.17.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var root *row
	last := map[string]*row{}
	split := regexp.MustCompile(` (maxLength|minLength|length|pattern|enum|totalDigits|fractionDigits|minInclusive|minExclusive|maxInclusive|maxExclusive|whiteSpace):`)
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		for len(f) < 10 {
			f = append(f, "")
		}
		if f[0] != document {
			continue
		}
		i := strings.LastIndexByte(f[2], '/')
		r := &row{path: f[2], name: f[2][i+1:], group: f[5], content: f[6], diff: f[9], required: f[3] == "1", facets: map[string][]string{}}
		at := split.FindAllStringSubmatchIndex(f[8], -1)
		r.base = f[8]
		for k, m := range at {
			if k == 0 {
				r.base = f[8][:m[0]]
			}
			end := len(f[8])
			if k+1 < len(at) {
				end = at[k+1][0]
			}
			key := f[8][m[2]:m[3]]
			r.facets[key] = append(r.facets[key], f[8][m[1]:end])
		}
		if parent := last[f[2][:i]]; parent != nil {
			parent.kids = append(parent.kids, r)
		} else {
			root = r
		}
		last[f[2]] = r
	}
	if root == nil {
		t.Fatalf("no rows of %s", document)
	}
	return root
}

var candidates = []string{"1", "12", "123", "1234", "99", "2024", "056025", "02A123", "0560251", "21560046100010", "A1", "00", "Z9", "520", "001",
	"000", "0", "00000", "nc", "NC", "n c", ".", " ", "", "x", "é", "Texte", "mairie.pdf", "sans_extension", "a.b", "01-2024", "13-2024", "12345678-1",
	"2024AB123", "ABCDEFGHI", "AGRIFRPP", "AGRIFRPP882", "agrifrpp", "FR7630001007941234567890185", "fr76123", "PARIS", "ŒUVRE", "Paris",
	"LIBELLE (1)", "100", "599", "699", "988", "987", "2A", "96", "+100.0", ".5", "1e2", "-1", "-0", "100.00", "99.99", "12.345", "true", "2", "true ", "vrai",
	"2024-03-15", "2024-02-30", "2024-03-15Z", " 2024-03-15", "15/03/2024", "2024Z", "24", "a b", "a-b", "12/3_4", "0000000012", " 7 ", "0102", "10",
	"FNFE1", "2050XYZ", "2051AB", "1999AB", "20400AB", "  ", "\u00a0", "0 0", "00A"}

// good reports whether a value is likely right: only the referee knows.
func (r *row) good(v string) bool {
	n := len([]rune(v))
	for key, values := range r.facets {
		for _, x := range values {
			limit, _ := strconv.Atoi(x)
			switch key {
			case "enum":
				found := false
				for e := range strings.SplitSeq(x, "|") {
					found = found || e == v
				}
				if !found {
					return false
				}
			case "pattern":
				if re := pattern(x); re != nil && !re.MatchString(v) {
					return false
				}
			case "maxLength":
				if n > limit {
					return false
				}
			case "minLength":
				if n < limit {
					return false
				}
			case "length":
				if n != limit {
					return false
				}
			case "totalDigits":
				if len(strings.Trim(v, "+0")) > limit {
					return false
				}
			}
		}
	}
	switch r.base {
	case "decimal":
		f, err := strconv.ParseFloat(v, 64)
		zero := len(r.facets["minExclusive"]) > 0
		return err == nil && f >= 0 && (f > 0 || !zero) && f < 100 && !strings.Contains(v, "e") && !strings.Contains(v, ".")
	case "date":
		return v == "2024-03-15" || v == "2024-03-15Z" || v == " 2024-03-15"
	case "gYear":
		return v == "2024" || v == "2024Z"
	case "boolean":
		return v == "true" || v == "1" || v == "0" || v == "true "
	}
	return true
}

func (r *row) pool() mutant.Pool {
	if r.values != nil {
		return *r.values
	}
	var p mutant.Pool
	all := candidates
	for _, e := range r.facets["enum"] {
		all = append(strings.Split(e, "|"), all...)
	}
	for _, n := range append(r.facets["maxLength"], r.facets["totalDigits"]...) {
		limit, _ := strconv.Atoi(n)
		all = append(all[:len(all):len(all)], strings.Repeat("9", limit), strings.Repeat("9", limit+1), strings.Repeat("A", limit), strings.Repeat("A", limit+1))
	}
	for _, v := range all {
		if r.good(v) {
			p.Good = append(p.Good, v)
		} else {
			p.Bad = append(p.Bad, v)
		}
	}
	r.values = &p
	return p
}

// compose writes a document with all that may be in it. Documents of successive
// numbers take different branches of the choices, nested ones included.
func (r *row) compose(b *strings.Builder, t testing.TB, number, depth int, version string, id *int) {
	name := r.name
	fmt.Fprintf(b, "<%s", name)
	for _, k := range r.kids {
		if k.content == "attr" {
			switch k.name {
			case "@Id":
				*id++
				fmt.Fprintf(b, ` Id="I%d"`, *id)
			case "@MIMEType":
				b.WriteString(` MIMEType="application/pdf"`)
			}
		}
	}
	switch {
	case r.content == "V" && version == V512 && r.diff == "content text":
		fmt.Fprintf(b, ">true</%s>\n", name)
		return
	case r.content == "V":
		p := r.pool()
		if len(p.Good) == 0 {
			t.Fatalf("no good value for %s", r.path)
		}
		v := p.Good[0]
		if version == V512 && name == "IdTiers" {
			v = "21560046100010"
		}
		fmt.Fprintf(b, ` V="%s"`, v)
		b.WriteString("/>\n")
		return
	case r.content == "text":
		fmt.Fprintf(b, ">H4sIAAAA</%s>\n", name)
		return
	}
	b.WriteString(">\n")
	branches := map[string]int{}
	for _, k := range r.kids {
		if choice, n, ok := strings.Cut(k.group, "/"); ok {
			i, _ := strconv.Atoi(n)
			branches[choice] = max(branches[choice], i)
		}
	}
	for _, k := range r.kids {
		inside := depth
		if choice, n, ok := strings.Cut(k.group, "/"); ok {
			if i, _ := strconv.Atoi(n); i != 1+number/[]int{1, 3, 9}[depth]%branches[choice] {
				continue
			}
			inside++
		}
		if k.content == "attr" || k.name == "Signature" || version == V512 && k.diff == "absent" {
			continue
		}
		k.compose(b, t, number, inside, version, id)
	}
	fmt.Fprintf(b, "</%s>\n", name)
}

// seedDocs composes full documents and their pools of values.
func seedDocs(t testing.TB, document, space, version string, only func(*row) bool) (docs [][]byte, pools map[string]mutant.Pool, names []string) {
	t.Helper()
	root := officialRows(t, document)
	if only != nil {
		var kids []*row
		for _, k := range root.kids {
			if only(k) {
				kids = append(kids, k)
			}
		}
		root.kids = kids
	}
	for number := range 27 {
		var b strings.Builder
		id := 0
		root.compose(&b, t, number, 0, version, &id)
		s := b.String()
		s = `<?xml version="1.0" encoding="UTF-8"?>` + "\n<n:" + root.name + ` xmlns:n="` + space + `"` +
			strings.TrimSuffix(s[len(root.name)+1:], "</"+root.name+">\n") + "</n:" + root.name + ">"
		docs = append(docs, []byte(s))
	}
	pools = map[string]mutant.Pool{}
	var walk func(r, parent *row)
	walk = func(r, parent *row) {
		if r.content == "V" {
			p := r.pool()
			// The values are tried in turn: begin elsewhere for each element.
			pools[r.name+"/@V"] = mutant.Pool{Good: rotate(p.Good, len(r.path)), Bad: rotate(p.Bad, len(r.path))}
		}
		if r.content != "attr" {
			names = append(names, r.name)
		}
		for _, k := range r.kids {
			walk(k, r)
		}
	}
	walk(root, nil)
	return docs, pools, names
}

func rotate(s []string, n int) []string {
	if len(s) == 0 {
		return s
	}
	n %= len(s)
	return append(append([]string{}, s[n:]...), s[:n]...)
}

// reach makes of a document one where the element of that name, which chance
// left alone, has one more attribute.
func reach(doc []byte, name string) []byte {
	s := string(doc)
	for _, tail := range []string{">", " "} {
		if i := strings.Index(s, "<"+name+tail); i >= 0 {
			i += 1 + len(name)
			return []byte(s[:i] + ` W="1"` + s[i:])
		}
	}
	return nil
}

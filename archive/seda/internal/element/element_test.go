package element

import (
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// pieces are elements of SEDA 2.1 and others, as an extra keeps them.
var pieces = []string{
	`<Title xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1" xml:lang="fr">Un &amp; deux</Title>`,
	`<Gps xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><GpsLatitude>48</GpsLatitude><n1:a xmlns:n1="urn:a" n1:b="c">d<n1:e/>f</n1:a></Gps>`,
	`<Agent xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="AgentType"/>`,
	`<Agent xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="absent:AgentType"/>`,
	`<Agent xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="no:name:at=all"/>`,
	`<s:Agent xmlns:s="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="AgentType"/>`,
	`<a xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:k="urn:k" k:b="1"><Agent xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="n1:AgentType"/></a>`,
	`<Agent xmlns="fr:gouv:culture:archivesdefrance:seda:v2.3" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="xsi:AgentType"/>`,
	`<i:x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:k="xsi" k:y="z"/>`,
	`<bare xmlns="" a="1"/>`,
	`<n1:x xmlns:n1="urn:x" xmlns:n2="urn:y" n2:y="z"><n2:w/></n1:x>`,
}

// TestCanonicalIsOneForm: what is written in the form of an extra is read back
// as it was, and written again just so.
func TestCanonicalIsOneForm(t *testing.T) {
	var p Parser
	for _, text := range pieces {
		n, err := p.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		once := n.Canonical(n.FirstVersion())
		again, err := p.Parse(once)
		if err != nil || !again.Equal(n) {
			t.Fatalf("%s: reads back as another element: %v", once, err)
		}
		if _, kept, ok := strings.Cut(text, "xsi:type="); ok && !strings.Contains(once, kept) {
			t.Errorf("%s: a type was lost of %s", once, text)
		}
		if twice := again.Canonical(again.FirstVersion()); twice != once {
			t.Errorf("%s\nis written as\n%s", once, twice)
		}
	}
	for _, text := range []string{"", "a", "<a/><b/>", "<a>", "<!DOCTYPE a><a/>"} {
		if n, err := p.Parse(text); err == nil {
			t.Errorf("%q is one element: %+v", text, n)
		}
	}
}

// TestNoTypeIsCaptured: a type whose prefix nobody declared has none once it is
// written either, in an extra and in a message.
func TestNoTypeIsCaptured(t *testing.T) {
	for _, prefix := range []string{"n1", "n2", "n3", "n4", "xsi"} {
		text := `<Agent xmlns="` + V23.Namespace() + `" xmlns:i="` + xsiSpace + `" xmlns:k="urn:k" xmlns:l="urn:l" k:a="1" i:type="` + prefix + `:T" l:b="2"><k:c i:type="l:U"/></Agent>`
		n, err := (&Parser{}).Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		w := xmlout.New(&b, xmlout.Options{})
		w.Start("", "Message")
		w.Namespace("", V23.Namespace())
		n.Emit(w, V23)
		w.End()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, out := range []string{n.Canonical(V23), b.String()} {
			if !strings.Contains(out, `:type="`+prefix+`:T"`) || strings.Contains(out, "xmlns:"+prefix+"=") {
				t.Errorf("%s: %s", prefix, out)
			}
			if !strings.Contains(out, ":U") {
				t.Errorf("the other type is lost of %s", out)
			}
		}
	}
}

// TestBlanksLayOut: blanks between elements say nothing, in a text they do.
func TestBlanksLayOut(t *testing.T) {
	var p Parser
	laid, err := p.Parse("<a>\n  <b> c </b>\n</a>")
	if err != nil {
		t.Fatal(err)
	}
	if len(laid.Items) != 1 || laid.Items[0].Node.Text() != " c " {
		t.Errorf("%+v", laid.Items)
	}
	mixed, err := p.Parse("<a>x <b/> y<!-- n --> z</a>")
	if err != nil {
		t.Fatal(err)
	}
	if len(mixed.Items) != 3 || mixed.Items[2].Text != " y z" {
		t.Errorf("%+v", mixed.Items)
	}
}

// sheet is a model of two fields.
type sheet struct {
	title string
	tags  []string
}

var table = &Part[sheet]{Name: "Sheet", Fields: []Field[sheet]{
	Text("Title", func(s *sheet) *string { return &s.title }),
	Raw[sheet]("Signature").In(Span{Since: V21, Until: V22}),
	Texts("Tag", func(s *sheet) *[]string { return &s.tags }).Once20(),
}}

func read(t *testing.T, v Version, inside string) (s sheet, extras []archive.Extra) {
	t.Helper()
	r := xmlcore.NewReader(strings.NewReader(`<Sheet xmlns="`+v.Namespace()+`">`+inside+`</Sheet>`), xmlcore.Options{})
	nodes := Reader{R: r}
	if err := nodes.Root(); err != nil {
		t.Fatal(err)
	}
	f := Filler[sheet]{Part: table}
	err := nodes.Each(func(*xmlcore.Name) error {
		e, err := f.Take(&nodes, &s)
		if e != nil {
			extras = append(extras, *e)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, extras
}

// TestPartsLoseNothingInSilence: what the model holds goes there, the rest is an
// extra, and a version that has no room for one says so.
func TestPartsLoseNothingInSilence(t *testing.T) {
	const all = `<Title xml:lang="fr">t</Title><Signature><Masterdata>m</Masterdata></Signature><Tag>a</Tag><Tag>b</Tag><x:y xmlns:x="urn:x"/>`
	s, extras := read(t, V21, all)
	if s.title != "t" || len(s.tags) != 2 || len(extras) != 3 {
		t.Fatalf("%+v %+v", s, extras)
	}
	for _, c := range []struct {
		to   Version
		made string
		lost string
	}{
		{V21, "Title Signature Tag Tag y", ""},
		{V22, "Title Signature Tag Tag y", ""},
		{V23, "Title Tag Tag y", "Sheet/Signature"},
		{V20, "Title Tag y", "Sheet/Signature Sheet/Tag"},
	} {
		var made, lost []string
		for _, n := range table.Nodes(&s, extras, c.to, &Parser{}, func(path string) { lost = append(lost, path) }) {
			made = append(made, n.Name)
		}
		if got := strings.Join(made, " "); got != c.made {
			t.Errorf("%s: %s", c.to, got)
		}
		if got := strings.Join(lost, " "); got != c.lost {
			t.Errorf("%s: lost %s", c.to, got)
		}
	}
}

// FuzzParse: an extra may come from anybody; what is read of it can be written,
// and is then read as the same.
func FuzzParse(f *testing.F) {
	for _, text := range pieces {
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, first bool) {
		var p Parser
		if first {
			p.Editions = Editions{"Code": "edition 2009"}
		}
		n, err := p.Parse(text)
		if err != nil {
			return
		}
		again, err := p.Parse(n.Canonical(n.FirstVersion()))
		if err != nil || !again.Equal(n) {
			t.Errorf("reads back as another element: %v", err)
		}
	})
}

package seda

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// dump says everything a package holds, units in the order they are met.
func dump(p *archive.Package) string {
	var b strings.Builder
	ids := func(units []*archive.Unit) (out []string) {
		for _, u := range units {
			out = append(out, u.ID)
		}
		return out
	}
	h := *p
	h.Units, h.Groups = nil, nil
	h.Header.Date = h.Header.Date.UTC()
	fmt.Fprintf(&b, "%+v\ntop %q\n", h, ids(p.Units))
	for i, g := range p.Groups {
		fmt.Fprintf(&b, "group %d %q %+v\n", i, g.ID, g.Extras)
		for _, o := range g.Objects {
			c := *o
			c.Modified = c.Modified.UTC()
			fmt.Fprintf(&b, "\t%+v\n", c)
		}
	}
	for u := range p.Walk() {
		c := *u
		c.Children, c.Groups, c.Links, c.Events = nil, nil, nil, nil
		fmt.Fprintf(&b, "%+v\n\tbelow %q", c, ids(u.Children))
		for _, g := range u.Groups {
			fmt.Fprintf(&b, " group %d", slices.Index(p.Groups, g))
		}
		for _, l := range u.Links {
			fmt.Fprintf(&b, " %s %q", l.Type, l.External)
			if l.Unit != nil {
				fmt.Fprintf(&b, " unit %q", l.Unit.ID)
			}
		}
		for _, e := range u.Events {
			e.Time = e.Time.UTC()
			fmt.Fprintf(&b, " event %+v", e)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// difference returns the first lines that differ.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		var l, r string
		if i < len(x) {
			l = x[i]
		}
		if i < len(y) {
			r = y[i]
		}
		if l != r {
			return fmt.Sprintf("line %d:\n- %.1500s\n+ %.1500s", i, l, r)
		}
	}
	return ""
}

func read(t testing.TB, doc []byte) (*archive.Package, *report.Report, bool) {
	t.Helper()
	r := &report.Report{}
	p, complete, err := Read(context.Background(), bytes.NewReader(doc), ReadOptions{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return p, r, complete
}

// rewrite writes without any check: a message that was read is not ours to
// refuse.
func rewrite(t testing.TB, p *archive.Package, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	opt.Checked = true
	if err := Write(context.Background(), &b, p, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type manifest struct {
	name    string
	doc     []byte
	version Version
	facts   map[string]string
}

// manifests are the transfers of SEDA 2 of the corpus, those inside packages
// included.
func manifests(t testing.TB) []manifest {
	t.Helper()
	dir := corpus.Dir(t, "archive")
	var out []manifest
	met := map[string]bool{}
	for _, row := range corpus.Expected(t, "archive") {
		if met[row.Path] || strings.Contains(row.Path, "!") || !strings.HasPrefix(row.Version, "2.") ||
			row.Kind != "seda.transfer" && row.Kind != "sip.vitam" {
			continue
		}
		met[row.Path] = true
		m := manifest{name: row.Path, version: Version(row.Version), facts: row.Facts}
		data, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		if m.doc = data; strings.HasSuffix(row.Path, ".zip") {
			if m.doc = archivetest.ManifestOf(data); m.doc == nil {
				continue
			}
		}
		out = append(out, m)
	}
	if len(out) < 60 {
		t.Fatalf("only %d manifests", len(out))
	}
	return out
}

func TestReadCountsWhatTheCorpusCounts(t *testing.T) {
	for _, m := range manifests(t) {
		p, r, complete := read(t, m.doc)
		if !complete {
			if m.facts["units"] != "" {
				t.Errorf("%s: not read to its end: %v", m.name, r.Err())
			}
			continue
		}
		units, objects := 0, 0
		for range p.Walk() {
			units++
		}
		for range p.Objects() {
			objects++
		}
		for name, got := range map[string]string{"units": strconv.Itoa(units), "groups": strconv.Itoa(len(p.Groups)),
			"objects": strconv.Itoa(objects), "messageIdentifier": strings.TrimSpace(p.Header.MessageID)} {
			if want, ok := m.facts[name]; ok && got != want {
				t.Errorf("%s: %s %q, want %q", m.name, name, got, want)
			}
		}
	}
}

// TestReadWriteRead: whatever a message says is there again once it has been
// written, nested or flat, and what the official schema accepted it still
// accepts.
func TestReadWriteRead(t *testing.T) {
	before, after, names := map[Version][][]byte{}, map[Version][][]byte{}, map[Version][]string{}
	for _, m := range manifests(t) {
		p, r, complete := read(t, m.doc)
		if !complete || Supported(m.version) != nil || r.Has(archive.RuleIDTwice) { // two units of one name are one, side by side
			continue
		}
		want := dump(p)
		for _, opt := range []Options{{}, {Indent: true}, {Flat: true}} {
			opt.Version = m.version
			out := rewrite(t, p, opt)
			again, _, complete := read(t, out)
			if got := dump(again); !complete || got != want {
				t.Errorf("%s %+v: %s", m.name, opt, difference(want, got))
				break
			}
			before[m.version], after[m.version] = append(before[m.version], m.doc), append(after[m.version], out)
			names[m.version] = append(names[m.version], m.name)
		}
	}
	kept := 0
	for v, docs := range before {
		was, is := archivetest.Valid(t, v, docs...), archivetest.Valid(t, v, after[v]...)
		for i := range was {
			if was[i] && !is[i] {
				t.Errorf("%s: valid before, not after", names[v][i])
			} else if was[i] {
				kept++
			}
		}
	}
	if kept < 100 {
		t.Errorf("only %d valid documents prove little", kept)
	}
}

// transferOf is a message of version 2.1 around the parts given.
func transferOf(version Version, objects, units, management string) string {
	return `<?xml version="1.0"?><ArchiveTransfer xmlns="` + version.Namespace() + `"><Date>2024-07-01T09:30:00Z</Date><MessageIdentifier>M</MessageIdentifier>` +
		`<CodeListVersions/><DataObjectPackage>` + objects + `<DescriptiveMetadata>` + units + `</DescriptiveMetadata><ManagementMetadata>` + management +
		`</ManagementMetadata></DataObjectPackage><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`
}

func unitOf(id, inside string) string {
	return `<ArchiveUnit id="` + id + `"><Content><DescriptionLevel>Item</DescriptionLevel><Title>t</Title></Content>` + inside + `</ArchiveUnit>`
}

func refTo(id string) string {
	return `<ArchiveUnit id="R` + id + `"><ArchiveUnitRefId><!-- a comment -->` + id + `</ArchiveUnitRefId></ArchiveUnit>`
}

func TestReadLayouts(t *testing.T) {
	const (
		alone   = `<BinaryDataObject id="O1"/>`
		flat    = `<BinaryDataObject id="O1"><DataObjectGroupId>G</DataObjectGroupId></BinaryDataObject><BinaryDataObject id="O2"><DataObjectGroupReferenceId>G</DataObjectGroupReferenceId></BinaryDataObject>`
		wrapped = `<DataObjectGroup id="G"><BinaryDataObject id="O1"><DataObjectGroupId>INNER</DataObjectGroupId></BinaryDataObject><BinaryDataObject id="O2"/></DataObjectGroup>`
		late    = `<BinaryDataObject id="O2"><DataObjectGroupReferenceId>G</DataObjectGroupReferenceId></BinaryDataObject><BinaryDataObject id="O1"><DataObjectGroupId>G</DataObjectGroupId></BinaryDataObject>`
	)
	toGroup := func(id string) string {
		return `<DataObjectReference><DataObjectGroupReferenceId>` + id + `</DataObjectGroupReferenceId></DataObjectReference>`
	}
	toObject := `<DataObjectReference><DataObjectReferenceId><!-- here -->O1<!-- it is --></DataObjectReferenceId></DataObjectReference>`
	tests := []struct {
		name, objects, units string
		tops, below          string // IDs; parent>child, first visits
		groups               string // ID:objects
		units0               int    // groups of the first unit
		rules                []*report.Rule
	}{
		{"nested", alone, unitOf("A", unitOf("B", "")+toObject), "A", "A>B", ":O1", 1, nil},
		{"side by side", alone, unitOf("A", refTo("B")) + unitOf("B", "") + unitOf("C", ""), "A C", "A>B", ":O1", 0, nil},
		{"child described before its parent", alone, unitOf("B", "") + unitOf("A", refTo("B")), "A", "A>B", ":O1", 0, nil},
		{"two parents", alone, unitOf("A", unitOf("B", "")) + unitOf("C", refTo("B")), "A C", "A>B C>B", ":O1", 0, nil},
		{"at the top and below", alone, unitOf("A", refTo("B")) + unitOf("B", "") + `<ArchiveUnit id="X"><ArchiveUnitRefId>B</ArchiveUnitRefId></ArchiveUnit>`, "A B", "A>B", ":O1", 0, nil},
		{"circle", alone, unitOf("A", refTo("B")) + unitOf("B", refTo("A")), "A", "A>B B>A", ":O1", 0, nil},
		{"flat group", flat, unitOf("A", toGroup("G")), "A", "", "G:O1,O2", 1, nil},
		{"wrapped group wins over the inner name", wrapped, unitOf("A", toGroup("INNER")), "A", "", "G:O1,O2", 1, nil},
		{"group declared late", late, unitOf("A", toGroup("G")), "A", "", "G:O2,O1", 1, nil},
		{"object of a group", flat, unitOf("A", toObject), "A", "", "G:O1,O2", 1, []*report.Rule{RuleRefObject}},
		{"nothing there", alone, unitOf("A", toGroup("NO")+refTo("NO")), "A", "", ":O1", 0, []*report.Rule{RuleRef, RuleRef}},
		{"twice the same name", alone, unitOf("A", unitOf("O1", "")), "A", "A>O1", ":O1", 0, []*report.Rule{archive.RuleIDTwice}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, r, complete := read(t, []byte(transferOf(V21, tt.objects, tt.units, "")))
			if !complete {
				t.Fatal(r.Err())
			}
			var tops, below, groups []string
			for _, u := range p.Units {
				tops = append(tops, u.ID)
			}
			for u := range p.Walk() {
				for _, c := range u.Children {
					below = append(below, u.ID+">"+c.ID)
				}
			}
			for _, g := range p.Groups {
				var ids []string
				for _, o := range g.Objects {
					ids = append(ids, o.ID)
				}
				groups = append(groups, g.ID+":"+strings.Join(ids, ","))
			}
			if got := strings.Join(tops, " "); got != tt.tops {
				t.Errorf("at the top %q", got)
			}
			if got := strings.Join(below, " "); got != tt.below {
				t.Errorf("below %q", got)
			}
			if got := strings.Join(groups, " "); got != tt.groups {
				t.Errorf("groups %q", got)
			}
			if got := len(p.Units[0].Groups); got != tt.units0 {
				t.Errorf("%d groups of the first unit", got)
			}
			var rules []*report.Rule
			for f := range r.All() {
				rules = append(rules, f.Rule)
			}
			if !slices.Equal(rules, tt.rules) {
				t.Errorf("findings %v", rules)
			}
			want := dump(p)
			if again, _, _ := read(t, rewrite(t, p, Options{Flat: true})); tt.name != "twice the same name" && dump(again) != want {
				t.Error("lost when written flat:", difference(want, dump(again)))
			}
		})
	}
}

func TestReadIsBounded(t *testing.T) {
	doc := transferOf(V21, "", strings.Repeat(unitOf("A", ""), 50), "")
	r := &report.Report{}
	p, complete, err := Read(context.Background(), strings.NewReader(doc), ReadOptions{MaxParts: 10}, r)
	if err != nil || complete || !r.Has(report.LimCount) || len(p.Units) != 10 {
		t.Errorf("parts: %v, complete %v", err, complete)
	}
	r = &report.Report{}
	if _, complete, err = Read(context.Background(), strings.NewReader(doc), ReadOptions{MaxBytes: 900}, r); err != nil || complete || !r.Has(report.LimBytes) {
		t.Errorf("bytes: %v, complete %v, %v", err, complete, r.Err())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Read(ctx, strings.NewReader(transferOf(V21, "", strings.Repeat(unitOf("A", ""), 600), "")), ReadOptions{}, r); err == nil {
		t.Error("a cancelled reading goes on")
	}
}

func TestScanStopsWhenAsked(t *testing.T) {
	n := 0
	for range Scan(context.Background(), strings.NewReader(transferOf(V21, "", strings.Repeat(unitOf("A", ""), 50), "")), "", &report.Report{}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d items", n)
	}
}

// TestUnknownExtensionsAreKept: elements of other namespaces, in any place,
// come out as they went in.
func TestUnknownExtensionsAreKept(t *testing.T) {
	const x = `<x:a xmlns:x="urn:x" xmlns:y="urn:y" y:k="1" b="&lt;2&#10;" a="1">du <y:b/> texte <z xmlns=""><w/></z><Title xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">t</Title></x:a>`
	content := strings.Replace(unitOf("A", ""), "</Content>", x+`<New>n</New></Content>`, 1)
	content = strings.Replace(content, "<Content>", `<Management>`+x+`</Management><Content>`, 1)
	content = strings.Replace(content, "</ArchiveUnit>", x+`</ArchiveUnit>`, 1)
	object := `<BinaryDataObject id="O"><Metadata><Image>` + x + `</Image></Metadata>` + x + `</BinaryDataObject>`
	doc := transferOf(V21, object, content, x)
	p, r, complete := read(t, []byte(doc))
	if !complete {
		t.Fatal(r.Err())
	}
	out := rewrite(t, p, Options{})
	again, _, _ := read(t, out)
	if want := dump(p); dump(again) != want {
		t.Error(difference(want, dump(again)))
	}
	if n := strings.Count(string(out), "du <"); n != 6 {
		t.Errorf("%d of 6 extensions written", n)
	}
	if !strings.Contains(string(out), "<New>n</New>") {
		t.Error("an element SEDA does not have is lost")
	}
}

// TestADetailFollowsItsField: what an extra says in full is written as long as
// the field says the same in short.
func TestADetailFollowsItsField(t *testing.T) {
	title := `<Title xml:lang="fr">Un</Title><Title xml:lang="en">One</Title>`
	doc := transferOf(V21, "", strings.Replace(unitOf("A", ""), "<Title>t</Title>", title, 1), "")
	p, _, _ := read(t, []byte(doc))
	if p.Units[0].Title != "Un" {
		t.Errorf("title %q", p.Units[0].Title)
	}
	if out := string(rewrite(t, p, Options{})); !strings.Contains(out, title) {
		t.Error("the languages are lost")
	}
	p.Units[0].Title = "Deux"
	if out := string(rewrite(t, p, Options{})); !strings.Contains(out, `<Title>Deux</Title><Title xml:lang="en">One</Title>`) || strings.Contains(out, "Un<") {
		t.Error("the old title is still there")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(transferOf(V21, `<BinaryDataObject id="O1"><DataObjectGroupId>G</DataObjectGroupId></BinaryDataObject>`, unitOf("A", refTo("B"))+unitOf("B", refTo("A")), "")))
	f.Add([]byte(transferOf(V23, `<DataObjectGroup id="G"><PhysicalDataObject id="O"><DataObjectVersion>PhysicalMaster_1</DataObjectVersion></PhysicalDataObject></DataObjectGroup>`,
		`<ArchiveUnit id="A"><Management><HoldRule><Rule>H</Rule><HoldEndDate>2030-01-01</HoldEndDate></HoldRule></Management><Content><Title xml:lang="fr">t</Title><Event><EventDateTime>2020-01-01</EventDateTime></Event></Content></ArchiveUnit>`, "")))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, r, complete := read(t, doc)
		if !complete || r.Has(archive.RuleIDTwice) {
			return
		}
		var b bytes.Buffer
		if Write(context.Background(), &b, p, Options{Checked: true}) != nil {
			return // an identifier no document can hold
		}
		if _, _, complete := read(t, b.Bytes()); !complete {
			t.Fatal("what was written cannot be read")
		}
		for _, v := range []Version{V02, V10} {
			b.Reset()
			if _, err := Convert(context.Background(), &b, p, Options{Version: v}); err != nil {
				continue
			}
			if _, _, complete := read(t, b.Bytes()); !complete {
				t.Fatalf("%s: what was converted cannot be read", v)
			}
		}
		Check(p, Options{Version: V23}, &report.Report{})
	})
}

// TestReadIsLenientAndSays: a message of an unknown version is read as far as
// its elements are known.
func TestReadIsLenientAndSays(t *testing.T) {
	p, r, complete := read(t, []byte(transferOf("9.99", "", unitOf("A", ""), "")))
	if !complete || len(p.Units) != 1 || p.Units[0].Title != "t" || r.Len() != 1 || !r.Has(RuleTransferVersion) {
		t.Errorf("complete %v, %v", complete, r.Err())
	}
	p, r, complete = read(t, []byte(`<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Comment>a</Comment><b>`))
	if complete || p == nil || r.Valid() {
		t.Error("a truncated message is complete")
	}
	if _, _, complete = read(t, nil); complete {
		t.Error("nothing is a message")
	}
}

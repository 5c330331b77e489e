package archive_test

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func treePolicy() archive.Policy {
	return archive.Policy{MessageID: "M1", Date: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), OriginatingAgency: "P",
		ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}
}

// TestTreeSaysWhatFromTreeHolds compares the parts of a folder with the package
// made of it.
func TestTreeSaysWhatFromTreeHolds(t *testing.T) {
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	fsys := fstest.MapFS{
		"a.txt": {Data: []byte("1"), ModTime: at}, "b/c/d.txt": {Data: []byte("22"), ModTime: at.Add(time.Hour)}, "b/e.txt": {Data: []byte("333")},
		"b/c/f/g.txt": {Data: []byte("4444"), ModTime: at}, "h": {Mode: 0o755 | 1<<31}, "i/j/Thumbs.db": {Data: []byte("x")}, "k.txt": {},
	}
	opt := archive.TreeOptions{Ignore: []string{"Thumbs.db"}}
	p, rep, err := archive.FromTree(context.Background(), fsys, treePolicy(), opt)
	if err != nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	tree, same, err := archive.ReadTree(context.Background(), fsys, treePolicy(), opt)
	if err != nil || same.Total() != rep.Total() {
		t.Fatal(err, same.Total(), rep.Total())
	}
	if tree.Folders != 6 || tree.Files != 5 || tree.Empty != 2 || tree.Bytes != 10 || !tree.Latest.Equal(at.Add(time.Hour)) {
		t.Errorf("%d folders, %d files, %d empty, %d bytes, %v", tree.Folders, tree.Files, tree.Empty, tree.Bytes, tree.Latest)
	}
	if !reflect.DeepEqual(tree.Message().Header, p.Header) {
		t.Error("another header")
	}
	for range 2 { // the same again
		var groups []*archive.Group
		for g, err := range tree.Groups() {
			if err != nil {
				t.Fatal(err)
			}
			groups = append(groups, g)
		}
		if !reflect.DeepEqual(groups, p.Groups) {
			t.Error("other groups")
		}
		want := []string{}
		describe := func(u *archive.Unit, depth int) string {
			s := fmt.Sprint(depth, u.ID, u.Level, u.Title)
			for _, g := range u.Groups {
				s += g.ID
			}
			return s
		}
		for u, depth := range p.Walk() {
			want = append(want, describe(u, depth))
		}
		n := 0
		for u, err := range tree.Units() {
			if err != nil || n >= len(want) || describe(u.Unit, u.Depth) != want[n] {
				t.Fatalf("unit %d: %s, %v; want %s", n, describe(u.Unit, u.Depth), err, want[n])
			}
			n++
		}
		if n != len(want) {
			t.Errorf("%d units, want %d", n, len(want))
		}
	}
	for u := range p.Walk() {
		if u.Title == "g.txt" {
			for _, id := range []string{u.ID, u.Groups[0].ID, u.Groups[0].Objects[0].ID} {
				if got := tree.Path(id); got != "b/c/f/g.txt" {
					t.Errorf("%s is at %q", id, got)
				}
			}
		}
	}
	if got := tree.Path("ID1000"); got != "" {
		t.Errorf("nothing is at %q", got)
	}
	check := &report.Report{}
	if err := archive.CheckParts(context.Background(), tree, check); err != nil || check.Total() != 0 {
		t.Error(err, check.Err())
	}
}

// pieces are parts made by hand.
type pieces struct{ archive.Package }

func (p *pieces) Message() *archive.Package { return &p.Package }
func (p *pieces) Groups() iter.Seq2[*archive.Group, error] {
	return func(yield func(*archive.Group, error) bool) {
		for _, g := range p.Package.Groups {
			if !yield(g, nil) {
				return
			}
		}
	}
}
func (p *pieces) Units() iter.Seq2[archive.Placed, error] {
	return func(yield func(archive.Placed, error) bool) {
		for u, depth := range p.Walk() {
			if !yield(archive.Placed{Unit: u, Depth: depth}, nil) {
				return
			}
		}
	}
}

// TestCheckPartsSaysWhatCheckSays: whole or in parts, a package has the same
// faults.
func TestCheckPartsSaysWhatCheckSays(t *testing.T) {
	unit := func(id string) *archive.Unit { return &archive.Unit{ID: id, Level: archive.Item, Title: id} }
	group := func(id, object string) *archive.Group {
		return &archive.Group{ID: id, Objects: []*archive.Object{{ID: object, Usage: archive.BinaryMaster, Version: 1, Name: "a.pdf", PUID: "fmt/18", URI: "a"}}}
	}
	for name, change := range map[string]func(p *archive.Package){
		"sound":         func(*archive.Package) {},
		"no header":     func(p *archive.Package) { p.Header = archive.Header{} },
		"no unit":       func(p *archive.Package) { p.Units, p.Groups = nil, nil },
		"no title":      func(p *archive.Package) { p.Units[0].Title = "" },
		"one name":      func(p *archive.Package) { p.Units[1].ID = "A" },
		"an orphan":     func(p *archive.Package) { p.Groups = append(p.Groups, group("G2", "O2")) },
		"no such group": func(p *archive.Package) { p.Units[1].Groups = []*archive.Group{group("G3", "O3")} },
		"a link out":    func(p *archive.Package) { p.Units[0].Links = []archive.Link{{Unit: unit("Z")}} },
	} {
		p := archive.Package{Units: []*archive.Unit{unit("A"), unit("B")}, Groups: []*archive.Group{group("G1", "O1")}}
		policy := treePolicy()
		p.Header = archive.Header{MessageID: policy.MessageID, Date: policy.Date, OriginatingAgency: policy.OriginatingAgency,
			ArchivalAgency: policy.ArchivalAgency, TransferringAgency: policy.TransferringAgency}
		p.Units[0].Groups = p.Groups[:1]
		change(&p)
		whole, parts := &report.Report{}, &report.Report{}
		archive.Check(&p, whole)
		if err := archive.CheckParts(context.Background(), &pieces{p}, parts); err != nil {
			t.Fatal(err)
		}
		codes := func(r *report.Report) map[string]int {
			out := map[string]int{}
			for f := range r.All() {
				out[f.Code()]++
			}
			return out
		}
		if a, b := codes(whole), codes(parts); !reflect.DeepEqual(a, b) || (len(a) > 0) != (name != "sound") {
			t.Errorf("%s: whole %v, in parts %v", name, a, b)
		}
	}
}

// TestCheckPartsFindsWhatCheckDoes spoils a package in every way its parts can
// show, and compares what both say of it.
func TestCheckPartsFindsWhatCheckDoes(t *testing.T) {
	fresh := func() *archive.Package {
		p, _, err := archive.FromTree(context.Background(), fstest.MapFS{"a.txt": {Data: []byte("1")}, "b/c.txt": {Data: []byte("2")}, "b/d.txt": {Data: []byte("3")}},
			treePolicy(), archive.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	other := &archive.Group{ID: "G9", Objects: []*archive.Object{{ID: "O9", Usage: archive.BinaryMaster, Name: "x", URI: "content/x"}}}
	for name, spoil := range map[string]func(p *archive.Package){
		"nothing":            func(*archive.Package) {},
		"no agency":          func(p *archive.Package) { p.Header.ArchivalAgency.ID = " " },
		"no unit":            func(p *archive.Package) { p.Units = nil },
		"a bad identifier":   func(p *archive.Package) { p.Units[0].ID = "é:1" },
		"the same twice":     func(p *archive.Package) { p.Units[1].ID = p.Units[0].ID },
		"that of an object":  func(p *archive.Package) { p.Units[1].ID = p.Groups[0].Objects[0].ID },
		"no title":           func(p *archive.Package) { p.Units[0].Title = "" },
		"no level":           func(p *archive.Package) { p.Units[1].Children[0].Level = "?" },
		"an unknown group":   func(p *archive.Package) { p.Units[0].Groups = append(p.Units[0].Groups, other) },
		"two groups":         func(p *archive.Package) { p.Units[0].Groups = append(p.Units[0].Groups, p.Groups[1]) },
		"a group of no unit": func(p *archive.Package) { p.Groups = append(p.Groups, other) },
		"an empty group":     func(p *archive.Package) { p.Groups[0].Objects = nil },
		"no content":         func(p *archive.Package) { p.Groups[0].Objects[0].Source = nil },
		"another size":       func(p *archive.Package) { p.Groups[0].Objects[0].Size = 7 },
		"a link to nothing":  func(p *archive.Package) { p.Units[0].Links = []archive.Link{{Unit: &archive.Unit{ID: "U77"}}} },
		"a link":             func(p *archive.Package) { p.Units[0].Links = []archive.Link{{Unit: p.Units[1].Children[1]}} },
		"a rule without code": func(p *archive.Package) {
			p.Units[0].Rules = []ged.Rule{{Category: ged.Conservation}}
			p.Rules = p.Units[0].Rules
		},
	} {
		p := fresh()
		spoil(p)
		whole, parts := &report.Report{}, &report.Report{}
		archive.Check(p, whole)
		if err := archive.CheckParts(context.Background(), &pieces{*p}, parts); err != nil {
			t.Fatal(err)
		}
		told := func(r *report.Report) (out []string) {
			for f := range r.All() {
				out = append(out, f.Code()+" "+f.Where.String()+" "+f.Message(report.EN))
			}
			slices.Sort(out)
			return out
		}
		if a, b := told(whole), told(parts); !slices.Equal(a, b) || (len(a) == 0) != (name == "nothing" || name == "a link") {
			t.Errorf("%s: held whole %q, in parts %q", name, a, b)
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	p := fresh()
	for i := range 300 {
		p.Units = append(p.Units, &archive.Unit{ID: fmt.Sprint("U", i), Title: "x", Level: archive.Item})
	}
	if err := archive.CheckParts(gone, &pieces{*p}, &report.Report{}); err == nil {
		t.Error("checked although cancelled")
	}
}

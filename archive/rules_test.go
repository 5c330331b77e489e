package archive

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var sent = time.Date(2024, 7, 1, 9, 30, 0, 0, time.UTC)

func policy() Policy {
	return Policy{MessageID: "MSG-1", Date: sent, ArchivalAgency: Agency{ID: "SAE"}, TransferringAgency: Agency{ID: "V"}, OriginatingAgency: "P"}
}

// act is a document with an annexe, and its acknowledgement.
func act() []*ged.Document {
	return []*ged.Document{
		{ID: "a", Title: "Délibération", Files: []ged.File{
			{ID: "f1", Name: "a.pdf", Role: ged.RoleMain}, {ID: "f2", Name: "b.pdf", Role: ged.RoleAnnexe}, {ID: "f3", Name: "c.pdf", Role: ged.RoleStamped}}},
		{ID: "b", Title: "AR", Files: []ged.File{{ID: "f4", Name: "ar.xml", Role: ged.RoleMain}}, Relations: []ged.Relation{{Type: ged.RepondantA, Target: "a"}}},
	}
}

var contents = ged.Contents{"f1": ged.BytesSource("1"), "f2": ged.BytesSource("22"), "f3": ged.BytesSource("333"), "f4": ged.BytesSource("4444")}

func build(t testing.TB, docs []*ged.Document) (*Package, *report.Report) {
	t.Helper()
	p, r, err := Build(context.Background(), docs, contents, policy())
	if err != nil {
		t.Fatal(err)
	}
	return p, r
}

func TestEveryRule(t *testing.T) {
	// changed checks a good package after the change.
	changed := func(change func(p *Package)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			p, r := build(t, act())
			if !r.Valid() {
				t.Fatal(r.Err())
			}
			change(p)
			r = &report.Report{}
			Check(p, r)
			return r
		}
	}
	unit := func(change func(u *Unit)) func(testing.TB) *report.Report {
		return changed(func(p *Package) { change(p.Units[0]) })
	}
	rule := func(r ged.Rule) func(testing.TB) *report.Report {
		return unit(func(u *Unit) { u.Rules = append(u.Rules, r) })
	}
	object := func(change func(o *Object)) func(testing.TB) *report.Report {
		return changed(func(p *Package) { change(p.Groups[0].Objects[0]) })
	}
	built := func(change func(docs []*ged.Document)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			docs := act()
			change(docs)
			_, r := build(t, docs)
			return r
		}
	}
	day := ged.Date{Year: 2024, Month: 1, Day: 1}
	first := ged.Date{Year: 2024, Month: 1, Day: 1}
	// resolved asks for the rules in force of the child of a unit that has a
	// rule of every kind.
	resolved := func(change func(p *Package)) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			p := &Package{Units: []*Unit{{ID: "A", Children: []*Unit{{ID: "B"}}}}}
			change(p)
			e := resolve(t, p, Referential{"R": {Category: ged.Communicabilite, Known: true}}).Of(p.Units[0].Children[0])
			return e.Reasons
		}
	}
	inherits := func(r ged.Rule) func(testing.TB) *report.Report {
		return resolved(func(p *Package) { p.Units[0].Rules = []ged.Rule{r} })
	}
	csv := func(lines string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, r, err := ReadReferential(strings.NewReader(lines))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
	}
	folder := func(name string, mode fs.FileMode) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report {
			_, r, err := FromTree(context.Background(), fstest.MapFS{name: {Mode: mode}, "bon.txt": {Data: []byte("1")}}, policy(), TreeOptions{Ignore: []string{"*.tmp"}})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
	}
	const header = "RuleId,RuleType,RuleValue,RuleDescription,RuleDuration,RuleMeasurement\n"
	rulestest.Every(t, Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		RuleHeader:  changed(func(p *Package) { p.Header.Date = time.Time{} }),
		RuleEmpty:   changed(func(p *Package) { p.Units = nil }),
		RuleID:      unit(func(u *Unit) { u.ID = "1a" }),
		RuleIDTwice: unit(func(u *Unit) { u.ID = u.Children[0].ID }),
		RuleCycle:   unit(func(u *Unit) { u.Children[0].Children = append(u.Children[0].Children, u) }),
		RuleDepth: unit(func(u *Unit) {
			for i := range maxDepth {
				below := &Unit{ID: "below" + strconv.Itoa(i), Level: Item, Title: "t"}
				u.Children = append(u.Children, below)
				u = below
			}
		}),
		RuleTitle:        unit(func(u *Unit) { u.Title = " \u00a0" }),
		RuleLevel:        unit(func(u *Unit) { u.Level = "item" }),
		RuleDateOrder:    unit(func(u *Unit) { u.Dates.Start, u.Dates.End = Moment(sent), Day(day) }),
		RuleGroups:       unit(func(u *Unit) { u.Groups = append(u.Groups, u.Children[0].Groups[0]) }),
		RuleGroupUnknown: unit(func(u *Unit) { u.Groups = []*Group{{ID: "x"}} }),
		RuleGroupEmpty:   changed(func(p *Package) { p.Groups[0].Objects = nil }),
		RuleGroupOrphan:  unit(func(u *Unit) { u.Groups = nil }),
		RuleMaster:       object(func(o *Object) { o.Version = 2 }),
		RuleUsage:        object(func(o *Object) { o.Usage = "Binary Master" }),
		RuleUsageTwice:   changed(func(p *Package) { p.Groups[0].Objects[1].Usage = BinaryMaster }),
		RuleContent:      built(func(d []*ged.Document) { d[0].Files[0].ID = "absent" }),
		RuleDigest:       object(func(o *Object) { o.Digests = []ged.Digest{{Algorithm: ged.SHA256, Value: strings.Repeat("A", 64)}} }),
		RulePhysicalID:   object(func(o *Object) { o.Physical, o.Usage = true, PhysicalMaster }),
		RuleName:         object(func(o *Object) { o.Name = "" }),
		RuleLink:         unit(func(u *Unit) { u.Links = []Link{{Type: ged.Citant, Unit: &Unit{}}} }),
		RuleNoCode:       rule(ged.Rule{Category: ged.Communicabilite, Start: day}),
		RuleNoStart:      rule(ged.Rule{Category: ged.Communicabilite, Code: "A"}),
		RuleNoSort:       rule(ged.Rule{Category: ged.Conservation, Code: "A", Start: day}),
		RuleSortConflict: changed(func(p *Package) {
			p.Rules = []ged.Rule{{Category: ged.Conservation, Code: "A", Start: day, SortFinal: ged.Conserver}, {Category: ged.Conservation, Code: "B", Start: day, SortFinal: ged.Detruire}}
		}),
		RuleOwn: resolved(func(p *Package) {
			p.Units[0].Children[0].Rules = []ged.Rule{{Category: ged.Communicabilite, Code: "R"}}
		}),
		RuleInherited: inherits(ged.Rule{Category: ged.Communicabilite, Code: "R"}),
		RuleStopped: resolved(func(p *Package) {
			p.Units[0].Rules = []ged.Rule{{Category: ged.Communicabilite, Code: "R"}}
			p.Units[0].Children[0].Regimes = []Regime{{Category: ged.Communicabilite, Prevent: true}}
		}),
		RuleExceptNothing: resolved(func(p *Package) {
			p.Units[0].Children[0].Regimes = []Regime{{Category: ged.Communicabilite, Except: []string{"absent"}}}
		}),
		RuleEnd:           inherits(ged.Rule{Category: ged.Communicabilite, Code: "R", Start: first}),
		RuleUnlimited:     inherits(ged.Rule{Category: ged.Diffusion, Code: "D", Unlimited: true}),
		RuleUnknown:       inherits(ged.Rule{Category: ged.Diffusion, Code: "D", Start: first}),
		RuleWrongCategory: inherits(ged.Rule{Category: ged.Diffusion, Code: "R", Start: first}),
		RuleHold:          inherits(ged.Rule{Category: ged.GelDeConservation, Code: "H"}),
		RuleNoRetention:   resolved(func(*Package) {}),
		RuleNoAccess:      resolved(func(*Package) {}),
		RuleAccessFrom:    inherits(ged.Rule{Category: ged.Communicabilite, Code: "R", Start: first}),
		RuleRefColumn:     csv("RuleId,RuleType\n"),
		RuleRefTwice:      csv(header + "A,AccessRule,,,1,Year\nA,AccessRule,,,2,Year\n"),
		RuleRefLine:       csv(header + "A,AccessRule,,,1,Années\n"),
		RuleFileName:      folder("a\xff", 0),
		RuleIrregular:     folder("lien", fs.ModeSymlink),
		RuleSidecar:       folder("__ArchiveUnitMetadata.xml", 0),
		RuleIgnored:       folder("brouillon.tmp", 0),
		RuleUnreadable: func(t testing.TB) *report.Report {
			_, r, err := FromTree(context.Background(), closedFolder{fstest.MapFS{"a/b": {}, "c": {}}}, policy(), TreeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
		RuleFileEmpty:       identifying("a.pdf", nil, format.Result{}, nil),
		RuleFormatUnknown:   identifying("a.pdf", []byte("?"), format.Result{Possible: []string{"fmt/18"}}, nil),
		RuleFormatDiffers:   identifying("a.pdf", []byte("%"), format.Result{IDs: []format.ID{pdf}}, func(o *Object) { o.PUID = "fmt/95" }),
		RuleFormatExtension: identifying("a.txt", []byte("%"), format.Result{IDs: []format.ID{{PUID: "fmt/18", Mismatch: true}}}, nil),
		RuleFormatAmbiguous: identifying("a.pdf", []byte("%"), format.Result{IDs: []format.ID{pdf, {PUID: "fmt/19"}}}, nil),
		RuleFormatUnseen:    identifying("a.pdf", []byte("%"), format.Result{IDs: []format.ID{pdf}, Partial: true}, nil),
		RuleDestroy:         rule(ged.Rule{Category: ged.Conservation, Code: "A", SortFinal: ged.Detruire}),
		RuleDocumentTwice:   built(func(d []*ged.Document) { d[1].ID = d[0].ID }),
		RuleDocumentEmpty:   built(func(d []*ged.Document) { d[1].Files = nil }),
		RuleHeld:            built(func(d []*ged.Document) { d[0].Holds = []ged.Hold{{Reason: "contentieux"}} }),
		RuleFieldLost:       built(func(d []*ged.Document) { d[0].Extra = []ged.Field{{Name: "x"}} }),
	})
	for name, produce := range map[*report.Rule]func(testing.TB) *report.Report{
		report.DigSize: object(func(o *Object) { o.Size = 12 }),
		report.DigWeak: object(func(o *Object) {
			o.Size, o.Digests = 1, []ged.Digest{{Algorithm: ged.MD5, Value: strings.Repeat("a", 32)}}
		}),
	} {
		if !produce(t).Has(name) {
			t.Errorf("no %s", name)
		}
	}
}

func TestBuildShapesTheTree(t *testing.T) {
	p, r := build(t, act())
	if !r.Valid() {
		t.Fatal(r.Err())
	}
	if len(p.Units) != 1 || p.Units[0].Level != RecordGrp || len(p.Units[0].Children) != 2 {
		t.Fatalf("the act is not one unit with an annexe and an acknowledgement below")
	}
	act, annexe, ar := p.Units[0], p.Units[0].Children[0], p.Units[0].Children[1]
	if annexe.Title != "Annexe : b.pdf" || ar.Title != "AR" || ar.Level != Item {
		t.Errorf("children %q, %q", annexe.Title, ar.Title)
	}
	forms := act.Groups[0].Objects
	if len(forms) != 2 || forms[0].Usage != BinaryMaster || forms[1].Usage != Dissemination || forms[1].Name != "c.pdf" {
		t.Error("the stamped copy is not a form of the act")
	}
	if len(ar.Links) != 0 {
		t.Error("standing below is said twice")
	}
	if p.Header.SubmissionAgency != "P" || p.Header.LegalStatus != ArchivesPubliques {
		t.Error("defaults of the header")
	}
}

func TestBuildFollowsNoCircle(t *testing.T) {
	docs := act()
	docs[0].Relations = []ged.Relation{{Type: ged.PartieDe, Target: "b"}}
	p, r := build(t, docs)
	if r.Has(RuleCycle) || len(p.Units) != 1 {
		t.Errorf("two documents that are each part of the other: %d units at the top", len(p.Units))
	}
	docs[0].Relations = []ged.Relation{{Type: ged.PartieDe, Target: "a"}, {Type: ged.Citant, Target: "b"}, {Type: ged.Remplacant, Target: "b", Scheme: "x"}}
	docs[1].Relations = nil
	p, _ = build(t, docs)
	if len(p.Units) != 2 || len(p.Units[0].Links) != 3 || p.Units[0].Links[1].Unit != p.Units[1] || p.Units[0].Links[2].External != "b" {
		t.Error("relations that are not a place below become links")
	}
}

func TestBuildTranslatesRules(t *testing.T) {
	docs := act()
	docs[0].Rules = []ged.Rule{{Category: ged.Conservation, Code: "DUA-1", SortFinal: ged.Conserver}}
	pol := policy()
	pol.RuleCodes = map[string]string{"DUA-1": "APP-1", "COM": "ACC-1"}
	pol.Rules = []ged.Rule{{Category: ged.Conservation, Code: "other"}, {Category: ged.Communicabilite, Code: "COM"}}
	p, _, err := Build(context.Background(), docs, contents, pol)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, r := range p.Units[0].Rules {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, []string{"APP-1", "ACC-1"}) {
		t.Errorf("codes %q", codes)
	}
	docs[0].Dates.Acted = ged.Date{Year: 2024, Month: 6, Day: 27}
	pol.Rules[1].StartEvent = ged.FromActe
	if p, _, err = Build(context.Background(), docs, contents, pol); err != nil || p.Units[0].Rules[1].Start != docs[0].Dates.Acted {
		t.Error("the policy's rule does not start with the act")
	}
	if docs[0].Rules[0].Code != "DUA-1" || pol.Rules[1].Code != "COM" {
		t.Error("the caller's rules were changed")
	}
}

type failingOpener struct{}

var errStore = errors.New("store down")

func (failingOpener) Source(context.Context, string, string) (ged.Source, error) {
	return nil, errStore
}

func TestBuildReturnsTheStoresError(t *testing.T) {
	if _, _, err := Build(context.Background(), act(), failingOpener{}, policy()); !errors.Is(err, errStore) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Build(ctx, act(), contents, policy()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWalkMeetsEachUnitOnce(t *testing.T) {
	shared := &Unit{ID: "s"}
	top := &Unit{ID: "a", Children: []*Unit{shared, nil, {ID: "b", Children: []*Unit{shared}}}}
	shared.Children = []*Unit{top}
	var got []string
	for u, depth := range (&Package{Units: []*Unit{top, nil}}).Walk() {
		got = append(got, strings.Repeat(">", depth)+u.ID)
	}
	if !slices.Equal(got, []string{"a", ">s", ">b"}) {
		t.Errorf("walk %q", got)
	}
	for range (&Package{Units: []*Unit{top}}).Walk() {
		break
	}
}

// closedFolder is a tree in which folder a may not be read.
type closedFolder struct{ fstest.MapFS }

func (c closedFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "a" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.MapFS.ReadDir(name)
}

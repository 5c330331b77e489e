package archive

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/ged"
)

func TestFromTree(t *testing.T) {
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	tree := fstest.MapFS{
		"b/2.pdf":           {Data: []byte("22"), ModTime: at},
		"b/1 é.pdf":         {Data: []byte("1"), ModTime: at},
		"a.txt":             {Data: nil, ModTime: at},
		"b/Thumbs.db":       {Data: []byte("x")},
		"~$brouillon":       {Data: []byte("x")},
		"c/vide/.DS_Store":  {Data: []byte("x")},
		"c/d/e/profond.txt": {Data: []byte("333")},
	}
	pol := policy()
	pol.Rules = []ged.Rule{{Category: ged.Communicabilite, Code: "ACC-1", Start: date(t, "2024-01-01")}}
	p, r, err := FromTree(context.Background(), tree, pol, TreeOptions{Ignore: []string{"Thumbs.db", "~$*", ".*"}})
	if err != nil || !r.Valid() {
		t.Fatal(err, r.Err())
	}
	var got []string
	for u, depth := range p.Walk() {
		line := fmt.Sprint(strings.Repeat("-", depth), u.Title, " ", u.Level)
		if len(u.Groups) > 0 {
			o := u.Groups[0].Objects[0]
			line += fmt.Sprint(" ", o.Name, " ", o.Size, " ", o.Usage)
		}
		got = append(got, line)
	}
	want := "a.txt Item a.txt 0 BinaryMaster|b RecordGrp|-1 é.pdf Item 1 é.pdf 1 BinaryMaster|-2.pdf Item 2.pdf 2 BinaryMaster|" +
		"c RecordGrp|-d RecordGrp|--e RecordGrp|---profond.txt Item profond.txt 3 BinaryMaster|-vide RecordGrp"
	if strings.Join(got, "|") != want {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if o := p.Groups[0].Objects[0]; !o.Modified.Equal(at) || len(p.Rules) != 1 || p.Header.MessageID != "MSG-1" {
		t.Errorf("%v, %d rules, header %+v", o.Modified, len(p.Rules), p.Header)
	}
}

func TestFromTreeIsBounded(t *testing.T) {
	tree := fstest.MapFS{}
	for i := range 20 {
		tree[fmt.Sprint(i)] = &fstest.MapFile{}
	}
	if _, _, err := FromTree(context.Background(), tree, policy(), TreeOptions{MaxFiles: 10}); !errors.Is(err, errMany) {
		t.Errorf("too many files: %v", err)
	}
	if _, _, err := FromTree(context.Background(), tree, policy(), TreeOptions{Ignore: []string{"["}}); !errors.Is(err, path.ErrBadPattern) {
		t.Errorf("bad pattern: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := FromTree(ctx, tree, policy(), TreeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, r, err := FromTree(context.Background(), fstest.MapFS{strings.Repeat("a/", maxDepth+5) + "b": {}}, policy(), TreeOptions{})
	if err != nil || !r.Has(RuleDepth) {
		t.Errorf("deep folders: %v", err)
	}
}

package grammar_test

import (
	"context"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/liasse/liasse/ged/grammar"
)

// counted counts the files opened.
type counted struct {
	fs.FS
	opened atomic.Int64
}

func (c *counted) Open(name string) (fs.File, error) {
	c.opened.Add(1)
	return c.FS.Open(name)
}

// TestKeepCompilesOnce: what was compiled is there the second time, by its
// options; what is not acceptable is refused each time.
func TestKeepCompilesOnce(t *testing.T) {
	ctx := context.Background()
	under := &counted{FS: letters}
	kept := grammar.Keep(under)
	if grammar.Keep(kept) != kept {
		t.Error("kept twice")
	}
	profile := func(fsys fs.FS, name string, opt grammar.Options) (*grammar.Set, error) {
		set, _, err := grammar.LoadProfile(ctx, fsys, name, opt)
		return set, err
	}
	one, notes, err := grammar.Load(ctx, kept, grammar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := under.opened.Load()
	two, again, err := grammar.Load(ctx, kept, grammar.Options{})
	if err != nil || two != one || under.opened.Load() != first || codes(again) != codes(notes) || again == notes {
		t.Errorf("compiled again: %v, %q against %q", err, codes(again), codes(notes))
	}
	if x, err := profile(kept, "reponse.xsd", grammar.Options{}); err != nil || x == one {
		t.Errorf("another entry: %v", err)
	}
	if a, _, err := grammar.Load(ctx, kept, grammar.Options{Entries: []string{"reponse.xsd"}, MaxBytes: 1 << 20}); err != nil || a == one {
		t.Errorf("other options: %v", err)
	}
	for range 2 {
		before := under.opened.Load()
		if _, rep, err := grammar.Load(ctx, kept, grammar.Options{Entries: []string{"casse.xsd"}}); err == nil || rep.Valid() || under.opened.Load() == before {
			t.Errorf("a broken set: %v", err)
		}
	}
	for n := range int64(grammar.MaxKept) { // others take its place
		if _, _, err := grammar.Load(ctx, kept, grammar.Options{Entries: []string{"reponse.xsd"}, MaxBytes: 1<<20 + 1 + n}); err != nil {
			t.Fatal(err)
		}
	}
	if x, _, err := grammar.Load(ctx, kept, grammar.Options{}); err != nil || x == one {
		t.Errorf("more sets than said are kept: %v", err)
	}
}

func TestKeepServesSeveral(t *testing.T) {
	kept := grammar.Keep(letters)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				set, _, err := grammar.Load(context.Background(), kept, grammar.Options{MaxBytes: 1<<20 + int64((i+j)%18)})
				if err != nil {
					t.Error(err)
					return
				}
				if rep, err := set.Validate(context.Background(), strings.NewReader(letter), grammar.ValidateOptions{}); err != nil || !rep.Valid() {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

package nameset

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestSetIsASet compares with a map, on names of every form.
func TestSetIsASet(t *testing.T) {
	var s Set
	have := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	forms := []string{"ID%d", "content/ID%d.pdf", "%d", "", "a", "ID0%d", "a%d\x00b", "1%d.2", "ID%d00000000", "a%db\x00", "a\x00b%d"}
	for i := range 3000 {
		forms = append(forms, fmt.Sprintf("f%d-", i)+"%d.x")
	}
	for range 60_000 {
		form := forms[r.IntN(len(forms))]
		if r.IntN(3) > 0 {
			form = forms[r.IntN(12)]
		}
		name := form
		if len(form) > 1 {
			name = fmt.Sprintf(form, r.IntN(1<<r.IntN(28)))
		}
		if s.Has(name) != have[name] {
			t.Fatalf("Has(%q) is %v", name, !have[name])
		}
		if s.Add(name) == have[name] {
			t.Fatalf("Add(%q) is %v", name, have[name])
		}
		have[name] = true
	}
	for name := range have {
		if !s.Has(name) {
			t.Errorf("%q is lost", name)
		}
	}
}

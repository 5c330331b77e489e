// Package arch holds the house to its plan: which room may import which, which
// third-party module each public package links, and what may lie where. It has
// no code of its own, only tests.
package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/liasse/liasse"

type pkg struct {
	ImportPath   string
	Standard     bool
	Module       *struct{ Path string }
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	CgoFiles     []string
	GoFiles      []string
}

// list returns every package of the module and of its dependencies, by path.
func list(t *testing.T) map[string]*pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Module,Imports,TestImports,XTestImports,Deps,CgoFiles,GoFiles", "./...")
	cmd.Dir = root(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	all := map[string]*pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(pkg)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func root(t *testing.T) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(filepath.Dir(wd))
}

// room returns the path of a package of ours inside the module, and whether it
// is one.
func room(path string) (string, bool) {
	return strings.CutPrefix(path, module+"/")
}

func under(path string, folders ...string) bool {
	for _, f := range folders {
		if path == f || strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

// allowed reports whether the arrow between two rooms points down.
func allowed(from, to string) bool {
	leaf := under(to, "ged/report", "ged/ident")
	switch {
	case under(from, "ged/report", "ged/ident"):
		return to == "ged/report"
	case under(from, "internal"):
		return under(to, "internal") || leaf
	case under(to, "internal"):
		return true
	case under(from, "ged"):
		return under(to, "ged")
	case under(from, "actes"):
		return under(to, "actes", "ged")
	case under(from, "archive"):
		return under(to, "archive", "ged")
	case under(from, "connectors"):
		return under(to, "actes", "archive", "ged") || siblings(from, to)
	case under(from, "examples"):
		return !under(to, "examples") || to == from
	}
	return false
}

// siblings reports whether one connector package may import another: the
// contract serves all, a connector its own sub-packages; products do not know
// each other, and the fakes know no connector at all.
func siblings(from, to string) bool {
	switch {
	case under(from, "connectors/connectortest"):
		// A fake shares no code with the client it plays against.
		return under(to, "connectors/connectortest")
	case to == "connectors", under(to, "connectors/internal"):
		return true
	}
	return strings.HasPrefix(to, from+"/")
}

func TestArrowsPointDown(t *testing.T) {
	edges := 0
	for path, p := range list(t) {
		from, ours := room(path)
		if !ours {
			continue
		}
		for _, imp := range p.Imports {
			if to, ours := room(imp); ours {
				edges++
				if !allowed(from, to) {
					t.Errorf("%s must not import %s", from, to)
				}
			}
		}
	}
	if edges < 20 {
		t.Errorf("only %d edges were seen: the list is not whole", edges)
	}
}

// owners says which packages may import a standard package that brings the
// outside world in.
var owners = map[string][]string{
	"net/http":     {"connectors", "internal/httpx", "examples"},
	"database/sql": {"connectors/handover", "ged/store"},
	"os/exec":      {"internal/corpus", "internal/mutant", "archive/internal/archivetest"},
	"log":          {},
	"log/slog":     {"connectors", "internal/httpx", "examples"},
	"testing":      {"internal/corpus", "internal/rulestest", "internal/mutant", "actes/signature/internal/conformance", "archive/internal/archivetest"}, // connectortest joins with its kit; the fakes never
	"unsafe":       {"internal/schema/datatype"},                                                                                                         // one view of bytes as text, on the hot path
}

func TestOutsideWorldEntersByItsDoor(t *testing.T) {
	for path, p := range list(t) {
		from, ours := room(path)
		if !ours {
			continue
		}
		for _, imp := range p.Imports {
			if who, watched := owners[imp]; watched && !under(from, who...) {
				t.Errorf("%s must not import %s", from, imp)
			}
		}
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s uses cgo", from)
		}
	}
}

func TestThirdPartyIsListed(t *testing.T) {
	all := list(t)
	linked := map[string][]string{}
	for path, p := range all {
		from, ours := room(path)
		if !ours || len(p.GoFiles) == 0 {
			continue
		}
		mods := map[string]bool{}
		for _, dep := range p.Deps {
			if d := all[dep]; d != nil && d.Module != nil && d.Module.Path != module {
				mods[d.Module.Path] = true
			}
		}
		list := make([]string, 0, len(mods))
		for m := range mods {
			list = append(list, m)
		}
		sort.Strings(list)
		linked[from] = list
	}
	used := map[string]bool{}
	for from, got := range linked {
		room := longest(from)
		for _, m := range got {
			if !slices.Contains(links[room], m) {
				t.Errorf("%s links %s; %s may link only %q", from, m, room, links[room])
			}
			used[room+" "+m] = true
		}
	}
	for room, mods := range links {
		for _, m := range mods {
			if !used[room+" "+m] {
				t.Errorf("%s is listed as linking %s and does not", room, m)
			}
		}
	}
}

// longest returns the room of the list that holds the package most closely.
func longest(pkg string) string {
	best := ""
	for room := range links {
		if under(pkg, room) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

// spares lists, by room, what its packages must not link: whoever only reads and
// writes messages does not carry the grammars that judge them.
var spares = map[string][]string{
	"archive/seda":         {"internal/schema"},
	"connectors/sae/vitam": {"internal/schema"},
}

func TestRoomsSpareWhatTheyDoNotUse(t *testing.T) {
	all := list(t)
	for from, rooms := range spares {
		p := all[module+"/"+from]
		if p == nil {
			t.Errorf("there is no %s", from)
			continue
		}
		for _, dep := range p.Deps {
			if to, ours := room(dep); ours && under(to, rooms...) {
				t.Errorf("%s must not link %s", from, to)
			}
		}
	}
}

func TestTopLevelIsThePlan(t *testing.T) {
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	plan := []string{"ged", "archive", "actes", "connectors", "examples", "internal", "go.mod", "go.sum", "README.md", "LICENSE", "NOTICE"}
	for _, e := range entries {
		if n := e.Name(); !strings.HasPrefix(n, ".") && !slices.Contains(plan, n) && n != "out" {
			t.Errorf("%s does not belong at the top", n)
		}
	}
}

func TestFilesStayReadable(t *testing.T) {
	const most = 650 // lines; the house says about 600
	err := filepath.WalkDir(root(t), func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".rnc") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := bytes.Count(b, []byte("\n")); n > most {
			t.Errorf("%s has %d lines", filepath.Base(path), n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestNoThirdPartyTypeIsExported looks at every exported declaration of the
// public packages: a caller must be able to use them without ever naming
// somebody else's module.
func TestNoThirdPartyTypeIsExported(t *testing.T) {
	seen := 0
	for _, top := range []string{"ged", "archive", "actes", "connectors"} {
		dir := filepath.Join(root(t), top)
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			seen++
			checkFile(t, path)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen == 0 {
		t.Error("no file was looked at")
	}
}

func checkFile(t *testing.T, path string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	foreign := map[string]string{}
	for _, imp := range f.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(p, "/")
		if !strings.Contains(first, ".") || strings.HasPrefix(p, module+"/") && !strings.HasPrefix(p, module+"/internal/") {
			continue
		}
		name := p[strings.LastIndexByte(p, '/')+1:]
		if imp.Name != nil {
			name = imp.Name.Name
		}
		if strings.HasPrefix(p, module+"/internal/") {
			continue // a caller cannot name it, but needs not: judged in review
		}
		foreign[name] = p
	}
	if len(foreign) == 0 {
		return
	}
	mention := func(what string, n ast.Node) {
		if n == nil {
			return
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && foreign[x.Name] != "" {
					t.Errorf("%s: exported %s mentions %s.%s", filepath.Base(path), what, foreign[x.Name], s.Sel.Name)
				}
			}
			return true
		})
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() {
				mention(d.Name.Name, d.Type)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() {
						mention(s.Name.Name, exportedPart(s.Type))
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if n.IsExported() && s.Type != nil {
							mention(n.Name, s.Type)
						}
					}
				}
			}
		}
	}
}

// exportedPart leaves the unexported fields of a struct out.
func exportedPart(x ast.Expr) ast.Node {
	s, ok := x.(*ast.StructType)
	if !ok {
		return x
	}
	kept := &ast.FieldList{}
	for _, f := range s.Fields.List {
		exported := len(f.Names) == 0
		for _, n := range f.Names {
			exported = exported || n.IsExported()
		}
		if exported {
			kept.List = append(kept.List, f)
		}
	}
	return &ast.StructType{Fields: kept}
}

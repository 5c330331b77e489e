// Command api prints the exported API of the public packages, one declaration
// a line, sorted: the record kept in .ci/api so that a change shows in review.
//
//	go run -C .ci/tools ./api ROOT
package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: api ROOT")
		os.Exit(2)
	}
	lines, err := record(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
	for _, l := range lines {
		fmt.Println(l)
	}
}

func record(root string) ([]string, error) {
	var lines []string
	for _, top := range []string{"actes", "archive", "connectors", "ged"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			rel, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			l, err := file(path)
			for _, s := range l {
				lines = append(lines, filepath.ToSlash(rel)+": "+s)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	sort.Strings(lines)
	return lines, nil
}

// receiver names the type a method belongs to.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// file lists the exported declarations of one file.
func file(path string) ([]string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		return nil, err
	}
	if f.Name.Name == "main" || !ast.FileExports(f) {
		return nil, nil
	}
	var lines []string
	add := func(n any) {
		var b bytes.Buffer
		if err := printer.Fprint(&b, fset, n); err == nil {
			lines = append(lines, strings.Join(strings.Fields(b.String()), " "))
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				d.Body = nil
				add(d)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(&ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{s}})
				case *ast.ValueSpec:
					for _, n := range s.Names {
						line := d.Tok.String() + " " + n.Name
						if s.Type != nil {
							var b bytes.Buffer
							if err := printer.Fprint(&b, fset, s.Type); err == nil {
								line += " " + b.String()
							}
						}
						lines = append(lines, line)
					}
				}
			}
		}
	}
	return lines, nil
}

package pes

import (
	"context"
	"embed"
	"sync"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
)

//go:embed *.rnc
var grammarFiles embed.FS

// The sets of schemas of the DGFiP that are built in.
const (
	V512 = "5.12"
	V517 = "5.17"
)

// Versions lists the sets of schemas built in, the oldest first. Each document
// is judged by all of them in one pass.
func Versions() []string { return []string{V512, V517} }

type grammarKey struct{ file, version string }

// grammars are compiled when first asked for: a program that reads acquits
// never compiles that of the PES_Aller.
var grammars = func() map[grammarKey]func() *schema.Grammar {
	m := map[grammarKey]func() *schema.Grammar{}
	for _, file := range []string{"aller.rnc", "acquit.rnc", "retour.rnc"} {
		for _, version := range Versions() {
			m[grammarKey{file, version}] = sync.OnceValue(func() *schema.Grammar { return compile(file, version) })
		}
	}
	return m
}()

func compile(file, version string) *schema.Grammar {
	g, _, err := relaxng.Compile(context.Background(), grammarFiles, file, relaxng.Options{Version: version})
	if err != nil {
		panic(err) // our own file: found by any test
	}
	return g
}

package message

import (
	"context"
	"embed"
	"sync"

	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
)

//go:embed actes.rnc
var grammarFile embed.FS

// Editions of the schema, which share one namespace and one file name.
const (
	editionFirst = "1" // before 2017: no DocumentPapier, no typology of documents
	edition2017  = "2" // @CTES 2.2
)

var (
	grammar      = sync.OnceValue(func() *schema.Grammar { return compileGrammar(edition2017) })
	firstGrammar = sync.OnceValue(func() *schema.Grammar { return compileGrammar(editionFirst) })
)

// Grammar returns the grammar of the messages and envelopes in the edition of
// 2017, the one in force. It gives the verdict of the official schema; which of
// its global elements are messages is not its business.
func Grammar() *schema.Grammar { return grammar() }

// FirstGrammar returns the grammar of the edition before 2017, without
// DocumentPapier and without the typology of documents: acknowledgements of
// that time are still to be read.
func FirstGrammar() *schema.Grammar { return firstGrammar() }

func compileGrammar(version string) *schema.Grammar {
	g, _, err := relaxng.Compile(context.Background(), grammarFile, "actes.rnc", relaxng.Options{Version: version})
	if err != nil {
		panic(err) // our own file: found by any test
	}
	return g
}

package budget

import (
	"context"
	"embed"
	"sync"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
)

//go:embed budget.rnc
var grammarFiles embed.FS

// SchemaVersions lists the sets of schemas of the DGFiP that are built in, the
// oldest first. They judge a DocumentBudgetaire in the same pass; a
// CompteFinancierUnique has no public schema.
func SchemaVersions() []string { return []string{"5.12", "5.17"} }

var grammars = func() map[string]func() *schema.Grammar {
	m := map[string]func() *schema.Grammar{}
	for _, version := range SchemaVersions() {
		m[version] = sync.OnceValue(func() *schema.Grammar {
			g, _, err := relaxng.Compile(context.Background(), grammarFiles, "budget.rnc", relaxng.Options{Version: version})
			if err != nil {
				panic(err) // our own file: found by any test
			}
			return g
		})
	}
	return m
}()

// Schema is the verdict of one set of schemas.
type Schema struct {
	Version string
	Valid   bool
	Report  *report.Report // what is wrong by it
}

// validators judge a document by all sets.
func validators(opt report.Options) (all []Schema, sinks []*schema.Validator) {
	for _, version := range SchemaVersions() {
		s := Schema{Version: version, Report: report.New(opt)}
		all = append(all, s)
		sinks = append(sinks, grammars[version]().NewValidator(schema.ValidateOptions{Report: s.Report}))
	}
	return all, sinks
}

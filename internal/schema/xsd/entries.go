package xsd

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
)

// Entries returns the schema documents of a file system no other document
// includes or imports, by name. Documents that cannot be read are left out.
func Entries(ctx context.Context, fsys fs.FS, opt Options) (names []string, err error) {
	opt = opt.withDefaults()
	l := newLoader(ctx, fsys, opt, report.New(report.Options{}), schema.NewBuilder(opt.Limits))
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *fault:
			err = errors.New(x.en)
		case *failure:
			err = x.err
		default:
			panic(x)
		}
	}()
	used := map[string]bool{}
	for _, d := range l.heads() {
		for _, k := range d.root.kids {
			if name := local(k, k.get("schemaLocation")); name != d.file {
				used[name] = true
			}
		}
	}
	for _, d := range l.heads() {
		if !used[d.file] {
			names = append(names, d.file)
		}
	}
	slices.Sort(names)
	return names, nil
}

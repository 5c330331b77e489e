// Package folder goes through the files of a folder.
package folder

import (
	"context"
	"io/fs"
)

// Walk calls f for every file of a folder and of those below, in the order of
// their names, until ctx ends or f returns an error; [fs.SkipAll] ends it without
// one.
func Walk(ctx context.Context, fsys fs.FS, f func(name string, d fs.DirEntry) error) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		return f(name, d)
	})
}

package bagit

import (
	"context"
	"io/fs"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// Inspector returns the inspector of bags (kind bagit): folders that hold a
// bagit.txt, or else payload manifests beside a folder data.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect looks at the names of the top folder only.
func (inspector) Detect(_ context.Context, in *inspect.Input) bool {
	return in.Dir != nil && looksLikeBag(in.Dir)
}

func looksLikeBag(fsys fs.FS) bool {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return false
	}
	data, manifest := false, false
	for _, e := range entries {
		switch m, ok := manifestName(e.Name()); {
		case e.Name() == declarationName && e.Type().IsRegular():
			return true
		case e.Name() == "data" && e.IsDir():
			data = true
		case ok && !m.Tag && e.Type().IsRegular():
			manifest = true
		}
	}
	return data && manifest
}

// Inspect verifies the bag.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	bag, err := Open(ctx, in.Dir, Options{Report: report.Options{ShowValues: opt.ShowValues}})
	if err != nil {
		return nil, err
	}
	res, err := bag.Verify(ctx, VerifyOptions{})
	if err != nil {
		return nil, err
	}
	out := &inspect.Result{File: in.Name, Kind: "bagit", Version: bag.Version, Report: res.Report}
	out.Summary.Set("files", bag.Files)
	out.Summary.Set("bytes", int(bag.Bytes))
	out.Summary.Set("complete", res.Complete)
	var names []string
	for _, m := range bag.Manifests {
		if !m.Tag {
			names = append(names, m.Algorithm)
		}
	}
	out.Summary.Set("manifests", names)
	if n := len(bag.Fetch); n > 0 {
		out.Summary.Set("fetch", n)
	}
	return out, nil
}

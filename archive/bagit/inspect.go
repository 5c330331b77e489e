package bagit

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Inspector returns the inspector of bags (kind bagit): folders that hold a
// bagit.txt, or else payload manifests beside a folder data; zip, tar and
// tar.gz that hold such a bagit.txt at their top or one folder below.
//
// Facts of the summary: files and bytes of the payload, complete (RFC 8493 §3),
// manifests (the algorithms of those of the payload) and fetch (how many files were left elsewhere).
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect looks at the names of the top folder only, or at those an archive
// begins with (all of them in a zip).
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	if in.Dir != nil {
		return looksLikeBag(in.Dir)
	}
	switch kindOf(in.Head) {
	case "zip":
		return zipHoldsBag(ctx, in)
	case "tar":
		return tarHoldsBag(ctx, bytes.NewReader(in.Head))
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(in.Head))
		return err == nil && tarHoldsBag(ctx, io.LimitReader(z, 1<<20))
	}
	return false
}

// declares reports whether the name is that of a bag's declaration.
func declares(name string) bool {
	name = strings.TrimPrefix(name, "./")
	return path.Base(name) == declarationName && strings.Count(name, "/") <= 1
}

func zipHoldsBag(ctx context.Context, in *inspect.Input) bool {
	z, err := container.ReadDirectory(ctx, in.Data, in.Size, Limits{}.withDefaults().Files)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return false
	}
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return declares(f.Name) })
}

func tarHoldsBag(ctx context.Context, r io.Reader) bool {
	t := tar.NewReader(r)
	for ctx.Err() == nil {
		h, err := t.Next()
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return false
		}
		if declares(h.Name) {
			return true
		}
	}
	return false
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
	var bag *Bag
	var err error
	if o := (Options{Report: report.Options{ShowValues: opt.ShowValues}}); in.Dir != nil {
		bag, err = Open(ctx, in.Dir, o)
	} else {
		bag, err = OpenArchive(ctx, in.Data, in.Size, o)
	}
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

package bagit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"testing/fstest"

	"github.com/liasse/liasse/archive/bagit"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// A bag that leaves a large file on a server, and what its receiver does.
func ExampleFile() {
	ctx := context.Background()
	plan := ged.BytesSource("un plan de plusieurs gigaoctets")
	bag := newMemory() // a Target, see TargetFunc for a folder of the disk
	_, err := bagit.Create(ctx, bag, []bagit.File{
		{Path: "data/délibération.pdf", Content: ged.BytesSource("%PDF-1.7 …")},
		{Path: "data/plan.tif", Content: plan, URL: "https://archives.example.org/plan.tif"},
	}, bagit.CreateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		b, err := bagit.Open(ctx, bag.files, bagit.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		res, err := b.Verify(ctx, bagit.VerifyOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(res.Complete, res.Valid)
		for f := range res.Report.All() {
			fmt.Println(f.Severity, f.Code())
		}
		for _, left := range b.Fetch {
			bag.files[left.Path] = &fstest.MapFile{Data: plan} // fetched from left.URL
		}
	}
	// Output:
	// false false
	// error BAG-OXUM
	// error BAG-FETCH-HOLE
	// true true
}

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "sac")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	root, err := os.OpenRoot(dir) // keeps everything inside
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()
	target := bagit.TargetFunc(func(name string) (io.WriteCloser, error) {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return nil, err
		}
		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	})
	oxum, err := bagit.Create(ctx, target, []bagit.File{
		{Path: "data/actes/délibération.pdf", Content: ged.BytesSource("%PDF-1.7 …")},
		{Path: "metadata/seda.xml", Content: ged.BytesSource("<ArchiveTransfer/>")},
	}, bagit.CreateOptions{
		Algorithms: []string{"sha512", "sha256"},
		Info:       []bagit.Tag{{Label: "Source-Organization", Value: "Commune"}},
		Date:       ged.Date{Year: 2024, Month: 7, Day: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(oxum)

	verify := func() {
		bag, err := bagit.Open(ctx, root.FS(), bagit.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		res, err := bag.Verify(ctx, bagit.VerifyOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(bag.Version, bag.Get("Bagging-Date"), res.Complete, res.Valid)
		for f := range res.Report.All() {
			fmt.Println(f.Severity, f.Code(), f.Message(report.FR))
		}
	}
	verify()
	if err := root.WriteFile("data/actes/délibération.pdf", []byte("%PDF-1.7 ?"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	verify()
	// Output:
	// 12.1
	// 1.0 [2024-07-01] true true
	// 1.0 [2024-07-01] false false
	// error BAG-OXUM Le contenu (10.1 : octets.fichiers) n'est pas celui qu'annonce Payload-Oxum (12.1) : des fichiers manquent, sont en trop ou ont changé.
	// error DIG-MISMATCH L'empreinte sha256 de « data/actes/délibération.pdf » n'est pas celle qui est déclarée : le fichier a été modifié ou abîmé depuis.
	// error DIG-MISMATCH L'empreinte sha512 de « data/actes/délibération.pdf » n'est pas celle qui est déclarée : le fichier a été modifié ou abîmé depuis.
}

// A bag that travels as one file is verified without being unpacked.
func ExampleOpenArchive() {
	ctx := context.Background()
	m := newMemory()
	if _, err := bagit.Create(ctx, m, []bagit.File{{Path: "data/a.txt", Content: ged.BytesSource("alpha")}}, bagit.CreateOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, name := range m.order {
		w, err := z.Create("sac/" + name)
		if err == nil {
			_, err = w.Write(m.files[name].Data)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := z.Close(); err != nil {
		fmt.Println(err)
		return
	}
	bag, err := bagit.OpenArchive(ctx, bytes.NewReader(file.Bytes()), int64(file.Len()), bagit.Options{})
	if err != nil { // errors.Is(err, bagit.ErrNotArchive)
		fmt.Println(err)
		return
	}
	res, err := bag.Verify(ctx, bagit.VerifyOptions{})
	fmt.Println(bag.Files, res.Valid, err)
	// Output: 1 true <nil>
}

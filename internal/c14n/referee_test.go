package c14n_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/corpus"
	"github.com/liasse/liasse/internal/xmlcore"
)

func canonical(doc io.Reader, opt c14n.Options) ([]byte, error) {
	var b bytes.Buffer
	c := c14n.New(&b, opt)
	if err := xmlcore.Run(context.Background(), xmlcore.NewReader(doc, xmlcore.Options{}), c); err != nil {
		return nil, err
	}
	err := c.Flush()
	return b.Bytes(), err
}

// documents lists the XML files of the whole corpus that xmlcore accepts.
func documents(t *testing.T) []string {
	root := filepath.Dir(corpus.Dir(t, "actes"))
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".xml", ".xsd", ".rng", ".xhl"}, filepath.Ext(path)) {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		var bad *xmlcore.Error
		switch err := xmlcore.Run(context.Background(), xmlcore.NewReader(f, xmlcore.Options{})); {
		case err == nil:
			files = append(files, path)
		case !errors.As(err, &bad):
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The referee is libxml2, which canonicalises with comments. A batch of files
// costs one process; only a batch that differs is looked at file by file.
func TestSameBytesAsLibxml2OnTheCorpus(t *testing.T) {
	xmllint := corpus.Tool(t, "xmllint")
	files := documents(t)
	if len(files) < 500 {
		t.Errorf("only %d documents accepted in the corpus", len(files))
	}
	for _, mode := range []struct {
		flag string
		opt  c14n.Options
	}{
		{"--c14n", c14n.Options{Comments: true}},
		{"--exc-c14n", c14n.Options{Comments: true, Exclusive: true}},
	} {
		t.Run(mode.flag, func(t *testing.T) {
			ours := func(files ...string) []byte {
				var all []byte
				for _, name := range files {
					f, err := os.Open(name)
					if err != nil {
						t.Fatal(err)
					}
					b, err := canonical(f, mode.opt)
					f.Close()
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, b...)
				}
				return all
			}
			theirs := func(files ...string) ([]byte, error) {
				return exec.Command(xmllint, append([]string{"--nonet", "--huge", mode.flag}, files...)...).Output()
			}
			refused := 0
			for batch := range slices.Chunk(files, 40) {
				if out, err := theirs(batch...); err == nil && bytes.Equal(out, ours(batch...)) {
					continue
				}
				for _, f := range batch {
					out, err := theirs(f)
					if err != nil || len(out) == 0 {
						refused++ // relative namespace names, which libxml2 does not canonicalise
						t.Logf("libxml2 refuses %s", filepath.Base(f))
						continue
					}
					if got := ours(f); !bytes.Equal(out, got) {
						at := 0
						for at < len(out) && at < len(got) && out[at] == got[at] {
							at++
						}
						t.Errorf("%s differs at octet %d of %d (libxml2: %d)", filepath.Base(f), at, len(got), len(out))
					}
				}
			}
			if refused > len(files)/50 {
				t.Errorf("libxml2 refuses %d of %d", refused, len(files))
			}
		})
	}
}

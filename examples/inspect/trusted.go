package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
	"github.com/liasse/liasse/ged/report"
)

// trustedList reads the anchors of a trusted list. Those who may sign it are the
// certificates of the file named as the list with ".pem" added. It returns nil
// for a file that is no list; a list that is not accepted is an error, for a
// verdict given without its anchors would mislead.
func trustedList(path string, at time.Time, lang report.Lang, stderr io.Writer) (fs.FS, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := io.ReadFull(f, head)
	if !tsl.Looks(head[:n]) {
		return nil, nil
	}
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(path + ".pem")
	if err != nil {
		return nil, fmt.Errorf("the signers of the trusted list: %w", err)
	}
	signers, err := trust.ParsePEM(pem)
	if err != nil {
		return nil, fmt.Errorf("the signers of the trusted list: %w", err)
	}
	l, err := tsl.Read(context.Background(), f, st.Size(), tsl.Options{At: at, Signers: signers})
	if err != nil {
		return nil, err
	}
	anchors, err := anchorsOf(l, path, lang, stderr)
	return listed{anchors: anchors}, err
}

// trustedFolder reads the anchors of the trusted lists of a folder, and returns
// what else is in it. As with a list given by itself, one that is not accepted
// is an error.
func trustedFolder(dir fs.FS, path string, at time.Time, lang report.Lang, stderr io.Writer) ([]fs.FS, error) {
	lists, rest, err := tsl.ReadFS(context.Background(), dir, tsl.Options{At: at})
	if err != nil {
		return nil, err
	}
	out := []fs.FS{rest}
	for _, l := range lists {
		name := filepath.Join(path, filepath.FromSlash(l.Name))
		anchors, err := anchorsOf(l.List, name, lang, stderr)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, listed{anchors: anchors})
	}
	return out, nil
}

// anchorsOf says what there is to say of a list and returns its anchors.
func anchorsOf(l *tsl.List, path string, lang report.Lang, stderr io.Writer) ([]trust.Anchor, error) {
	own := map[*report.Rule]bool{}
	for _, r := range tsl.Rules() {
		own[r] = true
	}
	for x := range l.Findings.All() {
		if own[x.Rule] {
			fmt.Fprintf(stderr, "%s: %s\n", path, x.Message(lang))
		}
	}
	if l.OfLists() && l.Accepted() {
		return nil, nil // it says who signs the others
	}
	return l.Anchors()
}

// listed are the anchors of a list, in the place of a folder of certificates.
type listed struct{ anchors []trust.Anchor }

var _ signature.AnchorSource = listed{}

// TrustAnchors implements signature.AnchorSource.
func (l listed) TrustAnchors() []trust.Anchor { return l.anchors }

// Open finds nothing: there are no files.
func (listed) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

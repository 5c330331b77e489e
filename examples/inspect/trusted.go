package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
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
	own := map[*report.Rule]bool{}
	for _, r := range tsl.Rules() {
		own[r] = true
	}
	for x := range l.Findings.All() {
		if own[x.Rule] {
			fmt.Fprintf(stderr, "%s: %s\n", path, x.Message(lang))
		}
	}
	anchors, err := l.Anchors()
	return listed{anchors: anchors}, err
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

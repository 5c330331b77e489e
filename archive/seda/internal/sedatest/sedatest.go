// Package sedatest is what the tests of the packages of SEDA share.
package sedatest

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// ManifestOf returns the message at the top of a zip package, nil without one.
func ManifestOf(data []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "anifest.xml") && !strings.Contains(f.Name, "/") {
			r, err := f.Open()
			if err != nil {
				return nil
			}
			defer r.Close()
			b, err := io.ReadAll(r)
			if err != nil {
				return nil
			}
			return b
		}
	}
	return nil
}

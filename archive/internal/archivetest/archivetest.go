// Package archivetest is what the tests of the packages of archives share: the
// official schemas of SEDA as referees, and messages taken out of packages.
package archivetest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

// Valid asks xmllint which of the messages the official schema of the version
// accepts. It skips or fails the test where there is no corpus or no xmllint.
func Valid[V ~string](t testing.TB, version V, docs ...[]byte) []bool {
	t.Helper()
	out := make([]bool, len(docs))
	for i, why := range ask(t, string(version), docs) {
		if out[i] = why == ""; !out[i] && testing.Verbose() {
			t.Logf("message %d of %s, line %s", i, version, why)
		}
	}
	return out
}

// Official fails the test unless the official schema accepts the messages, which
// are the test's own: the reason is told.
func Official[V ~string](t testing.TB, version V, docs ...[]byte) {
	t.Helper()
	for i, why := range ask(t, string(version), docs) {
		if why != "" {
			t.Errorf("the official schema of %s refuses message %d: %s", version, i, why)
		}
	}
}

// ask returns why each message is refused, "" when it is not.
func ask(t testing.TB, version string, docs [][]byte) []string {
	t.Helper()
	lint := corpus.Tool(t, "xmllint")
	xsd := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	dir := t.TempDir()
	args := []string{"--nonet", "--noout", "--huge", "--schema", schemaOf(xsd, version)}
	for i, d := range docs {
		name := filepath.Join(dir, strconv.Itoa(i)+".xml")
		if err := os.WriteFile(name, d, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.Command(lint, args...)
	cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(xsd, "catalog.xml"))
	said, _ := cmd.CombinedOutput()
	out := make([]string, len(docs))
	for i := range docs {
		name := "/" + strconv.Itoa(i) + ".xml"
		if bytes.Contains(said, []byte(name+" validates\n")) {
			continue
		}
		out[i] = "xmllint does not say why"
		for line := range strings.Lines(string(said)) {
			if _, why, ok := strings.Cut(line, name+":"); ok {
				out[i] = fmt.Sprintf("%.400s", strings.TrimSpace(why))
				break
			}
		}
	}
	return out
}

// schemaOf returns the main file of the schema of a version.
func schemaOf(xsd, version string) string {
	dir := filepath.Join(xsd, "seda-"+version)
	if version < "2" {
		return filepath.Join(dir, "seda_v"+strings.ReplaceAll(version, ".", "-")+".xsd")
	}
	return filepath.Join(dir, "seda-"+version+"-main.xsd")
}

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

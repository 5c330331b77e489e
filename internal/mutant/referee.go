package mutant

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

// Notation says what kind of schema a referee is given.
type Notation string

// The notations xmllint judges by.
const (
	XSD Notation = "--schema"
	RNG Notation = "--relaxng"
)

// batch is how many documents one run of xmllint judges.
const batch = 400

// Xmllint asks xmllint which of the documents are valid. It skips or fails the
// test when the program is absent. A document that is not well-formed is not
// valid.
func Xmllint(t testing.TB, notation Notation, schema string, docs [][]byte) []bool {
	t.Helper()
	tool := corpus.Tool(t, "xmllint")
	dir := t.TempDir()
	verdicts := make([]bool, len(docs))
	for from := 0; from < len(docs); from += batch {
		to := min(from+batch, len(docs))
		args := []string{"--noout", "--nonet", string(notation), schema}
		for i := from; i < to; i++ {
			name := fmt.Sprintf("%06d.xml", i)
			if err := os.WriteFile(filepath.Join(dir, name), docs[i], 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = dir
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if _, exit := err.(*exec.ExitError); err != nil && !exit {
			t.Fatal(err)
		}
		judged := 0
		for line := range strings.Lines(out.String()) {
			name, valid := strings.CutSuffix(strings.TrimSpace(line), ".xml validates")
			if !valid {
				if strings.HasSuffix(strings.TrimSpace(line), ".xml fails to validate") {
					judged++
				}
				continue
			}
			i, err := strconv.Atoi(name)
			if err != nil {
				t.Fatalf("xmllint: unexpected line about %q", name)
			}
			verdicts[i] = true
			judged++
		}
		if judged == 0 {
			t.Fatalf("xmllint judged nothing: %.300s", out.String())
		}
	}
	return verdicts
}

// Compiles asks xmllint whether it accepts a schema at all. It skips or fails
// the test when the program is absent.
func Compiles(t testing.TB, notation Notation, schema string) bool {
	t.Helper()
	tool := corpus.Tool(t, "xmllint")
	name := filepath.Join(t.TempDir(), "probe.xml")
	if err := os.WriteFile(name, []byte("<probe/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := exec.CommandContext(t.Context(), tool, "--noout", "--nonet", string(notation), schema, name).Run()
	exit, ok := err.(*exec.ExitError)
	return err == nil || ok && exit.ExitCode() != 5 // 5: error in the schema
}

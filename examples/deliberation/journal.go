package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// journal prints the journey as a numbered timeline.
type journal struct {
	w    io.Writer
	step int
}

// Step opens a step of the journey.
func (j *journal) Step(format string, args ...any) {
	j.step++
	fmt.Fprintf(j.w, "\n%2d. %s\n", j.step, inspect.Visible(fmt.Sprintf(format, args...)))
}

// Done says what was done, Note what is worth knowing.
func (j *journal) Done(format string, args ...any) { j.line("✓", format, args...) }
func (j *journal) Note(format string, args ...any) { j.line("·", format, args...) }

func (j *journal) line(mark, format string, args ...any) {
	fmt.Fprintf(j.w, "    %s %s\n", mark, inspect.Visible(fmt.Sprintf(format, args...)))
}

// Findings shows the warnings of a check that found no error; what is merely
// worth knowing stays in the report.
func (j *journal) Findings(r *report.Report) {
	for f := range r.All() {
		if f.Severity >= report.Warning {
			j.line("!", "%s [%s]", sentence(f), f.Rule.Code)
		}
	}
}

// sentence is a finding with its place.
func sentence(f *report.Finding) string {
	if p := f.Where.Path; p != "" {
		return p + " : " + f.Message(report.FR)
	}
	return f.Message(report.FR)
}

// refusal is a document that does not conform, said in French: every error,
// one a line.
type refusal struct {
	what   string
	report *report.Report
}

func (e *refusal) Error() string {
	var b strings.Builder
	b.WriteString(e.what)
	for f := range e.report.All() {
		if f.Severity >= report.Error {
			fmt.Fprintf(&b, "\n  ✗ %s [%s]", inspect.Visible(sentence(f)), f.Rule.Code)
		}
	}
	return b.String()
}

// refuse returns a refusal when the report holds an error.
func refuse(what string, r *report.Report) error {
	if r.Valid() {
		return nil
	}
	return &refusal{what, r}
}

// folder is where everything made is put. It is new or empty when the journey
// starts, nothing in it is overwritten, and no link leads out of it.
type folder struct {
	path string
	root *os.Root
}

// newFolder makes the folder, or takes an empty one.
func newFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("le dossier « %s » ne peut pas être créé : %w", path, french(err))
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("le dossier « %s » ne peut pas être lu : %w", path, french(err))
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("le dossier « %s » n'est pas vide : rien n'y sera écrasé, choisissez-en un autre", path)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &folder{path, root}, nil
}

// checkFolder says beforehand whether newFolder would take the path.
func checkFolder(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return fmt.Errorf("« %s » n'est pas un dossier utilisable : %w", path, french(err))
	case len(entries) > 0:
		return fmt.Errorf("le dossier « %s » n'est pas vide : rien n'y sera écrasé, choisissez-en un autre", path)
	}
	return nil
}

// Create opens a new file of the folder.
func (d *folder) Create(name string) (*os.File, error) {
	return d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

// Write puts a whole file into the folder.
func (d *folder) Write(name string, content []byte) error {
	return d.With(name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// With writes a file through a function; a file that could not be finished is
// removed.
func (d *folder) With(name string, write func(io.Writer) error) error {
	f, err := d.Create(name)
	if err != nil {
		return fmt.Errorf("%s : %w", filepath.Join(d.path, name), err)
	}
	err = write(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = d.root.Remove(name) // what remains is not a document; the first error says why
	}
	return err
}

// Digests lists the SHA-256 of every file of the folder, in the form sha256sum
// reads.
func (d *folder) Digests(name string) error {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		content, err := d.root.ReadFile(e.Name())
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(content), e.Name())
	}
	return d.Write(name, []byte(b.String()))
}

// Command inspect says of any file what it is and whether it conforms.
//
//	go run ./examples/inspect [flags] FILE|FOLDER…
//
// It recognises by content the formats whose inspectors it lists, and prints a
// report in French (-lang en for English), or with -json one JSON object a
// file. -html FILE writes one page for all files; it never overwrites.
//
// Exit status: 0 all valid, 1 some invalid, 2 some unknown or wrong use.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// profiles are those some format knows; the others take them for the norm.
var profiles = []string{"xsd", "s2low", "stela", "pastell", "dgfip", "vitam", "asalae"}

// settings are what the command line asks for.
type settings struct {
	json bool
	html string
	lang report.Lang
	opt  inspect.Options
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	stderr = visible{stderr}
	set, files, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "inspect:", err)
		return 2
	}
	status := 0
	var results []*inspect.Result
	for _, name := range files {
		r, err := one(ctx, name, set.opt)
		if err != nil {
			fmt.Fprintf(stderr, "inspect: %s: %v\n", name, err)
			if ctx.Err() != nil {
				return 2
			}
			r = failed(name, err, set.opt) // one object a file, whatever happens
		}
		switch r.Verdict() {
		case inspect.Invalid:
			status = max(status, 1)
		case inspect.Unknown:
			status = 2
		}
		switch {
		case set.json:
			line, err := json.Marshal(r)
			if err != nil {
				fmt.Fprintln(stderr, "inspect:", err)
				return 2
			}
			fmt.Fprintf(stdout, "%s\n", line)
		case set.html == "":
			if err := r.WriteText(stdout, set.lang); err != nil {
				return 2
			}
		}
		if set.html != "" {
			results = append(results, r)
		}
	}
	if set.html != "" {
		if err := writePage(set, results); err != nil {
			fmt.Fprintln(stderr, "inspect:", err)
			return 2
		}
	}
	return status
}

// visible writes messages with what would drive a terminal made visible: errors
// of the system and of flags quote names of files as they are.
type visible struct{ io.Writer }

func (v visible) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		text, end := strings.CutSuffix(line, "\n")
		text = inspect.Visible(text)
		if end {
			text += "\n"
		}
		if _, err := io.WriteString(v.Writer, text); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

var errSpecial = errors.New("ce n'est ni un fichier ordinaire ni un dossier")

// failed returns the result about a file of which no verdict could be reached.
// When it is the profile or the schemas to judge by that cannot be used, the
// file is not to blame: what is wrong with them is said, where it stands.
func failed(name string, err error, opt inspect.Options) *inspect.Result {
	r := inspect.Failed(name, opt)
	var bad *report.InvalidError
	if errors.As(err, &bad) {
		r.Report = opt.Report()
		r.Report.Merge(bad.Report, "")
	}
	return r
}

// one inspects a file or a folder. The result carries the path as given.
func one(ctx context.Context, name string, opt inspect.Options) (*inspect.Result, error) {
	// Opening a named pipe would wait for a writer who may never come.
	if st, err := os.Stat(name); err == nil && !st.IsDir() && !st.Mode().IsRegular() {
		return nil, errSpecial
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var in *inspect.Input
	switch {
	case st.IsDir():
		in = inspect.NewDir(filepath.Base(name), os.DirFS(name))
	case st.Mode().IsRegular():
		if in, err = inspect.NewFile(filepath.Base(name), f, st.Size()); err != nil {
			return nil, err
		}
	default:
		return nil, errSpecial
	}
	r, err := inspect.Run(ctx, inspectors(), in, opt)
	if err == nil && r.Kind == "unknown" && r.Unread && sent(in, opt) {
		r, err = sip.Inspector().Inspect(ctx, in, opt)
	}
	if err != nil {
		return nil, err
	}
	r.File = name
	return r, nil
}

// sent reports whether a file that nobody recognises is asked about as one sent
// to a Vitam platform: what that answers to any archive, and to what is none,
// is known. A document of XML may be a message of which nothing can be told.
func sent(in *inspect.Input, opt inspect.Options) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(in.Head, []byte("\ufeff")), " \t\r\n")
	return opt.Profile == string(seda.Vitam) && in.Dir == nil && len(text) > 0 && text[0] != '<'
}

func parse(args []string, stderr io.Writer) (*settings, []string, error) {
	s := &settings{}
	o := &s.opt
	o.Spool = temporary
	fl := flag.NewFlagSet("inspect", flag.ContinueOnError)
	fl.SetOutput(stderr)
	fl.BoolVar(&s.json, "json", false, "un objet JSON par fichier")
	fl.StringVar(&s.html, "html", "", "écrire une `page` HTML ; jamais écrasée")
	lang := fl.String("lang", "fr", "langue des messages : fr ou en")
	at := fl.String("at", "", "date du contrôle, comme 2026-07-01T10:30:00+02:00 ; maintenant à défaut")
	fl.StringVar(&o.Version, "version", "", "version selon laquelle juger")
	fl.Func("profile", "de qui les règles s'appliquent : "+strings.Join(profiles, ", "), func(p string) error {
		// A shell or a script that completes names of folders hands over a path.
		o.Profile = filepath.Base(p)
		if !slices.Contains(profiles, o.Profile) {
			return fmt.Errorf("au choix : %s", strings.Join(profiles, ", "))
		}
		return nil
	})
	fl.Func("context", "contexte du versement : default, filing, holding", func(c string) error {
		if o.Context = c; !slices.Contains([]string{"default", "filing", "holding"}, c) {
			return errors.New("au choix : default, filing, holding")
		}
		return nil
	})
	fl.StringVar(&o.Policy, "policy", "", "politique de signature : eu, rgs, actes ou pes-historique")
	fl.BoolVar(&o.ShowValues, "valeurs", false, "montrer les valeurs personnelles au lieu de leur forme (« 13 chiffres »)")
	fl.Func("schemas", "dossier des schémas officiels", func(d string) error { o.Schemas = grammar.Keep(os.DirFS(d)); return nil })
	fl.Func("rng", "profil d'archivage (RELAX NG)", func(f string) error {
		o.RNG, o.RNGName = grammar.Keep(os.DirFS(filepath.Dir(f))), filepath.Base(f)
		return nil
	})
	fl.Func("nomenclature", "nomenclature (PES)", func(f string) (err error) { o.Codes, err = os.ReadFile(f); return err })
	var trustPaths []string
	fl.Func("trust", "autorité de confiance, liste de confiance (ses signataires à côté, dans LISTE.pem), ou dossier des deux (peut être répété)", func(f string) error {
		anchor, err := folderOrFile(f)
		o.Trust, trustPaths = append(o.Trust, anchor), append(trustPaths, f)
		return err
	})
	fl.Func("detached", "contenu d'une signature détachée (peut être répété)", func(f string) error {
		content, err := folderOrFile(f)
		o.Detached = append(o.Detached, content)
		return err
	})
	if err := fl.Parse(args); err != nil {
		return nil, nil, err
	}
	s.lang = report.Lang(*lang)
	if s.lang != report.FR && s.lang != report.EN {
		return nil, nil, fmt.Errorf("-lang %s : fr ou en", *lang)
	}
	o.At = time.Now()
	if *at != "" {
		var err error
		if o.At, err = time.Parse(time.RFC3339, *at); err != nil {
			return nil, nil, fmt.Errorf("-at: %w", err)
		}
	}
	// Lists are judged at the present, known only now.
	var trusted []fs.FS
	for i, f := range o.Trust {
		one, ok := f.(single)
		if !ok {
			l, err := trustedFolder(f, trustPaths[i], o.At, s.lang, stderr)
			if err != nil {
				return nil, nil, fmt.Errorf("-trust %s: %w", trustPaths[i], err)
			}
			trusted = append(trusted, l...)
			continue
		}
		anchors, err := trustedList(one.path, o.At, s.lang, stderr)
		if err != nil {
			return nil, nil, fmt.Errorf("-trust %s: %w", one.path, err)
		}
		if anchors != nil {
			f = anchors
		}
		trusted = append(trusted, f)
	}
	o.Trust = trusted
	if fl.NArg() == 0 {
		return nil, nil, errors.New("aucun fichier n'est donné : inspect [options] FICHIER|DOSSIER…")
	}
	return s, fl.Args(), nil
}

// folderOrFile returns a folder, or the one file as a folder holding it alone.
func folderOrFile(name string) (fs.FS, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return os.DirFS(name), nil
	}
	return single{name}, nil
}

// single is a folder of one file, named as it is on disk.
type single struct{ path string }

// Open opens the file.
func (s single) Open(name string) (fs.File, error) {
	if name != filepath.Base(s.path) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(s.path)
}

// Stat describes the file, or the folder it lies in: what walking begins with.
func (s single) Stat(name string) (fs.FileInfo, error) {
	switch name {
	case ".":
		return os.Stat(filepath.Dir(s.path))
	case filepath.Base(s.path):
		return os.Stat(s.path)
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the one file.
func (s single) ReadDir(string) ([]fs.DirEntry, error) {
	st, err := os.Stat(s.path)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{fs.FileInfoToDirEntry(st)}, nil
}

// writePage creates the page; an existing file or link is left alone.
func writePage(s *settings, results []*inspect.Result) error {
	f, err := os.OpenFile(s.html, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err := inspect.WriteHTML(f, s.lang, results...); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// temporaryFile is room on disk that goes away when it is closed.
type temporaryFile struct{ *os.File }

func temporary() (inspect.Spool, error) {
	f, err := os.CreateTemp("", "liasse-inspect-")
	if err != nil {
		return nil, err
	}
	return temporaryFile{f}, nil
}

// Close closes the file and removes it.
func (t temporaryFile) Close() error {
	return errors.Join(t.File.Close(), os.Remove(t.Name()))
}

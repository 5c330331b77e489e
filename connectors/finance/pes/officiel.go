package pes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
)

// ErrSchemas says that the schemas handed over hold none for a document.
var ErrSchemas = errors.New("pes: no schema for this document in the folder given")

// VersionDonnee names, among the verdicts of a [Reading], that of the schemas
// handed over.
const VersionDonnee = "donné"

// entries are the files of a set of the DGFiP that describe each document.
var entries = map[Root]string{Aller: "PES_Aller.xsd", Acquit: "PES_V2_Acquit_Autonome_V2.xsd", Retour: "PES_Retour.xsd", AcquitRetour: "PES_V2_Acquit_Retour.xsd"}

const ancienAcquit = "PES_V2_Acquit_Autonome.xsd"

// Schemas are an official set of any year, as the DGFiP publishes it.
type Schemas struct {
	fsys  fs.FS
	files map[string]string // base names and paths
}

// maxFiles bounds the files of a folder of schemas; a set has some 200.
const maxFiles = 10_000

// OuvrirSchemas looks for the entries of a set in a folder and those below it.
// They are compiled when a document needs them.
func OuvrirSchemas(ctx context.Context, fsys fs.FS) (*Schemas, error) {
	s := &Schemas{fsys: fsys, files: map[string]string{}}
	want := map[string]bool{ancienAcquit: true}
	for _, name := range entries {
		want[name] = true
	}
	n := 0
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if n++; err != nil || ctx.Err() != nil || n > maxFiles {
			return errors.Join(err, ctx.Err(), fs.SkipAll)
		}
		if base := path.Base(p); want[base] && !d.IsDir() {
			if _, met := s.files[base]; !met {
				s.files[base] = p
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.SkipAll) {
		return nil, fmt.Errorf("pes: %w", err)
	}
	return s, nil
}

// Juger has a document judged by the set instead of those built in: its findings
// enter the report of the Reading, which must come from a reading with
// Options.SansSchema, and its verdict the Schemas of the Reading. src is the
// document, read once more. The error is [ErrSchemas], that of the set or of src.
func (s *Schemas) Juger(ctx context.Context, r *Reading, src io.Reader, opt Options) error {
	entry := entries[r.Root]
	if r.Root == Acquit && r.Space == NamespaceAncienAcquit {
		entry = ancienAcquit
	}
	file := s.files[entry]
	if entry == "" || file == "" {
		return ErrSchemas
	}
	set, _, err := grammar.Load(ctx, s.fsys, grammar.Options{Entries: []string{file}})
	if err != nil {
		return fmt.Errorf("pes: %w", err)
	}
	rep, err := set.Validate(ctx, src, grammar.ValidateOptions{Report: opt.Report, Member: opt.Member, MaxBytes: opt.MaxBytes})
	if err != nil {
		return fmt.Errorf("pes: %w", err)
	}
	r.Schemas = append(r.Schemas, Schema{VersionDonnee, r.Lu && rep.Valid(), rep})
	if !r.Lu {
		return nil // said already
	}
	lighter := opt.lighter(r.Root)
	for f := range rep.All() {
		g := *f
		if lighter {
			g.Severity = min(g.Severity, report.Warning)
		}
		r.Report.Record(g)
	}
	if r.Root == Aller && !rep.Valid() {
		r.Portee = PorteeFlux
		if opt.Profile == "" || opt.Profile == ProfilDGFiP || opt.Profile == ProfilXSD {
			r.Etat = EtatRejete
		}
	}
	return nil
}

package envelope

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Kind is the kind of results about envelopes.
const Kind = "actes.envelope"

// inspectMemory is the largest file an inspection keeps in memory, in bytes,
// when it was given nowhere to spool to.
const inspectMemory = 64 << 20

// Inspector returns the inspector of @ctes archives, of both directions, whole
// or broken.
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// Detect recognises an archive by its name when that is of the grammar, else
// by an envelope's name among its first entries.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	if in.Data == nil {
		return false
	}
	if _, err := ParseArchiveName(in.Name); err == nil {
		return true
	}
	if !bytes.HasPrefix(in.Head, []byte{0x1f, 0x8b}) {
		return false
	}
	if looksNamed(in.Name) {
		return true
	}
	// A little of the archive: an envelope may come after its documents.
	const glance, entries = 8 << 20, 200
	t := container.NewTarGz(ctx, in.Reader(), container.TarOptions{Report: report.New(report.Options{}),
		Limits: container.Limits{Inflated: glance, Entries: entries}})
	for {
		e, err := t.Next()
		if err != nil {
			return false
		}
		if envelopeLike(e.Name) {
			return true
		}
	}
}

// envelopeLike accepts the name of the XML of an envelope, or of the refusal of
// one, with a wrong part: it is the rules' business to say which.
func envelopeLike(name string) bool {
	name = strings.TrimPrefix(name, "ANO_")
	return (strings.HasPrefix(name, "EACT--") || strings.HasPrefix(name, "TACT--")) && actes.FormatOf(name) == actes.XML
}

// looksNamed accepts the name of an archive with one wrong part.
func looksNamed(name string) bool {
	return strings.HasSuffix(name, ".tar.gz") && (strings.Contains(name, "-EACT--") || strings.Contains(name, "-TACT--"))
}

// Inspect reads and judges an archive.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	o := Options{Name: in.Name, Profile: message.ProfileOf(opt.Profile), Now: opt.At,
		Memory: inspectMemory, Report: opt.Report().Options()}
	var spools []inspect.Spool
	if opt.Spool != nil {
		o.Memory = DefaultMemory
		o.Spool = func(f File) (io.Writer, error) {
			if f.Taille <= o.Memory {
				return nil, nil
			}
			s, err := opt.Spool()
			if err == nil {
				spools = append(spools, s)
			}
			return s, err
		}
	}
	judge, err := newSignatures(ctx, opt)
	if err != nil {
		return nil, err
	}
	o.PAdES, o.Detached = judge.inside, judge.detached
	env, rep, err := Read(ctx, in.Reader(), o)
	for _, s := range spools {
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		return nil, err
	}
	return &inspect.Result{Kind: Kind, Version: message.Version, Report: rep, Signatures: judge.found, Summary: Summary(env)}, nil
}

// Summary returns the facts of an envelope, under the keys of the project's
// inspection contract. Of a broken archive it holds what its name tells.
func Summary(e *Envelope) inspect.Summary {
	var s inspect.Summary
	s.Set("trigramme", e.Nom.Trigramme)
	s.Set("quadrigramme", e.Nom.Quadrigramme)
	siren := e.Nom.SIREN
	if siren == "" && len(e.SIREN()) == 9 && isDigits(e.SIREN()) {
		siren = e.SIREN()
	}
	s.Set("siren", siren)
	s.Set("dateEnveloppe", e.Nom.Date.String())
	if e.Nom.Serie > 0 {
		s.Set("serie", e.Nom.Serie)
	}
	switch e.Sens {
	case message.Envoi:
		s.Set("sens", "envoi")
	case message.Retour:
		s.Set("sens", "retour")
	}
	s.Set("messages", len(e.Messages))
	codes := []string{}
	for _, c := range e.Codes() {
		if c != "" {
			codes = append(codes, c)
		}
	}
	s.Set("codes", codes)
	s.Set("fichiers", len(e.Files))
	s.Set("scellement", e.Scellement)
	return s
}

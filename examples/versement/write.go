package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// write writes the package beside its name, reads it back, and names it.
func (v *versement) write(ctx context.Context) error {
	var id format.Identifier
	if v.parts != nil {
		var err error
		if id, err = v.identifier(); err != nil {
			return err
		}
	}
	v.Step("Le paquet est écrit")
	target, err := create(v.out)
	if err != nil {
		return err
	}
	defer target.abandon()
	identified := id != nil
	err = v.pack(ctx, target.file, id) // lets go of it
	v.progress.clear()
	if err != nil {
		return v.refused(err)
	}
	others, formats := split(v.written.Report)
	if err := v.judge("", others); err != nil {
		return err
	}
	s := &v.written
	v.Done("%s, %s, %s", count(s.Units, "unité d'archives", "unités d'archives"), count(s.Objects, "fichier", "fichiers"), octets(s.Bytes))
	v.Done("empreinte %s du bordereau : %s…", s.Manifest.Algorithm, s.Manifest.Value[:16])
	if identified {
		v.Step("Les formats des fichiers ont été reconnus (PRONOM)")
		v.formats(s.Formats)
		if err := v.judge("", formats); err != nil {
			return err
		}
	}
	if err := v.verify(ctx, target.file); err != nil {
		return err
	}
	if err := v.foresee(ctx, target.file); err != nil {
		return err
	}
	return target.keep()
}

// quickAbove is from how many bytes of files on the digests are not computed a
// second time, which would take a twentieth of the work: the checksums of the
// archive, taken in the same pass as the digests, tell as well whether the disk
// gives back what was written.
const quickAbove = 32_000_000

// pack writes the package.
func (v *versement) pack(ctx context.Context, file *os.File, id format.Identifier) (err error) {
	opt := sip.Options{
		Version:  v.version,
		Memory:   memory,
		Lossy:    v.version == seda.V20, // has no place for the agencies of the transfer
		Formats:  id,
		Progress: func(done, total int64) { v.progress.show("écriture", done, total) },
	}
	if id != nil {
		opt.Memory = memoryForEngine
	}
	if v.parts != nil {
		var w io.Writer = file
		if v.census.files > oneByOne {
			v.whole = sha256.New()
			w = io.MultiWriter(w, v.whole)
		}
		v.written, err = sip.WriteParts(ctx, w, v.parts, opt)
	} else {
		v.written, err = sip.Write(ctx, file, v.pkg, opt)
	}
	return err
}

// oneByOne is up to how many files are compared one by one with the manifest
// when the package is read back, which takes a kilobyte of memory for each.
var oneByOne = 50_000

// same reads the package back and finds whether it is, to the last byte, the one
// that was written.
func (v *versement) same(ctx context.Context, f *os.File) error {
	v.Step("Le paquet est relu")
	again := sha256.New()
	in := io.NewSectionReader(f, 0, v.written.Bytes)
	buf := make([]byte, 1<<20)
	for done := int64(0); ; {
		n, err := in.Read(buf)
		again.Write(buf[:n])
		done += int64(n)
		v.progress.show("relecture", done, v.written.Bytes)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == io.EOF:
			v.progress.clear()
			if !bytes.Equal(again.Sum(nil), v.whole.Sum(nil)) {
				return errors.New("le paquet relu n'est pas celui qui a été écrit")
			}
			v.Done("il est, à l'octet près, celui qui a été écrit (trop de fichiers pour les comparer un à un avec le bordereau)")
			return nil
		case err != nil:
			return err
		}
	}
}

// verify reads the package back as a receiver would.
func (v *versement) verify(ctx context.Context, f *os.File) error {
	if v.whole != nil {
		return v.same(ctx, f)
	}
	v.Step("Le paquet est relu, comme le ferait Vitam")
	quick := v.written.ContentBytes > quickAbove || v.profile != "" // foresee will read it all again
	sum, err := sip.Verify(ctx, f, v.written.Bytes, sip.VerifyOptions{
		Quick:    quick,
		Progress: func(done, total int64) { v.progress.show("relecture", done, total) },
	})
	v.progress.clear()
	if err != nil {
		return err
	}
	if v.version == seda.V20 {
		// No platform rule was asked for: what only Vitam refuses is a note.
		own := &report.Report{}
		for f := range sum.Report.All() {
			if f.Rule == sip.RuleVersion {
				v.Note("Vitam ne prend pas le SEDA 2.0 ; une autre plateforme le peut")
				continue
			}
			own.Record(*f)
		}
		sum.Report = own
	}
	if err := v.judge("Le paquet relu n'est pas conforme :", sum.Report); err != nil {
		return err
	}
	if sum.Objects != v.written.Objects || sum.Units != v.written.Units || sum.ContentBytes != v.written.ContentBytes {
		return errors.New("le paquet relu n'est pas celui qui a été écrit")
	}
	if quick && v.profile == "" {
		v.Done("chaque fichier y est, à sa taille et intact (sommes de contrôle ; les empreintes ont été calculées à l'écriture)")
	} else if quick {
		v.Done("chaque fichier y est, à sa taille")
	} else {
		v.Done("chaque fichier y est, avec l'empreinte et la taille que le bordereau annonce")
	}
	return nil
}

// foresee asks what the platform would answer, by its own schema and rules.
func (v *versement) foresee(ctx context.Context, f *os.File) error {
	if v.profile == "" {
		return nil
	}
	v.Step("Ce que répondrait la plateforme (%s)", v.profile)
	in, err := inspect.NewFile(filepath.Base(v.out), f, v.written.Bytes)
	if err != nil {
		return err
	}
	res, err := sip.Inspector().Inspect(ctx, in, inspect.Options{At: v.now(), Profile: v.profile})
	if err != nil {
		return err
	}
	return v.judge("La plateforme refuserait ce paquet :", res.Report)
}

// refused says an error of the writing in French.
func (v *versement) refused(err error) error {
	var invalid *report.InvalidError
	if errors.As(err, &invalid) {
		return v.judge("Le paquet ne peut pas être écrit :", invalid.Report)
	}
	lost := contentErrors(err)
	if len(lost) == 0 {
		return fmt.Errorf("le paquet ne peut pas être écrit : %w", french(err))
	}
	list := &refusal{what: "Des fichiers ne peuvent pas être versés :"}
	for _, e := range lost {
		why := french(e.Err).Error()
		if errors.Is(e.Err, sip.ErrChanged) {
			why = "il a changé pendant l'écriture du paquet ; recommencez quand plus personne n'y travaille"
		}
		list.add(v.places.of("object["+e.Object+"]") + " : " + why)
	}
	return list
}

// contentErrors lists what the writing says of the contents.
func contentErrors(err error) []*sip.ContentError {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []*sip.ContentError
		for _, e := range many.Unwrap() {
			out = append(out, contentErrors(e)...)
		}
		return out
	}
	var one *sip.ContentError
	if errors.As(err, &one) {
		return []*sip.ContentError{one}
	}
	return nil
}

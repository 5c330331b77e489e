package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/report"
)

// beside is where the message goes that as@lae takes beside the archive of the
// files: the same name, ending in .xml.
func (v *versement) beside() string {
	name := v.out
	for _, ext := range []string{".zip", ".tgz", ".gz", ".tar"} {
		name = strings.TrimSuffix(name, ext)
	}
	return name + ".xml"
}

// writeAsalae writes the message and the archive of the files, reads both back,
// and names them. The message takes its name last: an archive alone is nothing
// as@lae could be given.
func (v *versement) writeAsalae(ctx context.Context) error {
	v.Step("Le bordereau et l'archive des fichiers sont écrits (as@lae)")
	files, err := create(v.out)
	if err != nil {
		return err
	}
	defer files.abandon()
	message, err := create(v.beside())
	if err != nil {
		return err
	}
	defer message.abandon()
	opt := sip.AsalaeOptions{
		Version:  v.version,
		Lossy:    v.version.Early() || v.version == seda.V20,
		Memory:   memory,
		Progress: func(done, total int64) { v.progress.show("écriture", done, total) },
	}
	if strings.HasSuffix(v.out, ".zip") {
		opt.Container = sip.Zip
	}
	v.written, err = sip.WriteAsalae(ctx, message.file, files.file, v.pkg, opt)
	v.progress.clear()
	if err != nil {
		return v.refused(err)
	}
	if err := v.judge("", v.written.Report); err != nil {
		return err
	}
	s := &v.written
	v.Done("%s, %s", count(s.Units, "unité d'archives", "unités d'archives"), count(s.Objects, "fichier", "fichiers"))
	v.Done("bordereau : %s, %s", filepath.Base(v.beside()), octets(s.ManifestBytes))
	v.Done("archive : %s, %s", filepath.Base(v.out), octets(s.Bytes))
	if err := v.foreseeAsalae(ctx, message.file, files.file); err != nil {
		return err
	}
	if err := files.keep(); err != nil {
		return err
	}
	if err := message.keep(); err != nil {
		_ = os.Remove(v.out) // made a moment ago, and of no use alone
		return err
	}
	return nil
}

// foreseeAsalae reads both parts back by the rules of the platform.
func (v *versement) foreseeAsalae(ctx context.Context, message, files *os.File) error {
	v.Step("Les deux sont relus, comme le ferait as@lae")
	sum, err := sip.VerifyAsalae(ctx, message, v.written.ManifestBytes, files, v.written.Bytes, sip.VerifyOptions{})
	if err != nil {
		return err
	}
	if err := v.judge("La plateforme refuserait ce versement :", sum.Report); err != nil {
		return err
	}
	if sum.Objects != v.written.Objects || sum.ContentBytes != v.written.ContentBytes {
		return &refusal{what: "Le versement relu n'est pas celui qui a été écrit.", total: sum.Report.Count(report.Error)}
	}
	v.Done("chaque fichier y est, avec l'empreinte et la taille que le bordereau annonce")
	return nil
}

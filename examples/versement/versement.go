package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/resip"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/format/pronom"
	"github.com/liasse/liasse/ged/report"
)

//go:embed sample
var sample embed.FS

// versement is one package in the making.
type versement struct {
	journal
	request
	now      func() time.Time
	progress *progress

	files fs.FS
	// What is handed over is described part by part: of each file of a folder
	// little more than its name is held, of each line of a table where it is. What
	// only as@lae takes, the sample, and a table that cannot be read a second time
	// are held whole.
	parts   archive.Parts
	pkg     *archive.Package
	census  census
	opened  fs.File // the table, as long as it is read
	places  places
	written sip.Summary
	// whole is the digest of the package as it was written, when it has too many
	// files to be read back one by one.
	whole hash.Hash
	// engine returns what knows the formats, once it is loaded.
	engine func() (format.Identifier, error)
}

// memory bounds what the writing keeps of the contents, so that small files are
// read and compressed once as long as there is room. The engine that knows the
// formats takes the room of most of it.
const (
	memory          = 48 << 20
	memoryForEngine = 2 << 20
)

// What the work is expected to take with the engine that knows the formats, and
// more for each file.
const (
	roomWithEngine = 110 << 20
	roomOfFile     = 250
)

// working are files that programs leave in folders and nobody means to keep.
var working = []string{"Thumbs.db", "desktop.ini", ".DS_Store", "~$*", ".~lock.*#"}

func (v *versement) run(ctx context.Context) error {
	if err := v.checkPaths(); err != nil {
		return err
	}
	if !v.noPronom {
		if v.dir+v.table != "" && v.profile != string(seda.Asalae) {
			// What is then in memory is the engine, for the most part, and to go
			// through it is what the collector takes time for: it waits until memory
			// comes near to what the work is expected to take.
			defer debug.SetGCPercent(debug.SetGCPercent(100))
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(roomWithEngine))
		}
		load := sync.OnceValues(func() (format.Identifier, error) { return pronom.New(pronom.Options{}) })
		v.engine = load
		go func() { _, _ = load() }() // whoever needs it is told of the error
	}
	err := v.read(ctx)
	if v.opened != nil {
		defer v.opened.Close() // nothing was written to it
	}
	if err != nil {
		return err
	}
	switch {
	case v.noPronom:
	case v.parts != nil:
		debug.SetMemoryLimit(roomWithEngine + roomOfFile*int64(v.census.units))
	case v.table != "": // held whole, against what was expected
		debug.SetMemoryLimit(math.MaxInt64)
	}
	if v.parts == nil { // else the contents are gone through once for all
		if err := v.identify(ctx); err != nil {
			return err
		}
	}
	if err := v.describe(); err != nil {
		return err
	}
	if v.out == "" {
		dir, err := os.MkdirTemp("", "liasse-versement-")
		if err != nil {
			return err
		}
		v.out = filepath.Join(dir, "versement.zip")
	}
	write := v.write
	if v.profile == string(seda.Asalae) {
		write = v.writeAsalae
	}
	if err := write(ctx); err != nil {
		return err
	}
	fmt.Fprintf(v.w, "\nLe paquet est prêt : %s\n", visible(v.out))
	if v.profile == string(seda.Asalae) {
		fmt.Fprintf(v.w, "avec son bordereau : %s\n", visible(v.beside()))
	}
	return nil
}

// checkPaths refuses what would fail at the end of the work.
func (v *versement) checkPaths() error {
	if v.out == "" {
		return nil
	}
	if err := free(v.out); err != nil {
		return err
	}
	if v.profile == string(seda.Asalae) {
		if err := free(v.beside()); err != nil {
			return err
		}
	}
	if v.dir != "" && inside(filepath.Dir(v.out), v.dir) {
		return errors.New("le paquet ne peut pas être écrit dans le dossier qui est versé : il se contiendrait lui-même")
	}
	return nil
}

// policy is what the user said of the transfer. What is missing takes a name
// that shows in the package, and a note.
func (v *versement) policy() archive.Policy {
	need := func(value, what, flag, instead string) string {
		if value == "" {
			v.Note("%s non indiqué (-%s) : %s", what, flag, instead)
		}
		return cmp.Or(value, instead)
	}
	p := archive.Policy{
		MessageID: cmp.Or(v.message, "A-VENIR"), Date: v.now(), // until the files are known
		Agreement:          need(v.accord, "accord de versement", "accord", "ACCORD-A-INDIQUER"),
		ArchivalAgency:     archive.Agency{ID: need(v.archives, "service d'archives", "archives", "ARCHIVES-A-INDIQUER")},
		TransferringAgency: archive.Agency{ID: need(v.sender, "service versant", "versant", "VERSANT-A-INDIQUER")},
	}
	p.OriginatingAgency = cmp.Or(v.producer, p.TransferringAgency.ID)
	return p
}

// read makes a package of the folder or of the table.
func (v *versement) read(ctx context.Context) (err error) {
	table, name := v.table, "versement.csv"
	switch {
	case v.dir != "":
		v.Step("Le dossier est lu : %s", v.dir)
		root, err := os.OpenRoot(v.dir)
		if err != nil {
			return fmt.Errorf("le dossier « %s » ne peut pas être lu : %w", visible(v.dir), french(err))
		}
		v.files, v.places.folder = &folders{root: root}, true
	case table != "":
		v.Step("La table est lue : %s", table)
		root, err := os.OpenRoot(filepath.Dir(table))
		if err != nil {
			return fmt.Errorf("le dossier de la table ne peut pas être lu : %w", french(err))
		}
		v.files, name = root.FS(), filepath.Base(table)
	default:
		v.Step("L'exemple est lu : la séance du conseil municipal du 26 juin 2026")
		if v.files, err = fs.Sub(sample, "sample"); err != nil {
			return err
		}
		v.accord, v.archives = cmp.Or(v.accord, "ACTES"), cmp.Or(v.archives, "AD99")
		v.sender = cmp.Or(v.sender, "12345678200010")
	}
	var rep *report.Report
	switch {
	case v.dir == "":
		rep, err = v.readTable(ctx, name)
	case v.profile == string(seda.Asalae):
		v.pkg, rep, err = archive.FromTree(ctx, v.files, v.policy(), archive.TreeOptions{Ignore: working})
	default:
		rep, err = v.readTree(ctx)
	}
	if err != nil {
		return fmt.Errorf("les fichiers ne peuvent pas être lus : %w", french(err))
	}
	if v.pkg != nil {
		v.places.pkg, v.census = v.pkg, censusOf(v.pkg)
	}
	c := &v.census
	one, many := "unité sans fichier", "unités sans fichier"
	if v.places.folder {
		one, many = "dossier", "dossiers"
	}
	v.Done("%s, %s, %s", count(c.bare, one, many), count(c.files, "fichier", "fichiers"), octets(c.bytes))
	if v.places.folder && c.empty > 0 {
		v.Note("dont %s : décrits, bien qu'il n'y ait rien dedans", count(c.empty, "dossier vide", "dossiers vides"))
	}
	return v.judge("Ces fichiers ne peuvent pas être versés tels quels :", rep)
}

// split puts what is about formats apart: it is told of later.
func split(rep *report.Report) (others, formats *report.Report) {
	others, formats = &report.Report{}, &report.Report{}
	for f := range rep.All() {
		switch f.Rule {
		case archive.RuleFileEmpty, archive.RuleFormatAmbiguous, archive.RuleFormatDiffers, archive.RuleFormatExtension,
			archive.RuleFormatUnknown, archive.RuleFormatUnseen:
			formats.Record(*f)
		default:
			others.Record(*f)
		}
	}
	// What the report counted and did not keep is like what it kept last.
	kept := map[report.Severity]int{}
	last := map[report.Severity]*report.Finding{}
	for f := range rep.All() {
		kept[f.Severity]++
		last[f.Severity] = f
	}
	for severity, f := range last {
		into := others
		if formats.Has(f.Rule) {
			into = formats
		}
		for range rep.Count(severity) - kept[severity] {
			into.Record(*f)
		}
	}
	return others, formats
}

func (v *versement) looking() archive.IdentifyOptions {
	return archive.IdentifyOptions{Progress: func(done, total int) {
		v.progress.show("formats", int64(done), int64(total))
	}}
}

// readTree describes the folder part by part.
func (v *versement) readTree(ctx context.Context) (*report.Report, error) {
	t, rep, err := archive.ReadTree(ctx, v.files, v.policy(), archive.TreeOptions{Ignore: working})
	if err != nil {
		return rep, err
	}
	v.parts, v.places.path = t, t.Path
	v.census = census{units: t.Folders + t.Files, bare: t.Folders, empty: t.Empty, files: t.Files, bytes: t.Bytes, latest: t.Latest}
	return rep, nil
}

// readTable describes the table, part by part if it may be.
func (v *versement) readTable(ctx context.Context, name string) (rep *report.Report, err error) {
	if v.opened, err = v.files.Open(name); err != nil {
		return nil, err
	}
	st, err := v.opened.Stat()
	if err != nil {
		return nil, err
	}
	again, ok := v.opened.(io.ReaderAt)
	if !ok || !st.Mode().IsRegular() || v.table == "" || v.profile == string(seda.Asalae) {
		v.pkg, rep, err = resip.Read(ctx, v.opened, v.files, v.policy(), resip.Options{})
		return rep, err
	}
	if !v.noPronom { // a line takes less than in the file
		debug.SetMemoryLimit(roomWithEngine + st.Size())
	}
	t, rep, err := resip.ReadTable(ctx, again, st.Size(), v.files, v.policy(), resip.Options{})
	if err != nil {
		return rep, err
	}
	v.parts, v.places.path = t, func(id string) string { return placeIn(t, id) }
	v.census = census{units: t.Lines, bare: t.Bare, empty: t.Empty, files: t.Files, bytes: t.Bytes, latest: t.Latest}
	return rep, nil
}

// census is what is handed over, in numbers.
type census struct {
	units, bare, empty, files int // bare units have no file, empty ones nothing at all
	bytes                     int64
	latest                    time.Time // last change of a file, zero when none is dated
}

func censusOf(p *archive.Package) (c census) {
	for u := range p.Walk() {
		c.units++
		if len(u.Groups) == 0 {
			c.bare++
			if len(u.Children) == 0 {
				c.empty++
			}
		}
	}
	for o := range p.Objects() {
		c.files++
		c.bytes += o.Size
		if o.Modified.After(c.latest) {
			c.latest = o.Modified
		}
	}
	return c
}

// identify finds the formats of the files by the signatures of PRONOM.
func (v *versement) identify(ctx context.Context) error {
	id, err := v.identifier()
	if err != nil || id == nil {
		return err
	}
	v.Step("Les formats des fichiers sont reconnus (PRONOM)")
	rep, err := archive.Identify(ctx, v.pkg, id, v.looking())
	if err != nil {
		return err
	}
	v.progress.clear()
	v.formats(found(v.pkg))
	return v.judge("Ces fichiers ne peuvent pas être versés tels quels :", rep)
}

// identifier knows the signatures of PRONOM; it is nil when they are not asked
// for.
func (v *versement) identifier() (format.Identifier, error) {
	if v.noPronom {
		v.Step("Les formats des fichiers ne sont pas recherchés")
		v.Note("demandé par -no-pronom")
		return nil, nil
	}
	defer func() { v.engine = nil }() // it goes when the formats are known
	return v.engine()
}

// describe settles what only the files can tell: when the message is dated and
// how it is called.
func (v *versement) describe() error {
	v.Step("Le versement est décrit (SEDA %s)", v.version)
	if v.pkg != nil && v.version == seda.V20 { // wants a format of every file, known or not
		for o := range v.pkg.Objects() {
			if o.PUID+o.MediaType+o.FormatName == "" {
				o.MediaType = "application/octet-stream"
			}
		}
	}
	message, latest := v.pkg, v.census.latest
	if v.parts != nil {
		message = v.parts.Message()
	}
	h := &message.Header
	switch {
	case !v.date.IsZero():
		h.Date = v.date
	case !latest.IsZero():
		h.Date = latest.UTC().Truncate(time.Second)
	default:
		h.Date = v.now().UTC().Truncate(time.Second)
	}
	if v.message == "" {
		sum, err := v.fingerprint()
		if err != nil {
			return fmt.Errorf("les fichiers ne peuvent pas être décrits : %w", french(err))
		}
		h.MessageID = "VERSEMENT-" + h.Date.UTC().Format("20060102T150405") + "-" + sum
	}
	v.Done("message %s du %s", h.MessageID, h.Date.Format("02/01/2006 à 15:04:05 MST"))
	if v.date.IsZero() && !latest.IsZero() {
		v.Note("date de la dernière modification d'un fichier (-date pour en donner une autre) : le même dossier donne le même paquet")
	}
	v.Done("service versant %s, service d'archives %s, accord %s", h.TransferringAgency.ID, h.ArchivalAgency.ID, h.Agreement)
	return nil
}

// fingerprint is short, and the same for the same files.
func (v *versement) fingerprint() (string, error) {
	sum := sha256.New()
	put := func(s string) {
		sum.Write(binary.AppendUvarint(nil, uint64(len(s))))
		io.WriteString(sum, s)
	}
	unit := func(u *archive.Unit, depth int) {
		put(strconv.Itoa(depth))
		put(u.Title)
	}
	object := func(o *archive.Object) {
		put(o.Name)
		put(strconv.FormatInt(o.Size, 10) + " " + strconv.FormatInt(o.Modified.UnixNano(), 10))
	}
	if v.parts != nil {
		for u, err := range v.parts.Units() {
			if err != nil {
				return "", err
			}
			unit(u.Unit, u.Depth)
		}
		for g, err := range v.parts.Groups() {
			if err != nil {
				return "", err
			}
			for _, o := range g.Objects {
				object(o)
			}
		}
		return hex.EncodeToString(sum.Sum(nil)[:6]), nil
	}
	for u, depth := range v.pkg.Walk() {
		unit(u, depth)
	}
	for o := range v.pkg.Objects() {
		object(o)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

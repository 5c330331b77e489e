package bagit

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Limits bound what reading a bag may cost. A zero field takes the default.
type Limits struct {
	Files   int   // files, folders and lines of manifests and of fetch.txt; default 2 000 000
	TagFile int64 // bytes of one tag file; default 512 MiB
	Info    int   // descriptions in bag-info.txt; default 10 000
}

func (l Limits) withDefaults() Limits {
	if l.Files <= 0 {
		l.Files = 2_000_000
	}
	if l.TagFile <= 0 {
		l.TagFile = 512 << 20
	}
	if l.Info <= 0 {
		l.Info = 10_000
	}
	return l
}

// Options say how a bag is opened. The zero value uses the default limits and
// hides the values of bag-info.txt in findings.
type Options struct {
	Limits Limits
	Report report.Options
}

// Tag is one description of bag-info.txt. A value that was folded over several
// lines keeps its line breaks, as "\n".
type Tag struct {
	Label, Value string
}

// Manifest is a list of files and their digests.
type Manifest struct {
	Name      string // manifest-sha512.txt
	Algorithm string // as in the name: sha512
	Tag       bool   // it lists tag files (tagmanifest-…)
	Files     int    // well-formed lines
}

// Fetch is a file that was left elsewhere.
type Fetch struct {
	URL  string
	Size int64 // bytes, -1 when it is not said
	Path string
}

// Bag is a bag that was opened: what its tag files say, what its folders hold.
// It is immutable; several goroutines may verify it.
type Bag struct {
	// Version is the version declared ("1.0"), or the nearest reading of it.
	// It is empty when nothing like a version was declared.
	Version  string
	Encoding string // of the tag files, as declared
	Info     []Tag  // bag-info.txt (or package-info.txt), in its order
	Fetch    []Fetch
	// Manifests of the payload and of tag files, by name.
	Manifests []Manifest
	// Files and Bytes count the payload files that are there.
	Files int
	Bytes int64

	src       source
	limits    Limits
	rep       *report.Report
	old       bool // before 1.0
	cs        *charset
	nodes     []node
	index     map[string]int32 // path → node
	forms     map[string]int32 // NFC of the path → node, made when first needed
	manifests []*manifest
	hasData   bool
	broken    bool // the container cannot be read: digests cannot be computed
}

const (
	declarationName = "bagit.txt"
	fetchName       = "fetch.txt"
	payloadFolder   = "data/"
)

// kind says what stands at a path.
type kind uint8

const (
	absent  kind = iota // listed only
	present             // an ordinary file
	folder
	other // a link, a device: never opened
)

// node is one path of the bag: found on the disk, or only listed.
type node struct {
	path    string
	size    int64
	kind    kind
	fetched bool // named by fetch.txt
}

func (n *node) payload() bool { return strings.HasPrefix(n.path, payloadFolder) }

// Open lists the folder and reads its tag files. The error means that the
// folder could not be read, or the context's end; whatever is wrong with the
// bag is reported by [Bag.Verify].
//
// fsys must not be written to while the bag is used. Its links are never
// followed, but an [os.DirFS] cannot promise that a file is not replaced by
// one meanwhile; the FS of an [os.Root] can.
func Open(ctx context.Context, fsys fs.FS, opt Options) (*Bag, error) {
	return open(ctx, folderSource{fsys}, opt)
}

// source is where the files of a bag are.
type source interface {
	// list adds the nodes of the bag. It reports what is wrong with the
	// container, if there is one.
	list(ctx context.Context, b *Bag) error
	// open opens a file that list added.
	open(path string) (io.ReadCloser, error)
	// damaged reports whether an error met while a file was read is a fault of
	// the container, which is a finding, and not of the disk.
	damaged(err error) bool
}

func open(ctx context.Context, src source, opt Options) (*Bag, error) {
	b := &Bag{src: src, limits: opt.Limits.withDefaults(), rep: report.New(opt.Report),
		cs: utf8Charset, index: map[string]int32{}}
	if err := src.list(ctx, b); err != nil {
		return nil, fmt.Errorf("bagit: open: %w", err)
	}
	b.listed()
	for _, step := range []func(context.Context) error{
		b.declaration, b.info, b.readManifests, b.fetch,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("bagit: open: %w", err)
		}
	}
	b.judge()
	return b, nil
}

// folderSource is a bag that lies open in folders.
type folderSource struct{ fsys fs.FS }

func (s folderSource) open(name string) (io.ReadCloser, error) { return s.fsys.Open(name) }
func (s folderSource) damaged(error) bool                      { return false }

// list walks the folders. It reads no file.
func (s folderSource) list(ctx context.Context, b *Bag) error {
	pending := []string{"."}
	for len(pending) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		dir := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		entries, err := fs.ReadDir(s.fsys, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			n := node{path: path.Join(dir, e.Name())}
			switch t := e.Type(); {
			case e.IsDir():
				n.kind = folder
				if utf8.ValidString(n.path) { // else package io/fs cannot open it
					pending = append(pending, n.path)
				}
			case t.IsRegular():
				info, err := e.Info()
				if err != nil {
					return err
				}
				n.kind, n.size = present, info.Size()
			default:
				n.kind = other
			}
			if !b.add(n) {
				return nil
			}
		}
	}
	return nil
}

// listed puts the nodes in the order of their names, so that the same bag gives
// the same report, and counts the payload.
func (b *Bag) listed() {
	slices.SortFunc(b.nodes, func(a, c node) int { return strings.Compare(a.path, c.path) })
	for i := range b.nodes {
		n := &b.nodes[i]
		b.index[n.path] = int32(i)
		b.hasData = b.hasData || n.payload() || n.path == "data" && n.kind == folder
		if n.kind == present && n.payload() {
			b.Files++
			b.Bytes += n.size
		}
	}
}

// add keeps a node; false once there are too many.
func (b *Bag) add(n node) bool {
	if len(b.nodes) >= b.limits.Files {
		b.tooMany()
		return false
	}
	b.index[n.path] = int32(len(b.nodes))
	b.nodes = append(b.nodes, n)
	return true
}

// tooMany says once that there are more files than the limit.
func (b *Bag) tooMany() {
	if !b.rep.Has(report.LimCount) {
		b.rep.Add(report.LimCount, report.Location{}, report.Int("limit", b.limits.Files),
			report.Words("what", "fichiers", "files"))
	}
}

// judge reports what only shows when everything has been read.
func (b *Bag) judge() {
	payload := slices.DeleteFunc(slices.Clone(b.manifests), func(m *manifest) bool { return m.Tag })
	switch {
	case !b.hasData:
		b.rep.Add(RuleNoPayload, report.Location{})
	case b.Files == 0:
		b.rep.Add(RuleEmptyPayload, report.Location{})
	}
	if len(payload) == 0 {
		b.rep.Add(RuleNoManifest, report.Location{})
	}
	b.judgeStrength(payload)
	b.judgePresence(payload)
	b.judgeTagManifests(payload)
	b.judgeNames()
	b.forms = nil // only needed while lists are read
}

// judgeStrength warns when only broken algorithms protect the payload.
func (b *Bag) judgeStrength(payload []*manifest) {
	for _, m := range payload {
		if a := algorithms[m.Algorithm]; a.new != nil && !a.weak {
			return
		}
	}
	for _, m := range payload {
		if algorithms[m.Algorithm].weak {
			b.rep.Add(report.DigWeak, report.Location{Member: m.Name},
				report.P("entry", payloadFolder), report.P("algorithm", m.Algorithm))
		}
	}
}

// judgePresence compares the disk and the lists, both ways.
func (b *Bag) judgePresence(payload []*manifest) {
	whole := len(payload) > 0
	for _, m := range payload {
		whole = whole && m.whole
	}
	for i := range b.nodes {
		n := &b.nodes[i]
		var listed, not []*manifest
		for _, m := range b.manifests {
			switch {
			case m.refs[int32(i)] > 0:
				listed = append(listed, m)
			case !m.Tag && m.whole && n.payload():
				not = append(not, m)
			}
		}
		where := report.Location{Member: container.Show(n.path)}
		entry := report.P("entry", container.Show(n.path))
		switch {
		case n.kind == absent && n.fetched && len(listed) > 0:
			b.rep.Add(RuleFetchHole, listed[0].at(i), entry)
		case n.kind == absent && len(listed) > 0:
			f := report.Finding{Rule: RuleMissing, Severity: RuleMissing.Severity, Where: listed[0].at(i), Params: []report.Param{entry}}
			for _, m := range listed[1:] {
				f.Also = append(f.Also, m.at(i))
			}
			b.rep.Record(f)
		case n.kind == folder && len(listed) > 0:
			b.rep.Add(RuleNotFile, listed[0].at(i), entry, report.Words("kind", "dossier", "folder"))
		case n.kind == other:
			b.rep.Add(RuleNotFile, where, entry, report.Words("kind", "lien ou fichier spécial", "link or special file"))
		case n.kind == present && n.payload() && len(listed) == 0:
			if whole {
				b.rep.Add(RuleExtra, where, entry)
			}
			continue
		}
		if n.kind == folder || n.kind == other || b.old || len(listed) == 0 {
			continue
		}
		for _, m := range not {
			b.rep.Add(RuleUnlisted, report.Location{Member: m.Name}, entry, report.P("manifest", m.Name))
		}
	}
}

// judgeTagManifests checks that tag manifests list every payload manifest.
func (b *Bag) judgeTagManifests(payload []*manifest) {
	for _, t := range b.manifests {
		if !t.Tag || !t.whole {
			continue
		}
		for _, m := range payload {
			if t.refs[b.index[m.Name]] == 0 {
				b.rep.AddAs(b.since10(), RuleTagList, report.Location{Member: t.Name}, report.P("manifest", m.Name))
			}
		}
	}
}

// since10 is the severity of what 1.0 forbids and the drafts let pass.
func (b *Bag) since10() report.Severity {
	if b.old {
		return report.Warning
	}
	return report.Error
}

// judgeNames warns of names that will not survive a journey to another system.
func (b *Bag) judgeNames() {
	folded := make(map[string]int32, len(b.nodes))
	for i := range b.nodes {
		n := &b.nodes[i]
		shown := container.Show(n.path)
		where := report.Location{Member: shown}
		key := container.FoldName(n.path)
		if first, twin := folded[key]; twin {
			b.rep.Add(RuleTwin, where, report.P("entry", container.Show(b.nodes[first].path)), report.P("other", shown))
		} else {
			folded[key] = int32(i)
		}
		if why := awkward(n.path); why != "" {
			severity := report.Warning
			if n.kind == folder && !utf8.ValidString(n.path) {
				severity = report.Error // its files could not be looked at
			}
			b.rep.AddAs(severity, RuleName, where, report.P("entry", shown), container.Why(why))
		}
		if n.payload() && n.kind != folder && systemFile(path.Base(n.path)) {
			b.rep.Add(RuleSystemFile, where, report.P("entry", shown))
		}
	}
}

// awkward names what keeps the path from being stored under Windows or from
// being read as it is written.
func awkward(p string) string {
	_, faults := container.CheckName(p)
	for _, f := range faults {
		if f.Rule == report.CtnName || f.Rule == report.CtnPath {
			return f.Why
		}
	}
	return ""
}

// systemFile reports whether a system makes files of that name by itself.
func systemFile(name string) bool {
	switch strings.ToLower(name) {
	case "thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".spotlight-v100", ".trashes", ".fseventsd", "icon\r":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// unsafe says why a path that a bag lists must not be used, or "". Unlike
// [container.CheckName] it lets pass what is ugly only: RFC 8493 allows any
// character in a name, and [awkward] warns of those.
func unsafe(p string) string {
	switch {
	case p == "":
		return `""`
	case p[0] == '~':
		return "~"
	case p[0] == '%' && strings.IndexByte(p[1:], '%') > 0:
		return "%…%" // a variable of a Windows shell
	case len(p) > container.MaxName:
		return "> 1024"
	case strings.IndexByte(p, 0) >= 0:
		return "U+0000"
	case !utf8.ValidString(p):
		return "UTF-8"
	}
	_, faults := container.CheckName(p)
	for _, f := range faults {
		if f.Rule == report.CtnPath && !strings.HasPrefix(f.Why, "U+") {
			return f.Why
		}
	}
	return ""
}

package sip

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// Kinds of packages.
const (
	kindVitam  = "sip.vitam"
	kindAsalae = "sip.asalae"
)

// Inspector returns the inspector of packages: zip, tar, tar.gz and tar.bz2
// archives and folders that hold a transfer of SEDA. Those whose transfer is
// named manifest.xml, or whose files lie in a folder named content, are of kind
// sip.vitam; those whose files lie beside it, or in an archive beside it, of
// kind sip.asalae.
//
// It takes a package as it comes, and answers more than [Verify]: the message is
// judged by its schema, by a profile (Options.RNG) and by the rules of a platform
// (Options.Profile vitam or asalae, Options.Context), whose answer is foreseen.
// Facts of the summary: messageIdentifier, units, groups, objects, bytes (of the
// files the message names), vitam.code or asalae.code (the answer to expect, absent
// when nothing stands against the transfer), profile.firstLine and
// profile.element (the first departure from the profile).
func Inspector() inspect.Inspector { return inspector{} }

type inspector struct{}

// glance is what Detect inflates of an archive that can only be read from its
// beginning.
const glance = 8 << 20

// Detect looks for a transfer among the entries.
func (inspector) Detect(ctx context.Context, in *inspect.Input) bool {
	rep := &report.Report{}
	if in.Dir != nil {
		h := &dirHolder{fsys: in.Dir, rep: rep, shallow: true}
		kind, _, _ := classify(ctx, h, true)
		return kind != ""
	}
	what := form(in.Head)
	h := newHolder(ctx, what, in.Data, in.Size, rep)
	if h == nil {
		return false
	}
	if t, ok := h.(*tarHolder); ok {
		t.v.opt.Limits.Inflated = glance
	}
	kind, _, files := classify(ctx, h, false)
	switch {
	case kind != "":
		return true
	case what != "zip": // the message may come after more than is looked at
		return rep.Has(report.LimBytes) && slices.ContainsFunc(files, func(f file) bool {
			return strings.HasPrefix(strings.ToLower(f.name), "content/")
		})
	case rep.Has(report.CtnFormat): // cut: only its first entry tells
		return cutPackage(in.Head)
	}
	return len(files) == 0 && rep.Valid()
}

// cutPackage recognises a package by the name of its first entry.
func cutPackage(head []byte) bool {
	if len(head) < 30 {
		return false
	}
	n := int(head[26]) | int(head[27])<<8
	if len(head) < 30+n {
		return false
	}
	name := string(head[30 : 30+n])
	return manifestPattern.MatchString(name) || strings.HasPrefix(strings.ToLower(name), "content/")
}

// manifestLike are the names of what was meant to be the manifest of a Vitam
// package.
var manifestLike = regexp.MustCompile(`(?i)manifest\.xml$`)

// classify tells the kind of a package and the name of its message by what its
// entries hold. Faults of the container are left to the holder's report.
func classify(ctx context.Context, h holder, folder bool) (kind, name string, files []file) {
	_ = h.list(ctx, func(e entry) error {
		files = append(files, file{name: strings.TrimPrefix(e.raw, "./"), raw: e.raw, regular: e.regular, usable: e.regular && !e.locked, locked: e.locked})
		return nil
	})
	kind, name = recognise(ctx, h, files, folder)
	return kind, name, files
}

// mostCandidates bounds the entries whose beginning is looked at.
const mostCandidates = 64

func recognise(ctx context.Context, h holder, files []file, folder bool) (kind, name string) {
	content := false
	var candidates []int
	top1 := onlyFolder(files)
	for i, f := range files {
		top, rest, inFolder := strings.Cut(f.name, "/")
		content = content || inFolder && strings.EqualFold(top, "content")
		lower := strings.ToLower(f.name)
		switch {
		case !f.usable || !strings.HasSuffix(lower, ".xml") || len(candidates) == mostCandidates:
		case !inFolder, !folder && !strings.Contains(rest, "/") && (manifestLike.MatchString(rest) || top1):
			candidates = append(candidates, i)
		}
	}
	rank := func(i int) int {
		switch n := files[i].name; {
		case manifestPattern.MatchString(n):
			return 0
		case !manifestLike.MatchString(n):
			return 3
		case strings.Contains(n, "/"):
			return 2
		}
		return 1
	}
	slices.SortStableFunc(candidates, func(a, b int) int { return rank(a) - rank(b) })
	roots := sniff(ctx, h, candidates)
	transfers := 0
	for _, i := range candidates {
		if roots[i] == transferRoot {
			transfers++
		}
	}
	for _, i := range candidates {
		n := files[i].name
		switch named := rank(i) < 3; {
		case roots[i] != transferRoot && !(rank(i) == 0 && content):
		case named || content:
			return kindVitam, n
		case !folder && !strings.Contains(n, "/") || transfers == 1 && len(files) > 1:
			return kindAsalae, n
		}
	}
	for _, f := range files { // one whose message nobody can read has its layout still
		if f.locked && content && manifestPattern.MatchString(f.name) {
			return kindVitam, f.name
		}
	}
	return "", ""
}

// onlyFolder reports whether all the files lie in one folder.
func onlyFolder(files []file) bool {
	top := ""
	for _, f := range files {
		folder, _, in := strings.Cut(f.name, "/")
		if !f.regular {
			continue
		}
		if !in || top != "" && folder != top {
			return false
		}
		top = folder
	}
	return top != "" && !strings.EqualFold(top, "content")
}

const transferRoot = "ArchiveTransfer"

// sniff returns the roots of the entries.
func sniff(ctx context.Context, h holder, candidates []int) map[int]string {
	roots := map[int]string{}
	if len(candidates) == 0 {
		return roots
	}
	var mu sync.Mutex
	_ = h.each(ctx, func(i int) bool { return slices.Contains(candidates, i) }, func(i int, r io.Reader) error {
		head := make([]byte, 16<<10)
		n, _ := io.ReadFull(r, head)
		root, _ := preflight.Root(head[:n])
		mu.Lock()
		defer mu.Unlock()
		if roots[i] = root; len(roots) == len(candidates) {
			return errEnough
		}
		return nil
	})
	return roots
}

// Inspect holds the package against its message, and judges the message.
func (inspector) Inspect(ctx context.Context, in *inspect.Input, opt inspect.Options) (*inspect.Result, error) {
	rep := opt.Report()
	x := &inspection{ctx: ctx, judge: preflight.NewJudge(opt, rep), manifest: -1}
	out := &inspect.Result{File: in.Name, Report: rep}
	if in.Dir != nil {
		x.holder = &dirHolder{fsys: in.Dir, rep: rep}
	} else if x.holder = newHolder(ctx, form(in.Head), in.Data, in.Size, rep); x.holder == nil {
		x.judge.Tell(faultContainer, report.Location{}, report.P("format", "zip, tar"),
			report.Words("detail", "ses premiers octets sont ceux d'autre chose", "its first bytes are those of something else"))
	}
	var err error
	if x.holder != nil {
		err = x.run(in, opt, &out.Summary)
	}
	if x.close != nil {
		err = errors.Join(err, x.close.Close())
	}
	if err != nil {
		return nil, err
	}
	out.Kind = x.kind
	switch asked := x.judge.Target != seda.Standard; {
	case x.kind != "":
	case x.cut && asked: // it holds more than could be seen
		out.Kind = kindVitam
	default: // what it is nobody knows; what a platform answers to it is known
		out.Kind, out.Unread = "unknown", !asked
	}
	x.judge.Conclude()
	if s := x.survey; s != nil {
		out.Version = string(s.Version)
		s.Facts(&out.Summary)
		out.Summary.Set("bytes", int(x.bytes))
	}
	x.judge.Facts(&out.Summary)
	return out, nil
}

// run examines the package; what ends it early is in the report.
func (x *inspection) run(in *inspect.Input, opt inspect.Options, sum *inspect.Summary) error {
	err := x.holder.list(x.ctx, x.add)
	stopped := errors.Is(err, errStop)
	if err != nil && !stopped {
		return err
	}
	x.kind, x.name = recognise(x.ctx, x.holder, x.files, in.Dir != nil)
	if x.kind == "" && x.judge.Target == seda.Vitam { // which goes by the name
		for _, f := range x.files {
			if f.usable && manifestPattern.MatchString(f.raw) {
				x.kind, x.name = kindVitam, f.name
				break
			}
		}
	}
	if x.kind == "" && stopped {
		x.cut = true
		return nil
	}
	if x.kind == "" {
		x.judge.Tell(faultManifest, report.Location{})
		return nil
	}
	x.layout()
	if err := x.message(opt, sum); err != nil && !errors.Is(err, errStop) {
		return err
	}
	if x.kind == kindAsalae && !stopped {
		if stopped, err = x.attachments(in, opt); err != nil {
			return err
		}
	}
	if stopped { // nothing can be said of what is missing
		return nil
	}
	if err := x.compare(); err != nil && !errors.Is(err, errStop) {
		return err
	}
	return nil
}

// attachments looks, beside the message, for the one archive that holds its
// files; broken says that it cannot be read to its end. An archive the message
// names is a file of its own.
func (x *inspection) attachments(in *inspect.Input, opt inspect.Options) (broken bool, err error) {
	archive := -1
	for i, f := range x.files {
		switch {
		case i == x.manifest || !f.regular:
		case archive >= 0 || !f.usable:
			return false, nil // several files: they are the objects
		default:
			archive = i
		}
	}
	if archive < 0 || x.survey == nil {
		return false, nil
	}
	for i := range x.survey.Len() {
		if o, ok := x.survey.Object(i); ok && o.URI != "" {
			if n, ok := x.find(o.URI); ok && int(n) == archive {
				return false, nil
			}
		}
	}
	var data io.ReaderAt
	var size int64
	if in.Dir != nil {
		data, size, err = x.beside(in.Dir, x.files[archive].name)
	} else {
		data, size, err = x.within(archive, in.Size, opt)
	}
	if err != nil || data == nil {
		if errors.Is(err, errStop) {
			return true, nil
		}
		return false, err
	}
	head := make([]byte, 512)
	n, err := data.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return false, err
	}
	inner := newHolder(x.ctx, form(head[:n]), data, size, x.judge.Report)
	if inner == nil {
		return false, nil
	}
	x.holder, x.member = inner, x.files[archive].name
	x.files, x.index, x.folded, x.octets, x.manifest = nil, nil, nil, nil, -1
	if err := inner.list(x.ctx, x.add); err != nil {
		if !errors.Is(err, errStop) {
			return false, err
		}
		return true, nil
	}
	x.base = x.common()
	return false, nil
}

// beside opens a file of a folder, when that can be read at any place.
func (x *inspection) beside(dir fs.FS, name string) (io.ReaderAt, int64, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, 0, err
	}
	x.close = f
	st, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, ok := f.(io.ReaderAt)
	if !ok {
		return nil, 0, nil
	}
	return data, st.Size(), nil
}

// mostInMemory bounds an archive in an archive for which no room was given;
// with room it may take this and four times what the outer one takes.
const mostInMemory = 32 << 20

// within copies an entry of an archive to where it can be read at any place,
// if it is an archive too and there is room.
func (x *inspection) within(entry int, size int64, opt inspect.Options) (io.ReaderAt, int64, error) {
	var data io.ReaderAt
	var n int64
	var own error // of the room, not of the archive
	err := x.holder.each(x.ctx, func(i int) bool { return i == entry }, func(_ int, r io.Reader) error {
		in := bufio.NewReader(r)
		head, err := in.Peek(512)
		if err != nil && err != io.EOF {
			return err
		}
		if form(head) == "" {
			return nil
		}
		if opt.Spool == nil {
			b, err := io.ReadAll(io.LimitReader(in, mostInMemory+1))
			if err == nil && len(b) <= mostInMemory {
				data, n = bytes.NewReader(b), int64(len(b))
			}
			return err
		}
		room, err := opt.Spool()
		if own = err; err != nil {
			return errEnough
		}
		x.close = room
		to, most := &pen{w: room}, mostInMemory+4*size
		n, err = io.Copy(to, io.LimitReader(in, most+1))
		if own = to.err; own != nil {
			return errEnough
		}
		if err == nil && n <= most {
			data = room
		}
		return err
	})
	if err == errEnough {
		err = own
	}
	return data, n, err
}

// pen remembers why it could not write.
type pen struct {
	w   io.Writer
	err error
}

func (p *pen) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	if err != nil {
		p.err = err
	}
	return n, err
}

// noHolder holds nothing.
type noHolder struct{}

func (noHolder) list(context.Context, func(entry) error) error { return nil }

func (noHolder) each(context.Context, func(int) bool, func(int, io.Reader) error) error { return nil }

package sip

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// file is an entry that may hold the content of an object.
type file struct {
	name, raw string // safe to show, unless it leads out of the package; as written
	regular   bool
	usable    bool  // a regular file whose content can be read
	locked    bool  // encrypted
	object    int32 // first object that names it, +1
}

// inspection holds a package against its manifest, whatever it lies in.
type inspection struct {
	ctx    context.Context
	judge  *preflight.Judge
	holder holder
	kind   string
	cut    bool   // nothing could be told of it before it broke off
	member string // of what holds the files, when that lies in something else
	// letter holds the message, when that is not among the files.
	letter holder
	close  io.Closer // of the file that holds the files

	files    []file
	index    map[string]int32 // by name; the last of several
	folded   map[uint64]struct{}
	octets   map[int]string // by number: names that are not UTF-8, as they lie there
	seed     maphash.Seed
	dotSlash bool
	base     string // folder the files lie in, with its slash
	manifest int    // -1 when there is none
	name     string // of the message
	survey   *preflight.Survey
	next     []int32 // by object: the next one that names the same file, +1
	bytes    int64
}

func (x *inspection) where(name string) report.Location {
	l := report.Location{Member: container.Show(name)}
	if x.member != "" {
		l = l.In(x.member)
	}
	return l
}

// add judges an entry by its name and keeps it.
func (x *inspection) add(e entry) error {
	r := x.judge.Report
	clean, faults := container.CheckName(e.raw)
	where, shown := x.where(clean), report.P("entry", container.Show(e.raw))
	unsafe := false
	for _, f := range faults {
		switch f.Rule {
		case report.CtnDotSlash:
			if !x.dotSlash {
				x.dotSlash = true
				r.Add(f.Rule, report.Location{})
			}
		default:
			unsafe = unsafe || f.Rule == report.CtnPath
			r.Add(f.Rule, where, shown, container.Why(f.Why))
		}
	}
	if e.paged {
		r.Add(RuleNameCode, where, shown)
	}
	f := file{name: clean, raw: e.raw, regular: e.regular, usable: e.regular && !e.locked, locked: e.locked}
	if unsafe { // its content is read, nothing is ever written under its name
		f.name = e.raw
	}
	number := int32(len(x.files))
	x.files = append(x.files, f)
	if e.kind.Name != "" {
		r.Add(report.CtnLink, where, shown, e.kind)
	}
	if e.locked {
		r.Add(report.CtnEncrypted, where, shown)
	}
	if !e.regular {
		return nil
	}
	if x.index == nil {
		x.index, x.folded, x.seed = map[string]int32{}, map[uint64]struct{}{}, maphash.MakeSeed()
	}
	fold := maphash.String(x.seed, container.FoldName(f.name))
	_, twin := x.folded[fold]
	_, twice := x.index[f.name]
	switch {
	case twice:
		r.Add(report.CtnDup, where, shown)
	case twin: // the same file on some systems only
		r.AddAs(report.Warning, report.CtnDup, where, shown)
	}
	x.folded[fold], x.index[f.name] = struct{}{}, number
	if e.octets != "" {
		if x.octets == nil {
			x.octets = map[int]string{}
		}
		x.octets[int(number)] = e.octets
	}
	return nil
}

// layout judges where the files are.
func (x *inspection) layout() {
	x.manifest = -1
	if n, ok := x.index[x.name]; ok && x.letter == nil {
		x.manifest = int(n)
		x.base = x.name[:strings.LastIndexByte(x.name, '/')+1]
	}
	if x.kind != kindVitam {
		if x.letter != nil || x.base == "" {
			x.base = x.common()
		}
		return
	}
	if x.name == "" {
		x.judge.Tell(faultManifest, report.Location{})
	} else if !manifestPattern.MatchString(x.files[x.manifest].raw) { // "./" is a folder too
		x.judge.Tell(faultName, x.where(x.name), report.P("entry", container.Show(x.name)))
	}
	for i := range x.files {
		f := &x.files[i]
		if !f.regular {
			continue
		}
		where, entry := x.where(f.name), report.P("entry", container.Show(f.name))
		for part := range strings.SplitSeq(f.raw, "/") {
			if !partPattern.MatchString(part) {
				x.judge.Tell(faultEntryName, where, entry)
				break
			}
		}
		if i == x.manifest || x.base != "" {
			continue
		}
		folder, _, inFolder := strings.Cut(f.name, "/")
		switch {
		case !inFolder:
			x.judge.Tell(faultRootFile, where, entry)
		case !strings.EqualFold(folder, "content"):
			x.judge.Tell(faultFolder, where, entry)
		}
	}
}

// common returns the one folder all the files lie in, "" when there are
// several: attachments for as@lae are sometimes put in one.
func (x *inspection) common() string {
	top := ""
	for i, f := range x.files {
		if !f.regular || i == x.manifest {
			continue
		}
		folder, _, in := strings.Cut(f.name, "/")
		if !in || top != "" && folder+"/" != top {
			return ""
		}
		top = folder + "/"
	}
	return top
}

// message reads the manifest, and once more for each of the schemas and the
// profile it is to follow.
func (x *inspection) message(opt inspect.Options, sum *inspect.Summary) error {
	err := x.read(func(r io.Reader) (err error) {
		x.survey, err = preflight.Examine(x.ctx, r, container.Show(x.name), x.judge)
		return err
	})
	if err == nil && opt.Schemas != nil && x.survey != nil {
		err = x.read(func(r io.Reader) error {
			return x.judge.FollowSchemas(x.ctx, r, container.Show(x.name), opt)
		})
	}
	if err == nil && opt.RNG != nil && x.survey != nil {
		err = x.read(func(r io.Reader) error {
			return x.judge.FollowProfile(x.ctx, r, container.Show(x.name), opt, sum)
		})
	}
	return err
}

// read gives the manifest to the function, and reads what it leaves: the
// checksum is checked at the end.
func (x *inspection) read(take func(r io.Reader) error) error {
	h, want := x.holder, func(i int) bool { return i == x.manifest }
	if x.letter != nil {
		h = x.letter
	} else if x.manifest < 0 || x.files[x.manifest].locked {
		return nil
	}
	var own error
	err := h.each(x.ctx, want, func(_ int, r io.Reader) error {
		var invalid *report.InvalidError
		err := take(r)
		if errors.As(err, &invalid) { // a profile that is no use, not a broken entry
			own = err
			return errEnough
		}
		if err != nil {
			return err
		}
		if _, err = io.Copy(io.Discard, r); err != nil {
			return err
		}
		return errEnough
	})
	if err == errEnough {
		return own
	}
	return err
}

// find returns the entry a Uri names.
func (x *inspection) find(uri string) (int32, bool) {
	if x.judge.Target != seda.Vitam { // that takes it to the letter
		for strings.HasPrefix(uri, "./") {
			uri = uri[2:]
		}
	}
	n, ok := x.index[uri]
	if !ok && x.base != "" {
		n, ok = x.index[x.base+uri]
	}
	return n, ok && int(n) != x.manifest
}

// compare holds the files against what the manifest says of them.
func (x *inspection) compare() error {
	s := x.survey
	if s == nil {
		return nil
	}
	x.next = make([]int32, s.Len())
	var missing []int
	found, lost := 0, map[string]bool{} // places where there is a file, where there is none
	for i := range s.Len() {
		o, ok := s.Object(i)
		if !ok || o.URI == "" {
			continue
		}
		n, ok := x.find(o.URI)
		if !ok {
			if !s.Inline(i) {
				missing = append(missing, i)
			}
			lost[o.URI] = true
			continue
		}
		f := &x.files[n]
		if f.object == 0 {
			found++
		}
		x.next[i], f.object = f.object, int32(i)+1
	}
	var undeclared []int
	inFolders := 0
	for i, f := range x.files {
		if !f.regular || i == x.manifest || x.index[f.name] != int32(i) {
			continue
		}
		if strings.Contains(f.name, "/") {
			inFolders++
		}
		if f.object == 0 && s.Whole { // else it may be announced further on
			undeclared = append(undeclared, i)
		}
	}
	number := vitamURI
	switch declared := found + len(lost); {
	case declared > inFolders:
		number = vitamSuperior
	case declared < inFolders:
		number = vitamInferior
	}
	absent, extra := *faultMissing, *faultUndeclared
	absent.Vitam, extra.Vitam = number, number
	for _, i := range missing {
		o, _ := s.Object(i)
		x.judge.Tell(&absent, o.Where, report.P("entry", container.Show(o.URI)))
	}
	x.spelled(missing, undeclared)
	for _, i := range undeclared {
		name := x.files[i].name
		fault := &extra
		if !strings.Contains(name, "/") && x.kind == kindVitam && x.judge.Target == seda.Vitam {
			continue // told as a file at the root
		}
		x.judge.Tell(fault, x.where(name), report.P("entry", container.Show(name)))
	}
	return x.digests()
}

// digests reads each file once and compares it with every object that names it.
func (x *inspection) digests() error {
	seen := make([]seenObject, x.survey.Len())
	var pool sync.Pool // *reading
	err := x.holder.each(x.ctx, func(i int) bool { return x.files[i].object > 0 && x.files[i].usable }, func(i int, r io.Reader) error {
		g, _ := pool.Get().(*reading)
		if g == nil {
			g = &reading{buf: make([]byte, bufferSize)}
		}
		defer pool.Put(g)
		g.sums = g.sums[:0]
		for n := x.files[i].object; n > 0; n = x.next[n-1] {
			if o, _ := x.survey.Object(int(n - 1)); o.Digest != "" {
				g.ask(o.Algorithm)
			}
		}
		size, err := g.read(r)
		if err != nil {
			return err
		}
		for n := x.files[i].object; n > 0; n = x.next[n-1] {
			o, _ := x.survey.Object(int(n - 1))
			seen[n-1] = seenObject{read: true, size: size, verdict: g.judge(o)}
		}
		return nil
	})
	if _, beside := x.holder.(*zipHolder); beside && err != nil {
		return err // which files were read before depends on who was first
	}
	for i, l := range seen {
		if l.read {
			o, _ := x.survey.Object(i)
			x.object(o, l)
		}
	}
	return err
}

// seenObject is what was seen of the file of an object.
type seenObject struct {
	size    int64
	read    bool
	verdict verdict
}

// reading computes the digests a file is asked for.
type reading struct {
	buf  []byte
	sums []sum
	kept map[ged.Algorithm]hash.Hash
}

type sum struct {
	algorithm ged.Algorithm
	hash      hash.Hash
	value     []byte
}

func (g *reading) ask(algorithm string) {
	a, ok := ged.ParseAlgorithm(algorithm)
	if !ok || slices.ContainsFunc(g.sums, func(s sum) bool { return s.algorithm == a }) {
		return
	}
	h := g.kept[a]
	if h == nil {
		if g.kept == nil {
			g.kept = map[ged.Algorithm]hash.Hash{}
		}
		h = hashes[string(a)]()
		g.kept[a] = h
	}
	h.Reset()
	g.sums = append(g.sums, sum{algorithm: a, hash: h})
}

func (g *reading) read(r io.Reader) (size int64, err error) {
	for {
		n, err := r.Read(g.buf)
		size += int64(n)
		for _, s := range g.sums {
			s.hash.Write(g.buf[:n])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return size, err
		}
	}
	for k := range g.sums {
		g.sums[k].value = g.sums[k].hash.Sum(nil)
	}
	return size, nil
}

// judge compares the digest an object declares: to the letter, in any form, or
// not at all when its algorithm is unknown.
func (g *reading) judge(o preflight.Declared) verdict {
	a, ok := ged.ParseAlgorithm(o.Algorithm)
	k := slices.IndexFunc(g.sums, func(s sum) bool { return s.algorithm == a })
	switch {
	case !ok || k < 0 || o.Digest == "":
		return notAsked
	case o.Digest == hex.EncodeToString(g.sums[k].value):
		return agrees
	case sameDigest(o.Digest, g.sums[k].value):
		return otherCase
	}
	return differs
}

func (x *inspection) object(o preflight.Declared, l seenObject) {
	x.bytes += l.size
	entry := report.P("entry", container.Show(o.URI))
	if o.Size >= 0 && o.Size != l.size {
		x.judge.Tell(faultSize, o.Where, entry, report.Int("want", o.Size), report.Int("got", l.size))
	}
	a, _ := ged.ParseAlgorithm(o.Algorithm)
	if l.verdict != notAsked && a.Weak() {
		x.judge.Report.Add(report.DigWeak, o.Where, entry, report.P("algorithm", string(a)))
	}
	switch l.verdict {
	case otherCase:
		x.judge.Tell(faultDigestCase, o.Where, entry)
	case differs:
		x.judge.Tell(faultDigest, o.Where, entry, report.P("algorithm", string(a)))
	}
}

// sameDigest reads hexadecimal of either case, or base64.
func sameDigest(text string, value []byte) bool {
	if d, err := hex.DecodeString(text); err == nil && bytes.Equal(d, value) {
		return true
	}
	d, err := base64.StdEncoding.DecodeString(text)
	return err == nil && bytes.Equal(d, value)
}

package xsd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/schema"
)

// Options of a compilation. The zero value has the default limits.
type Options struct {
	// Documents bounds the documents of a set, default 512; Bytes what is read
	// of them together, default 16 MiB; Nodes the elements in them without
	// annotations, default 200,000.
	Documents int
	Bytes     int64
	Nodes     int
	// Work bounds the steps of translating, default 3 million.
	Work int
	// Limits are those of the compiled grammar.
	Limits schema.Limits
}

func (o Options) withDefaults() Options {
	limit.Default(&o.Documents, 512)
	limit.Default(&o.Bytes, 16<<20)
	limit.Default(&o.Nodes, 200_000)
	limit.Default(&o.Work, 3_000_000)
	return o
}

const (
	tooLargeFR = "le jeu de schémas est trop grand"
	tooLargeEN = "the set of schemas is too large"
)

// fault is an error of the set: its author must mend it.
type fault struct {
	at     place
	also   place
	fr, en string
}

func (f *fault) Error() string { return f.en }

// refused is a document that is not acceptable XML.
type refused struct{ finding report.Finding }

// unresolved is a reference to what was not given.
type unresolved struct {
	at              place
	space, location string
}

// failure is an error that is not the set's fault.
type failure struct{ err error }

// Compile reads the documents named, as one schema with all they include and
// import. A set that is not acceptable gives a report with a finding that is
// also the error (a [*report.InvalidError]); any other error means that it
// could not be judged. The report of an acceptable set may hold notes.
func Compile(ctx context.Context, fsys fs.FS, entries []string, opt Options) (g *schema.Grammar, rep *report.Report, err error) {
	opt = opt.withDefaults()
	rep = report.New(report.Options{})
	l := newLoader(ctx, fsys, opt, rep, schema.NewBuilder(opt.Limits))
	first := place{}
	if len(entries) > 0 {
		first.file = entries[0]
	}
	defer func() {
		switch x := recover().(type) {
		case nil:
			return
		case *fault:
			f := report.Finding{Rule: report.XSDCompile, Severity: report.Error, Where: x.at.location(), Params: []report.Param{report.Words("detail", x.fr, x.en)}}
			if x.also.file != "" {
				f.Also = []report.Location{x.also.location()}
			}
			rep.Record(f)
		case *unresolved:
			what := report.P("namespace", x.space)
			if x.space == "" { // an include of what has no target namespace
				what = report.Words("namespace", "un autre schéma", "another schema")
			}
			rep.Add(report.XSDResolve, x.at.location(), what, report.P("location", x.location))
		case *refused:
			rep.Record(x.finding)
		case *failure:
			g, err = nil, x.err
			return
		default:
			panic(x)
		}
		g, err = nil, rep.Err()
	}()
	tooLarge := func() { panic(&fault{at: first, fr: tooLargeFR, en: tooLargeEN}) }
	if l.b.Catch(func() {
		l.load(entries)
		l.translate()
	}) != nil {
		tooLarge()
	}
	g, err = l.b.Build(ctx)
	if errors.Is(err, schema.ErrLimit) {
		tooLarge()
	}
	return g, rep, err
}

// loader reads a set and translates it.
type loader struct {
	ctx context.Context
	fs  fs.FS
	opt Options
	rep *report.Report
	b   *schema.Builder

	bytes  int64
	around int64 // read while looking for documents
	nodes  int
	work   int
	uses   int // attribute uses held by types

	known   map[string]*document // by file: the first reading
	loaded  map[docKey]bool
	docs    []*document
	queue   []*document
	missing map[string]*node // imports that led nowhere, by namespace
	noted   map[string]bool
	index   []*document // heads of all documents of the file system
	indexed bool

	comps [kinds]map[schema.QName]*component
	set   translation
}

func newLoader(ctx context.Context, fsys fs.FS, opt Options, rep *report.Report, b *schema.Builder) *loader {
	l := &loader{ctx: ctx, fs: fsys, opt: opt, rep: rep, b: b, known: map[string]*document{},
		loaded: map[docKey]bool{}, missing: map[string]*node{}, noted: map[string]bool{}}
	for i := range l.comps {
		l.comps[i] = map[schema.QName]*component{}
	}
	return l
}

type docKey struct{ file, target string }

func (l *loader) fail(n *node, fr, en string) { panic(&fault{at: n.at(), fr: fr, en: en}) }

// note records a defect that is tolerated, once.
func (l *loader) note(n *node, fr, en string) {
	key := n.place() + en
	if !l.noted[key] && len(l.noted) < 1000 {
		l.noted[key] = true
		l.rep.Add(report.XSDCompileNote, n.at().location(), report.Words("detail", fr, en))
	}
}

// spend counts steps; too many end the compilation.
func (l *loader) spend(n *node, steps int) {
	before := l.work
	if l.work += steps; l.work+l.b.Work() > l.opt.Work {
		l.fail(n, "le jeu de schémas demande trop de calcul", "the set of schemas takes too much work")
	}
	if before>>14 != l.work>>14 && l.ctx.Err() != nil {
		panic(&failure{fmt.Errorf("xsd: %w", context.Cause(l.ctx))})
	}
}

// load reads the entries and all they lead to.
func (l *loader) load(entries []string) {
	for _, e := range entries {
		name := path.Clean(e)
		doc := l.parseOnce(name, nil)
		if doc == nil {
			panic(&unresolved{place{file: name}, "XML Schema", e})
		}
		l.take(doc, doc.target)
	}
	for len(l.queue) > 0 {
		doc := l.queue[0]
		l.queue = l.queue[1:]
		for _, k := range doc.root.kids {
			switch k.name {
			case "include":
				l.include(k)
			case "redefine":
				if len(k.kids) > 0 {
					l.note(k, "xs:redefine est lu comme xs:include, les redéfinitions ne sont pas prises en compte",
						"xs:redefine is read as xs:include, the redefinitions are not taken into account")
				}
				l.include(k)
			case "import":
				l.imports(k)
			}
		}
		l.collect(doc)
	}
}

func (l *loader) parseOnce(file string, from *node) *document {
	if d, ok := l.known[file]; ok {
		return d
	}
	d := l.parse(file, from, false)
	l.known[file] = d
	return d
}

// take adds a document to the set, in the namespace.
func (l *loader) take(doc *document, target string) {
	key := docKey{doc.file, target}
	if l.loaded[key] {
		return
	}
	l.loaded[key] = true
	if len(l.docs) >= l.opt.Documents {
		panic(&fault{at: doc.root.at(), fr: "trop de documents", en: "too many documents"})
	}
	if doc.target != target { // a chameleon of several colours: its nodes know one
		if doc = l.parse(doc.file, nil, false); doc == nil {
			return
		}
		doc.target = target
	}
	l.docs = append(l.docs, doc)
	l.queue = append(l.queue, doc)
	if len(l.docs) == 1 {
		l.b.Prefix(doc.target, "")
	}
	if doc.root.scope != nil {
		for _, d := range doc.root.scope.Declared {
			if d.Prefix != "" {
				l.b.Prefix(d.URI, d.Prefix)
			}
		}
	}
}

// local turns a location into a path of the file system, "" if it is none.
func local(n *node, location string) string {
	location = strings.ReplaceAll(strings.TrimPrefix(location, "file:"), `\`, "/")
	if location == "" || strings.Contains(location, ":") || strings.HasPrefix(location, "/") {
		return ""
	}
	name := path.Join(path.Dir(n.doc.file), location)
	if !fs.ValidPath(name) || name == "." {
		return ""
	}
	return name
}

func (l *loader) include(n *node) {
	location := n.get("schemaLocation")
	var doc *document
	if name := local(n, location); name != "" {
		doc = l.parseOnce(name, n)
	}
	if doc == nil {
		panic(&unresolved{n.at(), n.doc.target, location})
	}
	switch {
	case !doc.own, doc.target == n.doc.target:
		l.take(doc, n.doc.target)
	default:
		l.fail(n, "le document inclus est d'un autre espace de noms : "+doc.target, "the included document is of another namespace: "+doc.target)
	}
}

func (l *loader) imports(n *node) {
	space, location := n.get("namespace"), n.get("schemaLocation")
	if location != "" {
		if name := local(n, location); name != "" {
			if doc := l.parseOnce(name, n); doc != nil {
				if doc.target != space {
					l.fail(n, "le document importé est d'un autre espace de noms : "+doc.target, "the imported document is of another namespace: "+doc.target)
				}
				l.take(doc, space)
				return
			}
		}
	}
	for _, d := range l.docs { // given already
		if d.target == space {
			return
		}
	}
	if doc := l.bySpace(n, space, location); doc != nil {
		l.take(doc, space)
		return
	}
	if l.builtin(space) {
		return
	}
	if l.missing[space] == nil {
		l.missing[space] = n
	}
}

// builtin takes the components this package has of a namespace into the set.
func (l *loader) builtin(space string) bool {
	make1, ok := builtins[space]
	if !ok {
		return false
	}
	key := docKey{"", space}
	if !l.loaded[key] {
		l.loaded[key] = true
		doc := make1()
		l.docs = append(l.docs, doc)
		l.queue = append(l.queue, doc)
	}
	return true
}

const maxIndexed = 4096

// heads reads the beginnings of all documents of the file system, once.
func (l *loader) heads() []*document {
	if l.indexed {
		return l.index
	}
	l.indexed = true
	n := 0
	_ = fs.WalkDir(l.fs, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(strings.ToLower(name), ".xsd") {
			return nil
		}
		if n++; n > maxIndexed {
			return fs.SkipAll
		}
		if doc := l.head(name); doc != nil {
			l.index = append(l.index, doc)
		}
		return nil
	})
	return l.index
}

// head reads the beginning of a document; nil if it cannot be read, for nobody
// has asked for it yet.
func (l *loader) head(name string) (doc *document) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *refused:
		case *fault:
			if x.en == tooLargeEN {
				panic(x)
			}
		default:
			panic(x)
		}
	}()
	return l.parse(name, nil, true)
}

// bySpace finds a document by its target namespace: best the one whose file
// name is most like the one wanted, among equals the nearest that no other
// includes.
func (l *loader) bySpace(n *node, space, location string) *document {
	if space == "" {
		return nil
	}
	var all []*document
	included := map[string]bool{}
	for _, d := range l.heads() {
		if d.target != space {
			continue
		}
		all = append(all, d)
		for _, k := range d.root.kids {
			if k.name != "import" {
				included[local(k, k.get("schemaLocation"))] = true
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	base := path.Base(strings.ReplaceAll(location, `\`, "/"))
	rank := func(d *document) int {
		r := -8 * common(path.Base(d.file), base)
		if included[d.file] {
			r += 2
		}
		if path.Dir(d.file) != path.Dir(n.doc.file) {
			r++
		}
		return r
	}
	best := slices.MinFunc(all, func(a, b *document) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.file, b.file)
	})
	if len(all) > 1 && path.Base(best.file) != base {
		l.note(n, "plusieurs documents sont de l'espace de noms "+space+" ; retenu : "+best.file,
			"several documents are of namespace "+space+"; taken: "+best.file)
	}
	return l.parseOnce(best.file, n)
}

// common returns the length of the longest part two names share: files keep the
// core of their names when they move ("XAdES01903v132-201601.xsd").
func common(a, b string) (best int) {
	a, b = a[:min(len(a), 256)], b[:min(len(b), 256)]
	before := make([]int, len(b)+1)
	for i := range len(a) {
		now := make([]int, len(b)+1)
		for j := range len(b) {
			if a[i] == b[j] {
				now[j+1] = before[j] + 1
				best = max(best, now[j+1])
			}
		}
		before = now
	}
	return best
}

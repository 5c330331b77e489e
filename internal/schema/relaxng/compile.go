package relaxng

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/limit"
	"github.com/liasse/liasse/internal/schema"
)

// Options of a compilation. The zero value compiles the newest version within
// the default limits.
type Options struct {
	// Version chooses among the particles annotated v:from and v:until, numbers
	// separated by dots; "" is newer than any.
	Version string
	// Namespace is the default namespace a file inherits that declares none, or
	// says "inherit": it lets one grammar serve versions that differ in namespace.
	Namespace string
	// Documents bounds the files read, default 512; Bytes their size together,
	// default 4 MiB; Nodes the patterns written in them, default 100,000.
	Documents int
	Bytes     int64
	Nodes     int
	// Work bounds the steps of translating, default 3 million.
	Work int
	// Limits are those of the compiled grammar.
	Limits schema.Limits
}

const (
	maxNesting  = 256
	maxIncludes = 32 // files including one another
	maxBranches = 64 // of attributes tied to content
	patternWork = 20_000
)

// Compile reads the grammar in the named file of fsys and what it includes. A
// grammar that is not acceptable gives a report with an XSD-COMPILE or
// XSD-RESOLVE finding, which is also the error (a [*report.InvalidError]); any
// other error means that it could not be judged. The report of a grammar that
// is acceptable may hold notes.
func Compile(ctx context.Context, fsys fs.FS, name string, opt Options) (g *schema.Grammar, rep *report.Report, err error) {
	rep = report.New(report.Options{})
	var l *loader
	if err = guarded(ctx, fsys, name, opt, rep, func(x *loader) {
		l = x
		top := l.load(name, opt.Namespace, place{file: name}, 0)
		l.grammar(top)
	}); err != nil {
		return nil, rep, err
	}
	g, err = l.b.Build(ctx)
	if errors.Is(err, schema.ErrLimit) {
		err = guarded(ctx, fsys, name, opt, rep, func(*loader) { panic(tooLarge(name)) })
	}
	return g, rep, err
}

func tooLarge(name string) *fault {
	return &fault{place{file: name}, "la grammaire est trop grande", "the grammar is too large"}
}

// guarded runs f with a loader, and turns what it found wrong with the grammar
// into a finding, which is the error.
func guarded(ctx context.Context, fsys fs.FS, name string, opt Options, rep *report.Report, f func(*loader)) (err error) {
	limit.Default(&opt.Documents, 512)
	limit.Default(&opt.Bytes, 4<<20)
	limit.Default(&opt.Nodes, 100_000)
	limit.Default(&opt.Work, 3_000_000)
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *fault:
			where := report.Location{Member: x.at.file, Line: x.at.line, Column: x.at.col}
			rep.Add(report.XSDCompile, where, report.Words("detail", x.fr, x.en))
			err = rep.Err()
		case *unresolved:
			rep.Add(report.XSDResolve, report.Location{Member: x.at.file, Line: x.at.line, Column: x.at.col},
				report.P("namespace", "RELAX NG"), report.P("location", x.href))
			err = rep.Err()
		case *refused:
			rep.Record(x.finding)
			err = rep.Err()
		case *failure:
			err = x.err
		default:
			panic(x)
		}
	}()
	l := &loader{ctx: ctx, fs: fsys, opt: opt, rep: rep, b: schema.NewBuilder(opt.Limits)}
	if l.b.Catch(func() { f(l) }) != nil {
		panic(tooLarge(name))
	}
	return nil
}

// unresolved is a reference to a file that is not there.
type unresolved struct {
	at   place
	href string
}

// refused is a file that is not even well-formed XML.
type refused struct{ finding report.Finding }

// failure is an error that is not the grammar's fault.
type failure struct{ err error }

// loader reads files and translates them.
type loader struct {
	ctx   context.Context
	fs    fs.FS
	opt   Options
	rep   *report.Report
	b     *schema.Builder
	docs  int
	bytes int64
	nodes int
	work  int
	depth int
	queue []element
	xsd   bool
}

func (l *loader) count(at place) {
	if l.nodes++; l.nodes > l.opt.Nodes {
		panic(&fault{at, "la grammaire est trop grande", "the grammar is too large"})
	}
}

// spend counts steps; too many end the compilation.
func (l *loader) spend(at place, n int) {
	before := l.work
	if l.work += n; l.work+l.b.Work() > l.opt.Work {
		panic(&fault{at, "la grammaire demande trop de calcul", "the grammar takes too much work"})
	}
	if before>>14 != l.work>>14 && l.ctx.Err() != nil {
		panic(&failure{fmt.Errorf("relaxng: %w", context.Cause(l.ctx))})
	}
}

func (l *loader) prefix(space, prefix string) { l.b.Prefix(space, prefix) }

// load reads a file; space is the default namespace it inherits.
func (l *loader) load(name, space string, from place, depth int) *pattern {
	if depth > maxIncludes {
		panic(&fault{from, "inclusions en cascade trop profondes ou circulaires", "includes nested too deep, or circular"})
	}
	if l.docs++; l.docs > l.opt.Documents {
		panic(&fault{from, "trop de fichiers", "too many files"})
	}
	f, err := l.fs.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
			panic(&unresolved{from, name})
		}
		panic(&failure{fmt.Errorf("relaxng: %w", err)})
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, l.opt.Bytes-l.bytes+1))
	if err != nil {
		if st, e := f.Stat(); e == nil && st.IsDir() {
			panic(&unresolved{from, name})
		}
		panic(&failure{fmt.Errorf("relaxng: %w", err)})
	}
	if l.bytes += int64(len(data)); l.bytes > l.opt.Bytes {
		panic(&fault{from, "la grammaire est trop grande", "the grammar is too large"})
	}
	outer := l.depth
	l.depth = depth
	defer func() { l.depth = outer }()
	if isXML(data) {
		return l.document(name, data, space)
	}
	return l.parser(name, string(data), space).whole()
}

// resolve finds a reference relative to a file, inside the file system.
func (l *loader) resolve(from place, href string) string {
	name := path.Join(path.Dir(from.file), href)
	if strings.Contains(href, ":") || strings.HasPrefix(href, "/") || !fs.ValidPath(name) {
		panic(&unresolved{from, href})
	}
	return name
}

func (l *loader) external(href, space string, at place) *pattern {
	return l.load(l.resolve(at, href), space, at, l.depth+1)
}

// present reports whether the version compiled has what is so annotated.
func (l *loader) present(a *annotations) bool {
	if a == nil {
		return true
	}
	return (a.from == "" || l.opt.Version == "" || compareVersions(l.opt.Version, a.from) >= 0) &&
		(a.until == "" || l.opt.Version != "" && compareVersions(l.opt.Version, a.until) <= 0)
}

// compareVersions orders numbers separated by dots.
func compareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		n, errX := strconv.Atoi(x)
		m, errY := strconv.Atoi(y)
		if x == "" {
			n, errX = 0, nil
		}
		if y == "" {
			m, errY = 0, nil
		}
		switch {
		case errX != nil || errY != nil:
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
		case n != m:
			return n - m
		}
	}
	return 0
}

// combine gives the definitions of a grammar their scope.
func (l *loader) combine(g *grammar, parent *scope, depth int) *scope {
	s := &scope{parent: parent, defs: map[string]*definition{}, whole: g.whole}
	l.define(s, l.flatten(g, depth))
	for _, d := range s.defs {
		for _, b := range d.body {
			l.bind(b, s)
		}
	}
	if s.start != nil {
		for _, b := range s.start.body {
			l.bind(b, s)
		}
	}
	return s
}

// flatten lists the definitions of a grammar, those of included files in place
// of the inclusion.
func (l *loader) flatten(g *grammar, depth int) []*part {
	var out []*part
	if g.xsd {
		l.b.XMLSchema()
		l.xsd = true
	}
	for _, x := range g.parts {
		if x.nested == nil {
			out = append(out, x)
			continue
		}
		top := l.load(l.resolve(x.at, x.nested.href), x.nested.space, x.at, depth+1)
		if top.kind != kGrammar {
			panic(&fault{x.at, "le fichier inclus n'est pas une grammaire", "the included file is not a grammar"})
		}
		replaced := map[string]bool{}
		for _, o := range x.nested.override {
			replaced[o.name] = false
		}
		for _, y := range l.flatten(top.body, depth+1) {
			if _, ok := replaced[y.name]; ok {
				replaced[y.name] = true
				continue
			}
			out = append(out, y)
		}
		for _, o := range x.nested.override {
			if !replaced[o.name] {
				panic(&fault{o.at, "la définition à remplacer n'existe pas dans le fichier inclus", "the definition to replace is not in the included file"})
			}
			out = append(out, o)
		}
		l.spend(x.at, len(out))
	}
	return out
}

func (l *loader) define(s *scope, parts []*part) {
	for _, x := range parts {
		if !l.present(x.ann) {
			continue
		}
		d := s.defs[x.name]
		if x.name == "" {
			d = s.start
		}
		if d == nil {
			d = &definition{name: x.name, at: x.at}
			if x.name == "" {
				s.start = d
			} else {
				s.defs[x.name] = d
			}
		}
		switch {
		case x.op == '=' && d.plain:
			panic(&fault{x.at, "définition répétée", "defined twice"})
		case x.op == '=':
			d.plain = true
		case d.op != 0 && d.op != x.op:
			panic(&fault{x.at, "définitions combinées de deux façons", "definitions combined in two ways"})
		default:
			d.op = x.op
		}
		d.body = append(d.body, x.body)
		if x.ann != nil {
			d.ann = x.ann
		}
	}
	for _, d := range s.defs {
		if len(d.body) > 1 && d.op == 0 {
			panic(&fault{d.at, "définition répétée", "defined twice"})
		}
	}
}

// bind tells every reference of a pattern its scope.
func (l *loader) bind(p *pattern, s *scope) {
	if p.scope != nil {
		return
	}
	p.scope = s
	if s.whole && (p.kind == kRef || p.kind == kParent) {
		l.lookup(p)
	}
	if p.kind == kGrammar { // has a scope of its own
		if s.whole {
			l.nested(p)
		}
		return
	}
	for _, k := range p.kids {
		l.bind(k, s)
	}
	if p.except != nil {
		l.bind(p.except, s)
	}
}

package xades

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Limits of the second pass.
const (
	maxActive = 256     // canonical forms made at the same time
	maxBuffer = 1 << 20 // octets of one that are kept for a timestamp
	maxHeld   = 8 << 20 // and of all
	// Work: canonical octets may be this many times those of the file, and some.
	workFactor = 32
	workFree   = 64 << 20
)

// target is where an element lies.
type target struct {
	ord, last int   // among the elements; 0 when it was not found
	from, to  int64 // octets of the file, the tags included
	depth     int
	signature bool // it lies in a signature, or is one
}

func (t target) holds(ord int) bool { return t.ord > 0 && t.ord <= ord && ord <= t.last }

// job is one canonical form to make of the document: of the whole, of the
// element with an Id, or of the one with an ordinal.
type job struct {
	opt      c14n.Options
	whole    bool
	id       string
	ord      int
	filter   *expression
	skip     int // ordinal of the signature left out
	unsigned bool
	text     bool // the characters only, from base64

	sums    []sum
	keep    bool // the octets are needed, as far as they are few
	buf     []byte
	spilled bool
	out     io.Writer // of a replay

	seen   int // elements that carry the id
	at     target
	mute   int // depth of the signature being left out
	holes  [][2]int64
	done   bool
	bad    bool // not a canonical form: relative namespace, bad base64, too much
	c      *c14n.Canonicalizer
	base64 *decoder
	run    *pass
}

type sum struct {
	digest trust.Digest
	hash   hash.Hash
}

// Write takes canonical octets.
func (j *job) Write(p []byte) (int, error) {
	j.run.work -= int64(len(p))
	for _, s := range j.sums {
		s.hash.Write(p)
	}
	if j.keep && !j.spilled {
		if len(j.buf)+len(p) > maxBuffer || j.run.held+len(p) > maxHeld {
			j.run.held -= len(j.buf)
			j.buf, j.spilled = nil, true
		} else {
			j.buf = append(j.buf, p...)
			j.run.held += len(p)
		}
	}
	if j.out != nil {
		return j.out.Write(p)
	}
	return len(p), nil
}

// wants adds a digest to make, and returns nothing for one that is not known.
func (j *job) wants(d trust.Digest) {
	if d.Known() && !slices.ContainsFunc(j.sums, func(s sum) bool { return s.digest == d }) {
		j.sums = append(j.sums, sum{d, d.New()})
	}
}

// sum returns a digest made, nil when there is none.
func (j *job) sum(d trust.Digest) []byte {
	if !j.done || j.bad {
		return nil
	}
	for _, s := range j.sums {
		if s.digest == d {
			return s.hash.Sum(nil)
		}
	}
	return nil
}

// jobs is the list of what the second pass has to make: the same form asked
// twice is made once.
type jobs struct {
	list []*job
	keys map[string]*job
}

func (l *jobs) add(n job) *job {
	key := fmt.Sprintf("%t %q %d %t%t%t%q %d %t%t", n.whole, n.id, n.ord, n.opt.Exclusive, n.opt.Version11, n.opt.Comments, n.opt.Prefixes, n.skip, n.unsigned, n.text)
	if n.filter != nil {
		key += fmt.Sprintf(" %q %q %t", n.filter.id, n.filter.steps, n.filter.content)
	}
	if j := l.keys[key]; j != nil {
		return j
	}
	if l.keys == nil {
		l.keys = map[string]*job{}
	}
	j := &n
	l.keys[key] = j
	l.list = append(l.list, j)
	return j
}

// errWork ends a pass that was asked for too much.
var errWork = errors.New("xades: the references ask for too much work")

// pass is the second reading of the document: every canonical form at once.
type pass struct {
	byID    map[string][]*job
	last    map[string]int // ordinal of the last element that carried the id
	byOrd   []*job
	active  []*job
	free    []*c14n.Canonicalizer
	context c14n.Context
	tracks  bool
	ord     int
	cursor  int
	inside  int     // depth of the outermost open signature, 0 if none
	class   []uint8 // by Name.ID: whether an attribute carries identifiers
	sigName []uint8
	work    int64
	held    int
}

func newPass(list []*job, size int64) *pass {
	p := &pass{byID: map[string][]*job{}, last: map[string]int{}, work: workFactor*size + workFree}
	for _, j := range list {
		j.run = p
		if j.ord > 0 {
			p.byOrd = append(p.byOrd, j)
		} else if !j.whole {
			p.byID[j.id] = append(p.byID[j.id], j)
		}
		if !j.whole && (!j.opt.Exclusive || len(j.opt.Prefixes) > 0) {
			p.tracks = true
		}
		if j.whole {
			p.begin(nil, j)
		}
	}
	slices.SortStableFunc(p.byOrd, func(a, b *job) int { return a.ord - b.ord })
	return p
}

// Event takes an event of the document.
func (p *pass) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if k == xmlcore.StartElement {
		p.start(r)
	}
	if p.tracks {
		p.context.Event(r, k)
	}
	for _, j := range p.active {
		if err := j.event(r, k); err != nil {
			return err
		}
	}
	if k == xmlcore.EndElement {
		p.end(r)
		if p.work < 0 {
			return errWork
		}
	}
	return nil
}

func (p *pass) start(r *xmlcore.Reader) {
	p.ord++
	name := r.Name()
	if p.isSignature(name) && p.inside == 0 {
		p.inside = r.Depth()
	}
	if attrs := r.Attrs(); len(attrs) > 0 && len(p.byID) > 0 {
		for i := range attrs {
			if p.identifies(attrs[i].Name) {
				p.carrier(r, attrs[i].Value)
			}
		}
	}
	for p.cursor < len(p.byOrd) && p.byOrd[p.cursor].ord <= p.ord {
		j := p.byOrd[p.cursor]
		p.cursor++
		if j.ord == p.ord {
			j.seen = 1
			p.begin(r, j)
		}
	}
	if len(p.active) > 0 {
		for _, d := range r.Namespaces() {
			// Relative namespace names have no canonical form (Canonical XML 1.0 §1.3).
			if d.URI != "" && !strings.Contains(d.URI, ":") {
				for _, j := range p.active {
					j.bad = true
				}
			}
		}
	}
}

// carrier is called for every attribute that may carry an identifier, whatever
// its spelling: a second element with the same one makes it ambiguous.
func (p *pass) carrier(r *xmlcore.Reader, value []byte) {
	list := p.byID[string(value)]
	if list == nil || p.last[string(value)] == p.ord {
		return
	}
	p.last[string(value)] = p.ord
	for _, j := range list {
		if j.seen++; j.seen == 1 {
			p.begin(r, j)
		}
	}
}

// identifies tells whether an attribute carries an identifier: Id, in the
// spellings met, and xml:id.
func (p *pass) identifies(n *xmlcore.Name) bool {
	for n.ID >= len(p.class) {
		p.class = append(p.class, 0)
	}
	if p.class[n.ID] == 0 {
		p.class[n.ID] = 1
		switch {
		case n.Space == "" && (n.Local == "Id" || n.Local == "ID" || n.Local == "id"), n.Space == xmlcore.XMLSpace && n.Local == "id":
			p.class[n.ID] = 2
		}
	}
	return p.class[n.ID] == 2
}

func (p *pass) isSignature(n *xmlcore.Name) bool {
	for n.ID >= len(p.sigName) {
		p.sigName = append(p.sigName, 0)
	}
	if p.sigName[n.ID] == 0 {
		p.sigName[n.ID] = 1
		if n.Local == "Signature" && n.Space == nsDS {
			p.sigName[n.ID] = 2
		}
	}
	return p.sigName[n.ID] == 2
}

// begin starts a job: at the current start tag, or at the document when r is
// nil.
func (p *pass) begin(r *xmlcore.Reader, j *job) {
	if r != nil {
		j.at = target{ord: p.ord, from: r.Offset(), depth: r.Depth(), signature: p.inside > 0}
		// Inside a signature there is nothing that is in no signature.
		j.bad = j.bad || j.unsigned && p.inside > 0
	} else {
		j.seen, j.at = 1, target{ord: 1, last: int(^uint(0) >> 1)}
	}
	if len(p.active) >= maxActive {
		j.bad = true
		return
	}
	p.active = append(p.active, j)
	if j.text {
		j.base64 = &decoder{to: j}
		return
	}
	opt := j.opt
	if j.filter != nil {
		opt.Select = j.filter.selector(j)
	}
	if n := len(p.free); n > 0 {
		j.c = p.free[n-1]
		p.free = p.free[:n-1]
		j.c.Reset(j, opt)
	} else {
		j.c = c14n.New(j, opt)
	}
	if r != nil {
		j.c.Enter(&p.context)
	}
}

// event gives an event to the job, unless it lies in a signature left out.
func (j *job) event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if j.mute > 0 {
		if k == xmlcore.EndElement && r.Depth() == j.mute {
			j.mute = 0
			j.holes[len(j.holes)-1][1] = r.End()
		}
		return nil
	}
	if k == xmlcore.StartElement && (j.run.ord == j.skip || j.unsigned && j.run.isSignature(r.Name())) {
		j.mute = r.Depth()
		j.holes = append(j.holes, [2]int64{r.Offset()})
		return nil
	}
	if j.base64 != nil {
		if k == xmlcore.Text {
			j.base64.Write(r.Text())
		}
		return nil
	}
	return j.c.Event(r, k)
}

// end finishes the jobs whose element ends.
func (p *pass) end(r *xmlcore.Reader) {
	d := r.Depth()
	if d == p.inside {
		p.inside = 0
	}
	for i := 0; i < len(p.active); i++ {
		if j := p.active[i]; !j.whole && j.at.depth == d {
			j.at.last, j.at.to = p.ord, r.End()
			p.finish(j)
			p.active = slices.Delete(p.active, i, i+1)
			i--
		}
	}
}

func (p *pass) finish(j *job) {
	j.done = true
	if j.base64 != nil {
		j.bad = j.bad || !j.base64.close()
		return
	}
	if j.c.Flush() != nil {
		j.bad = true
	}
	p.free = append(p.free, j.c)
	j.c = nil
}

// close finishes the jobs over the whole document.
func (p *pass) close(size int64) {
	for _, j := range p.active {
		j.at.last, j.at.to = p.ord, size
		p.finish(j)
	}
	p.active = nil
}

// runJobs reads the document once more and makes every form of the list. It
// returns the mark of what it read.
func (d *document) runJobs(ctx context.Context, r *xmlcore.Reader, list []*job, more ...xmlcore.Sink) (uint64, error) {
	p, src := newPass(list, d.size), d.source()
	r.Reset(src, xmlcore.Options{})
	err := xmlcore.Run(ctx, r, append([]xmlcore.Sink{p}, more...)...)
	if err == nil {
		p.close(d.size)
	}
	return src.mark.Sum64(), err
}

// copyOf returns a job of the same form that writes to w.
func (j *job) copyOf(w io.Writer) *job {
	n := &job{opt: j.opt, whole: j.whole, id: j.id, ord: j.ord, filter: j.filter, skip: j.skip, unsigned: j.unsigned, text: j.text, out: w}
	for _, s := range j.sums {
		n.wants(s.digest)
	}
	return n
}

// sameAs reports whether two runs of a form gave the same octets.
func (j *job) sameAs(o *job) bool {
	for _, s := range j.sums {
		if !bytes.Equal(j.sum(s.digest), o.sum(s.digest)) {
			return false
		}
	}
	return true
}

// selector is the filter as a document subset of the element it names.
func (e *expression) selector(j *job) func(*xmlcore.Reader, xmlcore.Kind) bool {
	matched, need := 0, len(e.steps) // steps that the open elements match
	return func(r *xmlcore.Reader, k xmlcore.Kind) bool {
		d := r.Depth() - j.at.depth // 0 is the element itself
		if k != xmlcore.StartElement {
			return d >= need && matched == need
		}
		matched = min(matched, max(d-1, 0))
		if d > 0 && d <= need && matched == d-1 {
			if n, s := r.Name(), e.steps[d-1]; n.Local == s.local && n.Space == s.space {
				matched = d
			}
		}
		return matched == need && (d > need || d == need && !e.content)
	}
}

// decoder turns the characters of an element from base64 into octets.
type decoder struct {
	to      io.Writer
	pending []byte
	wrong   bool
	ended   bool
}

// Write takes base64 text.
func (b *decoder) Write(p []byte) (int, error) {
	for _, c := range p {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		}
		b.pending = append(b.pending, c)
		if len(b.pending) == 4096 {
			b.decode()
		}
	}
	return len(p), nil
}

func (b *decoder) decode() {
	var out [4096]byte
	n, err := base64.StdEncoding.Strict().Decode(out[:], b.pending)
	// After padding there is nothing.
	if err != nil || b.ended {
		b.wrong = b.wrong || len(b.pending) > 0
	} else {
		b.ended = n%3 != 0
		b.to.Write(out[:n])
	}
	b.pending = b.pending[:0]
}

func (b *decoder) close() bool {
	b.decode()
	return !b.wrong
}

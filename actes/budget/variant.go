package budget

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"hash"
	"strings"

	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/xmlcore"
)

// digester computes the two digests of a seal. MD5 and SHA-1 are what the seal
// is made of; it protects against accidents, not against people.
type digester struct{ md5, sha1 hash.Hash }

func newDigester() *digester { return &digester{md5.New(), sha1.New()} }

func (d *digester) Write(p []byte) (int, error) {
	d.md5.Write(p)
	return d.sha1.Write(p)
}

func (d *digester) digests() Digests {
	return Digests{
		strings.ToUpper(hex.EncodeToString(d.md5.Sum(nil))),
		strings.ToUpper(hex.EncodeToString(d.sha1.Sum(nil))),
	}
}

// errNoVariant says that the document is too odd to have the variant.
var errNoVariant = errors.New("no such variant of this document")

// hole finds the Scellement elements of the document. It follows the facts of
// the same pass, or comes after them, hence its own account of where it is.
type hole struct {
	f      *facts
	inside bool // in the DocumentBudgetaire that counts
	passed bool // that one has ended
	depth  int  // of the Scellement being dropped, 0 if none
	ended  bool // a Scellement was just dropped
}

// drops reports whether the event belongs to a Scellement; ended is then true
// at the event after it.
func (h *hole) drops(r *xmlcore.Reader, k xmlcore.Kind) bool {
	if h.depth > 0 {
		if k == xmlcore.EndElement && r.Depth() == h.depth {
			h.depth, h.ended = 0, true
		}
		return true
	}
	switch k {
	case xmlcore.StartElement:
		if h.inside && h.f.isSeal(r) {
			h.depth = r.Depth()
			return true
		}
		if !h.passed && h.f.base > 0 && r.Depth() == h.f.base && r.Name().Local == "DocumentBudgetaire" {
			h.inside = true
		}
	case xmlcore.EndElement:
		if h.inside && r.Depth() == h.f.base {
			h.inside, h.passed = false, true
		}
	}
	return false
}

// unsealed drops Scellement and the text node after it: the Exact variant.
type unsealed struct {
	hole
	c *c14n.Canonicalizer
}

func newUnsealed(f *facts, c *c14n.Canonicalizer) *unsealed { return &unsealed{hole{f: f}, c} }

func (u *unsealed) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if u.drops(r, k) {
		return nil
	}
	if u.ended {
		if k == xmlcore.Text && !r.CData() {
			return nil
		}
		u.ended = false
	}
	return u.c.Event(r, k)
}

// preceding drops Scellement and the text node before it, known from the first
// pass by its place.
type preceding struct {
	hole
	c *c14n.Canonicalizer
}

func newPreceding(f *facts, c *c14n.Canonicalizer) *preceding { return &preceding{hole{f: f}, c} }

func (p *preceding) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if p.drops(r, k) {
		return nil
	}
	if k == xmlcore.Text && p.f.before.n > 0 {
		if at := r.Offset(); at >= p.f.beforeAt && at < p.f.sealAt.Offset {
			return nil
		}
	}
	return p.c.Event(r, k)
}

// layout lays the document out as the DGCL tool does before it seals: texts of
// blanks dropped, each element on a line of its own, three spaces per level.
type layout struct {
	hole
	c      *c14n.Canonicalizer
	open   []level
	blanks []byte // the beginning of a text node, as long as it is blank
	solid  bool   // the text node being read is not blank
}

type level struct{ text, child bool }

// maxBlanks bounds the blanks that may precede characters in a text.
const maxBlanks = 64 << 10

func newLayout(f *facts, c *c14n.Canonicalizer) *layout { return &layout{hole: hole{f: f}, c: c} }

func (l *layout) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if l.drops(r, k) {
		l.blanks, l.solid = l.blanks[:0], false
		return nil
	}
	if k == xmlcore.Text {
		return l.textPiece(r.Text())
	}
	l.blanks, l.solid = l.blanks[:0], false
	switch k {
	case xmlcore.StartElement:
		if n := len(l.open); n > 0 {
			p := &l.open[n-1]
			p.child = true
			if !p.text {
				l.newline(n)
			}
		}
		l.open = append(l.open, level{})
	case xmlcore.EndElement:
		n := len(l.open) - 1
		if e := l.open[n]; e.child && !e.text {
			l.newline(n)
		}
		l.open = l.open[:n]
	}
	return l.c.Event(r, k)
}

func (l *layout) textPiece(b []byte) error {
	if len(l.open) == 0 {
		return nil
	}
	if !l.solid {
		n := 0
		for n < len(b) && (b[n] == ' ' || b[n] == '\t' || b[n] == '\n' || b[n] == '\r') {
			n++
		}
		if n == len(b) {
			if len(l.blanks)+n > maxBlanks {
				return errNoVariant
			}
			l.blanks = append(l.blanks, b...)
			return nil
		}
		l.solid = true
		l.open[len(l.open)-1].text = true
		l.c.Text(l.blanks)
	}
	l.c.Text(b)
	return nil
}

// lines is a line break and the deepest indentation of a document.
var lines = []byte("\n" + strings.Repeat("   ", 256))

func (l *layout) newline(depth int) { l.c.Text(lines[:min(1+3*depth, len(lines))]) }

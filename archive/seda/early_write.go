package seda

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/internal/xmlout"
)

func joined(comments []string) string { return strings.Join(comments, "\n") }

func nothing(*archive.Unit) {}

// earlyWriter writes what a maker makes.
type earlyWriter struct {
	*xmlout.Writer
	*earlyMaker
	stop func() bool // whether to write no more
}

func (w *earlyWriter) nodes(nodes []*node) {
	for _, n := range nodes {
		n.emit(w.Writer, w.version, nil, false)
	}
}

// writeEarly writes a transfer in a version of the first family, until it is
// asked to stop.
func (m *earlyMaker) writeEarly(out *xmlout.Writer, stop func() bool) {
	w := &earlyWriter{out, m, stop}
	w.Start("", inMessage)
	w.Namespace("", m.version.Namespace())
	head := m.messageHead()
	cut := len(head)
	if m.version == V02 {
		cut = at(m.head, head, "Integrity")
	}
	w.nodes(head[:cut])
	if m.version == V02 {
		digest := func(o *archive.Object) {
			if n := m.digestOf(o); n != nil {
				w.nodes(one(n))
			}
		}
		m.visit(visitor{stop: stop, close: func() {}, again: nothing, shared: nothing, open: func(*archive.Unit, *place) {},
			file: func(_ *archive.Unit, o *archive.Object, _ *place) { digest(o) },
			item: func(u *archive.Unit) { digest(u.Groups[0].Objects[0]) }})
	}
	w.nodes(head[cut:])
	m.writeUnits(out, m.top, stop)
	if stop() {
		return
	}
	w.nodes(m.messageTail())
	w.End()
}

// writeUnits writes the units, those at the top as elements of the name, until
// it is asked to stop.
func (m *earlyMaker) writeUnits(out *xmlout.Writer, top string, stop func() bool) {
	w := &earlyWriter{out, m, stop}
	document := func(id string, nodes []*node) {
		w.Start("", inDocument)
		w.identify(id)
		w.nodes(nodes)
		w.End()
	}
	m.visit(visitor{
		open: func(u *archive.Unit, p *place) {
			name := m.lower
			if p.top {
				name = top
			}
			w.Start("", name)
			w.identify(u.ID)
			w.nodes(m.unit(u, p))
		},
		file:  func(u *archive.Unit, o *archive.Object, p *place) { document(o.ID, m.own(u, o, p)) },
		item:  func(u *archive.Unit) { document(u.ID, m.item(u)) },
		close: w.End, again: nothing, shared: nothing, stop: stop,
	})
}

func (w *earlyWriter) identify(id string) {
	if id != "" {
		w.Attr("", "Id", id)
	}
}

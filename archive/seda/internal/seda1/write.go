package seda1

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/internal/xmlout"
)

func joined(comments []string) string { return strings.Join(comments, "\n") }

func nothing(*archive.Unit) {}

// writer writes what a maker makes.
type writer struct {
	*xmlout.Writer
	*Maker
}

func (w *writer) nodes(nodes []*element.Node) {
	for _, n := range nodes {
		n.Emit(w.Writer, w.version)
	}
}

// WriteTransfer writes a transfer in a version of the first family, until it is
// asked to stop.
func (m *Maker) WriteTransfer(out *xmlout.Writer, stop func() bool) {
	w := &writer{out, m}
	w.Start("", InMessage)
	w.Namespace("", m.version.Namespace())
	head := m.messageHead()
	cut := len(head)
	if m.version == element.V02 {
		cut = at(m.head, head, "Integrity")
	}
	w.nodes(head[:cut])
	if m.version == element.V02 {
		digest := func(o *archive.Object) {
			if n := m.digestOf(o); n != nil {
				w.nodes(element.One(n))
			}
		}
		m.visit(visitor{stop: stop, close: func() {}, again: nothing, shared: nothing, open: func(*archive.Unit, *place) {},
			file: func(_ *archive.Unit, o *archive.Object, _ *place) { digest(o) },
			item: func(u *archive.Unit) { digest(u.Groups[0].Objects[0]) }})
	}
	w.nodes(head[cut:])
	m.WriteUnits(out, m.top, stop)
	if stop() {
		return
	}
	w.nodes(m.messageTail())
	w.End()
}

// WriteUnits writes the units, those at the top as elements of the name, until
// it is asked to stop.
func (m *Maker) WriteUnits(out *xmlout.Writer, top string, stop func() bool) {
	w := &writer{out, m}
	document := func(id string, nodes []*element.Node) {
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

func (w *writer) identify(id string) {
	if id != "" {
		w.Attr("", "Id", id)
	}
}

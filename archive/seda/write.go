package seda

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlout"
)

// Options of a message. The zero value writes SEDA 2.1, units nested, without
// indentation, and loses nothing.
type Options struct {
	// Version to write; "" means 2.1. A [Message] has its own, which counts.
	Version Version
	// Target is whose rules the package is checked by.
	Target Target
	// Indent makes the message readable.
	Indent bool
	// Flat writes the units side by side, with references to their children,
	// instead of one inside the other.
	Flat bool
	// Lossy leaves out what the version cannot hold, where a package is
	// otherwise refused.
	Lossy bool
	// Stored says where each object lies in the file that holds the message,
	// with the digest and the size it really has. Without it the digests the
	// objects declare are written, and no path.
	Stored func(*archive.Object) Stored
	// Checked says that the caller has run [archive.Check] and [Check] on this
	// very package and found it valid.
	Checked bool
}

// Stored is an object as it lies in a package.
type Stored struct {
	URI    string
	Digest ged.Digest
	Size   int64
	// PUID, FormatName and MediaType are the format that was found, for an object
	// that says none.
	PUID, FormatName, MediaType string
}

// into puts what is stored in the object.
func (s *Stored) into(o *archive.Object) {
	o.URI, o.Size, o.Digests = s.URI, s.Size, []ged.Digest{s.Digest}
	if o.PUID == "" && s.PUID != "" {
		o.PUID, o.FormatName = s.PUID, s.FormatName
	}
	o.MediaType = cmp.Or(o.MediaType, s.MediaType)
}

// lies gives an object as it lies in a package; nil when nothing is stored.
func (o Options) lies() func(*archive.Object) archive.Object {
	if o.Stored == nil {
		return nil
	}
	return func(x *archive.Object) archive.Object {
		s, out := o.Stored(x), *x
		s.into(&out)
		return out
	}
}

// Write writes the package as one ArchiveTransfer, in UTF-8. The output is a
// function of the package and the options alone, and memory does not grow with
// the size of the message.
//
// What a message read in another order held in its rules, events, agents or files is
// written in that of the schema; what has no place there is as what the version
// cannot hold. A package that does not conform is an error of type [*report.InvalidError]
// and nothing is written; a version that cannot be written matches
// [ErrVersion].
func Write(ctx context.Context, w io.Writer, p *archive.Package, opt Options) error {
	if err := Supported(opt.Version); err != nil {
		return err
	}
	opt.Version = cmp.Or(opt.Version, V21)
	if !opt.Checked {
		r := &report.Report{}
		archive.Check(p, r)
		Check(p, opt, r)
		if err := r.Err(); err != nil {
			return err
		}
	}
	m := newWriter(ctx, w, p, opt, func(string) {})
	if opt.Version.Early() {
		seda1.NewMaker(p, element.Version(opt.Version), opt.lies()).WriteTransfer(m.Writer, m.stopped)
	} else {
		_ = m.transfer(m.whole) // the error is the context's or that of Close
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.Close(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

type writer struct {
	*xmlout.Writer
	*maker
	ctx context.Context
	// references counts the references to units that were written.
	references int
	// rules are those of the unit being written; began says that its Management
	// is open.
	rules seda2.Managed
	began bool
}

func newWriter(ctx context.Context, w io.Writer, p *archive.Package, opt Options, lost element.Loss) *writer {
	indent := ""
	if opt.Indent {
		indent = "  "
	}
	m := newMaker(p, opt, lost)
	m.parse.Keep = !opt.Lossy // it was refused, or is the caller's to vouch for
	return &writer{Writer: xmlout.New(w, xmlout.Options{Indent: indent}), ctx: ctx, maker: m}
}

func (m *writer) nodes(nodes []*element.Node) {
	for _, n := range nodes {
		n.Emit(m.Writer, m.version)
	}
}

// emitPart writes the children of a part. Without extras to be put among them
// texts are written as they stand, and no element is made of them.
func emitPart[T any](m *writer, p *element.Part[T], t *T, extras []archive.Extra) {
	version := m.version
	if len(extras) > 0 {
		m.nodes(p.Nodes(t, extras, version, &m.parse, m.lost))
		return
	}
	for i := range p.Fields {
		f := &p.Fields[i]
		switch {
		case f.Says != nil:
			s := f.Says(t)
			switch {
			case s == "" || element.Blank(s):
			case f.Holds(version):
				m.Element("", f.Name, s)
			default:
				m.lost(p.Name + "/" + f.Name)
			}
			continue
		case f.Get == nil:
			continue
		}
		count := 0
		for _, n := range f.Get(t) {
			if !f.Holds(version) || count > 0 && (f.Single || f.Once && version == element.V20) {
				m.lost(p.Name + "/" + n.Name)
				continue
			}
			if n = element.Fit(n, p.Name, version, m.lost); n != nil {
				if p.Name == seda2.UnitManagement.Name && !m.began { // left out when it is empty
					m.began = true
					m.Start("", p.Name)
				}
				n.Emit(m.Writer, version)
				count++
			}
		}
	}
}

// element writes an element of SEDA around the nodes; without any, it is left
// out.
func (m *writer) element(name string, nodes []*element.Node) {
	if len(nodes) > 0 {
		m.Start("", name)
		m.nodes(nodes)
		m.End()
	}
}

// stop returns what keeps the writing from going on.
func (m *writer) stop() error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	return m.Err()
}

// stopped reports whether there is no use in going on.
func (m *writer) stopped() bool { return m.stop() != nil }

// transfer writes an ArchiveTransfer; what it holds, up to the units, is for the
// function to write.
func (m *writer) transfer(content func() error) error {
	m.Start("", "ArchiveTransfer")
	m.Namespace("", m.opt.Version.Namespace())
	m.nodes(m.head())
	m.Start("", "CodeListVersions")
	m.nodes(m.codeLists())
	m.End()
	if err := m.dataObjectPackage(content); err != nil {
		return err
	}
	m.nodes(m.tail())
	m.End()
	return nil
}

// dataObjectPackage writes that element; the function leaves it within
// DescriptiveMetadata.
func (m *writer) dataObjectPackage(content func() error) error {
	m.Start("", "DataObjectPackage")
	if err := content(); err != nil {
		return err
	}
	m.nodes(m.extras("DescriptiveMetadata", m.pkg.Extras))
	m.End()
	m.Start("", "ManagementMetadata")
	m.nodes(m.metadata())
	m.End()
	m.End()
	return nil
}

// whole writes the objects and the units of the package.
func (m *writer) whole() error {
	for _, g := range m.pkg.Groups {
		if err := m.stop(); err != nil {
			return err
		}
		if g != nil {
			m.group(g)
		}
	}
	m.descriptive()
	if m.opt.Flat {
		m.flat()
	} else {
		m.nested()
	}
	return m.stop()
}

// descriptive begins the units.
func (m *writer) descriptive() {
	m.nodes(m.extras("DataObjectPackage", m.pkg.Extras))
	m.Start("", "DescriptiveMetadata")
}

func (m *writer) group(g *archive.Group) {
	wrapped := m.wrapped(g)
	if wrapped {
		m.Start("", "DataObjectGroup")
		m.Attr("", "id", g.ID)
	}
	for i, o := range g.Objects {
		if o != nil {
			m.Start("", seda2.ObjectPart(o).Name)
			m.Attr("", "id", o.ID)
			p, full, extras := m.objectParts(g, i)
			emitPart(m, p, &full, extras)
			m.End()
		}
	}
	if wrapped {
		m.nodes(m.extras("DataObjectGroup", g.Extras))
		m.End()
	}
}

// nested writes the units inside each other, without recursion. A unit that
// stands in several places is described at the first and referred to at the
// others.
func (m *writer) nested() {
	type frame struct {
		units []*archive.Unit
		next  int
	}
	written := map[*archive.Unit]bool{}
	stack := []frame{{units: m.pkg.Units}}
	for len(stack) > 0 {
		if m.stopped() {
			return
		}
		top := &stack[len(stack)-1]
		if top.next == len(top.units) {
			if stack = stack[:len(stack)-1]; len(stack) > 0 {
				m.End()
				if u := stack[len(stack)-1].units[stack[len(stack)-1].next-1]; len(stack) == 1 && m.below[u] {
					m.reference(u)
				}
			}
			continue
		}
		u := top.units[top.next]
		top.next++
		switch {
		case u == nil:
		case written[u]:
			m.reference(u)
		default:
			written[u] = true
			m.unit(u)
			stack = append(stack, frame{units: u.Children})
		}
	}
}

// flat writes each unit at the top, with references to its children.
func (m *writer) flat() {
	written := map[*archive.Unit]bool{}
	for _, root := range m.pkg.Units {
		for stack := []*archive.Unit{root}; len(stack) > 0; {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if u == nil || written[u] {
				continue
			}
			if m.stopped() {
				return
			}
			written[u] = true
			m.unit(u)
			for _, c := range u.Children {
				if c != nil {
					m.reference(c)
				}
			}
			m.End()
			for _, c := range slices.Backward(u.Children) {
				stack = append(stack, c)
			}
		}
		if m.below[root] {
			m.reference(root)
		}
	}
}

func (m *writer) reference(u *archive.Unit) {
	m.references++
	m.Start("", "ArchiveUnit")
	m.Attr("", "id", "_REF"+strconv.Itoa(m.references))
	m.Element("", "ArchiveUnitRefId", u.ID)
	m.End()
}

// unit opens the unit and writes all of it but its children.
func (m *writer) unit(u *archive.Unit) {
	head, rest := m.unitHead(u)
	m.Start("", "ArchiveUnit")
	m.Attr("", "id", u.ID)
	m.nodes(head)
	if len(u.Extras) > 0 {
		m.element("Management", m.management(u))
	} else if len(u.Rules)+len(u.Regimes) > 0 {
		m.rules = seda2.Managed{Rules: u.Rules, Regimes: u.Regimes}
		m.began = false
		emitPart(m, seda2.UnitManagement, &m.rules, nil)
		if m.began {
			m.End()
		}
	}
	m.Start("", "Content")
	emitPart(m, seda2.UnitContent, u, m.contentExtras(u))
	m.End()
	m.nodes(rest)
	for _, g := range u.Groups {
		if g == nil {
			continue
		}
		m.Start("", "DataObjectReference")
		if g.ID == "" && len(g.Objects) == 1 && g.Objects[0] != nil {
			m.Element("", "DataObjectReferenceId", g.Objects[0].ID)
		} else {
			m.Element("", "DataObjectGroupReferenceId", g.ID)
		}
		m.End()
	}
}

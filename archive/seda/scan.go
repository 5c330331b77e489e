package seda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Item is one part of an ArchiveTransfer, in the order written: objects and
// groups, then units with what they refer to, then the message itself. In the
// first family an object comes behind the unit it stands in.
// Exactly one of Object, Group, Unit, Ref and Package is set.
type Item struct {
	// Object stands in the group named GroupID, "" when it stands alone. Alias
	// is another name the object gives that group.
	Object         *archive.Object
	GroupID, Alias string
	// Declares says that this object declares its group, or the alias
	// (DataObjectGroupId).
	Declares bool
	// Group is a group as its wrapper describes it, without its objects, which
	// came before.
	Group *archive.Group
	// Unit stands below the one named Parent, "" at the top. It has neither
	// children nor groups: they come as items and references. The units it is
	// linked to have their ID only.
	Unit   *archive.Unit
	Parent string
	Ref    *Ref
	// Package holds the header, the rules and the extras of the message. It
	// comes last, and only when the message could be read to its end.
	Package *archive.Package

	// Line and Column of the start tag, from 1.
	Line, Column int
}

// Ref says that something stands below a unit.
type Ref struct {
	Kind RefKind
	// From is the ID of the unit, "" for the top of the package, and To that of
	// what stands below it.
	From, To string
	// ID is that of the reference itself when it is a unit's.
	ID string
}

// RefKind is what a reference is to.
type RefKind uint8

// Kinds of references.
const (
	RefUnit   RefKind = iota + 1 // ArchiveUnitRefId
	RefGroup                     // DataObjectGroupReferenceId
	RefObject                    // DataObjectReferenceId
)

// Scan reads an ArchiveTransfer of any version and yields its parts one at a time,
// in memory that does not grow with their number. member is the name the
// message has in its package. What makes the message unreadable goes to the
// report and ends the reading; the error is one of src or of the context, and
// comes last.
func Scan(ctx context.Context, src io.Reader, member string, rep *report.Report) iter.Seq2[Item, error] {
	return scan(ctx, src, xmlcore.Options{Report: rep, Member: member}, nil)
}

// scan is [Scan]; also, unless nil, sees every event.
func scan(ctx context.Context, src io.Reader, opt xmlcore.Options, also Sink) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		t := newTransferReader(ctx, src, opt)
		t.yield = yield
		t.follow(also)
		err := ctx.Err() // a short message may be read before it is looked at again
		if err == nil {
			err = t.transfer()
		}
		err = t.followed(err)
		var verdict *xmlcore.Error
		switch {
		case err == nil:
			t.item(Item{Package: t.pkg})
		case errors.Is(err, errStop):
		case errors.As(err, &verdict):
			t.rep.Record(verdict.Finding)
		case !t.stopped:
			yield(Item{}, fmt.Errorf("seda: read the transfer: %w", err))
		}
	}
}

// follow has the sink see every event, if there is one.
func (t *transferReader) follow(also Sink) {
	if also != nil {
		t.also, t.nodes.Also = also, also
	}
}

// followed gives the sink what stands behind the place where the reading stopped,
// too.
func (t *transferReader) followed(err error) error {
	if t.also == nil {
		return err
	}
	for errors.Is(err, errStop) && !t.stopped && t.ctx.Err() == nil {
		if _, e := t.nodes.Next(); e == io.EOF {
			break
		} else if e != nil {
			err = e
		}
	}
	t.also.Finish(t.r)
	return err
}

func newTransferReader(ctx context.Context, src io.Reader, opt xmlcore.Options) *transferReader {
	t := &transferReader{ctx: ctx, r: xmlcore.NewReader(src, opt), rep: opt.Report, pkg: &archive.Package{}}
	t.nodes.R = t.r
	t.head, t.tail, t.meta = element.Filler[archive.Package]{Part: seda2.MessageHead}, element.Filler[archive.Package]{Part: seda2.MessageTail}, element.Filler[archive.Package]{Part: seda2.PackageManagement}
	t.metaRules, t.rules = element.Filler[seda2.Managed]{Part: seda2.PackageRules}, element.Filler[seda2.Managed]{Part: seda2.UnitManagement}
	t.unitHead, t.content = element.Filler[archive.Unit]{Part: seda2.UnitHead}, element.Filler[archive.Unit]{Part: seda2.UnitContent}
	t.binary, t.physical = element.Filler[seda2.Object]{Part: seda2.BinaryObject}, element.Filler[seda2.Object]{Part: seda2.PhysicalObject}
	return t
}

// errStop ends a reading that nobody wants to go on.
var errStop = errors.New("seda: stop")

type transferReader struct {
	ctx     context.Context
	r       *xmlcore.Reader
	nodes   element.Reader
	also    Sink
	rep     *report.Report
	yield   func(Item, error) bool
	stopped bool
	items   int
	pkg     *archive.Package

	head, tail, meta  element.Filler[archive.Package]
	metaRules, rules  element.Filler[seda2.Managed]
	unitHead, content element.Filler[archive.Unit]
	binary, physical  element.Filler[seda2.Object]
	obj               seda2.Object  // being read
	managed           seda2.Managed // being read
}

func (t *transferReader) item(it Item) error {
	if t.stopped {
		return errStop
	}
	if t.items++; t.items%256 == 0 && t.ctx.Err() != nil {
		return context.Cause(t.ctx)
	}
	if !t.yield(it, nil) {
		t.stopped = true
		return errStop
	}
	return nil
}

// local returns the local name of an element of SEDA, "" for another one.
func (t *transferReader) local(name *xmlcore.Name) string {
	if _, ok := t.nodes.Family(name.Space); ok {
		return name.Local
	}
	return ""
}

func (t *transferReader) attr(name string) string {
	v, _ := t.r.Attr("", name)
	return string(v)
}

func (t *transferReader) transfer() error {
	if err := t.nodes.Root(); err != nil {
		return err
	}
	name := t.r.Name()
	if v, ok := element.First(name.Space); ok && name.Local == seda1.InMessage {
		return t.earlyReader(seda1.Of(v)).Transfer()
	}
	version, ok := element.Second(name.Space)
	switch {
	case VersionOf(name.Space) == "" && name.Local == "ArchiveTransfer":
		fr, en := element.Foreign(name.Space)
		t.rep.Add(RuleNamespace, t.r.Location(), report.Words("what", fr, en))
		return errStop
	case !ok || name.Local != "ArchiveTransfer":
		t.rep.Add(RuleTransferRoot, t.r.Location(), report.P("element", name.Local))
		return errStop
	case !slices.Contains(written, Version(version)):
		t.rep.Add(RuleTransferVersion, t.r.Location(), report.P("version", string(version)))
	}
	err := t.nodes.Each(func(name *xmlcore.Name) error {
		switch t.local(name) {
		case "CodeListVersions":
			return t.codeLists()
		case "DataObjectPackage":
			return t.nodes.Each(t.packagePart)
		}
		n, err := t.nodes.Read()
		if err != nil {
			return err
		}
		f := &t.head
		if f.Find(n) < 0 {
			f = &t.tail
		}
		t.keep(&t.pkg.Extras, f.Put, n)
		return nil
	})
	if err != nil {
		return err
	}
	seda2.SortExtras(t.pkg.Extras)
	return t.nodes.Drain()
}

// earlyReader goes on with a message of the first family.
func (t *transferReader) earlyReader(d *seda1.Dialect) *seda1.Reader {
	return seda1.NewReader(&t.nodes, t.pkg, d,
		func(u *archive.Unit, parent string, line, col int) error {
			return t.item(Item{Unit: u, Parent: parent, Line: line, Column: col})
		},
		func(o *archive.Object, of string, line, col int) error {
			if err := t.item(Item{Object: o, Line: line, Column: col}); err != nil {
				return err
			}
			return t.item(Item{Ref: &Ref{Kind: RefObject, From: of, To: o.ID}, Line: line, Column: col})
		})
}

func (t *transferReader) keep(extras *[]archive.Extra, put func(*archive.Package, *element.Node) (*archive.Extra, int), n *element.Node) {
	if e, _ := put(t.pkg, n); e != nil {
		*extras = append(*extras, *e)
	}
}

// codeLists keeps the versions by the name of their list; what is more than a
// name and a version is kept as it is.
func (t *transferReader) codeLists() error {
	if t.pkg.Header.CodeLists == nil {
		t.pkg.Header.CodeLists = map[string]string{}
	}
	return t.nodes.Each(func(*xmlcore.Name) error {
		n, err := t.nodes.Read()
		if err != nil {
			return err
		}
		if e := seda2.PutCodeList(t.pkg.Header.CodeLists, n); e != nil {
			t.pkg.Extras = append(t.pkg.Extras, *e)
		}
		return nil
	})
}

func (t *transferReader) packagePart(name *xmlcore.Name) error {
	switch t.local(name) {
	case "BinaryDataObject", "PhysicalDataObject":
		return t.object(name.Local == "PhysicalDataObject", nil)
	case "DataObjectGroup":
		return t.group()
	case "DescriptiveMetadata":
		return t.nodes.Each(func(name *xmlcore.Name) error {
			if t.local(name) == "ArchiveUnit" {
				return t.unit("")
			}
			return t.unknown(&t.pkg.Extras, "DescriptiveMetadata")
		})
	case "ManagementMetadata":
		m := seda2.Managed{Rules: t.pkg.Rules, Regimes: t.pkg.Regimes}
		err := t.nodes.Each(func(*xmlcore.Name) error {
			n, err := t.nodes.Read()
			if err != nil {
				return err
			}
			if t.metaRules.Find(n) < 0 {
				t.keep(&t.pkg.Extras, t.meta.Put, n)
			} else if e, _ := t.metaRules.Put(&m, n); e != nil {
				t.pkg.Extras = append(t.pkg.Extras, *e)
			}
			return nil
		})
		t.pkg.Rules, t.pkg.Regimes = m.Rules, m.Regimes
		return err
	}
	return t.unknown(&t.pkg.Extras, "DataObjectPackage")
}

// unknown keeps an element no version has there.
func (t *transferReader) unknown(extras *[]archive.Extra, in string) error {
	n, err := t.nodes.Read()
	if err != nil {
		return err
	}
	*extras = append(*extras, archive.Extra{In: in, Name: n.Name, XML: n.Canonical(n.FirstVersion())})
	return nil
}

func (t *transferReader) group() error {
	g := &archive.Group{ID: t.attr("id")}
	it := Item{Group: g}
	it.Line, it.Column, _ = t.r.Position()
	err := t.nodes.Each(func(name *xmlcore.Name) error {
		switch t.local(name) {
		case "BinaryDataObject", "PhysicalDataObject":
			return t.object(name.Local == "PhysicalDataObject", g)
		}
		return t.unknown(&g.Extras, "DataObjectGroup")
	})
	if err != nil {
		return err
	}
	return t.item(it)
}

func (t *transferReader) object(isPhysical bool, in *archive.Group) error {
	f := &t.binary
	if isPhysical {
		f = &t.physical
	}
	o := &t.obj
	*o = seda2.Object{}
	o.ID, o.Physical = t.attr("id"), isPhysical
	var it Item
	it.Line, it.Column, _ = t.r.Position()
	if err := eachPart(t, f, o, &o.Extras); err != nil {
		return err
	}
	seda2.SortExtras(o.Extras)
	own := o.GroupID
	if own == "" {
		own = o.GroupRef
	}
	it.GroupID = own
	if in != nil { // the wrapper wins
		it.GroupID = in.ID
		if own != in.ID {
			it.Alias = own
		}
	}
	it.Declares = o.GroupID != ""
	plain := o.Object
	it.Object = &plain
	return t.item(it)
}

// openUnitItem is a unit being read.
type openUnitItem struct {
	it               Item
	given, described bool
	target           string // of a unit that is only a reference
}

// give yields the unit, once.
func (t *transferReader) give(f *openUnitItem) error {
	if f.given {
		return nil
	}
	f.given = true
	seda2.SortExtras(f.it.Unit.Extras)
	return t.item(f.it)
}

// unit reads an ArchiveUnit: a description, or only a reference to one.
func (t *transferReader) unit(parent string) error {
	f := openUnitItem{it: Item{Unit: &archive.Unit{ID: t.attr("id")}, Parent: parent}}
	f.it.Line, f.it.Column, _ = t.r.Position()
	if err := t.nodes.Each(func(*xmlcore.Name) error { return t.unitPart(&f) }); err != nil {
		return err
	}
	if f.target != "" {
		ref := &Ref{Kind: RefUnit, From: parent, To: f.target, ID: f.it.Unit.ID}
		if err := t.item(Item{Ref: ref, Line: f.it.Line, Column: f.it.Column}); err != nil || !f.described && !f.given {
			return err
		}
	}
	return t.give(&f)
}

// unitPart reads what stands directly inside a unit.
func (t *transferReader) unitPart(f *openUnitItem) error {
	u := f.it.Unit
	switch t.local(t.r.Name()) {
	case "ArchiveUnit":
		if err := t.give(f); err != nil {
			return err
		}
		return t.unit(u.ID)
	case "Content":
		if !f.described {
			f.described = true
			return eachPart(t, &t.content, u, &u.Extras)
		}
	case "Management":
		t.managed = seda2.Managed{Rules: u.Rules, Regimes: u.Regimes}
		err := eachPart(t, &t.rules, &t.managed, &u.Extras)
		u.Rules, u.Regimes = t.managed.Rules, t.managed.Regimes
		return err
	}
	n, err := t.nodes.Read()
	if err != nil {
		return err
	}
	switch {
	case n.Is("ArchiveUnitRefId") && f.target == "":
		f.target = n.Token()
		return nil
	case n.Is("DataObjectReference") && n.ChildToken("DataObjectGroupReferenceId") != "":
		return t.below(f, RefGroup, n.ChildToken("DataObjectGroupReferenceId"))
	case n.Is("DataObjectReference") && n.ChildToken("DataObjectReferenceId") != "":
		return t.below(f, RefObject, n.ChildToken("DataObjectReferenceId"))
	}
	if e, _ := t.unitHead.Put(u, n); e != nil {
		u.Extras = append(u.Extras, *e)
	}
	return nil
}

func (t *transferReader) below(f *openUnitItem, kind RefKind, to string) error {
	if err := t.give(f); err != nil {
		return err
	}
	return t.item(Item{Ref: &Ref{Kind: kind, From: f.it.Unit.ID, To: to}, Line: f.it.Line, Column: f.it.Column})
}

// eachPart reads what stands directly inside an element into the value its table
// fills; the rest joins the extras.
func eachPart[T any](t *transferReader, f *element.Filler[T], into *T, extras *[]archive.Extra) error {
	return t.nodes.Each(func(*xmlcore.Name) error {
		e, err := f.Take(&t.nodes, into)
		if e != nil {
			*extras = append(*extras, *e)
		}
		return err
	})
}

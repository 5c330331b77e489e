package seda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
)

// ErrOrder says that an item came where a message has no place for it: an
// object behind a unit, a unit below one that is not being written any more.
var ErrOrder = errors.New("seda: items out of order")

// WriteItems writes one ArchiveTransfer of its parts as they come, in memory
// that does not grow with their number: it takes what [Scan] yields, in that
// order, and so is for messages larger than memory. Units stand below the one
// their Parent names, which must be the last unit or one above it. The message
// itself (header, rules and extras) is p, whose units and groups are not looked
// at; an item that is a Package is passed over.
//
// Each part is checked as it comes, and what it cannot be written without is an
// error of type [*report.InvalidError]. What concerns several parts is not: that
// identifiers are unique and references lead somewhere is for package preflight to say.
// After any error what was written is not a message. The first family is not
// written this way: the error then matches [ErrVersion].
func WriteItems(ctx context.Context, w io.Writer, p *archive.Package, items iter.Seq2[Item, error], opt Options) error {
	i, err := newItemWriter(ctx, w, p, opt)
	if err != nil {
		return err
	}
	return i.transfer(func() error {
		for it, err := range items {
			if err == nil {
				err = i.next()
			}
			if err == nil {
				err = i.item(it)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func newItemWriter(ctx context.Context, w io.Writer, p *archive.Package, opt Options) (*itemWriter, error) {
	if err := Supported(opt.Version); err != nil {
		return nil, err
	}
	opt.Version = cmp.Or(opt.Version, V21)
	if opt.Version.Early() {
		return nil, fmt.Errorf("%w: %s, part by part", ErrVersion, opt.Version)
	}
	message := *p
	message.Units, message.Groups = nil, nil
	rep := &report.Report{}
	i := &itemWriter{rep: rep, checker: newChecker(opt, rep)}
	i.writer = newWriter(ctx, w, &message, opt, i.lost)
	return i, nil
}

type itemWriter struct {
	*writer
	checker checker
	rep     *report.Report
	waiting []Item   // objects that may be of a wrapper to come
	open    []string // units
	units   bool     // DescriptiveMetadata has begun
	n       int
}

func (i *itemWriter) lost(path string) {
	i.rep.AddAs(i.checker.loss, RuleLost, i.checker.where, report.P("element", path), report.P("version", string(i.opt.Version)))
}

// transfer writes the message around what write writes.
func (i *itemWriter) transfer(write func() error) error {
	i.checker.where = report.Location{Path: "header"}
	for field, v := range headerTexts(&i.pkg.Header) {
		i.checker.characters(field, v)
	}
	err := i.writer.transfer(func() error {
		if err := write(); err != nil {
			return err
		}
		i.descriptive()
		i.closeUnits("")
		return nil
	})
	if err != nil {
		return err
	}
	if err := i.rep.Err(); err != nil {
		return err
	}
	if err := i.Close(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

// next returns what keeps the writing from going on.
func (i *itemWriter) next() error {
	if i.n++; i.n%64 == 0 && i.ctx.Err() != nil {
		return context.Cause(i.ctx)
	}
	if err := i.rep.Err(); err != nil {
		return err
	}
	if err := i.Err(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

func (i *itemWriter) item(it Item) error {
	switch {
	case it.Object != nil:
		if i.units {
			return ErrOrder
		}
		if n := len(i.waiting); n > 0 && i.waiting[n-1].GroupID != it.GroupID {
			i.flat()
		}
		i.waiting = append(i.waiting, it)
	case it.Group != nil:
		if i.units {
			return ErrOrder
		}
		return i.wrapper(it.Group)
	case it.Unit != nil:
		i.descriptive()
		if !i.closeUnits(it.Parent) {
			return fmt.Errorf("%w: a unit below another one that is closed", ErrOrder)
		}
		u := it.Unit
		i.checker.unit(u)
		i.writer.unit(u)
		i.open = append(i.open, u.ID)
	case it.Ref != nil:
		i.descriptive()
		if !i.closeUnits(it.Ref.From) || it.Ref.From == "" && it.Ref.Kind != RefUnit {
			return fmt.Errorf("%w: a reference of a unit that is closed", ErrOrder)
		}
		i.ref(it.Ref)
	}
	return nil
}

func (i *itemWriter) ref(r *Ref) {
	switch r.Kind {
	case RefUnit:
		id := r.ID
		if id == "" {
			i.references++
			id = "_REF" + strconv.Itoa(i.references)
		}
		i.Start("", "ArchiveUnit")
		i.Attr("", "id", id)
		i.Element("", "ArchiveUnitRefId", r.To)
		i.End()
		return
	case RefGroup:
		i.Start("", "DataObjectReference")
		i.Element("", "DataObjectGroupReferenceId", r.To)
	default:
		i.Start("", "DataObjectReference")
		i.Element("", "DataObjectReferenceId", r.To)
	}
	i.End()
}

// closeUnits ends units until the one named is the last open, and reports
// whether it was found; "" ends them all.
func (i *itemWriter) closeUnits(id string) bool {
	for len(i.open) > 0 && (id == "" || i.open[len(i.open)-1] != id) {
		i.open = i.open[:len(i.open)-1]
		i.End()
	}
	return id == "" || len(i.open) > 0
}

// descriptive ends the objects and begins the units.
func (i *itemWriter) descriptive() {
	if i.units {
		return
	}
	i.units = true
	i.flat()
	i.writer.descriptive()
}

// wrapper writes the objects that came before it inside a group.
func (i *itemWriter) wrapper(g *archive.Group) error {
	whole := &archive.Group{ID: g.ID, Extras: g.Extras}
	for _, it := range i.waiting {
		if it.GroupID != g.ID {
			return fmt.Errorf("%w: an object of another group", ErrOrder)
		}
		whole.Objects = append(whole.Objects, it.Object)
		i.checker.objectTexts(it.Object)
	}
	i.waiting = i.waiting[:0]
	i.checker.where = report.Location{Path: "group[" + g.ID + "]"}
	i.group(whole)
	return nil
}

// flat writes the objects no wrapper came for.
func (i *itemWriter) flat() {
	for _, it := range i.waiting {
		i.checker.objectTexts(it.Object)
		p, full, extras := i.objectParts(&archive.Group{ID: it.GroupID, Objects: []*archive.Object{it.Object}}, 0)
		full.GroupID, full.GroupRef = "", it.GroupID
		if it.Declares {
			full.GroupID, full.GroupRef = it.GroupID, ""
		}
		i.Start("", p.Name)
		i.Attr("", "id", it.Object.ID)
		emitPart(i.writer, p, &full, extras)
		i.End()
	}
	i.waiting = i.waiting[:0]
}

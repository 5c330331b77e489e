package seda

import (
	"context"
	"fmt"
	"io"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
)

// WriteParts writes one ArchiveTransfer of a package that comes in parts, in
// memory that does not grow with their number. It gives the bytes [Write] gives
// of the same package held whole, and refuses what Write refuses, by an error
// of type [*report.InvalidError] that comes when a part is met: what was written
// is then not a message. The report of it may lack what stands behind.
//
// Units are always nested. The comment on units whose final action is to sort
// them, which Write adds to the header, is not written, and the first family is
// not written this way: the error then matches [ErrVersion].
func WriteParts(ctx context.Context, w io.Writer, parts archive.Parts, opt Options) error {
	i, err := newItemWriter(ctx, w, parts.Message(), opt)
	if err != nil {
		return err
	}
	if !opt.Checked {
		if err := archive.CheckParts(ctx, parts, i.rep); err != nil {
			return err
		}
		if err := i.rep.Err(); err != nil {
			return err
		}
	}
	i.checker.where = report.Location{Path: "package"}
	i.checker.rules(i.pkg.Rules, i.pkg.Regimes, i.pkg.Extras)
	return i.transfer(func() error { return i.parts(parts) })
}

func (i *itemWriter) parts(parts archive.Parts) error {
	lies := i.lies
	i.lies, i.opt.Stored = nil, nil // asked for here: what is stored is checked too
	for g, err := range parts.Groups() {
		if err == nil {
			err = i.next()
		}
		if err != nil {
			return err
		}
		full := *g
		full.Objects = make([]*archive.Object, len(g.Objects))
		for n, o := range g.Objects {
			if o == nil {
				continue
			}
			c := *o
			if lies != nil && !o.Physical {
				c = lies(o)
			}
			full.Objects[n] = &c
			i.object(&c)
			i.checker.object(i.pkg, g, &c, i.opt)
		}
		i.checker.where = report.Location{Path: "group[" + g.ID + "]"}
		i.group(&full)
	}
	i.descriptive()
	depth := 0
	for p, err := range parts.Units() {
		if err == nil {
			err = i.next()
		}
		if err == nil && (p.Depth < 0 || p.Depth > depth) {
			err = fmt.Errorf("%w: a unit below none", ErrOrder)
		}
		if err != nil {
			return err
		}
		for ; depth > p.Depth; depth-- {
			i.End()
		}
		i.checker.unit(p.Unit)
		if i.opt.Version == V20 {
			i.checker.described(p.Unit)
		}
		i.unit(p.Unit)
		depth++
	}
	for ; depth > 0; depth-- {
		i.End()
	}
	if i.ctx.Err() != nil {
		return context.Cause(i.ctx)
	}
	return i.next()
}

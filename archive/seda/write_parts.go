package seda

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/report"
)

// CheckParts does what [Check] does, for a package that comes in parts. With
// Options.Stored, which is not called, formats are taken to be known later. The
// error is one of the parts, or the context's.
func CheckParts(ctx context.Context, parts archive.Parts, opt Options, r *report.Report) error {
	opt.Version = cmp.Or(opt.Version, V21)
	if opt.Version.Early() {
		return fmt.Errorf("%w: %s, part by part", ErrVersion, opt.Version)
	}
	message := *parts.Message()
	message.Units, message.Groups = nil, nil
	Check(&message, opt, r)
	made := newChecker(opt, r)
	c := &made
	l := c.losing(&message, opt)
	n := 0
	alive := func() bool {
		n++
		return n%256 != 0 || ctx.Err() == nil
	}
	for g, err := range parts.Groups() {
		if err != nil {
			return err
		}
		if !alive() {
			return context.Cause(ctx)
		}
		for _, o := range g.Objects {
			if o == nil {
				continue
			}
			c.where = report.Location{Path: "object[" + o.ID + "]"}
			c.characters("Filename", o.Name)
			c.characters("MimeType", o.MediaType)
			c.characters("FormatId", o.PUID)
			c.characters("FormatLitteral", o.FormatName)
			if opt.Stored != nil && o.PUID+o.FormatName+o.MediaType == "" {
				later := *o
				later.MediaType = "application/octet-stream"
				o = &later
			}
			c.object(&message, g, o, opt)
		}
		l.group(g)
	}
	for p, err := range parts.Units() {
		if err != nil {
			return err
		}
		if !alive() {
			return context.Cause(ctx)
		}
		c.unit(p.Unit)
		if opt.Version == V20 {
			c.described(p.Unit)
		}
		l.unit(p.Unit)
	}
	return nil
}

// WriteParts writes one ArchiveTransfer of a package that comes in parts, in
// memory that does not grow with their number. It gives the bytes [Write] gives
// of the same package held whole, and refuses what Write refuses by an error of
// type [*report.InvalidError]; nothing is written then.
//
// Units are always nested. The comment on units whose final action is to sort
// them, which Write adds to the header, is not written, and the first family is
// not written this way: the error then matches [ErrVersion].
func WriteParts(ctx context.Context, w io.Writer, parts archive.Parts, opt Options) error {
	opt.Version = cmp.Or(opt.Version, V21)
	if err := Supported(opt.Version); err != nil {
		return err
	}
	if opt.Version.Early() {
		return fmt.Errorf("%w: %s, part by part", ErrVersion, opt.Version)
	}
	if !opt.Checked {
		r := &report.Report{}
		err := archive.CheckParts(ctx, parts, r)
		if err == nil {
			err = CheckParts(ctx, parts, opt, r)
		}
		if err == nil {
			err = r.Err()
		}
		if err != nil {
			return err
		}
	}
	message := *parts.Message()
	message.Units, message.Groups = nil, nil
	m := newWriter(ctx, w, &message, opt, func(string) {})
	if err := m.transfer(func() error { return m.parts(parts) }); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := m.Close(); err != nil {
		return fmt.Errorf("seda: write the message: %w", err)
	}
	return nil
}

func (m *writer) parts(parts archive.Parts) error {
	for g, err := range parts.Groups() {
		if err != nil {
			return err
		}
		if m.stopped() {
			return nil
		}
		m.group(g)
	}
	m.nodes(m.extras("DataObjectPackage", m.pkg.Extras))
	m.Start("", "DescriptiveMetadata")
	depth := 0
	for p, err := range parts.Units() {
		if err == nil && (p.Depth < 0 || p.Depth > depth) {
			err = fmt.Errorf("%w: a unit below none", ErrOrder)
		}
		if err != nil {
			return err
		}
		if m.stopped() {
			return nil
		}
		for ; depth > p.Depth; depth-- {
			m.End()
		}
		m.unit(p.Unit)
		depth++
	}
	for ; depth > 0; depth-- {
		m.End()
	}
	return nil
}

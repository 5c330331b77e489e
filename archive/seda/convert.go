package seda

import (
	"cmp"
	"context"
	"io"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged/report"
)

// Convert writes a package that was read in another version, and reports each
// path that the version of the options cannot hold (SEDA-LOST), what becomes
// something else (SEDA-CONVERTED) and what it demands and does not find
// (SEDA-REQUIRED: the message is then not valid). Nothing else is left out.
//
// It refuses no package: what was wrong before is wrong after. A Signature of
// the versions before 2.3 becomes a SigningInformation; the other way round it
// is lost, because the digest it would need is not in it.
func Convert(ctx context.Context, w io.Writer, p *archive.Package, opt Options) (*report.Report, error) {
	r := &report.Report{}
	if err := Supported(opt.Version); err != nil {
		return r, err
	}
	opt.Version = cmp.Or(opt.Version, V21)
	opt.Lossy, opt.Checked = true, true
	c := newChecker(opt, r)
	if opt.Version.Early() {
		c.early(p, true)
		return r, Write(ctx, w, p, opt)
	}
	c.losses(p, opt)
	c.demands(p, opt)
	c.where = report.Location{Path: "header"}
	for _, d := range [...][2]string{
		{"MessageIdentifier", p.Header.MessageID}, {"ArchivalAgency", p.Header.ArchivalAgency.ID}, {"TransferringAgency", p.Header.TransferringAgency.ID},
	} {
		if element.Blank(d[1]) && (c.version >= V22 || !element.Has(p.Extras, d[0])) {
			c.required(d[0])
		}
	}
	return r, Write(ctx, w, p, opt)
}

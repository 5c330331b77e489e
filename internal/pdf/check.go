package pdf

import (
	"context"
	"io"
	"strconv"

	"github.com/liasse/liasse/ged/report"
)

// Info is what a check learns of a PDF.
type Info struct {
	Readable      bool   // opens, and has at least one page to report
	Version       string // of the header, "1.7"; "" if there is none
	Pages         int    // as declared; 0 when not readable
	Linearized    bool
	Encrypted     bool // opens with the empty password or not at all
	NeedsPassword bool
	Repaired      bool // the object table had to be rebuilt
}

// Checker checks PDFs one after another and reuses its memory. The zero value
// is ready. It is used by one goroutine at a time.
type Checker struct{ doc Doc }

// Check says whether a PDF can be read, as poppler's pdfinfo would: Readable
// holds exactly when pdfinfo ends with status 0. The error means that reading
// failed or that the context was cancelled; what is wrong with the file is in
// the report.
func Check(ctx context.Context, r io.ReaderAt, size int64) (Info, *report.Report, error) {
	rep := new(report.Report)
	var c Checker
	info, err := c.Check(ctx, r, size, rep)
	return info, rep, err
}

// Check is the function [Check] with a report to add to and memory to reuse.
func (c *Checker) Check(ctx context.Context, r io.ReaderAt, size int64, rep *report.Report) (Info, error) {
	d := &c.doc
	if size <= 0 {
		rep.Add(RuleEmpty, report.Location{})
		return Info{}, nil
	}
	if err := d.Reset(ctx, r, size); err != nil {
		return Info{}, err
	}
	info := d.check(rep)
	if d.err != nil {
		return Info{}, d.err
	}
	if err := ctx.Err(); err != nil {
		return Info{}, err
	}
	d.r = nil
	return info, nil
}

// opened is how far poppler gets.
type opened uint8

const (
	noXRef opened = iota
	noPassword
	noHandler
	noCatalog
	noPages
	readable
)

// emulate opens the file the way pdfinfo does, in the order it does.
func (d *Doc) emulate() (opened, cryptState, int64) {
	d.poppler = true
	if !d.openXRef(d.startXRef(false), d.mainTable(false), false) {
		// A second try believes the linearization dictionary even though the
		// length is not the one it announces.
		if !d.repaired || !d.openXRef(d.startXRef(true), d.mainTable(true), false) {
			return noXRef, notEncrypted, 0
		}
	}
	cs := d.openCrypt()
	switch cs {
	case needsPassword:
		return noPassword, cs, 0
	case unknownHandler:
		return noHandler, cs, 0
	}
	repaired := d.repaired
	cat := d.catalog()
	if !cat.IsDict() {
		if !repaired {
			d.openXRef(0, 0, true)
			cat = d.catalog()
		}
		if !cat.IsDict() {
			return noCatalog, cs, 0
		}
	}
	// Looking an object up may rebuild the table when it is missing, and so
	// change what follows: the same ones are looked up.
	cat.Key("AcroForm")
	cat.Key("URI").Key("Base")
	if oc := cat.Key("OCProperties"); oc.IsDict() {
		d.touchLayers(oc)
	}
	d.catalog().Key("ViewerPreferences")
	d.catalog().Key("Version")
	d.trailer.Key("Info")
	n := d.pageCount()
	if n < 1 {
		return noPages, cs, 0
	}
	return readable, cs, n
}

func (d *Doc) mainTable(retry bool) int64 {
	d.linearization()
	if d.linearized || retry && d.linLength > 0 {
		return d.linTable
	}
	return 0
}

// catalog fetches the catalogue, rebuilding the table once if it is not a
// dictionary.
func (d *Doc) catalog() Value {
	v := d.Root()
	if !v.IsDict() && d.poppler {
		if d.reconstruct(true) {
			v = d.Root()
		}
	}
	return v
}

func (d *Doc) touchLayers(oc Value) {
	m := d.mark()
	defer d.release(m)
	n := 0
	for _, g := range oc.Key("OCGs").Elems() {
		if _, isRef := g.Ref(); !isRef || !g.Resolve().IsDict() {
			break
		}
		if n++; n > 1000 {
			break
		}
	}
	def := oc.Key("D")
	def.Key("ON")
	def.Key("OFF")
	def.Key("Order")
	def.Key("RBGroups")
}

// pageCount is the number of pages pdfinfo reports: of a linearized file what
// its first dictionary says, else the Count of the page tree, if it can be.
func (d *Doc) pageCount() int64 {
	if d.linearized && d.linPages > 0 {
		return d.linPages
	}
	cat := d.catalog()
	if !cat.IsDict() {
		return 0
	}
	pages := cat.Key("Pages")
	if !pages.IsDict() {
		return 0
	}
	count := pages.Key("Count")
	f, ok := count.Num()
	if !ok {
		if _, isRef := cat.Raw("Pages").Ref(); isRef && pages.Key("Type").IsName("Page") {
			return 1
		}
		return 0
	}
	if f < 1 || f > 1<<31-1 || int64(f) > int64(d.xref.size) {
		return 0
	}
	return int64(f)
}

func (d *Doc) check(rep *report.Report) Info {
	info := Info{}
	if d.header {
		info.Version = version(d.major, d.minor)
	}
	how, cs, n := d.emulate()
	if d.stopped() {
		return info
	}
	info.Linearized = d.linearized
	info.Repaired = d.repaired
	info.Encrypted = cs != notEncrypted
	info.NeedsPassword = how == noPassword
	info.Readable = how == readable
	info.Pages = int(n)
	switch {
	case how == noPassword:
		rep.Add(RuleEncrypted, report.Location{})
		return info
	case how == noHandler:
		rep.Add(RuleSecurity, report.Location{})
		return info
	case d.overflow && how != readable:
		rep.Add(RuleLimit, report.Location{})
		return info
	case how != readable && !d.header:
		rep.Add(RuleHeader, report.Location{})
		return info
	case how == noXRef:
		rep.Add(RuleXRef, report.Location{})
		return info
	case how != readable:
		rep.Add(RulePages, report.Location{})
		return info
	}
	if !d.header {
		rep.AddAs(report.Warning, RuleHeader, report.Location{})
	}
	if cs == emptyPassword {
		rep.Add(RuleEncryptedOpen, report.Location{})
	}
	if d.repaired {
		rep.Add(RuleRepaired, report.Location{})
	}
	d.poppler = false // a missing page is a finding, not a reason to scan again
	st := d.walkPages(func(Page) bool { return true })
	if st.full || d.overflow {
		rep.AddAs(report.Warning, RuleLimit, report.Location{})
		return info
	}
	switch {
	case int64(st.pages) < n:
		rep.Add(RulePagesMissing, report.Location{}, report.Int("declared", n), report.Int("found", st.pages))
	case int64(st.pages) > n:
		rep.Add(RulePagesCount, report.Location{}, report.Int("declared", n), report.Int("found", st.pages))
	}
	return info
}

var commonVersions = [...]string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}

func version(major, minor int) string {
	switch {
	case major == 1 && minor < len(commonVersions):
		return commonVersions[minor]
	case major == 2 && minor == 0:
		return "2.0"
	}
	return strconv.Itoa(major) + "." + strconv.Itoa(minor)
}

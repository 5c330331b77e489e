package pdf

import (
	"context"
	"io"

	"github.com/liasse/liasse/ged/report"
)

// Error is why a PDF cannot be used: the rule broken, among those of this
// package.
type Error struct{ Rule *report.Rule }

// Error states the rule's code and message, in English.
func (e *Error) Error() string { return "pdf: " + e.Rule.Code + ": " + e.Rule.EN }

// Open reads the cross-references and the catalogue of a file as the standard
// says. When they are broken it rebuilds them by scanning the file, where that
// can be done ([Doc.Repaired] then says so). The error is an [*Error] when the
// file is empty (PDF-EMPTY), no PDF (PDF-HEADER), damaged (PDF-XREF, PDF-PAGES)
// or needs a password (PDF-ENCRYPTED); else it is the reader's.
func (d *Doc) Open(ctx context.Context, r io.ReaderAt, size int64) error {
	if size <= 0 {
		return &Error{RuleEmpty}
	}
	if err := d.Reset(ctx, r, size); err != nil {
		return err
	}
	rule := d.open()
	if (rule == RuleXRef || rule == RulePages) && !d.overflow && !d.stopped() {
		if again := d.rebuild(); again != RuleXRef {
			rule = again
		}
	}
	if d.err != nil {
		return d.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.overflow {
		rule = RuleLimit
	}
	if rule != nil {
		return &Error{rule}
	}
	return nil
}

func (d *Doc) open() *report.Rule {
	if !d.header {
		return RuleHeader
	}
	// The sections are read from the end even of a linearized file: its first
	// section is reached through Prev, and an update must follow the last.
	x := &d.xref
	d.linKnown, d.linLength = true, 0
	x.prev = d.startXRef(false)
	d.linKnown = false
	d.lastXRef = x.prev
	if x.prev <= 0 {
		return RuleXRef
	}
	d.readUntil(-1)
	if !x.ok {
		return RuleXRef
	}
	return d.begin()
}

// rebuild opens the file by reconstruction.
func (d *Doc) rebuild() *report.Rule {
	d.crypt, d.trailer = nil, Value{}
	d.forget()
	d.xref.clear()
	if !d.reconstruct(false) {
		return RuleXRef
	}
	return d.begin()
}

// Repaired reports whether the cross-references had to be rebuilt.
func (d *Doc) Repaired() bool { return d.repaired }

// begin reads the trailer and the catalogue.
func (d *Doc) begin() *report.Rule {
	x := &d.xref
	if n, ok := d.trailer.Raw("Size").int32(); ok {
		d.grow(int64(n))
	}
	root, ok := d.trailer.Raw("Root").Ref()
	if !ok {
		return RuleXRef
	}
	x.root = root
	switch d.openCrypt() {
	case needsPassword:
		return RuleEncrypted
	case unknownHandler:
		return RuleSecurity
	}
	if !d.Root().IsDict() {
		return RuleXRef
	}
	if !d.Root().Key("Pages").IsDict() {
		return RulePages
	}
	return nil
}

// Encrypted reports whether an open document is encrypted; it then opens with
// the empty password.
func (d *Doc) Encrypted() bool { return d.trailer.Raw("Encrypt").Kind() != Null }

// Err returns the first error of the reader, which cut short whatever was
// being read.
func (d *Doc) Err() error { return d.err }

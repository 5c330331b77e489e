package budget

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/c14n"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Read reads a budget document, checks it and verifies its seal. The error
// means that the file could not be read (I/O, cancellation); whatever is wrong
// with the document is in the report, and the Document holds what was read of
// it all the same: it is never nil when the error is nil.
func Read(ctx context.Context, src io.ReaderAt, size int64, opt Options) (*Document, *report.Report, error) {
	rep := report.New(opt.Report)
	f := &facts{}
	sum := newDigester()
	exact := newUnsealed(f, c14n.New(sum, c14n.Options{}))
	open := func(rep *report.Report) *xmlcore.Reader {
		return xmlcore.NewReader(io.NewSectionReader(src, 0, size),
			xmlcore.Options{Limits: opt.limits(), Member: opt.Member, Report: rep})
	}
	r := open(rep)
	sinks := []xmlcore.Sink{f, exact}
	var judged []Schema
	var judges []*schema.Validator
	if opt.Schemas {
		judged, judges = validators(opt.Report)
		for _, v := range judges {
			sinks = append(sinks, v)
		}
	}
	err := xmlcore.Run(ctx, r, sinks...)
	doc := &f.doc
	if !doc.CFU && f.badRoot == "" {
		for i, v := range judges {
			v.Finish(r)
			judged[i].Valid = err == nil && judged[i].Report.Valid()
		}
		doc.SchemasJuges = judged
	}
	doc.Encoding = r.Encoding()
	var bad *xmlcore.Error
	switch {
	case errors.As(err, &bad):
		rep.Record(bad.Finding)
	case err != nil:
		return nil, nil, fmt.Errorf("budget: %w", err)
	}
	f.check(rep, opt, err == nil)
	if n := len(doc.SchemasJuges); n > 0 && err == nil {
		for x := range doc.SchemasJuges[n-1].Report.All() {
			g := *x
			g.Severity = min(g.Severity, report.Warning)
			g.Where.Member = opt.Member
			rep.Record(g)
		}
	}
	if err != nil || f.base == 0 {
		return doc, rep, nil
	}
	if err := exact.c.Flush(); err != nil {
		return nil, nil, fmt.Errorf("budget: %w", err)
	}
	doc.Seal.Computed = sum.digests()
	switch {
	case f.seals == 0:
		doc.Seal.State = Absent
		severity := report.Warning
		if opt.Enveloppe {
			severity = report.Error
		}
		rep.AddAs(severity, ScellementAbsent, f.where)
	default:
		if err := verify(ctx, open, f, rep); err != nil {
			return nil, nil, fmt.Errorf("budget: %w", err)
		}
	}
	return doc, rep, nil
}

// verify compares the digests of the three variants with those of the seal, and
// reads the document again only for the variants that can differ.
func verify(ctx context.Context, open func(*report.Report) *xmlcore.Reader, f *facts, rep *report.Report) error {
	s := &f.doc.Seal
	if f.seals > 1 { // which of them to believe?
		s.State = Broken
		rep.Add(EnDouble, f.sealAt, report.P("element", "Scellement"))
		return nil
	}
	first := s.compare(s.Computed)
	if first == both {
		s.State, s.Variant = Intact, Exact
		return nil
	}
	// again digests another variant.
	again := func(sink func(c *c14n.Canonicalizer) xmlcore.Sink) (match, error) {
		sum := newDigester()
		c := c14n.New(sum, c14n.Options{})
		if err := xmlcore.Run(ctx, open(nil), sink(c)); err != nil {
			if errors.Is(err, errNoVariant) {
				return neither, nil
			}
			return neither, err
		}
		err := c.Flush()
		return s.compare(sum.digests()), err
	}
	if !f.before.equal(&f.after) {
		m, err := again(func(c *c14n.Canonicalizer) xmlcore.Sink { return newPreceding(f, c) })
		if err != nil {
			return err
		}
		if m == both {
			s.State, s.Variant = Intact, Preceding
			rep.Add(ScellementVariante, f.sealAt, report.Words("detail",
				"en retirant le texte qui précède Scellement au lieu de celui qui le suit",
				"by taking away the text before Scellement instead of the one after it"))
			return nil
		}
	}
	m, err := again(func(c *c14n.Canonicalizer) xmlcore.Sink { return newLayout(f, c) })
	if err != nil {
		return err
	}
	if m == both {
		s.State, s.Variant = Intact, Reindented
		rep.Add(ScellementVariante, f.sealAt, report.Words("detail",
			"une fois le document remis en page (trois espaces par niveau)",
			"once the document is laid out again (three spaces per level)"))
		return nil
	}
	s.State = Broken
	fr, en := "ni l'empreinte MD5 ni l'empreinte SHA-1 ne correspondent", "neither the MD5 nor the SHA-1 digest matches"
	switch max(first, m) {
	case md5Only:
		fr, en = "l'empreinte SHA-1 ne correspond pas", "the SHA-1 digest does not match"
	case sha1Only:
		fr, en = "l'empreinte MD5 ne correspond pas", "the MD5 digest does not match"
	}
	rep.Add(ScellementRompu, f.sealAt, report.Words("detail", fr, en))
	return nil
}

type match uint8

const (
	neither match = iota
	md5Only
	sha1Only
	both
)

func (s *Seal) compare(d Digests) match {
	m := neither
	if strings.EqualFold(s.MD5, d.MD5) {
		m = md5Only
	}
	if strings.EqualFold(s.SHA1, d.SHA1) {
		m += sha1Only
	}
	return m
}

// check adds the findings on what was read. Absences are said only of a
// document read to its end.
func (f *facts) check(rep *report.Report, opt Options, complete bool) {
	if f.badRoot != "" {
		rep.Add(Racine, f.where, report.P("element", f.badRoot))
		return
	}
	for _, n := range f.foreign {
		rep.Add(EspaceDeNoms, n.where, report.P("element", n.element), report.P("namespace", n.want))
	}
	if f.lost > 0 {
		rep.Add(Accents, f.lostAt, report.Int("count", f.lost))
	}
	doc := &f.doc
	if complete {
		missing := func(element string, severity report.Severity) {
			rep.AddAs(severity, Manque, f.where, report.P("element", element))
		}
		switch {
		case f.base == 0:
			missing("DocumentBudgetaire", report.Error)
			return
		case f.documents > 1:
			rep.Add(EnDouble, f.where, report.P("element", "DocumentBudgetaire"))
		}
		if !f.seen.schema {
			missing("VersionSchema", report.Warning)
		}
		if !f.seen.enTete {
			missing("EnTeteDocBudgetaire", report.Warning)
		}
		switch {
		case !f.seen.budget:
			missing("Budget", report.Error)
		default:
			if !f.seen.natDec {
				missing("NatDec", report.Warning)
			}
			if !f.seen.exer {
				missing("Exer", report.Error)
			}
		}
	}
	if f.seen.exer && !isYear(doc.Exer) {
		rep.Add(Exercice, f.exerAt, shown(doc.Exer))
	}
	if _, ok := NatureDecision(doc.NatDec); f.seen.natDec && !ok {
		rep.Add(NatDec, f.natDecAt, shown(doc.NatDec), report.List("expected", natDecCodes()))
	}
	if n := doc.Etablissement.Nomenclature; n != "" && !ValidNomenclature(n) {
		rep.Add(NomenclatureInconnue, f.nomenclatureAt, nomenclature(n))
	}
	if doc.Signatures > 0 && !opt.Signatures {
		rep.Add(SignatureNonVerifiable, f.where, report.Int("count", doc.Signatures))
	}
	siret(rep, opt, "IdColl", doc.EnTete.IdColl, f.seen.idColl, f.idCollAt)
	siret(rep, opt, "IdEtab", doc.Etablissement.IdEtab, f.seen.idEtab, f.idEtabAt)
}

func siret(rep *report.Report, opt Options, element, value string, seen bool, where report.Location) {
	if !seen {
		return
	}
	_, err := ident.ParseSIRET(value)
	switch {
	case err == nil && !ident.ValidSIRET(value), errors.Is(err, ident.ErrLength), errors.Is(err, ident.ErrCharacter):
		rep.Add(SIRETForme, where, report.P("element", element), report.P("value", value))
		return
	case err != nil:
		rep.Add(SIRETCle, where, report.P("element", element))
	}
	if opt.SIREN != "" && !strings.HasPrefix(value, opt.SIREN) {
		rep.Add(SIRETEmetteur, where, report.P("element", element))
	}
}

func isYear(s string) bool {
	if len(s) != 4 || s[0] != '1' && s[0] != '2' {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

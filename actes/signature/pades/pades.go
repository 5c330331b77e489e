package pades

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// Signature dictionaries of one file that are examined.
const maxSignatures = 200

// digested is the form of signatures whose content is the SHA-1 of the ranges.
const digested = "adbe.pkcs7.sha1"

// Validate judges every signature and document timestamp of a PDF. The error
// means that no verdict could be reached; whatever is wrong with the file is in
// the report.
func Validate(ctx context.Context, r io.ReaderAt, size int64, opt signature.Options) (*Report, error) {
	opt, pool := opt.Ready()
	rep := &Report{}
	rep.Findings = report.New(opt.Report)
	f := &file{ctx: ctx, r: r, size: size, pool: pool, rep: rep, visits: maxVisits}
	if err := f.doc.Open(ctx, r, size); err != nil {
		var at *pdf.Error
		if !errors.As(err, &at) {
			return nil, err
		}
		rep.Findings.Add(at.Rule, report.Location{})
		return rep, nil
	}
	if f.doc.Repaired() {
		rep.Findings.Add(RuleRepaired, report.Location{})
	}
	if err := f.find(); err != nil {
		return nil, err
	}
	if len(f.doc.Signatures()) == 0 && lost(ctx, r, loose(&f.doc), size) {
		rep.Findings.Add(RuleLost, report.Location{})
	}
	if err := f.store(&f.doc, true, func(string) {}); err != nil {
		return nil, err
	}
	for _, s := range f.found {
		if err := f.examine(s); err != nil {
			return nil, err
		}
	}
	for _, s := range f.found {
		if err := f.read(s); err != nil {
			return nil, err
		}
	}
	if err := f.judge(opt); err != nil {
		return nil, err
	}
	if err := f.doc.Err(); err != nil {
		return nil, err
	}
	return rep, ctx.Err()
}

// Report is the answer for one PDF.
type Report struct {
	signature.Report
	// Places says of each verdict, in order, how it stands in the file.
	Places []Place
}

// Place is how a signature stands in a PDF.
type Place struct {
	// Field is the full name of its form field; it may name a person.
	Field string
	// Filter and SubFilter are the names the dictionary gives.
	Filter, SubFilter string
	// Range is the ByteRange as written; RangeOK says that it leaves out the
	// value and nothing else.
	Range   []int64
	RangeOK bool
	// Whole says that the signature covers the file to its end.
	Whole bool
	// Consistent says that the signature dictionary is the one that was signed.
	Consistent bool
	// Permission is what a certified document allows: 1 nothing, 2 filling and
	// signing, 3 annotations too; 0 when nothing is restricted.
	Permission int
	// Changes is what was done after signing; nil when nothing was, or when the
	// range says nothing certain.
	Changes *Changes
}

// file is the reading of one PDF.
type file struct {
	ctx    context.Context
	r      io.ReaderAt
	size   int64
	doc    pdf.Doc
	pool   *signature.Pool
	rep    *Report
	visits int
	found  []*found
}

// found is one signature dictionary with a value that can be read.
type found struct {
	Place
	sig    pdf.Signature
	cms    *cades.Embedded
	stamp  bool
	octets *ranges
	over   *signature.Content
	// format and doubts are what the policy weighs.
	format, doubts, notes []signature.Fault
	// store are the IDs of the validation data in the revision it covers.
	store    []string
	hasStore bool
	locks    []lock
	brought  []string // IDs of the revocation data its value brings
	signed   *cades.Signed
	time     *signature.Timestamp
}

// end is where the revision covered ends.
func (s *found) end() int64 { return s.Range[2] + s.Range[3] }

// find lists the signatures that can be read.
func (f *file) find() error {
	for i, s := range f.doc.Signatures() {
		if i == maxSignatures {
			f.rep.Findings.Add(RuleLimit, report.Location{}, report.Int("limit", maxSignatures))
			break
		}
		name := report.P("field", s.Field.Name)
		if s.Perms == "UR" || s.Perms == "UR3" {
			// Usage rights: a licence of the maker of a form, not a signature.
			continue
		}
		where := report.Location{Offset: s.Start, At: s.Start > 0}
		e := &found{sig: s, Place: Place{Field: s.Field.Name, Filter: s.Filter, SubFilter: s.SubFilter, Range: s.ByteRange, Permission: s.DocMDP}}
		switch s.SubFilter {
		case "ETSI.RFC3161":
			// EN 319 142-1 §5.4.3: that type is what makes it one.
			if e.stamp = s.Dict.Key("Type").IsName("DocTimeStamp"); !e.stamp {
				f.rep.Findings.Add(RuleSubFilter, where, report.Code("format", "ETSI.RFC3161, /Type"))
				continue
			}
		case "adbe.x509.rsa_sha1":
			f.rep.Findings.Add(RuleSubFilter, where, report.Code("format", "adbe.x509.rsa_sha1"))
			continue
		}
		c, err := cades.Embed(s.Contents)
		if err != nil || c.Signers() == 0 || !c.Integers() {
			f.rep.Findings.Add(RuleUnreadable, where, name)
			continue
		}
		for _, b := range c.Trailing() {
			if b != 0 {
				e.note(RulePadding, report.Int("count", len(c.Trailing())))
				break
			}
		}
		e.cms = c
		e.brought = f.pool.Gather(func() { c.Fill(f.pool) })
		f.found = append(f.found, e)
	}
	return f.ctx.Err()
}

func (s *found) note(r *report.Rule, p ...report.Param) {
	s.notes = append(s.notes, signature.Fault{Rule: r, Params: p})
}

func (s *found) fail(r *report.Rule, p ...report.Param) {
	s.format = append(s.format, signature.Fault{Rule: r, Params: p})
}

func (s *found) doubt(r *report.Rule, p ...report.Param) {
	s.doubts = append(s.doubts, signature.Fault{Rule: r, Params: p})
}

// read establishes the evidence of a signature or the facts of a timestamp.
func (f *file) read(s *found) error {
	if n := s.cms.Signers(); n != 1 {
		s.fail(RuleSigners, report.Int("count", n))
	}
	if s.stamp {
		return f.readStamp(s)
	}
	over := s.over
	if s.SubFilter == digested {
		over = nil
	}
	l, err := s.cms.Read(f.ctx, over)
	if err != nil {
		return err
	}
	for i := range l {
		if l[i].Counter {
			continue
		}
		s.signed = &l[i]
		break
	}
	if s.signed == nil {
		return nil
	}
	e := s.signed.Evidence
	e.AttributesDone = s.signed.MessageDigest
	ref := &e.References[0]
	ref.Name = "message_digest"
	inside, has := s.cms.Content()
	switch {
	case s.SubFilter == digested:
		f.digested(s, inside, has)
	case has && len(inside) > 0:
		s.fail(RuleInside)
	}
	if !s.RangeOK {
		ref.Intact = false
	}
	if at, ok := moment(string(s.sig.Dict.Key("M").Bytes())); ok {
		e.SigningTime = at
	}
	e.Format, e.Level = f.level(s)
	e.Covers = []signature.Coverage{s.coverage()}
	if e.References[0].Digest != "" {
		if sum, ok := s.over.Digest(e.References[0].Digest); ok && sum != nil && s.RangeOK {
			e.Covers[0].Digest = string(e.References[0].Digest) + ":" + hexadecimal(sum)
		}
	}
	if t := s.sig.Dict.Key("Location").Bytes(); t != nil {
		e.Place = append(e.Place, strings.ToValidUTF8(text(t), "\uFFFD"))
	}
	e.Token.Format = append(e.Token.Format, s.format...)
	e.Doubts = append(e.Doubts, s.doubts...)
	e.Notes = append(e.Notes, s.notes...)
	return s.over.Err()
}

// coverage says what the signature is over.
func (s *found) coverage() signature.Coverage {
	c := signature.Coverage{Kind: "PARTIAL", Name: "Partial PDF", Data: s.octets}
	if s.Whole {
		c.Kind, c.Name = "FULL", "Full PDF"
	}
	return c
}

// judge attaches the document timestamps to the signatures they cover and
// judges all.
func (f *file) judge(opt signature.Options) error {
	f.attach()
	var evidence []*signature.Evidence
	var stamps []*signature.Timestamp
	for _, s := range f.found {
		if s.signed != nil {
			evidence = append(evidence, s.signed.Evidence)
		}
		if s.time != nil {
			stamps = append(stamps, s.time)
		}
	}
	if err := f.pool.Complete(f.ctx, opt, &f.rep.Report, evidence, stamps...); err != nil {
		return err
	}
	used := map[*signature.Timestamp]bool{}
	for _, s := range f.found {
		if s.signed == nil {
			continue
		}
		v := signature.Judge(s.signed.Evidence, opt.Policy, opt.At)
		v.Findings(f.rep.Findings, report.Location{Offset: s.sig.Start, At: s.sig.Start > 0})
		for _, t := range s.signed.Timestamps {
			used[t] = true
		}
		f.rep.Verdicts = append(f.rep.Verdicts, v)
		f.rep.Places = append(f.rep.Places, s.Place)
	}
	for _, s := range f.found {
		if s.time == nil || used[s.time] {
			continue
		}
		v := signature.JudgeStamp(s.time, opt.Policy, opt.At)
		v.Findings(f.rep.Findings, report.Location{Offset: s.sig.Start, At: s.sig.Start > 0})
		f.rep.Stamps = append(f.rep.Stamps, v)
	}
	return nil
}

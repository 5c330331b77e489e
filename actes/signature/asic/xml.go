package asic

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmltree"
)

// xml judges the XML signatures, whose references name files of the container.
func (j *judging) xml(opt signature.Options) error {
	var contents []*signature.Content
	for _, m := range j.order {
		contents = append(contents, m.content)
	}
	type part struct {
		at  *member
		raw []byte
	}
	var parts []part
	n := 0
	for _, m := range j.order {
		if partOf(m.Name) != xml {
			continue
		}
		raw, ok, err := j.room(m, n)
		if err != nil {
			return err
		}
		if n++; ok {
			parts = append(parts, part{m, raw})
		}
	}
	if len(parts) > 1 {
		for _, p := range parts {
			j.share(p.raw, &opt)
		}
	}
	for _, p := range parts {
		m, raw := p.at, p.raw
		in := xades.Bytes(raw)
		in.Contents = append(contents[:len(contents):len(contents)], j.aliases(raw)...)
		rep, err := xades.Validate(j.ctx, in, opt)
		if err != nil {
			return err
		}
		j.rep.Fetched.Add(rep.Fetched)
		if len(rep.Verdicts) > 0 {
			rep.Fetched.Findings(j.rep.Findings)
		}
		if len(rep.Verdicts) == 0 {
			j.rep.Findings.Merge(rep.Findings, m.Name)
			continue
		}
		for i := range rep.Verdicts {
			if err := j.signed(&rep.Verdicts[i], m, opt); err != nil {
				return err
			}
		}
	}
	return nil
}

// signed judges again, as a part of the container, a signature that was judged
// as a document of its own.
func (j *judging) signed(v *signature.Verdict, at *member, opt signature.Options) error {
	e := v.Evidence
	if !e.Counter {
		for _, c := range e.Covers {
			m := j.members[c.Name]
			if m == nil && j.typ == Simple && len(j.data()) == 1 && c.Kind == "FULL" {
				m = j.data()[0] // under the name the signature gives it
			}
			if m == nil {
				continue
			}
			m.signed = true
			names, err := j.archived(m)
			if err != nil {
				return err
			}
			for _, n := range names {
				e.Covers = append(e.Covers, signature.Coverage{Kind: "ARCHIVED", Name: n, Data: m})
			}
		}
	}
	e.Token.Format = append(e.Token.Format, j.faults...)
	if j.typ != Simple && !j.inventoried() {
		e.Token.Format = append(e.Token.Format, signature.Fault{Rule: RuleInventory})
	}
	e.Archival = e.Archival || j.rep.Evidence > 0
	again := signature.Judge(e, opt.Policy, opt.At)
	j.say(&again, at)
	return nil
}

// share lends the lists and responses that one signature file brings to the
// others: those of the same authorities often come with one signature only.
func (j *judging) share(raw []byte, opt *signature.Options) {
	root, err := xmltree.Parse(j.ctx, bytes.NewReader(raw), xmlcore.Options{})
	if err != nil {
		return // the validation says why
	}
	opt.CRLs, opt.OCSPs = slices.Clip(opt.CRLs), slices.Clip(opt.OCSPs)
	for n := range root.Tree() {
		crl := n.Local == "EncapsulatedCRLValue"
		if !crl && n.Local != "EncapsulatedOCSPValue" || len(opt.CRLs)+len(opt.OCSPs) > maxShared {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Text), ""))
		if err != nil {
			continue
		}
		if crl {
			if l, err := trust.ParseCRL(b); err == nil {
				opt.CRLs = append(opt.CRLs, l)
			}
		} else if o, err := trust.ParseOCSP(b); err == nil {
			opt.OCSPs = append(opt.OCSPs, o)
		}
	}
}

// inventoried reports whether the container lists its files, for whatever end.
func (b *box) inventoried() bool {
	return slices.ContainsFunc(b.order, func(m *member) bool {
		return m.Name == meta+"manifest.xml" || strings.HasPrefix(m.Name, meta) && strings.Contains(m.Name, "ASiCEvidenceRecordManifest")
	})
}

// aliases gives the one file of an ASiC-S under the names the references of a
// signature have for it: there is nothing else they could be over
// (EN 319 162-1 §4.3.3.2).
func (j *judging) aliases(raw []byte) []*signature.Content {
	d := j.data()
	if j.typ != Simple || len(d) != 1 {
		return nil
	}
	root, err := xmltree.Parse(j.ctx, bytes.NewReader(raw), xmlcore.Options{})
	if err != nil {
		return nil // the validation says why
	}
	var out []*signature.Content
	for n := range root.Tree() {
		if !n.Is(nsDS, "Reference") || len(out) > 100 {
			continue
		}
		uri, _ := n.Attr("", "URI")
		if uri == "" || strings.HasPrefix(uri, "#") || j.members[local(uri)] != nil {
			continue
		}
		out = append(out, signature.NewContentOf(local(uri), d[0]))
	}
	return out
}

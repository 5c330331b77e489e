package pades

import (
	"io"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/pdf"
)

// Limits of the validation data in a document: how many, and octets of each.
const (
	maxStored     = 5000
	maxStoredSize = 16 << 20
)

// store reads the validation data of a revision (EN 319 142-1 §5.4.2): those of
// the document, and those filed by signature (VRI). With fill they enter the
// pool; each is told by its ID.
func (f *file) store(d *pdf.Doc, fill bool, each func(id string)) error {
	dss := d.Root().Key("DSS")
	if !dss.IsDict() {
		return nil
	}
	n, bad := 0, false
	seen := map[pdf.Ref]bool{}
	read := func(list pdf.Value, add func([]byte) bool) {
		for _, e := range list.Elems() {
			if r, ok := e.Ref(); ok {
				if seen[r] {
					continue
				}
				seen[r] = true
			}
			if n++; n > maxStored || f.ctx.Err() != nil {
				return
			}
			forget := d.Keep()
			if r, err := d.Stream(e.Resolve()); err == nil {
				b, err := io.ReadAll(io.LimitReader(r, maxStoredSize+1))
				bad = bad || err != nil || len(b) > maxStoredSize || !add(b)
			} else {
				bad = true
			}
			forget()
		}
	}
	group := func(v pdf.Value, keys [3]string) {
		read(v.Key(keys[0]), func(b []byte) bool {
			c, err := trust.ParseCertificate(b)
			if err != nil {
				return false
			}
			if fill {
				f.pool.AddCertificates(c)
			}
			each(c.ID())
			return true
		})
		read(v.Key(keys[1]), func(b []byte) bool {
			l, err := trust.ParseCRL(b)
			if err != nil {
				return false
			}
			if fill {
				f.pool.AddCRL(l)
			}
			each(l.ID())
			return true
		})
		read(v.Key(keys[2]), func(b []byte) bool {
			o, err := trust.ParseOCSP(b)
			if err != nil {
				return false
			}
			if fill {
				f.pool.AddOCSP(o)
			}
			each(o.ID())
			for _, c := range o.Certificates {
				each(c.ID())
			}
			return true
		})
	}
	group(dss, [3]string{"Certs", "CRLs", "OCSPs"})
	for _, v := range dss.Key("VRI").Entries() {
		group(v.Resolve(), [3]string{"Cert", "CRL", "OCSP"})
	}
	if bad && d == &f.doc && fill {
		f.rep.Findings.Add(RuleValidation, report.Location{})
	}
	return f.ctx.Err()
}

// readStamp establishes the facts of a document timestamp.
func (f *file) readStamp(s *found) error {
	t, err := tsp.Read(s.sig.Contents)
	if err != nil {
		f.rep.Findings.Add(RuleUnreadable, report.Location{Offset: s.sig.Start, At: s.sig.Start > 0}, report.P("field", s.sig.Field.Name))
		return nil
	}
	s.time = t.Stamp(signature.StampDocument, s.over, f.pool)
	s.time.Format = append(s.time.Format, s.format...)
	s.time.Doubts = append(s.time.Doubts, s.doubts...)
	s.time.Notes = append(s.time.Notes, s.notes...)
	if !s.RangeOK {
		for i := range s.time.References {
			s.time.References[i].Intact = false
		}
	}
	return s.over.Err()
}

// attach gives every signature the document timestamps that cover it, and
// every timestamp what it covers: the signatures and timestamps before it with
// their certificates, and the validation data of its revision.
func (f *file) attach() {
	for _, t := range f.found {
		if t.time == nil {
			continue
		}
		cover := func(id string) { t.time.Covers = append(t.time.Covers, id) }
		for _, o := range f.found {
			if !t.RangeOK || o == t || len(o.Range) != 4 || o.Range[2] > t.Range[1] {
				continue
			}
			chain := func(l []*signature.Cert) {
				for _, c := range l {
					cover(c.ID)
				}
			}
			for _, id := range o.brought {
				cover(id)
			}
			switch {
			case o.time != nil:
				cover(o.time.ID)
				chain(o.time.Chain)
			case o.signed != nil:
				e := o.signed.Evidence
				cover(e.ID)
				chain(e.Chain)
				for _, s := range e.Timestamps {
					if s.Kind != signature.StampDocument {
						cover(s.ID)
						chain(s.Chain)
					}
				}
				e.Timestamps = append(e.Timestamps, t.time)
				e.Archival = true
			}
		}
		for _, id := range t.store {
			cover(id)
		}
	}
	for _, s := range f.found {
		if s.signed != nil {
			s.signed.Evidence.Level = f.archived(s)
		}
	}
}

package preflight

import (
	"errors"
	"strconv"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// The first family (0.2, 1.0) nests its objects in what describes them: Archive
// and ArchiveObject, or Contains; each Document is an object, alone, whose file
// is named by its Attachment.

// inOctets is the unit of a size in bytes (UN/ECE recommendation 20).
const inOctets = "AD"

// oldProof is an Integrity at the top of a message of 0.2: the digest of a file
// by its name. Numbers are of values.
type oldProof struct {
	file, digest, algorithm int32
	line, col               uint32
}

func (s *Survey) startOld(r *xmlcore.Reader, e tag) {
	if !s.old {
		return
	}
	switch e {
	case eOldUnit:
		s.Units++
	case eContains:
		if s.at(1) != eIntegrity {
			s.Units++
		} else if n := len(s.proofs); n > 0 {
			a, _ := r.Attr("", "algorithme")
			s.proofs[n-1].algorithm = s.value(a)
		}
	case eDocument:
		s.startObject(r, false)
	case eSize:
		if s.obj != nil && s.at(1) == eDocument {
			unit, _ := r.Attr("", "unitCode")
			s.obj.octets = string(unit) == inOctets
		}
	case eIntegrity:
		a, _ := r.Attr("", "algorithme")
		if s.obj != nil && s.at(1) == eDocument {
			s.obj.algorithm, s.obj.digested = s.value(a), true
		} else {
			line, col, _ := r.Position()
			s.proofs = append(s.proofs, oldProof{file: -1, digest: -1, algorithm: s.value(a), line: uint32(line), col: uint32(col)})
		}
	}
}

func (s *Survey) oldAttachment(r *xmlcore.Reader) {
	if s.old && s.obj != nil && s.at(1) == eDocument {
		if name, ok := r.Attr("", "filename"); ok && len(name) > 0 {
			s.obj.uri = s.value(name)
		}
	}
}

func (s *Survey) endOld(_ *xmlcore.Reader, e tag) {
	if !s.old {
		return
	}
	switch parent := s.at(1); {
	case e == eDocument:
		s.Groups++
		s.endObject()
	case e == eAttachment && parent == eDocument && s.obj != nil:
		s.obj.attached = len(trim(s.text)) > 0
	case e == eSize && parent == eDocument && s.obj != nil:
		if n, err := strconv.ParseInt(string(trim(s.text)), 10, 64); n >= 0 && (err == nil || errors.Is(err, strconv.ErrRange)) && s.obj.octets {
			s.obj.size = n
		}
	case e == eIntegrity && parent == eDocument && s.obj != nil:
		s.obj.digest = s.value(trim(s.text))
	case parent == eIntegrity && len(s.proofs) > 0:
		p := &s.proofs[len(s.proofs)-1]
		if e == eContains {
			p.digest = s.value(trim(s.text))
		} else if e == eUnitIdentifier {
			p.file = s.value(trim(s.text))
		}
	}
}

// endObject closes the open object.
func (s *Survey) endObject() { s.obj = nil }

// prove gives the objects of a message of 0.2 the digests written at its top,
// and returns those that are of no file of theirs.
func (s *Survey) prove() (alone []oldProof) {
	if len(s.proofs) == 0 {
		return nil
	}
	by := make(map[int32]oldProof, len(s.proofs))
	for _, p := range s.proofs {
		by[p.file] = p
	}
	files := make(map[int32]struct{}, len(s.objects))
	for i := range s.objects {
		o := &s.objects[i]
		files[o.uri] = struct{}{}
		if p, ok := by[o.uri]; ok && o.uri >= 0 && !o.digested {
			o.digest, o.algorithm, o.digested = p.digest, p.algorithm, true
		}
	}
	for _, p := range s.proofs {
		if _, ok := files[p.file]; !ok || p.file < 0 {
			alone = append(alone, p)
		}
	}
	return alone
}

// header tells what the message should say of itself and does not.
func (s *Survey) header() {
	if s.old || s.Root != "ArchiveTransfer" && s.judge.Target != seda.Vitam {
		return
	}
	where, managed := s.first, s.managed
	if managed.IsZero() {
		managed = where
	}
	if s.OriginatingAgency == "" && (s.Version != seda.V20 || s.judge.Target == seda.Vitam) { // 2.0 has no element for it
		s.judge.Tell(faultAgency, managed, report.Words("field", "service producteur", "originating agency"))
	}
	if s.Agreement == "" {
		s.judge.Tell(faultAgreement, where, report.Words("field", "contrat d'entrée", "ingest contract"))
	}
	if n := len(s.objects); n > 0 {
		s.judge.Tell(faultNoObject, where, report.Int("count", n))
	}
}

package budget

import (
	"bytes"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// maxOutils bounds how many VersionOutil are kept.
const maxOutils = 100

// part says where in the document a start tag stands.
type part uint8

const (
	other part = iota
	editeur
	enTete
	budgetPart
	enTeteBudget
	bloc
)

// facts is the sink that reads the few elements this package knows.
type facts struct {
	doc  Document
	base int    // depth of DocumentBudgetaire, 0 until it is met
	ns   string // its namespace
	in   [2]part

	badRoot   string
	documents int
	closed    bool // DocumentBudgetaire has ended
	foreign   []foreign
	seen      struct{ schema, enTete, budget, natDec, exer, idColl, idEtab bool }

	where, exerAt, natDecAt, idCollAt, idEtabAt, nomenclatureAt report.Location

	seals  int
	sealAt report.Location
	// The texts around the seal. A text longer than a stamp holds counts as
	// different from any other.
	before, after stamp
	beforeAt      int64 // offset of the text before the seal
	text          stamp // the text node being read
	textAt        int64
	follows       bool // the current text node follows the seal

	prefix   string // of DocumentBudgetaire, for a new seal
	headerAt int64  // offset of EnTeteDocBudgetaire
	lost     int    // values that hold the trace of a wrong conversion
	lostAt   report.Location
}

type foreign struct {
	element, want string
	where         report.Location
}

// stamp remembers a short text.
type stamp struct {
	n int
	b [128]byte
}

func (s *stamp) equal(o *stamp) bool {
	return s.n == o.n && s.n <= len(s.b) && s.b == o.b
}

func (s *stamp) add(b []byte) {
	if s.n == 0 {
		clear(s.b[:])
	}
	copy(s.b[min(s.n, len(s.b)):], b)
	s.n += len(b)
}

// Event implements xmlcore.Sink.
func (f *facts) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.Text:
		f.accents(r, -1, r.Text())
		if f.base == 0 || f.closed || r.Depth() != f.base {
			return nil // no neighbour of a seal
		}
		if f.text.n == 0 {
			f.textAt = r.Offset()
		}
		f.text.add(r.Text())
		if f.follows {
			f.after = f.text
		}
		return nil
	case xmlcore.StartElement:
		f.start(r)
	case xmlcore.EndElement:
		if f.base > 0 && r.Depth() == f.base {
			f.closed = true
		}
	}
	f.follows = k == xmlcore.EndElement && !f.closed && f.isSeal(r)
	f.text.n = 0
	return nil
}

// isSeal reports whether the current element, a child of the DocumentBudgetaire
// if its depth is right, is named as a seal is.
func (f *facts) isSeal(r *xmlcore.Reader) bool {
	if f.base == 0 || r.Depth() != f.base+1 {
		return false
	}
	n := r.Name()
	return n.Local == "Scellement" && n.Space == f.ns
}

func (f *facts) start(r *xmlcore.Reader) {
	name := r.Name()
	for i, a := range r.Attrs() {
		f.accents(r, i, a.Value)
	}
	if name.Local == "Signature" && name.Space == "http://www.w3.org/2000/09/xmldsig#" {
		f.doc.Signatures++
	}
	depth := r.Depth()
	switch {
	case f.badRoot != "":
		return
	case depth == 1 && name.Local != "DocumentBudgetaire":
		f.where = r.Location()
		if name.Local != "CompteFinancierUnique" {
			f.badRoot = name.Local
			return
		}
		f.doc.CFU = true
		f.expect(r, NSCFU)
		return
	case depth == 1, depth == 2 && f.doc.CFU && name.Local == "DocumentBudgetaire":
		if f.documents++; f.documents == 1 {
			f.base, f.ns, f.where, f.prefix = depth, name.Space, r.Location(), name.Prefix
			f.expect(r, NS)
		}
		return
	case f.base == 0 || f.closed || depth > f.base+3 || name.Space != f.ns:
		return
	}
	switch depth - f.base {
	case 1:
		f.child(r, name.Local)
	case 2:
		f.grandchild(r, name.Local)
	case 3:
		f.field(r, name.Local)
	}
}

func (f *facts) expect(r *xmlcore.Reader, ns string) {
	if n := r.Name(); n.Space != ns {
		f.foreign = append(f.foreign, foreign{n.Local, ns, r.Location()})
	}
}

// maxValue bounds a value that is kept, in octets; a longer one is cut.
const maxValue = 4096

// v returns the attribute V, where these schemas put values.
func v(r *xmlcore.Reader) string { return attr(r, "V") }

func attr(r *xmlcore.Reader, local string) string {
	b, _ := r.Attr("", local)
	if len(b) > maxValue {
		b = bytes.ToValidUTF8(b[:maxValue], nil)
	}
	return string(b)
}

func (f *facts) child(r *xmlcore.Reader, local string) {
	f.in[0] = other
	switch local {
	case "VersionSchema":
		if !f.seen.schema {
			f.seen.schema, f.doc.VersionSchema = true, v(r)
		}
	case "BlocEditeur":
		f.in[0] = editeur
	case "VersionOutil":
		if len(f.doc.Outils) < maxOutils {
			f.doc.Outils = append(f.doc.Outils, Outil{attr(r, "outil"), attr(r, "version")})
		}
	case "Scellement":
		if f.seals++; f.seals > 1 {
			return
		}
		s := &f.doc.Seal
		s.MD5, s.SHA1, s.Date = attr(r, "md5"), attr(r, "sha1"), attr(r, "date")
		f.sealAt, f.before, f.beforeAt = r.Location(), f.text, f.textAt
	case "EnTeteDocBudgetaire":
		f.in[0] = enTete
		if !f.seen.enTete {
			f.seen.enTete, f.headerAt = true, r.Offset()
		}
	case "Budget":
		f.in[0], f.seen.budget = budgetPart, true
	}
}

func (f *facts) grandchild(r *xmlcore.Reader, local string) {
	f.in[1] = other
	e := &f.doc.EnTete
	switch f.in[0] {
	case editeur:
		if local == "CodeEditeur" {
			f.doc.CodeEditeur = v(r)
		}
	case enTete:
		switch local {
		case "DteStr":
			e.DteStr = v(r)
		case "LibellePoste":
			e.LibellePoste = v(r)
		case "IdPost":
			e.IdPost = v(r)
		case "LibelleColl":
			e.LibelleColl = v(r)
		case "IdColl":
			if !f.seen.idColl {
				e.IdColl, f.seen.idColl, f.idCollAt = v(r), true, r.Location()
			}
		case "NatCEPL":
			e.NatCEPL = v(r)
		case "Departement":
			e.Departement = v(r)
		}
	case budgetPart:
		switch local {
		case "LigneBudget":
			f.doc.Lignes++
		case "EnTeteBudget":
			f.in[1] = enTeteBudget
		case "BlocBudget":
			f.in[1] = bloc
		}
	}
}

func (f *facts) field(r *xmlcore.Reader, local string) {
	if f.in[0] != budgetPart {
		return
	}
	e := &f.doc.Etablissement
	switch f.in[1] {
	case enTeteBudget:
		switch local {
		case "LibelleEtab":
			e.LibelleEtab = v(r)
		case "IdEtab":
			if !f.seen.idEtab {
				e.IdEtab, f.seen.idEtab, f.idEtabAt = v(r), true, r.Location()
			}
		case "SpecifBudget":
			e.SpecifBudget = v(r)
		case "CodColl":
			e.CodColl = v(r)
		case "CodInseeColl":
			e.CodInseeColl = v(r)
		case "CodBud":
			e.CodBud = v(r)
		case "Nomenclature":
			if e.Nomenclature == "" {
				e.Nomenclature, f.nomenclatureAt = v(r), r.Location()
			}
		}
	case bloc:
		switch local {
		case "NatDec":
			if !f.seen.natDec {
				f.doc.NatDec, f.seen.natDec, f.natDecAt = v(r), true, r.Location()
			}
		case "Exer":
			if !f.seen.exer {
				f.doc.Exer, f.seen.exer, f.exerAt = v(r), true, r.Location()
			}
		}
	}
}

// The octets EF BF BD are U+FFFD in UTF-8: what converters put for a character
// they could not read. In a file declared ISO-8859-1 they read as three letters.
var lostMarks = [][]byte{[]byte("\uFFFD"), []byte("ï¿½")}

// accents looks for lost characters in a value: attribute i, or text when i is
// negative.
func (f *facts) accents(r *xmlcore.Reader, i int, b []byte) {
	for _, m := range lostMarks {
		if bytes.Contains(b, m) {
			if f.lost++; f.lost == 1 {
				if f.lostAt = r.Location(); i >= 0 {
					f.lostAt = r.AttrLocation(i)
				}
			}
			return
		}
	}
}

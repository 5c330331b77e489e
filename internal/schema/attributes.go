package schema

import (
	"bytes"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// attributes checks the attributes of the element just opened against the
// candidate and returns the number of faults; with say, it reports them and
// collects identifiers. It may give the candidate another type (xsi:type).
func (v *Validator) attributes(r *xmlcore.Reader, f *frame, c *cand, say bool) (faults int) {
	attrs := r.Attrs()
	f.nilled = false
	if v.g.xsd {
		for i := range attrs {
			if v.symbol(attrs[i].Name).xsi {
				faults += v.instance(r, f, c, i, say)
			}
		}
	}
	t := &v.g.types[c.typ]
	if t.abstract {
		faults++
		if say {
			v.fault(r, f, report.Finding{Rule: report.XSDAbstract, Ref: "cvc-type.2", Where: r.Location(),
				Params: []report.Param{report.P("element", f.name.String())}})
		}
	}
	required := 0
	var wildSeen uint64
	for i := range attrs {
		a := &attrs[i]
		s := v.symbol(a.Name)
		if s.xsi && v.g.xsd {
			continue
		}
		var value *Value
		id := datatype.NotIdentity
		if e := t.attrs.find(s.sym); s.sym >= 0 && e != nil {
			if e.required {
				required++
			}
			value, id = e.value, e.identity
		} else {
			var ok bool
			if value, ok = v.wildcard(t, a.Name, s, &wildSeen); !ok {
				faults++
				if say {
					v.fault(r, f, report.Finding{Rule: report.XSDAttr, Ref: "cvc-complex-type.3.2.2", Where: r.AttrLocation(i),
						Params: []report.Param{report.P("attribute", a.Name.String()), report.P("element", f.name.String())}})
				}
				continue
			}
			if value != nil {
				id = value.id
			}
		}
		if value == nil || value.kind == vAny {
			continue
		}
		if !say {
			if fault, _ := value.check(&v.scratch, a.Value); fault != nil {
				faults++
			}
			continue
		}
		fault, note := value.check(&v.scratch, a.Value)
		if fault != nil || note != datatype.NoNote {
			v.judge(r, f, value, fault, note, valueName(f.name, a.Name), a.Value, r.AttrLocation(i))
		}
		if fault != nil {
			faults++
		} else if id != datatype.NotIdentity {
			v.identify(r, f, id, a.Value)
		}
	}
	if required < t.attrs.required {
		faults += v.attributesMissing(r, f, t, say)
	}
	for i := range t.attrs.wild {
		if w := &t.attrs.wild[i]; w.required && i < 64 && wildSeen&(1<<i) == 0 {
			faults++
			if say {
				v.attributeMissing(r, f, w.names.describe(v.g))
			}
		}
	}
	return faults
}

// quickAttributes reports whether the attributes are surely those of the type,
// without a word to say, and how many identifiers are among them, with the
// number of the last and its kind. If it does not say so, they have to be
// looked at closely.
func (v *Validator) quickAttributes(t *typ, attrs []xmlcore.Attr) (right bool, ids, last int, kind datatype.Identity) {
	if len(attrs) < t.attrs.required {
		return false, 0, 0, 0
	}
	required := 0
	for i := range attrs {
		s := v.symbol(attrs[i].Name)
		e := t.attrs.find(s.sym)
		if e == nil || s.xsi || !e.quick.Accepts(attrs[i].Value) {
			return false, 0, 0, 0
		}
		if e.required {
			required++
		}
		if e.identity != datatype.NotIdentity {
			ids, last, kind = ids+1, i, e.identity
		}
	}
	return required == t.attrs.required && !t.attrs.demanding && !t.abstract, ids, last, kind
}

// wildcard finds the value an attribute must have under the type's wildcards:
// nil for any. ok is false if none admits it.
func (v *Validator) wildcard(t *typ, n *xmlcore.Name, s *symbol, seen *uint64) (value *Value, ok bool) {
	for i := range t.attrs.wild {
		w := &t.attrs.wild[i]
		if !w.names.Contains(n.Space, n.Local) {
			continue
		}
		if i < 64 {
			*seen |= 1 << i
		}
		global, known := v.g.attributes[s.sym]
		switch w.process {
		case Skip:
			return nil, true
		case Lax:
			if known {
				return global, true
			}
		case Strict:
			return global, known
		}
		return w.value, true
	}
	return nil, false
}

func (v *Validator) attributesMissing(r *xmlcore.Reader, f *frame, t *typ, say bool) (faults int) {
	for i := range t.attrs.named {
		e := &t.attrs.named[i]
		if !e.required {
			continue
		}
		n := v.g.list[e.sym]
		if _, ok := r.Attr(n.Space, n.Local); ok {
			continue
		}
		faults++
		if say {
			v.attributeMissing(r, f, v.g.display(n))
		}
	}
	return faults
}

func (v *Validator) attributeMissing(r *xmlcore.Reader, f *frame, name string) {
	v.fault(r, f, report.Finding{Rule: report.XSDAttrMissing, Ref: "cvc-complex-type.4", Where: r.Location(),
		Params: []report.Param{report.P("attribute", name), report.P("element", f.name.String())}})
}

// collectIDs remembers the identifiers among the attributes of an element whose
// candidates were told apart silently.
func (v *Validator) collectIDs(r *xmlcore.Reader, t int32) {
	f := v.top()
	attrs := r.Attrs()
	for i := range attrs {
		if s := v.symbol(attrs[i].Name); s.sym >= 0 {
			if e := v.g.types[t].attrs.find(s.sym); e != nil && e.identity != datatype.NotIdentity {
				v.identify(r, f, e.identity, attrs[i].Value)
			}
		}
	}
}

// instance treats attribute i, which is of the namespace of schema instances.
func (v *Validator) instance(r *xmlcore.Reader, f *frame, c *cand, i int, say bool) int {
	a := &r.Attrs()[i]
	nillable := c.decl >= 0 && v.g.decls[c.decl].nillable
	// Of an element without declaration nothing says what it may bear (§3.3.4).
	undeclared := c.decl < 0 || v.g.leaves[c.leaf].process == Lax && v.g.decls[c.decl].leaf == c.leaf
	switch a.Name.Local {
	case "schemaLocation", "noNamespaceSchemaLocation":
		return 0
	case "type":
		return v.retype(r, f, c, i, say)
	case "nil":
		if undeclared {
			return 0
		}
		value := bytes.Trim(a.Value, " \t\r\n")
		switch string(value) {
		case "true", "1":
			if nillable {
				f.nilled = true
				return 0
			}
		case "false", "0":
			if nillable {
				return 0
			}
		default:
			if nillable {
				if say {
					v.fault(r, f, report.Finding{Rule: report.XSDValue, Ref: "cvc-datatype-valid.1.2.1", Where: r.AttrLocation(i), Params: []report.Param{
						report.P("name", a.Name.String()), report.P("value", string(a.Value)), expected(&datatype.Fault{Expected: "xs:boolean"})}})
				}
				return 1
			}
		}
		if say {
			v.fault(r, f, report.Finding{Rule: report.XSDNil, Ref: "cvc-elt.3.1", Where: r.AttrLocation(i),
				Params: []report.Param{report.P("element", f.name.String())}})
		}
		return 1
	}
	if undeclared {
		return 0
	}
	if say {
		v.fault(r, f, report.Finding{Rule: report.XSDAttr, Ref: "cvc-complex-type.3.2.2", Where: r.AttrLocation(i),
			Params: []report.Param{report.P("attribute", a.Name.String()), report.P("element", f.name.String())}})
	}
	return 1
}

// retype gives the candidate the type xsi:type names, if it may stand for the
// declared one.
func (v *Validator) retype(r *xmlcore.Reader, f *frame, c *cand, i int, say bool) int {
	text := string(bytes.Trim(r.Attrs()[i].Value, " \t\r\n"))
	named, known := v.typeOf(r, text)
	var block Derivation
	if c.decl >= 0 {
		block = v.g.decls[c.decl].block
	}
	if known && v.g.derives(named, c.typ, block) {
		if declared := &v.g.types[c.typ]; !declared.alias || declared.base != named {
			if declared.alias {
				c.given = c.typ + 1
			}
			c.typ, c.state = named, v.g.types[named].start
		}
		return 0
	}
	if say {
		ref := "cvc-elt.4.3"
		if !known {
			ref = "cvc-elt.4.2"
		}
		shown := report.Named("type", "?", "inconnu du schéma", "unknown to the schema")
		if ref == "cvc-elt.4.3" { // the name of a type of the grammar, not the document's words
			shown = report.P("type", text)
		}
		v.fault(r, f, report.Finding{Rule: report.XSDType, Ref: ref, Where: r.AttrLocation(i),
			Params: []report.Param{shown, report.P("element", f.name.String())}})
	}
	return 1
}

// valueName names the value of an attribute. Where every value stands in an
// attribute of one letter, as in the documents of the DGFiP, the element is what
// tells which it is.
func valueName(element, attribute *xmlcore.Name) string {
	if len(attribute.Local) == 1 {
		return element.String() + "/@" + attribute.String()
	}
	return attribute.String()
}

// typeOf finds the type of a qualified name in a document.
func (v *Validator) typeOf(r *xmlcore.Reader, text string) (t int32, ok bool) {
	prefix, local, found := strings.Cut(text, ":")
	if !found {
		prefix, local = "", text
	}
	space, bound := r.Lookup(prefix)
	t, ok = v.g.typeNames[QName{space, local}]
	return t, ok && (bound || prefix == "")
}

// named returns the type xsi:type names, of an element just met that nothing
// declares; -1 if there is none.
func (v *Validator) named(r *xmlcore.Reader) int32 {
	if a, ok := r.Attr(xsiSpace, "type"); ok && v.g.xsd {
		if t, ok := v.typeOf(r, string(bytes.Trim(a, " \t\r\n"))); ok {
			return t
		}
	}
	return -1
}

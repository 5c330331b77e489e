package schema

import (
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/xmlcore"
)

// characters takes a piece of text of the innermost element.
func (v *Validator) characters(r *xmlcore.Reader) {
	f := &v.frames[len(v.frames)-1]
	chunk := r.Text()
	if f.nilled {
		if !f.textFault && (len(chunk) > 0 || r.CData()) {
			f.textFault = true
			v.fault(r, f, report.Finding{Rule: report.XSDNil, Ref: "cvc-elt.3.2.1", Where: r.Location(),
				Params: []report.Param{report.P("element", f.name.String())}})
		}
		return
	}
	switch f.text {
	case textIgnored:
		return
	case textCollected:
		v.length += len(chunk)
		if len(v.text) <= v.opt.MaxValue {
			v.text = append(v.text, chunk...)
		}
		if len(v.cands)-int(f.first) == 1 && v.g.types[v.cands[f.first].typ].value != nil {
			return
		}
	case textStreamed:
		v.length += len(chunk)
		v.base64.Write(chunk)
		return
	}
	if f.single && !r.CData() && isBlank(chunk) && !v.g.types[v.cands[f.first].typ].strictEmpty {
		return
	}
	if len(v.frames) > 1 {
		v.elementOnly(r, f, chunk)
	}
}

// elementOnly drops the candidates that do not allow the characters; when none
// does, that is a fault.
func (v *Validator) elementOnly(r *xmlcore.Reader, f *frame, chunk []byte) {
	if len(chunk) == 0 && !r.CData() {
		return
	}
	blank := isBlank(chunk)
	all := v.cands[f.first:]
	keep := 0
	cdata := false
	for i, c := range all {
		t := &v.g.types[c.typ]
		switch {
		case t.value != nil || t.mixed:
		case t.strictEmpty:
			continue
		case blank:
			cdata = cdata || r.CData()
		default:
			if c.state = v.textState(t, c.state); c.state < 0 {
				continue
			}
		}
		if i != keep {
			all[keep] = c
		} else {
			all[i] = c
		}
		keep++
	}
	if keep > 0 {
		v.cands = v.cands[:int(f.first)+keep]
		if cdata && !f.cdata {
			f.cdata = true
			v.emit(report.Finding{Rule: report.XSDLexCDATA, Severity: report.XSDLexCDATA.Severity, Where: r.Location(),
				Params: []report.Param{report.P("element", f.name.String())}})
		}
		return
	}
	v.cands = v.cands[:f.first+1]
	if f.textFault {
		return
	}
	f.textFault = true
	t := &v.g.types[all[0].typ]
	rule, ref := report.XSDText, "cvc-complex-type.2.3"
	switch {
	case t.strictEmpty:
		rule, ref = report.XSDEmpty, "cvc-complex-type.2.1"
	case len(v.g.models[t.model].leaves) == 0:
		ref = "cvc-complex-type.2.1"
	}
	v.fault(r, f, report.Finding{Rule: rule, Ref: ref, Where: r.Location(),
		Params: []report.Param{report.P("element", f.name.String())}})
}

// textState returns the state after characters, -1 if they are not allowed.
func (v *Validator) textState(t *typ, state int32) int32 {
	m := &v.g.models[t.model]
	if m.lazy {
		return v.lazy.text(v, m, Pattern(state))
	}
	return v.g.rows[state].text
}

func (v *Validator) nullable(t *typ, state int32) bool {
	if v.g.models[t.model].lazy {
		return v.lazy.arena.nullable(Pattern(state))
	}
	return v.g.rows[state].nullable
}

// end takes an end tag.
func (v *Validator) end(r *xmlcore.Reader) {
	f := &v.frames[len(v.frames)-1]
	cands := v.cands[f.first:]
	if len(cands) == 1 {
		c := &cands[0]
		if !f.single || !v.g.rows[c.state].nullable {
			v.complete(r, f, c, true)
		}
		if f.moved && f.faults|f.missing == 0 && len(v.frames) > 2 { // nothing else to do
			v.cands = v.cands[:f.first]
			v.frames = v.frames[:len(v.frames)-1]
			return
		}
		v.marks = append(v.marks[:0], c.leaf)
	} else {
		v.marks = v.marks[:0]
		for i := range cands {
			if v.complete(r, f, &cands[i], false) {
				v.marks = append(v.marks, cands[i].leaf)
			}
		}
		if len(v.marks) > 0 {
			v.identifyFirst(r, f, cands, v.marks[0])
		} else {
			v.complete(r, f, &cands[0], true)
			v.marks = append(v.marks, cands[0].leaf)
		}
	}
	if v.stopped {
		return
	}
	if f.faults > faultsPerFrame {
		v.emit(report.Finding{Rule: report.XSDMore, Severity: report.XSDMore.Severity, Where: r.StartLocation(),
			Params: []report.Param{report.P("parent", f.name.String()), report.Int("n", f.faults-faultsPerFrame)}})
	}
	v.closeMissing(f)
	moved, sym, space := f.moved, f.sym, f.space
	v.cands = v.cands[:f.first]
	v.frames = v.frames[:len(v.frames)-1]
	if !moved {
		v.advance(sym, space, v.marks)
	}
	if len(v.frames) == 1 {
		v.done = true
		v.dangling(r)
		v.flush()
	}
}

// identifyFirst collects the identifier that is the text of an element of
// several candidates, of which leaf is the first accepted.
func (v *Validator) identifyFirst(r *xmlcore.Reader, f *frame, cands []cand, leaf int32) {
	for i := range cands {
		if value := v.g.types[cands[i].typ].value; cands[i].leaf == leaf && value != nil && f.text == textCollected {
			v.identify(r, f, value.id, v.text)
			return
		}
	}
}

// complete reports whether the element may end here as the candidate says; with
// say, it reports what is wrong.
func (v *Validator) complete(r *xmlcore.Reader, f *frame, c *cand, say bool) bool {
	t := &v.g.types[c.typ]
	if f.nilled {
		return true
	}
	if t.value == nil {
		if v.nullable(t, c.state) {
			return true
		}
		if say && !f.surplus && !f.textFault {
			v.missingAtEnd(r, f, c)
		}
		return false
	}
	where := func() report.Location {
		if v.length == 0 {
			return r.StartLocation()
		}
		return r.ContentLocation()
	}
	switch {
	case t.text == textIgnored && c.given == 0:
		return true
	case c.given != 0 && v.length == 0: // the value its declaration gives must be one of the other type too
		given := v.g.types[c.given-1].given
		if v.scratch.Work -= len(given) / 8; v.scratch.Work < 0 {
			v.stop(r, report.LimTime)
			return false
		}
		fault, _ := t.value.check(&v.scratch, []byte(given))
		if fault != nil && say {
			v.judge(r, f, t.value, fault, datatype.NoNote, f.name.String(), nil, where())
		}
		return fault == nil
	case f.text == textStreamed:
		if v.base64.Close() {
			return true
		}
		if say {
			v.fault(r, f, report.Finding{Rule: report.XSDValue, Ref: "cvc-datatype-valid.1.2.1", Where: where(), Params: []report.Param{
				report.P("name", f.name.String()), report.Code("value", "…"), expected(&datatype.Fault{Expected: "xs:base64Binary"})}})
		}
		return false
	case v.length > v.opt.MaxValue:
		if say {
			v.fault(r, f, report.Finding{Rule: report.LimBytes, Where: where(), Params: []report.Param{
				report.Int("limit", v.opt.MaxValue), report.P("what", f.name.String())}})
		}
		return false
	}
	value := t.value
	fault, note := value.check(&v.scratch, v.text)
	if fault == nil && c.given != 0 {
		value = v.g.types[c.given-1].value
		fault, _ = value.check(&v.scratch, v.text)
	}
	if say && (fault != nil || note != datatype.NoNote) {
		v.judge(r, f, value, fault, note, f.name.String(), v.text, where())
	}
	if fault != nil {
		return false
	}
	if say {
		if id := t.value.id; id != datatype.NotIdentity {
			v.identify(r, f, id, v.text)
		}
	}
	return true
}

// judge reports what is wrong with, or worth noting of, a value.
func (v *Validator) judge(r *xmlcore.Reader, f *frame, value *Value, fault *datatype.Fault, note datatype.Note, name string, text []byte, where report.Location) {
	if fault == nil {
		rule := report.XSDLexSpace
		if note == datatype.ManyDigits {
			rule = report.XSDLexInteger
		}
		v.emit(report.Finding{Rule: rule, Severity: rule.Severity, Where: where, Params: []report.Param{report.P("name", name)}})
		return
	}
	if fault.Work {
		v.stop(r, report.LimTime)
		return
	}
	shown := report.P("value", string(text))
	if value.public && isCode(text) {
		shown = report.Code("value", string(text))
	}
	finding := report.Finding{Rule: report.XSDValue, Ref: fault.Ref, Where: where, Params: []report.Param{
		report.P("name", name), shown, expected(fault)}}
	if fault.Enumeration != nil {
		finding.Rule = report.XSDEnum
		finding.Params[2] = report.List("expected", shortList(fault.Enumeration))
	}
	v.fault(r, f, finding)
}

const maxNames = 8

// shortList cuts a list of names for a message.
func shortList(all []string) []string {
	if len(all) <= maxNames {
		return all
	}
	return append(append([]string(nil), all[:maxNames]...), "…")
}

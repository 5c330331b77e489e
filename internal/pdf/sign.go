package pdf

import "bytes"

// Field is a terminal field of the interactive form, with what it inherits
// (ISO 32000-1 §12.7.3).
type Field struct {
	Ref  Ref    // zero when the field is a direct object
	Dict Value  //
	Type string // Tx, Btn, Ch, Sig
	Name string // full name, parts joined by dots; as written by the author
	V    Value  // its value, resolved
}

// maxFields bounds the fields of a form that are visited.
const maxFields = 100000

// Fields returns the terminal fields of the form, in the order of the form.
func (d *Doc) Fields() []Field {
	var all []Field
	seen := map[Ref]bool{}
	visits := 0
	var walk func(v Value, up Field, depth int)
	walk = func(v Value, up Field, depth int) {
		if visits++; visits > maxFields || depth > 64 {
			return
		}
		f := up
		f.Ref = Ref{}
		if r, ok := v.Ref(); ok {
			if seen[r] {
				return
			}
			seen[r] = true
			f.Ref = r
		}
		v = v.Resolve()
		if !v.IsDict() {
			return
		}
		f.Dict = v
		if t := v.Key("FT").Name(); t != "" {
			f.Type = t
		}
		if t := v.Key("T").Bytes(); t != nil {
			if f.Name != "" {
				f.Name += "."
			}
			f.Name += text(t)
		}
		if w := v.Key("V"); w.Kind() != Null {
			f.V = w
		}
		kids := false
		for _, k := range v.Key("Kids").Elems() {
			// a kid without a name of its own is a widget of this field
			if k.Resolve().Raw("T").Kind() != Null {
				kids = true
				walk(k, f, depth+1)
			}
		}
		if !kids {
			all = append(all, f)
		}
	}
	for _, v := range d.Root().Key("AcroForm").Key("Fields").Elems() {
		walk(v, Field{}, 0)
	}
	return all
}

// text decodes a text string: UTF-16 with a mark, else bytes as Latin-1.
func text(b []byte) string {
	var r []rune
	switch {
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		for i := 2; i+1 < len(b); i += 2 {
			r = append(r, rune(b[i])<<8|rune(b[i+1]))
		}
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return string(b[3:])
	default:
		for _, c := range b {
			r = append(r, rune(c))
		}
	}
	return string(r)
}

// Signature is a signature dictionary of the document (ISO 32000-1 §12.8.1).
// What is in it is reported as it stands: nothing was verified.
type Signature struct {
	Field     Field  // zero when the dictionary is reached only through Perms
	Ref       Ref    // of the dictionary, zero when it is direct
	Dict      Value  //
	Filter    string // Adobe.PPKLite
	SubFilter string // ETSI.CAdES.detached, adbe.pkcs7.detached, ETSI.RFC3161…
	ByteRange []int64
	Contents  []byte // with its padding
	// Start and End are the place in the file of the hexadecimal string of
	// Contents, "<" and ">" included; both 0 when it was not found.
	Start, End int64
	DocMDP     int // P of its DocMDP transform: 1, 2 or 3; 0 when it has none
	Perms      string
}

// Signatures returns the signature dictionaries that have a Contents: those of
// the form's fields in order, then those named by the catalogue's Perms
// (DocMDP, UR, UR3) that no field holds.
func (d *Doc) Signatures() []Signature {
	var all []Signature
	known := map[Ref]int{}
	for _, f := range d.Fields() {
		if f.Type != "Sig" || !f.V.IsDict() {
			continue
		}
		s := d.signature(f.V)
		s.Field = f
		s.Ref, _ = f.Dict.Raw("V").Ref()
		s.Start, s.End = d.contentsSpan(s, f.Ref)
		if s.Ref != (Ref{}) {
			if _, dup := known[s.Ref]; dup {
				continue
			}
			known[s.Ref] = len(all)
		}
		all = append(all, s)
	}
	for key, v := range d.Root().Key("Perms").Entries() {
		r, _ := v.Ref()
		if i, ok := known[r]; ok && r != (Ref{}) {
			all[i].Perms = key
			continue
		}
		if w := v.Resolve(); w.IsDict() {
			s := d.signature(w)
			s.Ref, s.Perms = r, key
			s.Start, s.End = d.contentsSpan(s, d.xref.root)
			all = append(all, s)
		}
	}
	return all
}

func (d *Doc) signature(v Value) Signature {
	s := Signature{Dict: v, Filter: v.Key("Filter").Name(), SubFilter: v.Key("SubFilter").Name(), Contents: v.Key("Contents").Bytes()}
	for i, e := range v.Key("ByteRange").Elems() {
		n, ok := e.Resolve().Int()
		if !ok || i == 64 {
			s.ByteRange = nil
			break
		}
		s.ByteRange = append(s.ByteRange, n)
	}
	for _, r := range v.Key("Reference").Elems() {
		if r = r.Resolve(); r.Key("TransformMethod").IsName("DocMDP") {
			s.DocMDP = 2 // the default
			if p, ok := r.Key("TransformParams").Key("P").Int(); ok && p >= 1 && p <= 3 {
				s.DocMDP = int(p)
			}
		}
	}
	return s
}

// DocMDP returns what a certified document still allows (ISO 32000-1
// §12.8.2.2): 1 nothing, 2 filling forms and signing, 3 annotations too; 0 when
// nothing is restricted. A permission can come from the certification
// signature or from the Lock of a signed field (ISO 32000-2); the narrowest
// counts.
func (d *Doc) DocMDP() int {
	level := 0
	narrow := func(p int) {
		if p != 0 && (level == 0 || p < level) {
			level = p
		}
	}
	for _, s := range d.Signatures() {
		narrow(s.DocMDP)
		if p, ok := s.Field.Dict.Key("Lock").Key("P").Int(); ok && p >= 1 && p <= 3 {
			narrow(int(p))
		}
	}
	return level
}

// contentsSpan finds the string of Contents in the object that holds the
// dictionary.
func (d *Doc) contentsSpan(s Signature, holder Ref) (int64, int64) {
	r := s.Ref
	if r == (Ref{}) {
		r = holder
	}
	off, stm, ok := d.Place(r)
	if !ok || stm != 0 || len(s.Contents) == 0 {
		return 0, 0
	}
	m := d.mark()
	defer func() { d.bytes = d.bytes[:m.bytes] }()
	p := d.parserAt(off)
	for key := false; ; {
		p.advance()
		switch {
		case p.t.kind == tEOF || p.t.is(cEndobj) || p.t.is(cStream):
			return 0, 0
		case p.t.kind == tName:
			key = string(d.bytes[p.t.at:p.t.at+p.t.len]) == "Contents"
			if !key {
				break
			}
			// the place of the string: after the space that follows the name
			for b := p.c.peek(); b >= 0 && class[b] == chSpace; b = p.c.peek() {
				p.c.i++
			}
			start := p.c.pos()
			if p.c.peek() != '<' {
				break
			}
			p.advance()
			if p.t.kind == tString && bytes.Equal(d.bytes[p.t.at:p.t.at+p.t.len], s.Contents) {
				return start, p.c.pos()
			}
		}
	}
}

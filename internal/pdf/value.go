package pdf

import (
	"iter"
	"math"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values (ISO 32000-1 §7.3). Bad stands for what could not be
// parsed.
const (
	Null Kind = iota
	Bool
	Int
	Real
	String
	Name
	Array
	Dict
	Stream
	Reference
	Bad
)

// Ref names an indirect object.
type Ref struct{ Num, Gen int32 }

// node is one value in the arena. Children of an array or dictionary are a
// list of siblings; in a dictionary keys and values alternate.
type node struct {
	kind  Kind
	wide  bool  // an integer that needs more than 32 bits
	n     int32 // length of bytes, number of children
	first int32 // first child, or place of the bytes
	next  int32 // next sibling, 0 for none
	v     int64 // bool, integer, bits of a real, reference, index into streams
}

// streamInfo is what a stream has besides its dictionary.
type streamInfo struct {
	pos, length int64 // of the raw bytes, in the file
	ref         Ref   // of the object, for decryption
}

// Value is a value of a document. It is a handle: it is good until the
// document is reset. The zero Value is null.
type Value struct {
	d *Doc
	i int32
}

func (v Value) node() *node {
	if v.d == nil {
		return &nullNode
	}
	return &v.d.nodes[v.i]
}

var nullNode node

// Kind returns the kind of the value.
func (v Value) Kind() Kind { return v.node().kind }

// IsDict reports whether the value is a dictionary (a stream is not one).
func (v Value) IsDict() bool { return v.Kind() == Dict }

// Bool returns the value of a boolean, false for anything else.
func (v Value) Bool() bool { n := v.node(); return n.kind == Bool && n.v != 0 }

// Int returns an integer that fits 64 bits.
func (v Value) Int() (int64, bool) {
	n := v.node()
	return n.v, n.kind == Int
}

// Num returns an integer or a real.
func (v Value) Num() (float64, bool) {
	switch n := v.node(); n.kind {
	case Int:
		return float64(n.v), true
	case Real:
		return math.Float64frombits(uint64(n.v)), true
	}
	return 0, false
}

// Name returns the text of a name, "" for anything else.
func (v Value) Name() string {
	if n := v.node(); n.kind == Name {
		return string(v.d.bytes[n.first : n.first+n.n])
	}
	return ""
}

// IsName reports whether the value is that name.
func (v Value) IsName(s string) bool {
	n := v.node()
	return n.kind == Name && string(v.d.bytes[n.first:n.first+n.n]) == s
}

// Bytes returns the bytes of a string, decrypted, nil for anything else. They
// belong to the document.
func (v Value) Bytes() []byte {
	if n := v.node(); n.kind == String {
		return v.d.bytes[n.first : n.first+n.n : n.first+n.n]
	}
	return nil
}

// Ref returns the object a reference names.
func (v Value) Ref() (Ref, bool) {
	if n := v.node(); n.kind == Reference {
		return Ref{int32(n.v), int32(n.v >> 32)}, true
	}
	return Ref{}, false
}

// Resolve follows references until it finds a value; a loop or a missing
// object is null.
func (v Value) Resolve() Value {
	for k := 0; k < 32; k++ {
		r, ok := v.Ref()
		if !ok {
			return v
		}
		v = v.d.Object(r)
	}
	return Value{}
}

// Len returns the number of elements of an array or of entries of a
// dictionary or stream.
func (v Value) Len() int {
	switch n := v.node(); n.kind {
	case Array:
		return int(n.n)
	case Dict, Stream:
		return int(n.n / 2)
	}
	return 0
}

// Raw returns the entry of a dictionary or stream under the key, not
// followed if it is a reference. A key given twice counts the last
// time, as in poppler and qpdf.
func (v Value) Raw(key string) Value {
	n := v.node()
	if n.kind != Dict && n.kind != Stream {
		return Value{}
	}
	found := Value{}
	for k := n.first; k != 0; {
		kn := &v.d.nodes[k]
		if kn.n == int32(len(key)) && string(v.d.bytes[kn.first:kn.first+kn.n]) == key {
			found = Value{v.d, kn.next}
		}
		k = v.d.nodes[kn.next].next
	}
	return found
}

// Key returns the entry of a dictionary or stream under the key, resolved.
func (v Value) Key(key string) Value { return v.Raw(key).Resolve() }

// Elems yields the elements of an array, not resolved.
func (v Value) Elems() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		n := v.node()
		if n.kind != Array {
			return
		}
		for i, k := 0, n.first; k != 0; i++ {
			next := v.d.nodes[k].next
			if !yield(i, Value{v.d, k}) {
				return
			}
			k = next
		}
	}
}

// At returns an element of an array, not resolved; null outside. It walks the
// array: to see every element use Elems.
func (v Value) At(i int) Value {
	for k, e := range v.Elems() {
		if k == i {
			return e
		}
	}
	return Value{}
}

// Entries yields the entries of a dictionary or stream in file order, not
// resolved.
func (v Value) Entries() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		n := v.node()
		if n.kind != Dict && n.kind != Stream {
			return
		}
		for k := n.first; k != 0; {
			kn := v.d.nodes[k]
			next := v.d.nodes[kn.next].next
			if !yield(string(v.d.bytes[kn.first:kn.first+kn.n]), Value{v.d, kn.next}) {
				return
			}
			k = next
		}
	}
}

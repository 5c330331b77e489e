package asn1x

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Encode returns a value in DER: an identifier octet and the parts, which are
// values or contents already encoded.
func Encode(identifier byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out := Header(identifier, n)
	out = slices.Grow(out, n)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// Identifier octets for [Encode].
const (
	Sequence    = 0x30
	Set         = 0x31
	OctetString = TagOctetString
	Integer     = TagInteger
	// ContextOf plus a number is a constructed context tag, for instance [0].
	ContextOf = 0xa0
)

// SetOf returns a SET OF the values in the order of DER (X.690 §11.6).
func SetOf(values ...[]byte) []byte {
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, bytes.Compare)
	return Encode(Set, sorted...)
}

// EncodeOID returns an OBJECT IDENTIFIER. The identifier is one of a program,
// not of an input: a malformed one panics.
func EncodeOID(oid string) []byte {
	b := ParseOID(oid)
	if b == nil {
		panic("asn1x: no such identifier " + oid)
	}
	return b
}

// ParseOID returns as an OBJECT IDENTIFIER what is written as numbers with points
// between them, nil when there is no such identifier.
func ParseOID(oid string) []byte {
	var arcs []uint64
	for s := range strings.SplitSeq(oid, ".") {
		n, err := strconv.ParseUint(s, 10, 63)
		if err != nil || len(arcs) == 32 {
			return nil
		}
		arcs = append(arcs, n)
	}
	if len(arcs) < 2 || arcs[0] > 2 || arcs[0] < 2 && arcs[1] > 39 {
		return nil
	}
	body := base128(nil, arcs[0]*40+arcs[1])
	for _, n := range arcs[2:] {
		body = base128(body, n)
	}
	return Encode(TagOID, body)
}

func base128(b []byte, n uint64) []byte {
	shift := 0
	for n>>shift >= 0x80 {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		b = append(b, byte(n>>shift)|0x80)
	}
	return append(b, byte(n)&0x7f)
}

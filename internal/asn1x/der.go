package asn1x

import (
	"bytes"
	"slices"
)

// DER re-encodes a value by the distinguished rules: definite and shortest
// lengths, strings in one piece, true as FF, the members of a SET sorted.
// Primitive contents are kept as they are.
func DER(v Value) ([]byte, error) { return appendDER(nil, v, 0) }

// DERAs is [DER] under another identifier octet: for the SET OF that is hashed
// in place of an implicit [0] (RFC 5652 §5.4).
func DERAs(v Value, identifier byte) ([]byte, error) {
	body, err := derBody(v, 0, v.sorted() || identifier == 0x31)
	if err != nil {
		return nil, err
	}
	return append(Header(identifier, len(body)), body...), nil
}

// Header returns an identifier octet with the definite length.
func Header(identifier byte, n int) []byte { return appendLength([]byte{identifier}, n) }

func appendLength(b []byte, n int) []byte {
	if n < 0x80 {
		return append(b, byte(n))
	}
	var l []byte
	for m := n; m > 0; m >>= 8 {
		l = append(l, byte(m))
	}
	slices.Reverse(l)
	return append(append(b, 0x80|byte(len(l))), l...)
}

func (v Value) sorted() bool { return v.Is(TagSet) }

// isString reports whether a universal constructed value is a string in
// pieces.
func (v Value) isString() bool {
	if v.Class != Universal || !v.Constructed {
		return false
	}
	switch v.Tag {
	case TagOctetString, TagUTF8String, TagNumericString, TagPrintableString, TagT61String, TagIA5String,
		TagVisibleString, TagGeneralString, TagUniversalString, TagBMPString:
		return true
	}
	return false
}

func appendDER(out []byte, v Value, depth int) ([]byte, error) {
	body, err := derBody(v, depth, v.sorted())
	if err != nil {
		return nil, err
	}
	id := byte(v.Class) << 6
	if v.Constructed && !v.isString() {
		id |= 0x20
	}
	if v.Tag < 0x1f {
		out = append(out, id|byte(v.Tag))
	} else {
		out = append(out, id|0x1f)
		shift := 0
		for v.Tag>>(shift+7) != 0 {
			shift += 7
		}
		for ; shift >= 0; shift -= 7 {
			c := byte(v.Tag>>shift) & 0x7f
			if shift > 0 {
				c |= 0x80
			}
			out = append(out, c)
		}
	}
	return append(appendLength(out, len(body)), body...), nil
}

func derBody(v Value, depth int, sorted bool) ([]byte, error) {
	if depth > MaxDepth {
		return nil, &Error{Offset: v.Offset, What: "values nested too deep", Limit: true}
	}
	switch {
	case !v.Constructed && v.Is(TagBoolean) && len(v.Body) == 1 && v.Body[0] != 0:
		return []byte{0xff}, nil
	case !v.Constructed:
		return v.Body, nil
	case v.isString():
		return v.Octets()
	}
	var members [][]byte
	n := 0
	for c := v.Enter(); ; {
		w, ok := c.Next()
		if !ok {
			if err := c.Err(); err != nil {
				return nil, err
			}
			break
		}
		m, err := appendDER(nil, w, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
		n += len(m)
	}
	if sorted {
		slices.SortFunc(members, bytes.Compare)
	}
	out := make([]byte, 0, n)
	for _, m := range members {
		out = append(out, m...)
	}
	return out, nil
}

package asn1x

import (
	"encoding/binary"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// maxInteger is the longest INTEGER read, in octets: an RSA key of 16 384 bits
// takes 2 049.
const maxInteger = 4 << 10

// OID returns an OBJECT IDENTIFIER in dotted form.
func (v Value) OID() (string, error) {
	if !v.Is(TagOID) || v.Constructed {
		return "", fault(v.Offset, "object identifier expected")
	}
	return oid(v.Body, v.Offset)
}

func oid(b []byte, off int64) (string, error) {
	if len(b) == 0 || len(b) > 256 || b[len(b)-1]&0x80 != 0 {
		return "", fault(off, "malformed object identifier")
	}
	var s strings.Builder
	for i := 0; i < len(b); {
		j := i
		for b[j]&0x80 != 0 {
			j++
		}
		arc := new(big.Int)
		if j-i < 9 {
			var n uint64
			for _, c := range b[i : j+1] {
				n = n<<7 | uint64(c&0x7f)
			}
			arc.SetUint64(n)
		} else {
			for _, c := range b[i : j+1] {
				arc.Or(arc.Lsh(arc, 7), big.NewInt(int64(c&0x7f)))
			}
		}
		if i == 0 {
			first := int64(2)
			if arc.Cmp(big.NewInt(80)) < 0 {
				first = arc.Int64() / 40
			}
			s.WriteString(strconv.FormatInt(first, 10))
			arc.Sub(arc, big.NewInt(40*first))
		}
		s.WriteByte('.')
		s.WriteString(arc.String())
		i = j + 1
	}
	return s.String(), nil
}

// Integer returns an INTEGER or ENUMERATED of any size.
func (v Value) Integer() (*big.Int, error) {
	if v.Constructed || len(v.Body) == 0 {
		return nil, fault(v.Offset, "integer expected")
	}
	if len(v.Body) > maxInteger {
		return nil, &Error{Offset: v.Offset, What: "integer too large", Limit: true}
	}
	n := new(big.Int).SetBytes(v.Body)
	if v.Body[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(v.Body))*8))
	}
	return n, nil
}

// Int returns an INTEGER that fits an int.
func (v Value) Int() (int, error) {
	n, err := v.Integer()
	if err != nil {
		return 0, err
	}
	if !n.IsInt64() || n.Int64() != int64(int(n.Int64())) {
		return 0, fault(v.Offset, "integer too large")
	}
	return int(n.Int64()), nil
}

// Bool returns a BOOLEAN; any octet but zero is true (BER).
func (v Value) Bool() (bool, error) {
	if v.Constructed || len(v.Body) != 1 {
		return false, fault(v.Offset, "boolean expected")
	}
	return v.Body[0] != 0, nil
}

// Octets returns the octets of a string, whether it is in one piece or, as BER
// allows, in several. In one piece the result aliases the input.
func (v Value) Octets() ([]byte, error) {
	if !v.Constructed {
		return v.Body, nil
	}
	var out []byte
	err := v.pieces(0, func(b []byte) { out = append(out, b...) })
	return out, err
}

// Pieces calls f with the octets of a string, piece by piece: what hashing
// wants, without a copy.
func (v Value) Pieces(f func([]byte)) error { return v.pieces(0, f) }

func (v Value) pieces(depth int, f func([]byte)) error {
	if !v.Constructed {
		f(v.Body)
		return nil
	}
	if depth > MaxDepth {
		return &Error{Offset: v.Offset, What: "values nested too deep", Limit: true}
	}
	c := v.Enter()
	for {
		w, ok := c.Next()
		if !ok {
			return c.Err()
		}
		if w.Class != Universal {
			return fault(w.Offset, "piece of a string expected")
		}
		if err := w.pieces(depth+1, f); err != nil {
			return err
		}
	}
}

// Bits returns a BIT STRING as octets, and how many bits of the last one are
// not used.
func (v Value) Bits() (b []byte, unused int, err error) {
	if v.Constructed {
		return nil, 0, fault(v.Offset, "bit string in one piece expected")
	}
	if len(v.Body) == 0 || v.Body[0] > 7 || len(v.Body) == 1 && v.Body[0] != 0 {
		return nil, 0, fault(v.Offset, "malformed bit string")
	}
	return v.Body[1:], int(v.Body[0]), nil
}

// BitList returns a short BIT STRING whose bits are named, bit 0 lowest.
func (v Value) BitList() (uint32, error) {
	b, unused, err := v.Bits()
	if err != nil {
		return 0, err
	}
	var out uint32
	for i := 0; i < len(b)*8-unused && i < 32; i++ {
		if b[i/8]&(0x80>>(i%8)) != 0 {
			out |= 1 << i
		}
	}
	return out, nil
}

// Text returns a character string of any of the usual types as UTF-8, and
// false when it is none or is malformed.
func (v Value) Text() (string, bool) {
	if v.Class != Universal {
		return "", false
	}
	b, err := v.Octets()
	if err != nil {
		return "", false
	}
	return text(v.Tag, b)
}

func text(tag uint32, b []byte) (string, bool) {
	switch tag {
	case TagUTF8String:
		return string(b), utf8.Valid(b)
	case TagPrintableString, TagNumericString, TagIA5String, TagVisibleString, TagGeneralString, TagT61String:
		if utf8.Valid(b) {
			return string(b), true
		}
		// T.61 in practice holds Latin-1.
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = rune(c)
		}
		return string(r), true
	case TagBMPString:
		if len(b)%2 != 0 {
			return "", false
		}
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = binary.BigEndian.Uint16(b[2*i:])
		}
		return string(utf16.Decode(u)), true
	case TagUniversalString:
		if len(b)%4 != 0 {
			return "", false
		}
		r := make([]rune, len(b)/4)
		for i := range r {
			r[i] = rune(binary.BigEndian.Uint32(b[4*i:]) & 0x7fffffff)
		}
		return string(r), true
	}
	return "", false
}

// Time returns a UTCTime (the years 1950 to 2049) or a GeneralizedTime, in
// UTC. The forms BER allows beside those of DER are read: no seconds, an
// offset from UTC, a fraction after a point or a comma.
func (v Value) Time() (time.Time, error) {
	b, err := v.Octets()
	if err != nil || len(b) > 40 {
		return time.Time{}, fault(v.Offset, "malformed time")
	}
	s := strings.Replace(string(b), ",", ".", 1)
	var layouts []string
	switch {
	case v.Class == Universal && v.Tag == TagUTCTime:
		layouts = []string{"060102150405Z0700", "0601021504Z0700"}
	case v.Class == Universal && v.Tag == TagGeneralizedTime:
		layouts = []string{"20060102150405Z0700", "20060102150405.999999999Z0700", "200601021504Z0700", "20060102150405"}
	default:
		return time.Time{}, fault(v.Offset, "time expected")
	}
	for _, l := range layouts {
		t, err := time.Parse(l, s)
		if err != nil {
			continue
		}
		if v.Tag == TagUTCTime {
			if y := t.Year(); y >= 2050 {
				t = t.AddDate(-100, 0, 0)
			} else if y < 1950 {
				t = t.AddDate(100, 0, 0)
			}
		}
		return t.UTC(), nil
	}
	return time.Time{}, fault(v.Offset, "malformed time")
}

package asn1x

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatIsEncodedIsReadBack(t *testing.T) {
	for _, oid := range []string{"1.2.840.113549.1.7.2", "2.5.29.37.0", "2.999.1", "0.9.2342", "1.3.6.1.4.1.4294967295.16384.16383.128.127"} {
		v, err := ParseAll(EncodeOID(oid))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.OID(); got != oid || err != nil {
			t.Errorf("%s: %s, %v", oid, got, err)
		}
	}
	for _, n := range []int{0, 127, 128, 255, 256, 65535, 65536} {
		body := bytes.Repeat([]byte{7}, n)
		v, err := ParseAll(Encode(OctetString, body[:n/2], body[n/2:]))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.Octets(); err != nil || !bytes.Equal(got, body) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	a, b := Encode(OctetString, []byte{1, 2}), Encode(OctetString, []byte{3})
	if set := SetOf(a, b); !bytes.Equal(set, Encode(Set, b, a)) { // the shorter length first
		t.Errorf("%x", set)
	}
}

func TestEncodeOIDRefusesWhatIsNone(t *testing.T) {
	for _, oid := range []string{"", "1", "3.1", "1.40", "1..2", "1.2.x", "1.2." + strings.Repeat("9", 30)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was encoded", oid)
				}
			}()
			EncodeOID(oid)
		}()
	}
}

package asn1x_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/internal/asn1x"
	"github.com/liasse/liasse/internal/corpus"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDERIsTheCanonicalFormOfBER(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"already", "3003 020105", "3003 020105"},
		{"indefinite", "3080 020105 0000", "3003 020105"},
		{"nested indefinite", "3080 3080 020105 0000 0000", "3005 3003 020105"},
		{"long length", "30820003 020105", "3003 020105"},
		{"string in pieces", "2480 040161 2404 04026263 0000", "0403 616263"},
		{"set sorted", "3106 020107 020105", "3106 020105 020107"},
		{"implicit set not sorted", "a006 020107 020105", "a006 020107 020105"},
		{"true", "010101", "0101ff"},
		{"high tag", "9f8101 01 00", "9f8101 01 00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := asn1x.ParseAll(unhex(t, c.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := asn1x.DER(v)
			if err != nil {
				t.Fatal(err)
			}
			if want := unhex(t, c.want); !bytes.Equal(got, want) {
				t.Errorf("%x, want %x", got, want)
			}
		})
	}
}

func TestDERAsSortsWhatAnImplicitTagHides(t *testing.T) {
	v, err := asn1x.ParseAll(unhex(t, "a006 020107 020105"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := asn1x.DERAs(v, 0x31)
	if want := unhex(t, "3106 020105 020107"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x %v", got, err)
	}
}

func TestFaultsAreLocatedAndTyped(t *testing.T) {
	for _, c := range []struct {
		name, in string
		at       int64
		limit    bool
	}{
		{"empty", "", 0, false},
		{"only a tag", "30", 0, false},
		{"longer than the input", "3005 0201", 0, false},
		{"indefinite primitive", "0480 00", 0, false},
		{"no end mark", "3080 020105", 5, false},
		{"stray end mark", "0000", 0, false},
		{"length of lengths", "30ff", 0, false},
		{"length overflow", "3088ffffffffffffffff", 0, false},
		{"huge tag", "1fffffffffff7f 00", 0, false},
		{"too deep", strings.Repeat("3080", 100) + strings.Repeat("0000", 100), 128, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := asn1x.Parse(unhex(t, c.in))
			var e *asn1x.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Offset != c.at || e.Limit != c.limit {
				t.Errorf("offset %d limit %v: %v", e.Offset, e.Limit, e)
			}
		})
	}
}

func TestOffsetsCountFromTheBeginning(t *testing.T) {
	v, err := asn1x.ParseAll(unhex(t, "3080 3003 020105 0402 6162 0000"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := v.Children(10)
	if err != nil || len(l) != 2 {
		t.Fatal(l, err)
	}
	inner, err := l[0].Explicit()
	if err != nil {
		t.Fatal(err)
	}
	if l[0].Offset != 2 || inner.Offset != 4 || l[1].Offset != 7 {
		t.Errorf("offsets %d %d %d", l[0].Offset, inner.Offset, l[1].Offset)
	}
}

func TestChildrenAreLimited(t *testing.T) {
	body := bytes.Repeat([]byte{5, 0}, 1000)
	v, err := asn1x.ParseAll(append(asn1x.Header(0x30, len(body)), body...))
	if err != nil {
		t.Fatal(err)
	}
	l, err := v.Children(100)
	var e *asn1x.Error
	if !errors.As(err, &e) || !e.Limit || len(l) != 100 {
		t.Errorf("%d values, %v", len(l), err)
	}
}

func TestPrimitives(t *testing.T) {
	parse := func(s string) asn1x.Value {
		v, err := asn1x.ParseAll(unhex(t, s))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for in, want := range map[string]string{
		"06092a864886f70d010702": "1.2.840.113549.1.7.2",
		"0603883703":             "2.999.3",
		"060100":                 "0.0",
	} {
		if got, err := parse(in).OID(); err != nil || got != want {
			t.Errorf("%s: %s %v", in, got, err)
		}
	}
	// A 128-bit arc, as in the identifiers made from a UUID, against encoding/asn1's refusal.
	if got, err := parse("0614 69 82 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 01").OID(); err != nil || !strings.HasPrefix(got, "2.25.") || len(got) < 30 {
		t.Errorf("%s %v", got, err)
	}
	if n, err := parse("0201ff").Integer(); err != nil || n.Int64() != -1 {
		t.Error(n, err)
	}
	if b, err := parse("03020780").BitList(); err != nil || b != 1 {
		t.Error(b, err)
	}
	for in, want := range map[string]string{
		"170d3439313233313233353935395a":              "2049-12-31T23:59:59Z",
		"170d3530303130313030303030305a":              "1950-01-01T00:00:00Z",
		"170b353030313031303030305a":                  "1950-01-01T00:00:00Z",
		"181332303139303530333138323933392e3432315a":  "2019-05-03T18:29:39.421Z",
		"18133230313930353033313832393339 2b30323030": "2019-05-03T16:29:39Z",
	} {
		got, err := parse(in).Time()
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%s: %v %v", in, got, err)
		}
	}
	if s, ok := parse("1e0400e90041").Text(); !ok || s != "éA" {
		t.Errorf("%q %v", s, ok)
	}
	if s, ok := parse("1401e9").Text(); !ok || s != "é" {
		t.Errorf("%q %v", s, ok)
	}
}

// TestCMSOfTheCorpus reads every CMS of the corpus and finds again, by
// encoding/asn1, that the pieces kept are those received.
func TestCMSOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "signature")
	read := 0
	for _, row := range corpus.Expected(t, "signature") {
		if row.Kind != "signature.cades" || len(row.Flags) > 0 || strings.Contains(row.Path, "pem") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Path)))
		if err != nil {
			t.Fatal(err)
		}
		sd, err := asn1x.ParseSignedData(b)
		if err != nil {
			t.Errorf("%s: %v", row.Path, err)
			continue
		}
		read++
		for _, s := range sd.Signers {
			if !bytes.Contains(b, s.Whole.Raw) || !bytes.Contains(s.Whole.Raw, s.Signature) {
				t.Errorf("%s: pieces are not the octets received", row.Path)
			}
			if len(s.Signed) == 0 {
				continue
			}
			der, err := s.SignedOctets()
			if err != nil {
				t.Errorf("%s: %v", row.Path, err)
				continue
			}
			var raw asn1.RawValue
			if rest, err := asn1.Unmarshal(der, &raw); err != nil || len(rest) > 0 {
				t.Errorf("%s: the DER of the signed attributes is not read by encoding/asn1: %v", row.Path, err)
			}
		}
	}
	if read < 30 {
		t.Errorf("only %d files read", read)
	}
}

func TestTruncatedCMSIsRefusedAtEveryOctet(t *testing.T) {
	b := minimalCMS()
	if _, err := asn1x.ParseSignedData(b); err != nil {
		t.Fatal(err)
	}
	for i := range b {
		if _, err := asn1x.ParseSignedData(b[:i]); err == nil {
			t.Fatalf("the first %d octets of %d are accepted", i, len(b))
		}
	}
}

func tlv(id byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(asn1x.Header(id, len(body)), body...)
}

func minimalCMS() []byte {
	oid := func(dotted ...int) []byte {
		b, _ := asn1.Marshal(asn1.ObjectIdentifier(dotted))
		return b
	}
	alg := tlv(0x30, oid(2, 16, 840, 1, 101, 3, 4, 2, 1))
	signer := tlv(0x30, tlv(2, []byte{1}), tlv(0x30, tlv(0x30), tlv(2, []byte{7})), alg,
		tlv(0xa0, tlv(0x30, oid(1, 2, 840, 113549, 1, 9, 3), tlv(0x31, oid(1, 2, 840, 113549, 1, 7, 1)))),
		alg, tlv(4, []byte("value")))
	sd := tlv(0x30, tlv(2, []byte{1}), tlv(0x31, alg), tlv(0x30, oid(1, 2, 840, 113549, 1, 7, 1)), tlv(0x31, signer))
	return tlv(0x30, oid(1, 2, 840, 113549, 1, 7, 2), tlv(0xa0, sd))
}

func TestTrailingOctetsAreHandedBack(t *testing.T) {
	sd, err := asn1x.ParseSignedData(append(minimalCMS(), "more"...))
	if err != nil || string(sd.Trailing) != "more" {
		t.Errorf("%q %v", sd.Trailing, err)
	}
	if len(sd.Signers) != 1 || sd.Signers[0].Serial.Int64() != 7 || string(sd.Signers[0].Signature) != "value" {
		t.Errorf("%+v", sd.Signers)
	}
	if len(asn1x.Find(sd.Signers[0].Signed, asn1x.OIDContentType)) != 1 {
		t.Error("the content type attribute is not found")
	}
}

func FuzzDER(f *testing.F) {
	f.Add(minimalCMS())
	f.Add([]byte("\x30\x80\x24\x80\x04\x01a\x00\x00\x00\x00"))
	f.Add(bytes.Repeat([]byte{0x30, 0x80}, 70))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, err := asn1x.Parse(b)
		if err != nil {
			return
		}
		if len(v.Raw)+len(rest) != len(b) {
			t.Fatal("octets lost")
		}
		der, err := asn1x.DER(v)
		if err != nil {
			return
		}
		w, err := asn1x.ParseAll(der)
		if err != nil {
			t.Fatalf("what DER wrote is not read: %v", err)
		}
		again, err := asn1x.DER(w)
		if err != nil || !bytes.Equal(der, again) {
			t.Fatalf("DER of DER differs: %v", err)
		}
	})
}

func FuzzCMS(f *testing.F) {
	f.Add(minimalCMS())
	f.Fuzz(func(t *testing.T, b []byte) {
		sd, err := asn1x.ParseSignedData(b)
		if err != nil {
			return
		}
		n := 0
		_ = sd.ContentPieces(func(p []byte) { n += len(p) })
		if c, ok := sd.ContentOctets(); ok && len(c) > len(b) || n > len(b) {
			t.Fatal("content longer than the input")
		}
		for _, s := range sd.Signers {
			if s.SignedV.IsZero() {
				continue
			}
			if _, err := s.SignedOctets(); err != nil {
				continue
			}
		}
	})
}

package trust

import (
	"errors"
	"testing"
)

func TestIdentifiersAreReadBack(t *testing.T) {
	n := 0
	for _, d := range []Digest{SHA1, SHA256, SHA384, SHA512, SHA3_256, SHA3_384, SHA3_512} {
		for _, a := range []Algorithm{{Scheme: RSA, Digest: d}, {Scheme: ECDSA, Digest: d}, {Scheme: PSS, Digest: d, MGF: d, Salt: len(d.Sum(nil))}} {
			got, err := ParseAlgorithm(a.Identifier(), "")
			if err != nil || got != a {
				t.Errorf("%v: %v, %v", a, got, err)
			}
			n++
		}
	}
	if got, err := ParseAlgorithm(Algorithm{Scheme: EdDSA, Digest: SHA512}.Identifier(), ""); err != nil || got.Scheme != EdDSA {
		t.Errorf("EdDSA: %v, %v", got, err)
	}
	for _, a := range []Algorithm{{}, {Scheme: RSA, Digest: Whirlpool}, {Scheme: PSS, Digest: SHA256}, {Scheme: PSS, Digest: SHA256, MGF: SHA256, Salt: 1000}} {
		if b := a.Identifier(); b != nil {
			_, err := ParseAlgorithm(b, "")
			t.Errorf("%v has the identifier %x (%v)", a, b, errors.Is(err, ErrUnsupported))
		}
	}
}

package datatype

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestBase64InPieces compares the verdict with the decoder's of the standard
// library, however the text is cut.
func TestBase64InPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = "ABCDwxyz0189+/ABCDEFGHIJKLMNOP= \n*é"
	valid := 0
	for range 20_000 {
		raw := make([]byte, r.IntN(40))
		for i := range raw {
			raw[i] = byte(r.Uint32())
		}
		s := base64.StdEncoding.EncodeToString(raw)
		for range r.IntN(3) {
			i := r.IntN(len(s) + 1)
			s = s[:i] + string(alphabet[r.IntN(len(alphabet))]) + s[min(len(s), i+r.IntN(2)):]
		}
		_, err := base64.StdEncoding.Strict().DecodeString(strings.NewReplacer(" ", "", "\n", "").Replace(s))
		var c Base64
		for rest := []byte(s); len(rest) > 0; {
			n := 1 + r.IntN(len(rest))
			c.Write(rest[:n])
			rest = rest[n:]
		}
		if got := c.Close(); got != (err == nil) {
			t.Fatalf("%q: %v, decoding says %v", s, got, err)
		}
		if err == nil {
			valid++
		}
	}
	if valid < 2000 {
		t.Errorf("only %d valid texts", valid)
	}
}

package trust

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/corpus"
)

// The arithmetic written here is that of the standard library on a curve both
// have.
func TestOwnCurveArithmeticAgreesWithTheStandardLibrary(t *testing.T) {
	c := elliptic.P256().Params()
	w := &weierstrass{c.P, new(big.Int).Sub(c.P, big.NewInt(3)), c.B, c.Gx, c.Gy, c.N}
	for i := range 8 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		k := w.point(raw)
		if k == nil {
			t.Fatal("a point of the curve is refused")
		}
		packed := append([]byte{2 + raw[64]&1}, raw[1:33]...)
		if p := w.point(packed); p == nil || p.y.Cmp(k.y) != 0 {
			t.Error("the compressed point is another")
		}
		sum := sha256.Sum256([]byte{byte(i)})
		sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		if !k.verify(sum[:], sig) {
			t.Error("the right value is refused")
		}
		sum[0] ^= 1
		if k.verify(sum[:], sig) {
			t.Error("the value is accepted for another digest")
		}
	}
}

func TestNamedCurvesAreSound(t *testing.T) {
	for oid := range namedCurves {
		w := curve(oid)
		if !w.p.ProbablyPrime(20) || !w.n.ProbablyPrime(20) {
			t.Errorf("%s: p or n is no prime", oid)
		}
		size := (w.p.BitLen() + 7) / 8
		raw := append([]byte{4}, append(w.x.FillBytes(make([]byte, size)), w.y.FillBytes(make([]byte, size))...)...)
		g := w.point(raw)
		if g == nil {
			t.Fatalf("%s: the base point is not on the curve", oid)
		}
		// n times the base point is that at infinity, n+1 times itself.
		if w.sum(w.n, new(big.Int), g) != nil {
			t.Errorf("%s: the order is another", oid)
		}
		if x := w.sum(w.n, big.NewInt(1), g); x == nil || x.Cmp(w.x) != 0 {
			t.Errorf("%s: (n+1)G is not G", oid)
		}
		raw[size]++
		if w.point(raw) != nil {
			t.Errorf("%s: a point beside the curve is taken", oid)
		}
	}
}

func TestOwnCurvesRefuseValuesOutOfRange(t *testing.T) {
	w := curve("1.3.36.3.3.2.8.1.1.7")
	k := &affine{w, w.x, w.y}
	for _, v := range [][2]*big.Int{{new(big.Int), new(big.Int)}, {new(big.Int), big.NewInt(1)}, {big.NewInt(1), new(big.Int)},
		{w.n, big.NewInt(1)}, {big.NewInt(1), w.n}, {big.NewInt(-1), big.NewInt(1)}} {
		b, err := asn1.Marshal(struct{ R, S *big.Int }{v[0], v[1]})
		if err != nil {
			t.Fatal(err)
		}
		if k.verify(make([]byte, 32), b) {
			t.Errorf("(%v, %v) is accepted", v[0].BitLen(), v[1].BitLen())
		}
	}
}

// What openssl signs on these curves verifies, and nothing else.
func TestOwnCurvesVerifyWhatOpenSSLSigns(t *testing.T) {
	tool := corpus.Tool(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) []byte {
		t.Helper()
		cmd := exec.Command(tool, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(args, err)
		}
		return out
	}
	msg := []byte("délibération")
	if err := os.WriteFile(filepath.Join(dir, "m"), msg, 0o600); err != nil {
		t.Fatal(err)
	}
	known := string(run("ecparam", "-list_curves"))
	for _, written := range []string{"prime256v1", "secp384r1", "brainpoolP256r1"} {
		run("ecparam", "-genkey", "-noout", "-name", written, "-param_enc", "explicit", "-out", "k.pem")
		p, _ := pem.Decode(run("ec", "-in", "k.pem", "-pubout"))
		k, err := ParseKey(p.Bytes)
		if err != nil {
			t.Fatal(written, err)
		}
		sig := run("dgst", "-sha256", "-sign", "k.pem", "m")
		a := Algorithm{Scheme: ECDSA, Digest: SHA256}
		if err := k.Verify(a, msg, sig); err != nil {
			t.Errorf("%s written out: %v", written, err)
		}
		// Another generator in the place of the curve's own: not the curve.
		w := curve("1.3.36.3.3.2.8.1.1.7")
		own := w.y
		if written != "brainpoolP256r1" {
			for oid, c := range curves {
				if oid == "1.2.840.10045.3.1.7" && written == "prime256v1" || oid == "1.3.132.0.34" && written == "secp384r1" {
					own = c.Params().Gy
				}
			}
		}
		i := bytes.Index(p.Bytes, own.Bytes())
		if i < 0 {
			t.Fatalf("%s: no generator in the key", written)
		}
		p.Bytes[i] ^= 1
		if k, err := ParseKey(p.Bytes); err == nil && k.Verify(a, msg, sig) != ErrUnsupported {
			t.Errorf("%s with another generator is taken for the curve", written)
		}
	}
	for _, name := range []string{"brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "brainpoolP256t1", "secp256k1", "prime192v1"} {
		if !strings.Contains(known, name) {
			continue
		}
		run("ecparam", "-genkey", "-noout", "-name", name, "-out", "k.pem")
		p, _ := pem.Decode(run("ec", "-in", "k.pem", "-pubout"))
		k, err := ParseKey(p.Bytes)
		if err != nil {
			t.Fatal(name, err)
		}
		sig := run("dgst", "-sha384", "-sign", "k.pem", "m")
		a := Algorithm{Scheme: ECDSA, Digest: SHA384}
		if err := k.Verify(a, msg, sig); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := k.Verify(a, msg[1:], sig); err != ErrSignature {
			t.Errorf("%s: another message: %v", name, err)
		}
	}
}

func TestRIPEMD160(t *testing.T) {
	// The values its authors give.
	for in, want := range map[string]string{
		"": "9c1185a5c5e9fc54612808977ee8f548b2258d31", "abc": "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": "12a053384a9c0c88e405a06c27dcf49ada62eb2b",
		strings.Repeat("1234567890", 8):                            "9b752e45573d4b39f4dbd3323cab82bf63326bfb",
	} {
		if got := hex.EncodeToString(RIPEMD160.Sum([]byte(in))); got != want {
			t.Errorf("%d octets: %s", len(in), got)
		}
	}
	// In pieces as in one.
	all := make([]byte, 300)
	for cut := range all {
		h := RIPEMD160.New()
		h.Write(all[:cut])
		h.Write(all[cut:])
		if string(h.Sum(nil)) != string(RIPEMD160.Sum(all)) {
			t.Fatalf("cut at %d", cut)
		}
	}
}

func BenchmarkBrainpool(b *testing.B) {
	w := curve("1.3.36.3.3.2.8.1.1.7")
	k := &affine{w, w.x, w.y}
	sig, err := asn1.Marshal(struct{ R, S *big.Int }{big.NewInt(5), big.NewInt(7)})
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256(nil)
	for b.Loop() {
		k.verify(digest[:], sig)
	}
}

package trust

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// ripemd is RIPEMD-160 (ISO/IEC 10118-3), which signatures of before 2014 were
// made with, German ones above all. None is made here.
type ripemd struct {
	h    [5]uint32
	buf  [64]byte
	n    int    // octets in buf
	size uint64 // octets written
}

func newRIPEMD() hash.Hash {
	r := &ripemd{}
	r.Reset()
	return r
}

func (r *ripemd) Reset() {
	*r = ripemd{h: [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}}
}

func (*ripemd) Size() int { return 20 }

func (*ripemd) BlockSize() int { return 64 }

func (r *ripemd) Write(b []byte) (int, error) {
	n := len(b)
	r.size += uint64(n)
	for len(b) > 0 {
		k := copy(r.buf[r.n:], b)
		b = b[k:]
		if r.n += k; r.n == len(r.buf) {
			r.block()
			r.n = 0
		}
	}
	return n, nil
}

func (r *ripemd) Sum(b []byte) []byte {
	c := *r
	pad := make([]byte, 1+(119-c.size%64)%64, 128)
	pad[0] = 0x80
	c.Write(binary.LittleEndian.AppendUint64(pad, r.size<<3))
	for _, x := range c.h {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

// The words taken and the rotations made by the two lines of the algorithm, one
// hexadecimal digit for each of the 80 steps.
const (
	leftWords = "0123456789abcdef" +
		"74d1a6f3c0952eb8" +
		"3ae49f812706db5c" +
		"19ba08c4d37fe562" +
		"40597c2ae138b6fd"
	rightWords = "5e7092b4d6f81a3c" +
		"6b370d5aef8c4912" +
		"f5137e69b8c2a04d" +
		"86413bf05c2d97ae" +
		"cfa4158762de039b"
	leftTurns = "befc5879bdef6798" +
		"768db97f7cf9b7dc" +
		"bd67e9dfe8d65c75" +
		"bcefef989e56865c" +
		"9f5b68dc5cdeb856"
	rightTurns = "899bdff5778beec6" +
		"9df7c89b77c76fdb" +
		"97fb866ecd5edd75" +
		"f58bee6e69c9c5f8" +
		"85c9c5e68d65fdbb"
)

var (
	leftAdds  = [5]uint32{0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e}
	rightAdds = [5]uint32{0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0}
)

func digit(s string, i int) int {
	if c := s[i]; c >= 'a' {
		return int(c-'a') + 10
	}
	return int(s[i] - '0')
}

func mix(round int, x, y, z uint32) uint32 {
	switch round {
	case 0:
		return x ^ y ^ z
	case 1:
		return x&y | ^x&z
	case 2:
		return (x | ^y) ^ z
	case 3:
		return x&z | y&^z
	}
	return x ^ (y | ^z)
}

func (r *ripemd) block() {
	var w [16]uint32
	for i := range w {
		w[i] = binary.LittleEndian.Uint32(r.buf[4*i:])
	}
	left, right := r.h, r.h
	step := func(v *[5]uint32, f, word, turn int, add uint32) {
		t := bits.RotateLeft32(v[0]+mix(f, v[1], v[2], v[3])+w[word]+add, turn) + v[4]
		*v = [5]uint32{v[4], t, v[1], bits.RotateLeft32(v[2], 10), v[3]}
	}
	for i := range 80 {
		n := i / 16
		step(&left, n, digit(leftWords, i), digit(leftTurns, i), leftAdds[n])
		step(&right, 4-n, digit(rightWords, i), digit(rightTurns, i), rightAdds[n])
	}
	h := r.h
	for i := range h {
		r.h[i] = h[(i+1)%5] + left[(i+2)%5] + right[(i+3)%5]
	}
}

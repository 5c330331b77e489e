package trust

import (
	"math/big"

	"github.com/liasse/liasse/internal/asn1x"
)

// weierstrass is a curve y² = x³ + ax + b over the field of p, with the base
// point (x, y) of order n. It verifies only: nothing here is secret, so nothing
// is computed in constant time.
type weierstrass struct{ p, a, b, x, y, n *big.Int }

// namedCurves are p, a, b, x, y and n, in hexadecimal, of the curves that
// signatures in Europe are made with and the standard library does not compute:
// those of RFC 5639 (Brainpool, regular and twisted), and two of SEC 2.
var namedCurves = map[string][6]string{
	// secp192r1
	"1.2.840.10045.3.1.1": {
		"fffffffffffffffffffffffffffffffeffffffffffffffff",
		"fffffffffffffffffffffffffffffffefffffffffffffffc",
		"64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
		"188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
		"7192b95ffc8da78631011ed6b24cdd573f977a11e794811",
		"ffffffffffffffffffffffff99def836146bc9b1b4d22831",
	},
	// secp256k1
	"1.3.132.0.10": {
		"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
		"0",
		"7",
		"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
		"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
		"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
	},
	// brainpoolP160r1
	"1.3.36.3.3.2.8.1.1.1": {
		"e95e4a5f737059dc60dfc7ad95b3d8139515620f",
		"340e7be2a280eb74e2be61bada745d97e8f7c300",
		"1e589a8595423412134faa2dbdec95c8d8675e58",
		"bed5af16ea3f6a4f62938c4631eb5af7bdbcdbc3",
		"1667cb477a1a8ec338f94741669c976316da6321",
		"e95e4a5f737059dc60df5991d45029409e60fc09",
	},
	// brainpoolP160t1
	"1.3.36.3.3.2.8.1.1.2": {
		"e95e4a5f737059dc60dfc7ad95b3d8139515620f",
		"e95e4a5f737059dc60dfc7ad95b3d8139515620c",
		"7a556b6dae535b7b51ed2c4d7daa7a0b5c55f380",
		"b199b13b9b34efc1397e64baeb05acc265ff2378",
		"add6718b7c7c1961f0991b842443772152c9e0ad",
		"e95e4a5f737059dc60df5991d45029409e60fc09",
	},
	// brainpoolP192r1
	"1.3.36.3.3.2.8.1.1.3": {
		"c302f41d932a36cda7a3463093d18db78fce476de1a86297",
		"6a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef",
		"469a28ef7c28cca3dc721d044f4496bcca7ef4146fbf25c9",
		"c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd6",
		"14b690866abd5bb88b5f4828c1490002e6773fa2fa299b8f",
		"c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1",
	},
	// brainpoolP192t1
	"1.3.36.3.3.2.8.1.1.4": {
		"c302f41d932a36cda7a3463093d18db78fce476de1a86297",
		"c302f41d932a36cda7a3463093d18db78fce476de1a86294",
		"13d56ffaec78681e68f9deb43b35bec2fb68542e27897b79",
		"3ae9e58c82f63c30282e1fe7bbf43fa72c446af6f4618129",
		"97e2c5667c2223a902ab5ca449d0084b7e5b3de7ccc01c9",
		"c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1",
	},
	// brainpoolP224r1
	"1.3.36.3.3.2.8.1.1.5": {
		"d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
		"68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
		"2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
		"d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
		"58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd",
		"d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
	},
	// brainpoolP224t1
	"1.3.36.3.3.2.8.1.1.6": {
		"d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
		"d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0fc",
		"4b337d934104cd7bef271bf60ced1ed20da14c08b3bb64f18a60888d",
		"6ab1e344ce25ff3896424e7ffe14762ecb49f8928ac0c76029b4d580",
		"374e9f5143e568cd23f3f4d7c0d4b1e41c8cc0d1c6abd5f1a46db4c",
		"d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
	},
	// brainpoolP256r1
	"1.3.36.3.3.2.8.1.1.7": {
		"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
		"7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
		"26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
		"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
		"547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
		"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
	},
	// brainpoolP256t1
	"1.3.36.3.3.2.8.1.1.8": {
		"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
		"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5374",
		"662c61c430d84ea4fe66a7733d0b76b7bf93ebc4af2f49256ae58101fee92b04",
		"a3e8eb3cc1cfe7b7732213b23a656149afa142c47aafbc2b79a191562e1305f4",
		"2d996c823439c56d7f7b22e14644417e69bcb6de39d027001dabe8f35b25c9be",
		"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
	},
	// brainpoolP320r1
	"1.3.36.3.3.2.8.1.1.9": {
		"d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
		"3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
		"520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
		"43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
		"14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1",
		"d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
	},
	// brainpoolP320t1
	"1.3.36.3.3.2.8.1.1.10": {
		"d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
		"d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e24",
		"a7f561e038eb1ed560b3d147db782013064c19f27ed27c6780aaf77fb8a547ceb5b4fef422340353",
		"925be9fb01afc6fb4d3e7d4990010f813408ab106c4f09cb7ee07868cc136fff3357f624a21bed52",
		"63ba3a7a27483ebf6671dbef7abb30ebee084e58a0b077ad42a5a0989d1ee71b1b9bc0455fb0d2c3",
		"d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
	},
	// brainpoolP384r1
	"1.3.36.3.3.2.8.1.1.11": {
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
		"7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
		"4a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
		"1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
		"8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
	},
	// brainpoolP384t1
	"1.3.36.3.3.2.8.1.1.12": {
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec50",
		"7f519eada7bda81bd826dba647910f8c4b9346ed8ccdc64e4b1abd11756dce1d2074aa263b88805ced70355a33b471ee",
		"18de98b02db9a306f2afcd7235f72a819b80ab12ebd653172476fecd462aabffc4ff191b946a5f54d8d0aa2f418808cc",
		"25ab056962d30651a114afd2755ad336747f93475b7a1fca3b88f2b6a208ccfe469408584dc2b2912675bf5b9e582928",
		"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
	},
	// brainpoolP512r1
	"1.3.36.3.3.2.8.1.1.13": {
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
		"7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
		"3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
		"81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
		"7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
	},
	// brainpoolP512t1
	"1.3.36.3.3.2.8.1.1.14": {
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f0",
		"7cbbbcf9441cfab76e1890e46884eae321f70c0bcb4981527897504bec3e36a62bcdfa2304976540f6450085f2dae145c22553b465763689180ea2571867423e",
		"640ece5c12788717b9c1ba06cbc2a6feba85842458c56dde9db1758d39c0313d82ba51735cdb3ea499aa77a7d6943a64f7a3f25fe26f06b51baa2696fa9035da",
		"5b534bd595f5af0fa2c892376c84ace1bb4e3019b71634c01131159cae03cee9d9932184beef216bd71df2dadf86a627306ecff96dbb8bace198b61e00f8b332",
		"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
	},
}

// curve returns the curve of that name, or nil.
func curve(oid string) *weierstrass {
	t, ok := namedCurves[oid]
	if !ok {
		return nil
	}
	var n [6]*big.Int
	for i, s := range t {
		n[i], _ = new(big.Int).SetString(s, 16)
	}
	return &weierstrass{n[0], n[1], n[2], n[3], n[4], n[5]}
}

// affine is a point of a weierstrass curve, which is its own key.
type affine struct {
	of   *weierstrass
	x, y *big.Int
}

// point reads a point of SEC 1 §2.3.4, compressed or not; nil when it is not
// one of the curve.
func (w *weierstrass) point(b []byte) *affine {
	size := (w.p.BitLen() + 7) / 8
	if len(b) < 1+size {
		return nil
	}
	x := new(big.Int).SetBytes(b[1 : 1+size])
	if x.Cmp(w.p) >= 0 {
		return nil
	}
	square := new(big.Int).Mul(x, x)
	square.Add(square, w.a).Mul(square, x).Add(square, w.b).Mod(square, w.p)
	switch {
	case b[0] == 4 && len(b) == 1+2*size:
		y := new(big.Int).SetBytes(b[1+size:])
		if y.Cmp(w.p) >= 0 || w.times(y, y).Cmp(square) != 0 {
			return nil
		}
		return &affine{w, x, y}
	case (b[0] == 2 || b[0] == 3) && len(b) == 1+size:
		y := new(big.Int).ModSqrt(square, w.p)
		if y == nil {
			return nil
		}
		if y.Bit(0) != uint(b[0]&1) {
			y.Sub(w.p, y).Mod(y, w.p)
		}
		return &affine{w, x, y}
	}
	return nil
}

func (w *weierstrass) times(a, b *big.Int) *big.Int {
	c := new(big.Int).Mul(a, b)
	return c.Mod(c, w.p)
}

// verify is ECDSA (SEC 1 §4.1.4) with the point as the key.
func (k *affine) verify(digest, signature []byte) bool {
	r, s, ok := pair(signature)
	if !ok {
		return false
	}
	w := k.of
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(w.n) >= 0 || s.Cmp(w.n) >= 0 {
		return false
	}
	e := new(big.Int).SetBytes(digest)
	if over := 8*len(digest) - w.n.BitLen(); over > 0 {
		e.Rsh(e, uint(over))
	}
	inv := new(big.Int).ModInverse(s, w.n)
	if inv == nil {
		return false
	}
	u := new(big.Int).Mul(e, inv)
	t := new(big.Int).Mul(r, inv)
	x := w.sum(u.Mod(u, w.n), t.Mod(t, w.n), k)
	return x != nil && x.Mod(x, w.n).Cmp(r) == 0
}

// jacobian is the point (x/z², y/z³); z = 0 is the one at infinity.
type jacobian struct{ x, y, z *big.Int }

// sum returns the abscissa of u times the base point and t times k, or nil for
// the point at infinity. Both are doubled together, bit by bit.
func (w *weierstrass) sum(u, t *big.Int, k *affine) *big.Int {
	one := big.NewInt(1)
	base, key := jacobian{w.x, w.y, one}, jacobian{k.x, k.y, one}
	both := w.add(base, key)
	acc := jacobian{new(big.Int), one, new(big.Int)}
	for i := max(u.BitLen(), t.BitLen()) - 1; i >= 0; i-- {
		acc = w.double(acc)
		switch u.Bit(i) | t.Bit(i)<<1 {
		case 1:
			acc = w.add(acc, base)
		case 2:
			acc = w.add(acc, key)
		case 3:
			acc = w.add(acc, both)
		}
	}
	if acc.z.Sign() == 0 {
		return nil
	}
	z := new(big.Int).ModInverse(acc.z, w.p)
	return w.times(acc.x, w.times(z, z))
}

func (w *weierstrass) double(p jacobian) jacobian {
	if p.z.Sign() == 0 || p.y.Sign() == 0 {
		return jacobian{new(big.Int), big.NewInt(1), new(big.Int)}
	}
	yy := w.times(p.y, p.y)
	s := w.times(p.x, yy)
	s.Lsh(s, 2).Mod(s, w.p)
	zz := w.times(p.z, p.z)
	m := w.times(p.x, p.x)
	m.Mul(m, big.NewInt(3)).Add(m, w.times(w.a, w.times(zz, zz))).Mod(m, w.p)
	x := w.times(m, m)
	x.Sub(x, s).Sub(x, s).Mod(x, w.p)
	y := w.times(yy, yy)
	y.Lsh(y, 3)
	y.Sub(w.times(m, new(big.Int).Sub(s, x)), y).Mod(y, w.p)
	z := w.times(p.y, p.z)
	return jacobian{x, y, z.Lsh(z, 1).Mod(z, w.p)}
}

func (w *weierstrass) add(p, q jacobian) jacobian {
	switch {
	case p.z.Sign() == 0:
		return q
	case q.z.Sign() == 0:
		return p
	}
	pz, qz := w.times(p.z, p.z), w.times(q.z, q.z)
	u1, u2 := w.times(p.x, qz), w.times(q.x, pz)
	s1, s2 := w.times(p.y, w.times(qz, q.z)), w.times(q.y, w.times(pz, p.z))
	if u1.Cmp(u2) == 0 {
		if s1.Cmp(s2) == 0 {
			return w.double(p)
		}
		return jacobian{new(big.Int), big.NewInt(1), new(big.Int)}
	}
	h, r := new(big.Int).Sub(u2, u1), new(big.Int).Sub(s2, s1)
	hh := w.times(h, h)
	hhh, v := w.times(hh, h), w.times(u1, hh)
	x := w.times(r, r)
	x.Sub(x, hhh).Sub(x, v).Sub(x, v).Mod(x, w.p)
	y := w.times(r, new(big.Int).Sub(v, x))
	y.Sub(y, w.times(s1, hhh)).Mod(y, w.p)
	return jacobian{x, y, w.times(w.times(p.z, q.z), h)}
}

const oidPrimeField = "1.2.840.10045.1.1"

// spelled returns the name of the curve whose parameters are written out in
// full (X9.62, SpecifiedECDomain), which older software does; "" when they are
// not, number for number, those of a curve known by name. RFC 5480 §2.1.1 wants
// the name, and a base point of somebody's own choice forges any signature.
func spelled(v asn1x.Value) string {
	c := v.Enter()
	c.Take(asn1x.TagInteger)
	field := c.Take(asn1x.TagSequence).Enter()
	kind, err := field.Take(asn1x.TagOID).OID()
	p, err1 := field.Take(asn1x.TagInteger).Integer()
	coefficients := c.Take(asn1x.TagSequence).Enter()
	a, b := number(coefficients.Take(asn1x.TagOctetString)), number(coefficients.Take(asn1x.TagOctetString))
	base := c.Take(asn1x.TagOctetString)
	n, err2 := c.Take(asn1x.TagInteger).Integer()
	if c.Err() != nil || field.Err() != nil || coefficients.Err() != nil || err != nil || err1 != nil || err2 != nil || kind != oidPrimeField {
		return ""
	}
	same := func(w *weierstrass) bool {
		if w.p.Cmp(p) != 0 || w.a.Cmp(a) != 0 || w.b.Cmp(b) != 0 || w.n.Cmp(n) != 0 {
			return false
		}
		g := w.point(base.Body)
		return g != nil && g.x.Cmp(w.x) == 0 && g.y.Cmp(w.y) == 0
	}
	for oid, e := range curves {
		q := e.Params()
		if same(&weierstrass{q.P, new(big.Int).Sub(q.P, big.NewInt(3)), q.B, q.Gx, q.Gy, q.N}) {
			return oid
		}
	}
	for oid := range namedCurves {
		if same(curve(oid)) {
			return oid
		}
	}
	return ""
}

func number(v asn1x.Value) *big.Int { return new(big.Int).SetBytes(v.Body) }

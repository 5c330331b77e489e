package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"io"
)

// cryptState says what the Encrypt dictionary means for a reader without a
// password.
type cryptState uint8

const (
	notEncrypted   cryptState = iota // not encrypted
	emptyPassword                    // opens with the empty user password
	needsPassword                    // needs a password
	unknownHandler                   // another security handler, or one not understood
)

type cipherKind uint8

const (
	cIdentity cipherKind = iota
	cRC4
	cAES128
	cAES256
)

// crypt is the standard security handler (ISO 32000-1 §7.6.3, ISO 32000-2
// §7.6.4) opened with the empty user password.
type crypt struct {
	kind     cipherKind
	key      [32]byte
	n        int // bytes of the key
	own      Ref // the Encrypt dictionary, whose strings are not encrypted
	metadata bool
}

var passwordPad = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

// openCrypt reads the Encrypt dictionary of the trailer and tries the empty
// password. After emptyPassword, d.crypt decrypts.
func (d *Doc) openCrypt() cryptState {
	raw := d.trailer.Raw("Encrypt")
	enc := raw.Resolve()
	if !enc.IsDict() {
		return notEncrypted
	}
	if !enc.Key("Filter").IsName("Standard") {
		return unknownHandler
	}
	c := &d.cryptBuf
	*c = crypt{metadata: true}
	if r, ok := raw.Ref(); ok {
		c.own = r
	}
	v, ok1 := enc.Key("V").int32()
	r, ok2 := enc.Key("R").int32()
	p, ok3 := enc.Key("P").Int()
	o, u := enc.Key("O").Bytes(), enc.Key("U").Bytes()
	oe, ue := enc.Key("OE").Bytes(), enc.Key("UE").Bytes()
	if !ok1 || !ok2 || !ok3 || len(o) < 32 || len(u) < 32 ||
		r > 4 && (len(o) < 48 || len(u) < 48 || len(oe) < 32 || len(ue) < 32) {
		return notEncrypted // too damaged to mean anything: poppler reads on
	}
	bits, ok := enc.Key("Length").int32()
	if r == 2 || !ok {
		bits = 40
	}
	c.n = int(bits / 8)
	c.kind = cRC4
	if (v == 4 || v == 5) && r >= 4 && r <= 6 {
		if m := enc.Key("EncryptMetadata"); m.Kind() == Bool {
			c.metadata = m.Bool()
		}
		// Strings and streams must use the same filter.
		stm, str, cf := enc.Key("StmF"), enc.Key("StrF"), enc.Key("CF")
		if cf.IsDict() && stm.Kind() == Name && str.Kind() == Name && stm.Name() == str.Name() {
			if stm.IsName("Identity") {
				return emptyPassword // declared, but nothing is encrypted
			}
			f := cf.Key(stm.Name())
			n, hasLen := f.Key("Length").int32()
			switch f.Key("CFM").Name() {
			case "V2":
				v, r = 2, 3
				if hasLen {
					c.n = int(n)
				}
			case "AESV2":
				v, r, c.kind, c.n = 2, 3, cAES128, 16
			case "AESV3":
				v, c.kind, c.n = 5, cAES256, 32
			}
		}
	}
	switch {
	case (v == 1 || v == 2) && (r == 2 || r == 3):
		if c.n <= 0 || c.n > 16 {
			c.n = 16
		}
		id := d.trailer.Key("ID").At(0).Resolve().Bytes()
		if !c.emptyKeyR4(int(r), o, u, uint32(p), id) {
			return needsPassword
		}
	case v == 5 && (r == 5 || r == 6):
		if !c.emptyKeyR6(int(r), u, ue) {
			return needsPassword
		}
	default:
		return needsPassword
	}
	d.crypt = c
	// What was parsed before the key was known was not decrypted.
	d.forget()
	return emptyPassword
}

// emptyKeyR4 is algorithms 2, 4, 5 and 6 of ISO 32000-1 for the empty password.
func (c *crypt) emptyKeyR4(r int, o, u []byte, p uint32, id []byte) bool {
	h := md5.New()
	h.Write(passwordPad)
	h.Write(pad32(o))
	h.Write([]byte{byte(p), byte(p >> 8), byte(p >> 16), byte(p >> 24)})
	h.Write(id)
	if !c.metadata {
		h.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := h.Sum(nil)
	if r >= 3 {
		for range 50 {
			s := md5.Sum(key[:c.n])
			key = s[:]
		}
	}
	copy(c.key[:], key[:c.n])
	rc, err := rc4.NewCipher(c.key[:c.n])
	if err != nil {
		return false
	}
	if r == 2 {
		var b [32]byte
		rc.XORKeyStream(b[:], passwordPad)
		return bytes.Equal(b[:], pad32(u))
	}
	h.Reset()
	h.Write(passwordPad)
	h.Write(id)
	b := h.Sum(nil)
	for i := range 20 {
		k := bytes.Clone(c.key[:c.n])
		for j := range k {
			k[j] ^= byte(i)
		}
		if rc, err = rc4.NewCipher(k); err != nil {
			return false
		}
		rc.XORKeyStream(b, b)
	}
	return len(u) >= 16 && bytes.Equal(b, u[:16])
}

func pad32(b []byte) []byte {
	if len(b) >= 32 {
		return b[:32]
	}
	var p [32]byte
	copy(p[:], b)
	return p[:]
}

// emptyKeyR6 is algorithms 2.A and 11 of ISO 32000-2 for the empty password.
func (c *crypt) emptyKeyR6(r int, u, ue []byte) bool {
	if len(u) < 48 || len(ue) < 32 {
		return false
	}
	if !bytes.Equal(hashR6(r, u[32:40]), u[:32]) {
		return false
	}
	b, err := aes.NewCipher(hashR6(r, u[40:48]))
	if err != nil {
		return false
	}
	cipher.NewCBCDecrypter(b, make([]byte, 16)).CryptBlocks(c.key[:], ue[:32])
	c.n = 32
	return true
}

// hashR6 is algorithm 2.B for the empty password and no user key.
func hashR6(r int, salt []byte) []byte {
	s := sha256.Sum256(salt)
	k := s[:]
	if r == 5 {
		return k
	}
	for i := 0; ; i++ {
		k1 := bytes.Repeat(k, 64)
		b, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(b, k[16:32]).CryptBlocks(k1, k1)
		sum := 0
		for _, x := range k1[:16] {
			sum += int(x)
		}
		switch sum % 3 {
		case 0:
			h := sha256.Sum256(k1)
			k = h[:]
		case 1:
			h := sha512.Sum384(k1)
			k = h[:]
		default:
			h := sha512.Sum512(k1)
			k = h[:]
		}
		if i >= 63 && int(k1[len(k1)-1]) <= i-32 {
			return k[:32]
		}
	}
}

// objectKey is algorithm 1 of ISO 32000-1.
func (c *crypt) objectKey(r Ref) []byte {
	if c.kind == cAES256 {
		return c.key[:32]
	}
	h := md5.New()
	h.Write(c.key[:c.n])
	h.Write([]byte{byte(r.Num), byte(r.Num >> 8), byte(r.Num >> 16), byte(r.Gen), byte(r.Gen >> 8)})
	if c.kind == cAES128 {
		h.Write([]byte("sAlT"))
	}
	return h.Sum(nil)[:min(c.n+5, 16)]
}

// str decrypts a string in place and returns its new length.
func (c *crypt) str(r Ref, b []byte) int {
	if c.kind == cRC4 {
		if rc, err := rc4.NewCipher(c.objectKey(r)); err == nil {
			rc.XORKeyStream(b, b)
		}
		return len(b)
	}
	blk, err := aes.NewCipher(c.objectKey(r))
	if err != nil || len(b) < 32 || len(b)%16 != 0 {
		return 0
	}
	cipher.NewCBCDecrypter(blk, bytes.Clone(b[:16])).CryptBlocks(b[16:], b[16:])
	copy(b, b[16:])
	n := len(b) - 16
	if pad := int(b[n-1]); pad >= 1 && pad <= 16 {
		n -= pad
	}
	return n
}

// reader decrypts a stream.
func (c *crypt) reader(ref Ref, r io.Reader) io.Reader {
	if c.kind == cRC4 {
		rc, err := rc4.NewCipher(c.objectKey(ref))
		if err != nil {
			return r
		}
		return &cipher.StreamReader{S: rc, R: r}
	}
	blk, err := aes.NewCipher(c.objectKey(ref))
	if err != nil {
		return r
	}
	return &cbcReader{r: r, blk: blk}
}

// cbcReader decrypts AES-CBC preceded by its initial vector, and takes the
// padding away.
type cbcReader struct {
	r     io.Reader
	blk   cipher.Block
	mode  cipher.BlockMode
	buf   [4096]byte
	out   []byte
	ahead [16]byte // the next block, already decrypted: it may be padding
	have  bool
	done  bool
}

func (c *cbcReader) Read(p []byte) (int, error) { return drain(p, &c.out, &c.done, c.next) }

func (c *cbcReader) next() {
	if c.mode == nil {
		var iv [16]byte
		if _, err := io.ReadFull(c.r, iv[:]); err != nil {
			c.done = true
			return
		}
		c.mode = cipher.NewCBCDecrypter(c.blk, iv[:])
	}
	keep := 0
	if c.have {
		keep = copy(c.buf[:], c.ahead[:])
	}
	n, err := io.ReadFull(c.r, c.buf[keep:])
	n -= n % 16
	c.mode.CryptBlocks(c.buf[keep:keep+n], c.buf[keep:keep+n])
	n += keep
	if err != nil {
		c.done = true
		if n > 0 {
			if pad := int(c.buf[n-1]); pad >= 1 && pad <= 16 {
				n -= pad
			}
		}
		c.out = c.buf[:n]
		return
	}
	copy(c.ahead[:], c.buf[n-16:n])
	c.have = true
	c.out = c.buf[:n-16]
}

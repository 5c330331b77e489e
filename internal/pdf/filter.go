package pdf

import (
	"compress/flate"
	"errors"
	"io"
)

// ErrFilter says that a stream uses a filter this package does not decode.
var ErrFilter = errors.New("pdf: filter not supported")

// decoders are the parts of a decoding chain, kept for the next stream.
type decoders struct {
	raw  rawReader
	fl   flateReader
	pred predictor
	out  decoded
}

// rawReader reads a range of the file.
type rawReader struct {
	src      *source
	off, end int64
}

func (r *rawReader) window() []byte {
	if r.off >= r.end {
		return nil
	}
	b := r.src.at(r.off)
	if n := r.end - r.off; int64(len(b)) > n {
		b = b[:n]
	}
	return b
}

func (r *rawReader) Read(p []byte) (int, error) {
	b := r.window()
	if len(b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b)
	r.off += int64(n)
	return n, nil
}

// ReadByte keeps compress/flate from reading ahead through a buffer of its own.
func (r *rawReader) ReadByte() (byte, error) {
	if s := r.src; s.size <= wholeMax && r.off < r.end && r.off < int64(len(s.whole)) {
		r.off++
		return s.whole[r.off-1], nil
	}
	b := r.window()
	if len(b) == 0 {
		return 0, io.EOF
	}
	r.off++
	return b[0], nil
}

// decoded is the end of a chain: the bytes, until the data end or are damaged.
type decoded struct {
	r    io.Reader
	over bool // all stopped at its limit
}

func (r *decoded) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && n == 0 {
		err = io.EOF // damaged data end the stream, as in every reader of PDF
	}
	return n, err
}

// full fills b; false when the data end before.
func (r *decoded) full(b []byte) bool {
	n, _ := io.ReadFull(r.r, b)
	return n == len(b)
}

// all appends everything to b, at most limit bytes.
func (r *decoded) all(b []byte, limit int64) []byte {
	r.over = false
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > limit {
			r.over = true
			return b[:0]
		}
		if err != nil {
			return b
		}
	}
}

const maxFilters = 8

// open builds the chain for a stream. With refs the entries may be indirect.
func (c *decoders) open(d *Doc, v Value, refs bool) (*decoded, error) {
	n := v.node()
	if n.kind != Stream {
		return nil, ErrFilter
	}
	si := d.streams[n.v]
	get := Value.Raw
	if refs {
		get = Value.Key
	}
	filter := get(v, "Filter")
	if filter.Kind() == Null {
		filter = get(v, "F")
	}
	parms := get(v, "DecodeParms")
	if parms.Kind() == Null {
		parms = get(v, "DP")
	}
	c.raw = rawReader{src: &d.source, off: si.pos, end: min(si.pos+si.length, d.size)}
	var r io.Reader = &c.raw
	if d.crypt != nil && refs && !v.Key("Type").IsName("XRef") && !(v.Key("Type").IsName("Metadata") && !d.crypt.metadata) {
		r = d.crypt.reader(si.ref, r)
	}
	switch filter.Kind() {
	case Null:
	case Name:
		var err error
		if parms.Kind() == Array {
			parms = parms.At(0)
			if refs {
				parms = parms.Resolve()
			}
		}
		if r, err = c.filter(filter, parms, get, r, true); err != nil {
			return nil, err
		}
	case Array:
		if filter.Len() > maxFilters {
			return nil, ErrFilter
		}
		for i, f := range filter.Elems() {
			p := parms
			if parms.Kind() == Array {
				p = parms.At(i)
			}
			if refs {
				f, p = f.Resolve(), p.Resolve()
			}
			var err error
			if r, err = c.filter(f, p, get, r, i == 0 && filter.Len() == 1); err != nil {
				return nil, err
			}
		}
	default:
		return nil, ErrFilter
	}
	c.out = decoded{r: r}
	return &c.out, nil
}

func (c *decoders) filter(name, parms Value, get func(Value, string) Value, r io.Reader, reuse bool) (io.Reader, error) {
	switch name.Name() {
	case "FlateDecode", "Fl":
		f := &c.fl
		if !reuse {
			f = new(flateReader)
		}
		f.reset(r)
		return c.predict(parms, get, f, reuse)
	case "LZWDecode", "LZW":
		early := true
		if n, ok := get(parms, "EarlyChange").Int(); ok {
			early = n != 0
		}
		return c.predict(parms, get, newLZW(r, early), reuse)
	case "ASCIIHexDecode", "AHx":
		return &asciiHex{r: byteReader(r)}, nil
	case "ASCII85Decode", "A85":
		return &ascii85{r: byteReader(r)}, nil
	case "RunLengthDecode", "RL":
		return &runLength{r: byteReader(r)}, nil
	case "Crypt":
		if n := get(parms, "Name"); n.Kind() == Null || n.IsName("Identity") {
			return r, nil
		}
	}
	return nil, ErrFilter
}

// flateReader is zlib without its checksum, which readers of PDF ignore.
type flateReader struct {
	src  io.Reader
	fl   io.ReadCloser
	head bool
	bad  bool
}

func (f *flateReader) reset(r io.Reader) { f.src, f.head, f.bad = r, false, false }

func (f *flateReader) Read(p []byte) (int, error) {
	if !f.head {
		f.head = true
		var h [2]byte
		if _, err := io.ReadFull(f.src, h[:]); err != nil || h[0]&15 != 8 || (int(h[0])<<8|int(h[1]))%31 != 0 || h[1]&0x20 != 0 {
			f.bad = true
		} else if f.fl == nil {
			f.fl = flate.NewReader(f.src)
		} else if err := f.fl.(flate.Resetter).Reset(f.src, nil); err != nil {
			f.bad = true
		}
	}
	if f.bad {
		return 0, io.EOF
	}
	return f.fl.Read(p)
}

// predictor undoes PNG and TIFF prediction (ISO 32000-1 §7.4.4.4).
type predictor struct {
	r         io.Reader
	kind      int
	bpp       int // bytes per pixel, at least 1
	colors    int
	bits      int
	row, prev []byte
	out       []byte // what of row is still to be given
	done      bool
}

func (c *decoders) predict(parms Value, get func(Value, string) Value, r io.Reader, reuse bool) (io.Reader, error) {
	num := func(key string, def int) int {
		if n, ok := get(parms, key).int32(); ok {
			return int(n)
		}
		return def
	}
	kind := num("Predictor", 1)
	if kind <= 1 {
		return r, nil
	}
	p := &c.pred
	if !reuse {
		p = new(predictor)
	}
	colors, bits, cols := num("Colors", 1), num("BitsPerComponent", 8), num("Columns", 1)
	if colors <= 0 || colors > 32 || bits <= 0 || bits > 16 || cols <= 0 || cols > 1<<20 {
		return nil, ErrFilter
	}
	rowLen := (colors*bits*cols + 7) / 8
	p.r, p.kind, p.colors, p.bits, p.bpp, p.done = r, kind, colors, bits, (colors*bits+7)/8, false
	if cap(p.row) < rowLen+1 {
		p.row, p.prev = make([]byte, rowLen+1), make([]byte, rowLen)
	}
	p.row, p.prev, p.out = p.row[:rowLen+1], p.prev[:rowLen], nil
	clear(p.prev)
	return p, nil
}

// drain reads what a filter has decoded, and has it decode more when all of it
// was read.
func drain(p []byte, out *[]byte, done *bool, more func()) (int, error) {
	for len(*out) == 0 {
		if *done {
			return 0, io.EOF
		}
		more()
	}
	n := copy(p, *out)
	*out = (*out)[n:]
	return n, nil
}

func (p *predictor) Read(b []byte) (int, error) { return drain(b, &p.out, &p.done, p.next) }

func (p *predictor) next() {
	row := p.row[1:]
	want := p.row
	if p.kind < 10 {
		want = row
	}
	n, err := io.ReadFull(p.r, want)
	if err != nil {
		p.done = true
		clear(want[n:])
	}
	if p.kind < 10 {
		if n == 0 {
			return
		}
		p.tiff(row)
		p.out = row[:n]
		return
	}
	if n <= 1 {
		return
	}
	switch p.row[0] {
	case 1:
		for i := p.bpp; i < len(row); i++ {
			row[i] += row[i-p.bpp]
		}
	case 2:
		for i := range row {
			row[i] += p.prev[i]
		}
	case 3:
		for i := range row {
			left := 0
			if i >= p.bpp {
				left = int(row[i-p.bpp])
			}
			row[i] += byte((left + int(p.prev[i])) / 2)
		}
	case 4:
		for i := range row {
			var left, corner int
			if i >= p.bpp {
				left, corner = int(row[i-p.bpp]), int(p.prev[i-p.bpp])
			}
			row[i] += paeth(left, int(p.prev[i]), corner)
		}
	}
	copy(p.prev, row)
	p.out = row[:n-1]
}

func paeth(a, b, c int) byte {
	p := a + b - c
	pa, pb, pc := abs(p-a), abs(p-b), abs(p-c)
	switch {
	case pa <= pb && pa <= pc:
		return byte(a)
	case pb <= pc:
		return byte(b)
	}
	return byte(c)
}

func abs(n int) int { return max(n, -n) }

// tiff undoes horizontal differencing; samples of other widths than 8 and 16
// bits do not occur in what this package reads and are left as they are.
func (p *predictor) tiff(row []byte) {
	switch p.bits {
	case 8:
		for i := p.colors; i < len(row); i++ {
			row[i] += row[i-p.colors]
		}
	case 16:
		for i := 2 * p.colors; i+1 < len(row); i += 2 {
			v := uint16(row[i])<<8 + uint16(row[i+1]) + uint16(row[i-2*p.colors])<<8 + uint16(row[i-2*p.colors+1])
			row[i], row[i+1] = byte(v>>8), byte(v)
		}
	}
}

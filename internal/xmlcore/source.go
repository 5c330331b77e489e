package xmlcore

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// windowSize is the size of the window the document passes through, and so the
// greatest length of a piece of text.
const windowSize = 64 << 10

// room is what the window must have free before it is filled further: the
// longest the UTF-8 of four bytes of another encoding can be, and some.
const room = 16

// stopReason says why no byte follows buf[:end].
type stopReason uint8

const (
	running    stopReason = iota
	stopEOF               // the source ended; bytes in buf[end:wend] are half a character
	stopIO                // the source failed
	stopBytes             // the next bytes are not of the encoding
	stopChar              // the next character is not allowed in XML
	stopLength            // the document is longer than the limit
)

// source turns the bytes received into a window of checked UTF-8.
type source struct {
	src    io.Reader
	srcErr error        // what the source ended with
	left   int64        // bytes that may still be received
	over   bool         // more than that came
	halt   func() error // asked before each read; may be nil

	// buf[:end] are complete characters XML allows, in UTF-8; buf[end:wend]
	// is the head of a character whose rest has not come, or what stop is about.
	buf       []byte
	end, wend int
	stop      stopReason

	enc    *encoding
	raw    []byte // bytes received and not yet transcoded: raw[rpos:rend]
	rpos   int
	rend   int
	mark   mark // position of buf[at]
	at     int
	window int // windowSize, but in tests

	// Evidence about a declaration of a one-byte encoding: how often bytes
	// beyond ASCII form UTF-8 characters, and how often not.
	asUTF8, notUTF8 int
	firstUTF8       mark
}

func (s *source) reset(src io.Reader, limit int64) {
	*s = source{src: src, left: limit, buf: s.buf, raw: s.raw, mark: mark{line: 1}, enc: utf8Encoding, window: s.window}
	if s.window == 0 {
		s.window = windowSize
	}
	if len(s.buf) != s.window { // at first, or grown by a large tag
		s.buf = make([]byte, s.window)
	}
}

// read fills b from the source as far as it goes, whatever small pieces the
// source gives, so that windows, and hence events, depend on the document only.
func (s *source) read(b []byte) int {
	n, empty := 0, 0
	if int64(len(b)) > s.left+1 {
		b = b[:s.left+1]
	}
	for n < len(b) && s.srcErr == nil {
		if s.halt != nil {
			if s.srcErr = s.halt(); s.srcErr != nil {
				break
			}
		}
		m, err := s.src.Read(b[n:])
		if m < 0 || m > len(b)-n {
			s.srcErr = errBadCount
			break
		}
		n += m
		s.srcErr = err
		if m == 0 && err == nil {
			if empty++; empty == 100 {
				s.srcErr = io.ErrNoProgress
			}
		} else {
			empty = 0
		}
	}
	if s.left -= int64(n); s.left < 0 {
		n--
		s.over, s.srcErr = true, io.EOF
	}
	return n
}

// ended names the reason why the source gives nothing more.
func (s *source) ended() stopReason {
	switch {
	case s.over:
		return stopLength
	case s.srcErr == io.EOF:
		return stopEOF
	}
	return stopIO
}

// more brings further characters behind those of the current event, moving it
// to the front of the window (so that all indexes change). It returns false when there are none (stop says
// why), or when the event fills the window and grow is false (stop is running).
func (r *Reader) more(grow bool) bool {
	if r.stop != running {
		return false
	}
	if r.tok > 0 {
		r.settle()
		r.advance(r.tok)
		r.origin = r.mark
		copy(r.buf, r.buf[r.tok:r.wend])
		r.end -= r.tok
		r.wend -= r.tok
		r.pos -= r.tok
		r.tok, r.at = 0, 0
	}
	had := r.end
	for r.end == had && r.stop == running {
		if len(r.buf)-r.wend <= room {
			if !grow {
				return false
			}
			r.buf = append(r.buf, make([]byte, len(r.buf))...)
		}
		r.fill()
	}
	return r.end > had
}

// fill reads on behind wend and checks what came.
func (r *Reader) fill() {
	stop := running
	if r.enc == utf8Encoding {
		r.wend += r.read(r.buf[r.wend:])
		if r.srcErr != nil {
			stop = r.ended()
		}
	} else {
		stop = r.transcode()
	}
	r.check(stop)
}

// check moves end over what is good in buf[end:wend]; stop is why nothing
// follows wend.
func (r *Reader) check(stop stopReason) {
	n, why := check(r.buf[:r.wend], r.end)
	r.end = n
	switch why {
	case notUTF8:
		stop = stopBytes
	case notChar:
		stop = stopChar
	}
	r.stop = stop
}

// transcode fills the window from raw bytes of another encoding than UTF-8.
func (r *Reader) transcode() stopReason {
	for len(r.buf)-r.wend > room {
		need := false // more bytes, to see the character whole
		var bad bool
		if r.enc.table == nil {
			need, bad = r.fromUTF16()
		} else {
			need, bad = r.fromTable()
		}
		if bad {
			return stopBytes
		}
		if !need {
			break // the window is full
		}
		if r.srcErr != nil {
			if r.rpos < r.rend && r.ended() == stopEOF {
				// half a UTF-16 character: shown as a byte beyond end
				r.buf[r.wend] = 0xC3
				r.wend++
			}
			return r.ended()
		}
		r.rend = copy(r.raw, r.raw[r.rpos:r.rend])
		r.rpos = 0
		r.rend += r.read(r.raw[r.rend:])
	}
	return running
}

// fromUTF16 transcodes what it can. It reports whether it lacks bytes, or met
// a surrogate without its other half.
func (r *Reader) fromUTF16() (need, bad bool) {
	unit := func(i int) rune {
		if r.enc.bigEndian {
			return rune(r.raw[i])<<8 | rune(r.raw[i+1])
		}
		return rune(r.raw[i+1])<<8 | rune(r.raw[i])
	}
	for len(r.buf)-r.wend > room {
		if r.rend-r.rpos < 2 {
			return true, false
		}
		c, n := unit(r.rpos), 2
		if utf16.IsSurrogate(c) {
			if c >= 0xDC00 {
				return false, true
			}
			if r.rend-r.rpos < 4 {
				return true, false
			}
			if c = utf16.DecodeRune(c, unit(r.rpos+2)); c == utf8.RuneError {
				return false, true
			}
			n = 4
		}
		r.wend += utf8.EncodeRune(r.buf[r.wend:], c)
		r.rpos += n
	}
	return false, false
}

// fromTable transcodes what it can of a one-byte encoding. It reports whether
// it lacks bytes, or met a byte the encoding does not define.
func (r *Reader) fromTable() (need, bad bool) {
	for len(r.buf)-r.wend > room {
		raw := r.raw[r.rpos:r.rend]
		if len(raw) == 0 {
			return true, false
		}
		dst := r.buf[r.wend : len(r.buf)-room]
		n := 0
		for n < len(raw) && n < len(dst) && raw[n] < 0x80 {
			dst[n] = raw[n]
			n++
		}
		r.rpos += n
		r.wend += n
		if n == len(raw) || n == len(dst) {
			if n == len(dst) {
				return false, false
			}
			continue
		}
		raw = raw[n:]
		// One byte beyond ASCII, or as many as would be one UTF-8 character.
		if !utf8.FullRune(raw) && r.srcErr == nil {
			return true, false
		}
		_, size := utf8.DecodeRune(raw)
		if size > 1 {
			if r.asUTF8++; r.asUTF8 == 1 {
				r.firstUTF8 = r.mark.after(r.buf[r.at:r.wend], r.enc)
			}
		} else {
			r.notUTF8++
		}
		for _, b := range raw[:size] {
			c := r.enc.table[b-0x80]
			if c == 0 {
				return false, true
			}
			r.wend += utf8.EncodeRune(r.buf[r.wend:], rune(c))
			r.rpos++
		}
	}
	return false, false
}

// open reads the first window and settles the encoding by byte order mark,
// then by declaration. It returns how the encoding is wrong, if it is.
func (r *Reader) open() (fault encodingFault) {
	r.wend = r.read(r.buf)
	first := r.buf[:r.wend]
	bom := 0
	switch {
	case bytes.HasPrefix(first, []byte("\xEF\xBB\xBF")):
		bom, r.at = 3, 3
		r.mark.off = 3
	case bytes.HasPrefix(first, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(first, []byte("\x00\x00\xFE\xFF")),
		bytes.HasPrefix(first, []byte("\x00\x00\x00<")), bytes.HasPrefix(first, []byte("<\x00\x00\x00")):
		return encodingFault{unknown: "UTF-32"}
	case bytes.HasPrefix(first, []byte("\xFF\xFE")):
		bom, r.enc = 2, utf16LE
	case bytes.HasPrefix(first, []byte("\xFE\xFF")):
		bom, r.enc = 2, utf16BE
	case bytes.HasPrefix(first, []byte("<\x00")), bytes.HasPrefix(first, []byte("\x00<")):
		return encodingFault{unknown: "UTF-16 (no BOM)"}
	case bytes.HasPrefix(first, []byte("\x4C\x6F\xA7\x94")):
		return encodingFault{unknown: "EBCDIC"}
	}
	if r.enc == utf8Encoding && bytes.HasPrefix(first[bom:], []byte("<?xml")) {
		// Everything accepted besides UTF-16 is ASCII where the declaration is.
		d := parseDecl(first[bom:])
		enc := encodingNamed(d.encoding)
		switch {
		case d.encoding == "":
		case enc == nil && !isUTF16(d.encoding):
			return encodingFault{unknown: d.encoding, at: bom + d.encodingAt}
		case bom > 0 && enc != utf8Encoding:
			return encodingFault{declared: d.encoding, found: "UTF-8 (BOM)", at: bom + d.encodingAt}
		case enc == nil:
			return encodingFault{declared: d.encoding, found: "ASCII", at: d.encodingAt}
		default:
			r.enc = enc
		}
	}
	r.mark.off, r.at = int64(bom), 0
	r.origin = r.mark
	if r.enc == utf8Encoding {
		r.wend = copy(r.buf, first[bom:])
		stop := running
		if r.srcErr != nil {
			stop = r.ended()
		}
		r.check(stop)
		return
	}
	if len(r.raw) < r.window {
		r.raw = make([]byte, r.window)
	}
	r.rpos, r.rend = 0, copy(r.raw, first[bom:])
	r.wend = 0
	r.fill()
	return
}

// encodingFault is what is wrong with the encoding of a document.
type encodingFault struct {
	unknown         string // an encoding that is not accepted
	declared, found string // a declaration the first bytes contradict
	at              int
}

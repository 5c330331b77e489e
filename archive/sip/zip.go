package sip

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"
)

// zipWriter writes a zip whose sizes are known before the data, so that every
// local header is complete. The standard library writes a data descriptor, or,
// for raw entries over 4 GiB, local headers without their zip64 sizes.
// (APPNOTE 6.3.10 §4.3)
type zipWriter struct {
	w          io.Writer
	offset     int64
	entries    int
	directory  [][]byte // the central directory, in pieces
	day, clock uint16
	left       int64 // bytes the open entry still needs
	max32      int64 // first value that needs zip64; lowered by tests
	max16      int
	buf        []byte
}

type zipEntry struct {
	name             string
	method           uint16
	crc              uint32
	compressed, size int64
}

const (
	store   = 0
	deflate = 8
)

var errEntrySize = errors.New("sip: an entry is not of the size announced")

func newZip(w io.Writer, date time.Time) *zipWriter {
	day, clock := dosTime(date)
	return &zipWriter{w: w, day: day, clock: clock, max32: math.MaxUint32, max16: math.MaxUint16}
}

// dosTime is the clock of the moment in its own location; the format knows the
// years 1980 to 2107.
func dosTime(t time.Time) (day, clock uint16) {
	switch {
	case t.Year() < 1980:
		t = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 2107:
		t = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	return uint16(t.Year()-1980)<<9 | uint16(t.Month())<<5 | uint16(t.Day()),
		uint16(t.Hour())<<11 | uint16(t.Minute())<<5 | uint16(t.Second()/2)
}

func (z *zipWriter) put16(v uint16) { z.buf = binary.LittleEndian.AppendUint16(z.buf, v) }
func (z *zipWriter) put32(v uint32) { z.buf = binary.LittleEndian.AppendUint32(z.buf, v) }
func (z *zipWriter) put64(v int64)  { z.buf = binary.LittleEndian.AppendUint64(z.buf, uint64(v)) }

// short writes a size in 32 bits, or the mark that it is in the zip64 field.
func (z *zipWriter) short(v int64, wide bool) {
	if wide {
		z.put32(math.MaxUint32)
	} else {
		z.put32(uint32(v))
	}
}

func (z *zipWriter) flush() error {
	n, err := z.w.Write(z.buf)
	z.offset += int64(n)
	z.buf = z.buf[:0]
	return err
}

// common writes what local and central headers share, up to the lengths.
func (z *zipWriter) common(e *zipEntry, wide bool) {
	version := uint16(20)
	if wide {
		version = 45
	}
	z.put16(version)
	z.put16(0) // no flag: names are ASCII, nothing is encrypted
	z.put16(e.method)
	z.put16(z.clock)
	z.put16(z.day)
	z.put32(e.crc)
	z.short(e.compressed, wide)
	z.short(e.size, wide)
	z.put16(uint16(len(e.name)))
}

func (z *zipWriter) wide(e *zipEntry) bool { return e.size >= z.max32 || e.compressed >= z.max32 }

// begin opens an entry whose data, as stored, the following writes give.
func (z *zipWriter) begin(e zipEntry) error {
	offset := z.offset
	wide := z.wide(&e)
	z.put32(0x04034b50)
	z.common(&e, wide)
	if wide {
		z.put16(20)
	} else {
		z.put16(0)
	}
	z.buf = append(z.buf, e.name...)
	if wide {
		z.put16(1)
		z.put16(16)
		z.put64(e.size)
		z.put64(e.compressed)
	}
	z.left = e.compressed
	if err := z.flush(); err != nil {
		return err
	}
	z.list(&e, offset)
	return nil
}

// directoryPiece is how much of the central directory is kept together.
const directoryPiece = 64 << 10

// list writes down the central header of the entry: nothing else is kept of it.
func (z *zipWriter) list(e *zipEntry, offset int64) {
	wide, far := z.wide(e), offset >= z.max32
	z.put32(0x02014b50)
	z.put16(3<<8 | 45) // made by Unix, so that the permissions are read
	z.common(e, wide || far)
	extra := 0
	if wide || far {
		extra = 4 + 16
		if far {
			extra += 8
		}
	}
	z.put16(uint16(extra))
	z.put16(0) // comment
	z.put16(0) // disk
	z.put16(0) // internal attributes
	z.put32(0o100644 << 16)
	z.short(offset, far)
	z.buf = append(z.buf, e.name...)
	if extra > 0 {
		z.put16(1)
		z.put16(uint16(extra - 4))
		z.put64(e.size)
		z.put64(e.compressed)
		if far {
			z.put64(offset)
		}
	}
	last := len(z.directory) - 1
	if last < 0 || cap(z.directory[last])-len(z.directory[last]) < len(z.buf) {
		z.directory = append(z.directory, make([]byte, 0, max(directoryPiece, len(z.buf))))
		last++
	}
	z.directory[last] = append(z.directory[last], z.buf...)
	z.buf = z.buf[:0]
	z.entries++
}

// Write adds data to the open entry.
func (z *zipWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > z.left {
		return 0, errEntrySize
	}
	n, err := z.w.Write(p)
	z.offset += int64(n)
	z.left -= int64(n)
	return n, err
}

func (z *zipWriter) end() error {
	if z.left != 0 {
		return errEntrySize
	}
	return nil
}

// close writes the central directory.
func (z *zipWriter) close() error {
	start := z.offset
	for i, piece := range z.directory {
		n, err := z.w.Write(piece)
		if z.offset += int64(n); err != nil {
			return err
		}
		z.directory[i] = nil
	}
	size, n := z.offset-start, z.entries
	wide := start >= z.max32 || size >= z.max32 || n >= z.max16
	if wide {
		end := z.offset
		z.put32(0x06064b50)
		z.put64(44)
		z.put16(3<<8 | 45)
		z.put16(45)
		z.put32(0)
		z.put32(0)
		z.put64(int64(n))
		z.put64(int64(n))
		z.put64(size)
		z.put64(start)
		z.put32(0x07064b50)
		z.put32(0)
		z.put64(end)
		z.put32(1)
	}
	z.put32(0x06054b50)
	z.put16(0)
	z.put16(0)
	count := uint16(min(n, math.MaxUint16))
	if wide {
		count = math.MaxUint16
	}
	z.put16(count)
	z.put16(count)
	z.short(size, wide)
	z.short(start, wide)
	z.put16(0)
	return z.flush()
}

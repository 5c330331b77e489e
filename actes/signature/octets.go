package signature

import (
	"bytes"
	"io"
)

// Octets gives back the octets of something signed, from its beginning, as
// often as asked.
type Octets interface {
	// Open returns a reader on the octets. The caller closes it.
	Open() (io.ReadCloser, error)
}

// At is a part of a file as [Octets].
type At struct {
	From         io.ReaderAt
	Offset, Size int64
}

// Open implements [Octets].
func (a At) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(a.From, a.Offset, a.Size)), nil
}

// Bytes are octets in memory, as [Octets].
type Bytes []byte

// Open implements [Octets].
func (b Bytes) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }

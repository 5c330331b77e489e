package ged

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Source is the content of one file.
//
// Open MUST return the same bytes each time it is called, from the beginning,
// and readers MUST be independent of one another: an object is read once to be
// digested and again to be copied. Size MUST be the number of bytes Open's
// reader yields. Sources are used by several goroutines at once.
type Source interface {
	Open(ctx context.Context) (io.ReadCloser, error)
	Size() int64
}

// Opener finds the content of files. Source MUST return an error matching
// [ErrNoContent] when it has none for that file. Openers are used by several
// goroutines at once.
type Opener interface {
	Source(ctx context.Context, document, file string) (Source, error)
}

// ErrNoContent is returned by an [Opener] that does not hold the content asked
// for.
var ErrNoContent = errors.New("ged: no content for this file")

// BytesSource is a Source in memory.
type BytesSource []byte

// Open returns a reader of the bytes.
func (b BytesSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Size returns the number of bytes.
func (b BytesSource) Size() int64 { return int64(len(b)) }

// ReaderSource is a Source over something that can be read at any place.
type ReaderSource struct {
	Reader io.ReaderAt
	Length int64
}

// Open returns a reader of the whole; closing it does not close the Reader.
func (s ReaderSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(s.Reader, 0, s.Length)), nil
}

// Size returns the length.
func (s ReaderSource) Size() int64 { return s.Length }

// FileSource returns the Source of a regular file of the file system. Its size
// is read now: a file that changes later is noticed by whoever copies it, since
// size and digest no longer agree.
func FileSource(fsys fs.FS, name string) (Source, error) {
	st, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("ged: file source: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("ged: file source: %w: not a regular file", fs.ErrInvalid)
	}
	return fileSource{fsys, name, st.Size()}, nil
}

type fileSource struct {
	fsys fs.FS
	name string
	size int64
}

func (s fileSource) Open(context.Context) (io.ReadCloser, error) { return s.fsys.Open(s.name) }
func (s fileSource) Size() int64                                 { return s.size }

// Contents is an Opener over a map: the key is the file's ID, whatever the
// document. A Contents is safe for concurrent use once filled.
type Contents map[string]Source

// Source returns the content of the file.
func (c Contents) Source(_ context.Context, _, file string) (Source, error) {
	if s, ok := c[file]; ok && s != nil {
		return s, nil
	}
	return nil, ErrNoContent
}

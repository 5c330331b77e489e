// Package format answers one question about the content of a file: in which
// format is it? An archive asks for the answer as a PRONOM identifier (PUID:
// fmt/95 is PDF/A-1a), the name and version of the format and its MIME type
// (SEDA FormatIdentification).
//
// This package is the contract, and links nothing: whoever builds packages
// takes an [Identifier], or none. Package format/pronom makes one of the
// signatures of The National Archives; a small program, or a test, may bring
// its own.
package format

import (
	"context"
	"io"
)

// Identifier tells the format of files.
//
// Identify reads as much of r, whose length is size, as it needs, and nothing
// after it returned. name is the name the file came under, with or without its
// folders; it may be empty; the content weighs more than the name. A format
// that is not known is an answer, not an error: the error means that r could
// not be read, or the context's end, which Identify MUST notice within 100 ms.
//
// An Identifier MUST be safe for use by several goroutines at once, and MUST
// give the same answer for the same content and name.
type Identifier interface {
	Identify(ctx context.Context, r io.ReaderAt, size int64, name string) (Result, error)
}

// Result is what is known of the format of a file.
type Result struct {
	// IDs are the formats the content may be in, the likeliest first. There is
	// none when the format is not known, and several when the signatures
	// cannot tell them apart.
	IDs []ID
	// Possible lists, when IDs is empty, the PUIDs the name suggests although
	// the content does not bear them out.
	Possible []string
	// Partial says that the file was too large, or too hostile, to be looked at
	// as a whole: another answer may be hidden in what was not.
	Partial bool
}

// ID is a format.
type ID struct {
	PUID    string // fmt/n or x-fmt/n
	Name    string // Acrobat PDF 1.4 - Portable Document Format
	Version string // 1.4; may be empty
	MIME    string // the first type registered; may be empty
	Basis   Basis  // what the answer rests on
	// Evidence is the detail of it, as the engine words it: which bytes, which
	// member. It may name members of the file.
	Evidence string
	// Mismatch says that the extension of the name is not one of this format.
	Mismatch bool
}

// Basis is what an identification rests on, from the weakest to the strongest.
type Basis uint8

// The bases.
const (
	Unknown   Basis = iota
	Extension       // the name only: content says nothing, or nothing against
	Text            // the content is text, the name says which
	XML             // the root element and its namespace
	Signature       // bytes at their places
	Container       // members of a zip or of an OLE2 file
)

var basisNames = [...]string{"unknown", "extension", "text", "xml", "signature", "container"}

// String returns the basis as one lower-case word.
func (b Basis) String() string {
	if int(b) < len(basisNames) {
		return basisNames[b]
	}
	return basisNames[0]
}

// Best returns the likeliest format; false when none is known.
func (r Result) Best() (ID, bool) {
	if len(r.IDs) == 0 {
		return ID{}, false
	}
	return r.IDs[0], true
}

// Ambiguous reports whether several formats fit equally.
func (r Result) Ambiguous() bool { return len(r.IDs) > 1 }

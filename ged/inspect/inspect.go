// Package inspect answers one question about any file: what is it, and does it
// conform? An [Inspector] knows one family of formats; the packages that own
// the formats export theirs, and a program lists those it wants (importing an
// inspector is what links its format). [Run] asks them in turn and returns one
// [Result], whose JSON form is fixed and meant to be read by machines, and
// which [Result.WriteText] and [Result.WriteHTML] show to people.
package inspect

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/liasse/liasse/ged/report"
)

// Verdict is the answer in one word.
type Verdict string

// The verdicts.
const (
	Valid   Verdict = "valid"   // no error, no fatal finding
	Invalid Verdict = "invalid" // at least one
	Unknown Verdict = "unknown" // kind not recognised and nothing held against it, or nothing could be read
)

// HeadSize is how many bytes of a file Detect may rely on, at most.
const HeadSize = 64 << 10

// Input is what is inspected: a file (Data and Size) or a folder (Dir).
type Input struct {
	// Name is the name the file came under, without its folder. Formats whose
	// rules speak of names use it; it may be empty.
	Name string
	// Data reads the file at any place; nil for a folder.
	Data io.ReaderAt
	Size int64
	// Head holds the first bytes of the file, at most HeadSize.
	Head []byte
	// Dir is the folder, or nil for a file.
	Dir fs.FS
}

// Reader reads the file from its beginning.
func (in *Input) Reader() *io.SectionReader { return io.NewSectionReader(in.Data, 0, in.Size) }

// Options of an inspection. The zero value checks by the official rules, hides
// personal values and has no clock: At must be set by the caller.
type Options struct {
	At         time.Time // the present, for rules that speak of it
	Version    string    // the version to judge by, when not the document's own
	Profile    string    // whose rules: "" (the norm), xsd, s2low, stela, dgfip, vitam, asalae; the norm's where an inspector does not know it
	Context    string    // default, filing, holding (vitam)
	Policy     string    // signature policy
	Schemas    fs.FS     // official schema sets given by the user
	RNG        fs.FS     // a folder holding the RELAX NG profile RNGName
	RNGName    string    // the path of the profile in it: actes.rng
	Codes      []byte    // a code list given by the user (-nomenclature)
	Trust      []fs.FS   // folders of trust anchors
	Detached   []fs.FS   // contents of detached signatures, by name
	ShowValues bool      // show personal values instead of their shapes
	// Spool, when given, makes room outside memory for one large member of an
	// archive that must be read at any place. Without it members beyond some
	// tens of megabytes are checked only as far as one pass can, which a
	// finding says.
	Spool func() (Spool, error)
}

// Report returns an empty report as the options ask.
func (o Options) Report() *report.Report {
	return report.New(report.Options{ShowValues: o.ShowValues})
}

// Spool is written once from its beginning, then read at any place, then
// closed, which gives its room back.
type Spool interface {
	io.Writer
	io.ReaderAt
	io.Closer
}

// Inspector knows one family of formats.
type Inspector interface {
	// Detect reports whether the input is of the family, from its first bytes,
	// its name and, if need be, a little more of it. It must be cheap and must
	// not fail: when in doubt it says no.
	Detect(ctx context.Context, in *Input) bool
	// Inspect checks the input. The error means that no verdict could be
	// reached (I/O, cancellation); whatever is wrong with the file is in the
	// result. Inspect may be called concurrently.
	Inspect(ctx context.Context, in *Input, opt Options) (*Result, error)
}

// Signature is what is said of one signature found in the input.
type Signature struct {
	ID            string   `json:"id"`
	Format        string   `json:"format"`
	Level         string   `json:"level"`
	Indication    string   `json:"indication"`
	SubIndication string   `json:"subIndication,omitempty"`
	Intact        bool     `json:"intact"`
	Trusted       bool     `json:"trusted"`
	Covers        []string `json:"covers"`
	SignedBy      string   `json:"signedBy,omitempty"`
	ClaimedTime   string   `json:"claimedTime,omitempty"`
	BestTime      string   `json:"bestTime,omitempty"`
}

// Result is the answer.
type Result struct {
	File       string
	Kind       string // as listed in the documentation: actes.envelope, seda.transfer, …
	Version    string
	Report     *report.Report
	Signatures []Signature
	Summary    Summary
	// Unread says that the kind could not be recognised or nothing could be
	// read: the verdict is Unknown whatever the findings.
	Unread bool
}

// Verdict returns the answer in one word.
func (r *Result) Verdict() Verdict {
	switch {
	case r.Unread || r.Kind == "":
		return Unknown
	case !r.Report.Valid(): // whatever it is, what was asked about it is answered
		return Invalid
	case r.Kind == "unknown":
		return Unknown
	}
	return Valid
}

// Summary holds the main facts of the input, as flat keys in the order they
// were set. It never holds personal data: no name, address, object or amount.
type Summary []Fact

// Fact is one fact of a summary. Value is a string, a bool, an int or a
// []string.
type Fact struct {
	Key   string
	Value any
}

// Set gives the key its value; a key set twice keeps its place. An empty
// string or a nil slice sets nothing.
func (s *Summary) Set(key string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []string:
		if v == nil {
			return
		}
	}
	for i := range *s {
		if (*s)[i].Key == key {
			(*s)[i].Value = value
			return
		}
	}
	*s = append(*s, Fact{key, value})
}

// Get returns the value of the key, or nil.
func (s Summary) Get(key string) any {
	for _, f := range s {
		if strings.EqualFold(f.Key, key) {
			return f.Value
		}
	}
	return nil
}

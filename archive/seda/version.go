package seda

import (
	"errors"
	"fmt"
	"slices"

	"github.com/liasse/liasse/archive/seda/internal/element"
)

// Version is a version of SEDA, as its namespace writes it: "2.1". Versions
// compare as strings do.
type Version string

// Versions of the first family, and of the second.
const (
	V02 Version = "0.2"
	V10 Version = "1.0"

	V20 Version = "2.0"
	V21 Version = "2.1"
	V22 Version = "2.2"
	V23 Version = "2.3"
)

// Namespace returns the XML namespace of the messages of the version.
func (v Version) Namespace() string { return element.Version(v).Namespace() }

// Early reports whether the version is of the first family, 0.2 or 1.0, whose
// model is another one.
func (v Version) Early() bool { return element.Version(v).Early() }

// VersionOf returns the version a namespace stands for, or "".
func VersionOf(namespace string) Version { return Version(element.VersionOf(namespace)) }

// ErrVersion says that a version is not known, or cannot be written this way or
// for this platform.
var ErrVersion = errors.New("seda: version not supported")

// written are the versions of the second family.
var written = []Version{V20, V21, V22, V23}

// Supported returns nil when [Write] can write the version, else an error
// matching [ErrVersion]. No version means 2.1.
func Supported(v Version) error {
	if v == "" || v.Early() || slices.Contains(written, v) {
		return nil
	}
	return fmt.Errorf("%w: %q", ErrVersion, string(v))
}

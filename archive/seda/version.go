package seda

import (
	"errors"
	"fmt"
	"slices"

	"github.com/liasse/liasse/archive/seda/internal/element"
)

// Version is a version of SEDA: 2.1. Its method Namespace gives the XML namespace
// of its messages, and Early says whether it is of the first family.
type Version = element.Version

// Versions of the first family, and of the second.
const (
	V02 Version = element.V02
	V10 Version = element.V10

	V20 Version = element.V20
	V21 Version = element.V21
	V22 Version = element.V22
	V23 Version = element.V23
)

// VersionOf returns the version a namespace stands for, or "".
func VersionOf(namespace string) Version { return element.VersionOf(namespace) }

// ErrVersion says that a version cannot be written.
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

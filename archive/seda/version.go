package seda

import (
	"errors"
	"fmt"
	"slices"
)

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

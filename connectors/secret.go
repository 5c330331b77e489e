package connectors

import (
	"errors"
	"fmt"
	"log/slog"
)

// Secret is a password, a token or a key of a configuration. No formatting,
// encoding or log shows it, not even inside an unexported field; only
// [Secret.Reveal] does. The zero value is no secret. Secrets do not compare
// with ==.
type Secret struct {
	// A pointer: fmt prints the content of unexported fields, but not what a
	// nested pointer points to.
	v *string
	_ [0]func()
}

const redacted = "[secret]"

// NewSecret hides s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{v: &s}
}

// Reveal returns the secret itself.
func (s Secret) Reveal() string {
	if s.v == nil {
		return ""
	}
	return *s.v
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.v == nil }

// String returns a mark in place of the secret, "" when there is none.
func (s Secret) String() string {
	if s.v == nil {
		return ""
	}
	return redacted
}

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// Format writes the mark whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { f.Write([]byte(s.String())) }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText writes the mark: a configuration that is written loses its
// secrets.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON writes the mark.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// ErrRedacted is the error for a configuration read back with the mark in place
// of its secret.
var ErrRedacted = errors.New("connectors: the secret was removed from this configuration")

// UnmarshalText reads a secret from a configuration.
func (s *Secret) UnmarshalText(b []byte) error {
	if string(b) == redacted {
		return ErrRedacted
	}
	*s = NewSecret(string(b))
	return nil
}

package connectors

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Class says what an error means for a transmission, hence what to do next.
// It implements error so that errors.Is(err, connectors.InDoubt) works.
type Class uint8

// The classes. The zero value is the class of no connector error.
const (
	// Rejected: the peer examined the object and refused it. Stop: only
	// another object, under another key, can follow.
	Rejected Class = iota + 1
	// Invalid: our request is malformed, or the peer lacks the function. Stop.
	Invalid
	// Auth: certificate, password or rights. Pause the connector, not the
	// object, and call someone.
	Auth
	// Duplicate: the peer holds an object under this key already. Look it up;
	// if it is ours it was delivered.
	Duplicate
	// Throttled: the peer asks to wait [Error.RetryAfter]. No attempt is counted.
	Throttled
	// Transient: the whole request cannot have been handled. Try again later.
	Transient
	// InDoubt: the request may have been handled. Look it up before anything
	// else; never simply repeat it.
	InDoubt
	// PeerBug: the answer cannot be understood. As InDoubt after a write, as
	// Transient after a read; [Error.Remote] keeps the bytes.
	PeerBug
	// NotReady: the peer knows the object and has no answer yet. Poll on;
	// no attempt is counted.
	NotReady
	// NotFound: the peer says there is no such object.
	NotFound
	// Conflict: another change came first. Read again, merge, ask.
	Conflict
)

var classNames = [...]string{"", "rejected", "invalid", "auth", "duplicate", "throttled", "transient",
	"in-doubt", "peer-bug", "not-ready", "not-found", "conflict"}

// String returns the class's name in lower case, "" for no class.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Error returns the name of the class.
func (c Class) Error() string { return c.String() }

// ParseClass reads what [Class.String] wrote.
func ParseClass(s string) (Class, bool) {
	for i, n := range classNames {
		if n == s && i > 0 {
			return Class(i), true
		}
	}
	return 0, false
}

// Classes returns all classes, in their order.
func Classes() []Class {
	out := make([]Class, 0, len(classNames)-1)
	for i := 1; i < len(classNames); i++ {
		out = append(out, Class(i))
	}
	return out
}

// Temporary reports whether the same call may succeed later without anyone
// having changed anything. InDoubt and PeerBug are not temporary: they need a
// look-up first.
func (c Class) Temporary() bool { return c == Throttled || c == Transient || c == NotReady }

// MaxRemote is the length to which [Error.Remote] is cut.
const MaxRemote = 4 << 10

// Error is the error of a connector. Error() gives the operation, the class and
// codes, never a word of the peer or of the object, so it can be logged.
type Error struct {
	Class      Class
	Op         string // "s2low.create"
	HTTPStatus int    // 0 when no answer came
	RequestID  string // the peer's name for the exchange, "" when it gives none
	// Code is the connector's own stable name for what the peer said,
	// "number-used"; "" when only the class is known.
	Code string
	// Message is the peer's sentence, decoded, without secrets, for the eyes of
	// the one who sent the object: it may quote it. Never log it.
	Message string
	// Remote is the beginning of what the peer answered, at most [MaxRemote]
	// bytes, without secrets. It may quote the object. Never log it.
	Remote []byte
	// RetryAfter is how long the peer asks to wait, 0 when it does not say.
	RetryAfter time.Duration
	// Ref is the peer's object when it named one although the call failed.
	Ref Ref
	Err error // cause, or nil
}

// Error says what failed, in English, without personal data.
func (e *Error) Error() string {
	s := e.Op + ": " + e.Class.String()
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.HTTPStatus != 0 {
		s += fmt.Sprintf(", HTTP status %d", e.HTTPStatus)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the error's class.
func (e *Error) Is(target error) bool {
	c, ok := target.(Class)
	return ok && c == e.Class
}

// LogValue gives a log what may be logged.
func (e *Error) LogValue() slog.Value {
	a := []slog.Attr{slog.String("op", e.Op), slog.String("class", e.Class.String())}
	if e.Code != "" {
		a = append(a, slog.String("code", e.Code))
	}
	if e.HTTPStatus != 0 {
		a = append(a, slog.Int("status", e.HTTPStatus))
	}
	if e.RequestID != "" {
		a = append(a, slog.String("id", e.RequestID))
	}
	return slog.GroupValue(a...)
}

// ClassOf returns the class of a connector's error, 0 when err is nil or comes
// from elsewhere.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return 0
}

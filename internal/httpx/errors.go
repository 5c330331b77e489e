package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
)

// Phase says how far an exchange went before it failed.
type Phase uint8

const (
	// NotSent: the whole request cannot have reached the peer.
	NotSent Phase = iota
	// MaybeSent: the whole request may have reached the peer, no answer came.
	MaybeSent
	// Answered: an answer began to arrive and could not be read to its end.
	Answered
)

// String names the phase.
func (p Phase) String() string {
	switch p {
	case NotSent:
		return "not sent"
	case MaybeSent:
		return "maybe sent"
	case Answered:
		return "answered"
	}
	return fmt.Sprintf("phase(%d)", uint8(p))
}

// Kind says what made an exchange fail.
type Kind uint8

const (
	Network    Kind = iota // refused, reset, closed, name not resolved
	TLS                    // handshake or certificate refused, by either side
	Timeout                // silence longer than the limit
	Cancelled              // the caller's context ended
	Source                 // our own body could not be opened or read
	SourceSize             // our own body is not as long as announced
	TooLarge               // the answer exceeds its maximum size
	Encoding               // the answer's compression cannot be undone
)

var kindNames = [...]string{"network", "tls", "timeout", "cancelled", "source", "source size", "answer too large", "answer encoding"}

// String names the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error is a failed exchange. Its text holds no header, query, body or file
// name: a cause that might quote one is named by its kind only, and stays
// reachable by Unwrap.
type Error struct {
	Phase  Phase
	Kind   Kind
	Status int         // of the answer, when Phase is Answered
	Header http.Header // of the answer, when Phase is Answered
	Body   []byte      // what could be read of the answer
	Err    error
}

// Error says the phase, the kind and the cause.
func (e *Error) Error() string {
	return fmt.Sprintf("httpx: %s, %s%s", e.Kind, e.Phase, plain(e))
}

// plain returns the text of a cause that quotes neither a file name of ours nor
// a line of the peer's.
func plain(e *Error) string {
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case e.Kind == Source || e.Err == nil:
		return ""
	case e.Kind == TLS || e.Kind == SourceSize || e.Kind == TooLarge || e.Kind == Timeout:
		return ": " + e.Err.Error()
	case errors.As(e.Err, &op):
		return ": " + op.Error()
	case errors.As(e.Err, &dns):
		return ": " + dns.Error()
	}
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.Err, known) {
			return ": " + known.Error()
		}
	}
	return ""
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Causes of an [Error].
var (
	ErrIdle       = errors.New("peer silent for too long")
	ErrSourceSize = errors.New("source is not as long as announced")
	ErrTooLarge   = errors.New("answer exceeds its maximum size")
	ErrPin        = errors.New("server key is not the pinned one")
)

// errAbandoned ends a body the transport still reads after the exchange is over.
var errAbandoned = errors.New("exchange is over")

// isTLS reports whether one side refused the other during or just after the
// handshake. With TLS 1.3 the refusal of a client certificate arrives as an
// alert where the answer was due.
func isTLS(err error) bool {
	var (
		remote   *net.OpError
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
	)
	if errors.As(err, &remote) && remote.Op == "remote error" {
		return refusal(remote.Err)
	}
	return errors.As(err, &record) || errors.As(err, &verify) ||
		errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &hostname) || errors.Is(err, ErrPin)
}

// refusal reports whether a received TLS alert (RFC 8446 §6.2) refuses the
// handshake or a certificate. crypto/tls does not export the type of alerts;
// others, such as internal_error, say nothing of whether the request was handled.
func refusal(alert error) bool {
	v := reflect.ValueOf(alert)
	if !v.IsValid() || v.Kind() != reflect.Uint8 {
		return false
	}
	switch v.Uint() {
	case 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 70, 71, 86, 112, 113, 114, 115, 116, 120:
		return true
	}
	return false
}

// Package wire turns what package httpx saw of an exchange into the error
// classes of the connectors: the rules common to all peers that speak HTTP.
package wire

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/internal/httpx"
)

// Call names an operation and says what it does to the peer.
type Call struct {
	Op    string // "s2low.create"
	Write bool   // it makes or changes something
	Now   func() time.Time
	httpx.Redactor
}

// Text makes a sentence of the peer's fit for an error: without secrets, of
// bounded length.
func (c Call) Text(s string) string {
	return strings.ToValidUTF8(string(c.Cut([]byte(s), connectors.MaxRemote)), "")
}

// Failure classifies an exchange without a complete answer.
func (c Call) Failure(err error) *connectors.Error {
	out := &connectors.Error{Op: c.Op, Class: connectors.Transient, Err: err}
	var e *httpx.Error
	if !errors.As(err, &e) {
		if c.Write && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			out.Class = connectors.InDoubt
		}
		return out
	}
	out.Err = e
	out.HTTPStatus = e.Status
	out.Remote = c.Cut(e.Body, connectors.MaxRemote)
	switch {
	case e.Kind == httpx.TLS && e.Phase == httpx.NotSent:
		out.Class, out.Code = connectors.Auth, "tls"
	case e.Kind == httpx.SourceSize:
		out.Class, out.Code = connectors.Invalid, "source-size"
	case e.Kind == httpx.Source:
		out.Code = "source"
	case e.Kind == httpx.TooLarge, e.Kind == httpx.Encoding:
		out.Class, out.Code = connectors.PeerBug, "answer"
	case c.Write && e.Phase != httpx.NotSent:
		out.Class = connectors.InDoubt
	}
	return out
}

// Answer classifies an answer by its status alone. A connector calls it when
// the peer's own grammar says no more.
func (c Call) Answer(status int, header map[string][]string, body []byte) *connectors.Error {
	out := &connectors.Error{Op: c.Op, HTTPStatus: status, Remote: c.Cut(body, connectors.MaxRemote)}
	unknown := connectors.Transient
	if c.Write {
		unknown = connectors.InDoubt
	}
	switch {
	case status < 200:
		out.Class = connectors.PeerBug
	case status < 300:
		out.Class = connectors.PeerBug
	case status < 400:
		out.Class, out.Code = connectors.Auth, "redirect"
	case status == 401, status == 403, status == 407, status == 495, status == 496:
		out.Class = connectors.Auth
	case status == 404, status == 410:
		out.Class = connectors.NotFound
		if c.Write {
			out.Class = connectors.Invalid
		}
	case status == 408, status == 425, status == 507:
		out.Class = connectors.Transient
	case status == 409:
		out.Class = connectors.Conflict
	case status == 429, status == 503:
		out.Class = connectors.Throttled
		out.RetryAfter, _ = httpx.RetryAfter(header, c.Now)
	case status < 500, status == 501, status == 505:
		out.Class = connectors.Invalid
	default:
		out.Class = unknown
	}
	return out
}

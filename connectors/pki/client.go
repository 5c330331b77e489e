package pki

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/internal/httpx"
)

// Options configure a [Client]. The zero value is safe: public addresses only,
// nothing remembered.
type Options struct {
	// Cache remembers answers; nil remembers none. It may serve many clients.
	Cache *Cache
	// Allow lists addresses that may be reached although they are not of the
	// open Internet, on any port: an authority of the house, a test.
	Allow []netip.Prefix
	// Ports may be reached besides 80 and 443.
	Ports []int
	// Proxy carries every request, when given. It then resolves names, and must
	// itself refuse to lead to the inside.
	Proxy *url.URL
	// RootCAs verify the servers of addresses in https; nil is the system's.
	RootCAs *x509.CertPool
	// Redirects is how many are followed; 0 is 4, negative none.
	Redirects int
	// Silence bounds the wait for the next octet, Total a whole request; 0 is
	// 10 s and 30 s.
	Silence, Total time.Duration
}

// Client fetches what authorities publish. It is safe for concurrent use and
// keeps no connection open.
type Client struct {
	http  *httpx.Public
	cache *Cache
}

var (
	_ signature.Fetcher = (*Client)(nil)
	_ signature.Doubter = (*Client)(nil)
)

// New returns a client.
func New(o Options) (*Client, error) {
	p, err := httpx.NewPublic(httpx.PublicOptions{TLS: httpx.TLSOptions{RootCAs: o.RootCAs}, Allow: o.Allow, Ports: o.Ports,
		Proxy: o.Proxy, Redirects: o.Redirects, Idle: o.Silence, Total: o.Total})
	if err != nil {
		return nil, fmt.Errorf("pki: %w", err)
	}
	return &Client{http: p, cache: o.Cache}, nil
}

// Errors of [Client.Fetch], beside those of the context.
var (
	// ErrAddress says that the address may not be asked: not of http or https, or
	// of a machine that is not public.
	ErrAddress = errors.New("pki: address not permitted")
	// ErrAnswer says that there was an answer which is none: a status that is not
	// 200, too many redirects, too many octets.
	ErrAnswer = errors.New("pki: no usable answer")
	// ErrSilent says that the machine could not be reached, or said nothing for
	// too long.
	ErrSilent = errors.New("pki: the machine does not answer")
)

// Fetch implements [signature.Fetcher]. What it returns is shared and must not
// be changed.
func (c *Client) Fetch(ctx context.Context, q signature.Query) ([]byte, error) {
	if c.cache == nil {
		return c.fetch(ctx, q)
	}
	return c.cache.get(ctx, q, c.fetch)
}

// Doubt implements [signature.Doubter].
func (c *Client) Doubt(q signature.Query) {
	if c.cache != nil {
		c.cache.doubt(q)
	}
}

func (c *Client) fetch(ctx context.Context, q signature.Query) ([]byte, error) {
	r := httpx.PublicRequest{URL: q.URL, Max: q.Max, Body: q.Request}
	switch q.Wanted {
	case signature.WantIssuer:
		r.Header = http.Header{"Accept": {"application/pkix-cert, application/pkcs7-mime, application/x-pkcs7-certificates, */*;q=0.5"}}
	case signature.WantOCSP:
		r.Header = http.Header{"Accept": {"application/ocsp-response"}, "Content-Type": {"application/ocsp-request"}}
	default:
		r.Header = http.Header{"Accept": {"application/pkix-crl, */*;q=0.5"}}
	}
	resp, err := c.http.Do(ctx, r)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	if resp.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", ErrAnswer, resp.Status)
	}
	return resp.Body, nil
}

func wrap(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	var e *httpx.Error
	switch {
	case errors.Is(err, httpx.ErrAddress):
		return fmt.Errorf("%w: %w", ErrAddress, err)
	case errors.Is(err, httpx.ErrRedirects), errors.As(err, &e) && (e.Kind == httpx.TooLarge || e.Kind == httpx.Encoding):
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return fmt.Errorf("%w: %w", ErrSilent, err)
}

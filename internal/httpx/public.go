package httpx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/liasse/liasse/internal/limit"
)

// PublicOptions configure a [Public]. The zero value of each field is safe.
type PublicOptions struct {
	TLS TLSOptions
	// Allow lists addresses that may be reached although they are not public,
	// on any port: a responder inside the house, a test on loopback.
	Allow []netip.Prefix
	// Ports may be reached besides 80 and 443.
	Ports []int
	// Proxy carries every exchange, when given. Names are then resolved by it:
	// keeping the inside closed to what is asked through it is its business.
	Proxy *url.URL
	// Redirects is how many are followed; 0 is 4, negative none.
	Redirects int
	// Idle bounds silence, Total the whole exchange, redirects included; 0 is
	// 10 s and 30 s.
	Idle, Total time.Duration
}

// Public makes exchanges with machines that strangers name: whatever URL is
// given, nothing but a public address is reached, which is checked on the
// address connected to and not on its name, at each redirect again. It sends no
// secret. It is safe for concurrent use.
type Public struct {
	opt PublicOptions
	t   http.RoundTripper
}

// Errors of [Public], wrapped in an [*Error].
var (
	ErrAddress   = errors.New("address not permitted")
	ErrRedirects = errors.New("redirect not followed")
	ErrSlow      = errors.New("exchange took too long")
)

// NewPublic returns a client. The error is for options that contradict
// themselves.
func NewPublic(o PublicOptions) (*Public, error) {
	limit.Default(&o.Idle, 10*time.Second)
	limit.Default(&o.Total, 30*time.Second)
	if o.Redirects == 0 {
		o.Redirects = 4
	}
	o.Allow, o.Ports = slices.Clone(o.Allow), slices.Clone(o.Ports)
	p := &Public{opt: o}
	d := &net.Dialer{Timeout: o.Idle}
	t := &http.Transport{TLSHandshakeTimeout: o.Idle}
	if o.Proxy != nil {
		t.Proxy = http.ProxyURL(o.Proxy)
	} else {
		d.Control = func(_, address string, _ syscall.RawConn) error { return p.permits(address) }
	}
	t.DialContext = d.DialContext
	if !o.TLS.isZero() {
		t.TLSClientConfig = o.TLS.config()
	}
	var err error
	p.t, err = transport(t, TLSOptions{}, false)
	return p, err
}

// PublicRequest is one exchange to make.
type PublicRequest struct {
	URL    string // http or https
	Header http.Header
	Body   []byte // nil is a GET, else a POST
	Max    int64  // octets of an answer, decompressed; 0 is 8 MiB
}

// Do makes the exchange and reads the answer to the last redirect. Whatever the
// answer's status, the error is nil once it has been read; else it is an
// [*Error].
func (p *Public) Do(ctx context.Context, r PublicRequest) (*Response, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.opt.Total, ErrSlow)
	defer cancel()
	limit.Default(&r.Max, 8<<20)
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, &Error{Kind: Network, Err: ErrAddress}
	}
	method, body := http.MethodGet, Body(nil)
	if r.Body != nil {
		method, body = http.MethodPost, Bytes(r.Body)
	}
	for hop := 0; ; hop++ {
		if err := p.checks(u); err != nil {
			return nil, &Error{Kind: Network, Err: err}
		}
		c := &Client{base: u, reads: p.t, writes: p.t, opt: Options{IdleTimeout: p.opt.Idle, AnswerTimeout: p.opt.Idle, MaxAnswer: r.Max}}
		resp, err := c.once(ctx, Request{Method: method, Header: r.Header, Body: body})
		if err != nil {
			return nil, err
		}
		next := resp.Header.Get("Location")
		switch resp.Status {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		case http.StatusSeeOther:
			if method == http.MethodGet {
				break
			}
			fallthrough
		default:
			resp.Tries = hop + 1
			return resp, nil
		}
		if next == "" || hop >= p.opt.Redirects {
			return nil, &Error{Phase: Answered, Kind: Network, Status: resp.Status, Header: resp.Header, Err: ErrRedirects}
		}
		if u, err = u.Parse(next); err != nil {
			return nil, &Error{Phase: Answered, Kind: Network, Status: resp.Status, Header: resp.Header, Err: ErrRedirects}
		}
	}
}

// checks is what an URL itself tells: the scheme, the port, and the address
// where it is written as one.
func (p *Public) checks(u *url.URL) error {
	port := u.Port()
	switch {
	case u.Opaque != "" || u.User != nil || u.Hostname() == "":
		return ErrAddress
	case u.Scheme == "http" && port == "":
		port = "80"
	case u.Scheme == "https" && port == "":
		port = "443"
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: scheme", ErrAddress)
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return p.permits(net.JoinHostPort(a.String(), port))
	}
	if p.opt.Proxy == nil {
		return nil // the address connected to is what counts
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || !p.port(port) {
		return ErrAddress
	}
	return nil
}

// permits checks the address and port of a connection.
func (p *Public) permits(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ErrAddress
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return ErrAddress
	}
	a = a.Unmap()
	if slices.ContainsFunc(p.opt.Allow, func(x netip.Prefix) bool { return x.Contains(a) }) {
		return nil
	}
	if !public(a) || !p.port(port) {
		return ErrAddress
	}
	return nil
}

func (p *Public) port(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && (n == 80 || n == 443 || slices.Contains(p.opt.Ports, n))
}

// special are the blocks, among the unicast ones, that the IANA registries keep
// for other uses than the open Internet (RFC 6890 and those after it) and netip
// does not name, and the forms of IPv6 that hold an IPv4 address (6to4, Teredo).
var special = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

// global6 is where all public addresses of IPv6 are, but those of nat64, which
// stand for IPv4 addresses where a network has no others (RFC 6052).
var (
	global6 = netip.MustParsePrefix("2000::/3")
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(l ...string) (out []netip.Prefix) {
	for _, s := range l {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether an address is of a machine of the open Internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate():
		return false
	case nat64.Contains(a):
		b := a.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	case a.Is6() && !global6.Contains(a):
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

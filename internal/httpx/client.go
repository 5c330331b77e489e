package httpx

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/internal/limit"
)

// Options configure a [Client]. The zero value of each field is safe.
type Options struct {
	// Transport carries the exchanges. nil is a direct connection without
	// proxy. An *http.Transport is cloned: its proxy and dialer are kept.
	Transport http.RoundTripper
	TLS       TLSOptions
	// KeepAlive keeps connections of idempotent requests open between calls.
	// Then some goroutines live until [Client.Close]. Other requests always
	// travel on a connection of their own.
	KeepAlive bool
	// AllowHTTP permits a base address in plain http, on a loopback address.
	AllowHTTP bool
	// IdleTimeout bounds silence while bytes travel; 0 is one minute.
	IdleTimeout time.Duration
	// AnswerTimeout bounds the wait for an answer once the request has left;
	// 0 is five minutes: a peer unpacks and checks 150 MB before it answers.
	AnswerTimeout time.Duration
	// MaxAnswer bounds an answer held in memory, decompressed; 0 is 8 MiB.
	MaxAnswer int64
	// MaxDownload bounds an answer that is streamed, decompressed; 0 is 4 GiB.
	MaxDownload int64
	Retry       Retry
	// Sleep waits, nil really waits. Random draws from [0,1), nil is math/rand.
	Sleep  func(context.Context, time.Duration) error
	Random func() float64
	// Now is used to read a Retry-After given as a date; nil ignores such dates.
	Now func() time.Time
}

// Client speaks with one peer. It is safe for concurrent use.
type Client struct {
	base   *url.URL
	opt    Options
	reads  http.RoundTripper
	writes http.RoundTripper
}

// ErrPlainHTTP is the error for a base address that would send secrets in clear.
var ErrPlainHTTP = errors.New("httpx: plain http is permitted only on a loopback address, and when asked for")

// New returns a client of the peer at base, an absolute URL without query.
func New(base string, o Options) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("httpx: the base address must be an absolute URL without user, query or fragment")
	}
	switch u.Scheme {
	case "https":
	case "http":
		if !o.AllowHTTP || !loopback(u.Hostname()) {
			return nil, ErrPlainHTTP
		}
	default:
		return nil, errors.New("httpx: the base address must be https")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	limit.Default(&o.IdleTimeout, time.Minute)
	limit.Default(&o.AnswerTimeout, 5*time.Minute)
	limit.Default(&o.MaxAnswer, 8<<20)
	limit.Default(&o.MaxDownload, 4<<30)
	o.Retry = o.Retry.defaults()
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	c := &Client{base: u, opt: o}
	if c.reads, err = transport(o.Transport, o.TLS, o.KeepAlive); err != nil {
		return nil, err
	}
	if c.writes = c.reads; o.KeepAlive {
		if c.writes, err = transport(o.Transport, o.TLS, false); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close closes connections kept open. Calls going on are not disturbed.
func (c *Client) Close() {
	for _, t := range []http.RoundTripper{c.reads, c.writes} {
		if t, ok := t.(interface{ CloseIdleConnections() }); ok {
			t.CloseIdleConnections()
		}
	}
}

// Request is one exchange to make.
type Request struct {
	Method string
	Path   string // below the base address, beginning with "/"
	Query  url.Values
	Header http.Header
	Body   Body // nil for none
	// Idempotent says that doing it twice is doing it once: it may be retried.
	Idempotent bool
	// Expect asks the peer's permission before the body is sent (100-continue),
	// so that a refused request does not cost an upload.
	Expect bool
}

// Response is an answer held in memory.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // decompressed
	// Peer is the server's certificate, nil without TLS.
	Peer *x509.Certificate
	// Tries is how many requests were made.
	Tries int
}

// Stream is an answer whose body is read by the caller, who closes it.
// Read returns an [*Error] when it fails.
type Stream struct {
	Status int
	Header http.Header
	Size   int64 // -1 when not announced or when compressed
	io.ReadCloser
}

// Do makes the exchange and reads the answer. Whatever the answer's status, the
// error is nil once it has been read.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	for try := 1; ; try++ {
		resp, err := c.once(ctx, r)
		if resp != nil {
			resp.Tries = try
		}
		wait, again := c.again(r, resp, err, try)
		if !again {
			return resp, err
		}
		if serr := c.opt.Sleep(ctx, wait); serr != nil {
			if err != nil {
				return nil, err
			}
			return resp, nil // the answer there is says more than the cancellation
		}
	}
}

func (c *Client) once(ctx context.Context, r Request) (*Response, error) {
	f, resp, err := c.begin(ctx, r)
	if err != nil {
		return nil, err
	}
	defer f.end()
	out := &Response{Status: resp.StatusCode, Header: resp.Header}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		out.Peer = resp.TLS.PeerCertificates[0]
	}
	body := f.answer(resp, c.opt.MaxAnswer)
	defer body.Close()
	out.Body, err = io.ReadAll(body)
	if err != nil {
		if e := (*Error)(nil); errors.As(err, &e) {
			e.Body = out.Body
		}
		return nil, err
	}
	return out, nil
}

// Stream makes the exchange once and leaves the answer's body to be read.
func (c *Client) Stream(ctx context.Context, r Request) (*Stream, error) {
	f, resp, err := c.begin(ctx, r)
	if err != nil {
		return nil, err
	}
	size := resp.ContentLength
	if resp.Header.Get("Content-Encoding") != "" {
		size = -1
	}
	return &Stream{Status: resp.StatusCode, Header: resp.Header, Size: size, ReadCloser: f.answer(resp, c.opt.MaxDownload)}, nil
}

// flight is one exchange going on: its own context, and the clock of silence.
type flight struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	opt    *Options
	body   *sending // nil without body

	release func() bool // stops the watch over the body

	mu    sync.Mutex
	timer *time.Timer
	over  bool
	begun bool // a connection was there: a request without body may have left
	conn  *lasting
}

func (f *flight) silence(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.timer.Reset(d)
	}
}

// end releases everything. It may be called twice.
func (f *flight) end() {
	f.mu.Lock()
	f.over = true
	f.timer.Stop()
	if f.conn != nil {
		f.conn.end()
	}
	f.mu.Unlock()
	if f.body != nil {
		f.release()
		f.body.kill()
	}
	f.cancel(errAbandoned)
}

// begin sends the request and waits for the head of the answer.
func (c *Client) begin(ctx context.Context, r Request) (*flight, *http.Response, error) {
	f := &flight{opt: &c.opt}
	f.ctx, f.cancel = context.WithCancelCause(ctx)
	f.timer = time.AfterFunc(c.opt.IdleTimeout, func() { f.cancel(ErrIdle) })

	req, err := c.request(f, r)
	if err != nil {
		f.end()
		return nil, nil, err
	}
	t := c.writes
	if r.Idempotent {
		t = c.reads
	}
	resp, err := t.RoundTrip(req)
	if err != nil {
		err = f.failure(err)
		f.end()
		return nil, nil, err
	}
	f.silence(c.opt.IdleTimeout)
	return f, resp, nil
}

func (c *Client) request(f *flight, r Request) (*http.Request, error) {
	u := *c.base
	u.Path += r.Path
	if r.Query != nil {
		u.RawQuery = r.Query.Encode()
	}
	var body io.Reader
	size := int64(0)
	if r.Body != nil {
		if size = r.Body.Size(); size < 0 {
			return nil, &Error{Kind: SourceSize, Err: ErrSourceSize}
		}
	}
	if size > 0 {
		rc, err := r.Body.Open(f.ctx)
		if err != nil {
			return nil, f.failure(fmt.Errorf("open the body: %w", &sourceError{err}))
		}
		f.body = &sending{size: size, rc: rc, r: &exact{rc, size}, progress: func(done bool) {
			if done {
				f.silence(c.opt.AnswerTimeout)
			} else {
				f.silence(c.opt.IdleTimeout)
			}
		}}
		body = f.body
		// The transport does not give up before the reading of its body ends.
		f.release = context.AfterFunc(f.ctx, f.body.kill)
	}
	ctx := httptrace.WithClientTrace(f.ctx, &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) {
			f.mu.Lock()
			f.begun, f.conn = true, lastingOf(got.Conn)
			if f.conn != nil {
				f.conn.begin()
			}
			f.mu.Unlock()
			if f.body == nil {
				f.silence(c.opt.AnswerTimeout)
			}
		},
	})
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		if f.body != nil {
			f.body.Close()
		}
		return nil, &Error{Kind: Source, Err: errors.New("request cannot be written")}
	}
	req.ContentLength = size
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	req.Header.Set("Accept-Encoding", "identity")
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "liasse")
	}
	if r.Expect && size > 0 {
		req.Header.Set("Expect", "100-continue")
	}
	return req, nil
}

// sourceError marks a failure of our own body.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// failure says what a failed round trip means.
func (f *flight) failure(err error) *Error {
	f.mu.Lock()
	begun := f.begun
	f.mu.Unlock()
	out := &Error{Phase: NotSent, Kind: Network, Err: err}
	if begun {
		out.Phase = MaybeSent
	}
	if f.body != nil {
		whole, serr := f.body.state()
		if !whole {
			out.Phase = NotSent
		}
		if serr != nil && f.ctx.Err() == nil {
			out.Kind, out.Err = Source, serr
			if errors.Is(serr, ErrSourceSize) {
				out.Kind = SourceSize
			}
			return out
		}
	}
	f.cause(out)
	return out
}

// cause refines the kind of a failure which is not our own body's.
func (f *flight) cause(e *Error) {
	var source *sourceError
	switch cause := context.Cause(f.ctx); {
	case errors.Is(cause, ErrIdle), errors.Is(cause, ErrSlow):
		e.Kind, e.Err = Timeout, cause
	case cause != nil:
		e.Kind, e.Err = Cancelled, cause
	case errors.As(e.Err, &source):
		e.Kind = Source
	case isTLS(e.Err):
		// Whatever was written, a refused handshake means it was not handled.
		e.Kind = TLS
		if e.Phase != Answered {
			e.Phase = NotSent
		}
	default:
		var n net.Error
		if errors.As(e.Err, &n) && n.Timeout() {
			e.Kind = Timeout
		}
	}
}

// answer wraps the body of an answer: silence, size, compression.
func (f *flight) answer(resp *http.Response, limit int64) io.ReadCloser {
	return &answer{f: f, resp: resp, left: limit}
}

type answer struct {
	f    *flight
	resp *http.Response
	r    io.Reader // nil before the first read
	left int64
	err  error
}

func (a *answer) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.read(p)
	if err != nil && err != io.EOF {
		e := &Error{Phase: Answered, Kind: Network, Status: a.resp.StatusCode, Header: a.resp.Header, Err: err}
		var corrupt flate.CorruptInputError
		switch {
		case errors.Is(err, ErrTooLarge):
			e.Kind = TooLarge
		case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, errEncoding), errors.As(err, &corrupt):
			e.Kind = Encoding
		default:
			a.f.cause(e)
		}
		err = e
	}
	if err != nil {
		a.err = err
	}
	return n, err
}

var errEncoding = errors.New("content encoding is neither identity nor gzip")

func (a *answer) read(p []byte) (int, error) {
	if a.r == nil {
		a.r = watched{a.f, a.resp.Body}
		switch strings.ToLower(a.resp.Header.Get("Content-Encoding")) {
		case "", "identity":
		case "gzip", "x-gzip":
			// Not asked for, but some reverse proxies do it all the same. An
			// empty body is not a gzip stream but is what a HEAD answers.
			if a.resp.ContentLength == 0 || a.resp.Request != nil && a.resp.Request.Method == http.MethodHead {
				break
			}
			z, err := gzip.NewReader(a.r)
			if err != nil {
				return 0, err
			}
			a.r = z
		default:
			return 0, errEncoding
		}
	}
	if len(p) == 0 {
		return 0, nil
	}
	if a.left == 0 {
		var one [1]byte
		if n, err := a.r.Read(one[:]); n > 0 {
			return 0, ErrTooLarge
		} else if err != nil {
			return 0, err
		}
		return 0, nil
	}
	if int64(len(p)) > a.left {
		p = p[:a.left]
	}
	n, err := a.r.Read(p)
	a.left -= int64(n)
	return n, err
}

// Close ends the exchange.
func (a *answer) Close() error {
	if a.err == nil {
		a.err = errAbandoned
	}
	a.f.end()
	return a.resp.Body.Close()
}

// watched tells the flight of each byte that arrives.
type watched struct {
	f *flight
	r io.Reader
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if n > 0 {
		w.f.silence(w.f.opt.IdleTimeout)
	}
	return n, err
}

// sleep waits d or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

package httpx

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func newClient(t *testing.T, base string, o Options) *Client {
	t.Helper()
	o.AllowHTTP = true
	c, err := New(base, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func failed(t *testing.T, err error, phase Phase, kind Kind) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want an *Error", err)
	}
	if e.Phase != phase || e.Kind != kind {
		t.Fatalf("error is %q, want %s, %s", e, kind, phase)
	}
	return e
}

// source is a body whose announced and real sizes may differ.
type source struct {
	data      string
	announced int64
	opened    *atomic.Int32
	fail      error
}

func (s source) Size() int64 { return s.announced }
func (s source) Open(context.Context) (io.ReadCloser, error) {
	if s.opened != nil {
		s.opened.Add(1)
	}
	if s.fail != nil {
		return io.NopCloser(io.MultiReader(strings.NewReader(s.data), failing{s.fail})), nil
	}
	return io.NopCloser(strings.NewReader(s.data)), nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestMultipartIsReadBackByTheStandardParser(t *testing.T) {
	boundary, err := Boundary(rand.New(rand.NewSource(1)))
	if err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("0123456789", 10000)
	m, err := NewMultipart(boundary,
		Part{Name: "api", Value: []byte("1")},
		Part{Name: "type_pj[]", Value: []byte("99_DE")},
		Part{Name: "subject", Value: []byte{0xe9}},
		Part{Name: "empty"},
		Part{Name: "acte_pdf_file", FileName: "a b.pdf", ContentType: "application/pdf", Body: source{data: big, announced: int64(len(big))}},
		Part{Name: "nothing", FileName: "z", Body: Bytes(nil)},
	)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second opening yields the same bytes
		rc, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(rc)
		if err != nil || int64(len(raw)) != m.Size() {
			t.Fatalf("%d bytes read, %d announced, error %v", len(raw), m.Size(), err)
		}
		r := multipart.NewReader(bytes.NewReader(raw), boundary)
		var got []string
		for {
			p, err := r.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(p)
			got = append(got, fmt.Sprintf("%s|%s|%s|%d", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), len(b)))
		}
		want := []string{"api|||1", "type_pj[]|||5", "subject|||1", "empty|||0", "acte_pdf_file|a b.pdf|application/pdf|100000", "nothing|z||0"}
		if !slices.Equal(got, want) {
			t.Fatalf("parts %q, want %q", got, want)
		}
	}
}

func TestNamesThatCannotBeQuotedAreRefused(t *testing.T) {
	for _, p := range []Part{{Name: ""}, {Name: "a\"b"}, {Name: "a", FileName: "x\r\ny"}, {Name: "a", FileName: `x\y`}} {
		if _, err := NewMultipart("b", p); !errors.Is(err, ErrPartName) {
			t.Errorf("%q accepted: %v", p.Name+p.FileName, err)
		}
	}
}

func TestSourceOfAnotherSizeNeverArrivesWhole(t *testing.T) {
	var whole atomic.Int32
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			whole.Add(1)
		}
	})
	c := newClient(t, base, Options{})
	for name, s := range map[string]source{
		"grown":  {data: "0123456789+", announced: 10},
		"shrunk": {data: "012345678", announced: 10},
	} {
		_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: s})
		if e := failed(t, err, NotSent, SourceSize); !errors.Is(e, ErrSourceSize) {
			t.Errorf("%s: cause %v", name, e.Err)
		}
		m, _ := NewMultipart("b", Part{Name: "f", FileName: "f", Body: s})
		_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: m})
		failed(t, err, NotSent, SourceSize)
	}
	disk := errors.New("disk")
	_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: source{data: "01234", announced: 10, fail: disk}})
	if failed(t, err, NotSent, Source); !errors.Is(err, disk) {
		t.Errorf("cause lost: %v", err)
	}
	if n := whole.Load(); n != 0 {
		t.Errorf("the peer took %d bodies as whole", n)
	}
}

func TestPhaseTellsWhetherThePeerMayHaveAll(t *testing.T) {
	hijack := func(w http.ResponseWriter) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/drop-after":
			io.Copy(io.Discard, r.Body)
			hijack(w)
		case "/drop-during":
			io.ReadFull(r.Body, make([]byte, 1000))
			hijack(w)
		case "/half-answer":
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("half"))
		}
	})
	// A port that is taken and does not listen: that of a closed server may be
	// another test's by now.
	held, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	big := Bytes(make([]byte, 32<<20))

	c := newClient(t, base, Options{})
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/drop-after", Body: Bytes("small")})
	failed(t, err, MaybeSent, Network)
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/drop-after"})
	failed(t, err, MaybeSent, Network)
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/drop-during", Body: big})
	failed(t, err, NotSent, Network)
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/half-answer", Body: Bytes("x")})
	if e := failed(t, err, Answered, Network); string(e.Body) != "half" || e.Status != 200 {
		t.Errorf("the part that arrived is lost: %d %q", e.Status, e.Body)
	}
	_, err = newClient(t, "http://"+held.LocalAddr().String(), Options{}).Do(t.Context(), Request{Method: "POST", Path: "/", Body: Bytes("x")})
	failed(t, err, NotSent, Network)
}

func TestRedirectsAreAnswers(t *testing.T) {
	var followed atomic.Bool
	other := serve(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	base := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other+"/x", http.StatusFound) })
	resp, err := newClient(t, base, Options{}).Do(t.Context(), Request{Method: "GET", Path: "/"})
	if err != nil || resp.Status != 302 || followed.Load() {
		t.Fatalf("%v, %v, followed %v", resp, err, followed.Load())
	}
}

func TestAnswersAreBoundedAfterDecompression(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 64<<20))
	z.Close()
	var small bytes.Buffer
	z = gzip.NewWriter(&small)
	z.Write([]byte("OK\n1\n"))
	z.Close()
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		case "/small":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(small.Bytes())
		case "/liar":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("OK\n1\nnot compressed at all"))
		case "/brotli":
			w.Header().Set("Content-Encoding", "br")
			w.Write([]byte("xx"))
		case "/long":
			w.Write(make([]byte, 1001))
		case "/exact":
			w.Write(make([]byte, 1000))
		}
	})
	c := newClient(t, base, Options{MaxAnswer: 1000, Retry: Retry{Attempts: 1}})
	do := func(path string) (*Response, error) {
		return c.Do(t.Context(), Request{Method: "GET", Path: path, Idempotent: true})
	}
	_, err := do("/bomb")
	if e := failed(t, err, Answered, TooLarge); len(e.Body) != 1000 {
		t.Errorf("%d bytes kept", len(e.Body))
	}
	_, err = do("/long")
	failed(t, err, Answered, TooLarge)
	_, err = do("/liar")
	failed(t, err, Answered, Encoding)
	_, err = do("/brotli")
	failed(t, err, Answered, Encoding)
	if r, err := do("/exact"); err != nil || len(r.Body) != 1000 {
		t.Errorf("%v %v", r, err)
	}
	if r, err := do("/small"); err != nil || string(r.Body) != "OK\n1\n" {
		t.Errorf("%v %v", r, err)
	}
}

func TestOnlyTemporaryFailuresOfIdempotentRequestsAreRetried(t *testing.T) {
	var calls atomic.Int32
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := calls.Add(1)
		switch r.URL.Path {
		case "/503":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(503)
		case "/long-503":
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
		case "/heals":
			if n < 3 {
				w.WriteHeader(502)
			}
		default:
			w.WriteHeader(400)
		}
	})
	var waits []time.Duration
	c := newClient(t, base, Options{
		Sleep:  func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil },
		Random: func() float64 { return 0.5 },
		Retry:  Retry{Attempts: 4, Initial: 2 * time.Second, Factor: 2},
	})
	for _, x := range []struct {
		path       string
		idempotent bool
		calls      int32
		status     int
		waits      []time.Duration
	}{
		{"/503", false, 1, 503, nil},
		{"/503", true, 4, 503, []time.Duration{7e9, 7e9, 8e9}},
		{"/long-503", true, 1, 503, nil},
		{"/heals", true, 3, 200, []time.Duration{2e9, 4e9}},
		{"/400", true, 1, 400, nil},
	} {
		calls.Store(0)
		waits = nil
		var opened atomic.Int32
		r, err := c.Do(t.Context(), Request{Method: "PUT", Path: x.path, Idempotent: x.idempotent, Body: source{data: "abc", announced: 3, opened: &opened}})
		if err != nil || r.Status != x.status || calls.Load() != x.calls || opened.Load() != x.calls || r.Tries != int(x.calls) || !slices.Equal(waits, x.waits) {
			t.Errorf("%s idempotent=%v: %v, error %v, %d calls, %d openings, waits %v", x.path, x.idempotent, r, err, calls.Load(), opened.Load(), waits)
		}
	}
}

func TestBackOffStaysWithinItsBounds(t *testing.T) {
	r := Retry{}.defaults()
	for try := 1; try < 80; try++ {
		for _, random := range []float64{0, 0.3, 0.999} {
			if d := r.wait(try, random); d < r.Initial/2 || d > r.Max {
				t.Fatalf("try %d, random %v: %v", try, random, d)
			}
		}
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	for v, want := range map[string]time.Duration{"120": 2 * time.Minute, "Sun, 01 Mar 2026 12:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2026 11:00:00 GMT": 0} {
		if d, ok := RetryAfter(http.Header{"Retry-After": {v}}, now); !ok || d != want {
			t.Errorf("Retry-After %s: %v %v", v, d, ok)
		}
	}
	for _, v := range []string{"", "-1", "soon", "1.5", "99999999999999"} {
		if _, ok := RetryAfter(http.Header{"Retry-After": {v}}, now); ok {
			t.Errorf("Retry-After %q understood", v)
		}
	}
}

// pipeServer serves over in-memory connections, on which time can be virtual.
func pipeServer(t *testing.T, h http.HandlerFunc) *http.Transport {
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		a, b := net.Pipe()
		select {
		case l.conns <- b:
			return a, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func TestSilenceEndsAnExchangeButSlownessDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := pipeServer(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/slow-upload": // one kilobyte each second: three minutes in all
				buf := make([]byte, 1<<10)
				for {
					if _, err := io.ReadFull(r.Body, buf); err != nil {
						break
					}
					time.Sleep(time.Second)
				}
			case "/stuck-upload":
				io.ReadFull(r.Body, make([]byte, 10))
				time.Sleep(time.Hour)
			case "/slow-answer":
				for range 100 {
					w.Write([]byte("."))
					w.(http.Flusher).Flush()
					time.Sleep(59 * time.Second)
				}
			case "/stuck-answer":
				w.Write([]byte("."))
				w.(http.Flusher).Flush()
				time.Sleep(2 * time.Hour)
			case "/thinks-4":
				io.Copy(io.Discard, r.Body)
				time.Sleep(4 * time.Minute)
			case "/thinks-6":
				io.Copy(io.Discard, r.Body)
				time.Sleep(6 * time.Minute)
			}
		})
		c := newClient(t, "http://localhost", Options{Transport: tr, Retry: Retry{Attempts: 1}})
		body := Bytes(make([]byte, 180<<10))
		for _, x := range []struct {
			path  string
			ok    bool
			phase Phase
			after time.Duration
		}{
			{"/slow-upload", true, 0, 0},
			{"/stuck-upload", false, NotSent, time.Minute},
			{"/slow-answer", true, 0, 0},
			{"/stuck-answer", false, Answered, time.Minute},
			{"/thinks-4", true, 0, 0},
			{"/thinks-6", false, MaybeSent, 5 * time.Minute},
		} {
			start := time.Now()
			_, err := c.Do(t.Context(), Request{Method: "POST", Path: x.path, Body: body})
			if x.ok {
				if err != nil {
					t.Errorf("%s: %v", x.path, err)
				}
				continue
			}
			if e := failed(t, err, x.phase, Timeout); !errors.Is(e, ErrIdle) {
				t.Errorf("%s: cause %v", x.path, e.Err)
			}
			if d := time.Since(start); d < x.after || d > x.after+time.Second {
				t.Errorf("%s: ended after %v, want %v", x.path, d, x.after)
			}
		}
		// No answer for a request without body is bounded too.
		_, err := c.Do(t.Context(), Request{Method: "GET", Path: "/thinks-6", Idempotent: true})
		failed(t, err, MaybeSent, Timeout)
		time.Sleep(3 * time.Hour) // the handlers that slept end
	})
}

func TestExpectSparesARefusedUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := pipeServer(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/refuse" {
				w.WriteHeader(http.StatusUnsupportedMediaType)
				return
			}
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusAccepted)
		})
		c := newClient(t, "http://localhost", Options{Transport: tr})
		var reads atomic.Int32
		r, err := c.Do(t.Context(), Request{Method: "POST", Path: "/refuse", Expect: true, Body: counted{make(Bytes, 1<<20), &reads}})
		if err != nil || r.Status != 415 || reads.Load() != 0 {
			t.Errorf("%v %v, %d reads", r, err, reads.Load())
		}
		r, err = c.Do(t.Context(), Request{Method: "POST", Path: "/take", Expect: true, Body: counted{make(Bytes, 1<<20), &reads}})
		if err != nil || r.Status != 202 || reads.Load() == 0 {
			t.Errorf("%v %v, %d reads", r, err, reads.Load())
		}
	})
}

type counted struct {
	Bytes
	n *atomic.Int32
}

func (c counted) Open(ctx context.Context) (io.ReadCloser, error) {
	return io.NopCloser(readerFunc(func() func([]byte) (int, error) {
		r := bytes.NewReader(c.Bytes)
		return func(p []byte) (int, error) { c.n.Add(1); return r.Read(p) }
	}())), nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestCancellationReturnsAtOnceAndNothingStays(t *testing.T) {
	before := runtime.NumGoroutine()
	release := make(chan struct{})
	base := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-release })
	c := newClient(t, base, Options{})
	cause := errors.New("the user left")
	pr, pw := io.Pipe() // never yields its end
	go func() { pw.Write(make([]byte, 100)) }()
	for name, body := range map[string]Body{"waiting for the answer": Bytes("x"), "stuck in the source": stuck{pr}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		var at time.Time
		time.AfterFunc(50*time.Millisecond, func() { at = time.Now(); cancel(cause) })
		_, err := c.Do(ctx, Request{Method: "POST", Path: "/", Body: body})
		late := time.Since(at)
		var e *Error
		if !errors.As(err, &e) || e.Kind != Cancelled || !errors.Is(err, cause) {
			t.Errorf("%s: %v", name, err)
		}
		if late > 100*time.Millisecond {
			t.Errorf("%s: returned %v after the cancellation", name, late)
		}
	}
	close(release)
	pw.Close()
	for range 200 {
		// The server's own goroutines: accept loop and its closing connections.
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	buf := make([]byte, 1<<16)
	t.Errorf("%d goroutines before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
}

type stuck struct{ r *io.PipeReader }

func (s stuck) Size() int64                                 { return 1000 }
func (s stuck) Open(context.Context) (io.ReadCloser, error) { return s.r, nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLargeBodyTravelsInConstantMemory(t *testing.T) {
	const size = 150 << 20
	var received atomic.Int64
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		received.Store(n)
	})
	c := newClient(t, base, Options{})
	m, err := NewMultipart("b", Part{Name: "f", FileName: "f", Body: zeros(size)})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: m}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if received.Load() != m.Size() {
		t.Errorf("%d bytes arrived of %d", received.Load(), m.Size())
	}
	// Everything allocated, by client and server, freed or not.
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d bytes allocated", got)
	}
}

type zeros int64

func (z zeros) Size() int64 { return int64(z) }
func (z zeros) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(zero{}, int64(z))), nil
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

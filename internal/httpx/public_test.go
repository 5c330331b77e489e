package httpx

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestPublicAddresses(t *testing.T) {
	for s, want := range map[string]bool{
		"8.8.8.8": true, "90.85.0.1": true, "2001:41d0::1": true, "2a01:e0a::1": true, "::ffff:8.8.8.8": true, "64:ff9b::8.8.8.8": true,
		"127.0.0.1": false, "127.1.2.3": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "192.0.0.1": false, "192.0.2.7": false, "198.18.0.1": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::8.8.8.8": false, "fe80::1": false, "fe80::1%eth0": false,
		"fc00::1": false, "fd12::1": false, "fec0::1": false, "ff02::1": false, "2001:db8::1": false, "2001::1": false, "2002:7f00:1::": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::1": false, "100::1": false, "5f00::1": false, "2001:41d0::1%1": false,
	} {
		if got := public(netip.MustParseAddr(s)); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func newPublic(t *testing.T, o PublicOptions) *Public {
	t.Helper()
	p, err := NewPublic(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// here permits the one address test servers listen on.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// TestPublicReachesNoInside: no URL, and no redirect, leads to an address that
// is not public and not allowed, however it is written. The server that would
// have been reached sees nothing.
func TestPublicReachesNoInside(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(inside.URL, "http://"), ":")
	var next string
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{next}
		w.WriteHeader(http.StatusFound)
	}))
	defer outside.Close()
	urls := []string{
		"http://localhost:" + port, "http://LOCALHOST.:" + port, "http://127.0.0.2:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.2]:" + port,
		"http://0.0.0.0:" + port, "http://169.254.169.254/latest/meta-data", "http://[fe80::1%25lo]/", "http://10.0.0.1/",
		"https://127.0.0.2:" + port, "file:///etc/passwd", "ldap://127.0.0.2/", "ftp://127.0.0.2/", "gopher://127.0.0.2:" + port, "http:127.0.0.2", "http://u:p@127.0.0.2:" + port,
		"http://2130706434:" + port, "http://8.8.8.8:22/", "http:///x", "//", "", "\x00",
	}
	for _, u := range urls {
		if strings.Contains(u, "localhost") || strings.Contains(u, "LOCALHOST") {
			if _, err := newPublic(t, PublicOptions{}).Do(t.Context(), PublicRequest{URL: u}); err == nil {
				t.Errorf("%q is reached", u)
			}
			continue // allowed below: it is where the test lives
		}
		p := newPublic(t, PublicOptions{Allow: here, Total: 2 * time.Second})
		_, err := p.Do(t.Context(), PublicRequest{URL: u})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", u, err)
		}
		next = u
		if u == "" || u == "//" {
			continue // leads back to where it comes from
		}
		if _, err = p.Do(t.Context(), PublicRequest{URL: outside.URL}); !errors.As(err, &e) {
			t.Errorf("redirect to %q: %v", u, err)
		} else if !errors.Is(err, ErrAddress) && !errors.Is(err, ErrRedirects) && e.Kind != Network {
			t.Errorf("redirect to %q: %v", u, err)
		}
	}
	for _, u := range []string{"ftp://127.0.0.1:" + port, "http://u:p@127.0.0.1:" + port, "http://u@127.0.0.1:" + port} {
		if _, err := newPublic(t, PublicOptions{Allow: here}).Do(t.Context(), PublicRequest{URL: u}); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", u, err)
		}
	}
	if reached {
		t.Error("the inside was reached")
	}
	if _, err := newPublic(t, PublicOptions{}).Do(t.Context(), PublicRequest{URL: inside.URL}); !errors.Is(err, ErrAddress) {
		t.Errorf("not allowed: %v", err)
	}
	proxied := newPublic(t, PublicOptions{Proxy: &url.URL{Scheme: "http", Host: strings.TrimPrefix(outside.URL, "http://")}})
	for _, u := range []string{"http://127.0.0.1/", "http://localhost/", "http://a.localhost/", "http://exemple.invalid:25/"} {
		if _, err := proxied.Do(t.Context(), PublicRequest{URL: u}); !errors.Is(err, ErrAddress) {
			t.Errorf("through a proxy, %q: %v", u, err)
		}
	}
}

// TestPublicFollowsAFewRedirects, in the same method and with the body.
func TestPublicFollowsAFewRedirects(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case r.URL.Path == "/303":
			http.Redirect(w, r, "/end", http.StatusSeeOther)
		case r.URL.Path == "/nowhere":
			w.WriteHeader(http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/hop"):
			http.Redirect(w, r, "/"+strings.TrimLeft(strings.TrimPrefix(r.URL.Path, "/hop"), "/"), http.StatusPermanentRedirect)
		default:
			io.WriteString(w, r.Method+" "+r.URL.RawQuery+" "+string(b)+r.Header.Get("Cookie"))
		}
	}))
	defer s.Close()
	p := newPublic(t, PublicOptions{Allow: here})
	for _, c := range []struct {
		path, body string
		want       string // "" is an error
	}{
		{"/end?cn=a,b;c=%C3%A9&a", "", "GET cn=a,b;c=%C3%A9&a "},
		{"/hophophop/end", "", "GET  "},
		{"/hophophophophop/end", "", ""},
		{"/loop", "", ""},
		{"/nowhere", "", ""},
		{"/303", "", "GET  "},
		{"/303", "x", ""}, // a responder is asked by POST or not at all
		{"/hop/end", "question", "POST  question"},
	} {
		r := PublicRequest{URL: s.URL + c.path}
		if c.body != "" {
			r.Body = []byte(c.body)
		}
		resp, err := p.Do(t.Context(), r)
		switch {
		case c.path == "/303" && c.body != "":
			if err != nil || resp.Status != http.StatusSeeOther {
				t.Errorf("%s: %v", c.path, err)
			}
		case c.want == "" && !errors.Is(err, ErrRedirects):
			t.Errorf("%s: %v", c.path, err)
		case c.want != "" && err != nil:
			t.Errorf("%s: %v", c.path, err)
		case c.want != "" && string(resp.Body) != c.want:
			t.Errorf("%s: %q", c.path, resp.Body)
		}
	}
	none := newPublic(t, PublicOptions{Allow: here, Redirects: -1})
	if _, err := none.Do(t.Context(), PublicRequest{URL: s.URL + "/hop/end"}); !errors.Is(err, ErrRedirects) {
		t.Errorf("none allowed: %v", err)
	}
}

// TestPublicEndsWhatHasNoEnd: time and size are bounded, whatever the peer does,
// a cancelled exchange ends at once and nothing is left behind.
func TestPublicEndsWhatHasNoEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 1<<20))
	z.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := w.(http.Flusher)
		switch r.URL.Path {
		case "/drip":
			for r.Context().Err() == nil {
				io.WriteString(w, "x")
				f.Flush()
				time.Sleep(5 * time.Millisecond)
			}
		case "/silence":
			f.Flush()
			<-r.Context().Done()
		case "/mute":
			<-r.Context().Done()
		case "/huge":
			w.Header().Set("Content-Length", "1000000000000")
			io.Copy(w, bytes.NewReader(make([]byte, 1<<20)))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		}
	}))
	p := newPublic(t, PublicOptions{Allow: here, Idle: 250 * time.Millisecond, Total: 400 * time.Millisecond})
	for path, kind := range map[string]Kind{"/drip": Timeout, "/silence": Timeout, "/mute": Timeout, "/huge": TooLarge, "/bomb": TooLarge} {
		began := time.Now()
		_, err := p.Do(t.Context(), PublicRequest{URL: s.URL + path, Max: 1000})
		var e *Error
		if !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%s: %v", path, err)
		}
		if d := time.Since(began); d > 3*time.Second {
			t.Errorf("%s: %v", path, d)
		}
	}
	slow := newPublic(t, PublicOptions{Allow: here})
	ctx, cancel := context.WithCancel(t.Context())
	var at time.Time
	time.AfterFunc(20*time.Millisecond, func() { at = time.Now(); cancel() })
	_, err := slow.Do(ctx, PublicRequest{URL: s.URL + "/mute"})
	var e *Error
	if !errors.As(err, &e) || e.Kind != Cancelled || time.Since(at) > 100*time.Millisecond {
		t.Errorf("cancelled: %v after %v", err, time.Since(at))
	}
	s.CloseClientConnections()
	s.Close()
	for i := 0; runtime.NumGoroutine() > before && i < 100; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines are left", n-before)
	}
}

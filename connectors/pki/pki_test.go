package pki_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/connectors/pki"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func start(t *testing.T, o pki.Options) (*authority, *pki.Client) {
	t.Helper()
	a := newAuthority()
	t.Cleanup(a.Close)
	o.Allow = here
	c, err := pki.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func (a *authority) publish(path string, f http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages[path] = f
}

func crl(a *authority) signature.Query {
	return signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/ac.crl", Max: 100_000}
}

// TestAnswersThatAreNone: whatever a machine answers, Fetch gives the octets or
// one of its errors.
func TestAnswersThatAreNone(t *testing.T) {
	a, c := start(t, pki.Options{Silence: 300 * time.Millisecond, Total: 500 * time.Millisecond})
	for _, k := range []struct {
		name string
		page http.HandlerFunc
		want error
	}{
		{"not found", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, pki.ErrAnswer},
		{"server in trouble", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, pki.ErrAnswer},
		{"nothing, successfully", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, pki.ErrAnswer},
		{"too long", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 100_001)) }, pki.ErrAnswer},
		{"a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ac.crl", http.StatusFound) }, pki.ErrAnswer},
		{"to a file", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, pki.ErrAddress},
		{"to the inside", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2/", http.StatusFound)
		}, pki.ErrAddress},
		{"to the metadata of a cloud", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}, pki.ErrAddress},
		{"silence", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, pki.ErrSilent},
		{"drop by drop", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, pki.ErrSilent},
		{"the connection is cut", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, pki.ErrSilent},
	} {
		a.publish("/ac.crl", k.page)
		if b, err := c.Fetch(t.Context(), crl(a)); !errors.Is(err, k.want) || b != nil {
			t.Errorf("%s: %v", k.name, err)
		}
	}
	closed, err := pki.New(pki.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{a.URL + "/ac.crl", "http://localhost/", "http://[::1]/", "ldap://exemple.invalid/", "http://127.0.0.1:22/"} {
		if _, err := closed.Fetch(t.Context(), signature.Query{Wanted: signature.WantCRL, URL: u}); !errors.Is(err, pki.ErrAddress) {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// TestAFailedFetchChangesNoVerdict: a machine that is not there leaves the
// verdict where it is without a network, and no error.
func TestAFailedFetchChangesNoVerdict(t *testing.T) {
	a, c := start(t, pki.Options{})
	file := a.sign()
	a.Close()
	r, err := cades.Validate(t.Context(), file, signature.Options{At: now, Store: a.store, Fetcher: c})
	if err != nil || r.Verdicts[0].Conclusion.Sub != signature.NoCertificateChainFound || !r.Findings.Has(signature.RuleNotFetched) {
		t.Errorf("%v, %v", err, r)
	}
}

// TestCancelledWithin100ms: a validation that waits for a silent machine ends
// when it is told to.
func TestCancelledWithin100ms(t *testing.T) {
	for _, cached := range []bool{false, true} {
		o := pki.Options{}
		if cached {
			o.Cache = pki.NewCache(time.Now, pki.CacheOptions{})
		}
		a, c := start(t, o)
		a.publish("/ac.cer", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithCancel(t.Context())
		var at time.Time
		time.AfterFunc(30*time.Millisecond, func() { at = time.Now(); cancel() })
		_, err := cades.Validate(ctx, a.sign(), signature.Options{At: now, Store: a.store, Fetcher: c})
		if d := time.Since(at); !errors.Is(err, context.Canceled) || d > 100*time.Millisecond {
			t.Errorf("%v after %v", err, d)
		}
	}
}

// TestManyValidationsAskOnce: whoever shares a cache shares the requests, those
// going on as well.
func TestManyValidationsAskOnce(t *testing.T) {
	k := &clock{t: now}
	a, c := start(t, pki.Options{Cache: pki.NewCache(k.now, pki.CacheOptions{})})
	file := a.sign()
	validate := func() signature.Conclusion {
		r, err := cades.Validate(t.Context(), file, signature.Options{At: k.now(), Store: a.store, Fetcher: c})
		if err != nil {
			t.Error(err)
			return signature.Conclusion{}
		}
		return r.Verdicts[0].Conclusion
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if v := validate(); v.Indication != signature.TotalPassed {
					t.Error(v)
				}
			}
		})
	}
	wg.Wait()
	if n := a.hits.Load(); n != 3 {
		t.Errorf("200 validations made %d requests", n)
	}
	// The agent is revoked: it is known when the answers are no longer kept.
	a.mu.Lock()
	a.revoked = now.Add(time.Hour)
	a.mu.Unlock()
	if v := validate(); v.Indication != signature.TotalPassed {
		t.Error(v)
	}
	k.pass(4 * time.Hour)
	if v := validate(); v.Sub != signature.RevokedNoPOE {
		t.Errorf("%v, four hours later", v)
	}
}

// TestCacheKeepsWhatIsValid: an answer is kept for as long as it says and no
// longer, a failure for a minute, and what is doubted no more than that.
func TestCacheKeepsWhatIsValid(t *testing.T) {
	k := &clock{t: now}
	a, c := start(t, pki.Options{Cache: pki.NewCache(k.now, pki.CacheOptions{}), Silence: 200 * time.Millisecond})
	asks := func(name string, q signature.Query, want int64, ok bool) {
		t.Helper()
		before := a.hits.Load()
		b, err := c.Fetch(t.Context(), q)
		if n := a.hits.Load() - before; n != want || (err == nil) != ok || ok && len(b) == 0 {
			t.Errorf("%s: %d requests, want %d; %v", name, n, want, err)
		}
	}
	q := crl(a)
	asks("first", q, 1, true)
	asks("second", q, 0, true)
	asks("of another kind", signature.Query{Wanted: signature.WantIssuer, URL: a.URL + "/ac.cer", Max: 1 << 20}, 1, true)
	c.Doubt(q)
	asks("doubted at once", q, 0, true)
	k.pass(2 * time.Minute)
	asks("two minutes later", q, 0, true)
	c.Doubt(q)
	asks("doubted", q, 1, true)
	late := q
	late.After = now.Add(-time.Hour)
	asks("made too early, just received", late, 0, true)
	k.pass(time.Minute)
	asks("made too early", late, 1, true)
	short := q
	short.Max = 10
	asks("too long for who asks", short, 0, false)
	k.pass(4 * time.Hour)
	asks("four hours later", q, 1, true)
	a.mu.Lock()
	a.until = k.now().Add(30 * time.Minute)
	a.mu.Unlock()
	k.pass(4 * time.Hour)
	asks("superseded", q, 1, true)
	asks("still superseded", q, 0, true)
	k.pass(time.Minute)
	asks("a minute later", q, 1, true)

	none := signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/rien.crl", Max: 1 << 20}
	asks("not found", none, 1, false)
	asks("not found again", none, 0, false)
	k.pass(time.Minute)
	asks("not found a minute later", none, 1, false)

	once := signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/ac.crl", Max: 1 << 20, Once: true}
	asks("for once", once, 1, true)
	asks("for once more", once, 1, true)

	a.publish("/gros.cer", func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 20<<10)) })
	big := signature.Query{Wanted: signature.WantIssuer, URL: a.URL + "/gros.cer", Max: 1 << 20}
	asks("large and not readable", big, 1, true)
	asks("the same again", big, 0, false)

	a.publish("/muet.crl", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mute := signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/muet.crl", Max: 1 << 20}
	other := signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/racine.crl", Max: 1 << 20}
	asks("silence", mute, 1, false)
	asks("the same machine", other, 0, false)
	k.pass(time.Minute)
	asks("the same machine later", other, 1, true)
}

// TestCacheIsBounded in octets and in entries; what was used last stays.
func TestCacheIsBounded(t *testing.T) {
	for _, o := range []pki.CacheOptions{{Octets: 10000}, {Entries: 3}} {
		k := &clock{t: now}
		a, c := start(t, pki.Options{Cache: pki.NewCache(k.now, o)})
		for path, size := range map[string]int{"/1": 3000, "/2": 3000, "/3": 3000, "/4": 3000, "/gros": 10001} {
			a.publish(path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", size)) })
		}
		for i, s := range []struct {
			path string
			asks bool
		}{{"/1", true}, {"/2", true}, {"/3", true}, {"/1", false}, {"/4", true}, {"/1", false}, {"/2", true}, {"/gros", true}, {"/gros", o.Octets > 0}, {"/1", false}} {
			before := a.hits.Load()
			if _, err := c.Fetch(t.Context(), signature.Query{Wanted: signature.WantCRL, URL: a.URL + s.path, Max: 1 << 20}); err != nil {
				t.Fatal(err)
			}
			if asked := a.hits.Load() > before; asked != s.asks {
				t.Errorf("%+v, step %d, %s: asked %v", o, i, s.path, asked)
			}
		}
	}
}

// TestWhoGivesUpDoesNotTakeTheOthersAlong: one of several that wait for the
// same answer is cancelled while it asks.
func TestWhoGivesUpDoesNotTakeTheOthersAlong(t *testing.T) {
	a, c := start(t, pki.Options{Cache: pki.NewCache(time.Now, pki.CacheOptions{})})
	asked := make(chan struct{}, 2)
	var first sync.Once
	good := a.ca.Raw
	a.publish("/lent.crl", func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		wait := false
		first.Do(func() { wait = true })
		if wait {
			<-r.Context().Done()
			return
		}
		w.Write(good)
	})
	q := signature.Query{Wanted: signature.WantCRL, URL: a.URL + "/lent.crl", Max: 1 << 20}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.Fetch(ctx, q); !errors.Is(err, context.Canceled) {
			t.Errorf("the one who gives up: %v", err)
		}
	})
	<-asked
	for range 3 {
		wg.Go(func() {
			if b, err := c.Fetch(t.Context(), q); err != nil || len(b) != len(good) {
				t.Errorf("one who waits: %v", err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	cancel()
	wg.Wait()
}

// TestProxyAndTLS: a proxy carries every request, and a server of https is
// verified like any other.
func TestProxyAndTLS(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.String()) }))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := func(u string) signature.Query { return signature.Query{Wanted: signature.WantCRL, URL: u, Max: 1000} }
	c, err := pki.New(pki.Options{Proxy: at})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := c.Fetch(t.Context(), q("http://ac.exemple.invalid/l?a=b;c")); err != nil || string(b) != "http://ac.exemple.invalid/l?a=b;c" {
		t.Errorf("%s, %v", b, err)
	}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "liste") }))
	defer s.Close()
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	for _, k := range []struct {
		roots *x509.CertPool
		ok    bool
	}{{nil, false}, {roots, true}} {
		c, err := pki.New(pki.Options{RootCAs: k.roots, Allow: here})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := c.Fetch(t.Context(), q(s.URL)); (err == nil) != k.ok || k.ok && string(b) != "liste" || !k.ok && !errors.Is(err, pki.ErrSilent) {
			t.Errorf("%v, %s, %v", k.ok, b, err)
		}
	}
}

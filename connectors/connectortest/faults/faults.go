// Package faults makes an HTTP server misbehave as servers and what stands
// before them do: connections cut at the worst moment, pages of a reverse
// proxy, answers truncated, delayed or mangled. The fake peers use it; it works
// around any http.Handler, and without package testing.
package faults

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kind is a way to misbehave.
type Kind uint8

// The kinds.
const (
	// Cut closes the connection after Bytes bytes of the request's body; the
	// peer handles nothing.
	Cut Kind = iota
	// Drop handles the request, then closes the connection without an answer:
	// the client cannot know.
	Drop
	// Truncate handles the request and closes the connection after Bytes bytes
	// of the answer's body, whose full length was announced.
	Truncate
	// Stall handles the request and answers after Delay.
	Stall
	// Drip answers one byte per Delay.
	Drip
	// BadGateway is the 502 page of a reverse proxy; nothing is handled.
	BadGateway
	// Maintenance is a 503 page with Retry-After set from Delay; nothing is
	// handled.
	Maintenance
	// LoginPage is a login page with status 200; nothing is handled.
	LoginPage
	// Elsewhere redirects to a login page; nothing is handled.
	Elsewhere
	// BOM puts a UTF-8 byte order mark before the answer.
	BOM
	// Gzip compresses an answer nobody asked to compress.
	Gzip
	// Garbage replaces the answer's body by bytes that mean nothing.
	Garbage
)

// Fault is one rule of a [Script].
type Fault struct {
	Kind   Kind
	Method string // "" for any
	Path   string // end of the path; "" for any
	Skip   int    // how many matching requests pass first
	Times  int    // how many are then hit; 0 is 1, negative is all
	Bytes  int64
	Delay  time.Duration
}

// Script is a list of faults; the first that matches a request strikes. The
// zero value is ready. It is safe for concurrent use.
type Script struct {
	mu     sync.Mutex
	faults []Fault
}

// Add appends faults.
func (s *Script) Add(f ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range f {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, f)
	}
}

// Clear removes all faults.
func (s *Script) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Pending returns how many faults have not struck as often as they should.
func (s *Script) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.faults)
}

func (s *Script) strike(r *http.Request) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.Method != "" && f.Method != r.Method || !strings.HasSuffix(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return hit, true
	}
	return Fault{}, false
}

// Wrap returns the handler with the script before it.
func (s *Script) Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.strike(r)
		if !ok {
			h.ServeHTTP(w, r)
			return
		}
		f.do(w, r, h)
	})
}

func (f Fault) do(w http.ResponseWriter, r *http.Request, h http.Handler) {
	switch f.Kind {
	case Cut:
		io.CopyN(io.Discard, r.Body, f.Bytes)
		panic(http.ErrAbortHandler)
	case BadGateway, Maintenance, LoginPage, Elsewhere:
		io.Copy(io.Discard, r.Body)
		f.page(w)
		return
	}
	a := &answer{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(a, r)
	body := a.body.Bytes()
	switch f.Kind {
	case Drop:
		panic(http.ErrAbortHandler)
	case Truncate:
		a.header.Set("Content-Length", strconv.Itoa(len(body)))
		a.head(w)
		w.Write(body[:min(f.Bytes, int64(len(body)))])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Stall:
		if !wait(r, f.Delay) {
			panic(http.ErrAbortHandler)
		}
	case Drip:
		a.header.Del("Content-Length")
		a.head(w)
		for i := range body {
			w.Write(body[i : i+1])
			http.NewResponseController(w).Flush()
			if !wait(r, f.Delay) {
				panic(http.ErrAbortHandler)
			}
		}
		return
	case BOM:
		body = append([]byte("\xef\xbb\xbf"), body...)
	case Gzip:
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		zw.Write(body)
		zw.Close()
		body = z.Bytes()
		a.header.Set("Content-Encoding", "gzip")
	case Garbage:
		body = []byte("\x00\xff\xfe{[<\r\n")
	}
	a.header.Del("Content-Length")
	a.head(w)
	w.Write(body)
}

func wait(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (f Fault) page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	switch f.Kind {
	case BadGateway:
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "<html><body><h1>Bad Gateway</h1></body></html>\n")
	case Maintenance:
		w.Header().Set("Retry-After", strconv.Itoa(int(f.Delay/time.Second)))
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "<html><body><h1>Maintenance en cours</h1></body></html>\n")
	case LoginPage:
		io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>Connexion</title></head><body><form action=\"/login.php\"><input type=\"password\"></form></body></html>\n")
	case Elsewhere:
		w.Header().Set("Location", "/login.php")
		w.WriteHeader(http.StatusFound)
	}
}

// answer records what a handler would have said.
type answer struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote && status >= 200 {
		a.status, a.wrote = status, true
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.wrote = true
	return a.body.Write(b)
}

func (a *answer) head(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
}

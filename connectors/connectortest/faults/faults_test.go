package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestEachKindDoesWhatItSays(t *testing.T) {
	var handled atomic.Int32
	var script Script
	s := httptest.NewServer(script.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			handled.Add(1)
		}
		w.Header().Set("X-Test", "yes")
		io.WriteString(w, "hello")
	})))
	defer s.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	for kind, want := range map[Kind]string{
		Cut: "no answer, 0 handled", Drop: "no answer, 1 handled", Truncate: `200 "he" cut, 1 handled`, Stall: `200 "hello", 1 handled`,
		Drip: `200 "hello", 1 handled`, BadGateway: "502 page, 0 handled", Maintenance: "503 page after 60, 0 handled", LoginPage: "200 page, 0 handled",
		Elsewhere: "302, 0 handled", BOM: `200 "\ufeffhello", 1 handled`, Gzip: "200 gzip, 1 handled", Garbage: `200 other, 1 handled`,
	} {
		handled.Store(0)
		f := Fault{Kind: kind, Method: "POST", Path: "/x", Bytes: 2}
		switch kind {
		case Maintenance:
			f.Delay = time.Minute
		case Stall, Drip:
			f.Delay = time.Millisecond
		}
		script.Add(f)
		resp, err := client.Post(s.URL+"/y", "text/plain", strings.NewReader("other path"))
		if err != nil || handled.Swap(0) != 1 {
			t.Fatalf("another request was struck: %v", err)
		}
		resp.Body.Close()
		resp, err = client.Post(s.URL+"/a/x", "text/plain", bytes.NewReader(make([]byte, 8<<20)))
		got := "no answer"
		if err == nil {
			body, rerr := io.ReadAll(resp.Body)
			resp.Body.Close()
			got = fmt.Sprint(resp.StatusCode)
			switch {
			case resp.Header.Get("Content-Encoding") == "gzip":
				got += " gzip"
			case strings.Contains(string(body), "<html>"):
				got += " page"
				if after := resp.Header.Get("Retry-After"); after != "" {
					got += " after " + after
				}
			case rerr != nil:
				got += fmt.Sprintf(" %q cut", body)
			case strings.HasSuffix(string(body), "hello"):
				got += fmt.Sprintf(" %q", body)
			case len(body) > 0:
				got += " other"
			}
		}
		got += fmt.Sprintf(", %d handled", handled.Load())
		if got != want {
			t.Errorf("kind %d: %s, want %s", kind, got, want)
		}
		if script.Pending() != 0 {
			t.Errorf("kind %d: %d faults left", kind, script.Pending())
			script.Clear()
		}
	}
}

func TestFaultsAreCounted(t *testing.T) {
	var script Script
	h := script.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	script.Add(Fault{Kind: BadGateway, Skip: 1, Times: 2}, Fault{Kind: Maintenance, Times: -1})
	var got []int
	for range 5 {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		got = append(got, rec.Code)
	}
	if fmt.Sprint(got) != "[503 502 502 503 503]" {
		t.Errorf("%v", got)
	}
}

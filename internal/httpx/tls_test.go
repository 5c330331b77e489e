package httpx

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTLSRefusalsAreKnownAsSuch(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, len(r.TLS.PeerCertificates)) }))
	s.Config.ErrorLog = nil
	s.StartTLS()
	defer s.Close()
	mutual := httptest.NewUnstartedServer(s.Config.Handler)
	mutual.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	mutual.StartTLS()
	defer mutual.Close()
	old := httptest.NewUnstartedServer(s.Config.Handler)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()

	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	get := func(base string, o TLSOptions) (*Response, error) {
		return newClient(t, base, Options{TLS: o}).Do(t.Context(), Request{Method: "GET", Path: "/"})
	}
	_, err := get(s.URL, TLSOptions{})
	failed(t, err, NotSent, TLS)
	_, err = get(old.URL, TLSOptions{RootCAs: roots})
	failed(t, err, NotSent, TLS)
	_, err = get(mutual.URL, TLSOptions{RootCAs: roots})
	failed(t, err, NotSent, TLS)
	_, err = get(s.URL, TLSOptions{RootCAs: roots, Pins: []Pin{{1, 2, 3}}})
	if failed(t, err, NotSent, TLS); !errors.Is(err, ErrPin) {
		t.Errorf("cause %v", err)
	}
	_, err = get(s.URL, TLSOptions{RootCAs: roots, Now: func() time.Time { return time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC) }})
	failed(t, err, NotSent, TLS)
	r, err := get(s.URL, TLSOptions{RootCAs: roots, Pins: []Pin{{1}, PinOf(s.Certificate())}})
	if err != nil || r.Peer == nil || string(r.Body) != "0" {
		t.Errorf("%v %v", r, err)
	}
	r, err = get(mutual.URL, TLSOptions{RootCAs: roots, Certificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return &mutual.TLS.Certificates[0], nil
	}})
	if err != nil || string(r.Body) != "1" {
		t.Errorf("%v %v", r, err)
	}
}

func TestAddressesThatWouldLeakAreRefused(t *testing.T) {
	for _, base := range []string{"http://tdt.example", "http://127.0.0.1", "ftp://x", "https://user:p@x", "https://x?a=b", "/x", "::", ""} {
		if _, err := New(base, Options{}); err == nil {
			t.Errorf("%s accepted", base)
		} else if strings.Contains(err.Error(), "user:p") {
			t.Errorf("the error quotes the password")
		}
	}
	if _, err := New("http://tdt.example", Options{AllowHTTP: true}); !errors.Is(err, ErrPlainHTTP) {
		t.Errorf("plain http to another machine: %v", err)
	}
	if _, err := New("https://x", Options{Transport: roundTrip(nil), TLS: TLSOptions{Pins: []Pin{{}}}}); err == nil {
		t.Error("a pin that would not be checked is accepted")
	}
}

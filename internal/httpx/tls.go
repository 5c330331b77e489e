package httpx

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"
)

// Pin is the SHA-256 digest of a server's SubjectPublicKeyInfo (RFC 7469 §2.4).
type Pin [sha256.Size]byte

// PinOf returns the pin of a certificate.
func PinOf(c *x509.Certificate) Pin { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// TLSOptions are the client's side of TLS. The zero value verifies the server
// against the system's roots and presents no certificate.
type TLSOptions struct {
	// Certificate provides the client certificate, at each handshake: it may
	// rotate while the program runs.
	Certificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
	RootCAs     *x509.CertPool
	// Pins, when not empty, must hold the key of the server's certificate, in
	// addition to the normal verification.
	Pins []Pin
	// Now is the clock of the verification of certificates; nil is the system's.
	Now func() time.Time
}

func (o TLSOptions) isZero() bool {
	return o.Certificate == nil && o.RootCAs == nil && len(o.Pins) == 0 && o.Now == nil
}

func (o TLSOptions) config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs, GetClientCertificate: o.Certificate, Time: o.Now}
	if len(o.Pins) > 0 {
		pins := slices.Clone(o.Pins)
		c.VerifyConnection = func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !slices.Contains(pins, PinOf(s.PeerCertificates[0])) {
				return ErrPin
			}
			return nil
		}
	}
	return c
}

// transport makes the round tripper of a client from what the caller gave: nil,
// an *http.Transport (its proxy and dialer are kept) or anything else.
func transport(given http.RoundTripper, o TLSOptions, keepAlive bool) (http.RoundTripper, error) {
	var t *http.Transport
	switch g := given.(type) {
	case nil:
		t = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 20 * time.Second,
		}
	case *http.Transport:
		t = g.Clone()
		if t.TLSClientConfig != nil && !o.isZero() {
			return nil, errors.New("httpx: TLS is configured twice, by the transport and by the options")
		}
	default:
		if !o.isZero() {
			return nil, fmt.Errorf("httpx: TLS options have no effect on a transport of type %T", given)
		}
		return given, nil
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = o.config()
	}
	t.TLSClientConfig.MinVersion = max(t.TLSClientConfig.MinVersion, tls.VersionTLS12)
	switch {
	case t.DialContext != nil:
		t.DialContext = lastingDialer(t.DialContext)
	//lint:ignore SA1019 a caller's transport may still have it, and is then left as it is
	case t.Dial == nil:
		t.DialContext = lastingDialer((&net.Dialer{}).DialContext)
	}
	t.DisableCompression = true
	t.DisableKeepAlives = !keepAlive
	if t.MaxResponseHeaderBytes == 0 {
		t.MaxResponseHeaderBytes = 256 << 10
	}
	if t.ExpectContinueTimeout == 0 {
		t.ExpectContinueTimeout = 2 * time.Second
	}
	return t, nil
}

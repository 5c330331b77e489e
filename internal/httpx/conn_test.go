package httpx

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// says is a peer's answer.
func says(answer string) func(io.Writer) {
	return func(w io.Writer) { io.WriteString(w, answer) }
}

func TestWhatAPeerSaidBeforeItLeftIsHeard(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	secret := func(c net.Conn) net.Conn { return tls.Server(c, s.TLS) }
	refuses := says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlong")

	for scheme, c := range map[string]*Client{
		"http":  newClient(t, peer(t, refuses), Options{}),
		"https": newClient(t, "https://"+peerOver(t, secret, refuses), Options{TLS: TLSOptions{RootCAs: roots}}),
	} {
		for _, size := range []int{1, 5_000, 300_000, 20_000_000} {
			body := Bytes(make([]byte, size))
			for range 5 {
				r, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: body})
				if err != nil || r.Status != 413 || string(r.Body) != "long" {
					t.Errorf("%s, %d bytes: %v %v", scheme, size, r, err)
				}
			}
		}
	}
}

func TestAPeerThatLeftWithoutAnAnswerGaveNone(t *testing.T) {
	body := Bytes(make([]byte, 20_000_000))
	_, err := newClient(t, peer(t, says("")), Options{}).Do(t.Context(), Request{Method: "POST", Path: "/", Body: body})
	failed(t, err, NotSent, Network)

	_, err = newClient(t, peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\ncut")), Options{}).
		Do(t.Context(), Request{Method: "POST", Path: "/", Body: body})
	failed(t, err, Answered, Network)
}

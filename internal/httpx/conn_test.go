package httpx

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// leaving is a peer that reads the head of each request, says its answer and
// goes, which resets the connection when a body was on its way.
func leaving(t *testing.T, wrap func(net.Conn) net.Conn, answer string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				c := wrap(c)
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					line, err := r.ReadString('\n')
					if err != nil {
						return
					}
					if strings.TrimSpace(line) == "" {
						break
					}
				}
				io.WriteString(c, answer)
			}()
		}
	}()
	return l.Addr().String()
}

func TestWhatAPeerSaidBeforeItLeftIsHeard(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	plain := func(c net.Conn) net.Conn { return c }
	secret := func(c net.Conn) net.Conn { return tls.Server(c, s.TLS) }
	const refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlong"

	for _, size := range []int{1, 5_000, 300_000, 20_000_000} {
		for range 5 {
			body := Bytes(make([]byte, size))
			for scheme, c := range map[string]*Client{
				"http":  newClient(t, "http://"+leaving(t, plain, refusal), Options{}),
				"https": newClient(t, "https://"+leaving(t, secret, refusal), Options{TLS: TLSOptions{RootCAs: roots}}),
			} {
				r, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: body})
				if err != nil || r.Status != 413 || string(r.Body) != "long" {
					t.Errorf("%s, %d bytes: %v %v", scheme, size, r, err)
				}
			}
		}
	}
}

func TestAPeerThatLeftWithoutAnAnswerGaveNone(t *testing.T) {
	plain := func(c net.Conn) net.Conn { return c }
	c := newClient(t, "http://"+leaving(t, plain, ""), Options{})
	_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: Bytes(make([]byte, 20_000_000))})
	failed(t, err, NotSent, Network)

	c = newClient(t, "http://"+leaving(t, plain, "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\ncut"), Options{})
	_, err = c.Do(t.Context(), Request{Method: "POST", Path: "/", Body: Bytes(make([]byte, 20_000_000))})
	failed(t, err, Answered, Network)
}

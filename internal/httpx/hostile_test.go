package httpx

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// peer is a server that answers one request with whatever bytes it likes.
func peer(t *testing.T, answer func(w io.Writer)) string {
	t.Helper()
	return "http://" + peerOver(t, func(c net.Conn) net.Conn { return c }, answer)
}

// peerOver is a peer whose connections are wrapped; it returns its address. It
// reads the head of a request and leaves when it has answered, which resets the
// connection when a body was on its way.
func peerOver(t *testing.T, wrap func(net.Conn) net.Conn, answer func(w io.Writer)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback:", err)
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
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					answer(c)
				}
			}()
		}
	}()
	return l.Addr().String()
}

// forever writes a piece until the other side has gone.
func forever(w io.Writer, head, piece string) {
	io.WriteString(w, head)
	b := []byte(strings.Repeat(piece, 1+4096/len(piece)))
	for {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

// Peers that never end, or lie about where they do: each exchange ends with an
// error that says what happened, for little memory, and no goroutine stays.
func TestPeersMadeToExhaust(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct {
		name  string
		peer  func(w io.Writer)
		phase Phase
		kind  Kind // of the error; two peers are answered by the library with Network
	}{
		{"header field without end", func(w io.Writer) { forever(w, ok+"X: ", "x") }, MaybeSent, Network},
		{"fields without end", func(w io.Writer) { forever(w, ok, "X: x\r\n") }, MaybeSent, Network},
		{"status line without end", func(w io.Writer) { forever(w, "HTTP/1.1 200 ", "x") }, MaybeSent, Network},
		{"provisional answers without end", func(w io.Writer) { forever(w, "", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n") }, MaybeSent, Network},
		{"body without end", func(w io.Writer) { forever(w, ok+"\r\n", "x") }, Answered, TooLarge},
		{"chunks without end", func(w io.Writer) {
			forever(w, ok+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")
		}, Answered, TooLarge},
		{"chunk extension without end", func(w io.Writer) { forever(w, ok+"Transfer-Encoding: chunked\r\n\r\n1;", "x") }, Answered, Network},
		{"trailers without end", func(w io.Writer) { forever(w, ok+"Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: x\r\n") }, Answered, Network},
		{"less than announced", func(w io.Writer) { io.WriteString(w, ok+"Content-Length: 10\r\n\r\nfive!") }, Answered, Network},
		{"two lengths", func(w io.Writer) { io.WriteString(w, ok+"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx") }, MaybeSent, Network},
		{"negative length", func(w io.Writer) { io.WriteString(w, ok+"Content-Length: -1\r\n\r\n") }, MaybeSent, Network},
		{"length beyond reason", func(w io.Writer) { io.WriteString(w, ok+"Content-Length: 9223372036854775807\r\n\r\nx") }, Answered, Network},
		{"no HTTP at all", func(w io.Writer) { io.WriteString(w, "220 ftp ready\r\n") }, MaybeSent, Network},
		{"nothing", func(io.Writer) {}, MaybeSent, Network},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := peer(t, c.peer)
			goroutines := runtime.NumGoroutine()
			client := newClient(t, base, Options{MaxAnswer: 1 << 20, Retry: Retry{Attempts: 1}})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := client.Do(ctx, Request{Method: "GET", Path: "/"})
			runtime.ReadMemStats(&after)
			failed(t, err, c.phase, c.kind)
			if used := after.TotalAlloc - before.TotalAlloc; used > 24<<20 {
				t.Errorf("%d MiB allocated", used>>20)
			}
			client.Close()
			for range 500 {
				if runtime.NumGoroutine() <= goroutines {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			if n := runtime.NumGoroutine(); n > goroutines {
				b := make([]byte, 1<<16)
				t.Errorf("%d goroutines more\n%s", n-goroutines, b[:runtime.Stack(b, true)])
			}
		})
	}
}

// A peer that drips is borne as long as it drips, and no longer than the caller
// wants: the caller's patience ends it at once.
func TestADrippingPeerEndsWithTheCaller(t *testing.T) {
	base := peer(t, func(w io.Writer) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\n\r\n")
		for {
			if _, err := io.WriteString(w, "x"); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	c := newClient(t, base, Options{Retry: Retry{Attempts: 1}})
	ctx, cancel := context.WithCancel(t.Context())
	s, err := c.Stream(ctx, Request{Method: "GET", Path: "/"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := io.ReadFull(s, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = io.Copy(io.Discard, s)
	if e := failed(t, err, Answered, Cancelled); !errors.Is(e, context.Canceled) {
		t.Errorf("got %v", e)
	}
}

// What a peer writes where only one line belongs never reaches an error as it is.
func TestErrorsQuoteNoAnswer(t *testing.T) {
	for _, answer := range []string{"secret\x1b[31m\r\n\r\n", "HTTP/1.1 2x0 secret\x1b[31m\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: secret\x1b[31m\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: secret\x1b[31m\r\n\r\n", "HTTP/1.1 200 OK\r\nsecret\x1b[31m\r\n\r\n"} {
		base := peer(t, func(w io.Writer) { io.WriteString(w, answer) })
		_, err := newClient(t, base, Options{Retry: Retry{Attempts: 1}}).Do(t.Context(), Request{Method: "GET", Path: "/"})
		if err == nil {
			t.Errorf("%q is accepted", answer)
			continue
		}
		if text := fmt.Sprint(err); bytes.ContainsAny([]byte(text), "\x1b") || strings.Contains(text, "secret") {
			t.Errorf("the error for %q quotes it: %q", answer, text)
		}
	}
}

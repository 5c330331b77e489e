package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// lasting is a connection whose peer may answer and go before it has read the
// whole request: a refusal (413, a redirect to a login) with the rest of 150 MB
// left unread resets the connection. net/http gives up at the first write that
// fails, and what the peer had said is lost; so that write waits here until the
// answer has been read, or until there is none.
type lasting struct {
	net.Conn

	mu     sync.Mutex
	broken error         // of the first write a reset stopped
	heard  chan struct{} // nil when nobody reads beside the writes
}

// lastingWait bounds that wait: what the peer said was here before its reset.
const lastingWait = 5 * time.Second

func lastingDialer(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &lasting{Conn: c}, nil
	}
}

// lastingOf returns the connection below c, if it is one of ours.
func lastingOf(c net.Conn) *lasting {
	if s, ok := c.(*tls.Conn); ok {
		c = s.NetConn()
	}
	l, _ := c.(*lasting)
	return l
}

// begin says that an exchange begins: one goroutine writes while another reads.
// During a handshake there is one for both, which must not wait for itself.
func (c *lasting) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard == nil {
		c.heard = make(chan struct{})
	}
}

// end says that the peer is not listened to any longer.
func (c *lasting) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard != nil {
		close(c.heard)
		c.heard = nil
	}
}

func (c *lasting) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		return n, err
	}
	c.mu.Lock()
	first, heard := c.broken == nil, c.heard
	if first {
		c.broken = err
	}
	c.mu.Unlock()
	if first && heard != nil {
		t := time.NewTimer(lastingWait)
		defer t.Stop()
		select {
		case <-heard:
		case <-t.C:
		}
	}
	return n, err
}

// Read reads what the peer said before it went. Its end is then never a clean
// one: an answer without a length of its own may have been cut.
func (c *lasting) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.end()
		c.mu.Lock()
		if c.broken != nil {
			err = c.broken
		}
		c.mu.Unlock()
	}
	return n, err
}

func (c *lasting) Close() error {
	c.end()
	return c.Conn.Close()
}

package httpx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Body is the body of a request. Open is called once per try; what it returns
// must yield exactly Size bytes. A Read that may block must return soon after
// the context ended or Close was called: Close is then called while it blocks,
// as the closing of a file or of a pipe allows.
type Body interface {
	Open(ctx context.Context) (io.ReadCloser, error)
	Size() int64
}

// Bytes is a small body held in memory.
type Bytes []byte

// Open returns a reader of the bytes.
func (b Bytes) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b)), nil
}

// Size returns the number of bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// exact reads a source that must hold exactly left more bytes. It withholds the
// last bytes until it has seen that nothing follows them: a file that grew
// since it was measured must not be taken whole by the peer when it is not.
type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		if err := e.end(); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if e.left > 0 {
			return n, ErrSourceSize
		}
		return n, nil
	}
	if e.left == 0 {
		if err := e.end(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// end checks that the source is at its end.
func (e *exact) end() error {
	var one [1]byte
	for range 100 {
		n, err := e.r.Read(one[:])
		if n > 0 {
			return ErrSourceSize
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// sending is the body of one try, seen by the transport. It counts what the
// transport took, tells the flight of it, and can be taken away.
type sending struct {
	size     int64
	progress func(done bool)

	mu     sync.Mutex
	rc     io.ReadCloser
	r      *exact
	taken  int64
	err    error // first failure of the source
	busy   bool
	dead   bool
	closed bool
	free   chan struct{} // closed when a read that kill found going on has ended
}

func (s *sending) Read(p []byte) (int, error) {
	s.mu.Lock()
	if s.dead || s.closed {
		s.mu.Unlock()
		return 0, errAbandoned
	}
	s.busy = true
	s.mu.Unlock()

	n, err := s.r.Read(p)

	s.mu.Lock()
	s.busy = false
	s.taken += int64(n)
	if err != nil && err != io.EOF && s.err == nil {
		s.err = err
	}
	all := s.taken == s.size
	if s.dead {
		s.closeLocked()
		if s.free != nil {
			close(s.free)
			s.free = nil
		}
		s.mu.Unlock()
		return 0, errAbandoned
	}
	s.mu.Unlock()
	if n > 0 {
		s.progress(all)
	}
	return n, err
}

// Close is called by the transport.
func (s *sending) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		s.dead = true // the read that goes on closes the source when it ends
		return nil
	}
	s.closeLocked()
	return nil
}

func (s *sending) closeLocked() {
	if !s.closed {
		s.closed = true
		s.rc.Close()
	}
}

// kill takes the source away from the transport, so that the caller may close
// what the source reads. A read that goes on has a moment to end by itself;
// then the source is closed under it, since the transport waits for it.
func (s *sending) kill() {
	s.mu.Lock()
	s.dead = true
	if !s.busy {
		s.closeLocked()
		s.mu.Unlock()
		return
	}
	if s.free == nil {
		s.free = make(chan struct{})
	}
	free := s.free
	s.mu.Unlock()
	for range 2 {
		t := time.NewTimer(20 * time.Millisecond)
		select {
		case <-free:
			t.Stop()
			return
		case <-t.C:
		}
		s.mu.Lock()
		if s.busy {
			s.closeLocked()
		}
		s.mu.Unlock()
	}
}

// state returns how much the transport took and the source's own failure.
func (s *sending) state() (whole bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken == s.size && s.err == nil, s.err
}

package xmlcore

import (
	"context"
	"fmt"
	"io"
)

// Sink receives the events of a document. It reads what it needs from r during
// the call and keeps nothing of it, for all slices are reused. An error stops
// the reading.
type Sink interface {
	Event(r *Reader, k Kind) error
}

// Run reads the whole document and gives every event to each sink in turn. It
// returns nil after a complete document, else the first error of the reader, a
// sink, or the context (its cause, wrapped).
func Run(ctx context.Context, r *Reader, sinks ...Sink) error {
	r.heed(ctx)
	defer func() { r.halt = nil }()
	var first Sink // most have but one
	if len(sinks) > 0 {
		first, sinks = sinks[0], sinks[1:]
	}
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("xml: %w", context.Cause(ctx))
		}
		for range 256 {
			k, err := r.Next()
			if err != nil {
				if err == io.EOF {
					return nil
				}
				return err
			}
			if first == nil {
				continue
			}
			if err := first.Event(r, k); err != nil {
				return err
			}
			for _, s := range sinks {
				if err := s.Event(r, k); err != nil {
					return err
				}
			}
		}
	}
}

package xmlcore

import (
	"context"
	"fmt"
	"io"
)

// heed makes the reader ask before each reading whether somebody still waits:
// there may be gigabytes of blanks without any event.
func (r *Reader) heed(ctx context.Context) {
	r.halt = func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	}
}

// Puller is a consumer that asks for the events itself: it calls [Reader.Next]
// at most so many times, and returns the first error of it or its own. It knows
// before an event comes what may be done with it, and where nothing need be
// there is no call, as there is of a Sink.
type Puller interface {
	Pull(r *Reader, most int) error
}

// Drive is [Run] for a consumer that is alone with the reader.
func Drive(ctx context.Context, r *Reader, p Puller) error {
	r.heed(ctx)
	defer func() { r.halt = nil }()
	for {
		if ctx.Err() != nil {
			return fmt.Errorf("xml: %w", context.Cause(ctx))
		}
		if err := p.Pull(r, 256); err != nil {
			if err == io.EOF && r.err == io.EOF {
				return nil
			}
			return err
		}
	}
}

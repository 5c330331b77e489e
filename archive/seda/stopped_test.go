package seda_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/schema"
	"github.com/liasse/liasse/ged/report"
)

// TestReadingNothing: whoever reads a message under a context that is over, or
// from a disk that fails, hears of it by every function alike, however short
// the message is; what follows the message is told of its end.
func TestReadingNothing(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	disk := errors.New("disk")
	for name, read := range map[string]func(ctx context.Context, src io.Reader, rep *report.Report, also seda.Sink) error{
		"Read": func(ctx context.Context, src io.Reader, rep *report.Report, also seda.Sink) error {
			_, _, err := seda.Read(ctx, src, seda.ReadOptions{Also: also}, rep)
			return err
		},
		"ReadMessage": func(ctx context.Context, src io.Reader, rep *report.Report, also seda.Sink) error {
			_, _, err := seda.ReadMessage(ctx, src, seda.ReadOptions{Also: also}, rep)
			return err
		},
		"ReadReply": func(ctx context.Context, src io.Reader, _ *report.Report, _ seda.Sink) error {
			_, _, err := seda.ReadReply(ctx, src)
			return err
		},
		"Scan": func(ctx context.Context, src io.Reader, rep *report.Report, _ seda.Sink) error {
			for _, err := range seda.Scan(ctx, src, "", rep) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		for _, c := range []struct {
			ctx  context.Context
			src  io.Reader
			want error
		}{{gone, strings.NewReader(transfer), context.Canceled}, {context.Background(), iotest.ErrReader(disk), disk}} {
			rep := report.New(report.Options{})
			err := read(c.ctx, c.src, rep, schema.NewValidator(schema.Options{}, rep))
			if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "seda: ") {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
}

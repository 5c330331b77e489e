package wire

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/internal/httpx"
)

// TestWhatMayHaveArrivedIsInDoubt: the one distinction a hand-over stands on.
func TestWhatMayHaveArrivedIsInDoubt(t *testing.T) {
	for _, x := range []struct {
		phase       httpx.Phase
		kind        httpx.Kind
		write, read connectors.Class
	}{
		{httpx.NotSent, httpx.Network, connectors.Transient, connectors.Transient},
		{httpx.NotSent, httpx.Timeout, connectors.Transient, connectors.Transient},
		{httpx.NotSent, httpx.Cancelled, connectors.Transient, connectors.Transient},
		{httpx.NotSent, httpx.TLS, connectors.Auth, connectors.Auth},
		{httpx.NotSent, httpx.Source, connectors.Transient, connectors.Transient},
		{httpx.NotSent, httpx.SourceSize, connectors.Invalid, connectors.Invalid},
		{httpx.MaybeSent, httpx.Network, connectors.InDoubt, connectors.Transient},
		{httpx.MaybeSent, httpx.Timeout, connectors.InDoubt, connectors.Transient},
		{httpx.MaybeSent, httpx.Cancelled, connectors.InDoubt, connectors.Transient},
		{httpx.Answered, httpx.Network, connectors.InDoubt, connectors.Transient},
		{httpx.Answered, httpx.TLS, connectors.InDoubt, connectors.Transient},
		{httpx.Answered, httpx.TooLarge, connectors.PeerBug, connectors.PeerBug},
		{httpx.Answered, httpx.Encoding, connectors.PeerBug, connectors.PeerBug},
	} {
		err := &httpx.Error{Phase: x.phase, Kind: x.kind, Err: errors.New("cause")}
		if got := (Call{Write: true}).Failure(err).Class; got != x.write {
			t.Errorf("write, %s, %s: %s, want %s", x.phase, x.kind, got, x.write)
		}
		if got := (Call{}).Failure(err).Class; got != x.read {
			t.Errorf("read, %s, %s: %s, want %s", x.phase, x.kind, got, x.read)
		}
	}
	if got := (Call{Write: true}).Failure(errors.New("from who knows where")).Class; got != connectors.InDoubt {
		t.Errorf("an unknown failure of a write is %s", got)
	}
	if err := (Call{Write: true}).Failure(context.Canceled); !errors.Is(err, context.Canceled) {
		t.Error("the cause is lost")
	}
}

func TestStatusesHaveTheirClass(t *testing.T) {
	for _, x := range []struct {
		status      int
		write, read connectors.Class
	}{
		{204, connectors.PeerBug, connectors.PeerBug}, {302, connectors.Auth, connectors.Auth},
		{400, connectors.Invalid, connectors.Invalid}, {401, connectors.Auth, connectors.Auth}, {403, connectors.Auth, connectors.Auth},
		{404, connectors.Invalid, connectors.NotFound}, {409, connectors.Conflict, connectors.Conflict},
		{413, connectors.Invalid, connectors.Invalid}, {429, connectors.Throttled, connectors.Throttled},
		{500, connectors.InDoubt, connectors.Transient}, {502, connectors.InDoubt, connectors.Transient},
		{503, connectors.Throttled, connectors.Throttled}, {504, connectors.InDoubt, connectors.Transient},
		{507, connectors.Transient, connectors.Transient},
	} {
		h := http.Header{"Retry-After": {"Mon, 02 Mar 2026 09:01:00 GMT"}}
		now := func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }
		w := (Call{Write: true, Now: now}).Answer(x.status, h, nil)
		r := (Call{}).Answer(x.status, h, nil)
		if w.Class != x.write || r.Class != x.read {
			t.Errorf("%d: write %s, read %s", x.status, w.Class, r.Class)
		}
		if (w.RetryAfter == time.Minute) != (w.Class == connectors.Throttled) {
			t.Errorf("%d: wait of %v", x.status, w.RetryAfter)
		}
	}
}

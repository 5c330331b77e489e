package scan

import (
	"bytes"
	"context"
	"testing"
)

func TestFindsWhereverItStands(t *testing.T) {
	word := []byte("signature")
	match := func(b []byte) bool { return bytes.Contains(b, word) }
	for _, at := range []int{0, 1, piece - len(word), piece - len(word) + 1, piece - 4, piece - 1, piece, 2*piece - 5, 3*piece - len(word)} {
		b := bytes.Repeat([]byte("."), 3*piece)
		copy(b[at:], word)
		find := func(from, size int) bool {
			return Find(context.Background(), bytes.NewReader(b), int64(from), int64(size), int64(len(word)), match)
		}
		if !find(0, len(b)) || !find(at, len(b)) || find(at+1, len(b)) || find(0, at+len(word)-1) {
			t.Errorf("at %d", at)
		}
	}
	if Find(context.Background(), bytes.NewReader(nil), 0, 0, 9, match) || Find(context.Background(), bytes.NewReader([]byte("sig")), 0, 900, 9, match) {
		t.Error("found in nothing")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if Find(ctx, bytes.NewReader(word), 0, int64(len(word)), 9, match) {
		t.Error("goes on when told to stop")
	}
}

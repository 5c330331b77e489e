package schema

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The table must answer as a map would, whatever it grew to and whichever
// document it served before.
func TestIdentifiersAreRemembered(t *testing.T) {
	var table idTable
	random := rand.New(rand.NewPCG(3, 4))
	ids := func(document, n, size int) string {
		switch document % 5 {
		case 0: // in no order
			return fmt.Sprintf("i%d", random.IntN(size*2))
		case 1: // numbered, with gaps and some again
			return fmt.Sprintf("ID%d", 3*n-random.IntN(4)*random.IntN(9)/8)
		case 2: // each its prefix, more than there are series
			return fmt.Sprintf("%c%d", 'a'+n%12, n/12-n%2)
		case 3: // zeros in front, and numbers of any size
			return fmt.Sprintf("x%0*d", n%25, n/2)
		}
		if n%3 == 0 {
			return fmt.Sprintf("_%x-%d", random.Uint32()%1000, n%7)
		}
		return fmt.Sprintf("U%d", n)
	}
	for document, size := range []int{20_000, 4_000, 30_000, 5_000, 60_000, 10, 700, 0, 3_000, 9_000} {
		table.reset(1 << 20)
		seen := map[string]int64{}
		for off := range int64(size) {
			id := ids(document, int(off), size)
			at, found := table.enter([]byte(id), off)
			first, known := seen[id]
			switch {
			case known != found:
				t.Fatalf("document %d, identifier %d: known %v, found %v", document, off, known, found)
			case known && at != first:
				t.Fatalf("document %d, identifier %d: at %d, found at %d", document, off, first, at)
			case !known:
				seen[id] = off
			}
		}
		for id := range seen {
			if !table.has([]byte(id)) {
				t.Fatalf("document %d: an identifier is lost", document)
			}
		}
		for _, id := range []string{"other", "i", "ID", "U999999", "i-1", "ID00", "U0x", "x"} {
			if _, known := seen[id]; table.has([]byte(id)) != known {
				t.Fatalf("document %d: %s is known %v, found otherwise", document, id, known)
			}
		}
	}
}

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
	for document, size := range []int{20_000, 10, 3_000, 60_000, 0, 500} {
		table.reset(1 << 20)
		seen := map[string]int64{}
		for off := range int64(size) {
			id := fmt.Sprintf("i%d", random.IntN(size*2))
			hash, e, bucket := table.find([]byte(id))
			first, known := seen[id]
			switch {
			case known != (e != nil):
				t.Fatalf("document %d, identifier %d: known %v, found %v", document, off, known, e != nil)
			case known && e.off != first:
				t.Fatalf("document %d, identifier %d: at %d, found at %d", document, off, first, e.off)
			case !known:
				seen[id] = off
				table.add(hash, bucket, off)
			}
		}
		for id := range seen {
			if !table.has([]byte(id)) {
				t.Fatalf("document %d: an identifier is lost", document)
			}
		}
		if table.has([]byte("other")) {
			t.Fatalf("document %d: an identifier nobody gave is found", document)
		}
	}
}

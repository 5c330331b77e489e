package preflight

import "hash/maphash"

// names keeps the identifiers of a message, each once, in one block of memory:
// a million of them cost what they are long and some twenty bytes each.
type names struct {
	seed  maphash.Seed
	text  []byte
	ends  []uint32 // of each name in text
	slots []uint32 // open addressing; number of a name + 1
}

func (n *names) at(i int32) []byte {
	from := uint32(0)
	if i > 0 {
		from = n.ends[i-1]
	}
	return n.text[from:n.ends[i]]
}

func (n *names) String(i int32) string {
	if i < 0 {
		return ""
	}
	return string(n.at(i))
}

// add returns the number of the name, and whether it is new.
func (n *names) add(name []byte) (i int32, fresh bool) {
	if 2*len(n.ends) >= len(n.slots) {
		n.grow()
	}
	mask := uint32(len(n.slots) - 1)
	for h := n.hash(name); ; h++ {
		at := &n.slots[h&mask]
		if *at == 0 {
			n.text = append(n.text, name...)
			n.ends = append(n.ends, uint32(len(n.text)))
			*at = uint32(len(n.ends))
			return int32(len(n.ends) - 1), true
		}
		if i := int32(*at - 1); string(n.at(i)) == string(name) {
			return i, false
		}
	}
}

// weight is what the names take, in bytes.
func (n *names) weight() int { return len(n.text) + 4*len(n.ends) + 4*len(n.slots) }

// hash is under a secret key: nobody outside can choose names that collide.
func (n *names) hash(name []byte) uint32 { return uint32(maphash.Bytes(n.seed, name)) }

func (n *names) grow() {
	if n.slots == nil {
		n.seed = maphash.MakeSeed()
	}
	n.slots = make([]uint32, max(64, 2*len(n.slots)))
	mask := uint32(len(n.slots) - 1)
	for i := range n.ends {
		h := n.hash(n.at(int32(i)))
		for n.slots[h&mask] != 0 {
			h++
		}
		n.slots[h&mask] = uint32(i + 1)
	}
}

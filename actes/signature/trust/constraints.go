package trust

import "time"

// Constraints says until when digests and keys are acceptable. A Constraints
// value is data: copy [TS119312] and change dates to make a policy of one's own.
type Constraints struct {
	// Digests gives the date from which a digest is no longer acceptable; zero
	// means no end. A digest that is not listed never is.
	Digests map[Digest]time.Time
	// Keys gives, by scheme, the sizes in growing order. A key uses the entry
	// of the greatest size not above its own; below the smallest it is never
	// acceptable.
	Keys map[Scheme][]KeySize
	// Updated is the date of the table: an end after it is announced rather
	// than decided, and gives a warning instead of a failure.
	Updated time.Time
}

// KeySize is one line of a table of key sizes.
type KeySize struct {
	Bits int
	End  time.Time // from which it is not acceptable; zero when there is no end
}

// Fitness is the answer of [Constraints].
type Fitness int

// The answers, from best to worst.
const (
	Fit     Fitness = iota
	Fading          // past an end date that is later than the table's own update
	Expired         // acceptable once, no longer
	Never           // acceptable at no time
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// TS119312 returns the table of ETSI TS 119 312 v1.5.1 as the European
// reference policy applies it (update of 13 October 2024).
func TS119312() *Constraints {
	never := time.Time{}
	return &Constraints{
		Updated: day(2024, 10, 13),
		Digests: map[Digest]time.Time{
			MD5: day(2004, 8, 1), SHA1: day(2012, 8, 1), SHA224: day(2029, 1, 1),
			RIPEMD160: day(2014, 8, 1), Whirlpool: day(2020, 12, 1),
			SHA256: never, SHA384: never, SHA512: never, SHA3_256: never, SHA3_384: never, SHA3_512: never,
		},
		Keys: map[Scheme][]KeySize{
			RSA:   {{786, day(2010, 8, 1)}, {1024, day(2019, 10, 1)}, {1536, day(2019, 10, 1)}, {1900, day(2029, 1, 1)}, {3000, day(2029, 1, 1)}},
			PSS:   {{786, day(2010, 8, 1)}, {1024, day(2019, 10, 1)}, {1536, day(2019, 10, 1)}, {1900, day(2029, 1, 1)}, {3000, never}},
			DSA:   {{1024, day(2015, 12, 1)}, {1900, day(2029, 1, 1)}, {3000, never}},
			ECDSA: {{160, day(2012, 8, 1)}, {163, day(2012, 8, 1)}, {224, day(2021, 10, 1)}, {256, never}},
		},
	}
}

// Clone returns a copy that can be changed.
func (c *Constraints) Clone() *Constraints {
	n := &Constraints{Digests: map[Digest]time.Time{}, Keys: map[Scheme][]KeySize{}, Updated: c.Updated}
	for d, t := range c.Digests {
		n.Digests[d] = t
	}
	for s, l := range c.Keys {
		n.Keys[s] = append([]KeySize(nil), l...)
	}
	return n
}

func (c *Constraints) at(end, t time.Time) Fitness {
	switch {
	case end.IsZero() || t.Before(end):
		return Fit
	case !c.Updated.IsZero() && end.After(c.Updated):
		return Fading
	}
	return Expired
}

// Digest judges a digest at a time.
func (c *Constraints) Digest(d Digest, t time.Time) Fitness {
	end, ok := c.Digests[d]
	if !ok {
		return Never
	}
	return c.at(end, t)
}

// Key judges a key size at a time.
func (c *Constraints) Key(s Scheme, bits int, t time.Time) Fitness {
	end, ok := c.keyEnd(s, bits)
	if !ok {
		return Never
	}
	return c.at(end, t)
}

func (c *Constraints) keyEnd(s Scheme, bits int) (end time.Time, ok bool) {
	for _, k := range c.Keys[s] {
		if k.Bits <= bits {
			end, ok = k.End, true
		}
	}
	return end, ok
}

// Signature judges a signature algorithm with a key at a time: the worse of
// its two parts.
func (c *Constraints) Signature(a Algorithm, bits int, t time.Time) Fitness {
	return max(c.Digest(a.Digest, t), c.Key(a.Scheme, bits, t))
}

// End returns when a signature algorithm with a key ceases to be acceptable.
// It is zero when there is no end; ok is false when it never was acceptable.
func (c *Constraints) End(a Algorithm, bits int) (end time.Time, ok bool) {
	d, ok1 := c.Digests[a.Digest]
	k, ok2 := c.keyEnd(a.Scheme, bits)
	if !ok1 || !ok2 {
		return end, false
	}
	if d.IsZero() || !k.IsZero() && k.Before(d) {
		return k, true
	}
	return d, true
}

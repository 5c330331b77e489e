package trust_test

import (
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
)

// TestAnchorIsTrustedWithinItsPeriods: what a store returns is trusted when one
// of the anchors put into it was, and at no other time.
func TestAnchorIsTrustedWithinItsPeriods(t *testing.T) {
	c := leaf(t)
	y := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	open := time.Time{}
	for _, k := range []struct {
		name    string
		given   []trust.Anchor
		trusted []int // years, of 2000 to 2020 every second one
		until   time.Time
		sunset  time.Time
	}{
		{"always", []trust.Anchor{{}}, []int{2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020}, y(2021), open},
		{"until a sunset", []trust.Anchor{{Sunset: y(2005)}}, []int{2000, 2002, 2004}, y(2005), y(2005)},
		{"the later of two sunsets", []trust.Anchor{{Sunset: y(2005)}, {Sunset: y(2003)}}, []int{2000, 2002, 2004}, y(2005), y(2005)},
		{"a sunset and none", []trust.Anchor{{Sunset: y(2005)}, {}}, []int{2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020}, y(2021), open},
		{"from a day", []trust.Anchor{{Periods: []trust.Period{{From: y(2016)}}}}, []int{2016, 2018, 2020}, y(2021), open},
		{"two periods", []trust.Anchor{{Periods: []trust.Period{{y(2004), y(2007)}, {y(2010), y(2013)}}, Sunset: y(2013)}}, []int{2004, 2006, 2010, 2012}, y(2013), y(2013)},
		{"out of order, the sunset forgotten", []trust.Anchor{{Periods: []trust.Period{{y(2010), y(2013)}, {y(2004), y(2007)}}}}, []int{2004, 2006, 2010, 2012}, y(2013), y(2013)},
		{"two services", []trust.Anchor{{Periods: []trust.Period{{y(2004), y(2007)}}}, {Periods: []trust.Period{{y(2005), y(2009)}}}}, []int{2004, 2006, 2008}, y(2009), y(2009)},
		{"two that touch", []trust.Anchor{{Periods: []trust.Period{{y(2004), y(2007)}}}, {Periods: []trust.Period{{y(2007), y(2009)}}}}, []int{2004, 2006, 2008}, y(2009), y(2009)},
		{"the list and the user", []trust.Anchor{{Periods: []trust.Period{{y(2004), y(2007)}}}, {}}, []int{2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020}, y(2021), open},
		{"a period that ends before it begins", []trust.Anchor{{Periods: []trust.Period{{y(2007), y(2004)}}}}, nil, open, y(2004)},
	} {
		t.Run(k.name, func(t *testing.T) {
			s := trust.NewStore()
			for _, a := range k.given {
				a.Certificate = c
				s.AddAnchor(a)
			}
			a, ok := s.Clone().Anchor(c)
			if !ok {
				t.Fatal("no anchor")
			}
			want := map[int]bool{}
			for _, n := range k.trusted {
				want[n] = true
			}
			for n := 2000; n <= 2020; n += 2 {
				if a.Trusted(y(n)) != want[n] {
					t.Errorf("%d: trusted %v", n, a.Trusted(y(n)))
				}
				if u, began := a.Until(y(n)); want[n] && !u.Equal(y(n)) || began && !u.Equal(y(n)) && (a.Trusted(u) || !a.Trusted(u.Add(-1))) {
					t.Errorf("%d: relied upon until %v", n, u)
				}
			}
			if u, began := a.Until(y(2021)); !u.Equal(k.until) || began == k.until.IsZero() {
				t.Errorf("until %v, %v", u, began)
			}
			if !a.Sunset.Equal(k.sunset) {
				t.Errorf("sunset %v", a.Sunset)
			}
		})
	}
}

// TestEquivalentAnchorsAreOne: an authority certified again with the same key is
// trusted whenever one of its certificates is.
func TestEquivalentAnchorsAreOne(t *testing.T) {
	der, key, first := selfSigned(t, "ancre", nil, nil, true)
	again, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(8), Subject: first.Subject, IsCA: true, BasicConstraintsValid: true,
		NotBefore: first.NotBefore, NotAfter: first.NotAfter}, first, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	a, b := parsed(t, der), parsed(t, again)
	y := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	s := trust.NewStore(trust.Anchor{Certificate: a, Periods: []trust.Period{{From: y(2004), Until: y(2007)}}},
		trust.Anchor{Certificate: b, Periods: []trust.Period{{From: y(2010), Until: y(2013)}}}, trust.Anchor{Certificate: leaf(t)})
	for _, c := range []*trust.Certificate{a, b} {
		got, ok := s.Anchor(c)
		if !ok || got.Certificate != c || !got.Trusted(y(2005)) || !got.Trusted(y(2012)) || got.Trusted(y(2008)) || got.Trusted(y(2020)) {
			t.Errorf("%v %v", ok, got.Periods)
		}
	}
}

// TestStrictKnowsBothEndsOfTrust: a path to an anchor is refused before the
// anchor was trusted and after.
func TestStrictKnowsBothEndsOfTrust(t *testing.T) {
	c := leaf(t)
	from, until := c.NotBefore.Add(time.Hour), c.NotBefore.Add(2*time.Hour)
	s := &trust.Strict{Store: trust.NewStore(trust.Anchor{Certificate: c, Periods: []trust.Period{{From: from, Until: until}}})}
	for at, ok := range map[time.Time]bool{from.Add(-time.Second): false, from: true, until.Add(-time.Second): true, until: false} {
		s.At = at
		if _, err := s.Validate(t.Context(), c); (err == nil) != ok {
			t.Errorf("%v: %v", at, err)
		}
	}
}

func leaf(t testing.TB) *trust.Certificate {
	t.Helper()
	der, _, _ := selfSigned(t, "ancre", nil, nil, true)
	return parsed(t, der)
}

func parsed(t testing.TB, der []byte) *trust.Certificate {
	t.Helper()
	c, err := trust.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

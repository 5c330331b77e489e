package signature_test

import (
	"slices"
	"testing"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// TestTimestampsAreOverWhatTheFileHolds: what the options bring, or the network,
// helps to judge and is proved by no timestamp of the file, even where it lies
// on the chain of what is stamped.
func TestTimestampsAreOverWhatTheFileHolds(t *testing.T) {
	w := newTown(t, nil)
	w.opt.Fetcher = nil
	w.opt.Store.Add(parse(t, w.ca)) // given; the file holds the agent's alone
	var lists []*trust.CRL
	for _, b := range [][]byte{w.root.CRL(t, list(nil)), w.ca.CRL(t, list(nil))} {
		l, err := trust.ParseCRL(b)
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, l)
	}
	w.opt.CRLs = lists[:1]
	opt, pool := w.opt.Ready()
	agent := parse(t, w.agent)
	pool.AddCertificates(agent)
	pool.AddCRL(lists[1])
	own := []string{agent.ID(), lists[1].ID()}
	e := &signature.Evidence{Token: signature.Token{ID: "S", Chain: pool.Chain(agent)}}
	if len(e.Chain) != 3 || len(e.Chain[1].Revocations) != 0 || len(e.Chain[0].Revocations) != 1 {
		t.Fatal("the lists of the options are heard while the file is read")
	}
	s := &signature.Timestamp{Covers: []string{"S"}}
	for _, c := range e.Chain {
		s.Covers = append(s.Covers, c.ID)
	}
	s.Covers = append(s.Covers, lists[1].ID())
	e.Timestamps = []*signature.Timestamp{s}
	if err := pool.Complete(t.Context(), opt, &signature.Report{Findings: report.New(report.Options{})}, []*signature.Evidence{e}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Covers, append([]string{"S"}, own...)) {
		t.Errorf("the timestamp is over %q", s.Covers)
	}
	if !slices.Equal(pool.Own(), own) {
		t.Errorf("the file brought %q", pool.Own())
	}
	if len(e.Chain[1].Revocations) != 1 {
		t.Error("the lists of the options are not heard at all")
	}
}

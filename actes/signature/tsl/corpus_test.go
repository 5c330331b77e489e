package tsl_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
	"github.com/liasse/liasse/internal/corpus"
)

// TestRealLists reads real lists at the time they were in force. The signer of the
// French list is known from elsewhere than from itself: the list of lists names
// it, and that list is proved by the same code.
func TestRealLists(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "signature"), "tsl")
	open := func(name string, at time.Time, signers ...*trust.Certificate) *tsl.List {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		l, err := tsl.Read(t.Context(), bytes.NewReader(b), int64(len(b)), tsl.Options{At: at, Signers: signers})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	at := time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC)
	// The signer of the list of lists stands in the Official Journal, which is not
	// at hand: it is taken from the signature, so only its form is proved.
	lotl := open("eu-lotl.xml", at)
	if lotl.Accepted() || lotl.Findings.Valid() {
		t.Fatal("accepted without a signer")
	}
	journal := lotl.Signature.Verdicts[0].Chain[0].X509
	lotl = open("eu-lotl.xml", at, journal)
	if !lotl.Accepted() || lotl.Sequence != 248 || lotl.Territory != "EU" {
		for f := range lotl.Findings.All() {
			t.Log(f.Code(), f.Message("fr"))
		}
		t.Fatalf("list of lists: %d, %s", lotl.Sequence, lotl.Territory)
	}
	for _, c := range []struct {
		name, territory string
		sequence        int
		ok              bool
		some            int // anchors at least
	}{
		{"fr.xml", "FR", 56, true, 50},
		{"dk_tl-sn21.xml", "DK", 21, false, 0},     // its signer is not yet, or no longer, in this list of lists
		{"fr-65-docusign.xml", "FR", 65, false, 0}, // an extract: its digest differs
		{"mra-zz-tl.xml", "ZZ", 4, false, 0},       // of no State
	} {
		l := open(c.name, at, lotl.Pointed(c.territory)...)
		anchors, _ := l.Anchors()
		if l.Sequence != c.sequence || l.Territory != c.territory || l.Accepted() != c.ok || len(anchors) < c.some {
			for f := range l.Findings.All() {
				t.Log(f.Code(), f.Message("fr"))
			}
			t.Errorf("%s: sequence %d, accepted %v, %d anchors", c.name, l.Sequence, l.Accepted(), len(anchors))
		}
		over := 0
		for _, a := range anchors {
			if !a.Sunset.IsZero() {
				over++
			}
		}
		t.Logf("%s: %d providers, %d anchors, %d of them no longer approved", c.name, len(l.Providers), len(anchors), over)
		for f := range l.Findings.All() {
			if f.Rule == tsl.RuleCertificate || f.Rule == tsl.RuleDate || f.Rule == tsl.RuleField {
				t.Errorf("%s: %s at %s", c.name, f.Code(), f.Where)
			}
		}
		late := open(c.name, time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC))
		if !late.Findings.Has(tsl.RuleExpired) {
			t.Errorf("%s: not expired in 2033", c.name)
		}
	}
}

// TestRealListsInAFolder: the French list is proved by what the list of lists of
// the same folder says of it, and its anchors have a beginning.
func TestRealListsInAFolder(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "signature"), "tsl")
	at := time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC)
	files := fstest.MapFS{}
	for _, name := range []string{"eu-lotl.xml", "fr.xml"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	alone, err := tsl.Read(t.Context(), bytes.NewReader(files["eu-lotl.xml"].Data), int64(len(files["eu-lotl.xml"].Data)), tsl.Options{At: at})
	if err != nil {
		t.Fatal(err)
	}
	files["eu-lotl.xml.pem"] = &fstest.MapFile{Data: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: alone.Signature.Verdicts[0].Chain[0].X509.Raw})}
	lists, _, err := tsl.ReadFS(t.Context(), files, tsl.Options{At: at})
	if err != nil || len(lists) != 2 || !lists[0].List.OfLists() || lists[1].List.OfLists() {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	anchors, err := lists[1].List.Anchors()
	if err != nil {
		t.Fatal(err)
	}
	store, bounded, gaps := trust.NewStore(), 0, 0
	for _, a := range anchors {
		store.AddAnchor(a)
	}
	for _, a := range anchors {
		got, ok := store.Anchor(a.Certificate)
		if !ok || got.Trusted(time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%v %v", ok, got.Periods)
		}
		if len(got.Periods) > 0 {
			bounded++
		}
		if len(got.Periods) > 1 {
			gaps++
		}
	}
	t.Logf("%d anchors, %d with a beginning, %d with a gap", len(anchors), bounded, gaps)
	if bounded != len(anchors) {
		t.Errorf("%d anchors of %d have a beginning", bounded, len(anchors))
	}
}

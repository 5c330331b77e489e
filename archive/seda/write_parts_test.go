package seda_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// TestWritePartsWritesWhatWriteDoes compares the message of a folder held whole
// with that of the same folder in parts.
func TestWritePartsWritesWhatWriteDoes(t *testing.T) {
	ctx, at := context.Background(), time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	fsys := fstest.MapFS{"a.txt": {Data: []byte("1"), ModTime: at}, "b/c/d & e.txt": {Data: []byte("22")}, "b/f.txt": {Data: []byte("3")}, "g": {Mode: 0o755 | 1<<31}, "h.txt": {}}
	policy := archive.Policy{MessageID: "M", Agreement: "IC", Date: at, OriginatingAgency: "P", ArchivalAgency: archive.Agency{ID: "A"},
		TransferringAgency: archive.Agency{ID: "T"}, Rules: []ged.Rule{{Category: ged.Communicabilite, Code: "ACC-00001", Start: ged.Date{Year: 2026, Month: 1, Day: 1}}}}
	stored := func(o *archive.Object) seda.Stored {
		d, n, err := ged.DigestSource(ctx, o.Source, ged.SHA512)
		if err != nil {
			panic(err)
		}
		return seda.Stored{URI: "content/" + o.ID, Digest: d[0], Size: n, MediaType: "text/plain", PUID: "x-fmt/111", FormatName: "Plain Text File"}
	}
	for _, version := range []seda.Version{seda.V20, seda.V21, seda.V22, seda.V23} {
		for _, indent := range []bool{false, true} {
			opt := seda.Options{Version: version, Indent: indent, Stored: stored, Target: seda.Vitam}
			p, _, err := archive.FromTree(ctx, fsys, policy, archive.TreeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for o := range p.Objects() { // version 2.0 wants to know beforehand
				o.PUID, o.FormatName, o.MediaType = "x-fmt/111", "Plain Text File", "text/plain"
			}
			var whole, parts bytes.Buffer
			wholeErr := seda.Write(ctx, &whole, p, opt)
			tree, _, err := archive.ReadTree(ctx, fsys, policy, archive.TreeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			partsErr := seda.WriteParts(ctx, &parts, tree, opt)
			if (wholeErr == nil) != (partsErr == nil) {
				t.Fatalf("%s: %v; in parts %v", version, wholeErr, partsErr)
			}
			if wholeErr == nil && whole.String() != parts.String() {
				t.Errorf("%s:\n%s\n%s", version, &whole, &parts)
			}
		}
	}
}

func TestWritePartsRefuses(t *testing.T) {
	ctx := context.Background()
	tree, _, err := archive.ReadTree(ctx, fstest.MapFS{"a\x01.txt": {Data: []byte("1")}}, archive.Policy{MessageID: "M", Date: time.Unix(0, 0),
		OriginatingAgency: "P", ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}, archive.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var invalid *report.InvalidError
	if err := seda.WriteParts(ctx, &bytes.Buffer{}, tree, seda.Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(seda.RuleTextChar) {
		t.Errorf("a control character: %v", err)
	}
	if err := seda.WriteParts(ctx, &bytes.Buffer{}, tree, seda.Options{Version: seda.V10}); !errors.Is(err, seda.ErrVersion) {
		t.Errorf("the first family: %v", err)
	}
	tree.Message().Header.MessageID = ""
	if err := seda.WriteParts(ctx, &bytes.Buffer{}, tree, seda.Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(archive.RuleHeader) {
		t.Errorf("no identifier: %v", err)
	}
	if tree, _, err = archive.ReadTree(ctx, fstest.MapFS{"a.txt": {Data: []byte("1")}}, archive.Policy{MessageID: "M", Date: time.Unix(0, 0),
		OriginatingAgency: "P", ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}, archive.TreeOptions{}); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := seda.WriteParts(gone, &bytes.Buffer{}, tree, seda.Options{Checked: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestTheAgencyIsAskedForByOneRule: of a package held whole and of one in parts,
// where the version has an element for it; a platform refuses what others only
// object to.
func TestTheAgencyIsAskedForByOneRule(t *testing.T) {
	ctx := context.Background()
	fsys := fstest.MapFS{"d/a.txt": {Data: []byte("1")}}
	policy := archive.Policy{MessageID: "M", Date: time.Unix(0, 0), ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"}}
	p, _, err := archive.FromTree(ctx, fsys, policy, archive.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := archive.ReadTree(ctx, fsys, policy, archive.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		version  seda.Version
		target   seda.Target
		severity string
	}{{seda.V20, seda.Standard, ""}, {seda.V20, seda.Vitam, "error"}, {seda.V21, seda.Standard, "warning"}, {seda.V23, seda.Vitam, "error"}, {seda.V10, seda.Standard, "warning"}} {
		opt := seda.Options{Version: c.version, Target: c.target}
		asked := func(r *report.Report) (out string) {
			for f := range r.All() {
				if f.Rule == archive.RuleHeader {
					out += f.Severity.String()
				}
			}
			return out
		}
		var whole, parts report.Report
		archive.Check(p, &whole)
		seda.Check(p, opt, &whole)
		if got := asked(&whole); got != c.severity {
			t.Errorf("%s %s: %q", c.version, c.target, got)
		}
		if c.version.Early() {
			continue
		}
		if err := errors.Join(archive.CheckParts(ctx, tree, &parts), seda.CheckParts(ctx, tree, opt, &parts)); err != nil {
			t.Fatal(err)
		}
		if got := asked(&parts); got != c.severity {
			t.Errorf("%s %s, in parts: %q", c.version, c.target, got)
		}
	}
}

package seda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// rewritten writes the message again part by part, as it is read.
func rewritten(t testing.TB, doc string, opt Options) string {
	t.Helper()
	var message *archive.Package
	for it, err := range Scan(context.Background(), strings.NewReader(doc), "", &report.Report{}) {
		if err != nil {
			t.Fatal(err)
		}
		if it.Package != nil {
			message = it.Package
		}
	}
	if message == nil {
		t.Fatal("the message cannot be read")
	}
	var out bytes.Buffer
	if err := WriteItems(context.Background(), &out, message, Scan(context.Background(), strings.NewReader(doc), "", &report.Report{}), opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriteItemsWritesWhatScanReads(t *testing.T) {
	const digest = `<MessageDigest algorithm="SHA-512">`
	sum := strings.Repeat("0a", 64) + "</MessageDigest>"
	object := func(id, group string) string {
		return `<BinaryDataObject id="` + id + `">` + group + `<DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/` + id + `</Uri>` + digest + sum +
			`<Size>3</Size><FormatIdentification><FormatId>fmt/95</FormatId></FormatIdentification><FileInfo><Filename>a.pdf</Filename></FileInfo></BinaryDataObject>`
	}
	content := `<Content><DescriptionLevel>Item</DescriptionLevel><Title>T</Title></Content>`
	refer := `<DataObjectReference><DataObjectGroupReferenceId>G</DataObjectGroupReferenceId></DataObjectReference>`
	units := `<ArchiveUnit id="U1">` + content + `<ArchiveUnit id="U2">` + content + refer + `</ArchiveUnit></ArchiveUnit><ArchiveUnit id="U3">` + content +
		`<ArchiveUnit id="R1"><ArchiveUnitRefId>U2</ArchiveUnitRefId></ArchiveUnit></ArchiveUnit>`
	for name, objects := range map[string]string{
		"wrapped": `<DataObjectGroup id="G">` + object("O1", "") + strings.Replace(object("O2", ""), "BinaryMaster_1", "Dissemination_1", 1) + `</DataObjectGroup>` + object("O3", ""),
		"flat":    object("O1", "<DataObjectGroupId>G</DataObjectGroupId>") + strings.Replace(object("O2", "<DataObjectGroupReferenceId>G</DataObjectGroupReferenceId>"), "BinaryMaster_1", "Dissemination_1", 1),
	} {
		for _, version := range []Version{V21, V22, V23} {
			doc := transferOf(version, objects, units, "<OriginatingAgencyIdentifier>P</OriginatingAgencyIdentifier>")
			again := rewritten(t, doc, Options{Version: version})
			for _, flat := range []bool{false, true} {
				if a, b := writeRead(t, doc, version, flat), writeRead(t, again, version, flat); a != b {
					t.Errorf("%s %s:\n%s\n%s", name, version, a, b)
				}
			}
		}
	}
}

// writeRead is the one form of a message.
func writeRead(t testing.TB, doc string, version Version, flat bool) string {
	t.Helper()
	p, complete, err := Read(context.Background(), strings.NewReader(doc), ReadOptions{}, &report.Report{})
	if err != nil || !complete {
		t.Fatal(err, complete)
	}
	var b bytes.Buffer
	if err := Write(context.Background(), &b, p, Options{Version: version, Flat: flat, Checked: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func message() *archive.Package {
	return &archive.Package{Header: archive.Header{
		MessageID: "M", Agreement: "IC", Date: time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC), OriginatingAgency: "P", SubmissionAgency: "P",
		ArchivalAgency: archive.Agency{ID: "A"}, TransferringAgency: archive.Agency{ID: "T"},
	}}
}

// numbered yields n units, of which one in four has an object, made as they are
// asked for.
func numbered(n int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for i := 0; i < n; i += 4 {
			o := &archive.Object{ID: fmt.Sprint("O", i), Usage: archive.BinaryMaster, Version: 1, Name: "piece.pdf", Size: 4096, URI: fmt.Sprint("content/O", i, ".pdf"),
				Digests: []ged.Digest{{Algorithm: ged.SHA512, Value: strings.Repeat("ab", 64)}}, PUID: "fmt/95"}
			if !yield(Item{Object: o, GroupID: fmt.Sprint("G", i)}, nil) || !yield(Item{Group: &archive.Group{ID: fmt.Sprint("G", i)}}, nil) {
				return
			}
		}
		for i := range n {
			u := &archive.Unit{ID: fmt.Sprint("U", i), Level: archive.Item, Title: fmt.Sprint("Pièce ", i)}
			if !yield(Item{Unit: u}, nil) || i%4 == 0 && !yield(Item{Ref: &Ref{Kind: RefGroup, From: u.ID, To: fmt.Sprint("G", i)}}, nil) {
				return
			}
		}
	}
}

func TestWriteItemsIsValidForTheOfficialSchema(t *testing.T) {
	for _, indent := range []bool{false, true} {
		var b bytes.Buffer
		if err := WriteItems(context.Background(), &b, message(), numbered(20), Options{Indent: indent}); err != nil {
			t.Fatal(err)
		}
		archivetest.Official(t, V21, b.Bytes())
	}
}

func TestWriteItemsRefuses(t *testing.T) {
	of := func(items ...Item) iter.Seq2[Item, error] {
		return func(yield func(Item, error) bool) {
			for _, it := range items {
				if !yield(it, nil) {
					return
				}
			}
		}
	}
	u := func(id, parent string) Item {
		return Item{Unit: &archive.Unit{ID: id, Level: archive.Item, Title: "t"}, Parent: parent}
	}
	for name, c := range map[string]struct {
		items iter.Seq2[Item, error]
		opt   Options
		want  error
	}{
		"an object behind a unit": {of(u("U1", ""), Item{Object: &archive.Object{ID: "O"}}), Options{}, ErrOrder},
		"a group behind a unit":   {of(u("U1", ""), Item{Group: &archive.Group{ID: "G"}}), Options{}, ErrOrder},
		"a closed parent":         {of(u("U1", ""), u("U2", ""), u("U3", "U1")), Options{}, ErrOrder},
		"a reference of nothing":  {of(u("U1", ""), Item{Ref: &Ref{Kind: RefGroup, To: "G"}}), Options{}, ErrOrder},
		"another group":           {of(Item{Object: &archive.Object{ID: "O"}, GroupID: "H"}, Item{Group: &archive.Group{ID: "G"}}), Options{}, ErrOrder},
		"the first family":        {of(), Options{Version: V10}, ErrVersion},
		"an error of the source":  {func(yield func(Item, error) bool) { yield(Item{}, io.ErrUnexpectedEOF) }, Options{}, io.ErrUnexpectedEOF},
	} {
		if err := WriteItems(context.Background(), io.Discard, message(), c.items, c.opt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *report.InvalidError
	bad := of(Item{Unit: &archive.Unit{ID: "U", Level: archive.Item, Title: "a\x01"}})
	if err := WriteItems(context.Background(), io.Discard, message(), bad, Options{}); !errors.As(err, &invalid) || !invalid.Report.Has(RuleTextChar) {
		t.Errorf("a control character: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := WriteItems(ctx, io.Discard, message(), numbered(100), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// live is how much memory is in use.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestWriteItemsMemoryDoesNotGrow writes more units than memory would hold.
func TestWriteItemsMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	peak := func(n int) (top uint64) {
		seen := 0
		watched := func(yield func(Item, error) bool) {
			for it, err := range numbered(n) {
				if seen++; seen%(n/4) == 0 {
					top = max(top, live())
				}
				if !yield(it, err) {
					return
				}
			}
		}
		if err := WriteItems(context.Background(), io.Discard, message(), watched, Options{}); err != nil {
			t.Fatal(err)
		}
		return top
	}
	if small, large := peak(5_000), peak(50_000); large > small+1<<20 {
		t.Errorf("5 000 units: %d bytes of heap, 50 000: %d", small, large)
	}
}

package seda

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

// TestReadReplyCorpus compares with the facts the corpus states of each reply,
// those that break the schema included.
func TestReadReplyCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	n := 0
	for _, row := range corpus.Expected(t, "archive") {
		if row.Kind != "seda.reply" || !strings.HasSuffix(row.Path, ".xml") {
			continue
		}
		n++
		data, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		r, rep, err := ReadReply(context.Background(), bytes.NewReader(data))
		if err != nil || r == nil {
			t.Errorf("%s: not read: %v", row.Path, err)
			continue
		}
		if !rep.Valid() {
			t.Errorf("%s: %v", row.Path, rep.Err())
		}
		for fact, got := range map[string]string{"replyCode": r.Code, "messageIdentifier": r.MessageID, "messageRequestIdentifier": r.RequestID} {
			if got != row.Facts[fact] {
				t.Errorf("%s: %s is not as stated", row.Path, fact)
			}
		}
		if string(r.Version) != row.Version {
			t.Errorf("%s: version %s, want %s", row.Path, r.Version, row.Version)
		}
		// Every identifier in the file is in the reply, once.
		for element, count := range map[string]int{"<ArchiveUnit ": len(r.Units), "<BinaryDataObject ": len(r.Objects)} {
			if want := bytes.Count(data, []byte(element)); count > 0 && want > count {
				t.Errorf("%s: %d of %d %s", row.Path, count, want, element)
			}
		}
		for _, o := range r.Objects {
			if row.Path == "replies/ATR_OK_2.1.xml" && (o.ID == "" || o.SystemID == "" || o.GroupSystemID == "") {
				t.Errorf("%s: an object has no identifier", row.Path)
			}
		}
		for _, u := range r.Units {
			if row.Path == "replies/ATR_OK_2.1.xml" && (u.SystemID == "" || r.SystemID(u.ID) != u.SystemID) {
				t.Errorf("%s: a unit has no identifier", row.Path)
			}
		}
	}
	if n < 9 {
		t.Errorf("only %d replies in the corpus", n)
	}
}

func TestReadReplyOfAPlatformThatRefuses(t *testing.T) {
	f, err := os.Open(filepath.Join(corpus.Dir(t, "platforms"), "vitam", "sedaArchiveTransferReplyKO.xml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, rep, err := ReadReply(context.Background(), f)
	if err != nil || r == nil || !rep.Valid() {
		t.Fatal(err, rep.Err())
	}
	if r.Acceptance() != Refused || r.RequestID != "" || !rep.Has(RuleReplyMissing) || len(r.Events) != 3 {
		t.Errorf("code %s, %d events", r.Code, len(r.Events))
	}
	last := r.Failures()[2]
	if last.Detail != "CHECK_HEADER.CHECK_AGENT.UNKNOWN.KO" || last.Code != "CHECK_HEADER.CHECK_AGENT" || last.Outcome != "KO" || last.Message == "" {
		t.Errorf("last failure %s %s", last.Code, last.Detail)
	}
	if !last.Time.Equal(time.Date(2020, 11, 26, 23, 11, 34, 307e6, time.UTC)) || r.GrantDate.IsZero() || r.Date.IsZero() {
		t.Error("dates are not read")
	}
	if !strings.HasPrefix(r.Events[1].Data, "{") {
		t.Error("the data of the event are lost")
	}
}

const head = `<ArchiveTransferReply xmlns="fr:gouv:culture:archivesdefrance:seda:v2.2">`

func TestReadReplyForgives(t *testing.T) {
	ctx := context.Background()
	read := func(s string) (*Reply, *report.Report) {
		t.Helper()
		r, rep, err := ReadReply(ctx, strings.NewReader(s))
		if err != nil {
			t.Fatal(err)
		}
		return r, rep
	}
	r, rep := read(head + `<ReplyCode> OK
	</ReplyCode><ReplyCode>KO</ReplyCode><MessageIdentifier>m`)
	if r == nil || r.Code != "OK" || rep.Valid() || r.Version != V22 {
		t.Errorf("a reply that breaks off: %+v", r)
	}
	r, _ = read(`<x:ArchiveTransferReply xmlns:x="other"><x:ReplyCode>000</x:ReplyCode><x:DataObjectPackage><x:DescriptiveMetadata>
		<x:ArchiveUnit id="A"><x:ArchiveUnit id="B"><x:Content><x:ArchivalAgencyArchiveUnitIdentifier>N1</x:ArchivalAgencyArchiveUnitIdentifier></x:Content></x:ArchiveUnit>
		<x:Content><x:SystemId>S</x:SystemId></x:Content></x:ArchiveUnit></x:DescriptiveMetadata></x:DataObjectPackage></x:ArchiveTransferReply>`)
	if r.Acceptance() != Accepted || r.SystemID("A") != "S" || r.SystemID("B") != "N1" || r.SystemID("C") != "" {
		t.Errorf("nested units: %+v", r.Units)
	}
	for _, s := range []string{"", "<a", "text", "<ArchiveTransfer/>", "<!DOCTYPE a><ArchiveTransferReply/>"} {
		if r, rep := read(s); r != nil || rep.Valid() {
			t.Errorf("%q is a reply", s)
		}
	}
	if _, _, err := ReadReply(ctx, errReader{}); !errors.Is(err, errFull) {
		t.Errorf("the source's error is lost: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, _, err := ReadReply(cancelled, strings.NewReader(head)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errFull }

func TestAcceptance(t *testing.T) {
	for code, want := range map[string]Acceptance{
		"OK": Accepted, "ok": Accepted, "000": Accepted, "WARNING": AcceptedWithWarning, "001": AcceptedWithWarning, "002": AcceptedWithWarning,
		"KO": Refused, "FATAL": Refused, "300": Refused, "": Unclear, "ReplyCode0": Unclear, "00": Unclear,
	} {
		if got := (&Reply{Code: code}).Acceptance(); got != want {
			t.Errorf("code %q: %d", code, got)
		}
	}
	swapped := &Reply{MessageID: "MSG-1", RequestID: "ATR_27"}
	if !swapped.Answers("MSG-1") || !swapped.Answers("ATR_27") || swapped.Answers("MSG-2") || (&Reply{}).Answers("") {
		t.Error("Answers")
	}
}

// TestReadReplyBoundsWhatItKeeps: a reply without end costs a finding, not the
// memory of the machine.
func TestReadReplyBoundsWhatItKeeps(t *testing.T) {
	p := &replyReader{limit: 10_000}
	rep := &report.Report{}
	src := io.MultiReader(strings.NewReader(head), strings.NewReader(strings.Repeat(`<ArchiveUnit id="a"/>`, 1000)))
	if err := p.read(context.Background(), src, rep); err != nil || !rep.Has(report.LimBytes) {
		t.Errorf("%v, %v", err, rep.Err())
	}
	if len(p.reply.Units) > 200 {
		t.Errorf("%d units kept", len(p.reply.Units))
	}
}

// An event that says nothing costs what it takes all the same.
func TestEventsOfAReplyAreCountedAtTheirSize(t *testing.T) {
	p := &replyReader{limit: 1 << 20}
	rep := &report.Report{}
	src := "<ArchiveTransferReply><Operation>" + strings.Repeat("<Event/>", 10_000) + "</Operation></ArchiveTransferReply>"
	if err := p.read(context.Background(), strings.NewReader(src), rep); err != nil || !rep.Has(report.LimBytes) {
		t.Fatalf("%v: %v", err, rep.Err())
	}
	if used := cap(p.reply.Events) * int(unsafe.Sizeof(Step{})); used > 1<<20 {
		t.Errorf("%d bytes of events within a limit of %d", used, 1<<20)
	}
}

func FuzzATR(f *testing.F) {
	for _, r := range replies {
		f.Add([]byte(r))
	}
	f.Add([]byte(head + `<ReplyCode>OK</ReplyCode><Operation><Event><EventDateTime>2020-11-26T23:11:34.307</EventDateTime></Event></Operation></ArchiveTransferReply>`))
	f.Add([]byte(head + `<ArchiveUnit id="A"><Content><SystemId>S</SystemId></Content></ArchiveUnit></ArchiveUnit>`))
	f.Add([]byte(`<ArchiveUnit><Event><ArchiveTransferReply>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, rep, err := ReadReply(context.Background(), bytes.NewReader(data))
		if err != nil {
			t.Fatalf("a reader that cannot fail: %v", err)
		}
		if r == nil && rep.Valid() {
			t.Fatal("nothing is read and nothing is said")
		}
		if r != nil {
			_, _ = r.Acceptance(), r.Failures()
		}
	})
}

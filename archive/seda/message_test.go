package seda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/internal/archivetest"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/corpus"
)

var everyVersion = append([]Version{V02, V10}, written...)

// fullMessage is a message that says all its version can; records are carried
// when it may carry some.
func fullMessage(t testing.TB, name string, v Version) *Message {
	t.Helper()
	party := func(id string) archive.Agency { return archive.Agency{ID: id, Name: "Nom de " + id} }
	ref := UnitRef{ID: "FRAD021_1"}
	if v == V10 {
		ref.Scheme = "ArchivalAgencyArchiveIdentifier"
	}
	at := time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC)
	m := &Message{Name: name, Version: v}
	h := &m.Package.Header
	h.Comments, h.Date, h.MessageID = []string{"Un"}, sent, "M-1"
	h.CodeLists = map[string]string{"Reply": "R1", "MessageDigestAlgorithm": "M1", "FileFormat": "F1"}
	var units []*archive.Unit
	for _, s := range formOf(name, v).slots() {
		switch {
		case s.answered:
			m.RequestID = "M-0"
		case messageAgencies[s.name] != nil:
			*messageAgencies[s.name](m) = party(s.name)
		case messageMoments[s.name] != nil && s.name != "Date":
			*messageMoments[s.name](m) = at
		}
		switch s.name {
		case "ReplyCode":
			m.ReplyCode = "001"
		case "ArchivalAgreement":
			h.Agreement = "ACC"
		case "RelatedTransferReference":
			h.Related = []string{"T-0"}
		case "UnitIdentifier":
			m.Units = []UnitRef{ref, {ID: "FRAD021_2", Scheme: ref.Scheme}}
			if s.single {
				m.Units = m.Units[:1]
			}
		case "Derogation":
			m.Derogation = true
		case "AuthorizationRequestReplyIdentifier":
			m.Authorizations = []string{"A-1"}
		case "AuthorizationRequestContent", "Request":
			m.Asks = &Authorization{Reason: "destruction", Date: archive.Day(day("2024-07-01")), Units: []UnitRef{ref}, Requester: party("Requester")}
			if v != V10 {
				m.Asks.Comments = []string{"Motif"}
			}
		case "OriginatingAgencyAuthorization": // kept as it is
			m.Extras = append(m.Extras, archive.Extra{In: name, Name: s.name, XML: `<OriginatingAgencyAuthorization xmlns="` + v.Namespace() + `"><Answer>true</Answer>` +
				`<AuthorizationOriginatingAgencyRequestReplyIdentifier>X</AuthorizationOriginatingAgencyRequestReplyIdentifier><Comment>c</Comment><OriginatingAgency><Identification>P</Identification></OriginatingAgency></OriginatingAgencyAuthorization>`})
		case "DestructionAcceptanceIdentifier":
			if !s.self {
				m.Extras = append(m.Extras, archive.Extra{In: name, Name: s.name, XML: `<DestructionAcceptanceIdentifier xmlns="` + v.Namespace() + `">X</DestructionAcceptanceIdentifier>`})
			}
		case "Operation":
			if v > V20 {
				m.Extras = append(m.Extras, archive.Extra{In: name, Name: s.name, XML: `<Operation xmlns="` + v.Namespace() + `"><Event><EventTypeCode>STEP</EventTypeCode><EventDateTime>2024-07-01T10:00:00</EventDateTime></Event></Operation>`})
			}
		case "Archive", "Contains", "DataObjectPackage":
			units = []*archive.Unit{{ID: "A1", Level: archive.File, Title: "Dossier", ArchivalIDs: []string{"COTE"}, Languages: []string{"fr"},
				Rules: []ged.Rule{{Category: ged.Communicabilite, Code: "AR038", Start: day("2024-01-01")}}}}
		}
	}
	m.Package.Units = units
	if v.Early() {
		h.CodeLists = nil
		if len(units) > 0 {
			m.Package.Origin = string(v)
		}
	} else if name == "Acknowledgement" {
		h.CodeLists = nil
	}
	return m
}

func dumpMessage(m *Message) string {
	c := *m
	c.Package = archive.Package{}
	c.Asks = nil
	p := m.Package
	p.Origin = ""
	asks := "nothing"
	if m.Asks != nil {
		asks = fmt.Sprintf("%+v", *m.Asks)
	}
	return fmt.Sprintf("%+v\n%s\n%s", c, asks, dump(&p))
}

func readMessage(t testing.TB, doc []byte) (*Message, *report.Report, bool) {
	t.Helper()
	r := &report.Report{}
	m, complete, err := ReadMessage(context.Background(), bytes.NewReader(doc), ReadOptions{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return m, r, complete
}

func writeMessage(t testing.TB, m *Message, opt Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMessage(context.Background(), &b, m, opt); err != nil {
		t.Fatalf("%s %s: %v", m.Name, m.Version, err)
	}
	return b.Bytes()
}

// TestEveryMessageOfEveryVersion writes each with all it can say: the official
// schema takes it, and it reads back the same.
func TestEveryMessageOfEveryVersion(t *testing.T) {
	total := 0
	for _, v := range everyVersion {
		var docs [][]byte
		for _, name := range Messages(v) {
			m := fullMessage(t, name, v)
			doc := writeMessage(t, m, Options{})
			docs = append(docs, doc)
			again, r, complete := readMessage(t, doc)
			if !complete || !r.Valid() || dumpMessage(again) != dumpMessage(m) {
				t.Errorf("%s %s: %v %s", name, v, r.Err(), difference(dumpMessage(m), dumpMessage(again)))
				continue
			}
			if twice := writeMessage(t, again, Options{}); !bytes.Equal(twice, doc) {
				t.Errorf("%s %s: written twice, not the same", name, v)
			}
			total++
		}
		for i, ok := range archivetest.Valid(t, v, docs...) {
			if !ok {
				t.Errorf("%s %s is not valid:\n%s", Messages(v)[i], v, docs[i])
			}
		}
	}
	if total != 14*len(written)+15+24 {
		t.Errorf("%d messages", total)
	}
}

// TestMessagesAreThoseOfTheSchemas compares the table with the elements the
// official schemas declare.
func TestMessagesAreThoseOfTheSchemas(t *testing.T) {
	xsd := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	for v, glob := range map[Version]string{V02: "seda-0.2/v02/archives_*archive*.xsd", V10: "seda-1.0/v10/seda_v1-0_a*.xsd", V21: "seda-2.1/seda-2.1-main.xsd", V23: "seda-2.3/seda-2.3-main.xsd"} {
		files, err := filepath.Glob(filepath.Join(xsd, glob))
		if err != nil || len(files) == 0 {
			t.Fatal(glob, err)
		}
		var want []string
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range strings.Split(string(data), `element name="`)[1:] {
				name, rest, _ := strings.Cut(s, `"`)
				rest, _, _ = strings.Cut(rest, ">")
				root := strings.HasPrefix(name, "Archive") || strings.HasPrefix(name, "Authorization") || name == "Acknowledgement"
				if root && strings.Contains(rest, `type="`+name+`Type"`) && !slices.Contains(want, name) {
					want = append(want, name)
				}
			}
		}
		want = slices.DeleteFunc(want, func(s string) bool {
			return slices.Contains([]string{"ArchiveTransfer", "Archive", "ArchiveObject", "ArchiveUnit", "Authorization", "AuthorizationRequestContent"}, s)
		})
		slices.Sort(want)
		got := Messages(v)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v\nwant %v", v, got, want)
		}
	}
}

func TestMessagesOfTheCorpus(t *testing.T) {
	dir := corpus.Dir(t, "archive")
	docs := map[Version][][2][]byte{}
	n := 0
	for _, row := range corpus.Expected(t, "archive") {
		if row.Kind != "seda.reply" && row.Kind != "seda.message" || !strings.HasSuffix(row.Path, ".xml") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row.Path))
		if err != nil {
			t.Fatal(err)
		}
		m, r, complete := readMessage(t, data)
		if m == nil || !complete {
			t.Errorf("%s: %v", row.Path, r.Err())
			continue
		}
		n++
		for fact, got := range map[string]string{"replyCode": m.ReplyCode, "messageIdentifier": m.Package.Header.MessageID, "messageRequestIdentifier": m.RequestID} {
			if got != row.Facts[fact] {
				t.Errorf("%s: %s is not as stated", row.Path, fact)
			}
		}
		out := writeMessage(t, m, Options{Checked: true})
		again, _, _ := readMessage(t, out)
		if again == nil || dumpMessage(again) != dumpMessage(m) {
			t.Errorf("%s: %s", row.Path, difference(dumpMessage(m), dumpMessage(again)))
		}
		docs[m.Version] = append(docs[m.Version], [2][]byte{data, out})
	}
	if n < 9 {
		t.Errorf("only %d messages", n)
	}
	kept := 0
	for v, pairs := range docs {
		var before, after [][]byte
		for _, p := range pairs {
			before, after = append(before, p[0]), append(after, p[1])
		}
		was, is := archivetest.Valid(t, v, before...), archivetest.Valid(t, v, after...)
		for i := range was {
			if was[i] && !is[i] {
				t.Errorf("%s: valid before, not after:\n%s", v, after[i])
			} else if was[i] {
				kept++
			}
		}
	}
	if kept < 5 {
		t.Errorf("only %d valid replies prove little", kept)
	}
}

func TestMessageDemands(t *testing.T) {
	for _, v := range everyVersion {
		for _, name := range Messages(v) {
			r := &report.Report{}
			m := &Message{Name: name, Version: v}
			CheckMessage(m, Options{}, r)
			var b bytes.Buffer
			var invalid *report.InvalidError
			if err := WriteMessage(context.Background(), &b, m, Options{}); !r.Has(RuleRequired) || !errors.As(err, &invalid) || b.Len() > 0 {
				t.Errorf("%s %s: an empty message is written", name, v)
			}
		}
	}
	for _, m := range []*Message{{Name: "ArchiveTransfer", Version: V21}, {Name: "ArchiveDelivery", Version: V21}, {Name: "Acknowledgement", Version: V02}, {Name: "Acknowledgement"}} {
		if err := WriteMessage(context.Background(), &bytes.Buffer{}, m, Options{}); !errors.Is(err, ErrVersion) {
			t.Errorf("%s %s: %v", m.Name, m.Version, err)
		}
	}
	// No destruction without the reply that allows it.
	m := fullMessage(t, "ArchiveDestructionNotification", V22)
	m.Authorizations = nil
	if err := WriteMessage(context.Background(), &bytes.Buffer{}, m, Options{}); err == nil {
		t.Error("a destruction nobody allowed is notified")
	}
}

func FuzzMessage(f *testing.F) {
	for _, v := range everyVersion {
		for _, name := range Messages(v) {
			f.Add(writeMessage(f, fullMessage(f, name, v), Options{}))
		}
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		m, r, complete := readMessage(t, doc)
		if m == nil || !complete || r.Has(archive.RuleIDTwice) || Supported(m.Version) != nil {
			return
		}
		var b bytes.Buffer
		if WriteMessage(context.Background(), &b, m, Options{Checked: true}) != nil {
			return // an identifier no document can hold
		}
		if again, _, complete := readMessage(t, b.Bytes()); again == nil || !complete {
			t.Fatal("what was written cannot be read")
		}
		CheckMessage(m, Options{}, &report.Report{})
	})
}

package ged

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// fullDocument fills every field, so that a field lost on the way shows.
func fullDocument() *Document {
	at := time.Date(2024, 7, 1, 9, 30, 0, 0, time.UTC)
	return &Document{
		ID: "0190-1", Identifiers: []Identifier{{SchemeActeNumero, "D2024_042"}, {SchemeActeID, "034-123456782-20240627-D2024_042-DE"}},
		Title: "Tarifs de la cantine", Description: "Œuvres & kana かな", Type: Deliberation,
		Agents: []Agent{{Role: Producer, SIREN: "123456782", SIRET: "12345678200010", ID: "x", Name: "Commune", Person: true, Function: "f"}},
		Class:  Class{Plan: "plan", Version: "2024", Path: []ClassStep{{"1", "Finances"}, {"1.2", "Tarifs"}}},
		Dates: Dates{Created: at, Received: at, Acted: Date{2024, 6, 27}, Transmitted: at, Published: Date{2024, 7, 2},
			Closed: Date{2024, 12, 31}, From: Date{2024, 1, 1}, To: Date{2024, 12, 31}},
		Languages: []string{"fr"}, Keywords: []Keyword{{"Cantine", "T1", "matieres", "subject"}},
		Files: []File{{ID: "f", Name: "délib.pdf", Role: RoleMain, Title: "t", Code: "99_DE", MediaType: "application/pdf", PUID: "fmt/95",
			FormatName: "PDF/A-1a", Size: 12, Digests: []Digest{{SHA512, "ab"}}, Created: at, Agent: "a"}},
		Signatures: []SignatureCheck{{File: "f", Format: "PAdES", Level: "B", Indication: "INDETERMINATE", SubIndication: "x", Signer: "s", Signed: at, Checked: at}},
		Status:     Acquitte, Events: []Event{{Type: EventIngestion, Time: at, Agent: "a", Outcome: Success, Code: "c", Detail: "d", Files: []string{"f"}}},
		Relations: []Relation{{AnnexeDe, "other", "s"}},
		Rules: []Rule{{Category: Conservation, Code: "DUA", Duration: Period{1, 0, 0}, Unlimited: true, Start: Date{2024, 6, 27}, StartEvent: FromActe,
			End: Date{2025, 6, 27}, SortFinal: Conserver, Reference: "r", Uncertain: true}},
		Holds: []Hold{{"contentieux", "o", Date{2024, 1, 1}}}, Privacy: Privacy{Ordinaire, "mission d'intérêt public"},
		Extra: []Field{{"actes:x", KindInteger, []string{"1", "2"}}},
	}
}

func TestDocumentJSONKeepsEveryField(t *testing.T) {
	d := fullDocument()
	v := reflect.ValueOf(*d)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("the sample leaves %s empty", v.Type().Field(i).Name)
		}
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back Document
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*d, back) {
		t.Errorf("document changed by JSON:\n%+v\n%+v", *d, back)
	}
	b, _ = json.Marshal(Document{ID: "1", Title: "t"})
	if string(b) != `{"id":"1","title":"t"}` {
		t.Errorf("empty fields are written: %s", b)
	}
}

func TestDocumentLookups(t *testing.T) {
	d := fullDocument()
	if d.Identifier(SchemeActeNumero) != "D2024_042" || d.Identifier("none") != "" {
		t.Error("Identifier")
	}
	if a, ok := d.Agent(Producer); !ok || a.Identity() != "12345678200010" {
		t.Error("Agent")
	}
	if _, ok := d.Agent(Recipient); ok {
		t.Error("an agent nobody declared")
	}
	if d.Class.Code() != "1.2" || (Class{}).Code() != "" {
		t.Error("Class.Code")
	}
	if Deliberation.Label() != "Délibération" || Type("autre:x").Label() != "autre:x" {
		t.Error("Label")
	}
	if d.Files[0].Digest(SHA512) != "ab" || d.Files[0].Digest(SHA256) != "" {
		t.Error("Digest")
	}
	if (Agent{SIREN: "1"}).Identity() != "1" || (Agent{ID: "2"}).Identity() != "2" {
		t.Error("Identity")
	}
}

func TestParsePeriod(t *testing.T) {
	for s, want := range map[string]Period{
		"P1Y": {1, 0, 0}, "P1Y6M": {1, 6, 0}, "P18M": {0, 18, 0}, "P30D": {0, 0, 30}, "P2W": {0, 0, 14}, "P1W1D": {0, 0, 8}, "P0D": {}, " P10Y ": {10, 0, 0},
	} {
		got, err := ParsePeriod(s)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
		again, err := ParsePeriod(got.String())
		if err != nil || again != got {
			t.Errorf("%q is not read back: %q", s, got)
		}
	}
	for _, s := range []string{"", "P", "1Y", "PT1H", "P1.5Y", "P-1Y", "P1M1Y", "P1Y1Y", "P99999Y", "P10000Y", "PY", "P1", "-P1Y", "P１Y"} {
		if p, err := ParsePeriod(s); !errors.Is(err, ErrPeriod) {
			t.Errorf("%q is read as %v", s, p)
		}
	}
}

func TestPeriodAfterKeepsToTheCalendar(t *testing.T) {
	for _, c := range []struct{ start, period, want string }{
		{"2024-06-28", "P50Y", "2074-06-28"},
		{"2024-02-29", "P1Y", "2025-02-28"},
		{"2024-02-29", "P4Y", "2028-02-29"},
		{"2024-01-31", "P1M", "2024-02-29"},
		{"2024-12-31", "P1M1D", "2025-02-01"},
	} {
		d, _ := ParseDate(c.start)
		p, _ := ParsePeriod(c.period)
		if got := p.After(d).String(); got != c.want {
			t.Errorf("%s + %s = %s, want %s", c.start, c.period, got, c.want)
		}
	}
}

func TestParseAlgorithm(t *testing.T) {
	for s, want := range map[string]Algorithm{
		"SHA-512": SHA512, "sha512": SHA512, "http://www.w3.org/2001/04/xmlenc#sha512": SHA512, "sha_256": SHA256,
		"http://www.w3.org/2000/09/xmldsig#sha1": SHA1, "md5": MD5, "urn:x:sha384": SHA384,
	} {
		if got, ok := ParseAlgorithm(s); !ok || got != want {
			t.Errorf("%q: %q", s, got)
		}
		if want.Size() == 0 {
			t.Errorf("%q has no size", want)
		}
	}
	for _, s := range []string{"", "sha3-512", "crc32"} {
		if got, ok := ParseAlgorithm(s); ok {
			t.Errorf("%q: %q", s, got)
		}
	}
	if !SHA1.Weak() || SHA256.Weak() {
		t.Error("Weak")
	}
}

func TestSourcesReadTheSameBytesTwice(t *testing.T) {
	ctx := context.Background()
	fsys := fstest.MapFS{"d/a.txt": {Data: []byte("contenu")}}
	file, err := FileSource(fsys, "d/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512([]byte("contenu"))
	for name, s := range map[string]Source{
		"bytes": BytesSource("contenu"), "file": file, "reader": ReaderSource{strings.NewReader("contenu"), 7},
	} {
		for range 2 {
			d, n, err := DigestSource(ctx, s, SHA256, SHA512)
			if err != nil || n != 7 || n != s.Size() {
				t.Fatalf("%s: %d bytes, %v", name, n, err)
			}
			if d[1] != (Digest{SHA512, hex.EncodeToString(sum[:])}) || d[0].Algorithm != SHA256 {
				t.Errorf("%s: wrong digest", name)
			}
		}
	}
	if _, err := FileSource(fsys, "d"); err == nil {
		t.Error("a folder is a source")
	}
	c := Contents{"f": file, "nil": nil}
	if s, err := c.Source(ctx, "any", "f"); err != nil || s.Size() != 7 {
		t.Error("Contents does not find its file")
	}
	for _, id := range []string{"nil", "absent"} {
		if _, err := c.Source(ctx, "any", id); !errors.Is(err, ErrNoContent) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestDigestSourceStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := DigestSource(ctx, BytesSource("x"), SHA256); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, _, err := DigestSource(context.Background(), BytesSource("x"), MD5); err == nil {
		t.Error("MD5 is computed")
	}
}

func TestHasherReset(t *testing.T) {
	h, err := NewHasher(SHA256)
	if err != nil {
		t.Fatal(err)
	}
	first := h.Digests()[0]
	_, _ = io.WriteString(h, "abc")
	if h.Digests()[0] == first || h.Size() != 3 {
		t.Error("bytes written do not change the digest")
	}
	h.Reset()
	if h.Digests()[0] != first || h.Size() != 0 {
		t.Error("Reset leaves something behind")
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"P1Y", "P1Y6M", "P2W3D", "P", "P1M1Y", "P9999Y9999M9999D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePeriod(s)
		if err != nil {
			return
		}
		if again, err := ParsePeriod(p.String()); err != nil || again != p {
			t.Errorf("%v is written %q and read %v", p, p.String(), again)
		}
		if end := p.After(Date{2024, 2, 29}); !end.Valid() || end.Before(Date{2024, 2, 29}) {
			t.Errorf("%v ends on %v", p, end)
		}
	})
}

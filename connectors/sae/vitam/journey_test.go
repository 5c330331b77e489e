package vitam

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/connectortest/fakevitam"
	"github.com/liasse/liasse/connectors/connectortest/faults"
	"github.com/liasse/liasse/ged"
)

var noWait = func(context.Context, time.Duration) error { return nil }

func meet(t *testing.T, peer fakevitam.Config, mine Config) (*Client, *fakevitam.Server) {
	t.Helper()
	fake := fakevitam.New(peer)
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	mine.URL, mine.AllowHTTP = s.URL, true
	if mine.Sleep == nil {
		mine.Sleep = noWait
	}
	if mine.AccessContract == "" {
		mine.AccessContract = "AC-000001"
	}
	c, err := New(mine)
	if err != nil {
		t.Fatal(err)
	}
	return c, fake
}

func sha512hex(b string) string {
	sum := sha512.Sum512([]byte(b))
	return hex.EncodeToString(sum[:])
}

// sip makes a package with one unit and one object; spoil changes its parts.
func sip(t *testing.T, id string, spoil func(files map[string]string)) connectors.Package {
	t.Helper()
	pdf := "%PDF-1.4 délibération"
	files := map[string]string{"content/ID12.pdf": pdf, "manifest.xml": `<?xml version="1.0" encoding="UTF-8"?>
<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1"><Date>2026-03-02T10:00:00</Date><MessageIdentifier>` + id + `</MessageIdentifier><ArchivalAgreement>IC-1</ArchivalAgreement>
<DataObjectPackage><DataObjectGroup id="ID11"><BinaryDataObject id="ID12"><DataObjectVersion>BinaryMaster_1</DataObjectVersion><Uri>content/ID12.pdf</Uri><MessageDigest algorithm="SHA-512">` + sha512hex(pdf) + `</MessageDigest><Size>` + fmt.Sprint(len(pdf)) + `</Size></BinaryDataObject></DataObjectGroup>
<DescriptiveMetadata><ArchiveUnit id="ID10"><Content><Title>Budget</Title></Content></ArchiveUnit></DescriptiveMetadata></DataObjectPackage>
<ArchivalAgency><Identifier>SAE-1</Identifier></ArchivalAgency><TransferringAgency><Identifier>21340001</Identifier></TransferringAgency></ArchiveTransfer>`}
	if spoil != nil {
		spoil(files)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"manifest.xml", "content/ID12.pdf", "content/more.pdf", "other.xml"} {
		if body, ok := files[name]; ok {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, body)
		}
	}
	z.Close()
	return connectors.Package{Key: connectors.Key{Scope: "21340001", Value: id}, Content: ged.BytesSource(b.Bytes()),
		Manifest: ged.Digest{Algorithm: ged.SHA512, Value: sha512hex(files["manifest.xml"])}}
}

func TestAPackageGoesAllTheWay(t *testing.T) {
	c, fake := meet(t, fakevitam.Config{}, Config{ApplicationID: "liasse"})
	ctx := t.Context()
	if err := c.Test(ctx); err != nil {
		t.Fatal(err)
	}
	r, err := c.Deposit(ctx, sip(t, "M-1", nil))
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for range 4 {
		s, err := c.Status(ctx, r.Ref)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, s.Code+" "+s.State.String())
		if _, err := c.Reply(ctx, r.Ref); (connectors.ClassOf(err) == connectors.NotReady) != (s.State == connectors.Waiting) {
			t.Errorf("reply at %s: %v", s.Code, err)
		}
		fake.Advance()
	}
	if got := strings.Join(states, ", "); got != "PAUSE/UNKNOWN waiting, RUNNING/STARTED waiting, RUNNING/OK waiting, COMPLETED/OK accepted" {
		t.Errorf("states %s", got)
	}
	a, err := c.ATR(ctx, r.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if a.Code != "OK" || a.MessageID != r.Ref.ID || a.RequestID != "M-1" || a.TransferringAgency != "21340001" ||
		len(a.Units) != 1 || a.SystemID("ID10") == "" || len(a.Objects) != 1 || a.Objects[0].ID != "ID12" || a.Objects[0].SystemID == "" {
		t.Errorf("%+v", a.Reply)
	}
	m, err := c.Manifest(ctx, r.Ref)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if b, err := io.ReadAll(m); err != nil || !bytes.Contains(b, []byte("<MessageIdentifier>M-1<")) {
		t.Errorf("%q %v", b, err)
	}
	// Once out of the process table, the reply still tells.
	fake.Forget()
	if s, err := c.Status(ctx, r.Ref); err != nil || s.State != connectors.Accepted {
		t.Errorf("%+v %v", s, err)
	}
}

func TestRefusalsComeAfterTheDeposit(t *testing.T) {
	for want, spoil := range map[string]func(map[string]string){
		"CHECK_DIGEST.INVALID.KO":                                    func(f map[string]string) { f["content/ID12.pdf"] = strings.ToUpper(f["content/ID12.pdf"][:21]) + "xx" },
		"CHECK_MANIFEST_DATAOBJECT_VERSION.MANIFEST_SUPERIOR_BDO.KO": func(f map[string]string) { delete(f, "content/ID12.pdf") },
		"CHECK_MANIFEST.MANIFEST_INFERIOR_BDO.KO":                    func(f map[string]string) { f["content/more.pdf"] = "%PDF" },
		"CHECK_OBJECT_SIZE.KO":                                       func(f map[string]string) { f["content/ID12.pdf"] += "more" },
		"MANIFEST_FILE_NAME_CHECK.KO":                                func(f map[string]string) { delete(f, "manifest.xml") },
		"CHECK_SEDA.NOT_XSD_VALID.KO":                                func(f map[string]string) { f["manifest.xml"] = "<a>" },
	} {
		for _, status := range []int{200, 400} {
			c, fake := meet(t, fakevitam.Config{KOStatus: status}, Config{})
			p := sip(t, "M-1", spoil)
			if want == "MANIFEST_FILE_NAME_CHECK.KO" {
				p.Manifest = ged.Digest{}
			}
			r, err := c.Deposit(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				fake.Advance()
			}
			s, err := c.Status(t.Context(), r.Ref)
			if err != nil || s.State != connectors.Refused || connectors.ClassOf(s.Err()) != connectors.Rejected {
				t.Errorf("%s: %+v %v", want, s, err)
			}
			a, err := c.ATR(t.Context(), r.Ref)
			if err != nil {
				t.Fatal(err)
			}
			f := a.Failures()
			if got := f[len(f)-1].Detail; got != want || a.Status().State != connectors.Refused {
				t.Errorf("failed at %s, want %s", got, want)
			}
			if len(fake.Archived()) != 0 {
				t.Error("archived all the same")
			}
		}
	}
}

func TestMangledUploadEndsKO(t *testing.T) {
	c, fake := meet(t, fakevitam.Config{}, Config{})
	p := sip(t, "M-1", nil)
	p.Manifest.Value = sha512hex("another manifest")
	r, err := c.Deposit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		fake.Advance()
	}
	a, err := c.ATR(t.Context(), r.Ref)
	if err != nil || a.Failures()[1].Code != "MANIFEST_DIGEST_CHECK" || a.RequestID != "Unknown" {
		t.Errorf("%+v %v", a, err)
	}
}

func TestOutcomesThatAreNotOK(t *testing.T) {
	c, fake := meet(t, fakevitam.Config{Warn: true}, Config{})
	r, err := c.Deposit(t.Context(), sip(t, "M-1", nil))
	if err != nil {
		t.Fatal(err)
	}
	p := sip(t, "M-2", nil)
	p.Purpose = connectors.Rehearsal
	if _, err := c.Deposit(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		fake.Advance()
	}
	if s, err := c.Status(t.Context(), r.Ref); err != nil || s.State != connectors.AcceptedWithWarning {
		t.Errorf("%+v %v", s, err)
	}
	if got := fmt.Sprint(fake.Archived()); got != "[M-1]" {
		t.Errorf("archived %s: a rehearsal keeps nothing", got)
	}
	r, _ = c.Deposit(t.Context(), sip(t, "M-3", nil))
	fake.Break()
	for range 3 {
		fake.Advance()
	}
	if s, err := c.Status(t.Context(), r.Ref); err != nil || s.State != connectors.Failed || !s.Alert || connectors.ClassOf(s.Err()) != connectors.Transient {
		t.Errorf("%+v %v", s, err)
	}
}

func TestWhatTheServerWouldRefuse(t *testing.T) {
	c, fake := meet(t, fakevitam.Config{}, Config{})
	for code, spoil := range map[string]func(*connectors.Package){
		"no-file": func(p *connectors.Package) { p.Content = ged.BytesSource("") },
		"purpose": func(p *connectors.Package) { p.Purpose = 9 },
		"digest":  func(p *connectors.Package) { p.Manifest.Value = strings.ToUpper(p.Manifest.Value) },
	} {
		p := sip(t, "M", nil)
		spoil(&p)
		_, err := c.Deposit(t.Context(), p)
		var e *connectors.Error
		if !errors.As(err, &e) || e.Class != connectors.Invalid || e.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "../../x"}); connectors.ClassOf(err) != connectors.Invalid {
		t.Errorf("%v", err)
	}
	if n := len(fake.Journal()); n != 0 {
		t.Errorf("%d requests left", n)
	}
}

// TestFakeRefusesAsTheServer talks to the fake without the connector, which
// never makes these mistakes.
func TestFakeRefusesAsTheServer(t *testing.T) {
	fake := fakevitam.New(fakevitam.Config{Tenants: []int{0, 1}, Foreign: []int{1}})
	for name, x := range map[string]struct {
		change func(http.Header)
		status int
		body   string
	}{
		"zip":            {func(h http.Header) { h.Set("Content-Type", "application/zip") }, 415, ""},
		"no tenant":      {func(h http.Header) { h.Del("X-Tenant-Id") }, 412, `<p>{"Error":"X-Tenant-Id check failed!"}</p>`},
		"not a number":   {func(h http.Header) { h.Set("X-Tenant-Id", "a") }, 412, "X-Tenant-Id check failed!"},
		"unknown tenant": {func(h http.Header) { h.Set("X-Tenant-Id", "7") }, 401, "X-Tenant-Id check failed!"},
		"foreign tenant": {func(h http.Header) { h.Set("X-Tenant-Id", "1") }, 401, "INTERNAL_SECURITY_UNAUTHORIZED"},
		"no context":     {func(h http.Header) { h.Del("X-Context-Id") }, 503, "<ReplyCode>KO</ReplyCode>"},
		"good":           {func(http.Header) {}, 202, ""},
	} {
		r := httptest.NewRequest("POST", "/ingest-external/v1/ingests", strings.NewReader("PK"))
		r.Header = http.Header{"Content-Type": {"application/octet-stream"}, "X-Tenant-Id": {"0"}, "X-Action": {"RESUME"}, "X-Context-Id": {"DEFAULT_WORKFLOW"}}
		x.change(r.Header)
		rec := httptest.NewRecorder()
		fake.ServeHTTP(rec, r)
		if rec.Code != x.status || !strings.Contains(rec.Body.String(), x.body) || (x.body == "") != (rec.Body.Len() == 0) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
		if (x.status == 503 || x.status == 202) != (rec.Header().Get("X-Request-Id") != "") {
			t.Errorf("%s: X-Request-Id %q", name, rec.Header().Get("X-Request-Id"))
		}
	}
}

// TestEachFaultGetsItsClass: whatever happens on the way, the class tells
// whether the package may be there, and the look-up finds it when it is.
func TestEachFaultGetsItsClass(t *testing.T) {
	for name, x := range map[string]struct {
		fault faults.Fault
		want  connectors.Class
		there bool
	}{
		"answer lost":   {faults.Fault{Kind: faults.Drop}, connectors.InDoubt, true},
		"answer late":   {faults.Fault{Kind: faults.Stall, Delay: time.Minute}, connectors.InDoubt, true},
		"reverse proxy": {faults.Fault{Kind: faults.BadGateway}, connectors.InDoubt, false},
		"maintenance":   {faults.Fault{Kind: faults.Maintenance, Delay: time.Minute}, connectors.Throttled, false},
		"upload cut":    {faults.Fault{Kind: faults.Cut, Bytes: 10}, connectors.Transient, false},
		"login page":    {faults.Fault{Kind: faults.LoginPage}, connectors.PeerBug, false},
		"redirect":      {faults.Fault{Kind: faults.Elsewhere}, connectors.Auth, false},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			var cfg Config
			if x.fault.Kind == faults.Stall {
				cfg.AnswerTimeout = time.Second
			}
			c, fake := meet(t, fakevitam.Config{Now: func() time.Time { return now }}, cfg)
			x.fault.Path = "/ingests"
			fake.Faults.Add(x.fault)
			p := sip(t, "M-1", nil)
			if name == "upload cut" {
				p.Content = ged.BytesSource(make([]byte, 16<<20))
			}
			attempt := connectors.Attempt{Key: p.Key, Started: now}
			_, err := c.Deposit(t.Context(), p)
			if got := connectors.ClassOf(err); got != x.want {
				t.Fatalf("class %s, want %s: %v", got, x.want, err)
			}
			// Before the manifest is read nobody can tell.
			found, err := c.Lookup(t.Context(), attempt)
			if x.there && connectors.ClassOf(err) != connectors.NotReady || !x.there && err != nil {
				t.Errorf("early look-up: %+v %v", found, err)
			}
			fake.Advance()
			fake.Advance() // the logbook knows it, the register not yet
			for _, more := range []string{"logbook", "register"} {
				found, err = c.Lookup(t.Context(), attempt)
				if err != nil || (len(found) == 1) != x.there || len(found) > 1 {
					t.Errorf("look-up in the %s: %+v %v", more, found, err)
				}
				fake.Advance()
			}
			if x.there {
				if s, err := c.Status(t.Context(), found[0].Ref); err != nil || s.State != connectors.Accepted {
					t.Errorf("%+v %v", s, err)
				}
			}
		})
	}
}

func TestDepositsByOthersAreNotOurs(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c, fake := meet(t, fakevitam.Config{Now: func() time.Time { return now }}, Config{})
	ours := connectors.Attempt{Key: connectors.Key{Value: "M-1"}, Started: now}
	if _, err := c.Deposit(t.Context(), sip(t, "M-2", nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Lookup(t.Context(), ours); connectors.ClassOf(err) != connectors.NotReady {
		t.Errorf("a nameless ingest may be ours: %v", err)
	}
	for range 3 {
		fake.Advance()
	}
	if found, err := c.Lookup(t.Context(), ours); err != nil || len(found) != 0 {
		t.Errorf("%+v %v", found, err)
	}
	// An upload that was cut never gets a name: after a while it is dead.
	fake.Faults.Add(faults.Fault{Kind: faults.Cut})
	c.Deposit(t.Context(), sip(t, "M-3", nil))
	now = now.Add(2 * time.Hour)
	if found, err := c.Lookup(t.Context(), ours); err != nil || len(found) != 0 {
		t.Errorf("%+v %v", found, err)
	}
}

func TestSamePackageTwiceIsArchivedTwice(t *testing.T) {
	c, fake := meet(t, fakevitam.Config{}, Config{})
	p := sip(t, "M-1", nil)
	for range 2 {
		if _, err := c.Deposit(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		fake.Advance()
	}
	if got := fmt.Sprint(fake.Archived()); got != "[M-1 M-1]" {
		t.Errorf("archived %s", got)
	}
	found, err := c.Lookup(t.Context(), connectors.Attempt{Key: p.Key})
	if err != nil || len(found) != 2 || found[0].Ref == found[1].Ref {
		t.Errorf("%+v %v", found, err)
	}
}

func TestUnknownOperationsInTheirThreeShapes(t *testing.T) {
	for unknown, want := range map[int]connectors.Class{404: connectors.NotFound, 204: connectors.NotFound, 500: connectors.Transient} {
		c, fake := meet(t, fakevitam.Config{Unknown: unknown}, Config{})
		if _, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: guid}); connectors.ClassOf(err) != want {
			t.Errorf("%d: %v", unknown, err)
		}
		r, err := c.Deposit(t.Context(), sip(t, "M-1", nil))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			fake.Advance()
		}
		fake.Forget()
		if s, err := c.Status(t.Context(), r.Ref); err != nil || s.State != connectors.Accepted || s.Reply == nil {
			t.Errorf("%d: %+v %v", unknown, s, err)
		}
	}
}

func TestDescriptorListsWhatThereIs(t *testing.T) {
	c, err := New(Config{URL: "https://sae.example"})
	if err != nil {
		t.Fatal(err)
	}
	declared := fmt.Sprint(c.Descriptor().Capabilities)
	if real := fmt.Sprint(connectors.CapabilitiesOf(c)); declared != real {
		t.Errorf("declared %s, real %s", declared, real)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{`{"$results":[]}`, `<ArchiveTransferReply><ReplyCode>OK</ReplyCode></ArchiveTransferReply>`, "<html>", `{"state":"x"}`, ""} {
		f.Add(200, []byte(s), "COMPLETED", "OK")
		f.Add(503, []byte(s), "", "")
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, state, outcome string) {
		if status < 100 || status > 599 {
			return
		}
		c, err := New(Config{URL: "https://sae.example", Sleep: noWait, AccessContract: "A", Attempts: 1, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				r.Body.Close()
			}
			h := http.Header{}
			h.Set("X-Global-Execution-State", state)
			h.Set("X-Global-Execution-Status", outcome)
			h.Set("X-Request-Id", outcome)
			return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(bytes.NewReader(body))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		ref := connectors.Ref{Connector: ID, ID: guid}
		check := func(err error) {
			t.Helper()
			if err != nil && connectors.ClassOf(err) == 0 {
				t.Errorf("an error without class: %v", err)
			}
		}
		_, err = c.Deposit(t.Context(), connectors.Package{Content: ged.BytesSource("PK")})
		check(err)
		_, err = c.Status(t.Context(), ref)
		check(err)
		_, err = c.Reply(t.Context(), ref)
		check(err)
		_, err = c.Lookup(t.Context(), connectors.Attempt{Key: connectors.Key{Value: "A"}, Started: time.Unix(1, 0)})
		check(err)
	})
}

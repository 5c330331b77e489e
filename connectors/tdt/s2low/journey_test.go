package s2low

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/connectortest/fakes2low"
	"github.com/liasse/liasse/connectors/connectortest/faults"
	"github.com/liasse/liasse/ged"
)

// meet opens a client on a fake server, over real connections.
func meet(t *testing.T, peer fakes2low.Config, mine Config) (*Client, *fakes2low.Server) {
	t.Helper()
	fake := fakes2low.New(peer)
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	mine.URL, mine.AllowHTTP = s.URL, true
	if mine.Sleep == nil {
		mine.Sleep = noWait
	}
	c, err := New(mine)
	if err != nil {
		t.Fatal(err)
	}
	return c, fake
}

func send(t *testing.T, c *Client, number string) connectors.Receipt {
	t.Helper()
	a := someActe()
	a.Numero = number
	r, err := c.Send(t.Context(), connectors.Transmission{Acte: a})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnActGoesAllTheWay(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{Login: "maire", Password: "pâsse"},
		Config{Login: "maire", Password: connectors.NewSecret("pâsse"), Transliterate: true})
	ctx := t.Context()
	if err := c.Test(ctx); err != nil {
		t.Fatal(err)
	}
	act := someActe()
	act.Objet = "L’été à la forêt"
	r, err := c.Send(ctx, connectors.Transmission{Acte: act})
	if err != nil {
		t.Fatal(err)
	}
	if r.Key != (connectors.Key{Scope: "123456782", Value: "DEL2026_012"}) || len(r.Notices) != 1 || !strings.Contains(r.Notices[0], "U+2019") {
		t.Errorf("receipt %+v", r)
	}
	var states []string
	for range 4 {
		s, err := c.Status(ctx, r.Ref)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, s.Code+" "+s.State.String())
		if s.State == connectors.Waiting {
			if _, err := c.Files(ctx, r.Ref); connectors.ClassOf(err) != connectors.NotReady {
				t.Errorf("files before the AR: %v", err)
			}
			if _, err := c.Reply(ctx, r.Ref); connectors.ClassOf(err) != connectors.NotReady {
				t.Errorf("reply before the AR: %v", err)
			}
		}
		fake.Advance()
	}
	if got := strings.Join(states, ", "); got != "1 waiting, 2 waiting, 3 waiting, 4 accepted" {
		t.Errorf("states %s", got)
	}
	ar, err := c.Reply(ctx, r.Ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`IDActe="034-123456782-20260301-DEL2026_012-DE"`, "L'\xe9t\xe9 \xe0 la for\xeat", "99_DE-034-123456782-20260301-DEL2026_012-DE-1-1_1.pdf", "21_DP-", `Nombre="2"`, `CodeMatiere2 actes:CodeMatiere="1"`} {
		if !bytes.Contains(ar, []byte(want)) {
			t.Errorf("the AR lacks %q: %q", want, ar)
		}
	}
	byID, err := c.StatusByIdentifier(ctx, act.ID())
	if err != nil || byID.State != connectors.Accepted {
		t.Errorf("by identifier: %+v %v", byID, err)
	}

	files, err := c.Files(ctx, r.Ref)
	if err != nil || len(files) != 4 {
		t.Fatalf("%+v %v", files, err)
	}
	if files[1].Typologie != "99_DE" || files[1].Posted != "d_lib_ration n_12.pdf" || files[2].Typologie != "21_DP" {
		t.Errorf("files %+v", files)
	}
	fetch := func(open func() (connectors.Content, error)) string {
		t.Helper()
		content, err := open()
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		b, err := io.ReadAll(content)
		if err != nil || content.Size != int64(len(b)) {
			t.Errorf("%d of %d bytes, %v", len(b), content.Size, err)
		}
		return string(b)
	}
	plain := fetch(func() (connectors.Content, error) { return c.Fetch(ctx, files[1].Ref) })
	stamped := fetch(func() (connectors.Content, error) {
		return c.Download(ctx, files[1].Ref, Stamp{On: true, Affichage: ged.Date{Year: 2026, Month: 3, Day: 5}})
	})
	if plain != "%PDF-1.4 acte" || !strings.HasPrefix(stamped, plain) || !strings.Contains(stamped, "2026-03-05") {
		t.Errorf("%q, stamped %q", plain, stamped)
	}
	if b := fetch(func() (connectors.Content, error) { return c.Bordereau(ctx, r.Ref) }); !strings.HasPrefix(b, "%PDF") {
		t.Errorf("bordereau %q", b)
	}

	// Cancellation is a transaction of its own.
	x, err := c.Cancel(ctx, r.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Cancel(ctx, r.Ref); connectors.ClassOf(err) != connectors.Duplicate {
		t.Errorf("cancelled twice: %v", err)
	}
	for range 3 {
		fake.Advance()
	}
	if s, err := c.Status(ctx, r.Ref); err != nil || s.State != connectors.Cancelled {
		t.Errorf("%+v %v", s, err)
	}
	if s, err := c.Status(ctx, x.Ref); err != nil || !bytes.Contains(s.Reply, []byte("ARAnnulation")) {
		t.Errorf("%+v %v", s, err)
	}
}

func TestHeldActsWaitForAPerson(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{}, Config{})
	r, err := c.Send(t.Context(), connectors.Transmission{Acte: someActe(), Hold: true})
	if err != nil || r.Status.State != connectors.WaitingPerson {
		t.Fatalf("%+v %v", r, err)
	}
	s, err := c.Status(t.Context(), r.Ref)
	if err != nil || s.State != connectors.WaitingPerson || !s.Alert {
		t.Errorf("%+v %v", s, err)
	}
	id, _ := strconv.Atoi(r.Ref.ID)
	if !fake.Confirm(id) {
		t.Fatal("not held")
	}
	if s, _ := c.Status(t.Context(), r.Ref); s.State != connectors.Waiting {
		t.Errorf("%+v", s)
	}
}

func TestLateRefusalBurnsTheNumber(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{}, Config{})
	r := send(t, c, "DEL1")
	for range 3 {
		fake.Advance()
	}
	fake.Refuse("DEL1", "Virus détecté dans l'archive")
	s, err := c.Status(t.Context(), r.Ref)
	if err != nil || s.State != connectors.Refused || s.Message != "Virus détecté dans l'archive" || connectors.ClassOf(s.Err()) != connectors.Rejected {
		t.Errorf("%+v %v", s, err)
	}
	a := someActe()
	a.Numero = "DEL1"
	if _, err := c.Send(t.Context(), connectors.Transmission{Acte: a}); connectors.ClassOf(err) != connectors.Duplicate {
		t.Errorf("sent again: %v", err)
	}
	found, err := c.Lookup(t.Context(), connectors.Attempt{Key: r.Key})
	if err != nil || len(found) != 1 || found[0].Status.State != connectors.Refused {
		t.Errorf("%+v %v", found, err)
	}
}

// TestEachFaultGetsItsClass: whatever happens on the way, the class tells
// whether the act may be there, and the look-up says whether it is.
func TestEachFaultGetsItsClass(t *testing.T) {
	const path = "actes_transac_create.php"
	for name, x := range map[string]struct {
		fault faults.Fault
		want  connectors.Class
		there bool
	}{
		"answer lost":     {faults.Fault{Kind: faults.Drop}, connectors.InDoubt, true},
		"answer cut":      {faults.Fault{Kind: faults.Truncate, Bytes: 4}, connectors.InDoubt, true},
		"answer late":     {faults.Fault{Kind: faults.Stall, Delay: time.Minute}, connectors.InDoubt, true},
		"answer mangled":  {faults.Fault{Kind: faults.Garbage}, connectors.PeerBug, true},
		"upload cut":      {faults.Fault{Kind: faults.Cut, Bytes: 100}, connectors.Transient, false},
		"reverse proxy":   {faults.Fault{Kind: faults.BadGateway}, connectors.InDoubt, false},
		"maintenance":     {faults.Fault{Kind: faults.Maintenance, Delay: time.Hour}, connectors.Throttled, false},
		"login page":      {faults.Fault{Kind: faults.LoginPage}, connectors.Auth, false},
		"redirect":        {faults.Fault{Kind: faults.Elsewhere}, connectors.Auth, false},
		"byte order mark": {faults.Fault{Kind: faults.BOM}, 0, true},
		"gzip surprise":   {faults.Fault{Kind: faults.Gzip}, 0, true},
		"answer in drops": {faults.Fault{Kind: faults.Drip, Delay: time.Millisecond}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			var cfg Config
			if x.fault.Kind == faults.Stall {
				cfg.Timeouts.Answer = time.Second
			}
			c, fake := meet(t, fakes2low.Config{}, cfg)
			x.fault.Path = path
			fake.Faults.Add(x.fault)
			a := someActe()
			if x.fault.Kind == faults.Cut {
				// Long enough for the kernel's buffers not to swallow it whole.
				a.Annexes[0].Contenu = strings.NewReader("%PDF-1.4" + strings.Repeat("x", 16<<20))
			}
			began := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
			_, err := c.Send(t.Context(), connectors.Transmission{Acte: a})
			if got := connectors.ClassOf(err); got != x.want || got == 0 && err != nil {
				t.Fatalf("class %s, want %s: %v", got, x.want, err)
			}
			if x.want == connectors.Throttled {
				if e := new(connectors.Error); !errors.As(err, &e) || e.RetryAfter != time.Hour {
					t.Errorf("wait of %v", e.RetryAfter)
				}
			}
			if fake.Faults.Pending() > 0 {
				t.Fatal("the fault did not strike")
			}
			tr := connectors.Transmission{Acte: a}
			found, err := c.Lookup(t.Context(), connectors.Attempt{Key: tr.Key(), Started: began})
			if err != nil || (len(found) == 1) != x.there {
				t.Fatalf("look-up found %d, %v", len(found), err)
			}
			if x.there && (found[0].Seen.Title != a.Objet || found[0].Seen.Date != "2026-03-01" || found[0].Status.State != connectors.Waiting) {
				t.Errorf("found %+v", found[0])
			}
			if _, err := c.Send(t.Context(), connectors.Transmission{Acte: a}); (connectors.ClassOf(err) == connectors.Duplicate) != x.there {
				t.Errorf("sent again: %v", err)
			}
			creations := 0
			for _, e := range fake.Journal() {
				if e.Transaction != 0 {
					creations++
				}
			}
			if creations != 1 {
				t.Errorf("%d acts at the peer", creations)
			}
		})
	}
}

func TestReadsAreTriedAgain(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{}, Config{})
	r := send(t, c, "A1")
	fake.Faults.Add(faults.Fault{Kind: faults.BadGateway, Method: "GET"}, faults.Fault{Kind: faults.Drop, Method: "GET"})
	if s, err := c.Status(t.Context(), r.Ref); err != nil || s.Code != "1" {
		t.Errorf("%+v %v", s, err)
	}
	fake.Faults.Add(faults.Fault{Kind: faults.Drop, Method: "GET", Times: -1})
	if _, err := c.Status(t.Context(), r.Ref); connectors.ClassOf(err) != connectors.Transient {
		t.Errorf("%v", err)
	}
}

func TestLookupFindsAmongMany(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{OldLists: true}, Config{})
	var first connectors.Receipt
	for i := range 230 {
		r := send(t, c, fmt.Sprintf("N%d", i))
		if i == 0 {
			first = r
		}
	}
	// A cancellation bears the number of the act it cancels.
	for range 3 {
		fake.Advance()
	}
	if _, err := c.Cancel(t.Context(), first.Ref); err != nil {
		t.Fatal(err)
	}
	found, err := c.Lookup(t.Context(), connectors.Attempt{Key: first.Key, Started: time.Now()})
	if err != nil || len(found) != 1 || found[0].Ref != first.Ref || found[0].Status.State != connectors.Accepted {
		t.Errorf("%+v %v", found, err)
	}
	if found, err := c.Lookup(t.Context(), connectors.Attempt{Key: connectors.Key{Value: "N"}}); err != nil || len(found) != 0 {
		t.Errorf("%+v %v", found, err)
	}
	n := 0
	for _, err := range c.List(t.Context(), AcquittementRecu, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 230 {
		t.Errorf("%d rows", n)
	}
}

func TestLettersAreKeptUntilAcknowledged(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{}, Config{})
	r := send(t, c, "A1")
	id, _ := strconv.Atoi(r.Ref.ID)
	archive := []byte("\x1f\x8b the préfecture's archive")
	if fake.Letter(3, id, archive) == 0 {
		t.Fatal("no letter")
	}
	inbox := func() (out []connectors.Incoming) {
		for in, err := range c.Incoming(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, in)
		}
		return out
	}
	in := inbox()
	if len(in) != 1 || in[0].Kind != "3" || in[0].Related != r.Ref || in[0].Key.Value != "A1" {
		t.Fatalf("%+v", in)
	}
	for range 2 {
		content, err := c.Receive(t.Context(), in[0])
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(content)
		content.Close()
		if err != nil || !bytes.Equal(b, archive) {
			t.Errorf("%q %v", b, err)
		}
	}
	for range 2 {
		if err := c.Ack(t.Context(), in[0]); err != nil {
			t.Error(err)
		}
	}
	if left := inbox(); len(left) != 0 {
		t.Errorf("still there: %+v", left)
	}
}

func TestClassificationIsAskedForThenRead(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{NoClassification: true}, Config{})
	if _, err := c.Reference(t.Context(), connectors.Classification); connectors.ClassOf(err) != connectors.NotReady {
		t.Fatalf("%v", err)
	}
	if err := c.RequestReference(t.Context(), connectors.Classification); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		fake.Advance()
	}
	r, err := c.Reference(t.Context(), connectors.Classification)
	if err != nil || !bytes.Contains(r.Bytes, []byte("RetourClassification")) || r.SHA256 == [32]byte{} {
		t.Errorf("%v", err)
	}
}

func TestEnvelopeSubmissionIsSwitchedOff(t *testing.T) {
	c, _ := meet(t, fakes2low.Config{}, Config{})
	_, err := c.SubmitEnvelope(t.Context(), connectors.Envelope{Name: "abc-TACT--123456782--20260301-1.tar.gz", Content: ged.BytesSource("x")})
	var e *connectors.Error
	if !errors.As(err, &e) || e.Class != connectors.Invalid || e.Code != "switched-off" {
		t.Errorf("%v", err)
	}
}

func TestAccountsAreToldApart(t *testing.T) {
	for name, x := range map[string]struct {
		peer fakes2low.Config
		mine Config
		code string
	}{
		"several accounts": {fakes2low.Config{Login: "a", Password: "b"}, Config{}, "redirect"},
		"no account":       {fakes2low.Config{NoAccount: true}, Config{}, "redirect"},
		"wrong password":   {fakes2low.Config{Login: "a", Password: "b"}, Config{Login: "a", Password: connectors.NewSecret("c")}, "authentication"},
		"wrong charset":    {fakes2low.Config{Login: "a", Password: "é", LoginLatin1: true}, Config{Login: "a", Password: connectors.NewSecret("é")}, "authentication"},
		"right charset":    {fakes2low.Config{Login: "a", Password: "é", LoginLatin1: true}, Config{Login: "a", Password: connectors.NewSecret("é"), BasicLatin1: true}, ""},
		"no rights":        {fakes2low.Config{NoRights: true}, Config{}, "rights"},
		"no RGS":           {fakes2low.Config{NotRGS: true}, Config{}, "rgs"},
		"paper":            {fakes2low.Config{PaperMode: true}, Config{}, "paper-mode"},
	} {
		c, _ := meet(t, x.peer, x.mine)
		_, err := c.Create(t.Context(), Creation{Acte: someActe()})
		var e *connectors.Error
		if x.code == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if !errors.As(err, &e) || e.Class != connectors.Auth || e.Code != x.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNounceLogsIn(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c, fake := meet(t, fakes2low.Config{Login: "a", Password: "b", Now: func() time.Time { return now }}, Config{Login: "a", Password: connectors.NewSecret("b")})
	q, err := c.LoginQuery(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := func() bool {
		rec := httptest.NewRecorder()
		fake.ServeHTTP(rec, httptest.NewRequest("GET", "/api/test-connexion.php?"+q.Encode(), nil))
		return rec.Code == 200 && strings.HasPrefix(rec.Body.String(), "OK")
	}
	if !in() {
		t.Error("refused")
	}
	if now = now.Add(6 * time.Minute); in() {
		t.Error("still good after six minutes")
	}
}

// bigPDF is a PDF of any length that takes no memory.
type bigPDF int64

func (b bigPDF) Size() int64 { return int64(b) }

func (b bigPDF) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(b) {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), int64(b)-off))
	clear(p[:n])
	if off < 8 {
		copy(p[:n], "%PDF-1.4"[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestLargeActTravelsInConstantMemory(t *testing.T) {
	c, _ := meet(t, fakes2low.Config{Keep: 1 << 16}, Config{})
	a := someActe()
	a.Document.Contenu = bigPDF(150<<20 - 1000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := c.Create(t.Context(), Creation{Acte: a}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
		t.Errorf("%d bytes allocated by client and server", got)
	} else {
		t.Logf("%d bytes allocated by client and server", got)
	}
}

func TestCancellationLeavesTheActInDoubt(t *testing.T) {
	c, fake := meet(t, fakes2low.Config{}, Config{})
	fake.Faults.Add(faults.Fault{Kind: faults.Stall, Delay: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	var at time.Time
	time.AfterFunc(100*time.Millisecond, func() { at = time.Now(); cancel() })
	_, err := c.Send(ctx, connectors.Transmission{Acte: someActe()})
	if late := time.Since(at); late > 100*time.Millisecond {
		t.Errorf("returned %v late", late)
	}
	if connectors.ClassOf(err) != connectors.InDoubt || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := c.Send(ctx, connectors.Transmission{Acte: someActe()}); connectors.ClassOf(err) != connectors.Transient {
		t.Errorf("with a context already ended: %v", err)
	}
}

var _ actes.Contenu = bigPDF(0)

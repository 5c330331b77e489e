package s2low

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
)

func TestEverySayingIsRecognisedAndFoldedRight(t *testing.T) {
	for _, s := range sayings {
		if fold(s.first) != s.first || fold(s.also) != s.also {
			t.Errorf("%q is not in normal form: it can never match", s.first)
		}
		got, ok := recognise(s.first + " : fichier.pdf " + s.also)
		if !ok || got.code != s.code || got.class != s.class {
			t.Errorf("%q is recognised as %s", s.first, got.code)
		}
	}
}

func TestAFileNameCannotChangeTheClass(t *testing.T) {
	got, ok := recognise("Erreur lors de la réception du fichier Accès refusé.pdf : typologie absente")
	if !ok || got.code != "typologie" {
		t.Errorf("recognised as %q", got.code)
	}
	if got, ok := recognise("Erreur lors de la récéption du fichier : code 3"); !ok || got.class != connectors.Transient {
		t.Errorf("the server's own misspelling is recognised as %q", got.code)
	}
	if got, ok := recognise("Le trigramme est faux"); ok {
		t.Errorf("an unknown sentence is recognised as %q", got.code)
	}
}

func TestDescriptorListsWhatThereIs(t *testing.T) {
	c, err := New(Config{URL: "https://tdt.example"})
	if err != nil {
		t.Fatal(err)
	}
	declared := fmt.Sprint(c.Descriptor().Capabilities)
	if real := fmt.Sprint(connectors.CapabilitiesOf(c)); declared != real {
		t.Errorf("declared %s, real %s", declared, real)
	}
}

func TestWhatTheServerRefusesIsRefusedBeforeSending(t *testing.T) {
	sent := false
	c, err := New(Config{URL: "https://tdt.example", MaxArchive: 1000, Today: func() ged.Date { return ged.Date{Year: 2026, Month: 3, Day: 1} },
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { sent = true; return nil, io.EOF })})
	if err != nil {
		t.Fatal(err)
	}
	for code, spoil := range map[string]func(*Creation){
		"number":      func(x *Creation) { x.Acte.Numero = "2026-12" },
		"nature":      func(x *Creation) { x.Acte.Nature = 7 },
		"matiere":     func(x *Creation) { x.Acte.Matiere[0] = 0 },
		"date":        func(x *Creation) { x.Acte.Date.Month = 13 },
		"future-date": func(x *Creation) { x.Acte.Date.Day = 2 },
		"subject":     func(x *Creation) { x.Acte.Objet = strings.Repeat("é", 500) },
		"charset":     func(x *Creation) { x.Acte.Objet = "L’œuvre" },
		"no-file":     func(x *Creation) { x.Acte.Document.Contenu = nil },
		"typologie":   func(x *Creation) { x.Acte.Annexes[0].Typologie = "" },
		"size":        func(x *Creation) { x.Acte.Annexes[0].Contenu = strings.NewReader(strings.Repeat("x", 990)) },
		"file-name":   func(x *Creation) { x.Acte.Annexes[0].Nom = "" },
	} {
		cr := Creation{Acte: someActe()}
		spoil(&cr)
		_, err := c.Create(t.Context(), cr)
		var e *connectors.Error
		if !errors.As(err, &e) || e.Class != connectors.Invalid || e.Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if sent {
		t.Error("something was sent")
	}
}

func TestSubjectTravelsInLatin1(t *testing.T) {
	for in, want := range map[string]string{
		"Forêt, été":            "For\xeat, \xe9t\xe9",
		"L’œuvre – 12 € …":      "L'oeuvre - 12 EUR ...",
		"e\u0301te\u0301":       "\xe9t\xe9", // decomposed accents
		"12\u202f000 habitants": "12\xa0000 habitants",
	} {
		c, _ := New(Config{URL: "https://tdt.example", Transliterate: true})
		b, notices, err := c.subject("create", in)
		if err != nil || string(b) != want {
			t.Errorf("%q becomes %q, %v", in, b, err)
		}
		if (len(notices) > 0) != strings.ContainsAny(in, "’œ–€…\u202f") {
			t.Errorf("%q: notices %q", in, notices)
		}
	}
	c, _ := New(Config{URL: "https://tdt.example", Transliterate: true})
	for _, in := range []string{"日本", "a\nb", "a\u0085b"} {
		if _, _, err := c.subject("create", in); connectors.ClassOf(err) != connectors.Invalid {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestUnforeseenAnswersNeverPass(t *testing.T) {
	for body, want := range map[string]connectors.Class{
		"":                             connectors.PeerBug,
		"OK":                           connectors.PeerBug,
		"OK\nabc\n":                    connectors.PeerBug,
		"OK\n-4\n":                     connectors.PeerBug,
		"OK\n1\n2\n":                   connectors.PeerBug,
		"OK4217":                       connectors.PeerBug,
		"KO\n":                         connectors.Rejected,
		"KO\nune raison jamais vue":    connectors.Rejected,
		"<html><h1>Apache</h1></html>": connectors.PeerBug,
		"\xef\xbb\xbfKO\r\nAcc\xe8s refus\xe9\r\n": connectors.Auth,
		"<br />\n<b>Fatal error</b>":               connectors.PeerBug,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			io.WriteString(w, body)
		}))
		c, err := New(Config{URL: s.URL, AllowHTTP: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Create(t.Context(), Creation{Acte: someActe()}); connectors.ClassOf(err) != want {
			t.Errorf("%q: %v, want %s", body, err, want)
		}
		if _, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "1"}); err == nil && !strings.ContainsAny(body, "14") {
			t.Errorf("%q passes for a status", body)
		}
		s.Close()
	}
}

func TestAnomalyMayCarryItsXMLBeforeItsText(t *testing.T) {
	c, _ := New(Config{URL: "https://tdt.example", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("OK\n-1\n<?xml version=\"1.0\"?>\n<a>\xe9</a>\nRefus\xe9 par le minist\xe8re\n"))}, nil
	})})
	s, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "1"})
	if err != nil || string(s.Reply) != "<?xml version=\"1.0\"?>\n<a>\xe9</a>" || s.Message != "Refusé par le ministère" || s.State != connectors.Refused {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestNothingSecretIsShownOrSentElsewhere(t *testing.T) {
	const password = "mot de passe très secret"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect to another host was followed") }))
	defer elsewhere.Close()
	var auth []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		auth = append(auth, r.Header.Get("Authorization"))
		switch {
		case strings.HasSuffix(r.URL.Path, "get_document.php"):
			http.Redirect(w, r, elsewhere.URL+"/modules/actes/actes_download_file.php?env=3", http.StatusFound)
		default: // a peer that echoes what it was sent
			fmt.Fprintf(w, "KO\nAccès refusé %s %s %s", password, r.Header.Get("Authorization"), url.QueryEscape(password))
		}
	}))
	defer s.Close()
	c, err := New(Config{URL: s.URL, AllowHTTP: true, Login: "maire", Password: connectors.NewSecret(password), BasicLatin1: true})
	if err != nil {
		t.Fatal(err)
	}
	var errs []error
	_, err = c.Create(t.Context(), Creation{Acte: someActe()})
	errs = append(errs, err)
	_, err = c.Receive(t.Context(), connectors.Incoming{Ref: connectors.Ref{Connector: ID, ID: "901"}})
	errs = append(errs, err)
	_, err = c.Fetch(t.Context(), connectors.Ref{Connector: ID, ID: "file/3"})
	errs = append(errs, err)
	_, encoded, _ := strings.Cut(auth[0], " ")
	for _, err := range errs {
		var e *connectors.Error
		if !errors.As(err, &e) || e.Class != connectors.Auth {
			t.Errorf("%v", err)
			continue
		}
		all := fmt.Sprintf("%v %+v %#v %s %s", e, e, *e, e.Message, e.Remote)
		for _, secret := range []string{password, encoded, url.QueryEscape(password)} {
			if strings.Contains(all, secret) {
				t.Errorf("%s: the secret is shown", e.Op)
			}
		}
	}
	r, _ := http.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", auth[0])
	if _, p, _ := r.BasicAuth(); p != "mot de passe tr\xe8s secret" {
		t.Errorf("the password does not travel in ISO-8859-1: %q", p)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		shown := fmt.Sprintf(verb+" "+verb+" "+verb, c.cfg, c, *c)
		if strings.Contains(shown, password) || strings.Contains(shown, encoded) {
			t.Errorf("%s shows the password", verb)
		}
	}
}

func TestSameMessageOverAndOverEnds(t *testing.T) {
	calls := 0
	c, _ := New(Config{URL: "https://tdt.example", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		calls++ // a server that ignores offset and always fills the page
		var rows []string
		for i := range pageSize {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"number":"N%d","type":"1"}`, i+1, i))
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"transactions":[` + strings.Join(rows, ",") + `]}`))}, nil
	})})
	n := 0
	for _, err := range c.List(context.Background(), Transmis, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != pageSize || calls != 2 {
		t.Errorf("%d rows, %d requests", n, calls)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"OK\n4\n<?xml version=\"1.0\"?><a/>\n", "OK\n-1\nerreur", "KO\n\xc9chec", "[{\"id\":1}]", "{\"transactions\":[]}", "<html>", "\xef\xbb\xbfOK"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := New(Config{URL: "https://tdt.example", Sleep: noWait, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil {
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		ref := connectors.Ref{Connector: ID, ID: "1"}
		s, err := c.Status(t.Context(), ref)
		classed(t, err)
		if err == nil && len(s.Reply) > 0 && s.Reply[len(s.Reply)-1] != '>' {
			t.Error("a reply that is no XML")
		}
		_, err = c.Files(t.Context(), ref)
		classed(t, err)
		_, err = c.Create(t.Context(), Creation{Acte: someActe()})
		classed(t, err)
		_, err = c.Lookup(t.Context(), connectors.Attempt{Key: connectors.Key{Value: "A"}})
		classed(t, err)
		for _, err := range c.Incoming(t.Context()) {
			classed(t, err)
		}
		got, err := c.Fetch(t.Context(), connectors.Ref{Connector: ID, ID: "file/1"})
		classed(t, err)
		if err == nil {
			got.Close()
		}
	})
}

func classed(t *testing.T, err error) {
	t.Helper()
	if err != nil && connectors.ClassOf(err) == 0 {
		t.Errorf("an error without class: %v", err)
	}
}

func TestMessagesAreBounded(t *testing.T) {
	c, _ := New(Config{URL: "https://tdt.example", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			io.Copy(io.Discard, r.Body)
		}
		body := "KO\n" + strings.Repeat("\xe9", 1<<20)
		if r.Method == http.MethodGet {
			body = "OK\n-1\n" + strings.Repeat("\xe9", 1<<20)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	})})
	_, err := c.Create(t.Context(), Creation{Acte: someActe()})
	var e *connectors.Error
	if !errors.As(err, &e) || len(e.Message) > connectors.MaxRemote || len(e.Remote) > connectors.MaxRemote || len(e.Message) == 0 {
		t.Errorf("%d bytes of message, %d of answer", len(e.Message), len(e.Remote))
	}
	s, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "1"})
	if err != nil || len(s.Message) > connectors.MaxRemote {
		t.Errorf("%d bytes of message, %v", len(s.Message), err)
	}
}

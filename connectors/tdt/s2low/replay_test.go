package s2low

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/corpus"
)

// expectation is a row of the platforms' EXPECTED.tsv, whose columns are its own.
type expectation struct{ path, peer, method, pattern, status, charset, class, retry, facts string }

func expectations(t *testing.T, peer string) (dir string, out []expectation) {
	dir = corpus.Dir(t, "platforms")
	f, err := os.Open(filepath.Join(dir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		c := append(strings.Split(sc.Text(), "\t"), make([]string, 10)...)
		if c[1] == peer {
			out = append(out, expectation{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]})
		}
	}
	return dir, out
}

// recorded answers every request with the recorded file: a whole exchange when
// it is an .http file, else a body with the status of its row.
func recorded(t *testing.T, file string, status string) http.RoundTripper {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		if strings.HasSuffix(file, ".http") {
			return http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), r)
		}
		return &http.Response{StatusCode: 200, Status: status, Header: http.Header{}, Request: r,
			Body: io.NopCloser(bytes.NewReader(raw)), ContentLength: int64(len(raw))}, nil
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func someActe() actes.Acte {
	return actes.Acte{
		Collectivite: actes.Collectivite{SIREN: "123456782", Departement: "034", Arrondissement: "1", Nature: "31"},
		Numero:       "DEL2026_012", Date: ged.Date{Year: 2026, Month: time.March, Day: 1}, Nature: actes.Deliberation,
		Matiere: actes.Matiere{7, 1}, Objet: "Vote du budget primitif de la forêt communale",
		Document: actes.Fichier{Nom: "délibération n°12.pdf", Typologie: "99_DE", Contenu: strings.NewReader("%PDF-1.4 acte")},
		Annexes: []actes.Fichier{
			{Nom: "annexe.pdf", Typologie: "21_DP", Contenu: strings.NewReader("%PDF-1.4 annexe")},
			{Nom: "plan.png", Typologie: "99_AU", Contenu: strings.NewReader("\x89PNG"), Signature: []byte("-----BEGIN PKCS7-----")},
		},
	}
}

var noWait = func(context.Context, time.Duration) error { return nil }

func TestCorpusAnswersGetTheirClass(t *testing.T) {
	dir, rows := expectations(t, "s2low")
	done := 0
	for _, row := range rows {
		if strings.Contains(row.pattern, "/helios/") {
			continue // another module, another Go package
		}
		done++
		t.Run(filepath.Base(row.path)+" "+row.method, func(t *testing.T) {
			c, err := New(Config{URL: "https://tdt.example", Transport: recorded(t, filepath.Join(dir, row.path), row.status), Sleep: noWait})
			if err != nil {
				t.Fatal(err)
			}
			// The redirects and the login page answer "any of the above".
			patterns := []string{row.pattern}
			if row.pattern == "any of the above" {
				patterns = nil
				for p := range operations {
					patterns = append(patterns, p)
				}
			}
			for _, p := range patterns {
				path, _, _ := strings.Cut(p, "?")
				call, ok := operations[path]
				if !ok {
					t.Fatalf("no operation for %s", path)
				}
				got, facts := call(t, c)
				if want := row.class; class(got) != want {
					t.Errorf("%s: class %q, want %q: %v", path, class(got), want, got)
				}
				checkFacts(t, row.facts, facts)
			}
		})
	}
	if done < 39 {
		t.Errorf("only %d rows", done)
	}
}

func class(err error) string {
	if err == nil {
		return "ok"
	}
	s := strings.ReplaceAll(connectors.ClassOf(err).String(), "-", "")
	for _, c := range []string{"Rejected", "Invalid", "Auth", "Duplicate", "Throttled", "Transient", "InDoubt", "PeerBug", "NotReady", "NotFound", "Conflict"} {
		if strings.EqualFold(c, s) {
			return c
		}
	}
	return s
}

// checkFacts compares the facts of the row which are of the form key=value with
// those the operation learnt.
func checkFacts(t *testing.T, want string, got map[string]string) {
	t.Helper()
	for kv := range strings.SplitSeq(want, ";") {
		k, v, ok := strings.Cut(kv, "=")
		if !ok || k == "state" || got == nil {
			continue
		}
		v, _, _ = strings.Cut(v, " (")
		if g, known := got[k]; !known || g != v {
			t.Errorf("fact %s is %q, want %q", k, g, v)
		}
	}
	if s := strings.Split(want, "state="); len(s) > 1 && got != nil {
		state := map[string]string{"waiting": "waiting", "waiting for a person": "waiting-person", "accepted": "accepted",
			"unknown, keep polling, warn": "unknown"}[strings.Split(s[1], ";")[0]]
		if got["state"] != state {
			t.Errorf("state is %q, want %q", got["state"], state)
		}
	}
}

var operations = map[string]func(*testing.T, *Client) (error, map[string]string){
	"/modules/actes/actes_transac_create.php": func(t *testing.T, c *Client) (error, map[string]string) {
		r, err := c.Create(t.Context(), Creation{Acte: someActe()})
		return err, facts(err, "transaction", r.Ref.ID)
	},
	"/modules/actes/actes_transac_submit.php": func(t *testing.T, c *Client) (error, map[string]string) {
		rs, err := c.SubmitEnvelope(t.Context(), connectors.Envelope{Name: "abc-TACT--123456782--20260301-1.tar.gz", Content: ged.BytesSource("x")})
		if err != nil {
			return err, nil
		}
		var ids []string
		for _, r := range rs {
			ids = append(ids, r.Ref.ID)
		}
		return nil, map[string]string{"count": "2", "transactions": strings.Join(ids, ",")}
	},
	"/modules/actes/actes_transac_get_status.php": func(t *testing.T, c *Client) (error, map[string]string) {
		s, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "4217"})
		if err != nil {
			return err, nil
		}
		f := map[string]string{"status": s.Code, "state": s.State.String()}
		if s.Reply != nil {
			_, rest, _ := bytes.Cut(s.Reply, []byte(`IDActe="`))
			id, _, _ := bytes.Cut(rest, []byte(`"`))
			f["idacte"] = string(id)
			if !bytes.HasPrefix(s.Reply, []byte("<?xml")) || !bytes.HasSuffix(s.Reply, []byte("ARActe>")) {
				t.Errorf("the ARActe is not whole: %q", s.Reply)
			}
		}
		if s.State == connectors.Refused {
			return s.Err(), f
		}
		return nil, f
	},
	"/modules/actes/actes_transac_get_files_list.php": func(t *testing.T, c *Client) (error, map[string]string) {
		files, err := c.Files(t.Context(), connectors.Ref{Connector: ID, ID: "4217"})
		if err != nil {
			return err, nil
		}
		if len(files) != 2 || files[1].Typologie != "99_AI" || files[1].Size != 365631 || files[0].MediaType != "text/xml" || files[1].Ref.ID != "file/20" {
			t.Errorf("files %+v", files)
		}
		return nil, nil
	},
	"/modules/actes/actes_transac_cancel.php": func(t *testing.T, c *Client) (error, map[string]string) {
		r, err := c.Cancel(t.Context(), connectors.Ref{Connector: ID, ID: "4217"})
		return err, facts(err, "transaction", r.Ref.ID)
	},
	"/modules/actes/actes_classification_fetch.php": func(t *testing.T, c *Client) (error, map[string]string) {
		_, err := c.Reference(t.Context(), connectors.Classification)
		return err, nil
	},
	"/api/get-nounce.php": func(t *testing.T, c *Client) (error, map[string]string) {
		n, err := c.Nounce(t.Context())
		return err, facts(err, "nounce", n)
	},
	"/modules/actes/api/list_document_prefecture.php": func(t *testing.T, c *Client) (error, map[string]string) {
		f := map[string]string{"documents": "0"}
		for in, err := range c.Incoming(t.Context()) {
			if err != nil {
				return err, nil
			}
			f = map[string]string{"documents": "1", "id": in.Ref.ID, "type": in.Kind, "related": in.Related.ID}
		}
		return nil, f
	},
	"/modules/actes/api/list_actes.php": func(t *testing.T, c *Client) (error, map[string]string) {
		f := map[string]string{}
		for r, err := range c.List(t.Context(), ArchiveSAE, time.Time{}) {
			if err != nil {
				return err, nil
			}
			f = map[string]string{"transactions": "1", "id": r.Ref.ID, "number": r.Number, "status_id": r.Statut.String()}
		}
		return nil, f
	},
}

func facts(err error, k, v string) map[string]string {
	if err != nil {
		return nil
	}
	return map[string]string{k: v}
}

func TestMessagesAreReadableWhateverTheirFamily(t *testing.T) {
	dir := corpus.Dir(t, "platforms")
	for file, want := range map[string]string{
		"actes_create_ko_auth.txt":      "Échec de l'authentification",
		"actes_status_ko_auth.txt":      "Échec de l'authentification",
		"actes_create_ko_rgs.txt":       "La télétransmission nécessite un certificat RGS<br/>Erreur : le certificat n'est pas RGS",
		"actes_create_ko_duplicate.txt": "Un acte portant le même numéro interne existe déjà dans la base de données.\nIl faut peut-être ajouter un suffixe au numéro.",
		"actes_cancel_ko_state.txt":     "Impossible d'annuler une transaction qui n'est pas en état « Acquittement reçu ».",
		"actes_status_-1_erreur.txt":    "Erreur de validation de l'enveloppe métier",
	} {
		c, err := New(Config{URL: "https://tdt.example", Transport: recorded(t, filepath.Join(dir, "s2low/composed", file), "200")})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if strings.HasPrefix(file, "actes_status_-1") {
			s, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: "1"})
			if err != nil {
				t.Fatal(err)
			}
			got = s.Message
		} else {
			_, err := c.Create(t.Context(), Creation{Acte: someActe()})
			var e *connectors.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v", file, err)
			}
			got = e.Message
			if strings.Contains(e.Error(), "chec") || strings.Contains(e.Error(), "num") && e.Code != "number-used" {
				t.Errorf("%s: the error text quotes the peer: %s", file, e)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

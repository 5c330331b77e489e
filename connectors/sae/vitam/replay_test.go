package vitam

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/corpus"
)

// expectation is a row of the platforms' EXPECTED.tsv, whose columns are its own.
type expectation struct{ path, method, pattern, status, class, facts string }

func expectations(t *testing.T) (dir string, out []expectation) {
	dir = corpus.Dir(t, "platforms")
	f, err := os.Open(filepath.Join(dir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		c := append(strings.Split(sc.Text(), "\t"), make([]string, 10)...)
		if c[1] == "vitam" {
			out = append(out, expectation{c[0], c[2], c[3], c[4], c[6], c[8]})
		}
	}
	return dir, out
}

// recorded answers every request with the recorded file: a whole exchange when
// it is an .http file, else a body with the status of its row.
func recorded(t *testing.T, file, status string) http.RoundTripper {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	code, err := strconv.Atoi(status)
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
		return &http.Response{StatusCode: code, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader(raw)), ContentLength: int64(len(raw))}, nil
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

const guid = "aeeaaaaaace2txtzabdlkaltyrxo4siaaaaq"

func TestCorpusAnswersGetTheirClass(t *testing.T) {
	dir, rows := expectations(t)
	var elsewhere []string
	for _, row := range rows {
		do := operations[row.pattern]
		if do == nil {
			// Services this connector does not speak to yet.
			elsewhere = append(elsewhere, row.pattern)
			continue
		}
		t.Run(filepath.Base(row.path), func(t *testing.T) {
			c, err := New(Config{URL: "https://sae.example", Transport: recorded(t, filepath.Join(dir, row.path), row.status),
				Sleep: noWait, AccessContract: "AC-000001"})
			if err != nil {
				t.Fatal(err)
			}
			err = do(t, c, row.facts)
			got := "ok"
			if err != nil {
				got = strings.ReplaceAll(connectors.ClassOf(err).String(), "-", "")
			}
			if !strings.EqualFold(got, row.class) {
				t.Errorf("class %s, want %s: %v", got, row.class, err)
			}
		})
	}
	if played := len(rows) - len(elsewhere); played < 28 {
		t.Errorf("only %d of %d rows played; not played: %q", played, len(rows), elsewhere)
	}
}

var operations = map[string]func(*testing.T, *Client, string) error{
	"/ingest-external/v1/ingests": func(t *testing.T, c *Client, facts string) error {
		r, err := c.Deposit(t.Context(), connectors.Package{Key: connectors.Key{Value: "M1"}, Content: ged.BytesSource("PK")})
		if err == nil && (!strings.Contains(facts, "operation="+r.Ref.ID) || r.Status.State != connectors.Waiting) {
			t.Errorf("receipt %+v", r)
		}
		if e, ok := err.(*connectors.Error); ok {
			if strings.Contains(facts, "operation id given") != (e.Ref.ID == guid) && !strings.Contains(facts, "X-Request-Id and an ATR") {
				t.Errorf("operation %q in %v", e.Ref.ID, e)
			}
			if strings.Contains(facts, "Retry-After=120") && e.RetryAfter != 2*time.Minute {
				t.Errorf("wait of %v", e.RetryAfter)
			}
			if strings.Contains(facts, "INTERNAL_SECURITY_UNAUTHORIZED") && (e.Code != "INTERNAL_SECURITY_UNAUTHORIZED" || !strings.Contains(e.Message, "Ingest contract")) {
				t.Errorf("%+v", e)
			}
		}
		return err
	},
	"/admin-external/v1/operations/{id}": func(t *testing.T, c *Client, facts string) error {
		s, err := c.Status(t.Context(), connectors.Ref{Connector: ID, ID: guid})
		if err != nil {
			return err
		}
		if s.Alert != (strings.Contains(facts, "alert") || s.Code == "COMPLETED/FATAL") {
			t.Errorf("alert %v for %s", s.Alert, s.Code)
		}
		if want, ok := map[string]connectors.State{"state=accepted": connectors.Accepted, "state=accepted with warning": connectors.AcceptedWithWarning}[facts]; ok && s.State != want {
			t.Errorf("state %s, want %s", s.State, want)
		}
		return s.Err()
	},
	"/ingest-external/v1/ingests/{id}/archivetransferreply": func(t *testing.T, c *Client, facts string) error {
		id := guid
		if strings.Contains(facts, "ReplyCode") {
			id = "aeeaaaaaachk7bs6abo3walwa3jx6vyaaaaq"
		}
		a, err := c.ATR(t.Context(), connectors.Ref{Connector: ID, ID: id})
		if err != nil {
			return err
		}
		last := a.Failures()
		if a.Code != "KO" || a.MessageID != id || a.RequestID != "" || len(last) == 0 || last[len(last)-1].Detail != "CHECK_HEADER.CHECK_AGENT.UNKNOWN.KO" {
			t.Errorf("%+v", a.Reply)
		}
		if raw, err := c.Reply(t.Context(), connectors.Ref{Connector: ID, ID: id}); err != nil || !bytes.Equal(raw, a.Raw) {
			t.Errorf("raw reply: %v", err)
		}
		return a.Status().Err()
	},
	// The error bodies of "any" call: on one that reads.
	"any": func(t *testing.T, c *Client, _ string) error {
		_, err := c.process(t.Context(), connectors.Ref{Connector: ID, ID: guid})
		return err
	},
	"/{service}/v1/status (older form)": func(t *testing.T, c *Client, _ string) error { return c.Test(t.Context()) },
	"/access-external/v1/logbookoperations/{id}": func(t *testing.T, c *Client, _ string) error {
		rows, _, err := c.search(t.Context(), c.access, "/x", nil, map[string]any{}, nil)
		if len(rows) != 2 {
			t.Errorf("%d rows", len(rows))
		}
		return err
	},
}

func TestReply400IsReadAllTheSame(t *testing.T) {
	dir := corpus.Dir(t, "platforms")
	c, err := New(Config{URL: "https://sae.example", Transport: recorded(t, filepath.Join(dir, "vitam/sedaArchiveTransferReplyKO.xml"), "400")})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.ATR(t.Context(), connectors.Ref{Connector: ID, ID: guid})
	if err != nil || a.Status().State != connectors.Refused {
		t.Errorf("%v", err)
	}
}

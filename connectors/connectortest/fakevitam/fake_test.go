package fakevitam

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/internal/corpus"
)

func ask(s *Server, method, path, body string, change func(http.Header)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header = http.Header{"Content-Type": {"application/octet-stream"}, "X-Tenant-Id": {"0"}, "X-Action": {"RESUME"}, "X-Context-Id": {"DEFAULT_WORKFLOW"}}
	if change != nil {
		change(r.Header)
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

const ingests = "/ingest-external/v1/ingests"

// TestExchangesAreTheServers compares status, headers and the form of the body
// with the exchanges composed from the server's source. Identifiers and
// sentences differ.
func TestExchangesAreTheServers(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "platforms"), "vitam/composed")
	follow := func(advance int, cfg Config, prepare func(*Server)) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			s := New(cfg)
			id := ask(s, "POST", ingests, zipped(t), nil).Header().Get("X-Request-Id")
			if prepare != nil {
				prepare(s)
			}
			for range advance {
				s.Advance()
			}
			return ask(s, "HEAD", "/admin-external/v1/operations/"+id, "", nil)
		}
	}
	bad := func(method, path string, cfg Config, change func(http.Header)) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder { return ask(New(cfg), method, path, "PK", change) }
	}
	for file, got := range map[string]func() *httptest.ResponseRecorder{
		"ingest_202.http":                       bad("POST", ingests, Config{}, nil),
		"ingest_415_application_zip.http":       bad("POST", ingests, Config{}, func(h http.Header) { h.Set("Content-Type", "application/zip") }),
		"ingest_503_unknown_context.http":       bad("POST", ingests, Config{}, func(h http.Header) { h.Set("X-Context-Id", "PROCESS_SIP") }),
		"tenant_missing_412.http":               bad("POST", ingests, Config{}, func(h http.Header) { h.Del("X-Tenant-Id") }),
		"tenant_unknown_401.http":               bad("POST", ingests, Config{}, func(h http.Header) { h.Set("X-Tenant-Id", "9") }),
		"no_ingest_contract_401.http":           bad("POST", ingests, Config{Foreign: []int{0}}, nil),
		"operation_head_pause_unknown.http":     follow(0, Config{}, nil),
		"operation_head_running.http":           follow(1, Config{}, nil),
		"operation_head_completed_ok.http":      follow(3, Config{}, nil),
		"operation_head_completed_fatal.http":   follow(3, Config{}, (*Server).Break),
		"operation_head_completed_warning.http": follow(3, Config{Warn: true}, nil),
		"operation_unknown_404.http":            bad("GET", "/admin-external/v1/operations/none", Config{}, nil),
		"operation_unknown_204.http":            bad("HEAD", "/admin-external/v1/operations/none", Config{Unknown: 204}, nil),
		"operation_unknown_500.http":            bad("GET", "/admin-external/v1/operations/none", Config{Unknown: 500}, nil),
		"atr_404_not_ready.http":                bad("GET", ingests+"/none/archivetransferreply", Config{}, nil),
	} {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		want, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(want.Body)
		rec := got()
		if rec.Code != want.StatusCode {
			t.Errorf("%s: status %d, want %d", file, rec.Code, want.StatusCode)
		}
		for _, h := range []string{"X-Global-Execution-State", "X-Global-Execution-Status", "X-Context-Id", "Content-Type"} {
			if rec.Header().Get(h) != want.Header.Get(h) {
				t.Errorf("%s: %s is %q, want %q", file, h, rec.Header().Get(h), want.Header.Get(h))
			}
		}
		if id := want.Header.Get("X-Request-Id"); (id != "") != (rec.Header().Get("X-Request-Id") != "") || id != "" && len(id) != len(rec.Header().Get("X-Request-Id")) {
			t.Errorf("%s: X-Request-Id %q, want the like of %q", file, rec.Header().Get("X-Request-Id"), id)
		}
		begin := func(b []byte) string { return string(b[:min(len(b), 12)]) }
		if begin(rec.Body.Bytes()) != begin(body) {
			t.Errorf("%s: body begins %q, want %q", file, begin(rec.Body.Bytes()), begin(body))
		}
	}
}

// zipped is a package with one unit, one object in a group and one outside.
func zipped(t *testing.T) string {
	t.Helper()
	sum := sha512.Sum512([]byte("abc"))
	binary := func(id, more string) string {
		return `<BinaryDataObject id="` + id + `">` + more + `<Uri>content/` + id + `.txt</Uri><MessageDigest algorithm="SHA-512">` + hex.EncodeToString(sum[:]) + `</MessageDigest><Size>3</Size></BinaryDataObject>`
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{{"manifest.xml", `<ArchiveTransfer xmlns="` + sedaNamespace + `"><MessageIdentifier>M&amp;1</MessageIdentifier><ArchivalAgreement>IC</ArchivalAgreement><DataObjectPackage><DataObjectGroup id="G1">` +
		binary("ID1", "") + `</DataObjectGroup>` + binary("ID2", "<DataObjectGroupId>G2</DataObjectGroupId>") +
		`<DescriptiveMetadata><ArchiveUnit id="U1"><ArchiveUnit id="U2"><ArchiveUnitRefId>U1</ArchiveUnitRefId></ArchiveUnit></ArchiveUnit></DescriptiveMetadata></DataObjectPackage><ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`},
		{"content/ID1.txt", "abc"}, {"content/ID2.txt", "abc"}} {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	z.Close()
	return b.String()
}

// TestRepliesAreValid has SEDA's own schema judge the replies.
func TestRepliesAreValid(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "archive"), "xsd")
	xmllint := corpus.Tool(t, "xmllint")
	for name, body := range map[string]string{"ok": zipped(t), "ko": "not a zip"} {
		s := New(Config{})
		id := ask(s, "POST", ingests, body, nil).Header().Get("X-Request-Id")
		for range 3 {
			s.Advance()
		}
		atr := ask(s, "GET", ingests+"/"+id+"/archivetransferreply", "", nil).Body.Bytes()
		if want := "<ReplyCode>" + strings.ToUpper(name) + "</ReplyCode>"; !bytes.Contains(atr, []byte(want)) {
			t.Errorf("no %s in %s", want, atr)
		}
		cmd := exec.Command(xmllint, "--nonet", "--noout", "--schema", filepath.Join(dir, "seda-2.1/seda-2.1-main.xsd"), "-")
		cmd.Env = append(os.Environ(), "XML_CATALOG_FILES="+filepath.Join(dir, "catalog.xml"))
		cmd.Stdin = bytes.NewReader(atr)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, atr)
		}
	}
}

func TestTimeMovesOperations(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := New(Config{Now: func() time.Time { return now }, Step: time.Minute})
	id := ask(s, "POST", ingests, zipped(t), nil).Header().Get("X-Request-Id")
	for _, want := range []string{"PAUSE UNKNOWN", "RUNNING STARTED", "RUNNING OK", "COMPLETED OK", "COMPLETED OK"} {
		h := ask(s, "HEAD", "/admin-external/v1/operations/"+id, "", nil).Header()
		if got := h.Get("X-Global-Execution-State") + " " + h.Get("X-Global-Execution-Status"); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
		now = now.Add(time.Minute)
	}
}

func TestQueriesAreLimited(t *testing.T) {
	s := New(Config{})
	for body, want := range map[string]int{
		`{"$query":{"$eq":{"obIdIn":"x"}},"$filter":{"$limit":10000}}`:             200,
		`{"$query":{"$eq":{"obIdIn":"x"}},"$filter":{"$limit":10001}}`:             400,
		`{"$query":{"$eq":{"obIdIn":"x"}},"$filter":{"$limit":10,"$offset":9991}}`: 400,
		`{"$query":{"$regex":{"obIdIn":"x"}}}`:                                     400,
		`not json`:                                                                 400,
	} {
		rec := ask(s, "POST", "/admin-external/v1/accessionregisterdetails", body, func(h http.Header) { h.Set("X-Http-Method-Override", "GET") })
		if rec.Code != want {
			t.Errorf("%s: %d, want %d", body, rec.Code, want)
		}
	}
	if rec := ask(s, "POST", "/access-external/v1/logbookoperations", "{}", nil); rec.Code != 401 {
		t.Errorf("without access contract: %d", rec.Code)
	}
}

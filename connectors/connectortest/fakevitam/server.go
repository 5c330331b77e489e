package fakevitam

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/connectors/connectortest/faults"
)

// Config says what kind of server it is. The zero value is one that accepts.
type Config struct {
	// Tenants of the platform; nil is {0}. Of these, Foreign are not in the
	// certificate's context and get 401.
	Tenants, Foreign []int
	// AccessContract is the one the logbook requires; "" is "AC-000001".
	AccessContract string
	// Unknown is the status for an operation that is not known: 0 is 404, the
	// documented one; 204 and 500 are those of the source.
	Unknown int
	// KOStatus is the status a KO reply comes with: 0 is 200, the source's;
	// 400 is the documented one.
	KOStatus int
	// Warn makes every package end with WARNING instead of OK.
	Warn bool
	// Keep is the longest package kept; a longer one ends KO. 0 is 512 MiB.
	Keep int64
	// Now is the server's clock; nil stands still at 2 March 2026, 9:00 UTC.
	Now func() time.Time
	// Step is how long an operation waits, then runs; 0 means that only
	// Advance moves it.
	Step time.Duration
}

// Server is the fake. It is safe for concurrent use.
type Server struct {
	// Faults is the script of what goes wrong.
	Faults faults.Script

	cfg     Config
	handler http.Handler

	mu         sync.Mutex
	operations []*operation
	journal    []Entry
}

// Entry is one request the fake answered.
type Entry struct {
	Time      time.Time
	Method    string
	Path      string
	Status    int
	Operation string // made by the request; "" for none
}

// operation is an ingest.
type operation struct {
	id, context        string
	tenant             int
	began, since       time.Time
	state, status      string
	step               int // 0 waiting, 1 running, 2 running towards its end, 3 completed
	dead               bool
	sip                []byte
	tooLong            bool
	digestAlgo, digest string
	manifest           []byte
	atr                []byte
	message            string // MessageIdentifier, once the manifest was read
	archived           bool
	outcome            string
	fatal              bool
	gone               bool // left the process table
}

// New returns a fake.
func New(cfg Config) *Server {
	if cfg.Tenants == nil {
		cfg.Tenants = []int{0}
	}
	if cfg.AccessContract == "" {
		cfg.AccessContract = "AC-000001"
	}
	if cfg.Unknown == 0 {
		cfg.Unknown = http.StatusNotFound
	}
	if cfg.KOStatus == 0 {
		cfg.KOStatus = http.StatusOK
	}
	if cfg.Keep == 0 {
		cfg.Keep = 512 << 20
	}
	if cfg.Now == nil {
		fixed := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
		cfg.Now = func() time.Time { return fixed }
	}
	s := &Server{cfg: cfg}
	s.handler = s.Faults.Wrap(http.HandlerFunc(s.serve))
	return s
}

var _ http.Handler = (*Server)(nil)

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Journal returns the requests answered so far, in their order. Those a fault
// kept from being handled are not in it.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// Archived returns the MessageIdentifier of every package archived, in order;
// one archived twice is there twice.
func (s *Server) Archived() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, o := range s.operations {
		if o.archived {
			out = append(out, o.message)
		}
	}
	return out
}

// Advance moves every operation one step on: waiting, running, about to end,
// completed.
func (s *Server) Advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		s.forward(o)
	}
}

// Forget makes completed operations leave the process table. Their replies stay.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		o.gone = o.gone || o.state == "COMPLETED"
	}
}

// Break makes operations not yet completed end as FATAL: the server's fault.
func (s *Server) Break() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.operations {
		o.fatal = o.fatal || o.state != "COMPLETED"
	}
}

func (s *Server) move() {
	for _, o := range s.operations {
		for s.cfg.Step > 0 && !o.dead && o.step < 3 && !s.cfg.Now().Before(o.since.Add(s.cfg.Step)) {
			since := o.since.Add(s.cfg.Step)
			s.forward(o)
			o.since = since
		}
	}
}

func (s *Server) forward(o *operation) {
	if o.dead || o.step >= 3 {
		return
	}
	o.step++
	o.since = s.cfg.Now()
	switch o.step {
	case 1:
		o.state, o.status = "RUNNING", "STARTED"
	case 2:
		s.examine(o)
		o.state, o.status = "RUNNING", o.outcome
	case 3:
		o.state, o.status = "COMPLETED", o.outcome
		o.archived = (o.outcome == "OK" || o.outcome == "WARNING") && o.context != "BLANK_TEST"
	}
	if o.fatal && o.step == 3 {
		o.status, o.archived, o.atr = "FATAL", false, nil
	}
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	made   string
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (s *Server) serve(rw http.ResponseWriter, r *http.Request) {
	w := &statusWriter{ResponseWriter: rw}
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
	defer func() {
		if w.status == 0 {
			w.status = http.StatusOK
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal = append(s.journal, Entry{s.cfg.Now(), r.Method, r.URL.Path, w.status, w.made})
	}()
	tenant, err := strconv.Atoi(r.Header.Get("X-Tenant-Id"))
	switch {
	case err != nil:
		tenantPage(w, http.StatusPreconditionFailed)
		return
	case !slices.Contains(s.cfg.Tenants, tenant):
		tenantPage(w, http.StatusUnauthorized)
		return
	case slices.Contains(s.cfg.Foreign, tenant):
		fail(w, http.StatusUnauthorized, `{"Name":"fake","Role":"ingest-external"}`, "INTERNAL_SECURITY_UNAUTHORIZED",
			"Internal Security Filter Unauthorized", fmt.Sprintf("Ingest contract not found in the context for the tenant id :%d", tenant))
		return
	}
	s.mu.Lock()
	s.move()
	s.mu.Unlock()
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case match(p, "ingest-external", "v1", "ingests") && r.Method == http.MethodPost:
		s.ingest(w, r, tenant)
	case match(p, "ingest-external", "v1", "ingests", "*", "archivetransferreply"):
		s.report(w, p[3], func(o *operation) []byte { return o.atr })
	case match(p, "ingest-external", "v1", "ingests", "*", "manifests"):
		s.report(w, p[3], func(o *operation) []byte { return o.manifest })
	case match(p, "admin-external", "v1", "operations", "*"):
		s.follow(w, r, p[3])
	case match(p, "admin-external", "v1", "accessionregisterdetails"):
		s.register(w, r, tenant)
	case match(p, "access-external", "v1", "logbookoperations"):
		s.logbook(w, r, tenant)
	case match(p, "*", "v1", "status"):
		w.WriteHeader(http.StatusNoContent)
	default:
		fail(w, http.StatusNotFound, "fake", "Item_Not_Found", "Item is not found", "no such route")
	}
}

func match(p []string, want ...string) bool {
	if len(p) != len(want) {
		return false
	}
	for i := range p {
		if want[i] != "*" && want[i] != p[i] {
			return false
		}
	}
	return true
}

// tenantPage is the container's own error page.
func tenantPage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html;charset=iso-8859-1")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><head><title>Error %d</title></head><body><p>{\"Error\":\"X-Tenant-Id check failed!\"}</p></body></html>\n", status)
}

func fail(w http.ResponseWriter, status int, context, state, message, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeError(w, status, context, state, message, description)
}

// writeError writes the server's error object, its members in its order.
func writeError(w io.Writer, status int, context, state, message, description string) {
	json.NewEncoder(w).Encode(struct {
		HTTPCode    int    `json:"httpCode"`
		Code        string `json:"code"`
		Context     string `json:"context"`
		State       string `json:"state"`
		Message     string `json:"message"`
		Description string `json:"description"`
	}{status, "vitamcode", context, state, message, description})
}

// newOperation opens an operation in the logbook. Its identifier has the look
// of the real ones: 36 characters.
func (s *Server) newOperation(tenant int, context string) *operation {
	sum := sha256.Sum256([]byte("operation " + strconv.Itoa(len(s.operations))))
	id := "aee" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])) + "q"
	o := &operation{id: id, context: context, tenant: tenant, began: s.cfg.Now(), since: s.cfg.Now(), state: "PAUSE", status: "UNKNOWN", dead: true}
	s.operations = append(s.operations, o)
	return o
}

func (s *Server) find(id string) *operation {
	for _, o := range s.operations {
		if o.id == id {
			return o
		}
	}
	return nil
}

func stateHeaders(w http.ResponseWriter, o *operation) {
	w.Header().Set("X-Request-Id", o.id)
	w.Header().Set("X-Global-Execution-State", o.state)
	w.Header().Set("X-Global-Execution-Status", o.status)
}

var contexts = []string{"DEFAULT_WORKFLOW", "BLANK_TEST", "FILING_SCHEME", "HOLDING_SCHEME"}

func (s *Server) ingest(w *statusWriter, r *http.Request, tenant int) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/octet-stream" {
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	if a := r.Header.Get("X-Action"); a != "RESUME" && a != "NEXT" {
		fail(w, http.StatusPreconditionFailed, "INGEST_EXTERNAL", "PRECONDITION_FAILED", "Precondition Failed", "X-Action")
		return
	}
	context := r.Header.Get("X-Context-Id")
	s.mu.Lock()
	o := s.newOperation(tenant, context)
	s.mu.Unlock()
	w.made = o.id

	var sip keeper
	sip.max = s.cfg.Keep
	if _, err := io.Copy(&sip, r.Body); err != nil {
		panic(http.ErrAbortHandler) // the operation stays, dead
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(contexts, context) {
		o.state, o.status, o.step, o.outcome = "COMPLETED", "FATAL", 3, "FATAL"
		o.atr = s.reply(o, "KO", nil, nil)
		stateHeaders(w, o)
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write(o.atr)
		return
	}
	o.dead, o.since = false, s.cfg.Now()
	o.sip, o.tooLong = sip.b, sip.over
	o.digestAlgo, o.digest = r.Header.Get("X-Manifest-Digest-Algo"), r.Header.Get("X-Manifest-Digest-Value")
	stateHeaders(w, o)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusAccepted)
}

// keeper keeps a body up to a length.
type keeper struct {
	b    []byte
	max  int64
	over bool
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.over = k.over || int64(len(k.b)+len(p)) > k.max; k.over {
		k.b = nil
	} else {
		k.b = append(k.b, p...)
	}
	return len(p), nil
}

func (s *Server) follow(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(id)
	if o == nil || o.dead || o.gone {
		switch s.cfg.Unknown {
		case http.StatusNoContent:
			w.WriteHeader(http.StatusNoContent)
		case http.StatusInternalServerError:
			fail(w, s.cfg.Unknown, "INGEST_EXTERNAL", "code_vitam", "operation process detail error", "Not found")
		default:
			fail(w, http.StatusNotFound, "ingest", "Item_Not_Found", "Item is not found", "ProcessWorkflow not found")
		}
		return
	}
	stateHeaders(w, o)
	w.Header().Set("X-Context-Id", "INGEST")
	status := http.StatusAccepted
	if o.state == "COMPLETED" {
		status = http.StatusOK
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"httpCode": status, "$results": []any{map[string]any{"operation_id": o.id, "processType": "INGEST",
		"stepByStep": false, "globalState": o.state, "stepStatus": o.status, "processDate": o.began.UTC().Format("2006-01-02T15:04:05+0000")}}})
}

func (s *Server) report(w http.ResponseWriter, id string, of func(*operation) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(id)
	var body []byte
	if o != nil && (o.state == "COMPLETED" || o.step >= 2 && o.manifest != nil) {
		body = of(o)
	}
	if o == nil || o.state != "COMPLETED" || body == nil {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusNotFound)
		writeError(w, http.StatusNotFound, "ingest", "Item_Not_Found", "Item is not found", "not found")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if o.outcome == "KO" {
		w.WriteHeader(s.cfg.KOStatus)
	}
	w.Write(body)
}

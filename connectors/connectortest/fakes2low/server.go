package fakes2low

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/liasse/liasse/connectors/connectortest/faults"
)

// Authority is the collectivité whose account the client uses.
type Authority struct {
	ID          int    // of the row; 0 is 2
	SIREN       string // "" is 123456782
	Departement string // "" is 034
}

// Config says what kind of server it is. The zero value is one that accepts.
type Config struct {
	Authority Authority
	// Trigramme and Quadrigramme are the server's own; "" is abc and TACT.
	Trigramme, Quadrigramme string

	// Login and Password, when not empty, make the certificate one with several
	// accounts: Basic credentials are then required.
	Login, Password string
	// LoginLatin1 expects them in ISO-8859-1 instead of UTF-8.
	LoginLatin1 bool
	// NoAccount makes the certificate an unknown one.
	NoAccount bool
	// NotRGS, NoRights and PaperMode make every creation refused so.
	NotRGS, NoRights, PaperMode bool
	// CannotTransmit is an account that may enter acts and not transmit them:
	// they wait for someone else at 17.
	CannotTransmit bool
	// HonourMustSigned keeps signed creations at 18, as older servers do.
	HonourMustSigned bool

	// Envelopes switches the submission of ready archives on.
	Envelopes bool
	// MaxArchive is the limit on files and archives; 0 is 150 MiB. MaxPost is
	// PHP's own: a longer body arrives empty; 0 is 200 MiB. MaxAnnexes is the
	// limit on their number; 0 is 200.
	MaxArchive, MaxPost int64
	MaxAnnexes          int
	// Keep is how much of each file is kept for downloads; a longer one is only
	// measured. 0 is 64 MiB.
	Keep int64

	// NoClassification is an authority that never received one.
	NoClassification bool
	// Now is the server's clock; nil stands still at 2 March 2026, 9:00 UTC.
	Now func() time.Time
	// Step is how long a transaction stays at 1, 2 and 3; 0 means that only
	// Advance moves it.
	Step time.Duration
	// NumbersAsStrings writes the numbers of the file list as strings.
	NumbersAsStrings bool
	// OldLists ignores min_submission_date, as servers before 5.0.38 do.
	OldLists bool
}

// Server is the fake. It is safe for concurrent use.
type Server struct {
	// Faults is the script of what goes wrong.
	Faults faults.Script

	cfg     Config
	handler http.Handler

	mu           sync.Mutex
	transactions []*transaction // in the order of their ids
	files        map[int]file
	envelopes    map[int][]byte
	numbers      map[string]bool   // taken, for ever
	doomed       map[string]string // number to the message of its refusal
	next         int
	nounces      map[string]time.Time
	classified   bool
	journal      []Entry
}

// Entry is one request the fake answered.
type Entry struct {
	Time        time.Time
	Method      string
	Path        string
	Status      int
	Transaction int // made by the request; 0 for none
}

// New returns a fake.
func New(cfg Config) *Server {
	a := &cfg.Authority
	def(&a.ID, 2)
	def(&a.SIREN, "123456782")
	def(&a.Departement, "034")
	def(&cfg.Trigramme, "abc")
	def(&cfg.Quadrigramme, "TACT")
	def(&cfg.MaxArchive, 150<<20)
	def(&cfg.MaxPost, 200<<20)
	def(&cfg.MaxAnnexes, 200)
	def(&cfg.Keep, 64<<20)
	if cfg.Now == nil {
		fixed := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
		cfg.Now = func() time.Time { return fixed }
	}
	s := &Server{cfg: cfg, files: map[int]file{}, envelopes: map[int][]byte{}, numbers: map[string]bool{}, doomed: map[string]string{},
		next: 4216, nounces: map[string]time.Time{}, classified: !cfg.NoClassification}
	s.handler = s.Faults.Wrap(http.HandlerFunc(s.serve))
	return s
}

func def[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
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

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	made   int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (s *Server) serve(rw http.ResponseWriter, r *http.Request) {
	w := &statusWriter{ResponseWriter: rw}
	defer func() {
		def(&w.status, http.StatusOK)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal = append(s.journal, Entry{s.cfg.Now(), r.Method, r.URL.Path, w.status, w.made})
	}()
	if s.cfg.NoAccount {
		redirect(w, "/connexion-status/")
		return
	}
	if s.cfg.Login != "" && r.Header.Get("Authorization") == "" && !s.nounced(r) {
		redirect(w, "/login.php?error=multiple_accounts")
		return
	}
	s.mu.Lock()
	s.move()
	s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/modules/actes/")
	if !ok {
		path = r.URL.Path
	}
	switch path {
	case "actes_transac_create.php":
		s.create(w, r)
	case "actes_transac_submit.php":
		s.submit(w, r)
	case "actes_transac_cancel.php":
		s.cancel(w, r)
	case "actes_transac_get_status.php":
		s.status(w, r)
	case "actes_transac_get_files_list.php":
		s.filesList(w, r)
	case "actes_download_file.php":
		s.download(w, r)
	case "actes_create_pdf.php":
		s.bordereau(w, r)
	case "actes_classification_fetch.php":
		s.classificationFetch(w, r)
	case "actes_classification_request.php":
		s.classificationRequest(w, r)
	case "api/list_actes.php":
		s.listActes(w, r)
	case "api/number_actes.php":
		s.numberActes(w, r)
	case "api/list_document_prefecture.php":
		s.letters(w, r)
	case "actes_transac_get_document.php":
		s.letter(w, r)
	case "api/document_prefecture_mark_as_read.php":
		s.markRead(w, r)
	case "/api/test-connexion.php":
		if s.logged(r) {
			textOK(w, "")
		} else {
			bareKO(w, msgAuth)
		}
	case "/api/get-nounce.php":
		s.nounce(w, r)
	default:
		http.NotFound(w, r)
	}
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusFound)
}

// logged reports whether the credentials are right, when some are needed.
func (s *Server) logged(r *http.Request) bool {
	if s.cfg.Login == "" || s.nounced(r) {
		return true
	}
	login, password, ok := r.BasicAuth()
	if s.cfg.LoginLatin1 {
		login, password = fromLatin1(login), fromLatin1(password)
	}
	return ok && login == s.cfg.Login && password == s.cfg.Password
}

func (s *Server) nounced(r *http.Request) bool {
	q := r.URL.Query()
	n := q.Get("nounce")
	s.mu.Lock()
	defer s.mu.Unlock()
	made, ok := s.nounces[n]
	return ok && s.cfg.Now().Sub(made) <= 5*time.Minute && q.Get("login") == s.cfg.Login && q.Get("hash") == hexSHA256(s.cfg.Password+":"+n)
}

func (s *Server) nounce(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	n := hexSHA256("nounce " + strconv.Itoa(len(s.nounces)))[:12]
	s.nounces[n] = s.cfg.Now()
	s.mu.Unlock()
	writeJSON(w, map[string]string{"nounce": n})
}

package fakes2low

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/internal/corpus"
)

// form is what a client posts: pairs of field and value; a field that begins
// with @ is a file of that name.
func post(t *testing.T, s *Server, path string, form [][2]string, with ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, kv := range form {
		if name, ok := strings.CutPrefix(kv[0], "@"); ok {
			field, file, _ := strings.Cut(name, "=")
			p, _ := w.CreateFormFile(field, file)
			io.WriteString(p, kv[1])
			continue
		}
		w.WriteField(kv[0], kv[1])
	}
	w.Close()
	r := httptest.NewRequest("POST", "/modules/actes/"+path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	for _, f := range with {
		f(r)
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

func get(s *Server, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	return rec
}

func creation(change ...[2]string) [][2]string {
	form := [][2]string{{"api", "1"}, {"nature_code", "1"}, {"classif1", "7"}, {"classif2", "1"}, {"number", "DEL2026_012"},
		{"decision_date", "2026-03-01"}, {"subject", "Vote du budget & \xe9t\xe9"}, {"type_acte", "99_DE"}, {"type_pj[]", "21_RP"}, {"document_papier", "0"},
		{"en_attente", "0"}, {"@acte_pdf_file=deliberation.pdf", "%PDF-1.4 acte"}, {"@acte_attachments[]=plan.png", "\x89PNG plan"}}
	for _, c := range change {
		i := slices.IndexFunc(form, func(kv [2]string) bool { return strings.HasPrefix(kv[0], c[0]) })
		if c[1] == "" {
			form = slices.Delete(form, i, i+1)
		} else {
			form[i][1] = c[1]
		}
	}
	return form
}

const statusPath = "/modules/actes/actes_transac_get_status.php?transaction=4217"

// TestAnswersAreTheServersByteForByte compares with the answers composed from
// the server's source.
func TestAnswersAreTheServersByteForByte(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t, "platforms"), "s2low/composed")
	create := func(cfg Config, change ...[2]string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			return post(t, New(cfg), "actes_transac_create.php", creation(change...))
		}
	}
	after := func(advance int, path string, then ...func(*Server)) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			s := New(Config{})
			post(t, s, "actes_transac_create.php", creation())
			for range advance {
				s.Advance()
			}
			for _, f := range then {
				f(s)
			}
			return get(s, path)
		}
	}
	submit := func(cfg Config, name string, archive string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			return post(t, New(cfg), "actes_transac_submit.php", [][2]string{{"api", "1"}, {"@enveloppe=" + name, archive}})
		}
	}
	cancel := func(prepare func(*Server)) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			s := New(Config{})
			post(t, s, "actes_transac_create.php", creation())
			prepare(s)
			return post(t, s, "actes_transac_cancel.php", [][2]string{{"api", "1"}, {"id", "4217"}})
		}
	}
	for file, ask := range map[string]func() *httptest.ResponseRecorder{
		"actes_create_ok.txt": create(Config{}),
		"actes_create_ko_auth.txt": func() *httptest.ResponseRecorder {
			return post(t, New(Config{Login: "a", Password: "b"}), "actes_transac_create.php", creation(), func(r *http.Request) { r.SetBasicAuth("a", "wrong") })
		},
		"actes_create_ko_rights.txt":      create(Config{NoRights: true}),
		"actes_create_ko_rgs.txt":         create(Config{NotRGS: true}),
		"actes_create_ko_number.txt":      create(Config{}, [2]string{"number", "2026-12"}),
		"actes_create_ko_future_date.txt": create(Config{}, [2]string{"decision_date", "2026-03-03"}),
		"actes_create_ko_size.txt":        create(Config{MaxPost: 300}),
		"actes_create_ko_no_file.txt":     create(Config{}, [2]string{"@acte_pdf_file", ""}),
		"actes_create_ko_typologie.txt":   create(Config{}, [2]string{"type_acte", ""}),
		"actes_create_ko_file_format.txt": create(Config{}, [2]string{"@acte_pdf_file", "PK a word file"}),
		"actes_create_ko_duplicate.txt": func() *httptest.ResponseRecorder {
			s := New(Config{})
			post(t, s, "actes_transac_create.php", creation())
			return post(t, s, "actes_transac_create.php", creation([2]string{"nature_code", "2"}))
		},
		"actes_status_1_poste.txt":    after(0, statusPath),
		"actes_status_3_transmis.txt": after(2, statusPath),
		"actes_status_17_attente.txt": func() *httptest.ResponseRecorder {
			s := New(Config{})
			post(t, s, "actes_transac_create.php", creation([2]string{"en_attente", "1"}))
			return get(s, statusPath)
		},
		"actes_status_-1_erreur.txt": after(4, statusPath, func(s *Server) {
			s.Refuse("DEL2026_012", "Erreur de validation de l'enveloppe métier")
		}),
		"actes_status_ko_unknown.txt":  after(0, statusPath+"0"),
		"actes_files_ko_not_ready.txt": after(2, "/modules/actes/actes_transac_get_files_list.php?transaction=4217"),
		"actes_status_ko_auth.txt": func() *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", statusPath, nil)
			r.SetBasicAuth("a", "wrong")
			rec := httptest.NewRecorder()
			New(Config{Login: "a", Password: "b"}).ServeHTTP(rec, r)
			return rec
		},
		"actes_cancel_ko_state.txt": cancel(func(*Server) {}),
		"actes_cancel_ko_pending.txt": cancel(func(s *Server) {
			for range 3 {
				s.Advance()
			}
			post(t, s, "actes_transac_cancel.php", [][2]string{{"api", "1"}, {"id", "4217"}})
		}),
		"actes_classification_ko.txt": func() *httptest.ResponseRecorder {
			return get(New(Config{NoClassification: true}), "/modules/actes/actes_classification_fetch.php?api=1")
		},
		"actes_submit_ko_disabled.txt":  submit(Config{}, "abc-TACT--123456782--20260301-1.tar.gz", "x"),
		"actes_submit_ko_trigramme.txt": submit(Config{Envelopes: true}, "def-TACT--123456782--20260301-1.tar.gz", "x"),
		"actes_submit_ko_import.txt": submit(Config{Envelopes: true}, "abc-TACT--123456782--20260301-1.tar.gz",
			tarGz(t, map[string]string{"other.xml": "<a/>"})),
	} {
		want, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		rec := ask()
		if got := rec.Body.Bytes(); rec.Code != 200 || !bytes.Equal(got, want) {
			t.Errorf("%s: status %d\n got %q\nwant %q", file, rec.Code, got, want)
		}
	}
}

func tarGz(t *testing.T, members map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, body := range members {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(body)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, body)
	}
	w.Close()
	z.Close()
	return b.String()
}

func TestRedirectsComeBeforeEverything(t *testing.T) {
	for _, x := range []struct {
		cfg Config
		to  string
	}{{Config{NoAccount: true}, "/connexion-status/"}, {Config{Login: "a", Password: "b"}, "/login.php?error=multiple_accounts"}} {
		rec := post(t, New(x.cfg), "actes_transac_create.php", creation())
		if rec.Code != 302 || rec.Header().Get("Location") != x.to {
			t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
		}
	}
}

func TestFirstFaultWins(t *testing.T) {
	s := New(Config{})
	post(t, s, "actes_transac_create.php", creation())
	for want, change := range map[string][][2]string{
		"numéro n":     {{"number", "a b"}, {"decision_date", "2030-01-01"}, {"@acte_pdf_file", ""}},
		"futur":        {{"decision_date", "2030-01-01"}, {"@acte_pdf_file", ""}},
		"existe déjà":  {{"@acte_pdf_file", ""}},
		"Aucun":        {{"number", "B2"}, {"@acte_pdf_file", ""}, {"type_acte", ""}},
		"typologie":    {{"number", "B2"}, {"type_pj[]", ""}, {"@acte_attachments[]", "MZ"}},
		"pièce jointe": {{"number", "B2"}, {"@acte_attachments[]", "MZ"}},
	} {
		rec := post(t, s, "actes_transac_create.php", creation(change...))
		if got := fromLatin1(rec.Body.String()); !strings.HasPrefix(got, "KO\n") || !strings.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

func TestNumberIsTakenForEver(t *testing.T) {
	s := New(Config{})
	post(t, s, "actes_transac_create.php", creation())
	s.Refuse("DEL2026_012", "refus")
	for range 5 {
		s.Advance()
	}
	if got := get(s, statusPath).Body.String(); !strings.HasPrefix(got, "OK\n-1\n") {
		t.Fatalf("status %q", got)
	}
	if got := post(t, s, "actes_transac_create.php", creation()).Body.String(); !strings.HasPrefix(got, "KO\n") {
		t.Errorf("a burnt number is taken again: %q", got)
	}
}

func TestTimeMovesTransactions(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := New(Config{Now: func() time.Time { return now }, Step: time.Minute})
	post(t, s, "actes_transac_create.php", creation())
	for _, want := range []string{"1", "2", "3", "4", "4"} {
		if got := strings.Split(get(s, statusPath).Body.String(), "\n")[1]; got != want {
			t.Errorf("status %s at %s, want %s", got, now, want)
		}
		now = now.Add(time.Minute)
	}
}

// TestXMLIsValid has the ministry's own schema judge what the fake writes.
func TestXMLIsValid(t *testing.T) {
	dir := corpus.Dir(t, "actes")
	xmllint := corpus.Tool(t, "xmllint")
	s := New(Config{})
	post(t, s, "actes_transac_create.php", creation())
	for range 3 {
		s.Advance()
	}
	_, ar, _ := strings.Cut(get(s, statusPath).Body.String(), "OK\n4\n")
	if !strings.Contains(ar, `IDActe="034-123456782-20260301-DEL2026_012-DE"`) || !strings.Contains(ar, "Vote du budget &amp; \xe9t\xe9") ||
		!strings.Contains(ar, "99_DE-034-123456782-20260301-DEL2026_012-DE-1-1_1.pdf") || !strings.Contains(ar, "21_RP-034-123456782-20260301-DEL2026_012-DE-1-1_2.png") {
		t.Errorf("the AR does not say what was received: %q", ar)
	}
	s.mu.Lock()
	metier := s.metier(s.transactions[0])
	annulation := s.arAnnulation(s.transactions[0])
	s.mu.Unlock()
	for name, xml := range map[string][]byte{"ar": []byte(ar), "metier": metier, "annulation": annulation, "classification": classification()} {
		cmd := exec.Command(xmllint, "--noout", "--schema", filepath.Join(dir, "xsd/actesv1_1.xsd"), "-")
		cmd.Stdin = bytes.NewReader(xml)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, xml)
		}
	}
}

func TestSubmittedEnvelopeIsReadAndRebuilt(t *testing.T) {
	const base = "034-123456782-20260301-DEL2026_013-DE-1-1"
	acte := `<?xml version="1.0" encoding="ISO-8859-1"?><a:Acte xmlns:a="` + namespace + `" a:Date="2026-03-01" a:NumeroInterne="DEL2026_013" a:CodeNatureActe="1"><a:CodeMatiere1 a:CodeMatiere="7"/><a:CodeMatiere2 a:CodeMatiere="10"/><a:Objet>for` + "\xea" + `t</a:Objet><a:Document><a:NomFichier>99_DE-` + base + `_1.pdf</a:NomFichier></a:Document><a:Annexes a:Nombre="0"/><a:DocumentPapier>N</a:DocumentPapier></a:Acte>`
	envelope := `<a:EnveloppeCLMISILL xmlns:a="` + namespace + `"><a:AdressesRetour><a:Email>m@v.example</a:Email></a:AdressesRetour><a:FormulairesEnvoyes><a:Formulaire><a:NomFichier>` + base + `_0.xml</a:NomFichier></a:Formulaire></a:FormulairesEnvoyes></a:EnveloppeCLMISILL>`
	archive := tarGz(t, map[string]string{"TACT--123456782--20260301-1.xml": envelope, base + "_0.xml": acte, "99_DE-" + base + "_1.pdf": "%PDF-1.4"})
	s := New(Config{Envelopes: true})
	send := func() string {
		return post(t, s, "actes_transac_submit.php", [][2]string{{"api", "1"}, {"@enveloppe=abc-TACT--123456782--20260301-1.tar.gz", archive}}).Body.String()
	}
	if got := send(); got != "OK\n1\n4217\n\n" {
		t.Fatalf("%q", got)
	}
	if got := send(); !strings.Contains(got, "conflit") {
		t.Errorf("the same envelope passes twice: %q", got)
	}
	for range 3 {
		s.Advance()
	}
	if got := get(s, statusPath).Body.String(); !strings.Contains(got, "<actes:Objet>for\xeat</actes:Objet>") || !strings.Contains(got, "99_DE-"+base+"_1.pdf") {
		t.Errorf("AR %q", got)
	}
	rebuilt := get(s, fmt.Sprintf("/modules/actes/actes_download_file.php?env=%d", s.transactions[0].env)).Body.Bytes()
	members, problem := unpack(rebuilt)
	if problem != "" || !strings.Contains(string(members["TACT--123456782--20260301-1.xml"]), "tdt@tdt.example") || string(rebuilt) == archive {
		t.Errorf("the archive sent on is not rebuilt: %s", problem)
	}
}

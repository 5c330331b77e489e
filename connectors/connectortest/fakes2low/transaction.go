package fakes2low

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// transaction is one exchange about an act.
type transaction struct {
	id      int
	kind    int // 1 act, 2 to 5 letter, 6 cancellation, 7 classification
	status  int
	history []int
	since   time.Time
	created time.Time
	reply   []byte // XML stored with status 4
	message string // of status −1

	related int // the act a letter or a cancellation is about
	read    bool
	env     int

	act act
}

// act is what a creation said.
type act struct {
	number, date string
	nature       int
	classif      []string
	subject      []byte // as received
	paper        bool
	main         file
	annexes      []file
}

// file is a file received or made.
type file struct {
	id            int
	name, posted  string
	media, codePJ string
	size          int64
	kept          []byte // nil when longer than Config.Keep
	head          []byte
	transaction   int
}

func (s *Server) newTransaction(kind int) *transaction {
	s.next++
	t := &transaction{id: s.next, kind: kind, created: s.cfg.Now()}
	s.set(t, 1)
	s.transactions = append(s.transactions, t)
	return t
}

func (s *Server) set(t *transaction, status int) {
	t.status, t.since = status, s.cfg.Now()
	t.history = append(t.history, status)
}

// move lets time pass over every transaction. The lock is held.
func (s *Server) move() {
	if s.cfg.Step <= 0 {
		return
	}
	now := s.cfg.Now()
	for _, t := range s.transactions {
		for t.status >= 1 && t.status <= 3 && !now.Before(t.since.Add(s.cfg.Step)) {
			since := t.since.Add(s.cfg.Step)
			s.forward(t)
			t.since = since
		}
	}
}

// Advance moves every transaction one step on: 1 posted, 2 waiting, 3 sent,
// 4 acknowledged.
func (s *Server) Advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.transactions {
		if t.status >= 1 && t.status <= 3 {
			s.forward(t)
		}
	}
}

func (s *Server) forward(t *transaction) {
	if message, doomed := s.doomed[t.act.number]; doomed && t.kind == 1 && t.status == 2 {
		t.message = message
		s.set(t, -1)
		return
	}
	s.set(t, t.status+1)
	if t.status != 4 {
		return
	}
	switch t.kind {
	case 1:
		t.reply = s.arActe(t)
		s.makeFiles(t)
	case 6:
		if a := s.find(t.related); a != nil {
			s.set(a, 0)
			t.reply = s.arAnnulation(a)
		}
	case 7:
		s.classified = true
	}
}

// Refuse makes the act that bears the number fall to −1 once it would have been
// sent, with that message. Its number stays taken.
func (s *Server) Refuse(number, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doomed[number] = message
	for _, t := range s.transactions {
		if t.kind == 1 && t.act.number == number && t.status >= 3 && t.status <= 4 {
			t.message, t.reply = message, nil
			s.set(t, -1)
		}
	}
}

// Confirm lets go a transaction held at 17 or 18, as a person does.
func (s *Server) Confirm(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.find(id)
	if t == nil || t.status != 17 && t.status != 18 {
		return false
	}
	s.set(t, 1)
	return true
}

func (s *Server) find(id int) *transaction {
	for _, t := range s.transactions {
		if t.id == id {
			return t
		}
	}
	return nil
}

// posted is what PHP hands to a script.
type posted struct {
	empty  bool // the body was longer than PHP takes
	values map[string][]string
	files  map[string][]file
	total  int64
}

func (p *posted) get(name string) string {
	if v := p.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

var errUpload = errors.New("upload")

// receive reads the body of a POST. Nothing is handled before it is whole.
func (s *Server) receive(r *http.Request) (*posted, error) {
	p := &posted{values: map[string][]string{}, files: map[string][]file{}}
	body := &counting{r: r.Body, left: s.cfg.MaxPost}
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		r.Body = io.NopCloser(body)
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		for k, v := range r.Form {
			p.values[k] = v
		}
		return p, nil
	}
	mr := multipart.NewReader(body, params["boundary"])
	for {
		part, err := mr.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return p.over(r, body, err)
		}
		name := part.FormName()
		_, disposition, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if _, isFile := disposition["filename"]; !isFile {
			b, err := io.ReadAll(io.LimitReader(part, 1<<20))
			if err != nil {
				return p.over(r, body, err)
			}
			p.values[name] = append(p.values[name], string(b))
			continue
		}
		f := file{posted: disposition["filename"], media: part.Header.Get("Content-Type")}
		var kept keeper
		kept.max = s.cfg.Keep
		if f.size, err = io.Copy(&kept, part); err != nil {
			return p.over(r, body, err)
		}
		f.kept, f.head = kept.content(), kept.head()
		p.total += f.size
		p.files[name] = append(p.files[name], f)
	}
	return p, nil
}

// over reads a body too long for PHP to its end: the script then sees nothing.
func (p *posted) over(r *http.Request, body *counting, err error) (*posted, error) {
	if body.left > 0 {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &posted{empty: true}, nil
}

type counting struct {
	r    io.Reader
	left int64
}

func (c *counting) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errUpload
	}
	n, err := c.r.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

// keeper keeps a file up to a size; of a longer one, its beginning.
type keeper struct {
	max  int64
	over bool
	buf  bytes.Buffer
}

func (k *keeper) Write(b []byte) (int, error) {
	if !k.over && int64(k.buf.Len()+len(b)) > k.max {
		k.over = true
		first := bytes.Clone(k.buf.Bytes()[:min(k.buf.Len(), 16)])
		k.buf = *bytes.NewBuffer(first)
	}
	if k.over {
		if n := 16 - k.buf.Len(); n > 0 {
			k.buf.Write(b[:min(n, len(b))])
		}
		return len(b), nil
	}
	return k.buf.Write(b)
}

func (k *keeper) head() []byte { return bytes.Clone(k.buf.Bytes()[:min(k.buf.Len(), 16)]) }

func (k *keeper) content() []byte {
	if k.over {
		return nil
	}
	return bytes.Clone(k.buf.Bytes())
}

var numberShape = regexp.MustCompile(`^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$`)

// admit makes the checks before those of the content, which creation and
// submission share.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (*posted, bool) {
	if r.Method != http.MethodPost {
		textKO(w, fmt.Sprintf(msgSize, s.cfg.MaxArchive))
		return nil, false
	}
	p, err := s.receive(r)
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away: the script never starts
	}
	if !p.empty && p.get("api") == "" {
		redirect(w, "/modules/actes/index.php")
		return nil, false
	}
	return p, true
}

func (s *Server) create(w *statusWriter, r *http.Request) {
	p, ok := s.admit(w, r)
	if !ok {
		return
	}
	logged := s.logged(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	number, annexes := p.get("number"), p.files["acte_attachments[]"]
	mains := p.files["acte_pdf_file"]
	nature, _ := strconv.Atoi(p.get("nature_code"))
	date, dateErr := time.Parse(time.DateOnly, p.get("decision_date"))
	if refused := s.firstFault(p, logged, number, date, mains, annexes, nature); refused != "" {
		textKO(w, refused)
		return
	}
	if dateErr != nil || nature < 1 || nature > 6 || p.get("classif1") == "" || p.get("subject") == "" {
		textKO(w, fmt.Sprintf(msgMessage, "paramètre absent ou incorrect"))
		return
	}
	t := s.newTransaction(1)
	s.numbers[number] = true
	t.act = act{number: number, date: p.get("decision_date"), nature: nature, subject: []byte(p.get("subject")),
		paper: truthy(p.get("document_papier")), main: mains[0], annexes: annexes}
	t.act.main.codePJ = p.get("type_acte")
	for i := range t.act.annexes {
		t.act.annexes[i].codePJ = p.values["type_pj[]"][i]
	}
	for i := 1; i <= 5; i++ {
		if c := p.get("classif" + strconv.Itoa(i)); c != "" {
			t.act.classif = append(t.act.classif, c)
		}
	}
	switch {
	case s.cfg.HonourMustSigned && truthy(p.get("must_signed")):
		t.status, t.history = 18, []int{18}
	case truthy(p.get("en_attente")) || s.cfg.CannotTransmit:
		t.status, t.history = 17, []int{17}
	}
	w.made = t.id
	textOK(w, strconv.Itoa(t.id)+"\n")
}

// firstFault makes the checks of a creation in the server's order.
func (s *Server) firstFault(p *posted, logged bool, number string, date time.Time, mains, annexes []file, nature int) string {
	switch {
	case p.empty:
		return fmt.Sprintf(msgSize, s.cfg.MaxArchive)
	case len(annexes) > s.cfg.MaxAnnexes:
		return fmt.Sprintf(msgAnnexes, s.cfg.MaxAnnexes)
	case !logged:
		return msgAuth
	case s.cfg.NoRights:
		return msgRights
	case s.cfg.PaperMode:
		return msgPaper
	case s.cfg.NotRGS:
		return msgRGS
	case !numberShape.MatchString(number):
		return msgNumber
	case date.After(s.cfg.Now()):
		return msgFuture
	case p.total > s.cfg.MaxArchive:
		return fmt.Sprintf(msgSize, s.cfg.MaxArchive)
	case s.numbers[number]:
		return msgDuplicate
	case len(mains) == 0:
		return msgNoFile
	case p.get("type_acte") == "":
		return fmt.Sprintf(msgTypologie, mains[0].posted)
	}
	for i, f := range annexes {
		if i >= len(p.values["type_pj[]"]) || p.values["type_pj[]"][i] == "" {
			return fmt.Sprintf(msgTypologie, f.posted)
		}
	}
	if !known(mains[0], nature == 5) || media(mains[0].head) == "image/png" || media(mains[0].head) == "image/jpeg" {
		return fmt.Sprintf(msgActe, msgFormat)
	}
	for _, f := range annexes {
		if !known(f, true) {
			return fmt.Sprintf(msgAnnexe, msgFormat)
		}
	}
	return ""
}

func truthy(v string) bool { return v != "" && v != "0" }

func media(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(head, []byte("\x89PNG")):
		return "image/png"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), []byte("<")):
		return "text/xml"
	}
	return ""
}

func known(f file, xml bool) bool {
	m := media(f.head)
	return m != "" && (xml || m != "text/xml")
}

func (s *Server) cancel(w *statusWriter, r *http.Request) {
	p, ok := s.admit(w, r)
	if !ok {
		return
	}
	logged := s.logged(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.Atoi(p.get("id"))
	t := s.find(id)
	switch {
	case !logged:
		textKO(w, msgAuth)
	case s.cfg.NoRights || s.cfg.CannotTransmit:
		textKO(w, msgRights)
	case t == nil:
		textKO(w, msgUnknown)
	case t.kind != 1:
		textKO(w, msgNotType1)
	case s.cancelling(id):
		textKO(w, msgCancelling)
	case t.status != 4:
		textKO(w, msgNot4)
	default:
		c := s.newTransaction(6)
		c.related, c.act = id, act{number: t.act.number, date: t.act.date, nature: t.act.nature, subject: t.act.subject, classif: t.act.classif}
		w.made = c.id
		textOK(w, strconv.Itoa(c.id)+"\n")
	}
}

func (s *Server) cancelling(id int) bool {
	for _, t := range s.transactions {
		if t.kind == 6 && t.related == id && t.status != -1 {
			return true
		}
	}
	return false
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	id, _ := strconv.Atoi(q.Get("transaction"))
	t := s.find(id)
	if u := q.Get("unique_id"); t == nil && u != "" {
		for _, x := range s.transactions {
			if x.kind == 1 && s.identifier(x) == u {
				t = x
			}
		}
	}
	if t == nil {
		bareKO(w, msgUnknown)
		return
	}
	plainText(w)
	fmt.Fprintf(w, "OK\n%d\n", t.status)
	switch {
	case t.status == -1:
		w.Write(toLatin1(t.message + "\n"))
	case t.reply != nil && t.status == 4:
		w.Write(t.reply)
		io.WriteString(w, "\n")
	}
}

var natures = [...]string{"", "DE", "AR", "AI", "CC", "BF", "AU"}

// identifier composes the act's unique identifier.
func (s *Server) identifier(t *transaction) string {
	return strings.Join([]string{s.cfg.Authority.Departement, s.cfg.Authority.SIREN,
		strings.ReplaceAll(t.act.date, "-", ""), t.act.number, natures[t.act.nature]}, "-")
}

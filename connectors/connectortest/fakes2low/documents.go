package fakes2low

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// makeFiles lays out the files of an acknowledged act.
func (s *Server) makeFiles(t *transaction) {
	add := func(f file, name string) {
		s.next++
		f.id, f.name, f.transaction = s.next, name, t.id
		if f.media == "" || f.media == "application/octet-stream" {
			f.media = media(f.head)
		}
		s.files[f.id] = f
	}
	xml := s.metier(t)
	add(file{media: "text/xml", size: int64(len(xml)), kept: xml, head: xml[:min(len(xml), 16)]}, s.identifier(t)+"-1-1_0.xml")
	add(t.act.main, s.fileName(t, t.act.main, 1))
	for i, f := range t.act.annexes {
		add(f, s.fileName(t, f, i+2))
	}
}

func (s *Server) filesList(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.Atoi(r.URL.Query().Get("transaction"))
	t := s.find(id)
	switch {
	case t == nil:
		bareKO(w, msgUnknown)
		return
	case !slices.ContainsFunc(t.history, func(h int) bool { return h < 1 || h > 3 }):
		bareKO(w, msgNoAR)
		return
	}
	rows := []map[string]any{}
	number := func(n int64) any {
		if s.cfg.NumbersAsStrings {
			return strconv.FormatInt(n, 10)
		}
		return n
	}
	for _, fid := range s.filesOf(id) {
		f := s.files[fid]
		rows = append(rows, map[string]any{"id": number(int64(f.id)), "name": f.name, "posted_filename": f.posted,
			"mimetype": f.media, "size": number(f.size), "sign": "", "code_pj": f.codePJ})
	}
	writeJSON(w, rows)
}

func (s *Server) filesOf(transaction int) []int {
	var ids []int
	for id, f := range s.files {
		if f.transaction == transaction {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if env, err := strconv.Atoi(q.Get("env")); err == nil {
		if b, ok := s.envelopes[env]; ok {
			attach(w, "application/x-gzip", fmt.Sprintf("enveloppe-%d.tar.gz", env), b)
			return
		}
	}
	id, _ := strconv.Atoi(q.Get("file"))
	f, ok := s.files[id]
	if !ok || f.kept == nil {
		bareKO(w, msgUnknown)
		return
	}
	b := f.kept
	if q.Get("tampon") == "true" && media(f.head) == "application/pdf" {
		// Enough of a stamp to tell a stamped file from the deposited one.
		b = fmt.Appendf(slices.Clone(b), "\n%% tampon %s %s\n", s.identifier(s.find(f.transaction)), q.Get("date_affichage"))
	}
	attach(w, f.media, f.name, b)
}

func attach(w http.ResponseWriter, media, name string, b []byte) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.Write(b)
}

func (s *Server) bordereau(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.Atoi(r.URL.Query().Get("trans_id"))
	t := s.find(id)
	if t == nil {
		bareKO(w, msgUnknown)
		return
	}
	attach(w, "application/pdf", fmt.Sprintf("bordereau-%d.pdf", id),
		[]byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF\n"))
}

func (s *Server) listActes(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	status, _ := strconv.Atoi(q.Get("status_id"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit <= 0 {
		limit = 100
	}
	rows := []map[string]any{}
	matched := s.listed(status, q.Get("min_submission_date"))
	for _, t := range matched[min(offset, len(matched)):min(offset+limit, len(matched))] {
		rows = append(rows, map[string]any{"id": strconv.Itoa(t.id), "subject": fromLatin1(string(t.act.subject)), "number": t.act.number,
			"date": t.act.date, "nature_descr": natureLabel(t.act.nature), "classification": join(t.act.classif), "type": strconv.Itoa(t.kind)})
	}
	writeJSON(w, map[string]any{"status_id": strconv.Itoa(status), "authority_id": strconv.Itoa(s.cfg.Authority.ID),
		"offset": strconv.Itoa(offset), "limit": strconv.Itoa(limit), "transactions": rows})
}

// listed returns the transactions of a status, the newest first.
func (s *Server) listed(status int, since string) []*transaction {
	from, err := time.Parse(time.DateOnly, since)
	var out []*transaction
	for _, t := range slices.Backward(s.transactions) {
		if t.status == status && t.kind != 7 && (err != nil || s.cfg.OldLists || !t.created.Before(from)) {
			out = append(out, t)
		}
	}
	return out
}

func natureLabel(n int) string {
	if n < 1 || n > len(natureLabels) {
		return ""
	}
	return natureLabels[n-1].name
}

func join(classif []string) string {
	out := ""
	for i, c := range classif {
		if i > 0 {
			out += "."
		}
		out += c
	}
	return out
}

func (s *Server) numberActes(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	status, _ := strconv.Atoi(r.URL.Query().Get("status_id"))
	writeJSON(w, map[string]any{"status_id": strconv.Itoa(status), "authority_id": strconv.Itoa(s.cfg.Authority.ID),
		"nb_transactions": strconv.Itoa(len(s.listed(status, "")))})
}

// Letter makes the préfecture send a letter about an act (kinds 2 to 5): the
// bytes are those of the tar.gz. It returns the letter's transaction, 0 when
// there is no such act.
func (s *Server) Letter(kind, act int, archive []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.find(act)
	if a == nil || kind < 2 || kind > 5 {
		return 0
	}
	t := s.newTransaction(kind)
	t.related, t.act = act, a.act
	t.status = 7
	if kind == 2 || kind == 5 {
		t.status = 21
	}
	t.history = []int{t.status}
	s.next++
	t.env = s.next
	s.envelopes[t.env] = slices.Clone(archive)
	return t.id
}

func (s *Server) letters(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := []map[string]any{}
	for _, t := range s.transactions {
		if t.kind >= 2 && t.kind <= 5 && !t.read {
			rows = append(rows, map[string]any{"id": strconv.Itoa(t.id), "type": strconv.Itoa(t.kind), "number": t.act.number,
				"unique_id": s.identifier(t), "related_transaction_id": strconv.Itoa(t.related), "last_status_id": strconv.Itoa(t.status)})
		}
	}
	writeJSON(w, rows)
}

func (s *Server) letter(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.Atoi(r.URL.Query().Get("id"))
	t := s.find(id)
	switch {
	case t == nil:
		bareKO(w, msgUnknown)
	case t.kind == 1:
		plainText(w)
		for _, x := range s.transactions {
			if x.related == id && x.kind <= 5 {
				fmt.Fprintf(w, "%d-%d-%d\n", x.kind, x.status, x.id)
			}
		}
	default:
		redirect(w, fmt.Sprintf("/modules/actes/actes_download_file.php?env=%d", t.env))
	}
}

func (s *Server) markRead(w http.ResponseWriter, r *http.Request) {
	if !s.logged(r) {
		bareKO(w, msgAuth)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.Atoi(r.URL.Query().Get("transaction_id"))
	if t := s.find(id); t != nil {
		t.read = true
	}
	writeJSON(w, map[string]string{"result": "ok"})
}

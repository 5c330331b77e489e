package fakes2low

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var archiveName = regexp.MustCompile(`^([A-Za-z0-9]+)-([A-Za-z0-9]+)--([0-9]{9})--([0-9]{8})-([0-9]{1,4})\.tar\.gz$`)

func (s *Server) submit(w *statusWriter, r *http.Request) {
	p, ok := s.admit(w, r)
	if !ok {
		return
	}
	logged := s.logged(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(format string, args ...any) { textKO(w, fmt.Sprintf(format, args...)) }
	f := p.files["enveloppe"]
	switch {
	case !s.cfg.Envelopes:
		refuse(msgOff)
		return
	case !logged:
		refuse(msgAuth)
		return
	case s.cfg.NoRights:
		refuse(msgRights)
		return
	case len(f) == 0:
		refuse(msgNoArchive)
		return
	case s.cfg.NotRGS:
		refuse(msgRGS)
		return
	}
	name := archiveName.FindStringSubmatch(f[0].posted)
	switch {
	case name == nil:
		refuse(msgName, msgBadName)
		return
	case name[1] != s.cfg.Trigramme:
		refuse(msgName, fmt.Sprintf(msgTri, name[1], s.cfg.Trigramme))
		return
	case name[2] != s.cfg.Quadrigramme:
		refuse(msgName, fmt.Sprintf(msgQuadri, name[2], s.cfg.Quadrigramme))
		return
	case f[0].size > s.cfg.MaxArchive || f[0].kept == nil:
		refuse(msgImport, fmt.Sprintf(msgSize, s.cfg.MaxArchive))
		return
	}
	members, problem := unpack(f[0].kept)
	if problem != "" {
		refuse(msgImport, problem)
		return
	}
	envelope := strings.TrimSuffix(strings.TrimPrefix(f[0].posted, name[1]+"-"), ".tar.gz") + ".xml"
	messages, err := formulaires(members[envelope])
	if members[envelope] == nil || err != nil || len(messages) == 0 {
		refuse(msgImport, msgNoEnvelope)
		return
	}
	var acts []act
	for _, m := range messages {
		a, err := readActe(members, m)
		if err != nil {
			refuse(msgMessage, "message illisible")
			return
		}
		if s.numbers[a.number] {
			refuse(msgConflict)
			return
		}
		acts = append(acts, a)
	}
	payload := strconv.Itoa(len(acts)) + "\n"
	for _, a := range acts {
		t := s.newTransaction(1)
		t.act = a
		s.numbers[a.number] = true
		payload += strconv.Itoa(t.id) + "\n"
		w.made = t.id
		s.next++
		t.env = s.next
		s.envelopes[t.env] = rebuild(f[0].kept, envelope)
	}
	textOK(w, payload)
}

// member is a file of an archive, in its order.
type member struct {
	header tar.Header
	body   []byte
}

func read(archive []byte) ([]member, string) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, msgGzip
	}
	var out []member
	tr := tar.NewReader(io.LimitReader(z, 1<<30))
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return out, ""
		}
		if err != nil {
			return nil, msgTar
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			return nil, msgTar
		}
		out = append(out, member{*h, b})
	}
}

func unpack(archive []byte) (map[string][]byte, string) {
	list, problem := read(archive)
	if problem != "" {
		return nil, problem
	}
	out := map[string][]byte{}
	for _, m := range list {
		out[strings.TrimPrefix(m.header.Name, "./")] = m.body
	}
	return out, ""
}

// decoder reads XML in the encodings the messages use.
func decoder(b []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if !strings.EqualFold(label, "ISO-8859-1") {
			return nil, fmt.Errorf("charset %q", label)
		}
		raw, err := io.ReadAll(in)
		return strings.NewReader(fromLatin1(string(raw))), err
	}
	return d
}

func formulaires(envelope []byte) ([]string, error) {
	var e struct {
		XMLName xml.Name `xml:"EnveloppeCLMISILL"`
		Names   []string `xml:"FormulairesEnvoyes>Formulaire>NomFichier"`
	}
	err := decoder(envelope).Decode(&e)
	return e.Names, err
}

type matter struct {
	Code string `xml:"CodeMatiere,attr"`
}

// readActe reads a message 1-1 and takes its files.
func readActe(members map[string][]byte, name string) (act, error) {
	var m struct {
		XMLName xml.Name `xml:"Acte"`
		Date    string   `xml:"Date,attr"`
		Number  string   `xml:"NumeroInterne,attr"`
		Nature  int      `xml:"CodeNatureActe,attr"`
		M1      *matter  `xml:"CodeMatiere1"`
		M2      *matter  `xml:"CodeMatiere2"`
		M3      *matter  `xml:"CodeMatiere3"`
		M4      *matter  `xml:"CodeMatiere4"`
		M5      *matter  `xml:"CodeMatiere5"`
		Objet   string   `xml:"Objet"`
		Papier  string   `xml:"DocumentPapier"`
		Main    string   `xml:"Document>NomFichier"`
		Annexes []string `xml:"Annexes>Annexe>NomFichier"`
	}
	if err := decoder(members[name]).Decode(&m); err != nil {
		return act{}, err
	}
	if m.Nature < 1 || m.Nature > 6 || m.Number == "" {
		return act{}, errUpload
	}
	a := act{number: m.Number, date: m.Date, nature: m.Nature, subject: toLatin1(m.Objet), paper: m.Papier == "O"}
	for _, c := range []*matter{m.M1, m.M2, m.M3, m.M4, m.M5} {
		if c != nil {
			a.classif = append(a.classif, c.Code)
		}
	}
	take := func(name string) (file, error) {
		b, ok := members[name]
		if !ok {
			return file{}, errUpload
		}
		code, _, _ := strings.Cut(name, "-")
		return file{name: name, posted: name, codePJ: code, size: int64(len(b)), kept: b, head: b[:min(len(b), 16)]}, nil
	}
	var err error
	if a.main, err = take(m.Main); err != nil {
		return act{}, err
	}
	for _, n := range m.Annexes {
		f, err := take(n)
		if err != nil {
			return act{}, err
		}
		a.annexes = append(a.annexes, f)
	}
	return a, nil
}

// rebuild makes the archive that goes to the State: the deposited one with the
// server's own return address added.
func rebuild(archive []byte, envelope string) []byte {
	list, _ := read(archive)
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	tw := tar.NewWriter(z)
	for _, m := range list {
		if strings.TrimPrefix(m.header.Name, "./") == envelope {
			if i := bytes.Index(m.body, []byte("AdressesRetour>")); i > 0 {
				prefix := string(m.body[bytes.LastIndexByte(m.body[:i], '<')+1 : i])
				end := []byte("</" + prefix + "AdressesRetour>")
				m.body = bytes.Replace(m.body, end, append([]byte("<"+prefix+"Email>tdt@tdt.example</"+prefix+"Email>"), end...), 1)
			}
			m.header.Size = int64(len(m.body))
		}
		tw.WriteHeader(&m.header)
		tw.Write(m.body)
	}
	tw.Close()
	z.Close()
	return out.Bytes()
}

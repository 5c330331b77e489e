package profile

import (
	"strings"

	"github.com/liasse/liasse/internal/xmlcore"
)

// maxMarks bounds the parts remembered by their identifiers; the others are
// called by their numbers alone.
const maxMarks = 10_000

// landmarks remembers the units and objects of a message, so that findings can
// name them: by their path, their identifier and title.
type landmarks struct {
	titles bool
	seen   map[string]landmark
	kinds  []nameKind // by number of the name
	open   []int      // depths of the open parts
	paths  []string   // and their paths
	in     bool       // a title is being read
	text   []byte
}

type nameKind uint8

const (
	unmet nameKind = iota
	otherName
	partName
	titleName
)

// kind says what the name of an element means here.
func (m *landmarks) kind(n *xmlcore.Name) nameKind {
	for n.ID >= len(m.kinds) {
		m.kinds = append(m.kinds, unmet)
	}
	if m.kinds[n.ID] == unmet {
		m.kinds[n.ID] = otherName
		if _, ok := parts[n.Local]; ok {
			m.kinds[n.ID] = partName
		} else if n.Local == "Title" || n.Local == "Name" {
			m.kinds[n.ID] = titleName
		}
	}
	return m.kinds[n.ID]
}

type landmark struct{ id, title string }

// maxTitle bounds, in bytes, the title of a unit.
const maxTitle = 120

// parts are the elements that hold what a message describes, and how they are
// called in French and English: units of SEDA 2, the tree of 0.2 and 1.0,
// objects.
var parts = map[string][2]string{
	"ArchiveUnit":        {"unité d'archives", "archive unit"},
	"Archive":            {"archive", "archive"},
	"ArchiveObject":      {"objet d'archives", "archive object"},
	"Contains":           {"objet d'archives", "archive object"},
	"Document":           {"document", "document"},
	"DataObjectGroup":    {"groupe d'objets", "object group"},
	"BinaryDataObject":   {"objet numérique", "binary object"},
	"PhysicalDataObject": {"objet physique", "physical object"},
}

// Event takes the next event of the message.
func (m *landmarks) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		kind := m.kind(r.Name())
		if kind == partName {
			m.enter(r)
		}
		m.in = m.titles && kind == titleName && len(m.open) > 0 &&
			(r.Depth() == m.open[len(m.open)-1]+1 || r.Depth() == m.open[len(m.open)-1]+2)
		m.text = m.text[:0]
	case xmlcore.Text:
		if m.in && len(m.text) < maxTitle {
			m.text = append(m.text, r.Text()...)
		}
	case xmlcore.EndElement:
		if m.in {
			m.in = false
			path := m.paths[len(m.paths)-1]
			if x, ok := m.seen[path]; ok && x.title == "" {
				x.title = strings.ToValidUTF8(strings.Join(strings.Fields(string(m.text[:min(len(m.text), maxTitle)])), " "), "")
				m.seen[path] = x
			}
		}
		if n := len(m.open); n > 0 && r.Depth() == m.open[n-1] {
			m.open, m.paths = m.open[:n-1], m.paths[:n-1]
		}
	}
	return nil
}

func (m *landmarks) enter(r *xmlcore.Reader) {
	if len(m.seen) >= maxMarks {
		return
	}
	path := r.Path()
	m.open, m.paths = append(m.open, r.Depth()), append(m.paths, path)
	var x landmark
	for _, a := range [][2]string{{"", "id"}, {xmlcore.XMLSpace, "id"}, {"", "Id"}} {
		if v, ok := r.Attr(a[0], a[1]); ok && isIdentifier(v) {
			x.id = string(v)
			break
		}
	}
	m.seen[path] = x
}

// isIdentifier reports whether an identifier may be shown as it is: what is not
// of their form may be anything.
func isIdentifier(v []byte) bool {
	for _, c := range v {
		if c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(v) > 0 && len(v) <= 64
}

// place says in French and English which part of the message a path is in, and
// the title of the unit where it is known.
func (m *landmarks) place(path string) (fr, en, title string) {
	var numbers []string
	last, end, at := "", 0, 0
	for at < len(path) {
		next := strings.IndexByte(path[at+1:], '/')
		if next < 0 {
			next = len(path)
		} else {
			next += at + 1
		}
		step := path[at+1 : next]
		at = next
		step, index, numbered := strings.Cut(step, "[")
		if !numbered {
			index = "1]"
		}
		if _, local, found := strings.Cut(step, ":"); found {
			step = local
		}
		if _, ok := parts[step]; ok {
			last, end = step, at
			numbers = append(numbers, strings.TrimSuffix(index, "]"))
		} else if fixed, ok := sections[step]; ok && last == "" {
			fr, en = fixed[0], fixed[1]
		}
	}
	if last == "" {
		if fr == "" {
			fr, en = "En-tête du bordereau", "Header of the message"
		}
		return fr, en, ""
	}
	number := strings.Join(numbers, ".")
	fr, en = upper(parts[last][0])+" n° "+number, upper(parts[last][1])+" "+number
	x := m.seen[path[:end]]
	if x.id != "" {
		fr, en = fr+" ("+x.id+")", en+" ("+x.id+")"
	}
	return fr, en, x.title
}

// upper writes the first letter, which is of ASCII, as a capital.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// sections are the parts of a message that are neither units nor objects.
var sections = map[string][2]string{
	"CodeListVersions":   {"Listes de codes du bordereau", "Code lists of the message"},
	"ManagementMetadata": {"Règles communes du versement", "Common rules of the transfer"},
	"DataObjectPackage":  {"Contenu du versement", "Content of the transfer"},
	"ArchivalAgency":     {"Service d'archives", "Archival agency"},
	"TransferringAgency": {"Service versant", "Transferring agency"},
}

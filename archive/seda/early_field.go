package seda

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// first is a field that holds the first of several identifiers: there is room
// for one.
func first(name string, at func(*described) *[]string) field[described] {
	return field[described]{name: name, single: true, plain: true,
		get: func(d *described) []*node {
			if ids := *at(d); len(ids) > 0 {
				return one(optional(name, ids[0]))
			}
			return nil
		},
		set: func(d *described, n *node) bool {
			p := at(d)
			if len(*p) > 0 || !n.leaf() || blank(n.text()) {
				return false
			}
			*p = append(*p, n.text())
			return true
		},
	}
}

// systemScheme marks the identifier of the system a record comes from, for
// which the first family has no element of its own.
const systemScheme = "OriginatingSystemId"

// firstOr is [first], or the identifier of the system when there is none.
func firstOr(name string, at func(*described) *[]string) field[described] {
	f := first(name, at)
	f.plain = false
	given := f
	f.get = func(d *described) []*node {
		if len(*at(d)) == 0 && len(d.SystemIDs) > 0 && !blank(d.SystemIDs[0]) {
			return one(elem(name, d.SystemIDs[0]).setAttr("schemeName", systemScheme))
		}
		return given.get(d)
	}
	f.set = func(d *described, n *node) bool {
		if n.attr("schemeName") != systemScheme {
			return given.set(d, n)
		}
		if len(d.SystemIDs)+len(*at(d)) > 0 || !n.leaf() || blank(n.text()) {
			return false
		}
		d.SystemIDs = append(d.SystemIDs, n.text())
		return true
	}
	return f
}

// assumed is an element every part must have, with what it says when nothing
// else is said: a reader keeps only what is not that. (Several values stand in
// the list while the part is read; then they are extras.)
func assumed[T any](name, value string, at func(*T) *[]string) field[T] {
	return field[T]{name: name, assumed: value,
		get: func(t *T) []*node {
			var out []*node
			for _, v := range *at(t) {
				out = append(out, elem(name, v))
			}
			return out
		},
		set: func(t *T, n *node) bool {
			if !n.leaf() || blank(n.text()) {
				return false
			}
			*at(t) = append(*at(t), n.text())
			return true
		},
	}
}

// organization is a party: Identification and Name; the rest of it is kept as
// it is.
func organization[T any](name string, at func(*T) *archive.Agency) field[T] {
	return field[T]{name: name,
		get: func(p *T) []*node {
			a := at(p)
			n := tree(name, optional("Identification", a.ID), optional("Name", a.Name))
			if len(n.items) == 0 {
				return nil
			}
			return one(n)
		},
		set: func(p *T, n *node) bool {
			a := at(p)
			if *a != (archive.Agency{}) {
				return false
			}
			if id := n.child("Identification"); id != nil {
				a.ID = id.text()
			}
			if c := n.child("Name"); c != nil {
				a.Name = c.text()
			}
			return *a != (archive.Agency{})
		},
	}
}

func producers() field[described] {
	const name = "OriginatingAgency"
	return field[described]{name: name,
		get: func(d *described) []*node {
			var out []*node
			for _, a := range d.Agents {
				if a.Role == ged.Producer && !blank(a.Identity()) {
					out = append(out, tree(name, elem("Identification", a.Identity()), optional("Name", a.Name)))
				}
			}
			return out
		},
		set: func(d *described, n *node) bool {
			id := n.childToken("Identification")
			if id == "" {
				return false
			}
			a := identified(ged.Agent{Role: ged.Producer}, id)
			if c := n.child("Name"); c != nil {
				a.Name = c.text()
			}
			d.Agents = append(d.Agents, a)
			return true
		},
	}
}

func producersOf(u *archive.Unit) (n int) {
	for _, a := range u.Agents {
		if a.Role == ged.Producer {
			n++
		}
	}
	return n
}

func level() field[described] {
	return field[described]{name: "DescriptionLevel", single: true,
		get: func(d *described) []*node {
			code := strings.ToLower(string(d.Level))
			if d.Level == archive.OtherLevel {
				code = "file"
			}
			return one(optional("DescriptionLevel", code))
		},
		set: func(d *described, n *node) bool {
			l, ok := descriptionLevels[n.token()]
			if !ok || d.Level != "" {
				return false
			}
			d.Level = l
			return true
		},
	}
}

// languages are codes of three letters in 1.0, of two in 0.2; the model has
// two where there are.
func languages(name string, three bool) field[described] {
	return field[described]{name: name,
		get: func(d *described) []*node {
			var out []*node
			for i, l := range d.Languages {
				code := languageCode(l, three)
				if code == "" || slices.ContainsFunc(d.Languages[:i], func(o string) bool { return languageCode(o, three) == code }) {
					continue
				}
				out = append(out, elem(name, code))
			}
			return out
		},
		set: func(d *described, n *node) bool {
			code := n.token()
			if code == "" || !n.leaf() {
				return false
			}
			if two := isoCode(code, 1, 0); three && two != "" {
				code = two
			}
			if slices.Contains(d.Languages, code) {
				return false
			}
			d.Languages = append(d.Languages, code)
			return true
		},
	}
}

// languageCode returns the code as the version writes it, or "".
func languageCode(tag string, three bool) string {
	code, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch {
	case three && len(code) == 2:
		return isoCode(code, 0, 1)
	case !three && len(code) == 3:
		return isoCode(code, 1, 0)
	case three && len(code) == 3, !three && len(code) == 2:
		return code
	}
	return ""
}

// dayOf is an xsd:date.
func dayOf(name string, at func(*described) *archive.When) field[described] {
	return field[described]{name: name, single: true,
		get: func(d *described) []*node { return one(optional(name, dayIn(*at(d)))) },
		set: func(d *described, n *node) bool {
			w := at(d)
			day, err := ged.ParseDate(n.token())
			if err != nil || !w.IsZero() || !n.leaf() {
				return false
			}
			*w = archive.Day(day)
			return true
		},
	}
}

// dayIn returns the day of a date as xsd:date, "" when it is only a year or a
// month.
func dayIn(w archive.When) string {
	switch {
	case w.Text != "":
		d, err := ged.ParseDateTime(w.Text)
		if err != nil {
			return ""
		}
		return d.String()
	case !w.Time.IsZero():
		return ged.DateOf(w.Time).String()
	}
	return w.Day.String()
}

const midnight = "T00:00:00"

// momentOf is an xsd:dateTime; a day is written as its beginning.
func momentOf(name string, at func(*described) *archive.When) field[described] {
	return field[described]{name: name, single: true,
		get: func(d *described) []*node {
			w := *at(d)
			text := w.String()
			if w.Text == "" && w.Time.IsZero() && text != "" {
				text += midnight
			}
			if !strings.Contains(text, "T") {
				return nil
			}
			return one(optional(name, text))
		},
		set: func(d *described, n *node) bool {
			w := at(d)
			text := n.token()
			if _, err := ged.ParseDateTime(text); err != nil || !w.IsZero() || !n.leaf() {
				return false
			}
			if day, ok := strings.CutSuffix(text, midnight); ok {
				text = day
			}
			*w = readWhen(text)
			return true
		},
	}
}

// keywords have the same form as in 2.x, under two names.
func keywords(name string) field[described] {
	return field[described]{name: name,
		get: func(d *described) []*node {
			out := getKeywords(&d.Unit)
			for _, n := range out {
				n.name = name
			}
			return out
		},
		set: func(d *described, n *node) bool { return setKeyword(&d.Unit, n) },
	}
}

// getHistoryText is the history of 0.2: one text, its lines the items.
func getHistoryText(u *archive.Unit) []*node {
	return one(optional("CustodialHistory", strings.Join(u.History, "\n")))
}

func setHistoryText(u *archive.Unit, n *node) bool {
	if len(u.History) > 0 || !n.leaf() || blank(n.text()) {
		return false
	}
	u.History = strings.Split(n.text(), "\n")
	return true
}

// getRelated writes the links to other records; relations are named in the
// words of 2.x, since the first family has no list of them.
func getRelated(d *described) []*node {
	var out []*node
	for _, l := range d.Links {
		if id := linked(l); !blank(id) {
			out = append(out, tree("RelatedObjectReference", elem("RelatedObjectIdentifier", id), elem("Relation", linkElement(l.Type))))
		}
	}
	return out
}

func linked(l archive.Link) string {
	if l.Unit != nil {
		return l.Unit.ID
	}
	return l.External
}

func setRelated(d *described, n *node) bool {
	id := n.child("RelatedObjectIdentifier")
	if id == nil || blank(id.text()) {
		return false
	}
	l := archive.Link{Type: ged.Citant, External: id.text()}
	for _, t := range linkTypes {
		if t.read != "" && t.name == n.childToken("Relation") {
			l.Type = t.read
		}
	}
	d.Links = append(d.Links, l)
	return true
}

func getRelatedID(d *described) []*node {
	var out []*node
	for _, l := range d.Links {
		if n := optional("RelatedObjectReference", linked(l)); n != nil {
			out = append(out, n)
		}
	}
	return out
}

func setRelatedID(d *described, n *node) bool {
	if !n.leaf() || blank(n.text()) {
		return false
	}
	d.Links = append(d.Links, archive.Link{Type: ged.Citant, External: n.text()})
	return true
}

// appraisalPrefix begins the code of a rule of appraisal: the first family
// gives a duration and no code, and as@lae names the rule of ten years APP10Y.
const appraisalPrefix = "APP"

// appraisalDuration returns the duration of the rule as xsd:duration, or "".
func appraisalDuration(r ged.Rule) string {
	if rest, ok := strings.CutPrefix(r.Code, appraisalPrefix); ok {
		if _, err := ged.ParsePeriod("P" + rest); err == nil {
			return "P" + rest
		}
	}
	if r.Duration.IsZero() || r.Unlimited {
		return ""
	}
	return r.Duration.String()
}

// firstRule returns the first rule of the category: there is room for one.
func firstRule(rules []ged.Rule, category ged.RuleCategory) *ged.Rule {
	for i := range rules {
		if rules[i].Category == category {
			return &rules[i]
		}
	}
	return nil
}

func appraisal(name string) field[described] {
	return field[described]{name: name, single: true,
		get: func(d *described) []*node {
			r := firstRule(d.Rules, ged.Conservation)
			if r == nil {
				return nil
			}
			code := "conserver"
			if r.SortFinal == ged.Detruire {
				code = "detruire"
			}
			return one(tree(name, elem("Code", code), optional("Duration", appraisalDuration(*r)), optional("StartDate", r.Start.String())))
		},
		set: func(d *described, n *node) bool {
			text := n.childToken("Duration")
			period, err := ged.ParsePeriod(text)
			sort, ok := sortsFinaux[n.childToken("Code")]
			if err != nil || !ok || firstRule(d.Rules, ged.Conservation) != nil {
				return false
			}
			d.Rules = append(d.Rules, ged.Rule{Category: ged.Conservation, Code: appraisalPrefix + text[1:], Duration: period,
				Start: readDay(n.childToken("StartDate")), SortFinal: sort})
			return true
		},
	}
}

// isAccessCode reports whether the code is of the list of the first family:
// AR038 to AR062.
func isAccessCode(code string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(code, "AR"))
	return err == nil && len(code) == 5 && strings.HasPrefix(code, "AR0") && n >= 38 && n <= 62
}

func access(name string) field[described] {
	return field[described]{name: name, single: true,
		get: func(d *described) []*node {
			r := firstRule(d.Rules, ged.Communicabilite)
			if r == nil || !isAccessCode(r.Code) {
				return nil
			}
			return one(tree(name, elem("Code", r.Code), optional("StartDate", r.Start.String())))
		},
		set: func(d *described, n *node) bool {
			code := n.childToken("Code")
			if !isAccessCode(code) || firstRule(d.Rules, ged.Communicabilite) != nil {
				return false
			}
			d.Rules = append(d.Rules, ged.Rule{Category: ged.Communicabilite, Code: code, Start: readDay(n.childToken("StartDate"))})
			return true
		},
	}
}

// attachment says where the file is. Platforms find it by filename, which is
// its path in the archive that comes with the message.
func attachment(puids int) field[document] {
	return field[document]{name: "Attachment", single: true,
		get: func(d *document) []*node {
			o := &d.object
			n := elem("Attachment", "").setAttr("filename", cmp.Or(o.URI, o.Name))
			if listed(o.PUID, puids) {
				n.setAttr("format", o.PUID)
			}
			if mediaTypes[o.MediaType] {
				n.setAttr("mimeCode", o.MediaType)
			}
			return one(n)
		},
		set: func(d *document, n *node) bool {
			o := &d.object
			if o.Name+o.URI+o.PUID+o.MediaType != "" {
				return false
			}
			uri := cmp.Or(n.attr("filename"), n.attr("uri"))
			o.Name = fileName(uri)
			if blank(n.text()) { // else the file is in the message itself
				o.URI = uri
			}
			o.PUID, o.MediaType = n.attr("format"), n.attr("mimeCode")
			return true
		},
	}
}

// fileName is the last step of the path of a file.
func fileName(uri string) string {
	if uri == "" {
		return ""
	}
	return path.Base(uri)
}

// listed reports whether the list of formats, which is closed, has this one:
// fmt/1 to the last.
func listed(puid string, last int) bool {
	number, ok := strings.CutPrefix(puid, "fmt/")
	n, err := strconv.Atoi(number)
	return ok && err == nil && n >= 1 && n <= last && strconv.Itoa(n) == number
}

func getIntegrity(o *archive.Object) []*node {
	if len(o.Digests) == 0 || o.Digests[0].Value == "" {
		return nil
	}
	return one(elem("Integrity", o.Digests[0].Value).setAttr("algorithme", digestURIs[o.Digests[0].Algorithm]))
}

func setIntegrity(o *archive.Object, n *node) bool {
	d, ok := digestIn(n, "algorithme")
	if !ok || len(o.Digests) > 0 {
		return false
	}
	o.Digests = []ged.Digest{d}
	return true
}

// octets is the unit of a size in bytes (UN/ECE recommendation 20).
const octets = "AD"

func getMeasure(o *archive.Object) []*node {
	if o.Size <= 0 {
		return nil
	}
	return one(elem("Size", strconv.FormatInt(o.Size, 10)).setAttr("unitCode", octets))
}

func setMeasure(o *archive.Object, n *node) bool {
	v, err := strconv.ParseInt(n.token(), 10, 64)
	if err != nil || v <= 0 || o.Size != 0 || n.attr("unitCode") != octets {
		return false
	}
	o.Size = v
	return true
}

// contentType is what most documents are: the content itself, and not what
// explains it.
const contentType = "CDO"

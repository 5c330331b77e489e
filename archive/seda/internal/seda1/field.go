package seda1

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
)

// first is a field that holds the first of several identifiers: there is room
// for one.
func first(name string, at func(*described) *[]string) element.Field[described] {
	return element.Field[described]{Name: name, Single: true, Plain: true,
		Get: func(d *described) []*element.Node {
			if ids := *at(d); len(ids) > 0 {
				return element.One(element.Optional(name, ids[0]))
			}
			return nil
		},
		Set: func(d *described, n *element.Node) bool {
			p := at(d)
			if len(*p) > 0 || !n.Leaf() || element.Blank(n.Text()) {
				return false
			}
			*p = append(*p, n.Text())
			return true
		},
	}
}

// systemScheme marks the identifier of the system a record comes from, for
// which the first family has no element of its own.
const systemScheme = "OriginatingSystemId"

// firstOr is [first], or the identifier of the system when there is none.
func firstOr(name string, at func(*described) *[]string) element.Field[described] {
	f := first(name, at)
	f.Plain = false
	given := f
	f.Get = func(d *described) []*element.Node {
		if len(*at(d)) == 0 && len(d.SystemIDs) > 0 && !element.Blank(d.SystemIDs[0]) {
			return element.One(element.Elem(name, d.SystemIDs[0]).SetAttr("schemeName", systemScheme))
		}
		return given.Get(d)
	}
	f.Set = func(d *described, n *element.Node) bool {
		if n.Attr("schemeName") != systemScheme {
			return given.Set(d, n)
		}
		if len(d.SystemIDs)+len(*at(d)) > 0 || !n.Leaf() || element.Blank(n.Text()) {
			return false
		}
		d.SystemIDs = append(d.SystemIDs, n.Text())
		return true
	}
	return f
}

// assumed is an element every part must have, with what it says when nothing
// else is said: a reader keeps only what is not that. (Several values stand in
// the list while the part is read; then they are extras.)
func assumed[T any](name, value string, at func(*T) *[]string) element.Field[T] {
	return element.Field[T]{Name: name, Assumed: value,
		Get: func(t *T) []*element.Node {
			var out []*element.Node
			for _, v := range *at(t) {
				out = append(out, element.Elem(name, v))
			}
			return out
		},
		Set: func(t *T, n *element.Node) bool {
			if !n.Leaf() || element.Blank(n.Text()) {
				return false
			}
			*at(t) = append(*at(t), n.Text())
			return true
		},
	}
}

// Organization is a party: Identification and Name; the rest of it is kept as
// it is.
func Organization[T any](name string, at func(*T) *archive.Agency) element.Field[T] {
	return element.Field[T]{Name: name,
		Get: func(p *T) []*element.Node {
			a := at(p)
			n := element.Tree(name, element.Optional("Identification", a.ID), element.Optional("Name", a.Name))
			if len(n.Items) == 0 {
				return nil
			}
			return element.One(n)
		},
		Set: func(p *T, n *element.Node) bool {
			a := at(p)
			if *a != (archive.Agency{}) {
				return false
			}
			if id := n.Child("Identification"); id != nil {
				a.ID = id.Text()
			}
			if c := n.Child("Name"); c != nil {
				a.Name = c.Text()
			}
			return *a != (archive.Agency{})
		},
	}
}

func producers() element.Field[described] {
	const name = "OriginatingAgency"
	return element.Field[described]{Name: name,
		Get: func(d *described) []*element.Node {
			var out []*element.Node
			for _, a := range d.Agents {
				if a.Role == ged.Producer && !element.Blank(a.Identity()) {
					out = append(out, element.Tree(name, element.Elem("Identification", a.Identity()), element.Optional("Name", a.Name)))
				}
			}
			return out
		},
		Set: func(d *described, n *element.Node) bool {
			id := n.ChildToken("Identification")
			if id == "" {
				return false
			}
			a := seda2.Identified(ged.Agent{Role: ged.Producer}, id)
			if c := n.Child("Name"); c != nil {
				a.Name = c.Text()
			}
			d.Agents = append(d.Agents, a)
			return true
		},
	}
}

// ProducersOf counts the originating agencies of the unit.
func ProducersOf(u *archive.Unit) (n int) {
	for _, a := range u.Agents {
		if a.Role == ged.Producer {
			n++
		}
	}
	return n
}

func level() element.Field[described] {
	return element.Field[described]{Name: "DescriptionLevel", Single: true,
		Get: func(d *described) []*element.Node {
			code := strings.ToLower(string(d.Level))
			if d.Level == archive.OtherLevel {
				code = "file"
			}
			return element.One(element.Optional("DescriptionLevel", code))
		},
		Set: func(d *described, n *element.Node) bool {
			l, ok := descriptionLevels[n.Token()]
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
func languages(name string, three bool) element.Field[described] {
	return element.Field[described]{Name: name,
		Get: func(d *described) []*element.Node {
			var out []*element.Node
			for i, l := range d.Languages {
				code := languageCode(l, three)
				if code == "" || slices.ContainsFunc(d.Languages[:i], func(o string) bool { return languageCode(o, three) == code }) {
					continue
				}
				out = append(out, element.Elem(name, code))
			}
			return out
		},
		Set: func(d *described, n *element.Node) bool {
			code := n.Token()
			if code == "" || !n.Leaf() {
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
func dayOf(name string, at func(*described) *archive.When) element.Field[described] {
	return element.Field[described]{Name: name, Single: true,
		Get: func(d *described) []*element.Node { return element.One(element.Optional(name, dayIn(*at(d)))) },
		Set: func(d *described, n *element.Node) bool {
			w := at(d)
			day, err := ged.ParseDate(n.Token())
			if err != nil || !w.IsZero() || !n.Leaf() {
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
	return w.Date().String()
}

const midnight = "T00:00:00"

// momentOf is an xsd:dateTime; a day is written as its beginning.
func momentOf(name string, at func(*described) *archive.When) element.Field[described] {
	return element.Field[described]{Name: name, Single: true,
		Get: func(d *described) []*element.Node {
			w := *at(d)
			text := w.String()
			if text != "" && w.Date().String() == text {
				text += midnight
			}
			if !strings.Contains(text, "T") {
				return nil
			}
			return element.One(element.Optional(name, text))
		},
		Set: func(d *described, n *element.Node) bool {
			w := at(d)
			text := n.Token()
			if _, err := ged.ParseDateTime(text); err != nil || !w.IsZero() || !n.Leaf() {
				return false
			}
			if day, ok := strings.CutSuffix(text, midnight); ok {
				text = day
			}
			*w = archive.When(text)
			return true
		},
	}
}

// keywords have the same form as in 2.x, under two names.
func keywords(name string) element.Field[described] {
	return element.Field[described]{Name: name,
		Get: func(d *described) []*element.Node {
			out := seda2.GetKeywords(&d.Unit)
			for _, n := range out {
				n.Name = name
			}
			return out
		},
		Set: func(d *described, n *element.Node) bool { return seda2.SetKeyword(&d.Unit, n) },
	}
}

// getHistoryText is the history of 0.2: one text, its lines the items.
func getHistoryText(u *archive.Unit) []*element.Node {
	return element.One(element.Optional("CustodialHistory", strings.Join(u.History, "\n")))
}

func setHistoryText(u *archive.Unit, n *element.Node) bool {
	if len(u.History) > 0 || !n.Leaf() || element.Blank(n.Text()) {
		return false
	}
	u.History = strings.Split(n.Text(), "\n")
	return true
}

// getRelated writes the links to other records; relations are named in the
// words of 2.x, since the first family has no list of them.
func getRelated(d *described) []*element.Node {
	var out []*element.Node
	for _, l := range d.Links {
		if id := linked(l); !element.Blank(id) {
			out = append(out, element.Tree("RelatedObjectReference", element.Elem("RelatedObjectIdentifier", id), element.Elem("Relation", seda2.LinkElement(l.Type))))
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

func setRelated(d *described, n *element.Node) bool {
	id := n.Child("RelatedObjectIdentifier")
	if id == nil || element.Blank(id.Text()) {
		return false
	}
	l := archive.Link{Type: ged.Citant, External: id.Text()}
	for _, t := range seda2.LinkTypes {
		if t.Read != "" && t.Name == n.ChildToken("Relation") {
			l.Type = t.Read
		}
	}
	d.Links = append(d.Links, l)
	return true
}

func getRelatedID(d *described) []*element.Node {
	var out []*element.Node
	for _, l := range d.Links {
		if n := element.Optional("RelatedObjectReference", linked(l)); n != nil {
			out = append(out, n)
		}
	}
	return out
}

func setRelatedID(d *described, n *element.Node) bool {
	if !n.Leaf() || element.Blank(n.Text()) {
		return false
	}
	d.Links = append(d.Links, archive.Link{Type: ged.Citant, External: n.Text()})
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

func appraisal(name string) element.Field[described] {
	return element.Field[described]{Name: name, Single: true,
		Get: func(d *described) []*element.Node {
			r := firstRule(d.Rules, ged.Conservation)
			if r == nil {
				return nil
			}
			code := "conserver"
			if r.SortFinal == ged.Detruire {
				code = "detruire"
			}
			return element.One(element.Tree(name, element.Elem("Code", code), element.Optional("Duration", appraisalDuration(*r)), element.Optional("StartDate", r.Start.String())))
		},
		Set: func(d *described, n *element.Node) bool {
			text := n.ChildToken("Duration")
			period, err := ged.ParsePeriod(text)
			sort, ok := sortsFinaux[n.ChildToken("Code")]
			if err != nil || !ok || firstRule(d.Rules, ged.Conservation) != nil {
				return false
			}
			d.Rules = append(d.Rules, ged.Rule{Category: ged.Conservation, Code: appraisalPrefix + text[1:], Duration: period,
				Start: seda2.ReadDay(n.ChildToken("StartDate")), SortFinal: sort})
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

func access(name string) element.Field[described] {
	return element.Field[described]{Name: name, Single: true,
		Get: func(d *described) []*element.Node {
			r := firstRule(d.Rules, ged.Communicabilite)
			if r == nil || !isAccessCode(r.Code) {
				return nil
			}
			return element.One(element.Tree(name, element.Elem("Code", r.Code), element.Optional("StartDate", r.Start.String())))
		},
		Set: func(d *described, n *element.Node) bool {
			code := n.ChildToken("Code")
			if !isAccessCode(code) || firstRule(d.Rules, ged.Communicabilite) != nil {
				return false
			}
			d.Rules = append(d.Rules, ged.Rule{Category: ged.Communicabilite, Code: code, Start: seda2.ReadDay(n.ChildToken("StartDate"))})
			return true
		},
	}
}

// attachment says where the file is. Platforms find it by filename, which is
// its path in the archive that comes with the message.
func attachment(puids int) element.Field[document] {
	return element.Field[document]{Name: "Attachment", Single: true,
		Get: func(d *document) []*element.Node {
			o := &d.object
			n := element.Elem("Attachment", "").SetAttr("filename", cmp.Or(o.URI, o.Name))
			if listed(o.PUID, puids) {
				n.SetAttr("format", o.PUID)
			}
			if mediaTypes[o.MediaType] {
				n.SetAttr("mimeCode", o.MediaType)
			}
			return element.One(n)
		},
		Set: func(d *document, n *element.Node) bool {
			o := &d.object
			if o.Name+o.URI+o.PUID+o.MediaType != "" {
				return false
			}
			uri := cmp.Or(n.Attr("filename"), n.Attr("uri"))
			o.Name = fileName(uri)
			if element.Blank(n.Text()) { // else the file is in the message itself
				o.URI = uri
			}
			o.PUID, o.MediaType = n.Attr("format"), n.Attr("mimeCode")
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

func getIntegrity(o *archive.Object) []*element.Node {
	if len(o.Digests) == 0 || o.Digests[0].Value == "" {
		return nil
	}
	return element.One(element.Elem("Integrity", o.Digests[0].Value).SetAttr("algorithme", seda2.DigestURIs[o.Digests[0].Algorithm]))
}

func setIntegrity(o *archive.Object, n *element.Node) bool {
	d, ok := seda2.DigestIn(n, "algorithme")
	if !ok || len(o.Digests) > 0 {
		return false
	}
	o.Digests = []ged.Digest{d}
	return true
}

// octets is the unit of a size in bytes (UN/ECE recommendation 20).
const octets = "AD"

func getMeasure(o *archive.Object) []*element.Node {
	if o.Size <= 0 {
		return nil
	}
	return element.One(element.Elem("Size", strconv.FormatInt(o.Size, 10)).SetAttr("unitCode", octets))
}

func setMeasure(o *archive.Object, n *element.Node) bool {
	v, err := strconv.ParseInt(n.Token(), 10, 64)
	if err != nil || v <= 0 || o.Size != 0 || n.Attr("unitCode") != octets {
		return false
	}
	o.Size = v
	return true
}

// contentType is what most documents are: the content itself, and not what
// explains it.
const contentType = "CDO"

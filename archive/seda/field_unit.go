package seda

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

type (
	unit    = archive.Unit
	stringp = *string
	listp   = *[]string
)

// unitContent is the Content of a unit, in the order of the ontology schemas.
var unitContent = &part[unit]{name: "Content", fields: []field[unit]{
	text("DescriptionLevel", func(u *unit) stringp { return (*string)(&u.Level) }),
	text("Title", func(u *unit) stringp { return &u.Title }),
	texts("FilePlanPosition", func(u *unit) listp { return &u.FilePlan }).once20(),
	raw[unit]("SystemId").once20(),
	texts("OriginatingSystemId", func(u *unit) listp { return &u.SystemIDs }).once20(),
	texts("ArchivalAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.ArchivalIDs }).once20(),
	texts("OriginatingAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.OriginatingIDs }).once20(),
	texts("TransferringAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.TransferringIDs }).once20(),
	text("Description", func(u *unit) stringp { return &u.Description }),
	{name: "CustodialHistory", get: getHistory, set: setHistory},
	raw[unit]("Type"),
	text("DocumentType", func(u *unit) stringp { return &u.Type }),
	texts("Language", func(u *unit) listp { return &u.Languages }).once20(),
	raw[unit]("DescriptionLanguage"),
	text("Status", func(u *unit) stringp { return &u.Status }),
	raw[unit]("Version"),
	texts("Tag", func(u *unit) listp { return &u.Tags }),
	{name: "Keyword", get: getKeywords, set: setKeyword},
	raw[unit]("Coverage"),
	agency("OriginatingAgency", ged.Producer),
	agency("SubmissionAgency", ged.Submitter),
	raw[unit]("Agent").in(from22),
	raw[unit]("AuthorizedAgent").once20(),
	agents("Writer", ged.Author, ged.Signatory),
	agents("Addressee", ged.Authority),
	agents("Recipient", ged.Recipient),
	raw[unit]("Transmitter").in(from21),
	agents("Sender", ged.Sender).in(from21),
	raw[unit]("Source"),
	{name: "RelatedObjectReference", get: getLinks, set: setLinks},
	when("CreatedDate", func(u *unit) *archive.When { return &u.Dates.Created }),
	when("TransactedDate", func(u *unit) *archive.When { return &u.Dates.Transacted }),
	when("AcquiredDate", func(u *unit) *archive.When { return &u.Dates.Acquired }),
	when("SentDate", func(u *unit) *archive.When { return &u.Dates.Sent }),
	when("ReceivedDate", func(u *unit) *archive.When { return &u.Dates.Received }),
	when("RegisteredDate", func(u *unit) *archive.When { return &u.Dates.Registered }),
	when("StartDate", func(u *unit) *archive.When { return &u.Dates.Start }),
	when("EndDate", func(u *unit) *archive.When { return &u.Dates.End }),
	raw[unit]("DateLitteral").in(from22),
	{name: "Event", get: getEvents, set: setEvent},
	raw[unit]("Signature").in(span{since: V21, until: V22}), // 2.0 wants a date the others do not have
	raw[unit]("SigningInformation").in(from23),
	raw[unit]("Gps"),
	raw[unit]("OriginatingSystemIdReplyTo").in(from22),
	raw[unit]("TextContent").in(from22),
	raw[unit]("PersistentIdentifier").in(from23),
}}

// header of a unit: what comes before its Management.
var unitHead = &part[unit]{name: "ArchiveUnit", fields: []field[unit]{
	text("ArchiveUnitProfile", func(u *unit) stringp { return &u.Profile }),
}}

func when(name string, at func(*unit) *archive.When) field[unit] {
	return field[unit]{name: name,
		get: func(u *unit) []*node { return one(optional(name, at(u).String())) },
		set: func(u *unit, n *node) bool {
			w := at(u)
			if !w.IsZero() || !n.leaf() || blank(n.text()) {
				return false
			}
			*w = readWhen(n.text())
			return true
		},
		say: func(u *unit, s string) bool { // readWhen keeps the text, one way or another
			w := at(u)
			if !w.IsZero() {
				return false
			}
			*w = readWhen(s)
			return true
		},
		says: func(u *unit) string { return at(u).String() },
	}
}

// readWhen keeps the date as it is written unless the model would write it so.
func readWhen(s string) archive.When {
	// A date of ten characters has no zone: it is written again just so.
	if d, err := ged.ParseDate(s); err == nil && (len(s) == 10 && s[0] != '-' || d.String() == s) {
		return archive.Day(d)
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		if w := archive.Moment(t); !t.IsZero() && w.String() == s {
			return w
		}
	}
	return archive.When{Text: s}
}

func getHistory(u *unit) []*node {
	n := tree("CustodialHistory")
	for _, h := range u.History {
		n.add(optional("CustodialHistoryItem", h))
	}
	if len(n.items) == 0 {
		return nil
	}
	return one(n)
}

func setHistory(u *unit, n *node) bool {
	if len(u.History) > 0 {
		return false
	}
	for c := range n.children {
		if c.is("CustodialHistoryItem") && !blank(c.text()) {
			u.History = append(u.History, c.text())
		}
	}
	return len(u.History) > 0
}

func getKeywords(u *unit) []*node {
	var out []*node
	for _, k := range u.Keywords {
		if blank(k.Content) {
			continue
		}
		n := tree("Keyword", elem("KeywordContent", k.Content))
		if !blank(k.Reference) {
			n.add(elem("KeywordReference", k.Reference).setAttr("schemeID", k.Scheme))
		}
		if keywordKinds[k.Kind] {
			n.add(elem("KeywordType", k.Kind))
		}
		out = append(out, n)
	}
	return out
}

func setKeyword(u *unit, n *node) bool {
	content := n.child("KeywordContent")
	if content == nil || blank(content.text()) {
		return false
	}
	k := ged.Keyword{Content: content.text(), Kind: n.childToken("KeywordType")}
	if ref := n.child("KeywordReference"); ref != nil {
		k.Reference, k.Scheme = ref.text(), ref.attr("schemeID")
	}
	u.Keywords = append(u.Keywords, k)
	return true
}

// agency is the identifier of an agency that had a part in the record.
func agency(name string, role ged.Role) field[unit] {
	return field[unit]{name: name,
		get: func(u *unit) []*node {
			for _, a := range u.Agents {
				if a.Role == role && !blank(a.Identity()) {
					return one(tree(name, elem("Identifier", a.Identity())))
				}
			}
			return nil
		},
		set: func(u *unit, n *node) bool {
			id := n.child("Identifier")
			if id == nil || blank(id.text()) || slices.ContainsFunc(u.Agents, func(a ged.Agent) bool { return a.Role == role }) {
				return false
			}
			u.Agents = append(u.Agents, identified(ged.Agent{Role: role, Name: describedName(n)}, id.text()))
			return true
		},
	}
}

// identified gives the agent its identifier, in the member its length tells.
func identified(a ged.Agent, id string) ged.Agent {
	switch digits := strings.Trim(id, "0123456789") == ""; {
	case digits && len(id) == 14:
		a.SIRET = id
	case digits && len(id) == 9:
		a.SIREN = id
	default:
		a.ID = id
	}
	return a
}

const signatory = "Signataire"

// agents are the people and entities of the roles. Several roles share an
// element: the last one is told by its Role.
func agents(name string, roles ...ged.Role) field[unit] {
	return field[unit]{name: name,
		get: func(u *unit) []*node {
			var out []*node
			for _, a := range u.Agents {
				if !slices.Contains(roles, a.Role) || blank(a.Name+a.Identity()) {
					continue
				}
				n := tree(name)
				if a.Person {
					n.add(optional("FullName", a.Name))
				} else { // required, so it may be the identifier again
					n.add(elem("Corpname", cmp.Or(strings.TrimSpace(a.Name), a.Identity())))
				}
				n.add(optional("Identifier", a.Identity()), optional("Function", a.Function))
				if a.Role == ged.Signatory {
					n.add(elem("Role", signatory))
				}
				out = append(out, n)
			}
			return out
		},
		set: func(u *unit, n *node) bool {
			a := ged.Agent{Role: roles[0], Function: n.childToken("Function")}
			if n.childToken("Role") == signatory && slices.Contains(roles, ged.Signatory) {
				a.Role = ged.Signatory
			}
			if id := n.childToken("Identifier"); id != "" {
				a = identified(a, id)
			}
			if a.Name = n.childToken("Corpname"); a.Name == "" {
				a.Person = true
				a.Name = cmp.Or(n.childToken("FullName"), strings.TrimSpace(n.childToken("FirstName")+" "+n.childToken("BirthName")))
			}
			if blank(a.Name + a.Identity()) {
				return false
			}
			u.Agents = append(u.Agents, a)
			return true
		},
	}
}

// lostAgents are those no element of the version takes. The schema has none
// for someone who checked a record or received it as an authority.
func lostAgents(all []ged.Agent) []ged.Agent {
	var out []ged.Agent
	met := map[ged.Role]bool{}
	for _, a := range all {
		placed := false
		switch a.Role {
		case ged.Producer, ged.Submitter:
			placed = !met[a.Role] && !blank(a.Identity())
			met[a.Role] = met[a.Role] || placed
		case ged.Author, ged.Signatory, ged.Authority, ged.Recipient, ged.Sender:
			placed = !blank(a.Name + a.Identity())
		}
		if !placed {
			out = append(out, a)
		}
	}
	return out
}

// linkTypes are the elements of RelatedObjectReference in their order, with
// the type of relation each is read as. Requires has none.
var linkTypes = []struct {
	name string
	read ged.RelationType
}{{"IsVersionOf", ged.RenditionDe}, {"Replaces", ged.Remplacant}, {"Requires", ""}, {"IsPartOf", ged.PartieDe}, {"References", ged.Citant}}

func linkElement(t ged.RelationType) string {
	switch t {
	case ged.RenditionDe:
		return "IsVersionOf"
	case ged.Remplacant:
		return "Replaces"
	case ged.PartieDe, ged.AnnexeDe:
		return "IsPartOf"
	}
	return "References"
}

func getLinks(u *unit) []*node {
	if len(u.Links) == 0 {
		return nil
	}
	out := tree("RelatedObjectReference")
	for _, t := range linkTypes {
		for _, l := range u.Links {
			switch {
			case linkElement(l.Type) != t.name:
			case l.Unit != nil:
				out.add(tree(t.name, elem("ArchiveUnitRefId", l.Unit.ID)))
			case !blank(l.External):
				out.add(tree(t.name, elem("ExternalReference", l.External)))
			}
		}
	}
	if len(out.items) == 0 {
		return nil
	}
	return one(out)
}

// setLinks names the unit at the other end; whoever has them all puts the unit
// itself in its place.
func setLinks(u *unit, n *node) bool {
	if len(u.Links) > 0 {
		return false
	}
	for _, t := range linkTypes {
		for c := range n.children {
			if !c.is(t.name) || t.read == "" {
				continue
			}
			if id := c.childToken("ArchiveUnitRefId"); id != "" {
				u.Links = append(u.Links, archive.Link{Type: t.read, Unit: &archive.Unit{ID: id}})
			} else if ref := c.child("ExternalReference"); ref != nil && !blank(ref.text()) {
				u.Links = append(u.Links, archive.Link{Type: t.read, External: ref.text()})
			}
		}
	}
	return len(u.Links) > 0
}

// eventAgent is how an event names its agent: SEDA 2.1 has no element for it,
// and platforms keep JSON in EventDetailData.
type eventAgent struct {
	Agent string `json:"agent"`
}

func getEvents(u *unit) []*node {
	var out []*node
	for _, e := range u.Events {
		data := ""
		if e.Agent != "" {
			if b, err := json.Marshal(eventAgent{e.Agent}); err == nil {
				data = string(b)
			}
		}
		out = append(out, tree("Event",
			optional("EventTypeCode", string(e.Type)),
			optional("EventDateTime", moment(e.Time)),
			optional("EventDetail", e.Detail),
			optional("Outcome", string(e.Outcome)),
			optional("OutcomeDetail", e.Code),
			optional("EventDetailData", data)))
	}
	return out
}

func setEvent(u *unit, n *node) bool {
	e := ged.Event{
		Type: ged.EventType(n.childToken("EventTypeCode")), Time: readMoment(n.childToken("EventDateTime")),
		Outcome: ged.Outcome(n.childToken("Outcome")), Code: n.childToken("OutcomeDetail"),
	}
	if d := n.child("EventDetail"); d != nil {
		e.Detail = d.text()
	}
	if e.Time.IsZero() {
		return false
	}
	var by eventAgent
	if json.Unmarshal([]byte(n.childToken("EventDetailData")), &by) == nil {
		e.Agent = by.Agent
	}
	u.Events = append(u.Events, e)
	return true
}

// moment writes a time as xsd:dateTime, "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// readMoment reads an xsd:dateTime or the start of an xsd:date; one without
// zone is taken as UTC.
func readMoment(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// keywordKinds are the kinds of keywords (SEDA 2.1, KeyType).
var keywordKinds = map[string]bool{
	"corpname": true, "famname": true, "geogname": true, "name": true, "occupation": true,
	"persname": true, "subject": true, "genreform": true, "function": true,
}

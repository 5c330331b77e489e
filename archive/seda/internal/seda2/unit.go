package seda2

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged"
)

type (
	unit    = archive.Unit
	stringp = *string
	listp   = *[]string
)

// UnitContent is the Content of a unit, in the order of the ontology schemas.
var UnitContent = &element.Part[unit]{Name: "Content", Fields: []element.Field[unit]{
	element.Text("DescriptionLevel", func(u *unit) stringp { return (*string)(&u.Level) }),
	element.Text("Title", func(u *unit) stringp { return &u.Title }),
	element.Texts("FilePlanPosition", func(u *unit) listp { return &u.FilePlan }).Once20(),
	element.Raw[unit]("SystemId").Once20(),
	element.Texts("OriginatingSystemId", func(u *unit) listp { return &u.SystemIDs }).Once20(),
	element.Texts("ArchivalAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.ArchivalIDs }).Once20(),
	element.Texts("OriginatingAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.OriginatingIDs }).Once20(),
	element.Texts("TransferringAgencyArchiveUnitIdentifier", func(u *unit) listp { return &u.TransferringIDs }).Once20(),
	element.Text("Description", func(u *unit) stringp { return &u.Description }),
	{Name: "CustodialHistory", Get: GetHistory, Set: SetHistory},
	element.Raw[unit]("Type"),
	element.Text("DocumentType", func(u *unit) stringp { return &u.Type }),
	element.Texts("Language", func(u *unit) listp { return &u.Languages }).Once20(),
	element.Raw[unit]("DescriptionLanguage"),
	element.Text("Status", func(u *unit) stringp { return &u.Status }),
	element.Raw[unit]("Version"),
	element.Texts("Tag", func(u *unit) listp { return &u.Tags }),
	{Name: "Keyword", Get: GetKeywords, Set: SetKeyword, Order: keywordOrder},
	element.Raw[unit]("Coverage"),
	agency("OriginatingAgency", ged.Producer),
	agency("SubmissionAgency", ged.Submitter),
	element.Raw[unit]("Agent").In(element.From22).Sorted(agentOrder),
	element.Raw[unit]("AuthorizedAgent").Once20().Sorted(agentOrder),
	agents("Writer", ged.Author, ged.Signatory),
	agents("Addressee", ged.Authority),
	agents("Recipient", ged.Recipient),
	element.Raw[unit]("Transmitter").In(element.From21).Sorted(agentOrder),
	agents("Sender", ged.Sender).In(element.From21),
	element.Raw[unit]("Source"),
	{Name: "RelatedObjectReference", Get: getLinks, Set: setLinks},
	when("CreatedDate", func(u *unit) *archive.When { return &u.Dates.Created }),
	when("TransactedDate", func(u *unit) *archive.When { return &u.Dates.Transacted }),
	when("AcquiredDate", func(u *unit) *archive.When { return &u.Dates.Acquired }),
	when("SentDate", func(u *unit) *archive.When { return &u.Dates.Sent }),
	when("ReceivedDate", func(u *unit) *archive.When { return &u.Dates.Received }),
	when("RegisteredDate", func(u *unit) *archive.When { return &u.Dates.Registered }),
	when("StartDate", func(u *unit) *archive.When { return &u.Dates.Start }),
	when("EndDate", func(u *unit) *archive.When { return &u.Dates.End }),
	element.Raw[unit]("DateLitteral").In(element.From22),
	{Name: "Event", Get: getEvents, Set: setEvent, Order: eventOrder},
	element.Raw[unit]("Signature").In(element.Span{Since: element.V21, Until: element.V22}), // 2.0 wants a date the others do not have
	element.Raw[unit]("SigningInformation").In(element.From23),
	element.Raw[unit]("Gps").Sorted(gpsOrder),
	element.Raw[unit]("OriginatingSystemIdReplyTo").In(element.From22),
	element.Raw[unit]("TextContent").In(element.From22),
	element.Raw[unit]("PersistentIdentifier").In(element.From23),
}}

// UnitHead is what comes before its Management.
var UnitHead = &element.Part[unit]{Name: "ArchiveUnit", Fields: []element.Field[unit]{
	element.Text("ArchiveUnitProfile", func(u *unit) stringp { return &u.Profile }),
}}

func when(name string, at func(*unit) *archive.When) element.Field[unit] {
	return element.Field[unit]{Name: name,
		Get: func(u *unit) []*element.Node { return element.One(element.Optional(name, at(u).String())) },
		Set: func(u *unit, n *element.Node) bool {
			w := at(u)
			if !w.IsZero() || !n.Leaf() || element.Blank(n.Text()) {
				return false
			}
			*w = archive.When(n.Text())
			return true
		},
		Say: func(u *unit, s string) bool {
			w := at(u)
			if !w.IsZero() {
				return false
			}
			*w = archive.When(s)
			return true
		},
		Says: func(u *unit) string { return at(u).String() },
	}
}

// GetHistory and SetHistory are the CustodialHistory, which 1.0 has as well.
func GetHistory(u *unit) []*element.Node {
	n := element.Tree("CustodialHistory")
	for _, h := range u.History {
		n.Add(element.Optional("CustodialHistoryItem", h))
	}
	if len(n.Items) == 0 {
		return nil
	}
	return element.One(n)
}

func SetHistory(u *unit, n *element.Node) bool {
	if len(u.History) > 0 {
		return false
	}
	for c := range n.Children {
		if c.Is("CustodialHistoryItem") && !element.Blank(c.Text()) {
			u.History = append(u.History, c.Text())
		}
	}
	return len(u.History) > 0
}

// GetKeywords and SetKeyword are keywords, which the first family has as well
// under names of its own.
func GetKeywords(u *unit) []*element.Node {
	var out []*element.Node
	for _, k := range u.Keywords {
		if element.Blank(k.Content) {
			continue
		}
		n := element.Tree("Keyword", element.Elem("KeywordContent", k.Content))
		if !element.Blank(k.Reference) {
			n.Add(element.Elem("KeywordReference", k.Reference).SetAttr("schemeID", k.Scheme))
		}
		if KeywordKinds[k.Kind] {
			n.Add(element.Elem("KeywordType", k.Kind))
		}
		out = append(out, n)
	}
	return out
}

func SetKeyword(u *unit, n *element.Node) bool {
	content := n.Child("KeywordContent")
	if content == nil || element.Blank(content.Text()) {
		return false
	}
	k := ged.Keyword{Content: content.Text(), Kind: n.ChildToken("KeywordType")}
	if ref := n.Child("KeywordReference"); ref != nil {
		k.Reference, k.Scheme = ref.Text(), ref.Attr("schemeID")
	}
	u.Keywords = append(u.Keywords, k)
	return true
}

// agency is the identifier of an agency that had a part in the record.
func agency(name string, role ged.Role) element.Field[unit] {
	return element.Field[unit]{Name: name,
		Get: func(u *unit) []*element.Node {
			for _, a := range u.Agents {
				if a.Role == role && !element.Blank(a.Identity()) {
					return element.One(element.Tree(name, element.Elem("Identifier", a.Identity())))
				}
			}
			return nil
		},
		Set: func(u *unit, n *element.Node) bool {
			id := n.Child("Identifier")
			if id == nil || element.Blank(id.Text()) || slices.ContainsFunc(u.Agents, func(a ged.Agent) bool { return a.Role == role }) {
				return false
			}
			u.Agents = append(u.Agents, Identified(ged.Agent{Role: role, Name: describedName(n)}, id.Text()))
			return true
		},
	}
}

// Identified gives the agent its identifier, in the member its length tells.
func Identified(a ged.Agent, id string) ged.Agent {
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
func agents(name string, roles ...ged.Role) element.Field[unit] {
	return element.Field[unit]{Name: name, Order: agentOrder,
		Get: func(u *unit) []*element.Node {
			var out []*element.Node
			for _, a := range u.Agents {
				if !slices.Contains(roles, a.Role) || element.Blank(a.Name+a.Identity()) {
					continue
				}
				n := element.Tree(name)
				if a.Person {
					n.Add(element.Optional("FullName", a.Name))
				} else { // required, so it may be the identifier again
					n.Add(element.Elem("Corpname", cmp.Or(strings.TrimSpace(a.Name), a.Identity())))
				}
				n.Add(element.Optional("Identifier", a.Identity()), element.Optional("Function", a.Function))
				if a.Role == ged.Signatory {
					n.Add(element.Elem("Role", signatory))
				}
				out = append(out, n)
			}
			return out
		},
		Set: func(u *unit, n *element.Node) bool {
			a := ged.Agent{Role: roles[0], Function: n.ChildToken("Function")}
			if n.ChildToken("Role") == signatory && slices.Contains(roles, ged.Signatory) {
				a.Role = ged.Signatory
			}
			if id := n.ChildToken("Identifier"); id != "" {
				a = Identified(a, id)
			}
			if a.Name = n.ChildToken("Corpname"); a.Name == "" {
				a.Person = true
				a.Name = cmp.Or(n.ChildToken("FullName"), strings.TrimSpace(n.ChildToken("FirstName")+" "+n.ChildToken("BirthName")))
			}
			if element.Blank(a.Name + a.Identity()) {
				return false
			}
			u.Agents = append(u.Agents, a)
			return true
		},
	}
}

// LostAgents are those no element of the version takes. The schema has none
// for someone who checked a record or received it as an authority.
func LostAgents(all []ged.Agent) []ged.Agent {
	var out []ged.Agent
	met := map[ged.Role]bool{}
	for _, a := range all {
		placed := false
		switch a.Role {
		case ged.Producer, ged.Submitter:
			placed = !met[a.Role] && !element.Blank(a.Identity())
			met[a.Role] = met[a.Role] || placed
		case ged.Author, ged.Signatory, ged.Authority, ged.Recipient, ged.Sender:
			placed = !element.Blank(a.Name + a.Identity())
		}
		if !placed {
			out = append(out, a)
		}
	}
	return out
}

// LinkTypes are the elements of RelatedObjectReference in their order, with
// the type of relation each is read as. Requires has none.
var LinkTypes = []struct {
	Name string
	Read ged.RelationType
}{{"IsVersionOf", ged.RenditionDe}, {"Replaces", ged.Remplacant}, {"Requires", ""}, {"IsPartOf", ged.PartieDe}, {"References", ged.Citant}}

// LinkElement returns the element a relation is written as.
func LinkElement(t ged.RelationType) string {
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

func getLinks(u *unit) []*element.Node {
	if len(u.Links) == 0 {
		return nil
	}
	out := element.Tree("RelatedObjectReference")
	for _, t := range LinkTypes {
		for _, l := range u.Links {
			switch {
			case LinkElement(l.Type) != t.Name:
			case l.Unit != nil:
				out.Add(element.Tree(t.Name, element.Elem("ArchiveUnitRefId", l.Unit.ID)))
			case !element.Blank(l.External):
				out.Add(element.Tree(t.Name, element.Elem("ExternalReference", l.External)))
			}
		}
	}
	if len(out.Items) == 0 {
		return nil
	}
	return element.One(out)
}

// setLinks names the unit at the other end; whoever has them all puts the unit
// itself in its place.
func setLinks(u *unit, n *element.Node) bool {
	if len(u.Links) > 0 {
		return false
	}
	for _, t := range LinkTypes {
		for c := range n.Children {
			if !c.Is(t.Name) || t.Read == "" {
				continue
			}
			if id := c.ChildToken("ArchiveUnitRefId"); id != "" {
				u.Links = append(u.Links, archive.Link{Type: t.Read, Unit: &archive.Unit{ID: id}})
			} else if ref := c.Child("ExternalReference"); ref != nil && !element.Blank(ref.Text()) {
				u.Links = append(u.Links, archive.Link{Type: t.Read, External: ref.Text()})
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

func getEvents(u *unit) []*element.Node {
	var out []*element.Node
	for _, e := range u.Events {
		data := ""
		if e.Agent != "" {
			if b, err := json.Marshal(eventAgent{e.Agent}); err == nil {
				data = string(b)
			}
		}
		out = append(out, element.Tree("Event",
			element.Optional("EventTypeCode", string(e.Type)),
			element.Optional("EventDateTime", moment(e.Time)),
			element.Optional("EventDetail", e.Detail),
			element.Optional("Outcome", string(e.Outcome)),
			element.Optional("OutcomeDetail", e.Code),
			element.Optional("EventDetailData", data)))
	}
	return out
}

func setEvent(u *unit, n *element.Node) bool {
	e := ged.Event{
		Type: ged.EventType(n.ChildToken("EventTypeCode")), Time: readMoment(n.ChildToken("EventDateTime")),
		Outcome: ged.Outcome(n.ChildToken("Outcome")), Code: n.ChildToken("OutcomeDetail"),
	}
	if d := n.Child("EventDetail"); d != nil {
		e.Detail = d.Text()
	}
	if e.Time.IsZero() {
		return false
	}
	var by eventAgent
	if json.Unmarshal([]byte(n.ChildToken("EventDetailData")), &by) == nil {
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

// KeywordKinds are the kinds of keywords (SEDA 2.1, KeyType).
var KeywordKinds = map[string]bool{
	"corpname": true, "famname": true, "geogname": true, "name": true, "occupation": true,
	"persname": true, "subject": true, "genreform": true, "function": true,
}

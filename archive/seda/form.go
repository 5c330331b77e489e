package seda

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda1"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
)

// form is a message in some versions: its elements in their order.
type form struct {
	name     string
	versions element.Span
	// elements are names with their marks: ? * + say how many there may be,
	// @ that it identifies the message, ^ the one it answers.
	elements string
}

// head2 and body2 begin the messages of the second family (main schemas,
// MessageType and BusinessMessageType).
const (
	head2 = "Comment* Date MessageIdentifier@ Signature? "
	body2 = head2 + "ArchivalAgreement? CodeListVersions DataObjectPackage? "
	// answer2 begins what answers a request.
	answer2 = body2 + "ReplyCode? Operation? MessageRequestIdentifier^ "
)

var (
	second = element.Span{Since: "2"}
	only10 = element.Span{Since: element.Version(V10), Until: element.Version(V10)}
	only02 = element.Span{Since: element.Version(V02), Until: element.Version(V02)}
)

// forms are the messages of every version but ArchiveTransfer, which [Read] and
// [Write] know.
var forms = []form{
	{"Acknowledgement", second, head2 + "MessageReceivedIdentifier^ Sender Receiver"},
	{"ArchiveDeliveryRequest", second, body2 + "Derogation UnitIdentifier+ ArchivalAgency Requester"},
	{"ArchiveDeliveryRequestReply", second, answer2 + "AuthorizationRequestReplyIdentifier? UnitIdentifier+ ArchivalAgency Requester"},
	{"ArchiveDestructionNotification", second, body2 + "AuthorizationRequestReplyIdentifier UnitIdentifier+ ArchivalAgency OriginatingAgency"},
	{"ArchiveModificationNotification", second, body2 + "UnitIdentifier+ ArchivalAgency OriginatingAgency"},
	{"ArchiveRestitutionRequest", second, body2 + "UnitIdentifier+ ArchivalAgency OriginatingAgency"},
	{"ArchiveRestitutionRequestReply", second, answer2 + "UnitIdentifier+ ArchivalAgency OriginatingAgency"},
	{"ArchiveTransferReply", second, answer2 + "GrantDate? ArchivalAgency TransferringAgency"},
	{"ArchiveTransferRequest", second, body2 + "RelatedTransferReference* TransferDate? ArchivalAgency TransferringAgency"},
	{"ArchiveTransferRequestReply", second, answer2 + "TransferDate? ArchivalAgency TransferringAgency"},
	{"AuthorizationControlAuthorityRequest", second, body2 + "AuthorizationRequestContent ArchivalAgency ControlAuthority"},
	{"AuthorizationControlAuthorityRequestReply", second, answer2 + "ArchivalAgency ControlAuthority"},
	{"AuthorizationOriginatingAgencyRequest", second, body2 + "AuthorizationRequestContent ArchivalAgency OriginatingAgency"},
	{"AuthorizationOriginatingAgencyRequestReply", second, answer2 + "ArchivalAgency OriginatingAgency"},

	{"Acknowledgement", only10, "Comment* Date AcknowledgementIdentifier@ MessageReceivedIdentifier^ Receiver Sender NonRepudiation?"},
	{"ArchiveDeliveryRequest", only10, "Comment* Date DeliveryRequestIdentifier@ Derogation UnitIdentifier+ ArchivalAgency Requester NonRepudiation?"},
	{"ArchiveDeliveryRequestReply", only10, "Comment* Date AuthorizationRequestReplyIdentifier* DeliveryRequestIdentifier^ DeliveryRequestReplyIdentifier@ ReplyCode? UnitIdentifier+ ArchivalAgency Requester Archive* NonRepudiation?"},
	{"ArchiveDestructionNotification", only10, "Comment* Date AuthorizationRequestReplyIdentifier DestructionNotificationIdentifier@ UnitIdentifier+ ArchivalAgency OriginatingAgency NonRepudiation?"},
	{"ArchiveModificationNotification", only10, "Comment* Date ModificationNotificationIdentifier@ UnitIdentifier+ ArchivalAgency OriginatingAgency Archive* ArchiveObject* NonRepudiation?"},
	{"ArchiveRestitution", only10, "Comment* Date RestitutionIdentifier@ RestitutionRequestReplyIdentifier^ UnitIdentifier+ ArchivalAgency OriginatingAgency Archive+ NonRepudiation?"},
	{"ArchiveRestitutionRequest", only10, "Comment* Date RestitutionRequestIdentifier@ UnitIdentifier+ ArchivalAgency OriginatingAgency Archive* NonRepudiation?"},
	{"ArchiveRestitutionRequestReply", only10, "Comment* Date ReplyCode? RestitutionRequestIdentifier^ RestitutionRequestReplyIdentifier@ UnitIdentifier+ ArchivalAgency OriginatingAgency NonRepudiation?"},
	{"ArchiveTransferReply", only10, "Comment* Date GrantDate? ReplyCode? TransferIdentifier^ TransferReplyIdentifier@ ArchivalAgency TransferringAgency Archive* NonRepudiation?"},
	{"ArchiveTransferRequest", only10, "Comment* Date RelatedTransferReference? TransferDate? TransferRequestIdentifier@ ArchivalAgency TransferringAgency Archive+ NonRepudiation?"},
	{"ArchiveTransferRequestReply", only10, "Comment* Date ReplyCode? TransferDate? TransferRequestIdentifier^ TransferRequestReplyIdentifier@ ArchivalAgency TransferringAgency Archive* NonRepudiation?"},
	{"AuthorizationControlAuthorityRequest", only10, "Comment* Date AuthorizationControlAuthorityRequestIdentifier@ ArchivalAgency ControlAuthority OriginatingAgencyAuthorization Request Archive* NonRepudiation?"},
	{"AuthorizationControlAuthorityRequestReply", only10, "Comment* Date AuthorizationControlAuthorityRequestIdentifier^ AuthorizationControlAuthorityRequestReplyIdentifier@ ReplyCode? ArchivalAgency ControlAuthority NonRepudiation?"},
	{"AuthorizationOriginatingAgencyRequest", only10, "Comment* Date AuthorizationOriginatingAgencyRequestIdentifier@ ArchivalAgency OriginatingAgency Request Archive* NonRepudiation?"},
	{"AuthorizationOriginatingAgencyRequestReply", only10, "Comment* Date AuthorizationOriginatingAgencyRequestIdentifier^ AuthorizationOriginatingAgencyRequestReplyIdentifier@ ReplyCode? ArchivalAgency OriginatingAgency NonRepudiation?"},

	{"ArchiveDelivery", only02, "Comment? Date DeliveryAuthorizationIdentifier* DeliveryIdentifier@ DeliveryRequestIdentifier^ UnitIdentifier+ Requester ArchivalAgency Signature? HashCode? Archive"},
	{"ArchiveDeliveryAcknowledgement", only02, "Comment? Date DeliveryAcknowledgementIdentifier@ DeliveryIdentifier^ ReplyCode UnitIdentifier+ Requester ArchivalAgency Signature?"},
	{"ArchiveDeliveryAuthorizationRequest", only02, "Comment? Date DeliveryAuthorizationRequestIdentifier@ ArchiveDeliveryRequestIdentifier?^ UnitIdentifier+ ArchivalAgency ControlAuthority* Requester OriginatingAgency Authentication? Archive"},
	{"ArchiveDeliveryAuthorizationRequestReply", only02, "Comment? Date DeliveryAuthorizationRequestIdentifier^ DeliveryAuthorizationRequestReplyIdentifier@ ReplyCode UnitIdentifier+ ArchivalAgency ControlAuthority* OriginatingAgency Authentication?"},
	{"ArchiveDeliveryAuthorizationRequestReplyAcknowledgement", only02, "Comment? Date DeliveryAuthorizationRequestReplyAcknowledgementIdentifier@ DeliveryAuthorizationRequestReplyIdentifier^ ReplyCode UnitIdentifier+ ArchivalAgency ControlAuthority* OriginatingAgency NonRepudiation?"},
	{"ArchiveDeliveryRequest", only02, "Comment? Date DeliveryRequestIdentifier@ Derogation UnitIdentifier+ AccessRequester ArchivalAgency Authentication?"},
	{"ArchiveDeliveryRequestReply", only02, "Comment? Date DeliveryRequestIdentifier^ DeliveryRequestReplyIdentifier@ ReplyCode UnitIdentifier+ AccessRequester ArchivalAgency Authentication?"},
	{"ArchiveDestructionAcceptance", only02, "Comment? Date DestructionAcceptanceIdentifier@ DestructionRequestIdentifier^ ReplyCode UnitIdentifier+ OriginatingAgency ArchivalAgency ControlAuthority* NonRepudiation? Archive+"},
	{"ArchiveDestructionNotification", only02, "Comment? Date DestructionAcceptanceIdentifier? DestructionDate DestructionNotificationIdentifier@ DestructionRequestIdentifier^ UnitIdentifier+ OriginatingAgency ArchivalAgency"},
	{"ArchiveDestructionRequest", only02, "Comment Date DestructionRequestIdentifier@ UnitIdentifier+ OriginatingAgency ArchivalAgency ControlAuthority* Integrity* Archive+"},
	{"ArchiveDestructionRequestReply", only02, "Comment? Date DestructionRequestIdentifier^ DestructionRequestReplyIdentifier@ ReplyCode UnitIdentifier+ OriginatingAgency ArchivalAgency ControlAuthority* NonRepudiation?"},
	{"ArchiveDestructionRequestReplyReplyAcknowledgement", only02, "Comment? Date DestructionRequestReplyAcknowledgementIdentifier@ DestructionRequestReplyIdentifier^ ReplyCode UnitIdentifier+ OriginatingAgency ArchivalAgency ControlAuthority* NonRepudiation?"},
	{"ArchiveModificationNotification", only02, "Comment Date ModificationDate? ModificationNotificationIdentifier@ UnitIdentifier+ OriginatingAgency ArchivalAgency"},
	{"ArchiveModificationNotificationAcknowledgement", only02, "Comment? Date ModificationNotificationAcknowledgementIdentifier@ ModificationNotificationIdentifier^ ReplyCode UnitIdentifier+ OriginatingAgency ArchivalAgency NonRepudiation?"},
	{"ArchiveRestitution", only02, "Comment? Date RestitutionIdentifier@ RestitutionRequestReplyIdentifier^ UnitIdentifier+ OriginatingAgency ArchivalAgency Integrity* NonRepudiation? Archive+"},
	{"ArchiveRestitutionAcknowledgement", only02, "Comment? Date ReplyCode RestitutionAcknowledgementIdentifier@ RestitutionIdentifier^ UnitIdentifier+ OriginatingAgency ArchivalAgency NonRepudiation? Archive+"},
	{"ArchiveRestitutionRequest", only02, "Comment? Date RestitutionRequestIdentifier@ UnitIdentifier+ OriginatingAgency ArchivalAgency NonRepudiation? Archive+"},
	{"ArchiveRestitutionRequestReply", only02, "Comment? Date ReplyCode RestitutionRequestIdentifier^ RestitutionRequestReplyIdentifier@ UnitIdentifier+ OriginatingAgency ArchivalAgency NonRepudiation?"},
	{"ArchiveTransferAcceptance", only02, "Comment? Date ReplyCode TransferAcceptanceIdentifier@ TransferIdentifier^ TransferringAgency ArchivalAgency Approval? Archive*"},
	{"ArchiveTransferReply", only02, "Comment? Date ReplyCode TransferIdentifier^ TransferReplyIdentifier@ TransferringAgency ArchivalAgency NonRepudiation?"},
	{"ArchiveTransferReplyAcknowledgement", only02, "Comment? Date ReplyCode TransferReplyAcknowledgementIdentifier@ TransferReplyIdentifier^ TransferringAgency ArchivalAgency"},
	{"ArchiveTransferRequest", only02, "Comment? Date RelatedTransferReference? TransferDate? TransferRequestIdentifier@ TransferringAgency ArchivalAgency Integrity? Contains+"},
	{"ArchiveTransferRequestReply", only02, "Comment? Date ReplyCode TransferDate? TransferRequestIdentifier^ TransferRequestReplyIdentifier@ TransferringAgency ArchivalAgency"},
	{"ArchiveTransferRequestReplyAcknowledgement", only02, "Comment? Date ReplyCode TransferRequestReplyAcknowledgementIdentifier@ TransferRequestReplyIdentifier^ ArchivalAgency TransferringAgency"},
}

// formOf returns the form of a message in a version, or nil.
func formOf(name string, v Version) *form {
	for i := range forms {
		if f := &forms[i]; f.name == name && f.versions.Holds(element.Version(v)) && (element.Version(v) != element.AnyVersion || f.versions == second) {
			return f
		}
	}
	return nil
}

// Messages lists the names of the messages of a version, in their order, but
// ArchiveTransfer.
func Messages(v Version) []string {
	var out []string
	for i := range forms {
		if formOf(forms[i].name, v) == &forms[i] {
			out = append(out, forms[i].name)
		}
	}
	return out
}

// slot is an element of a form.
type slot struct {
	name             string
	required, single bool
	self, answered   bool
}

func (f *form) slots() []slot {
	var out []slot
	for _, word := range strings.Fields(f.elements) {
		name := strings.TrimRight(word, "?*+@^")
		marks := word[len(name):]
		out = append(out, slot{name: name, required: !strings.ContainsAny(marks, "?*"), single: !strings.ContainsAny(marks, "*+"),
			self: strings.Contains(marks, "@"), answered: strings.Contains(marks, "^")})
	}
	return out
}

// table is the form as a part: what the model holds of each element.
func (f *form) table(v Version) *element.Part[Message] {
	p := &element.Part[Message]{Name: f.name}
	for _, s := range f.slots() {
		row := messageField(s, v)
		row.Single = s.single
		if s.name == "Operation" {
			row = row.In(element.From21)
		}
		p.Fields = append(p.Fields, row)
	}
	return p
}

// messageAgencies are the parties to messages.
var messageAgencies = map[string]func(*Message) *archive.Agency{
	"ArchivalAgency":     func(m *Message) *archive.Agency { return &m.Package.Header.ArchivalAgency },
	"TransferringAgency": func(m *Message) *archive.Agency { return &m.Package.Header.TransferringAgency },
	"OriginatingAgency":  func(m *Message) *archive.Agency { return &m.OriginatingAgency },
	"ControlAuthority":   func(m *Message) *archive.Agency { return &m.ControlAuthority },
	"Requester":          func(m *Message) *archive.Agency { return &m.Requester },
	"AccessRequester":    func(m *Message) *archive.Agency { return &m.Requester },
	"Sender":             func(m *Message) *archive.Agency { return &m.Sender },
	"Receiver":           func(m *Message) *archive.Agency { return &m.Receiver },
}

var messageMoments = map[string]func(*Message) *time.Time{
	"Date":             func(m *Message) *time.Time { return &m.Package.Header.Date },
	"GrantDate":        func(m *Message) *time.Time { return &m.GrantDate },
	"TransferDate":     func(m *Message) *time.Time { return &m.TransferDate },
	"DestructionDate":  func(m *Message) *time.Time { return &m.Done },
	"ModificationDate": func(m *Message) *time.Time { return &m.Done },
}

func messageField(s slot, v Version) element.Field[Message] {
	switch {
	case s.self:
		return element.Text(s.name, func(m *Message) *string { return &m.Package.Header.MessageID })
	case s.answered:
		return element.Text(s.name, func(m *Message) *string { return &m.RequestID })
	case messageAgencies[s.name] != nil:
		if v.Early() {
			return seda1.Organization(s.name, messageAgencies[s.name])
		}
		return seda2.Party(s.name, messageAgencies[s.name])
	case messageMoments[s.name] != nil:
		return seda2.TimeField(s.name, messageMoments[s.name])
	}
	switch s.name {
	case "Comment":
		return element.Texts(s.name, func(m *Message) *[]string { return &m.Package.Header.Comments })
	case "RelatedTransferReference":
		return element.Texts(s.name, func(m *Message) *[]string { return &m.Package.Header.Related })
	case "ArchivalAgreement":
		return element.Text(s.name, func(m *Message) *string { return &m.Package.Header.Agreement })
	case "ReplyCode":
		return element.Text(s.name, func(m *Message) *string { return &m.ReplyCode })
	case "AuthorizationRequestReplyIdentifier":
		return element.Texts(s.name, func(m *Message) *[]string { return &m.Authorizations })
	case "UnitIdentifier":
		return unitIdentifiers(func(m *Message) *[]UnitRef { return &m.Units })
	case "Derogation":
		return element.Field[Message]{Name: s.name,
			Get: func(m *Message) []*element.Node {
				return element.One(element.Elem(s.name, strconv.FormatBool(m.Derogation)))
			},
			Set: func(m *Message, n *element.Node) bool {
				m.Derogation = n.Token() == "true" || n.Token() == "1"
				return true
			}}
	case "AuthorizationRequestContent", "Request":
		return asked(s.name, v)
	}
	return element.Raw[Message](s.name)
}

// unitIdentifiers are the records a message is about. Version 1.0 says of each
// identifier which one it is.
func unitIdentifiers[T any](at func(*T) *[]UnitRef) element.Field[T] {
	const name = "UnitIdentifier"
	return element.Field[T]{Name: name,
		Get: func(t *T) []*element.Node {
			var out []*element.Node
			for _, u := range *at(t) {
				if !element.Blank(u.ID) {
					out = append(out, element.Elem(name, u.ID).SetAttr("schemeName", u.Scheme))
				}
			}
			return out
		},
		Set: func(t *T, n *element.Node) bool {
			if !n.Leaf() || element.Blank(n.Text()) {
				return false
			}
			*at(t) = append(*at(t), UnitRef{ID: n.Text(), Scheme: n.Attr("schemeName")})
			return true
		}}
}

// asked is what an authorization is asked for: AuthorizationRequestContent in
// 2.x, Request in 1.0.
func asked(name string, v Version) element.Field[Message] {
	units := unitIdentifiers(func(a *Authorization) *[]UnitRef { return &a.Units })
	comments := element.Texts("Comment", func(a *Authorization) *[]string { return &a.Comments })
	requester := seda2.Party("Requester", func(a *Authorization) *archive.Agency { return &a.Requester })
	reason := "AuthorizationReason"
	if v.Early() {
		requester = seda1.Organization("Requester", func(a *Authorization) *archive.Agency { return &a.Requester })
		reason = "AuthorisationReason"
	}
	return element.Field[Message]{Name: name,
		Get: func(m *Message) []*element.Node {
			a := m.Asks
			if a == nil {
				return nil
			}
			n := element.Tree(name, element.Optional(reason, a.Reason))
			if !v.Early() {
				n.Add(comments.Get(a)...)
			}
			return element.One(n.Add(element.Optional("RequestDate", a.Date.String())).Add(units.Get(a)...).Add(requester.Get(a)...))
		},
		Set: func(m *Message, n *element.Node) bool {
			if m.Asks != nil {
				return false
			}
			a := &Authorization{Reason: n.ChildToken(reason), Date: archive.When(n.ChildToken("RequestDate"))}
			for c := range n.Children {
				switch c.Name {
				case "Comment":
					comments.Set(a, c)
				case "UnitIdentifier":
					units.Set(a, c)
				case "Requester":
					requester.Set(a, c)
				}
			}
			m.Asks = a
			return true
		}}
}

// carriers are the elements of a form that hold records: they are not read as
// one.
var carriers = []string{"CodeListVersions", "DataObjectPackage", "Archive", "Contains"}

func isCarrier(name string) bool { return slices.Contains(carriers, name) }

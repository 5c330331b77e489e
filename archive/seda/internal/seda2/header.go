package seda2

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged"
)

type pkg = archive.Package

// MessageHead and MessageTail are the children of ArchiveTransfer before and after
// CodeListVersions and DataObjectPackage (main schemas).
var MessageHead = &element.Part[pkg]{Name: "ArchiveTransfer", Fields: []element.Field[pkg]{
	element.Texts("Comment", func(p *pkg) listp { return &p.Header.Comments }),
	TimeField("Date", func(p *pkg) *time.Time { return &p.Header.Date }),
	element.Text("MessageIdentifier", func(p *pkg) stringp { return &p.Header.MessageID }),
	element.Raw[pkg]("Signature"),
	element.Text("ArchivalAgreement", func(p *pkg) stringp { return &p.Header.Agreement }),
}}

var MessageTail = &element.Part[pkg]{Name: "ArchiveTransfer", Fields: []element.Field[pkg]{
	element.Texts("RelatedTransferReference", func(p *pkg) listp { return &p.Header.Related }),
	element.Raw[pkg]("TransferRequestReplyIdentifier"),
	Party("ArchivalAgency", func(p *pkg) *archive.Agency { return &p.Header.ArchivalAgency }),
	Party("TransferringAgency", func(p *pkg) *archive.Agency { return &p.Header.TransferringAgency }),
}}

// PackageManagement is ManagementMetadata before its rules.
var PackageManagement = &element.Part[pkg]{Name: "ManagementMetadata", Fields: []element.Field[pkg]{
	element.Text("ArchivalProfile", func(p *pkg) stringp { return &p.Header.Profile }),
	element.Text("ServiceLevel", func(p *pkg) stringp { return &p.Header.ServiceLevel }),
	element.Text("AcquisitionInformation", func(p *pkg) stringp { return &p.Header.Acquisition }).In(element.From21),
	element.Text("LegalStatus", func(p *pkg) stringp { return (*string)(&p.Header.LegalStatus) }).In(element.From21),
	element.Text("OriginatingAgencyIdentifier", func(p *pkg) stringp { return &p.Header.OriginatingAgency }).In(element.From21),
	element.Text("SubmissionAgencyIdentifier", func(p *pkg) stringp { return &p.Header.SubmissionAgency }).In(element.From21),
}}

// PackageRules are the rules of ManagementMetadata.
var PackageRules = &element.Part[Managed]{Name: "ManagementMetadata", Fields: management}

// nameSpace is where producers take the Name of an agency from: the schema of
// 2.x takes any element of another namespace.
var nameSpace = element.V10.Namespace()

// Party is an agency: its Identifier, and its Name among what describes it.
func Party[T any](name string, at func(*T) *archive.Agency) element.Field[T] {
	return element.Field[T]{Name: name,
		Get: func(p *T) []*element.Node {
			a := at(p)
			n := element.Tree(name, element.Optional("Identifier", a.ID))
			if !element.Blank(a.Name) {
				n.Add(element.Tree("OrganizationDescriptiveMetadata", &element.Node{Space: nameSpace, Name: "Name", Items: []element.Piece{{Text: a.Name}}}))
			}
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
			if id := n.Child("Identifier"); id != nil {
				a.ID = id.Text()
			}
			a.Name = describedName(n)
			return true
		},
	}
}

// describedName is the name in the description of an organization.
func describedName(n *element.Node) string {
	if d := n.Child("OrganizationDescriptiveMetadata"); d != nil {
		for c := range d.Children {
			if name := strings.TrimSpace(c.Text()); c.Name == "Name" && name != "" {
				return name
			}
		}
	}
	return ""
}

const codeListSuffix = "CodeListVersion"

// PutCodeList keeps the version of a list under its name. What is more than a
// version is returned, to be kept as it is.
func PutCodeList(lists map[string]string, n *element.Node) *archive.Extra {
	extra := func(detail bool) *archive.Extra {
		return &archive.Extra{In: "CodeListVersions", Name: n.Name, Detail: detail, XML: n.Canonical(n.FirstVersion())}
	}
	name, ok := strings.CutSuffix(n.Name, codeListSuffix)
	if _, twice := lists[name]; !ok || twice || !n.Leaf() || element.Blank(n.Text()) {
		return extra(false)
	}
	lists[name] = n.Text()
	for _, l := range codeLists {
		if l.name == name && l.Holds(n.Version) && len(n.Attrs) == 0 {
			return nil
		}
	}
	return extra(true)
}

// CodeListNodes are the children of CodeListVersions. A header without any
// gets all of them.
func CodeListNodes(p *pkg, version element.Version, parse *element.Parser, lost element.Loss) []*element.Node {
	given := p.Header.CodeLists
	details, done := map[string]*element.Node{}, map[string]bool{}
	var others []*element.Node
	for _, e := range p.Extras {
		if e.In != "CodeListVersions" {
			continue
		}
		n, err := parse.Parse(e.XML)
		name := strings.TrimSuffix(e.Name, codeListSuffix)
		switch {
		case err != nil:
			lost("CodeListVersions/" + e.Name)
		case e.Detail && given[name] == n.Text():
			details[name] = n
		case !e.Detail && (n.Version == version || n.Space != element.Own):
			others = append(others, n)
		case !e.Detail:
			lost("CodeListVersions/" + e.Name)
		}
	}
	var out []*element.Node
	for _, l := range codeLists {
		value, ok := given[l.name]
		done[l.name] = true
		d := details[l.name]
		switch {
		case d != nil && d.Version == version:
			out = append(out, d)
		case !l.Holds(version):
			if ok {
				lost("CodeListVersions/" + l.name + codeListSuffix)
			}
		case d != nil:
			out = append(out, d)
		case !element.Blank(value):
			out = append(out, element.Elem(l.name+codeListSuffix, value))
		case given == nil || l.required.Since != "" && l.required.Holds(version):
			out = append(out, element.Elem(l.name+codeListSuffix, l.name+codeListSuffix+"0"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch d := details[name]; {
		case done[name]:
		case d != nil && d.Version == version:
			others = append(others, d)
		default:
			lost("CodeListVersions/" + name + codeListSuffix)
		}
	}
	return append(out, others...)
}

// SortComment tells the archivist which records are to be sorted, since SEDA's
// FinalAction cannot say it.
func SortComment(p *archive.Package) string {
	n := 0
	for u := range p.Walk() {
		for _, r := range u.Rules {
			if r.SortFinal == ged.Trier {
				n++
				break
			}
		}
	}
	for _, r := range p.Rules {
		if r.SortFinal == ged.Trier {
			return "Sort final « trier » pour l'ensemble du versement : tri à faire par l'archiviste."
		}
	}
	if n == 0 {
		return ""
	}
	return "Sort final « trier » pour " + strconv.Itoa(n) + " unité(s) de ce versement : tri à faire par l'archiviste."
}

// TimeField is an xsd:dateTime.
func TimeField[T any](name string, at func(*T) *time.Time) element.Field[T] {
	return element.Field[T]{Name: name,
		Get: func(t *T) []*element.Node { return element.One(element.Optional(name, moment(*at(t)))) },
		Set: func(t *T, n *element.Node) bool {
			p := at(t)
			if !p.IsZero() {
				return false
			}
			*p = readMoment(n.Token())
			return !p.IsZero()
		}}
}

// codeLists are the children of CodeListVersions, in order, without their
// suffix (main schemas, CodeListVersionsType).
var codeLists = []struct {
	name string
	element.Span
	required element.Span // versions that refuse a message without it
}{
	{name: "Reply", required: element.Only20}, {name: "MessageDigestAlgorithm", required: element.Only20}, {name: "MimeType"}, {name: "Encoding"},
	{name: "FileFormat", required: element.Only20}, {name: "CompressionAlgorithm"}, {name: "DataObjectVersion"}, {name: "StorageRule"},
	{name: "AppraisalRule"}, {name: "AccessRule"}, {name: "DisseminationRule"}, {name: "ReuseRule"}, {name: "ClassificationRule"},
	{name: "HoldRule", Span: element.Span{Since: element.V22}}, {name: "AcquisitionInformation", Span: element.Span{Since: element.V21}},
	{name: "AuthorizationReason"}, {name: "Relationship"},
}

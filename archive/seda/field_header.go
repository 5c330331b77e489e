package seda

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

type pkg = archive.Package

// messageHead and messageTail are the children of ArchiveTransfer before and after
// CodeListVersions and DataObjectPackage (main schemas).
var messageHead = &part[pkg]{name: "ArchiveTransfer", fields: []field[pkg]{
	texts("Comment", func(p *pkg) listp { return &p.Header.Comments }),
	timeField("Date", func(p *pkg) *time.Time { return &p.Header.Date }),
	text("MessageIdentifier", func(p *pkg) stringp { return &p.Header.MessageID }),
	raw[pkg]("Signature"),
	text("ArchivalAgreement", func(p *pkg) stringp { return &p.Header.Agreement }),
}}

var messageTail = &part[pkg]{name: "ArchiveTransfer", fields: []field[pkg]{
	texts("RelatedTransferReference", func(p *pkg) listp { return &p.Header.Related }),
	raw[pkg]("TransferRequestReplyIdentifier"),
	party("ArchivalAgency", func(p *pkg) *archive.Agency { return &p.Header.ArchivalAgency }),
	party("TransferringAgency", func(p *pkg) *archive.Agency { return &p.Header.TransferringAgency }),
}}

// packageManagement is ManagementMetadata before its rules.
var packageManagement = &part[pkg]{name: "ManagementMetadata", fields: []field[pkg]{
	text("ArchivalProfile", func(p *pkg) stringp { return &p.Header.Profile }),
	text("ServiceLevel", func(p *pkg) stringp { return &p.Header.ServiceLevel }),
	text("AcquisitionInformation", func(p *pkg) stringp { return &p.Header.Acquisition }).in(from21),
	text("LegalStatus", func(p *pkg) stringp { return (*string)(&p.Header.LegalStatus) }).in(from21),
	text("OriginatingAgencyIdentifier", func(p *pkg) stringp { return &p.Header.OriginatingAgency }).in(from21),
	text("SubmissionAgencyIdentifier", func(p *pkg) stringp { return &p.Header.SubmissionAgency }).in(from21),
}}

var packageRules = &part[managed]{name: "ManagementMetadata", fields: management}

// nameSpace is where producers take the Name of an agency from: the schema of
// 2.x takes any element of another namespace.
var nameSpace = Version("1.0").Namespace()

func party[T any](name string, at func(*T) *archive.Agency) field[T] {
	return field[T]{name: name,
		get: func(p *T) []*node {
			a := at(p)
			n := tree(name, optional("Identifier", a.ID))
			if !blank(a.Name) {
				n.add(tree("OrganizationDescriptiveMetadata", &node{space: nameSpace, name: "Name", items: []item{{text: a.Name}}}))
			}
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
			if id := n.child("Identifier"); id != nil {
				a.ID = id.text()
			}
			a.Name = describedName(n)
			return true
		},
	}
}

// describedName is the name in the description of an organization.
func describedName(n *node) string {
	if d := n.child("OrganizationDescriptiveMetadata"); d != nil {
		for c := range d.children {
			if name := strings.TrimSpace(c.text()); c.name == "Name" && name != "" {
				return name
			}
		}
	}
	return ""
}

const codeListSuffix = "CodeListVersion"

// putCodeList keeps the version of a list under its name. What is more than a
// version is returned, to be kept as it is.
func putCodeList(lists map[string]string, n *node) *archive.Extra {
	extra := func(detail bool) *archive.Extra {
		return &archive.Extra{In: "CodeListVersions", Name: n.name, Detail: detail, XML: n.canonical(n.seda())}
	}
	name, ok := strings.CutSuffix(n.name, codeListSuffix)
	if _, twice := lists[name]; !ok || twice || !n.leaf() || blank(n.text()) {
		return extra(false)
	}
	lists[name] = n.text()
	for _, l := range codeLists {
		if l.name == name && l.holds(n.version) && len(n.attrs) == 0 {
			return nil
		}
	}
	return extra(true)
}

// codeListNodes are the children of CodeListVersions. A header without any
// gets all of them.
func codeListNodes(p *pkg, version Version, parse *parser, lost loss) []*node {
	given := p.Header.CodeLists
	details, done := map[string]*node{}, map[string]bool{}
	var others []*node
	for _, e := range p.Extras {
		if e.In != "CodeListVersions" {
			continue
		}
		n, err := parse.parse(e.XML)
		name := strings.TrimSuffix(e.Name, codeListSuffix)
		switch {
		case err != nil:
			lost("CodeListVersions/" + e.Name)
		case e.Detail && given[name] == n.text():
			details[name] = n
		case !e.Detail && (n.version == version || n.space != own):
			others = append(others, n)
		case !e.Detail:
			lost("CodeListVersions/" + e.Name)
		}
	}
	var out []*node
	for _, l := range codeLists {
		value, ok := given[l.name]
		done[l.name] = true
		d := details[l.name]
		switch {
		case d != nil && d.version == version:
			out = append(out, d)
		case !l.holds(version):
			if ok {
				lost("CodeListVersions/" + l.name + codeListSuffix)
			}
		case d != nil:
			out = append(out, d)
		case !blank(value):
			out = append(out, elem(l.name+codeListSuffix, value))
		case given == nil || l.required.since != "" && l.required.holds(version):
			out = append(out, elem(l.name+codeListSuffix, l.name+codeListSuffix+"0"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch d := details[name]; {
		case done[name]:
		case d != nil && d.version == version:
			others = append(others, d)
		default:
			lost("CodeListVersions/" + name + codeListSuffix)
		}
	}
	return append(out, others...)
}

// sortComment tells the archivist which records are to be sorted, since SEDA's
// FinalAction cannot say it.
func sortComment(p *archive.Package) string {
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

func timeField[T any](name string, at func(*T) *time.Time) field[T] {
	return field[T]{name: name,
		get: func(t *T) []*node { return one(optional(name, moment(*at(t)))) },
		set: func(t *T, n *node) bool {
			p := at(t)
			if !p.IsZero() {
				return false
			}
			*p = readMoment(n.token())
			return !p.IsZero()
		}}
}

// codeLists are the children of CodeListVersions, in order, without their
// suffix (main schemas, CodeListVersionsType).
var codeLists = []struct {
	name string
	span
	required span // versions that refuse a message without it
}{
	{name: "Reply", required: only20}, {name: "MessageDigestAlgorithm", required: only20}, {name: "MimeType"}, {name: "Encoding"},
	{name: "FileFormat", required: only20}, {name: "CompressionAlgorithm"}, {name: "DataObjectVersion"}, {name: "StorageRule"},
	{name: "AppraisalRule"}, {name: "AccessRule"}, {name: "DisseminationRule"}, {name: "ReuseRule"}, {name: "ClassificationRule"},
	{name: "HoldRule", span: span{since: V22}}, {name: "AcquisitionInformation", span: span{since: V21}},
	{name: "AuthorizationReason"}, {name: "Relationship"},
}

package preflight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/vitam"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Survey reads a transfer of any version for its facts, and for what the rules
// of [Judge] need: identifiers and references, objects and where their files
// are, the few texts platforms look at. It is a sink of the events of the
// document, beside the validator that judges it by the schema, so that a
// message is read once. Elements are known by their local names: a message in
// a namespace nobody knows is understood all the same.
//
// It keeps some hundred bytes for each unit, and what objects say of their
// files.
type Survey struct {
	// Root is the local name of the root element, Space its namespace and
	// Version what that stands for.
	Root, Space string
	Version     seda.Version
	MessageID   string
	// Units counts the units described, Groups the groups of objects (an object
	// outside any group is one of its own), Objects those with a file and
	// Physical the others.
	Units, Groups, Objects, Physical int
	// Agreement, OriginatingAgency and Profile are as the message names them.
	Agreement, OriginatingAgency, Profile string
	// RequestID and ReplyCode are those of a message that answers another one.
	RequestID, ReplyCode string
	// Whole says that the message was read to its end.
	Whole bool

	judge  *Judge
	member string
	// alone says that no schema judges the message: identifiers are then
	// checked here.
	alone bool

	kinds []tag // by the ID of a name, +1
	stack []tag
	text  []byte
	runes int // of the text, kept or not
	over  bool

	ids     names
	what    []target // by name
	nodes   []unitNode
	edges   []edgeRef
	objects []surveyed

	open []openUnit
	obj  *surveyed
	own  bool // the open object names a group or is in one
	wrap []int32

	values names  // what objects say: Uri, digests, algorithms, usages
	from   string // StartDate of the rule of a hold
	kept   int
	limit  int

	prologue bool            // something stands before the root
	first    report.Location // of the root
	managed  report.Location // of ManagementMetadata, where agencies are named
	declared func(s *Survey, n int)
	old      bool // of the first family, 0.2 and 1.0
	proofs   []oldProof
}

// target is what an identifier stands for.
type target struct {
	kind targetKind
	at   int32 // of a unit or an object
}

type targetKind uint8

const (
	noTarget targetKind = iota // only referred to so far
	unitTarget
	groupTarget
	objectTarget
	otherTarget
)

// unitNode is an ArchiveUnit, described or a reference.
type unitNode struct {
	id        int32
	line, col uint32
	group     int32 // name of the group it names, +1
	several   bool
	updates   bool // it stands for a unit the platform holds already
}

// edgeRef is a reference of a unit: to one that stands below it, to a group or
// to an object.
type edgeRef struct {
	from, to int32 // a unit; a unit when nested, else a name
	kind     seda.RefKind
	nested   bool
}

// surveyed is an object as the message declares it. Texts are numbers of
// values, -1 without any.
type surveyed struct {
	id, group, alias               int32
	uri, digest, algorithm         int32
	usage                          int32
	version                        int32
	size                           int64
	line, col                      uint32
	physical, declares             bool
	attached, digested, badVersion bool
	octets                         bool // the size of a file of the first family is in bytes
}

type openUnit struct {
	node            int32
	depth           int // of the stack
	chars           int
	reference       bool
	updates         bool
	content         bool
	level, title    bool
	signed, signing bool
	start, end      string
}

// tag is an element the survey knows.
type tag uint8

const (
	eNone tag = iota + 1
	eTransfer
	eUnit
	eUnitRef
	eDataObjectReference
	eGroupRef
	eObjectRef
	eBinary
	ePhysical
	eGroup
	eGroupID
	eUsage
	eURI
	eAttachment
	eDigest
	eSize
	ePhysicalID
	eMessageID
	eAgreement
	eManagementMetadata
	eManagement
	eAgency
	eProfile
	eContent
	eLevel
	eTitle
	eDescription
	eStart
	eEnd
	eHoldEnd
	eRuleDate
	eRuleID
	eRule
	eHoldRule
	eSignature
	eSigning
	eUpdate
	eSystemID
	eOldUnit
	eDocument
	eIntegrity
	eContains
	eUnitIdentifier
	eRequestID
	eReplyCode
)

var tags = map[string]tag{
	"ArchiveTransfer": eTransfer, "ArchiveUnit": eUnit, "ArchiveUnitRefId": eUnitRef, "DataObjectReference": eDataObjectReference,
	"DataObjectGroupReferenceId": eGroupRef, "DataObjectReferenceId": eObjectRef, "BinaryDataObject": eBinary,
	"PhysicalDataObject": ePhysical, "DataObjectGroup": eGroup, "DataObjectGroupId": eGroupID, "DataObjectVersion": eUsage,
	"Uri": eURI, "Attachment": eAttachment, "MessageDigest": eDigest, "Size": eSize, "PhysicalId": ePhysicalID,
	"MessageIdentifier": eMessageID, "TransferIdentifier": eMessageID, "ArchivalAgreement": eAgreement,
	"ManagementMetadata": eManagementMetadata, "Management": eManagement, "OriginatingAgencyIdentifier": eAgency,
	"ArchivalProfile": eProfile, "Content": eContent, "DescriptionLevel": eLevel, "Title": eTitle, "Description": eDescription,
	"StartDate": eStart, "EndDate": eEnd, "HoldEndDate": eHoldEnd, "HoldReassessingDate": eRuleDate,
	"ClassificationReassessingDate": eRuleDate, "Rule": eRuleID, "StorageRule": eRule, "AppraisalRule": eRule, "AccessRule": eRule,
	"DisseminationRule": eRule, "ReuseRule": eRule, "ClassificationRule": eRule, "HoldRule": eHoldRule,
	"Signature": eSignature, "SigningInformation": eSigning, "UpdateOperation": eUpdate, "SystemId": eSystemID,
	"Archive": eOldUnit, "ArchiveObject": eOldUnit, "Document": eDocument, "Integrity": eIntegrity, "Contains": eContains,
	"UnitIdentifier": eUnitIdentifier, "MessageRequestIdentifier": eRequestID, "MessageReceivedIdentifier": eRequestID, "ReplyCode": eReplyCode,
}

// newSurvey returns a survey that tells the judge what it finds; member is the
// name the message has in its package.
func newSurvey(judge *Judge, member string) *Survey {
	return &Survey{judge: judge, member: member, limit: maxSurvey}
}

// Skim reads a message for what it says of itself, and judges nothing: what makes
// it unreadable goes to the report, and complete says whether its end was reached.
// member is the name the message has in its package. declared, if not nil, is
// called with the number of each object as soon as that was read, when
// [Survey.Object] knows it; a message of 0.2 may say at its end what its digest
// is. The error is one of src or of the context.
func Skim(ctx context.Context, src io.Reader, member string, rep *report.Report, declared func(s *Survey, n int)) (s *Survey, complete bool, err error) {
	s = newSurvey(&Judge{Report: &report.Report{}}, member)
	s.declared = declared
	err = xmlcore.Run(ctx, xmlcore.NewReader(src, xmlcore.Options{Report: rep, Member: member}), s)
	var verdict *xmlcore.Error
	if errors.As(err, &verdict) {
		rep.Record(verdict.Finding)
		return s, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("preflight: skim the message: %w", err)
	}
	s.Whole = true
	return s, true, nil
}

func (s *Survey) at(n int) tag {
	if i := len(s.stack) - 1 - n; i >= 0 {
		return s.stack[i]
	}
	return eNone
}

// Event takes an event of the document.
func (s *Survey) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	switch k {
	case xmlcore.Comment, xmlcore.ProcInst:
		if s.Root == "" && !s.prologue {
			s.prologue = true
			s.judge.Tell(faultPrologue, r.Location())
		}
	case xmlcore.StartElement:
		s.stack = append(s.stack, s.kind(r.Name()))
		s.text, s.runes, s.over = s.text[:0], 0, false
		s.start(r)
	case xmlcore.Text:
		t := r.Text()
		room := vitam.MaxField - len(s.text)
		if len(t) > room {
			s.over = true
		}
		s.text = append(s.text, t[:min(room, len(t))]...)
		s.runes += utf8.RuneCount(t)
	case xmlcore.EndElement:
		s.end(r)
		s.stack = s.stack[:len(s.stack)-1]
		s.text, s.runes, s.over = s.text[:0], 0, false
	}
	if k == xmlcore.StartElement && s.weight() > s.limit {
		return element.TooLong(r, s.limit)
	}
	return nil
}

// maxSurvey bounds what a survey holds, in bytes: ten million units, or some
// million objects with them.
const maxSurvey = 1 << 30

// weight is about what the survey holds, in bytes.
func (s *Survey) weight() int {
	return s.kept + s.ids.weight() + s.values.weight() +
		40*len(s.nodes) + 16*len(s.edges) + 88*len(s.objects) + 20*len(s.proofs) + 8*len(s.what)
}

func (s *Survey) kind(name *xmlcore.Name) tag {
	for name.ID >= len(s.kinds) {
		s.kinds = append(s.kinds, 0)
	}
	e := s.kinds[name.ID]
	if e == 0 {
		if e = tags[name.Local]; e == 0 {
			e = eNone
		}
		s.kinds[name.ID] = e
	}
	return e
}

// define says what an identifier stands for; without one it returns -1.
func (s *Survey) define(r *xmlcore.Reader, id []byte, kind targetKind, at int32) int32 {
	if len(id) == 0 {
		return -1
	}
	i := s.name(id)
	t := &s.what[i]
	if t.kind == noTarget {
		*t = target{kind, at}
	} else if s.alone {
		s.judge.Tell(faultIDTwice, r.Location(), report.P("id", string(id)))
	}
	return i
}

func (s *Survey) name(id []byte) int32 {
	i, fresh := s.ids.add(id)
	if fresh {
		s.what = append(s.what, target{})
	}
	return i
}

func trim(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

func (s *Survey) start(r *xmlcore.Reader) {
	if len(s.stack) == 1 {
		s.root(r)
	}
	e := s.at(0)
	if v, ok := r.Attr(xmlcore.XMLSpace, "id"); ok {
		s.define(r, trim(v), otherTarget, 0)
	}
	switch e {
	case eUnit, eBinary, ePhysical, eGroup:
	default: // rules, keywords and references may have one too, that of nothing to refer to
		if v, ok := r.Attr("", "id"); ok && !s.old && r.Name().Space == s.Space {
			s.define(r, trim(v), otherTarget, 0)
		}
	}
	switch e {
	case eUnit:
		s.startUnit(r)
	case eBinary, ePhysical:
		s.startObject(r, e == ePhysical)
	case eGroup:
		if s.at(1) != eUnit { // there Vitam has it for a group it holds already
			s.Groups++
		}
		id, _ := r.Attr("", "id")
		s.wrap = append(s.wrap, s.define(r, trim(id), groupTarget, 0))
	case eDigest:
		if s.obj != nil && s.inObject() {
			s.obj.digested = true
			a, _ := r.Attr("", "algorithm")
			s.obj.algorithm = s.value(a)
		}
	case eAttachment:
		if s.obj != nil && s.inObject() {
			s.obj.attached = true
		}
		s.oldAttachment(r)
	case eUpdate:
		if u := s.unit(); u != nil {
			u.updates = true
			s.nodes[u.node].updates = true
		}
	case eManagementMetadata:
		if s.managed.IsZero() {
			s.managed = r.Location()
		}
	case eContent:
		if u := s.unit(); u != nil && s.at(1) == eUnit {
			u.content = true
		}
	case eRuleID:
		if s.at(1) == eHoldRule {
			s.from = ""
		}
	default:
		s.startOld(r, e)
	}
}

func (s *Survey) inObject() bool { return s.at(1) == eBinary || s.at(1) == ePhysical }

// unit returns the innermost unit open, or nil.
func (s *Survey) unit() *openUnit {
	if len(s.open) == 0 {
		return nil
	}
	return &s.open[len(s.open)-1]
}

func (s *Survey) startUnit(r *xmlcore.Reader) {
	s.Units++
	node := int32(len(s.nodes))
	id, _ := r.Attr("", "id")
	line, col, _ := r.Position()
	s.nodes = append(s.nodes, unitNode{id: s.define(r, trim(id), unitTarget, node), line: uint32(line), col: uint32(col)})
	if u := s.unit(); u != nil {
		s.edges = append(s.edges, edgeRef{from: u.node, to: node, kind: seda.RefUnit, nested: true})
	}
	s.open = append(s.open, openUnit{node: node, depth: len(s.stack)})
}

func (s *Survey) startObject(r *xmlcore.Reader, physical bool) {
	id, _ := r.Attr("", "id")
	at := int32(len(s.objects))
	line, col, _ := r.Position()
	s.objects = append(s.objects, surveyed{id: s.define(r, trim(id), objectTarget, at), group: -1, alias: -1,
		uri: -1, digest: -1, algorithm: -1, usage: -1, size: -1, line: uint32(line), col: uint32(col), physical: physical})
	s.obj = &s.objects[at]
	if physical {
		s.Physical++
	} else {
		s.Objects++
	}
	s.own = s.at(1) == eGroup
	if n := len(s.wrap); n > 0 && s.own {
		s.obj.group = s.wrap[n-1]
	}
}

// value keeps a text of an object.
func (s *Survey) value(b []byte) int32 {
	i, _ := s.values.add(b)
	return i
}

func (s *Survey) where(line, col uint32) report.Location {
	return report.Location{Member: s.member, Line: int(line), Column: int(col)}
}

// token is the text of the element with its blanks collapsed, as xsd:token
// has it.
func (s *Survey) token() string { return strings.Join(strings.Fields(string(s.text)), " ") }

func (s *Survey) end(r *xmlcore.Reader) {
	e := s.at(0)
	if len(s.open) > 0 && len(s.text) > 0 {
		s.unitText(r)
	}
	switch e {
	case eUnit:
		s.endUnit()
	case eUnitRef:
		s.endUnitRef(r)
	case eGroupRef, eObjectRef:
		if u := s.unit(); u != nil && s.at(1) == eDataObjectReference && (s.at(2) == eUnit || s.at(2) == eGroup && s.at(3) == eUnit) {
			kind := seda.RefGroup
			if e == eObjectRef {
				kind = seda.RefObject
			}
			s.edges = append(s.edges, edgeRef{from: u.node, to: s.name(trim(s.text)), kind: kind})
		} else if e == eGroupRef && s.obj != nil && s.inObject() {
			s.own = true
			s.belongs(s.name(trim(s.text)), false)
		}
	case eGroupID:
		if s.obj != nil && s.inObject() {
			if !s.own {
				s.Groups++
			}
			s.own = true
			s.belongs(s.define(r, trim(s.text), groupTarget, 0), true)
		}
	case eBinary, ePhysical:
		if !s.own {
			s.Groups++
		}
		s.endObject()
		if s.declared != nil {
			s.declared(s, len(s.objects)-1)
		}
	case eGroup:
		s.wrap = s.wrap[:len(s.wrap)-1]
	case eUsage, eURI, eDigest, eSize, ePhysicalID:
		if s.obj != nil && s.inObject() {
			s.objectText(e)
		} else {
			s.endOld(r, e)
		}
	case eMessageID:
		if len(s.stack) == 2 {
			s.MessageID = s.keep(s.token())
		}
	case eRequestID:
		if len(s.stack) == 2 {
			s.RequestID = s.keep(s.token())
		}
	case eReplyCode:
		if len(s.stack) == 2 {
			s.ReplyCode = s.keep(s.token())
		}
	case eAgreement:
		if len(s.stack) == 2 || s.Agreement == "" && s.at(1) == eOldUnit {
			s.Agreement = s.keep(s.token())
		}
	case eProfile:
		s.Profile = s.keep(s.token())
	case eAgency:
		if s.at(1) == eManagementMetadata {
			s.OriginatingAgency = s.keep(s.token())
		}
	default:
		s.endDescription(r, e)
	}
}

func (s *Survey) keep(v string) string {
	s.kept += len(v) + 64
	return v
}

// belongs puts the open object in a group. In a wrapper the group it names
// itself is only another name.
func (s *Survey) belongs(group int32, declares bool) {
	switch o := s.obj; {
	case o.group >= 0 && o.group != group:
		o.alias = group
	default:
		o.group, o.declares = group, declares
	}
}

func (s *Survey) objectText(e tag) {
	o := s.obj
	switch e {
	case eUsage:
		usage, version, ok := parseUsage(s.token())
		o.usage, o.version, o.badVersion = s.value([]byte(usage)), version, !ok
	case eURI:
		o.uri = s.value(trim(s.text))
	case eDigest:
		o.digest = s.value(trim(s.text))
	case eSize:
		// More than can be counted is a size too, which no file has.
		if n, err := strconv.ParseInt(string(trim(s.text)), 10, 64); n >= 0 && (err == nil || errors.Is(err, strconv.ErrRange)) {
			o.size = n
		}
	case ePhysicalID:
		if len(trim(s.text)) > 0 {
			o.uri = s.value(trim(s.text)) // where the thing is
		}
	}
}

// parseUsage reads USAGE or USAGE_N, N an integer; no number means 1.
func parseUsage(v string) (usage string, version int32, ok bool) {
	usage, number, numbered := strings.Cut(v, "_")
	if !numbered {
		return usage, 1, true
	}
	n, err := strconv.ParseUint(number, 10, 31)
	return usage, int32(n), err == nil
}

func (s *Survey) endUnitRef(r *xmlcore.Reader) {
	u := s.unit()
	if u == nil || s.at(1) != eUnit {
		if s.alone && s.at(1) != eUnit {
			s.edges = append(s.edges, edgeRef{from: s.nodeOf(u), to: s.name(trim(s.text))})
		}
		return
	}
	if !u.reference {
		s.Units--
		u.reference = true
	}
	s.edges = append(s.edges, edgeRef{from: u.node, to: s.name(trim(s.text)), kind: seda.RefUnit})
}

func (s *Survey) nodeOf(u *openUnit) int32 {
	if u == nil {
		return -1
	}
	return u.node
}

// Declared is a binary object as a message declares it.
type Declared struct {
	ID, URI string
	// Algorithm and Digest are as written, without blanks around them.
	Algorithm, Digest string
	Size              int64 // -1 when not given or not a number
	Where             report.Location
}

// Object returns the nth object that has a file, of Len objects of all kinds.
func (s *Survey) Object(n int) (d Declared, ok bool) {
	o := &s.objects[n]
	if o.physical {
		return Declared{}, false
	}
	text := func(i int32) string { return s.values.String(i) }
	return Declared{ID: s.ids.String(o.id), URI: text(o.uri), Algorithm: text(o.algorithm), Digest: text(o.digest),
		Size: o.size, Where: s.where(o.line, o.col)}, true
}

// Len returns how many objects the message declares.
func (s *Survey) Len() int { return len(s.objects) }

// Inline reports whether the nth object carries its content in the message.
func (s *Survey) Inline(n int) bool { return s.objects[n].attached }

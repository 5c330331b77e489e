package archive

import (
	"iter"
	"time"

	"github.com/liasse/liasse/ged"
)

// Package is one transfer: everything a single message hands over. It is
// written to by one goroutine; once built it may be read by many.
type Package struct {
	Header Header
	// Origin is the version of the standard the package was read from when it
	// is one whose model is another one (SEDA 0.2 and 1.0), else "".
	Origin string
	// Units are the units at the top. The units form a graph: a unit may stand
	// below several others (the same pointer), never below itself.
	Units []*Unit
	// Groups are the groups of objects, in the order they are to be written.
	Groups []*Group
	// Rules apply to the whole package: the units at the top inherit them.
	Rules   []ged.Rule
	Regimes []Regime
	// Extras are what the message says of itself and of the whole package that
	// the fields above do not hold.
	Extras []Extra
}

// Extra is an element of the message a package was read from that the fields
// of the model do not hold, or not in full. It is kept so that nothing is lost
// when the package is written again.
type Extra struct {
	// In is the local name of the element it stands in, Name its own.
	In, Name string
	// Detail says that a field of the model holds the same in short. It is
	// written in place of that value, and left out once the field says
	// something else.
	Detail bool
	// XML is the element in one canonical form: attributes sorted, namespaces
	// declared where they begin, no comment, no blanks between elements. None
	// says that the element, which the message has elsewhere, is not here.
	XML string
}

// Regime is what a unit or the package says of a category of rules besides the
// rules themselves. A category has one regime at most in each place.
type Regime struct {
	Category ged.RuleCategory
	// Prevent (PreventInheritance) stops every rule of the category that comes
	// from above, Except (RefNonRuleId) those of these codes; SEDA allows one
	// or the other.
	Prevent bool
	Except  []string
	// SortFinal is the final action of a unit that states one and no rule of
	// its own; with a rule it stands in the rule.
	SortFinal ged.SortFinal
	// Storage is the final action of the rules of current use.
	Storage StorageAction
}

// StorageAction is what happens at the end of the current use (DUC), in the
// words of SEDA.
type StorageAction string

// Final actions of rules of current use.
const (
	RestrictAccess StorageAction = "RestrictAccess"
	TransferAction StorageAction = "Transfer"
	CopyAction     StorageAction = "Copy"
)

// RegimeOf returns the regime of the category, or one that says nothing.
func RegimeOf(regimes []Regime, category ged.RuleCategory) Regime {
	for _, r := range regimes {
		if r.Category == category {
			return r
		}
	}
	return Regime{Category: category}
}

// Header is what the message says of itself.
type Header struct {
	// MessageID identifies the transfer; it must be new for each package, even
	// when it replaces a refused one.
	MessageID string
	// Date of the message. It also dates the entries of the file written, so
	// that the same package gives the same bytes.
	Date     time.Time
	Comments []string
	// Agreement is the contract under which the platform takes the package
	// (ArchivalAgreement; the ingest contract at Vitam).
	Agreement string
	// Profile is the archive profile, and ServiceLevel the level of service
	// asked for; both are usually empty.
	Profile, ServiceLevel string
	// ArchivalAgency receives, TransferringAgency hands over.
	ArchivalAgency, TransferringAgency Agency
	// OriginatingAgency is the identifier of the entity whose activity made the
	// records (service producteur), SubmissionAgency of the one that submits
	// them (service versant).
	OriginatingAgency, SubmissionAgency string
	Acquisition                         string
	LegalStatus                         LegalStatus
	// CodeLists are the versions of the code lists, by name (AccessRule…). A
	// nil map means all of them, with a default.
	CodeLists map[string]string
	// Related are the identifiers of transfers this one completes.
	Related []string
}

// Agency is a party to the transfer.
type Agency struct {
	ID   string // as the platform knows it: often a SIRET
	Name string
}

// LegalStatus says whether the records are public archives.
type LegalStatus string

// Legal statuses, in the words of SEDA.
const (
	ArchivesPubliques LegalStatus = "Public Archive"
	ArchivesPrivees   LegalStatus = "Private Archive"
	ArchivesMixtes    LegalStatus = "Public and Private Archive"
)

// valid accepts no status, which every platform completes.
func (s LegalStatus) valid() bool {
	return s == "" || s == ArchivesPubliques || s == ArchivesPrivees || s == ArchivesMixtes
}

// Level is the level of description of a unit (ISAD(G)), in the words of SEDA.
type Level string

// Levels of description.
const (
	Fonds      Level = "Fonds"
	Subfonds   Level = "Subfonds"
	Class      Level = "Class"
	Collection Level = "Collection"
	Series     Level = "Series"
	Subseries  Level = "Subseries"
	RecordGrp  Level = "RecordGrp"
	SubGrp     Level = "SubGrp"
	File       Level = "File"
	Item       Level = "Item"
	OtherLevel Level = "OtherLevel"
)

// Valid reports whether the level is one of those above.
func (l Level) Valid() bool {
	switch l {
	case Fonds, Subfonds, Class, Collection, Series, Subseries, RecordGrp, SubGrp, File, Item, OtherLevel:
		return true
	}
	return false
}

// Unit describes a record or a set of records.
type Unit struct {
	// ID is unique among units, groups and objects, and an XML name without
	// colon: ID12.
	ID string
	// Profile is the archive unit profile (PUA) it conforms to.
	Profile     string
	Level       Level
	Title       string
	Description string
	// FilePlan are codes of the filing plan.
	FilePlan []string
	// SystemIDs are given by the system the record comes from, OriginatingIDs
	// by the entity that made it, TransferringIDs by the one that hands it
	// over, ArchivalIDs by the archiving system.
	SystemIDs, OriginatingIDs, TransferringIDs, ArchivalIDs []string
	// Type is the kind of document in words.
	Type      string
	Languages []string
	Status    string
	Tags      []string
	Keywords  []ged.Keyword
	// History is who held the record before, oldest first.
	History []string
	Agents  []ged.Agent
	Dates   Dates
	Links   []Link
	Events  []ged.Event
	Rules   []ged.Rule
	Regimes []Regime
	// Groups are the groups of objects of the unit. Platforms take at most one.
	Groups   []*Group
	Children []*Unit
	Extras   []Extra
}

// Dates of a unit.
type Dates struct {
	Created, Transacted, Acquired, Sent, Received, Registered When
	Start, End                                                When
}

// When is a day or a moment as XML Schema writes it (xsd:date, xsd:dateTime), or
// whatever else a message gives for a date: a year, a month, a moment without
// zone. "" is no date.
type When string

// Day is a When that is a day.
func Day(d ged.Date) When { return When(d.String()) }

// Moment is a When that is a moment, in its own location and with seconds.
func Moment(t time.Time) When {
	if t.IsZero() {
		return ""
	}
	return When(t.Format(time.RFC3339))
}

// IsZero reports whether there is no date.
func (w When) IsZero() bool { return w == "" }

// String returns the date as it is written.
func (w When) String() string { return string(w) }

// Date returns the day, that of a moment in its own zone; none for a year or a
// month alone.
func (w When) Date() ged.Date {
	d, err := ged.ParseDateTime(string(w))
	if err != nil {
		return ged.Date{}
	}
	return d
}

// Time returns the moment; false for a day, or a moment without zone.
func (w When) Time() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, string(w))
	return t, err == nil
}

// Link ties a unit to another one.
type Link struct {
	Type ged.RelationType
	// Unit is the other one when it is in the package, else External names it.
	Unit     *Unit
	External string
}

// Group holds the forms of one content: the file as received and its copies.
type Group struct {
	// ID is "" for an object that stands alone, outside any group.
	ID      string
	Objects []*Object
	Extras  []Extra
}

// Object is one file, or a thing on a shelf.
type Object struct {
	ID string
	// Physical objects have no file; PhysicalID is what is written on them.
	Physical   bool
	PhysicalID string
	// Usage and Version say what the object is for its group; no usage means
	// the original, version 0 means 1.
	Usage   Usage
	Version int
	// Name is the file's own name, which may hold any character: the name of
	// the entry in the package is made from ID.
	Name       string
	MediaType  string
	PUID       string
	FormatName string
	Modified   time.Time
	// Size and Digests are what is known beforehand; whoever writes the package
	// recomputes them and refuses a content that does not agree. A Size of 0
	// without a digest means not known.
	Size    int64
	Digests []ged.Digest
	// URI is where a message that was read says the file is: the path of an
	// entry of the package it came in.
	URI    string
	Source ged.Source
	Extras []Extra
}

// Usage is what an object is for.
type Usage string

// Usages, in the words of Vitam.
const (
	BinaryMaster  Usage = "BinaryMaster" // the file that is kept
	Dissemination Usage = "Dissemination"
	Thumbnail     Usage = "Thumbnail"
	TextContent   Usage = "TextContent"

	PhysicalMaster Usage = "PhysicalMaster" // the thing itself
)

// Walk yields each unit once, a parent before its children, with its depth
// from 0. A unit standing in several places is met at the first. A cycle is
// not followed.
func (p *Package) Walk() iter.Seq2[*Unit, int] {
	return func(yield func(*Unit, int) bool) {
		seen := map[*Unit]bool{}
		type place struct {
			unit  *Unit
			depth int
		}
		// An explicit stack: the depth of a package is not ours to trust.
		var stack []place
		push := func(units []*Unit, depth int) {
			for i := len(units) - 1; i >= 0; i-- {
				stack = append(stack, place{units[i], depth})
			}
		}
		push(p.Units, 0)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if at.unit == nil || seen[at.unit] {
				continue
			}
			seen[at.unit] = true
			if !yield(at.unit, at.depth) {
				return
			}
			push(at.unit.Children, at.depth+1)
		}
	}
}

// Objects yields the objects of all groups, in order.
func (p *Package) Objects() iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		for _, g := range p.Groups {
			if g == nil {
				continue
			}
			for _, o := range g.Objects {
				if o != nil && !yield(o) {
					return
				}
			}
		}
	}
}

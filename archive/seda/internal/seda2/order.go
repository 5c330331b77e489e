package seda2

import (
	"slices"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
)

// Orders of what stands below the elements of the tables.
var (
	// order is that of a rule of any category. Prevented inheritance takes in what
	// single rules are excepted from.
	order = &element.Order{
		Group: []string{"Rule", "StartDate", "HoldEndDate", "HoldOwner", "HoldReassessingDate", "HoldReason", "PreventRearrangement"},
		Rest: []string{"ClassificationAudience", "PreventInheritance", "RefNonRuleId", "ClassificationLevel", "ClassificationOwner",
			"ClassificationReassessingDate", "NeedReassessingAuthorization", "FinalAction"},
		Many:   []string{"RefNonRuleId"},
		Either: [2]string{"PreventInheritance", "RefNonRuleId"},
		Goes: func(prevent, except *element.Node) *element.Node {
			if isTrue(prevent.Token()) {
				return except
			}
			return prevent
		},
	}
	keywordOrder = &element.Order{Rest: []string{"KeywordContent", "KeywordReference", "KeywordType"}}
	gpsOrder     = &element.Order{Rest: []string{"GpsVersionID", "GpsAltitude", "GpsAltitudeRef", "GpsLatitude", "GpsLatitudeRef",
		"GpsLongitude", "GpsLongitudeRef", "GpsDateStamp"}}
	formatOrder = &element.Order{Rest: []string{"FormatLitteral", "MimeType", "FormatId", "Encoding"}}
	fileOrder   = &element.Order{Rest: []string{"Filename", "CreatingApplicationName", "CreatingApplicationVersion", "DateCreatedByApplication",
		"CreatingOs", "CreatingOsVersion", "LastModified"}}
	eventOrder = &element.Order{
		Rest: []string{"EventIdentifier", "EventTypeCode", "EventType", "EventDateTime", "EventDetail", "Outcome", "OutcomeDetail",
			"OutcomeDetailMessage", "EventDetailData", "LinkingAgentIdentifier"},
		Many: []string{"LinkingAgentIdentifier"},
	}
	agentOrder = &element.Order{
		Rest: []string{"FirstName", "BirthName", "FullName", "GivenName", "Gender", "BirthDate", "BirthPlace", "DeathDate", "DeathPlace",
			"Nationality", "Corpname", "Identifier", "Function", "Activity", "Position", "Role", "Mandate"},
		Many: []string{"Nationality", "Identifier", "Function", "Activity", "Position", "Role", "Mandate"},
	}
)

// SortExtras puts the extras in the order they are written in, whatever the
// order of a message that breaks the schema.
func SortExtras(extras []archive.Extra) {
	if len(extras) < 2 {
		return
	}
	slices.SortStableFunc(extras, func(a, b archive.Extra) int { return extraRank(a) - extraRank(b) })
}

// ranks give each element its place among the extras of its holder.
var ranks = func() map[[2]string]int {
	out := map[[2]string]int{}
	add := func(in, name string) { out[[2]string{in, name}] = len(out) }
	for _, f := range MessageHead.Fields {
		add("ArchiveTransfer", f.Name)
	}
	for _, l := range codeLists {
		add("CodeListVersions", l.name+codeListSuffix)
	}
	for _, f := range BinaryObject.Fields {
		add("BinaryDataObject", f.Name)
	}
	for _, f := range PhysicalObject.Fields {
		add("PhysicalDataObject", f.Name)
	}
	add("ArchiveUnit", "ArchiveUnitProfile")
	for _, f := range management {
		add("Management", f.Name)
	}
	add("Management", "")
	for _, f := range UnitContent.Fields {
		add("Content", f.Name)
	}
	add("Content", "")
	add("ArchiveUnit", "")
	for _, f := range PackageManagement.Fields {
		add("ManagementMetadata", f.Name)
	}
	for _, f := range management {
		add("ManagementMetadata", f.Name)
	}
	for _, f := range MessageTail.Fields {
		add("ArchiveTransfer", f.Name)
	}
	return out
}()

func extraRank(e archive.Extra) int {
	if n, ok := ranks[[2]string{e.In, e.Name}]; ok {
		return n
	}
	if n, ok := ranks[[2]string{e.In, ""}]; ok {
		return n
	}
	return len(ranks)
}

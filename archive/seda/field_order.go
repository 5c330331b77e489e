package seda

import (
	"slices"

	"github.com/liasse/liasse/archive"
)

// sortExtras puts the extras in the order they are written in, whatever the
// order of a message that breaks the schema.
func sortExtras(extras []archive.Extra) {
	if len(extras) < 2 {
		return
	}
	slices.SortStableFunc(extras, func(a, b archive.Extra) int { return extraRank(a) - extraRank(b) })
}

// ranks give each element its place among the extras of its holder.
var ranks = func() map[[2]string]int {
	out := map[[2]string]int{}
	add := func(in, name string) { out[[2]string{in, name}] = len(out) }
	for _, f := range messageHead.fields {
		add("ArchiveTransfer", f.name)
	}
	for _, l := range codeLists {
		add("CodeListVersions", l.name+codeListSuffix)
	}
	for _, f := range binaryObject.fields {
		add("BinaryDataObject", f.name)
	}
	for _, f := range physicalObject.fields {
		add("PhysicalDataObject", f.name)
	}
	add("ArchiveUnit", "ArchiveUnitProfile")
	for _, f := range management {
		add("Management", f.name)
	}
	add("Management", "")
	for _, f := range unitContent.fields {
		add("Content", f.name)
	}
	add("Content", "")
	add("ArchiveUnit", "")
	for _, f := range packageManagement.fields {
		add("ManagementMetadata", f.name)
	}
	for _, f := range management {
		add("ManagementMetadata", f.name)
	}
	for _, f := range messageTail.fields {
		add("ArchiveTransfer", f.name)
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

package resip

import (
	"slices"
	"strings"
)

// The columns of a filing plan, in this order; what stands behind them is not
// looked at. Its units have no files. (sedatools, importer csvtree)
const (
	planID = iota
	planTitle
	planDescription
	planMark   // what the unit adds to the mark of the one above
	planSeries // the mark of the one above, none at the top
	planWidth
)

var planNames = []string{"id", "nom", "observations", "cote", "série"}

// planned reports whether a header is that of a filing plan.
func planned(names []string) bool {
	return len(names) >= planWidth && slices.EqualFunc(names[:planWidth], planNames, func(a, b string) bool {
		a = strings.ToLower(a)
		return a == b || a == "serie" && b == "série"
	})
}

// plan gives the columns their meaning. Two more follow those of the table: the
// mark of the unit and its level, which complete adds to each line.
func (t *layout) plan() {
	t.filing = true
	t.id, t.parent, t.file, t.objects = -1, -1, -1, -1
	for i, name := range map[int]string{planTitle: "Title", planDescription: "Description", t.width: "OriginatingAgencyArchiveUnitIdentifier", t.width + 1: "DescriptionLevel"} {
		c := column{index: i, attrOf: -1}
		c.in, c.steps = steps("Content." + name)
		t.columns = append(t.columns, c)
	}
	slices.SortFunc(t.columns, func(a, b column) int { return a.index - b.index })
	t.share()
}

// complete returns what is read of a line.
func (t *layout) complete(record []string) []string {
	if !t.filing {
		return record
	}
	for len(record) < t.width {
		record = append(record, "")
	}
	above := strings.TrimSpace(record[planSeries])
	level := "Series"
	if above != "" {
		level = "Subseries"
	}
	return append(record[:t.width], above+strings.TrimSpace(record[planMark]), level)
}

// cells is how many there are in a line that is complete.
func (t *layout) cells() int {
	if t.filing {
		return t.width + 2
	}
	return t.width
}

// lacks says what a line of a filing plan cannot be without, "" when it is there.
func (t *layout) lacks(record []string) (fr, en string) {
	switch {
	case !t.filing:
	case strings.TrimSpace(record[planTitle]) == "":
		return "le nom manque", "the name is missing"
	case strings.TrimSpace(record[planMark]) == "":
		return "la cote manque", "the mark is missing"
	}
	return "", ""
}

package archive

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Referential are the rules an archiving system knows, by their code: a
// package names rules, the referential says how long they run.
type Referential map[string]RuleDefinition

// RuleDefinition is one rule of a referential.
type RuleDefinition struct {
	Category ged.RuleCategory
	// Label names the rule in words.
	Label string
	// Duration is meaningless when Unlimited, and when not Known: a hold may
	// have none.
	Duration         ged.Period
	Unlimited, Known bool
}

var ruleTypes = map[string]ged.RuleCategory{
	"AppraisalRule": ged.Conservation, "AccessRule": ged.Communicabilite, "StorageRule": ged.UtiliteCourante,
	"DisseminationRule": ged.Diffusion, "ReuseRule": ged.Reutilisation, "ClassificationRule": ged.SecretClassifie,
	"HoldRule": ged.GelDeConservation,
}

// Bounds of a referential: real ones have some hundreds of rules, and a
// duration of more than 999 years is a mistake of the unit.
const (
	maxRules    = 100_000
	maxRuleYear = 999
)

var ruleColumns = [...]string{"RuleId", "RuleType", "RuleValue", "RuleDescription", "RuleDuration", "RuleMeasurement"}

// ReadReferential reads a referential in the CSV form Vitam imports: columns
// RuleId, RuleType, RuleValue, RuleDescription, RuleDuration and
// RuleMeasurement, separated by commas, in any order. Every line that cannot
// be used is a finding and is left out. The error is one of src, or says that
// it is no CSV at all.
func ReadReferential(src io.Reader) (Referential, *report.Report, error) {
	out, r := Referential{}, &report.Report{}
	text := bufio.NewReader(io.LimitReader(src, 64<<20))
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // before the reader: a name in quotes may follow it
	}
	in := csv.NewReader(text)
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	columns := map[string]int{}
	for n := 0; ; n++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r, fmt.Errorf("archive: read the rule referential: %w", err)
		}
		if n == 0 {
			for i, name := range record {
				columns[strings.TrimSpace(name)] = i
			}
			for _, name := range ruleColumns {
				if _, ok := columns[name]; !ok {
					r.Add(RuleRefColumn, report.Location{Line: 1, Column: 1}, report.P("column", name))
				}
			}
			if !r.Valid() {
				return out, r, nil
			}
			continue
		}
		line, _ := in.FieldPos(0)
		where := report.Location{Line: line, Column: 1, Offset: in.InputOffset()}
		get := func(name string) string {
			if i := columns[name]; i < len(record) {
				return strings.TrimSpace(record[i])
			}
			return ""
		}
		code := strings.Clone(get("RuleId"))
		d, bad, en := definition(get)
		_, twice := out[code]
		switch {
		case len(out) == maxRules:
			r.Add(report.LimCount, where, report.Int("limit", maxRules), report.Words("what", "règles", "rules"))
			return out, r, nil
		case slices.ContainsFunc(record, func(s string) bool { return !utf8.ValidString(s) }):
			r.Add(RuleRefLine, where, report.Words("what", "texte qui n'est pas en UTF-8", "text that is not UTF-8"))
		case code == "":
			r.Add(RuleRefLine, where, report.Words("what", "pas de code", "no code"))
		case twice:
			r.Add(RuleRefTwice, where, report.P("code", code))
		case bad != "":
			r.Add(RuleRefLine, where, report.Words("what", bad, en))
		default:
			out[code] = d
		}
	}
	if len(columns) == 0 {
		r.Add(RuleRefColumn, report.Location{Line: 1, Column: 1}, report.P("column", ruleColumns[0]))
	}
	return out, r, nil
}

func definition(get func(string) string) (d RuleDefinition, fr, en string) {
	category, ok := ruleTypes[get("RuleType")]
	if !ok {
		return d, "catégorie inconnue", "unknown category"
	}
	d = RuleDefinition{Category: category, Label: strings.Clone(get("RuleValue"))}
	text := get("RuleDuration")
	switch {
	case text == "" && category == ged.GelDeConservation:
		if get("RuleMeasurement") != "" {
			return d, "unité de durée sans durée", "unit of duration without a duration"
		}
		return d, "", ""
	case strings.EqualFold(text, "unlimited"):
		d.Unlimited, d.Known = true, true
		return d, "", ""
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return d, "durée qui n'est ni un nombre entier ni « unlimited »", "duration neither a whole number nor \"unlimited\""
	}
	limit := maxRuleYear
	switch strings.ToLower(get("RuleMeasurement")) {
	case "year":
		d.Duration.Years = n
	case "month":
		limit, d.Duration.Months = maxRuleYear*12, n
	case "day":
		limit, d.Duration.Days = maxRuleYear*366, n
	default:
		return d, "unité de durée inconnue (Year, Month, Day)", "unknown unit of duration (Year, Month, Day)"
	}
	if n > limit {
		return d, "durée de plus de 999 ans", "duration over 999 years"
	}
	d.Known = true
	return d, "", ""
}

// define gives the rule the duration of the referential, else keeps its own.
// known is false when nothing says how long the rule runs, and clash is true
// when the referential has the code under another category.
func (ref Referential) define(r *ged.Rule) (known, clash bool) {
	if d, ok := ref[r.Code]; ok {
		if d.Category != r.Category {
			return false, true
		}
		if d.Known {
			r.Duration, r.Unlimited = d.Duration, d.Unlimited
			return true, false
		}
	}
	return r.Unlimited || !r.Duration.IsZero(), false
}

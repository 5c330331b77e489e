package seda

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// managed is what Management of a unit and ManagementMetadata share.
type managed struct {
	rules   []ged.Rule
	regimes []archive.Regime
}

// management are the elements of rules, in the order of the management
// schemas: HoldRule comes last.
var management = []field[managed]{
	rules("StorageRule", ged.UtiliteCourante),
	rules("AppraisalRule", ged.Conservation),
	rules("AccessRule", ged.Communicabilite),
	rules("DisseminationRule", ged.Diffusion),
	rules("ReuseRule", ged.Reutilisation),
	rules("ClassificationRule", ged.SecretClassifie),
	raw[managed]("LogBook").in(from21),
	raw[managed]("NeedAuthorization"),
	rules("HoldRule", ged.GelDeConservation).in(from22),
}

var unitManagement = &part[managed]{name: "Management", fields: management}

// finalActions are the words of AppraisalRule. Trier has none: what must be
// sorted is kept, and a comment says so.
func finalAction(s ged.SortFinal) string {
	switch s {
	case ged.Detruire:
		return "Destroy"
	case ged.Conserver, ged.Trier:
		return "Keep"
	}
	return ""
}

func readFinalAction(s string) ged.SortFinal {
	switch s {
	case "Destroy":
		return ged.Detruire
	case "Keep":
		return ged.Conserver
	}
	return ""
}

// rules is one category. What a classification or a hold says beyond its rules
// is kept in an extra.
func rules(name string, category ged.RuleCategory) field[managed] {
	return field[managed]{name: name,
		get: func(m *managed) []*node {
			n, action := tree(name), ged.SortFinal("")
			for _, r := range m.rules {
				if r.Category != category {
					continue
				}
				n.add(optional("Rule", r.Code), optional("StartDate", r.Start.String()))
				if category == ged.GelDeConservation {
					n.add(optional("HoldEndDate", r.End.String()))
				}
				if action != ged.Conserver && r.SortFinal != "" && (action == "" || r.SortFinal != ged.Detruire) {
					action = r.SortFinal
				}
			}
			g := archive.RegimeOf(m.regimes, category)
			if g.Prevent {
				n.add(elem("PreventInheritance", "true"))
			} else {
				for _, code := range g.Except {
					n.add(optional("RefNonRuleId", code))
				}
			}
			switch category {
			case ged.Conservation:
				if action == "" {
					action = g.SortFinal
				}
				n.add(optional("FinalAction", finalAction(action)))
			case ged.UtiliteCourante:
				n.add(optional("FinalAction", string(g.Storage)))
			}
			if len(n.items) == 0 {
				return nil
			}
			return one(n)
		},
		set: func(m *managed, n *node) bool {
			for _, r := range m.rules {
				if r.Category == category {
					return false
				}
			}
			g := archive.Regime{Category: category}
			first, action := len(m.rules), readFinalAction(n.childToken("FinalAction"))
			last := func() *ged.Rule {
				if len(m.rules) == first {
					return &ged.Rule{} // a date before any rule says nothing
				}
				return &m.rules[len(m.rules)-1]
			}
			for c := range n.children {
				if c.space != own {
					continue
				}
				switch value := c.token(); c.name {
				case "Rule":
					r := ged.Rule{Category: category, Code: value}
					if category == ged.Conservation {
						r.SortFinal = action
					}
					m.rules = append(m.rules, r)
				case "StartDate":
					last().Start = readDay(value)
				case "HoldEndDate":
					last().End = readDay(value)
				case "PreventInheritance":
					g.Prevent = value == "true" || value == "1"
				case "RefNonRuleId":
					g.Except = append(g.Except, value)
				case "FinalAction":
					if category == ged.UtiliteCourante {
						g.Storage = archive.StorageAction(value)
					}
				}
			}
			if len(m.rules) == first && category == ged.Conservation {
				g.SortFinal = action
			}
			if g.Prevent || len(g.Except) > 0 || g.SortFinal != "" || g.Storage != "" {
				m.regimes = append(m.regimes, g)
			}
			return true
		},
	}
}

// readDay reads an xsd:date; a rule whose date is something else has none.
func readDay(s string) ged.Date {
	d, err := ged.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return ged.Date{}
	}
	return d
}

package seda2

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/ged"
)

// Managed is what Management of a unit and ManagementMetadata share.
type Managed struct {
	Rules   []ged.Rule
	Regimes []archive.Regime
}

// management are the elements of rules, in the order of the management
// schemas: HoldRule comes last.
var management = []element.Field[Managed]{
	rules("StorageRule", ged.UtiliteCourante),
	rules("AppraisalRule", ged.Conservation),
	rules("AccessRule", ged.Communicabilite),
	rules("DisseminationRule", ged.Diffusion),
	rules("ReuseRule", ged.Reutilisation),
	rules("ClassificationRule", ged.SecretClassifie),
	element.Raw[Managed]("LogBook").In(element.From21),
	element.Raw[Managed]("NeedAuthorization"),
	rules("HoldRule", ged.GelDeConservation).In(element.From22),
}

// UnitManagement is the Management of a unit.
var UnitManagement = &element.Part[Managed]{Name: "Management", Fields: management}

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

func isTrue(s string) bool { return s == "true" || s == "1" }

// rules is one category. What a classification or a hold says beyond its rules
// is kept in an extra.
func rules(name string, category ged.RuleCategory) element.Field[Managed] {
	return element.Field[Managed]{Name: name, Order: order,
		Get: func(m *Managed) []*element.Node {
			n, action := element.Tree(name), ged.SortFinal("")
			for _, r := range m.Rules {
				if r.Category != category {
					continue
				}
				n.Add(element.Optional("Rule", r.Code), element.Optional("StartDate", r.Start.String()))
				if category == ged.GelDeConservation {
					n.Add(element.Optional("HoldEndDate", r.End.String()))
				}
				if action != ged.Conserver && r.SortFinal != "" && (action == "" || r.SortFinal != ged.Detruire) {
					action = r.SortFinal
				}
			}
			g := archive.RegimeOf(m.Regimes, category)
			if g.Prevent {
				n.Add(element.Elem("PreventInheritance", "true"))
			} else {
				for _, code := range g.Except {
					n.Add(element.Optional("RefNonRuleId", code))
				}
			}
			switch category {
			case ged.Conservation:
				if action == "" {
					action = g.SortFinal
				}
				n.Add(element.Optional("FinalAction", finalAction(action)))
			case ged.UtiliteCourante:
				n.Add(element.Optional("FinalAction", string(g.Storage)))
			}
			if len(n.Items) == 0 {
				return nil
			}
			return element.One(n)
		},
		Set: func(m *Managed, n *element.Node) bool {
			for _, r := range m.Rules {
				if r.Category == category {
					return false
				}
			}
			g := archive.Regime{Category: category}
			first, action := len(m.Rules), readFinalAction(n.ChildToken("FinalAction"))
			last := func() *ged.Rule {
				if len(m.Rules) == first {
					return &ged.Rule{} // a date before any rule says nothing
				}
				return &m.Rules[len(m.Rules)-1]
			}
			for c := range n.Children {
				if c.Space != element.Own {
					continue
				}
				switch value := c.Token(); c.Name {
				case "Rule":
					r := ged.Rule{Category: category, Code: value}
					if category == ged.Conservation {
						r.SortFinal = action
					}
					m.Rules = append(m.Rules, r)
				case "StartDate":
					last().Start = ReadDay(value)
				case "HoldEndDate":
					last().End = ReadDay(value)
				case "PreventInheritance":
					g.Prevent = isTrue(value)
				case "RefNonRuleId":
					g.Except = append(g.Except, value)
				case "FinalAction":
					if category == ged.UtiliteCourante {
						g.Storage = archive.StorageAction(value)
					}
				}
			}
			if len(m.Rules) == first && category == ged.Conservation {
				g.SortFinal = action
			}
			if g.Prevent || len(g.Except) > 0 || g.SortFinal != "" || g.Storage != "" {
				m.Regimes = append(m.Regimes, g)
			}
			return true
		},
	}
}

// ReadDay reads an xsd:date; a rule whose date is something else has none.
func ReadDay(s string) ged.Date {
	d, err := ged.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return ged.Date{}
	}
	return d
}

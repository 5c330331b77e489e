package ged

// Rule is one management rule that applies to a record.
type Rule struct {
	Category RuleCategory `json:"category"`
	// Code is the rule's identifier in the referential of whoever applies it:
	// each archiving system has its own list.
	Code string `json:"code"`
	// Duration is how long the rule runs from Start; meaningless when Unlimited.
	Duration  Period `json:"duration,omitzero"`
	Unlimited bool   `json:"unlimited,omitempty"`
	// Start is the day the rule begins to run; zero means not known.
	Start      Date       `json:"start,omitzero"`
	StartEvent StartEvent `json:"startEvent,omitempty"`
	// End is the last day of the rule, once computed.
	End Date `json:"end,omitzero"`
	// SortFinal is what happens then, for a rule of retention.
	SortFinal SortFinal `json:"sortFinal,omitempty"`
	// Reference is the text of law or the table the rule comes from.
	Reference string `json:"reference,omitempty"`
	// Uncertain says that no archivist has confirmed the rule.
	Uncertain bool `json:"uncertain,omitempty"`
}

// RuleCategory is what a rule governs. The categories are those of SEDA 2.x.
type RuleCategory string

// Categories of rules.
const (
	Conservation      RuleCategory = "appraisal"      // DUA and sort final
	Communicabilite   RuleCategory = "access"         // from when anyone may read it
	UtiliteCourante   RuleCategory = "storage"        // DUC
	Diffusion         RuleCategory = "dissemination"  //
	Reutilisation     RuleCategory = "reuse"          //
	SecretClassifie   RuleCategory = "classification" // secret de la défense nationale
	GelDeConservation RuleCategory = "hold"
)

var categoryWords = map[RuleCategory][2]string{
	Conservation:      {"durée d'utilité administrative", "retention"},
	Communicabilite:   {"communicabilité", "access"},
	UtiliteCourante:   {"durée d'utilité courante", "current use"},
	Diffusion:         {"diffusion", "dissemination"},
	Reutilisation:     {"réutilisation", "reuse"},
	SecretClassifie:   {"classification de défense", "defence classification"},
	GelDeConservation: {"gel", "hold"},
}

// Words says the category in French and English; one that is not known is said
// as it is written.
func (c RuleCategory) Words() (fr, en string) {
	if w, ok := categoryWords[c]; ok {
		return w[0], w[1]
	}
	return string(c), string(c)
}

// SortFinal is what becomes of a record at the end of its DUA.
type SortFinal string

// The three answers of French retention tables. Detruire always needs the visa
// of the departmental archives (code du patrimoine L212-2); Trier means that an
// archivist chooses.
const (
	Conserver SortFinal = "conserver"
	Detruire  SortFinal = "detruire"
	Trier     SortFinal = "trier"
)

// StartEvent names what a period runs from.
type StartEvent string

// Events from which periods run.
const (
	FromActe      StartEvent = "acte"     // the day of the decision
	FromCloture   StartEvent = "cloture"  // the file or the register was closed
	FromExercice  StartEvent = "exercice" // end of the accounting year
	FromDocument  StartEvent = "document" // the most recent document of the file
	FromNaissance StartEvent = "naissance"
	FromDeces     StartEvent = "deces"
	// FromInconnu: the source does not say. Nothing can be computed, so
	// nothing may be destroyed.
	FromInconnu StartEvent = ""
)

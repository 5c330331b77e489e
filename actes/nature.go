package actes

import "strconv"

// Nature is the nature of an act, 1 to 6: the number stands in the XML, the
// abbreviation in identifiers and file names. The zero value is no nature.
type Nature int

// The natures of the protocol.
const (
	Deliberation  Nature = iota + 1 // DE
	Reglementaire                   // AR
	Individuel                      // AI
	Contrat                         // CC
	Budgetaire                      // BF
	Autre                           // AU
)

var natures = [...]struct{ abrege, libelle string }{
	Deliberation:  {"DE", "Délibérations"},
	Reglementaire: {"AR", "Actes réglementaires"},
	Individuel:    {"AI", "Actes individuels"},
	Contrat:       {"CC", "Contrats, conventions et avenants"},
	Budgetaire:    {"BF", "Documents budgétaires et financiers"},
	Autre:         {"AU", "Autres"},
}

// Natures returns the six natures in their order.
func Natures() []Nature {
	return []Nature{Deliberation, Reglementaire, Individuel, Contrat, Budgetaire, Autre}
}

// ParseNature reads a nature from its number or from its abbreviation.
func ParseNature(s string) (Nature, bool) {
	for _, n := range Natures() {
		if s == natures[n].abrege || s == strconv.Itoa(int(n)) {
			return n, true
		}
	}
	return 0, false
}

// Valid reports whether the nature is one of the six.
func (n Nature) Valid() bool { return n >= Deliberation && n <= Autre }

// Abrege returns the abbreviation in two capitals, "" for an unknown nature.
func (n Nature) Abrege() string {
	if !n.Valid() {
		return ""
	}
	return natures[n].abrege
}

// Libelle returns the label, "" for an unknown nature. Préfectures spell some
// labels otherwise: the classification they publish has its own.
func (n Nature) Libelle() string {
	if !n.Valid() {
		return ""
	}
	return natures[n].libelle
}

// String returns the number and the abbreviation, as in "1 DE".
func (n Nature) String() string {
	if !n.Valid() {
		return strconv.Itoa(int(n))
	}
	return strconv.Itoa(int(n)) + " " + natures[n].abrege
}

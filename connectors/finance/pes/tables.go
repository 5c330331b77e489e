package pes

// What rules need of the schemas and their annotations. The combinations of codes
// known, which only make warnings, are tables of [Codes].

// typesBordereau are the TypBord that exist in what is sent.
var typesBordereau = map[Domaine]map[string]bool{
	Depense: set("01", "02", "03"),
	Recette: set("01", "02", "03", "06"),
}

// Means of payment (ModRegl, dépense) that demand a bank account, and that
// admit none. 06 and 10 leave it open.
var (
	reglementAvecCompte = set("03", "05")
	reglementSansCompte = set("01", "02", "04", "07", "08", "09", "11")
)

// Nomenclatures where a field is admitted.
var (
	nomenclaturesFonction  = set("M14", "M52", "M57", "M71")
	nomenclaturesOperation = set("M14", "M4", "M41", "M42", "M43", "M44", "M49", "M52", "M57", "M61", "M71", "M832")
	nomenclaturesHopital   = set("M21", "M22", "M22_EPRD")
)

// ValidNomenclature reports whether the code is that of a nomenclature of
// accounts: M57, M22_EPRD…
func ValidNomenclature(code string) bool { return CodesIntegres().Has("nomenclature", code) }

// typesPJ says, for each domain of RefCompta, which TypePJ it admits, and for
// those that depend on it which TypeObjet.
var typesPJ = map[string]map[string]map[string]bool{
	"01": {"003": nil, "004": nil, "005": nil, "006": nil},
	"02": {
		"002": set("01", "02", "03"), "006": set("01", "02", "03"), "007": set("06"), "008": set("01", "02", "03", "06"),
		"010": set("06"), "011": set("01", "02", "03", "06"), "014": set("01", "02", "03", "06"),
	},
	"04": {"001": set("01", "02", "03"), "012": set("10"), "013": set("10")},
	"06": {"009": nil},
}

func set(codes ...string) map[string]bool {
	m := make(map[string]bool, len(codes))
	for _, c := range codes {
		m[c] = true
	}
	return m
}

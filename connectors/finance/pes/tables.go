package pes

// Tables of the annexes of the dossier technique as far as they are known, and
// of the schemas. A code that is not in a table is a warning at most where the
// table is not the whole.

// triplets are the combinations TypBord-TypPce-NatPce known: those the
// annotations of the schemas name, the ordinary ones, and those seen in files
// Hélios accepted. Annexe 2, which lists them all, is not public.
var triplets = map[Domaine]map[string]bool{
	Depense: set("01-01-01", "01-02-09", "01-06-01", "01-07-01", "01-09-01", "01-13-01", "02-02-06", "02-02-10",
		"01-01-11", "01-01-02"),
	Recette: set("01-01-01", "01-02-09", "01-06-01", "01-09-01", "01-10-01", "01-10-02", "01-14-01", "02-02-06", "02-02-10",
		"06-15-01"),
}

// typesBordereau are the TypBord that exist in what is sent.
var typesBordereau = map[Domaine]map[string]bool{
	Depense: set("01", "02", "03"),
	Recette: set("01", "02", "03", "06"),
}

// couplesTiers are the pairs CatTiers-NatJur known; annexe 3, which lists them
// all, is not public.
var couplesTiers = set("01-01", "01-02", "50-03", "50-06", "20-07", "20-08",
	"21-09", "22-09", "23-09", "24-09", "25-09", "26-09", "27-09", "28-09", "29-09")

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
	nomenclatures          = set("M14", "M21", "M22", "M22_EPRD", "M31", "M57", "M4", "M41", "M42", "M43", "M44", "M49", "M51",
		"M52", "M157", "M61", "M71", "M832", "NA")
)

// ValidNomenclature reports whether the code is that of a nomenclature of
// accounts: M57, M22_EPRD…
func ValidNomenclature(code string) bool { return nomenclatures[code] }

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

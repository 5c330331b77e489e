package envelope

import (
	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged/report"
)

// Class is the class of a refusal, in the words connectors use.
type Class string

// The classes an operator's refusal of an envelope may have.
const (
	Rejected  Class = "Rejected"  // examined and refused
	Invalid   Class = "Invalid"   // our request is malformed: not examined
	Duplicate Class = "Duplicate" // already there
)

// Prediction says what an operator is going to answer, and why.
type Prediction struct {
	Operateur actes.Profile
	// Accepted is true when no rule of the operator is broken, as far as known;
	// the other fields then say what state the envelope reaches.
	Accepted bool
	// Rule is the line of the catalogue that decides: A03, M12…
	Rule string
	// Etat is the operator's own name of the state: for S²LOW the number of the
	// status, "" when the deposit is refused and there is no transaction.
	Etat string
	// Libelle is what the operator calls that state or that refusal.
	Libelle string
	Class   Class
}

// outcome is what becomes of an envelope that breaks a rule.
type outcome struct {
	etat, libelle string
	class         Class
	order         int // refusals come in this order
}

// S²LOW judges the archive when it is deposited (the answer is KO and nothing
// is kept), then the messages, and asks its validator and the antivirus after
// the answer (status -1).
var s2lowOutcomes = map[string]outcome{
	"A03": {"", "L'archive n'a pas un nom valide", Invalid, 1},
	"A04": {"", "Trigramme inattendu", Invalid, 2},
	"A05": {"", "Quadrigramme inattendu", Invalid, 3},
	"A01": {"", "Mauvais format de l'archive", Invalid, 4},
	"A02": {"", "Taille de l'archive trop élevée", Invalid, 5},
	"A07": {"", "Erreur de désarchivage", Invalid, 6},
	"A08": {"", "Erreur de désarchivage", Invalid, 6},
	"A06": {"", "Fichier XML enveloppe introuvable", Invalid, 7},
	"V01": {"", "Erreur d'importation de l'enveloppe", Invalid, 8},
	"V02": {"", "La collectivité n'est pas celle de l'utilisateur", Invalid, 9},
	"V03": {"", "Adresses de retour absentes", Invalid, 10},
	"M01": {"", "Erreur d'importation de la transaction", Invalid, 11},
	"M03": {"", "Plusieurs documents principaux", Invalid, 12},
	"M16": {"", "Signature détachée refusée", Invalid, 13},
	"M20": {"", "Transaction de référence introuvable", Invalid, 14},
	"M21": {"", "Annulation impossible", Rejected, 15},
	"M19": {"", "Numéro déjà employé", Duplicate, 16},
	"M18": {"-1", "Antivirus", Rejected, 17},
	"":    {"-1", "Enveloppe invalide", Rejected, 18}, // its validator: everything else
}

// STELA names its states; forms refuse the rest before there is a transaction.
var stelaOutcomes = map[string]outcome{
	"M18": {"ANTIVIRUS_KO", "Antivirus", Rejected, 2},
	"M15": {"SIGNATURE_ERROR", "Signature refusée", Rejected, 3},
	"A02": {"ARCHIVE_TOO_LARGE", "Archive trop grande", Rejected, 4},
	"M19": {"", "Acte déjà déposé", Duplicate, 1},
	"":    {"", "Dépôt refusé", Invalid, 0},
}

// accepted are the states an envelope reaches that breaks no rule.
var accepted = map[actes.Profile]outcome{
	actes.S2LOW: {etat: "2", libelle: "Accepté par le TdT : validation OK"},
	actes.STELA: {etat: "ARCHIVE_SIZE_CHECKED", libelle: "Archive contrôlée"},
}

func outcomes(p actes.Profile) map[string]outcome {
	switch p {
	case actes.S2LOW:
		return s2lowOutcomes
	case actes.STELA:
		return stelaOutcomes
	}
	return nil
}

// Predict says what an operator (actes.S2LOW or actes.STELA) is going to
// answer to an envelope whose report, made under that operator's profile, is
// given: the first refusal in the order the operator checks. The second result
// is false for a profile that is no operator.
func Predict(rep *report.Report, operateur actes.Profile) (Prediction, bool) {
	if outcomes(operateur) == nil {
		return Prediction{}, false
	}
	best, found := Prediction{}, false
	first := 0
	for f := range rep.All() {
		p, ok := PredictFinding(f, operateur)
		if !ok {
			continue
		}
		if order := outcomeOf(f.Ref, operateur).order; !found || order < first {
			best, found, first = p, true, order
		}
	}
	if found {
		return best, true
	}
	o := accepted[operateur]
	return Prediction{Operateur: operateur, Accepted: rep.Valid(), Etat: o.etat, Libelle: o.libelle}, true
}

// PredictFinding says what an operator answers to one finding. The second
// result is false when the finding refuses nothing, or the profile is no
// operator.
func PredictFinding(f *report.Finding, operateur actes.Profile) (Prediction, bool) {
	if f.Severity < report.Error || outcomes(operateur) == nil {
		return Prediction{}, false
	}
	o := outcomeOf(f.Ref, operateur)
	return Prediction{Operateur: operateur, Rule: f.Ref, Etat: o.etat, Libelle: o.libelle, Class: o.class}, true
}

func outcomeOf(ref string, operateur actes.Profile) outcome {
	m := outcomes(operateur)
	if o, ok := m[ref]; ok {
		return o
	}
	return m[""]
}

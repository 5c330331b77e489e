package pes

import (
	"fmt"
	"strconv"
	"strings"
)

// ValidID reports whether the string may be an attribute Id: an NCName, made
// here of letters without accents, digits, '_', '-' and '.', that does not begin
// with a digit, '-' or '.'. In one file each Id is used once.
func ValidID(s string) bool {
	if s == "" || len(s) > 255 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// ValidIdUnique reports whether the string may identify a pièce justificative: 1
// to 50 letters and digits, not all of them zeros.
func ValidIdUnique(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 50 && strings.Trim(s, "0") != ""
}

// IdUnique composes the identifier of the n-th pièce justificative (from 1) of a
// piece as finance software does: SIRET of the budget, DEP or REC, exercice,
// number of the piece on 8 digits, rank on 3. An identifier must never be used
// twice by an authority, whatever the budget and the year: when a PJ that Hélios
// took is replaced, give another rank.
func IdUnique(siret string, d Domaine, exercice, idPce string, n int) (string, error) {
	letters := map[Domaine]string{Depense: "DEP", Recette: "REC"}[d]
	exercice, idPce = number(exercice), number(idPce)
	if len(siret) != 14 || !allDigits(siret) || letters == "" || len(exercice) != 4 || !allDigits(exercice) || !allDigits(idPce) || len(idPce) > 8 || n < 1 || n > 999 {
		return "", fmt.Errorf("pes: no IdUnique can be made of these: a SIRET of 14 digits, a domain, a year, a number of at most 8 digits and a rank of 1 to 999 are needed")
	}
	return fmt.Sprintf("%s%s%s%08s%03d", siret, letters, exercice, idPce, n), nil
}

// NomFichierS2LOW composes the name under which S²LOW sends a PES to the DGFiP:
// PESALR2_<SIREN or SIRET>_<AAMMJJ>_<n>.xml. The date is the six digits of the
// day of sending.
func NomFichierS2LOW(siren, aammjj string, n int) string {
	return "PESALR2_" + siren + "_" + aammjj + "_" + strconv.Itoa(n) + ".xml"
}

// NomFichierSTELA composes the name under which STELA sends it: the number is
// that of the day, on three digits.
func NomFichierSTELA(siret, aammjj string, n int) string {
	return fmt.Sprintf("PESALR2_%s_%s_%03d.xml", siret, aammjj, n)
}

// MessagePMSG composes the label the gateway of the DGFiP wants with a file:
// PES#<CodCol>#<IdPost>#<CodBud>.
func MessagePMSG(e *Entete) string {
	return strings.Join([]string{"PES", e.CodCol, e.IdPost, e.CodBud}, "#")
}

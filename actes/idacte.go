package actes

import (
	"errors"
	"strings"

	"github.com/liasse/liasse/ged"
)

// IDActe is the unique identifier of a transmitted act, which the ministry
// composes and returns in the ARActe: DEP-SIREN-YYYYMMDD-NUMERO-NATURE, as in
// 034-123456782-20240627-D2024_042-DE. It is comparable.
type IDActe struct {
	Departement string   // three characters: 034, 02A, 971
	SIREN       string   // nine digits
	Date        ged.Date // of the decision
	Numero      string   // 1 to 15 letters, digits or underscores
	Nature      Nature
}

// ErrIDActe is the error of [ParseIDActe]. It does not quote the text.
var ErrIDActe = errors.New("actes: not an act identifier DEP-SIREN-YYYYMMDD-NUMERO-NATURE")

// ParseIDActe reads an identifier. It is a little stricter than the schema,
// which lets any eight digits stand for a date and any two capitals for a
// nature; and than its typing slip, which lets "|34" stand for a department.
func ParseIDActe(s string) (IDActe, error) {
	p := strings.Split(s, "-")
	if len(p) != 5 || !departementShape(p[0]) || !digits(p[1], 9) || !digits(p[2], 8) || !idNumero(p[3]) {
		return IDActe{}, ErrIDActe
	}
	d, err := ged.ParseDate(p[2][:4] + "-" + p[2][4:6] + "-" + p[2][6:])
	n, ok := ParseNature(p[4])
	if err != nil || !ok || len(p[4]) != 2 {
		return IDActe{}, ErrIDActe
	}
	return IDActe{p[0], p[1], d, p[3], n}, nil
}

// String writes the identifier. It has its form only when the fields have
// theirs.
func (id IDActe) String() string {
	return id.Departement + "-" + id.SIREN + "-" + id.Date.Compact() + "-" + id.Numero + "-" + id.Nature.Abrege()
}

// IsZero reports whether there is no identifier.
func (id IDActe) IsZero() bool { return id == IDActe{} }

// MarshalText writes the identifier, and no identifier as an empty text.
func (id IDActe) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads an identifier; an empty text is none.
func (id *IDActe) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = IDActe{}
		return nil
	}
	v, err := ParseIDActe(string(b))
	if err == nil {
		*id = v
	}
	return err
}

// idNumero is the pattern of the number inside an identifier.
func idNumero(s string) bool {
	if len(s) < 1 || len(s) > 15 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

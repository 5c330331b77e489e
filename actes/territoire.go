package actes

import (
	"strings"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/ged/report"
)

// Collectivite is the authority that transmits, as the ministry registered it.
type Collectivite struct {
	SIREN          string // nine digits
	Departement    string // three characters: 034, 02A, 971
	Arrondissement string // one digit, the préfecture or sous-préfecture in charge
	Nature         string // two digits, see [NatureCollectivite]
}

// departementShape reports whether the text has the form of a department code:
// the first character 0 or 9. The schema's pattern also lets a vertical bar
// through, by a slip of its author; no department has one.
func departementShape(s string) bool {
	return len(s) == 3 && (s[0] == '0' || s[0] == '9') && s[1] >= '0' && s[1] <= '9' &&
		(s[2] >= '0' && s[2] <= '9' || s[2] == 'A' || s[2] == 'B')
}

// arrondissements lists departments with the digits of their arrondissements,
// as registered by S²LOW in 2024 (Moselle renumbered in 2018; 975, 987 and 988
// added in 2024; 9 in Paris is the SGAR; Saint-Martin and Saint-Barthélemy are
// 3 of 971). Mayotte (976) and Wallis-et-Futuna (986) are not in it, so that
// absence from this table is a reason to warn and never to refuse.
const arrondissements = `
001:1234 002:12345 003:123 004:1234 005:12 006:12 007:123 008:1234 009:123 010:123 011:123 012:123 013:1234
014:1234 015:123 016:123 017:12345 018:123 019:123 02A:14 02B:235 021:123 022:1234 023:12 024:1234 025:123
026:123 027:123 028:1234 029:1234 030:123 031:123 032:123 033:12345 034:123 035:1234 036:1234 037:123 038:123
039:123 040:12 041:123 042:123 043:123 044:1234 045:123 046:123 047:1234 048:12 049:1234 050:1234 051:12345
052:123 053:123 054:1234 055:123 056:123 057:35679 058:1234 059:123456 060:1234 061:123 062:1234567 063:12345
064:123 065:123 066:123 067:2345678 068:123456 069:12 070:12 071:12345 072:123 073:123 074:1234 075:19 076:123
077:12345 078:1234 079:123 080:1234 081:12 082:12 083:123 084:123 085:123 086:123 087:123 088:123 089:123
090:1 091:123 092:123 093:123 094:123 095:123 971:123 972:1234 973:12 974:1234 975:1 987:123456 988:1234
`

// Arrondissements returns the digits of the arrondissements of a department,
// in order, and whether the department is in the table.
func Arrondissements(departement string) (digits string, known bool) {
	if !departementShape(departement) {
		return "", false
	}
	_, rest, ok := strings.Cut(arrondissements, departement+":")
	if !ok {
		return "", false
	}
	return rest[:strings.IndexAny(rest, " \n")], true
}

// naturesCollectivite is the table of natures of authorities S²LOW registers.
// A real envelope carries 02, which is not in it: an unknown code is a warning.
var naturesCollectivite = map[string]string{
	"11": "Conseil régional",
	"12": "Établissement public local d'enseignement (région)",
	"14": "Société d'économie mixte locale (région)",
	"21": "Conseil départemental",
	"22": "Établissement public de santé (département)",
	"23": "Établissement public local d'enseignement (département)",
	"24": "Autre établissement public (département)",
	"25": "Société d'économie mixte locale (département)",
	"31": "Commune",
	"32": "Établissement public de santé (commune)",
	"33": "Autre établissement public (commune)",
	"34": "Société d'économie mixte locale (commune)",
	"41": "Syndicat de communes ou syndicat mixte fermé",
	"42": "Syndicat mixte ouvert",
	"43": "Syndicat d'agglomération nouvelle",
	"44": "Communauté de communes",
	"45": "Communauté urbaine",
	"46": "Communauté d'agglomération",
	"47": "Société d'économie mixte locale (EPCI)",
	"51": "Service départemental d'incendie et de secours",
	"52": "Entente interdépartementale",
	"53": "Entente interrégionale",
	"54": "Autre société d'économie mixte locale",
	"55": "Autre",
	"61": "Association syndicale autorisée",
	"62": "Association foncière urbaine autorisée",
	"63": "Association foncière de remembrement",
	"71": "Autre",
	"72": "Société publique locale ou SPL d'aménagement",
	"73": "Société d'économie mixte locale",
	"74": "Commission syndicale pour la gestion des biens indivis des communes",
}

// NatureCollectivite returns the label of a nature of authority, and whether
// the code is in the table.
func NatureCollectivite(code string) (libelle string, known bool) {
	libelle, known = naturesCollectivite[code]
	return libelle, known
}

// Check says what is wrong with the authority's registration: shapes are
// errors, codes absent from the tables are warnings.
func (c Collectivite) Check(rep *report.Report, where report.Location) {
	CheckSIREN(rep, where, c.SIREN)
	CheckDepartement(rep, where, c.Departement)
	switch known, ok := Arrondissements(c.Departement); {
	case !digits(c.Arrondissement, 1):
		rep.Add(ArrondissementForme, where, report.P("arrondissement", c.Arrondissement))
	case ok && !strings.Contains(known, c.Arrondissement):
		rep.Add(ArrondissementInconnu, where, report.Code("arrondissement", c.Arrondissement),
			report.Code("departement", c.Departement))
	}
	if !digits(c.Nature, 2) {
		rep.Add(CollectiviteForme, where, report.P("nature", c.Nature))
	} else if _, ok := naturesCollectivite[c.Nature]; !ok {
		rep.Add(CollectiviteInconnue, where, report.Code("nature", c.Nature))
	}
}

// CheckDepartement says what is wrong with a department code: its shape is an
// error, its absence from the table a warning.
func CheckDepartement(rep *report.Report, where report.Location, departement string) {
	if !departementShape(departement) {
		rep.Add(DepartementForme, where, report.P("departement", departement))
	} else if _, ok := Arrondissements(departement); !ok {
		rep.Add(DepartementInconnu, where, report.Code("departement", departement))
	}
}

// CheckSIREN says what is wrong with a SIREN: nine digits are required; a
// wrong control key is a warning, as the schema does not look at it. The
// SIREN 000000000 of test platforms is accepted.
func CheckSIREN(rep *report.Report, where report.Location, siren string) {
	switch {
	case !digits(siren, 9):
		rep.Add(SIRENForme, where, report.P("siren", siren))
	case !ident.ValidSIREN(siren):
		rep.Add(SIRENCle, where, report.Code("siren", siren))
	}
}

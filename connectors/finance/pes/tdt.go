package pes

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/liasse/liasse/ged/report"
)

// judgeByTdT adds what the operator of the profile would say. What Hélios would
// reject later is in the report already, as warnings.
func judgeByTdT(out *Reading, opt Options, head []byte, broken bool) {
	switch opt.Profile {
	case ProfilS2LOW:
		out.Etat = EtatTransmis
		if check, message := s2low(out, head, broken); message != "" {
			out.Etat = EtatErreur
			out.Report.Record(report.Finding{Rule: S2LOW, Severity: report.Error, Ref: check, Params: []report.Param{report.P("message", message)},
				Where: report.Location{Member: opt.Member}})
		}
	case ProfilSTELA:
		out.Etat = EtatTransmis
		if broken {
			out.Etat = EtatErreur
			return
		}
		onlyPJ := out.Facts.PresentPJ && out.Facts.Racine == 1
		if out.Facts.Signatures == 0 && out.Entete.TypFic != "PESORMC" && !onlyPJ {
			out.Etat = EtatSignatureAbsente
			out.Report.Record(report.Finding{Rule: STELA, Severity: report.Error, Ref: string(out.Etat),
				Params: []report.Param{stelaState(string(out.Etat))}, Where: report.Location{Member: opt.Member}})
		}
	}
}

// s2low makes the checks of S²LOW in their order, as far as they bear on the
// file alone, and returns the number and message of the first that fails. Its
// checks of signatures, of what was sent before and of its own storage are not
// among them.
func s2low(out *Reading, head []byte, broken bool) (check, message string) {
	e := &out.Entete
	first := head[:min(len(head), 50)]
	if !bytes.Contains(bytes.ToUpper(first), []byte("ISO-8859-1")) {
		return "4", "ce fichier n'est pas encodé en ISO-8859-1"
	}
	if broken {
		return "5", "ce fichier n'est pas en XML"
	}
	if out.Facts.Racine == 0 {
		return "6", "ce fichier ne contient ni bordereau, ni PJ, ni marché"
	}
	if e.NomFic == "" || e.NomFic == "0" {
		return "7", "La balise Enveloppe/Parametre/NomFic n'est pas présente ou est vide"
	}
	if utf8.RuneCountInString(e.CodCol) > 3 {
		return "8", "Le CodCol est trop long"
	}
	if utf8.RuneCountInString(e.IdColl) > 14 {
		return "13", "La balise IdCol est trop longue"
	}
	if e.WhereEntete.IsZero() {
		return "14b", "La balise EnTetePES n'est pas présente ou est vide"
	}
	for _, x := range []struct {
		name, value string
		want        int
	}{{"CodCol", e.CodCol, 3}, {"IdPost", e.IdPost, 6}, {"CodBud", e.CodBud, 2}} {
		if x.value == "" {
			name := "EnTetePES/" + x.name
			if x.name == "CodCol" {
				name += " ou EnTetePES/CodColl"
			}
			return "14b", "La balise " + name + " n'est pas présente ou est vide"
		}
	}
	for _, x := range []struct {
		name, value string
		want        int
	}{{"CodCol", e.CodCol, 3}, {"IdPost", e.IdPost, 6}, {"CodBud", e.CodBud, 2}} {
		if n := utf8.RuneCountInString(x.value); n != x.want {
			return "14c", "Non-conformité PES aller : la balise EnTetePES/" + x.name + " contient " + strconv.Itoa(n) +
				" caractères (" + strconv.Itoa(x.want) + " attendus)."
		}
	}
	return "", ""
}

// stelaStates say what the states STELA gives to a file it refuses mean.
var stelaStates = map[string][2]string{
	string(EtatSignatureAbsente): {"il n'est pas signé", "it is not signed"},
	"INVALID_SIGNATURE":          {"sa signature n'est pas valable", "its signature is not valid"},
	"EXPIRED_CERTIFICATE":        {"le certificat du signataire a expiré", "the certificate of the signer has expired"},
	"PDF_ATTACHMENT":             {"la signature d'une pièce PDF n'est pas valable", "the signature of a PDF document is not valid"},
	"NOT_YET_VALID_CERTIFICATE":  {"le certificat du signataire n'est pas encore valable", "the certificate of the signer is not valid yet"},
}

// stelaState is a state of STELA in words, with its name for the operator.
func stelaState(state string) report.Param {
	w, ok := stelaStates[state]
	if !ok {
		return report.P("state", state)
	}
	return report.Named("state", state, w[0]+" ("+state+")", w[1]+" ("+state+")")
}

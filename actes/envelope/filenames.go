package envelope

import (
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
)

// fileNames compares the names of a message and of its files with the message
// and the envelope (M06).
func (r *reader) fileNames(i int, files []named) {
	rc := &r.env.Messages[i]
	departement := ""
	switch m := r.env.Enveloppe.(type) {
	case *message.EnveloppeCLMISILL:
		departement = m.Emetteur.Departement
	case *message.EnveloppeMISILLCL:
		departement = m.Departement
	}
	exp := baseOf(rc.Message, departement, r.env.SIREN())
	serials := make(map[int]bool, 1+len(files))
	serial := func(name string, n int) {
		if n != NoSerie && serials[n] {
			r.addIn("M06", FichierSerie, in(name), entry(name), report.Int("serial", n))
		}
		serials[n] = true
	}
	if _, ano := rc.Message.(*message.AnomalieEnveloppe); ano {
		if _, err := ParseAnomalieName(rc.Nom); err != nil {
			r.addIn("M06", FichierNom, in(rc.Nom), entry(rc.Nom), err.(*NameError).param("part"))
		}
		return
	}
	if n, err := parseFile(rc.Nom); err != nil || n.CodePJ != "" || n.Ext != "xml" {
		switch {
		case err != nil:
		case n.CodePJ != "":
			err = errDep
		default:
			err = errExtension
		}
		r.addIn("M06", FichierNom, in(rc.Nom), entry(rc.Nom), err.param("part"))
	} else {
		serial(rc.Nom, n.Serie)
		r.compare(rc.Nom, n, exp)
	}
	for _, f := range files {
		if f.NomFichier == "" {
			continue
		}
		n, err := parseFile(f.NomFichier)
		if err == nil && n.Serie == NoSerie && r.env.Sens != message.Retour {
			err = errSerial
		}
		if err != nil {
			r.addIn("M06", FichierNom, in(f.NomFichier), entry(f.NomFichier), err.param("part"))
			continue
		}
		serial(f.NomFichier, n.Serie)
		r.compare(f.NomFichier, n, exp)
	}
}

// compare says about which parts a name contradicts the message. The date is
// only worth a warning: a program in service puts the day of sending there,
// and the ministry takes it.
func (r *reader) compare(name string, n FileName, exp expected) {
	var parts []*NameError
	differs := func(part *NameError, got, want string) {
		if got != want && want != "" {
			parts = append(parts, part)
		}
	}
	differs(errDep, n.Departement, exp.Departement)
	differs(errSIREN, n.SIREN, exp.SIREN)
	absent := exp.free && n.Numero == "" && n.Nature == "" && n.Date.IsZero()
	if exp.known && !absent {
		if n.Numero != exp.Numero {
			parts = append(parts, errNumber)
		}
		// A nature that does not exist is said once, by its own rule.
		if n.Nature != exp.Nature && (exp.nature == 0 || exp.nature.Valid()) && r.opt.Profile != actes.S2LOW {
			parts = append(parts, errNature)
		}
	}
	differs(errCode, n.Code, exp.Code)
	if parts != nil {
		var fr, en []string
		for _, p := range parts {
			fr, en = append(fr, p.FR), append(en, p.EN)
		}
		r.addIn("M06", FichierDiscordant, in(name), entry(name),
			report.Words("part", strings.Join(fr, ", "), strings.Join(en, ", ")))
	}
	if exp.known && !absent && n.Date != exp.Date {
		r.add("M06", FichierDate, in(name), entry(name))
	}
}

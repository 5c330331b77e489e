package pes

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (c *checker) ligne(l *Ligne) {
	if l.MtTVA.Centimes > 0 {
		c.ligneTVA = true
	}
	if l.IdLigne != "" && c.lignes != nil && double(c.lignes, number(l.IdLigne)) {
		c.add(PieceDouble, l.Where, report.Words("what", "La ligne", "Line"), shown("number", number(l.IdLigne)), report.Words("parent", "la pièce", "the piece"))
	}
	c.refsOf(l.PJRefs, l.Where)
	p := l.Piece
	if p == nil || p.Bordereau == nil {
		return
	}
	b := p.Bordereau
	if l.Fonction != "" {
		c.outside("Fonction", nomenclaturesFonction, l.Where)
	}
	if l.Operation != "" {
		c.outside("Operation", nomenclaturesOperation, l.Where)
	}
	if l.InfoTVAHLM {
		c.outside("InfoTVAHLM", set("M31"), l.Where)
	}
	if l.Assure {
		c.hospital("InfoAssure", l.Where)
	}
	c.rattachement(l)
	if b.Domaine == Depense {
		c.reglement(l)
		if triplet(p) == "01-06-01" && l.Liens.IdConv == "" {
			c.convention(l, "il faut ici un numéro de convention", "the number of an agreement is needed here")
		}
	} else {
		c.majoration(l)
		if t := triplet(p); (t == "01-10-01" || t == "01-10-02") && l.Liens.IdConv == "" {
			c.convention(l, "il faut ici un numéro de convention", "the number of an agreement is needed here")
		}
		c.prelevement(l)
	}
	for i := range l.Tiers {
		c.tiers(l, &l.Tiers[i])
	}
}

func (c *checker) convention(l *Ligne, fr, en string) {
	c.add(Convention, l.Where, report.Named("field", "IdConv", "Le numéro de convention (IdConv)", "The number of the agreement (IdConv)"), shown("triplet", triplet(l.Piece)), domaine(l.Piece.Bordereau), report.Words("why", fr, en))
}

// reglement checks means of payment against bank accounts (H13 to H15).
func (c *checker) reglement(l *Ligne) {
	account := false
	for i := range l.Tiers {
		account = account || l.Tiers[i].Compte != nil
	}
	switch {
	case reglementAvecCompte[l.ModRegl] && !account:
		c.add(CompteAbsent, l.Where, shown("code", l.ModRegl))
	case reglementSansCompte[l.ModRegl] && account:
		c.add(CompteInterdit, l.Where, shown("code", l.ModRegl))
	}
}

// rattachement checks the link to an original piece (H25, H26).
func (c *checker) rattachement(l *Ligne) {
	p, r := l.Piece, l.Rattach
	t := triplet(p)
	bad := func(fr, en string) {
		c.add(Rattach, l.Where, shown("triplet", t), domaine(p.Bordereau), report.Words("why", fr, en))
	}
	absent := func() {
		bad("le bloc RattachPiece manque", "block RattachPiece is missing")
	}
	depense := p.Bordereau.Domaine == Depense
	nature := ""
	if r != nil {
		nature = r.NatPceOrig
	}
	if depense {
		switch t {
		case "02-02-06", "01-02-09", "01-13-01", "02-02-10":
			if r == nil {
				absent()
			} else if nature != "01" && nature != "02" {
				bad("la nature de la pièce d'origine doit être 01 ou 02", "the nature of the original piece must be 01 or 02")
			}
		case "01-07-01":
			if r == nil {
				absent()
			} else if nature != "04" {
				bad("la nature de la pièce d'origine doit être 04", "the nature of the original piece must be 04")
			}
		case "01-01-01", "01-09-01":
			if r != nil && nature != "05" {
				bad("la nature de la pièce d'origine doit être 05", "the nature of the original piece must be 05")
			}
		default:
			if p.TypPce == "05" {
				if r == nil {
					absent()
				} else if nature != "03" {
					bad("la nature de la pièce d'origine doit être 03", "the nature of the original piece must be 03")
				}
			}
		}
	} else {
		switch t {
		case "02-02-06", "01-02-09", "02-02-10", "01-14-01":
			if r == nil {
				absent()
			} else if nature != "01" && nature != "02" {
				bad("la nature de la pièce d'origine doit être 01 ou 02", "the nature of the original piece must be 01 or 02")
			}
		default:
			if nature == "03" && p.TypPce != "05" {
				bad("la nature de pièce d'origine 03 est réservée au type de pièce 05", "original nature 03 is for type of piece 05 only")
			}
			if majo, _ := truth(l.Majo); nature == "05" && t != "01-09-01" && !majo {
				bad("la nature de pièce d'origine 05 est réservée à 01-09-01", "original nature 05 is for 01-09-01 only")
			}
		}
	}
	if r == nil {
		return
	}
	given := r.IdLigneOrig != "" && number(r.IdLigneOrig) != "0"
	needed := nature == "01" || nature == "02" || depense && nature == "05"
	switch {
	case needed && !given:
		c.add(RattachLigne, l.Where, shown("code", nature), report.Words("why", "il en faut un", "one is needed"))
	case !needed && given && nature != "":
		c.add(RattachLigne, l.Where, shown("code", nature), report.Words("why", "il doit être absent ou zéro", "it must be absent or zero"))
	}
}

// majoration checks the surcharge of a line of a titre (H27).
func (c *checker) majoration(l *Ligne) {
	majo, ok := truth(l.Majo)
	if !ok {
		return
	}
	bad := func(fr, en string) { c.add(Majoration, l.Where, report.Words("why", fr, en)) }
	if !majo {
		if l.DteMajo != "" || l.TxMajo != "" {
			bad("une date ou un taux est donné pour une ligne qui n'est pas majorable", "a date or rate is given for a line without surcharge")
		}
		return
	}
	if l.DteMajo == "" || l.TxMajo == "" {
		bad("la date ou le taux manque", "the date or rate is missing")
	}
	if l.Rattach == nil || l.Rattach.NatPceOrig != "05" {
		bad("il faut un rattachement de nature 05 (liste de majoration)", "a link of nature 05 (list of surcharges) is needed")
	}
}

// prelevement checks a direct debit (H32, H33).
func (c *checker) prelevement(l *Ligne) {
	p := l.Prelevement
	if p == nil {
		return
	}
	bad := func(fr, en string) { c.add(PrelevementBloc, l.Where, report.Words("why", fr, en)) }
	switch {
	case p.SEPA && p.NatPrel == "02":
		bad("un fichier remis aux banques par l'ordonnateur (02) demande le bloc InfoPrelevement",
			"a file given to the banks by the authority (02) calls for block InfoPrelevement")
	case !p.SEPA && p.NatPrel == "01":
		bad("un fichier remis aux banques par le Trésor (01) demande le bloc InfoPrelevementSEPA",
			"a file given to the banks by the Treasury (01) calls for block InfoPrelevementSEPA")
	}
	account := false
	for i := range l.Tiers {
		account = account || l.Tiers[i].Compte != nil
	}
	if p.SEPA && p.NatPrel != "02" && !account {
		bad("le compte bancaire manque", "the bank account is missing")
	}
	if p.AncienICS != "" && !validICS(p.AncienICS) {
		c.add(AncienICS, l.Where, report.P("id", p.AncienICS))
	}
	if p.AncienIBAN != "" && !validIBAN(p.AncienIBAN) {
		c.add(CompteFaux, l.Where, report.Words("why", "la clé de l'ancien IBAN est fausse", "the check digits of the former IBAN are wrong"))
	}
}

// tiers checks a creditor or debtor (H16 to H23, H29, H31, H42 to H44, H51).
func (c *checker) tiers(l *Ligne, t *Tiers) {
	p := l.Piece
	depense := p.Bordereau.Domaine == Depense
	c.identifiant(l, t, depense)
	person := t.CatTiers == "01"
	why := func(rule *report.Rule, fr, en string) { c.add(rule, t.Where, report.Words("why", fr, en)) }
	if t.CatTiers != "" {
		switch {
		case person && (t.Civilite == "" || t.Prenom == ""):
			why(CiviliteTiers, "ils sont obligatoires pour une personne physique", "they are mandatory for a natural person")
		case !person && depense && (t.Civilite != "" || t.Prenom != ""):
			why(CiviliteTiers, "ils ne sont admis que pour une personne physique", "they are admitted for a natural person only")
		}
		if t.NatJur != "" && !c.codes.Has("tiers.couple", t.CatTiers+"-"+t.NatJur) {
			c.add(NatureTiers, t.Where, shown("cat", t.CatTiers), shown("nat", t.NatJur))
		}
	}
	if isMademoiselle(t.Civilite) {
		severity := report.Error
		if depense {
			severity = report.Warning
		}
		c.addAs(severity, Mademoiselle, t.Where)
	}
	if !person && t.CatTiers != "" && (t.DteNaissance != "" || t.Naissance != nil) {
		why(NaissanceTiers, "elle n'est admise que pour une personne physique", "it is admitted for a natural person only")
	}
	if n := t.Naissance; n != nil {
		in, ok := truth(n.NeEnFrance)
		if ok && (in && n.Etranger || !in && n.Metropole) {
			why(NaissanceTiers, "le lieu donné contredit NeEnFrance", "the place given contradicts NeEnFrance")
		}
	}
	if a := t.Adresse; a != nil {
		if !digits(a.CP, 5) && a.CP != "" || a.CP == "" && a.Ville != "" {
			c.add(CodePostal, t.Where)
		}
		if abroad, ok := truth(a.CodRes); ok {
			switch {
			case abroad && a.CodPays == "":
				why(Pays, "le tiers réside à l'étranger et le pays manque", "the tiers lives abroad and the country is missing")
			case !abroad && a.CodPays != "" && number(a.CodPays) != "100":
				why(Pays, "le tiers réside en France et le pays est un autre", "the tiers lives in France and the country is another")
			}
		}
	}
	if t.Compte != nil {
		c.compte(t)
	}
	if depense {
		return
	}
	if t.TypTiers == "05" {
		c.hospital("TypTiers 05", t.Where)
	}
	if t.TypTiers == "01" {
		if id := t.NatIdTiers + "\x00" + t.IdTiers + "\x00" + t.RefTiers + "\x00" + t.Nom + "\x00" + t.Prenom; c.debiteurs == 0 || id != c.debiteur {
			c.debiteur = id
			c.debiteurs++
		}
		c.debiteurSIRET = c.debiteurSIRET && t.NatIdTiers == "01"
		if p.Edition == "05" && !person {
			c.add(EditionPatient, t.Where)
		}
	}
	if t.NatIdTiers == "04" {
		if l.CodAssDeb != "1" && t.TypTiers != "07" {
			why(NIRRecette, "le tiers n'est ni l'assuré (type 07), ni un débiteur assuré (CodAssDeb 1)",
				"the tiers is neither the insured (type 07) nor a debtor insured (CodAssDeb 1)")
		} else if c.nomencl != "" && !nomenclaturesHopital[c.nomencl] {
			why(NIRRecette, "le budget n'est ni en M21 ni en M22", "the budget is neither of M21 nor of M22")
		}
	}
}

func isMademoiselle(s string) bool {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(s), ".")) {
	case "mademoiselle", "mlle", "melle", "mesdemoiselles", "mlles":
		return true
	}
	return false
}

// nature is that of the identifier of a tiers, which may be missing.
func nature(t *Tiers) report.Param {
	if t.NatIdTiers == "" {
		return report.Named("nature", "", "absente", "missing")
	}
	return shown("nature", t.NatIdTiers)
}

// identifiant checks the national identifier of a tiers (H18, H19).
func (c *checker) identifiant(l *Ligne, t *Tiers, depense bool) {
	bad := func(fr, en string) {
		c.add(IdentifiantTiers, t.Where, report.P("id", t.IdTiers), nature(t), report.Words("why", fr, en))
	}
	switch {
	case t.IdTiers == "" && t.NatIdTiers == "":
		return
	case t.NatIdTiers == "":
		bad("sa nature (NatIdTiers) manque", "its nature (NatIdTiers) is missing")
		return
	case t.IdTiers == "":
		bad("l'identifiant manque", "the identifier is missing")
		return
	}
	if fr, en := identifiantFaux(t.NatIdTiers, t.IdTiers); fr != "" {
		bad(fr, en)
	}
	reserved := func(fr, en string) {
		c.add(IdentifiantReserve, t.Where, nature(t), report.Words("why", fr, en))
	}
	switch t.NatIdTiers {
	case "04", "11", "12":
		if t.CatTiers != "01" && t.CatTiers != "" {
			reserved("elle est réservée aux personnes physiques", "it is for natural persons only")
		} else if p := l.Piece; t.NatIdTiers == "04" && depense {
			if p.TypPce != "02" || p.NatPce != "09" {
				reserved("en dépense, le NIR n'est admis que pour annuler un titre (02, 09)", "in dépense, the NIR is admitted to cancel a titre only (02, 09)")
			} else if c.nomencl != "" && !nomenclaturesHopital[c.nomencl] {
				reserved("le budget n'est ni en M21 ni en M22", "the budget is neither of M21 nor of M22")
			}
		}
	}
}

// compte checks a bank account (H16, H17).
func (c *checker) compte(t *Tiers) {
	k := t.Compte
	bad := func(fr, en string) { c.add(CompteFaux, t.Where, report.Words("why", fr, en)) }
	if (k.IdPayInt == "") != (k.IdBancInt == "") {
		missing := "IdPayInt"
		if k.IdPayInt != "" {
			missing = "IdBancInt"
		}
		c.add(BanqueIntermediaire, t.Where, report.P("missing", missing))
	}
	if k.IBAN != "" {
		switch {
		case !validIBAN(k.IBAN):
			bad("la clé de l'IBAN est fausse", "the check digits of the IBAN are wrong")
		case !strings.HasPrefix(k.IBAN, "FR") && k.BIC == "":
			bad("le BIC manque pour un compte tenu hors de France", "the BIC is missing for an account held outside France")
		}
		return
	}
	if k.CodeEtab == "" || k.CodeGuic == "" || k.IdCpte == "" || k.CleRib == "" {
		bad("le RIB est incomplet", "the RIB is incomplete")
	} else if !validRIB(k.CodeEtab, k.CodeGuic, k.IdCpte, k.CleRib) {
		bad("la clé du RIB est fausse", "the key of the RIB is wrong")
	}
}

package pes

import (
	"crypto/sha256"
	"encoding/binary"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/liasse/liasse/ged/ident"
	"github.com/liasse/liasse/internal/xmlcore"
)

// masque replaces values under a secret. Each letter and each digit but 0 is
// moved by a step that depends on the secret and on the characters before it, so
// different values stay different and no letter stays itself.
type masque struct {
	secret [sha256.Size]byte
	block  [sha256.Size + window + 2]byte
	rib    [3]struct{ was, is string } // of the account being written
}

// window is how many characters before one decide of its step.
const window = 20

func newMasque(secret []byte) *masque {
	return &masque{secret: sha256.Sum256(append([]byte("liasse pes "), secret...))}
}

// step returns a number under the secret for the characters before a place.
func (m *masque) step(before []rune, salt byte) uint32 {
	b := m.block[:0]
	b = append(b, m.secret[:]...)
	for _, r := range before[max(0, len(before)-window):] {
		b = append(b, byte(r))
	}
	b = append(b, byte(len(before)), salt)
	h := sha256.Sum256(b)
	return binary.BigEndian.Uint32(h[:])
}

// rotate replaces every letter and digit.
func (m *masque) rotate(s string) string {
	in := []rune(s)
	out := make([]rune, len(in))
	for i, r := range in {
		switch {
		case r >= '1' && r <= '9':
			out[i] = '1' + (r-'1'+1+rune(m.step(in[:i], 'd')%8))%9
		case r >= 'a' && r <= 'z':
			out[i] = 'a' + (r-'a'+1+rune(m.step(in[:i], 'l')%25))%26
		case r >= 'A' && r <= 'Z':
			out[i] = 'A' + (r-'A'+1+rune(m.step(in[:i], 'l')%25))%26
		case unicode.IsUpper(r):
			out[i] = 'A' + rune(m.step(in[:i], 'l')%26)
		case unicode.IsLetter(r):
			out[i] = 'a' + rune(m.step(in[:i], 'l')%26)
		default:
			out[i] = r
		}
	}
	// Nearly every text of the schemas refuses "nc", and no other of two letters.
	switch o := string(out); {
	case s == "nc":
		return s
	case o == "nc":
		return "nd"
	default:
		return o
	}
}

// gardes are the elements whose values say nothing of anyone: codes, dates,
// amounts, numbers of lines and pieces.
var gardes = set(strings.Fields(`
	Annee AutoliquidationTVA CCAGReference CaractereCorrectifEnregistrement CaractereEstimatifMontantNotifie CarteAchat CarteAchatNiveau1 CatTiers
	CessOpp ClauseEnvironnementale ClauseSociale CodActu CodAssDeb CodAyantDroit CodIntMor CodOpSpec CodRes CodeSuspPour Date DateAcquit DateCalcul DateDebut
	DateDebutExecution DateDebutMarche DateEmission DateFin DateNotification DatePublicationDonnees DatePublicationDonneesExecution
	DatePublicationDonneesModification DateReceptionGarantie DateReceptionGarantieAvance DateReglement DateSignMandat DateSignature DateSignatureModification
	DebFact Dgp Domaine DomaineAck DomaineAckRetour DteActu DteAdr DteAsp DteBanc DteBordEm DteDebDgp DteDerPai DteEch DteEchEmprunt DteEnvoi DteEtapePce DteFinDgp
	DteIdTiers DteInst DteMajo DtePay DtePceInst DtePcePec DtePceRej DtePec DtePrel DteRattach DteReco DteRej DteRepPour DteStr DteSuspPour Edition EtapePce
	EtatAck EtatLigPce EtatPce Exer ExerRat Exercice ExerciceBord FinFact FormePrix InfoDematerialisee Majo ModRegl ModaliteExecution ModeRecouvrement Mt MtAvance
	MtBase MtBaseHT MtBordHT MtBordHt MtBordTVA MtCtxTot MtCumulAnnuel MtFactHT MtFrais MtHT MtHtRes MtNonMajo MtPay MtPayTot MtPecCompl MtPecSecu MtPrel MtReco
	MtRecoTot MtRemise MtRestantDu MtRestantDuApresAvance MtTTC MtTVA MtTotalHT MtTotalTTC MtTotalTVA MtUnitaire MultiBudget NatId NatIdConcessionnaire
	NatIdSousTraitant NatIdTiers NatIdTitulaire NatInf NatJur NatPce NatPceOrig NatPrel NatureConcession NatureMarche NeEnFrance OrgEma Penalite
	PerPrel ProcedureConcession ProcedureMarche Rar RarFrais RecTVA Reconductibilite RegimeAvance SequencePres SldFrais SldPrinc Support TVAIntraCom TitCpteDiff
	TvaIntraCom TxIntMor TxMajo TxTva TypAdr TypBord TypConv TypFlux TypPce TypRestit TypTiers TypeCode TypeFact TypeGarantie TypeGarantieAvance TypeGroupement TypeObjet
	TypePJ TypeTitulaireMarche Valide VariationPrix AncienneBanque
	Cle1 Cle2 CodBud CodBudBen CodPays CodProdLoc CodeCPV CodeCPVSec CodePays CodeDeptDomCom CodeRisque DelaiGarantie DeltaDureeEnMois DeltaMontantHTEstime
	DeltaMontantHTNotifie DepensesInvestissement DureeDgp DureeEnMois DureeEnMoisMaximumPossible DureeMois DureeMoisInitiale Fonction IdBord IdLigne IdLigneOrig
	IdPce IdPceOrig IdVer MoisAnnee MontantAvance MontantGarantie MontantGarantieAvance MontantHTEstime MontantHTNotifie MontantSubventionPublique MontantTVANotifie
	MontantTarif Nature NbEntreprisesGroupees NbTotalPropositionsDemat NbTotalPropositionsRecu NbrPay NbrPce NbrReco NbrePaiRest NumBord NumBordereau NumEchEmprunt NumLigne
	NumPiece NumSequence NumTitre NumeroActe NumeroActeSousTraitance NumeroOrdreModification Ordre OrdreEdition Per PourcentageAvance Quantite Quantite2
	SequenceEnvoi Taux TauxGarantie TauxTVA Unite Unite1 Unite2 Valeur ValeurGlobale Version SigningTime`)...)

var (
	// codeForm is what may stay in an element that is kept: a number, a date, a
	// code of a few characters.
	codeForm    = regexp.MustCompile(`^[ \t\r\n]*([-+]?[0-9.]{1,20}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,12})?(Z|[-+][0-9]{2}:[0-9]{2})?|[0-9]{2}/[0-9]{2}/[0-9]{4}|[0-9]{2}-[0-9]{4}|[0-9]{4}Z|[0-9A-Za-z]{1,4}|true|false)[ \t\r\n]*$`)
	civilites   = set("M", "M.", "MR", "Mr", "MME", "Mme", "MLLE", "Mlle", "Mademoiselle", "MADEMOISELLE", "Madame", "MADAME", "Monsieur", "MONSIEUR")
	typesFic    = set("PESALR1", "PESALR2", "PESALR1M", "PESORMC", "PES2R_DEP", "PES2R_RCE", "PESRETOUR_DEP", "PESRETOUR_RCE")
	dateForm    = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)$`)
	ibanForm    = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[0-9A-Z]{8,30}$`)
	mimeForm    = regexp.MustCompile(`^([a-z]+/)(.+)$`)
	numeroted   = regexp.MustCompile(`^([0-9]{1,6} *- *)(.*)$`)
	oidForm     = regexp.MustCompile(`^(urn:oid:)?[0-9]+(\.[0-9]+){3,20}$`)
	champPublic = regexp.MustCompile(`^https?://(www\.w3\.org|uri\.etsi\.org|www\.minefi\.gouv\.fr|www\.collectivites-locales\.gouv\.fr|portail\.dgfip\.finances\.gouv\.fr)/[\w./#-]*$`)
)

// enter follows the elements: the key of a French account depends on
// the fields before it.
func (m *masque) enter(name string) {
	if name == "CpteBancaire" {
		m.rib = [3]struct{ was, is string }{}
	}
}

// attribut returns what an attribute becomes.
func (m *masque) attribut(element string, name *xmlcore.Name, v string) string {
	switch name.Local {
	case "V":
		return m.valeur(element, v)
	case "Algorithm", "Type", "type", "nil", "lang":
		if champPublic.MatchString(v) || codeForm.MatchString(v) {
			return v
		}
	case "URI", "Target":
		if rest, ok := strings.CutPrefix(v, "#"); ok {
			return "#" + m.rotate(rest)
		}
	case "MIMEType":
		if declared(v) == "" || magicOf[declared(v)] {
			return v
		}
		if f := mimeForm.FindStringSubmatch(v); f != nil {
			return f[1] + m.rotate(f[2])
		}
	case "schemaLocation", "noNamespaceSchemaLocation":
		words := strings.Fields(v)
		for i, w := range words {
			if !champPublic.MatchString(w) {
				words[i] = m.rotate(w)
			}
		}
		return strings.Join(words, " ")
	}
	return m.rotate(v)
}

var magicOf = func() map[string]bool {
	s := map[string]bool{}
	for _, t := range extensions {
		s[t] = true
	}
	return s
}()

// valeur returns what a value of an element becomes.
func (m *masque) valeur(element, v string) string {
	if gardes[element] && codeForm.MatchString(v) {
		return v
	}
	switch element {
	case "Civilite":
		if civilites[v] {
			return v
		}
	case "TypFic":
		if typesFic[v] {
			return v
		}
	case "NumAnoAck":
		if strings.HasPrefix(v, "ERREUR_") && CodesIntegres().Has("acquit.NumAnoAck", v) {
			return v
		}
	case "LibelleAnoAck", "ObsEtat":
		if f := numeroted.FindStringSubmatch(v); f != nil {
			return f[1] + m.rotate(f[2])
		}
		if digits(v, 2) {
			return v
		}
	case "DteNaissance", "DteNaissanceBeneficiaire":
		return m.naissance(v)
	case "IdPost":
		if len(v) > 3 && (strings.EqualFold(v[:3], "02a") || strings.EqualFold(v[:3], "02b")) {
			return v[:3] + m.rotate(v[3:])
		}
	case "CP":
		if v == "99999" {
			return v
		}
	case "Identifiant", "ComplementIdentifiant":
		if allDigits(v) && len(v) <= 8 {
			return v // a piece, a line
		}
		return m.contrat(v)
	case "IdContrat", "IdMarche", "IdAccordCadre", "NumeroMarche":
		return m.contrat(v)
	case "NomPJ":
		ext := path.Ext(v)
		if extensions[strings.ToLower(ext)] == "" {
			ext = ""
		}
		return m.rotate(strings.TrimSuffix(v, ext)) + ext
	case "BIC":
		if len(v) == 8 || len(v) == 11 {
			return m.rotate(v[:4]) + v[4:8] + m.rotate(v[8:])
		}
	case "IBAN", "AncienIBAN":
		if ibanForm.MatchString(v) {
			return m.iban(v)
		}
	case "CodeEtab", "CodeGuic", "IdCpte", "CleRib":
		return m.compte(element, v)
	case "Identifier":
		if oidForm.MatchString(v) {
			return v
		}
	case "SPURI":
		if champPublic.MatchString(v) {
			return v
		}
	}
	return m.identifiant(v)
}

// identifiant keeps keys as right or wrong as they were.
func (m *masque) identifiant(v string) string {
	switch {
	case digits(v, 14):
		return m.siret(v)
	case digits(v, 9):
		return m.luhn(v)
	case len(v) == 15 && (allDigits(v[:5]) && allDigits(v[7:]) && (allDigits(v[5:7]) || v[5:7] == "2A" || v[5:7] == "2B")):
		return m.nir(v)
	case strings.HasPrefix(v, "FRWF"):
		return "FRWF" + m.rotate(v[4:])
	case len(v) >= 14 && ibanForm.MatchString(v) && validIBAN(v):
		return m.iban(v)
	}
	return m.rotate(v)
}

// lastDigit makes the last digit such that test gives what is wanted.
func lastDigit(s string, want bool, test func(string) bool) string {
	for i := range 10 {
		c := s[:len(s)-1] + string('0'+(s[len(s)-1]-'0'+byte(i))%10)
		if test(c) == want {
			return c
		}
	}
	return s
}

func (m *masque) luhn(v string) string { return lastDigit(m.rotate(v), luhn(v), luhn) }

func (m *masque) siret(v string) string {
	valid := func(s string) bool { _, err := ident.ParseSIRET(s); return err == nil }
	const laPoste = "356000000" // whose establishments have a key of their own
	if strings.HasPrefix(v, laPoste) {
		return lastDigit(laPoste+m.rotate(v[9:]), valid(v), valid)
	}
	return lastDigit(m.luhn(v[:9])+m.rotate(v)[9:], valid(v), valid) // the SIREN has a key too
}

func (m *masque) nir(v string) string {
	out := m.rotate(v[:5]) + v[5:7] + m.rotate(v[7:])
	if allDigits(v[5:7]) {
		out = m.rotate(v)
	}
	return withKey(out[:13], out[13:], nirKey(v), func(key string) bool { return nirKey(out[:13] + key) })
}

// withKey returns the body with a key of two digits that is right, or is not.
func withKey(body, key string, want bool, test func(key string) bool) string {
	for i := range 100 {
		k := (int(key[0]-'0')*10 + int(key[1]-'0') + i) % 100
		s := string([]byte{'0' + byte(k/10), '0' + byte(k%10)})
		if test(s) == want {
			return body + s
		}
	}
	return body + key
}

func (m *masque) iban(v string) string {
	body := m.rotate(v[4:])
	return v[:2] + withKey("", v[2:4], validIBAN(v), func(key string) bool { return validIBAN(v[:2] + key + body) }) + body
}

// compte replaces the parts of a French account, whose key is the last.
func (m *masque) compte(element, v string) string {
	i := map[string]int{"CodeEtab": 0, "CodeGuic": 1, "IdCpte": 2, "CleRib": 3}[element]
	if i < 3 {
		m.rib[i].was, m.rib[i].is = v, m.rotate(v)
		return m.rib[i].is
	}
	if !digits(v, 2) {
		return m.rotate(v)
	}
	valid := validRIB(m.rib[0].was, m.rib[1].was, m.rib[2].was, v)
	return withKey("", m.rotate(v), valid, func(key string) bool { return validRIB(m.rib[0].is, m.rib[1].is, m.rib[2].is, key) })
}

// contrat keeps the year a number of contract begins with.
func (m *masque) contrat(v string) string {
	if len(v) > 4 && allDigits(v[:4]) && v[:2] == "20" && len(v) != 14 {
		return v[:4] + m.rotate(v[4:])
	}
	return m.identifiant(v)
}

// naissance keeps a date a date.
func (m *masque) naissance(v string) string {
	f := dateForm.FindStringSubmatch(v)
	if f == nil || f[2] > "12" || f[2] == "00" || f[3] > "28" || f[3] == "00" {
		return m.rotate(v)
	}
	year := 1930 + m.step([]rune(v), 'n')%60
	return string([]byte{'1', '9', '0' + byte(year/10%10), '0' + byte(year%10)}) + "-01-01" + f[4]
}

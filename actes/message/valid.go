package message

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// Check says what keeps a message from being written: every value the schema
// or a receiver would refuse. The place of a finding is the path of the
// element or attribute in the message to be.
func Check(m Message) *report.Report { return checkWith(m, report.Options{}) }

func checkWith(m Message, opt report.Options) *report.Report {
	v := &validator{rep: report.New(opt)}
	v.message(m)
	return v.rep
}

type validator struct{ rep *report.Report }

func at(path string) report.Location { return report.Location{Path: path} }

func (v *validator) value(path, fr, en string) {
	v.rep.Add(MessageValeur, at(path), report.P("field", path[strings.LastIndexByte(path, '/')+1:]), report.Words("why", fr, en))
}

func (v *validator) date(path string, d ged.Date) {
	switch {
	case d.IsZero():
		v.value(path, "la date manque", "the date is missing")
	case !d.Valid() || d.Year < 1 || d.Year > 9999:
		v.value(path, "la date n'existe pas au calendrier", "the date is not in the calendar")
	}
}

// idPattern is that of the schema, without the vertical bar it lets through by
// a slip.
var idPattern = regexp.MustCompile(`^[09][0-9][AB0-9]-[0-9]{9}-[0-9]{8}-[a-zA-Z0-9_]{1,15}-\p{Lu}{2}$`)

func (v *validator) id(path, id string) {
	if !idPattern.MatchString(id) {
		v.value(path, "l'identifiant d'acte doit être DEP-SIREN-AAAAMMJJ-NUMERO-NATURE",
			"the identifier of an act must be DEP-SIREN-YYYYMMDD-NUMERO-NATURE")
	}
}

// text checks a text that must be there, and be of characters XML can carry.
func (v *validator) text(path, s string, required bool) {
	if required && strings.TrimSpace(s) == "" {
		v.value(path, "le texte manque", "the text is missing")
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	}) {
		v.value(path, "le texte contient un caractère qu'un document XML ne peut pas porter",
			"the text holds a character an XML document cannot carry")
	}
}

// name checks the name of a file of the archive.
func (v *validator) name(path string, f FichierSigne) {
	path += "/NomFichier"
	v.text(path, f.NomFichier, true)
	v.text(strings.TrimSuffix(path, "NomFichier")+"Signature", f.Signature, false)
	if strings.ContainsAny(f.NomFichier, "/\\:\r\n\t") || f.NomFichier == "." || f.NomFichier == ".." {
		v.value(path, "le nom de fichier contient un séparateur de chemin", "the file name holds a path separator")
	}
}

func (v *validator) names(path, local string, l []FichierSigne, atLeastOne bool) {
	if atLeastOne && len(l) == 0 {
		v.value(path, "il faut au moins un fichier", "at least one file is needed")
	}
	for i, f := range l {
		v.name(path+"/"+local+"["+strconv.Itoa(i+1)+"]", f)
	}
}

func (v *validator) letter(root string, c CourrierPref) {
	v.id(root+"/@IDActe", c.IDActe)
	v.date(root+"/@DateCourrierPref", c.DateCourrierPref)
}

func (v *validator) acte(path string, a *DonneesActe) {
	v.date(path+"/@Date", a.Date)
	actes.CheckNumero(v.rep, at(path+"/@NumeroInterne"), a.NumeroInterne, actes.Norme)
	if !a.Nature.Valid() {
		v.rep.Add(actes.NatureInconnue, at(path+"/@CodeNatureActe"), report.Int("nature", a.Nature))
	}
	actes.CheckMatiere(v.rep, at(path), a.Matiere, actes.Norme)
	actes.CheckObjet(v.rep, at(path+"/Objet"), a.Objet, actes.Norme)
	v.text(path+"/Objet", a.Objet, false)
	if a.PrecedentIdentifiantActe != "" {
		v.id(path+"/PrecedentIdentifiantActe/@IDActe", a.PrecedentIdentifiantActe)
	}
	v.date(path+"/ClassificationDateVersion", a.ClassificationDateVersion)
	v.name(path+"/Document", a.Document)
	v.names(path+"/Annexes", "Annexe", a.Annexes, false)
}

// echo checks an act quoted back, which holds whatever was sent: only what the
// schema demands.
func (v *validator) echo(path string, a *DonneesActe) {
	v.date(path+"/@Date", a.Date)
	actes.CheckNumero(v.rep, at(path+"/@NumeroInterne"), a.NumeroInterne, actes.XSD)
	v.text(path+"/@NumeroInterne", a.NumeroInterne, false)
	actes.CheckMatiere(v.rep, at(path), a.Matiere, actes.XSD)
	actes.CheckObjet(v.rep, at(path+"/Objet"), a.Objet, actes.XSD)
	v.text(path+"/Objet", a.Objet, false)
	if a.PrecedentIdentifiantActe != "" {
		v.id(path+"/PrecedentIdentifiantActe/@IDActe", a.PrecedentIdentifiantActe)
	}
	v.date(path+"/ClassificationDateVersion", a.ClassificationDateVersion)
	for i, f := range append([]FichierSigne{a.Document}, a.Annexes...) {
		v.text(path+"/Fichier["+strconv.Itoa(i)+"]", f.NomFichier+f.Signature, false)
	}
}

func (v *validator) envelope(path string, e *EnveloppeCLMISILL) {
	e.Emetteur.Check(v.rep, at(path+"/Emetteur/IDCL"))
	v.referent(path+"/Emetteur/Referent", e.Referent)
	if len(e.AdressesRetour) == 0 {
		v.value(path+"/AdressesRetour", "il faut au moins une adresse de retour", "at least one return address is needed")
	}
	for i, a := range e.AdressesRetour {
		CheckEmail(v.rep, at(path+"/AdressesRetour/Email["+strconv.Itoa(i+1)+"]"), a)
	}
	v.names(path+"/FormulairesEnvoyes", "Formulaire", e.Formulaires, true)
}

func (v *validator) referent(path string, r *Referent) {
	if r == nil {
		return
	}
	v.text(path+"/Nom", r.Nom, false)
	v.text(path+"/Telephone", r.Telephone, false)
	if r.Email != "" {
		CheckEmail(v.rep, at(path+"/Email"), r.Email)
	}
}

// CheckEmail says why a mail address cannot be used: the schema knows neither
// the sign + nor top-level domains of more than six letters, so that nothing
// can be sent on behalf of an authority under .bretagne or .corsica.
func CheckEmail(rep *report.Report, where report.Location, address string) {
	bad := func(fr, en string) {
		rep.Add(MessageEmail, where, report.P("address", address), report.Words("why", fr, en))
	}
	local, domain, found := strings.Cut(address, "@")
	tld := domain[strings.LastIndexByte(domain, '.')+1:]
	switch {
	case address == "":
		bad("elle est vide", "it is empty")
	case strings.TrimSpace(address) != address:
		bad("elle est entourée d'espaces", "it has blanks around it")
	case !found || strings.Contains(domain, "@"):
		bad("il faut un seul signe @", "there must be one sign @")
	case strings.Contains(local, "+"):
		bad("le schéma du ministère n'admet pas le signe + avant le @", "the ministry's schema does not admit the sign + before the @")
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(address, ".."):
		bad("un point est mal placé", "a dot is misplaced")
	case !mailWord(local, true):
		bad("avant le @, seuls les lettres sans accent, les chiffres, le tiret, le souligné et le point sont admis",
			"before the @, only letters without accents, digits, hyphens, underscores and dots are admitted")
	case !mailWord(domain, false) || strings.HasPrefix(domain, "."):
		bad("après le @, seuls les lettres sans accent, les chiffres, le tiret et le point sont admis",
			"after the @, only letters without accents, digits, hyphens and dots are admitted")
	case !strings.Contains(domain, "."):
		bad("le domaine est incomplet", "the domain is incomplete")
	case strings.ContainsFunc(tld, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' }) || len(tld) < 2:
		bad("le domaine doit finir par deux à six lettres", "the domain must end with two to six letters")
	case len(tld) > 6:
		bad("le schéma du ministère n'admet pas de domaine finissant par plus de six lettres, comme .bretagne ou .corsica : donner une adresse d'un autre domaine",
			"the ministry's schema admits no domain ending with more than six letters, such as .bretagne or .corsica: give an address of another domain")
	}
}

func mailWord(s string, local bool) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '.' && (c != '_' || !local) {
			return false
		}
	}
	return s != ""
}

var anomalieNature = regexp.MustCompile(`^[0-9]{3}$`)

func (v *validator) anomaly(root string, d ged.Date, nature string, detail string, envelope bool) {
	v.date(root+"/Date", d)
	v.text(root+"/Detail", detail, false)
	if envelope {
		// The schema lists 001 to 005 and 100 as integers: 5 is 005.
		if n, ok := integer(nature); !ok || n != 100 && (n < 1 || n > 5) {
			v.value(root+"/Nature", "le code de l'anomalie doit être 001 à 005 ou 100", "the code of the anomaly must be 001 to 005 or 100")
		}
	} else if !anomalieNature.MatchString(nature) {
		v.value(root+"/Nature", "le code de l'anomalie doit avoir trois chiffres", "the code of the anomaly must have three digits")
	}
}

func (v *validator) message(m Message) {
	if m == nil {
		v.rep.Add(MessageRacine, report.Location{}, report.P("root", ""))
		return
	}
	root := "/" + m.Root()
	if c, document := letterOf(m); c != nil {
		v.letter(root, *c)
		if document != nil {
			v.name(root+"/Document", *document)
		}
		switch m := m.(type) {
		case *DemandePieceComplementaire:
			v.text(root+"/DescriptionPieces", m.DescriptionPieces, false)
		case *LettreObservations:
			v.text(root+"/Motif", m.Motif, false)
		case *PieceComplementaire:
			v.names(root+"/Documents", "Document", m.Documents, true)
		}
		return
	}
	if received, c := answerOf(m); c != nil {
		v.date(root+"/@DateReception", *received)
		v.letter(root+"/InfosCourrierPref", *c)
		return
	}
	switch m := m.(type) {
	case *Acte:
		v.acte(root, &m.DonneesActe)
	case *ARActe:
		v.id(root+"/@IDActe", m.IDActe)
		v.date(root+"/@DateReception", m.DateReception)
		v.echo(root+"/ActeRecu", &m.ActeRecu)
		v.date(root+"/ClassificationDateVersionEnCours", m.ClassificationDateVersionEnCours)
	case *AnomalieActe:
		v.anomaly(root, m.Date, m.Nature, m.Detail, false)
		v.echo(root+"/ActeRecu", &m.ActeRecu)
		v.date(root+"/ClassificationDateVersionEnCours", m.ClassificationDateVersionEnCours)
	case *DefereTA:
		v.id(root+"/@IDActe", m.IDActe)
		v.date(root+"/DateDepot", m.DateDepot)
		v.text(root+"/NatureIllegalite", m.NatureIllegalite, false)
		v.names(root+"/PiecesJointes", "PieceJointe", m.PiecesJointes, false)
	case *Annulation:
		v.id(root+"/@IDActe", m.IDActe)
	case *ARAnnulation:
		v.id(root+"/@IDActe", m.IDActe)
		v.date(root+"/@DateReception", m.DateReception)
	case *DemandeClassification:
		if !m.DateClassification.IsZero() {
			v.date(root+"/DateClassification", m.DateClassification)
		}
	case *RetourClassification:
		v.classification(root, &m.Classification)
	case *ReponseClassificationSansChangement:
		v.date(root+"/DateClassification", m.DateClassification)
	case *EnveloppeCLMISILL:
		v.envelope(root, m)
	case *EnveloppeMISILLCL:
		v.envelopeMI(root, m)
	case *AnomalieEnveloppe:
		v.anomaly(root, m.Date, m.Nature, m.Detail, true)
		v.envelope(root+"/EnveloppeRecue", &m.EnveloppeRecue)
	default:
		v.rep.Add(MessageRacine, at(root), report.P("root", m.Root()))
	}
}

func (v *validator) envelopeMI(root string, m *EnveloppeMISILLCL) {
	actes.CheckDepartement(v.rep, at(root+"/Emetteur"), m.Departement)
	if m.Autorite < Prefecture || m.Autorite > SGAR {
		v.value(root+"/Emetteur", "il faut une préfecture, une sous-préfecture ou un SGAR", "a préfecture, a sous-préfecture or a SGAR is needed")
	}
	if m.Autorite == SousPrefecture && (len(m.Arrondissement) != 1 || m.Arrondissement < "0" || m.Arrondissement > "9") {
		v.value(root+"/Emetteur/IDSousPref/@Arrondissement", "il faut un chiffre", "one digit is needed")
	}
	v.referent(root+"/Emetteur/Referent", m.Referent)
	v.names(root+"/FormulairesEnvoyes", "Formulaire", m.Formulaires, true)
	actes.CheckSIREN(v.rep, at(root+"/Destinataire/@SIREN"), m.Destinataire)
}

func (v *validator) classification(root string, c *actes.Classification) {
	v.date(root+"/DateClassification", c.Date)
	if len(c.Natures) == 0 {
		v.value(root+"/NaturesActes", "il faut au moins une nature", "at least one nature is needed")
	}
	for i := range c.Natures {
		n, path := &c.Natures[i], root+"/NaturesActes/NatureActe["+strconv.Itoa(i+1)+"]"
		if utf8.RuneCountInString(n.Abrege) != 2 {
			v.value(path+"/@TypeAbrege", "il faut deux caractères", "two characters are needed")
		}
		v.text(path+"/@Libelle", n.Libelle+n.Abrege, false)
		if len(n.Typologies) == 0 {
			v.value(path+"/TypePJNatureActe", "il faut au moins une typologie", "at least one type of document is needed")
		}
		for _, t := range n.Typologies {
			v.text(path+"/TypePJNatureActe", t.Code+t.Libelle, false)
		}
	}
	if len(c.Matieres) == 0 {
		v.value(root+"/Matieres", "il faut au moins une matière", "at least one matter is needed")
	}
	for _, b := range c.Matieres {
		if len(b.Sous) == 0 {
			v.value(root+"/Matieres/Matiere1", "il faut une matière de niveau 2", "a matter of level 2 is needed")
		}
	}
	for m, b := range c.All() {
		v.text(root+"/Matieres/Matiere"+strconv.Itoa(m.Level()), b.Libelle, false)
		if m.Level() == 5 && len(b.Sous) > 0 {
			v.value(root+"/Matieres/Matiere5", "il n'y a que cinq niveaux", "there are five levels only")
		}
	}
}

package fakes2low

import (
	"fmt"
	"net/http"
	"strings"
)

const (
	namespace = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
	tableDate = "2025-12-01" // of the classification the fake holds
)

// xmlText escapes bytes of ISO-8859-1 for a document that declares it.
func xmlText(b []byte) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(string(b))
}

// arActe composes the acknowledgement (message 1-2) of an act.
func (s *Server) arActe(t *transaction) []byte {
	var b strings.Builder
	a := &t.act
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:ARActe xmlns:actes=%q actes:DateReception=%q actes:IDActe=%q>",
		namespace, s.cfg.Now().Format("2006-01-02"), s.identifier(t))
	fmt.Fprintf(&b, "<actes:ActeRecu actes:Date=%q actes:NumeroInterne=%q actes:CodeNatureActe=\"%d\">", a.date, a.number, a.nature)
	for i, c := range a.classif {
		fmt.Fprintf(&b, "<actes:CodeMatiere%d actes:CodeMatiere=\"%s\"/>", i+1, xmlText([]byte(c)))
	}
	b.WriteString("<actes:Objet>" + xmlText(a.subject) + "</actes:Objet>")
	b.WriteString("<actes:ClassificationDateVersion>" + tableDate + "</actes:ClassificationDateVersion>")
	serial := 1
	b.WriteString("<actes:Document><actes:NomFichier>" + s.fileName(t, a.main, serial) + "</actes:NomFichier></actes:Document>")
	fmt.Fprintf(&b, "<actes:Annexes actes:Nombre=\"%d\">", len(a.annexes))
	for _, f := range a.annexes {
		serial++
		b.WriteString("<actes:Annexe><actes:NomFichier>" + s.fileName(t, f, serial) + "</actes:NomFichier></actes:Annexe>")
	}
	paper := "N"
	if a.paper {
		paper = "O"
	}
	b.WriteString("</actes:Annexes><actes:DocumentPapier>" + paper + "</actes:DocumentPapier></actes:ActeRecu>")
	b.WriteString("<actes:ClassificationDateVersionEnCours>" + tableDate + "</actes:ClassificationDateVersionEnCours></actes:ARActe>")
	return []byte(b.String())
}

// arAnnulation composes the acknowledgement (6-2) of a cancellation.
func (s *Server) arAnnulation(t *transaction) []byte {
	return fmt.Appendf(nil, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:ARAnnulation xmlns:actes=%q actes:DateReception=%q actes:IDActe=%q/>",
		namespace, s.cfg.Now().Format("2006-01-02"), s.identifier(t))
}

// fileName is the name under which a file goes to the State. Acts that came in
// an envelope have theirs already.
func (s *Server) fileName(t *transaction, f file, serial int) string {
	if f.name != "" {
		return xmlText([]byte(f.name))
	}
	ext := "pdf"
	switch media(f.head) {
	case "image/png":
		ext = "png"
	case "image/jpeg":
		ext = "jpg"
	case "text/xml":
		ext = "xml"
	}
	return xmlText([]byte(fmt.Sprintf("%s-%s-1-1_%d.%s", f.codePJ, s.identifier(t), serial, ext)))
}

// metier composes the message XML of an act (1-1), which is the first of its
// files.
func (s *Server) metier(t *transaction) []byte {
	ar := string(s.arActe(t))
	_, rest, _ := strings.Cut(ar, "<actes:ActeRecu")
	inner, _, _ := strings.Cut(rest, "</actes:ActeRecu>")
	return []byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:Acte xmlns:actes=\"" + namespace + "\"" + inner + "</actes:Acte>")
}

type label struct{ code, name string }

// natureLabels and matterLabels are a small classification, of the shape and
// with the national first level of the real ones.
var (
	natureLabels = []struct {
		code, short, name string
		types             []label
	}{
		{"1", "DE", "Délibérations", []label{{"99_DE", "Délibération"}, {"21_RP", "Rapport de présentation"}, {"21_DA", "Décision arrêtant le projet"}}},
		{"2", "AR", "Actes réglementaires", []label{{"99_AR", "Acte réglementaire"}}},
		{"3", "AI", "Actes individuels", []label{{"99_AI", "Acte individuel"}}},
		{"4", "CC", "Contrats, conventions et avenants", []label{{"99_CO", "Contrat"}}},
		{"5", "BF", "Documents budgétaires et financiers", []label{{"99_BU", "Document budgétaire"}}},
		{"6", "AU", "Autres", []label{{"99_AU", "Autre document"}}},
	}
	matterLabels = []struct {
		code, name string
		below      []label
	}{
		{"1", "Commande publique", []label{{"1", "Marchés publics"}, {"2", "Délégations de service public"}, {"4", "Autres contrats"}}},
		{"2", "Urbanisme", []label{{"1", "Documents d'urbanisme"}, {"3", "Droit de préemption"}}},
		{"3", "Domaine et patrimoine", []label{{"1", "Acquisitions"}, {"2", "Aliénations"}}},
		{"4", "Fonction publique", []label{{"1", "Personnels titulaires"}, {"2", "Personnels contractuels"}}},
		{"5", "Institutions et vie politique", []label{{"2", "Fonctionnement des assemblées"}, {"3", "Désignation de représentants"}}},
		{"6", "Libertés publiques et pouvoirs de police", []label{{"1", "Police municipale"}}},
		{"7", "Finances locales", []label{{"1", "Décisions budgétaires"}, {"2", "Fiscalité"}, {"5", "Subventions"}, {"10", "Divers"}}},
		{"8", "Domaines de compétences par thèmes", []label{{"1", "Enseignement"}, {"8", "Environnement"}}},
		{"9", "Autres domaines de compétences", []label{{"1", "Autres domaines"}, {"4", "Vœux et motions"}}},
	}
)

// classification composes the message 7-2.
func classification() []byte {
	var b strings.Builder
	attr := func(s string) string { return xmlText([]byte(s)) }
	b.WriteString("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:RetourClassification xmlns:actes=\"" + namespace + "\">\n<actes:DateClassification>" + tableDate + "</actes:DateClassification>\n<actes:NaturesActes>\n")
	for _, n := range natureLabels {
		fmt.Fprintf(&b, "<actes:NatureActe actes:CodeNatureActe=\"%s\" actes:Libelle=\"%s\" actes:TypeAbrege=\"%s\">", n.code, attr(n.name), n.short)
		for _, p := range n.types {
			fmt.Fprintf(&b, "<actes:TypePJNatureActe actes:CodeTypePJ=\"%s\" actes:Libelle=\"%s\"/>", p.code, attr(p.name))
		}
		b.WriteString("</actes:NatureActe>\n")
	}
	b.WriteString("</actes:NaturesActes>\n<actes:Matieres>\n")
	for _, m := range matterLabels {
		fmt.Fprintf(&b, "<actes:Matiere1 actes:CodeMatiere=\"%s\" actes:Libelle=\"%s\">", m.code, attr(m.name))
		for _, x := range m.below {
			fmt.Fprintf(&b, "<actes:Matiere2 actes:CodeMatiere=\"%s\" actes:Libelle=\"%s\"/>", x.code, attr(x.name))
		}
		b.WriteString("</actes:Matiere1>\n")
	}
	b.WriteString("</actes:Matieres>\n</actes:RetourClassification>\n")
	return toLatin1(b.String())
}

func (s *Server) classificationFetch(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Query().Get("api") == "":
		redirect(w, "/modules/actes/index.php")
	case !s.logged(r):
		textKO(w, msgAuth)
	default:
		s.mu.Lock()
		ok := s.classified
		s.mu.Unlock()
		if !ok {
			textKO(w, msgNoTable)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		w.Write(classification())
	}
}

func (s *Server) classificationRequest(w *statusWriter, r *http.Request) {
	switch {
	case r.URL.Query().Get("api") == "":
		redirect(w, "/modules/actes/index.php")
	case !s.logged(r):
		textKO(w, msgAuth)
	default:
		s.mu.Lock()
		t := s.newTransaction(7)
		s.mu.Unlock()
		w.made = t.id
		textOK(w, fmt.Sprint(t.id)+"\n")
	}
}

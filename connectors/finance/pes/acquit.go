package pes

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// ReadingAcquit is what an acknowledgement says, as it stands. It is held in
// memory whole, up to a million elements and anomalies; beyond, LIM-COUNT is
// found and the rest is not kept.
type ReadingAcquit struct {
	// Ancien says that the document is of the form before version 2: an element
	// for each anomaly. NonAcquit is the root PES_NonACQUIT.
	Ancien, NonAcquit bool
	// Present says that the block ACQUIT is there.
	Present bool
	// Motif is why a PES_NonACQUIT refuses the file.
	Motif    string
	IdVer    string
	Elements []ElementAcquit
	// Retours are the elements of a PES_ACQUIT_RETOUR.
	Retours []ElementRetour
}

// ElementAcquit is what Hélios says of one thing that was sent.
type ElementAcquit struct {
	DomaineAck            string // see [DomainesAcquit]
	EtatAck               string
	ExerciceBord, NumBord string
	IdMarche              string
	IdUnique              string // of a PJ
	Erreurs               []Erreur
	// Old form: where the anomaly is.
	NumPiece, NumLigne    string
	NumAnoAck, LibelleAno string
}

// Accepte reports whether EtatAck says so.
func (e *ElementAcquit) Accepte() bool { v, _ := truth(e.EtatAck); return v }

// Cle identifies the bordereau: "2024/12"; "" when the element names none.
func (e *ElementAcquit) Cle() string {
	if e.NumBord == "" {
		return ""
	}
	return cle(e.ExerciceBord, e.NumBord)
}

// Flux reports whether the element speaks of the whole file: technical faults,
// global signature, parameters.
func (e *ElementAcquit) Flux() bool {
	switch number(e.DomaineAck) {
	case "0", "1", "2", "99":
		return true
	}
	return false
}

// Erreur is an anomaly. Piece and Ligne say where in the bordereau, "" for the
// whole of it.
type Erreur struct {
	Code         string // NumAnoAck: ERREUR_DOUBLON_PJ…
	Libelle      string // as written, often "1984 - …"
	Piece, Ligne string
}

// Numero returns the number of the anomaly at Hélios that begins its label, ""
// if there is none.
func (e *Erreur) Numero() string {
	n, _, ok := strings.Cut(e.Libelle, "-")
	if n = strings.TrimSpace(n); ok && allDigits(n) {
		return n
	}
	return ""
}

// Repetable reports whether sending the same bytes again may do: nothing was
// wrong with them.
func (e *Erreur) Repetable() bool {
	return e.Code == "ERREUR_CONNECTION_IMPOSSIBLE_A_LA_BASE" || e.Code == "ERREUR_TIMEOUT"
}

// ElementRetour confirms a PES_Retour.
type ElementRetour struct{ DomaineAckRetour, NomFichierRetour, TypRestit, DateAcquit string }

// Bilan counts what an acknowledgement accepts and refuses. Several elements may
// speak of one thing: it is refused as soon as one refuses it.
type Bilan struct {
	Etat                       Etat // accepté, partiellement rejeté, rejeté
	Elements, Erreurs          int
	BordereauxOK, BordereauxKO int
	PJOK, PJKO                 int
	MarchesOK, MarchesKO       int
	FluxKO                     int
	// Refuses are the bordereaux refused, "2024/12", sorted.
	Refuses []string
}

// Bilan counts.
func (a *ReadingAcquit) Bilan() Bilan {
	b := Bilan{Elements: len(a.Elements)}
	bordereaux, pj, marches := map[string]bool{}, map[string]bool{}, map[string]bool{}
	note := func(m map[string]bool, key string, ok bool) {
		before, met := m[key]
		m[key] = ok && (before || !met)
	}
	refused := map[string]bool{}
	ok, ko := 0, 0
	for i := range a.Elements {
		e := &a.Elements[i]
		b.Erreurs += len(e.Erreurs)
		accepted := e.Accepte()
		if accepted {
			ok++
		} else {
			ko++
		}
		switch {
		case e.Flux():
			if !accepted {
				b.FluxKO++
			}
		case number(e.DomaineAck) == "4" || e.IdUnique != "":
			note(pj, e.IdUnique, accepted)
		case number(e.DomaineAck) == "11" || e.IdMarche != "":
			note(marches, e.IdMarche, accepted)
		case e.NumBord != "":
			note(bordereaux, number(e.DomaineAck)+" "+e.Cle(), accepted)
			if !accepted {
				refused[e.Cle()] = true
			}
		}
	}
	count := func(m map[string]bool) (yes, no int) {
		for _, v := range m {
			if v {
				yes++
			} else {
				no++
			}
		}
		return yes, no
	}
	b.BordereauxOK, b.BordereauxKO = count(bordereaux)
	b.PJOK, b.PJKO = count(pj)
	b.MarchesOK, b.MarchesKO = count(marches)
	b.Refuses = slices.Sorted(maps.Keys(refused))
	switch {
	case a.NonAcquit || ok == 0 && ko > 0:
		b.Etat = EtatRejete
	case ko > 0:
		b.Etat = EtatPartiel
	default:
		b.Etat = EtatAccepte
	}
	return b
}

// acquitDecoder is what reading an acknowledgement needs besides the decoder.
type acquitDecoder struct {
	over  bool // there were more elements than are kept
	count int  // of elements and anomalies kept
	out   ReadingAcquit
	err   *Erreur
	Piece string // of the anomaly being read
	Ligne string
	// Of an answer of the first protocol.
	NomFic, Motif string
}

// keep reports whether there is room for one more element or anomaly.
func (a *acquitDecoder) keep() bool {
	a.count++
	a.over = a.over || a.count > maxElements
	return !a.over
}

// element is the one being read, nil beyond the limit.
func element(d *decoder) *ElementAcquit {
	if n := len(d.ack.out.Elements); n > 0 && !d.ack.over {
		return &d.ack.out.Elements[n-1]
	}
	return nil
}

var erreurNode = &node{
	kids: fields(func(d *decoder) *Erreur { return d.ack.err }, "NumAnoAck=Code LibelleAnoAck=Libelle"),
	begin: func(d *decoder) {
		if e := element(d); e != nil && d.ack.keep() {
			e.Erreurs = append(e.Erreurs, Erreur{Piece: d.ack.Piece, Ligne: d.ack.Ligne})
			d.ack.err = &e.Erreurs[len(e.Erreurs)-1]
		}
	},
	end: func(d *decoder) error { d.ack.err = nil; return nil },
}

var acquitElement = map[string]*node{
	"ElementACQUIT": {
		kids: with(
			fields(element, "DomaineAck EtatAck ExerciceBord NumBord IdMarche IdUnique NumPiece NumLigne NumAnoAck LibelleAnoAck=LibelleAno"),
			map[string]*node{
				"Erreur": erreurNode,
				"DetailPiece": {
					kids: with(
						fields(func(d *decoder) *acquitDecoder { return d.ack }, "NumPiece=Piece"),
						map[string]*node{
							"Erreur": erreurNode,
							"DetailLigne": {
								kids: with(fields(func(d *decoder) *acquitDecoder { return d.ack }, "NumLigne=Ligne"),
									map[string]*node{"Erreur": erreurNode}),
								begin: func(d *decoder) { d.ack.Ligne = "" },
								end:   func(d *decoder) error { d.ack.Ligne = ""; return nil },
							},
						}),
					begin: func(d *decoder) { d.ack.Piece = "" },
					end:   func(d *decoder) error { d.ack.Piece = ""; return nil },
				},
			}),
		begin: func(d *decoder) {
			if d.ack.keep() {
				d.ack.out.Elements = append(d.ack.out.Elements, ElementAcquit{})
			}
		},
		end: func(d *decoder) error {
			if e := element(d); e != nil && (e.NumAnoAck != "" || e.LibelleAno != "") {
				e.Erreurs = append(e.Erreurs, Erreur{e.NumAnoAck, e.LibelleAno, e.NumPiece, e.NumLigne})
			}
			return nil
		},
	},
	"EnTeteAcquit": holds(fields(func(d *decoder) *ReadingAcquit { return &d.ack.out }, "IdVer")),
}

var premiereReponse = fields(func(d *decoder) *acquitDecoder { return d.ack }, "NomFic Motif")

var acquitRoot = holds(map[string]*node{
	"Enveloppe": enveloppe,
	"EnTetePES": {
		kids: with(fields(func(d *decoder) *Entete { return &d.entete }, "CodColl=CodCol"), entetePES.kids),
	},
	"ACQUIT": {kids: acquitElement, begin: func(d *decoder) { d.ack.out.Present = true }},
	// The answers of the first protocol name the file once more.
	"Acquit": holds(premiereReponse), "NonAcquit": holds(premiereReponse),
	"ACQUIT_RETOUR": holds(map[string]*node{
		"ElementACQUIT_RETOUR": {
			kids: fields(func(d *decoder) *ElementRetour {
				if n := len(d.ack.out.Retours); n > 0 && !d.ack.over {
					return &d.ack.out.Retours[n-1]
				}
				return nil
			}, "DomaineAckRetour NomFichierRetour TypRestit DateAcquit"),
			begin: func(d *decoder) {
				if d.ack.keep() {
					d.ack.out.Retours = append(d.ack.out.Retours, ElementRetour{})
				}
			},
		},
	}),
})

// acquit reads an acknowledgement.
func (p *pass) acquit(out *Reading, _ Options) error {
	d := &decoder{r: p.r, top: acquitRoot, ack: &acquitDecoder{}, space: out.Space}
	p.received(out)
	premier := unschemed(p.r.Name())
	d.ack.out.Ancien = out.Root == Acquit && out.Space == NamespaceAncienAcquit
	d.ack.out.NonAcquit = out.Root == NonAcquit
	err := p.follow(d)
	out.Entete = d.entete
	if out.Entete.NomFic == "" {
		out.Entete.NomFic = d.ack.NomFic
	}
	d.ack.out.Motif = d.ack.Motif
	out.Acquit = &d.ack.out
	if d.ack.over {
		out.Report.Add(report.LimCount, report.Location{}, report.Int("limit", maxElements), report.Words("what", "éléments et anomalies", "elements and anomalies"))
	}
	if out.Root != AcquitRetour && err == io.EOF {
		out.Etat = d.ack.out.Bilan().Etat
		if out.Root == Acquit && !premier && len(d.ack.out.Elements) == 0 {
			out.Report.Add(AcquitVide, out.Entete.Where)
		}
	}
	return err
}

// follow gives all events to a decoder that asks for no content.
func (p *pass) follow(d *decoder) error {
	err := d.event(xmlcore.StartElement)
	for err == nil {
		var k xmlcore.Kind
		if k, err = p.next(); err == nil {
			err = d.event(k)
		}
	}
	return err
}

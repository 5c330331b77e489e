package pes

import (
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

const nsDSig = "http://www.w3.org/2000/09/xmldsig#"

// node says what an element means where it stands: which elements it may hold,
// what its attribute V fills, what is done when it begins and ends.
type node struct {
	kids  map[string]*node
	value func(d *decoder) *string
	money func(d *decoder) *Montant
	begin func(d *decoder)
	end   func(d *decoder) error
}

// frame is an open element the decoder understands, or nil node for one it
// leaves aside.
type frame struct {
	*node
	name  string
	count map[string]int // of its children, for paths
	index int            // among the siblings of its name
}

// decoder follows the events of a PES_Aller and tells of what it holds. It says
// nothing of what it cannot read: the grammar does.
type decoder struct {
	r     *xmlcore.Reader
	visit func(Item) error
	ask   func(*PJ) error // reads the text of its Fichier

	entete   Entete
	root     string // qualified name
	space    string // of the root, where what is inside may be in it too
	domaine  Domaine
	open     []frame
	bord     *Bordereau
	fin      FinBordereau
	piece    *Piece
	ligne    *Ligne
	tiers    *Tiers
	pj       *PJ
	ref      *PJRef
	compta   *RefCompta
	reco     *Recouvrement
	marche   *Marche
	past     bool // too many parties of a contract
	lot      *LotFacture
	facture  *Facture
	told     struct{ entete, bord, piece bool }
	facts    Facts
	seenPJ   int
	endPiece func() error
	marks    marks
	top      *node          // of the root
	ack      *acquitDecoder // reading an acknowledgement
	ret      *retourDecoder // reading a PES_Retour
}

// marks are where the parts of a PES_Aller stand that a new sending changes.
type marks struct {
	nomFic, pj, signature, marche, facture Etendue
	domaines                               [3]Etendue          // by Domaine
	namespaces                             []xmlcore.Namespace // of the root
}

// Facts are the counts and totals of a PES_Aller.
type Facts struct {
	Bordereaux int // in a domain
	Pieces     int // wherever they stand
	Lignes     int // wherever they stand
	PJ         int // with a content, wherever they stand
	Marches    int
	Facture    bool
	// TotalDepense and TotalRecette add up MtHT of the lines.
	TotalDepense, TotalRecette Centimes
	Signatures                 int // ds:Signature, wherever they stand
	SigneGlobal                bool
	Depense, Recette           EnteteDomaine
	IdVerPJ                    string
	PresentPJ                  bool // PES_PJ is there
	Racine                     int  // children of the root other than Enveloppe and EnTetePES
}

// EnteteDomaine is EnTeteDepense or EnTeteRecette.
type EnteteDomaine struct {
	Domaine            Domaine
	Present            bool // the domain is there
	IdVer              string
	InfoDematerialisee string
	Where              report.Location
}

func (f *Facts) domaine(d Domaine) *EnteteDomaine {
	if d == Recette {
		return &f.Recette
	}
	return &f.Depense
}

// What is kept of a hostile file is bounded: references and lines of one piece,
// tiers of one line, elements of an acknowledgement, bytes of one value. What
// goes beyond is judged by the grammar alone.
const (
	maxRepeat   = 10_000
	maxTiers    = 500
	maxElements = 1_000_000
	maxText     = 2_000
)

// event follows one event.
func (d *decoder) event(k xmlcore.Kind) error {
	switch k {
	case xmlcore.StartElement:
		return d.start()
	case xmlcore.EndElement:
		return d.endElement()
	}
	return nil
}

func (d *decoder) start() error {
	name := d.r.Name()
	local := name.Local
	if name.Space != "" && (d.space == "" || name.Space != d.space) {
		local = ""
	}
	d.countAnywhere(name)
	var n *node
	index := 1
	if top := len(d.open) - 1; top < 0 {
		n, d.root = d.top, name.String()
		d.entete.Where = d.r.Location()
	} else {
		f := &d.open[top]
		if f.node != nil {
			n = f.kids[local]
			if name.Space == nsDSig && name.Local == "Signature" {
				n = f.kids["ds:Signature"]
			}
			if n != nil && n.begin != nil {
				if f.count == nil {
					f.count = map[string]int{}
				}
				f.count[local]++
				index = f.count[local]
			}
			if top == 0 && local != "Enveloppe" && local != "EnTetePES" {
				d.facts.Racine++
			}
		}
		if n == nil && local == "PJ" && d.pj == nil && d.top == allerRoot {
			if f.node == nil || f.value == nil && f.kids["PJ"] == nil {
				n = misplacedPJ
			}
		}
	}
	d.open = append(d.open, frame{node: n, name: local, index: index})
	if n == nil {
		return nil
	}
	if n.begin != nil {
		n.begin(d)
	}
	switch {
	case n.value != nil:
		if p := n.value(d); p != nil {
			*p = d.text()
		}
	case n.money != nil:
		if p := n.money(d); p != nil {
			if v, ok := d.r.Attr("", "V"); ok {
				*p = ParseMontant(string(v[:min(len(v), maxText)]))
			}
		}
	case n == fichier && d.pj != nil:
		mime, _ := d.r.Attr("", "MIMEType")
		d.pj.MIMEType, d.pj.hasFichier = string(mime[:min(len(mime), maxText)]), true
		return d.ask(d.pj)
	}
	return nil
}

// countAnywhere counts what is counted wherever it stands.
func (d *decoder) countAnywhere(name *xmlcore.Name) {
	switch {
	case name.Space == nsDSig:
		if name.Local == "Signature" {
			d.facts.Signatures++
		}
	case name.Space != "":
	case name.Local == "Piece":
		d.facts.Pieces++
	case name.Local == "LigneDePiece":
		d.facts.Lignes++
	case name.Local == "Contenu":
		if top := len(d.open) - 1; top >= 0 && d.open[top].name == "PJ" {
			d.facts.PJ++
		}
	}
}

// text returns the attribute V of the current element.
func (d *decoder) text() string {
	v, _ := d.r.Attr("", "V")
	if len(v) > maxText {
		return strings.ToValidUTF8(string(v[:maxText]), "")
	}
	return string(v)
}

func (d *decoder) endElement() error {
	top := len(d.open) - 1
	if top < 0 {
		return nil
	}
	n := d.open[top].node
	d.open = d.open[:top]
	if n != nil && n.end != nil {
		return n.end(d)
	}
	return nil
}

// where is the place of the current start tag. Its path is made of what the
// decoder counts: asking the reader would cost more.
func (d *decoder) where() report.Location {
	line, col, off := d.r.Position()
	path := "/" + d.root
	for i := 1; i < len(d.open); i++ {
		f := &d.open[i]
		path += "/" + f.name
		if f.index > 1 {
			path += "[" + strconv.Itoa(f.index) + "]"
		}
	}
	return report.Location{Path: path, Line: line, Column: col, Offset: off}
}

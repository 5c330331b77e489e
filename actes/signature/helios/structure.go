package helios

import (
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/xmlcore"
)

// aller is the namespace of the root; its descendants have none.
const aller = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"

// Domaine is the side of the accounts a bordereau is on.
type Domaine string

// The two sides.
const (
	Depense Domaine = "depense"
	Recette Domaine = "recette"
)

// maxBordereaux bounds what is kept of one file.
const maxBordereaux = 200_000

// Bordereau is one bordereau of the file, found by its place in it.
type Bordereau struct {
	ID      string // its Id attribute; may be empty
	Domaine Domaine
	Where   report.Location
	// From and To are where the element lies in the file, in octets, its tags
	// included.
	From, To int64
	// Dematerialise is InfoDematerialisee of its header: 1.
	Dematerialise bool
	// By are the verdicts of the intact signatures that cover it, as indices.
	By []int
}

// structure watches the events that are verified and notes the bordereaux.
type structure struct {
	is         bool // the document is a PES_Aller
	over       bool
	domaine    Domaine
	flags      map[Domaine]string
	bordereaux []Bordereau
	open       bool
	depth3     string
}

// Event implements xmlcore.Sink.
func (s *structure) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	d := r.Depth()
	if d > 4 || k != xmlcore.StartElement && k != xmlcore.EndElement {
		return nil
	}
	if k == xmlcore.EndElement {
		if d == 3 && s.open {
			s.open = false
			s.bordereaux[len(s.bordereaux)-1].To = r.End()
		}
		return nil
	}
	n := r.Name()
	if d == 1 {
		s.is = n.Local == "PES_Aller" && n.Space == aller
		return nil
	}
	if !s.is || n.Space != "" {
		if d == 3 {
			s.depth3 = ""
		}
		if d == 2 {
			s.domaine = ""
		}
		return nil
	}
	switch d {
	case 2:
		switch n.Local {
		case "PES_DepenseAller":
			s.domaine = Depense
		case "PES_RecetteAller":
			s.domaine = Recette
		default:
			s.domaine = ""
		}
	case 3:
		s.depth3 = n.Local
		if n.Local != "Bordereau" || s.domaine == "" {
			return nil
		}
		if len(s.bordereaux) >= maxBordereaux {
			s.over = true
			return nil
		}
		id, _ := r.Attr("", "Id")
		s.bordereaux = append(s.bordereaux, Bordereau{ID: string(id), Domaine: s.domaine, Where: r.Location(), From: r.Offset()})
		s.open = true
	case 4:
		if n.Local == "InfoDematerialisee" && s.domaine != "" && strings.HasPrefix(s.depth3, "EnTete") {
			v, _ := r.Attr("", "V")
			if s.flags == nil {
				s.flags = map[Domaine]string{}
			}
			s.flags[s.domaine] = string(v)
		}
	}
	return nil
}

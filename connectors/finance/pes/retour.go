package pes

// ReadingRetour counts what a PES_Retour holds. What it says of each piece is
// told to Options.Visit, as *[PieceRetour].
type ReadingRetour struct {
	TypRestit          string // of the first domain
	Bordereaux, Pieces int
	Clients            int
}

// PieceRetour is the state of a mandat or titre at Hélios.
type PieceRetour struct {
	Domaine                          Domaine
	Exer, IdBord, TypBord            string
	IdPce, TypPce, NatPce, Objet     string
	EtatPce                          string
	ObsEtat, Commentaire             string
	DtePcePec, DtePceRej, DtePceInst string
	Lignes                           []LigneRetour
}

func (*PieceRetour) item() {}

// LigneRetour is the state of a line.
type LigneRetour struct {
	IdLigne, EtatLigPce, ObsEtat, Commentaire string
	MtHT, MtTVA                               Montant
}

type retourDecoder struct {
	out                   ReadingRetour
	Exer, IdBord, TypBord string // of the bordereau being read
	piece                 *PieceRetour
}

func retourOf(d *decoder) *retourDecoder { return d.ret }

func retourPiece(d *decoder) *PieceRetour { return d.ret.piece }

// retourNode reads a domain; the head of a piece has another name in each.
func retourNode(domaine Domaine, header, head string) *node {
	bloc := fields(retourOf, "Exer IdBord TypBord")
	return holds(map[string]*node{
		header: holds(fields(func(d *decoder) *ReadingRetour { return &d.ret.out }, "TypRestit")),
		"Bordereau": {
			kids: map[string]*node{
				"BlocBordereau":       holds(bloc),
				"BordereauORMCGlobal": holds(bloc),
				"Piece": {
					kids: map[string]*node{
						head: holds(fields(retourPiece,
							"IdPce TypPce NatPce Obj=Objet EtatPce ObsEtat Commentaire DtePcePec DtePceRej DtePceInst")),
						"LigneDePiece": {
							kids: map[string]*node{"BlocLignePiece": holds(map[string]*node{
								"InfoLignePiece": holds(fields(func(d *decoder) *LigneRetour {
									if p := d.ret.piece; p != nil && len(p.Lignes) > 0 {
										return &p.Lignes[len(p.Lignes)-1]
									}
									return nil
								}, "IdLigne EtatLigPce ObsEtat Commentaire MtHT MtTVA")),
							})},
							begin: func(d *decoder) {
								if p := d.ret.piece; p != nil && len(p.Lignes) < maxRepeat {
									p.Lignes = append(p.Lignes, LigneRetour{})
								}
							},
						},
					},
					begin: func(d *decoder) {
						d.ret.out.Pieces++
						d.ret.piece = &PieceRetour{Domaine: domaine, Exer: d.ret.Exer, IdBord: d.ret.IdBord, TypBord: d.ret.TypBord}
					},
					end: func(d *decoder) error {
						p := d.ret.piece
						d.ret.piece = nil
						return d.visit(p)
					},
				},
			},
			begin: func(d *decoder) {
				d.ret.out.Bordereaux++
				d.ret.Exer, d.ret.IdBord, d.ret.TypBord = "", "", ""
			},
		},
	})
}

var retourRoot = holds(map[string]*node{
	"Enveloppe": enveloppe,
	"EnTetePES": {
		kids: with(fields(func(d *decoder) *Entete { return &d.entete }, "CodColl=CodCol"), entetePES.kids),
		end:  func(d *decoder) error { return d.tellEntete() },
	},
	"PES_DepenseRetour": retourNode(Depense, "EnTeteDepense", "InfoPiece"),
	"PES_RecetteRetour": retourNode(Recette, "EnTeteRecette", "BlocPiece"),
	"PES_TIPI_Recette":  retourNode(Recette, "EnTeteRecette", "BlocPiece"), // titres payables en ligne (TIPI)
	"PES_ClientRetour":  holds(map[string]*node{"Client": {begin: func(d *decoder) { d.ret.out.Clients++ }}}),
})

// retour reads a PES_Retour.
func (p *pass) retour(out *Reading, opt Options) error {
	d := &decoder{r: p.r, top: retourRoot, ret: &retourDecoder{}, visit: opt.Visit, space: out.Space}
	p.received(out)
	if d.visit == nil {
		d.visit = func(Item) error { return nil }
	}
	err := p.follow(d)
	out.Entete, out.Retour = d.entete, &d.ret.out
	return err
}

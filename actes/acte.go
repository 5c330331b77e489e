package actes

import (
	"io"

	"github.com/liasse/liasse/ged"
)

// Acte is a decision to transmit, with its files.
type Acte struct {
	Collectivite Collectivite // who decided and transmits
	Numero       string       // chosen by the authority, never used twice: see [CheckNumero]
	Date         ged.Date     // of the decision
	Nature       Nature
	Matiere      Matiere
	Objet        string // 1 to 499 characters on one line
	// Classification is the date of the classification the matter was chosen
	// in. A stale one makes the ministry answer with an anomaly.
	Classification ged.Date
	// Precedent is the identifier of an act transmitted before, which this one
	// follows; the zero value is none.
	Precedent IDActe
	// DocumentPapier says that part of the documents goes on paper
	// (transmission multicanal).
	DocumentPapier bool
	Document       Fichier
	Annexes        []Fichier
}

// ID returns the identifier the ministry will give the act.
func (a *Acte) ID() IDActe {
	return IDActe{a.Collectivite.Departement, a.Collectivite.SIREN, a.Date, a.Numero, a.Nature}
}

// Fichiers returns the main document and the annexes, in the order of their
// serials.
func (a *Acte) Fichiers() []Fichier {
	return append([]Fichier{a.Document}, a.Annexes...)
}

// Fichier is a file of an act.
type Fichier struct {
	// Nom is the name the authority knows the file by. The name it travels
	// under is composed by package envelope.
	Nom string
	// Typologie is the type of document, five characters such as 99_DE.
	Typologie string
	Contenu   Contenu
	// Signature is a detached signature of the content (PKCS#7, PEM armour
	// included), or nil. The usual signature lies inside the PDF instead.
	Signature []byte
}

// Contenu is the content of a file, read at any place, by several readers at
// once if need be. *bytes.Reader, *strings.Reader and *io.SectionReader are
// contents.
type Contenu interface {
	io.ReaderAt
	Size() int64
}

package message

import (
	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
)

// The namespaces of the protocol. Prefixes actes and insee are conventional,
// and some receivers count on them.
const (
	Namespace      = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
	NamespaceINSEE = "http://xml.insee.fr/schema"
	// Version is what the namespace calls the protocol; later editions of the
	// schema did not change it.
	Version = "1.1"
)

// Message is one of the messages of the package. Read returns pointers.
type Message interface {
	// Code is type-flux ("1-1"), "env-CL", "env-MI" or "ANO".
	Code() string
	// Root is the local name of the root element.
	Root() string
}

// Sens is the direction of a message.
type Sens uint8

// The directions.
const (
	Envoi  Sens = iota + 1 // from the authority to the ministry
	Retour                 // from the ministry to the authority
)

// FichierSigne is a file named by a message. In an echo (ActeRecu,
// EnveloppeRecue) it names a file that was sent, and is not joined.
type FichierSigne struct {
	NomFichier string
	// Signature is the text of the element: in practice a PKCS#7 with its PEM
	// armour. It is empty when the element is absent.
	Signature string
}

// DonneesActe is what a message says of an act: what was sent in [Acte], what
// the ministry received in its answers.
type DonneesActe struct {
	Date          ged.Date
	NumeroInterne string
	Nature        actes.Nature
	Matiere       actes.Matiere
	Objet         string
	// PrecedentIdentifiantActe is the identifier of the act this one follows.
	PrecedentIdentifiantActe string
	// ClassificationDateVersion is the date of the classification the matter
	// was chosen in.
	ClassificationDateVersion ged.Date
	Document                  FichierSigne
	Annexes                   []FichierSigne
	// DocumentPapier says that part of the documents goes on paper: true for
	// the value O, false for anything else or for its absence.
	DocumentPapier bool
}

// CourrierPref says which letter of the préfecture a message is, or answers.
type CourrierPref struct {
	IDActe string
	// DateCourrierPref is the date of the préfecture's letter, in its own
	// message and in every answer to it alike.
	DateCourrierPref ged.Date
}

// Acte (1-1) transmits an act.
type Acte struct{ DonneesActe }

// ARActe (1-2) acknowledges an act: with it the act may be enforced.
type ARActe struct {
	IDActe                           string
	DateReception                    ged.Date
	ActeRecu                         DonneesActe
	ClassificationDateVersionEnCours ged.Date
}

// AnomalieActe (1-3) refuses an act.
type AnomalieActe struct {
	Date                             ged.Date
	Nature                           string // three digits by the schema, kept as received
	Detail                           string // see [ParseDetail]
	ActeRecu                         DonneesActe
	ClassificationDateVersionEnCours ged.Date
}

// CourrierSimple (2-1) is a letter of the préfecture about an act.
type CourrierSimple struct {
	CourrierPref
	Document FichierSigne
}

// ReponseCourrierSimple (2-2) answers a 2-1.
type ReponseCourrierSimple struct {
	CourrierPref
	Document FichierSigne
}

// DemandePieceComplementaire (3-1) asks for more documents: the deadline of
// the legality check starts anew when they arrive.
type DemandePieceComplementaire struct {
	CourrierPref
	DescriptionPieces string
	Document          FichierSigne
}

// ARDemandePieceComplementaire (3-2) acknowledges a 3-1; it is sent without
// anyone's decision.
type ARDemandePieceComplementaire struct{ CourrierPref }

// RefusPieceComplementaire (3-3) refuses what a 3-1 asks.
type RefusPieceComplementaire struct {
	CourrierPref
	Document FichierSigne
}

// PieceComplementaire (3-4) sends what a 3-1 asks.
type PieceComplementaire struct {
	CourrierPref
	Documents []FichierSigne
}

// ARPieceComplementaire (3-5) acknowledges a 3-3 or a 3-4.
type ARPieceComplementaire struct {
	DateReception     ged.Date
	InfosCourrierPref CourrierPref
}

// LettreObservations (4-1) is the préfecture's letter of observations, most
// often a recours gracieux.
type LettreObservations struct {
	CourrierPref
	Motif    string
	Document FichierSigne
}

// ARLettreObservations (4-2) acknowledges a 4-1; it is sent without anyone's
// decision.
type ARLettreObservations struct{ CourrierPref }

// RejetLettreObservations (4-3) rejects a 4-1.
type RejetLettreObservations struct {
	CourrierPref
	Document FichierSigne
}

// ReponseLettreObservations (4-4) answers a 4-1.
type ReponseLettreObservations struct {
	CourrierPref
	Document FichierSigne
}

// ARReponseRejetLettreObservations (4-5) acknowledges a 4-3 or a 4-4.
type ARReponseRejetLettreObservations struct {
	DateReception     ged.Date
	InfosCourrierPref CourrierPref
}

// DefereTA (5-1) tells that the préfet took the act to the administrative
// court.
type DefereTA struct {
	IDActe           string
	DateDepot        ged.Date
	NatureIllegalite string
	PiecesJointes    []FichierSigne
}

// Annulation (6-1) withdraws the transmission of an act.
type Annulation struct{ IDActe string }

// ARAnnulation (6-2) acknowledges a 6-1.
type ARAnnulation struct {
	IDActe        string
	DateReception ged.Date
}

// DemandeClassification (7-1) asks for the classification, quoting the date of
// the one held. Without a date, or with a very old one, the ministry always
// answers with the whole.
type DemandeClassification struct{ DateClassification ged.Date }

// RetourClassification (7-2) brings the classification.
type RetourClassification struct{ Classification actes.Classification }

// ReponseClassificationSansChangement (7-3) tells that the classification
// held is the current one.
type ReponseClassificationSansChangement struct{ DateClassification ged.Date }

// Referent is the person to reach. It is personal data.
type Referent struct{ Nom, Telephone, Email string }

// EnveloppeCLMISILL (env-CL) is the envelope of what an authority sends.
type EnveloppeCLMISILL struct {
	Emetteur       actes.Collectivite
	Referent       *Referent // nil when there is none
	AdressesRetour []string  // mail addresses the ministry answers to
	Formulaires    []FichierSigne
}

// Autorite says which service of the State sends.
type Autorite uint8

// The services.
const (
	Prefecture     Autorite = iota + 1 // IDPref
	SousPrefecture                     // IDSousPref
	SGAR                               // IDSGAR
)

// EnveloppeMISILLCL (env-MI) is the envelope of what the ministry sends.
type EnveloppeMISILLCL struct {
	Autorite       Autorite
	Departement    string
	Arrondissement string // of a sous-préfecture
	Referent       *Referent
	Formulaires    []FichierSigne
	Destinataire   string // SIREN
}

// AnomalieEnveloppe (ANO) refuses a whole envelope. Its file is named after
// the envelope it refuses.
type AnomalieEnveloppe struct {
	Date           ged.Date
	Nature         string // 001 to 005 or 100 by the schema, kept as received
	Detail         string // see [ParseDetail]
	EnveloppeRecue EnveloppeCLMISILL
}

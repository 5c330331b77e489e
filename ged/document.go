package ged

import (
	"time"
)

// Document is one record: plain data, safe to copy and to write as JSON. A
// Document is not changed by the functions of this module unless they say so,
// and may be read by many goroutines.
type Document struct {
	// ID is the stable key of the record at hand-over, unique in its store; a
	// UUID (version 7) by preference. It never changes.
	ID string `json:"id"`
	// Identifiers are the numbers people and systems know the record by.
	Identifiers []Identifier `json:"identifiers,omitempty"`
	// Title is one line; Description may be longer. Both may quote people.
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Type        Type   `json:"type,omitempty"`
	// Agents are the producing entity and everyone else who had a part.
	Agents []Agent `json:"agents,omitempty"`
	// Class is the place of the record in the filing plan.
	Class Class `json:"class,omitzero"`
	Dates Dates `json:"dates,omitzero"`
	// Languages are BCP 47 tags: fr, fr-FR, br.
	Languages []string `json:"languages,omitempty"`
	// Keywords describe the subject.
	Keywords []Keyword `json:"keywords,omitempty"`
	// Files are the record's own files, in the order they are to be shown.
	Files      []File           `json:"files,omitempty"`
	Signatures []SignatureCheck `json:"signatures,omitempty"`
	Status     Status           `json:"status,omitempty"`
	// Events is the history, oldest first.
	Events    []Event    `json:"events,omitempty"`
	Relations []Relation `json:"relations,omitempty"`
	// Rules say how long the record is kept and when it may be read.
	Rules []Rule `json:"rules,omitempty"`
	// Holds (gel) forbid destruction whatever the rules say.
	Holds   []Hold  `json:"holds,omitempty"`
	Privacy Privacy `json:"privacy,omitzero"`
	// Extra are the fields of the source that have no place above. They are
	// carried unchanged.
	Extra []Field `json:"extra,omitempty"`
}

// Identifier is a number or a name with the list it belongs to.
type Identifier struct {
	Scheme string `json:"scheme"` // see the constants Scheme…
	Value  string `json:"value"`
}

// Schemes of identifiers used in this module.
const (
	SchemeActeNumero = "actes:numero" // number the collectivity gave the act
	SchemeActeID     = "actes:idActe" // DDD-SIREN-AAAAMMJJ-NUM-NN, given by the ministry
	SchemePESNomFic  = "pes:nomFic"   // name of a PES file
	SchemeSAE        = "sae:unit"     // identifier given by the archiving system
)

// Identifier returns the first value of the scheme, or "".
func (d *Document) Identifier(scheme string) string {
	for _, id := range d.Identifiers {
		if id.Scheme == scheme {
			return id.Value
		}
	}
	return ""
}

// Type is the kind of a record, a controlled code in lower case. Sources may
// bring codes of their own.
type Type string

// Types of records.
const (
	Deliberation        Type = "deliberation"
	ArreteReglementaire Type = "arrete-reglementaire"
	ArreteIndividuel    Type = "arrete-individuel"
	Contrat             Type = "contrat"
	DocumentBudgetaire  Type = "document-budgetaire"
	AutreActe           Type = "autre-acte"
	Annexe              Type = "annexe"
	AccuseReception     Type = "accuse-reception"
	Courrier            Type = "courrier"
	Mandat              Type = "mandat"
	Titre               Type = "titre"
	ActeNaissance       Type = "acte-naissance"
	ActeMariage         Type = "acte-mariage"
	ActeDeces           Type = "acte-deces"
	DossierAgent        Type = "dossier-agent"
)

var typeLabels = map[Type]string{
	Deliberation:        "Délibération",
	ArreteReglementaire: "Arrêté réglementaire",
	ArreteIndividuel:    "Arrêté individuel",
	Contrat:             "Contrat ou convention",
	DocumentBudgetaire:  "Document budgétaire",
	AutreActe:           "Autre acte",
	Annexe:              "Annexe",
	AccuseReception:     "Accusé de réception",
	Courrier:            "Courrier",
	Mandat:              "Mandat",
	Titre:               "Titre de recettes",
	ActeNaissance:       "Acte de naissance",
	ActeMariage:         "Acte de mariage",
	ActeDeces:           "Acte de décès",
	DossierAgent:        "Dossier individuel d'agent",
}

// Label names the type in French; a type this module does not know is returned
// as it is.
func (t Type) Label() string {
	if l, ok := typeLabels[t]; ok {
		return l
	}
	return string(t)
}

// Agent is an entity or a person who had a part in the record.
type Agent struct {
	Role Role `json:"role"`
	// SIREN (9 digits) or SIRET (14 digits) of an entity; either may be empty.
	SIREN string `json:"siren,omitempty"`
	SIRET string `json:"siret,omitempty"`
	// ID is another identifier, for an agent without a SIREN.
	ID string `json:"id,omitempty"`
	// Name of the entity or of the person.
	Name   string `json:"name,omitempty"`
	Person bool   `json:"person,omitempty"`
	// Function of a person: maire, directrice générale des services…
	Function string `json:"function,omitempty"`
}

// Identity returns the SIRET, else the SIREN, else the identifier.
func (a Agent) Identity() string {
	switch {
	case a.SIRET != "":
		return a.SIRET
	case a.SIREN != "":
		return a.SIREN
	}
	return a.ID
}

// Role is the part an agent had.
type Role string

// Roles of agents.
const (
	Producer  Role = "producer"  // the entity whose activity made the record (service producteur)
	Submitter Role = "submitter" // the entity that hands it over (service versant)
	Author    Role = "author"    // who wrote it
	Signatory Role = "signatory"
	Recipient Role = "recipient"
	Sender    Role = "sender"
	Validator Role = "validator"
	Authority Role = "authority" // préfecture, comptable public
)

// Agent returns the first agent of the role.
func (d *Document) Agent(role Role) (Agent, bool) {
	for _, a := range d.Agents {
		if a.Role == role {
			return a, true
		}
	}
	return Agent{}, false
}

// Class is a position in a filing plan.
type Class struct {
	// Plan names the plan and Version its edition.
	Plan    string `json:"plan,omitempty"`
	Version string `json:"version,omitempty"`
	// Path goes from the top of the plan down to the class.
	Path []ClassStep `json:"path,omitempty"`
}

// ClassStep is one level of a position in a filing plan.
type ClassStep struct {
	Code  string `json:"code"`
	Label string `json:"label,omitempty"`
}

// Code returns the code of the class itself, the last of the path, or "".
func (c Class) Code() string {
	if len(c.Path) == 0 {
		return ""
	}
	return c.Path[len(c.Path)-1].Code
}

// Dates of a record. A zero value is a date not known. A day on which
// something has legal effect is a [Date]; a moment a machine recorded is a
// time.
type Dates struct {
	Created     time.Time `json:"created,omitzero"`
	Received    time.Time `json:"received,omitzero"`
	Acted       Date      `json:"acted,omitzero"` // of the decision
	Transmitted time.Time `json:"transmitted,omitzero"`
	Published   Date      `json:"published,omitzero"`
	// Closed is the day the file was closed: the DUA usually starts there.
	Closed Date `json:"closed,omitzero"`
	// From and To bound what the record speaks of: an accounting year.
	From Date `json:"from,omitzero"`
	To   Date `json:"to,omitzero"`
}

// Keyword is a subject term.
type Keyword struct {
	Content string `json:"content"`
	// Reference is the code of the term in its thesaurus, and Scheme names it.
	Reference string `json:"reference,omitempty"`
	Scheme    string `json:"scheme,omitempty"`
	// Kind is one of the SEDA kinds (subject, corpname, geogname, …) or "".
	Kind string `json:"kind,omitempty"`
}

// File is one file of a record.
type File struct {
	// ID names the content for an [Opener]; it is unique in the Document.
	ID string `json:"id"`
	// Name is the name the file was given by people; it may hold any character.
	Name string   `json:"name"`
	Role FileRole `json:"role,omitempty"`
	// Title describes the file where its name does not.
	Title string `json:"title,omitempty"`
	// Code is the kind of the file in its business domain, for instance the
	// typology 99_DE of an act.
	Code      string `json:"code,omitempty"`
	MediaType string `json:"mediaType,omitempty"`
	// PUID is the PRONOM identifier of the format (fmt/95), and FormatName its
	// name.
	PUID       string `json:"puid,omitempty"`
	FormatName string `json:"formatName,omitempty"`
	// Size in bytes. It means something only when Digests is not empty or Size
	// is not 0: an empty file has size 0 and a digest.
	Size    int64     `json:"size"`
	Digests []Digest  `json:"digests,omitempty"`
	Created time.Time `json:"created,omitzero"`
	// Agent is the identity of who made the file, when it is not the producer.
	Agent string `json:"agent,omitempty"`
}

// FileRole says what a file is for its record.
type FileRole string

// Roles of files.
const (
	RoleMain      FileRole = "main"      // the record itself
	RoleAnnexe    FileRole = "annexe"    // joined to it
	RoleReceipt   FileRole = "receipt"   // proof that it was received: the AR of an act
	RoleSignature FileRole = "signature" // detached signature
	RoleStamped   FileRole = "stamped"   // readable copy bearing the stamp
	RoleMessage   FileRole = "message"   // the message that carried it
	RoleRendition FileRole = "rendition" // another form of the same content
	RoleReport    FileRole = "report"    // verification report
)

// Digest returns the file's digest by the algorithm, or "".
func (f *File) Digest(a Algorithm) string {
	for _, d := range f.Digests {
		if d.Algorithm == a {
			return d.Value
		}
	}
	return ""
}

// SignatureCheck is what was found when a signature was checked.
type SignatureCheck struct {
	// File is the ID of the file that is or carries the signature.
	File   string `json:"file,omitempty"`
	Format string `json:"format"` // XAdES, CAdES, PAdES, ASiC
	Level  string `json:"level,omitempty"`
	// Indication and SubIndication are those of ETSI EN 319 102-1.
	Indication    string `json:"indication"`
	SubIndication string `json:"subIndication,omitempty"`
	// Signer is the name in the certificate: personal.
	Signer  string    `json:"signer,omitempty"`
	Signed  time.Time `json:"signed,omitzero"`  // as claimed by the signature
	Checked time.Time `json:"checked,omitzero"` // when this check was made
}

// Status is where a record stands in its life.
type Status string

// The life of a record. A hold (see [Document.Holds]) is not a status: it
// stops transfer and destruction whatever the status.
const (
	Brouillon           Status = "brouillon"
	Valide              Status = "valide"
	Signe               Status = "signe"
	Transmis            Status = "transmis"
	Acquitte            Status = "acquitte"
	Publie              Status = "publie"
	Clos                Status = "clos" // the DUA starts
	Intermediaire       Status = "intermediaire"
	DUAEchue            Status = "dua-echue"
	Verse               Status = "verse" // sent to the archiving system
	Archive             Status = "archive"
	Tri                 Status = "tri"
	EliminationDemandee Status = "elimination-demandee"
	EliminationVisee    Status = "elimination-visee"
	Elimine             Status = "elimine" // only a stub remains
	Annule              Status = "annule"  // cancelled, kept
)

// Event is one thing that happened to the record, as PREMIS 3 describes it.
type Event struct {
	Type EventType `json:"type"`
	Time time.Time `json:"time"`
	// Agent is who or what did it: an identity, or the name of a system.
	Agent   string  `json:"agent,omitempty"`
	Outcome Outcome `json:"outcome,omitempty"`
	// Code is the outcome's code in the vocabulary of the system that gave it.
	Code   string `json:"code,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Files are the IDs of the files concerned; none means the whole record.
	Files []string `json:"files,omitempty"`
}

// EventType is a term of the PREMIS vocabulary of events, or a life-cycle step
// PREMIS has no term for.
type EventType string

// Types of events: those of PREMIS, then those of administrative life.
const (
	EventCapture              EventType = "capture"
	EventCreation             EventType = "creation"
	EventIngestion            EventType = "ingestion"
	EventValidation           EventType = "validation"
	EventFixityCheck          EventType = "fixity check"
	EventDigestCalculation    EventType = "message digest calculation"
	EventSignatureValidation  EventType = "digital signature validation"
	EventVirusCheck           EventType = "virus check"
	EventFormatIdentification EventType = "format identification"
	EventMigration            EventType = "migration"
	EventReplication          EventType = "replication"
	EventModification         EventType = "modification"
	EventDeletion             EventType = "deletion"
	EventAccession            EventType = "accession"
	EventDissemination        EventType = "dissemination"
	EventTransfer             EventType = "transfer"

	EventDecision        EventType = "decision"
	EventSignature       EventType = "signature"
	EventTransmission    EventType = "transmission"
	EventAcknowledgement EventType = "acknowledgement"
	EventRefusal         EventType = "refusal"
	EventCancellation    EventType = "cancellation"
	EventPublication     EventType = "publication"
	EventStamping        EventType = "stamping"
)

// Outcome is how an event ended.
type Outcome string

// Outcomes of events.
const (
	Success Outcome = "success"
	Alert   Outcome = "warning"
	Failure Outcome = "failure"
)

// Relation ties the record to another one.
type Relation struct {
	Type RelationType `json:"type"`
	// Target is the ID of the other Document, or, when Scheme is not empty, an
	// identifier of that scheme.
	Target string `json:"target"`
	Scheme string `json:"scheme,omitempty"`
}

// RelationType says how the record stands to the other one.
type RelationType string

// Types of relations, read as "this record is … the target".
const (
	AnnexeDe    RelationType = "annexe-de"
	Annulant    RelationType = "annule"
	Remplacant  RelationType = "remplace"
	RepondantA  RelationType = "repond-a" // an AR answers the act
	RenditionDe RelationType = "rendition-de"
	PartieDe    RelationType = "partie-de"
	Citant      RelationType = "cite"
)

// Hold (gel) stops destruction, and transfer if need be, until it is lifted.
type Hold struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner,omitempty"`
	Since  Date   `json:"since,omitzero"`
}

// Privacy says whether the record holds personal data (RGPD).
type Privacy struct {
	Level PrivacyLevel `json:"level,omitempty"`
	// LegalBasis is the ground on which the data are processed.
	LegalBasis string `json:"legalBasis,omitempty"`
}

// PrivacyLevel is how personal the data of a record are; "" means not known.
type PrivacyLevel string

// Levels of personal data. Sensible covers article 9 RGPD and civil status.
const (
	SansDonneePersonnelle PrivacyLevel = "none"
	Ordinaire             PrivacyLevel = "ordinary"
	Sensible              PrivacyLevel = "sensitive"
)

// Field is a value of the source kept as it was written.
type Field struct {
	// Name is qualified by its source, "actes:codeMatiere1".
	Name   string    `json:"name"`
	Kind   FieldKind `json:"kind,omitempty"` // "" is text
	Values []string  `json:"values"`         // in the lexical form of XML Schema
}

// FieldKind is the type of a [Field].
type FieldKind string

// Kinds of fields.
const (
	KindText     FieldKind = "text"
	KindInteger  FieldKind = "integer"
	KindDecimal  FieldKind = "decimal"
	KindBoolean  FieldKind = "boolean"
	KindDate     FieldKind = "date"
	KindDateTime FieldKind = "dateTime"
	KindURI      FieldKind = "uri"
)

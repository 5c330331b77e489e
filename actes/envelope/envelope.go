package envelope

import (
	"context"
	"io"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Sizes of archives, in bytes.
const (
	MaxSize      = 150_000_000       // the protocol's limit, as its most cautious receiver reads it
	MaxSizeS2LOW = 150 * 1024 * 1024 // as S²LOW reads it
)

// DefaultMemory is the largest body kept in memory to be checked, in bytes.
const DefaultMemory = 16 << 20

// Options of [Read]. The zero value applies every rule that needs nothing
// known beforehand.
type Options struct {
	// Name is the name the archive came under, without folder; "" leaves out
	// the rules about it.
	Name    string
	Profile actes.Profile // whose rules: Norme, XSD, S2LOW, STELA
	// Now is the present; zero leaves out the rules about the age of a
	// decision. The day is that of Paris, or of Location when given.
	Now      time.Time
	Location *time.Location

	// Trigramme and Quadrigramme are those the operator expects; "" accepts any.
	Trigramme, Quadrigramme string
	// Autorite is the authenticated authority, compared with the envelope's
	// (empty fields are not).
	Autorite *actes.Collectivite
	// Classification is the one in force, nil when not known.
	Classification *actes.Classification
	Politique      actes.Politique
	// MaxSize is the largest archive accepted; 0 means [MaxSize], or
	// [MaxSizeS2LOW] under that profile.
	MaxSize int64

	// Doublons knows the acts already transmitted (M19); nil: not asked.
	Doublons actes.DuplicateChecker
	// Registre knows what became of them (M20, M21); nil: not asked. An
	// [*Index] is one.
	Registre Registre

	// Memory is the largest body kept in memory to be checked as a whole; 0
	// means [DefaultMemory]. A larger one is checked through its Spool, or else
	// only as far as one pass can, which a finding says.
	Memory int64
	// Spool, when given, is called for every file that may be used under its
	// name; its bytes go to the writer returned, unless that is nil. A large
	// file whose writer is also an io.ReaderAt (an *os.File is) is checked
	// through it. The caller closes what it opened.
	Spool func(f File) (io.Writer, error)

	// Antivirus, when given, looks at every body that is in memory or in its
	// Spool. Its error means that it did not answer, which is not a threat.
	Antivirus func(ctx context.Context, f File, body io.ReaderAt) (clean bool, err error)
	// PAdES, when given, says whether the signatures inside a PDF are valid
	// (true when there is none). It is not asked to judge public procurement
	// (nature 4, matter 1.1), where bidders sign with any certificate.
	PAdES func(ctx context.Context, f File, body io.ReaderAt) (valid bool, err error)
	// Detached, when given, judges the Signature element of a document: whether
	// it is a signature of the file, which is known by its SHA-256. checked is
	// false when that is not enough to say.
	Detached func(ctx context.Context, f File, signature string) (valid, checked bool, err error)

	// Inflated, Entries and Ratio bound what the archive may cost; 0 means
	// 2 GiB, 5 000 and 250.
	Inflated       int64
	Entries, Ratio int
	Report         report.Options
}

func (o *Options) maxSize() int64 {
	switch {
	case o.MaxSize > 0:
		return o.MaxSize
	case o.Profile == actes.S2LOW:
		return MaxSizeS2LOW
	}
	return MaxSize
}

func (o *Options) memory() int64 {
	if o.Memory > 0 {
		return o.Memory
	}
	return DefaultMemory
}

// limits let an archive somewhat over its size be read to the end, so that
// everything wrong with it is said at once.
func (o *Options) limits() container.Limits {
	l := container.Limits{Compressed: 2 * o.maxSize(), Inflated: o.Inflated, Entries: o.Entries, Ratio: o.Ratio}
	if l.Inflated <= 0 {
		l.Inflated = 2 << 30
	}
	if l.Entries <= 0 {
		l.Entries = 5000
	}
	return l
}

// Suivi is what is known of an act that was transmitted.
type Suivi struct {
	Connu             bool // it was transmitted
	Acquitte          bool // its state is exactly "acknowledged"
	AnnulationEnCours bool
}

// Registre knows the acts transmitted. Suivi MUST answer with the zero value
// for an identifier it does not know.
type Registre interface {
	Suivi(ctx context.Context, idActe string) (Suivi, error)
}

// Role is what a file is in its envelope.
type Role uint8

// The roles.
const (
	RoleInconnu   Role = iota // no message names it
	RoleEnveloppe             // the envelope's own XML
	RoleMessage               // a message
	RolePrincipal             // main document of an act
	RoleAnnexe                // annexe of an act
	RoleReponse               // document of any other message
)

// File is one regular file of an archive.
type File struct {
	Nom    string
	Taille int64 // bytes
	// SHA256 is of the bytes read: all of them unless the archive is broken
	// there. In a call of Spool it is zero.
	SHA256 [32]byte
	Format actes.Format // by content; "" for any other
	Role   Role
	// Message is the index in Messages of the message it is or belongs to; -1
	// for none.
	Message int
	ModTime time.Time
	// Refused says that a finding forbids to use the file under its name.
	Refused bool
}

// Recu is one message of an envelope.
type Recu struct {
	Nom string // of its file
	// Message is what could be read of it, nil when nothing could.
	Message message.Message
	// Repaired is, for a message whose bytes are not of the encoding it
	// declares ("dÃ©libÃ©ration"), the same with its texts as they were meant;
	// nil otherwise.
	Repaired message.Message
	// Files are the indexes in Files of the files it names, in its order; -1
	// for one that is absent.
	Files []int
}

// Code returns the code of the message, "" when nothing could be read.
func (r *Recu) Code() string {
	if r.Message == nil {
		return ""
	}
	return r.Message.Code()
}

// Envelope is what was read of an archive.
type Envelope struct {
	// Nom is the name of the archive when it is of the grammar, else what could
	// be told of it; see Options.Name.
	Nom  ArchiveName
	Sens message.Sens // 0 when nothing tells
	// Enveloppe is the *message.EnveloppeCLMISILL or *message.EnveloppeMISILLCL,
	// nil when it could not be read.
	Enveloppe message.Message
	Messages  []Recu // in the order of the envelope, or of the archive without one
	Files     []File // regular files, in the order of the archive
	// Scellement is the state of the budget's seal: intact, rompu, absent, or
	// "" when there is no budget.
	Scellement string
	Compressed int64 // bytes of the archive read
	Inflated   int64 // bytes of the tar read
	// Complete says the archive was read to its end.
	Complete bool
}

// Codes returns the codes of the messages, in their order.
func (e *Envelope) Codes() []string {
	out := make([]string, 0, len(e.Messages))
	for i := range e.Messages {
		out = append(out, e.Messages[i].Code())
	}
	return out
}

// File finds a file by name.
func (e *Envelope) File(nom string) (*File, bool) {
	for i := range e.Files {
		if e.Files[i].Nom == nom && !e.Files[i].Refused {
			return &e.Files[i], true
		}
	}
	return nil, false
}

// SIREN returns the SIREN of the authority, sender or receiver: the one the
// envelope declares, else that of its name.
func (e *Envelope) SIREN() string {
	switch m := e.Enveloppe.(type) {
	case *message.EnveloppeCLMISILL:
		return m.Emetteur.SIREN
	case *message.EnveloppeMISILLCL:
		return m.Destinataire
	}
	return e.Nom.SIREN
}

// Date returns the day of generation told by the name, or no date.
func (e *Envelope) Date() ged.Date { return e.Nom.Date }

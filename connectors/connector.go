package connectors

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged"
)

// Connector is what every connector has.
//
// All methods of a connector, those of the roles and capabilities included,
// MAY be called concurrently unless said otherwise. A context bounds the call
// it is given to and nothing else: what the peer has begun goes on. A cancelled
// call MUST return within 100 ms, and every goroutine it started MUST end
// before it returns, except those of connections kept open on demand, which end
// at Close. Every error MUST match an [*Error]. A connector MUST NOT log, keep
// global state, or follow a redirect to another host.
type Connector interface {
	Descriptor() Descriptor
	// Close releases what the connector keeps open. Calls going on are not
	// disturbed; none may follow. It may be called twice.
	Close(ctx context.Context) error
}

// TdT is a tiers de télétransmission: it carries acts to the contrôle de
// légalité and brings back the accusé de réception.
type TdT interface {
	Connector
	ActSubmitter
	StatusReader
	Reconciler
}

// SAE is a système d'archivage électronique: it takes packages and keeps them.
type SAE interface {
	Connector
	Depositor
	StatusReader
	Reconciler
}

// ActSubmitter transmits acts.
type ActSubmitter interface {
	// Send transmits an act. The idempotency key is [Transmission.Key]: a
	// second Send with the same key MUST NOT make a second act at the peer; it
	// fails with [Duplicate], whatever became of the first.
	//
	// Send MUST NOT be repeated after [InDoubt] or [PeerBug] without a
	// [Reconciler.Lookup]; after [Transient] and [Throttled] it may be. When it
	// fails, [Error.Ref] MAY name the object the peer made all the same.
	//
	// Contents are streamed, and opened again at each call; memory does not
	// grow with them. What exceeds [Limits] MUST be refused with [Invalid]
	// before anything is sent.
	Send(ctx context.Context, t Transmission) (Receipt, error)
}

// Transmission is an act on its way.
type Transmission struct {
	Acte actes.Acte
	// Hold deposits the act without transmitting it: a person confirms later.
	Hold bool
}

// Key returns the idempotency key of an act: its number, within the authority,
// whatever the nature or the year.
func (t *Transmission) Key() Key {
	return Key{Scope: t.Acte.Collectivite.SIREN, Value: t.Acte.Numero}
}

// Depositor deposits archive packages.
type Depositor interface {
	// Deposit sends a package. The idempotency key is [Package.Key]. A peer
	// that does not enforce it archives a second package with the same key
	// again ([Descriptor.DetectsDuplicates] tells): then Deposit MUST NOT be
	// called twice without a [Reconciler.Lookup] between.
	//
	// Deposit MUST NOT be repeated after [InDoubt] or [PeerBug] without a
	// Lookup; after [Transient] and [Throttled] it may be. When it fails,
	// [Error.Ref] MAY name the operation the peer began all the same: follow
	// it first.
	//
	// The content is streamed, and opened again at each call; memory does not
	// grow with it. A receipt says that the package arrived, not that it is
	// archived.
	Deposit(ctx context.Context, p Package) (Receipt, error)
}

// Package is an archive package on its way.
type Package struct {
	Key     Key        // transferring agency, MessageIdentifier
	Name    string     // file name, for peers that ask for one
	Content ged.Source // the package's bytes
	// Manifest is the digest of the bordereau inside, when known: a peer that
	// can checks it, and an upload mangled on its way is refused instead of
	// archived.
	Manifest ged.Digest
	Purpose  Purpose
}

// Purpose says what a package is for.
type Purpose uint8

// The purposes of packages.
const (
	Transfer      Purpose = iota // to be archived
	Rehearsal                    // to be examined, nothing kept
	FilingScheme                 // plan de classement
	HoldingScheme                // arbre de positionnement
)

// StatusReader follows objects.
type StatusReader interface {
	// Status returns where the object stands. The error says that the state
	// could not be learnt; a refused object is no error, see [Status.Err].
	// [NotFound] says that the peer has no such object, or has it no more.
	// Status MAY be called as often as the peer's polling interval allows
	// ([Limits.Poll]).
	Status(ctx context.Context, ref Ref) (Status, error)
}

// Reconciler finds what an attempt left at the peer. Every connector that
// submits MUST be one.
type Reconciler interface {
	// Lookup returns every object the peer holds under the key, newest first;
	// the same object MUST NOT be returned twice. An empty result without
	// error says that nothing arrived. [NotReady] says that the peer cannot
	// tell yet: ask again. Lookup changes nothing at the peer.
	Lookup(ctx context.Context, a Attempt) ([]Receipt, error)
}

// Tester checks address, certificate, password and rights without leaving a
// trace among the objects of the peer.
type Tester interface {
	Test(ctx context.Context) error
}

// EnvelopeSubmitter takes an envelope made by ourselves instead of an act.
type EnvelopeSubmitter interface {
	// SubmitEnvelope deposits the archive; one receipt per message in it, in
	// their order. The peer may rebuild the archive: its bytes are evidence of
	// the deposit only. [Invalid] with Code "switched-off" says that this
	// server does not have the function. The contract of [ActSubmitter.Send]
	// holds, each message having its own key.
	SubmitEnvelope(ctx context.Context, e Envelope) ([]Receipt, error)
}

// Envelope is an archive in the form of the protocol.
type Envelope struct {
	Name    string // as the peer requires it
	Content ged.Source
}

// ReplyReader fetches the document by which the peer answers: ARActe,
// ArchiveTransferReply.
type ReplyReader interface {
	// Reply returns the answer's bytes as they came, [NotReady] while there is
	// none. A refusal has its reply too. The bytes are not verified.
	Reply(ctx context.Context, ref Ref) ([]byte, error)
}

// File is a file the peer keeps for an object.
type File struct {
	Ref       Ref    // of the file
	Name      string // the peer's name for it
	Posted    string // the name we posted it under, "" for a file the peer made
	MediaType string
	Size      int64 // as the peer tells it; -1 when it does not
	Typologie string
}

// Fetcher reads the files a peer keeps for an object.
type Fetcher interface {
	// Files lists them in the peer's order, [NotReady] while it has none to show.
	Files(ctx context.Context, ref Ref) ([]File, error)
	// Fetch opens a file; the caller closes it. Reading fails with an [*Error].
	Fetch(ctx context.Context, file Ref) (Content, error)
}

// Content is a file being received. The caller closes it.
type Content struct {
	io.ReadCloser
	Name      string
	MediaType string
	Size      int64 // -1 when unknown
}

// Inbox holds what the peer, or who stands behind it, sends to us.
type Inbox interface {
	// Incoming yields what has not been acknowledged, oldest first. An error is
	// yielded once, last.
	Incoming(ctx context.Context) iter.Seq2[Incoming, error]
	// Receive opens the document; the caller closes it. It acknowledges nothing.
	Receive(ctx context.Context, in Incoming) (Content, error)
	// Ack marks it as received. It MUST be called only once the document is
	// kept safely; calling it twice is harmless. A crash between Receive and
	// Ack makes the document come again: keep its Ref unique.
	Ack(ctx context.Context, in Incoming) error
}

// Incoming is a document that came to us.
type Incoming struct {
	Ref     Ref
	Kind    string // the peer's word for it
	Related Ref    // the object of ours it is about; zero when it is about none
	Key     Key    // of that object, as far as told
}

// Canceller withdraws what was accepted.
type Canceller interface {
	// Cancel asks for the withdrawal and returns the receipt of the request,
	// which is followed like any object. [Duplicate] says that it was asked
	// before, [Rejected] that the object's state forbids it.
	Cancel(ctx context.Context, ref Ref) (Receipt, error)
}

// ReferenceReader reads tables the peer decides on, such as the classification
// of matters.
type ReferenceReader interface {
	// Reference returns the table, [NotReady] when the peer has none yet.
	Reference(ctx context.Context, name string) (Reference, error)
	// RequestReference asks the peer to obtain a new edition; it comes later.
	RequestReference(ctx context.Context, name string) error
}

// Classification is the name of the classification of matters as a reference.
const Classification = "classification"

// Reference is a table as it came, with its digest for telling it from another.
type Reference struct {
	Name   string
	Bytes  []byte
	SHA256 [32]byte
}

// Capability is the name of an optional interface.
type Capability string

// The capabilities.
const (
	CanSendActs   Capability = "send-acts"
	CanDeposit    Capability = "deposit"
	CanReadStatus Capability = "status"
	CanLookup     Capability = "lookup"
	CanTest       Capability = "test"
	CanEnvelope   Capability = "envelope"
	CanReply      Capability = "reply"
	CanFetch      Capability = "fetch"
	CanReceive    Capability = "inbox"
	CanCancel     Capability = "cancel"
	CanReadTables Capability = "reference"
)

// CapabilitiesOf lists the interfaces a connector implements. It is what the
// kit compares with [Descriptor.Capabilities].
func CapabilitiesOf(c Connector) []Capability {
	var out []Capability
	add := func(has bool, name Capability) {
		if has {
			out = append(out, name)
		}
	}
	_, ok := c.(ActSubmitter)
	add(ok, CanSendActs)
	_, ok = c.(Depositor)
	add(ok, CanDeposit)
	_, ok = c.(StatusReader)
	add(ok, CanReadStatus)
	_, ok = c.(Reconciler)
	add(ok, CanLookup)
	_, ok = c.(Tester)
	add(ok, CanTest)
	_, ok = c.(EnvelopeSubmitter)
	add(ok, CanEnvelope)
	_, ok = c.(ReplyReader)
	add(ok, CanReply)
	_, ok = c.(Fetcher)
	add(ok, CanFetch)
	_, ok = c.(Inbox)
	add(ok, CanReceive)
	_, ok = c.(Canceller)
	add(ok, CanCancel)
	_, ok = c.(ReferenceReader)
	add(ok, CanReadTables)
	return out
}

// Descriptor says what a connector is.
type Descriptor struct {
	ID           string // "s2low": the Connector of its references
	Role         string // "tdt", "sae"
	Product      string // the peer, as its vendor writes it
	PeerVersions string // the versions of the peer it was written against
	Stability    Stability
	Capabilities []Capability
	// DetectsDuplicates says that the peer itself refuses a second object
	// under a key.
	DetectsDuplicates bool
	Limits            Limits
}

// Stability says how far a connector can be trusted.
type Stability string

// The degrees of stability.
const (
	Experimental Stability = "experimental" // proved against our fake peer only
	Stable       Stability = "stable"       // in use with the real peer
	Deprecated   Stability = "deprecated"
)

// Limits are those of the peer, enforced before anything is sent.
type Limits struct {
	MaxBytes int64         // of one object, all files together; 0 is unknown
	Poll     time.Duration // shortest interval between two status requests
	Charset  string        // of texts, when not everything of Unicode passes
}

package connectors

import (
	"fmt"
	"strings"
	"time"
)

// Key names an object so that the peer itself, or a look-up at the peer, can
// recognise it: the idempotency key of a transmission.
type Key struct {
	Scope string // whose: the SIREN of the authority, the transferring agency
	Value string // its number there: numéro interne, MessageIdentifier
}

// Attempt is a transmission whose outcome is sought.
type Attempt struct {
	Key Key
	// Started is when its first byte may have left; the zero value means
	// unknown, and the look-up goes through everything the peer has.
	Started time.Time
}

// Ref is a peer's own name for an object. It is opaque, comparable, and worth
// keeping: it outlives the connector that made it.
type Ref struct {
	Connector string // the [Descriptor]'s ID
	ID        string
}

// IsZero reports whether there is no reference.
func (r Ref) IsZero() bool { return r == Ref{} }

// String writes "connector:id", or "" for none.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Connector + ":" + r.ID
}

// MarshalText is String.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (r *Ref) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*r = Ref{}
		return nil
	}
	c, id, ok := strings.Cut(string(b), ":")
	if !ok || c == "" || id == "" {
		return fmt.Errorf("connectors: a reference is written connector:id")
	}
	*r = Ref{c, id}
	return nil
}

// Receipt is what a peer gives for an object it took, or shows when asked what
// it holds under a key.
type Receipt struct {
	Ref Ref
	Key Key
	// Status is what is known of the object at that moment; State may be
	// [Unknown].
	Status Status
	// Seen is filled by a look-up: what the peer says of the object, for
	// telling it from another object that took the same key.
	Seen Seen
	// Notices say, in French, what the connector had to change to send it.
	Notices []string
}

// Seen is what a look-up shows of an object. Empty fields are not told. It may
// quote the object: never log it.
type Seen struct {
	Title  string
	Date   string // of the object, YYYY-MM-DD
	Nature string
}

// State is where an object stands at a peer.
type State uint8

// The states.
const (
	// Unknown: the peer's word for the state is not known here; it is kept in
	// [Status.Code]. Poll on and tell someone.
	Unknown State = iota
	// Waiting: the peer, or who stands behind it, is at work.
	Waiting
	// WaitingPerson: someone at the collectivité must confirm or sign.
	WaitingPerson
	// Accepted: taken, for good.
	Accepted
	// AcceptedWithWarning: taken, with remarks worth reading.
	AcceptedWithWarning
	// Refused: examined and refused, for good. A new object needs a new key.
	Refused
	// Failed: the peer broke down on it. The same object may be sent again,
	// under the same key, once its operator has answered.
	Failed
	// Cancelled: withdrawn on request.
	Cancelled
	// Received: an object that came to us.
	Received
)

var stateNames = [...]string{"unknown", "waiting", "waiting-person", "accepted", "accepted-with-warning",
	"refused", "failed", "cancelled", "received"}

// String returns the state's name in lower case.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Final reports whether the peer will say nothing else.
func (s State) Final() bool {
	switch s {
	case Accepted, AcceptedWithWarning, Refused, Cancelled, Received:
		return true
	}
	return false
}

// Status is what a peer says of an object.
type Status struct {
	Ref   Ref
	State State
	Code  string // the peer's own code: "4", "COMPLETED/OK"
	Label string // what it means, in French
	// Message is the peer's explanation, decoded. It may quote the object:
	// never log it.
	Message string
	// Reply is the document that came with the status, as it came (an ARActe);
	// nil when there is none.
	Reply []byte
	// Alert says that nothing will move unless someone acts.
	Alert bool
}

// Err returns the class of the state as an error: nil for a state that is good
// and final, [NotReady] while waiting or unknown, [Rejected] when refused,
// [Transient] when the peer failed.
func (s Status) Err() error {
	e := &Error{Op: s.Ref.Connector + ".status", Code: s.State.String(), Message: s.Message, Ref: s.Ref}
	switch s.State {
	case Accepted, AcceptedWithWarning, Cancelled, Received:
		return nil
	case Refused:
		e.Class = Rejected
	case Failed:
		e.Class = Transient
	default:
		e.Class = NotReady
	}
	return e
}

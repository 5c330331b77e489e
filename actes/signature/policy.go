package signature

import (
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
)

// Level is the weight a policy gives to a check.
type Level uint8

// The levels.
const (
	Fail   Level = iota // the check decides
	Warn                // a failure is a warning
	Inform              // a failure is worth a word
	Ignore              // the check is not made
)

// Policy is the set of constraints signatures are judged by. The zero value is
// not usable: start from [European] or [PolicyNamed].
type Policy struct {
	Name   string
	Crypto *trust.Constraints
	// Revocation of the signer and of CA certificates, in signatures; StampCA of
	// the CA certificates of timestamps.
	Revocation, StampCA Level
	// SigningTime asks for a signing time, inside the certificate's validity.
	SigningTime, SigningTimeInRange Level
	// AttributesSigned asks that the properties be covered by the signature.
	AttributesSigned Level
	// UntypedAttributes accepts properties covered by a reference that does not
	// say what it is, as the tools of the DGFiP make them.
	UntypedAttributes bool
	// KeyUsage asks for nonRepudiation in the signer's certificate.
	KeyUsage Level
	// Names and Critical: name constraints and unknown critical extensions.
	Names, Critical Level
	// LaterChanges is for what was done to a document after signing beyond what
	// the norm allows without question: a replaced font, a new layer, more than a
	// certified document permits.
	LaterChanges Level
	// SelfIdentifier asks for a subject key identifier in CA certificates.
	SelfIdentifier Level
	// MaxFreshness bounds the age of revocation data; 0 does not.
	MaxFreshness time.Duration
	// MaxDelay bounds the time from the claimed signing time to the first
	// timestamp; 0 does not.
	MaxDelay time.Duration
}

// European returns the policy of the European reference validator: what the
// EU recommends where nothing else is agreed.
func European() *Policy {
	return &Policy{
		Name: "eu", Crypto: trust.TS119312(), Revocation: Fail, StampCA: Warn,
		SigningTime: Fail, SigningTimeInRange: Fail, AttributesSigned: Fail,
		KeyUsage: Warn, Names: Warn, Critical: Warn, SelfIdentifier: Fail, LaterChanges: Warn,
	}
}

// PolicyNamed returns the policy of the name; "" and "eu" are [European].
func PolicyNamed(name string) (*Policy, bool) {
	switch name {
	case "", "eu":
		return European(), true
	}
	return nil, false
}

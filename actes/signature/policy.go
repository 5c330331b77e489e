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
	// AtSigningTime validates at the signing time claimed, where there is one, and
	// not at the present: the word of the signer is taken for it.
	AtSigningTime bool
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

// PESHistorique returns the policy for the bordereaux of PES files as they were
// made and are still made: what the signature policy of the DGFiP (OID
// 1.2.250.1.131.1.5.18.21.1) asks, with the relaxations its tools need.
//
//   - SHA-1 is accepted until the given date, or for ever when it is zero: the
//     policy of 2011 prescribed it;
//   - the reference to the signed properties may omit its type;
//   - certificates are judged at the signing time, and no revocation data are
//     required: the files never carry any;
//   - key usage digitalSignature does, for nonRepudiation.
func PESHistorique(sha1 time.Time) *Policy {
	p := European()
	p.Name, p.Crypto = "pes-historique", p.Crypto.Clone()
	p.Crypto.Digests[trust.SHA1] = sha1
	// The time is the signer's word: it must not bring back what was broken
	// before the first PES was signed.
	delete(p.Crypto.Digests, trust.MD5)
	p.UntypedAttributes, p.AtSigningTime = true, true
	p.Revocation, p.KeyUsage = Warn, Inform
	return p
}

// PolicyNamed returns the policy of the name; "" and "eu" are [European],
// "pes-historique" is [PESHistorique] without an end for SHA-1.
func PolicyNamed(name string) (*Policy, bool) {
	switch name {
	case "pes-historique":
		return PESHistorique(time.Time{}), true
	case "", "eu":
		return European(), true
	}
	return nil, false
}

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
	// Names, Policies and Critical: name constraints, certificate policies that
	// an authority of the chain requires, and unknown critical extensions.
	Names, Policies, Critical Level
	// CertificatePolicies are the OIDs one of which the signer's certificate must
	// state; none means any. A level of the RGS is the list of those of every
	// provider that was qualified for it.
	CertificatePolicies []string
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
		KeyUsage: Warn, Names: Warn, Policies: Warn, Critical: Warn, SelfIdentifier: Fail, LaterChanges: Warn,
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

// RGS returns the policy for certificates of the référentiel général de
// sécurité. The anchors are the user's to give: the authorities he accepts, of
// which one must be in the chain. The levels *, ** and *** are not written in
// certificates but by the policy OIDs of each provider: those given are the
// ones accepted of the signer; none accepts any.
//
// What is left to warnings in Europe is decided here, as the certificate
// profiles of the référentiel follow RFC 5280: a signature certificate is for
// nonRepudiation, and name constraints, required policies and critical
// extensions that are not known are grounds for refusal.
func RGS(policies ...string) *Policy {
	p := European()
	p.Name, p.CertificatePolicies = "rgs", policies
	p.KeyUsage, p.Names, p.Policies, p.Critical = Fail, Fail, Fail, Fail
	return p
}

// Actes returns the policy for acts and their annexes as the platforms that
// transmit them judge them: in the PDF or detached, most without revocation
// data and some without a signing time.
//
//   - certificates are judged at the signing time where there is one;
//   - no revocation data are required, but what they say is heard;
//   - a missing signing time is only a warning;
//   - key usage digitalSignature does, for nonRepudiation.
//
// The anchors are the user's to give, as under [RGS].
func Actes() *Policy {
	p := European()
	p.Name, p.AtSigningTime = "actes", true
	p.Revocation, p.SigningTime, p.KeyUsage = Warn, Warn, Inform
	return p
}

// PolicyNamed returns the policy of the name; "" and "eu" are [European],
// "rgs" is [RGS] with any certificate policy, "actes" is [Actes], and
// "pes-historique" is [PESHistorique] without an end for SHA-1.
func PolicyNamed(name string) (*Policy, bool) {
	switch name {
	case "", "eu":
		return European(), true
	case "rgs":
		return RGS(), true
	case "actes":
		return Actes(), true
	case "pes-historique":
		return PESHistorique(time.Time{}), true
	}
	return nil, false
}

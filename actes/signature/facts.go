package signature

import (
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// Cert is what the process needs to know of a certificate: facts already
// established, so that the process itself is free of cryptography and can be
// proved on facts written by another validator.
type Cert struct {
	ID                  string
	NotBefore, NotAfter time.Time
	// Trusted says that the certificate is an anchor; Sunset is when it ceased
	// to be one, zero when it has not. Periods, when there are any, are when it
	// is one, as in [trust.Anchor].
	Trusted bool
	Sunset  time.Time
	Periods []trust.Period
	// SignatureIntact says that the next certificate of the chain signed it.
	SignatureIntact bool
	IssuerNameOK    bool
	SelfSigned      bool
	// Algorithm and KeyBits are those of the signature on the certificate.
	Algorithm trust.Algorithm
	KeyBits   int
	// PublicScheme and PublicBits are those of its own key.
	PublicScheme trust.Scheme
	PublicBits   int
	CA           bool
	PathLenOK    bool
	KeyUsage     int // 0 when absent
	EKU          []string
	EKUCritical  bool
	HasSKI       bool
	HasAKI       bool
	OCSPNoCheck  bool
	NoRevocation bool
	ShortTerm    bool
	// NamesOK says that its names keep within the name constraints above it;
	// PoliciesLost, that an authority above it requires a policy that it, or a
	// certificate between them, does not bring down.
	NamesOK, PoliciesLost bool
	// Policies are the OIDs of the certificate policies it states.
	Policies    []string
	UnknownExts bool // a critical extension is not understood
	Revocations []*Revocation

	// X509 is the certificate itself; nil where only the facts are known.
	X509 *trust.Certificate
}

// anchor returns the times of an anchor.
func (c *Cert) anchor() trust.Anchor { return trust.Anchor{Sunset: c.Sunset, Periods: c.Periods} }

func (c *Cert) valid(t time.Time) bool { return !t.Before(c.NotBefore) && !t.After(c.NotAfter) }

// Revocation is what one list or response says of one certificate.
type Revocation struct {
	ID         string
	OCSP       bool
	Status     trust.Status
	Unknown    bool
	ThisUpdate time.Time
	NextUpdate time.Time
	ProducedAt time.Time
	// Cutoff is since when expired certificates are remembered (archive cutoff,
	// expiredCertsOnCRL); zero when that is not said.
	Cutoff      time.Time
	HashDiffers bool
	Intact      bool // the signature verifies with the first of Chain
	Delegated   bool // the signer is the issuer, or delegated by it
	Algorithm   trust.Algorithm
	KeyBits     int
	Chain       []*Cert // of the signer, first; empty when it is not known
}

// speaks reports whether the data can say something of the certificate: those
// older than it, or silent about expired ones, do not.
func (r *Revocation) speaks(x *Cert) bool {
	if r.ThisUpdate.Before(x.NotBefore) {
		return false
	}
	return !r.ThisUpdate.After(x.NotAfter) || !r.Cutoff.IsZero() && !r.Cutoff.After(x.NotAfter)
}

func (r *Revocation) issuer() *Cert {
	if len(r.Chain) == 0 {
		return nil
	}
	return r.Chain[0]
}

// Reference is one thing a signature is over.
type Reference struct {
	// Name tells what it is, for reports: "message_digest", a file's name, a
	// fragment of the document.
	Name   string
	Found  bool
	Intact bool
	Digest trust.Digest
	// Manifest marks an entry of a manifest, which is reported apart. Required
	// says that its absence decides, as that of signed data does: the manifest of
	// a container.
	Manifest, Required bool
}

// Coverage is one stretch of content proved by a signature: Data gives back
// exactly the octets covered.
type Coverage struct {
	// Kind is FULL for a whole file, PARTIAL for a part of it,
	// COUNTER_SIGNATURE for the value of another signature.
	Kind   string
	Name   string
	Data   Octets
	Digest string // "SHA256:" and hexadecimal, as the signature states it
	// From and To are where the element covered lies in the file, in octets, its
	// tags included; both are 0 for what is not an element of the file.
	From, To int64
	// Except are stretches of it that are not covered: the signatures that the
	// reference leaves out. Comments are not covered either.
	Except [][2]int64
	// Altered says that the octets are no longer those that were signed: nothing
	// is proved of them.
	Altered bool
}

// Fault is something a format package found wrong: a rule, where, and with
// which parameters.
type Fault struct {
	Rule   *report.Rule
	Where  report.Location
	Params []report.Param
}

// Token is what signatures and timestamps have in common.
type Token struct {
	ID string
	// Chain is the certificate of the signer and those above it; empty when no
	// signing certificate is known.
	Chain []*Cert
	// CertRef facts: the reference to the signing certificate in the signed
	// attributes.
	RefPresent bool // the attribute is there
	RefDigest  bool // and its digest can be read
	RefMatches bool // and is that of a certificate at hand
	RefUnique  bool
	RefSerial  bool // issuer and serial number, when stated, agree
	RefDigests []trust.Digest
	Intact     bool // the signature value verifies with the first of Chain
	Algorithm  trust.Algorithm
	KeyBits    int
	References []Reference
	// Format lists faults of structure: any of them is FORMAT_FAILURE.
	Format []Fault
	// Doubts lists what was done to the file after signing that the norm leaves
	// to the policy to judge ([Policy.LaterChanges]).
	Doubts []Fault
	// Notes are findings that decide nothing.
	Notes []Fault
}

func (t *Token) signer() *Cert {
	if len(t.Chain) == 0 {
		return nil
	}
	return t.Chain[0]
}

// Stamp kinds, by what they cover.
const (
	StampContent        = "content"
	StampAllData        = "all_data_objects"
	StampIndividualData = "individual_data_objects"
	StampSignature      = "signature"
	StampRefs           = "validation_data"
	StampRefsOnly       = "validation_data_refsonly"
	StampArchive        = "archive"
	StampDocument       = "document"
	StampContainer      = "container"
	StampToken          = "token"
	maxStampsPerProcess = 1000
)

// Timestamp is a timestamp with what it covers.
type Timestamp struct {
	Token
	Kind    string
	GenTime time.Time
	// Covers are the IDs of the objects it proves the existence of:
	// certificates, revocation data, earlier timestamps, the signature.
	Covers []string
}

// content reports whether the timestamp is over content, made before the
// signature.
func (t *Timestamp) content() bool {
	return t.Kind == StampContent || t.Kind == StampAllData || t.Kind == StampIndividualData
}

// imprint returns whether what is stamped was found and is intact.
func (t *Timestamp) imprint() (found, intact bool) {
	found, intact = true, true
	for _, r := range t.References {
		if r.Manifest {
			continue
		}
		found = found && r.Found
		intact = intact && r.Found && r.Intact
	}
	return found, intact
}

// Evidence is one signature as a format package found it: facts, no judgement.
type Evidence struct {
	Token
	Format string // XAdES, CAdES, PAdES, CMS, …
	// Level is the full name of the level: CAdES-BASELINE-B, CMS-NOT-ETSI.
	Level string
	// Counter says that this is a counter-signature, of the signature whose ID
	// is Parent.
	Counter bool
	Parent  string

	SigningTime    time.Time // claimed; zero when absent
	AttributesDone bool      // messageDigest, or SignedProperties, are covered
	// AttributesUntyped says that SignedProperties are covered, but by a reference
	// that does not say what it is: AttributesDone is then false.
	AttributesUntyped bool
	// SigningZone is the zone of SigningTime as written: "Z", "+02:00", or "" when
	// none is, in which case the time was taken as UTC.
	SigningZone string
	// PolicyHash is the digest stated of the policy document.
	PolicyHashAlgorithm trust.Digest
	PolicyHash          []byte
	PolicyURI           string // where the policy document is said to be
	// Namespace is that of the XAdES properties. Methods are the algorithms of
	// canonicalisation and transformation: of the signature, then of what it
	// covers.
	Namespace string
	Methods   []string
	// Where is the place of the signature in its file.
	Where          report.Location
	PolicyID       string
	PolicyImplied  bool
	Commitments    []string
	Roles          []string // claimed
	CertifiedRoles int      // roles certified by an authority, or asserted
	Place          []string
	Producer       string // the software recognised by its habits
	Covers         []Coverage
	Timestamps     []*Timestamp
	// Archival says that there is archive material: a timestamp over validation
	// data.
	Archival bool
}

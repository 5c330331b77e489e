package signature

import (
	"encoding/xml"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
)

// The types below read the diagnostic data of the European reference
// validator: facts on tokens, already established, before any judgement. Only
// what the process asks for is read.

type diagToken struct {
	Basic struct {
		Scheme string `xml:"EncryptionAlgoUsedToSignThisToken"`
		Bits   string `xml:"KeyLengthUsedToSignThisToken"`
		Digest string `xml:"DigestAlgoUsedToSignThisToken"`
		Intact bool   `xml:"SignatureIntact"`
	} `xml:"BasicSignature"`
	Signer struct {
		ID string `xml:"Certificate,attr"`
	} `xml:"SigningCertificate"`
	Chain []struct {
		ID string `xml:"Certificate,attr"`
	} `xml:"CertificateChain>ChainItem"`
	Related []struct {
		ID   string `xml:"Certificate,attr"`
		Refs []struct {
			Origin string
			Digest *struct {
				Match  bool         `xml:"match,attr"`
				Method trust.Digest `xml:"DigestMethod"`
			} `xml:"DigestAlgoAndValue"`
			Serial *struct {
				Match bool `xml:"match,attr"`
			} `xml:"IssuerSerial"`
		} `xml:"CertificateRef"`
	} `xml:"FoundCertificates>RelatedCertificate"`
}

type diagMatcher struct {
	Type       string       `xml:"type,attr"`
	Duplicated bool         `xml:"duplicated,attr"`
	Digest     trust.Digest `xml:"DigestMethod"`
	Found      bool         `xml:"DataFound"`
	Intact     bool         `xml:"DataIntact"`
}

type diagSignature struct {
	diagToken
	ID       string        `xml:"Id,attr"`
	Counter  bool          `xml:"CounterSignature,attr"`
	Parent   string        `xml:"Parent,attr"`
	Claimed  string        `xml:"ClaimedSigningTime"`
	Level    string        `xml:"SignatureFormat"`
	Matchers []diagMatcher `xml:"DigestMatchers>DigestMatcher"`
	Stamps   []struct {
		ID string `xml:"Timestamp,attr"`
	} `xml:"FoundTimestamps>FoundTimestamp"`
}

type diagStamp struct {
	diagToken
	ID       string        `xml:"Id,attr"`
	Type     string        `xml:"Type,attr"`
	Produced string        `xml:"ProductionTime"`
	Matchers []diagMatcher `xml:"DigestMatcher"`
	Objects  []struct {
		ID string `xml:"Token,attr"`
	} `xml:"TimestampedObjects>TimestampedObject"`
}

type diagCertificate struct {
	diagToken
	ID       string `xml:"Id,attr"`
	Before   string `xml:"NotBefore"`
	After    string `xml:"NotAfter"`
	Bits     int    `xml:"PublicKeySize"`
	Scheme   string `xml:"PublicKeyEncryptionAlgo"`
	Trusted  diagTrusted
	Self     bool           `xml:"SelfSigned"`
	Issuer   diagIssuer     `xml:"IssuerEntityKey"`
	Ext      diagExtensions `xml:"CertificateExtensions"`
	Statuses []struct {
		ID     string `xml:"Revocation,attr"`
		Status string
		At     string `xml:"RevocationDate"`
		Reason string
	} `xml:"Revocations>CertificateRevocation"`
}

type diagTrusted struct {
	Yes    bool   `xml:",chardata"`
	Sunset string `xml:"sunsetDate,attr"`
}

type diagIssuer struct {
	Name bool `xml:"subjectName,attr"`
}

type diagExtensions struct {
	Constraints *struct {
		CA      bool `xml:"CA,attr"`
		PathLen *int `xml:"pathLenConstraint,attr"`
	} `xml:"BasicConstraints"`
	Usages []string `xml:"KeyUsages>keyUsageBit"`
	EKU    *struct {
		Critical bool     `xml:"critical,attr"`
		OIDs     []string `xml:"extendedKeyUsageOid"`
	} `xml:"ExtendedKeyUsages"`
	SKI     *struct{} `xml:"SubjectKeyIdentifier"`
	AKI     *struct{} `xml:"AuthorityKeyIdentifier"`
	NoCheck *struct {
		Present bool `xml:"present,attr"`
	} `xml:"IdPkixOcspNoCheck"`
	NoRevocation *struct{} `xml:"NoRevAvail"`
	ShortTerm    *struct{} `xml:"ValAssuredShortTermCertificate"`
}

type diagRevocation struct {
	diagToken
	ID          string `xml:"Id,attr"`
	Type        string
	Produced    string `xml:"ProductionDate"`
	ThisUpdate  string
	NextUpdate  string
	Cutoff      string `xml:"ArchiveCutOff"`
	Expired     string `xml:"ExpiredCertsOnCRL"`
	HashPresent bool   `xml:"CertHashExtensionPresent"`
	HashMatch   bool   `xml:"CertHashExtensionMatch"`
}

type diagData struct {
	Signatures   []diagSignature   `xml:"Signatures>Signature"`
	Certificates []diagCertificate `xml:"UsedCertificates>Certificate"`
	Revocations  []diagRevocation  `xml:"UsedRevocations>Revocation"`
	Stamps       []diagStamp       `xml:"UsedTimestamps>Timestamp"`
}

// diagnostic turns diagnostic data into the facts of this package.
type diagnostic struct {
	t     testing.TB
	data  diagData
	certs map[string]*Cert
	revs  map[string]*diagRevocation
}

func readDiagnostic(t testing.TB, name string) *diagnostic {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d := &diagnostic{t: t, certs: map[string]*Cert{}, revs: map[string]*diagRevocation{}}
	if err := xml.Unmarshal(b, &d.data); err != nil {
		t.Fatal(err)
	}
	for i := range d.data.Revocations {
		d.revs[d.data.Revocations[i].ID] = &d.data.Revocations[i]
	}
	for i := range d.data.Certificates {
		c := d.certificate(&d.data.Certificates[i])
		d.certs[c.ID] = c
	}
	for i := range d.data.Certificates {
		d.place(&d.data.Certificates[i])
	}
	return d
}

func (d *diagnostic) time(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		d.t.Fatal(err)
	}
	return at
}

func (d *diagnostic) scheme(s string) trust.Scheme {
	switch s {
	case "RSASSA-PSS", "RSA-PSS":
		return trust.PSS
	case "PLAIN-ECDSA":
		return trust.ECDSA
	}
	return trust.Scheme(s)
}

var diagUsages = map[string]int{
	"digitalSignature": trust.UsageDigitalSignature, "nonRepudiation": trust.UsageNonRepudiation,
	"keyCertSign": trust.UsageCertSign, "crlSign": trust.UsageCRLSign,
}

// certificate reads what is said of a certificate by itself.
func (d *diagnostic) certificate(x *diagCertificate) *Cert {
	c := &Cert{
		ID: x.ID, NotBefore: d.time(x.Before), NotAfter: d.time(x.After),
		Trusted: x.Trusted.Yes, Sunset: d.time(x.Trusted.Sunset), SelfSigned: x.Self,
		SignatureIntact: x.Basic.Intact, IssuerNameOK: x.Issuer.Name,
		Algorithm: d.algorithm(&x.diagToken), KeyBits: d.bits(&x.diagToken),
		PublicScheme: d.scheme(x.Scheme), PublicBits: x.Bits,
		HasSKI: x.Ext.SKI != nil, HasAKI: x.Ext.AKI != nil,
		OCSPNoCheck:  x.Ext.NoCheck != nil && x.Ext.NoCheck.Present,
		NoRevocation: x.Ext.NoRevocation != nil, ShortTerm: x.Ext.ShortTerm != nil,
		NamesOK: true, PathLenOK: true,
	}
	for _, u := range x.Ext.Usages {
		c.KeyUsage |= diagUsages[u]
	}
	if e := x.Ext.EKU; e != nil {
		c.EKU, c.EKUCritical = e.OIDs, e.Critical
	}
	if b := x.Ext.Constraints; b != nil {
		c.CA = b.CA
	}
	return c
}

// place adds what depends on other certificates: the length of paths, and
// what is said of revocation.
func (d *diagnostic) place(x *diagCertificate) {
	c := d.certs[x.ID]
	for i, above := range x.Chain {
		// i certificates lie between c and above; a path length counts the
		// authorities among them and c.
		if y := d.source(above.ID); y != nil && y.Ext.Constraints != nil && y.Ext.Constraints.PathLen != nil {
			below := i
			if c.CA {
				below++
			}
			if up := d.certs[above.ID]; below > *y.Ext.Constraints.PathLen {
				up.PathLenOK = false
			}
		}
	}
	for _, s := range x.Statuses {
		o := d.revs[s.ID]
		if o == nil {
			d.t.Fatalf("revocation data that are not in the file")
		}
		r := &Revocation{
			ID: o.ID, OCSP: o.Type == "OCSP", Unknown: s.Status == "UNKNOWN",
			ThisUpdate: d.time(o.ThisUpdate), NextUpdate: d.time(o.NextUpdate), ProducedAt: d.time(o.Produced),
			Cutoff: d.time(o.Cutoff + o.Expired), HashDiffers: o.HashPresent && !o.HashMatch,
			Intact: o.Basic.Intact, Algorithm: d.algorithm(&o.diagToken), KeyBits: d.bits(&o.diagToken),
			Chain: d.chain(&o.diagToken),
		}
		if s.Status == "REVOKED" {
			r.Status = trust.Status{Revoked: true, At: d.time(s.At)}
			if s.Reason == "certificateHold" {
				r.Status.Reason = trust.ReasonHold
			}
		}
		// As the pool does: the issuer itself, or who may answer for it. Delegation
		// was settled before these data were written, and the oldest of them leave
		// out purposes; what the authority says of the responder's own revocation
		// shows as well that it named it one.
		if i := r.issuer(); i != nil {
			anchored := slices.ContainsFunc(r.Chain, func(c *Cert) bool { return c.Trusted })
			same := d.source(i.ID).Signer.ID == x.Signer.ID
			purpose := slices.Contains(i.EKU, trust.EKUOCSPSigning)
			r.Delegated = i.ID == x.Signer.ID || r.OCSP && (purpose && anchored || same && (purpose || i.OCSPNoCheck))
		}
		c.Revocations = append(c.Revocations, r)
	}
}

func (d *diagnostic) source(id string) *diagCertificate {
	for i := range d.data.Certificates {
		if d.data.Certificates[i].ID == id {
			return &d.data.Certificates[i]
		}
	}
	return nil
}

func (d *diagnostic) algorithm(t *diagToken) trust.Algorithm {
	return trust.Algorithm{Scheme: d.scheme(t.Basic.Scheme), Digest: trust.Digest(t.Basic.Digest)}
}

func (d *diagnostic) bits(t *diagToken) int {
	n, _ := strconv.Atoi(t.Basic.Bits) // "?" where the issuer is not known
	return n
}

// chain returns the certificates of a token, its signer first.
func (d *diagnostic) chain(t *diagToken) (l []*Cert) {
	for _, x := range t.Chain {
		c := d.certs[x.ID]
		if c == nil {
			d.t.Fatalf("a chain through a certificate that is not in the file")
		}
		l = append(l, c)
	}
	return l
}

func (d *diagnostic) token(id string, t *diagToken, matchers []diagMatcher) Token {
	k := Token{ID: id, Chain: d.chain(t), Intact: t.Basic.Intact, Algorithm: d.algorithm(t), KeyBits: d.bits(t),
		RefUnique: true, RefSerial: true}
	for _, c := range t.Related {
		for _, r := range c.Refs {
			if r.Origin != "SIGNING_CERTIFICATE" {
				continue
			}
			k.RefUnique = !k.RefPresent
			k.RefPresent = true
			if r.Digest != nil {
				k.RefDigest = true
				k.RefMatches = k.RefMatches || r.Digest.Match
				k.RefDigests = append(k.RefDigests, r.Digest.Method)
			}
			k.RefSerial = k.RefSerial && (r.Serial == nil || r.Serial.Match)
		}
	}
	for _, m := range matchers {
		k.References = append(k.References, Reference{
			Name: strings.ToLower(m.Type), Found: m.Found, Intact: m.Intact, Digest: m.Digest,
			Manifest: strings.HasPrefix(m.Type, "MANIFEST_ENTRY"),
		})
		if m.Duplicated {
			k.Format = append(k.Format, Fault{Rule: RuleFormat})
		}
	}
	return k
}

var diagStamps = map[string]string{
	"CONTENT_TIMESTAMP": StampContent, "ALL_DATA_OBJECTS_TIMESTAMP": StampAllData,
	"INDIVIDUAL_DATA_OBJECTS_TIMESTAMP": StampIndividualData, "SIGNATURE_TIMESTAMP": StampSignature,
	"VALIDATION_DATA_TIMESTAMP": StampRefs, "VALIDATION_DATA_REFSONLY_TIMESTAMP": StampRefsOnly,
	"ARCHIVE_TIMESTAMP": StampArchive, "DOCUMENT_TIMESTAMP": StampDocument,
}

func (d *diagnostic) stamp(x *diagStamp) *Timestamp {
	t := &Timestamp{Token: d.token(x.ID, &x.diagToken, x.Matchers), Kind: diagStamps[x.Type], GenTime: d.time(x.Produced)}
	if t.Kind == "" {
		d.t.Fatalf("a timestamp of type %q", x.Type)
	}
	for _, o := range x.Objects {
		t.Covers = append(t.Covers, o.ID)
	}
	return t
}

// evidence returns the signatures, in their order.
func (d *diagnostic) evidence() (l []*Evidence) {
	for i := range d.data.Signatures {
		x := &d.data.Signatures[i]
		e := &Evidence{Token: d.token(x.ID, &x.diagToken, x.Matchers), Level: x.Level, SigningTime: d.time(x.Claimed),
			Counter: x.Counter, Parent: x.Parent}
		e.Format, _, _ = strings.Cut(x.Level, "-")
		for _, m := range x.Matchers {
			e.AttributesDone = e.AttributesDone || m.Type == "SIGNED_PROPERTIES" || m.Type == "MESSAGE_DIGEST"
		}
		for _, s := range x.Stamps {
			for k := range d.data.Stamps {
				if d.data.Stamps[k].ID == s.ID {
					t := d.stamp(&d.data.Stamps[k])
					e.Timestamps = append(e.Timestamps, t)
					e.Archival = e.Archival || t.Kind == StampArchive
				}
			}
		}
		l = append(l, e)
	}
	return l
}

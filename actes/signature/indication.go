package signature

// Indication is the answer of a validation (ETSI EN 319 102-1 §5.1.3).
type Indication string

// The indications: the Total ones of a signature, the others of a block or of
// a timestamp. Indeterminate serves both.
const (
	TotalPassed   Indication = "TOTAL-PASSED"
	TotalFailed   Indication = "TOTAL-FAILED"
	Indeterminate Indication = "INDETERMINATE"
	Passed        Indication = "PASSED"
	Failed        Indication = "FAILED"
)

// Sub is a sub-indication: why the answer is not a plain yes.
type Sub string

// The sub-indications of EN 319 102-1.
const (
	FormatFailure               Sub = "FORMAT_FAILURE"
	HashFailure                 Sub = "HASH_FAILURE"
	SigCryptoFailure            Sub = "SIG_CRYPTO_FAILURE"
	Revoked                     Sub = "REVOKED"
	Expired                     Sub = "EXPIRED"
	NotYetValid                 Sub = "NOT_YET_VALID"
	SigConstraintsFailure       Sub = "SIG_CONSTRAINTS_FAILURE"
	ChainConstraintsFailure     Sub = "CHAIN_CONSTRAINTS_FAILURE"
	ChainGeneralFailure         Sub = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
	CryptoConstraintsFailure    Sub = "CRYPTO_CONSTRAINTS_FAILURE"
	CryptoConstraintsNoPOE      Sub = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
	PolicyProcessingError       Sub = "POLICY_PROCESSING_ERROR"
	SignaturePolicyNotAvailable Sub = "SIGNATURE_POLICY_NOT_AVAILABLE"
	TimestampOrderFailure       Sub = "TIMESTAMP_ORDER_FAILURE"
	NoSigningCertificateFound   Sub = "NO_SIGNING_CERTIFICATE_FOUND"
	NoCertificateChainFound     Sub = "NO_CERTIFICATE_CHAIN_FOUND"
	NoCertificateChainNoPOE     Sub = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE"
	RevokedNoPOE                Sub = "REVOKED_NO_POE"
	RevokedCANoPOE              Sub = "REVOKED_CA_NO_POE"
	OutOfBoundsNotRevoked       Sub = "OUT_OF_BOUNDS_NOT_REVOKED"
	OutOfBoundsNoPOE            Sub = "OUT_OF_BOUNDS_NO_POE"
	RevocationOutOfBoundsNoPOE  Sub = "REVOCATION_OUT_OF_BOUNDS_NO_POE"
	NoPOE                       Sub = "NO_POE"
	TryLater                    Sub = "TRY_LATER"
	SignedDataNotFound          Sub = "SIGNED_DATA_NOT_FOUND"
)

// Conclusion is an indication with its sub-indication, which Passed and
// TotalPassed never carry and the others always do.
type Conclusion struct {
	Indication Indication
	Sub        Sub
}

// String writes "INDETERMINATE/NO_POE", or the indication alone.
func (c Conclusion) String() string {
	if c.Sub == "" {
		return string(c.Indication)
	}
	return string(c.Indication) + "/" + string(c.Sub)
}

// URI returns the indication as EN 319 102-1 writes it in reports.
func (i Indication) URI() string {
	lower := []byte(i)
	for k, b := range lower {
		if b >= 'A' && b <= 'Z' {
			lower[k] = b + 'a' - 'A'
		}
	}
	return "urn:etsi:019102:mainindication:" + string(lower)
}

// URI returns the sub-indication as EN 319 102-1 writes it in reports.
func (s Sub) URI() string { return "urn:etsi:019102:subindication:" + string(s) }

var passed = Conclusion{Indication: Passed}

func indeterminate(s Sub) Conclusion { return Conclusion{Indeterminate, s} }

func failed(s Sub) Conclusion { return Conclusion{Failed, s} }

// total turns the conclusion of a process into that of a signature.
func (c Conclusion) total() Conclusion {
	switch c.Indication {
	case Passed:
		c.Indication = TotalPassed
	case Failed:
		c.Indication = TotalFailed
	}
	return c
}

func (c Conclusion) among(subs ...Sub) bool {
	if c.Indication != Indeterminate {
		return false
	}
	for _, s := range subs {
		if c.Sub == s {
			return true
		}
	}
	return false
}

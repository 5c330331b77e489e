// Package trust answers the question that comes after "is the signature
// value right?": whose key is this, who vouches for it, and was it still good
// when it signed?
//
// It reads certificates, revocation lists and OCSP responses (RFC 5280, RFC
// 6960) tolerantly, because the signatures to judge were made with what
// existed then; it holds the trust anchors the user gives ([Store], each with
// an optional sunset date, or the periods during which it is trusted), builds
// paths to them, and knows two ways to judge a path:
//
//   - [Strict] is RFC 5280 §6 to the letter, with policies, name constraints
//     and lists complete, indirect and delta. The NIST suite PKITS is its test.
//   - the building blocks of EN 319 102-1, in package signature, which take
//     from here the facts (signatures, revocation, validity) and apply the
//     order and the levels of a signature policy.
//
// [Constraints] says until when algorithms and key sizes are acceptable
// (ETSI TS 119 312), as a table.
//
// Nothing here reads a clock, a file or the network. A missing anchor is
// described ([Certificate.Missing]) so that the user can go and find it.
//
// Signature algorithms: RSA PKCS#1 v1.5 and PSS with any pair of digests, ECDSA
// on the NIST, Brainpool and secp256k1 curves, Ed25519, DSA; digests MD5 to
// SHA-3. What cannot be computed (Whirlpool, Ed448) gives [ErrUnsupported], which
// is not the same answer as [ErrSignature]. The certificate code of the standard
// library is not used: it refuses negative serial numbers, DSA and small keys,
// hides octets, and knows neither policies nor revocation; nor is
// golang.org/x/crypto/ocsp, which returns one answer of a response only and
// verifies it against crypto/x509 certificates.
package trust

// Package cades reads and validates CAdES signatures (ETSI EN 319 122-1, and
// TS 101 733 before it) and the plain PKCS#7 that came earlier: the .p7s beside
// an act, the .p7m that holds its content.
//
// [Validate] takes the octets of the file and, for a detached signature, the
// signed file among the detached contents. Every signer and counter-signer has
// its own verdict. The file may be BER or DER, PEM or bare base64; octets after
// the CMS are reported and change nothing.
//
// [Sign] makes such signatures, levels B and T, with any key.
//
// Three readings of RFC 5652 matter, because peers differ on them:
//
//   - the signature value is over the signed attributes as a sorted DER SET,
//     in whatever order they were stored. What verifies only over the stored
//     order is not intact, and a finding says so;
//   - the digest algorithm of the signer and the one inside the signature
//     algorithm must be the same;
//   - the signer identifier and the signing-certificate attribute must name the
//     same certificate.
package cades

// Package asn1x reads ASN.1 values as they were written: BER with indefinite
// lengths and strings in pieces as well as DER (ITU-T X.690), and the one
// structure of it that signatures live in, the SignedData of RFC 5652 (CMS).
//
// encoding/asn1 decodes into structures and forgets the octets; a signature is
// over octets. Here a [Value] always keeps the raw octets it came from and the
// offset where they lie, and nothing is decoded before it is asked for. What
// has to be hashed in DER although it arrived in BER (the signed attributes)
// is re-encoded by [DER], explicitly.
//
// The input is hostile: nesting is limited to [MaxDepth], the number of values
// in one container to what the caller says, lengths are checked against what
// is there before anything is allocated, and no length of the input makes a
// read cost more than linear time (times MaxDepth for nested indefinite
// lengths). Faults are [*Error] values with an offset. Octets after the value
// are handed back, never skipped in silence.
package asn1x

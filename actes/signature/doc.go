// Package signature says whether an electronic signature holds, and why, in a
// way that can be argued before a court: by the procedure of ETSI EN 319 102-1,
// check by check, in the order of the norm.
//
// # Facts, then judgement
//
// The packages of the formats (cades, xades, pades, asic, tsp) read files and
// establish facts: an [Evidence] for each signature, a [Timestamp] for each
// timestamp, a [Cert] for each certificate. They decide nothing. [Judge] takes
// the facts, a [Policy] and a time, and runs the three nested processes of the
// norm: basic (§5.3), with long-term data (§5.5), with archival data (§5.6).
// So the decision procedure has no cryptography in it and can be proved on the
// facts written by another validator.
//
// # What a verdict says
//
// A [Verdict] keeps two answers apart that other programs mix. Intact: the
// signature value is right and everything signed is found and unchanged.
// Trusted: on top of that, the certificate leads to an anchor of the user, was
// not revoked, and nothing in the policy objects. An intact signature is not
// trusted when no anchor is given; its finding then names the authority that
// is missing. [Verdict.Checks] lists every check made and [Evidence.Covers]
// what exactly is signed, with its octets: consume those, not the file.
//
// # What makes a file invalid
//
// Only TOTAL-FAILED does: a document that was changed, a signature value that
// is false, a structure made to deceive. INDETERMINATE is no fault of the
// document: something is missing to decide (an anchor, a revocation list, the
// signed content).
//
// # What is missing
//
// A signature rarely brings everything: the authorities above its certificate
// and proof that none was revoked are published by those authorities. With a
// [Fetcher] in the options a validation asks for what lacks, each address once
// and within [Fetching]; without one, as by default, it asks nobody. What comes
// must prove itself as what was given must, must not be superseded at the time
// of the validation (EN 319 102-1 §5.2.5), and exists since the present only: no
// level and no timestamp gains by it. A request that fails changes nothing but
// a finding of severity info. [Report.Fetched] holds what was used, with which
// [Options.With] judges the same octets again without a network.
//
// No clock, file or network is used beyond what [Options] gives.
package signature

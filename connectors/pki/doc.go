// Package pki asks certification authorities for what they publish: the
// certificates of issuers, revocation lists with their changes, and the status
// of a certificate by OCSP (RFC 5280 §4.2.1.13, §4.2.1.15, §4.2.2.1; RFC 6960
// appendix A). Its [Client] is the [signature.Fetcher] to plug into a validation
// that may use the network; none does unless it is given one.
//
//	cache := pki.NewCache(time.Now, pki.CacheOptions{})
//	client, err := pki.New(pki.Options{Cache: cache})
//	…
//	report, err := cades.Validate(ctx, file, signature.Options{At: time.Now(), Store: anchors, Fetcher: client})
//	keep(report.Fetched) // to judge the same octets again without a network
//
// # Addresses written by strangers
//
// The addresses stand in certificates, and a certificate that nobody has proved
// yet may have been made to lead somewhere. So the client goes nowhere but to
// public addresses, on the ports of http and https, whatever a name resolves to
// and wherever a redirect leads; [Options.Allow] opens the way to what is
// published inside the house. Time, size and the number of redirects are
// bounded. No cookie, no name and no credential is sent. What cannot be helped is
// that being asked tells something: an authority learns that a signature of its
// subscriber is being looked at, and whoever composed a document with an address
// of his own learns that it was opened, and from where.
//
// What comes back proves itself by its signature, which package signature
// checks: plain http is no weakness here, and what is forged on the way costs
// an answer and not a verdict.
//
// # Many signatures
//
// A [Cache] shared by all validations makes of a million signatures under one
// authority a few requests an hour: it keeps lists and responses for as long as
// they say, failures for a minute, and lets concurrent validations wait for one
// request. A machine that does not answer is left alone for a minute as well,
// so that it does not cost its time limit to every file. Without a cache every
// validation asks anew, each address once.
//
// OCSP requests with a nonce ([signature.Fetching]) cannot be answered from a
// cache; leave it out where there is much to validate.
package pki

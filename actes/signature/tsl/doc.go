// Package tsl reads trusted lists (ETSI TS 119 612, XML): the lists in which the
// States of the European Union say whose certificates are qualified, and since
// and until when.
//
// A list is worth what its signature is worth. [Read] verifies that signature in
// the very reading that fills the [List]: what was verified is what is consumed.
// The certificates that may sign the list are given by the caller; they come from
// the list of lists, whose own signers are published in the Official Journal:
//
//	lotl, err := tsl.Read(ctx, f, size, tsl.Options{At: now, Signers: journal})
//	fr, err := tsl.Read(ctx, g, n, tsl.Options{At: now, Signers: lotl.Pointed("FR")})
//	anchors, err := fr.Anchors(tsl.QualifiedCA, tsl.QualifiedTSA)
//
// [ReadFS] does this for a folder that holds lists beside certificates.
//
// A list is accepted when one of these certificates, and no other, made a
// signature that covers the whole of it and passes EN 319 102-1, and when its
// version is 5 or 6. Nothing is taken out of a list that is not accepted, though
// its content can be looked at. A list past its next update is accepted with a
// warning, as the reference validator does.
//
// # Since when, until when
//
// A service has a status now and a history ([Service.Periods]). It is approved
// ([Service.Approved]) while it is "granted"; before Regulation 910/2014 applied,
// on 1 July 2016, while it was under supervision or accredited. An anchor is
// trusted within the approved periods: not before the first, not between two,
// and its sunset is the end of the last.
//
// Trusted is not qualified. The qualifiers that set some certificates of a
// service apart ([Period.Qualifiers]) and the take-over of a service by another
// provider ([Period.TakenOver]) are data for the caller: no anchor is given or
// withheld for them.
//
// Nothing is fetched and no clock is read. What is kept of a list is bounded
// (32 MiB of characters, 400 000 elements).
package tsl

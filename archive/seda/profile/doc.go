// Package profile holds a transfer against the profile of an archive service, and
// draws up an empty transfer from one.
//
// An archive service narrows the standard for each kind of records it takes: this
// comment, that agreement, one unit for the act and one for each annex, a final
// action. It writes that down as a profil d'archivage, a grammar in RELAX NG of
// the ArchiveTransfer of one version of SEDA, 0.2 to 2.3 (NF Z44-022 §7; SEDA 1.0,
// profils), and refuses what departs from it.
//
//	asked, _, err := grammar.LoadProfile(ctx, os.DirFS("profils"), "actes.rng", grammar.Options{})
//	r, err := profile.Check(ctx, manifest, asked, profile.Options{})
//
// [Check] says where the transfer departs, in the words of an archivist rather
// than those of a grammar: which unit, by its number and its identifier, and what
// the profile wants there. It judges by the profile alone; that the transfer is
// one of SEDA is for package schema to say. [NewSkeleton] goes the other way: it
// makes the least transfer the profile takes, and lists what is left for
// [Skeleton.Fill] to fill in.
package profile

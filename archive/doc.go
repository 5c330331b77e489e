// Package archive is the neutral form of what an archiving system takes: a
// [Package] of units that describe records, groups of objects that hold their
// files, and the rules that say how long they are kept and when they may be
// read. It knows no wire format. archive/seda writes a Package as a SEDA
// message, archive/sip as the file a platform accepts.
//
// A Package is made of [ged.Document] values by [Build]:
//
//	pkg, report, err := archive.Build(ctx, docs, contents, archive.Policy{…})
//
// or of a folder by [FromTree], of units and files one by one by a [Builder],
// or read from a message (archive/seda) or a package with its files
// (archive/sip): what has no field here is then kept as an [Extra].
//
// The record of an act becomes one unit holding its main file; its annexes and
// its acknowledgement, whether they are files of the same Document or Documents
// related to it, become units below that one. [Check] then says whether the
// package holds together, whatever the format it will be written in.
//
// Rules written on a unit hold for those below it, unless they say otherwise:
// [Resolve] finds the rules in force for each unit (with the durations of a
// [Referential]), until when it is kept, whether it may then be destroyed and
// from when it may be read, with the reasons. Two rules that contradict each
// other are shown, never settled.
//
// A package too large to be held, a folder of a million files, is described in
// [Parts]: [ReadTree] keeps little more than the names of the files, and
// archive/sip writes what comes of it as it comes.
//
// The bytes of the objects stay where they are: an [Object] has a
// [ged.Source], read when the package is written.
//
// # What a check returns
//
// Functions that make something return a report with it; those that only look
// ([Check], [CheckParts]) add to one the caller has made, which is never nil. No
// function changes a package it is given but [Identify], so that several
// goroutines may check, resolve and write the same one.
package archive

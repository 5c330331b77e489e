// Package ged is the record of a local government and what is known of it.
//
// A [Document] is what a town hall made or received and must be able to
// produce again: who made it, what it is, where it stands in the filing plan
// (plan de classement), its files with their digests, what happened to it, and
// the rules that say how long it is kept and from when it may be read. Every
// source of records (an act, a payment file, a civil-status register) becomes
// a Document first; whatever is sent, archived or destroyed is made from
// Documents.
//
// # Plain data
//
// A Document holds values only: it can be copied, compared, stored and sent as
// JSON. The bytes of its files are elsewhere: each [File] names its content,
// and an [Opener] turns that name into a [Source] that can be read as often as
// needed. Memory therefore never grows with the size of the files.
//
// The vocabulary follows ISO 23081-1 (record, agent, event plan, event
// history), PREMIS 3 for events and SEDA 2.x for what an archive will ask for;
// French legal terms keep their French name (SortFinal, DUA).
//
// # How long, and for whose eyes
//
// [ComputeRetention] says until when a record is kept and what becomes of it,
// from its own rules or from a [RetentionTable], which is data an archivist
// owns; the table of this package is an example whose every line is marked
// unconfirmed. [ComputeAccess] says from when anyone may read it (code du
// patrimoine L213-1 and L213-2). Both give the reasons of their answer, and both
// refuse to guess: without a start date nothing is destroyed and nothing opens.
package ged

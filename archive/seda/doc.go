// Package seda reads and writes the messages of the Standard d'échange de
// données pour l'archivage, which meet in [archive.Package].
//
// SEDA 2.x is the French application of ISO 20614 (DEPIP, formerly NF Z44-022).
//
//	pkg, complete, err := seda.Read(ctx, manifest, seda.ReadOptions{}, report)
//	err = seda.Write(ctx, out, pkg, seda.Options{Version: seda.V22})
//
// What to call:
//
//   - to read a transfer of any version, 0.2 to 2.3, [Read]; one larger than
//     memory, part by part, [Scan];
//   - to write one, [Write]; part by part, [WriteItems] and [WriteParts];
//   - to know beforehand what a version or a platform would refuse, [Check];
//   - to change the version of a transfer, and hear what is lost, [Convert];
//   - to read what became of one, [ReadReply]; to answer one, [Acknowledge] and
//     [Answer], then [WriteMessage];
//   - for any other message, [ReadMessage], [CheckMessage] and [WriteMessage];
//   - to know whether a message is valid, package schema; whether the platform will
//     take it, package preflight; whether it follows the profile of the archive
//     service, package profile;
//   - to make a package of a table filled in with a spreadsheet, package resip; the
//     file a platform takes, message and objects together, package sip.
//
// A transfer is read in any layout: units nested or side by side, groups around
// their objects or named by them. The order of the elements is strict in the
// standard and fixed here, so the same package always gives the same bytes.
//
// # The first family
//
// Versions 0.2 and 1.0 have another model, which meets the same package. An
// Archive, and an ArchiveObject below it, is a unit. A Document is the file of
// the unit it stands in when it is the only one and says nothing of its own;
// any other is a unit below, of level Item, named after its file. A rule of
// appraisal has a duration and no code: its code is that of as@lae (APP10Y). A
// rule takes the place of the one above there, where rules add up in 2.x: the
// unit then says PreventInheritance. What has no identifier is given one.
//
// # Nothing is lost in silence
//
// What the model has no field for, or says in short (a title with its
// language, a signature, an element of another namespace), is kept as an
// [archive.Extra] and written again where it was. Writing in another version
// than the one read refuses to drop anything; [Convert] drops what the version
// does not have and reports each path. Only the xml:id of the elements that
// hold the others, the id of references between units and schema locations
// are left out: they say nothing of the records.
//
// What versions add and take away are rows of tables, not code: those of packages
// seda1 and seda2, one for each family.
//
// # What may be wrong with a message
//
// [Check] finds in a package what would make the message invalid, or be refused
// by a [Target]; [Write] calls it. A message that was read is for package schema to
// judge, while it is read if need be ([ReadOptions].Also). Links between units,
// groups and objects are for [Read] and [archive.Check], files beside the message
// for package sip.
//
// Functions that are given a report add to it what they find; it must not be nil
// ([report.New]). Their error never speaks of the message: it is that of the
// source, of the destination or of the context, [ErrVersion], or, of a function
// that writes, a [*report.InvalidError] about what it was given.
//
// # Replies and other messages
//
// [ReadReply] reads what answers a transfer, whatever the version and the
// platform, and never refuses a reply because it breaks the schema: platforms
// send replies that do, and a town hall must know what became of its records.
// [ReadMessage] and [WriteMessage] know the 95 other messages of all versions
// (delivery, restitution, destruction, authorization): one type, and a table
// of the elements each has.
package seda

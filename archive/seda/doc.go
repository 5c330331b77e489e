// Package seda reads and writes the messages of the Standard d'échange de
// données pour l'archivage, which meet in [archive.Package].
//
// SEDA 2.x is the French application of ISO 20614 (DEPIP, formerly NF Z44-022).
//
//	pkg, complete, err := seda.Read(ctx, manifest, seda.ReadOptions{}, report)
//	err = seda.Write(ctx, out, pkg, seda.Options{Version: seda.V22})
//
// [Read] takes versions 2.0 to 2.3, in any layout: units nested or side by
// side, groups around their objects or named by them. [Scan] yields the same
// parts one at a time, for messages larger than memory. [Write] makes any
// version; the order of the elements is strict in the standard and fixed here,
// so the same package always gives the same bytes.
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
// What versions add and take away are rows of tables (the fields of each part,
// and limits below them), not code.
//
// # Conformance
//
// [Validate] judges any message, 0.2 to 2.3, by grammars of our own, which give
// the verdict of the official schemas: elements, their order and number,
// attributes, types and code lists, extensions where the standard has a point
// for them, signatures in a message of 0.2 and 1.0, and what identifiers refer
// to. [ReadOptions].Validate has a transfer judged while it is read, a
// [Validator] goes with any other reader, and a set of schemas the user holds
// judges in place of the grammars ([ValidateOptions].Set). With the target
// [Vitam], the schemas are that platform's: it lets elements of any namespace
// stand where an extension may, and wants nothing known behind them.
//
// Three points are judged otherwise than by libxml2. A reference to nothing is
// an error; so is an identifier given twice when it is that of a group of
// objects; and an empty Metadata is not valid, for one of its elements must
// stand there. White space around a date is a warning, as the standard has it.
//
// What a grammar cannot say is for rules: digests, sizes and files (package
// sip), links between units, groups and objects ([Read], [archive.Check]), what
// a platform refuses in a valid message ([Check] and the inspectors), what an
// archive service demands (profiles, below).
//
// # Profiles
//
// An archive service narrows the standard with a profile, a grammar in RELAX NG
// for one kind of records. [CheckProfile] says in plain words where a transfer,
// of SEDA 0.2 to 2.3, departs from it; [FromProfile] draws up an empty one.
//
//	profile, _, err := grammar.LoadProfile(ctx, os.DirFS("profils"), "actes.rng", grammar.Options{})
//	r, err := seda.CheckProfile(ctx, manifest, profile, seda.ProfileOptions{})
//
// # The other messages
//
// [ReadReply] reads what answers a transfer, whatever the version and the
// platform, and never refuses a reply because it breaks the schema: platforms
// send replies that do, and a town hall must know what became of its records.
// [ReadMessage] and [WriteMessage] know the 95 other messages of all versions
// (delivery, restitution, destruction, authorization): one type, and a table
// of the elements each has.
package seda

// Package envelope is the transport unit of @ctes, the télétransmission of acts
// to the contrôle de légalité: a tar.gz holding one envelope XML, messages
// (package message) and the files they name.
//
//	abc-TACT--123456782--20240701-1.tar.gz
//	├── TACT--123456782--20240701-1.xml                        the envelope
//	├── 034-123456782-20240627-D2024_042-DE-1-1_0.xml          a message
//	├── 99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf    its main document
//	└── 21_RP-034-123456782-20240627-D2024_042-DE-1-1_2.pdf    an annexe
//
// # Reading
//
// [Read] takes an archive of either direction in one pass and says all that is
// wrong with it at once: the archive, the envelope, each message, the files,
// and what they say of each other. Every finding refers to its line of the
// catalogue of what receivers reject (Finding.Ref: A06, M13…), and is judged as
// the official rules, the schema alone, or an operator would (Options.Profile);
// [Predict] turns a report into what that operator is going to answer.
//
//	env, rep, err := envelope.Read(ctx, f, envelope.Options{Name: name, Now: now})
//	// err: the archive could not be read; nothing is known
//	// rep: what is wrong; rep.Valid()
//	// env: what could be read, even of a broken archive
//
// Nothing is written: bodies go, if the caller wants them, to the writers of
// Options.Spool, under names that are safe.
//
// # Writing
//
// [Write] makes the names, the serials and the envelope XML, checks everything
// by the same rules, and streams an archive that is byte for byte the same for
// the same input. Nothing invalid is ever written.
//
//	d := envelope.DepartActe(acte)
//	w, err := envelope.Write(ctx, f, &envelope.Envoi{…, Messages: []envelope.Depart{d}}, envelope.WriteOptions{})
//
// [Acknowledge], [Reply], [Refuse] and [Cancel] make what is sent about an act
// afterwards.
//
// # Answers
//
// The ministry answers by mail. [ReadMail] reads one, [FindSent] tells which
// act it is about in what [Remember] kept ([Index], or a database behind
// [SentStore]), [Receive] also records the effect.
//
// # Names
//
// All fields of a name stand at fixed places between hyphens, whence the rule
// that the number of an act holds none: [EnvelopeName], [ArchiveName],
// [MessageName], [FileName].
//
// Norm: the protocol's schema actesv1_1.xsd and the practice of the operators
// in service; the ministry's own specification of archives is not public.
package envelope

// Package seda writes an [archive.Package] as a message of the Standard
// d'échange de données pour l'archivage.
//
// SEDA 2.x is the French application of ISO 20614 (DEPIP, formerly NF Z44-022).
// [Write] makes an ArchiveTransfer: the objects grouped (DataObjectGroup), the
// units nested as they are in the package, the rules of the whole package last.
// The order of the elements is strict in the standard and fixed here, so the
// same package always gives the same bytes.
//
// [ReadReply] reads an ArchiveTransferReply (ATR) and never refuses one because
// it breaks the schema: platforms send replies that do, and a town hall must
// know what became of its records.
//
// The version is a value ([Version]); this release writes 2.1. Asking for
// another one is an error matching [ErrVersion].
package seda

// Package tsp reads and verifies timestamps (RFC 3161, ETSI EN 319 422): a
// third party's signed statement that some digest existed at some time.
//
// A token is a CMS SignedData whose content is a TSTInfo. [Read] takes it bare
// or inside the TimeStampResp of a server (file extensions say nothing: both
// are found under .tsr and .tst). [Token.Stamp] turns it into the facts that
// package signature judges, given what was stamped; [Token.Answers] checks it
// against the request it should answer, for a client of a time-stamping unit.
//
// [Client] asks a unit for a token, through a connection that the caller gives.
//
// Nothing is fetched and no clock is read.
package tsp

// Package fakevitam is a fake Vitam: an http.Handler that answers as the
// external API version 1 does for ingests, their operations, their replies, the
// accession register and the logbook, for tests and for examples that run
// without a network. It does not use package testing.
//
// It shares no Go value with the connector: what it replies is composed from
// nothing but the bytes deposited, read with the standard library's zip and XML
// readers. It keeps the server's habits:
//
//   - 415 for any body but application/octet-stream; 412 and 401 as pages of
//     the container around a tenant missing or unknown; 503 with the operation's
//     identifier and a KO reply for a missing or unknown context;
//   - 202 as soon as the body is on disk; the package is looked at later, when
//     the operation runs, by the clock given ([Config.Now], [Config.Step]) or
//     step by step ([Server.Advance]);
//   - RUNNING with KO before COMPLETED with KO;
//   - the same package deposited twice is archived twice;
//   - an interrupted upload leaves an operation that never moves;
//   - what a script of faults asks for happens ([Server.Faults]).
//
// Of a package it checks the container, the manifest's name and digest, that
// the manifest can be read, and every object's presence, size and digest: far
// less than the real server, which knows schemas, contracts and referentials.
package fakevitam

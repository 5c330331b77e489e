// Package fakes2low is a fake S²LOW: an http.Handler that answers as the real
// server's module ACTES does, for tests and for examples that run without a
// network. It does not use package testing.
//
// It shares no Go value with the connector: what it acknowledges is composed
// from nothing but the bytes it received. It keeps the server's habits:
//
//   - creation, submission, cancellation and classification answer in
//     ISO-8859-1 with messages escaped for HTML, apostrophes included; status
//     and file list answer in bare UTF-8, without a last newline;
//   - checks come in the server's order, so that a request with two faults is
//     refused for the right one;
//   - a number is taken for ever, by transactions in error too;
//   - transactions move by themselves, by the clock given ([Config.Now],
//     [Config.Step]) or step by step ([Server.Advance]); an accepted one may
//     fall to −1 later ([Server.Refuse]);
//   - what a script of faults asks for happens ([Server.Faults]).
//
// What it accepts is less than the real server checks: no antivirus, file
// formats by their first bytes only, no certificates (a reverse proxy's work).
package fakes2low

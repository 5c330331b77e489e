// Package s2low is the connector to S²LOW, the open-source tiers de
// télétransmission of Libriciel, which ADULLACT and others run too: acts to the
// contrôle de légalité (module ACTES).
//
// What the wire is like was read in the server's own source, version 5 (see
// spec/platforms.md §1). Three habits of it shape this package:
//
//   - The HTTP status says nothing: nearly every refusal comes with 200. Bodies
//     are parsed; a redirect or a login page is an authentication failure.
//   - Two families of text answers differ in every byte that matters: creation
//     and cancellation answer in ISO-8859-1 with HTML-escaped messages, status
//     and file lists in bare UTF-8. The charset is told from the bytes of each
//     answer, and messages are recognised by fragments, never by equality.
//   - A number is taken for ever, whatever became of the act: [Client.Lookup]
//     by number is how an act in doubt is found again.
//
// [Client.Create] is the main path. [Client.SubmitEnvelope] deposits an archive
// of one's own making where the server still allows it.
//
// A Client is safe for concurrent use. Stability: experimental, proved against
// the fake of package fakes2low and the answers composed from the source.
package s2low

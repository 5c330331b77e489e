// Package httpx is the seam between the connectors and net/http: one exchange
// with one peer, with the precautions a hand-over of public records needs.
//
//   - A body is streamed from something that can be opened again, with its
//     exact length announced ([Body], [Multipart]): memory does not grow with it.
//     A source whose length changed is noticed before its last byte leaves.
//   - There is no total time limit but limits on silence: a large file on a slow
//     rural link is no fault, a peer that says nothing for a minute is.
//   - A [Client] never follows redirects: they are answers, which the connector reads.
//   - An answer has a maximum size, counted after decompression.
//   - TLS 1.2 or later, client certificates from a provider, the server's key
//     optionally pinned in addition to the normal verification.
//   - Only requests said to be idempotent are tried again.
//   - By default no connection is kept open: a request never meets a stale
//     connection, which would make a write doubtful for nothing, and no
//     goroutine outlives a call.
//
// [Public] is the other kind of client: for machines that strangers name, with
// which nothing is confided. It follows a few redirects and reaches no address
// of the inside.
//
// A failed exchange is an [*Error], which answers the question that matters
// for a transmission: may the peer have received the whole request?
package httpx

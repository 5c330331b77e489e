// Package vitam is the connector to Vitam, the State's open-source archiving
// system, through its external API version 1 (services ingest-external,
// admin-external, access-external; spec/platforms.md §6.3).
//
// Three things decide how it behaves:
//
//   - The body of a deposit is application/octet-stream and nothing else, and
//     X-Context-Id is always sent: without it the server answers 503, which
//     looks like a maintenance and is none. Such an answer carries
//     X-Request-Id, and is Invalid here.
//   - 202 says that the bytes are on disk, no more: antivirus, manifest and
//     digests are looked at afterwards. A status is provisional until the state
//     is COMPLETED.
//   - The server archives twice what is deposited twice. A deposit in doubt is
//     looked up ([Client.Lookup]) in the accession register and in the logbook
//     before it is made again.
//
// A Client is safe for concurrent use. Stability: experimental, proved against
// the fake of package fakevitam and the answers composed from the source.
package vitam

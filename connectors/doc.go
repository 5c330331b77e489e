// Package connectors is the contract between Liasse and the platforms a
// collectivité works with: those that carry acts to the contrôle de légalité
// (tiers de télétransmission), those that keep archives (systèmes d'archivage
// électronique), and later signature books and document stores.
//
// It holds nothing of any vendor. A package below it (tdt/s2low, sae/vitam…)
// implements a role, [TdT] or [SAE], and as many of the optional capabilities
// ([Tester], [Canceller], [Fetcher], [Inbox]…) as its platform has; they are
// discovered by type assertion, and [CapabilitiesOf] lists them.
//
// # What goes wrong
//
// Every error of a connector matches, through errors.As, one [*Error] whose
// [Class] says what to do next: try later, look up, stop, call someone.
//
//	receipt, err := tdt.Send(ctx, transmission)
//	switch connectors.ClassOf(err) {
//	case connectors.InDoubt, connectors.Duplicate:
//		found, err := tdt.Lookup(ctx, connectors.Attempt{Key: transmission.Key(), Started: began})
//	…
//
// A class is itself an error, so errors.Is(err, connectors.Duplicate) works.
//
// # Never lost, never doubled
//
// No platform gives exactly-once delivery. What a connector gives instead is an
// honest answer: [Transient] is returned only when the whole request cannot
// have arrived, [InDoubt] whenever it may have, and [Reconciler.Lookup] finds
// what did arrive. At-least-once and a look-up make exactly-once; package
// handover builds it.
//
// # Secrets
//
// Passwords are [Secret] values, which no formatting shows. Errors carry at
// most four kilobytes of what the peer answered, with the configured secrets
// removed; their text carries none of it. Connectors write no log.
package connectors

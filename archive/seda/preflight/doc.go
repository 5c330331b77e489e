// Package preflight examines a message of SEDA before it leaves, and says what the
// platform it goes to would answer.
//
// A transfer is often valid and refused all the same: Vitam wants an ingest
// contract, a level for each unit, digests named to the letter; it looks at these
// one after the other, stops at the first and answers with one code. A table says
// for each [Fault] what it weighs by the standard and what Vitam and as@lae make of
// it ([Outcome]: the rank at which the platform looks, its code, and what to do
// then). A [Judge] weighs what is found by the rules of its target, and foresees
// the answer.
//
//	j := &preflight.Judge{Target: seda.Vitam, Report: r}
//	s, err := preflight.Examine(ctx, manifest, "manifest.xml", j)
//	j.Conclude()
//
// [Examine] reads the message once: its schema (package schema), and in a [Survey]
// its identifiers, references, objects and the few texts platforms look at. Memory
// is some hundred bytes for each unit. What lies beside the message, files and
// their names, is for package sip, which brings faults of its own to the same
// judge. [Inspector] does it all for a file of unknown content, replies and the
// other messages included.
//
// The answers are those of Vitam V7 (ProgrammeVitam, workflow PROCESS_SIP_UNITARY)
// and the reply codes of SEDA 0.2, which as@lae writes in every version. What only
// the platform knows, it alone can say: that a contract is active, a service known,
// a format admitted.
package preflight

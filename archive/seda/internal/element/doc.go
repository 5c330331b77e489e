// Package element holds the small parts of a message of SEDA in memory, and turns
// them into fields of the model and back by tables.
//
// A [Node] is one element with all that is in it; a [Reader] makes them of the
// events of a document, [Node.Canonical] writes one as an [archive.Extra] keeps
// it, and a [Parser] reads that back. A [Part] is the table of what one kind of
// element holds, in the order of the schema: each [Field] says in which versions
// it exists and how the model holds it. A [Filler] puts what is read in the model,
// [Part.Nodes] gives back what is written. What the model cannot hold, or would
// not write again just so, is an extra: nothing is lost in silence.
//
// The tables are in packages seda1 and seda2, one for each family of versions.
package element

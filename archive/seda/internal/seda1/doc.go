// Package seda1 reads, reviews and writes what messages of the first family of
// SEDA describe, 0.2 and 1.0, and carries what they say besides into the second
// family and back.
//
// The two versions say the same things in other words and another order: both are
// a [Dialect]. An Archive, and an ArchiveObject below it (Contains in 0.2), is a
// unit. A Document is the file of the unit it stands in when it is the only one
// and says nothing of its own; any other is a unit below. The nearest rule counts,
// where rules add up in the second family.
//
// A [Reader] gives units and files as they come. A [Maker] makes the elements of
// a package and writes them; [Review] tells beforehand what the version cannot
// hold. [Later] carries the extras of one family into the other, by a table of the
// elements both have.
package seda1

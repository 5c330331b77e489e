// Package sip makes the file a Vitam platform takes (Submission Information
// Package), and reads and checks one, whoever made it.
//
// What to call:
//
//   - to make a package, [Write]; of parts, and so of any number of units,
//     [WriteParts]; for as@lae, [WriteAsalae];
//   - to have the units and the files of one, [Read] and [ReadAsalae];
//   - to know whether one is whole, [Verify] and [VerifyAsalae];
//   - to know whether a file of unknown content is one, whether it conforms, and
//     what the platform would answer, [Inspector].
//
// # Two platforms
//
// What Vitam takes is a zip: manifest.xml, the SEDA message, first; then one entry per
// object, content/ID12.pdf. Entries are named after the identifiers of the
// objects, because the platform refuses blanks and accents; the name people
// gave the file is in the manifest (FileInfo/Filename).
//
// [WriteAsalae] makes what an as@lae platform takes instead: the message apart,
// in SEDA 0.2, 1.0 or 2.x, and one zip or tar.gz of the files it names, which
// keep their own names as far as every tool can read them. [VerifyAsalae] holds
// the two parts against each other.
//
// # Two passes
//
// The manifest holds the digests of the objects and comes before them, so that
// a receiver can judge the package before it has read it all. [Write] therefore
// goes through the sources twice: once to digest them, two at a time, to find
// their format if that is asked for and to compress what gains by it, while the
// manifest is written behind; once to copy them. What is small is kept in memory
// between the passes, within [Options.Memory], and read once only; nothing is
// ever written to a temporary file. A source that changed in between is noticed
// by its size and its checksum: the error is a [*ContentError] and the package
// must be thrown away.
//
// [WriteParts] does the same for a package that is described piece by piece,
// and so of any number of units.
//
// # Same bytes
//
// The file is a function of the package and the options: entries follow the
// order of the package, they are all dated by the message, sizes stand in the
// local headers (no data descriptor, which some receivers refuse), and zip64 is
// used only where the sizes ask for it. What is already compressed is stored.
package sip

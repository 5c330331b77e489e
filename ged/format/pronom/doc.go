// Package pronom identifies the format of files by the signatures of PRONOM,
// the registry of The National Archives (UK), with the engine siegfried.
//
// [New] loads the signatures that the program carries, or others, and builds
// the tables of the engine (some 0.1 s and 65 MiB); the [Identifier] it returns
// serves any number of goroutines.
//
// # What is linked
//
// siegfried links much more than it seems, 5 MB of program in all; that is why
// everything else takes a [format.Identifier], and only the program that wants
// PRONOM imports this package.
//
// # Bounds
//
// Many signatures may stand anywhere in a file, and the engine would read a
// file of any size to its end. [Options.Limit] bounds the bytes it is shown,
// the end of the file included; beyond, the answer is marked Partial. What is
// inside a zip is inflated only when its directory and the members that
// signatures look at are of reasonable size. The tables of an OLE2 file (old
// office documents) are walked once under guard before the engine walks them,
// since it does so in goroutines of its own, where a fault could not be caught.
package pronom

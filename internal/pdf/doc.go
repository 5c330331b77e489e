// Package pdf reads the structure of PDF files and adds incremental updates
// to them (ISO 32000-1 §7.2 to §7.7, §12.7, §12.8). It does not render.
//
// # Reading
//
// A [Doc] works over an io.ReaderAt and a size. A small file is read whole
// into a buffer that the next file reuses; a large one is read by blocks, so
// that memory does not grow with it. Objects are parsed when they are asked
// for, into arenas that [Doc.Reset] empties without freeing: checking many
// small files allocates almost nothing.
//
// [Check] answers the question a town hall asks: can this PDF be read? Its
// verdict is that of poppler's pdfinfo, the program the operators of the
// contrôle de légalité run on every document: a file with a broken
// cross-reference table is accepted when scanning it for objects finds a
// catalogue and a page count, and refused when it does not. How poppler gets
// to its verdict is reproduced step by step in xref.go and check.go, since a
// cleverer reader would accept files the operators refuse.
//
// # Writing
//
// An [Update] appends new and changed objects, a cross-reference section of
// the same style as the file's last one, and a trailer: the original bytes
// stay an exact prefix, so that signatures keep covering what they cover.
//
// # Hostile input
//
// Nesting, object counts, decompressed sizes and the work of every walk are
// bounded; loops in Prev, Kids, Length and object streams are cut.
package pdf

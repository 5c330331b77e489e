// Package container reads and writes the archives records travel in, as if
// every one of them were hostile.
//
// A [TarGz] reads a gzip-compressed tar as a stream: POSIX.1-1988 ustar,
// POSIX.1-2001 pax and the GNU extensions for long names, behind RFC 1952 gzip
// of one or several members. It writes nothing anywhere: the caller receives
// entries whose names are safe to use and bodies it may read once, and every
// entry that is neither (a link, a device, a path that climbs) is reported and
// marked refused, never silently dropped. Limits bound the bytes read, the
// bytes inflated, their ratio and the number of entries.
//
// [CheckName] and [Names] are the one policy for names of entries, whatever
// the container: what may hurt the receiver (CTN-PATH), what Windows cannot
// store (CTN-NAME), and names that are the same file on some system (CTN-DUP).
//
// A [TarGzWriter] writes the plainest archive there is, byte for byte the same
// for the same input: ustar, mode 0644, no owner, the time the caller gives.
package container

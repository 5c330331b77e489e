// Package asic reads and validates signature containers (ETSI EN 319 162-1,
// and TS 102 918 before it): a zip that holds files and, under META-INF, what
// signs them.
//
// An ASiC-S holds one file, signed by CAdES, XAdES or a timestamp. An ASiC-E
// holds any number: with XAdES every reference names a file of the container,
// with CAdES or a timestamp what is signed is a manifest, which names the files
// with their digests. OpenDocument files sign themselves like an ASiC-E.
//
// What a manifest names counts as signed: an entry that differs is a
// HASH_FAILURE and one that is absent is SIGNED_DATA_NOT_FOUND, though the
// signature over the manifest is intact ([signature.Verdict] keeps both
// apart). A manifest that is missing, or cannot be read, and a set of files that
// is not that of the type, are FORMAT_FAILURE. Files that nothing signs are
// reported: consume what [signature.Evidence.Covers] lists.
//
// A later timestamp over the container is attached by a manifest of its own
// (ASiCArchiveManifest): it proves what that manifest names. Evidence records
// (RFC 4998, RFC 6283) are recognised, counted and not examined, which a finding
// says.
//
// The zip is hostile until proved otherwise: names that climb, names given
// twice, entries that share octets, bombs and links are refused, and no
// signature of such a container passes.
package asic

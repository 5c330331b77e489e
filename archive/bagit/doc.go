// Package bagit reads, verifies and makes bags: folders that carry files with
// the digests to prove them (RFC 8493, BagIt 1.0, and the drafts 0.93 to 0.97
// that are still about).
//
// A bag is a folder with a declaration (bagit.txt), the files it carries below
// data/ (the payload), and manifests: lists of digests and paths, one manifest
// per algorithm. Tag manifests do the same for the other files, bag-info.txt
// describes the bag, fetch.txt lists files that were left elsewhere.
//
//	bag, err := bagit.Open(ctx, os.DirFS("versement"), bagit.Options{})
//	res, err := bag.Verify(ctx, bagit.VerifyOptions{})
//	if !res.Valid { … res.Report … }
//
// A bag that travels as one file (zip, tar, tar.gz) is opened by [OpenArchive],
// without unpacking it; [Create] makes bags.
//
// # Complete and valid
//
// RFC 8493 §3 tells two things apart. A bag is complete when everything it
// lists is there, everything there is listed, and all of it has the right form;
// [Open] knows that. It is valid when, besides, every digest was recomputed and
// agrees; [Bag.Verify] does that, several files at a time. All that is wrong is
// found in one run, whatever is wrong first.
//
// # Old versions
//
// Before 1.0 a payload file had to be listed in one manifest only, the same
// line could come twice, tag files could be in any encoding, and blanks around
// the colon of a label were free (0.93 to 0.95 call bag-info.txt
// package-info.txt). Each bag is judged by the version it declares; one that
// declares a version nobody published by the nearest before it, with a finding; a
// bag whose version cannot be read is judged by 1.0.
//
// # Files left elsewhere
//
// A bag may leave files of its payload on a server (File.URL makes one such). The
// receiver gets each of [Bag.Fetch] by means of its own, no more than its Size,
// puts it under its Path by way of an [os.Root], and opens the bag again: Verify
// then holds the file against the manifests like any other. Until then the bag is
// not complete.
//
// # Safety
//
// Nothing is ever fetched: the URLs of fetch.txt are only looked at. A path
// that leaves the bag on any system (absolute, "..", "~", a drive letter, a
// backslash) is an error everywhere, and never opened. Links are not followed.
// The memory used grows with the number of files, never with their size, and
// [Limits] bound it.
package bagit

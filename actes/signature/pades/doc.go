// Package pades reads and validates the signatures inside PDF files: PAdES
// (ETSI EN 319 142-1), the plain PKCS#7 that came before it (ISO 32000-1 §12.8)
// and document timestamps.
//
// # What a PDF signature covers
//
// A signature names two stretches of the file, its ByteRange, with a hole
// between them where its own value lies. Programs that only verify the value
// say "valid" of files whose hole is larger than the value, of files to which a
// page was added, of files where hidden content was made visible. [Validate]
// first checks that the ranges begin at the first octet, leave out the value
// and nothing else, and end inside the file; any fault there is a
// FORMAT_FAILURE, whatever the value is worth.
//
// # What was done after signing
//
// A PDF is changed by appending to it, so a signature covers a revision: the
// file up to the end of its second range. That revision is opened as the file
// it once was and compared, object by object from the catalogue down, with the
// file as it is. [Changes] says what was found: a signature, a timestamp or
// validation data added, a form filled, annotations made are usual; a page more
// or less is a FORMAT_FAILURE, and so is a signature dictionary that says
// something else than it did; everything else (a font, a content stream, a
// layer, an action) is undefined by the norm. The policy decides what becomes of
// undefined changes, and of those that a certified or locked document forbids
// ([signature.Policy.LaterChanges]). Pages are not drawn: what a change looks
// like is not compared.
//
// [Sign] appends a signature of level B or T to a document.
//
// Nothing of the file is held in memory but the signature values and the
// objects being compared.
package pades

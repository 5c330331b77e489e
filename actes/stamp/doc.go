// Package stamp puts the stamp of the contrôle de légalité (tamponnage) on the
// PDF of an act: when it was sent to the préfecture, when it was received, when
// it was published, and the identifier the State gave it.
//
// The dates are evidence. That of reception and the identifier come from the
// ARActe the State answered with, and from nowhere else: without them [Stamp]
// refuses.
//
// # What happens to the file
//
// The stamp is an incremental update (ISO 32000-1 §7.5.6): the original bytes
// are an exact prefix of the result. On an unsigned document it is page
// content, drawn after the original content, whose graphics state is shut off.
// On a signed document it is an annotation with an appearance of its own, which
// reads and prints alike and which validators of signatures expect; signatures
// stay valid for the revision they cover.
//
// A certified document may forbid changes (DocMDP, ISO 32000-1 §12.8.2.2).
// Level 1 forbids all of them and level 2 all but forms and signatures: both
// are refused, unless the caller insists with [Options.Force]; the result then
// says so. Level 3 allows annotations. Encrypted, damaged and empty documents
// are refused, each with a rule.
//
// [WriteBordereau] writes the other evidence, the bordereau d'acquittement.
//
// Text is set in the standard fonts Helvetica and Courier, which are not
// embedded: a stamped PDF/A is no longer strictly PDF/A.
package stamp

// Package report holds what every check of Liasse returns: a [Report], which
// is a list of [Finding] values, each pointing to an exported [Rule].
//
// A finding is data. It says which rule was broken, how severe that is, where
// (archive member, XML path, line, column, byte offset), and with which
// parameters; its sentence, in French or English, is composed only when it is
// shown. Callers branch on the rule's code, which is stable for ever, and
// never on the sentence.
//
// # Error or finding
//
// A check has the form
//
//	Validate(...) (*report.Report, error)
//
// The error means that the verdict is not known (the disk failed, the context
// was cancelled). Whatever is wrong with the document itself, however badly it
// is broken, is in the report. [Report.Err] turns a report into one error for
// callers who want just that.
//
// # Privacy
//
// A file received by a town hall holds names, addresses, account numbers. A
// value enters a finding only if its field is a public code; any other value
// is replaced by its shape ("13 chiffres") when the finding is made, so that
// neither logs nor screens can leak it. [Options.ShowValues] lifts this for
// someone who looks at their own file.
//
// # Codes
//
// A code is DOMAIN-SUBJECT or DOMAIN-SUBJECT-DETAIL in capitals and digits.
// This package exports the rules shared by every format: XML- (well-formedness),
// XSD- (grammar), CTN- (containers), LIM- (limits), DIG- (digests). Each other
// package exports its own and lists them in a Rules function.
package report

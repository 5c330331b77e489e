// Package datatype holds the simple types of XML Schema 1.0 (Part 2:
// Datatypes): all built-in types, their restriction by facets, and lists.
//
// A [Type] is immutable and shared. [Type.Check] decides whether a text is of
// the type; it allocates nothing when it is. Values are compared where a facet
// needs it (bounds, enumerations): decimals digit by digit, never as floating
// point; dates on the time line, where a date without a zone is comparable with
// one that has a zone only beyond 14 hours.
//
// Names are those of XML 1.0, second edition, to which the norm refers: fewer
// than those documents may use today.
//
// Decisions where the norm leaves room: the years of dates may have any number
// of digits, those beyond 200,000,000,000 compare equal; anyURI takes
// what can be a reference once its odd characters are escaped, an empty scheme
// or host included; ENTITY takes none, because documents have no DOCTYPE.
package datatype

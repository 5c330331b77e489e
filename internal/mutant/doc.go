// Package mutant is for tests: it makes faulty and still valid variants of XML
// documents, and asks referees about them, to compare a validator with xmllint.
//
// A validator that always says "invalid" agrees with the referee on plainly
// random variants nearly everywhere. So a [Maker] applies its operators in
// equal shares, among them one that puts another good value in place of a
// value, and turns first to elements and values it has touched least, until
// every one was reached. It knows nothing of any grammar: values come from the
// documents themselves and from pools the caller gives. The same seed and
// documents give the same variants.
package mutant

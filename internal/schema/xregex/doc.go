// Package xregex compiles and matches the regular expressions of XML Schema
// (Part 2: Datatypes, appendix F), which Go's regexp cannot stand in for: there
// an expression is always anchored at both ends, ^ and $ are ordinary
// characters, classes can be subtracted ([a-z-[aeiou]]), \i \c \d \w mean sets
// of Unicode, and repeat counts have no ceiling.
//
// An expression becomes an algebra of interned terms whose derivatives are the
// states of an automaton over classes of characters. Small automata (nearly all)
// are tabulated by [Compile]; a large one is explored while matching, in a
// bounded cache. Counters are part of the terms: {0,4000} is one term, not four
// thousand copies.
//
// An expression is hostile input. Its length is bounded by [MaxLength], the
// work of compiling by an argument, the work of matching by a budget: a match
// that would cost too much ends with [ErrWork] instead of an answer.
package xregex

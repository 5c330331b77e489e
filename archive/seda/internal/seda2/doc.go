// Package seda2 holds the tables of the second family of SEDA, 2.0 to 2.3: what
// the header of a transfer, its units, its objects and its rules are made of, in
// the order of the schemas (main, ontology, management and types), and what each
// version adds or takes away.
package seda2

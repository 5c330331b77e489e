// Package schema judges the messages of SEDA, 0.2 to 2.3, as their official
// schemas do.
//
//	r, err := schema.Validate(ctx, manifest, schema.Options{})
//
// The schemas are not ours to hand out: the grammars here are our own, one for
// each family and one for what Vitam changes, in RELAX NG compact with the
// versions as annotations. They give the verdict of the official ones: elements,
// their order and number, attributes, types and code lists, extensions where the
// standard has a point for them, signatures in a message of 0.2 and 1.0, and what
// identifiers refer to. The tests hold them against the schemas, mutant by mutant.
// A set of schemas the user holds can judge instead ([Options].Set). With the
// target [seda.Vitam] the schemas are that platform's: it lets elements of any
// namespace stand where an extension may, and wants nothing known behind them.
//
// Three points are judged otherwise than by libxml2. A reference to nothing is an
// error; so is an identifier given twice when it is that of a group of objects;
// and an empty Metadata is not valid, for one of its elements must stand there.
// White space around a date is a warning, as the standard has it.
//
// A [Validator] judges a message that something else reads, in the same pass
// ([seda.ReadOptions].Also). A grammar is compiled when it is first asked for, once
// for all goroutines.
package schema

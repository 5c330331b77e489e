// Package paye reads, checks and writes the payroll statements that justify a
// mandat of pay: DocumentPaye, whose files end in .xhl (format of the DGFiP in
// the namespace .../helios/pes_v2/paye_1_1; it travels as a pièce justificative
// of type 004 of a PES).
//
//	r, err := paye.Read(ctx, f, paye.Options{Visit: func(it paye.Item) error { … }})
//	if err != nil { … }          // the file could not be read: nothing is known
//	fmt.Println(r.Bulletins, r.Brut, r.Report.Valid())
//
// # Reading
//
// One pass, one agent at a time: a file of several years and hundreds of
// megabytes takes no more memory than its largest PayeIndivMensuel. Elements are
// known by their local names, since some software puts them in the namespace of
// the root and some in none. What the package has no field for is kept in
// Autres, kinds of amounts it does not know are lines like the others, and both
// are written again as they were read.
//
// # Checks
//
// The complete schema is not public: the structure is checked as far as it is
// known, and what software in service is known to get wrong (totals, keys,
// codes missing in the nomenclatures) is a warning. Base × Taux is not checked:
// rates are shortened in these files. RepartitionParNature must be there, its
// content is not known.
//
// Everything in such a file is personal data: findings say where, never what.
package paye

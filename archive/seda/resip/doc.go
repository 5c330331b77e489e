// Package resip makes a package of a table of units in the form ReSIP imports: a
// line for each unit, a column for each element of SEDA.
//
//	ID;ParentID;File;Content.Title;Content.StartDate;Management.AccessRule.Rule
//	1;;actes;Actes de 2024;2024-01-01;
//	2;1;actes/D042.pdf;Délibération 42;2024-06-27;ACC-00001
//
// An archivist fills it in with a spreadsheet, beside the folder of the files. Any
// element of the Content and the Management of SEDA 2.0 to 2.3 may be named, those
// of which the model has a field and the others alike.
//
// [Read] holds the package whole, some two kilobytes a line. [ReadTable] keeps
// where each line is and which one it stands below, and reads it again when it is
// asked for: a million of them become a package in the memory of their places.
package resip

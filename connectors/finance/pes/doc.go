// Package pes reads and checks the files of the protocole d'échange standard
// (PES v2) between local authorities and Hélios, the software of the public
// accountants (DGFiP).
//
// # Documents
//
//	PES_Aller          what an authority sends: bordereaux of mandats (dépense)
//	                   and titres (recette), pièces justificatives, contracts.
//	                   With bordereaux of type 06 it is called ORMC, with nothing
//	                   but pièces justificatives PES PJ
//	PES_ACQUIT         what Hélios answers, element by element
//	PES_Retour         the later state of mandats and titres
//	PES_ACQUIT_RETOUR  confirms a PES_Retour
//
// # Versions
//
// The DGFiP publishes a set of schemas about twice a year, all in the same
// namespaces: only the emitter knows which one a file follows. The sets
// [Versions] are built in, in one grammar with the differences as annotations,
// and a document is judged by all of them while it is read once.
//
// Norm: DGFiP, dossier technique PES v2 and its schemas.
package pes

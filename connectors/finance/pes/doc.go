// Package pes reads, checks and writes the files of the protocole d'échange standard
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
//	r, err := pes.Read(ctx, f, pes.Options{})
//	if err != nil { … }                    // the file could not be read: nothing is known
//	fmt.Println(r.Etat, r.Portee, r.Regles) // what Hélios would reject, and why
//
// One pass does it all, in memory that does not grow with the file: the schemas
// of every version, the rules of the [Catalogue], and each pièce justificative
// decoded and inflated under guard. [Options].Visit sees every bordereau, piece,
// line and PJ go by; [Items] yields them.
//
// Signatures need the file at any place: [Verifier] judges them too, by the policy
// of the DGFiP (package helios of actes/signature); [Read] finds them, judges
// their place, and says that it did not verify them. Those inside a PJ that is a
// PDF are judged by [Verifier] too (package pades). Of PES_Facture
// and PES_Marche, [Facture] and [Marche] tell the main facts; the schemas alone
// judge them.
//
// # Rejections
//
// Hélios checks the schema and the signatures first: what breaks them rejects
// the whole file. Then come rules that reject a bordereau, or a PJ, or nothing.
// [Regle] carries that scope. A [Profil] asks instead whether an operator would
// carry the file; what Hélios would say later is then a warning.
//
// # Looking and showing
//
// [EcrireVue] shows a file as one HTML page. [Anonymiser] takes everything that
// names someone out of a document, and leaves its faults: to report one.
// [Record] makes of a file a record of a GED, and so of an archive.
//
// # Acknowledgements
//
// [Inventorier] keeps what matters of a file that was sent; [Envoi.Rapprocher]
// compares an acknowledgement with it, and [Envoi.Renvoyer] cuts the least to
// send again out of the bytes that were sent.
//
// # Writing
//
//	r, err := pes.Ecrire(ctx, dst, pes.Ecriture{Caracteres: pes.CaracteresTranslitteres}, func(w *pes.Writer) error {
//		w.Entete(&entete)
//		w.Bordereau(&bordereau)
//		w.Piece(&mandat)
//		w.Ligne(&ligne)
//		return w.PJ(&pes.PJ{…}, facture)
//	})
//
// [Ecrire] judges the document while it writes it, in constant memory too; what
// ISO-8859-1 cannot hold is refused, or brought to the nearest with a finding
// for each character. The items read from one document can be written to
// another. [EcrireAcquit], [EcrireAcquitRetour] and [EcrireRetour] compose what
// Hélios and authorities answer, for fakes. Signatures, PES_Facture and PES_Marche
// are no items: a copy made of items lacks them.
//
// # Versions
//
// The DGFiP publishes a set of schemas about twice a year, all in the same
// namespaces: only the emitter knows which one a file follows. The sets
// [Versions] are built in, in one grammar with the differences as annotations,
// and a document is judged by all of them while it is read once. A set of another
// year can be handed over: see [Schemas].
//
// Norm: DGFiP, dossier technique PES v2 and its schemas.
package pes

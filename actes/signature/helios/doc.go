// Package helios judges the signatures of a PES_Aller: the XAdES signatures
// that ordonnateurs put on the bordereaux they send to Hélios, by the signature
// policy of the DGFiP (OID 1.2.250.1.131.1.5.18.21.1, editions 4 and 7) and the
// checks of its control tool.
//
//	r, err := helios.Check(ctx, xades.Input{Data: f, Size: size}, helios.Options{Options: signature.Options{At: now}})
//	for i, v := range r.Verdicts {   // what package signature says, in document order
//		s := r.Signatures[i]         // and what the DGFiP would: scope, NOK codes, advice
//	}
//	for _, b := range r.Bordereaux { // every bordereau, where it lies, who signed it
//		if len(b.By) == 0 { … }      // signed by nobody
//	}
//
// # What a reader of PES files needs from here
//
// Verdicts go into the result of an inspection with r.Report.Signatures(at) and
// r.Report.Facts, Findings into its report. Signature.NOK holds the keys of the
// control tool (INVALID_SIGNATURE, ROLE_BLANK, DATE_FORMAT_ERROR,
// XADES_UNSIGNED…): one that is there rejects the file, Signature.Warn does not
// (WRONG_CERTIFICATE). Signature.Portee says what a rejection would hit: the
// file, for a global signature, or the bordereau. Bordereau.From and Bordereau.To are
// the octets of the element, tags included, so that a reader which consumes the
// file can tell the bordereaux that are proved from the others: it must not
// treat as signed what is in none of the lists By.
//
// Two options serve the ways operators judge: the policy "pes-historique" (see
// [signature.PESHistorique]), which judges at the signing time, and
// Signature.Now, the state of the certificate at Options.At, for those who judge
// at the time of the deposit.
//
// [Sign] puts such signatures on a file, in the style of either family of tools.
//
// # Three levels
//
// A signature covers the whole file (its parent is PES_Aller) or one bordereau
// (its parent is the Bordereau); a global one may be put over bordereaux already
// signed, and is then technical. With InfoDematerialisee at 1 a signature is
// "métier", the act of the ordonnateur; at 0 it should not be there.
package helios

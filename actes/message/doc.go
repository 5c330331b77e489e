// Package message holds the messages of the @CTES protocol: the twenty-one
// that a local authority and the ministry exchange about acts, the two
// envelopes, and the anomaly of an envelope.
//
// Each is a Go type implementing [Message]. [Write] is strict: it refuses, with
// a report, a value the ministry would refuse. [Read] is lenient: it returns
// whatever it could read of a message, with a report of everything that is not
// as it should be. What comes from the State is judged by what makes it useful
// (an ARActe needs its identifier and its date of reception); its other
// departures from the schema, which the ministry itself commits, are warnings.
// What comes from an authority is judged by the whole schema and the rules of
// receivers.
//
//	r, err := message.Read(ctx, f, message.Options{})
//	if err != nil { … }            // the file could not be read: nothing is known
//	switch m := r.Message.(type) { // what could be read, even if r.Report is not valid
//	case *message.ARActe:
//		fmt.Println(m.IDActe, m.DateReception)
//	}
//
// # Catalogue
//
// A message has a code, type-flux, used in file names ([Message]):
//
//	1-1 Acte                       1-2 ARActe                      1-3 AnomalieActe
//	2-1 CourrierSimple             2-2 ReponseCourrierSimple
//	3-1 DemandePieceComplementaire 3-2 ARDemandePieceComplementaire
//	3-3 RefusPieceComplementaire   3-4 PieceComplementaire         3-5 ARPieceComplementaire
//	4-1 LettreObservations         4-2 ARLettreObservations        4-3 RejetLettreObservations
//	4-4 ReponseLettreObservations  4-5 ARReponseRejetLettreObservations
//	5-1 DefereTA
//	6-1 Annulation                 6-2 ARAnnulation
//	7-1 DemandeClassification      7-2 RetourClassification        7-3 ReponseClassificationSansChangement
//	env-CL EnveloppeCLMISILL       env-MI EnveloppeMISILLCL        ANO AnomalieEnveloppe
//
// Elements and attributes are in the namespace [Namespace], attributes
// included; the SIREN is in that of the INSEE. All editions of the schema
// (actesv1_1.xsd) share the namespace: older messages lack DocumentPapier, and
// readers accept that.
package message

package actes

import "strconv"

// Etat is the state of a transaction, common to the operators. A transaction
// is one exchange about an act: its transmission (type 1), a letter of the
// préfecture and its answers (2 to 5), a cancellation (6), the classification
// (7).
type Etat uint8

// The states.
const (
	Inconnu            Etat = iota // no state, or one this package does not know
	Erreur                         // refused by a check, by the operator or by the ministry
	Annule                         // the transmission was cancelled
	AConfirmer                     // waits for someone to confirm
	ASigner                        // waits for a signature
	Poste                          // given to the operator
	PretAPartir                    // checked, waits for the next transmission
	Transmis                       // the ministry took the archive
	Acquitte                       // the ARActe, or another AR, came back
	AnnulationDemandee             // a cancellation was sent, not yet acknowledged
	Valide                         // the deadline of the check has passed
	Refuse                         // refused by someone before transmission
	DocumentRecu                   // a letter that must be acknowledged came in (3-1, 4-1)
	DocumentRecuSansAR             // a letter that is not acknowledged came in (2-1, 5-1)
	AREnvoye                       // the letter was acknowledged (3-2, 4-2)
	ReponseEnvoyee                 // an answer to the letter was sent
	RefusEnvoye                    // a refusal to answer was sent
	ReponseAcquittee               // the answer was acknowledged (3-5, 4-5)
	AEnvoyerSAE                    // waits to be archived
	EnvoyeSAE                      // sent to the archiving system
	RecuSAE                        // the archiving system holds it, no decision yet
	Archive                        // archived
	ErreurSAE                      // archiving failed
	IndisponibleSAE                // cannot be archived: the documents are gone
	Detruit                        // destroyed by the operator
)

var etats = [...]string{
	Inconnu: "inconnu", Erreur: "erreur", Annule: "annulé", AConfirmer: "à confirmer", ASigner: "à signer",
	Poste: "posté", PretAPartir: "prêt à partir", Transmis: "transmis", Acquitte: "acquitté",
	AnnulationDemandee: "annulation demandée", Valide: "validé", Refuse: "refusé", DocumentRecu: "courrier reçu",
	DocumentRecuSansAR: "courrier reçu, sans accusé à rendre", AREnvoye: "accusé de réception envoyé",
	ReponseEnvoyee: "réponse envoyée", RefusEnvoye: "refus envoyé", ReponseAcquittee: "réponse acquittée",
	AEnvoyerSAE: "à archiver", EnvoyeSAE: "envoyé au SAE", RecuSAE: "reçu par le SAE", Archive: "archivé",
	ErreurSAE: "erreur d'archivage", IndisponibleSAE: "archivage impossible", Detruit: "détruit",
}

// String names the state in French.
func (e Etat) String() string {
	if int(e) < len(etats) {
		return etats[e]
	}
	return "état " + strconv.Itoa(int(e))
}

// Statut is a state as one operator codes and names it.
type Statut struct {
	Operateur Profile // S2LOW or STELA
	Code      string
	Libelle   string
	Etat      Etat
}

// statuts is the table of the states of both operators. The labels of S²LOW
// are its own; STELA's codes are their own label.
var statuts = []Statut{
	{S2LOW, "-1", "Erreur", Erreur},
	{S2LOW, "0", "Annulé", Annule},
	{S2LOW, "1", "Posté", Poste},
	{S2LOW, "2", "En attente de transmission", PretAPartir},
	{S2LOW, "3", "Transmis", Transmis},
	{S2LOW, "4", "Acquittement reçu", Acquitte},
	{S2LOW, "5", "Validé", Valide},
	{S2LOW, "6", "Refusé", Refuse},
	{S2LOW, "7", "Document reçu", DocumentRecu},
	{S2LOW, "8", "Acquittement envoyé", AREnvoye},
	{S2LOW, "9", "Document envoyé", ReponseEnvoyee},
	{S2LOW, "10", "Refus d'envoi", RefusEnvoye},
	{S2LOW, "11", "Acquittement de document reçu", ReponseAcquittee},
	{S2LOW, "12", "Envoyé au SAE", EnvoyeSAE},
	{S2LOW, "13", "Archivé par le SAE", Archive},
	{S2LOW, "14", "Erreur lors de l'archivage", ErreurSAE},
	{S2LOW, "15", "Reçu par le SAE", RecuSAE},
	{S2LOW, "16", "Détruite", Detruit},
	{S2LOW, "17", "En attente d'être postée", AConfirmer},
	{S2LOW, "18", "En attente d'être signé", ASigner},
	{S2LOW, "19", "En attente de transmission au SAE", AEnvoyerSAE},
	{S2LOW, "20", "Erreur lors de l'envoi au SAE", ErreurSAE},
	{S2LOW, "21", "Document reçu (pas d'AR)", DocumentRecuSansAR},
	{S2LOW, "22", "Impossible d'envoyer au SAE (documents indisponibles)", IndisponibleSAE},

	{STELA, "CREATED", "", Poste},
	{STELA, "RECREATED", "", Poste},
	{STELA, "ANTIVIRUS_OK", "", Poste},
	{STELA, "ANTIVIRUS_KO", "", Erreur},
	{STELA, "SIGNATURE_ERROR", "", Erreur},
	{STELA, "ARCHIVE_CREATED", "", PretAPartir},
	{STELA, "ARCHIVE_SIZE_CHECKED", "", PretAPartir},
	{STELA, "ARCHIVE_TOO_LARGE", "", Erreur},
	{STELA, "SENT", "", Transmis},
	{STELA, "NOT_SENT", "", Erreur},
	{STELA, "ACK_RECEIVED", "", Acquitte},
	{STELA, "NACK_RECEIVED", "", Erreur},
	{STELA, "CANCELLATION_ASKED", "", AnnulationDemandee},
	{STELA, "CANCELLED", "", Annule},
	{STELA, "COURRIER_SIMPLE_RECEIVED", "", DocumentRecuSansAR},
	{STELA, "DEMANDE_PIECE_COMPLEMENTAIRE_RECEIVED", "", DocumentRecu},
	{STELA, "LETTRE_OBSERVATION_RECEIVED", "", DocumentRecu},
	{STELA, "DEFERE_RECEIVED", "", DocumentRecuSansAR},
	{STELA, "SENT_TO_SAE", "", EnvoyeSAE},
	{STELA, "ACCEPTED_BY_SAE", "", Archive},
}

// Statuts returns the table of an operator's states; nil for another profile.
func Statuts(operateur Profile) []Statut {
	var out []Statut
	for _, s := range statuts {
		if s.Operateur == operateur {
			out = append(out, s)
		}
	}
	return out
}

// ParseStatut finds the state an operator means by a code. STELA has further
// codes by pattern, "…_ASKED" for an answer sent and "ACK_REPONSE_…" for its
// acknowledgement. The second result is false for a code not known.
func ParseStatut(operateur Profile, code string) (Statut, bool) {
	for _, s := range statuts {
		if s.Operateur == operateur && s.Code == code {
			return s, true
		}
	}
	if operateur == STELA {
		const asked, ack = "_ASKED", "ACK_REPONSE_"
		switch {
		case len(code) > len(ack) && code[:len(ack)] == ack:
			return Statut{STELA, code, "", ReponseAcquittee}, true
		case len(code) > len(asked) && code[len(code)-len(asked):] == asked:
			return Statut{STELA, code, "", ReponseEnvoyee}, true
		}
	}
	return Statut{Operateur: operateur, Code: code}, false
}

// Evenement is something that happens to a transaction.
type Evenement uint8

// The events.
const (
	Depose              Evenement = iota + 1 // given to the operator
	DeposeAConfirmer                         // given, to be confirmed by a person
	DeposeASigner                            // given, to be signed
	Confirme                                 // a person confirmed
	Signe                                    // a person signed
	Rejete                                   // a person refused
	ControleReussi                           // antivirus and validation passed
	ControleEchoue                           // one of them did not
	PrisEnCharge                             // the ministry took the archive (HTTP 200)
	ARRecu                                   // 1-2, or the answer to a classification request
	AnomalieRecue                            // 1-3 or ANO
	AnnulationEnvoyee                        // 6-1
	AnnulationAcquittee                      // 6-2
	DelaiEcoule                              // the deadline passed: see [Echeance]
	CourrierRecu                             // 3-1 or 4-1
	CourrierSansARRecu                       // 2-1 or 5-1
	ARCourrierEnvoye                         // 3-2 or 4-2
	ReponseEmise                             // 2-2, 3-4 or 4-4
	RefusEmis                                // 3-3 or 4-3
	ARReponseRecu                            // 3-5 or 4-5
	ArchivageDemande                         // to be archived
	ArchivageEnvoye                          // sent to the archiving system
	ArchivageRecu                            // its acknowledgement
	ArchivageReussi                          // its acceptance
	ArchivageEchoue                          // its refusal, or no way to send
	DocumentsPerdus                          // nothing left to send
	Destruction                              // destroyed by the operator
)

type arrow struct {
	from Etat
	ev   Evenement
}

// transitions is the life cycle S²LOW applies, with the states of STELA that
// it lacks. What is not in it does not happen; in particular an anomaly that
// comes after the AR changes nothing.
var transitions = map[arrow]Etat{
	{Inconnu, Depose}: Poste, {Inconnu, DeposeAConfirmer}: AConfirmer, {Inconnu, DeposeASigner}: ASigner,
	{AConfirmer, Confirme}: Poste, {AConfirmer, Rejete}: Refuse, {ASigner, Signe}: Poste, {ASigner, Rejete}: Refuse,
	{Poste, ControleReussi}: PretAPartir, {Poste, ControleEchoue}: Erreur,
	{PretAPartir, PrisEnCharge}: Transmis,
	{Transmis, ARRecu}:          Acquitte, {Transmis, AnomalieRecue}: Erreur,
	{Acquitte, AnnulationEnvoyee}:             AnnulationDemandee,
	{Acquitte, AnnulationAcquittee}:           Annule, // S²LOW keeps the act acknowledged meanwhile
	{AnnulationDemandee, AnnulationAcquittee}: Annule,
	{AnnulationDemandee, AnomalieRecue}:       Acquitte, // the cancellation was refused
	{Acquitte, DelaiEcoule}:                   Valide,
	{Inconnu, CourrierRecu}:                   DocumentRecu,
	{Inconnu, CourrierSansARRecu}:             DocumentRecuSansAR,
	{DocumentRecu, ARCourrierEnvoye}:          AREnvoye,
	{DocumentRecu, ReponseEmise}:              ReponseEnvoyee, {DocumentRecu, RefusEmis}: RefusEnvoye,
	{DocumentRecuSansAR, ReponseEmise}: ReponseEnvoyee,
	{AREnvoye, ReponseEmise}:           ReponseEnvoyee, {AREnvoye, RefusEmis}: RefusEnvoye,
	{ReponseEnvoyee, ARReponseRecu}: ReponseAcquittee, {RefusEnvoye, ARReponseRecu}: ReponseAcquittee,
	{Acquitte, ArchivageDemande}: AEnvoyerSAE, {Valide, ArchivageDemande}: AEnvoyerSAE,
	{ErreurSAE, ArchivageDemande}:   AEnvoyerSAE,
	{AEnvoyerSAE, ArchivageEnvoye}:  EnvoyeSAE,
	{AEnvoyerSAE, ArchivageEchoue}:  ErreurSAE,
	{AEnvoyerSAE, DocumentsPerdus}:  IndisponibleSAE,
	{EnvoyeSAE, ArchivageRecu}:      RecuSAE,
	{EnvoyeSAE, ArchivageReussi}:    Archive,
	{EnvoyeSAE, ArchivageEchoue}:    ErreurSAE,
	{RecuSAE, ArchivageReussi}:      Archive,
	{RecuSAE, ArchivageEchoue}:      ErreurSAE,
	{Archive, Destruction}:          Detruit,
	{IndisponibleSAE, Destruction}:  Detruit,
	{Erreur, Destruction}:           Detruit,
	{Annule, Destruction}:           Detruit,
	{Refuse, Destruction}:           Detruit,
	{Acquitte, CourrierRecu}:        Acquitte, // a letter is a transaction of its own
	{Acquitte, CourrierSansARRecu}:  Acquitte,
	{Valide, CourrierSansARRecu}:    Valide,
	{ReponseAcquittee, Destruction}: Detruit,
}

// Transition returns the state an event leads to. The second result is false,
// and the state unchanged, when the event cannot happen in that state: it is
// then noted and nothing is undone by it.
func Transition(from Etat, ev Evenement) (Etat, bool) {
	to, ok := transitions[arrow{from, ev}]
	if !ok {
		return from, false
	}
	return to, true
}

// Ended reports whether a transaction of the type (1 to 7) in that state
// awaits nothing more from the ministry.
func Ended(kind int, e Etat) bool {
	switch e {
	case Erreur, Annule, Refuse, Valide, Archive, ErreurSAE, IndisponibleSAE, Detruit, RecuSAE, EnvoyeSAE, AEnvoyerSAE,
		ReponseAcquittee, DocumentRecuSansAR:
		return true
	case Transmis:
		// A request of classification has no status beyond: its answer comes
		// without any correlation.
		return kind == 7
	case Acquitte:
		return kind == 6 || kind == 7
	}
	return false
}

package message

// Kind describes one message of the catalogue.
type Kind struct {
	Code string
	Root string
	Sens Sens
	make func() Message
}

// New returns an empty message of the kind.
func (k Kind) New() Message { return k.make() }

// kinds is the catalogue, in the order of the codes.
var kinds = [...]Kind{
	{"1-1", "Acte", Envoi, func() Message { return new(Acte) }},
	{"1-2", "ARActe", Retour, func() Message { return new(ARActe) }},
	{"1-3", "AnomalieActe", Retour, func() Message { return new(AnomalieActe) }},
	{"2-1", "CourrierSimple", Retour, func() Message { return new(CourrierSimple) }},
	{"2-2", "ReponseCourrierSimple", Envoi, func() Message { return new(ReponseCourrierSimple) }},
	{"3-1", "DemandePieceComplementaire", Retour, func() Message { return new(DemandePieceComplementaire) }},
	{"3-2", "ARDemandePieceComplementaire", Envoi, func() Message { return new(ARDemandePieceComplementaire) }},
	{"3-3", "RefusPieceComplementaire", Envoi, func() Message { return new(RefusPieceComplementaire) }},
	{"3-4", "PieceComplementaire", Envoi, func() Message { return new(PieceComplementaire) }},
	{"3-5", "ARPieceComplementaire", Retour, func() Message { return new(ARPieceComplementaire) }},
	{"4-1", "LettreObservations", Retour, func() Message { return new(LettreObservations) }},
	{"4-2", "ARLettreObservations", Envoi, func() Message { return new(ARLettreObservations) }},
	{"4-3", "RejetLettreObservations", Envoi, func() Message { return new(RejetLettreObservations) }},
	{"4-4", "ReponseLettreObservations", Envoi, func() Message { return new(ReponseLettreObservations) }},
	{"4-5", "ARReponseRejetLettreObservations", Retour, func() Message { return new(ARReponseRejetLettreObservations) }},
	{"5-1", "DefereTA", Retour, func() Message { return new(DefereTA) }},
	{"6-1", "Annulation", Envoi, func() Message { return new(Annulation) }},
	{"6-2", "ARAnnulation", Retour, func() Message { return new(ARAnnulation) }},
	{"7-1", "DemandeClassification", Envoi, func() Message { return new(DemandeClassification) }},
	{"7-2", "RetourClassification", Retour, func() Message { return new(RetourClassification) }},
	{"7-3", "ReponseClassificationSansChangement", Retour, func() Message { return new(ReponseClassificationSansChangement) }},
	{"env-CL", "EnveloppeCLMISILL", Envoi, func() Message { return new(EnveloppeCLMISILL) }},
	{"env-MI", "EnveloppeMISILLCL", Retour, func() Message { return new(EnveloppeMISILLCL) }},
	{"ANO", "AnomalieEnveloppe", Retour, func() Message { return new(AnomalieEnveloppe) }},
}

// Kinds returns the catalogue, in the order of the codes.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

// KindOf returns the kind of that code, and whether there is one.
func KindOf(code string) (Kind, bool) {
	for _, k := range kinds {
		if k.Code == code {
			return k, true
		}
	}
	return Kind{}, false
}

// KindOfRoot returns the kind with that root element, and whether there is one.
func KindOfRoot(local string) (Kind, bool) {
	for _, k := range kinds {
		if k.Root == local {
			return k, true
		}
	}
	return Kind{}, false
}

// Code returns "1-1".
func (*Acte) Code() string { return "1-1" }

// Root returns "Acte".
func (*Acte) Root() string { return "Acte" }

// Code returns "1-2".
func (*ARActe) Code() string { return "1-2" }

// Root returns "ARActe".
func (*ARActe) Root() string { return "ARActe" }

// Code returns "1-3".
func (*AnomalieActe) Code() string { return "1-3" }

// Root returns "AnomalieActe".
func (*AnomalieActe) Root() string { return "AnomalieActe" }

// Code returns "2-1".
func (*CourrierSimple) Code() string { return "2-1" }

// Root returns "CourrierSimple".
func (*CourrierSimple) Root() string { return "CourrierSimple" }

// Code returns "2-2".
func (*ReponseCourrierSimple) Code() string { return "2-2" }

// Root returns "ReponseCourrierSimple".
func (*ReponseCourrierSimple) Root() string { return "ReponseCourrierSimple" }

// Code returns "3-1".
func (*DemandePieceComplementaire) Code() string { return "3-1" }

// Root returns "DemandePieceComplementaire".
func (*DemandePieceComplementaire) Root() string { return "DemandePieceComplementaire" }

// Code returns "3-2".
func (*ARDemandePieceComplementaire) Code() string { return "3-2" }

// Root returns "ARDemandePieceComplementaire".
func (*ARDemandePieceComplementaire) Root() string { return "ARDemandePieceComplementaire" }

// Code returns "3-3".
func (*RefusPieceComplementaire) Code() string { return "3-3" }

// Root returns "RefusPieceComplementaire".
func (*RefusPieceComplementaire) Root() string { return "RefusPieceComplementaire" }

// Code returns "3-4".
func (*PieceComplementaire) Code() string { return "3-4" }

// Root returns "PieceComplementaire".
func (*PieceComplementaire) Root() string { return "PieceComplementaire" }

// Code returns "3-5".
func (*ARPieceComplementaire) Code() string { return "3-5" }

// Root returns "ARPieceComplementaire".
func (*ARPieceComplementaire) Root() string { return "ARPieceComplementaire" }

// Code returns "4-1".
func (*LettreObservations) Code() string { return "4-1" }

// Root returns "LettreObservations".
func (*LettreObservations) Root() string { return "LettreObservations" }

// Code returns "4-2".
func (*ARLettreObservations) Code() string { return "4-2" }

// Root returns "ARLettreObservations".
func (*ARLettreObservations) Root() string { return "ARLettreObservations" }

// Code returns "4-3".
func (*RejetLettreObservations) Code() string { return "4-3" }

// Root returns "RejetLettreObservations".
func (*RejetLettreObservations) Root() string { return "RejetLettreObservations" }

// Code returns "4-4".
func (*ReponseLettreObservations) Code() string { return "4-4" }

// Root returns "ReponseLettreObservations".
func (*ReponseLettreObservations) Root() string { return "ReponseLettreObservations" }

// Code returns "4-5".
func (*ARReponseRejetLettreObservations) Code() string { return "4-5" }

// Root returns "ARReponseRejetLettreObservations".
func (*ARReponseRejetLettreObservations) Root() string { return "ARReponseRejetLettreObservations" }

// Code returns "5-1".
func (*DefereTA) Code() string { return "5-1" }

// Root returns "DefereTA".
func (*DefereTA) Root() string { return "DefereTA" }

// Code returns "6-1".
func (*Annulation) Code() string { return "6-1" }

// Root returns "Annulation".
func (*Annulation) Root() string { return "Annulation" }

// Code returns "6-2".
func (*ARAnnulation) Code() string { return "6-2" }

// Root returns "ARAnnulation".
func (*ARAnnulation) Root() string { return "ARAnnulation" }

// Code returns "7-1".
func (*DemandeClassification) Code() string { return "7-1" }

// Root returns "DemandeClassification".
func (*DemandeClassification) Root() string { return "DemandeClassification" }

// Code returns "7-2".
func (*RetourClassification) Code() string { return "7-2" }

// Root returns "RetourClassification".
func (*RetourClassification) Root() string { return "RetourClassification" }

// Code returns "7-3".
func (*ReponseClassificationSansChangement) Code() string { return "7-3" }

// Root returns "ReponseClassificationSansChangement".
func (*ReponseClassificationSansChangement) Root() string {
	return "ReponseClassificationSansChangement"
}

// Code returns "env-CL".
func (*EnveloppeCLMISILL) Code() string { return "env-CL" }

// Root returns "EnveloppeCLMISILL".
func (*EnveloppeCLMISILL) Root() string { return "EnveloppeCLMISILL" }

// Code returns "env-MI".
func (*EnveloppeMISILLCL) Code() string { return "env-MI" }

// Root returns "EnveloppeMISILLCL".
func (*EnveloppeMISILLCL) Root() string { return "EnveloppeMISILLCL" }

// Code returns "ANO".
func (*AnomalieEnveloppe) Code() string { return "ANO" }

// Root returns "AnomalieEnveloppe".
func (*AnomalieEnveloppe) Root() string { return "AnomalieEnveloppe" }

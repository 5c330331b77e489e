package envelope

import "github.com/liasse/liasse/ged/report"

const (
	protocole = "Protocole @CTES, enveloppes"
	liasse    = "Liasse"
	s2low     = "S2LOW"
)

// Rules of the archive and of the envelope. A name of a file is shown: it holds
// the number of the act, which is public, and is what must be corrected.
var (
	ArchiveTaille = report.NewRule("ACT-ENV-SIZE", report.Error,
		"L'archive fait {size} octets ; la transmission n'en accepte que {max}. Alléger les pièces (numérisation en moindre résolution) ou les répartir.",
		"The archive is {size} bytes long; transmission accepts {max} only. Make the documents lighter (lower scanning resolution) or spread them.", protocole)
	ArchiveNom = report.NewRule("ACT-ENV-NAME", report.Error,
		"Le nom de l'archive n'est pas de la forme TRI-EACT--SIREN--AAAAMMJJ-N.tar.gz : {part} ne convient pas.",
		"The name of the archive is not of the form TRI-EACT--SIREN--YYYYMMDD-N.tar.gz: {part} is not right.", protocole)
	ArchiveTrigramme = report.NewRule("ACT-ENV-TRIGRAM", report.Error,
		"Le trigramme de l'archive est {got}, celui de l'opérateur est {want}.",
		"The trigram of the archive is {got}, the operator's is {want}.", s2low)
	ArchiveQuadrigramme = report.NewRule("ACT-ENV-QUADRIGRAM", report.Error,
		"Le quadrigramme de l'archive est {got} ; attendu : {want} (EACT en production, TACT en test).",
		"The quadrigram of the archive is {got}; expected: {want} (EACT in production, TACT for tests).", s2low)
	EnveloppeAbsente = report.NewRule("ACT-ENV-MISSING", report.Error,
		"L'archive ne contient pas le fichier d'enveloppe {want}, du même nom qu'elle.",
		"The archive does not hold the envelope file {want}, of the same name.", protocole)
	EnveloppeMultiple = report.NewRule("ACT-ENV-SEVERAL", report.Error,
		"L'archive contient une seconde enveloppe, {entry}.",
		"The archive holds a second envelope, {entry}.", protocole)
	EnveloppeSens = report.NewRule("ACT-ENV-DIRECTION", report.Error,
		"{entry} va dans l'autre sens que son enveloppe : un message de la préfecture et un message de la collectivité ne voyagent pas ensemble.",
		"{entry} goes the other way than its envelope: a message of the préfecture and one of the authority do not travel together.", protocole)
	EnveloppeSIREN = report.NewRule("ACT-ENV-SIREN", report.Error,
		"Le SIREN du nom de l'enveloppe n'est pas celui qu'elle déclare : l'un des deux est faux.",
		"The SIREN in the envelope's name is not the one it declares: one of them is wrong.", protocole)
	EmetteurDifferent = report.NewRule("ACT-ENV-AUTHORITY", report.Error,
		"{field} de l'enveloppe ({got!}) diffère de ce qui est enregistré pour la collectivité authentifiée ({want!}).",
		"{field} of the envelope ({got!}) differs from what is registered for the authenticated authority ({want!}).", s2low)
	FormulaireAbsent = report.NewRule("ACT-ENV-FORM-MISSING", report.Error,
		"L'enveloppe annonce le message {entry}, qui n'est pas dans l'archive.",
		"The envelope announces message {entry}, which is not in the archive.", protocole)
	FormulaireDouble = report.NewRule("ACT-ENV-FORM-DUP", report.Error,
		"L'enveloppe annonce deux fois le message {entry}.",
		"The envelope announces message {entry} twice.", protocole)
	FormulaireNature = report.NewRule("ACT-ENV-FORM-KIND", report.Error,
		"{entry}, annoncé comme message par l'enveloppe, n'en est pas un.",
		"{entry}, announced as a message by the envelope, is not one.", protocole)
)

// Rules of the files of messages.
var (
	FichierAbsent = report.NewRule("ACT-ENV-FILE-MISSING", report.Error,
		"Le fichier {entry}, cité par le message, n'est pas dans l'archive : le joindre, ou corriger le nom cité.",
		"File {entry}, named by the message, is not in the archive: join it, or correct the name.", protocole)
	FichierCasse = report.NewRule("ACT-ENV-FILE-CASE", report.Error,
		"Le fichier {entry}, cité par le message, est dans l'archive sous le nom {name} : majuscules et minuscules comptent.",
		"File {entry}, named by the message, is in the archive as {name}: capitals count.", protocole)
	FichierInutile = report.NewRule("ACT-ENV-FILE-UNUSED", report.Warning,
		"Le fichier {entry} n'est cité par aucun message : la préfecture ne le verra pas.",
		"File {entry} is named by no message: the préfecture will not see it.", liasse)
	FichierNom = report.NewRule("ACT-ENV-FILENAME", report.Error,
		"Le nom {entry} ne suit pas la règle de nommage (exemple : 99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf) : {part} ne convient pas.",
		"Name {entry} does not follow the naming rule (for instance 99_DE-034-123456782-20240627-D2024_042-DE-1-1_1.pdf): {part} is not right.", protocole)
	FichierDiscordant = report.NewRule("ACT-ENV-FILENAME-MISMATCH", report.Error,
		"Le nom {entry} contredit le message ou l'enveloppe sur {part} : les deux doivent dire la même chose.",
		"Name {entry} contradicts the message or the envelope about {part}: both must say the same.", protocole)
	FichierDate = report.NewRule("ACT-ENV-FILENAME-DATE", report.Warning,
		"La date dans le nom {entry} n'est pas celle de la décision : certains logiciels y mettent la date d'envoi.",
		"The date in name {entry} is not that of the decision: some software puts the day of sending there.", protocole)
	FichierSerie = report.NewRule("ACT-ENV-SERIAL-DUP", report.Error,
		"Le numéro {serial} du nom {entry} est déjà pris par un autre fichier du même message : donner à chacun le sien.",
		"Number {serial} of name {entry} is already taken by another file of the same message: give each its own.", protocole)
	ContenuNonControle = report.NewRule("ACT-ENV-UNCHECKED", report.Info,
		"Le fichier {entry} est trop grand pour être contrôlé à la volée : son contenu ({format}) n'a pas été vérifié.",
		"File {entry} is too large to be checked on the fly: its content ({format}) was not verified.", liasse)
	SignatureNonVerifiee = report.NewRule("ACT-ENV-SIGNATURE-UNCHECKED", report.Info,
		"La signature détachée de {entry} n'a pas été vérifiée.",
		"The detached signature of {entry} was not verified.", s2low)
	SignatureDetacheeInvalide = report.NewRule("ACT-ENV-SIGNATURE-DETACHED", report.Error,
		"La signature détachée de {entry} est fausse : elle est illisible, ou n'est pas celle de ce fichier. Le faire signer de nouveau.",
		"The detached signature of {entry} is wrong: it cannot be read, or is not that of this file. Have it signed again.", s2low)
	SignatureInvalide = report.NewRule("ACT-ENV-SIGNATURE", report.Error,
		"La signature contenue dans {entry} n'est pas valable : faire signer le document de nouveau.",
		"The signature in {entry} is not valid: have the document signed again.", s2low)
	Virus = report.NewRule("ACT-ENV-VIRUS", report.Error,
		"L'antivirus refuse {entry} : ne pas l'ouvrir, prévenir le service informatique.", "The antivirus refuses {entry}: do not open it, tell the IT service.", s2low)
	VirusInconnu = report.NewRule("ACT-ENV-VIRUS-UNKNOWN", report.Warning,
		"L'antivirus n'a pas répondu pour {entry} : à contrôler de nouveau avant l'envoi.",
		"The antivirus did not answer for {entry}: to be checked again before sending.", s2low)
)

// Rules of what came before.
var (
	ActeEnDouble = report.NewRule("ACT-ENV-ACT-DUP", report.Error,
		"Deux actes de cette enveloppe portent le même numéro : en changer un, par exemple par un suffixe, ou retirer le double.",
		"Two acts of this envelope have the same number: change one, for instance by a suffix, or take the duplicate out.", s2low)
	ReferenceInconnue = report.NewRule("ACT-ENV-REFERENCE", report.Error,
		"L'acte auquel ce message se rapporte ({id!}) n'a pas été transmis.",
		"The act this message is about ({id!}) was not transmitted.", s2low)
	AnnulationEtat = report.NewRule("ACT-ENV-CANCEL-STATE", report.Error,
		"L'acte à annuler ({id!}) ne peut pas l'être : il n'est pas dans l'état « Acquittement reçu ».",
		"The act to cancel ({id!}) cannot be: it is not in the state \"acknowledged\".", s2low)
	AnnulationEnCours = report.NewRule("ACT-ENV-CANCEL-PENDING", report.Error,
		"Une demande d'annulation du même acte ({id!}) est déjà en cours : attendre la réponse de la préfecture.",
		"A cancellation of the same act ({id!}) is already under way: wait for the answer of the préfecture.", s2low)
	AnomalieTardive = report.NewRule("ACT-ENV-ANOMALY-LATE", report.Warning,
		"Une anomalie arrive pour l'acte {id} alors qu'il n'est plus en attente de réponse : elle ne change pas son état.",
		"An anomaly arrives for act {id} although it awaits no answer any more: its state does not change.", s2low)
)

// Rules lists the rules this package exports.
func Rules() []*report.Rule {
	return []*report.Rule{
		ArchiveTaille, ArchiveNom, ArchiveTrigramme, ArchiveQuadrigramme, EnveloppeAbsente, EnveloppeMultiple,
		EnveloppeSens, EnveloppeSIREN, EmetteurDifferent, FormulaireAbsent, FormulaireDouble, FormulaireNature,
		FichierAbsent, FichierCasse, FichierInutile, FichierNom, FichierDiscordant, FichierDate, FichierSerie,
		ContenuNonControle, MailTronque, MailEncodage, MailInconnu, SignatureNonVerifiee, SignatureDetacheeInvalide, SignatureInvalide, Virus, VirusInconnu,
		ActeEnDouble, ReferenceInconnue, AnnulationEtat, AnnulationEnCours, AnomalieTardive,
	}
}

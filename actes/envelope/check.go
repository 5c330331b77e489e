package envelope

import (
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// messageOptions are those a message of the archive is read with.
func (r *reader) messageOptions(member string) message.Options {
	return message.Options{Profile: r.opt.Profile, Now: r.opt.Now, Location: r.opt.Location,
		Member: container.Show(member), Report: r.opt.Report}
}

// names reports whether the profile compares names with each other and with
// the messages (A03, A06, V02, M06): the schema alone knows none, and STELA
// puts the day of sending into those of messages.
func (r *reader) names() bool {
	return r.opt.Profile == actes.Norme || r.opt.Profile == actes.S2LOW || r.opt.Profile == actes.Pastell
}

// check applies the rules that need the whole archive.
func (r *reader) check() error {
	r.nameFiles()
	var bad *NameError
	if r.opt.Name != "" {
		r.env.Nom, bad = parseArchive(r.opt.Name)
	}
	env := r.findEnvelope()
	r.direction(env)
	r.archiveNames(bad, env)
	r.envelope(env)
	if err := r.collect(); err != nil {
		return err
	}
	for i := range r.env.Messages {
		if err := r.message(i); err != nil {
			return err
		}
	}
	r.leftOver()
	for i := range r.env.Files {
		if role := r.env.Files[i].Role; r.info[i].isBudget && (role == RolePrincipal || role == RoleAnnexe) {
			r.env.Scellement = r.info[i].seal
		}
	}
	if size := r.env.Compressed; size > r.opt.maxSize() {
		r.add("A02", ArchiveTaille, report.Location{}, report.Int("size", size), report.Int("max", r.opt.maxSize()))
	}
	return nil
}

// archiveNames judges the name the archive came under, and looks for the
// envelope that bears it.
func (r *reader) archiveNames(bad *NameError, env int) {
	if r.opt.Profile == actes.XSD {
		return
	}
	if bad != nil {
		r.addIn("A03", ArchiveNom, report.Location{}, bad.param("part"))
	}
	n := r.env.Nom
	if want := r.opt.Trigramme; want != "" && n.Trigramme != "" && n.Trigramme != want {
		r.addIn("A04", ArchiveTrigramme, report.Location{}, report.P("got", n.Trigramme), report.P("want", want))
	}
	if want := r.opt.Quadrigramme; want != "" && n.Quadrigramme != "" && n.Quadrigramme != want {
		r.addIn("A05", ArchiveQuadrigramme, report.Location{}, report.P("got", n.Quadrigramme), report.P("want", want))
	}
	want := r.wanted()
	switch {
	case env >= 0 && (want == "" || r.env.Files[env].Nom == want):
	case env >= 0 && bad != nil: // the name of the archive is what is wrong
	case env >= 0: // under another name
		r.addIn("A06", EnveloppeAbsente, report.Location{}, report.P("want", want))
	case r.anomalyAlone(): // the State may refuse an envelope without one of its own
	case r.env.Complete: // a broken archive may have lost it, which was said
		if want == "" {
			want = "EACT--….xml"
		}
		r.add("A06", EnveloppeAbsente, report.Location{}, report.P("want", want))
	}
	for i := range r.env.Files {
		if f := &r.env.Files[i]; i != env && !f.Refused && r.info[i].msg != nil && isEnvelope(r.info[i].msg) {
			r.addIn("A06", EnveloppeMultiple, in(f.Nom), entry(f.Nom))
		}
	}
}

// wanted is the name the envelope XML must have, "" when the archive's own
// does not tell.
func (r *reader) wanted() string {
	stem, ok := strings.CutSuffix(r.opt.Name, ".tar.gz")
	if !ok {
		return ""
	}
	_, base, ok := strings.Cut(stem, "-")
	if !ok || !strings.Contains(base, "--") {
		return ""
	}
	return base + ".xml"
}

func isEnvelope(m message.Message) bool {
	switch m.(type) {
	case *message.EnveloppeCLMISILL, *message.EnveloppeMISILLCL:
		return true
	}
	return false
}

// findEnvelope returns the index of the envelope XML: the file of the wanted
// name, else the first that is one; -1 when there is none.
func (r *reader) findEnvelope() int {
	want, named, first := r.wanted(), -1, -1
	for i := range r.env.Files {
		f := &r.env.Files[i]
		if f.Refused {
			continue
		}
		if f.Nom == want {
			named = i
		}
		if r.info[i].msg != nil && isEnvelope(r.info[i].msg) && first < 0 {
			first = i
		}
	}
	if named >= 0 {
		return named
	}
	return first
}

// anomalyAlone reports whether all that can be read is the refusal of an
// envelope, which the State sends with or without an envelope around it.
func (r *reader) anomalyAlone() bool {
	found := false
	for i := range r.info {
		if m := r.info[i].msg; m != nil {
			if _, found = m.(*message.AnomalieEnveloppe); !found {
				return false
			}
		}
	}
	return found
}

// direction tells who sends: the envelope itself, else its name, else the
// messages.
func (r *reader) direction(env int) {
	if env >= 0 && r.info[env].msg != nil && isEnvelope(r.info[env].msg) {
		r.env.Sens = message.Retour
		if fromAuthority(r.info[env].msg) {
			r.env.Sens = message.Envoi
		}
		return
	}
	if r.anomalyAlone() { // the name of the archive may be that of the envelope refused
		r.env.Sens = message.Retour
		return
	}
	name := r.env.Nom.EnvelopeName
	if name.Quadrigramme == "" && env >= 0 {
		name, _ = parseEnvelope(strings.TrimSuffix(r.env.Files[env].Nom, ".xml"))
	}
	if name.SIREN != "" || name.Emetteur != "" {
		r.env.Sens = message.Envoi
		if name.FromState() {
			r.env.Sens = message.Retour
		}
		return
	}
	for i := range r.info {
		if m := r.info[i].msg; m != nil {
			r.env.Sens = message.Retour
			if fromAuthority(m) {
				r.env.Sens = message.Envoi
			}
			return
		}
	}
}

// envelope applies the rules of the envelope XML.
func (r *reader) envelope(at int) {
	if at < 0 {
		return
	}
	f, c := &r.env.Files[at], &r.info[at]
	f.Role = RoleEnveloppe
	if r.env.Nom.Quadrigramme == "" { // no name was given, or one that says nothing
		if n, err := parseEnvelope(strings.TrimSuffix(f.Nom, ".xml")); err == nil {
			r.env.Nom.EnvelopeName = n
		}
	}
	if c.rep != nil {
		r.refer(c.rep, ofEnvelope, false)
	}
	switch {
	case c.cut, c.msg == nil && c.tried: // said already
		return
	case c.msg == nil || !isEnvelope(c.msg):
		r.add("V01", FormulaireNature, in(f.Nom), entry(f.Nom))
		return
	}
	r.env.Enveloppe = c.msg
	where := in(f.Nom)
	name := r.env.Nom.EnvelopeName
	if r.names() && name.SIREN != "" && r.env.SIREN() != "" && name.SIREN != r.env.SIREN() {
		r.addIn("V02", EnveloppeSIREN, where)
	}
	switch m := c.msg.(type) {
	case *message.EnveloppeCLMISILL:
		if r.names() && name.FromState() {
			r.add("V02", EnveloppeSens, where, entry(f.Nom))
		}
		r.authority(where, m.Emetteur)
	case *message.EnveloppeMISILLCL:
		if r.names() && name.Quadrigramme != "" && !name.FromState() {
			r.addIn("V02", EnveloppeSens, where, entry(f.Nom))
		}
		// The names of other services than sous-préfectures are not known.
		tail := m.Departement + m.Arrondissement
		if r.names() && strings.HasPrefix(name.Emetteur, "SPREF") && m.Departement != "" && name.Emetteur != "SPREF"+tail {
			r.addIn("V02", FichierDiscordant, where, entry(f.Nom), errSender.param("part"))
		}
	}
}

// authority compares the sender with the authority that was authenticated.
func (r *reader) authority(where report.Location, got actes.Collectivite) {
	want := r.opt.Autorite
	if want == nil || r.opt.Profile == actes.XSD {
		return
	}
	for _, c := range [...]struct{ fr, en, got, want string }{
		{"Le SIREN", "The SIREN", got.SIREN, want.SIREN},
		{"La nature de collectivité", "The nature of authority", got.Nature, want.Nature},
		{"Le département", "The department", got.Departement, want.Departement},
		{"L'arrondissement", "The arrondissement", got.Arrondissement, want.Arrondissement},
	} {
		if c.want != "" && c.got != c.want {
			r.add("V02", EmetteurDifferent, where, report.Words("field", c.fr, c.en), registered("got", c.got), registered("want", c.want))
		}
	}
}

// registered is a parameter for a code of the registration of an authority,
// which is public; whatever else stands there is not shown.
func registered(name, value string) report.Param {
	if value != "" && len(value) <= 9 && isAlnum(value) && isDigits(value[:1]) {
		return report.Code(name, value)
	}
	return report.P(name, value)
}

// collect lists the messages: those the envelope announces, in its order, or
// without an envelope all those of the archive.
func (r *reader) collect() error {
	var forms []message.FichierSigne
	envFile := ""
	for i := range r.env.Files {
		if r.env.Files[i].Role == RoleEnveloppe {
			envFile = r.env.Files[i].Nom
		}
	}
	switch m := r.env.Enveloppe.(type) {
	case *message.EnveloppeCLMISILL:
		forms = m.Formulaires
	case *message.EnveloppeMISILLCL:
		forms = m.Formulaires
	default:
		for i := range r.env.Files {
			if m := r.info[i].msg; m != nil && !isEnvelope(m) && !r.env.Files[i].Refused {
				r.take(i)
			}
		}
		return nil
	}
	for _, form := range forms {
		i := r.index(form.NomFichier)
		where := in(envFile)
		switch {
		case form.NomFichier == "":
			continue // the grammar has said it
		case i < 0:
			// What a broken archive has lost was said with the archive.
			if r.opt.Profile != actes.XSD && r.env.Complete {
				r.addIn("V04", FormulaireAbsent, where, entry(form.NomFichier))
			}
			continue
		case r.env.Files[i].Role != RoleInconnu:
			if r.opt.Profile != actes.XSD {
				r.addIn("V04", FormulaireDouble, where, entry(form.NomFichier))
			}
			continue
		}
		r.take(i)
		if err := r.detached(i, form.NomFichier, form.Signature); err != nil {
			return err
		}
	}
	return nil
}

// detached judges the Signature element of a file, by its index.
func (r *reader) detached(i int, name, signature string) error {
	if signature == "" {
		return nil
	}
	rule := SignatureNonVerifiee
	if r.opt.Detached != nil && i >= 0 && !r.info[i].cut {
		valid, checked, err := r.opt.Detached(r.ctx, r.env.Files[i], signature)
		switch {
		case err != nil:
			return err
		case checked && valid:
			return nil
		case checked:
			rule = SignatureDetacheeInvalide
		}
	}
	r.add("M16", rule, in(name), entry(name))
	return nil
}

// index finds a file that may be used, or -1.
func (r *reader) index(name string) int {
	if i, ok := r.byName[name]; ok {
		return i
	}
	return -1
}

// otherCase is the file whose name differs in capitals alone.
func (r *reader) otherCase(name string) int {
	if i, ok := r.byFold[strings.ToLower(name)]; ok {
		return i
	}
	return -1
}

func (r *reader) nameFiles() {
	if r.byName == nil {
		r.byName = make(map[string]int, len(r.env.Files))
		r.byFold = make(map[string]int, len(r.env.Files))
	}
	for i := range r.env.Files {
		if !r.env.Files[i].Refused {
			r.byName[r.env.Files[i].Nom] = i
			r.byFold[strings.ToLower(r.env.Files[i].Nom)] = i
		}
	}
}

// take makes a message of a file.
func (r *reader) take(i int) {
	r.env.Files[i].Role = RoleMessage
	r.env.Files[i].Message = len(r.env.Messages)
	r.env.Messages = append(r.env.Messages, Recu{Nom: r.env.Files[i].Nom, Message: r.info[i].msg, Repaired: r.info[i].repaired})
}

// message applies the rules of one message and of its files.
func (r *reader) message(i int) error {
	rc := &r.env.Messages[i]
	at := r.index(rc.Nom)
	c := &r.info[at]
	where := in(rc.Nom)
	switch {
	case c.tried:
		r.refer(c.rep, ofMessage, false)
	case c.cut:
	case c.whole || r.env.Files[at].Taille == 0:
		r.add("M01", FormulaireNature, where, entry(rc.Nom))
	default: // too large to have been read: no message is
		r.add("M01", report.LimBytes, where, report.Int("limit", r.opt.memory()), report.Words("what", "message", "message"))
	}
	m := rc.Message
	switch {
	case m == nil:
		return nil
	case isEnvelope(m):
		r.add("M01", FormulaireNature, where, entry(rc.Nom))
		return nil
	}
	if r.opt.Profile == actes.XSD {
		r.attach(i)
		return nil
	}
	if r.env.Enveloppe != nil && fromAuthority(m) != (r.env.Sens == message.Envoi) {
		r.addIn("M01", EnveloppeSens, where, entry(rc.Nom))
	}
	files, err := r.attach(i)
	if err != nil {
		return err
	}
	if r.names() {
		r.fileNames(i, files)
	}
	if fromAuthority(m) && r.env.Sens != message.Retour {
		r.contents(i, files)
		if err := r.history(i); err != nil {
			return err
		}
	} else {
		for _, j := range rc.Files {
			if j >= 0 && r.info[j].isPDF && r.info[j].rep != nil {
				r.refer(in2(r.info[j].rep, r.env.Files[j].Nom), ofPDF, true)
			}
		}
	}
	if a, ok := m.(*message.Acte); ok && r.opt.Classification != nil {
		r.classification(where, a)
	}
	return nil
}

// attach finds the files a message names.
func (r *reader) attach(i int) ([]named, error) {
	rc := &r.env.Messages[i]
	files := filesOf(rc.Message)
	rc.Files = make([]int, len(files))
	for k, n := range files {
		j := r.index(n.NomFichier)
		rc.Files[k] = j
		switch {
		case j >= 0:
			if f := &r.env.Files[j]; f.Role == RoleInconnu {
				f.Role, f.Message = n.role, i
			}
		case n.NomFichier == "": // the grammar has said it
		case r.opt.Profile != actes.XSD && r.otherCase(n.NomFichier) >= 0:
			f := &r.env.Files[r.otherCase(n.NomFichier)]
			r.addIn("M04", FichierCasse, in(rc.Nom), entry(n.NomFichier), report.P("name", f.Nom))
			if f.Role == RoleInconnu {
				f.Role, f.Message = n.role, i
			}
		case r.opt.Profile != actes.XSD && r.env.Complete:
			r.addIn("M04", FichierAbsent, in(rc.Nom), entry(n.NomFichier))
		}
		if r.opt.Profile != actes.XSD {
			if err := r.detached(j, n.NomFichier, n.Signature); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

// classification compares the matter with the classification in force (M11).
func (r *reader) classification(where report.Location, a *message.Acte) {
	c := r.opt.Classification
	if a.Matiere.Hole() == 0 && a.Matiere.Level() >= 2 {
		if _, ok := c.Lookup(a.Matiere); !ok {
			r.add("M11", actes.MatiereInconnue, where, report.P("matiere", a.Matiere.String()), report.Date("date", c.Date.String()))
		}
	}
	if d := a.ClassificationDateVersion; !d.IsZero() && d != c.Date {
		r.add("M11", actes.ClassificationPerimee, where, report.Date("date", d.String()), report.Date("current", c.Date.String()))
	}
}

// history asks what was transmitted before (M19, M20, M21).
func (r *reader) history(i int) error {
	rc := &r.env.Messages[i]
	where := in(rc.Nom)
	if a, ok := rc.Message.(*message.Acte); ok {
		return r.duplicate(i, where, a)
	}
	id := message.IDActe(rc.Message)
	if id == "" || r.opt.Registre == nil {
		return nil
	}
	known, err := r.opt.Registre.Suivi(r.ctx, id)
	if err != nil {
		return err
	}
	param := report.P("id", id)
	if _, err := actes.ParseIDActe(id); err == nil {
		param = report.Code("id", id)
	}
	_, cancel := rc.Message.(*message.Annulation)
	switch {
	case !known.Connu:
		r.add("M20", ReferenceInconnue, where, param)
	case cancel && known.AnnulationEnCours:
		r.add("M21", AnnulationEnCours, where, param)
	case cancel && !known.Acquitte:
		r.add("M21", AnnulationEtat, where, param)
	}
	return nil
}

func (r *reader) duplicate(i int, where report.Location, a *message.Acte) error {
	id := actes.IDActe{SIREN: r.env.SIREN(), Date: a.Date, Numero: a.NumeroInterne, Nature: a.Nature}
	if env, ok := r.env.Enveloppe.(*message.EnveloppeCLMISILL); ok {
		id.Departement = env.Emetteur.Departement
	}
	again := report.Info
	for k := range i {
		if b, ok := r.env.Messages[k].Message.(*message.Acte); ok && b.NumeroInterne == a.NumeroInterne && a.NumeroInterne != "" {
			again = max(again, actes.DoublonNumero.Severity)
			if b.Date == a.Date && b.Nature == a.Nature {
				again = report.Error
			}
		}
	}
	if again > report.Info {
		r.rep.Record(report.Finding{Rule: ActeEnDouble, Severity: max(again, r.sameNumber()), Where: where, Ref: "M19"})
	}
	if r.opt.Doublons == nil {
		return nil
	}
	sent, err := r.opt.Doublons.Transmitted(r.ctx, id.SIREN, id.Numero)
	if err != nil {
		return err
	}
	for _, s := range sent {
		if s == id {
			r.add("M19", actes.Doublon, where, report.P("id", s.String()))
			return nil
		}
	}
	if len(sent) > 0 {
		r.rep.Record(report.Finding{Rule: actes.DoublonNumero, Severity: r.sameNumber(), Where: where, Ref: "M19",
			Params: []report.Param{report.P("id", sent[0].String())}})
	}
	return nil
}

// sameNumber is the weight of a number used for another act: S²LOW never takes
// it, the others identify an act by its date and nature too.
func (r *reader) sameNumber() report.Severity {
	if r.opt.Profile == actes.S2LOW {
		return report.Error
	}
	return actes.DoublonNumero.Severity
}

// leftOver looks at the files no message names.
func (r *reader) leftOver() {
	if r.opt.Profile == actes.XSD || r.opt.Profile == actes.STELA {
		return
	}
	for i := range r.env.Files {
		f, c := &r.env.Files[i], &r.info[i]
		if f.Role != RoleInconnu || f.Refused || c.msg != nil && isEnvelope(c.msg) {
			continue
		}
		// When a message could not be read, what its files are for is not known.
		if !r.unreadable() && r.opt.Profile == actes.Norme {
			r.add("M07", FichierInutile, in(f.Nom), entry(f.Nom))
		}
		if c.isPDF && c.rep != nil {
			r.refer(in2(c.rep, f.Nom), ofPDF, r.env.Sens == message.Retour)
		}
	}
}

func (r *reader) unreadable() bool {
	if r.env.Enveloppe == nil || !r.env.Complete {
		return true
	}
	for i := range r.env.Messages {
		if r.env.Messages[i].Message == nil {
			return true
		}
	}
	return false
}

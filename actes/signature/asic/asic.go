package asic

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/cades"
	"github.com/liasse/liasse/actes/signature/tsp"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// Report is the answer for one container.
type Report struct {
	signature.Report
	// Type is the type of the container, as it says itself or as its files say.
	Type Type
	// Members are the names of the signature file of each verdict, in order.
	Members []string
	// Evidence counts the evidence records, which are not examined.
	Evidence int
}

// Validate judges every signature of a container, and every timestamp over it.
// Files that are not in it are sought among the detached contents. The error
// means that no verdict could be reached; whatever is wrong with the container
// is in the report.
func Validate(ctx context.Context, r io.ReaderAt, size int64, opt signature.Options) (*Report, error) {
	rep := &Report{}
	rep.Findings = report.New(opt.Report)
	b, err := open(ctx, r, size, rep)
	if errors.Is(err, container.ErrZip) {
		return rep, nil
	}
	if err != nil {
		return nil, err
	}
	rep.Type = b.typ
	j := &judging{box: b, opt: opt}
	if err := j.run(); err != nil {
		return nil, err
	}
	return rep, ctx.Err()
}

// judging is the validation of one container.
type judging struct {
	*box
	opt    signature.Options
	given  []*signature.Content
	lists  []*list
	pool   *signature.Pool
	found  []*found
	stamps []*attached
	faults []signature.Fault // of the container: they strike every signature
	octets int64             // of the signature files read
	refs   int               // references given to signers
}

// room reads a signature file, within the limits; ok is false when it is
// beyond them, which a finding says.
func (j *judging) room(m *member, files int) (raw []byte, ok bool, err error) {
	if files < maxSignatureFiles && j.octets+m.Size <= maxSignatureSum {
		raw, ok, err = m.octets(maxSignatureSize)
	}
	if j.octets += m.Size; !ok && err == nil {
		j.beyond(m)
	}
	return raw, ok, err
}

func (j *judging) beyond(m *member) {
	j.rep.Findings.Add(RuleLimit, report.Location{}, report.P("entry", container.Show(m.Name)))
}

// found is one signer of a CMS signature file.
type found struct {
	at       *member
	evidence *signature.Evidence
	complete bool
	brought  []string
}

// attached is a timestamp file, with the manifest it is over, or the file.
type attached struct {
	at    *member
	token *tsp.Token
	list  *list
	time  *signature.Timestamp
}

func (j *judging) run() error {
	var err error
	if j.given, err = j.opt.Contents(j.ctx); err != nil {
		return err
	}
	if j.lists, err = j.manifests(); err != nil {
		return err
	}
	opt := j.opt
	opt, j.pool = opt.Ready()
	j.container()
	for _, step := range []func() error{j.cms, j.tokens, j.over} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := j.complete(opt); err != nil {
		return err
	}
	for _, f := range j.found {
		// Evidence records are archival material, though not examined.
		f.evidence.Archival = f.evidence.Archival || j.rep.Evidence > 0
		f.evidence.Token.Format = append(f.evidence.Token.Format, j.faults...)
		v := signature.Judge(f.evidence, opt.Policy, opt.At)
		j.say(&v, f.at)
	}
	if err := j.xml(opt); err != nil {
		return err
	}
	used := map[*signature.Timestamp]bool{}
	for i := range j.rep.Verdicts {
		for _, t := range j.rep.Verdicts[i].Timestamps {
			used[t] = true
		}
	}
	for _, t := range j.stamps {
		if t.time != nil && !used[t.time] {
			v := signature.JudgeStamp(t.time, opt.Policy, opt.At)
			v.Findings(j.rep.Findings, report.Location{Member: container.Show(t.at.Name)})
			j.rep.Stamps = append(j.rep.Stamps, v)
		}
	}
	j.close()
	return nil
}

// complete adds to the facts what does not come from the container.
func (j *judging) complete(opt signature.Options) error {
	var evidence []*signature.Evidence
	var stamps []*signature.Timestamp
	for _, f := range j.found {
		evidence = append(evidence, f.evidence)
	}
	for _, t := range j.stamps {
		if t.time != nil {
			stamps = append(stamps, t.time)
		}
	}
	return j.pool.Complete(j.ctx, opt, &j.rep.Report, evidence, stamps...)
}

func (j *judging) say(v *signature.Verdict, at *member) {
	v.Findings(j.rep.Findings, report.Location{Member: container.Show(at.Name)})
	j.rep.Verdicts = append(j.rep.Verdicts, *v)
	j.rep.Members = append(j.rep.Members, at.Name)
}

// container counts the evidence records and checks what the type asks of the
// set of files and of their names.
func (j *judging) container() {
	if j.refused {
		j.faults = append(j.faults, signature.Fault{Rule: RuleRefused})
	}
	for _, m := range j.order {
		if partOf(m.Name) == evidence {
			j.rep.Evidence++
			j.rep.Findings.Add(RuleEvidence, report.Location{Member: container.Show(m.Name)})
		}
	}
	if j.typ == Simple {
		due := map[part]string{cms: "signature.p7s", xml: "signatures.xml", stamp: "timestamp.tst"}
		for _, m := range j.order {
			if name, ok := due[partOf(m.Name)]; ok && m.Name != meta+name {
				j.rep.Findings.Add(RuleName, report.Location{Member: container.Show(m.Name)}, report.P("entry", container.Show(m.Name)))
			}
		}
	}
	n, ok := len(j.data()), true
	if j.typ == Simple {
		// One file at the root (EN 319 162-1 §4.3.3.2); what lies in folders is not
		// signed, which is said apart.
		n = len(j.root())
		ok = n == 1 || n == 0 && len(j.given) > 0
	} else {
		ok = n > 0 || len(j.given) > 0
	}
	if !ok {
		j.faults = append(j.faults, signature.Fault{Rule: RuleFiles, Params: []report.Param{report.Int("count", n)}})
	}
}

// root lists the files of data at the root.
func (j *judging) root() (l []*member) {
	for _, m := range j.data() {
		if !strings.Contains(m.Name, "/") {
			l = append(l, m)
		}
	}
	return l
}

// cms reads the CMS signatures.
func (j *judging) cms() error {
	type opened struct {
		at  *member
		cms *cades.Embedded
		ids []string
	}
	var all []opened
	for _, m := range j.order {
		if partOf(m.Name) != cms {
			continue
		}
		raw, ok, err := j.room(m, len(all))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		e, err := cades.Embed(raw)
		if err != nil || e.Signers() == 0 {
			j.unreadable(m)
			continue
		}
		all = append(all, opened{m, e, j.pool.Gather(func() { e.Fill(j.pool) })})
	}
	if err := j.readTokens(); err != nil {
		return err
	}
	for _, o := range all {
		if err := j.signers(o.at, o.cms, o.ids); err != nil {
			return err
		}
	}
	return nil
}

func (j *judging) unreadable(m *member) {
	j.rep.Findings.Add(RuleUnreadable, report.Location{Member: container.Show(m.Name)}, report.P("entry", container.Show(m.Name)))
}

// target is what a signature or timestamp file is over.
type target struct {
	content *signature.Content // nil when that is not in the container
	at      *member            // of the content; nil when it is given
	list    *list              // when the content is a manifest
	faults  []signature.Fault
}

// target finds what a file under META-INF signs: the manifest that names it,
// or the one file of an ASiC-S.
func (j *judging) target(m *member) (t target) {
	for _, l := range j.lists {
		if l.signs == m.Name {
			return target{content: l.at.content, at: l.at, list: l}
		}
	}
	missing := signature.Fault{Rule: RuleManifest, Params: []report.Param{report.P("entry", container.Show(m.Name))}}
	if j.typ == Simple {
		if d := j.root(); len(d) > 0 {
			return target{content: d[0].content, at: d[0]}
		}
		if len(j.given) > 0 {
			return target{content: j.given[0]}
		}
		return t
	}
	t.faults = []signature.Fault{missing}
	// A manifest that cannot be read is still what was signed, or was not.
	for _, x := range j.order {
		if partOf(x.Name) == manifest && !slices.ContainsFunc(j.lists, func(l *list) bool { return l.at == x }) {
			t.content, t.at = x.content, x
			break
		}
	}
	return t
}

// signers reads the signers of one signature file.
func (j *judging) signers(m *member, e *cades.Embedded, ids []string) error {
	t := j.target(m)
	var refs []signature.Reference
	var members []*member
	if t.list != nil {
		var err error
		if refs, members, err = j.references(t.list, j.given); err != nil {
			return err
		}
	}
	l, err := e.Read(j.ctx, t.content)
	if err != nil {
		return err
	}
	for _, s := range l {
		v := s.Evidence
		if j.refs += len(refs) + 1; len(j.found) >= maxSigners || j.refs > maxReferences {
			j.beyond(m)
			break
		}
		if !v.Counter {
			if t.content == nil {
				// What the CMS may hold itself is not what a container signs.
				v.References[0].Found, v.References[0].Intact = false, false
				v.Covers = nil
			}
			v.References = append(v.References, refs...)
			v.Token.Format = append(v.Token.Format, t.faults...)
			if err := j.cover(v, t, members); err != nil {
				return err
			}
		}
		j.found = append(j.found, &found{at: m, evidence: v, complete: s.Complete, brought: ids})
	}
	return nil
}

// cover lists what a signature is over: the file, what a zip in it holds, and
// the files of the manifest that are as it says.
func (j *judging) cover(v *signature.Evidence, t target, members []*member) error {
	if t.at != nil {
		t.at.signed = true
		names, err := j.archived(t.at)
		if err != nil {
			return err
		}
		j.refs += len(names)
		for _, n := range names {
			v.Covers = append(v.Covers, signature.Coverage{Kind: "ARCHIVED", Name: n, Data: t.at})
		}
	}
	for _, m := range members {
		m.signed = true
		c := signature.Coverage{Kind: "FULL", Name: m.Name, Data: m}
		for _, r := range v.References {
			if r.Manifest && r.Name == m.Name {
				if sum, ok := m.content.Digest(r.Digest); ok {
					c.Digest = string(r.Digest) + ":" + hex.EncodeToString(sum)
				}
			}
		}
		v.Covers = append(v.Covers, c)
	}
	return nil
}

// readTokens reads the timestamp files, and what they bring.
func (j *judging) readTokens() error {
	for _, m := range j.order {
		if partOf(m.Name) != stamp {
			continue
		}
		raw, ok, err := j.room(m, len(j.stamps))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		t, err := tsp.Read(raw)
		if err != nil {
			j.unreadable(m)
			continue
		}
		t.Fill(j.pool)
		j.stamps = append(j.stamps, &attached{at: m, token: t})
	}
	return nil
}

// tokens establishes the facts of the timestamps.
func (j *judging) tokens() error {
	for _, a := range j.stamps {
		t := j.target(a.at)
		a.list = t.list
		var over tsp.Imprint = none{}
		if t.content != nil {
			over = t.content
		}
		a.time = a.token.Stamp(signature.StampContainer, over, j.pool)
		a.time.Format = append(append(a.time.Format, t.faults...), j.faults...)
		if t.content != nil {
			if err := t.content.Err(); err != nil {
				return err
			}
		}
		if t.list != nil {
			refs, members, err := j.references(t.list, j.given)
			if err != nil {
				return err
			}
			a.time.References = append(a.time.References, refs...)
			if !t.list.archive {
				for _, m := range members {
					m.signed = true
				}
			}
		} else if t.at != nil {
			t.at.signed = true
		}
	}
	return nil
}

type none struct{}

// over gives the signatures the timestamps that a manifest places over them,
// and those what they prove.
func (j *judging) over() error {
	for _, a := range j.stamps {
		if a.list == nil {
			continue
		}
		listed, names := map[string]bool{}, map[string]bool{}
		for i, r := range a.list.refs {
			listed[r.name] = true
			if ref := a.time.References[len(a.time.References)-len(a.list.refs)+i]; ref.Found && ref.Intact {
				names[r.name] = true
			}
		}
		cover := func(l ...string) { a.time.Covers = append(a.time.Covers, l...) }
		chain := func(l []*signature.Cert) {
			for _, c := range l {
				cover(c.ID)
			}
		}
		for _, o := range j.stamps {
			if o != a && o.time != nil && names[o.at.Name] {
				cover(o.time.ID)
				chain(o.time.Chain)
			}
		}
		for _, f := range j.found {
			if !listed[f.at.Name] {
				continue
			}
			e := f.evidence
			e.Timestamps = append(e.Timestamps, a.time)
			e.Archival = true
			if strings.HasSuffix(e.Level, "BASELINE-LT") {
				e.Level += "A"
			}
			if !names[f.at.Name] {
				continue
			}
			cover(e.ID)
			cover(f.brought...)
			chain(e.Chain)
			for _, t := range e.Timestamps {
				if t.Kind != signature.StampContainer {
					cover(t.ID)
					chain(t.Chain)
				}
			}
		}
	}
	return nil
}

// close says what is left: files nothing signs, or that there is no signature.
func (j *judging) close() {
	if len(j.rep.Verdicts)+len(j.rep.Stamps) == 0 {
		if j.rep.Evidence == 0 {
			j.rep.Findings.Add(RuleEmpty, report.Location{})
		}
		return
	}
	for _, m := range j.data() {
		if !m.signed {
			j.rep.Findings.Add(RuleUnsigned, report.Location{Member: container.Show(m.Name)}, report.P("entry", container.Show(m.Name)))
		}
	}
}

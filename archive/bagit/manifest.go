package bagit

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// algorithm computes the digests of one kind of manifest.
type algorithm struct {
	new  func() hash.Hash
	size int  // bytes
	weak bool // proves nothing against who wishes to deceive
}

// algorithms lists the digests that can be verified, by the name manifests
// bear. MD5 and SHA-1 are there to read what others made. (RFC 8493 §2.4)
var algorithms = map[string]algorithm{
	"md5":       {md5.New, md5.Size, true},
	"sha1":      {sha1.New, sha1.Size, true},
	"sha224":    {sha256.New224, sha256.Size224, false},
	"sha256":    {sha256.New, sha256.Size, false},
	"sha384":    {sha512.New384, sha512.Size384, false},
	"sha512":    {sha512.New, sha512.Size, false},
	"sha512224": {sha512.New512_224, sha512.Size224, false},
	"sha512256": {sha512.New512_256, sha512.Size256, false},
	"sha3224":   {func() hash.Hash { return sha3.New224() }, 28, false},
	"sha3256":   {func() hash.Hash { return sha3.New256() }, 32, false},
	"sha3384":   {func() hash.Hash { return sha3.New384() }, 48, false},
	"sha3512":   {func() hash.Hash { return sha3.New512() }, 64, false},
}

// manifest is a Manifest as it was read.
type manifest struct {
	Manifest
	whole bool // read to its end
	lines []entry
	refs  map[int32]int32 // node → its line, counted from 1
	said  map[*report.Rule]bool
}

// entry is one line of a manifest.
type entry struct {
	node   int32
	line   int32
	offset int64
	digest string // the bytes, not the hexadecimal
}

// at is where the manifest lists the node.
func (m *manifest) at(n int) report.Location {
	e := &m.lines[m.refs[int32(n)]-1]
	return report.Location{Member: m.Name, Line: int(e.line), Column: 1, Offset: e.offset}
}

// once reports what holds for the manifest as a whole, at the line that shows
// it first.
func (m *manifest) once(b *Bag, rule *report.Rule, where report.Location) {
	if !m.said[rule] {
		m.said[rule] = true
		b.rep.Add(rule, where)
	}
}

// manifestName reads the name of a manifest; ok is false for another file.
func manifestName(name string) (m Manifest, ok bool) {
	low := strings.ToLower(name)
	stem, ok := strings.CutSuffix(low, ".txt")
	if !ok || strings.Contains(name, "/") {
		return Manifest{}, false
	}
	alg, ok := strings.CutPrefix(stem, "manifest-")
	if !ok {
		if alg, ok = strings.CutPrefix(stem, "tagmanifest-"); !ok {
			return Manifest{}, false
		}
		m.Tag = true
	}
	m.Name = name
	m.Algorithm = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, alg)
	return m, m.Algorithm != ""
}

// maxManifests bounds the manifests read: there are not that many algorithms.
const maxManifests = 64

func (b *Bag) readManifests(ctx context.Context) error {
	unknown := []*manifest{}
	known := 0
	for _, n := range slices.Clone(b.nodes) {
		m, ok := manifestName(n.path)
		if !ok || n.kind != present {
			continue
		}
		if len(b.manifests) == maxManifests {
			b.rep.Add(report.LimCount, report.Location{}, report.Int("limit", maxManifests), report.Words("what", "manifestes", "manifests"))
			break
		}
		full := &manifest{Manifest: m, refs: map[int32]int32{}, said: map[*report.Rule]bool{}}
		prefix := "manifest-"
		if m.Tag {
			prefix = "tagmanifest-"
		}
		if n.path != prefix+m.Algorithm+".txt" {
			b.rep.AddAs(b.since10(), RuleManifestName, report.Location{Member: n.path}, report.P("entry", container.Show(n.path)))
		}
		if algorithms[m.Algorithm].new == nil {
			unknown = append(unknown, full)
		} else if !m.Tag {
			known++
		}
		if err := b.readManifest(ctx, full); err != nil {
			return err
		}
		full.Files = len(full.lines)
		b.manifests = append(b.manifests, full)
		b.Manifests = append(b.Manifests, full.Manifest)
	}
	for _, m := range unknown {
		// Another manifest may still prove the payload.
		s := report.Error
		if known > 0 {
			s = report.Warning
		}
		b.rep.AddAs(s, RuleAlgorithm, report.Location{Member: m.Name}, report.P("algorithm", container.Show(m.Algorithm)))
	}
	return nil
}

func (b *Bag) readManifest(ctx context.Context, m *manifest) (err error) {
	size := algorithms[m.Algorithm].size
	m.whole, err = b.tagFile(ctx, m.Name, b.cs, func(l *lines, line string) {
		where := l.where(m.Name)
		bad := func(s report.Severity, fr, en string) {
			b.rep.AddAs(s, RuleLine, where, report.Words("detail", fr, en))
		}
		if line == "" {
			bad(report.Warning, "elle est vide", "it is empty")
			return
		}
		i := strings.IndexAny(line, " \t")
		if i <= 0 {
			bad(report.Error, "une empreinte, un espace puis un chemin sont attendus", "a digest, a blank and a path are expected")
			return
		}
		digest, err := hex.DecodeString(line[:i])
		if err != nil || size > 0 && len(digest) != size {
			bad(report.Error, "l'empreinte n'est pas celle de l'algorithme "+m.Algorithm, "the digest is not one of algorithm "+m.Algorithm)
			digest = nil // the path still counts
		}
		raw := strings.TrimLeft(line[i:], " \t")
		if raw == "" {
			bad(report.Error, "le chemin manque", "the path is missing")
			return
		}
		n, ok := b.resolve(m, raw, where)
		if !ok {
			return
		}
		e := entry{node: n, line: int32(l.n), offset: l.off, digest: string(digest)}
		if first := m.refs[n]; first > 0 {
			b.duplicate(m, first, &e, where)
			return
		}
		m.lines = append(m.lines, e)
		m.refs[n] = int32(len(m.lines))
	})
	return err
}

// duplicate reports a second line for one file: 1.0 forbids it, the drafts
// only when the digests differ.
func (b *Bag) duplicate(m *manifest, first int32, e *entry, where report.Location) {
	severity := b.since10()
	detail := report.Words("detail", "la même empreinte", "the same digest")
	if m.lines[first-1].digest != e.digest {
		severity = report.Error
		detail = report.Words("detail", "deux empreintes différentes", "two different digests")
	}
	b.rep.Record(report.Finding{Rule: RuleDuplicate, Severity: severity, Where: where, Also: []report.Location{m.at(int(e.node))},
		Params: []report.Param{report.P("entry", container.Show(b.nodes[e.node].path)), detail}})
}

// resolve finds the node a line of a manifest names, and makes one for a file
// that is not there. False means the path must not be used.
func (b *Bag) resolve(m *manifest, raw string, where report.Location) (int32, bool) {
	p := raw
	if rest, star := strings.CutPrefix(p, "*"); star && b.node(p) < 0 {
		m.once(b, RuleStar, where)
		p = rest
	}
	if rest, dot := strings.CutPrefix(p, "./"); dot {
		m.once(b, RuleDotSlash, where)
		p = strings.TrimLeft(rest, "/")
	}
	literal := p
	p, bare := b.decode(p)
	if why := unsafe(p); why != "" {
		b.rep.Add(RuleUnsafePath, where, report.P("entry", container.Show(raw)), container.Why(why))
		return 0, false
	}
	switch payload := strings.HasPrefix(p, payloadFolder); {
	case m.Name == fetchName && !payload:
		b.rep.Add(RuleOutside, where, report.P("entry", container.Show(p)),
			report.Words("detail", "seuls les fichiers de data/ peuvent rester à télécharger", "only files of data/ may be left to fetch"))
		return 0, false
	case !m.Tag && !payload:
		// The drafts let a payload manifest list tag files too.
		b.rep.AddAs(b.since10(), RuleOutside, where, report.P("entry", container.Show(p)),
			report.Words("detail", "un manifeste du contenu ne donne que des fichiers de data/", "a payload manifest lists files of data/ only"))
		if !b.old {
			return 0, false
		}
	case m.Tag && payload:
		b.rep.Add(RuleOutside, where, report.P("entry", container.Show(p)),
			report.Words("detail", "un manifeste de description ne donne pas de fichiers de data/", "a tag manifest lists no file of data/"))
		return 0, false
	}
	if t, ok := manifestName(p); ok && t.Tag && m.Tag {
		b.rep.Add(RuleTagSelf, where, report.P("entry", container.Show(p)))
	}
	n := b.node(p)
	if n < 0 && literal != p {
		// Tools that never encoded wrote "%25" for a file so named.
		if n = b.node(literal); n >= 0 {
			bare = true
		}
	}
	if bare {
		m.once(b, RulePercent, where)
	}
	if n < 0 {
		if n = b.byForm(p); n >= 0 {
			b.rep.Add(RuleForm, where, report.P("entry", container.Show(p)))
		}
	}
	if n < 0 {
		if !b.add(node{path: p}) {
			m.whole = false
			return 0, false
		}
		n = b.index[p]
	}
	return n, true
}

func (b *Bag) node(p string) int32 {
	if n, ok := b.index[p]; ok {
		return n
	}
	return -1
}

// byForm finds the file whose name is the same once accents are composed.
// (RFC 8493 §6.1.1.3)
func (b *Bag) byForm(p string) int32 {
	if b.forms == nil {
		b.forms = map[string]int32{}
		for i := range b.nodes {
			if n := &b.nodes[i]; n.kind == present {
				b.forms[norm.NFC.String(n.path)] = int32(i)
			}
		}
	}
	if n, ok := b.forms[norm.NFC.String(p)]; ok {
		return n
	}
	return -1
}

// decode undoes the encoding of paths: %0A and %0D, and since 1.0 %25. bare
// reports a "%" that 1.0 would have encoded.
func (b *Bag) decode(p string) (out string, bare bool) {
	if !strings.Contains(p, "%") {
		return p, false
	}
	var s strings.Builder
	for i := 0; i < len(p); i++ {
		if p[i] != '%' {
			s.WriteByte(p[i])
			continue
		}
		code := ""
		if i+2 < len(p) {
			code = strings.ToUpper(p[i+1 : i+3])
		}
		switch {
		case code == "0A":
			s.WriteByte('\n')
		case code == "0D":
			s.WriteByte('\r')
		case code == "25" && !b.old:
			s.WriteByte('%')
		default:
			bare = bare || !b.old
			s.WriteByte('%')
			continue
		}
		i += 2
	}
	return s.String(), bare
}

// encode is the inverse of decode for 1.0.
var encodePath = strings.NewReplacer("%", "%25", "\n", "%0A", "\r", "%0D").Replace

package bagit

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/container"
)

// fetch reads the list of files that were left elsewhere. Nothing is fetched.
// (RFC 8493 §2.2.3)
func (b *Bag) fetch(ctx context.Context) error {
	if !b.regular(fetchName) {
		return nil
	}
	m := &manifest{Manifest: Manifest{Name: fetchName}, refs: map[int32]int32{}, said: map[*report.Rule]bool{}}
	_, err := b.tagFile(ctx, fetchName, b.cs, func(l *lines, line string) {
		b.fetchLine(m, l, line)
	})
	return err
}

func (b *Bag) fetchLine(m *manifest, l *lines, line string) {
	where := l.where(fetchName)
	bad := func(s report.Severity, fr, en string) {
		b.rep.AddAs(s, RuleLine, where, report.Words("detail", fr, en))
	}
	if strings.Trim(line, " \t") == "" {
		bad(report.Warning, "elle est vide", "it is empty")
		return
	}
	address, rest := word(line)
	length, raw := word(rest)
	if raw == "" {
		bad(report.Error, "une adresse, une taille et un chemin sont attendus", "an address, a size and a path are expected")
		return
	}
	f := Fetch{URL: address, Size: -1}
	if length != "-" {
		n, err := strconv.ParseInt(length, 10, 64)
		if err != nil || !digits(length) {
			bad(report.Error, "la taille doit être un nombre d'octets ou « - »", "the size must be a number of bytes or \"-\"")
		} else {
			f.Size = n
		}
	}
	i, ok := b.resolve(m, raw, where)
	if !ok {
		return
	}
	n := &b.nodes[i]
	f.Path = n.path
	entry := report.P("entry", container.Show(n.path))
	if m.refs[i] > 0 {
		b.rep.AddAs(b.since10(), RuleDuplicate, where, entry, report.Words("detail", "une autre adresse", "another address"))
		return
	}
	m.refs[i] = 1
	n.fetched = true
	switch judgeURL(address) {
	case RuleFetchURL:
		b.rep.Add(RuleFetchURL, where, entry)
	case RuleFetchScheme:
		scheme, _, _ := strings.Cut(address, ":")
		b.rep.Add(RuleFetchScheme, where, entry, report.P("scheme", container.Show(strings.ToLower(scheme))))
	}
	if n.kind == present && f.Size >= 0 && f.Size != n.size {
		b.rep.Add(RuleFetchSize, where, entry, report.Int("got", n.size), report.Int("want", f.Size))
	}
	listed := false
	for _, p := range b.manifests {
		listed = listed || !p.Tag && p.refs[i] > 0
	}
	for _, p := range b.manifests {
		if !p.Tag && p.whole && p.refs[i] == 0 && (!b.old || !listed) {
			b.rep.Add(RuleFetchUnlisted, where, entry, report.P("manifest", p.Name))
		}
	}
	b.Fetch = append(b.Fetch, f)
}

// judgeURL returns the rule an address breaks, nil when it names a server.
func judgeURL(address string) *report.Rule {
	switch u, err := url.Parse(address); {
	case err != nil || u.Scheme == "" || u.Opaque == "" && u.Host == "" && u.Path == "":
		return RuleFetchURL
	case !served(u.Scheme) || u.Host == "":
		return RuleFetchScheme
	}
	return nil
}

// notInURL are the characters that would have to be written as %20 and the like.
func notInURL(r rune) bool { return r <= ' ' || r >= 0x7F }

// served reports whether addresses of the scheme name a server.
func served(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "http", "https", "ftp", "ftps", "sftp", "s3":
		return true
	}
	return false
}

// word cuts the first word off a line.
func word(line string) (first, rest string) {
	line = strings.TrimLeft(line, " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.TrimLeft(line[i:], " \t")
}

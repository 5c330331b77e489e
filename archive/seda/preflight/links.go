package preflight

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// finish follows the references once the message was read, and tells the judge
// what does not hold together. complete says whether the message was read to
// its end: otherwise nothing can be said of what is missing.
func (s *Survey) finish(complete bool) {
	alone := s.prove()
	for i := range s.objects {
		s.checkObject(&s.objects[i])
	}
	if s.Whole = complete; !complete {
		return
	}
	for _, p := range alone {
		s.judge.Tell(faultProof, s.where(p.line, p.col))
	}
	s.header()
	alias := map[int32]int32{}
	for i := range s.objects {
		if o := &s.objects[i]; o.alias >= 0 {
			alias[o.alias] = o.group
		}
	}
	named, held := s.references(alias)
	s.cycles()
	s.usages(held)
	s.orphans(named, alias)
}

// exact are the names of digest algorithms Vitam takes, to the letter.
var exact = map[string]bool{"MD5": true, "SHA-1": true, "SHA-256": true, "SHA-384": true, "SHA-512": true}

// usagesOf are those of the default configuration of Vitam, false for objects
// with a file, true for physical ones.
var usagesOf = map[bool][]archive.Usage{
	false: {archive.BinaryMaster, archive.Dissemination, archive.Thumbnail, archive.TextContent},
	true:  {archive.PhysicalMaster, archive.Dissemination},
}

// named is the identifier of what a finding is about: the first family of SEDA
// asks for none.
func (s *Survey) named(id int32) report.Param {
	if v := s.ids.String(id); v != "" {
		return report.P("id", v)
	}
	return report.Words("id", "(sans identifiant)", "(no identifier)")
}

func (s *Survey) checkObject(o *surveyed) {
	where, id := s.where(o.line, o.col), s.named(o.id)
	if o.digested {
		name := s.values.String(o.algorithm)
		_, known := ged.ParseAlgorithm(name)
		// The names of XML signatures are those as@lae and Pastell write.
		uri := known && strings.Contains(name, "#")
		if !exact[name] && (s.judge.Target == seda.Vitam || !known || !uri && !s.old) {
			s.judge.Tell(faultAlgorithm, where, id, report.P("algorithm", name))
		}
		if o.digest < 0 || len(s.values.at(o.digest)) == 0 {
			s.judge.Tell(faultNoDigest, where, report.P("entry", s.values.String(o.uri)))
		} else {
			s.digestForm(o, where, id, name)
		}
	}
	placed := o.uri >= 0 && len(s.values.at(o.uri)) > 0
	if !o.physical && !placed && !o.attached && (o.usage < 0 || s.judge.Target != seda.Vitam) {
		s.judge.Tell(faultNoContent, where, id)
	}
	if o.usage < 0 {
		return
	}
	usage := archive.Usage(s.values.at(o.usage))
	switch {
	case o.badVersion, !slices.Contains(usagesOf[false], usage) && !slices.Contains(usagesOf[true], usage):
		s.judge.Tell(faultUsage, where, id)
	case slices.Contains(usagesOf[o.physical], usage):
	case o.physical:
		s.judge.Tell(faultPhysical, where, id)
	default:
		s.judge.Tell(faultBinary, where, id)
	}
	switch {
	case placed:
	case o.physical:
		s.judge.Tell(faultShelf, where, id)
	default:
		s.judge.Tell(faultNoURI, where, id)
	}
}

// digestForm looks at how a digest is written, where no file is at hand to hold
// it against: Vitam compares the text it computes.
func (s *Survey) digestForm(o *surveyed, where report.Location, id report.Param, name string) {
	a, _ := ged.ParseAlgorithm(name)
	n := a.Size()
	if n == 0 || s.member != "" || s.old {
		return
	}
	algorithm, written := report.P("algorithm", name), s.values.at(o.digest)
	switch {
	case len(written) != 2*n && len(written) != base64.StdEncoding.EncodedLen(n):
		s.judge.Tell(faultNoSuch, where, id, algorithm)
	case len(written) != 2*n || len(bytes.Trim(written, "0123456789abcdef")) > 0:
		s.judge.Tell(faultLetters, where, id, algorithm)
	}
}

// references resolves what units refer to, and returns the names of the groups
// and of the lone objects that a unit names; held are those named by a unit the
// platform holds already: their objects join the group that unit has there.
func (s *Survey) references(alias map[int32]int32) (named, held []bool) {
	named, held = make([]bool, len(s.what)), make([]bool, len(s.what))
	for _, e := range s.edges {
		if e.nested {
			continue
		}
		to := s.what[e.to]
		if to.kind == noTarget {
			if s.alone {
				s.tellRef(faultDangling, e)
			}
			continue
		}
		switch e.kind {
		case seda.RefUnit:
			if to.kind != unitTarget {
				s.tellRef(faultRef, e)
			}
			continue
		case seda.RefGroup:
			if to.kind != groupTarget {
				s.tellRef(faultRef, e)
				continue
			}
		case seda.RefObject:
			if to.kind != objectTarget {
				s.tellRef(faultRef, e)
				continue
			}
			if s.objects[to.at].group >= 0 {
				s.tellRef(faultRefObject, e)
				continue
			}
		default:
			continue
		}
		group := e.to
		if g, ok := alias[group]; ok && e.kind == seda.RefGroup {
			group = g
		}
		named[group] = true
		held[group] = held[group] || s.nodes[e.from].updates
		switch n := &s.nodes[e.from]; {
		case n.group == 0:
			n.group = group + 1
		case n.group != group+1 && !n.several:
			n.several = true
			s.judge.Tell(faultGroups, s.where(n.line, n.col), s.named(n.id), report.Int("count", 2))
		}
	}
	return named, held
}

func (s *Survey) tellRef(f *Fault, e edgeRef) {
	var where report.Location
	from := ""
	if e.from >= 0 {
		n := s.nodes[e.from]
		where, from = s.where(n.line, n.col), s.ids.String(n.id)
	}
	to := report.P("to", s.ids.String(e.to))
	if f != faultRef {
		s.judge.Tell(f, where, report.P("from", from), to)
		return
	}
	fr, en := "un objet", "an object"
	switch e.kind {
	case seda.RefUnit:
		fr, en = "une unité", "a unit"
	case seda.RefGroup:
		fr, en = "un groupe d'objets", "a group of objects"
	}
	s.judge.Tell(f, where, report.P("from", from), to, report.Words("wanted", fr, en))
}

// cycles finds the units that stand below themselves, without recursion.
func (s *Survey) cycles() {
	n := int32(len(s.nodes))
	starts := make([]int32, n+1)
	below := func(e edgeRef) int32 { // the unit an edge leads to, -1 when to none
		switch {
		case e.kind != seda.RefUnit || e.from < 0:
			return -1
		case e.nested:
			return e.to
		case s.what[e.to].kind == unitTarget:
			return s.what[e.to].at
		}
		return -1
	}
	for _, e := range s.edges {
		if below(e) >= 0 {
			starts[e.from+1]++
		}
	}
	for i := range n {
		starts[i+1] += starts[i]
	}
	to, next := make([]int32, starts[n]), slices.Clone(starts[:n])
	for _, e := range s.edges {
		if b := below(e); b >= 0 {
			to[next[e.from]] = b
			next[e.from]++
		}
	}
	copy(next, starts[:n])
	const open, done = 1, 2
	state := make([]uint8, n)
	var stack []int32
	for root := range n {
		if state[root] != 0 {
			continue
		}
		state[root] = open
		stack = append(stack[:0], root)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			if next[at] == starts[at+1] {
				state[at] = done
				stack = stack[:len(stack)-1]
				continue
			}
			child := to[next[at]]
			next[at]++
			switch state[child] {
			case open:
				u := s.nodes[child]
				s.judge.Tell(faultCycle, s.where(u.line, u.col), s.named(u.id))
			case done:
			default:
				state[child] = open
				stack = append(stack, child)
			}
		}
	}
}

// usages looks at the objects of each group: one for each usage and version, an
// original among them unless the group is held already.
func (s *Survey) usages(held []bool) {
	if s.old {
		return
	}
	order := make([]int32, 0, len(s.objects))
	for i := range s.objects {
		o := &s.objects[i]
		if o.usage < 0 { // the default
			usage := archive.BinaryMaster
			if o.physical {
				usage = archive.PhysicalMaster
			}
			o.usage, o.version = s.value([]byte(usage)), 1
		}
		order = append(order, int32(i))
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &s.objects[a], &s.objects[b]
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.usage, y.usage), cmp.Compare(x.version, y.version), cmp.Compare(a, b))
	})
	for from := 0; from < len(order); {
		to := from + 1
		if s.objects[order[from]].group >= 0 {
			for to < len(order) && s.objects[order[to]].group == s.objects[order[from]].group {
				to++
			}
		}
		s.group(order[from:to], held)
		from = to
	}
}

// group judges the objects of one group, sorted by usage and version.
func (s *Survey) group(members []int32, held []bool) {
	first := &s.objects[members[0]]
	name := first.group
	if name < 0 {
		name = first.id
	}
	id := s.named(name)
	// Of a group the platform holds, the original is there: what comes may be its
	// second version, or another usage alone.
	fresh := name < 0 || !held[name]
	master, last := false, int32(-1)
	for i, m := range members {
		o := &s.objects[m]
		usage := archive.Usage(s.values.at(o.usage))
		if i > 0 && !o.badVersion {
			if p := &s.objects[members[i-1]]; p.usage == o.usage && p.version == o.version && !p.badVersion {
				s.judge.Tell(faultTwice, s.where(o.line, o.col), id, report.P("usage", string(usage)))
			}
		}
		if usage != archive.BinaryMaster && usage != archive.PhysicalMaster {
			continue
		}
		master = true
		if fresh && o.usage != last && o.version != 1 && !o.badVersion && !s.hasVersion1(members, o.usage) {
			s.judge.Tell(faultMaster, s.where(o.line, o.col), id, report.P("usage", string(usage)+"_1"))
		}
		last = o.usage
	}
	if fresh && !master {
		s.judge.Tell(faultNoMaster, s.where(first.line, first.col), id, report.Words("usage", "BinaryMaster_1 ou PhysicalMaster_1", "BinaryMaster_1 or PhysicalMaster_1"))
	}
}

func (s *Survey) hasVersion1(members []int32, usage int32) bool {
	return slices.ContainsFunc(members, func(m int32) bool {
		o := &s.objects[m]
		return o.usage == usage && o.version == 1
	})
}

// orphans are the groups, and the objects outside any, that no unit names; and
// the objects of a group that nothing declares.
func (s *Survey) orphans(named []bool, alias map[int32]int32) {
	if s.old {
		return
	}
	declared := make([]bool, len(s.what))
	for i, t := range s.what {
		declared[i] = t.kind == groupTarget
	}
	told := make([]bool, len(s.what))
	for i := range s.objects {
		o := &s.objects[i]
		name := o.group
		if name < 0 {
			name = o.id
		}
		if name < 0 || told[name] {
			continue
		}
		told[name] = true
		where := s.where(o.line, o.col)
		switch {
		case o.group >= 0 && !declared[o.group] && s.what[o.group].kind == noTarget:
			if s.alone {
				s.judge.Tell(faultNoGroup, where, s.named(o.id), report.P("group", s.ids.String(o.group)))
			}
		case o.group >= 0 && !declared[o.group]:
			s.judge.Tell(faultMember, where, s.named(o.id), report.P("group", s.ids.String(o.group)))
		case !named[name]:
			s.judge.Tell(faultOrphan, where, s.named(name))
		}
	}
	// Wrappers without objects are groups too.
	for i, t := range s.what {
		if _, other := alias[int32(i)]; t.kind == groupTarget && !told[i] && !other && !named[i] {
			s.judge.Tell(faultOrphan, report.Location{Member: s.member}, s.named(int32(i)))
		}
	}
	s.places()
}

// places tells the objects that give a place another one gave.
func (s *Survey) places() {
	used := make([]bool, len(s.values.ends))
	for i := range s.objects {
		o := &s.objects[i]
		if o.physical || o.uri < 0 || len(s.values.at(o.uri)) == 0 {
			continue
		}
		if used[o.uri] {
			s.judge.Tell(faultURITwice, s.where(o.line, o.col), s.named(o.id))
		}
		used[o.uri] = true
	}
}

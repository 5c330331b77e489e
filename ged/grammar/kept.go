package grammar

import (
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/liasse/liasse/ged/report"
)

// Keep returns the file system with a memory of what was compiled from it: for
// [Load] and [LoadProfile] the second time with the same options, the [Set] of
// the first is there already. It is for whoever inspects many documents by the
// schemas of one folder, which takes as long as compiling them where the
// documents are small. It lives as long as the value is held, keeps the last
// [MaxKept] sets at most, and serves several goroutines. The files must not
// change meanwhile; who changes them calls Keep anew.
//
// Schemas that are not acceptable are not kept.
func Keep(fsys fs.FS) fs.FS {
	if k, ok := fsys.(*kept); ok {
		return k
	}
	return &kept{FS: fsys}
}

// MaxKept is the number of sets one [Keep] remembers.
const MaxKept = 16

type kept struct {
	fs.FS
	mu   sync.Mutex
	sets []keptSet // the latest asked for last
}

type keptSet struct {
	key   keptKey
	set   *Set
	notes *report.Report // nobody else holds it
}

type keptKey struct {
	profile   string
	entries   string
	bytes     int64
	documents int
}

// through compiles what is asked for, unless fsys remembers it.
func through(fsys fs.FS, profile string, opt Options, compile func(fs.FS) (*Set, *report.Report, error)) (*Set, *report.Report, error) {
	k, ok := fsys.(*kept)
	if !ok {
		return compile(fsys)
	}
	key := keptKey{profile, strings.Join(opt.Entries, "\x00"), opt.MaxBytes, opt.MaxDocuments}
	if s := k.find(key); s != nil {
		return s.set, copied(s.notes), nil
	}
	set, notes, err := compile(k.FS)
	if err == nil {
		k.add(keptSet{key, set, copied(notes)})
	}
	return set, notes, err
}

func copied(r *report.Report) *report.Report {
	c := report.New(report.Options{})
	c.Merge(r, "")
	return c
}

func (k *kept) find(key keptKey) *keptSet {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, s := range k.sets {
		if s.key == key {
			copy(k.sets[i:], k.sets[i+1:])
			k.sets[len(k.sets)-1] = s
			return &s
		}
	}
	return nil
}

func (k *kept) add(s keptSet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if slices.ContainsFunc(k.sets, func(x keptSet) bool { return x.key == s.key }) {
		return // another goroutine was quicker
	}
	if len(k.sets) == MaxKept {
		copy(k.sets, k.sets[1:])
		k.sets = k.sets[:MaxKept-1]
	}
	k.sets = append(k.sets, s)
}

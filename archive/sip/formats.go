package sip

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged/format"
	"github.com/liasse/liasse/ged/report"
)

// Format is a format that was found among the contents.
type Format struct {
	PUID, Name string
	Objects    int // how many are in it
}

// formats holds what was found of formats, each different answer once.
type formats struct {
	id    format.Identifier
	mu    sync.Mutex
	known map[archive.Identified]int32
	found []found
}

type found struct {
	answer archive.Identified
	// object is what the answer makes of an object that says nothing of its format.
	object archive.Object
}

func newFormats(id format.Identifier) *formats {
	if id == nil {
		return nil
	}
	return &formats{id: id, known: map[archive.Identified]int32{}}
}

// look asks for the format of the content the object has, and returns its media
// type. The content is not moved, if it can be read at any place.
func (f *formats) look(ctx context.Context, content io.Reader, o *archive.Object, m *member) string {
	if f == nil || m.size == 0 {
		return o.MediaType
	}
	var answer archive.Identified
	if at, ok := content.(io.ReaderAt); ok {
		answer = archive.Look(ctx, f.id, at, m.size, o.Name)
	} else {
		answer = archive.LookAt(ctx, f.id, o.Source, o.Name)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.known[answer]
	if !ok {
		one := found{answer: answer, object: archive.Object{Source: o.Source}}
		answer.Note(&report.Report{}, &one.object)
		one.object.Source = nil
		n = int32(len(f.found))
		f.known[answer], f.found = n, append(f.found, one)
	}
	m.format = n
	return cmp.Or(o.MediaType, f.found[n].object.MediaType)
}

// dismiss lets go of the identifier; what it found stays.
func (f *formats) dismiss() {
	if f != nil {
		f.id = nil
	}
}

// of returns what was found of an object.
func (f *formats) of(m *member) *archive.Object {
	if f == nil || m.format < 0 {
		return &archive.Object{}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return &f.found[m.format].object
}

// tell reports what there is to say of the formats, object by object, and counts
// them. It runs after the first pass.
func (s *session) tell() error {
	if s.formats == nil {
		return nil
	}
	count := map[[2]string]int{}
	n := 0
	for o, err := range s.objects() {
		if err != nil {
			return err
		}
		m, _ := s.members.at(n)
		n++
		told := *o
		if m.format >= 0 {
			s.formats.found[m.format].answer.Note(s.report, &told)
		} else {
			(&archive.Identified{}).Note(s.report, &told)
		}
		if told.PUID != "" {
			count[[2]string{told.PUID, told.FormatName}]++
		}
	}
	for k, n := range count {
		s.summary.Formats = append(s.summary.Formats, Format{PUID: k[0], Name: k[1], Objects: n})
	}
	slices.SortFunc(s.summary.Formats, func(a, b Format) int {
		return cmp.Or(b.Objects-a.Objects, strings.Compare(a.PUID, b.PUID), strings.Compare(a.Name, b.Name))
	})
	return nil
}

package relaxng

import (
	"fmt"
	regex "regexp/syntax"
	"slices"
	"strings"

	"github.com/liasse/liasse/internal/schema/datatype"
)

func placeOf(p *pattern) string { return fmt.Sprintf("%s:%d", p.at.file, p.at.line) }

// valued reports whether a pattern is about text alone.
func (s *sampler) valued(p *pattern, seen map[*definition]bool) bool {
	s.l.spend(p.at, 1)
	switch p.kind {
	case kText, kData, kValue, kList, kEmpty, kNotAllowed:
		return true
	case kGroup, kInterleave, kChoice, kOptional, kPlus, kStar, kMixed:
		for _, k := range p.kids {
			if !s.valued(k, seen) {
				return false
			}
		}
		return true
	case kRef, kParent, kGrammar:
		d := s.target(p)
		if seen[d] {
			return false
		}
		seen[d] = true
		defer delete(seen, d)
		for _, b := range d.body {
			if !s.valued(b, seen) {
				return false
			}
		}
		return true
	}
	return false
}

// text chooses a value of a pattern about text, for an element or for one of
// its attributes.
func (s *sampler) text(p *pattern, of *Sample, attribute string) SampleText {
	var out SampleText
	var free *datatype.Type
	any, none := false, false
	s.values(p, func(k *pattern) {
		switch k.kind {
		case kValue:
			if len(out.Choices) < maxChoices && !slices.Contains(out.Choices, k.value) {
				out.Choices = append(out.Choices, k.value)
			}
			out.Identity = k.dt.Identity()
		case kData:
			if free == nil {
				free = k.dt
			}
		case kText:
			any = true
		case kEmpty:
			none = true
		case kList:
			any = true
		}
	})
	out.Fixed = len(out.Choices) > 0 && free == nil && !any
	value := s.l.value(p)
	if free != nil {
		out.Type, out.Pattern, out.Identity = free.Name(), free.Pattern(), free.Identity()
	}
	if out.Fixed && len(out.Choices) == 1 && !none {
		out.Value, out.Choices = out.Choices[0], nil
		return out
	}
	var try []string
	if s.how.Suggest != nil {
		try = s.how.Suggest(append(slices.Clip(s.path), of), attribute, out)
	}
	try = append(try, out.Choices...)
	try = append(try, usual...)
	if out.Pattern != "" {
		if x, ok := example(out.Pattern); ok {
			try = append(try, x)
		}
	}
	for c := 'a'; c <= 'z'; c++ {
		try = append(try, string(c), string(c-'a'+'A'))
	}
	for n := 1; n <= 64; n++ {
		try = append(try, strings.Repeat("x", n), strings.Repeat("1", n))
	}
	for _, x := range try {
		s.l.spend(p.at, 1+len(x)/16)
		if value.Accepts(x) {
			out.Value = x
			return out
		}
	}
	out.Unknown = !value.Accepts("")
	return out
}

const maxChoices = 200

// usual are texts of every type, tried in this order.
var usual = []string{"x", "1", "true", "2000-01-01", "2000-01-01T00:00:00Z", "00:00:00", "2000", "2000-01", "--01-01", "--01", "---01", "P1Y", "AA==", "00", "_1", "0.5", "-1", "fr", "urn:x"}

// values calls yield for each alternative of a pattern about text.
func (s *sampler) values(p *pattern, yield func(*pattern)) {
	s.l.spend(p.at, 1)
	switch p.kind {
	case kGroup, kInterleave, kChoice, kPlus, kMixed:
		for _, k := range p.kids {
			s.values(k, yield)
		}
		if p.kind == kMixed {
			yield(&pattern{kind: kText})
		}
	case kStar, kOptional:
		s.values(p.kids[0], yield)
		yield(&pattern{kind: kEmpty})
	case kRef, kParent, kGrammar:
		for _, b := range s.target(p).body {
			s.values(b, yield)
		}
	default:
		yield(p)
	}
}

// example writes the shortest text of a regular expression where it means the
// same in the notation of Go; the caller checks it.
func example(pattern string) (string, bool) {
	re, err := regex.Parse(pattern, regex.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	ok := shortest(re, &b)
	return b.String(), ok
}

const maxExample = 4096

func shortest(re *regex.Regexp, b *strings.Builder) bool {
	if b.Len() > maxExample {
		return false
	}
	switch re.Op {
	case regex.OpLiteral:
		b.WriteString(string(re.Rune))
	case regex.OpCharClass:
		if len(re.Rune) == 0 {
			return false
		}
		b.WriteRune(readable(re.Rune))
	case regex.OpAnyChar, regex.OpAnyCharNotNL:
		b.WriteByte('x')
	case regex.OpCapture, regex.OpPlus:
		return shortest(re.Sub[0], b)
	case regex.OpRepeat:
		for range re.Min {
			if !shortest(re.Sub[0], b) {
				return false
			}
		}
	case regex.OpConcat:
		for _, k := range re.Sub {
			if !shortest(k, b) {
				return false
			}
		}
	case regex.OpAlternate:
		return shortest(re.Sub[0], b)
	case regex.OpStar, regex.OpQuest, regex.OpEmptyMatch:
	default:
		return false
	}
	return true
}

// readable chooses a character of ranges: a letter or a digit if it can.
func readable(ranges []rune) rune {
	for _, want := range "A0ax_-. " {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= want && want <= ranges[i+1] {
				return want
			}
		}
	}
	return ranges[0]
}

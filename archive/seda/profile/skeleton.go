package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/datatype"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmlout"
)

// Skeleton is an empty transfer drawn up from a profile. It may be filled in by
// several goroutines at once.
type Skeleton struct {
	// Version is that of the namespace the profile describes.
	Version seda.Version
	// XML is the message, in UTF-8 and indented.
	XML []byte
	// Fields are what remains to fill in, in the order of the message.
	Fields []Field

	root  *relaxng.Sample
	texts []*relaxng.SampleText // of Fields
}

// ErrField is the error of a value for a field the skeleton does not have.
var ErrField = errors.New("profile: no such field")

// Fill returns the message with the values given for its fields, by their Path;
// the others keep the one that stands there meanwhile. It judges no value: that
// of a profile is for [Check] to say. The error matches [ErrField], or says that a
// value holds a character that no XML document may.
//
// What the profile lets come several times stands in the message once. A transfer
// of more units is rather built as a package of archive, or read from this one
// (seda.Read), and then checked.
func (s *Skeleton) Fill(values map[string]string) ([]byte, error) {
	given := make(map[*relaxng.SampleText]string, len(values))
	for i, f := range s.Fields[:min(len(s.Fields), len(s.texts))] {
		if v, ok := values[f.Path]; ok {
			given[s.texts[i]] = v
		}
	}
	if len(given) < len(values) {
		for path := range values {
			if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Path == path }) {
				return nil, fmt.Errorf("%w: %q", ErrField, path)
			}
		}
	}
	out, err := writeSample(s.root, given)
	if err != nil {
		return nil, fmt.Errorf("profile: write the message: %w", err)
	}
	return out, nil
}

// Field is a value the profile leaves to whoever draws up the transfer.
type Field struct {
	// Path is that of the element, or of the attribute (/a/b/@c), in the message.
	Path string
	// Name is the local name of the element or attribute.
	Name string
	// Type is the local name of the datatype (date, dateTime, token…), "" when
	// any text will do or one of Choices is wanted; Pattern is a regular
	// expression of XML Schema the value must match.
	Type, Pattern string
	// Choices are the values the profile lists.
	Choices []string
	// Value stands there meanwhile: one the profile takes.
	Value string
}

// SkeletonOptions are the options of [NewSkeleton]. The zero value asks for the
// least transfer.
type SkeletonOptions struct {
	// Optional asks for the elements the profile leaves optional, once each.
	Optional bool
	// Profile are the options of compiling the profile.
	Profile grammar.Options
}

// ToFill stands in a skeleton where a text is to be filled in.
const ToFill = "À compléter"

// NewSkeleton draws up an empty transfer from the profile of an archive service
// in RELAX NG: the elements it demands, once each, the values it fixes, and
// elsewhere a value of the type it asks for, to be replaced. Identifiers are
// numbered, references lead to an object of the transfer.
//
// The report lists what remains to fill in (PROFILE-FILL, for information), as
// do the fields of the skeleton; and where no value was found that the profile
// takes, its departures from the profile. A profile that cannot be compiled gives
// a report and a *report.InvalidError; any other error comes from the file system
// or ctx. The output is a function of the profile and the options.
func NewSkeleton(ctx context.Context, fsys fs.FS, name string, opt SkeletonOptions) (*Skeleton, *report.Report, error) {
	profile, rep, err := grammar.LoadProfile(ctx, fsys, name, opt.Profile)
	if err != nil {
		return nil, rep, err
	}
	root, rep, err := relaxng.MakeSample(ctx, fsys, name,
		relaxng.Options{Bytes: opt.Profile.MaxBytes, Documents: opt.Profile.MaxDocuments},
		relaxng.SampleOptions{Optional: opt.Optional, Suggest: suggest})
	if err != nil {
		return nil, rep, err
	}
	number(root)
	s := &Skeleton{Version: seda.VersionOf(root.Name.Space), root: root}
	if s.XML, err = writeSample(root, nil); err != nil {
		return nil, rep, fmt.Errorf("profile: write the skeleton: %w", err)
	}
	s.list(root, "/"+root.Name.Local)
	rep, err = Check(ctx, bytes.NewReader(s.XML), profile, Options{})
	if err != nil {
		return nil, nil, err
	}
	marks := &landmarks{}
	for i := range s.Fields {
		f := &s.Fields[i]
		fr, en, _ := marks.place(f.Path)
		asked := f.words()
		rep.Add(RuleFill, report.Location{Path: f.Path}, report.Words("place", fr, en),
			report.Words("name", f.french(), f.Name), asked)
	}
	return s, rep, nil
}

func (f *Field) french() string {
	if strings.Contains(f.Path, "/@") {
		return "attribut " + f.Name
	}
	return frenchElement(f.Name)
}

// words says what the profile asks for.
func (f *Field) words() report.Param {
	switch {
	case len(f.Choices) > 0:
		p := fixedWords(report.List("expected", f.Choices[:min(len(f.Choices), 8)]))
		return report.Words("expected", "une des valeurs "+p.Text(report.FR), "one of the values "+p.Text(report.EN))
	case f.Pattern != "":
		return report.Words("expected", "la forme demandée est "+f.Pattern, "the form required is "+f.Pattern)
	}
	if fr, en, ok := schema.TypeWords(f.Type); ok {
		return report.Words("expected", fr, en)
	}
	return report.Words("expected", "texte libre", "free text")
}

// usualValues are what elements of SEDA hold whatever the profile says of their
// type, tried in this order (SEDA 0.2 to 2.3).
var usualValues = map[string][]string{
	"Date": {"2000-01-01T00:00:00Z"}, "LastModified": {"2000-01-01T00:00:00Z"},
	"StartDate": {"2000-01-01"}, "EndDate": {"2000-01-01"}, "OldestDate": {"2000-01-01"}, "LatestDate": {"2000-01-01"},
	"CreatedDate": {"2000-01-01"}, "Creation": {"2000-01-01T00:00:00Z"}, "TransactedDate": {"2000-01-01"}, "EventDateTime": {"2000-01-01T00:00:00Z"},
	"Receipt": {"2000-01-01T00:00:00Z"}, "Issue": {"2000-01-01T00:00:00Z"}, "Response": {"2000-01-01T00:00:00Z"}, "Submission": {"2000-01-01T00:00:00Z"},
	"Size": {"1"}, "MessageDigest": {"AA=="}, "Integrity": {"AA=="}, "Language": {"fr", "fra"}, "DescriptionLanguage": {"fr", "fra"},
	"Uri": {"content/a-completer"}, "Duration": {"P1Y"}, "DescriptionLevel": {"File", "file"}, "DataObjectVersion": {"BinaryMaster_1"},
	"FormatIdentification": {""}, "KeywordType": {"subject"}, "FinalAction": {"Keep"},
	"@filename": {"a-completer"}, "@uri": {"content/a-completer"}, "@mimeCode": {"application/pdf"}, "@format": {"fmt/18"},
	"@algorithm": {"http://www.w3.org/2001/04/xmlenc#sha256"}, "@languageID": {"fr"}, "@lang": {"fr"},
}

// firstValues are those a version writes otherwise: its code lists are others,
// and a file may be missing from its Attachment.
var firstValues = map[string][]string{
	"0.2 DescriptionLevel": {"file"}, "0.2 Attachment": {""},
	"1.0 DescriptionLevel": {"file"}, "1.0 Attachment": {""}, "1.0 Language": {"fra"}, "1.0 DescriptionLanguage": {"fra"},
}

// suggest names values to try first: those usual under the name, then for free
// text a mark to fill in.
func suggest(path []*relaxng.Sample, attribute string, t relaxng.SampleText) []string {
	name := path[len(path)-1].Name.Local
	if attribute != "" {
		name = "@" + attribute
	}
	out := append(slices.Clip(firstValues[string(seda.VersionOf(path[0].Name.Space))+" "+name]), usualValues[name]...)
	switch t.Type {
	case "dateTime":
		return append(out, "2000-01-01T00:00:00Z")
	case "anyURI", "NMTOKEN", "Name", "NCName":
		return append(out, "a-completer")
	case "base64Binary":
		return append(out, "AA==")
	}
	return append(out, ToFill)
}

// number gives each identifier a value of its own, and the references of one
// name those of the objects they may lead to, one after the other. Places of
// files are told apart.
func number(root *relaxng.Sample) {
	ids := map[string][]string{} // by the name of the element, and of all
	used := map[string]int{}     // references by name
	n := 0
	eachText(root, func(of *relaxng.Sample, attribute string, t *relaxng.SampleText) {
		switch {
		case t.Fixed:
		case t.Identity == datatype.ID, t.Pattern == "" && (attribute == "id" || attribute == "" && of.Name.Local == "DataObjectGroupId"):
			n++
			t.Value, t.Identity = "ID"+strconv.Itoa(n), datatype.ID
			ids[of.Name.Local] = append(ids[of.Name.Local], t.Value)
			ids[""] = append(ids[""], t.Value)
		case attribute == "" && of.Name.Local == "Uri" && t.Pattern == "" && strings.HasSuffix(t.Value, "a-completer"):
			if used["Uri"]++; used["Uri"] > 1 {
				t.Value += "-" + strconv.Itoa(used["Uri"])
			}
		}
	})
	eachText(root, func(of *relaxng.Sample, attribute string, t *relaxng.SampleText) {
		kinds, reference := leadsTo[of.Name.Local] // whatever type the profile gives them
		reference = reference && attribute == ""
		if t.Fixed || t.Pattern != "" || !reference && t.Identity != datatype.IDRef && t.Identity != datatype.IDRefs {
			return
		}
		for _, kind := range append(slices.Clip(kinds), "") {
			if all := ids[kind]; len(all) > 0 {
				t.Identity = datatype.IDRef
				t.Value = all[min(used[of.Name.Local], len(all)-1)]
				used[of.Name.Local]++
				break
			}
		}
	})
}

// eachText visits the values of a sample in the order of the document.
func eachText(e *relaxng.Sample, visit func(of *relaxng.Sample, attribute string, t *relaxng.SampleText)) {
	for i := range e.Attrs {
		visit(e, e.Attrs[i].Name.Local, &e.Attrs[i].Text)
	}
	if len(e.Kids) == 0 {
		visit(e, "", &e.Text)
	}
	for _, k := range e.Kids {
		eachText(k, visit)
	}
}

// leadsTo are the elements references lead to, by the name of the reference.
var leadsTo = map[string][]string{
	"DataObjectReferenceId":      {"BinaryDataObject", "PhysicalDataObject"},
	"DataObjectGroupReferenceId": {"DataObjectGroup", "DataObjectGroupId"},
	"ArchiveUnitRefId":           {"ArchiveUnit"},
	"RepositoryArchiveUnitPID":   {"ArchiveUnit"},
}

// list collects what remains to fill in, identifiers aside.
func (s *Skeleton) list(e *relaxng.Sample, path string) {
	field := func(path, name string, t *relaxng.SampleText) {
		if t.Fixed && len(t.Choices) == 0 || t.Identity != datatype.NotIdentity || t.Value == "" && !t.Unknown && len(t.Choices) == 0 {
			return
		}
		f := Field{Path: path, Name: name, Type: t.Type, Pattern: t.Pattern, Choices: t.Choices, Value: t.Value}
		if t.Fixed {
			f.Type = ""
		}
		s.Fields, s.texts = append(s.Fields, f), append(s.texts, t)
	}
	for i := range e.Attrs {
		field(path+"/@"+e.Attrs[i].Name.Local, e.Attrs[i].Name.Local, &e.Attrs[i].Text)
	}
	if len(e.Kids) == 0 {
		field(path, e.Name.Local, &e.Text)
	}
	seen := map[string]int{}
	for _, k := range e.Kids {
		step := path + "/" + k.Name.Local
		if seen[k.Name.Local]++; seen[k.Name.Local] > 1 {
			step += "[" + strconv.Itoa(seen[k.Name.Local]) + "]"
		}
		s.list(k, step)
	}
}

const xlinkSpace = "http://www.w3.org/1999/xlink"

// writeSample writes the message; an element of another namespace than the one
// around it declares its own. A value that was given stands for the one of the
// sample.
func writeSample(root *relaxng.Sample, given map[*relaxng.SampleText]string) ([]byte, error) {
	var out bytes.Buffer
	w := xmlout.New(&out, xmlout.Options{Indent: "  "})
	prefixes := map[string]string{xmlcore.XMLSpace: "xml"}
	var declare func(e *relaxng.Sample)
	declare = func(e *relaxng.Sample) {
		for _, a := range e.Attrs {
			if _, ok := prefixes[a.Name.Space]; ok || a.Name.Space == "" {
				continue
			}
			prefix := "ns" + strconv.Itoa(len(prefixes))
			if a.Name.Space == xlinkSpace {
				prefix = "xlink"
			}
			prefixes[a.Name.Space] = prefix
			w.Namespace(prefix, a.Name.Space)
		}
		for _, k := range e.Kids {
			declare(k)
		}
	}
	var write func(e *relaxng.Sample, around string)
	write = func(e *relaxng.Sample, around string) {
		w.Start("", e.Name.Local)
		if e.Name.Space != around {
			w.Namespace("", e.Name.Space)
		}
		if e == root {
			declare(e)
		}
		value := func(t *relaxng.SampleText) string {
			if v, ok := given[t]; ok {
				return v
			}
			return t.Value
		}
		for i := range e.Attrs {
			a := &e.Attrs[i]
			w.Attr(prefixes[a.Name.Space], a.Name.Local, value(&a.Text))
		}
		if len(e.Kids) == 0 {
			w.Text(value(&e.Text))
		}
		for _, k := range e.Kids {
			write(k, e.Name.Space)
		}
		w.End()
	}
	write(root, "")
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

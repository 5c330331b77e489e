package message

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/xmlcore"
	"github.com/liasse/liasse/internal/xmltree"
)

// Options of [Read]. The zero value reads by the recommended rules.
type Options struct {
	// Profile chooses the rules. With [actes.XSD] the schema alone is asked,
	// both ways.
	Profile actes.Profile
	// Now is the present; zero leaves out the rules about the age of a
	// decision. The day it is is that of Paris, or of Location when given.
	Now      time.Time
	Location *time.Location
	// Member is the name of the message in its archive, put into the findings.
	Member string
	// MaxBytes bounds the message as received; 0 means 32 MiB.
	MaxBytes int64
	// Report says how findings are kept.
	Report report.Options
}

const defaultMaxBytes = 32 << 20

// Reading is what [Read] made of a message.
type Reading struct {
	// Message is what could be read, whatever the report says; nil when the
	// root element is that of no message. Values that could not be read are
	// zero.
	Message Message
	// Kind describes the message; its Code is "" when there is none.
	Kind Kind
	// Root is the local name of the root element, "" when nothing was read.
	Root   string
	Report *report.Report
	// Encoding is the character encoding in force.
	Encoding string
	// Repaired is, for a message that declares ISO-8859-1 and whose bytes are
	// UTF-8 ("dÃ©libÃ©ration"), the same message with its texts as they were
	// meant; nil otherwise. Message holds the texts as they are declared.
	Repaired Message
	// Extra are the elements the message should not hold, in the order found,
	// each with what lies below it. They are what the typed value leaves out.
	Extra []Extra
}

// Extra is an element that has no place in the typed value: unknown, or given
// once too many.
type Extra struct {
	Where report.Location
	Name  string // local name
	Text  string // its characters, those of its descendants included
}

// Reader reads messages one after another and reuses its memory, which is most
// of what reading a small message costs. The zero value is ready. It is used
// by one goroutine at a time.
type Reader struct {
	core *xmlcore.Reader
	xsd  *schema.Validator
}

// Read is [Reader.Read] with a Reader of its own.
func Read(ctx context.Context, src io.Reader, opt Options) (*Reading, error) {
	return new(Reader).Read(ctx, src, opt)
}

// Read reads a message to its end. Whatever is wrong with it is in the report
// of the Reading; the error means that the source could not be read, or that
// ctx was cancelled. A document that is not well-formed still gives what stood
// before the fault.
func (rd *Reader) Read(ctx context.Context, src io.Reader, opt Options) (*Reading, error) {
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = defaultMaxBytes
	}
	out := &Reading{Report: report.New(opt.Report)}
	core := report.New(opt.Report)
	o := xmlcore.Options{Report: core, Member: opt.Member, Limits: xmlcore.Limits{Bytes: opt.MaxBytes}}
	if rd.core == nil {
		rd.core = xmlcore.NewReader(src, o)
	} else {
		rd.core.Reset(src, o)
	}
	r := rd.core
	tree := &xmltree.Builder{MaxBytes: int(opt.MaxBytes)}
	xsd := report.New(opt.Report)
	if v := (schema.ValidateOptions{Report: xsd}); rd.xsd == nil {
		rd.xsd = Grammar().NewValidator(v)
	} else {
		rd.xsd.Reset(v)
	}
	err := xmlcore.Run(ctx, r, tree, rd.xsd)
	out.Encoding = r.Encoding()
	suspect := core.Has(report.XMLEncodingSuspect)
	for f := range core.All() {
		// The schema and STELA do not look at what the bytes seem to be.
		if f.Rule != report.XMLEncodingSuspect || opt.Profile != actes.XSD && opt.Profile != actes.STELA {
			out.Report.Record(*f)
		}
	}
	var bad *xmlcore.Error
	switch {
	case errors.As(err, &bad):
		out.Report.Record(bad.Finding)
	case err != nil:
		return nil, fmt.Errorf("message: %w", err)
	}
	root := tree.Root()
	if root == nil {
		return out, nil
	}
	out.Root = root.Local
	kind, known := KindOfRoot(root.Local)
	known = known && ours(root.Space)
	switch {
	case opt.Profile == actes.XSD:
		mergeSchema(out.Report, xsd, Envoi)
	case !known:
		out.Report.Add(MessageRacine, root.Where, rootParam(root))
	case root.Space != Namespace:
		out.Report.AddAs(lighter(kind.Sens, report.Error), MessageEspace, root.Where)
	default:
		mergeSchema(out.Report, xsd, kind.Sens)
	}
	if !known {
		return out, nil
	}
	out.Kind = kind
	d := &decoder{}
	out.Message = d.message(root, kind)
	out.Extra = d.extra
	if suspect {
		fixed := &decoder{fix: Repair}
		out.Repaired = fixed.message(root, kind)
	}
	if opt.Profile != actes.XSD {
		c := checker{rep: out.Report, opt: opt, root: root, kind: kind, d: d, cut: bad != nil}
		c.check(out.Message)
	}
	return out, nil
}

// mergeSchema takes the findings of the schema, with the severity they have in
// that direction.
func mergeSchema(rep, xsd *report.Report, sens Sens) {
	for f := range xsd.All() {
		g := explained(f)
		if g.Severity == report.Error {
			g.Severity = lighter(sens, report.Error)
		}
		rep.Record(g)
	}
}

// forms says in words what the patterns of the schema ask.
var forms = map[string][2]string{
	"Email": {"il faut une adresse sans accent, espace ni signe +, dont le domaine finit par deux à six lettres (le schéma du ministère refuse .bretagne et .corsica)",
		"an address without accents, blanks or the sign + is needed, whose domain ends with two to six letters (the ministry's schema refuses .bretagne and .corsica)"},
	"IDActe":         {"il faut un identifiant d'acte DEP-SIREN-AAAAMMJJ-NUMERO-NATURE", "an identifier of an act is needed, DEP-SIREN-YYYYMMDD-NUMERO-NATURE"},
	"Departement":    {"il faut trois caractères, comme 034, 02A ou 971", "three characters are needed, such as 034, 02A or 971"},
	"Arrondissement": {"il faut un chiffre", "one digit is needed"},
	"@Nature":        {"il faut deux chiffres, comme 31 pour une commune", "two digits are needed, such as 31 for a commune"},
	"Nature":         {"il faut trois chiffres", "three digits are needed"},
	"SIREN":          {"il faut neuf chiffres", "nine digits are needed"},
}

// explained replaces what the schema expects of a value by words, where a
// pattern would tell nothing to those who must correct it.
func explained(f *report.Finding) report.Finding {
	g := *f
	if f.Rule != report.XSDValue {
		return g
	}
	last := f.Where.Path[strings.LastIndexByte(f.Where.Path, '/')+1:]
	name := last[strings.LastIndexByte(last, ':')+1:]
	name, _, _ = strings.Cut(name, "[")
	w, ok := forms[name]
	if name == "Nature" && strings.HasPrefix(last, "@") {
		w = forms["@Nature"]
	}
	if !ok {
		return g
	}
	g.Params = slices.Clone(g.Params)
	for i := range g.Params {
		if g.Params[i].Name == "expected" {
			g.Params[i] = report.Words("expected", w[0], w[1])
		}
	}
	return g
}

// ours reports whether a namespace is that of the protocol, of another edition
// of it, or forgotten: enough to read the message and say what is wrong.
func ours(space string) bool {
	return space == "" || strings.HasPrefix(space, namespaceFamily)
}

func rootParam(root *xmltree.Node) report.Param {
	switch root.Local {
	case "IDCL", "IDPref", "IDSousPref", "IDSGAR", "Referent", "FormulairesEnvoyes", "DocumentBudgetaire", "CompteFinancierUnique":
		return report.Code("root", root.Local)
	}
	return report.P("root", root.Local)
}

// lighter is the severity a departure from the schema has in that direction.
func lighter(s Sens, severity report.Severity) report.Severity {
	if s == Retour {
		return min(severity, report.Warning)
	}
	return severity
}

package schema

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/schema"
	"github.com/liasse/liasse/internal/schema/relaxng"
	"github.com/liasse/liasse/internal/xmlcore"
)

//go:embed *.rnc
var grammarFiles embed.FS

// unified is the version of the namespace of Vitam's packages handed out, which
// has no minor one, and unifiedGrammar the name vitam2.rnc has for it.
const (
	unified        seda.Version = "2"
	unifiedGrammar seda.Version = "2.9"
)

type grammarKey struct {
	file    string
	version seda.Version
}

// compiled is a grammar with validators to be used again.
type compiled struct {
	get        func() *schema.Grammar
	validators sync.Pool // *schema.Validator
}

// grammars are compiled when first asked for: a program that reads transfers of
// 2.1 never compiles the others.
var grammars = func() map[grammarKey]*compiled {
	m := map[grammarKey]*compiled{}
	add := func(file, namespace string, v seda.Version) {
		m[grammarKey{file, v}] = &compiled{get: sync.OnceValue(func() *schema.Grammar { return compileGrammar(file, namespace, v) })}
	}
	for _, v := range []seda.Version{seda.V20, seda.V21, seda.V22, seda.V23} {
		add("seda2.rnc", v.Namespace(), v)
		if v != seda.V20 {
			add("vitam2.rnc", v.Namespace(), v)
		}
	}
	add("vitam2.rnc", unified.Namespace(), unifiedGrammar)
	for _, v := range []seda.Version{seda.V02, seda.V10} {
		add("seda1.rnc", v.Namespace(), v)
	}
	return m
}()

func compileGrammar(file, namespace string, v seda.Version) *schema.Grammar {
	g, _, err := relaxng.Compile(context.Background(), grammarFiles, file, relaxng.Options{Version: string(v), Namespace: namespace})
	if err != nil {
		panic(err) // our own file: found by any test
	}
	return g
}

// grammarOf returns the grammar that judges messages of a version for a target,
// nil when there is none.
func grammarOf(v seda.Version, t seda.Target) *compiled {
	if v == unified { // Vitam's alone
		return grammars[grammarKey{"vitam2.rnc", unifiedGrammar}]
	}
	if t == seda.Vitam {
		if g := grammars[grammarKey{"vitam2.rnc", v}]; g != nil {
			return g
		}
	}
	if g := grammars[grammarKey{"seda1.rnc", v}]; g != nil {
		return g
	}
	return grammars[grammarKey{"seda2.rnc", v}]
}

// Known reports whether there is a grammar for messages of a version, as the
// target judges them.
func Known(v seda.Version, t seda.Target) bool { return grammarOf(v, t) != nil }

// Options are the options of [Validate]. The zero value is usable.
type Options struct {
	// Version is the one the message must be of; "" is that of its namespace.
	Version seda.Version
	// Target is whose schema judges: Vitam has its own for 2.1 to 2.3.
	Target seda.Target
	// Set judges instead of the grammars built in: an official set the user
	// loaded. Version and Target are then of no effect.
	Set *grammar.Set
	// Member is the name of the message in its package, for locations.
	Member string
	// MaxBytes bounds the message, 0 means 4 GiB.
	MaxBytes int64
	// Report are the options of the report.
	Report report.Options
}

// Validate reads any message of SEDA to its end and judges it by the grammar of
// its version: elements, attributes and values, and the references between
// identifiers. Memory does not grow with the message, but for its identifiers.
//
// A message of a version that does not exist is judged no further than to say so
// (SEDA-TRANSFER-VERSION); one that is no message of SEDA, or not of the version
// asked for, has the finding XSD-ROOT. The error means that the message was not
// judged: src could not be read, or ctx was cancelled.
func Validate(ctx context.Context, src io.Reader, opt Options) (*report.Report, error) {
	if opt.Set != nil {
		return opt.Set.Validate(ctx, src, grammar.ValidateOptions{Report: opt.Report, Member: opt.Member, MaxBytes: opt.MaxBytes})
	}
	rep := report.New(opt.Report)
	r := xmlcore.NewReader(src, xmlcore.Options{Report: rep, Member: opt.Member, Limits: xmlcore.Limits{Bytes: opt.MaxBytes}})
	v := NewValidator(opt, rep)
	err := xmlcore.Drive(ctx, r, v)
	v.Finish(r)
	var bad *xmlcore.Error
	switch {
	case errors.As(err, &bad):
		rep.Record(bad.Finding)
	case err != nil:
		return nil, fmt.Errorf("schema: validate: %w", err)
	}
	return rep, nil
}

// Validator is one run of [Validate] over one message, as a sink of the reader's
// events: what reads a message may so have it judged in the same pass. It is
// used once, by one goroutine; of its options, Version and Target count. A caller
// only hands it on ([seda.ReadOptions].Also): its methods are for the readers of
// this module.
type Validator struct {
	opt     Options
	rep     *report.Report
	grammar *compiled
	v       *schema.Validator
	unknown bool // a version nobody knows
}

// NewValidator returns a validator for one message. Findings go to the report.
func NewValidator(opt Options, rep *report.Report) *Validator {
	return &Validator{opt: opt, rep: rep}
}

// Event takes the next event of the message. It returns no error.
func (v *Validator) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	if v.v == nil {
		if k != xmlcore.StartElement || v.unknown {
			return nil
		}
		if v.choose(r); v.unknown {
			return nil
		}
	}
	return v.v.Event(r, k)
}

// Pull takes the next events, at most so many: [xmlcore.Drive].
func (v *Validator) Pull(r *xmlcore.Reader, most int) error {
	for ; v.v == nil && most > 0; most-- {
		k, err := r.Next()
		if err == nil {
			err = v.Event(r, k)
		}
		if err != nil {
			return err
		}
	}
	if v.v == nil {
		return nil
	}
	return v.v.Pull(r, most)
}

// choose takes the grammar by the namespace of the root. Any will do for a
// message of none: it does not have that root.
func (v *Validator) choose(r *xmlcore.Reader) {
	version := v.opt.Version
	if version == "" {
		version = seda.VersionOf(r.Name().Space)
	}
	if v.grammar = grammarOf(version, v.opt.Target); v.grammar == nil {
		if v.unknown = version != ""; v.unknown {
			v.rep.Add(seda.RuleTransferVersion, r.Location(), report.P("version", string(version)))
			return
		}
		v.grammar = grammarOf(seda.V21, v.opt.Target)
	}
	opt := schema.ValidateOptions{Report: v.rep}
	if v.v, _ = v.grammar.validators.Get().(*schema.Validator); v.v == nil {
		v.v = v.grammar.get().NewValidator(opt)
	} else {
		v.v.Reset(opt)
	}
}

// Finish reports what is still held back. Call it once, after the last event,
// even if the message could not be read to its end.
func (v *Validator) Finish(r *xmlcore.Reader) {
	if v.v == nil {
		return
	}
	v.v.Finish(r)
	v.v.Reset(schema.ValidateOptions{})
	v.grammar.validators.Put(v.v)
	v.v = nil
}

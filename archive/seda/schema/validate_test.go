package schema

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
)

// TestGrammarsCompile compiles every grammar: none needs tables made while
// validating.
func TestGrammarsCompile(t *testing.T) {
	for k, c := range grammars {
		if s := c.get().Stats(); s.Lazy != 0 || s.Models == 0 {
			t.Errorf("%s of %s: %+v", k.file, k.version, s)
		}
	}
}

const acknowledgement = `<Acknowledgement xmlns="fr:gouv:culture:archivesdefrance:seda:v%">` +
	`<Date>2024-06-27T00:00:00</Date><MessageIdentifier>A</MessageIdentifier><MessageReceivedIdentifier>M</MessageReceivedIdentifier>` +
	`<Sender><Identifier>S</Identifier></Sender><Receiver><Identifier>R</Identifier></Receiver></Acknowledgement>`

func codesOf(rep *report.Report) string {
	var all []string
	for f := range rep.All() {
		all = append(all, f.Code())
	}
	return strings.Join(all, " ")
}

func TestValidateByVersion(t *testing.T) {
	of := func(v seda.Version) string { return strings.Replace(acknowledgement, "%", string(v), 1) }
	blank := strings.NewReplacer(">A<", "> <")
	for _, c := range []struct {
		rule string
		doc  string
		opt  Options
		want string
	}{
		{"the version is that of the namespace", of(seda.V20), Options{}, ""},
		{"2.3", of(seda.V23), Options{}, ""},
		{"a part of SEDA 1.0 alone", `<AccessRestrictionRule xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0"><Code>AR038</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule>`, Options{}, ""},
		{"a code that is not in the list", `<AccessRestrictionRule xmlns="fr:gouv:culture:archivesdefrance:seda:v1.0"><Code>AR037</Code><StartDate>2024-01-01</StartDate></AccessRestrictionRule>`, Options{}, "XSD-ENUM"},
		{"a date with a time in 0.2", `<AccessRestrictionRules xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Code listVersionID="edition 2009">AR038</Code><StartDate>2014-12-01T00:00:00</StartDate></AccessRestrictionRules>`, Options{}, "XSD-VALUE"},
		{"a code without its edition in 0.2", `<AccessRestrictionRules xmlns="fr:gouv:ae:archive:draft:standard_echange_v0.2"><Code>AR038</Code><StartDate>2014-12-01</StartDate></AccessRestrictionRules>`, Options{}, "XSD-ATTR-MISSING"},
		{"another version than the one asked for", of(seda.V22), Options{Version: seda.V21}, "XSD-ROOT"},
		{"a version nobody knows", of("7.5"), Options{}, "SEDA-TRANSFER-VERSION"},
		{"no message of SEDA", "<a/>", Options{}, "XSD-ROOT"},
		{"a blank identifier in 2.1", blank.Replace(of(seda.V21)), Options{}, ""},
		{"a blank identifier in 2.2", blank.Replace(of(seda.V22)), Options{}, "XSD-VALUE"},
		{"that of the message is demanded by Vitam too", blank.Replace(of(seda.V22)), Options{Target: seda.Vitam}, "XSD-VALUE"},
		{"the others are not", strings.Replace(of(seda.V22), ">M<", "> <", 1), Options{Target: seda.Vitam}, ""},
		{"but are by the standard", strings.Replace(of(seda.V22), ">M<", "> <", 1), Options{}, "XSD-VALUE"},
		{"Vitam has no schema of 2.0: the standard's", of(seda.V20), Options{Target: seda.Vitam}, ""},
		{"the namespace of Vitam's packages handed out", strings.Replace(acknowledgement, "v%", "v2", 1), Options{}, ""},
		{"not well-formed", of(seda.V21) + "<x>", Options{}, "XML-ROOTS"},
	} {
		c.opt.Member = "m.xml"
		rep, err := Validate(context.Background(), strings.NewReader(c.doc), c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if got := codesOf(rep); got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
		for f := range rep.All() {
			if f.Where.Member != "m.xml" {
				t.Errorf("%s: located in %q", c.rule, f.Where.Member)
			}
		}
	}
}

func TestValidateErrorsAreNotVerdicts(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if rep, err := Validate(ctx, strings.NewReader(acknowledgement), Options{}); rep != nil || !errors.Is(err, stop) {
		t.Errorf("%v %v", rep, err)
	}
}

// TestReadAndValidateInOnePass reads messages and has them judged at once: the
// verdict is that of judging alone, and the package that of reading alone.
func TestReadAndValidateInOnePass(t *testing.T) {
	good := `<ArchiveTransfer xmlns="` + seda.V21.Namespace() + `"><Date>2024-07-01T09:30:00Z</Date><MessageIdentifier>M</MessageIdentifier><CodeListVersions/>` +
		`<DataObjectPackage><DescriptiveMetadata></DescriptiveMetadata><ManagementMetadata></ManagementMetadata></DataObjectPackage>` +
		`<ArchivalAgency><Identifier>A</Identifier></ArchivalAgency><TransferringAgency><Identifier>T</Identifier></TransferringAgency></ArchiveTransfer>`
	for name, doc := range map[string]string{
		"valid":                 good,
		"one element too many":  strings.Replace(good, "<DescriptiveMetadata", "<Inconnu/><DescriptiveMetadata", 1),
		"cut short":             good[:len(good)*2/3],
		"another message":       strings.Replace(acknowledgement, "%", "2.1", 1),
		"another, with a fault": strings.Replace(strings.Replace(acknowledgement, "%", "2.1", 1), "<Receiver>", "<Receiver/><Receiver>", 1),
	} {
		alone, err := Validate(context.Background(), strings.NewReader(doc), Options{})
		if err != nil {
			t.Fatal(err)
		}
		both, reading := report.New(report.Options{}), report.New(report.Options{})
		with, _, err := seda.Read(context.Background(), strings.NewReader(doc), seda.ReadOptions{Also: NewValidator(Options{}, both)}, both)
		if err != nil {
			t.Fatal(err)
		}
		without, _, err := seda.Read(context.Background(), strings.NewReader(doc), seda.ReadOptions{}, reading)
		if err != nil {
			t.Fatal(err)
		}
		codes := " " + codesOf(both) + " "
		for _, f := range []*report.Report{alone, reading} {
			for x := range f.All() {
				if !strings.Contains(codes, " "+x.Code()+" ") {
					t.Errorf("%s: %s is missing of %s", name, x.Code(), codes)
				}
			}
		}
		if n := alone.Count(report.Error) + alone.Count(report.Fatal); strings.Count(codes, " XSD-") < n && strings.Count(codes, " XML-") == 0 {
			t.Errorf("%s: %s, judged alone %s", name, codes, codesOf(alone))
		}
		if alone.Valid() && reading.Valid() != both.Valid() {
			t.Errorf("%s: valid %v, read alone %v", name, both.Valid(), reading.Valid())
		}
		if len(with.Units) != len(without.Units) || with.Header.MessageID != without.Header.MessageID {
			t.Errorf("%s: another package", name)
		}
	}
}

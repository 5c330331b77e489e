package tsl_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/liasse/liasse/actes/signature/internal/dsigtest"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/tsl"
	"github.com/liasse/liasse/ged/report"
	"github.com/liasse/liasse/internal/rulestest"
)

var now = time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)

const status = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"

func list(body, signature string) string {
	return `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="TL"><SchemeInformation><TSLVersionIdentifier>5</TSLVersionIdentifier>` +
		`<TSLSequenceNumber>12</TSLSequenceNumber><TSLType>urn:type</TSLType><SchemeTerritory>FR</SchemeTerritory>` +
		`<ListIssueDateTime>2024-03-01T00:00:00Z</ListIssueDateTime><NextUpdate><dateTime>2024-09-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation>` +
		body + signature + `</TrustServiceStatusList>`
}

func identity(c *dsigtest.Signer) string {
	return `<ServiceDigitalIdentity><DigitalId><X509Certificate>` + base64.StdEncoding.EncodeToString(c.Cert.Raw) + `</X509Certificate></DigitalId></ServiceDigitalIdentity>`
}

func info(typ, st, since, id string) string {
	return `<ServiceTypeIdentifier>` + typ + `</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">One</Name><Name xml:lang="fr">Un</Name></ServiceName>` + id +
		`<ServiceStatus>` + status + st + `</ServiceStatus><StatusStartingTime>` + since + `</StatusStartingTime>`
}

// services writes one provider; each service is pairs of status and date, the
// present one first.
func services(typ string, c *dsigtest.Signer, all ...[]string) string {
	var b strings.Builder
	b.WriteString(`<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="fr">Prestataire</Name></TSPName></TSPInformation><TSPServices>`)
	for _, s := range all {
		b.WriteString(`<TSPService><ServiceInformation>` + info(typ, s[0], s[1], identity(c)) + `</ServiceInformation><ServiceHistory>`)
		for i := 2; i < len(s); i += 2 {
			b.WriteString(`<ServiceHistoryInstance>` + info(typ, s[i], s[i+1], "") + `</ServiceHistoryInstance>`)
		}
		b.WriteString(`</ServiceHistory></TSPService>`)
	}
	return b.String() + `</TSPServices></TrustServiceProvider></TrustServiceProviderList>`
}

func sign(t testing.TB, s *dsigtest.Signer, body, over string, change ...string) string {
	doc := list(body, s.Skeleton(dsigtest.Signature{ID: "S", XAdES: dsigtest.XAdES132, NoPolicy: true, NoRole: true, Over: over}))
	return s.Sign(t, strings.NewReplacer(change...).Replace(doc), "S")
}

func certificate(t testing.TB, s *dsigtest.Signer) *trust.Certificate {
	t.Helper()
	c, err := trust.ParseCertificate(s.Cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t testing.TB, doc string, signers ...*trust.Certificate) *tsl.List {
	t.Helper()
	l, err := tsl.Read(t.Context(), strings.NewReader(doc), int64(len(doc)), tsl.Options{At: now, Signers: signers})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRules(t *testing.T) {
	s, o := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	mine := certificate(t, s)
	good := services(tsl.QualifiedCA, o, []string{"granted", "2017-01-01T00:00:00Z"})
	of := func(change ...string) func(testing.TB) *report.Report {
		return func(t testing.TB) *report.Report { return read(t, sign(t, s, good, "", change...), mine).Findings }
	}
	rulestest.Every(t, tsl.Rules(), map[*report.Rule]func(testing.TB) *report.Report{
		tsl.RuleNotList:  func(t testing.TB) *report.Report { return read(t, `<a/>`, mine).Findings },
		tsl.RuleVersion:  of("Identifier>5", "Identifier>4"),
		tsl.RuleExpired:  of("2024-09-01", "2024-04-01"),
		tsl.RuleClosed:   of("<dateTime>2024-09-01T00:00:00Z</dateTime>", ""),
		tsl.RuleFuture:   of("2024-03-01", "2024-07-01"),
		tsl.RuleUnsigned: func(t testing.TB) *report.Report { return read(t, list(good, ""), mine).Findings },
		tsl.RulePartial: func(t testing.TB) *report.Report {
			return read(t, sign(t, s, good, "P", "<TrustServiceProviderList>", `<TrustServiceProviderList Id="P">`), mine).Findings
		},
		tsl.RuleSigner: func(t testing.TB) *report.Report { return read(t, sign(t, s, good, ""), certificate(t, o)).Findings },
		tsl.RuleSignature: func(t testing.TB) *report.Report {
			return read(t, strings.Replace(sign(t, s, good, ""), "/granted", "/accredited", 1), mine).Findings
		},
		tsl.RuleCertificate: of("<X509Certificate>", "<X509Certificate>AAAA"),
		tsl.RuleDate:        of("2017-01-01T00:00:00Z", "hier"),
		tsl.RuleField:       of("<TSLSequenceNumber>", "<X>", "</TSLSequenceNumber>", "</X>", "<ServiceStatus>"+status+"granted</ServiceStatus>", ""),
	})
}

func TestListAcceptedOnlyWhenProved(t *testing.T) {
	s, o := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	mine, other := certificate(t, s), certificate(t, o)
	body := services(tsl.QualifiedCA, o, []string{"granted", "2017-01-01T00:00:00Z"})
	doc := sign(t, s, body, "")
	part := sign(t, s, body, "P", "<TrustServiceProviderList>", `<TrustServiceProviderList Id="P">`)
	for _, c := range []struct {
		name    string
		doc     string
		signers []*trust.Certificate
		ok      bool
	}{
		{"signed by the one entitled", doc, []*trust.Certificate{other, mine}, true},
		{"out of date", sign(t, s, body, "", "2024-09-01", "2024-04-01"), []*trust.Certificate{mine}, true},
		{"version 6", sign(t, s, body, "", "Identifier>5", "Identifier>6"), []*trust.Certificate{mine}, true},
		{"version 4", sign(t, s, body, "", "Identifier>5", "Identifier>4"), []*trust.Certificate{mine}, false},
		{"nobody entitled", doc, nil, false},
		{"another signer", doc, []*trust.Certificate{other}, false},
		{"a service changed", strings.Replace(doc, "/granted", "/accredited", 1), []*trust.Certificate{mine}, false},
		{"a provider added", strings.Replace(doc, "<TrustServiceProvider>", "<TrustServiceProvider/><TrustServiceProvider>", 1), []*trust.Certificate{mine}, false},
		{"a part signed", part, []*trust.Certificate{mine}, false},
		{"wrapped", list(services(tsl.QualifiedCA, s, []string{"granted", "2017-01-01T00:00:00Z"}), strings.Replace(doc, `Id="TL"`, `Id="old"`, 1)), []*trust.Certificate{mine}, false},
		{"not signed", list(body, ""), []*trust.Certificate{mine}, false},
		{"cut", doc[:len(doc)-9], []*trust.Certificate{mine}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := read(t, c.doc, c.signers...)
			anchors, err := l.Anchors()
			if l.Accepted() != c.ok || (err == nil) != c.ok || !c.ok && !errors.Is(err, tsl.ErrRefused) {
				t.Fatalf("accepted %v, error %v", l.Accepted(), err)
			}
			if c.ok && (len(anchors) != 1 || !bytes.Equal(anchors[0].Certificate.Raw, o.Cert.Raw) || !l.Findings.Valid()) {
				t.Errorf("%d anchors, valid %v", len(anchors), l.Findings.Valid())
			}
			if !c.ok && l.Findings.Valid() {
				t.Error("refused, and nothing says why")
			}
		})
	}
}

func TestSunsetIsTheEndOfTheLastApprovedPeriod(t *testing.T) {
	s, o := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	for _, c := range []struct {
		name    string
		typ     string
		history []string
		periods int
		sunset  string // "" trusted still, "-" no anchor
	}{
		{"granted", tsl.QualifiedCA, []string{"granted", "2017-01-01T00:00:00Z"}, 1, ""},
		{"withdrawn", tsl.QualifiedTSA, []string{"withdrawn", "2020-01-01T01:00:00+01:00", "granted", "2017-01-01T00:00:00Z", "accredited", "2010-01-01T00:00:00Z"}, 2, "2020-01-01T00:00:00Z"},
		{"withdrawn then granted again", tsl.QualifiedCA, []string{"granted", "2022-01-01T00:00:00Z", "withdrawn", "2020-01-01T00:00:00Z", "granted", "2017-01-01T00:00:00Z"}, 2, ""},
		{"history out of order", tsl.QualifiedCA, []string{"granted", "2017-01-01T00:00:00Z", "withdrawn", "2020-01-01T00:00:00Z"}, 1, "2020-01-01T00:00:00Z"},
		{"accredited, nothing since the Regulation", tsl.QualifiedCA, []string{"accredited", "2010-01-01T00:00:00Z"}, 1, "2016-06-30T22:00:00Z"},
		{"accredited after the Regulation", tsl.QualifiedCA, []string{"accredited", "2018-01-01T00:00:00Z"}, 0, "-"},
		{"withdrawn always", tsl.QualifiedCA, []string{"withdrawn", "2017-01-01T00:00:00Z"}, 0, "-"},
		{"national status of a qualified type", tsl.QualifiedCA, []string{"recognisedatnationallevel", "2017-01-01T00:00:00Z"}, 0, "-"},
		{"national status", tsl.OtherCA, []string{"recognisedatnationallevel", "2017-01-01T00:00:00Z"}, 1, ""},
		{"a date that cannot be read", tsl.QualifiedCA, []string{"withdrawn", "demain", "granted", "2017-01-01T00:00:00Z"}, 0, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := read(t, sign(t, s, services(c.typ, o, c.history), ""), certificate(t, s))
			if got := len(l.Providers[0].Services[0].Approved(c.typ)); got != c.periods {
				t.Errorf("%d approved periods, want %d", got, c.periods)
			}
			anchors, err := l.Anchors(c.typ)
			got := "-"
			if len(anchors) > 0 {
				for _, p := range l.Providers[0].Services[0].Approved(c.typ) {
					a := anchors[0]
					if !a.Trusted(p.Since) || !p.Until.IsZero() && !a.Trusted(p.Until.Add(-time.Second)) {
						t.Errorf("not trusted from %v to %v", p.Since, p.Until)
					}
				}
				if anchors[0].Trusted(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) {
					t.Error("trusted before the service existed")
				}
				if gap := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC); strings.Contains(c.name, "again") && anchors[0].Trusted(gap) {
					t.Error("trusted while it was withdrawn")
				}
				if got = ""; !anchors[0].Sunset.IsZero() {
					got = anchors[0].Sunset.Format(time.RFC3339)
				}
			}
			if err != nil || got != c.sunset {
				t.Errorf("sunset %q, want %q (%v)", got, c.sunset, err)
			}
			if other, err := l.Anchors("urn:another"); err != nil || len(other) > 0 {
				t.Errorf("%d anchors of a type that is not there, %v", len(other), err)
			}
		})
	}
}

func TestListSaysWhoSignsTheOthers(t *testing.T) {
	s, o := dsigtest.New(t, "rsa"), dsigtest.New(t, "ecdsa")
	pointers := `<PointersToOtherTSL><OtherTSLPointer><ServiceDigitalIdentities>` + identity(o) + `</ServiceDigitalIdentities><TSLLocation>https://exemple.invalid/fr.xml</TSLLocation><AdditionalInformation>` +
		`<OtherInformation><SchemeTerritory>FR</SchemeTerritory></OtherInformation><OtherInformation><MimeType xmlns="http://uri.etsi.org/02231/v2/additionaltypes#">application/vnd.etsi.tsl+xml</MimeType></OtherInformation>` +
		`</AdditionalInformation></OtherTSLPointer></PointersToOtherTSL>`
	lotl := sign(t, s, "", "", "<ListIssueDateTime>", pointers+"<ListIssueDateTime>")
	l := read(t, lotl, certificate(t, s))
	signers := l.Pointed("FR")
	if len(signers) != 1 || len(l.Pointed("DE")) != 0 || l.Pointers[0].Location != "https://exemple.invalid/fr.xml" {
		t.Fatalf("%d signers, %+v", len(signers), l.Pointers)
	}
	if len(read(t, lotl).Pointed("FR")) != 0 {
		t.Error("a list that is not proved names signers")
	}
	fr := sign(t, o, services(tsl.QualifiedTSA, s, []string{"granted", "2017-01-01T00:00:00Z"}), "")
	if anchors, err := read(t, fr, signers...).Anchors(); err != nil || len(anchors) != 1 {
		t.Errorf("%d anchors, %v", len(anchors), err)
	}
}

func TestServiceExtensions(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	const x = `xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#" xmlns:a="http://uri.etsi.org/02231/v2/additionaltypes#"`
	ext := `<ServiceInformationExtensions ` + x + `><Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">urn:ForeSeals</URI></AdditionalServiceInformation></Extension>` +
		`<Extension Critical="true"><q:Qualifications><q:QualificationElement><q:Qualifiers><q:Qualifier uri="urn:QCWithQSCD"/></q:Qualifiers></q:QualificationElement></q:Qualifications></Extension>` +
		`<Extension Critical="false"><a:TakenOverBy><a:URI xml:lang="en">https://exemple.invalid/</a:URI></a:TakenOverBy></Extension></ServiceInformationExtensions>`
	doc := sign(t, s, services(tsl.QualifiedCA, s, []string{"granted", "2017-01-01T00:00:00Z"}), "", "</ServiceInformation>", ext+"</ServiceInformation>")
	l := read(t, doc, certificate(t, s))
	p := l.Providers[0].Services[0].Periods[0]
	if !slices.Equal(p.Additional, []string{"urn:ForeSeals"}) || !slices.Equal(p.Qualifiers, []string{"urn:QCWithQSCD"}) || p.TakenOver != "https://exemple.invalid/" {
		t.Errorf("%+v", p)
	}
	if l.Providers[0].Name != "Prestataire" || l.Providers[0].Services[0].Name != "Un" || l.Sequence != 12 || l.Territory != "FR" {
		t.Errorf("%s %d", l.Territory, l.Sequence)
	}
}

func TestHugeListIsRefused(t *testing.T) {
	s := dsigtest.New(t, "rsa")
	l := read(t, list(strings.Repeat("<a/>", 400_001), ""), certificate(t, s))
	if l.Accepted() || !l.Findings.Has(report.LimCount) {
		t.Error("no limit")
	}
}

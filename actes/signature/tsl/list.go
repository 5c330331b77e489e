package tsl

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// Types of service (TS 119 612 §5.5.1) that anchors are asked for most.
const (
	QualifiedCA  = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"    // issues qualified certificates
	QualifiedTSA = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST" // issues qualified timestamps
	OtherCA      = "http://uri.etsi.org/TrstSvc/Svctype/CA/PKC"   // issues certificates that are not qualified
	OtherTSA     = "http://uri.etsi.org/TrstSvc/Svctype/TSA"      // issues timestamps that are not qualified
)

const statuses = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"

// Statuses of a service (TS 119 612 §5.5.4).
const (
	Granted                   = statuses + "granted"
	Withdrawn                 = statuses + "withdrawn"
	UnderSupervision          = statuses + "undersupervision"
	SupervisionInCessation    = statuses + "supervisionincessation"
	Accredited                = statuses + "accredited"
	RecognisedAtNationalLevel = statuses + "recognisedatnationallevel"
	SetByNationalLaw          = statuses + "setbynationallaw"
)

// MIMEXML is the MIME type of a pointer to a list in the form read here.
const MIMEXML = "application/vnd.etsi.tsl+xml"

// ErrRefused says that a list is not accepted: nothing is to be taken from it.
var ErrRefused = errors.New("tsl: the trusted list is not accepted")

// List is a trusted list as it was read. It is not changed once read and may be
// used by many goroutines.
type List struct {
	Version    int // TSLVersionIdentifier; 0 when absent
	Sequence   int // TSLSequenceNumber; 0 when absent
	Type       string
	Territory  string // ISO 3166 code, or EU
	Issued     time.Time
	NextUpdate time.Time // zero when there is to be none
	Pointers   []Pointer
	Providers  []Provider
	// Findings are all that there is to say, the signature included.
	Findings *report.Report
	// Signature is the verdict on the signatures of the list.
	Signature *signature.Report
	// Signer is the certificate, among those given, that is proved to have signed
	// the whole list; nil when none is.
	Signer *trust.Certificate
}

// Pointer leads to another list.
type Pointer struct {
	Location  string
	Type      string
	Territory string
	MIME      string
	// Certificates are those that may sign the list pointed to.
	Certificates []*trust.Certificate
}

// Provider is a trust service provider.
type Provider struct {
	Name     string // in French, else English, else the first
	Services []Service
}

// Service is one service of a provider.
type Service struct {
	Name string
	// Certificates identify the service: an anchor each.
	Certificates []*trust.Certificate
	// Periods are the statuses, the present one first, then back in time.
	Periods []Period
	// Broken says that a period could not be read: the service makes no anchor,
	// since what is missing may be its withdrawal.
	Broken bool
	Where  report.Location
}

// Period is a time during which a service had one status.
type Period struct {
	Type, Status string
	Since        time.Time
	Until        time.Time // excluded; zero for the present status
	// Additional are the URIs that narrow the type: ForeSignatures, ForeSeals,
	// ForWebSiteAuthentication.
	Additional []string
	// Qualifiers are the URIs that speak of the certificates issued: QCWithQSCD,
	// QCForESig, NotQualified. Each is for those certificates only that its
	// criteria select; the criteria are not read here, so that no verdict goes
	// by them: who must know whether one certificate is qualified reads them in
	// the list.
	Qualifiers []string
	// TakenOver is where the provider is described that took the service over.
	// It is told and decides nothing.
	TakenOver string
}

// Accepted reports whether the list is proved and of a known version.
func (l *List) Accepted() bool { return l.Signer != nil && known(l.Version) }

func known(version int) bool { return version == 5 || version == 6 }

// Pointed returns the certificates that may sign the list of a territory, by
// what this list says of it: none when this list is not accepted.
func (l *List) Pointed(territory string) []*trust.Certificate {
	if !l.Accepted() {
		return nil
	}
	var out []*trust.Certificate
	for _, p := range l.Pointers {
		if p.MIME == MIMEXML && strings.EqualFold(p.Territory, territory) {
			out = append(out, p.Certificates...)
		}
	}
	return out
}

// Anchors returns the certificates of the services that are, or were, approved
// for one of the types; [QualifiedCA] and [QualifiedTSA] when none is given. Each
// is trusted during the approved periods and at no other time; the sunset of
// those that no longer are is the end of the last. A certificate of several
// services stands there several times, which [trust.Store] resolves. The error
// is [ErrRefused].
//
// An anchor vouches for whatever its service issued. The qualifiers and the
// additional types of a period, which say that some of those certificates are
// not qualified, are not for signatures or have no device, decide nothing here;
// nor does TakenOver: a service taken over is approved as its status says.
func (l *List) Anchors(types ...string) ([]trust.Anchor, error) {
	if !l.Accepted() {
		return nil, ErrRefused
	}
	if len(types) == 0 {
		types = []string{QualifiedCA, QualifiedTSA}
	}
	var out []trust.Anchor
	for i := range l.Providers {
		for j := range l.Providers[i].Services {
			s := &l.Providers[i].Services[j]
			a := s.Approved(types...)
			if len(a) == 0 {
				continue
			}
			var when []trust.Period
			for _, p := range slices.Backward(a) {
				when = append(when, trust.Period{From: p.Since, Until: p.Until})
			}
			for _, c := range s.Certificates {
				out = append(out, trust.Anchor{Certificate: c, Sunset: a[0].Until, Periods: when})
			}
		}
	}
	return out, nil
}

// regulation is when Regulation 910/2014 began to apply: 1 July 2016 in Brussels.
var regulation = time.Date(2016, 6, 30, 22, 0, 0, 0, time.UTC)

// Approved returns the periods during which the service was approved for one of
// the types, the last one first. A status of before the Regulation is worth
// nothing to a qualified service after it.
func (s *Service) Approved(types ...string) []Period {
	if s.Broken {
		return nil
	}
	var out []Period
	for _, p := range s.Periods {
		if !slices.Contains(types, p.Type) {
			continue
		}
		switch p.Status {
		case Granted:
		case UnderSupervision, SupervisionInCessation, Accredited:
			if qualified(p.Type) && (p.Until.IsZero() || p.Until.After(regulation)) {
				p.Until = regulation
			}
		case RecognisedAtNationalLevel, SetByNationalLaw:
			if qualified(p.Type) {
				continue
			}
		default:
			continue
		}
		if p.Until.IsZero() || p.Since.Before(p.Until) {
			out = append(out, p)
		}
	}
	return out
}

// qualified reports whether the type is of a qualified service: its URI ends
// with Q, QC or QTST.
func qualified(typ string) bool {
	switch typ[strings.LastIndexByte(typ, '/')+1:] {
	case "Q", "QC", "QTST":
		return true
	}
	return false
}

package signature

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/ged/report"
)

// Wanted is what kind of thing a validation asks for.
type Wanted string

// What authorities publish about their certificates (RFC 5280 §4.2.1.13,
// §4.2.1.15, §4.2.2.1; RFC 6960).
const (
	WantIssuer Wanted = "issuer" // certificates of an issuer: DER, PEM or certs-only CMS
	WantCRL    Wanted = "crl"    // a complete list
	WantDelta  Wanted = "delta"  // a list of changes
	WantOCSP   Wanted = "ocsp"   // an OCSP response
)

// Query is one thing asked for.
type Query struct {
	Wanted Wanted
	// URL is http or https, without user and fragment. It was written by whoever
	// made a certificate: it may lead anywhere.
	URL string
	// Request is the OCSPRequest to POST as application/ocsp-request; nil asks
	// for a GET.
	Request []byte
	// Once says that the request has a nonce: its answer serves no other.
	Once bool
	// Max is how many octets of an answer are read; a longer one is of no use.
	Max int64
	// After, when it is not zero, is the time before which a list or a response
	// must not have been made: the policy would find it too old.
	After time.Time

	nonce []byte
	host  string
}

// Fetcher asks the world for what a validation lacks. There is none by default.
// Its addresses come from strangers: file names, machines of the inside and
// endless answers are to be expected of them. Package connectors/pki has one that
// takes the precautions.
//
// Fetch returns the octets published at the address. They prove themselves: a
// fetcher need not verify them, and what an attacker puts there is refused. It
// MUST return within 100 ms when the context ends, MUST read no more than Max
// octets, and MUST be safe for concurrent use if validations run concurrently.
// Its errors never become errors of a validation.
type Fetcher interface {
	Fetch(ctx context.Context, q Query) ([]byte, error)
}

// Doubter is a [Fetcher] that remembers answers. Doubt tells it that an answer
// was no good (it was for another certificate, its signature was wrong, it was
// out of date), so that it can ask again sooner than it would.
type Doubter interface{ Doubt(q Query) }

// Fetching bounds what one call of a validation asks for, however many
// signatures the file has. The zero value is safe.
type Fetching struct {
	Requests int           // 0 is 24
	Octets   int64         // of all answers; 0 is 64 MiB
	Time     time.Duration // in all; 0 is one minute
	// Nonce, when given, is where 32 octets are read from for each OCSP request:
	// crypto/rand.Reader, as a rule. The answer is then known to be made for this
	// request, and no cache can give it: nil is the choice for many signatures.
	Nonce io.Reader
}

// Outcome is what became of a request.
type Outcome string

// The outcomes.
const (
	Obtained   Outcome = "obtained"    // received, verified, used
	NoAnswer   Outcome = "no-answer"   // the fetcher returned an error
	Unreadable Outcome = "unreadable"  // not what was asked for, or refused by the responder
	Foreign    Outcome = "foreign"     // it does not speak of this certificate
	Silent     Outcome = "silent"      // it says nothing of a certificate that has expired
	Unproved   Outcome = "unproved"    // its signature, its signer or its nonce is not right
	OutOfDate  Outcome = "out-of-date" // superseded at the time of the validation
	BadAddress Outcome = "bad-address" // not one of http or https that can be asked
	OverLimit  Outcome = "over-limit"  // of [Fetching]: it was not asked, or was too long
)

var outcomes = map[Outcome][2]string{
	NoAnswer:   {"pas de réponse", "no answer"},
	Unreadable: {"réponse illisible ou refusée", "answer unreadable or refused"},
	Foreign:    {"la réponse concerne un autre certificat", "the answer is about another certificate"},
	Silent:     {"la réponse ne dit plus rien d'un certificat expiré", "the answer no longer says anything of an expired certificate"},
	Unproved:   {"la réponse n'est pas signée par qui de droit", "the answer is not signed by whom it should be"},
	OutOfDate:  {"la réponse est périmée", "the answer is out of date"},
	BadAddress: {"l'adresse inscrite dans le certificat n'est pas utilisable", "the address in the certificate cannot be used"},
	OverLimit:  {"limite atteinte", "limit reached"},
}

var wanted = map[Wanted][2]string{
	WantIssuer: {"certificat d'une autorité", "certificate of an authority"},
	WantCRL:    {"liste de révocation", "revocation list"},
	WantDelta:  {"complément de liste de révocation", "delta revocation list"},
	WantOCSP:   {"état d'un certificat (OCSP)", "status of a certificate (OCSP)"},
}

// Asked is one request and what became of it.
type Asked struct {
	Wanted Wanted
	// Host is the machine asked, which the authority makes public; "-" when the
	// address names none that can be written.
	Host string
	// Of is the ID of the certificate it was asked for.
	Of      string
	Outcome Outcome
	// Err is what the fetcher said, with NoAnswer.
	Err error
}

// Fetched is what a validation asked the world for: the requests, and what was
// used of the answers. A later validation given the same with [Options.With]
// needs no network and comes to the same conclusion. Their Raw octets are what
// to store; parsed again they are the same.
type Fetched struct {
	Asked        []Asked
	Certificates []*trust.Certificate
	CRLs         []*trust.CRL
	OCSPs        []*trust.OCSP
}

// Add adds what another part of the file needed.
func (f *Fetched) Add(o Fetched) {
	f.Asked = append(f.Asked, o.Asked...)
	f.Certificates = append(f.Certificates, o.Certificates...)
	f.CRLs = append(f.CRLs, o.CRLs...)
	f.OCSPs = append(f.OCSPs, o.OCSPs...)
}

// Findings says the requests as findings, which decide nothing.
func (f *Fetched) Findings(r *report.Report) {
	for _, a := range f.Asked {
		w := wanted[a.Wanted]
		params := []report.Param{report.Words("what", w[0], w[1]), report.Code("host", a.Host)}
		if a.Outcome == Obtained {
			r.Add(RuleFetched, report.Location{}, params...)
			continue
		}
		o := outcomes[a.Outcome]
		r.Add(RuleNotFetched, report.Location{}, append(params, report.Words("why", o[0], o[1]))...)
	}
}

// With returns options that bring what was fetched, and fetch nothing: the
// validation can be done again on the same octets, today or in ten years.
func (o Options) With(f Fetched) Options {
	o.Fetcher, o.asking = nil, nil
	o.Store = o.Store.Clone()
	o.Store.Add(f.Certificates...)
	o.CRLs = append(o.CRLs[:len(o.CRLs):len(o.CRLs)], f.CRLs...)
	o.OCSPs = append(o.OCSPs[:len(o.OCSPs):len(o.OCSPs)], f.OCSPs...)
	return o
}

// Together returns options under which several validations, one after another,
// share the limits of Fetching and ask each address once: those of a file and of
// the files inside it. They are then not for concurrent use.
func (o Options) Together() Options {
	if o.Fetcher != nil {
		o.asking = &asking{answers: map[string]*answer{}}
	}
	return o
}

// askable returns the host of an address that may be asked, and the address
// without its fragment.
func askable(s string) (addr, host string, ok bool) {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '\\' {
			return "", "-", false
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", "-", false
	}
	host = strings.ToLower(u.Hostname())
	if host == "" || len(host) > 253 || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") != "" {
		return "", "-", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), host, true
}

// asking is the account of one call: what was asked and what came, whatever
// parts the file has.
type asking struct {
	requests int
	octets   int64
	answers  map[string]*answer
	full     bool // said once
	tries    int
}

// answer is what one address gave, read once.
type answer struct {
	err     error
	outcome Outcome // Obtained until it is judged
	nonce   []byte  // of the request
	certs   []*trust.Certificate
	crl     *trust.CRL
	ocsp    *trust.OCSP
	said    bool
}

// Limits of one answer and of one call.
const (
	maxIssuers     = 4 << 20
	maxOCSP        = 1 << 20
	defaultAsked   = 24
	defaultFetched = 64 << 20
	nonceSize      = 32
)

// queries returns what can be asked of the addresses.
func (c *completion) queries(w Wanted, of *trust.Certificate, addresses []string) []Query {
	var out []Query
	for _, s := range addresses {
		if u, host, ok := askable(s); ok {
			out = append(out, Query{Wanted: w, URL: u, host: host})
		}
	}
	if len(out) == 0 && len(addresses) > 0 {
		c.record(Query{Wanted: w, host: "-"}, of, c.once(string(w)+" - "+of.ID(), func() *answer { return &answer{} }), BadAddress)
	}
	return out
}

// once returns the answer under the key, made when there is none.
func (a *asking) once(key string, get func() *answer) *answer {
	x, ok := a.answers[key]
	if !ok {
		x = get()
		a.answers[key] = x
	}
	return x
}

func (c *completion) nonce() []byte {
	if c.opt.Fetching.Nonce == nil {
		return nil
	}
	b := make([]byte, nonceSize)
	if _, err := io.ReadFull(c.opt.Fetching.Nonce, b); err != nil {
		return nil // the answer must then be fresh by its dates
	}
	return b
}

// ask asks once for the same thing in one call, and reads the answer. It
// returns nil when the limits are reached.
func (c *completion) ask(q Query, of *trust.Certificate) *answer {
	key := string(q.Wanted) + " " + q.URL
	if q.Wanted == WantOCSP {
		key += " " + of.ID()
	}
	return c.once(key, func() *answer {
		left := cmp.Or(c.opt.Fetching.Octets, defaultFetched) - c.octets
		if c.requests >= cmp.Or(c.opt.Fetching.Requests, defaultAsked) || left <= 0 || c.ctx.Err() != nil {
			if !c.full {
				c.full = true
				c.record(q, of, &answer{}, OverLimit)
			}
			return nil
		}
		if m := c.opt.Policy.MaxFreshness; m > 0 && q.Wanted != WantIssuer {
			q.After = c.opt.At.Add(-m)
		}
		switch q.Max = left; q.Wanted {
		case WantIssuer:
			q.Max = min(left, maxIssuers)
		case WantOCSP:
			q.Max = min(left, maxOCSP)
		}
		c.requests++
		b, err := c.opt.Fetcher.Fetch(c.ctx, q)
		c.octets += int64(len(b))
		a := &answer{outcome: Obtained, nonce: q.nonce}
		switch {
		case err != nil:
			a.outcome, a.err = NoAnswer, err
		case int64(len(b)) > q.Max:
			a.outcome = OverLimit
		default:
			a.read(q.Wanted, b)
		}
		return a
	})
}

func (a *answer) read(w Wanted, b []byte) {
	var err error
	switch w {
	case WantIssuer:
		a.certs, err = trust.ParseBundle(b)
	case WantOCSP:
		a.ocsp, err = trust.ParseOCSP(b)
	default:
		a.crl, err = trust.ParseCRL(b)
	}
	if err != nil {
		a.outcome = Unreadable
	}
}

// record tells of a request, once.
func (c *completion) record(q Query, of *trust.Certificate, a *answer, out Outcome) {
	if a.said {
		return
	}
	a.said = true
	c.got.Asked = append(c.got.Asked, Asked{Wanted: q.Wanted, Host: q.host, Of: of.ID(), Outcome: out, Err: a.err})
	switch out {
	case Unreadable, Foreign, Unproved, OutOfDate:
		if d, ok := c.opt.Fetcher.(Doubter); ok {
			d.Doubt(q)
		}
	}
}

package s2low

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/httpx"
)

// ID is the connector's name in references.
const ID = "s2low"

// MaxArchive is the size to which an unmodified server limits an archive.
const MaxArchive = 150 << 20

// Config is the configuration of a [Client]. Only URL is compulsory; the zero
// value of every other field is safe.
type Config struct {
	URL string // https://HOST[:PORT]

	// Certificate provides the RGS client certificate, at each handshake. The
	// real server refuses the handshake without one.
	Certificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
	RootCAs     *x509.CertPool // nil: the system's
	// Pins are SHA-256 digests of the SubjectPublicKeyInfo of server
	// certificates; when there are some, the server must show one of them, in
	// addition to the normal verification.
	Pins [][sha256.Size]byte

	// Login and Password choose the account when the certificate has several.
	Login    string
	Password connectors.Secret
	// BasicLatin1 writes them in ISO-8859-1, for servers that were not switched
	// to UTF-8.
	BasicLatin1 bool
	// Forward is the DER certificate of the person on whose behalf a trusted
	// gateway speaks.
	Forward []byte

	// Transliterate rewrites what ISO-8859-1 cannot hold in a subject (’ œ € …)
	// and says so in the receipt's notices. Without it such a subject is refused.
	Transliterate bool
	// MaxArchive is the size limit of this server; 0 is [MaxArchive].
	MaxArchive int64
	// Today, when given, makes a decision of the future refused before it is sent.
	Today func() ged.Date

	// Transport nil is a direct connection; an *http.Transport is cloned, its
	// proxy is kept.
	Transport http.RoundTripper
	// KeepAlive keeps connections of reading requests open until Close.
	KeepAlive bool
	// AllowHTTP permits http:// on a loopback address.
	AllowHTTP bool
	Timeouts  Timeouts
	// Attempts is how often a reading request is tried in all; 0 is 3.
	Attempts int
	// Now reads dates in Retry-After; Sleep waits; Random draws jitter from
	// [0,1); Entropy makes multipart boundaries. nil is the real thing.
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Random  func() float64
	Entropy io.Reader
}

// Timeouts bound silence, never the duration of a transfer.
type Timeouts struct {
	Idle   time.Duration // while bytes travel; 0 is one minute
	Answer time.Duration // between the request's end and the answer; 0 is five
}

// Client is the connector.
type Client struct {
	cfg    Config
	http   *httpx.Client
	header http.Header
	basic  connectors.Secret // value of the Authorization header
	hide   httpx.Redactor
}

var (
	_ connectors.TdT               = (*Client)(nil)
	_ connectors.Tester            = (*Client)(nil)
	_ connectors.EnvelopeSubmitter = (*Client)(nil)
	_ connectors.ReplyReader       = (*Client)(nil)
	_ connectors.Fetcher           = (*Client)(nil)
	_ connectors.Inbox             = (*Client)(nil)
	_ connectors.Canceller         = (*Client)(nil)
	_ connectors.ReferenceReader   = (*Client)(nil)
)

// ErrConfig is the error for a configuration that cannot work. It quotes no
// secret.
var ErrConfig = errors.New("s2low: configuration")

// New returns a client. It contacts no one.
func New(cfg Config) (*Client, error) {
	if cfg.MaxArchive <= 0 {
		cfg.MaxArchive = MaxArchive
	}
	if cfg.Entropy == nil {
		cfg.Entropy = rand.Reader
	}
	pins := make([]httpx.Pin, len(cfg.Pins))
	for i, p := range cfg.Pins {
		pins[i] = p
	}
	h, err := httpx.New(cfg.URL, httpx.Options{
		Transport: cfg.Transport,
		TLS:       httpx.TLSOptions{Certificate: cfg.Certificate, RootCAs: cfg.RootCAs, Pins: pins},
		KeepAlive: cfg.KeepAlive, AllowHTTP: cfg.AllowHTTP,
		IdleTimeout: cfg.Timeouts.Idle, AnswerTimeout: cfg.Timeouts.Answer,
		Retry: httpx.Retry{Attempts: cfg.Attempts},
		Sleep: cfg.Sleep, Random: cfg.Random, Now: cfg.Now,
	})
	if err != nil {
		return nil, errors.Join(ErrConfig, err)
	}
	c := &Client{cfg: cfg, http: h, header: http.Header{}}
	if cfg.Login != "" || !cfg.Password.IsZero() {
		pair := cfg.Login + ":" + cfg.Password.Reveal()
		if cfg.BasicLatin1 {
			b, bad := latin1(pair)
			if len(bad) > 0 {
				return nil, errors.Join(ErrConfig, errors.New("login or password cannot be written in ISO-8859-1"))
			}
			pair = string(b)
		}
		c.basic = connectors.NewSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(pair)))
		c.hide = httpx.NewRedactor(cfg.Password.Reveal(), cfg.Login+":"+cfg.Password.Reveal())
	}
	if len(cfg.Forward) > 0 {
		c.header.Set("org.s2low.forward-x509-identification", base64.StdEncoding.EncodeToString(cfg.Forward))
	}
	return c, nil
}

// Descriptor says what the connector is.
func (c *Client) Descriptor() connectors.Descriptor {
	return connectors.Descriptor{
		ID: ID, Role: "tdt", Product: "S²LOW", PeerVersions: "5", Stability: connectors.Experimental,
		Capabilities: []connectors.Capability{connectors.CanSendActs, connectors.CanReadStatus, connectors.CanLookup,
			connectors.CanTest, connectors.CanEnvelope, connectors.CanReply, connectors.CanFetch, connectors.CanReceive,
			connectors.CanCancel, connectors.CanReadTables},
		DetectsDuplicates: true,
		Limits:            connectors.Limits{MaxBytes: c.cfg.MaxArchive, Poll: time.Minute, Charset: "ISO-8859-1"},
	}
}

// Close closes connections kept open.
func (c *Client) Close(context.Context) error {
	c.http.Close()
	return nil
}

func (c *Client) call(op string, write bool) wire.Call {
	return wire.Call{Op: ID + "." + op, Write: write, Now: c.cfg.Now, Redactor: c.hide}
}

// get reads a resource. A GET that changes something at the peer is a write.
func (c *Client) get(ctx context.Context, call wire.Call, path string, query url.Values) ([]byte, error) {
	return c.do(ctx, call, httpx.Request{Method: http.MethodGet, Path: path, Query: query, Idempotent: !call.Write})
}

// do makes an exchange and returns the body of an answer which is neither an
// error nor a page.
func (c *Client) do(ctx context.Context, call wire.Call, r httpx.Request) ([]byte, error) {
	h := c.headers()
	for k, v := range r.Header {
		h[k] = v
	}
	r.Header = h
	resp, err := c.http.Do(ctx, r)
	if err != nil {
		return nil, call.Failure(err)
	}
	return resp.Body, nilable(verdict(call, resp.Status, resp.Header, resp.Body))
}

// headers returns those of every request.
func (c *Client) headers() http.Header {
	h := c.header.Clone()
	if !c.basic.IsZero() {
		h.Set("Authorization", c.basic.Reveal())
	}
	return h
}

// nilable turns a nil *Error into a nil error.
func nilable(e *connectors.Error) error {
	if e == nil {
		return nil
	}
	return e
}

// Test checks the address, the certificate and the account.
func (c *Client) Test(ctx context.Context) error {
	call := c.call("test", false)
	body, err := c.get(ctx, call, "/api/test-connexion.php", nil)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(clean(body)), "OK") {
		return c.bug(call, body)
	}
	return nil
}

// Nounce asks for a nounce (the server's spelling), good for five minutes.
func (c *Client) Nounce(ctx context.Context) (string, error) {
	call := c.call("nounce", false)
	body, err := c.get(ctx, call, "/api/get-nounce.php", nil)
	if err != nil {
		return "", err
	}
	var answer struct {
		Nounce string `json:"nounce"`
	}
	if json.Unmarshal(clean(body), &answer) != nil || answer.Nounce == "" {
		return "", c.bug(call, body)
	}
	return answer.Nounce, nil
}

// LoginQuery returns the URL parameters that log a person's browser in, good
// for five minutes. They are as secret as a password for that time.
func (c *Client) LoginQuery(ctx context.Context) (url.Values, error) {
	n, err := c.Nounce(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(c.cfg.Password.Reveal() + ":" + n))
	return url.Values{"nounce": {n}, "login": {c.cfg.Login}, "hash": {hex.EncodeToString(sum[:])}}, nil
}

// bug is the error for an answer that cannot be understood.
func (c *Client) bug(call wire.Call, body []byte) *connectors.Error {
	return &connectors.Error{Class: connectors.PeerBug, Op: call.Op, HTTPStatus: http.StatusOK, Code: "answer",
		Remote: call.Cut(body, connectors.MaxRemote)}
}

// invalid is the error for a request refused before it is sent.
func invalid(op, code string) *connectors.Error {
	return &connectors.Error{Class: connectors.Invalid, Op: ID + "." + op, Code: code}
}

// transaction returns the number a reference of ours holds.
func transaction(op string, ref connectors.Ref) (string, error) {
	if ref.Connector != ID || !number(ref.ID) {
		return "", invalid(op, "reference")
	}
	return ref.ID, nil
}

// number reports whether s is a positive decimal number as the server numbers
// its rows.
func number(s string) bool {
	if s == "" || len(s) > 18 || s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

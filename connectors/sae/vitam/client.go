package vitam

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/internal/httpx"
)

// ID is the connector's name in references.
const ID = "vitam"

// Config is the configuration of a [Client]. URL is compulsory; the zero value
// of every other field is safe.
type Config struct {
	// URL is https://HOST[:PORT], under which the services lie. IngestURL,
	// AdminURL and AccessURL name the host of a service that lies elsewhere.
	URL                            string
	IngestURL, AdminURL, AccessURL string

	// Certificate provides the client certificate, which is the application's
	// whole identity, at each handshake.
	Certificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
	RootCAs     *x509.CertPool // nil: the system's
	// Pins are SHA-256 digests of the SubjectPublicKeyInfo of server
	// certificates, required in addition to the normal verification.
	Pins [][sha256.Size]byte

	Tenant int
	// AccessContract is needed to read the logbook, hence to look up deposits
	// that did not reach the register. Without it [Client.Lookup] must wait.
	AccessContract string
	// ApplicationID is copied to the logbook.
	ApplicationID string
	// Person is the DER certificate of the person at work, for sensitive calls.
	Person []byte

	// Settle is how long a deposit may stay without its MessageIdentifier in
	// the logbook before it is taken for dead; 0 is one hour.
	Settle time.Duration

	// Transport nil is a direct connection; an *http.Transport is cloned, its
	// proxy is kept.
	Transport http.RoundTripper
	// KeepAlive keeps connections of reading requests open until Close.
	KeepAlive bool
	// AllowHTTP permits http:// on a loopback address.
	AllowHTTP bool
	// IdleTimeout and AnswerTimeout bound silence: while bytes travel, 0 is one
	// minute; between the request's end and the answer, 0 is five.
	IdleTimeout, AnswerTimeout time.Duration
	// Attempts is how often a reading request is tried in all; 0 is 3.
	Attempts int
	// Now reads dates in Retry-After, Sleep waits, Random draws jitter from
	// [0,1). nil is the real thing.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Random func() float64
}

// Client is the connector.
type Client struct {
	cfg                   Config
	ingest, admin, access *httpx.Client
	header                http.Header
}

var (
	_ connectors.SAE         = (*Client)(nil)
	_ connectors.Tester      = (*Client)(nil)
	_ connectors.ReplyReader = (*Client)(nil)
)

// ErrConfig is the error for a configuration that cannot work.
var ErrConfig = errors.New("vitam: configuration")

const maxReply = 128 << 20 // an ATR lists every unit and object

// New returns a client. It contacts no one.
func New(cfg Config) (*Client, error) {
	if cfg.Settle <= 0 {
		cfg.Settle = time.Hour
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	pins := make([]httpx.Pin, len(cfg.Pins))
	for i, p := range cfg.Pins {
		pins[i] = p
	}
	c := &Client{cfg: cfg, header: http.Header{}}
	for _, s := range []struct {
		to   **httpx.Client
		base string
	}{{&c.ingest, cfg.IngestURL}, {&c.admin, cfg.AdminURL}, {&c.access, cfg.AccessURL}} {
		if s.base == "" {
			s.base = cfg.URL
		}
		h, err := httpx.New(s.base, httpx.Options{
			Transport: cfg.Transport,
			TLS:       httpx.TLSOptions{Certificate: cfg.Certificate, RootCAs: cfg.RootCAs, Pins: pins},
			KeepAlive: cfg.KeepAlive, AllowHTTP: cfg.AllowHTTP,
			IdleTimeout: cfg.IdleTimeout, AnswerTimeout: cfg.AnswerTimeout, MaxAnswer: maxReply,
			Retry: httpx.Retry{Attempts: cfg.Attempts},
			Sleep: cfg.Sleep, Random: cfg.Random, Now: cfg.Now,
		})
		if err != nil {
			return nil, errors.Join(ErrConfig, err)
		}
		*s.to = h
	}
	c.header.Set("X-Tenant-Id", strconv.Itoa(cfg.Tenant))
	if cfg.ApplicationID != "" {
		c.header.Set("X-Application-Id", cfg.ApplicationID)
	}
	if len(cfg.Person) > 0 {
		c.header.Set("X-Personal-Certificate", base64.StdEncoding.EncodeToString(cfg.Person))
	}
	return c, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// Descriptor says what the connector is.
func (c *Client) Descriptor() connectors.Descriptor {
	return connectors.Descriptor{
		ID: ID, Role: "sae", Product: "Vitam", PeerVersions: "external API v1 of December 2023", Stability: connectors.Experimental,
		Capabilities: []connectors.Capability{connectors.CanDeposit, connectors.CanReadStatus, connectors.CanLookup,
			connectors.CanTest, connectors.CanReply},
		Limits: connectors.Limits{Poll: time.Minute},
	}
}

// Close closes connections kept open.
func (c *Client) Close(context.Context) error {
	c.ingest.Close()
	c.admin.Close()
	c.access.Close()
	return nil
}

func call(op string, write bool, now func() time.Time) wire.Call {
	return wire.Call{Op: ID + "." + op, Write: write, Now: now}
}

// headers returns the common headers with some more.
func (c *Client) headers(kv ...string) http.Header {
	h := c.header.Clone()
	for i := 0; i < len(kv); i += 2 {
		h.Set(kv[i], kv[i+1])
	}
	return h
}

// Test checks the address, the certificate and the tenant.
func (c *Client) Test(ctx context.Context) error {
	k := call("test", false, c.cfg.Now)
	resp, err := c.admin.Do(ctx, httpx.Request{Method: http.MethodGet, Path: "/admin-external/v1/status",
		Header: c.headers("Accept", "application/json"), Idempotent: true})
	if err != nil {
		return k.Failure(err)
	}
	if resp.Status == http.StatusOK || resp.Status == http.StatusNoContent {
		return nil
	}
	return refused(k, resp)
}

// refused classifies an answer which is an error, with the server's own words
// for it when it gives some.
func refused(k wire.Call, resp *httpx.Response) *connectors.Error {
	e := k.Answer(resp.Status, resp.Header, resp.Body)
	e.RequestID = safeID(resp.Header.Get("X-Request-Id"))
	var said struct {
		State       string `json:"state"`
		Message     string `json:"message"`
		Description string `json:"description"`
	}
	if json.Unmarshal(resp.Body, &said) == nil {
		if code.MatchString(said.State) {
			e.Code = said.State
		}
		e.Message = k.Text(said.Message)
		if said.Description != "" {
			e.Message += " : " + k.Text(said.Description)
		}
	} else if bytes.Contains(resp.Body, []byte("X-Tenant-Id check failed")) {
		// The container's own page around it.
		e.Code = "tenant"
	}
	return e
}

var (
	code      = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
	operation = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// safeID returns an operation's identifier, "" when it is not of the form.
func safeID(s string) string {
	if !operation.MatchString(s) {
		return ""
	}
	return s
}

func invalid(op, code string) *connectors.Error {
	return &connectors.Error{Class: connectors.Invalid, Op: ID + "." + op, Code: code}
}

func operationID(op string, ref connectors.Ref) (string, error) {
	if ref.Connector != ID || safeID(ref.ID) == "" {
		return "", invalid(op, "reference")
	}
	return ref.ID, nil
}

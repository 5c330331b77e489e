package vitam

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/httpx"
)

var purposes = map[connectors.Purpose]string{
	connectors.Transfer: "DEFAULT_WORKFLOW", connectors.Rehearsal: "BLANK_TEST",
	connectors.FilingScheme: "FILING_SCHEME", connectors.HoldingScheme: "HOLDING_SCHEME",
}

var hexDigest = regexp.MustCompile(`^([0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$`)

// digestLengths are the digests the server compares the manifest's with.
var digestLengths = map[ged.Algorithm]int{ged.SHA256: 64, ged.SHA384: 96, ged.SHA512: 128}

// Deposit sends a SIP (zip, tar, tar.gz). The receipt says that it is on the
// server's disk; its state is then asked for.
func (c *Client) Deposit(ctx context.Context, p connectors.Package) (connectors.Receipt, error) {
	const op = "deposit"
	purpose, known := purposes[p.Purpose]
	switch {
	case p.Content == nil || p.Content.Size() <= 0:
		return connectors.Receipt{}, invalid(op, "no-file")
	case !known:
		return connectors.Receipt{}, invalid(op, "purpose")
	}
	h := c.headers("Accept", "application/xml", "Content-Type", "application/octet-stream", "X-Action", "RESUME", "X-Context-Id", purpose)
	if p.Manifest != (ged.Digest{}) {
		// Both or none, and compared letter by letter.
		if n := digestLengths[p.Manifest.Algorithm]; n == 0 || len(p.Manifest.Value) != n || !hexDigest.MatchString(p.Manifest.Value) {
			return connectors.Receipt{}, invalid(op, "digest")
		}
		h.Set("X-Manifest-Digest-Algo", string(p.Manifest.Algorithm))
		h.Set("X-Manifest-Digest-Value", p.Manifest.Value)
	}
	k := call(op, true, c.cfg.Now)
	resp, err := c.ingest.Do(ctx, httpx.Request{Method: http.MethodPost, Path: "/ingest-external/v1/ingests", Header: h, Body: p.Content, Expect: true})
	if err != nil {
		return connectors.Receipt{}, k.Failure(err)
	}
	id := safeID(resp.Header.Get("X-Request-Id"))
	ref := connectors.Ref{}
	if id != "" {
		ref = connectors.Ref{Connector: ID, ID: id}
	}
	if resp.Status == http.StatusAccepted && id != "" {
		s, _ := statusOf(ref, resp.Header)
		if s.State == connectors.Unknown {
			s.State = connectors.Waiting
		}
		return connectors.Receipt{Ref: ref, Key: p.Key, Status: s}, nil
	}
	e := refused(k, resp)
	e.Ref = ref
	if resp.Status == http.StatusServiceUnavailable && id != "" {
		// The server itself speaks: an unknown or missing context, not a
		// maintenance. It must not be tried again.
		e.Class, e.Code, e.RetryAfter = connectors.Invalid, "context", 0
	}
	return connectors.Receipt{}, e
}

// statusOf reads the state headers; false when they are not there.
func statusOf(ref connectors.Ref, h http.Header) (connectors.Status, bool) {
	state, status := h.Get("X-Global-Execution-State"), h.Get("X-Global-Execution-Status")
	s := connectors.Status{Ref: ref, Code: state + "/" + status}
	if !code.MatchString(state) || !code.MatchString(status) {
		s.Code = ""
		return s, false
	}
	switch state {
	case "RUNNING":
		s.State, s.Label = connectors.Waiting, "Versement en cours de traitement"
	case "PAUSE":
		s.State, s.Label = connectors.Waiting, "Versement en attente"
		if status == "KO" || status == "FATAL" {
			s.Alert, s.Label = true, "Versement arrêté : l'exploitant du SAE doit intervenir"
		}
	case "COMPLETED":
		switch status {
		case "OK":
			s.State, s.Label = connectors.Accepted, "Versement accepté"
		case "WARNING":
			s.State, s.Label = connectors.AcceptedWithWarning, "Versement accepté avec avertissement"
		case "KO":
			s.State, s.Label = connectors.Refused, "Versement refusé"
		case "FATAL":
			s.State, s.Label, s.Alert = connectors.Failed, "Erreur technique du SAE", true
		}
	}
	return s, true
}

// Status asks where an operation stands. Operations leave the server's process
// table after a while, and some versions answer 500 or 204 for those they do
// not know: then the reply, which stays, is asked.
func (c *Client) Status(ctx context.Context, ref connectors.Ref) (connectors.Status, error) {
	s, err := c.process(ctx, ref)
	for range 2 {
		if e, ok := err.(*connectors.Error); !ok || e.HTTPStatus != http.StatusInternalServerError {
			break
		}
		if c.cfg.Sleep(ctx, time.Second) != nil {
			break
		}
		s, err = c.process(ctx, ref)
	}
	if e, ok := err.(*connectors.Error); ok && (e.Class == connectors.NotFound || e.HTTPStatus == http.StatusInternalServerError) {
		if atr, rerr := c.ATR(ctx, ref); rerr == nil {
			return atr.Status(), nil
		}
	}
	return s, err
}

// process reads the state of an operation in the process table.
func (c *Client) process(ctx context.Context, ref connectors.Ref) (connectors.Status, error) {
	const op = "status"
	id, err := operationID(op, ref)
	if err != nil {
		return connectors.Status{}, err
	}
	k := call(op, false, c.cfg.Now)
	resp, err := c.admin.Do(ctx, httpx.Request{Method: http.MethodHead, Path: "/admin-external/v1/operations/" + id,
		Header: c.headers("Accept", "application/json"), Idempotent: true})
	if err != nil {
		return connectors.Status{}, k.Failure(err)
	}
	switch resp.Status {
	case http.StatusOK, http.StatusAccepted:
		if s, ok := statusOf(ref, resp.Header); ok {
			return s, nil
		}
		return connectors.Status{}, bug(k, resp)
	case http.StatusNoContent:
		// Never a success without the state headers.
		if s, ok := statusOf(ref, resp.Header); ok {
			return s, nil
		}
		return connectors.Status{}, &connectors.Error{Class: connectors.NotFound, Op: k.Op, HTTPStatus: resp.Status, Code: "unknown", Ref: ref}
	}
	e := refused(k, resp)
	e.Ref = ref
	return connectors.Status{}, e
}

func bug(k wire.Call, resp *httpx.Response) *connectors.Error {
	return &connectors.Error{Class: connectors.PeerBug, Op: k.Op, HTTPStatus: resp.Status, Code: "answer",
		RequestID: safeID(resp.Header.Get("X-Request-Id")), Remote: k.Cut(resp.Body, connectors.MaxRemote)}
}

// ATR is the reply to a deposit.
type ATR struct {
	Ref connectors.Ref
	Raw []byte // as it came
	*seda.Reply
}

// Status says what the reply says.
func (a *ATR) Status() connectors.Status {
	s := connectors.Status{Ref: a.Ref, Code: "ATR/" + a.Code, Reply: a.Raw}
	switch a.Acceptance() {
	case seda.Accepted:
		s.State, s.Label = connectors.Accepted, "Versement accepté"
	case seda.AcceptedWithWarning:
		s.State, s.Label = connectors.AcceptedWithWarning, "Versement accepté avec avertissement"
	case seda.Refused:
		s.State, s.Label = connectors.Refused, "Versement refusé"
		for _, f := range a.Failures() {
			s.Message = f.Message
		}
	}
	return s
}

// Reply returns the ArchiveTransferReply as it came, of a refused deposit too.
func (c *Client) Reply(ctx context.Context, ref connectors.Ref) ([]byte, error) {
	a, err := c.ATR(ctx, ref)
	if err != nil {
		return nil, err
	}
	return a.Raw, nil
}

// ATR fetches and reads the ArchiveTransferReply: [connectors.NotReady] until
// the operation has made it. What it decides is in its code, whatever the HTTP
// status it came with.
func (c *Client) ATR(ctx context.Context, ref connectors.Ref) (*ATR, error) {
	const op = "reply"
	id, err := operationID(op, ref)
	if err != nil {
		return nil, err
	}
	k := call(op, false, c.cfg.Now)
	resp, err := c.ingest.Do(ctx, httpx.Request{Method: http.MethodGet, Path: "/ingest-external/v1/ingests/" + id + "/archivetransferreply",
		Header: c.headers("Accept", "application/octet-stream"), Idempotent: true})
	if err != nil {
		return nil, k.Failure(err)
	}
	if resp.Status == http.StatusOK || resp.Status == http.StatusBadRequest {
		// 400 is documented for a refusal; it is an error of ours when no
		// reply comes with it.
		if bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(resp.Body, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("<")) {
			r, _, err := seda.ReadReply(ctx, bytes.NewReader(resp.Body))
			if err != nil {
				return nil, &connectors.Error{Class: connectors.Transient, Op: k.Op, HTTPStatus: resp.Status, Err: err}
			}
			if r != nil && r.Code != "" {
				return &ATR{Ref: ref, Raw: resp.Body, Reply: r}, nil
			}
		}
		if resp.Status == http.StatusOK {
			return nil, bug(k, resp)
		}
	}
	e := refused(k, resp)
	e.Ref = ref
	if e.Class == connectors.NotFound {
		e.Class, e.Code = connectors.NotReady, "no-reply"
	}
	return nil, e
}

// Manifest opens the bordereau as the server received it. The caller closes it.
func (c *Client) Manifest(ctx context.Context, ref connectors.Ref) (connectors.Content, error) {
	const op = "manifest"
	id, err := operationID(op, ref)
	if err != nil {
		return connectors.Content{}, err
	}
	k := call(op, false, c.cfg.Now)
	s, err := c.ingest.Stream(ctx, httpx.Request{Method: http.MethodGet, Path: "/ingest-external/v1/ingests/" + id + "/manifests",
		Header: c.headers("Accept", "application/octet-stream"), Idempotent: true})
	if err != nil {
		return connectors.Content{}, k.Failure(err)
	}
	if s.Status != http.StatusOK {
		s.Close()
		e := k.Answer(s.Status, s.Header, nil)
		if e.Class == connectors.NotFound {
			e.Class, e.Code = connectors.NotReady, "no-manifest"
		}
		return connectors.Content{}, e
	}
	return connectors.Content{ReadCloser: &content{s, k}, MediaType: s.Header.Get("Content-Type"), Size: s.Size}, nil
}

// content is a body whose failures are connector errors.
type content struct {
	*httpx.Stream
	call wire.Call
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.Stream.Read(p)
	if err != nil && err != io.EOF {
		err = c.call.Failure(err)
	}
	return n, err
}

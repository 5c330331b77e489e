package vitam

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/internal/httpx"
)

// Lookup finds the operations that deposited a MessageIdentifier. There may be
// several: nothing keeps the server from archiving one twice.
//
// The accession register knows those that came through (property obIdIn, since
// version 5). The logbook knows the others, once their manifest was read;
// until then an ingest begun since the attempt may be ours, and Lookup answers
// [connectors.NotReady]. One still nameless after [Config.Settle] is dead: an
// upload that was interrupted.
func (c *Client) Lookup(ctx context.Context, a connectors.Attempt) ([]connectors.Receipt, error) {
	const op = "lookup"
	if a.Key.Value == "" {
		return nil, invalid(op, "key")
	}
	var out []connectors.Receipt
	add := func(id string) {
		ref := connectors.Ref{Connector: ID, ID: id}
		if safeID(id) != "" && !slices.ContainsFunc(out, func(r connectors.Receipt) bool { return r.Ref == ref }) {
			out = append(out, connectors.Receipt{Ref: ref, Key: a.Key, Status: connectors.Status{Ref: ref}})
		}
	}
	rows, peerTime, err := c.search(ctx, c.admin, "/admin-external/v1/accessionregisterdetails", nil,
		map[string]any{"$eq": map[string]any{"obIdIn": a.Key.Value}}, nil)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.ObIdIn == a.Key.Value && (r.OpType == "" || r.OpType == "INGEST") {
			add(r.Opi)
		}
	}
	nameless := false
	if c.cfg.AccessContract == "" {
		// The logbook cannot be read: only time tells.
		nameless = !a.Started.IsZero() && !peerTime.IsZero() && peerTime.Sub(a.Started) < 24*c.cfg.Settle
	} else if nameless, err = c.logbook(ctx, a, add); err != nil {
		return nil, err
	}
	if len(out) == 0 && nameless {
		return nil, &connectors.Error{Class: connectors.NotReady, Op: ID + "." + op, HTTPStatus: http.StatusOK, Code: "not-settled"}
	}
	return out, nil
}

// logbook adds the ingests whose manifest bears the key and reports whether
// some that may be ours have no name yet.
func (c *Client) logbook(ctx context.Context, a connectors.Attempt, add func(string)) (nameless bool, err error) {
	ingest := map[string]any{"$eq": map[string]any{"evTypeProc": "INGEST"}}
	query := map[string]any{"$and": []any{ingest, map[string]any{"$eq": map[string]any{"obIdIn": a.Key.Value}}}}
	if !a.Started.IsZero() {
		// Five minutes before: the clocks differ.
		since := a.Started.Add(-5 * time.Minute).UTC().Format("2006-01-02T15:04:05.000")
		query = map[string]any{"$and": []any{ingest, map[string]any{"$gte": map[string]any{"evDateTime": since}}}}
	}
	h := http.Header{"X-Access-Contract-Id": {c.cfg.AccessContract}}
	rows, peerTime, err := c.search(ctx, c.access, "/access-external/v1/logbookoperations", h, query, map[string]any{"evDateTime": -1})
	if err != nil {
		return false, err
	}
	nameless = len(rows) >= window // more than can be read
	for _, r := range rows {
		id := r.ID
		if id == "" {
			id = r.EvID
		}
		switch {
		case r.ObIdIn == a.Key.Value:
			add(id)
		case r.ObIdIn == "" && !a.Started.IsZero():
			began, err := time.Parse("2006-01-02T15:04:05.999", strings.TrimSuffix(r.EvDateTime, "Z"))
			if err != nil || peerTime.IsZero() || peerTime.Sub(began) < c.cfg.Settle {
				nameless = true
			}
		}
	}
	return nameless, nil
}

// row is what a look-up reads of a result.
type row struct {
	ID         string `json:"#id"`
	EvID       string `json:"evId"`
	EvDateTime string `json:"evDateTime"`
	Opi        string `json:"Opi"`
	OpType     string `json:"OpType"`
	ObIdIn     string `json:"obIdIn"`
}

// page and window are the server's limits: so many results at once, so far.
const (
	pageSize = 1000
	window   = 10_000
)

// search runs a DSL query through its pages. It is sent as a POST standing for
// GET, since proxies drop the body of a GET. The time is the server's.
func (c *Client) search(ctx context.Context, h *httpx.Client, path string, more http.Header, query, order map[string]any) (rows []row, now time.Time, err error) {
	k := call("lookup", false, c.cfg.Now)
	header := c.headers("Accept", "application/json", "Content-Type", "application/json", "X-Http-Method-Override", http.MethodGet)
	for name, v := range more {
		header[name] = v
	}
	for offset := 0; offset < window; offset += pageSize {
		filter := map[string]any{"$offset": offset, "$limit": pageSize}
		if order != nil {
			filter["$orderby"] = order
		}
		body, err := json.Marshal(map[string]any{"$query": query, "$filter": filter, "$projection": map[string]any{}})
		if err != nil {
			return nil, now, &connectors.Error{Class: connectors.Invalid, Op: k.Op, Code: "query", Err: err}
		}
		resp, err := h.Do(ctx, httpx.Request{Method: http.MethodPost, Path: path, Header: header, Body: httpx.Bytes(body), Idempotent: true})
		if err != nil {
			return nil, now, k.Failure(err)
		}
		if resp.Status != http.StatusOK {
			return nil, now, refused(k, resp)
		}
		var answer struct {
			Results *[]row `json:"$results"`
		}
		if json.Unmarshal(resp.Body, &answer) != nil || answer.Results == nil {
			return nil, now, bug(k, resp)
		}
		now, _ = http.ParseTime(resp.Header.Get("Date"))
		rows = append(rows, *answer.Results...)
		if len(*answer.Results) < pageSize {
			return rows, now, nil
		}
	}
	return rows, now, nil
}

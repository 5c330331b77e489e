package s2low

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/internal/httpx"
)

// Row is a transaction as the server lists it.
type Row struct {
	Ref         connectors.Ref
	Statut      Statut
	Number      string
	Date        string // of the decision
	Subject     string
	Nature      string // its label
	Matiere     string // dotted
	MessageType int    // 1 act … 6 cancellation, 7 classification
}

const (
	pageSize = 100
	// overlap is how far a page reaches back into the one before: rows leave a
	// status while it is being read, and those behind them move up.
	overlap = 50
)

// List yields the authority's transactions that have the status, the newest
// first. Each is yielded once, though pages shift while transactions come and
// go. When since is not zero, those submitted long before are left out where
// the server can do it (since 5.0.38). An error is yielded once, last.
func (c *Client) List(ctx context.Context, s Statut, since time.Time) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		seen := map[string]bool{}
		for offset := 0; ; offset += pageSize - overlap {
			rows, err := c.page(ctx, s, since, offset)
			if err != nil {
				yield(Row{}, err)
				return
			}
			fresh := 0
			for _, r := range rows {
				if seen[r.Ref.ID] {
					continue
				}
				seen[r.Ref.ID] = true
				fresh++
				if !yield(r, nil) {
					return
				}
			}
			if len(rows) < pageSize || fresh == 0 {
				return
			}
		}
	}
}

func (c *Client) page(ctx context.Context, s Statut, since time.Time, offset int) ([]Row, error) {
	call := c.call("list", false)
	q := url.Values{"status_id": {s.String()}, "offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(pageSize)}}
	if !since.IsZero() {
		// Two days before: clocks and zones differ.
		q.Set("min_submission_date", since.Add(-48*time.Hour).UTC().Format(time.DateOnly))
	}
	body, err := c.get(ctx, call, "/modules/actes/api/list_actes.php", q)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Transactions *[]struct {
			ID             text `json:"id"`
			Subject        text `json:"subject"`
			Number         text `json:"number"`
			Date           text `json:"date"`
			Nature         text `json:"nature_descr"`
			Classification text `json:"classification"`
			Type           text `json:"type"`
		} `json:"transactions"`
	}
	if json.Unmarshal(clean(body), &answer) != nil || answer.Transactions == nil {
		return nil, c.bug(call, body)
	}
	var out []Row
	for _, t := range *answer.Transactions {
		if !number(string(t.ID)) {
			return nil, c.bug(call, body)
		}
		kind, _ := strconv.Atoi(string(t.Type))
		out = append(out, Row{Ref: connectors.Ref{Connector: ID, ID: string(t.ID)}, Statut: s, Number: string(t.Number), Date: string(t.Date),
			Subject: string(t.Subject), Nature: string(t.Nature), Matiere: string(t.Classification), MessageType: kind})
	}
	return out, nil
}

// Lookup finds the act that took a number. The server lets a number be taken
// once, whatever becomes of the act, so there is at most one; [connectors.Seen]
// tells whether it is ours. Statuses are read in the order a transaction goes
// through them, so that none escapes by moving on.
func (c *Client) Lookup(ctx context.Context, a connectors.Attempt) ([]connectors.Receipt, error) {
	for _, s := range searchOrder {
		for r, err := range c.List(ctx, s, a.Started) {
			if err != nil {
				return nil, relabel(err, "lookup")
			}
			if r.Number != a.Key.Value || r.MessageType != 1 {
				continue
			}
			return []connectors.Receipt{{
				Ref: r.Ref, Key: a.Key,
				Status: connectors.Status{Ref: r.Ref, State: s.State(), Code: s.String(), Label: s.Libelle()},
				Seen:   connectors.Seen{Title: r.Subject, Date: r.Date, Nature: r.Nature},
			}}, nil
		}
	}
	return nil, nil
}

// relabel gives an error the name of the operation it made fail.
func relabel(err error, op string) error {
	if e := (*connectors.Error)(nil); errors.As(err, &e) {
		e.Op = ID + "." + op
	}
	return err
}

// Incoming yields the letters of the préfecture not marked as read.
func (c *Client) Incoming(ctx context.Context) iter.Seq2[connectors.Incoming, error] {
	return func(yield func(connectors.Incoming, error) bool) {
		call := c.call("inbox", false)
		body, err := c.get(ctx, call, "/modules/actes/api/list_document_prefecture.php", nil)
		if err != nil {
			yield(connectors.Incoming{}, err)
			return
		}
		var rows []struct {
			ID      text `json:"id"`
			Type    text `json:"type"`
			Related text `json:"related_transaction_id"`
			Number  text `json:"number"`
		}
		if json.Unmarshal(clean(body), &rows) != nil {
			yield(connectors.Incoming{}, c.bug(call, body))
			return
		}
		for _, r := range rows {
			if !number(string(r.ID)) {
				yield(connectors.Incoming{}, c.bug(call, body))
				return
			}
			in := connectors.Incoming{Ref: connectors.Ref{Connector: ID, ID: string(r.ID)}, Kind: string(r.Type), Key: connectors.Key{Value: string(r.Number)}}
			if number(string(r.Related)) {
				in.Related = connectors.Ref{Connector: ID, ID: string(r.Related)}
			}
			if !yield(in, nil) {
				return
			}
		}
	}
}

// Receive opens the letter: the tar.gz the préfecture sent. The server answers
// with a redirect to it, followed on the same server only.
func (c *Client) Receive(ctx context.Context, in connectors.Incoming) (connectors.Content, error) {
	const op = "receive"
	id, err := transaction(op, in.Ref)
	if err != nil {
		return connectors.Content{}, err
	}
	call := c.call(op, false)
	s, err := c.http.Stream(ctx, httpx.Request{Method: http.MethodGet, Path: "/modules/actes/actes_transac_get_document.php",
		Query: url.Values{"id": {id}}, Header: c.headers(), Idempotent: true})
	if err != nil {
		return connectors.Content{}, call.Failure(err)
	}
	if s.Status/100 != 3 {
		return c.opened(call, s)
	}
	s.Close()
	env, ok := c.envelopeOf(s.Header.Get("Location"))
	if !ok {
		return connectors.Content{}, nilable(call.Answer(s.Status, s.Header, nil))
	}
	return c.stream(ctx, call, "/modules/actes/actes_download_file.php", url.Values{"env": {env}})
}

// envelopeOf reads the only redirect that is followed.
func (c *Client) envelopeOf(location string) (string, bool) {
	to, err := url.Parse(location)
	if err != nil {
		return "", false
	}
	base, err := url.Parse(c.cfg.URL)
	if err != nil {
		return "", false
	}
	root := strings.TrimRight(base.Path, "/")
	base.Path = root + "/modules/actes/actes_transac_get_document.php"
	to = base.ResolveReference(to)
	env := to.Query().Get("env")
	return env, to.Scheme == base.Scheme && to.Host == base.Host && to.Path == root+"/modules/actes/actes_download_file.php" && number(env)
}

// Ack marks the letter as read. Call it once the letter is kept.
func (c *Client) Ack(ctx context.Context, in connectors.Incoming) error {
	const op = "ack"
	id, err := transaction(op, in.Ref)
	if err != nil {
		return err
	}
	// Twice is once for the server, so it may be tried again.
	call := c.call(op, false)
	body, err := c.get(ctx, call, "/modules/actes/api/document_prefecture_mark_as_read.php", url.Values{"transaction_id": {id}})
	if err != nil {
		return err
	}
	var answer struct {
		Result string `json:"result"`
	}
	if json.Unmarshal(clean(body), &answer) != nil || answer.Result != "ok" {
		return c.bug(call, body)
	}
	return nil
}

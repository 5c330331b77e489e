package s2low

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/httpx"
)

// text is a JSON string, number or null: the server writes the same column
// now as one, now as another.
type text string

// UnmarshalJSON keeps the characters of a string or of a number.
func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
	case string(b) == "null", string(b) == "false":
		*t = ""
	case len(b) > 0 && (b[0] == '{' || b[0] == '['):
		return errors.New("s2low: a string or a number was due")
	default:
		*t = text(b)
	}
	return nil
}

// References to files and to envelopes share one name space of the connector;
// a prefix keeps them apart from transactions.
const (
	filePrefix     = "file/"
	envelopePrefix = "env/"
)

// Files lists what the server keeps for an acknowledged transaction: the
// message XML, the act, the annexes.
func (c *Client) Files(ctx context.Context, ref connectors.Ref) ([]connectors.File, error) {
	id, err := transaction("files", ref)
	if err != nil {
		return nil, err
	}
	call := c.call("files", false)
	body, err := c.get(ctx, call, "/modules/actes/actes_transac_get_files_list.php", url.Values{"transaction": {id}})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID       text `json:"id"`
		Name     text `json:"name"`
		Posted   text `json:"posted_filename"`
		Mimetype text `json:"mimetype"`
		Size     text `json:"size"`
		CodePJ   text `json:"code_pj"`
	}
	if err := json.Unmarshal(clean(body), &rows); err != nil {
		return nil, c.bug(call, body)
	}
	out := make([]connectors.File, 0, len(rows))
	for _, r := range rows {
		if !number(string(r.ID)) {
			return nil, c.bug(call, body)
		}
		size, err := strconv.ParseInt(string(r.Size), 10, 64)
		if err != nil || size < 0 {
			size = -1
		}
		out = append(out, connectors.File{Ref: connectors.Ref{Connector: ID, ID: filePrefix + string(r.ID)},
			Name: string(r.Name), Posted: string(r.Posted), MediaType: string(r.Mimetype), Size: size, Typologie: string(r.CodePJ)})
	}
	return out, nil
}

// Stamp asks for a file bearing the server's stamp.
type Stamp struct {
	On bool
	// Affichage is the date of posting printed in the stamp; zero for none.
	Affichage ged.Date
}

// Fetch opens a file as it was deposited.
func (c *Client) Fetch(ctx context.Context, file connectors.Ref) (connectors.Content, error) {
	return c.Download(ctx, file, Stamp{})
}

// Download opens a file, stamped on demand. The caller closes it.
func (c *Client) Download(ctx context.Context, file connectors.Ref, s Stamp) (connectors.Content, error) {
	const op = "download"
	q := url.Values{}
	id, isFile := strings.CutPrefix(file.ID, filePrefix)
	env, isEnvelope := strings.CutPrefix(file.ID, envelopePrefix)
	switch {
	case file.Connector == ID && isFile && number(id):
		q.Set("file", id)
	case file.Connector == ID && isEnvelope && number(env):
		q.Set("env", env)
	default:
		return connectors.Content{}, invalid(op, "reference")
	}
	if s.On {
		q.Set("tampon", "true")
		if !s.Affichage.IsZero() {
			q.Set("date_affichage", s.Affichage.String())
		}
	}
	return c.stream(ctx, c.call(op, false), "/modules/actes/actes_download_file.php", q)
}

// Bordereau opens the PDF that sums a transaction up. The caller closes it.
func (c *Client) Bordereau(ctx context.Context, ref connectors.Ref) (connectors.Content, error) {
	id, err := transaction("bordereau", ref)
	if err != nil {
		return connectors.Content{}, err
	}
	return c.stream(ctx, c.call("bordereau", false), "/modules/actes/actes_create_pdf.php", url.Values{"trans_id": {id}})
}

// content is a body whose failures are connector errors.
type content struct {
	r    io.Reader
	s    *httpx.Stream
	call wire.Call
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		err = c.call.Failure(err)
	}
	return n, err
}

func (c *content) Close() error { return c.s.Close() }

// stream opens a download, and looks at its first bytes: refusals and login
// pages come with the same status as files.
func (c *Client) stream(ctx context.Context, call wire.Call, path string, q url.Values) (connectors.Content, error) {
	s, err := c.http.Stream(ctx, httpx.Request{Method: http.MethodGet, Path: path, Query: q, Header: c.headers(), Idempotent: true})
	if err != nil {
		return connectors.Content{}, call.Failure(err)
	}
	return c.opened(call, s)
}

func (c *Client) opened(call wire.Call, s *httpx.Stream) (connectors.Content, error) {
	const look = 16 << 10
	br := bufio.NewReaderSize(s, look)
	head, err := br.Peek(look)
	if err != nil && err != io.EOF {
		s.Close()
		return connectors.Content{}, call.Failure(err)
	}
	media, params, _ := mime.ParseMediaType(s.Header.Get("Content-Type"))
	if e := verdict(call, s.Status, s.Header, head); e != nil {
		// A file deposited may itself be a page; then it is sent as a file.
		_, named, _ := mime.ParseMediaType(s.Header.Get("Content-Disposition"))
		if s.Status != http.StatusOK || e.Code != "page" || named["filename"] == "" {
			s.Close()
			return connectors.Content{}, e
		}
	}
	_, named, _ := mime.ParseMediaType(s.Header.Get("Content-Disposition"))
	if len(params) > 0 {
		media = mime.FormatMediaType(media, params)
	}
	return connectors.Content{ReadCloser: &content{br, s, call}, Name: named["filename"], MediaType: media, Size: s.Size}, nil
}

// Reference returns the classification of matters: the last the authority
// received. [connectors.NotReady] means that none ever came: request it.
func (c *Client) Reference(ctx context.Context, name string) (connectors.Reference, error) {
	const op = "classification"
	if name != connectors.Classification {
		return connectors.Reference{}, invalid(op, "reference")
	}
	call := c.call(op, false)
	body, err := c.get(ctx, call, "/modules/actes/actes_classification_fetch.php", url.Values{"api": {"1"}})
	if err != nil {
		return connectors.Reference{}, err
	}
	if xml := clean(body); !bytes.HasPrefix(bytes.TrimLeft(xml, " \t\r\n"), []byte("<")) {
		return connectors.Reference{}, c.bug(call, body)
	}
	return connectors.Reference{Name: name, Bytes: body, SHA256: sha256.Sum256(body)}, nil
}

// RequestReference asks the ministry for the classification in force; it comes
// by the same way as an acknowledgement, hours later.
func (c *Client) RequestReference(ctx context.Context, name string) error {
	const op = "classification-request"
	if name != connectors.Classification {
		return invalid(op, "reference")
	}
	call := c.call(op, true)
	body, err := c.get(ctx, call, "/modules/actes/actes_classification_request.php", url.Values{"api": {"1"}})
	if err != nil {
		return err
	}
	if _, ok := payload(body); !ok {
		return c.bug(call, body)
	}
	return nil
}

package fakevitam

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const sedaNamespace = "fr:gouv:culture:archivesdefrance:seda:v2.1"

func text(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

// systemID makes the identifier the server gives to a thing of an operation.
func systemID(o *operation, kind, id string) string {
	sum := sha256.Sum256([]byte(o.id + " " + kind + " " + id))
	return "aeaqaaaaa" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// reply composes the ArchiveTransferReply.
func (s *Server) reply(o *operation, code string, m *manifest, failed []event) []byte {
	var b strings.Builder
	el := func(name, value string) { b.WriteString("<" + name + ">" + text(value) + "</" + name + ">") }
	now := s.cfg.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ArchiveTransferReply xmlns=\"" + sedaNamespace + "\">")
	el("Date", now)
	el("MessageIdentifier", o.id)
	if m != nil && m.agreement != "" {
		el("ArchivalAgreement", m.agreement)
	}
	b.WriteString("<CodeListVersions><ReplyCodeListVersion>ReplyCodeListVersion0</ReplyCodeListVersion></CodeListVersions><DataObjectPackage>")
	if code != "KO" && m != nil {
		m.identifiers(o, &b, el)
	} else {
		b.WriteString("<DescriptiveMetadata/>")
	}
	b.WriteString("<ManagementMetadata/></DataObjectPackage>")
	el("ReplyCode", code)
	if len(failed) > 0 {
		b.WriteString("<Operation>")
		for _, e := range failed {
			b.WriteString("<Event>")
			el("EventTypeCode", e.code)
			el("EventType", e.label)
			el("EventDateTime", strings.TrimSuffix(now, "Z"))
			el("Outcome", "KO")
			el("OutcomeDetail", e.detail)
			el("OutcomeDetailMessage", e.message)
			b.WriteString("</Event>")
		}
		b.WriteString("</Operation>")
	}
	request, archival, transferer := "Unknown", "ArchivalAgencyToBeDefined", "TransferringAgencyToBeDefined"
	if m != nil {
		request, archival, transferer = m.id, m.archival, m.transferer
	}
	el("MessageRequestIdentifier", request)
	el("GrantDate", now)
	b.WriteString("<ArchivalAgency>")
	el("Identifier", archival)
	b.WriteString("</ArchivalAgency><TransferringAgency>")
	el("Identifier", transferer)
	b.WriteString("</TransferringAgency></ArchiveTransferReply>\n")
	return []byte(b.String())
}

// identifiers gives an identifier to every object and unit of the manifest.
func (m *manifest) identifiers(o *operation, b *strings.Builder, el func(name, value string)) {
	version := map[string]int{}
	var groups []string
	of := map[string][]object{}
	for _, obj := range m.objects {
		g := obj.group
		if g == "" {
			g = "G-" + obj.id
		}
		if !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
		of[g] = append(of[g], obj)
	}
	for _, g := range groups {
		b.WriteString("<DataObjectGroup id=\"" + text(g) + "\">")
		for _, obj := range of[g] {
			kind := "BinaryDataObject"
			if obj.physical {
				kind = "PhysicalDataObject"
			}
			version[g]++
			b.WriteString("<" + kind + " id=\"" + text(obj.id) + "\">")
			el("DataObjectSystemId", systemID(o, "object", obj.id))
			el("DataObjectGroupSystemId", systemID(o, "group", g))
			el("DataObjectVersion", "BinaryMaster_"+strconv.Itoa(version[g]))
			b.WriteString("</" + kind + ">")
		}
		b.WriteString("</DataObjectGroup>")
	}
	b.WriteString("<DescriptiveMetadata>")
	for _, u := range m.units {
		b.WriteString("<ArchiveUnit id=\"" + text(u) + "\"><Content>")
		el("SystemId", systemID(o, "unit", u))
		b.WriteString("</Content></ArchiveUnit>")
	}
	b.WriteString("</DescriptiveMetadata>")
}

// query reads the little of the DSL the look-ups use: $eq and $gte on a field,
// under $and, with $offset and $limit.
type query struct {
	eq, gte       map[string]string
	offset, limit int
}

func readQuery(r io.Reader) (query, bool) {
	q := query{eq: map[string]string{}, gte: map[string]string{}, limit: 100}
	var body struct {
		Query  json.RawMessage `json:"$query"`
		Filter struct {
			Offset int  `json:"$offset"`
			Limit  *int `json:"$limit"`
		} `json:"$filter"`
	}
	if json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&body) != nil {
		return q, false
	}
	q.offset = body.Filter.Offset
	if body.Filter.Limit != nil {
		q.limit = *body.Filter.Limit
	}
	return q, q.read(body.Query) && q.limit > 0 && q.offset >= 0 && q.limit+q.offset <= 10_000
}

func (q *query) read(raw json.RawMessage) bool {
	var node map[string]json.RawMessage
	if json.Unmarshal(raw, &node) != nil {
		return false
	}
	for op, arg := range node {
		switch op {
		case "$and":
			var list []json.RawMessage
			if json.Unmarshal(arg, &list) != nil {
				return false
			}
			for _, n := range list {
				if !q.read(n) {
					return false
				}
			}
		case "$eq", "$gte":
			var field map[string]string
			if json.Unmarshal(arg, &field) != nil {
				return false
			}
			for k, v := range field {
				if op == "$eq" {
					q.eq[k] = v
				} else {
					q.gte[k] = v
				}
			}
		default:
			return false
		}
	}
	return true
}

func (q query) match(row map[string]any) bool {
	for k, v := range q.eq {
		if row[k] != v {
			return false
		}
	}
	for k, v := range q.gte {
		if s, _ := row[k].(string); s < v {
			return false
		}
	}
	return true
}

// list answers a query over rows.
func list(w http.ResponseWriter, r *http.Request, rows []map[string]any) {
	if r.Method != http.MethodGet && r.Header.Get("X-Http-Method-Override") != http.MethodGet {
		fail(w, http.StatusMethodNotAllowed, "fake", "METHOD_NOT_ALLOWED", "Method not allowed", "only reading is played")
		return
	}
	q, ok := readQuery(r.Body)
	if !ok {
		fail(w, http.StatusBadRequest, "fake", "BAD_REQUEST", "Bad request", "query not understood")
		return
	}
	matched := []map[string]any{}
	for _, row := range rows {
		if q.match(row) {
			matched = append(matched, row)
		}
	}
	total := len(matched)
	matched = matched[min(q.offset, total):min(q.offset+q.limit, total)]
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"httpCode": 200, "$hits": map[string]any{"total": total, "offset": q.offset, "limit": q.limit, "size": len(matched)},
		"$results": matched})
}

func (s *Server) register(w http.ResponseWriter, r *http.Request, tenant int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []map[string]any
	for _, o := range slices.Backward(s.operations) {
		if o.archived && o.tenant == tenant {
			rows = append(rows, map[string]any{"Opi": o.id, "OpType": "INGEST", "obIdIn": o.message, "Status": "STORED_AND_COMPLETED"})
		}
	}
	list(w, r, rows)
}

func (s *Server) logbook(w http.ResponseWriter, r *http.Request, tenant int) {
	if r.Header.Get("X-Access-Contract-Id") != s.cfg.AccessContract {
		fail(w, http.StatusUnauthorized, "access", "unauthorized", "Access contract not found", "X-Access-Contract-Id")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []map[string]any
	for _, o := range slices.Backward(s.operations) {
		if o.tenant != tenant {
			continue
		}
		row := map[string]any{"#id": o.id, "evId": o.id, "evTypeProc": "INGEST", "evDateTime": o.began.UTC().Format("2006-01-02T15:04:05.000"), "outcome": o.status}
		if o.message != "" {
			row["obIdIn"] = o.message
		}
		rows = append(rows, row)
	}
	list(w, r, rows)
}

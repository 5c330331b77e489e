package s2low

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/connectors/internal/wire"
	"github.com/liasse/liasse/internal/httpx"
)

// Statut is a status of the module ACTES. The module HELIOS uses the same
// numbers for other things. Numbers not listed are kept.
type Statut int

// The statuses the server's source lists.
const (
	EnErreur            Statut = -1
	Annule              Statut = 0
	Poste               Statut = 1
	EnAttente           Statut = 2 // of the next transmission
	Transmis            Statut = 3
	AcquittementRecu    Statut = 4
	Valide              Statut = 5
	DocumentRecu        Statut = 7
	AcquittementEnvoye  Statut = 8
	EnvoyeSAE           Statut = 12
	ArchiveSAE          Statut = 13
	ErreurArchivage     Statut = 14
	Detruite            Statut = 16
	AttentePoste        Statut = 17 // someone must confirm
	AttenteSignature    Statut = 18
	AttenteSAE          Statut = 19
	ErreurEnvoiSAE      Statut = 20
	DocumentRecuSansAR  Statut = 21
	IndisponiblePourSAE Statut = 22
)

// String returns the number.
func (s Statut) String() string { return strconv.Itoa(int(s)) }

// Libelle returns the server's label, "" for a number that is not known.
func (s Statut) Libelle() string {
	st, _ := actes.ParseStatut(actes.S2LOW, s.String())
	return st.Libelle
}

// Etat returns the state, [actes.Inconnu] for a number that is not known.
func (s Statut) Etat() actes.Etat {
	st, _ := actes.ParseStatut(actes.S2LOW, s.String())
	return st.Etat
}

// State returns the state in the connectors' terms: what it means for the
// transmission of an act. Archiving comes after the acknowledgement, so its
// failures leave an act accepted.
func (s Statut) State() connectors.State {
	switch s {
	case EnErreur:
		return connectors.Refused
	case Annule:
		return connectors.Cancelled
	case Poste, EnAttente, Transmis:
		return connectors.Waiting
	case AttentePoste, AttenteSignature:
		return connectors.WaitingPerson
	case AcquittementRecu, Valide, EnvoyeSAE, ArchiveSAE, ErreurArchivage, Detruite, AttenteSAE, ErreurEnvoiSAE, IndisponiblePourSAE:
		return connectors.Accepted
	case DocumentRecu, AcquittementEnvoye, DocumentRecuSansAR:
		return connectors.Received
	}
	return connectors.Unknown
}

// searchOrder lists every status in the order a transaction goes through them,
// so that one which moves on while a look-up is going on is met later.
var searchOrder = []Statut{AttenteSignature, AttentePoste, Poste, EnAttente, Transmis, AcquittementRecu, EnErreur,
	Annule, Valide, AttenteSAE, EnvoyeSAE, ErreurEnvoiSAE, ErreurArchivage, ArchiveSAE, IndisponiblePourSAE, Detruite}

// Status returns where a transaction stands, with the ARActe as Reply once it
// has come. A transaction in error is no error of Status.
func (c *Client) Status(ctx context.Context, ref connectors.Ref) (connectors.Status, error) {
	id, err := transaction("status", ref)
	if err != nil {
		return connectors.Status{}, err
	}
	return c.status(ctx, ref, url.Values{"transaction": {id}})
}

// StatusByIdentifier is Status of the act that bears the unique identifier.
// The server does not say which transaction it is: Ref is zero.
func (c *Client) StatusByIdentifier(ctx context.Context, id actes.IDActe) (connectors.Status, error) {
	return c.status(ctx, connectors.Ref{}, url.Values{"unique_id": {id.String()}})
}

func (c *Client) status(ctx context.Context, ref connectors.Ref, query url.Values) (connectors.Status, error) {
	call := c.call("status", false)
	body, err := c.get(ctx, call, "/modules/actes/actes_transac_get_status.php", query)
	if err != nil {
		return connectors.Status{}, err
	}
	s, ok := parseStatus(call, body)
	if !ok {
		return connectors.Status{}, c.bug(call, body)
	}
	s.Ref = ref
	return s, nil
}

func parseStatus(call wire.Call, body []byte) (connectors.Status, bool) {
	first, rest := line(clean(body))
	second, rest := line(rest)
	n, err := strconv.Atoi(string(second))
	if string(first) != "OK" || err != nil {
		return connectors.Status{}, false
	}
	st := Statut(n)
	s := connectors.Status{State: st.State(), Code: st.String(), Label: st.Libelle()}
	s.Alert = s.State == connectors.WaitingPerson
	// An XML first, then text: an anomaly's transaction may carry both.
	if i := bytes.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune(" \t\r\n", r) }); i >= 0 {
		rest = rest[i:]
		if rest[0] == '<' || bytes.HasPrefix(rest, []byte("\xef\xbb\xbf<")) {
			end := bytes.LastIndexByte(rest, '>') + 1
			s.Reply, rest = bytes.Clone(rest[:end]), rest[end:]
		}
		s.Message = call.Text(strings.TrimSpace(decode(rest)))
	}
	return s, true
}

// Reply returns the ARActe as it came, or the XML of the anomaly.
func (c *Client) Reply(ctx context.Context, ref connectors.Ref) ([]byte, error) {
	s, err := c.Status(ctx, ref)
	if err != nil {
		return nil, err
	}
	if s.Reply == nil {
		class := connectors.NotReady
		if s.State == connectors.Refused || s.State == connectors.Cancelled {
			class = connectors.NotFound
		}
		return nil, &connectors.Error{Class: class, Op: ID + ".reply", HTTPStatus: http.StatusOK, Code: "no-reply", Message: s.Message, Ref: ref}
	}
	return s.Reply, nil
}

// Cancel asks the ministry to cancel an act whose status is exactly 4. The
// receipt is that of a transaction of its own.
func (c *Client) Cancel(ctx context.Context, ref connectors.Ref) (connectors.Receipt, error) {
	id, err := transaction("cancel", ref)
	if err != nil {
		return connectors.Receipt{}, err
	}
	call := c.call("cancel", true)
	body, err := c.do(ctx, call, httpx.Request{
		Method: http.MethodPost, Path: "/modules/actes/actes_transac_cancel.php",
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   httpx.Bytes(url.Values{"api": {"1"}, "id": {id}}.Encode()),
	})
	if err != nil {
		return connectors.Receipt{}, err
	}
	return c.receipt(call, body, connectors.Key{}, connectors.Waiting)
}

// receipt reads "OK", then the number of a new transaction.
func (c *Client) receipt(call wire.Call, body []byte, key connectors.Key, state connectors.State) (connectors.Receipt, error) {
	ids, ok := payload(body)
	if !ok || len(ids) != 1 || !number(ids[0]) {
		return connectors.Receipt{}, c.bug(call, body)
	}
	ref := connectors.Ref{Connector: ID, ID: ids[0]}
	return connectors.Receipt{Ref: ref, Key: key, Status: connectors.Status{Ref: ref, State: state}}, nil
}

// payload returns the non-empty lines after OK.
func payload(body []byte) ([]string, bool) {
	first, rest := line(clean(body))
	if string(first) != "OK" {
		return nil, false
	}
	return strings.Fields(string(rest)), true
}

package helios

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/liasse/liasse/actes/signature"
	"github.com/liasse/liasse/actes/signature/trust"
	"github.com/liasse/liasse/actes/signature/xades"
	"github.com/liasse/liasse/internal/xmlcore"
)

// Errors of [Sign].
var (
	// ErrNotAller says that the document is no PES_Aller.
	ErrNotAller = errors.New("helios: the document is no PES_Aller")
	// ErrNothing says that there is no bordereau to sign, or that one of them has
	// no Id: a signature could not name it.
	ErrNothing = errors.New("helios: no bordereau, or one without Id")
)

// Style is how identifiers and references are written. Hélios takes both.
type Style uint8

// The styles of the two families of tools in use.
const (
	// Parapheur: identifiers <Id>_SIG_1, typed reference, Target with #.
	Parapheur Style = iota
	// DGFiP: identifiers IDC<order><yyMMddHHmmss>p0100, no type, Target without #.
	DGFiP
)

// SignOptions says how to sign.
type SignOptions struct {
	// Time is when the signatory says to sign; it must be given.
	Time time.Time
	// Global puts one signature over the whole file; otherwise every bordereau has
	// its own, or those of Bordereaux, by their Id.
	Global     bool
	Bordereaux []string
	Style      Style
	// Role of the signatory (Maire, Président…), which the policy demands, and
	// where, which it does not.
	Role, City, PostalCode string
}

// policyHash is the SHA-256 digest of the published text of edition 4.
const policyHash = "pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk="

// Sign copies a PES_Aller to w with XAdES-EPES signatures by the policy of the
// DGFiP, edition 4 (SHA-256 in place of SHA-1, which is no longer to be used):
// see [xades.Sign], whose errors it returns too. Hélios is known to take RSA with
// SHA-256; what else the signatory asks for is not refused here. A bordereau that is signed already gives [xades.ErrSigned]: the policy knows no
// co-signature.
func Sign(ctx context.Context, in xades.Input, w io.Writer, s signature.Signatory, opt SignOptions) error {
	if opt.Role == "" {
		return errors.New("helios: the policy demands the role of the signatory")
	}
	var st structure
	r := xmlcore.NewReader(io.NewSectionReader(in.Data, 0, in.Size), xmlcore.Options{})
	var signed presence
	if err := xmlcore.Run(ctx, r, &st, &signed); err != nil {
		var bad *xmlcore.Error
		if errors.As(err, &bad) {
			return fmt.Errorf("%w: %w", xades.ErrDocument, err)
		}
		return err
	}
	over, err := opt.targets(&st)
	if err != nil {
		return err
	}
	if opt.Global && signed.whole || slices.ContainsFunc(over, func(id string) bool { return signed.bordereaux[id] }) {
		return xades.ErrSigned
	}
	hash, err := base64.StdEncoding.DecodeString(policyHash)
	if err != nil {
		return err
	}
	x := xades.SignOptions{Time: opt.Time, Version: xades.V111, Over: over, Role: opt.Role, City: opt.City, PostalCode: opt.PostalCode,
		Policy: &xades.SigningPolicy{ID: "urn:oid:1.2.250.1.131.1.5.18.21.1.4", Description: "Politique de signature Helios de la DGFiP",
			Digest: trust.SHA256, Hash: hash, URI: "https://portail.dgfip.finances.gouv.fr/documents/PS_Helios_DGFiP.pdf"}}
	if opt.City != "" || opt.PostalCode != "" {
		x.Country = "France"
	}
	x.Name = func(_ int, over string) xades.Names {
		base := over + "_SIG_1"
		if over == "" {
			base = "PES_SIG_1"
		}
		return xades.Names{Signature: base, Properties: base + "_SP", Value: base + "_SV"}
	}
	if opt.Style == DGFiP {
		x.Untyped, x.BareTarget = true, true
		at := opt.Time.UTC().Format("060102150405")
		x.Name = func(n int, _ string) xades.Names {
			base := "IDC" + strconv.Itoa(n+1) + at + "p0100"
			return xades.Names{Signature: base, Properties: base + "_SP", Value: base + "_SV", KeyInfo: base + "_KI", Object: base + "_QI"}
		}
	}
	return xades.Sign(ctx, in, w, s, x)
}

// targets returns the Ids to be signed, none for the root.
func (o *SignOptions) targets(st *structure) ([]string, error) {
	switch {
	case !st.is:
		return nil, ErrNotAller
	case o.Global:
		return nil, nil
	case len(o.Bordereaux) > 0:
		return o.Bordereaux, nil
	}
	var out []string
	for _, b := range st.bordereaux {
		if b.ID == "" {
			return nil, ErrNothing
		}
		out = append(out, b.ID)
	}
	if len(out) == 0 || st.over {
		return nil, ErrNothing
	}
	return out, nil
}

// presence notes what has a signature already, whatever that is worth: the
// schema has room for one.
type presence struct {
	whole      bool
	bordereaux map[string]bool // by Id
	id         string
}

// Event implements xmlcore.Sink.
func (p *presence) Event(r *xmlcore.Reader, k xmlcore.Kind) error {
	d := r.Depth()
	if k != xmlcore.StartElement || d < 2 || d > 4 {
		return nil
	}
	n := r.Name()
	if d == 3 {
		p.id = ""
		if n.Local == "Bordereau" {
			id, _ := r.Attr("", "Id")
			p.id = string(id)
		}
	}
	if n.Local != "Signature" || n.Space != "http://www.w3.org/2000/09/xmldsig#" {
		return nil
	}
	switch {
	case d == 2:
		p.whole = true
	case d == 4 && p.id != "":
		if p.bordereaux == nil {
			p.bordereaux = map[string]bool{}
		}
		p.bordereaux[p.id] = true
	}
	return nil
}

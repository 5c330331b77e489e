package pes

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/liasse/liasse/internal/xmlcore"
)

func page(t testing.TB, doc string, opt Vue) string {
	t.Helper()
	var out bytes.Buffer
	if err := EcrireVue(context.Background(), &out, strings.NewReader(doc), int64(len(doc)), opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestVueShowsTheFile(t *testing.T) {
	s := page(t, sentWithPJ(`FR7630003030000001234567845`, `FR7730003030000001234567845`), Vue{})
	for _, want := range []string{"Bordereau 2024/12", "Mandat 345 – PAPIER", "01 Mandat ordinaire", "03 Virement", "ESSAI", "100,00\u00a0€", "••••7845", `<a href="#pj-2">A1</a>`,
		`<tr id="pj-2">`, "003 Dépense", "partiellement rejeté", "Hélios rejetterait le bordereau", "PES-COMPTE H16", "Schéma 5.12", "application/pdf", `lang="fr"`} {
		if !strings.Contains(s, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(s, "FR7730003030000001234567845") {
		t.Error("an account is shown whole")
	}
	if !strings.Contains(page(t, sentWithPJ(), Vue{Comptes: true}), "FR7630003030000001234567845") {
		t.Error("an account is hidden from who asked for it")
	}
	bare := page(t, depenseXML(`<EnTeteDepense><IdVer V="2"/><InfoDematerialisee V="0"/></EnTeteDepense>`, ``), Vue{})
	if !strings.Contains(bare, `<h2 id="bordereaux">Dépense</h2>`) {
		t.Error("a domain without a header is not shown")
	}
	balanced(t, bare)
	titre := page(t, recetteXML(), Vue{})
	if !strings.Contains(titre, "Titre 88") || !strings.Contains(titre, "Mme Jeanne ESSAI") || !strings.Contains(titre, "Rien à signaler.") {
		t.Error("the titre is not shown")
	}
}

// TestVueIsHostileGround: no script, nothing fetched, what the file holds stays
// text, and the page is well formed whatever it holds.
func TestVueIsHostileGround(t *testing.T) {
	evil := `&lt;script&gt;alert(1)&lt;/script&gt;&#8238;x&quot;&apos;`
	doc := sentWithPJ(`<Obj V="PAPIER"/>`, `<Obj V="`+evil+`"/>`, `<Nom V="ESSAI"/>`, `<Nom V="`+evil+`"/>`, `<NomFic V="F1"/>`, `<NomFic V="`+evil+`"/>`,
		`<Description V="Facture"/>`, `<Description V="javascript:alert(1)"/>`)
	doc = strings.ReplaceAll(doc, `<IdUnique V="A1"/>`, `<IdUnique V="`+evil+`"/>`)
	s := page(t, doc, Vue{})
	for _, bad := range []string{"<script", "\u202e", " src=", "<link", "<img", "http-equiv=\"refresh"} {
		if strings.Contains(s, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(s, `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`) {
		t.Error("no policy")
	}
	balanced(t, s)
}

// balanced reads the body as XML, which the template is written to be.
func balanced(t testing.TB, s string) {
	t.Helper()
	i, j := strings.Index(s, "<body>"), strings.Index(s, "</html>")
	r := xmlcore.NewReader(strings.NewReader(strings.ReplaceAll(s[i:j], "&nbsp;", " ")), xmlcore.Options{})
	if err := xmlcore.Run(context.Background(), r); err != nil {
		t.Errorf("the page is not balanced: %v", err)
	}
}

// TestVueIsCapped: what is left out is counted.
func TestVueIsCapped(t *testing.T) {
	doc := depenseXML(`</LigneDePiece>`, `</LigneDePiece>`+strings.Repeat(depenseLigneXML, 6), `</Piece>`, `</Piece>`+strings.Repeat(depensePieceXML, 6),
		`</n:PES_Aller>`, `<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>`+strings.Repeat(pjXML("A1", pdf(), ""), 5)+`</PES_PJ></n:PES_Aller>`)
	s := page(t, doc, Vue{MaxPieces: 3, MaxLignes: 2, MaxPJ: 2})
	for _, want := range []string{"5 autres lignes", "4 autres pièces de ce bordereau", "3 autres pièces justificatives"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not said", want)
		}
	}
	balanced(t, s)
}

func TestVueRefuses(t *testing.T) {
	doc := acquitXML("")
	if err := EcrireVue(context.Background(), &bytes.Buffer{}, strings.NewReader(doc), int64(len(doc)), Vue{}); !errors.Is(err, ErrPasAller) {
		t.Errorf("an acquit: %v", err)
	}
	full := errors.New("full")
	doc = depenseXML()
	if err := EcrireVue(context.Background(), failing{full}, strings.NewReader(doc), int64(len(doc)), Vue{}); !errors.Is(err, full) {
		t.Errorf("a destination that fails: %v", err)
	}
	cut := doc[:1400]
	if s := page(t, cut, Vue{}); !strings.Contains(s, "rejeté") || !strings.Contains(s, "</html>") {
		t.Error("a file that is cut is not shown as far as it goes")
	} else {
		balanced(t, s)
	}
}

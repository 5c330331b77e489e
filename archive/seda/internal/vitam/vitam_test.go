package vitam

import "testing"

func TestMarkup(t *testing.T) {
	for _, s := range []string{"Toto&apos;Titi", "a <b>c</b>", "<br/>", "<p class='x'>y</p>", "<SCRIPT src=x", "<![CDATA[", "<!ENTITY", "x<a />"} {
		if fr, en := Markup(s); fr == "" || en == "" {
			t.Errorf("%q is not markup", s)
		}
	}
	for _, s := range []string{"", "a & b", "R&D", "3 < 4 et 5 > 4", "<b>", "</b>", "a<b et c</d>", "&;", "&1;", "<a <b>", "x <- y"} {
		if fr, _ := Markup(s); fr != "" {
			t.Errorf("%q is %s", s, fr)
		}
	}
}

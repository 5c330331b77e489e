package httpx

import (
	"net/url"
	"strings"
	"testing"
)

func TestRedactorKnowsTheSpellingsOfASecret(t *testing.T) {
	secret := "p'é <1>&x+y"
	r := NewRedactor(secret, "maire:"+secret, "")
	for _, s := range []string{
		secret, string(latin1(secret)), url.QueryEscape(secret), url.PathEscape(secret), "p&#39;é &lt;1&gt;&amp;x+y",
		"bWFpcmU6cCfDqSA8MT4meCt5",
	} {
		if got := r.String("a " + s + " z"); got != "a [secret] z" {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	if got := r.Cut([]byte(strings.Repeat("x", 10)), 4); string(got) != "xxxx" {
		t.Errorf("cut to %q", got)
	}
	// A secret lying across the cut must not be shown in part.
	if got := r.Cut([]byte("xx"+secret), 6); strings.Contains(string(got), "p'") {
		t.Errorf("cut to %q", got)
	}
}

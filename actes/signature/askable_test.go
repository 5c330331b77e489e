package signature

import (
	"strings"
	"testing"
)

// TestAskableAddresses: what is asked is http or https of a machine that can be
// named in a report, and the address is asked as it is written.
func TestAskableAddresses(t *testing.T) {
	for _, c := range []struct{ address, asked, host string }{
		{"http://ac.exemple.invalid/a.crl", "http://ac.exemple.invalid/a.crl", "ac.exemple.invalid"},
		{"HTTPS://AC.exemple.invalid:8443/a%20b?x=1&y=a,b;c#z", "https://AC.exemple.invalid:8443/a%20b?x=1&y=a,b;c", "ac.exemple.invalid"},
		{"http://[2001:db8::1]/", "http://[2001:db8::1]/", "2001:db8::1"},
		{"http://192.0.2.1", "http://192.0.2.1", "192.0.2.1"},
		{"http://a_b.invalid/", "http://a_b.invalid/", "a_b.invalid"},
		{"", "", ""}, {"ac.exemple.invalid", "", ""}, {"//ac.exemple.invalid/", "", ""}, {"/etc/passwd", "", ""}, {"file:///etc/passwd", "", ""},
		{"ldap://ac.exemple.invalid/cn=a", "", ""}, {"ldaps://a/", "", ""}, {"ftp://a/", "", ""}, {"javascript:alert(1)", "", ""}, {"http:a", "", ""}, {"http:///a", "", ""},
		{"http://u@a/", "", ""}, {"http://u:p@a/", "", ""}, {"http://a b/", "", ""}, {"http://a/\r\nHost: b", "", ""}, {"http://a/b c", "", ""},
		{"http://é.invalid/", "", ""}, {"http://a\u202e.invalid/", "", ""}, {"http://a%2f.invalid/", "", ""}, {"http://[fe80::1%25eth0]/", "", ""}, {`http://a\@b/`, "", ""},
		{"http://a<b>.invalid/", "", ""}, {"http://a:port/", "", ""}, {"http://" + strings.Repeat("a", 254) + "/", "", ""},
	} {
		asked, host, ok := askable(c.address)
		if ok != (c.asked != "") || ok && (asked != c.asked || host != c.host) || !ok && host != "-" {
			t.Errorf("%q: %q of %q, %v", c.address, asked, host, ok)
		}
	}
}

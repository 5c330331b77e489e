package preflight

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/liasse/liasse/archive/seda/profile"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

// wanted is a profile that fixes a comment, and agreed a transfer that follows it.
var wanted = fstest.MapFS{"profil.rng": {Data: []byte(`<element name="ArchiveTransfer" xmlns="http://relaxng.org/ns/structure/1.0"
 datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes" ns="fr:gouv:culture:archivesdefrance:seda:v2.1">
 <element name="Comment"><value type="string">Profil</value></element><element name="Date"><data type="dateTime"/></element>
</element>`)}}

const agreed = `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
<Comment>Profil</Comment><Date>2024-06-27T10:00:00Z</Date></ArchiveTransfer>`

// inspectWith inspects a message under a profile.
func inspectWith(t testing.TB, doc string, opt inspect.Options) (*inspect.Result, error) {
	t.Helper()
	in := &inspect.Input{Name: "m.xml", Data: strings.NewReader(doc), Size: int64(len(doc)), Head: []byte(doc)}
	if !Inspector().Detect(t.Context(), in) {
		t.Fatal("not recognised")
	}
	return Inspector().Inspect(t.Context(), in, opt)
}

func TestInspectFollowsProfile(t *testing.T) {
	departs := strings.Replace(agreed, ">Profil<", ">Autre<", 1)
	for target, code := range map[string]string{"": "", "vitam": vitamProfile.Code, "asalae": asalaeProfile.Code} {
		opt := inspect.Options{RNG: wanted, RNGName: "profil.rng", Profile: target}
		r, err := inspectWith(t, departs, opt)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Report.Has(profile.RuleFixed) || r.Summary.Get("profile.firstLine") != 2 || r.Summary.Get("profile.element") != "Comment" {
			t.Errorf("%q: %v", target, r.Summary)
		}
		for f := range r.Report.All() {
			if f.Rule == profile.RuleFixed && f.Ref != code {
				t.Errorf("%q: answers %q", target, f.Ref)
			}
		}
		if r, err = inspectWith(t, agreed, opt); err != nil || r.Summary.Get("profile.firstLine") != nil {
			t.Errorf("%q: a message that follows the profile: %v %v", target, err, r.Summary)
		}
	}
	if r, err := inspectWith(t, departs, inspect.Options{}); err != nil || r.Report.Has(profile.RuleFixed) {
		t.Errorf("without a profile: %v", err)
	}
	// A profile that is none says nothing of the message.
	var bad *report.InvalidError
	for _, name := range []string{"profil.rng", "absent.rng"} {
		_, err := inspectWith(t, agreed, inspect.Options{RNG: fstest.MapFS{"profil.rng": {Data: []byte("<a/>")}}, RNGName: name})
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

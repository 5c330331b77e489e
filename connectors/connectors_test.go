package connectors

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsAreNeverShown(t *testing.T) {
	type config struct {
		Login    string
		Password Secret
		hidden   Secret
		Nested   *struct{ Token Secret }
	}
	const value = "hunter2-secret-value"
	c := config{Login: "x", Password: NewSecret(value), hidden: NewSecret(value), Nested: &struct{ Token Secret }{NewSecret(value)}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08s"} {
		fmt.Fprintf(&out, verb, c)
		fmt.Fprintf(&out, verb, &c)
		fmt.Fprintf(&out, verb, c.Password)
		fmt.Fprintf(&out, verb, &c.Password)
	}
	json.NewEncoder(&out).Encode(c)
	xml.NewEncoder(&out).Encode(c.Password)
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "c", c, "p", c.Password)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "c", c, "p", c.Password)
	fmt.Fprint(&out, c.Password.String(), c.Password.GoString())
	for _, bad := range []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), "secret-value"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q is shown", bad)
		}
	}
	if c.Password.Reveal() != value {
		t.Error("Reveal does not give the secret back")
	}
	var back config
	if err := json.Unmarshal([]byte(`{"Password":"abc"}`), &back); err != nil || back.Password.Reveal() != "abc" {
		t.Errorf("a configuration is not read: %v", err)
	}
	written, _ := json.Marshal(c)
	if err := json.Unmarshal(written, &back); !errors.Is(err, ErrRedacted) {
		t.Errorf("a removed secret is read as a password: %v", err)
	}
	if !(Secret{}).IsZero() || NewSecret("").String() != "" {
		t.Error("no secret is shown as one")
	}
}

func TestErrorsMatchTheirClass(t *testing.T) {
	for _, c := range Classes() {
		err := fmt.Errorf("wrapped: %w", &Error{Class: c, Op: "x.y", Err: io.ErrUnexpectedEOF})
		for _, d := range Classes() {
			if errors.Is(err, d) != (c == d) {
				t.Errorf("%s matches %s: %v", c, d, errors.Is(err, d))
			}
		}
		if ClassOf(err) != c || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: class %s", c, ClassOf(err))
		}
		if p, ok := ParseClass(c.String()); !ok || p != c {
			t.Errorf("%s is not read back", c)
		}
	}
	if ClassOf(nil) != 0 || ClassOf(io.EOF) != 0 {
		t.Error("an error from elsewhere has a class")
	}
	if _, ok := ParseClass(""); ok {
		t.Error("no class is read as a class")
	}
}

func TestErrorTextQuotesNothing(t *testing.T) {
	e := &Error{Class: Rejected, Op: "x.y", HTTPStatus: 200, RequestID: "r1", Code: "c",
		Message: "Madame Untel", Remote: []byte("Madame Untel")}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Error("m", "err", e)
	if all := e.Error() + log.String(); strings.Contains(all, "Untel") {
		t.Errorf("quoted: %s", all)
	}
	if want := "x.y: rejected (c), HTTP status 200"; e.Error() != want {
		t.Errorf("%q, want %q", e, want)
	}
	if !strings.Contains(log.String(), "err.class=rejected") || !strings.Contains(log.String(), "err.id=r1") {
		t.Errorf("log line %s", log.String())
	}
}

func TestRefsAreReadBack(t *testing.T) {
	for _, r := range []Ref{{}, {"s2low", "4217"}, {"vitam", "a:b"}} {
		b, _ := r.MarshalText()
		var back Ref
		if err := back.UnmarshalText(b); err != nil || back != r {
			t.Errorf("%v becomes %v, %v", r, back, err)
		}
	}
	for _, s := range []string{"x", ":x", "x:", ":"} {
		if err := new(Ref).UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is read as a reference", s)
		}
	}
}

func TestStatesTellWhatToDo(t *testing.T) {
	for s, want := range map[State]Class{Unknown: NotReady, Waiting: NotReady, WaitingPerson: NotReady, Accepted: 0,
		AcceptedWithWarning: 0, Refused: Rejected, Failed: Transient, Cancelled: 0, Received: 0} {
		err := Status{State: s}.Err()
		if ClassOf(err) != want || (err == nil) != (want == 0) {
			t.Errorf("%s: %v", s, err)
		}
		if s.Final() != (want == 0 || want == Rejected) {
			t.Errorf("%s final: %v", s, s.Final())
		}
	}
}

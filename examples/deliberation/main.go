// Command deliberation carries a deliberation from the town hall to the
// archives: described, checked, put into an @ctes envelope, deposited on S²LOW,
// acknowledged, stamped, given its retention and communicability, packed as
// SEDA and deposited on Vitam.
//
//	go run ./examples/deliberation
//	go run ./examples/deliberation -acte FILE.json -document FILE.pdf -annexe FILE … -out DIR
//
// Without -config it plays against a fake S²LOW and a fake Vitam that run in
// this process on loopback; the client and the fakes share no Go value, only
// the bytes that travel. With -config FILE.json it speaks to real platforms.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now))
}

// journey is one act on its way.
type journey struct {
	journal
	in  *input
	out *folder
	now func() time.Time

	act      *actes.Acte
	envelope []byte
	written  *envelope.Written
	sent     envelope.Index
	depose   time.Time
	ar       *message.ARActe
	arBytes  []byte
	stamped  []byte
	record   ged.Document
	contents ged.Contents
	sip      sip.Summary
	key      connectors.Key
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, now func() time.Time) int {
	fl := flag.NewFlagSet("deliberation", flag.ContinueOnError)
	fl.SetOutput(stderr)
	acte := fl.String("acte", "", "description de l'acte (JSON) ; un exemple si absent")
	document := fl.String("document", "", "document principal (PDF), au lieu de celui de la description")
	var annexes []string
	fl.Func("annexe", "annexe, au lieu de celles de la description (peut être répété)", func(s string) error {
		annexes = append(annexes, s)
		return nil
	})
	out := fl.String("out", "", "dossier, nouveau ou vide, où tout est déposé")
	config := fl.String("config", "", "vraies plates-formes (JSON) au lieu des fausses")
	if err := fl.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if fl.NArg() > 0 {
		fmt.Fprintf(stderr, "argument inattendu : %s (les fichiers se donnent avec -acte, -document et -annexe)\n", fl.Arg(0))
		return 2
	}
	if err := travel(ctx, stdout, now, *acte, *document, annexes, *out, *config); err != nil {
		fmt.Fprintf(stderr, "\n%v\n", err)
		return 1
	}
	return 0
}

// travel is the whole journey. Nothing is created before the act has been
// found fit to leave.
func travel(ctx context.Context, stdout io.Writer, now func() time.Time, acte, document string, annexes []string, out, config string) error {
	in, err := load(acte, document, annexes)
	if err != nil {
		return err
	}
	if out != "" {
		if err := checkFolder(out); err != nil {
			return err
		}
	}
	j := &journey{journal: journal{w: stdout}, in: in, now: now}
	fmt.Fprintln(stdout, "De la délibération aux archives")
	if err := j.prepare(ctx); err != nil {
		return err
	}
	peers, err := connect(ctx, config, in, now)
	if err != nil {
		return err
	}
	defer peers.close()
	if out == "" {
		if out, err = os.MkdirTemp("", "liasse-deliberation-"); err != nil {
			return err
		}
	}
	if j.out, err = newFolder(out); err != nil {
		return err
	}
	defer j.out.root.Close()
	for _, step := range []func(context.Context) error{
		j.wrap,
		func(ctx context.Context) error { return j.transmit(ctx, peers) },
		j.stamp,
		j.describe,
		j.pack,
		func(ctx context.Context) error { return j.archive(ctx, peers) },
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("%w\nCe qui a déjà été fait est dans %s", err, out)
		}
	}
	if err := j.out.Digests("empreintes.sha256"); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "\nTout est dans %s\n", out)
	return nil
}

// said puts an error that carries a report into words.
func said(what string, err error) error {
	var invalid *report.InvalidError
	if errors.As(err, &invalid) {
		return &refusal{what, invalid.Report}
	}
	return fmt.Errorf("%s %w", what, err)
}

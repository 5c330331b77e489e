// Command pes is what a town hall does with the files its finance software
// makes for Hélios: control them before they leave, understand what Hélios
// answers, divide them, send again the least, archive them.
//
//	go run ./examples/pes essai     -vers DOSSIER            a whole story, on files it composes
//	go run ./examples/pes controle  FICHIER…
//	go run ./examples/pes explique  [-envoi FICHIER] ACQUIT
//	go run ./examples/pes decoupe   [-n 1] -vers DOSSIER FICHIER
//	go run ./examples/pes renvoie   -acquit ACQUIT -nomfic NOM -vers DOSSIER FICHIER
//	go run ./examples/pes archive   [-acquit ACQUIT] [-service ID] -vers DOSSIER FICHIER
//	go run ./examples/pes montre    -vers DOSSIER FICHIER    one page of HTML
//	go run ./examples/pes anonymise -vers DOSSIER FICHIER    for a report of a fault
//
// It talks French. Nothing is ever overwritten: -vers is a folder where the new
// files are made, and a file that is there already ends the command.
//
// Exit status: 0 done, 1 the file or the answer is not good, 2 wrong use or
// failure.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/connectors/finance/pes"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/inspect"
	"github.com/liasse/liasse/ged/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now))
}

// errPasBon says that everything was done, and that the file is not good.
var errPasBon = errors.New("le fichier n'est pas bon")

// work is one command and what the command line says.
type work struct {
	say                            io.Writer
	now                            func() time.Time
	vers, envoi, acquit, nomfic    string
	service, profile, nomenclature string
	n                              int
}

var commands = map[string]func(w *work, ctx context.Context, args []string) error{
	"essai": (*work).essai, "controle": (*work).controle, "explique": (*work).explique, "decoupe": (*work).decoupe, "renvoie": (*work).renvoie,
	"archive": (*work).archive, "montre": (*work).montre, "anonymise": (*work).anonymise,
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, now func() time.Time) int {
	w := &work{say: stdout, now: now}
	fs := flag.NewFlagSet("pes", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&w.vers, "vers", "", "dossier où faire les nouveaux fichiers")
	fs.StringVar(&w.envoi, "envoi", "", "le fichier auquel l'acquit répond")
	fs.StringVar(&w.acquit, "acquit", "", "la réponse d'Hélios")
	fs.StringVar(&w.nomfic, "nomfic", "", "le NomFic du nouveau fichier")
	fs.StringVar(&w.service, "service", "SERVICE-ARCHIVES", "identifiant du service d'archives")
	fs.StringVar(&w.profile, "profil", "dgfip", "dgfip, s2low ou stela")
	fs.StringVar(&w.nomenclature, "nomenclature", "", "celle du budget : M57…")
	fs.IntVar(&w.n, "n", 1, "bordereaux par fichier")
	if len(args) == 0 || commands[args[0]] == nil {
		fmt.Fprintln(stderr, "pes: essai, controle, explique, decoupe, renvoie, archive, montre ou anonymise ?")
		return 2
	}
	if err := fs.Parse(args[1:]); err != nil {
		return 2
	}
	switch err := commands[args[0]](w, ctx, fs.Args()); {
	case err == nil:
		return 0
	case errors.Is(err, errPasBon):
		return 1
	default:
		fmt.Fprintln(stderr, "pes:", inspect.Visible(err.Error()))
		return 2
	}
}

func (w *work) printf(format string, args ...any) {
	fmt.Fprint(w.say, inspect.Visible(fmt.Sprintf(format, args...)), "\n")
}

// open opens the one file the command is about.
func open(args []string) (*os.File, int64, error) {
	if len(args) != 1 {
		return nil, 0, errors.New("un fichier, et un seul, est attendu")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("ce n'est pas un fichier")
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// create makes a new file of the folder; it overwrites nothing and follows no
// link out of the folder.
func (w *work) create(name string, write func(io.Writer) error) error {
	if w.vers == "" {
		return errors.New("-vers DOSSIER est attendu")
	}
	if err := os.MkdirAll(w.vers, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(w.vers)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		root.Remove(name) // ours, and not whole
		return err
	}
	w.printf("  fait : %s", name)
	return nil
}

func (w *work) options() pes.Options {
	return pes.Options{Profile: pes.Profil(w.profile), Nomenclature: w.nomenclature}
}

func (w *work) controle(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("un fichier est attendu")
	}
	bad := false
	for _, name := range args {
		f, size, err := open([]string{name})
		if err != nil {
			return err
		}
		in, err := inspect.NewFile(filepath.Base(name), f, size)
		var res *inspect.Result
		if err == nil {
			res, err = inspect.Run(ctx, []inspect.Inspector{pes.Inspector()}, in, inspect.Options{Profile: w.profile, Codes: []byte(w.nomenclature)})
		}
		f.Close()
		if err != nil {
			return err
		}
		if err := res.WriteText(w.say, report.FR); err != nil {
			return err
		}
		bad = bad || res.Verdict() != inspect.Valid
	}
	if bad {
		return errPasBon
	}
	return nil
}

// answer reads an acknowledgement.
func answer(ctx context.Context, name string) (*pes.Reading, error) {
	f, _, err := open([]string{name})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := pes.Read(ctx, f, pes.Options{})
	if err == nil && (r.Acquit == nil || !r.Lu) {
		err = errors.New("ce n'est pas un acquit d'Hélios")
	}
	return r, err
}

func (w *work) explique(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("un acquit, et un seul, est attendu")
	}
	r, err := answer(ctx, args[0])
	if err != nil {
		return err
	}
	b := r.Acquit.Bilan()
	w.printf("%s : %s", r.Entete.NomFic, b.Etat)
	w.printf("  bordereaux acceptés : %d, refusés : %d ; pièces justificatives acceptées : %d, refusées : %d", b.BordereauxOK, b.BordereauxKO, b.PJOK, b.PJKO)
	codes := pes.CodesIntegres()
	for i := range r.Acquit.Elements {
		e := &r.Acquit.Elements[i]
		if e.Accepte() {
			continue
		}
		what := codes.Libelle("acquit.DomaineAck", e.DomaineAck)
		switch {
		case e.Flux():
			what = "Tout le fichier (" + what + ")"
		case e.IdUnique != "":
			what = "La pièce justificative " + e.IdUnique
		case e.NumBord != "":
			what = "Le bordereau " + e.Cle()
		}
		w.printf("  %s est refusé :", what)
		for _, x := range e.Erreurs {
			where := ""
			if x.Piece != "" {
				where = "pièce " + x.Piece
				if x.Ligne != "" {
					where += ", ligne " + x.Ligne
				}
				where += " : "
			}
			text := codes.Libelle("acquit.NumAnoAck", x.Code)
			if text == "" {
				text = x.Code
			}
			if x.Libelle != "" {
				text += " (Hélios dit : " + x.Libelle + ")"
			}
			w.printf("    %s%s", where, text)
		}
	}
	if w.envoi == "" {
		return nil
	}
	f, _, err := open([]string{w.envoi})
	if err != nil {
		return err
	}
	defer f.Close()
	e, err := pes.Inventorier(ctx, f, pes.Options{})
	if err != nil {
		return err
	}
	c := e.Rapprocher(r)
	return w.compared(c)
}

// compared says what an acknowledgement means for the file that was sent.
func (w *work) compared(c *pes.Rapprochement) error {
	if !c.Lie {
		w.printf("  Cet acquit ne répond pas à ce fichier : le NomFic ou le code collectivité diffère.")
		return errPasBon
	}
	list := func(text string, values []string) {
		if len(values) > 0 {
			w.printf("  %s : %s", text, strings.Join(values, ", "))
		}
	}
	if c.MemesOctets {
		w.printf("  Rien à corriger : renvoyer le même fichier tel quel.")
	}
	list("à corriger et à renvoyer, bordereaux", c.Bordereaux)
	list("à corriger et à renvoyer, pièces justificatives", c.PJ)
	list("à ne pas renvoyer, l'annonce (PJRef) suffit", c.PJRefSeules)
	list("déjà chez Hélios sous cet identifiant, vérifier que c'est la même", c.DejaIntegrees)
	list("l'acquit n'en dit rien, interroger le comptable", c.Inconnus)
	return nil
}

func (w *work) decoupe(ctx context.Context, args []string) error {
	f, size, err := open(args)
	if err != nil {
		return err
	}
	defer f.Close()
	e, err := pes.Inventorier(ctx, io.NewSectionReader(f, 0, size), w.options())
	if err != nil {
		return err
	}
	lots := e.Decouper(w.n)
	w.printf("%s : %d bordereaux, %d fichiers", e.Entete.NomFic, len(e.Bordereaux), len(lots))
	if e.SigneGlobal {
		w.printf("  Le fichier portait une signature sur l'ensemble : chaque nouveau fichier est à signer.")
	}
	for i, l := range lots {
		name := fmt.Sprintf("%.90s_%d", strings.TrimSuffix(e.Entete.NomFic, ".xml"), i+1)
		if err := w.create(fileName(name), func(out io.Writer) error { return e.EcrireLot(out, f, l, name) }); err != nil {
			return err
		}
	}
	return nil
}

// fileName makes a name of file of a NomFic, which may hold anything.
func fileName(nomFic string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' {
			return r
		}
		return '_'
	}, strings.TrimSuffix(nomFic, ".xml")) + ".xml"
}

func (w *work) renvoie(ctx context.Context, args []string) error {
	f, size, err := open(args)
	if err != nil {
		return err
	}
	defer f.Close()
	if w.acquit == "" || w.nomfic == "" {
		return errors.New("-acquit et -nomfic sont attendus")
	}
	e, err := pes.Inventorier(ctx, io.NewSectionReader(f, 0, size), pes.Options{})
	if err != nil {
		return err
	}
	a, err := answer(ctx, w.acquit)
	if err != nil {
		return err
	}
	c := e.Rapprocher(a)
	if err := w.compared(c); err != nil {
		return err
	}
	err = w.create(fileName(w.nomfic), func(out io.Writer) error { return e.Renvoyer(out, f, c, w.nomfic) })
	if errors.Is(err, pes.ErrRienARenvoyer) {
		w.printf("  Rien à renvoyer.")
		return nil
	}
	return err
}

func (w *work) archive(ctx context.Context, args []string) error {
	f, size, err := open(args)
	if err != nil {
		return err
	}
	defer f.Close()
	s := pes.Suites{Nom: filepath.Base(args[0])}
	if w.acquit != "" {
		if s.Acquit, err = ged.FileSource(os.DirFS(filepath.Dir(w.acquit)), filepath.Base(w.acquit)); err != nil {
			return err
		}
		s.NomAcquit, s.AcquitLe = filepath.Base(w.acquit), w.now()
	}
	flux, err := pes.Record(ctx, f, size, s, w.options())
	if err != nil {
		return err
	}
	d := &flux.Document
	w.printf("%s", d.Title)
	for _, r := range d.Rules {
		switch r.Category {
		case ged.Conservation:
			w.printf("  conservé %d ans à partir du %s, puis : %s", r.Duration.Years, r.Start.French(), map[ged.SortFinal]string{ged.Detruire: "détruire, avec le visa des archives départementales", ged.Conserver: "conserver", ged.Trier: "trier"}[r.SortFinal])
		case ged.Communicabilite:
			delay, _ := ged.DelayOf(r.Code)
			w.printf("  communicable : %s, %d ans (%s)", r.Code, delay.Years, delay.Object)
		}
	}
	producer, _ := d.Agent(ged.Producer)
	pkg, rep, err := archive.Build(ctx, []*ged.Document{d}, flux.Contents, archive.Policy{
		MessageID: d.ID + "-" + w.now().UTC().Format("20060102T150405"), Date: w.now(), Comments: []string{d.Title}, Agreement: "PES",
		ArchivalAgency: archive.Agency{ID: w.service}, TransferringAgency: archive.Agency{ID: producer.Identity(), Name: producer.Name}})
	if err != nil {
		return err
	}
	if err := rep.Err(); err != nil {
		return err
	}
	return w.create("versement.zip", func(out io.Writer) error {
		sum, err := sip.Write(ctx, out, pkg, sip.Options{})
		if err == nil {
			w.printf("  paquet SEDA : %d unités, %d objets", sum.Units, sum.Objects)
		}
		return err
	})
}

func (w *work) montre(ctx context.Context, args []string) error {
	f, size, err := open(args)
	if err != nil {
		return err
	}
	defer f.Close()
	name := strings.TrimSuffix(fileName(filepath.Base(args[0])), ".xml") + ".html"
	return w.create(name, func(out io.Writer) error { return pes.EcrireVue(ctx, out, f, size, pes.Vue{Options: w.options()}) })
}

func (w *work) anonymise(ctx context.Context, args []string) error {
	f, _, err := open(args)
	if err != nil {
		return err
	}
	defer f.Close()
	secret := make([]byte, 32) // never kept: nothing leads back
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	return w.create("anonyme.xml", func(out io.Writer) error { return pes.Anonymiser(ctx, out, f, secret) })
}

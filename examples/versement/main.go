// Command versement makes an archive package (SIP) of a folder, or of a table
// that describes files, and says what it did in French.
//
//	go run ./examples/versement
//	go run ./examples/versement -dir DOSSIER -out versement.zip
//	go run ./examples/versement -csv TABLE.csv -out versement.zip -seda 2.2 -profile vitam
//	go run ./examples/versement -dir DOSSIER -out versement.tar.gz -seda 1.0 -profile asalae
//
// Without -dir nor -csv it takes an embedded sample. The table has the columns
// ReSIP knows (File;Content.Title;…); its files lie beside it. Its lines are read
// again while the package is written, so their number is not bound by memory; a
// table that changes meanwhile is refused.
//
// The package is written under a name of its own and takes the name asked for
// only once it has been read back and found sound: an interruption leaves no
// half package, and nothing that exists is overwritten. The same files give the
// same package, byte for byte: unless -date and -message say otherwise, the
// message is dated by the last change among the files and named after them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/liasse/liasse/archive/seda"
)

// collect makes the collector of memory run sooner than usual: most of what is
// held are contents and digests, which cost it nothing to look at, and the time
// goes into the files anyway.
const collect = 20

func main() {
	debug.SetGCPercent(collect)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now))
}

// request is what the user asks for.
type request struct {
	dir, table, out  string
	version          seda.Version
	profile          string
	noPronom         bool
	message, accord  string
	date             time.Time
	archives, sender string
	producer         string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, now func() time.Time) int {
	req, code := parse(args, stderr)
	if req == nil {
		return code
	}
	v := &versement{journal: journal{w: stdout}, request: *req, now: now, progress: newProgress(stderr, now)}
	fmt.Fprintln(stdout, "Des fichiers au paquet d'archives")
	err := v.run(ctx)
	v.progress.clear()
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "\nLe versement est interrompu : aucun paquet n'a été laissé.")
	default:
		fmt.Fprintf(stderr, "\n%v\n", err)
	}
	return 1
}

// parse reads the arguments; without a request, code is the exit status.
func parse(args []string, stderr io.Writer) (req *request, code int) {
	r := &request{}
	fl := flag.NewFlagSet("versement", flag.ContinueOnError)
	fl.SetOutput(stderr)
	fl.StringVar(&r.dir, "dir", "", "dossier à verser")
	fl.StringVar(&r.table, "csv", "", "table des unités (colonnes de ReSIP), les fichiers à côté d'elle")
	fl.StringVar(&r.out, "out", "", "paquet à écrire (.zip) ; jamais écrasé")
	version := fl.String("seda", "2.1", "version du SEDA : 2.0 à 2.3 ; pour as@lae aussi 0.2 et 1.0")
	fl.StringVar(&r.profile, "profile", "", "plateforme dont les règles s'appliquent : vitam ou asalae")
	fl.BoolVar(&r.noPronom, "no-pronom", false, "ne pas reconnaître les formats des fichiers")
	fl.StringVar(&r.accord, "accord", "", "accord de versement (contrat d'entrée)")
	fl.StringVar(&r.archives, "archives", "", "identifiant du service d'archives")
	fl.StringVar(&r.sender, "versant", "", "identifiant du service versant (SIRET)")
	fl.StringVar(&r.producer, "producteur", "", "identifiant du service producteur ; à défaut le service versant")
	fl.StringVar(&r.message, "message", "", "identifiant du message ; à défaut il est tiré des fichiers")
	fl.Func("date", "date du message, comme 2026-07-01T10:30:00+02:00 ; à défaut la dernière modification d'un fichier", func(s string) (err error) {
		r.date, err = time.Parse(time.RFC3339, s)
		return err
	})
	wrong := func(format string, a ...any) (*request, int) {
		fmt.Fprintf(stderr, format+"\n", a...)
		return nil, 2
	}
	if err := fl.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, 0
	} else if err != nil {
		return nil, 2
	}
	r.version = seda.Version(*version)
	switch {
	case fl.NArg() > 0:
		return wrong("argument inattendu : %s (un dossier se donne avec -dir, une table avec -csv)", fl.Arg(0))
	case r.dir != "" && r.table != "":
		return wrong("-dir et -csv ne vont pas ensemble : la table dit déjà où sont les fichiers")
	case r.out == "" && r.dir+r.table != "":
		return wrong("-out manque : le nom du paquet à écrire, par exemple -out versement.zip")
	case seda.Supported(r.version) != nil:
		return wrong("la version %s du SEDA n'est pas de celles qui s'écrivent : 0.2, 1.0, 2.0, 2.1, 2.2, 2.3", *version)
	case r.profile != "" && r.profile != string(seda.Vitam) && r.profile != string(seda.Asalae):
		return wrong("la plateforme %s n'est pas connue : -profile vitam, -profile asalae, ou rien", r.profile)
	case r.profile == string(seda.Vitam) && (r.version == seda.V20 || r.version.Early()):
		return wrong("Vitam ne prend pas le SEDA %s : -seda 2.1, 2.2 ou 2.3", *version)
	case r.profile == "" && r.version.Early():
		return wrong("le SEDA %s s'écrit pour as@lae : -profile asalae", *version)
	case r.profile == string(seda.Asalae) && r.out == "":
		return wrong("-out manque : le nom de l'archive des fichiers, par exemple -out versement.tar.gz")
	}
	return r, 0
}

package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed sample
var sample embed.FS

// input is what the user hands over: the description of an act and its files.
type input struct {
	Collectivite struct {
		Nom            string `json:"nom"`
		SIREN          string `json:"siren"`
		Departement    string `json:"departement"`
		Arrondissement string `json:"arrondissement"`
		Nature         string `json:"nature"`
	} `json:"collectivite"`
	Acte struct {
		Numero         string    `json:"numero"`
		Date           string    `json:"date"`
		Nature         string    `json:"nature"`
		Matiere        string    `json:"matiere"`
		Objet          string    `json:"objet"`
		Classification string    `json:"classification"`
		Publication    string    `json:"publication"`
		Document       fichier   `json:"document"`
		Annexes        []fichier `json:"annexes"`
	} `json:"acte"`
	Transmission struct {
		Retour   []string `json:"retour"`
		Referent struct {
			Nom       string `json:"nom"`
			Telephone string `json:"telephone"`
			Courriel  string `json:"courriel"`
		} `json:"referent"`
	} `json:"transmission"`
	Archivage struct {
		ServiceArchives      string `json:"serviceArchives"`
		Accord               string `json:"accord"`
		RegleConservation    string `json:"regleConservation"`
		RegleCommunicabilite string `json:"regleCommunicabilite"`
	} `json:"archivage"`
}

// fichier is a file of the act. Its content is read whole: an act is at most
// 150 MB and is read several times (checked, sent, stamped, archived).
type fichier struct {
	Fichier   string `json:"fichier"`
	Typologie string `json:"typologie"`
	contenu   []byte
}

// load reads the description (the embedded sample when acteFile is empty) and
// every file it names. Files named in it lie beside it; document replaces the
// main document, and annexes, when given, replace those described.
func load(acteFile, document string, annexes []string) (*input, error) {
	var dir fs.FS
	name := "acte.json"
	if acteFile == "" {
		sub, err := fs.Sub(sample, "sample")
		if err != nil {
			return nil, err
		}
		dir = sub
	} else {
		dir, name = os.DirFS(filepath.Dir(acteFile)), filepath.Base(acteFile)
	}
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, fmt.Errorf("la description de l'acte ne peut pas être lue : %w", french(err))
	}
	in := &input{}
	if err := decode(name, data, in); err != nil {
		return nil, err
	}
	if document != "" {
		in.Acte.Document.Fichier = document
		in.Acte.Document.contenu, err = readFile(document)
	} else {
		in.Acte.Document.contenu, err = readBeside(dir, in.Acte.Document.Fichier, "le document principal")
	}
	if err != nil {
		return nil, err
	}
	if len(annexes) > 0 {
		in.Acte.Annexes = nil
		for _, a := range annexes {
			content, err := readFile(a)
			if err != nil {
				return nil, err
			}
			in.Acte.Annexes = append(in.Acte.Annexes, fichier{Fichier: a, contenu: content})
		}
		return in, nil
	}
	for i := range in.Acte.Annexes {
		a := &in.Acte.Annexes[i]
		if a.contenu, err = readBeside(dir, a.Fichier, fmt.Sprintf("l'annexe %d", i+1)); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func readBeside(dir fs.FS, name, what string) ([]byte, error) {
	if name == "" {
		return nil, fmt.Errorf("%s n'est pas indiqué dans la description de l'acte", what)
	}
	if filepath.IsAbs(name) {
		return readFile(name)
	}
	b, err := fs.ReadFile(dir, filepath.ToSlash(name))
	if err != nil {
		return nil, fmt.Errorf("%s « %s » ne peut pas être lu : %w", what, name, french(err))
	}
	return b, nil
}

func readFile(name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("le fichier « %s » ne peut pas être lu : %w", name, french(err))
	}
	return b, nil
}

// french says the common failures of the file system in French.
func french(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("il n'existe pas")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("l'accès est refusé")
	case errors.Is(err, fs.ErrInvalid):
		return errors.New("son chemin n'est pas permis (donnez un nom sans « .. », ou un chemin absolu)")
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// decode reads strict JSON and says in French, with line and column, what is
// wrong with it.
func decode(name string, data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); more == nil {
			return fmt.Errorf("%s : du texte suit la fin de la description (%s)", name, position(data, d.InputOffset()))
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s n'est pas du JSON correct : %s", name, position(data, syntax.Offset))
	case errors.As(err, &kind):
		return fmt.Errorf("%s : le champ « %s » n'est pas du type attendu (%s)", name, kind.Field, position(data, kind.Offset))
	case strings.Contains(err.Error(), "unknown field"):
		_, field, _ := strings.Cut(err.Error(), "unknown field ")
		return fmt.Errorf("%s : le champ %s n'existe pas (%s)", name, field, position(data, d.InputOffset()))
	}
	return fmt.Errorf("%s s'arrête avant la fin : il manque une accolade ou un guillemet", name)
}

func position(data []byte, offset int64) string {
	before := data[:min(int64(len(data)), max(offset, 0))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	return fmt.Sprintf("ligne %d, colonne %d", line, max(column, 1))
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// target is a file in the making: it has a name of its own until it is whole.
type target struct {
	file *os.File
	root *os.Root // the folder
	part string   // its name for now
	name string   // and once it is whole
}

// free says whether a file could be made under the name: nothing may be there,
// not even a link that leads nowhere.
func free(out string) error {
	if base := filepath.Base(out); base == "." || base == ".." || base == string(filepath.Separator) {
		return fmt.Errorf("« %s » n'est pas un nom de fichier", visible(out))
	}
	switch _, err := os.Lstat(out); {
	case err == nil:
		return fmt.Errorf("« %s » existe déjà : rien n'est écrasé, choisissez un autre nom", visible(out))
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("« %s » ne peut pas être écrit : %w", visible(out), french(err))
	}
	if st, err := os.Stat(filepath.Dir(out)); err != nil || !st.IsDir() {
		return fmt.Errorf("le dossier où écrire « %s » n'existe pas", visible(out))
	}
	return nil
}

// create opens the file under its first name, which nobody takes for a package.
func create(out string) (*target, error) {
	if err := free(out); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(filepath.Dir(out))
	if err != nil {
		return nil, fmt.Errorf("« %s » ne peut pas être écrit : %w", visible(out), french(err))
	}
	t := &target{root: root, name: filepath.Base(out)}
	for i := range 100 { // what an earlier run left behind, killed in the middle
		t.part = t.name + ".en-cours"
		if i > 0 {
			t.part += fmt.Sprint("-", i+1)
		}
		t.file, err = root.OpenFile(t.part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		_ = root.Close() // the first error says why
		return nil, fmt.Errorf("« %s » ne peut pas être écrit : %w", visible(out), french(err))
	}
	return t, nil
}

// keep gives the file its name, unless something has taken it meanwhile.
func (t *target) keep() error {
	if err := t.file.Close(); err != nil {
		return fmt.Errorf("le paquet ne peut pas être écrit : %w", french(err))
	}
	err := t.root.Link(t.part, t.name)
	if err == nil {
		return t.root.Remove(t.part)
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("« %s » a été créé entre-temps : rien n'est écrasé", visible(t.name))
	}
	// A file system without hard links: the next best.
	if _, there := t.root.Lstat(t.name); !errors.Is(there, fs.ErrNotExist) {
		return fmt.Errorf("« %s » a été créé entre-temps : rien n'est écrasé", visible(t.name))
	}
	if err := t.root.Rename(t.part, t.name); err != nil {
		return fmt.Errorf("le paquet ne peut pas prendre son nom : %w", french(err))
	}
	return nil
}

// abandon takes away what was not kept.
func (t *target) abandon() {
	_ = t.file.Close()        // again, after keep
	_ = t.root.Remove(t.part) // there is nothing to take away after keep
	_ = t.root.Close()        // nothing was written through it
}

// inside reports whether the folder is the other one or lies below it.
func inside(folder, in string) bool {
	real := func(p string) string {
		if abs, err := filepath.Abs(p); err == nil {
			p = abs
		}
		if r, err := filepath.EvalSymlinks(p); err == nil {
			p = r
		}
		return p
	}
	rel, err := filepath.Rel(real(in), real(folder))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/resip"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/ged/format/pronom"
)

// tableOf makes a folder with a table in no order, some of whose lines have
// several files, and returns the path of the table.
func tableOf(t testing.TB) string {
	files := map[string]string{"table.csv": "ID;ParentID;ObjectFiles;Title;StartDate\n"}
	for i := range 60 {
		name := fmt.Sprintf("pièces/p%02d.txt", i)
		files[name] = strings.Repeat(fmt.Sprintf("Ligne %d\n", i), i+1)
		objects := name
		if i%7 == 0 {
			files["__Thumbnail__vue.csv"], objects = "a;b\n", name+"|__Thumbnail__vue.csv"
		}
		if i == 20 {
			objects = ""
		}
		parent := 41 // the last line, which is its own
		if i < 30 {
			parent = 70
		}
		files["table.csv"] += fmt.Sprintf("%d;%d;%s;\"Pièce %d, « utile »\";2026-01-02\n", 100-i, parent, objects, i)
	}
	return filepath.Join(folder(t, files), "table.csv")
}

// TestTableIsWrittenPartByPart: the package is the one its table makes when it is
// held whole.
func TestTableIsWrittenPartByPart(t *testing.T) {
	table, where := tableOf(t), t.TempDir()
	status, stdout, stderr := play(t, "-csv", table, "-out", filepath.Join(where, "parts.zip"), "-accord", "IC", "-archives", "A", "-versant", "V")
	if status != 0 || !strings.Contains(stdout, "Les formats des fichiers ont été reconnus") {
		t.Fatalf("status %d: %s\n%s", status, stderr, stdout)
	}
	v := &versement{journal: journal{w: io.Discard}, now: fixed, progress: newProgress(io.Discard, fixed)}
	v.table, v.accord, v.archives, v.sender, v.version, v.noPronom = table, "IC", "A", "V", "2.1", true
	if err := v.read(context.Background()); err != nil || v.pkg != nil {
		t.Fatal(err, v.pkg != nil)
	}
	defer v.opened.Close()
	p, _, err := resip.Read(context.Background(), strings.NewReader(string(content(t, table))), v.files, v.policy(), resip.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := censusOf(p); c != v.census || c.bare != 1 || c.empty != 1 || c.units != 60 {
		t.Errorf("%+v, in parts %+v", c, v.census)
	}
	held := &versement{journal: v.journal, request: v.request, now: fixed, pkg: p, census: v.census, places: places{pkg: p}}
	for _, u := range []*versement{v, held} {
		if err := u.describe(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := v.parts.Message().Header.MessageID, p.Header.MessageID; got != want {
		t.Errorf("message %s, want %s", got, want)
	}
	for u := range p.Walk() {
		paths := []string{"unit[" + u.ID + "]"}
		for _, g := range u.Groups {
			paths = append(paths, "group["+g.ID+"]")
			for _, o := range g.Objects {
				paths = append(paths, "object["+o.ID+"]")
			}
		}
		for _, path := range paths {
			if got, want := v.places.of(path), held.places.of(path); got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
	}
	if got := v.places.of("unit[ID999]"); got != "unit ID999" {
		t.Error(got)
	}
	id, err := pronom.New(pronom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Identify(context.Background(), p, id, archive.IdentifyOptions{}); err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	if _, err := sip.Write(context.Background(), &whole, p, sip.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(whole.Bytes(), content(t, filepath.Join(where, "parts.zip"))) {
		t.Error("another package")
	}
}

// TestChangedTable is written to while the package is made.
func TestChangedTable(t *testing.T) {
	table := tableOf(t)
	v := &versement{journal: journal{w: io.Discard}, now: fixed, progress: newProgress(io.Discard, fixed)}
	v.table, v.noPronom, v.out = table, true, filepath.Join(t.TempDir(), "sip.zip")
	if err := v.read(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer v.opened.Close()
	f, err := os.OpenFile(table, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte("Objet"), int64(bytes.Index(content(t, table), []byte("Pièce"))))
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := v.describe(); err == nil || !strings.Contains(err.Error(), "la table a changé") {
		t.Error(err)
	}
	if err := v.write(context.Background()); err == nil || !strings.Contains(err.Error(), "la table a changé") {
		t.Error(err)
	}
	if _, err := os.Lstat(v.out); err == nil {
		t.Error("a package was made")
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/envelope"
	"github.com/liasse/liasse/actes/message"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// acte makes the act of what the user described. Values that do not even have
// the form of a date or a matter are found here, all at once; the rules of the
// contrôle de légalité come after, in Check.
func (in *input) acte() (*actes.Acte, error) {
	var wrong []string
	date := func(field, value string) ged.Date {
		if value == "" {
			return ged.Date{}
		}
		d, err := ged.ParseDate(value)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("le champ « %s » n'est pas une date de la forme AAAA-MM-JJ", field))
		}
		return d
	}
	c, a := &in.Collectivite, &in.Acte
	act := &actes.Acte{
		Collectivite: actes.Collectivite{SIREN: c.SIREN, Departement: c.Departement,
			Arrondissement: c.Arrondissement, Nature: c.Nature},
		Numero: a.Numero, Objet: a.Objet,
		Date: date("date", a.Date), Classification: date("classification", a.Classification),
		Document: piece(a.Document),
	}
	date("publication", a.Publication)
	var ok bool
	if act.Nature, ok = actes.ParseNature(a.Nature); !ok {
		wrong = append(wrong, "le champ « nature » n'est pas une nature d'acte : DE, AR, AI, CC, BF ou AU")
	}
	var err error
	if act.Matiere, err = actes.ParseMatiere(a.Matiere); err != nil {
		wrong = append(wrong, "le champ « matiere » n'est pas une matière de la forme 5.2")
	}
	for _, f := range a.Annexes {
		act.Annexes = append(act.Annexes, piece(f))
	}
	for i, f := range act.Fichiers() {
		if f.Typologie == "" {
			// The type of the nature itself suits any file of the act.
			if i == 0 {
				act.Document.Typologie = actes.DefautTypologie(act.Nature)
			} else {
				act.Annexes[i-1].Typologie = actes.DefautTypologie(act.Nature)
			}
		}
	}
	if wrong != nil {
		msg := "La description de l'acte n'est pas correcte :"
		for _, w := range wrong {
			msg += "\n  ✗ " + w
		}
		return nil, fmt.Errorf("%s", msg)
	}
	return act, nil
}

func piece(f fichier) actes.Fichier {
	return actes.Fichier{Nom: filepath.Base(f.Fichier), Typologie: f.Typologie, Contenu: bytes.NewReader(f.contenu)}
}

// prepare describes the act and checks it; nothing has been written yet.
func (j *journey) prepare(ctx context.Context) error {
	act, err := j.in.acte()
	if err != nil {
		return err
	}
	j.act = act
	j.Step("L'acte est décrit")
	j.Done("acte %s du %s : %s", act.Numero, act.Date.French(), act.Objet)
	j.Done("nature %s (%s), matière %s", act.Nature.Abrege(), act.Nature.Libelle(), act.Matiere)
	for _, f := range act.Fichiers() {
		j.Done("%s (%s, %s)", f.Nom, f.Typologie, octets(f.Contenu.Size()))
	}
	rep, err := act.Check(ctx, actes.Options{Now: j.now()})
	if err != nil {
		return err
	}
	if err := refuse("L'acte ne peut pas être transmis :", rep); err != nil {
		return err
	}
	j.Step("L'acte est contrôlé avant l'envoi")
	j.Findings(rep)
	j.Done("rien ne s'oppose à sa transmission")

	// The envelope is made in memory first: on a refusal nothing is left behind.
	env := &envelope.Envoi{Trigramme: "abc", Quadrigramme: "TACT", Date: ged.DateOf(j.now()), Serie: 1,
		Emetteur: act.Collectivite, AdressesRetour: j.in.Transmission.Retour,
		Messages: []envelope.Depart{envelope.DepartActe(act)}}
	if r := j.in.Transmission.Referent; r.Nom != "" || r.Telephone != "" || r.Courriel != "" {
		env.Referent = &message.Referent{Nom: r.Nom, Telephone: r.Telephone, Email: r.Courriel}
	}
	var archive bytes.Buffer
	written, err := envelope.Write(ctx, &archive, env, envelope.WriteOptions{Check: envelope.Options{Now: j.now()}})
	if err != nil {
		return said("L'enveloppe ne peut pas être construite :", err)
	}
	j.envelope, j.written = archive.Bytes(), written
	return nil
}

// wrap puts the envelope into the folder and reads it back as a receiver
// would.
func (j *journey) wrap(ctx context.Context) error {
	name := j.written.Nom.String()
	j.Step("L'enveloppe @ctes est construite : %s", name)
	if err := j.out.Write(name, j.envelope); err != nil {
		return err
	}
	read, rep, err := envelope.Read(ctx, bytes.NewReader(j.envelope), envelope.Options{Name: name, Now: j.now(), Profile: actes.S2LOW})
	if err != nil {
		return err
	}
	if err := refuse("L'enveloppe relue n'est pas conforme :", rep); err != nil {
		return err
	}
	j.Findings(rep)
	j.Done("%d fichiers, %s, relue et contrôlée selon les règles de S²LOW", len(read.Files), octets(int64(len(j.envelope))))
	return envelope.Remember(ctx, &j.sent, read, ged.DateOf(j.now()))
}

// acknowledge verifies the ARActe received: it must be readable, and of our act.
func (j *journey) acknowledge(ctx context.Context, ar []byte) error {
	j.Step("L'accusé de réception est arrivé")
	if err := j.out.Write("aracte.xml", ar); err != nil {
		return err
	}
	reading, err := message.Read(ctx, bytes.NewReader(ar), message.Options{})
	if err != nil {
		return err
	}
	j.Findings(reading.Report)
	got, ok := reading.Message.(*message.ARActe)
	if !ok {
		return fmt.Errorf("la réponse reçue n'est pas un accusé de réception : elle est conservée dans aracte.xml")
	}
	matches, err := envelope.FindSent(ctx, &j.sent, envelope.Answer{Message: got})
	if err != nil {
		return err
	}
	if len(matches) == 0 || matches[0].Confiance != envelope.Sure || got.IDActe != j.act.ID().String() {
		return fmt.Errorf("l'accusé reçu ne correspond pas à l'acte envoyé : il est conservé dans aracte.xml")
	}
	j.ar = got
	j.Done("il correspond à l'acte envoyé : %s", got.IDActe)
	j.Done("reçu par l'État le %s", got.DateReception.French())
	end := actes.Delai(got.DateReception, j.act.Nature == actes.Budgetaire, nil, actes.Comptage{})
	j.Note("le préfet peut agir jusqu'au %s", end.Date.French())
	for _, m := range end.Motifs {
		j.Note("  %s", m.Text(report.FR))
	}
	return nil
}

// octets writes a size for people.
func octets(n int64) string {
	unit, value := "octets", fmt.Sprint(n)
	switch {
	case n >= 1_000_000:
		unit, value = "Mo", fmt.Sprintf("%.1f", float64(n)/1_000_000)
	case n >= 1000:
		unit, value = "ko", fmt.Sprintf("%.1f", float64(n)/1000)
	}
	return strings.Replace(value, ".", ",", 1) + " " + unit
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/archive/sip"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
)

// pack makes the archive package of the record and reads it back.
func (j *journey) pack(ctx context.Context) error {
	j.Step("Le paquet d'archives est construit (SEDA 2.1)")
	a := &j.in.Archivage
	if a.ServiceArchives == "" {
		a.ServiceArchives = "AD" + j.act.Collectivite.Departement
		j.Note("service d'archives non indiqué : %s", a.ServiceArchives)
	}
	if a.Accord == "" {
		a.Accord = "ACTES"
		j.Note("accord de versement non indiqué : %s", a.Accord)
	}
	policy := archive.Policy{
		MessageID:          j.record.Identifier(ged.SchemeActeID) + "-" + j.now().UTC().Format("20060102T150405"),
		Date:               j.now(),
		Comments:           []string{"Acte " + j.act.Numero + " acquitté par le contrôle de légalité"},
		Agreement:          a.Accord,
		ArchivalAgency:     archive.Agency{ID: a.ServiceArchives},
		TransferringAgency: archive.Agency{ID: j.act.Collectivite.SIREN, Name: j.in.Collectivite.Nom},
		RuleCodes:          map[string]string{},
	}
	for _, r := range j.record.Rules {
		switch r.Category {
		case ged.Conservation:
			if a.RegleConservation != "" {
				policy.RuleCodes[r.Code] = a.RegleConservation
			}
		case ged.Communicabilite:
			if a.RegleCommunicabilite != "" {
				policy.RuleCodes[r.Code] = a.RegleCommunicabilite
			}
		}
	}
	pkg, rep, err := archive.Build(ctx, []*ged.Document{&j.record}, j.contents, policy)
	if err != nil {
		return err
	}
	if err := refuse("Le paquet ne peut pas être construit :", rep); err != nil {
		return err
	}
	j.Findings(rep)
	const name, bordereau = "versement.zip", "manifest.xml"
	var manifest bytes.Buffer
	err = j.out.With(name, func(w io.Writer) (err error) {
		j.sip, err = sip.Write(ctx, w, pkg, sip.Options{Manifest: &manifest})
		return err
	})
	if err != nil {
		return said("Le paquet ne peut pas être écrit :", err)
	}
	if err := j.out.Write(bordereau, manifest.Bytes()); err != nil {
		return err
	}
	j.Findings(j.sip.Report)
	j.Done("%s : %d unités, %d objets, %s", name, j.sip.Units, j.sip.Objects, octets(j.sip.Bytes))
	j.key = connectors.Key{Scope: policy.TransferringAgency.ID, Value: policy.MessageID}
	return j.verify(ctx, name)
}

// verify reads the package back from the disk as a receiver would.
func (j *journey) verify(ctx context.Context, name string) error {
	f, err := j.out.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	sum, err := sip.Verify(ctx, f, st.Size(), sip.VerifyOptions{})
	if err != nil {
		return err
	}
	if err := refuse("Le paquet relu n'est pas conforme :", sum.Report); err != nil {
		return err
	}
	j.Done("relu : chaque fichier a l'empreinte que le bordereau annonce")
	return nil
}

// archive deposits the package and reads the archiving system's reply.
func (j *journey) archive(ctx context.Context, p *platforms) error {
	j.Step("Le paquet est versé sur Vitam (%s)", p.where)
	source, err := ged.FileSource(os.DirFS(j.out.path), "versement.zip")
	if err != nil {
		return err
	}
	pkg := connectors.Package{Key: j.key, Name: "versement.zip", Content: source, Manifest: j.sip.Manifest}
	if p.rehearsal {
		pkg.Purpose = connectors.Rehearsal
	}
	receipt, err := p.sae.Deposit(ctx, pkg)
	if err != nil {
		return fmt.Errorf("Vitam n'a pas pris le paquet : %w", plain(err))
	}
	j.Done("opération %s", receipt.Ref.ID)
	_, refused := j.poll(ctx, p, p.sae, receipt.Ref)
	replies, ok := p.sae.(connectors.ReplyReader)
	if !ok {
		return refused
	}
	// A refusal has its reply too: it says why.
	atr, err := replies.Reply(ctx, receipt.Ref)
	if err != nil {
		return errors.Join(refused, plain(err))
	}
	return j.reply(ctx, atr)
}

// reply reads the ATR: it must be of our package.
func (j *journey) reply(ctx context.Context, atr []byte) error {
	j.Step("La réponse du service d'archives est arrivée")
	if err := j.out.Write("atr.xml", atr); err != nil {
		return err
	}
	reply, rep, err := seda.ReadReply(ctx, bytes.NewReader(atr))
	if err != nil {
		return err
	}
	if reply == nil {
		return refuse("La réponse n'est pas un accusé de transfert (atr.xml) :", rep)
	}
	j.Findings(rep)
	if !reply.Answers(j.key.Value) {
		return fmt.Errorf("la réponse ne correspond pas au paquet versé : elle est conservée dans atr.xml")
	}
	switch reply.Acceptance() {
	case seda.Accepted, seda.AcceptedWithWarning:
	default:
		return fmt.Errorf("le service d'archives a refusé le paquet (%s) : la réponse est conservée dans atr.xml", reply.Code)
	}
	j.Done("le paquet est accepté (%s), %d unités ont reçu leur identifiant d'archive", reply.Code, len(reply.Units))
	for _, u := range reply.Units {
		j.record.Identifiers = append(j.record.Identifiers, ged.Identifier{Scheme: ged.SchemeSAE, Value: u.SystemID})
	}
	j.record.Status = ged.Archive
	return j.writeJSON("notice-finale.json", &j.record)
}

// writeJSON writes a value people may read.
func (j *journey) writeJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return j.out.Write(name, append(b, '\n'))
}

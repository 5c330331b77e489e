package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/liasse/liasse/actes"
	"github.com/liasse/liasse/actes/stamp"
	"github.com/liasse/liasse/connectors"
	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/ged/report"
)

// transmit deposits the act and waits for the State's acknowledgement.
func (j *journey) transmit(ctx context.Context, p *platforms) error {
	j.Step("L'acte est déposé sur S²LOW (%s)", p.where)
	j.depose = j.now()
	receipt, err := p.tdt.Send(ctx, connectors.Transmission{Acte: *j.act})
	if errors.Is(err, connectors.InDoubt) {
		// The answer was lost, not necessarily the act: ask before anything else.
		j.Note("la réponse s'est perdue : recherche de l'acte chez S²LOW")
		receipt, err = j.find(ctx, p.tdt)
	}
	if err != nil {
		return fmt.Errorf("S²LOW n'a pas pris l'acte : %w", plain(err))
	}
	for _, n := range receipt.Notices {
		j.Note("%s", n)
	}
	j.Done("transaction %s", receipt.Ref.ID)
	status, err := j.poll(ctx, p, p.tdt, receipt.Ref)
	if err != nil {
		return err
	}
	j.arBytes = status.Reply
	if err := j.acknowledge(ctx, j.arBytes); err != nil {
		return err
	}
	return j.files(ctx, p, receipt.Ref)
}

// find looks the act up after a deposit whose answer never came.
func (j *journey) find(ctx context.Context, tdt connectors.TdT) (connectors.Receipt, error) {
	t := connectors.Transmission{Acte: *j.act}
	found, err := tdt.Lookup(ctx, connectors.Attempt{Key: t.Key(), Started: j.depose})
	if err != nil {
		return connectors.Receipt{}, err
	}
	if len(found) == 0 {
		return connectors.Receipt{}, errors.New("l'acte n'y est pas : il peut être déposé de nouveau")
	}
	return found[0], nil
}

// poll follows an object until the peer has decided, and says each state once.
func (j *journey) poll(ctx context.Context, p *platforms, peer connectors.StatusReader, ref connectors.Ref) (connectors.Status, error) {
	last := ""
	for attempt := 0; ; attempt++ {
		status, err := peer.Status(ctx, ref)
		switch {
		case connectors.ClassOf(err).Temporary():
			j.Note("pas de réponse pour le moment, nouvel essai plus tard")
		case err != nil:
			return status, plain(err)
		default:
			if status.Label != last {
				j.Note("… %s", status.Label)
				last = status.Label
			}
			if status.State.Final() {
				if err := status.Err(); err != nil {
					return status, fmt.Errorf("refusé : %s : %w", status.Message, plain(err))
				}
				return status, nil
			}
		}
		if err := p.wait(ctx, attempt); err != nil {
			return status, err
		}
	}
}

// files lists what S²LOW keeps of the act.
func (j *journey) files(ctx context.Context, p *platforms, ref connectors.Ref) error {
	fetcher, ok := p.tdt.(connectors.Fetcher)
	if !ok {
		return nil
	}
	list, err := fetcher.Files(ctx, ref)
	if err != nil {
		j.Note("la liste des fichiers n'est pas disponible : %v", plain(err))
		return nil
	}
	j.Note("S²LOW conserve %d fichiers de cette transaction", len(list))
	return nil
}

// plain leaves of a connector's error what a person can use.
func plain(err error) error {
	var e *connectors.Error
	if errors.As(err, &e) && e.Message != "" {
		return errors.New(e.Message)
	}
	return err
}

// stamp puts the proof of reception on the pages of the document.
func (j *journey) stamp(ctx context.Context) error {
	content := j.act.Document.Contenu
	if actes.FormatOf(j.act.Document.Nom) != actes.PDF {
		return nil
	}
	opt := stamp.Options{
		AR:     stamp.AR{IDActe: j.ar.IDActe, Recu: stampTime(j.ar.DateReception)},
		Envoye: j.depose,
		// The act's own heading is at the top left.
		Position: stamp.Position{From: stamp.TopRight},
	}
	if day, err := ged.ParseDate(j.in.Acte.Publication); err == nil {
		opt.Publie = stampTime(day)
	}
	var b bytes.Buffer
	res, err := stamp.Stamp(ctx, &b, content, content.Size(), opt)
	j.Step("Le document reçoit le tampon de l'accusé de réception")
	var refused *stamp.Error
	if errors.As(err, &refused) {
		// A document whose certification forbids any change stays as it is.
		j.Findings(refused.Report)
		return nil
	}
	if err != nil {
		return err
	}
	j.Findings(res.Report)
	j.stamped = b.Bytes()
	name := "tamponne-" + j.act.Document.Nom
	pages := "1 page tamponnée"
	if res.Pages > 1 {
		pages = fmt.Sprintf("%d pages tamponnées", res.Pages)
	}
	j.Done("%s : %s, l'original est inchangé", name, pages)
	return j.out.Write(name, j.stamped)
}

// describe makes the record of the act, and says how long it is kept and who
// may read it.
func (j *journey) describe(ctx context.Context) error {
	j.Step("La notice de l'acte est établie")
	s := actes.Suites{Producteur: j.in.Collectivite.Nom, Transmis: j.depose,
		Recu: &actes.Recu{IDActe: j.ar.IDActe, DateReception: j.ar.DateReception,
			Message: bytes.NewReader(j.arBytes), Nom: "aracte.xml"}}
	if day, err := ged.ParseDate(j.in.Acte.Publication); err == nil {
		s.Publie = day
	}
	if j.stamped != nil {
		s.Tampon = bytes.NewReader(j.stamped)
	}
	var err error
	if j.record, j.contents, err = j.act.Record(ctx, s); err != nil {
		return err
	}
	keep := ged.ComputeRetention(&j.record, ged.ExampleRetentionTable(), nil)
	j.record.Rules = append(j.record.Rules, keep.Rules...)
	if !keep.End.IsZero() {
		j.Done("durée d'utilité administrative jusqu'au %s, puis : %s", keep.End.French(), keep.SortFinal)
	}
	j.reasons(keep.Reasons)
	access := ged.ComputeAccess(nil, &j.record)
	j.record.Rules = append(j.record.Rules, access.Rules...)
	switch {
	case access.Immediate:
		j.Done("communicable à toute personne dès maintenant")
	case access.Never:
		j.Done("jamais communicable")
	case !access.From.IsZero():
		j.Done("communicable à partir du %s", access.From.French())
	}
	j.reasons(access.Reasons)
	return j.writeJSON("notice.json", &j.record)
}

// reasons shows why, as notes.
func (j *journey) reasons(r *report.Report) {
	for f := range r.All() {
		j.Note("  %s", f.Message(report.FR))
	}
}

// stampTime is the moment that stands for a civil date on the stamp.
func stampTime(d ged.Date) time.Time { return d.In(time.UTC) }

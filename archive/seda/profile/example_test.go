package profile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/liasse/liasse/archive/seda/profile"
	"github.com/liasse/liasse/ged/grammar"
	"github.com/liasse/liasse/ged/report"
)

// deliberations is a profile as an archive service would hand it over, cut
// down to the essential.
var deliberations = fstest.MapFS{"deliberations.rng": {Data: []byte(`
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="fr:gouv:culture:archivesdefrance:seda:v2.1"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
 <start><element name="ArchiveTransfer">
  <element name="Comment"><value type="string">Délibérations</value></element>
  <element name="Date"><data type="dateTime"/></element>
  <element name="ArchivalAgreement"><value>ACCORD_DELIB</value></element>
 </element></start>
</grammar>`)}}

func ExampleCheck() {
	ctx := context.Background()
	asked, _, err := grammar.LoadProfile(ctx, deliberations, "deliberations.rng", grammar.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	transfer := `<ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
 <Comment>Arrêtés</Comment>
 <Date>2024-06-27T10:00:00Z</Date>
</ArchiveTransfer>`
	r, err := profile.Check(ctx, strings.NewReader(transfer), asked, profile.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for f := range r.All() {
		fmt.Printf("ligne %d : %s\n", f.Where.Line, f.Message(report.FR))
	}
	// Output:
	// ligne 2 : En-tête du bordereau : le profil demande pour « commentaire » (Comment) exactement « Délibérations » ; le bordereau contient autre chose (7 lettres).
	// ligne 1 : En-tête du bordereau : il manque ce que le profil exige : « accord de versement » (ArchivalAgreement).
}

func ExampleNewSkeleton() {
	transfer, _, err := profile.NewSkeleton(context.Background(), deliberations, "deliberations.rng", profile.SkeletonOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", transfer.XML)
	for _, f := range transfer.Fields {
		fmt.Println("à compléter :", f.Path)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?>
	// <ArchiveTransfer xmlns="fr:gouv:culture:archivesdefrance:seda:v2.1">
	//   <Comment>Délibérations</Comment>
	//   <Date>2000-01-01T00:00:00Z</Date>
	//   <ArchivalAgreement>ACCORD_DELIB</ArchivalAgreement>
	// </ArchiveTransfer>
	// à compléter : /ArchiveTransfer/Date
}

// One skeleton serves for every transfer of its kind.
func ExampleSkeleton_Fill() {
	ctx := context.Background()
	transfer, _, err := profile.NewSkeleton(ctx, deliberations, "deliberations.rng", profile.SkeletonOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	message, err := transfer.Fill(map[string]string{"/ArchiveTransfer/Date": "2024-06-27T10:00:00Z"})
	if err != nil {
		fmt.Println(err)
		return
	}
	asked, _, err := grammar.LoadProfile(ctx, deliberations, "deliberations.rng", grammar.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := profile.Check(ctx, bytes.NewReader(message), asked, profile.Options{})
	fmt.Println(r.Valid(), err)
	_, err = transfer.Fill(map[string]string{"/ArchiveTransfer/Objet": "voirie"})
	fmt.Println(errors.Is(err, profile.ErrField))
	// Output:
	// true <nil>
	// true
}

package seda1

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda/internal/element"
	"github.com/liasse/liasse/archive/seda/internal/seda2"
	"github.com/liasse/liasse/ged"
)

// Dialect is one of the versions of the first family. They say the same things
// in other words and another order: the words and the order are here.
type Dialect struct {
	version element.Version
	// top and lower are the elements of the units at the top and of those below.
	top, lower string
	// documentsFirst says that the documents of a unit stand before the units
	// below it.
	documentsFirst bool
	head, tail     *element.Part[archive.Package]
	// archive and object are what a unit says before what it holds, content
	// its description, document a file with what is said of it.
	archive, object, content *element.Part[described]
	document                 *element.Part[document]
	Editions                 element.Editions
	puids                    int    // fmt/1 to this one are formats
	language                 string // a transfer is in French unless it says otherwise
}

// described is a unit of the first family, with what it says for the whole
// message.
type described struct {
	archive.Unit
	agreement, profile, service string
	written                     []string // languages the description is written in
}

// document is a file with what is said of it.
type document struct {
	unit   archive.Unit
	object archive.Object
	types  []string
}

// Names of the parts, which both versions share: an element of the one finds
// its way to the other.
const (
	InMessage  = "ArchiveTransfer"
	inArchive  = "Archive"
	inObject   = "ArchiveObject"
	inContent  = "ContentDescription"
	inDocument = "Document"
)

// The lists of formats of both versions are closed: fmt/1 to these.
const (
	v10Formats = 367
	v02Formats = 158
)

func onUnit(f element.Field[archive.Unit]) element.Field[described] {
	return element.Field[described]{Name: f.Name,
		Get: func(d *described) []*element.Node { return f.Get(&d.Unit) },
		Set: func(d *described, n *element.Node) bool { return f.Set(&d.Unit, n) },
	}
}

// ofDocument are the fields of the unit a document is.
func ofDocument(f element.Field[described]) element.Field[document] {
	return element.Field[document]{Name: f.Name, Single: f.Single, Plain: f.Plain,
		Get: func(d *document) []*element.Node { return f.Get(&described{Unit: d.unit}) },
		Set: func(d *document, n *element.Node) bool {
			u := described{Unit: d.unit}
			ok := f.Set(&u, n)
			d.unit = u.Unit
			return ok
		},
	}
}

func ofObject(f element.Field[archive.Object]) element.Field[document] {
	return element.Field[document]{Name: f.Name, Plain: f.Plain,
		Get: func(d *document) []*element.Node { return f.Get(&d.object) },
		Set: func(d *document, n *element.Node) bool { return f.Set(&d.object, n) },
	}
}

var v10 = &Dialect{
	version: element.V10, puids: v10Formats, top: "Archive", lower: "ArchiveObject", language: "fra",
	Editions: element.Editions{
		"DescriptionLevel": "edition 2009", "Code": "edition 2009", "KeywordType": "edition 2009", "Type": "edition 2009",
		"Language": "edition 2011", "DescriptionLanguage": "edition 2011", "AuthorisationReason": "edition 2012",
	},
	head: &element.Part[archive.Package]{Name: InMessage, Fields: []element.Field[archive.Package]{
		seda2.MessageHead.Fields[0], // Comment
		seda2.MessageHead.Fields[1], // Date
		element.Texts("RelatedTransferReference", func(p *archive.Package) *[]string { return &p.Header.Related }).Alone(),
		element.Text("TransferIdentifier", func(p *archive.Package) *string { return &p.Header.MessageID }),
		element.Raw[archive.Package]("TransferRequestReplyIdentifier"),
		Organization("ArchivalAgency", func(p *archive.Package) *archive.Agency { return &p.Header.ArchivalAgency }),
		Organization("TransferringAgency", func(p *archive.Package) *archive.Agency { return &p.Header.TransferringAgency }),
	}},
	tail: &element.Part[archive.Package]{Name: InMessage, Fields: []element.Field[archive.Package]{element.Raw[archive.Package]("NonRepudiation")}},
	archive: &element.Part[described]{Name: inArchive, Fields: []element.Field[described]{
		first("ArchivalAgencyArchiveIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		element.Text("ArchivalAgreement", func(d *described) *string { return &d.agreement }),
		element.Text("ArchivalProfile", func(d *described) *string { return &d.profile }),
		assumed("DescriptionLanguage", "fra", func(d *described) *[]string { return &d.written }),
		element.Text("Name", func(d *described) *string { return &d.Title }),
		firstOr("OriginatingAgencyArchiveIdentifier", func(d *described) *[]string { return &d.OriginatingIDs }),
		element.Text("ServiceLevel", func(d *described) *string { return &d.service }),
		first("TransferringAgencyArchiveIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		element.Raw[described](inContent),
		access("AccessRestrictionRule"), appraisal("AppraisalRule"),
	}},
	object: &element.Part[described]{Name: inObject, Fields: []element.Field[described]{
		first("ArchivalAgencyObjectIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		element.Text("Name", func(d *described) *string { return &d.Title }),
		firstOr("OriginatingAgencyObjectIdentifier", func(d *described) *[]string { return &d.OriginatingIDs }),
		first("TransferringAgencyObjectIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		element.Raw[described](inContent),
		access("AccessRestrictionRule"), appraisal("AppraisalRule"),
	}},
	content: &element.Part[described]{Name: inContent, Fields: []element.Field[described]{
		element.Text("Description", func(d *described) *string { return &d.Description }),
		level(),
		element.Texts("FilePlanPosition", func(d *described) *[]string { return &d.FilePlan }),
		languages("Language", true),
		dayOf("LatestDate", func(d *described) *archive.When { return &d.Dates.End }),
		dayOf("OldestDate", func(d *described) *archive.When { return &d.Dates.Start }),
		element.Raw[described]("OtherDescriptiveData"),
		element.Raw[described]("AccessRestrictionRule"),
		onUnit(element.Field[archive.Unit]{Name: "CustodialHistory", Get: seda2.GetHistory, Set: seda2.SetHistory}),
		keywords("Keyword"),
		producers(),
		element.Raw[described]("OtherMetadata"),
		element.Field[described]{Name: "RelatedObjectReference", Get: getRelated, Set: setRelated},
		element.Raw[described]("Repository"),
	}},
	document: &element.Part[document]{Name: inDocument, Fields: []element.Field[document]{
		ofDocument(first("ArchivalAgencyDocumentIdentifier", func(d *described) *[]string { return &d.ArchivalIDs })),
		attachment(v10Formats),
		element.Raw[document]("Control"), element.Raw[document]("Copy"),
		ofDocument(momentOf("Creation", func(d *described) *archive.When { return &d.Dates.Created })),
		ofDocument(element.Text("Description", func(d *described) *string { return &d.Description })),
		ofObject(element.Field[archive.Object]{Name: "Integrity", Get: getIntegrity, Set: setIntegrity}),
		element.Raw[document]("Issue"),
		ofDocument(languages("Language", true)),
		ofDocument(first("OriginatingAgencyDocumentIdentifier", func(d *described) *[]string { return &d.OriginatingIDs })),
		element.Raw[document]("Purpose"),
		ofDocument(momentOf("Receipt", func(d *described) *archive.When { return &d.Dates.Received })),
		element.Raw[document]("Response"),
		ofObject(element.Field[archive.Object]{Name: "Size", Get: getMeasure, Set: setMeasure}),
		ofDocument(element.Text("Status", func(d *described) *string { return &d.Status })),
		ofDocument(momentOf("Submission", func(d *described) *archive.When { return &d.Dates.Sent })),
		ofDocument(first("TransferringAgencyDocumentIdentifier", func(d *described) *[]string { return &d.TransferringIDs })),
		assumed("Type", contentType, func(d *document) *[]string { return &d.types }),
		element.Raw[document]("OtherMetadata"), element.Raw[document]("RelatedData"),
	}},
}

var v02 = &Dialect{
	version: element.V02, puids: v02Formats, top: "Contains", lower: "Contains", documentsFirst: true, language: "fr",
	Editions: element.Editions{
		"DescriptionLevel": "edition 2009", "Code": "edition 2009", "KeywordType": "edition 2009", "Type": "edition 2009",
		"Language": "edition 2009", "DescriptionLanguage": "edition 2009", "ReplyCode": "edition 2009", "Country": "second edition 2006",
	},
	head: &element.Part[archive.Package]{Name: InMessage, Fields: []element.Field[archive.Package]{
		seda2.MessageHead.Fields[0].Alone(),
		seda2.MessageHead.Fields[1],
		element.Texts("RelatedTransferReference", func(p *archive.Package) *[]string { return &p.Header.Related }).Alone(),
		element.Text("TransferIdentifier", func(p *archive.Package) *string { return &p.Header.MessageID }),
		element.Raw[archive.Package]("TransferRequestReplyIdentifier"),
		Organization("TransferringAgency", func(p *archive.Package) *archive.Agency { return &p.Header.TransferringAgency }),
		Organization("ArchivalAgency", func(p *archive.Package) *archive.Agency { return &p.Header.ArchivalAgency }),
		element.Raw[archive.Package]("Integrity"),
		element.Raw[archive.Package]("NonRepudiation"),
	}},
	tail: &element.Part[archive.Package]{Name: InMessage},
	archive: &element.Part[described]{Name: inArchive, Fields: []element.Field[described]{
		first("ArchivalAgencyArchiveIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		element.Text("ArchivalAgreement", func(d *described) *string { return &d.agreement }),
		element.Text("ArchivalProfile", func(d *described) *string { return &d.profile }),
		assumed("DescriptionLanguage", "fr", func(d *described) *[]string { return &d.written }),
		level(),
		element.Text("Name", func(d *described) *string { return &d.Title }),
		element.Text("ServiceLevel", func(d *described) *string { return &d.service }),
		firstOr("TransferringAgencyArchiveIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		element.Raw[described](inContent),
		appraisal("Appraisal"), access("AccessRestriction"),
	}},
	object: &element.Part[described]{Name: inObject, Fields: []element.Field[described]{
		first("ArchivalAgencyObjectIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		level(),
		element.Text("Name", func(d *described) *string { return &d.Title }),
		firstOr("TransferringAgencyObjectIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		element.Raw[described](inContent),
		appraisal("Appraisal"), access("AccessRestriction"),
	}},
	content: &element.Part[described]{Name: inContent, Fields: []element.Field[described]{
		onUnit(element.Field[archive.Unit]{Name: "CustodialHistory", Get: getHistoryText, Set: setHistoryText}),
		element.Text("Description", func(d *described) *string { return &d.Description }),
		element.Texts("FilePlanPosition", func(d *described) *[]string { return &d.FilePlan }),
		element.Raw[described]("Format"),
		languages("Language", false),
		dayOf("LatestDate", func(d *described) *archive.When { return &d.Dates.End }),
		dayOf("OldestDate", func(d *described) *archive.When { return &d.Dates.Start }),
		element.Raw[described]("OtherDescriptiveData"),
		element.Field[described]{Name: "RelatedObjectReference", Get: getRelatedID, Set: setRelatedID},
		element.Raw[described]("Size"),
		producers(),
		element.Raw[described]("Repository"),
		keywords("ContentDescriptive"),
		element.Raw[described]("AccessRestriction"),
		element.Raw[described]("OtherMetadata"),
	}},
	document: &element.Part[document]{Name: inDocument, Fields: []element.Field[document]{
		attachment(v02Formats),
		element.Raw[document]("Control"), element.Raw[document]("Copy"),
		ofDocument(momentOf("Creation", func(d *described) *archive.When { return &d.Dates.Created })),
		ofDocument(element.Text("Description", func(d *described) *string { return &d.Description })),
		ofDocument(first("Identification", func(d *described) *[]string { return &d.ArchivalIDs })),
		element.Raw[document]("Issue"),
		element.Raw[document]("ItemIdentifier"),
		element.Raw[document]("Purpose"),
		ofDocument(momentOf("Receipt", func(d *described) *archive.When { return &d.Dates.Received })),
		element.Raw[document]("Response"),
		ofDocument(element.Text("Status", func(d *described) *string { return &d.Status })),
		ofDocument(momentOf("Submission", func(d *described) *archive.When { return &d.Dates.Sent })),
		assumed("Type", contentType, func(d *document) *[]string { return &d.types }),
		element.Raw[document]("OtherMetadata"),
	}},
}

// Of returns the dialect of a version, nil for one of the second family.
func Of(v element.Version) *Dialect {
	switch v {
	case element.V10:
		return v10
	case element.V02:
		return v02
	}
	return nil
}

// descriptionLevels are the levels of the first family, which has no
// OtherLevel.
var descriptionLevels = func() map[string]archive.Level {
	out := map[string]archive.Level{}
	for _, l := range []archive.Level{archive.Fonds, archive.Subfonds, archive.Class, archive.Collection, archive.Series,
		archive.Subseries, archive.RecordGrp, archive.SubGrp, archive.File, archive.Item} {
		out[strings.ToLower(string(l))] = l
	}
	return out
}()

// sortsFinaux are the codes of the rules of appraisal.
var sortsFinaux = map[string]ged.SortFinal{"conserver": ged.Conserver, "detruire": ged.Detruire}

// languageCodes are the languages of ISO 639-1 with their code of ISO 639-3,
// which version 1.0 wants: those of Europe, of its regions and of the records
// French archives hold most.
var languageCodes = strings.Fields(`
	fr fra en eng de deu es spa it ita pt por nl nld ca cat eu eus br bre co cos oc oci la lat el ell
	pl pol ro ron ru rus sv swe da dan fi fin no nor nb nob nn nno is isl ga gle cy cym gd gla cs ces sk slk sl slv hr hrv sr srp
	bs bos sq sqi mk mkd bg bul hu hun lt lit lv lav et est mt mlt lb ltz uk ukr be bel tr tur he heb yi yid
	ar ara hy hye ka kat fa fas ku kur ur urd hi hin ta tam vi vie th tha zh zho ja jpn ko kor km khm lo lao
	mg mlg ht hat ty tah wo wol sw swa am amh eo epo`)

func isoCode(code string, from, to int) string {
	for i := 0; i+1 < len(languageCodes); i += 2 {
		if languageCodes[i+from] == code {
			return languageCodes[i+to]
		}
	}
	return ""
}

// mediaTypes are the types of files both editions of the list of IANA have, as
// far as a town hall meets them; what is not there is not written, because the
// schemas refuse it.
var mediaTypes = func() map[string]bool {
	out := map[string]bool{}
	for _, m := range strings.Fields(`
		application/pdf application/xml application/zip application/msword application/rtf application/postscript application/json
		application/octet-stream application/pkcs7-signature application/pkcs7-mime application/pkcs10 application/sgml application/mbox
		application/ogg application/mp4 application/xhtml+xml application/vnd.ms-excel application/vnd.ms-powerpoint application/vnd.ms-project
		application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.spreadsheet application/vnd.oasis.opendocument.presentation
		application/vnd.oasis.opendocument.graphics
		text/plain text/xml text/html text/csv text/css text/rtf text/calendar text/tab-separated-values
		image/jpeg image/tiff image/png image/gif image/jp2 message/rfc822
		audio/mpeg audio/mp4 video/mp4 video/mpeg video/quicktime model/vrml`) {
		out[m] = true
	}
	return out
}()

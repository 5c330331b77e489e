package seda

import (
	"strings"

	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/ged"
)

// dialect is one of the versions of the first family. They say the same things
// in other words and another order: the words and the order are here.
type dialect struct {
	version Version
	// top and lower are the elements of the units at the top and of those below.
	top, lower string
	// documentsFirst says that the documents of a unit stand before the units
	// below it.
	documentsFirst bool
	head, tail     *part[archive.Package]
	// archive and object are what a unit says before what it holds, content
	// its description, document a file with what is said of it.
	archive, object, content *part[described]
	document                 *part[document]
	editions                 editions
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
	inMessage  = "ArchiveTransfer"
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

func onUnit(f field[archive.Unit]) field[described] {
	return field[described]{name: f.name,
		get: func(d *described) []*node { return f.get(&d.Unit) },
		set: func(d *described, n *node) bool { return f.set(&d.Unit, n) },
	}
}

// ofDocument are the fields of the unit a document is.
func ofDocument(f field[described]) field[document] {
	return field[document]{name: f.name, single: f.single, plain: f.plain,
		get: func(d *document) []*node { return f.get(&described{Unit: d.unit}) },
		set: func(d *document, n *node) bool {
			u := described{Unit: d.unit}
			ok := f.set(&u, n)
			d.unit = u.Unit
			return ok
		},
	}
}

func ofObject(f field[archive.Object]) field[document] {
	return field[document]{name: f.name, plain: f.plain,
		get: func(d *document) []*node { return f.get(&d.object) },
		set: func(d *document, n *node) bool { return f.set(&d.object, n) },
	}
}

var v10 = &dialect{
	version: V10, puids: v10Formats, top: "Archive", lower: "ArchiveObject", language: "fra",
	editions: editions{
		"DescriptionLevel": "edition 2009", "Code": "edition 2009", "KeywordType": "edition 2009", "Type": "edition 2009",
		"Language": "edition 2011", "DescriptionLanguage": "edition 2011", "AuthorisationReason": "edition 2012",
	},
	head: &part[archive.Package]{name: inMessage, fields: []field[archive.Package]{
		messageHead.fields[0], // Comment
		messageHead.fields[1], // Date
		texts("RelatedTransferReference", func(p *archive.Package) *[]string { return &p.Header.Related }).alone(),
		text("TransferIdentifier", func(p *archive.Package) *string { return &p.Header.MessageID }),
		raw[archive.Package]("TransferRequestReplyIdentifier"),
		organization("ArchivalAgency", func(p *archive.Package) *archive.Agency { return &p.Header.ArchivalAgency }),
		organization("TransferringAgency", func(p *archive.Package) *archive.Agency { return &p.Header.TransferringAgency }),
	}},
	tail: &part[archive.Package]{name: inMessage, fields: []field[archive.Package]{raw[archive.Package]("NonRepudiation")}},
	archive: &part[described]{name: inArchive, fields: []field[described]{
		first("ArchivalAgencyArchiveIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		text("ArchivalAgreement", func(d *described) *string { return &d.agreement }),
		text("ArchivalProfile", func(d *described) *string { return &d.profile }),
		assumed("DescriptionLanguage", "fra", func(d *described) *[]string { return &d.written }),
		text("Name", func(d *described) *string { return &d.Title }),
		firstOr("OriginatingAgencyArchiveIdentifier", func(d *described) *[]string { return &d.OriginatingIDs }),
		text("ServiceLevel", func(d *described) *string { return &d.service }),
		first("TransferringAgencyArchiveIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		raw[described](inContent),
		access("AccessRestrictionRule"), appraisal("AppraisalRule"),
	}},
	object: &part[described]{name: inObject, fields: []field[described]{
		first("ArchivalAgencyObjectIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		text("Name", func(d *described) *string { return &d.Title }),
		firstOr("OriginatingAgencyObjectIdentifier", func(d *described) *[]string { return &d.OriginatingIDs }),
		first("TransferringAgencyObjectIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		raw[described](inContent),
		access("AccessRestrictionRule"), appraisal("AppraisalRule"),
	}},
	content: &part[described]{name: inContent, fields: []field[described]{
		text("Description", func(d *described) *string { return &d.Description }),
		level(),
		texts("FilePlanPosition", func(d *described) *[]string { return &d.FilePlan }),
		languages("Language", true),
		dayOf("LatestDate", func(d *described) *archive.When { return &d.Dates.End }),
		dayOf("OldestDate", func(d *described) *archive.When { return &d.Dates.Start }),
		raw[described]("OtherDescriptiveData"),
		raw[described]("AccessRestrictionRule"),
		onUnit(field[archive.Unit]{name: "CustodialHistory", get: getHistory, set: setHistory}),
		keywords("Keyword"),
		producers(),
		raw[described]("OtherMetadata"),
		field[described]{name: "RelatedObjectReference", get: getRelated, set: setRelated},
		raw[described]("Repository"),
	}},
	document: &part[document]{name: inDocument, fields: []field[document]{
		ofDocument(first("ArchivalAgencyDocumentIdentifier", func(d *described) *[]string { return &d.ArchivalIDs })),
		attachment(v10Formats),
		raw[document]("Control"), raw[document]("Copy"),
		ofDocument(momentOf("Creation", func(d *described) *archive.When { return &d.Dates.Created })),
		ofDocument(text("Description", func(d *described) *string { return &d.Description })),
		ofObject(field[archive.Object]{name: "Integrity", get: getIntegrity, set: setIntegrity}),
		raw[document]("Issue"),
		ofDocument(languages("Language", true)),
		ofDocument(first("OriginatingAgencyDocumentIdentifier", func(d *described) *[]string { return &d.OriginatingIDs })),
		raw[document]("Purpose"),
		ofDocument(momentOf("Receipt", func(d *described) *archive.When { return &d.Dates.Received })),
		raw[document]("Response"),
		ofObject(field[archive.Object]{name: "Size", get: getMeasure, set: setMeasure}),
		ofDocument(text("Status", func(d *described) *string { return &d.Status })),
		ofDocument(momentOf("Submission", func(d *described) *archive.When { return &d.Dates.Sent })),
		ofDocument(first("TransferringAgencyDocumentIdentifier", func(d *described) *[]string { return &d.TransferringIDs })),
		assumed("Type", contentType, func(d *document) *[]string { return &d.types }),
		raw[document]("OtherMetadata"), raw[document]("RelatedData"),
	}},
}

var v02 = &dialect{
	version: V02, puids: v02Formats, top: "Contains", lower: "Contains", documentsFirst: true, language: "fr",
	editions: editions{
		"DescriptionLevel": "edition 2009", "Code": "edition 2009", "KeywordType": "edition 2009", "Type": "edition 2009",
		"Language": "edition 2009", "DescriptionLanguage": "edition 2009", "ReplyCode": "edition 2009", "Country": "second edition 2006",
	},
	head: &part[archive.Package]{name: inMessage, fields: []field[archive.Package]{
		messageHead.fields[0].alone(),
		messageHead.fields[1],
		texts("RelatedTransferReference", func(p *archive.Package) *[]string { return &p.Header.Related }).alone(),
		text("TransferIdentifier", func(p *archive.Package) *string { return &p.Header.MessageID }),
		raw[archive.Package]("TransferRequestReplyIdentifier"),
		organization("TransferringAgency", func(p *archive.Package) *archive.Agency { return &p.Header.TransferringAgency }),
		organization("ArchivalAgency", func(p *archive.Package) *archive.Agency { return &p.Header.ArchivalAgency }),
		raw[archive.Package]("Integrity"),
		raw[archive.Package]("NonRepudiation"),
	}},
	tail: &part[archive.Package]{name: inMessage},
	archive: &part[described]{name: inArchive, fields: []field[described]{
		first("ArchivalAgencyArchiveIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		text("ArchivalAgreement", func(d *described) *string { return &d.agreement }),
		text("ArchivalProfile", func(d *described) *string { return &d.profile }),
		assumed("DescriptionLanguage", "fr", func(d *described) *[]string { return &d.written }),
		level(),
		text("Name", func(d *described) *string { return &d.Title }),
		text("ServiceLevel", func(d *described) *string { return &d.service }),
		firstOr("TransferringAgencyArchiveIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		raw[described](inContent),
		appraisal("Appraisal"), access("AccessRestriction"),
	}},
	object: &part[described]{name: inObject, fields: []field[described]{
		first("ArchivalAgencyObjectIdentifier", func(d *described) *[]string { return &d.ArchivalIDs }),
		level(),
		text("Name", func(d *described) *string { return &d.Title }),
		firstOr("TransferringAgencyObjectIdentifier", func(d *described) *[]string { return &d.TransferringIDs }),
		raw[described](inContent),
		appraisal("Appraisal"), access("AccessRestriction"),
	}},
	content: &part[described]{name: inContent, fields: []field[described]{
		onUnit(field[archive.Unit]{name: "CustodialHistory", get: getHistoryText, set: setHistoryText}),
		text("Description", func(d *described) *string { return &d.Description }),
		texts("FilePlanPosition", func(d *described) *[]string { return &d.FilePlan }),
		raw[described]("Format"),
		languages("Language", false),
		dayOf("LatestDate", func(d *described) *archive.When { return &d.Dates.End }),
		dayOf("OldestDate", func(d *described) *archive.When { return &d.Dates.Start }),
		raw[described]("OtherDescriptiveData"),
		field[described]{name: "RelatedObjectReference", get: getRelatedID, set: setRelatedID},
		raw[described]("Size"),
		producers(),
		raw[described]("Repository"),
		keywords("ContentDescriptive"),
		raw[described]("AccessRestriction"),
		raw[described]("OtherMetadata"),
	}},
	document: &part[document]{name: inDocument, fields: []field[document]{
		attachment(v02Formats),
		raw[document]("Control"), raw[document]("Copy"),
		ofDocument(momentOf("Creation", func(d *described) *archive.When { return &d.Dates.Created })),
		ofDocument(text("Description", func(d *described) *string { return &d.Description })),
		ofDocument(first("Identification", func(d *described) *[]string { return &d.ArchivalIDs })),
		raw[document]("Issue"),
		raw[document]("ItemIdentifier"),
		raw[document]("Purpose"),
		ofDocument(momentOf("Receipt", func(d *described) *archive.When { return &d.Dates.Received })),
		raw[document]("Response"),
		ofDocument(text("Status", func(d *described) *string { return &d.Status })),
		ofDocument(momentOf("Submission", func(d *described) *archive.When { return &d.Dates.Sent })),
		assumed("Type", contentType, func(d *document) *[]string { return &d.types }),
		raw[document]("OtherMetadata"),
	}},
}

func dialectOf(v Version) *dialect {
	switch v {
	case V10:
		return v10
	case V02:
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

package sip

import (
	"github.com/liasse/liasse/archive/seda/preflight"
	"github.com/liasse/liasse/ged/report"
)

// The rows of the table of what Vitam answers that the container and the files
// decide; those of the message are in package seda, ranked in the same order.
// (ProgrammeVitam, workflow PROCESS_SIP_UNITARY, V7)
var (
	vitamContainer = &preflight.Outcome{Rank: 10, Code: "CHECK_CONTAINER.KO",
		FR: "envoyer une archive zip, tar, tar.gz ou tar.bz2",
		EN: "send a zip, tar, tar.gz or tar.bz2 archive"}
	vitamManifestName = &preflight.Outcome{Rank: 20, Code: "MANIFEST_FILE_NAME_CHECK.KO",
		FR: "mettre le bordereau à la racine de l'archive, sous le nom manifest.xml",
		EN: "put the manifest at the root of the archive, under the name manifest.xml"}
	vitamUpload = &preflight.Outcome{Rank: 40, Code: "STP_UPLOAD_SIP.KO",
		FR: "nommer les fichiers de l'archive sans espace, accent, + ni #, d'après leurs identifiants ; leur vrai nom va dans FileInfo",
		EN: "name the files of the archive without blank, accent, + or #, after their identifiers; their true name goes in FileInfo"}
	vitamRoot = &preflight.Outcome{Rank: 50, Code: "CHECK_SEDA.CONTAINER_FORMAT.FILE.KO",
		FR: "ne laisser à la racine que le bordereau : les fichiers vont dans le dossier content",
		EN: "leave only the manifest at the root: files go in folder content"}
	vitamFolder = &preflight.Outcome{Rank: 60, Code: "CHECK_SEDA.CONTAINER_FORMAT.DIRECTORY.KO",
		FR: "mettre tous les fichiers dans le seul dossier content",
		EN: "put all files in the one folder content"}
	vitamSuperior = &preflight.Outcome{Rank: 150, Code: numberStep + "MANIFEST_SUPERIOR_BDO.KO",
		FR: "le bordereau annonce des fichiers absents : les ajouter à l'archive ou les retirer du bordereau",
		EN: "the manifest announces files that are absent: add them to the archive or take them out of the manifest"}
	vitamInferior = &preflight.Outcome{Rank: 150, Code: numberStep + "MANIFEST_INFERIOR_BDO.KO",
		FR: "l'archive contient des fichiers que le bordereau n'annonce pas : les décrire ou les retirer",
		EN: "the archive holds files the manifest does not announce: describe them or take them out"}
	vitamURI = &preflight.Outcome{Rank: 150, Code: numberStep + "INVALID_URI.KO",
		FR: "écrire dans chaque Uri le chemin exact du fichier dans l'archive, majuscules comprises",
		EN: "write in each Uri the exact path of the file in the archive, case included"}
	vitamDigest = &preflight.Outcome{Rank: 221, Code: "CHECK_DIGEST.INVALID.KO", Only: ordinary,
		FR: "le fichier n'est pas celui du bordereau, ou son empreinte n'est pas en hexadécimal minuscule : recalculer l'empreinte sur le fichier envoyé",
		EN: "the file is not that of the manifest, or its digest is not lower-case hexadecimal: compute the digest again on the file sent"}
	vitamSize = &preflight.Outcome{Rank: 230, Code: "CHECK_OBJECT_SIZE.WARNING", Warning: true, Only: ordinary,
		FR: "corriger la taille (Size), que la plateforme remplacera par la vraie",
		EN: "mend the size (Size), which the platform will replace by the true one"}

	ordinary = []preflight.Context{preflight.DefaultWorkflow}
)

const numberStep = "CHECK_DATAOBJECTPACKAGE.CHECK_MANIFEST_OBJECTNUMBER."

// The reply codes as@lae is expected to give. (SEDA 0.2,
// archives_echanges_v0-2_reply_code)
var (
	asalaeNoMessage = &preflight.Outcome{Rank: 5, Code: "101",
		FR: "joindre le bordereau de transfert (XML)",
		EN: "join the transfer message (XML)"}
	asalaeMissing = &preflight.Outcome{Rank: 30, Code: "211",
		FR: "joindre tous les fichiers que le bordereau annonce",
		EN: "join all the files the message announces"}
	asalaeDigest = &preflight.Outcome{Rank: 40, Code: "207",
		FR: "recalculer les empreintes sur les fichiers envoyés",
		EN: "compute the digests again on the files sent"}
)

// The faults of a package, with what they weigh.
var (
	faultContainer  = &preflight.Fault{Rule: report.CtnFormat, Standard: report.Error, Vitam: vitamContainer}
	faultManifest   = &preflight.Fault{Rule: RuleManifest, Standard: report.Error, Vitam: vitamManifestName, Asalae: asalaeNoMessage}
	faultName       = &preflight.Fault{Rule: RuleManifestName, Standard: report.Warning, Vitam: vitamManifestName}
	faultEntryName  = &preflight.Fault{Rule: RuleEntryName, Silent: true, Vitam: vitamUpload}
	faultRootFile   = &preflight.Fault{Rule: RuleRootFile, Silent: true, Vitam: vitamRoot}
	faultFolder     = &preflight.Fault{Rule: RuleFolder, Silent: true, Vitam: vitamFolder}
	faultMissing    = &preflight.Fault{Rule: RuleMissing, Standard: report.Error, Asalae: asalaeMissing}
	faultSpelled    = &preflight.Fault{Rule: RuleSpelled, Standard: report.Info}
	faultUndeclared = &preflight.Fault{Rule: RuleUndeclared, Standard: report.Error}
	faultDigest     = &preflight.Fault{Rule: report.DigMismatch, Standard: report.Error, Vitam: vitamDigest, Asalae: asalaeDigest}
	faultDigestCase = &preflight.Fault{Rule: RuleDigestCase, Silent: true, Vitam: vitamDigest}
	faultSize       = &preflight.Fault{Rule: report.DigSize, Standard: report.Error, Vitam: vitamSize}
)

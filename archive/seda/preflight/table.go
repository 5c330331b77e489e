package preflight

import (
	"github.com/liasse/liasse/archive"
	"github.com/liasse/liasse/archive/seda"
	"github.com/liasse/liasse/ged/report"
)

// The table of what Vitam answers, for the rows that the message alone decides
// (those of the container and of the files are in package sip). Ranks follow
// the order in which the platform looks: the root element before the layout of
// the package (ranks 50 and 60), the rest of the message after.
// (ProgrammeVitam, workflow PROCESS_SIP_UNITARY, V7; FILING_SCHEME and
// HOLDING_SCHEME run fewer steps.)
var (
	ingest   = []Context{DefaultWorkflow}
	agencies = []Context{DefaultWorkflow, FilingScheme}
	schemes  = []Context{FilingScheme, HoldingScheme}

	vitamNotXMLRoot = &Outcome{Rank: 45, Code: "CHECK_SEDA.NOT_XML_FILE.KO",
		FR: "le bordereau n'est pas lisible dès son début : le produire à nouveau avec un outil qui écrit du XML correct",
		EN: "the manifest cannot be read from its beginning: produce it again with a tool that writes correct XML"}
	vitamNamespace = &Outcome{Rank: 46, Code: "CHECK_SEDA.KO",
		FR: "l'espace de noms du bordereau n'est pas celui du SEDA 2 : convertir le bordereau en SEDA 2.1, 2.2 ou 2.3",
		EN: "the namespace of the manifest is not that of SEDA 2: convert it to SEDA 2.1, 2.2 or 2.3"}
	vitamVersion = &Outcome{Rank: 65, Code: "CHECK_SEDA.UNSUPPORTED_SEDA_VERSION.KO",
		FR: "la plateforme ne prend que les versions 2.1, 2.2 et 2.3 du SEDA : convertir le bordereau",
		EN: "the platform takes versions 2.1, 2.2 and 2.3 of SEDA only: convert the manifest"}
	vitamNotXML = &Outcome{Rank: 70, Code: "CHECK_SEDA.NOT_XML_FILE.KO",
		FR: "le XML du bordereau est mal formé : le corriger à l'endroit indiqué",
		EN: "the XML of the manifest is malformed: mend it at the place given"}
	vitamXSDFirst = &Outcome{Rank: 69, Code: "CHECK_SEDA.NOT_XSD_VALID.KO",
		FR: "le bordereau ne respecte pas le schéma de la plateforme : corriger les éléments indiqués",
		EN: "the manifest breaks the schema of the platform: mend the elements named"}
	vitamXSD   = &Outcome{Rank: 90, Code: vitamXSDFirst.Code, FR: vitamXSDFirst.FR, EN: vitamXSDFirst.EN}
	vitamAgent = &Outcome{Rank: 100, Code: "CHECK_HEADER.CHECK_AGENT.EMPTY_REQUIRED_FIELD.KO", Only: agencies,
		FR: "indiquer le service producteur (ManagementMetadata, OriginatingAgencyIdentifier), tel que la plateforme le connaît",
		EN: "name the originating agency (ManagementMetadata, OriginatingAgencyIdentifier) as the platform knows it"}
	vitamAgreement = &Outcome{Rank: 110, Code: "CHECK_HEADER.CHECK_CONTRACT_INGEST.CONTRACT_NOT_IN_MANIFEST.KO",
		FR: "indiquer le contrat d'entrée (ArchivalAgreement) convenu avec le service d'archives",
		EN: "name the ingest contract (ArchivalAgreement) agreed with the archives"}
	vitamProfile = &Outcome{Rank: 120, Code: "CHECK_HEADER.CHECK_ARCHIVEPROFILE.KO",
		FR: "mettre le bordereau en accord avec le profil d'archivage, ou demander au service d'archives de revoir le profil",
		EN: "bring the manifest in line with the archive profile, or ask the archives to review the profile"}
	vitamNoObject = &Outcome{Rank: 128, Code: "CHECK_DATAOBJECTPACKAGE.CHECK_NO_OBJECT.KO", Only: schemes,
		FR: "un plan de classement ou un arbre de positionnement ne porte aucun objet : retirer les objets, ou verser en contexte ordinaire",
		EN: "a filing plan or a holding tree carries no object: take the objects out, or ingest in the ordinary context"}
	vitamAlgorithm = &Outcome{Rank: 130, Code: versionStep + "INVALIDE_ALGO.KO", Only: ingest,
		FR: "écrire l'algorithme d'empreinte exactement MD5, SHA-1, SHA-256, SHA-384 ou SHA-512",
		EN: "write the digest algorithm exactly MD5, SHA-1, SHA-256, SHA-384 or SHA-512"}
	vitamBinaryUsage = &Outcome{Rank: 140, Code: versionStep + "BDO_DATAOBJECTIONVERSION_PHYSICALMASTER.KO", Only: ingest,
		FR: "un fichier ne peut pas avoir l'usage PhysicalMaster : écrire BinaryMaster_1, ou décrire un objet physique",
		EN: "a file cannot have usage PhysicalMaster: write BinaryMaster_1, or describe a physical object"}
	vitamPhysicalUsage = &Outcome{Rank: 141, Code: versionStep + "PDO_DATAOBJECTIONVERSION_BINARYMASTER.KO", Only: ingest,
		FR: "un objet physique ne peut pas avoir l'usage d'un fichier : écrire PhysicalMaster_1",
		EN: "a physical object cannot have the usage of a file: write PhysicalMaster_1"}
	vitamUsage = &Outcome{Rank: 142, Code: versionStep + "INVALID_DATAOBJECTVERSION.KO", Only: ingest,
		FR: "écrire l'usage sous la forme BinaryMaster_1 (usages : BinaryMaster, Dissemination, Thumbnail, TextContent, PhysicalMaster)",
		EN: "write the usage as BinaryMaster_1 (usages: BinaryMaster, Dissemination, Thumbnail, TextContent, PhysicalMaster)"}
	vitamRequired = &Outcome{Rank: 143, Code: versionStep + "EMPTY_REQUIRED_FIELD.KO", Only: ingest,
		FR: "donner à chaque fichier son emplacement (Uri) et à chaque objet physique son identifiant (PhysicalId)",
		EN: "give each file its place (Uri) and each physical object its identifier (PhysicalId)"}
	vitamGUID = &Outcome{Rank: 155, Code: manifestStep + "INVALID_GUID_ATTACHMENT.KO",
		FR: "écrire dans SystemId l'identifiant que la plateforme a donné à l'unité : 36 lettres minuscules et chiffres, commençant par « ae »",
		EN: "write in SystemId the identifier the platform gave the unit: 36 small letters and digits, beginning with \"ae\""}
	vitamGroups = &Outcome{Rank: 160, Code: manifestStep + "ARCHIVEUNIT_REFERENCES_MULTIPLE_OBJECTGROUP.KO",
		FR: "une unité ne porte qu'un groupe d'objets : créer une unité par groupe",
		EN: "a unit carries one group of objects only: make one unit for each group"}
	vitamLoop = &Outcome{Rank: 170, Code: manifestStep + "CHECK_MANIFEST_LOOP.KO",
		FR: "une unité se contient elle-même : retirer la référence qui ferme la boucle",
		EN: "a unit contains itself: take out the reference that closes the loop"}
	vitamGroupObject = &Outcome{Rank: 180, Code: manifestStep + "EXISTING_OG_NOT_DECLARED.KO",
		FR: "l'unité désigne un objet : lui faire désigner le groupe de cet objet",
		EN: "the unit names an object: let it name the group of that object"}
	vitamManifest = &Outcome{Rank: 190, Code: "CHECK_DATAOBJECTPACKAGE.CHECK_MANIFEST.KO",
		FR: "dans chaque groupe, un objet par usage et par version, et des références à des groupes du bordereau : numéroter les versions, corriger les références",
		EN: "in each group one object for each usage and version, and references to groups of the manifest: number the versions, mend the references"}
	vitamMaster = &Outcome{Rank: 200, Code: "CHECK_DATAOBJECTPACKAGE.EXPECTED_MANDATORY_VERSION_1.KO",
		FR: "le fichier d'origine d'un groupe porte la version 1 : écrire BinaryMaster_1 ou PhysicalMaster_1",
		EN: "the original of a group bears version 1: write BinaryMaster_1 or PhysicalMaster_1"}
	vitamOrphan = &Outcome{Rank: 210, Code: "CHECK_DATAOBJECTPACKAGE.CHECK_CONSISTENCY.CHECK_CONSISTENCY_ORPHAN_OBJECT.KO", Only: ingest,
		FR: "un groupe d'objets n'est décrit par aucune unité : le rattacher à une unité ou le retirer",
		EN: "no unit describes a group of objects: attach it to a unit or take it out"}
	vitamNoDigest = &Outcome{Rank: 220, Code: "CHECK_DIGEST.EMPTY.KO", Only: ingest,
		FR: "calculer et écrire l'empreinte de chaque fichier (SHA-512)",
		EN: "compute and write the digest of each file (SHA-512)"}
	vitamDigest = &Outcome{Rank: 221, Code: "CHECK_DIGEST.INVALID.KO", Only: ingest,
		FR: "écrire l'empreinte en hexadécimal minuscule, telle que l'algorithme la calcule sur le fichier",
		EN: "write the digest in lower-case hexadecimal, as the algorithm computes it on the file"}
	vitamUnit = &Outcome{Rank: 240, Code: "CHECK_UNIT_SCHEMA.INVALID_UNIT.KO",
		FR: "compléter ou corriger la description des unités indiquées : niveau, intitulé, dates de règles, textes sans balise ni entité",
		EN: "complete or mend the description of the units named: level, title, rule dates, texts without tags or entities"}
	vitamDates = &Outcome{Rank: 260, Code: "CHECK_UNIT_SCHEMA.CONSISTENCY.KO",
		FR: "corriger les dates extrêmes de l'unité : la fin ne précède pas le début",
		EN: "mend the dates of the unit: the end does not precede the start"}
	vitamHold = &Outcome{Rank: 270, Code: "UNITS_RULES_COMPUTE.CONSISTENCY.KO",
		FR: "corriger les dates du gel : la fin ne précède pas le début",
		EN: "mend the dates of the hold: the end does not precede the start"}
)

const (
	versionStep  = "CHECK_DATAOBJECTPACKAGE.CHECK_MANIFEST_DATAOBJECT_VERSION."
	manifestStep = "CHECK_DATAOBJECTPACKAGE.CHECK_MANIFEST."
)

// What as@lae answers is a reply code of SEDA 0.2, which it writes in every
// version. (SEDA 0.2, archives_echanges_v0-2_reply_code)
var (
	asalaeMalformed = &Outcome{Rank: 10, Code: "101",
		FR: "le message est mal formé : corriger le bordereau aux endroits indiqués",
		EN: "the message is malformed: mend it at the places given"}
	asalaeProfile = &Outcome{Rank: 20, Code: "203",
		FR: "mettre le bordereau en accord avec le profil d'archivage de l'accord de versement",
		EN: "bring the message in line with the archive profile of the agreement"}
)

// The faults of a message, with what they weigh.
var (
	faultNamespace = &Fault{Rule: seda.RuleTransferVersion, Standard: report.Error, Vitam: vitamNamespace, Asalae: asalaeMalformed}
	faultForeign   = &Fault{Rule: seda.RuleNamespace, Standard: report.Error, Vitam: vitamNamespace, Asalae: asalaeMalformed}
	faultUnknown   = &Fault{Rule: seda.RuleTransferVersion, Standard: report.Error, Vitam: vitamVersion, Asalae: asalaeMalformed}
	faultVersion   = &Fault{Rule: RuleVersionRefused, Silent: true, Vitam: vitamVersion}
	faultOldSpace  = &Fault{Rule: RuleVersionRefused, Silent: true, Vitam: vitamNamespace}
	faultPrologue  = &Fault{Rule: RulePrologue, Standard: report.Info}
	faultAgency    = &Fault{Rule: archive.RuleHeader, Standard: report.Warning, Vitam: vitamAgent}
	faultAgreement = &Fault{Rule: archive.RuleHeader, Standard: report.Warning, Vitam: vitamAgreement}
	faultNoObject  = &Fault{Rule: RuleObjectsInScheme, Silent: true, Vitam: vitamNoObject}
	faultAlgorithm = &Fault{Rule: RuleAlgorithm, Standard: report.Warning, Vitam: vitamAlgorithm}
	faultProof     = &Fault{Rule: RuleProof, Standard: report.Warning}
	faultBinary    = &Fault{Rule: archive.RuleUsage, Silent: true, Vitam: vitamBinaryUsage}
	faultPhysical  = &Fault{Rule: archive.RuleUsage, Silent: true, Vitam: vitamPhysicalUsage}
	faultUsage     = &Fault{Rule: archive.RuleUsage, Silent: true, Vitam: vitamUsage}
	faultNoURI     = &Fault{Rule: RuleNoURI, Silent: true, Vitam: vitamRequired}
	faultNoContent = &Fault{Rule: RuleNoURI, Standard: report.Warning}
	faultShelf     = &Fault{Rule: archive.RulePhysicalID, Silent: true, Vitam: vitamRequired}
	faultURITwice  = &Fault{Rule: RuleURITwice, Standard: report.Warning}
	faultGUID      = &Fault{Rule: RuleSystemID, Silent: true, Vitam: vitamGUID}
	faultGroups    = &Fault{Rule: archive.RuleGroups, Standard: report.Warning, Vitam: vitamGroups}
	faultCycle     = &Fault{Rule: archive.RuleCycle, Standard: report.Warning, Vitam: vitamLoop}
	faultRefObject = &Fault{Rule: seda.RuleRefObject, Standard: report.Warning, Vitam: vitamGroupObject}
	faultRef       = &Fault{Rule: RuleRefKind, Standard: report.Warning, Vitam: vitamManifest}
	faultMember    = &Fault{Rule: seda.RuleGroupUndeclared, Standard: report.Warning, Vitam: vitamManifest}
	faultTwice     = &Fault{Rule: archive.RuleUsageTwice, Standard: report.Warning, Vitam: vitamManifest}
	faultMaster    = &Fault{Rule: archive.RuleMaster, Standard: report.Warning, Vitam: vitamMaster}
	faultNoMaster  = &Fault{Rule: archive.RuleMaster, Standard: report.Warning}
	faultOrphan    = &Fault{Rule: archive.RuleGroupOrphan, Standard: report.Warning, Vitam: vitamOrphan}
	faultNoDigest  = &Fault{Rule: report.DigMissing, Standard: report.Error, Vitam: vitamNoDigest}
	faultNoSuch    = &Fault{Rule: archive.RuleDigest, Standard: report.Warning, Vitam: vitamDigest}
	faultLetters   = &Fault{Rule: archive.RuleDigest, Silent: true, Vitam: vitamDigest}
	faultLevel     = &Fault{Rule: archive.RuleLevel, Silent: true, Vitam: vitamUnit}
	faultTitle     = &Fault{Rule: archive.RuleTitle, Silent: true, Vitam: vitamUnit}
	faultEmpty     = &Fault{Rule: RuleTextEmpty, Silent: true, Vitam: vitamUnit}
	faultRuleDate  = &Fault{Rule: RuleRuleDate, Silent: true, Vitam: vitamUnit}
	faultSigned    = &Fault{Rule: RuleSignedTwice, Silent: true, Vitam: vitamUnit}
	faultControl   = &Fault{Rule: seda.RuleTextControl, Standard: report.Warning, Vitam: vitamUnit}
	faultMarkup    = &Fault{Rule: seda.RuleTextMarkup, Standard: report.Warning, Vitam: vitamUnit}
	faultLong      = &Fault{Rule: seda.RuleTextLong, Standard: report.Warning, Vitam: vitamUnit}
	faultUnitLong  = &Fault{Rule: seda.RuleUnitLong, Standard: report.Warning, Vitam: vitamUnit}
	faultDates     = &Fault{Rule: archive.RuleDateOrder, Standard: report.Warning, Vitam: vitamDates}
	faultHold      = &Fault{Rule: RuleHoldOrder, Standard: report.Warning, Vitam: vitamHold}

	// Without a schema at hand the identifiers are checked all the same.
	faultIDTwice  = &Fault{Rule: archive.RuleIDTwice, Standard: report.Error, Vitam: vitamXSD, Asalae: asalaeMalformed}
	faultNoGroup  = &Fault{Rule: seda.RuleGroupUndeclared, Standard: report.Error, Vitam: vitamXSD, Asalae: asalaeMalformed}
	faultDangling = &Fault{Rule: seda.RuleRef, Standard: report.Error, Vitam: vitamXSD, Asalae: asalaeMalformed}
)

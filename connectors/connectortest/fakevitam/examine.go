package fakevitam

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is a step that failed.
type event struct{ code, label, detail, message string }

// manifest is what the fake reads of one.
type manifest struct {
	id                   string
	agreement            string
	archival, transferer string
	units                []string
	objects              []object
}

type object struct {
	id, group, uri, algorithm, digest, size string
	physical                                bool
}

var manifestName = regexp.MustCompile(`^([a-zA-Z0-9_\-]{0,56}[_-])?manifest\.xml$`)

// examine does what the server does after its 202. The operation ends OK,
// WARNING or KO, with its reply.
func (s *Server) examine(o *operation) {
	m, failed := o.check()
	o.sip = nil
	if m != nil {
		o.message = m.id
	}
	switch {
	case len(failed) > 0:
		o.outcome = "KO"
	case s.cfg.Warn:
		o.outcome = "WARNING"
	default:
		o.outcome = "OK"
	}
	o.atr = s.reply(o, o.outcome, m, failed)
}

func fault(step, sub, label, message string) []event {
	return []event{{"STP_INGEST_CONTROL_SIP", "Contrôle du SIP", "STP_INGEST_CONTROL_SIP.KO", "Échec du contrôle du SIP"},
		{step, label, step + sub + ".KO", message + " Detail= KO:1"}}
}

func (o *operation) check() (*manifest, []event) {
	if o.tooLong {
		return nil, fault("SANITY_CHECK_SIP", "", "Contrôle sanitaire du SIP", "SIP trop volumineux pour ce serveur de démonstration")
	}
	z, err := zip.NewReader(bytes.NewReader(o.sip), int64(len(o.sip)))
	if err != nil {
		return nil, fault("CHECK_CONTAINER", "", "Contrôle du conteneur", "Le SIP n'est pas un zip lisible")
	}
	var bordereau *zip.File
	files := map[string]*zip.File{}
	for _, f := range z.File {
		switch {
		case strings.HasSuffix(f.Name, "/"):
		case !strings.Contains(f.Name, "/") && manifestName.MatchString(f.Name) && bordereau == nil:
			bordereau = f
		default:
			files[f.Name] = f
		}
	}
	if bordereau == nil {
		return nil, fault("MANIFEST_FILE_NAME_CHECK", "", "Contrôle du nom du bordereau", "Aucun bordereau à la racine du SIP")
	}
	if o.manifest, err = content(bordereau); err != nil {
		return nil, fault("CHECK_CONTAINER", "", "Contrôle du conteneur", "Le bordereau ne peut pas être extrait")
	}
	if (o.digestAlgo == "") != (o.digest == "") || o.digest != "" && digestOf(o.digestAlgo, o.manifest) != o.digest {
		return nil, fault("MANIFEST_DIGEST_CHECK", "", "Contrôle de l'empreinte du bordereau", "L'empreinte du bordereau n'est pas celle annoncée")
	}
	m, err := readManifest(o.manifest)
	if err != nil {
		return nil, fault("CHECK_SEDA", ".NOT_XSD_VALID", "Contrôle du bordereau", "Le bordereau n'est pas un message de versement lisible")
	}
	return m, m.checkObjects(files)
}

// checkObjects compares the objects announced with the files there are.
func (m *manifest) checkObjects(files map[string]*zip.File) []event {
	announced := map[string]bool{}
	for _, obj := range m.objects {
		if obj.physical {
			continue
		}
		f := files[obj.uri]
		switch {
		case f == nil:
			return fault("CHECK_MANIFEST_DATAOBJECT_VERSION", ".MANIFEST_SUPERIOR_BDO", "Contrôle des objets", "Un objet annoncé n'est pas dans le SIP")
		case announced[obj.uri]:
			return fault("CHECK_MANIFEST", ".MANIFEST_INFERIOR_BDO", "Contrôle des objets", "Un fichier est annoncé deux fois")
		case obj.size != "" && obj.size != fmt.Sprint(f.UncompressedSize64):
			return fault("CHECK_OBJECT_SIZE", "", "Contrôle de la taille des objets", "La taille d'un objet n'est pas celle annoncée")
		}
		announced[obj.uri] = true
		if got, err := fileDigest(f, obj.algorithm); err != nil || got != obj.digest {
			return fault("CHECK_DIGEST", ".INVALID", "Contrôle de l'empreinte des objets", "L'empreinte d'un objet n'est pas celle annoncée")
		}
	}
	for name := range files {
		if !announced[name] {
			return fault("CHECK_MANIFEST", ".MANIFEST_INFERIOR_BDO", "Contrôle des objets", "Un fichier du SIP n'est pas annoncé")
		}
	}
	return nil
}

func newHash(algorithm string) (hash.Hash, bool) {
	switch algorithm {
	case "SHA-256":
		return sha256.New(), true
	case "SHA-384":
		return sha512.New384(), true
	case "SHA-512":
		return sha512.New(), true
	}
	return nil, false
}

func digestOf(algorithm string, b []byte) string {
	h, ok := newHash(algorithm)
	if !ok {
		return ""
	}
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

func fileDigest(f *zip.File, algorithm string) (string, error) {
	h, ok := newHash(algorithm)
	if !ok {
		return "", errors.New("algorithm")
	}
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

const maxManifest = 256 << 20

func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if len(b) > maxManifest {
		return nil, errors.New("too long")
	}
	return b, err
}

// readManifest reads an ArchiveTransfer of SEDA 2.
func readManifest(b []byte) (*manifest, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	m := &manifest{}
	var path []string
	group := ""
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(path) == 0 && (t.Name.Local != "ArchiveTransfer" || !strings.HasPrefix(t.Name.Space, "fr:gouv:culture:archivesdefrance:seda:v2.")) {
				return nil, errors.New("root")
			}
			path = append(path, t.Name.Local)
			m.start(t, path, &group)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			m.text(path, string(t))
		}
	}
	if m.id == "" {
		return nil, errors.New("no MessageIdentifier")
	}
	return m, nil
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (m *manifest) start(t xml.StartElement, path []string, group *string) {
	switch t.Name.Local {
	case "DataObjectGroup":
		*group = attribute(t, "id")
	case "BinaryDataObject", "PhysicalDataObject":
		g := *group
		if !slices.Contains(path, "DataObjectGroup") {
			g = ""
		}
		m.objects = append(m.objects, object{id: attribute(t, "id"), group: g, physical: t.Name.Local == "PhysicalDataObject"})
	case "MessageDigest":
		if len(m.objects) > 0 {
			m.objects[len(m.objects)-1].algorithm = attribute(t, "algorithm")
		}
	case "ArchiveUnit":
		// One with an ArchiveUnitRefId inside only points at another.
		if slices.Contains(path, "DescriptiveMetadata") && attribute(t, "id") != "" {
			m.units = append(m.units, attribute(t, "id"))
		}
	}
}

func (m *manifest) text(path []string, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	in := strings.Join(path, "/")
	switch in {
	case "ArchiveTransfer/MessageIdentifier":
		m.id += s
	case "ArchiveTransfer/ArchivalAgreement":
		m.agreement += s
	case "ArchiveTransfer/ArchivalAgency/Identifier":
		m.archival += s
	case "ArchiveTransfer/TransferringAgency/Identifier":
		m.transferer += s
	}
	if len(m.objects) == 0 || !strings.Contains(in, "/DataObjectPackage/") || len(path) < 2 {
		return
	}
	o := &m.objects[len(m.objects)-1]
	parent := path[len(path)-2]
	if parent != "BinaryDataObject" && parent != "PhysicalDataObject" {
		return
	}
	switch path[len(path)-1] {
	case "Uri":
		o.uri += s
	case "MessageDigest":
		o.digest += s
	case "Size":
		o.size += s
	case "DataObjectGroupId", "DataObjectGroupReferenceId":
		o.group = s
	}
}

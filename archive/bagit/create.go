package bagit

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/liasse/liasse/ged"
	"github.com/liasse/liasse/internal/container"
)

// Target receives the files of a bag. Its Create MUST make the file and the
// folders above it, MUST fail when the file exists, and is called by several
// goroutines at once. A folder of the disk is one by way of [os.Root], which
// keeps everything inside it:
//
//	bagit.TargetFunc(func(name string) (io.WriteCloser, error) {
//		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
//			return nil, err
//		}
//		return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
//	})
type Target interface {
	Create(name string) (io.WriteCloser, error)
}

// TargetFunc is a function used as a Target.
type TargetFunc func(name string) (io.WriteCloser, error)

// Create calls the function.
func (f TargetFunc) Create(name string) (io.WriteCloser, error) { return f(name) }

// File is a file to put into a bag.
type File struct {
	// Path in the bag: below data/ for the payload ("data/actes/a.pdf"), beside
	// it for a tag file ("metadata/seda.xml").
	Path    string
	Content ged.Source
	// URL, if not empty, leaves a payload file elsewhere: it is not copied into
	// the bag, but listed in fetch.txt for the receiver to get from that server.
	// Its Content is read all the same, for the digests and the size.
	URL string
}

// CreateOptions say how a bag is made. The zero value makes a BagIt 1.0 bag
// with SHA-512 manifests, without date.
type CreateOptions struct {
	// Algorithms of the manifests, by their names there: sha512 and sha256
	// first of all. None means sha512. MD5 and SHA-1 are refused.
	Algorithms []string
	// Info is the description of the bag, in the order it is written.
	// Payload-Oxum is added, and Bagging-Date unless it is there.
	Info []Tag
	// Date is the day the bag is made; the zero value writes none.
	Date ged.Date
	// Workers is how many files are copied at a time; 0 or more than
	// GOMAXPROCS means GOMAXPROCS.
	Workers int
}

// Errors of Create.
var (
	ErrName      = errors.New("bagit: a path that may not be written in a bag")
	ErrAlgorithm = errors.New("bagit: an algorithm that bags are not made with")
	ErrInfo      = errors.New("bagit: a description that cannot be written")
	ErrSize      = errors.New("bagit: a source has not the size announced")
	ErrURL       = errors.New("bagit: an address no receiver can fetch from")
)

// Create writes a bag of the files to the target and returns its Payload-Oxum
// ("bytes.files"). Every file is read once; the manifests are written after
// the files they list, and bagit.txt last of all: what an interruption leaves
// behind does not declare itself a bag. The same files and options give the
// same bytes, whatever the order of the files.
//
// Names that would be refused or warned of when the bag is read ([Bag.Verify])
// are refused here, before anything is written: [ErrName], [ErrURL]. Other errors
// are [ErrAlgorithm], [ErrInfo], [ErrSize], those of the sources and the target,
// and the context's. A bag with files left elsewhere is not complete before the
// receiver has put them where they belong; the Payload-Oxum counts them.
func Create(ctx context.Context, target Target, files []File, opt CreateOptions) (string, error) {
	c := creation{ctx: ctx, target: target, opt: opt, files: slices.Clone(files)}
	for _, step := range []func() error{c.algorithms, c.names, c.describe, c.copyAll, c.finish} {
		if err := step(); err != nil {
			return "", err
		}
	}
	return c.oxum, nil
}

type creation struct {
	ctx     context.Context
	target  Target
	opt     CreateOptions
	files   []File // by path
	algs    []string
	digests [][]string // by file, by algorithm
	info    []byte
	oxum    string
}

func (c *creation) algorithms() error {
	c.algs = slices.Clone(c.opt.Algorithms)
	if len(c.algs) == 0 {
		c.algs = []string{"sha512"}
	}
	slices.Sort(c.algs)
	c.algs = slices.Compact(c.algs)
	for _, a := range c.algs {
		if algorithms[a].new == nil || algorithms[a].weak {
			return fmt.Errorf("%w: %q", ErrAlgorithm, a)
		}
	}
	return nil
}

// names judges all paths before a byte is written. (RFC 8493 §6.1)
func (c *creation) names() error {
	slices.SortStableFunc(c.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	seen := map[string]bool{}
	folders := map[string]bool{}
	payload := 0
	for _, f := range c.files {
		refuse := func(why string) error {
			return fmt.Errorf("%w: %q: %s", ErrName, container.Show(f.Path), why)
		}
		_, isManifest := manifestName(f.Path)
		key := container.FoldName(f.Path)
		clean, faults := container.CheckName(f.Path)
		switch {
		case f.Content == nil:
			return refuse("no content")
		case unsafe(f.Path) != "":
			return refuse(unsafe(f.Path))
		case len(faults) > 0:
			return refuse(faults[0].Why)
		case clean != f.Path || path.Clean(f.Path) != f.Path || strings.EqualFold(f.Path, "data"):
			return refuse("not a plain path")
		case seen[key] || folders[key]:
			return refuse("another file has this name, up to case and accents")
		case isManifest, key == declarationName, key == "bag-info.txt", key == fetchName:
			return refuse("written by Create itself")
		case systemFile(path.Base(f.Path)):
			return refuse("a file systems make by themselves")
		case f.URL != "" && !strings.HasPrefix(f.Path, payloadFolder):
			return refuse("only files of the payload may be left elsewhere")
		case f.URL != "" && (strings.ContainsFunc(f.URL, notInURL) || judgeURL(f.URL) != nil):
			return fmt.Errorf("%w: that of %q", ErrURL, container.Show(f.Path)) // it may hold a password
		}
		seen[key] = true
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if k := container.FoldName(dir); seen[k] {
				return refuse("a file has the name of its folder")
			} else {
				folders[k] = true
			}
		}
		if strings.HasPrefix(f.Path, payloadFolder) {
			payload++
		} else if strings.HasPrefix(key, payloadFolder) {
			return refuse("data is written in small letters")
		}
	}
	if payload == 0 {
		return fmt.Errorf("%w: a bag without a file below data/", ErrName)
	}
	return nil
}

// describe composes bag-info.txt.
func (c *creation) describe() error {
	tags := slices.DeleteFunc(slices.Clone(c.opt.Info), func(t Tag) bool { return strings.EqualFold(t.Label, oxumLabel) })
	dated := slices.ContainsFunc(tags, func(t Tag) bool { return strings.EqualFold(t.Label, "Bagging-Date") })
	if !dated && !c.opt.Date.IsZero() {
		tags = append(tags, Tag{"Bagging-Date", c.opt.Date.String()})
	}
	total, n := int64(0), 0
	for _, f := range c.files {
		if strings.HasPrefix(f.Path, payloadFolder) {
			total += f.Content.Size()
			n++
		}
	}
	c.oxum = oxum(total, n)
	tags = append(tags, Tag{oxumLabel, c.oxum})
	var b bytes.Buffer
	for i, t := range tags {
		if t.Label == "" || strings.Trim(t.Label, " \t") != t.Label || strings.ContainsAny(t.Label, ":\r\n") ||
			strings.ContainsRune(t.Value, '\r') || strings.Trim(t.Value, " \t\n") != t.Value ||
			strings.Contains(t.Value, "\n\n") || len(t.Value) > maxLine || len(t.Label) > maxLine/2 || utf8Charset.foreign(t.Label+t.Value) {
			return fmt.Errorf("%w: number %d", ErrInfo, i+1) // the value may be personal
		}
		b.WriteString(t.Label + ": " + strings.ReplaceAll(t.Value, "\n", "\n  ") + "\n")
	}
	c.info = b.Bytes()
	return nil
}

// copyAll copies the files, several at a time.
func (c *creation) copyAll() error {
	workers := c.opt.Workers
	if most := runtime.GOMAXPROCS(0); workers <= 0 || workers > most {
		workers = most
	}
	c.digests = make([][]string, len(c.files))
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(c.files)) {
		wg.Go(func() {
			buf := make([]byte, bufferSize)
			hashes := c.hashes()
			for {
				i := int(next.Add(1) - 1)
				if i >= len(c.files) || ctx.Err() != nil {
					return
				}
				sums, err := c.copy(ctx, &c.files[i], hashes, buf)
				if err != nil {
					cancel(err)
					return
				}
				c.digests[i] = sums
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (c *creation) hashes() []hash.Hash {
	hs := make([]hash.Hash, len(c.algs))
	for i, a := range c.algs {
		hs[i] = algorithms[a].new()
	}
	return hs
}

// copy copies one file and returns its digests.
func (c *creation) copy(ctx context.Context, f *File, hashes []hash.Hash, buf []byte) (sums []string, err error) {
	in, err := f.Content.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("bagit: open a source: %w", err)
	}
	defer in.Close()
	for _, h := range hashes {
		h.Reset()
	}
	out := io.Discard
	if f.URL == "" {
		file, err := c.target.Create(f.Path)
		if err != nil {
			return nil, fmt.Errorf("bagit: create a file: %w", err)
		}
		defer func() {
			if cerr := file.Close(); err == nil && cerr != nil {
				sums, err = nil, fmt.Errorf("bagit: close a file: %w", cerr)
			}
		}()
		out = file
	}
	total := int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := in.Read(buf)
		total += int64(n)
		for _, h := range hashes {
			h.Write(buf[:n])
		}
		if n > 0 {
			if _, werr := out.Write(buf[:n]); werr != nil {
				return nil, fmt.Errorf("bagit: write a file: %w", werr)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("bagit: read a source: %w", err)
		}
	}
	if total != f.Content.Size() {
		// Payload-Oxum, and whatever else was decided by the size, would lie.
		return nil, fmt.Errorf("%w: %d bytes, %d announced", ErrSize, total, f.Content.Size())
	}
	for _, h := range hashes {
		sums = append(sums, hex.EncodeToString(h.Sum(nil)))
	}
	return sums, nil
}

// finish writes what speaks of the files: descriptions, manifests, tag
// manifests, and the declaration, in that order.
func (c *creation) finish() error {
	own := []File{{Path: "bag-info.txt", Content: ged.BytesSource(c.info)}}
	var elsewhere strings.Builder
	for _, f := range c.files {
		if f.URL != "" {
			fmt.Fprintf(&elsewhere, "%s %d %s\n", f.URL, f.Content.Size(), encodePath(f.Path))
		}
	}
	if elsewhere.Len() > 0 {
		own = append(own, File{Path: fetchName, Content: ged.BytesSource(elsewhere.String())})
	}
	for k, a := range c.algs {
		var b bytes.Buffer
		for i, f := range c.files {
			if strings.HasPrefix(f.Path, payloadFolder) {
				b.WriteString(c.digests[i][k] + "  " + encodePath(f.Path) + "\n")
			}
		}
		own = append(own, File{Path: "manifest-" + a + ".txt", Content: ged.BytesSource(b.Bytes())})
	}
	declaration := File{Path: declarationName, Content: ged.BytesSource(versionLabel + ": 1.0\n" + encodingLabel + ": UTF-8\n")}
	hashes := c.hashes()
	buf := make([]byte, bufferSize)
	tags := slices.DeleteFunc(slices.Clone(c.files), func(f File) bool { return strings.HasPrefix(f.Path, payloadFolder) })
	sums := map[string][]string{}
	for i, f := range c.files {
		sums[f.Path] = c.digests[i]
	}
	var err error
	for _, f := range own {
		if sums[f.Path], err = c.copy(c.ctx, &f, hashes, buf); err != nil {
			return err
		}
		tags = append(tags, f)
	}
	// The declaration is listed, yet written after the lists.
	for _, h := range hashes {
		h.Reset()
		h.Write(declaration.Content.(ged.BytesSource))
		sums[declarationName] = append(sums[declarationName], hex.EncodeToString(h.Sum(nil)))
	}
	tags = append(tags, declaration)
	slices.SortFunc(tags, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for k, a := range c.algs {
		var b bytes.Buffer
		for _, f := range tags {
			b.WriteString(sums[f.Path][k] + "  " + encodePath(f.Path) + "\n")
		}
		f := File{Path: "tagmanifest-" + a + ".txt", Content: ged.BytesSource(b.Bytes())}
		if _, err := c.copy(c.ctx, &f, hashes, buf); err != nil {
			return err
		}
	}
	_, err = c.copy(c.ctx, &declaration, hashes, buf)
	return err
}

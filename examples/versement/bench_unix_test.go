//go:build unix

package main

import (
	"context"
	"crypto/sha512"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/richardlehane/siegfried/pkg/static"
)

// The benchmarks below time whole processes, and read the memory the system
// says they took: each starts this very program again, told what to be.
const beEnv = "LIASSE_VERSEMENT_BE"

func TestMain(m *testing.M) {
	switch what, dir, _ := strings.Cut(os.Getenv(beEnv), " "); what {
	case "":
		os.Exit(m.Run())
	case "versement":
		debug.SetGCPercent(collect)
		os.Exit(run(context.Background(), strings.Split(dir, " "), io.Discard, os.Stderr, time.Now))
	case "sha512":
		eachFile(dir, func() func(string) {
			h, buf := sha512.New(), make([]byte, 128<<10)
			return func(name string) {
				h.Reset()
				f, err := os.Open(name)
				if err != nil {
					panic(err)
				}
				defer f.Close()
				if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, buf); err != nil {
					panic(err)
				}
			}
		})
	case "siegfried":
		sf := static.New()
		eachFile(dir, func() func(string) {
			return func(name string) {
				f, err := os.Open(name)
				if err != nil {
					panic(err)
				}
				defer f.Close()
				if _, err := sf.Identify(f, filepath.Base(name), ""); err != nil {
					panic(err)
				}
			}
		})
	}
	os.Exit(0)
}

// eachFile gives the files below the folder to two goroutines.
func eachFile(dir string, worker func() func(name string)) {
	names := make(chan string, 100)
	var wait sync.WaitGroup
	for range 2 {
		do := worker()
		wait.Go(func() {
			for name := range names {
				do(name)
			}
		})
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names <- path
		}
		return err
	})
	if err != nil {
		panic(err)
	}
	close(names)
	wait.Wait()
}

// whole runs this program as something else, and returns how long it took, the
// time of the processors, and the most memory it held, in megabytes: that of
// the program that started it at least.
func whole(b *testing.B, what string) (took, cpu time.Duration, memory float64) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), beEnv+"="+what), os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	took, cpu = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return took, cpu, 0
	}
	unit := 1e3 // kilobytes
	if runtime.GOOS == "darwin" {
		unit = 1e6
	}
	return took, cpu, float64(usage.Maxrss) * 1024 / 1000 / unit
}

// many makes a folder of n files of the size, in folders of a hundred; small
// ones are text one time out of two.
func many(b *testing.B, n, size int) string {
	b.Helper()
	dir := b.TempDir()
	random := rand.NewChaCha8([32]byte{1})
	for i := range n {
		folder := filepath.Join(dir, fmt.Sprintf("dossier%03d", i/100))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		var content io.Reader = random
		name := fmt.Sprintf("piece%03d.bin", i%100)
		if i%2 == 1 && size < 1<<20 {
			name = fmt.Sprintf("piece%03d.txt", i%100)
			content = strings.NewReader(strings.Repeat(fmt.Sprintf("Ligne %d du registre des délibérations, séance ordinaire.\n", i), size/50))
		}
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyN(f, content, int64(size)); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkWholeProcess makes packages and, in turn with each, does by itself
// what binds: the digests, or the formats, on two goroutines. The ratio is that
// of the medians.
func BenchmarkWholeProcess(b *testing.B) {
	for _, c := range []struct {
		name, against string
		files, size   int
		args          []string
	}{
		{"20000x4KiB", "sha512", 20_000, 4 << 10, []string{"-no-pronom"}},
		{"20000x4KiB/pronom", "siegfried", 20_000, 4 << 10, nil},
		{"4x256MiB", "sha512", 4, 256 << 20, []string{"-no-pronom"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			if testing.Short() {
				c.files, c.size = min(c.files, 500), min(c.size, 4<<20)
			}
			dir := many(b, c.files, c.size)
			out := filepath.Join(b.TempDir(), "sip.zip")
			args := strings.Join(append([]string{"versement", "-dir", dir, "-out", out}, c.args...), " ")
			var ours, alone, work, workAlone []time.Duration
			most := 0.0
			for b.Loop() {
				took, cpu, memory := whole(b, args)
				if err := os.Remove(out); err != nil {
					b.Fatal(err)
				}
				reference, cpuAlone, _ := whole(b, c.against+" "+dir)
				ours, alone, most = append(ours, took), append(alone, reference), max(most, memory)
				work, workAlone = append(work, cpu), append(workAlone, cpuAlone)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ours).Seconds(), "s")
			b.ReportMetric(median(alone).Seconds(), "s-"+c.against)
			b.ReportMetric(median(ours).Seconds()/median(alone).Seconds(), "ratio")
			// On a busy machine the time of the processors says more.
			b.ReportMetric(median(work).Seconds(), "cpu-s")
			b.ReportMetric(median(work).Seconds()/median(workAlone).Seconds(), "cpu-ratio")
			b.ReportMetric(most, "MB-peak")
		})
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestInterruptedInTheMiddle cancels while contents are gone through: nothing
// is left, and nothing is waited for.
func TestInterruptedInTheMiddle(t *testing.T) {
	dir, where := folder(t, map[string]string{"a.bin": strings.Repeat("\x00é", 8<<20), "b.bin": strings.Repeat("ü\x01", 8<<20)}), t.TempDir()
	for _, stop := range []int{1, 20, 200, 400} {
		ctx, cancel := context.WithCancel(context.Background())
		calls := 0
		var cancelled time.Time
		clock := func() time.Time { // the progress asks for the time
			if calls++; calls == stop {
				cancelled = time.Now()
				cancel()
			}
			return fixed()
		}
		var stdout, stderr bytes.Buffer
		status := run(ctx, []string{"-no-pronom", "-dir", dir, "-out", filepath.Join(where, "sip.zip")}, &stdout, &stderr, clock)
		took := time.Since(cancelled)
		cancel()
		if status != 1 || cancelled.IsZero() || !strings.Contains(stderr.String(), "interrompu") {
			t.Errorf("at call %d: status %d: %s", stop, status, &stderr)
		}
		if took > time.Second { // 100 ms are promised; the machine may be busy
			t.Errorf("at call %d: %v after the cancellation", stop, took)
		}
		if left, err := os.ReadDir(where); err != nil || len(left) > 0 {
			t.Fatalf("at call %d: left %v, %v", stop, left, err)
		}
	}
}

const killedEnv = "LIASSE_VERSEMENT_KILLED"

// TestKilled kills a process that has begun to write: what it leaves has not
// the name of a package, and does not hinder the next run.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedEnv); dir != "" {
		calls := 0
		run(context.Background(), []string{"-no-pronom", "-dir", filepath.Join(dir, "in"), "-out", filepath.Join(dir, "out", "sip.zip")},
			io.Discard, io.Discard, func() time.Time {
				if calls++; calls > 40 {
					select {} // until it is killed
				}
				return fixed()
			})
		return
	}
	dir := folder(t, map[string]string{"in/a.bin": strings.Repeat("\x00é", 4<<20), "out/": ""})
	out := filepath.Join(dir, "out")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), killedEnv+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Skip("no process can be started:", err)
	}
	begun := func() bool {
		_, err := os.Stat(filepath.Join(out, "sip.zip.en-cours"))
		return err == nil
	}
	for end := time.Now().Add(20 * time.Second); !begun() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed: it is its error
	if !begun() {
		t.Fatal("the process wrote nothing")
	}
	if _, err := os.Lstat(filepath.Join(out, "sip.zip")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a half package has the name of a whole one: %v", err)
	}
	if status, _, stderr := play(t, "-no-pronom", "-dir", filepath.Join(dir, "in"), "-out", filepath.Join(out, "sip.zip")); status != 0 {
		t.Errorf("the next run: %s", stderr)
	}
	if _, err := os.Lstat(filepath.Join(out, "sip.zip")); err != nil {
		t.Error(err)
	}
}

func TestEveryUnreadableFileIsNamed(t *testing.T) {
	dir := folder(t, map[string]string{"a.txt": "12345", "b/c.txt": "12345", "d.txt": "12345"})
	v := &versement{journal: journal{w: io.Discard}, now: fixed, progress: newProgress(io.Discard, fixed)}
	v.dir, v.noPronom, v.out = dir, true, filepath.Join(t.TempDir(), "sip.zip")
	if err := v.read(context.Background()); err != nil {
		t.Fatal(err)
	}
	gone := []string{filepath.Join(dir, "a.txt"), filepath.Join(dir, "b", "c.txt")}
	for _, name := range gone {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	err := v.write(context.Background())
	if err == nil || !strings.Contains(err.Error(), "« a.txt » : il n'existe pas") || !strings.Contains(err.Error(), "« b/c.txt » : il n'existe pas") {
		t.Errorf("err = %v", err)
	}
	for _, name := range gone {
		if err := os.WriteFile(name, []byte("1234"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err = v.write(context.Background()); err == nil || !strings.Contains(err.Error(), "a changé") {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Lstat(v.out); err == nil {
		t.Error("a package was made")
	}
}

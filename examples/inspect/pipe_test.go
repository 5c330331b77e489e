//go:build unix

package main

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Opening a named pipe waits for a writer: the command must not.
func TestANamedPipeIsNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	done := make(chan int, 1)
	go func() {
		status, _, _ := command(t, pipe)
		done <- status
	}()
	select {
	case status := <-done:
		if status != 2 {
			t.Errorf("status %d", status)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still waiting")
	}
}

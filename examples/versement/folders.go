package main

import (
	"io/fs"
	"os"
	"path"
	"sync"
)

// folders is the folder that is handed over. Nothing outside it is ever opened,
// whatever links lie in it. Files are opened folder by folder, so the last folder
// stays open: a file costs the system half as much.
type folders struct {
	root *os.Root
	mu   sync.Mutex
	name string
	last *os.Root
}

// in returns the folder, open.
func (f *folders) in(name string) (*os.Root, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil && f.name == name {
		return f.last, nil
	}
	folder, err := f.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if f.last != nil {
		_ = f.last.Close() // nothing was written through it
	}
	f.name, f.last = name, folder
	return folder, nil
}

// Open opens a file or a folder by its path in the folder.
func (f *folders) Open(name string) (fs.File, error) {
	if fs.ValidPath(name) {
		if in, file := path.Split(name); in != "" {
			if folder, err := f.in(path.Clean(in)); err == nil {
				if opened, err := folder.FS().Open(file); err == nil {
					return opened, nil
				}
			}
		}
	}
	return f.root.FS().Open(name) // also when another file had the folder closed
}

// ReadDir lists a folder.
func (f *folders) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.root.FS(), name) }

package powercut

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// WriteTo writes what is on the disk into an ordinary folder.
func (d *Disk) WriteTo(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writeFolder(dir, root)
}

// Files returns the paths of what is on the disk whose names end so, in order: which
// tables a store has, say.
func (d *Disk) Files(ending string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	var walk func(folder uint64, path string)
	walk = func(folder uint64, path string) {
		for name, number := range d.nodes[folder].onDisk {
			if d.nodes[number].folder {
				walk(number, path+name+"/")
			} else if strings.HasSuffix(name, ending) {
				out = append(out, path+name)
			}
		}
	}
	walk(root, "")
	slices.Sort(out)
	return out
}

// ReadFrom puts the files of an ordinary folder on the disk, in its root.
func (d *Disk) ReadFrom(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return err
		}
		if errno := d.put(f.Name(), b); errno != 0 {
			return fmt.Errorf("%s: %w", f.Name(), errno)
		}
	}
	if errno := d.sync(root); errno != 0 {
		return errno
	}
	return nil
}

// put brings a file to the disk. Pages of zeros stay out: logs are long, and mostly
// empty.
func (d *Disk) put(name string, b []byte) syscall.Errno {
	number, errno := d.create(root, name, 0o600, false)
	if errno == 0 {
		errno = d.resize(number, int64(len(b)))
	}
	for at := 0; at < len(b) && errno == 0; at += pageBytes {
		if part := b[at:min(len(b), at+pageBytes)]; len(bytes.TrimLeft(part, "\x00")) > 0 {
			errno = d.write(number, int64(at), part)
		}
	}
	if errno == 0 {
		errno = d.sync(number)
	}
	return errno
}

func (d *Disk) writeFolder(dir string, number uint64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, child := range d.nodes[number].onDisk {
		path, n := filepath.Join(dir, name), d.nodes[child]
		write := d.writeFile
		if n.folder {
			write = d.writeFolder
		}
		if err := write(path, child); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) writeFile(path string, number uint64) (err error) {
	n := d.nodes[number]
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fs.FileMode(n.mode)&fs.ModePerm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for number, p := range n.disk.pages {
		at := number * pageBytes
		if at >= n.disk.size {
			continue
		}
		if _, err := f.WriteAt(p.data[:min(pageBytes, n.disk.size-at)], at); err != nil {
			return err
		}
	}
	return f.Truncate(n.disk.size)
}

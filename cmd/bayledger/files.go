package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bayledger/sync/journal"
)

// openFile opens a file, or stdin for "-", and unpacks gzip.
func (a *app) openFile(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(f, 1<<16)
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return &unpacked{b, f}, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s begins like gzip and is none: %w", path, err)
	}
	return &unpacked{z, f}, nil
}

type unpacked struct {
	io.Reader
	io.Closer
}

// writeDurably writes a file that only its owner reads: after a power cut it is there
// whole, or as it was before.
func writeDurably(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return journal.SyncFolder(filepath.Dir(path))
}

// baseName is a file's name without folder and endings, as it names a device.
func baseName(path string) string {
	if path == "-" {
		return "stdin"
	}
	name := filepath.Base(path)
	for _, ending := range []string{".gz", ".csv", ".json", ".jsonl", ".ndjson", ".xlsx"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

//go:build linux

package outbox_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"bayledger/scanner/outbox"
)

const (
	diskBytes  = 64 << 20                    // the small disk of these tests
	firstSpare = outbox.ReserveBytes + 6<<20 // left free before the first append: one flush, no compaction
)

// fillTheDisk runs in a process that has dir as a small disk of its own. It fills
// the disk with rows up to the reserve, then with another file to the last byte,
// and looks at each step what the outbox says and keeps.
func fillTheDisk(dir string) error {
	folder, filler := filepath.Join(dir, "outbox"), filepath.Join(dir, "photos")
	if err := fill(filler, diskBytes-firstSpare); err != nil {
		return err
	}
	s, err := outbox.Open(folder, outbox.Options{Now: time.Now})
	if err != nil {
		return err
	}
	b, err := s.Box("H-0", "i1")
	if err != nil {
		return err
	}
	stored, err := appendUntil(b, outbox.CodeDiskFull)
	if err != nil || stored < 100 {
		return fmt.Errorf("the disk was not filled: %d rows, %w", stored, err)
	}
	for { // let a flush end: another program taking its room is not this test
		if n, err := outbox.LogFiles(folder); err != nil || n == 1 {
			break
		}
		runtime.Gosched()
	}
	if err := fill(filler, 2*diskBytes); !isFull(err) {
		return fmt.Errorf("the disk cannot be filled to the end: %w", err)
	}
	if err := fullDisk(b, s, stored); err != nil {
		return err
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	if seq, err := appendOne(b); err != nil || seq != stored+1 {
		return fmt.Errorf("with room again: seq %d after %d, %w", seq, stored, err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := checkPrinted(folder, map[string]uint64{"H-0": stored + 1}, map[string]uint64{}); err != nil {
		return err
	}
	return overrunTheDisk(dir, filler)
}

// fullDisk is what holds on a disk without a free byte.
func fullDisk(b outbox.Box, s *outbox.Store, stored uint64) error {
	if _, err := appendOne(b); outbox.CodeOf(err) != outbox.CodeDiskFull {
		return fmt.Errorf("append on a full disk: %w", err)
	}
	if err := b.SaveState("cursor", []byte("7")); outbox.CodeOf(err) != outbox.CodeDiskFull {
		return fmt.Errorf("state on a full disk: %w", err)
	}
	if w := b.Stats().Warning; w == nil || w.Code != outbox.CodeDiskFull {
		return fmt.Errorf("warning on a full disk: %v", w)
	}
	var out bytes.Buffer
	if err := b.Export(&out); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != int(stored) {
		return fmt.Errorf("export on a full disk: %d bytes, %w", out.Len(), err)
	}
	return b.Ack(1)
}

// overrunTheDisk lies about the free space, as if another program had taken it
// between the check and the write: a child stores rows until the system ends it,
// and every row it had stored is there once there is room.
func overrunTheDisk(dir, filler string) error {
	folder := filepath.Join(dir, "outbox2")
	if err := fill(filler, diskBytes-(20<<20)); err != nil {
		return err
	}
	c := child("append", folder)
	c.Stderr = nil // a page of registers
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return err
	}
	printed := map[string]uint64{}
	got := readSeqs(bufio.NewScanner(out), 1<<30, printed)
	if err := c.Wait(); err == nil || got == 0 {
		return fmt.Errorf("the child stored %d rows and ended with %w", got, err)
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	fmt.Println("rows stored before the disk overran:", got)
	return checkPrinted(folder, printed, map[string]uint64{})
}

func appendOne(b outbox.Box) (uint64, error) {
	return b.Append(context.Background(), func(seq uint64) ([]byte, error) { return childRow("H-0", seq), nil })
}

func appendUntil(b outbox.Box, code outbox.Code) (stored uint64, err error) {
	for range 20_000 {
		seq, err := appendOne(b)
		if outbox.CodeOf(err) == code {
			return stored, nil
		}
		if err != nil {
			return stored, err
		}
		stored = seq
	}
	return stored, errors.New("the disk did not fill up")
}

// fill appends zeros to a file until it has so many bytes.
func fill(path string, size int) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	for left := size - int(st.Size()); left > 0; {
		n, err := f.Write(make([]byte, min(left, 4096)))
		if err != nil {
			return err
		}
		left -= n
	}
	return nil
}

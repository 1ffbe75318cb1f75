package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bayledger/migrations"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
)

func (d *doctor) settings() {
	if _, err := d.o.check(d.app.err); err != nil {
		d.fail("settings", "see bayledger config check", "%v", err)
		return
	}
	d.ok("settings", "listen on %s, data in %s", d.o.addr, d.app.data)
}

// folder looks at the data folder; false where there is none to look further into.
func (d *doctor) folder() bool {
	dir := d.app.data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent, err := os.Stat(filepath.Dir(filepath.Clean(dir)))
		if err != nil || !parent.IsDir() {
			d.fail("data folder", "make the folder above it", "%s is not there, nor is what it would lie in", dir)
		} else {
			d.ok("data folder", "%s is not there yet; serve makes it", dir)
		}
		return false
	case err != nil:
		d.fail("data folder", "let the server's user read it", "%s: %v", dir, err)
		return false
	case !info.IsDir():
		d.fail("data folder", "name another with --data", "%s is no folder", dir)
		return false
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		d.warn("data folder", "chmod 700 "+dir, "%s can be read by others (%o)", dir, mode)
		return true
	}
	d.ok("data folder", "%s", dir)
	return true
}

// schema looks at the version of the folder and whether its journal can be opened; a
// running server has done both.
func (d *doctor) schema(ctx context.Context) {
	if d.running != nil {
		d.ok("schema", "a server runs on the folder, which has brought it up to date")
		return
	}
	if _, err := os.Stat(filepath.Join(d.app.data, "MANIFEST")); errors.Is(err, fs.ErrNotExist) {
		d.ok("schema", "nothing is stored yet")
		return
	}
	options := journal.Options{NewEpoch: newEpoch, Broken: endAt(d.app.err)}
	db, err := openDB(d.app.data, options)
	if err != nil {
		d.fail("schema", "stop the other one; where none runs, see README, \"A damaged file\"", "%v", err)
		return
	}
	defer db.Close()
	state, err := migrations.Status(db)
	switch {
	case err != nil:
		d.fail("schema", "use the program that has written it, or a backup", "%v", err)
	case len(state.Pending) > 0:
		d.warn("schema", "take a backup; serve brings it up to date", "%s behind: %s", counted(len(state.Pending), "step"), state)
	default:
		d.ok("schema", "%s", state)
		d.books(ctx, db, options)
	}
}

// books opens the journal as serve would, reads its balances, and closes it again.
func (d *doctor) books(ctx context.Context, db *badger.DB, o journal.Options) {
	const damaged = "see README, \"A damaged file\"; bayledger verify names what is wrong"
	j, err := journal.Open(db, o)
	if err != nil {
		d.fail("books", damaged, "%v", err)
		return
	}
	rows := 0
	err = j.Rows(ctx, func(_, _ []byte) error { rows++; return nil })
	head := j.Head()
	if err = errors.Join(err, j.Close()); err != nil {
		d.fail("books", damaged, "%v", err)
		return
	}
	d.ok("books", "%d entries and %d rows can be opened", head.N, rows)
}

// disk compares what is free with the reserve.
func (d *doctor) disk() {
	const reserve = journal.DefaultReserve + 2*journal.MaxBatchBytes
	free, err := journal.FreeBytes(d.app.data)
	mib := free >> 20
	switch {
	case err != nil:
		d.warn("free disk", "", "not known: %v", err)
	case free < reserve:
		d.fail("free disk", "free some: handhelds keep their scans meanwhile", "%d MiB; below %d MiB no scans are taken", mib, reserve>>20)
	case free < someDisk:
		d.warn("free disk", "have more before a busy week", "%d MiB; below %d MiB no scans are taken", mib, reserve>>20)
	default:
		d.ok("free disk", "%d MiB", mib)
	}
}

// syncs measures how long the disk takes to keep 4 KiB.
func (d *doctor) syncs() {
	f, err := os.CreateTemp(d.app.data, ".doctor-*")
	if err != nil {
		d.fail("disk speed", "let the server's user write there", "%v", err)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, syncSize)
	took := make([]time.Duration, syncs)
	for i := range took {
		began := d.now()
		if _, err = f.Write(block); err == nil {
			err = f.Sync()
		}
		if err != nil {
			d.fail("disk speed", "mend the disk", "a write failed: %v", err)
			return
		}
		took[i] = d.now().Sub(began)
	}
	slices.Sort(took)
	p50, p99 := took[syncs/2], took[syncs-1]
	text := fmt.Sprintf("%d writes of 4 KiB: p50 %s, longest %s", syncs, p50.Round(10*time.Microsecond), p99.Round(10*time.Microsecond))
	switch {
	case p50 > badSync:
		d.fail("disk speed", "use a disk of flash, and none over a network", "%s: acks will be slow", text)
	case p50 > slowSync:
		d.warn("disk speed", "a disk of flash takes a tenth of it", "%s", text)
	default:
		d.ok("disk speed", "%s", text)
	}
}

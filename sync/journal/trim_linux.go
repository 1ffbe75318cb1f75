package journal

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/sys/unix"
)

// filePages returns how many bytes of files the process has resident, 0 where
// that is not known.
func filePages() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident, shared int64
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err != nil {
		return 0
	}
	return shared * int64(os.Getpagesize())
}

// trim drops the pages of all tables from the process. The advice frees pages of
// whatever lies at an address, so that no table may go while it is given: a walk
// over the whole database keeps those that it began with, and these are the ones
// that were there before it was opened and are there still after. That it does
// not work changes nothing but a figure: errors end it without a word.
func (d *disk) trim() {
	// Badger panics under whoever reads once it could not make a new log, or is
	// closed; the commit that failed says it better.
	defer func() { _ = recover() }()
	before := make(map[string]bool)
	for _, t := range d.db.Tables() {
		before[d.table(t)] = true
	}
	txn := d.db.NewTransaction(false)
	defer txn.Discard()
	walk := txn.NewIterator(badger.IteratorOptions{AllVersions: true})
	defer walk.Close()
	held := make(map[string]bool, len(before))
	for _, t := range d.db.Tables() {
		if name := d.table(t); before[name] {
			held[name] = true
		}
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer func() { _ = maps.Close() }() // only read
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		start, size, name, ok := parseMapping(lines.Text())
		if !ok || !held[name] {
			continue
		}
		// Of a shared mapping of a file this frees the process's view alone.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, size, unix.MADV_DONTNEED)
	}
}

// table is the path of a table's file as the system shows it.
func (d *disk) table(t badger.TableInfo) string {
	return filepath.Join(d.names.real, fmt.Sprintf("%06d.sst", t.ID))
}

// parseMapping reads a line of /proc/self/maps that tells of a shared mapping of
// a file.
func parseMapping(line string) (start, size uintptr, name string, ok bool) {
	at := strings.IndexByte(line, '/')
	if at < 0 {
		return 0, 0, "", false
	}
	fields := strings.Fields(line[:at])
	if len(fields) != 5 || !strings.HasSuffix(fields[1], "s") {
		return 0, 0, "", false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	first, err := strconv.ParseUint(from, 16, 64)
	if err != nil {
		return 0, 0, "", false
	}
	end, err := strconv.ParseUint(to, 16, 64)
	if err != nil || end <= first {
		return 0, 0, "", false
	}
	return uintptr(first), uintptr(end - first), line[at:], true
}

package intact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// The form of Badger's logs (4.9): a head of 20 bytes, then entries: meta, user meta,
// uvarint lengths of key and value, uvarint expiry, key, value, CRC32C of all this. A
// commit ends with an entry of the key "!badger!txn" + version, whose value is the
// version as text.
const (
	logHead     = 20
	logEndOfTxn = 1 << 7
	logEndKey   = "!badger!txn"
	logSum      = 4
)

// Logs looks for damage in the logs of a folder. Badger ends a replay at the first byte
// that is not as it was written. But a commit is synced before the next one is written:
// where whole commits lie behind, the log was damaged. The logs are written as such
// (SyncWrites).
func Logs(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if at, damaged := logDamage(b); damaged {
			return fmt.Errorf("the log %s cannot be read from byte %d on, and commits that had been stored lie behind", filepath.Base(name), at)
		}
	}
	return nil
}

// logDamage says whether whole commits lie behind a place that cannot be read.
func logDamage(b []byte) (at int, damaged bool) {
	last, at := uint64(0), logHead // the newest commit before that place
	for next := at; next < len(b); {
		size, version, ends := logEntry(b[next:])
		if size == 0 {
			break
		}
		if next += size; ends {
			last, at = version, next
		}
	}
	behind := map[uint64]bool{}
	for next := at; ; {
		i := bytes.Index(b[min(next, len(b)):], []byte(logEndKey))
		if i < 0 {
			break
		}
		const before = 5 // how long the head of such an entry is
		start := next + i - before
		next += i + len(logEndKey)
		if start < at {
			continue
		}
		if size, version, ends := logEntry(b[start:]); size > 0 && ends {
			behind[version] = true
		}
	}
	// The one that was being written may have left its end. Where nothing is known of
	// the one before it, two must be there.
	if last == 0 {
		return at, len(behind) > 1
	}
	delete(behind, last+1)
	return at, len(behind) > 0
}

// logEntry reads an entry; size 0: it is none. ends says that it ends a commit.
func logEntry(b []byte) (size int, version uint64, ends bool) {
	const lengths = 2
	at := lengths
	var fields [3]uint64
	for i := range fields {
		if at > len(b) {
			return 0, 0, false
		}
		v, n := binary.Uvarint(b[at:])
		if n <= 0 {
			return 0, 0, false
		}
		fields[i], at = v, at+n
	}
	keyed, valued := fields[0], fields[1]
	if keyed == 0 || keyed > uint64(len(b)) || valued > uint64(len(b)) || uint64(at)+keyed+valued+logSum > uint64(len(b)) {
		return 0, 0, false
	}
	key := b[at : at+int(keyed)]
	end := at + int(keyed+valued)
	if binary.BigEndian.Uint32(b[end:]) != crc32.Checksum(b[:end], castagnoli) {
		return 0, 0, false
	}
	if b[0]&logEndOfTxn != 0 && bytes.HasPrefix(key, []byte(logEndKey)) {
		version, err := strconv.ParseUint(string(b[at+int(keyed):end]), 10, 64)
		return end + logSum, version, err == nil
	}
	return end + logSum, 0, false
}

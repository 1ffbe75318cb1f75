package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/table"
)

// errUnsafe marks damage on which Badger panics while opening, in a goroutine of
// its own where nobody can catch it.
var errUnsafe = errors.New("cannot be opened")

// checkTables reads every table of the folder before Badger does. The answer is
// nil, damage that can be lived with (one block or more are wrong: open without
// compaction), or errUnsafe. Tables that the manifest does not name are leftovers
// of a process that was killed; Badger removes them.
func checkTables(dir string) error {
	f, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var manifest badger.Manifest
	err = guarded(func() (err error) {
		manifest, _, err = badger.ReplayManifestFile(f, 0, badgerOptions(dir, nil))
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: manifest: %w", errUnsafe, err)
	}
	var damage error
	for id := range manifest.Tables {
		name := table.NewFilename(id, dir)
		data, err := os.ReadFile(name)
		if err == nil {
			err = guarded(func() error { return checkTable(data) })
		}
		if err != nil {
			damage = errors.Join(damage, fmt.Errorf("%s: %w", filepath.Base(name), err))
		}
	}
	return damage
}

// checkTable checks the index and every block of a table:
//
//	blocks · index · index length 4 · checksum · checksum length 4
func checkTable(data []byte) error {
	body, sum, ok := cutChecksum(data)
	if !ok || len(body) < 4 {
		return fmt.Errorf("%w: its footer is damaged", errUnsafe)
	}
	n := int(binary.BigEndian.Uint32(body[len(body)-4:]))
	body = body[:len(body)-4]
	if n > len(body) || crc32.Checksum(body[len(body)-n:], castagnoli) != sum {
		return fmt.Errorf("%w: its index is damaged", errUnsafe)
	}
	index, blocks := fb.GetRootAsTableIndex(body[len(body)-n:], 0), body[:len(body)-n]
	var at fb.BlockOffset
	var damage error
	for i := range index.OffsetsLength() {
		if !index.Offsets(&at, i) || uint64(at.Offset())+uint64(at.Len()) > uint64(len(blocks)) {
			return fmt.Errorf("%w: block %d is nowhere", errUnsafe, i)
		}
		block, sum, ok := cutChecksum(blocks[at.Offset() : at.Offset()+at.Len()])
		if ok && crc32.Checksum(block, castagnoli) == sum {
			continue
		}
		// Opening reads the last block for the table's highest key.
		if i == index.OffsetsLength()-1 && (!ok || !soundBlock(block)) {
			return fmt.Errorf("%w: its last block is damaged", errUnsafe)
		}
		damage = fmt.Errorf("block %d of %d: %w", i+1, index.OffsetsLength(), errChecksum)
	}
	return damage
}

// cutChecksum takes the checksum off the end of p: a protocol buffer of an
// algorithm (field 1, left out for crc32c) and a sum (field 2), then its length.
func cutChecksum(p []byte) (body []byte, sum uint32, ok bool) {
	if len(p) < 4 {
		return nil, 0, false
	}
	n := int(binary.BigEndian.Uint32(p[len(p)-4:]))
	p = p[:len(p)-4]
	if n > len(p) || n > 16 {
		return nil, 0, false
	}
	body, message := p[:len(p)-n], p[len(p)-n:]
	if len(message) == 0 {
		return body, 0, true
	}
	v, used := binary.Uvarint(message[1:])
	return body, uint32(v), message[0] == 2<<3 && used == len(message)-1
}

// soundBlock says whether a block can be walked without leaving it:
//
//	entries (overlap 2 · rest of key 2 · key · value) · offsets 4 each · count 4
func soundBlock(p []byte) bool {
	if len(p) < 4 {
		return false
	}
	n := int(binary.BigEndian.Uint32(p[len(p)-4:]))
	p = p[:len(p)-4]
	if n < 1 || n > len(p)/4 {
		return false
	}
	entries, offsets := p[:len(p)-4*n], p[len(p)-4*n:]
	end := len(entries)
	first := 0
	if len(entries) >= 4 {
		first = int(binary.NativeEndian.Uint16(entries[2:]))
	}
	for i := n - 1; i >= 0; i-- {
		start := int(binary.NativeEndian.Uint32(offsets[4*i:]))
		if start < 0 || start+4 > end {
			return false
		}
		overlap, rest := int(binary.NativeEndian.Uint16(entries[start:])), int(binary.NativeEndian.Uint16(entries[start+2:]))
		if overlap > first || start+4+rest > end || overlap+rest < 8 {
			return false
		}
		end = start
	}
	return end == 0
}

package intact

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/table"
)

// ErrUnsafe marks damage on which Badger panics while opening, in a goroutine of its
// own where nobody can catch it.
var ErrUnsafe = errors.New("cannot be opened")

var (
	errChecksum = errors.New("checksum does not match")
	castagnoli  = crc32.MakeTable(crc32.Castagnoli)
)

// Tables reads the tables of a folder: of each its index and last block, which Badger
// reads when it opens it, and with blocks all of it. The answer is nil, damage that can
// be lived with (a block or more are wrong), or ErrUnsafe; it names each file. Tables
// that the manifest does not name are leftovers of a process that was killed; Badger
// removes them.
func Tables(dir string, blocks bool) error {
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
		manifest, _, err = badger.ReplayManifestFile(f, 0, badger.DefaultOptions(dir).WithLogger(nil))
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrUnsafe, badger.ManifestFilename, err)
	}
	var damage error
	ids := make([]uint64, 0, len(manifest.Tables))
	for id := range manifest.Tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		name := table.NewFilename(id, dir)
		if err := checkFile(name, blocks); err != nil {
			damage = errors.Join(damage, fmt.Errorf("%s: %w", filepath.Base(name), err))
		}
	}
	return damage
}

func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unreadable: %v", p)
		}
	}()
	return f()
}

func checkFile(name string, blocks bool) error {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: it is missing", ErrUnsafe)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return guarded(func() error { return checkTable(f, info.Size(), blocks) })
}

// checkTable checks the index and the last block of a table, or every one:
//
//	blocks · index · index length 4 · checksum · checksum length 4
func checkTable(f io.ReaderAt, size int64, blocks bool) error {
	const footer = 4 + maxChecksum + 4
	end, err := readAt(f, max(0, size-footer), size)
	if err != nil {
		return err
	}
	body, sum, ok := cutChecksum(end)
	if !ok || len(body) < 4 {
		return fmt.Errorf("%w: its footer is damaged", ErrUnsafe)
	}
	behind := size - int64(len(end)-len(body)) - 4
	n := int64(binary.BigEndian.Uint32(body[len(body)-4:]))
	if n > behind {
		return fmt.Errorf("%w: its index is damaged", ErrUnsafe)
	}
	raw, err := readAt(f, behind-n, behind)
	if err != nil {
		return err
	}
	if crc32.Checksum(raw, castagnoli) != sum {
		return fmt.Errorf("%w: its index is damaged", ErrUnsafe)
	}
	return checkBlocks(f, behind-n, fb.GetRootAsTableIndex(raw, 0), blocks)
}

func checkBlocks(f io.ReaderAt, size int64, index *fb.TableIndex, all bool) error {
	var at fb.BlockOffset
	var damage error
	last := index.OffsetsLength() - 1
	for i := range index.OffsetsLength() {
		if !index.Offsets(&at, i) || int64(at.Offset())+int64(at.Len()) > size {
			return fmt.Errorf("%w: block %d is nowhere", ErrUnsafe, i)
		}
		if !all && i < last {
			continue
		}
		b, err := readAt(f, int64(at.Offset()), int64(at.Offset())+int64(at.Len()))
		if err != nil {
			return err
		}
		block, sum, ok := cutChecksum(b)
		if ok && crc32.Checksum(block, castagnoli) == sum {
			continue
		}
		// Opening reads the last block for the table's highest key.
		if i == last && (!ok || !soundBlock(block)) {
			return fmt.Errorf("%w: its last block is damaged", ErrUnsafe)
		}
		damage = fmt.Errorf("block %d of %d: %w", i+1, last+1, errChecksum)
	}
	return damage
}

func readAt(f io.ReaderAt, from, to int64) ([]byte, error) {
	b := make([]byte, to-from)
	_, err := f.ReadAt(b, from)
	return b, err
}

// maxChecksum is the longest checksum that a table or block has.
const maxChecksum = 16

// cutChecksum takes the checksum off the end of p: a protocol buffer of an
// algorithm (field 1, left out for crc32c) and a sum (field 2), then its length.
func cutChecksum(p []byte) (body []byte, sum uint32, ok bool) {
	if len(p) < 4 {
		return nil, 0, false
	}
	n := int(binary.BigEndian.Uint32(p[len(p)-4:]))
	p = p[:len(p)-4]
	if n > len(p) || n > maxChecksum {
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

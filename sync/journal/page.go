package journal

import (
	"encoding/binary"
)

// Rows are stored in pages: as many as fit, in the order of keys, each with how
// many bytes its key shares with the one before. A put costs far more than a row
// does inside one.

const (
	// pageBytes is how much a page gathers: it is read and written as a whole, and
	// ten of them fit into a transaction beside a block.
	pageBytes = 64 << 10
	// pageOverhead is what a page counts in a commit beside its rows.
	pageOverhead = runKeySize + 4 + writeOverhead
	// rowOverhead is what a row's lengths take at most.
	rowOverhead = 3 * 5
)

const runKeySize = 1 + 8 + 4

// pageKey appends the key of a run's page.
func pageKey(b []byte, id uint64, page int) []byte {
	return be32(be64(append(b, roomRuns), id), uint32(page))
}

// parsePageKey reads a page's key.
func parsePageKey(key []byte) (id uint64, page int, ok bool) {
	if len(key) != runKeySize || key[0] != roomRuns {
		return 0, 0, false
	}
	return binary.BigEndian.Uint64(key[1:]), int(binary.BigEndian.Uint32(key[9:])), true
}

// pageBuilder packs rows, which come in the order of keys, into a page.
type pageBuilder struct {
	buf  []byte
	last []byte // the key before
	rows int
}

func (p *pageBuilder) reset() { p.buf, p.last, p.rows = p.buf[:0], p.last[:0], 0 }

func (p *pageBuilder) full() bool { return len(p.buf) >= pageBytes }

func (p *pageBuilder) add(key, value []byte, deleted bool) {
	shared := 0
	for shared < min(len(key), len(p.last)) && key[shared] == p.last[shared] {
		shared++
	}
	p.buf = binary.AppendUvarint(p.buf, uint64(shared))
	p.buf = binary.AppendUvarint(p.buf, uint64(len(key)-shared))
	p.buf = append(p.buf, key[shared:]...)
	if deleted {
		p.buf = append(p.buf, 0)
	} else {
		p.buf = binary.AppendUvarint(p.buf, uint64(len(value))+1)
		p.buf = append(p.buf, value...)
	}
	p.last = append(p.last[:shared], key[shared:]...)
	p.rows++
}

// page is a page being read, row by row.
type page struct {
	rest    reader
	key     []byte
	value   []byte // valid as long as what the page was read from
	deleted bool
}

// openPage looks at a page as stored under a key; wrong says what is the matter.
func openPage(p *page, key, stored []byte) (wrong string) {
	body, ok := parseRow(key, stored)
	if !ok {
		return "its checksum does not match"
	}
	*p = page{rest: reader{b: body}, key: p.key[:0]}
	return ""
}

// next reads the next row; more is false at the end. Rows are in ascending order,
// or the page is wrong.
func (p *page) next() (more bool, wrong string) {
	r := &p.rest
	if len(r.b) == 0 && !r.bad {
		return false, ""
	}
	first := len(p.key) == 0
	shared, size := r.uvarint(), r.uvarint()
	rest := r.bytes(size)
	length := r.uvarint()
	p.deleted, p.value = length == 0, nil
	if !p.deleted {
		p.value = r.bytes(length - 1)
	}
	switch {
	case r.bad || shared > uint64(len(p.key)) || len(rest) == 0:
		return false, "a row of it cannot be read"
	case !first && shared < uint64(len(p.key)) && rest[0] <= p.key[shared]:
		return false, "its rows are not in order"
	}
	p.key = append(p.key[:shared], rest...)
	return true, ""
}

package outbox

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"sync"
)

// register is a second, plain copy of what must never be forgotten: which box has
// which id, and the highest seq each has given out. Badger cuts its newest log off
// at the first damaged byte, and leaves out a table whose index is damaged; without
// the register the seqs in it would be given out a second time.
//
// It is one file of fixed slots, one per box id:
//
//	head 8 · crc 4 · – 4 · crc 4 · device length 1 · install length 1 · device · install
//
// A slot's names are synced when the box is made. Its head is written after the
// commit it speaks of and not synced: it can be behind the rows (after a power
// cut), never ahead of them, so a head above the last row is proof of a loss.
type register struct {
	mu    sync.Mutex
	f     file
	names map[uint32]Name
	heads map[uint32]uint64
}

const (
	slotNames     = 16 // where the names part begins
	slotBytes     = slotNames + 6 + 2*MaxNameBytes
	registerBytes = slotBytes * MaxBoxes
)

// openRegister reads all slots; a damaged part of a slot counts as not there.
func openRegister(f file) (*register, error) {
	r := &register{f: f, names: map[uint32]Name{}, heads: map[uint32]uint64{}}
	slot := make([]byte, slotBytes)
	for id := uint32(1); id <= MaxBoxes; id++ {
		n, err := f.ReadAt(slot, int64(id-1)*slotBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		clear(slot[n:])
		name, okName, head, okHead := decodeSlot(id, slot)
		if okName {
			r.names[id] = name
		}
		if okHead {
			r.heads[id] = head
		}
		if n < slotBytes {
			break
		}
	}
	return r, nil
}

func decodeSlot(id uint32, slot []byte) (name Name, okName bool, head uint64, okHead bool) {
	if len(slot) != slotBytes {
		return Name{}, false, 0, false
	}
	head = binary.BigEndian.Uint64(slot)
	okHead = head <= MaxSeq && binary.BigEndian.Uint32(slot[8:]) == slotSum(id, slot[:8])
	p := slot[slotNames:]
	d, i := int(p[4]), int(p[5])
	if d == 0 || i == 0 || 6+d+i > len(p) || binary.BigEndian.Uint32(p) != slotSum(id, p[4:6+d+i]) {
		return Name{}, false, head, okHead
	}
	return Name{Device: string(p[6 : 6+d]), Install: string(p[6+d : 6+d+i])}, true, head, okHead
}

func slotSum(id uint32, p []byte) uint32 {
	sum := crc32.Update(0, castagnoli, binary.BigEndian.AppendUint32(nil, id))
	return crc32.Update(sum, castagnoli, p)
}

// enter writes the names of a new box, synced.
func (r *register) enter(id uint32, n Name) error {
	p := make([]byte, 6, slotBytes-slotNames)
	p[4], p[5] = byte(len(n.Device)), byte(len(n.Install))
	p = append(p, n.Device...)
	p = append(p, n.Install...)
	binary.BigEndian.PutUint32(p, slotSum(id, p[4:]))
	r.mu.Lock()
	defer r.mu.Unlock()
	p = append(p, make([]byte, cap(p)-len(p))...)
	if _, err := r.f.WriteAt(p, int64(id-1)*slotBytes+slotNames); err != nil {
		return err
	}
	if err := r.f.Sync(); err != nil {
		return err
	}
	r.names[id] = n
	return nil
}

// raise notes the highest seq a box has given out.
func (r *register) raise(id uint32, head uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if head <= r.heads[id] {
		return nil
	}
	var p [12]byte
	binary.BigEndian.PutUint64(p[:], head)
	binary.BigEndian.PutUint32(p[8:], slotSum(id, p[:8]))
	if _, err := r.f.WriteAt(p[:], int64(id-1)*slotBytes); err != nil {
		return err
	}
	r.heads[id] = head
	return nil
}

func (r *register) head(id uint32) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heads[id]
}

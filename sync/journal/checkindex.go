package journal

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
)

// indexCheck compares the device index with the blocks, in both directions: each
// block is looked up, and what is stored for the blocks of windows that were
// written is added up and must come to the same.
type indexCheck struct {
	c      *core
	cut    uint64 // for the blocks before it the stored index is complete
	seed   maphash.Seed
	blocks tally
	pieces map[string]*indexPiece // of devices: the piece that was found last
	key    []byte
}

// tally adds up touches, in any order.
type tally struct{ count, sum uint64 }

// indexPiece is a piece of a device's index, and how far the blocks have come in
// it: they come in the same order.
type indexPiece struct {
	touches []touch
	at      int
}

// maxIndexPieces bounds the memory of a check of many devices.
const maxIndexPieces = 4_096

func newIndexCheck(c *core) indexCheck {
	c.mu.Lock()
	defer c.mu.Unlock()
	return indexCheck{c: c, cut: c.cut, seed: maphash.MakeSeed(), pieces: make(map[string]*indexPiece)}
}

func (k *indexCheck) add(t *tally, prefix []byte, one touch) {
	k.key = appendTouch(append(k.key[:0], prefix...), one)
	t.count++
	t.sum += maphash.Bytes(k.seed, k.key)
}

// block looks each device of a block up in the index.
func (k *indexCheck) block(b *Block, touched []touched) error {
	var prefix []byte
	for i := range touched {
		t := &touched[i]
		prefix = deviceKey(prefix[:0], t.device, t.install)
		want := touch{b.First, t.high, t.low}
		there, err := k.leads(prefix, want)
		if err != nil {
			return err
		}
		if !there {
			return &Damage{From: b.First, To: b.Last, Derived: true,
				What: fmt.Sprintf("the index of device %.200q, install %.200q does not lead to their block", t.device, t.install)}
		}
		if b.First < k.cut {
			k.add(&k.blocks, prefix, want)
		}
	}
	return nil
}

// leads says whether the index of a device leads to a block: mostly in the piece
// that led to the one before.
func (k *indexCheck) leads(prefix []byte, want touch) (bool, error) {
	if p := k.pieces[string(prefix)]; p != nil && p.reach(want) {
		return true, nil
	}
	if len(k.pieces) >= maxIndexPieces {
		clear(k.pieces)
	}
	p := &indexPiece{}
	k.pieces[string(prefix)] = p
	for _, tail := range k.c.tails.pieces(prefix) {
		var ok bool
		if p.touches, ok = appendTouches(p.touches[:0], tail.Bytes, anySeq); ok && p.reach(want) {
			return true, nil
		}
	}
	there := false
	err := k.c.st.each(prefix, be64(bytes.Clone(prefix), want.high), false, func(key, value []byte) (bool, error) {
		var ok bool
		if p.touches, ok = parseIndex(p.touches[:0], key, value, anySeq); !ok {
			return false, badIndex(key)
		}
		p.at = 0
		there = p.reach(want)
		return !there, nil
	})
	return there, err
}

// reach goes on to a touch, if it is in the piece and not passed.
func (p *indexPiece) reach(want touch) bool {
	for at := p.at; at < len(p.touches) && p.touches[at].block <= want.block; at++ {
		if p.touches[at] == want {
			p.at = at
			return true
		}
	}
	return false
}

// stored goes through the stored index. Where a Close was cut short, a piece may
// be there twice, as far as it had come and whole: the later one counts.
func (k *indexCheck) stored(ctx context.Context) error {
	var device []byte
	var touches []touch
	var sum tally
	pieces := make(map[uint64]tally) // of the device, by their first block
	flush := func() {
		for _, t := range pieces {
			sum.count += t.count
			sum.sum += t.sum
		}
		clear(pieces)
	}
	prefix := [1]byte{roomDevices}
	err := k.c.st.each(prefix[:], prefix[:], false, func(key, value []byte) (bool, error) {
		var ok bool
		if touches, ok = parseIndex(touches[:0], key, value, anySeq); !ok || len(touches) == 0 {
			return false, badIndex(key)
		}
		name := key[:len(key)-8]
		if !bytes.Equal(name, device) {
			flush()
			device = append(device[:0], name...)
		}
		var one tally
		for _, t := range touches {
			if t.block < k.cut {
				k.add(&one, name, t)
			}
		}
		first := slices.MinFunc(touches, func(a, b touch) int { return cmp.Compare(a.block, b.block) })
		pieces[first.block] = one
		return true, ctx.Err()
	})
	flush()
	if err == nil && sum != k.blocks {
		err = lost("the index has %d places that the entries do not have, or others than they have %d", sum.count, k.blocks.count)
	}
	return err
}

func badIndex(key []byte) error {
	return lost("the index key %.500x cannot be read", key)
}

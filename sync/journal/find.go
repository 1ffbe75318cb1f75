package journal

import (
	"errors"

	"bayledger/sync/ledger"
)

// Find looks through the blocks that the device's index names: the part of it in
// memory first, then the stored pieces from the first whose highest seq of the
// device is not below the one sought. A device's seqs come in order, but for
// those that come over REST or in files: then later pieces are looked at too.
func (c *core) Find(id ledger.Identity) (found Found, err error) {
	if err := c.readable(); err != nil {
		return Found{}, err
	}
	if id.Seq == 0 || len(id.Device) > MaxName || len(id.Install) > MaxName {
		return Found{}, ErrNotFound
	}
	head := c.Head().N
	prefix := deviceKey(nil, id.Device, id.Install)
	from := be64(prefix[:len(prefix):len(prefix)], id.Seq)
	var touches []touch
	look := func(ok bool) (more bool, err error) {
		if !ok {
			return false, lost("the index of device %.200q, install %.200q cannot be read", id.Device, id.Install)
		}
		found, err = c.findIn(id, head, touches)
		return err == nil && found.N == 0, err
	}
	touches, ok := c.tails.touches(touches, prefix, id.Seq)
	if more, err := look(ok); !more {
		return found, err
	}
	err = c.st.each(prefix, from, false, func(key, value []byte) (bool, error) {
		touches, ok = parseIndex(touches[:0], key, value, id.Seq)
		return look(ok && len(key) == len(from))
	})
	if err == nil && found.N == 0 {
		err = ErrNotFound
	}
	return found, err
}

// findIn looks for an identity in the blocks that may hold it.
func (c *core) findIn(id ledger.Identity, head uint64, touches []touch) (Found, error) {
	for _, t := range touches {
		if t.block > head {
			continue // being appended
		}
		b, err := c.block(t.block)
		if err != nil {
			return Found{}, err
		}
		if i := b.find(id); i >= 0 {
			n := t.block + uint64(i)
			return Found{N: n, Record: b.Record(n)}, nil
		}
	}
	return Found{}, nil
}

// block returns the block that begins with entry first.
func (c *core) block(first uint64) (*Block, error) {
	if b := c.cache.get(first); b != nil {
		return b, nil
	}
	b, err := c.load(first)
	if err != nil {
		return nil, err
	}
	c.cache.put(b)
	return b, nil
}

func (c *core) load(first uint64) (b *Block, err error) {
	var h header
	var whole []byte
	decode := func(block []byte) (err error) {
		b, err = decodeBlock(&h, block)
		return err
	}
	err = c.st.get(blockKey(nil, first), func(value []byte) error {
		var wrong string
		if h, wrong = parseHeader(value); wrong != "" || h.first != first {
			return damage(first, 0, "their block cannot be read: %s", or(wrong, "it is another one"))
		}
		if h.parts == 1 {
			return decode(value)
		}
		whole = append(make([]byte, 0, h.size()), value...)
		return nil
	})
	for k := 1; err == nil && k < h.parts; k++ {
		err = c.st.get(partKey(nil, first, k), func(value []byte) error {
			whole = append(whole, value...)
			return nil
		})
	}
	switch {
	case errors.Is(err, errNoKey):
		return nil, damage(first, 0, "their block, or a part of it, is missing though the index names it")
	case err == nil && h.parts > 1:
		err = decode(whole)
	}
	return b, err
}

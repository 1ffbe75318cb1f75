package journal

import (
	"errors"
	"fmt"
)

// openCore finds out where a store's journal ends, and reads the row changes
// that are not yet under their own keys.
func openCore(st store, o Options, free func() (uint64, error)) (*core, error) {
	o = o.withDefaults()
	if o.FreeBytes == nil {
		o.FreeBytes = free
	}
	c := &core{
		st: st, lag: o.CheckpointLag, dirty: newDirty(),
		space: space{free: o.FreeBytes, reserve: o.Reserve},
	}
	head := &Head{}
	var err error
	if head.Epoch, err = openEpoch(st, o.NewEpoch); err != nil {
		return nil, err
	}
	if err := c.findHead(head); err != nil {
		return nil, err
	}
	c.head.Store(head)
	if err := c.replay(); err != nil {
		return nil, err
	}
	return c, nil
}

const format = `{"format":1}`

// openEpoch reads the epoch, after a look at the format; a folder without a
// journal gets both.
func openEpoch(st store, newEpoch func() string) (epoch string, err error) {
	var layout string
	err = st.get(formatKey, func(v []byte) error { layout = string(v); return nil })
	if err != nil && !errors.Is(err, errNoKey) {
		return "", err
	}
	if err == nil && layout != format {
		return "", fmt.Errorf("%w: it says %.100q where this program writes %s", ErrFormat, layout, format)
	}
	err = st.get(epochKey, func(v []byte) error { epoch = string(v); return nil })
	switch {
	case err == nil && layout == "":
		return "", fmt.Errorf("%w: it has a journal but does not say in what format", ErrFormat)
	case err == nil || !errors.Is(err, errNoKey):
		return epoch, err
	}
	for _, room := range []byte{roomBlocks, roomDevices, roomRows} {
		used := false
		err := st.each([]byte{room}, []byte{room}, false, func(_, _ []byte) (bool, error) {
			used = true
			return false, nil
		})
		if err != nil {
			return "", err
		}
		if used {
			return "", damage(0, 0, "there are entries or rows, but no epoch")
		}
	}
	if newEpoch == nil {
		return "", fmt.Errorf("%w: it is new, and Options.NewEpoch is nil", ErrFolder)
	}
	return newFolder(st, newEpoch())
}

func newFolder(st store, epoch string) (string, error) {
	if err := checkEpoch(epoch); err != nil {
		return "", err
	}
	return epoch, st.commit([]write{
		{key: formatKey, value: []byte(format)},
		{key: epochKey, value: []byte(epoch)},
		{key: markKey, value: appendMark(nil, 1)},
	})
}

func checkEpoch(epoch string) error {
	if epoch == "" || len(epoch) > MaxEpoch {
		return fmt.Errorf("%w: an epoch of %d bytes; it takes 1 to %d", ErrFolder, len(epoch), MaxEpoch)
	}
	return nil
}

// findHead reads the header of the last block. Parts without a block after it
// were stored ahead of a commit that never came: they are taken away.
func (c *core) findHead(head *Head) error {
	var orphans []write
	var h header
	found := false
	err := c.st.each([]byte{roomBlocks}, []byte{roomBlocks}, true, func(key, value []byte) (bool, error) {
		first, k, ok := parseBlockKey(key)
		switch {
		case !ok:
			return false, damage(0, 0, "there is a key %x among the blocks", key)
		case k > 0:
			orphans = append(orphans, write{key: append([]byte(nil), key...), remove: true})
			return true, nil
		}
		var wrong string
		if h, wrong = parseHeader(value); wrong != "" || h.first != first {
			return false, damage(first, 0, "the block cannot be read: %s", or(wrong, "it is another one"))
		}
		orphans = others(orphans, first)
		found = true
		return false, nil
	})
	if err != nil {
		return err
	}
	if len(orphans) > 0 {
		if err := c.st.commit(orphans); err != nil {
			return err
		}
	}
	if found {
		head.N, head.Hash, head.BookedAt = h.last(), h.head, h.bookedAt
	}
	return nil
}

// others returns the parts that are not of the block that begins with first.
func others(parts []write, first uint64) []write {
	var out []write
	for _, p := range parts {
		if of, _, _ := parseBlockKey(p.key); of != first {
			out = append(out, p)
		}
	}
	return out
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// replay gathers the row changes of the blocks from the mark on.
func (c *core) replay() error {
	ok := false
	err := c.st.get(markKey, func(v []byte) error {
		c.mark, ok = parseMark(v)
		return nil
	})
	if err != nil && !errors.Is(err, errNoKey) {
		return err
	}
	head := c.Head().N
	switch {
	case err != nil || !ok || c.mark == 0:
		return damage(0, 0, "the record of which rows are checkpointed (jmark) cannot be read")
	case c.mark > head+1:
		return damage(head+1, 0, "rows are checkpointed through entry %d, but these entries are missing", c.mark-1)
	case c.mark == head+1:
		return nil
	}
	var decoder rowsDecoder
	return c.blocks(blockKey(nil, c.mark), c.mark, head, func(h *header, block []byte) (bool, error) {
		rows, wrong := decoder.decode(h, block)
		if wrong != "" {
			return false, damage(h.first, h.last(), "their block's rows cannot be read: %s", wrong)
		}
		c.dirty.apply(h.first, rows)
		return true, nil
	})
}

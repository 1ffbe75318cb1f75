package journal

import (
	"errors"
	"fmt"
)

// openCore finds out where a store's journal ends, and reads the row changes
// that are in no run yet.
func openCore(st store, o Options, free func() (uint64, error)) (*core, error) {
	o = o.withDefaults()
	c := newCore(st, o, free)
	head := &Head{}
	var err error
	if head.Epoch, err = openEpoch(st, o); err != nil {
		return nil, err
	}
	newest, err := c.findHead(head)
	if err != nil {
		return nil, err
	}
	c.head.Store(head)
	if err := c.openSpan(newest); err != nil {
		return nil, err
	}
	if err := c.openRuns(); err != nil {
		return nil, err
	}
	if err := c.replay(); err != nil {
		return nil, err
	}
	c.marked.Store(c.mark)
	return c, nil
}

// newCore makes a journal that has read nothing yet; free tells of the disk where
// the options do not.
func newCore(st store, o Options, free func() (uint64, error)) *core {
	if o.FreeBytes == nil {
		o.FreeBytes = free
	}
	return &core{
		st: st, lag: o.CheckpointLag, log: o.Log, dirty: newDirty(), tails: newTails(o.CheckpointLag),
		space: space{free: o.FreeBytes, reserve: o.Reserve},
	}
}

const format = `{"format":2}`

// openEpoch reads the epoch, after a look at the format; a folder without a
// journal gets both.
func openEpoch(st store, o Options) (epoch string, err error) {
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
	for _, room := range []byte{roomBlocks, roomDevices, roomRows, roomRuns, roomSegments} {
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
	if o.NewEpoch == nil {
		return "", fmt.Errorf("%w: it is new, and Options.NewEpoch is nil", ErrFolder)
	}
	return newFolder(st, o.NewEpoch(), o.CheckpointLag)
}

func newFolder(st store, epoch string, span uint64) (string, error) {
	if err := checkEpoch(epoch); err != nil {
		return "", err
	}
	return epoch, st.commit([]write{
		{key: formatKey, value: []byte(format)},
		{key: epochKey, value: []byte(epoch)},
		{key: markKey, value: appendMark(nil, 1)},
		{key: runsKey, value: (&runs{}).encode(nil)},
		{key: spanKey, value: appendSpan(nil, 1, span)},
	})
}

// openSpan reads how far segments are written and how many entries a window of
// them has. A folder whose newest block is of a version without appends gets
// both: there is nothing to cut before its end.
func (c *core) openSpan(newest byte) error {
	ok := false
	err := c.st.get(spanKey, func(v []byte) error {
		c.cut, c.tails.span, ok = parseSpan(v)
		return nil
	})
	switch {
	case errors.Is(err, errNoKey) && newest == rowsOnly:
		c.cut = c.Head().N + 1
		return c.st.commit([]write{{key: spanKey, value: appendSpan(nil, c.cut, c.tails.span)}})
	case err != nil && !errors.Is(err, errNoKey):
		return err
	case !ok:
		return lost("the record of which segments are written (jspan) cannot be read")
	}
	return nil
}

func checkEpoch(epoch string) error {
	if epoch == "" || len(epoch) > MaxEpoch {
		return fmt.Errorf("%w: an epoch of %d bytes; it takes 1 to %d", ErrFolder, len(epoch), MaxEpoch)
	}
	return nil
}

// findHead reads the header of the last block, and returns its version, rowsOnly
// if there is none. Parts without a block after it were stored ahead of a commit
// that never came: they are taken away.
func (c *core) findHead(head *Head) (version byte, err error) {
	var orphans []write
	var h header
	found := false
	err = c.st.each([]byte{roomBlocks}, []byte{roomBlocks}, true, func(key, value []byte) (bool, error) {
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
		return 0, err
	}
	if len(orphans) > 0 {
		if err := c.st.commit(orphans); err != nil {
			return 0, err
		}
	}
	if !found {
		return rowsOnly, nil
	}
	head.N, head.Hash, head.BookedAt = h.last(), h.head, h.bookedAt
	return h.version, nil
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

// replay gathers the row changes and the appends of the blocks from their marks
// on.
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
		return lost("the record of which rows are checkpointed (jmark) cannot be read")
	case max(c.mark, c.cut) > head+1:
		return damage(head+1, 0, "rows are checkpointed through entry %d, but these entries are missing", max(c.mark, c.cut)-1)
	}
	from := min(c.mark, c.cut)
	if from == head+1 {
		return nil
	}
	var decoder rowsDecoder
	return c.blocks(blockKey(nil, from), from, head, func(h *header, block []byte) (bool, error) {
		rows, appends, err := c.carried(h, block, &decoder)
		if err != nil {
			return false, err
		}
		return true, c.note(h, rows, appends)
	})
}

// carried returns the row changes and the appends of a block. Blocks of before there
// were appends say nothing of the index; it is made from their entries, where a
// Rebuild has begun to make it anew.
func (c *core) carried(h *header, block []byte, decoder *rowsDecoder) (rows, appends []Row, err error) {
	rows, appends, wrong := decoder.decode(h, block)
	if wrong != "" {
		return nil, nil, damage(h.first, h.last(), "their block's rows cannot be read: %s", wrong)
	}
	if h.version > rowsOnly || h.first < c.cut {
		return rows, appends, nil
	}
	b, err := (&storedBlock{*h, block}).decode()
	if err != nil {
		return nil, nil, err
	}
	c.enc.number(b.records)
	return rows, c.added.gather(h.first, c.enc.touch, nil), nil
}

// note takes the row changes and the appends of a block that lies behind the marks.
func (c *core) note(h *header, rows, appends []Row) error {
	if h.first >= c.mark {
		c.dirty.apply(h.first, rows)
	}
	if h.first < c.cut {
		return nil
	}
	for i := range appends {
		if !isAddition(&appends[i]) {
			return damage(h.first, h.last(), "their block appends to what cannot be")
		}
	}
	c.tails.apply(h.first, h.last(), h.bookedAt, appends)
	return nil
}

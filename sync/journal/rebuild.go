package journal

import (
	"context"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Rebuild derives again what follows from the entries: the rows, the device index,
// and what was appended to keys. It is for a folder whose derived keys are damaged
// or gone, and takes about as long as booking everything did, without the syncs.
//
// The blocks are checked first, all of them: if one is damaged, Rebuild says which
// in a *Damage and changes nothing. It can be broken off at any time: a folder that
// is half rebuilt opens, slowly, and can be rebuilt again. The journal must not be
// open; the database is its owner's. progress, which may be nil, is called with the
// entry reached, first in checking and then in deriving.
func Rebuild(ctx context.Context, db *badger.DB, o Options, progress func(n uint64)) error {
	return rebuild(ctx, &disk{db: db}, o, progress)
}

func rebuild(ctx context.Context, d *disk, o Options, progress func(n uint64)) error {
	if progress == nil {
		progress = func(uint64) {}
	}
	if err := d.fit(); err != nil {
		return err
	}
	o = o.withDefaults()
	c := newCore(d, o, (&freeLook{dir: d.db.Opts().Dir, now: time.Now}).bytes)
	head := &Head{}
	var err error
	if head.Epoch, err = openEpoch(d, o); err != nil {
		return err
	}
	if _, err := c.findHead(head); err != nil {
		return err
	}
	c.head.Store(head)
	k := checker{c: c, head: *head}
	if err := k.blocks(ctx, progress); err != nil {
		return err
	}
	if err := c.forgetDerived(ctx); err != nil {
		return err
	}
	if err := c.deriveAll(ctx, progress); err != nil {
		return err
	}
	return c.Close()
}

// forgetDerived removes everything that deriveAll makes. The marks come first: from
// then on whoever opens the folder takes the blocks' word.
func (c *core) forgetDerived(ctx context.Context) error {
	c.mark, c.cut = 1, 1
	c.runs = runs{}
	if err := c.st.commit([]write{{key: markKey, value: appendMark(nil, c.mark)}, {key: spanKey, value: appendSpan(nil, c.cut, c.tails.span)},
		{key: runsKey, value: c.runs.encode(nil)}}); err != nil {
		return err
	}
	for _, room := range []byte{roomRows, roomRuns, roomDevices, roomSegments} {
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if more, err = c.forgetSome(room); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetAtOnce is how many keys one commit removes.
const forgetAtOnce = 10_000

// forgetSome removes the first keys of a room; more is false where these were all.
func (c *core) forgetSome(room byte) (more bool, err error) {
	w := &c.writes
	w.reset()
	most, count := c.st.limits()
	prefix := []byte{room}
	err = c.st.each(prefix, prefix, false, func(key, _ []byte) (bool, error) {
		if more = len(w.list) == min(forgetAtOnce, count-2) || w.bytes+len(key)+writeOverhead > most; more {
			return false, nil
		}
		start := len(w.arena)
		w.arena = append(w.arena, key...)
		w.add(write{key: w.keep(start), remove: true})
		return true, nil
	})
	if err != nil || len(w.list) == 0 {
		return false, err
	}
	return more, c.st.commit(w.list)
}

// deriveAll takes what all blocks carry, and writes it as far as it has aged.
func (c *core) deriveAll(ctx context.Context, progress func(uint64)) error {
	var decoder rowsDecoder
	for next, head := uint64(1), c.Head().N; next <= head; progress(next - 1) {
		if err := ctx.Err(); err != nil {
			return err
		}
		stored, err := c.fetch(blockKey(nil, next), next, head, aheadBlocks)
		if err != nil {
			return err
		}
		for i := range stored {
			if err := c.derive(&stored[i], &decoder); err != nil {
				return err
			}
			next = stored[i].h.last() + 1
		}
	}
	return nil
}

// derive notes what a block carries, and writes what is due, as Append does.
func (c *core) derive(s *storedBlock, decoder *rowsDecoder) error {
	h := &s.h
	rows, appends, err := c.carried(h, s.block, decoder)
	if err != nil {
		return err
	}
	if err := c.relieve(h.first); err != nil {
		return err
	}
	if err := c.note(h, rows, appends); err != nil {
		return err
	}
	most, count := c.st.limits()
	c.writes.reset()
	if err := c.checkpoint(h.last()-min(c.lag, h.last()), len(rows), most, count); err != nil {
		return err
	}
	c.cutPieces(c.tails.quota(h.last(), int(h.count)), false, most, count)
	mark, cut := c.marks(h.last()+1, h.last()+1)
	if len(c.writes.list) == 0 {
		return nil
	}
	if err := c.st.commit(c.writes.list); err != nil {
		return err
	}
	c.tails.written()
	c.mark, c.cut = mark, cut
	return nil
}

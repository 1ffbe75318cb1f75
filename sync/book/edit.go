package book

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

type editRequest struct {
	actor   string
	patches []ledger.Patch
	try     bool
	reply   chan editReply
	// instead, if not nil, is what to do other than to edit; see ask.
	instead func(w *writer, reply *editReply)
}

type editReply struct {
	edits  []ledger.Edit
	index  []int
	faults []ledger.EditFault
	bad    int
	err    error
	// Of what is done instead of an edit:
	alerts []ledger.Alert
	fresh  bool
}

// Edit changes master data: all patches or none, one entry for each that changes
// anything. It returns the edits once they are durable. With try nothing is
// changed and the edits are what would be. Errors: a *ledger.Fault with the index
// of the patch at fault, ErrClosed, that of ctx.
func (b *Book) Edit(ctx context.Context, actor string, patches []ledger.Patch, try bool) (edits []ledger.Edit, bad int, err error) {
	r := b.edits(ctx, actor, patches, try)
	return r.edits, r.bad, r.err
}

// Edits is what became of many patches at once.
type Edits struct {
	Edits  []ledger.Edit
	Index  []int // of the patch of each
	Faults []ledger.EditFault
}

// EditAll is Edit that tells of all bad patches, up to the ledger's bound, and of which
// patch each edit is. Errors: as Edit, with Faults where patches are at fault.
func (b *Book) EditAll(ctx context.Context, actor string, patches []ledger.Patch, try bool) (Edits, error) {
	r := b.edits(ctx, actor, patches, try)
	return Edits{r.edits, r.index, r.faults}, r.err
}

func (b *Book) edits(ctx context.Context, actor string, patches []ledger.Patch, try bool) editReply {
	if len(patches) > MaxEdits || sizeOf(patches) > maxEditBytes {
		return editReply{err: &ledger.Fault{Code: ledger.TooLarge, Message: fmt.Sprintf("More than %d changes, or 8 MiB of them, at once. Nothing was changed; send them as several.", MaxEdits)}}
	}
	reply, err := b.ask(ctx, &editRequest{actor: actor, patches: patches, try: try})
	if err != nil {
		return editReply{bad: -1, err: err}
	}
	return reply
}

// ask hands something that is no intent to the writer, and waits until it is durable.
func (b *Book) ask(ctx context.Context, r *editRequest) (editReply, error) {
	r.reply = make(chan editReply, 1)
	if err := b.give(ctx, work{edit: r}); err != nil {
		return editReply{}, err
	}
	select {
	case reply := <-r.reply:
		return reply, nil
	case <-b.failed:
		return editReply{}, ErrFailed
	case <-b.stopped:
		b.group.Wait()
		select {
		case reply := <-r.reply:
			return reply, nil
		default:
			return editReply{}, ErrClosed
		}
	}
}

// EditsOf returns the entries that edited an item before an entry, the newest first
// and some at most; more says that there are older ones. Those of releases that kept no
// list are not among them. It reads what is stored, and holds nobody up. Errors: those
// of reading.
func (b *Book) EditsOf(it ledger.Item, before uint64, most int) (entries []uint64, more bool, err error) {
	err = b.journal.Appended(ledger.EditsKey(it.Entity, it.Key), func(p journal.Piece) (bool, error) {
		if p.First >= before {
			return true, nil
		}
		list, ok := ledger.ReadEdits(p.Bytes)
		if !ok {
			return false, fmt.Errorf("the list of edits of %s %q cannot be read", it.Entity, it.Key)
		}
		for _, n := range slices.Backward(list) {
			if n >= before {
				continue
			}
			if len(entries) == most {
				more = true
				return false, nil
			}
			entries = append(entries, n)
		}
		return true, nil
	})
	return entries, more, err
}

// Booked returns the entry of an identity as it is stored, ok false where none is.
// Errors: those of reading.
func (b *Book) Booked(id ledger.Identity) (entry []byte, ok bool, err error) {
	found, err := b.journal.Find(id)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, false, nil
	}
	return found.Record.JSON, err == nil, err
}

// sizeOf is about how many bytes the patches' texts have.
func sizeOf(patches []ledger.Patch) (size int) {
	for i := range patches {
		p := &patches[i]
		size += len(p.Code) + len(p.Site) + len(p.Location)
		for name, value := range p.Fields {
			size += len(name) + len(value)
		}
	}
	return size
}

func (w *writer) edit(r *editRequest, room error) {
	if room != nil && !r.try {
		r.reply <- editReply{bad: -1, err: &ledger.Fault{Code: ledger.DiskFull, Message: room.Error()}}
		return
	}
	if r.instead != nil {
		reply := editReply{bad: -1}
		if r.instead(w, &reply); reply.err != nil {
			r.reply <- reply
			return
		}
		w.batch.done = append(w.batch.done, finished{reply: r.reply, edit: reply})
		return
	}
	if !r.try {
		// Settings hold from a moment that no fact booked so far has reached, and
		// none that comes without a moment of its own; a restart changes nothing of it.
		w.bookedAt = max(w.bookedAt, w.latest+1, w.entryAt+1)
	}
	done, bad := w.book.state.EditAll(r.patches, w.n+1, w.bookedAt, r.try)
	if len(bad) > 0 {
		r.reply <- editReply{bad: bad[0].Index, err: bad[0].Fault, faults: bad}
		return
	}
	reply := editReply{bad: -1, edits: make([]ledger.Edit, len(done)), index: make([]int, len(done))}
	for i := range done {
		reply.edits[i], reply.index[i] = done[i].Edit, done[i].Index
		if r.try {
			continue
		}
		e := ledger.Entry{N: w.n + 1, Kind: ledger.KindEdit, BookedAt: w.bookedAt, TEff: w.bookedAt, Actor: r.actor,
			Edit: &done[i].Edit, Outcome: ledger.Applied, Alerts: done[i].Alerts}
		w.add(&e, nil, journal.Record{})
		w.book.edited = w.n
	}
	w.batch.done = append(w.batch.done, finished{reply: r.reply, edit: reply})
}

func (b *Book) markDirty(st *stream) {
	if !st.dirty {
		st.dirty = true
		b.dirty = append(b.dirty, st)
	}
}

// dirtyStreams returns the streams that changed since the last call.
func (b *Book) dirtyStreams() []*stream {
	out := b.dirty
	b.dirty = nil
	for _, st := range out {
		st.dirty = false
	}
	return out
}

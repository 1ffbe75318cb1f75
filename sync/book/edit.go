package book

import (
	"context"
	"fmt"

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
	edits []ledger.Edit
	bad   int
	err   error
	// Of what is done instead of an edit:
	alerts []ledger.Alert
	fresh  bool
}

// Edit changes master data: all patches or none, one entry for each that changes
// anything. It returns the edits once they are durable. With try nothing is
// changed and the edits are what would be. Errors: a *ledger.Fault with the index
// of the patch at fault, ErrClosed, that of ctx.
func (b *Book) Edit(ctx context.Context, actor string, patches []ledger.Patch, try bool) (edits []ledger.Edit, bad int, err error) {
	if len(patches) > MaxEdits || sizeOf(patches) > maxEditBytes {
		return nil, 0, &ledger.Fault{Code: ledger.TooLarge, Message: fmt.Sprintf("More than %d changes, or 8 MiB of them, at once. Nothing was changed; send them as several.", MaxEdits)}
	}
	reply, err := b.ask(ctx, &editRequest{actor: actor, patches: patches, try: try})
	if err != nil {
		return nil, -1, err
	}
	return reply.edits, reply.bad, reply.err
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
	done, bad, f := w.book.state.Edit(r.patches, w.n+1, w.bookedAt, r.try)
	if f != nil {
		r.reply <- editReply{bad: bad, err: f}
		return
	}
	reply := editReply{bad: -1, edits: make([]ledger.Edit, len(done))}
	for i := range done {
		reply.edits[i] = done[i].Edit
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

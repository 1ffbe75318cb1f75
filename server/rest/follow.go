package rest

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/book/history"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// retryMillis is what a browser waits before it comes back to a stream.
const retryMillis = 2_000

// follower is one client of the journal as events.
type follower struct {
	api    *API
	filter history.Filter
	glass  lens.Lens
	after  uint64        // everything up to here has been written
	shown  atomic.Uint64 // the same, for metrics
	wake   chan struct{}
	lag    func()
	out    *stream
}

// behind says how many entries the client has yet to get.
func (f *follower) behind() uint64 {
	head, shown := f.api.book.Head(), f.shown.Load()
	return head - min(head, shown)
}

func (f *follower) run(ctx huma.Context) {
	a := f.api
	f.shown.Store(f.after)
	changed := *a.rights.Load()
	if !f.may(ctx.Context()) { // rights may have changed since the key was judged
		return
	}
	stop := a.book.Feed().Watch(func() {
		select {
		case f.wake <- struct{}{}:
		default: // it has been told already
		}
	})
	defer stop()
	beat := time.NewTicker(a.opts.Heartbeat)
	defer beat.Stop()
	f.out = a.stream(ctx, "text/event-stream")
	ctx.SetHeader("X-Accel-Buffering", "no") // proxies must not keep events back
	f.out.WriteString("retry: " + strconv.Itoa(retryMillis) + "\n")
	f.head()
	err := f.out.send()
	for err == nil {
		select {
		case <-changed: // judged before anything more is shown
			changed = *a.rights.Load()
			if err = f.beat(ctx.Context()); err == errEnd {
				return
			}
		default:
		}
		if err != nil {
			break
		}
		if err = f.catchUp(ctx.Context()); err != nil {
			break
		}
		select {
		case <-changed:
			// judged first thing in the next turn
		case <-f.wake:
		case <-beat.C:
			if err = f.beat(ctx.Context()); err == errEnd {
				return
			}
		case <-a.draining:
			f.out.WriteString("event: drain\ndata: {}\n\n")
			_ = f.out.send()
			return
		case <-ctx.Context().Done():
			return
		}
	}
	if broken(ctx.Context(), err) {
		a.line(ctx.Context()).Info("a stream was cut", "after", f.after, "error", err)
	}
}

// errEnd ends a stream whose key is good no longer.
var errEnd = problem(ledger.BadKey, "The key was revoked.")

// may judges the key again: whoever sees something else now comes again for it.
func (f *follower) may(ctx context.Context) bool {
	who, ok := f.api.store.Authenticate(callOf(ctx).secret)
	now := lens.Of(who)
	return ok && access.May(who, access.ReadActivity) && now.Key() == f.glass.Key()
}

// beat shows that both sides live, and judges the key again.
func (f *follower) beat(ctx context.Context) error {
	if !f.may(ctx) {
		return errEnd
	}
	f.out.WriteString(": \n\n")
	return f.out.send()
}

// catchUp writes everything that there is. Where the filter wanted nothing at
// the end, an event says how far the client has come.
func (f *follower) catchUp(ctx context.Context) error {
	told := f.after
	for {
		blocks, err := f.api.fetch(ctx, f.after)
		if err != nil {
			return err
		}
		if len(blocks) == 0 {
			break
		}
		for _, b := range blocks {
			if last := f.block(b); last > 0 {
				told = last
			}
			f.after = b.Last
		}
		if err := f.out.send(); err != nil {
			return err
		}
		f.shown.Store(f.after)
		if err := ctx.Err(); err != nil || f.api.isDraining() {
			return err
		}
	}
	if told == f.after {
		return nil
	}
	f.head()
	return f.out.send()
}

// block writes what is wanted and shown of a block, and returns the last entry of it.
func (f *follower) block(b *journal.Block) (last uint64) {
	for n := max(f.after+1, b.First); n <= b.Last; n++ {
		entry := b.Entry(n)
		if !f.filter.Wants(entry) {
			continue
		}
		if entry = f.glass.Entry(entry); entry != nil {
			f.entry(n, entry)
			last = n
		}
	}
	return last
}

func (f *follower) entry(n uint64, json []byte) {
	b := append(f.out.AvailableBuffer(), "id: "...)
	b = strconv.AppendUint(b, n, 10)
	f.out.Write(append(b, "\nevent: entry\ndata: "...))
	f.out.Write(json)
	f.out.WriteString("\n\n")
}

func (f *follower) head() {
	b := append(f.out.AvailableBuffer(), "id: "...)
	b = strconv.AppendUint(b, f.after, 10)
	b = append(b, "\nevent: head\ndata: {\"to\":"...)
	b = strconv.AppendUint(b, f.after, 10)
	b = f.api.appendHead(b, f.api.book.Head())
	f.out.Write(append(b, "}\n\n"...))
}

package socket

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// heard notes what a device says of itself.
func (h *Hub) heard(s *session, p *wire.Ping) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.seen[s.device]; d != nil && h.devices[s.device] == s {
		now := h.opts.Now()
		d.Heard, d.Pending, d.Oldest, d.Battery, d.LostFocus = ledger.TimeOf(now), p.Pending, p.Oldest, p.Battery, max(0, p.LostFocus)
		if p.Now != 0 {
			d.Ahead = ahead(p.Now, now)
		}
	}
}

// ahead is how far a device's clock is before ours; 0 where it does not tell.
func ahead(says ledger.Time, now time.Time) time.Duration {
	if says == 0 {
		return 0
	}
	return time.Duration(says-ledger.TimeOf(now)) * time.Microsecond
}

func (h *Hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s)
	delete(h.follows, s)
	h.ended[s.fate()]++
	if h.devices[s.device] == s {
		delete(h.devices, s.device)
		if d := h.seen[s.device]; d != nil {
			d.Connected = false
		}
	}
}

// Devices returns what is known of every device that has said hello since the
// start, or was known at it, sorted by name.
func (h *Hub) Devices() []Device {
	h.mu.Lock()
	out := make([]Device, 0, len(h.seen))
	for _, d := range h.seen {
		out = append(out, *d)
	}
	h.mu.Unlock()
	slices.SortFunc(out, func(a, b Device) int {
		if a.Device < b.Device {
			return -1
		}
		return 1
	})
	return out
}

// Stats returns the hub's counts.
func (h *Hub) Stats() Stats {
	st := Stats{FramesIn: h.framesIn.Load(), FramesOut: h.framesOut.Load(), Intents: h.intents.Load(), Opened: h.opened.Load()}
	head := h.book.Feed().Announced()
	for _, s := range h.all() {
		st.Sessions++
		s.mu.Lock()
		st.Subscriptions += len(s.subs)
		for _, sub := range s.subs {
			st.Lag = max(st.Lag, head-min(head, sub.sent.Load()))
		}
		s.mu.Unlock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	st.Ended = maps.Clone(h.ended)
	return st
}

// Held sums up what the devices hold, and names the few that hold the most.
func (h *Hub) Held(worst int) Held {
	var held Held
	h.mu.Lock()
	for _, d := range h.seen {
		if d.Connected {
			held.Connected++
		}
		if d.Pending == 0 {
			continue
		}
		held.Holding++
		held.Unsent += d.Pending
		if d.Oldest != 0 && (held.Oldest == 0 || d.Oldest < held.Oldest) {
			held.Oldest = d.Oldest
		}
		held.Worst = append(held.Worst, *d)
	}
	h.mu.Unlock()
	slices.SortFunc(held.Worst, func(a, b Device) int {
		return cmp.Or(cmp.Compare(b.Pending, a.Pending), cmp.Compare(a.Device, b.Device))
	})
	held.Worst = held.Worst[:min(worst, len(held.Worst))]
	return held
}

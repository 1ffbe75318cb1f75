package socket

import (
	"context"
)

// comeBack is when one of so many sessions is asked to come back, in seconds.
func (h *Hub) comeBack(sessions int) int {
	return restart + int(h.opts.Rand()*float64(max(1, sessions/backASecond)+1))
}

// Drain refuses new sessions, tells the open ones to come back later, and
// returns when all have gone or ctx ends; then the rest is cut. Called more than
// once, each call returns when all have gone, and the first ctx that ends cuts.
func (h *Hub) Drain(ctx context.Context) {
	h.mu.Lock()
	first := !h.draining
	h.draining = true
	h.mu.Unlock()
	if first {
		h.sendAway()
	}
	select {
	case <-h.gone:
	case <-ctx.Done():
		for _, s := range h.all() {
			_ = s.conn.Close()
		}
		<-h.gone
	}
}

// sendAway tells every session to come back later, and sees to it that gone is
// closed when all have gone.
func (h *Hub) sendAway() {
	list := h.all()
	for _, s := range list {
		s.drain(h.comeBack(len(list)))
	}
	close(h.stop)
	go func() { h.stopped.Wait(); close(h.gone) }()
}

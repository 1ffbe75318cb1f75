package socket

import (
	"context"
	"net"
	"net/http"
	"strconv"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// ServeHTTP upgrades a request to a session.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.shut() {
		w.Header().Set("Retry-After", strconv.Itoa(h.comeBack(maxSessions)))
		http.Error(w, "The server is going away or full. Nothing was taken; come back in a few seconds.", http.StatusServiceUnavailable)
		return
	}
	from := h.opts.From(r)
	if !h.knock(from) {
		w.Header().Set("Retry-After", strconv.Itoa(unheardRetry))
		http.Error(w, "Too many sockets are open that have not said hello. Nothing was taken; come back in a few seconds.", http.StatusTooManyRequests)
		return
	}
	key, number := h.opts.Secret(r), h.opened.Add(1)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil { // the upgrader has answered
		h.heardOf(from)
		return
	}
	s := &session{hub: h, conn: conn, number: number, key: key, from: from, remote: r.RemoteAddr, cbor: conn.Subprotocol() == wire.SubprotocolCBOR}
	if offered := websocket.Subprotocols(r); len(offered) > 0 && conn.Subprotocol() == "" {
		h.heardOf(from)
		s.closeNow(wire.CloseUnsupported, "this server speaks "+wire.SubprotocolJSON+" and "+wire.SubprotocolCBOR)
		return
	}
	if !h.admit(s) {
		h.heardOf(from)
		s.closeNow(wire.CloseDrain, "the server is going away or full")
		return
	}
	go s.read()
}

// host is the host of a request's address.
func host(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// knock counts a socket that has not said hello; false where there are too many.
func (h *Hub) knock(from string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quiets >= h.opts.Unheard || h.unheard[from] >= h.opts.UnheardOf {
		return false
	}
	h.quiets++
	h.unheard[from]++
	return true
}

// heardOf counts it no more: it has said hello, or is gone.
func (h *Hub) heardOf(from string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiets--
	if h.unheard[from]--; h.unheard[from] <= 0 {
		delete(h.unheard, from)
	}
}

// shut says whether no session is let in.
func (h *Hub) shut() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.draining || len(h.sessions) >= maxSessions
}

// admit registers a session, so that a Drain that begins later tells it and waits
// for it; false where one began while the request was upgraded.
func (h *Hub) admit(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining || len(h.sessions) >= maxSessions {
		return false
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	h.sessions[s] = struct{}{}
	h.stopped.Add(1)
	return true
}

func bearer(r *http.Request) string {
	const prefix = "Bearer "
	if v := r.Header.Get("Authorization"); len(v) > len(prefix) && v[:len(prefix)] == prefix {
		return v[len(prefix):]
	}
	return ""
}

// enter makes a session its device's newest and closes an older one; false where
// a connection opened later has said hello before.
func (h *Hub) enter(s *session, hello *wire.Hello) bool {
	h.mu.Lock()
	old := h.devices[s.device]
	if old != nil && (old.who.Until != 0) != (s.who.Until != 0) {
		// One of two handhelds has the name's key, the other one from before and hands in.
		// Neither ends the other; the name is the former's.
		if s.who.Until != 0 {
			h.mu.Unlock()
			return true
		}
		old = nil
	}
	if old != nil && old.number > s.number {
		h.mu.Unlock()
		return false
	}
	h.devices[s.device] = s
	d := h.seen[s.device]
	if d == nil && len(h.seen) < maxSessions {
		d = &Device{}
		h.seen[s.device] = d
	}
	if d != nil {
		now := h.opts.Now()
		*d = Device{Device: s.device, Install: s.install, App: hello.App, Connected: true, Heard: ledger.TimeOf(now), Pending: hello.Pending, Ahead: ahead(hello.Now, now)}
	}
	h.mu.Unlock()
	if old != nil {
		old.close(wire.CloseReplaced, "a newer connection of "+s.device+" took over")
	}
	return true
}

package socket

import (
	"slices"

	"bayledger/server/access"
	"bayledger/sync/wire"
)

// judged looks whether a session's key is what it was, and ends the session where it
// is not, in words: the device keeps what it has not sent. One whose key was taken
// back, or has other rights now, may come again with what it is allowed then.
func (s *session) judged() (ended bool) {
	if !s.ready.Load() {
		return false
	}
	who, ok := s.hub.opts.Authenticate(s.key)
	switch {
	case !ok && s.renewed():
		s.close(wire.CloseResume, "the key is another now; come again with the new one")
	case !ok || who.Device != s.who.Device || who.Name != s.who.Name:
		s.send(&wire.Notice{Type: "notice", Kind: "revoked", Text: "This device's key was taken back. Nothing is lost; pair the device again to send what it holds."})
		s.close(wire.CloseBadKey, "the key was taken back")
	case who.Until != s.who.Until:
		s.sayRevoked()
		s.close(wire.CloseResume, "the key was taken back; come again with what waits")
	case who.Role != s.who.Role || !slices.Equal(who.Grants, s.who.Grants) || (who.Grants == nil) != (s.who.Grants == nil) || !slices.Equal(who.Scope.Words(), s.who.Scope.Words()):
		s.close(wire.CloseResume, "what this key may do has changed; come again")
	default:
		return false
	}
	return true
}

// renewed says whether the key itself is good, and only its secret another: the first
// use of a new secret ends the old one, with which the session came.
func (s *session) renewed() bool {
	if s.hub.opts.Named == nil {
		return false
	}
	now, ok := s.hub.opts.Named(s.who.Name)
	return ok && now.Kind == s.who.Kind && now.Kind != access.Person && now.Until == 0
}

// mayUse says whether somebody who speaks for no device may watch under a name: one
// that a key or a person has only where they could give that key to somebody else,
// because the newest connection of a name ends the older one.
func (s *session) mayUse(who access.Principal, name string) bool {
	if !access.May(who, access.WatchAsAnyone) {
		return false
	}
	if s.hub.opts.Named == nil {
		return true
	}
	holder, ok := s.hub.opts.Named(name)
	return !ok || access.MayTouch(who, holder)
}

func (s *session) sayRevoked() {
	s.send(&wire.Notice{Type: "notice", Kind: "revoked", Text: "This device's key was taken back. What it scanned before is taken in still, and nothing is lost; what it scans now is not booked. Bring it to a supervisor."})
}

// show sends messages, each as a notice. They are kept until the device has said
// something since: what was on its way when a connection broke is shown again.
func (s *session) show(messages []string) {
	if len(messages) == 0 {
		return
	}
	for _, text := range messages {
		s.send(&wire.Notice{Type: "notice", Kind: "message", Text: text})
	}
	s.mu.Lock()
	s.shown += len(messages)
	s.mu.Unlock()
}

// waiting is what waits for a session's device: for the handheld itself, and not for
// somebody who watches under its name, or the handheld that has its name no more.
func (h *Hub) waiting(s *session) Waiting {
	if h.opts.Waiting == nil || s.who.Device == "" || s.who.Until != 0 {
		return Waiting{}
	}
	return h.opts.Waiting(s.device)
}

// told forgets the messages that a device was shown: its ping came after them.
func (h *Hub) told(s *session) {
	s.mu.Lock()
	count := s.shown
	s.shown = 0
	s.mu.Unlock()
	if count > 0 && h.opts.Told != nil {
		h.opts.Told(s.device, count)
	}
}

// RightsChanged judges all sessions at once: somebody's rights are others now.
func (h *Hub) RightsChanged() {
	for _, s := range h.all() {
		s.judged()
	}
}

// Poke tells a device what waits for it, if it is connected.
func (h *Hub) Poke(device string) {
	h.mu.Lock()
	s := h.devices[device]
	h.mu.Unlock()
	if s == nil || !s.ready.Load() {
		return
	}
	w := h.waiting(s)
	s.mu.Lock()
	messages := w.Messages[min(s.shown, len(w.Messages)):]
	policy := s.policy
	s.mu.Unlock()
	s.show(messages)
	s.askForLog(w.Log)
	if w.Renew {
		policy.RenewKey = true
		s.send(&wire.Notice{Type: "notice", Kind: "policy", Policy: &policy})
	}
}

// askForLog has the device hand its log in, over HTTP. It is asked at each connection
// until it has: so nobody has to remember that it was. There is nothing to show.
func (s *session) askForLog(yes bool) {
	if yes {
		s.send(&wire.Notice{Type: "notice", Kind: "log"})
	}
}

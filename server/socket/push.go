package socket

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"bayledger/server/access"
	"bayledger/server/trace"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// stream is a device and an install: whose seqs they are.
type stream struct{ device, install string }

func (s *session) own() stream { return stream{s.device, s.install} }

// of returns the stream that an intent counts to. Who may bring anyone's intents
// may name another; an intent that names none is the session's own.
func (s *session) of(in *ledger.Intent) stream {
	own := s.own()
	if s.who.Device != "" || !access.May(s.who, access.IntentAny) {
		return own // the book refuses what names another
	}
	if in.Device != "" {
		own.device = in.Device
	}
	if in.Install != "" {
		own.install = in.Install
	}
	return own
}

// self is the device name of scans that are the key owner's own.
func (s *session) self() string {
	if s.who.Device != "" {
		return s.who.Device
	}
	return s.who.Name
}

// What gathered while there was no network is handed to the book in pieces: whoever
// scans now waits for one piece, and those who come home together have their turns,
// each hearing from the server long before it takes the connection for dead.
// How many make a piece follows from the time that the book takes for them.
const staleAfter = time.Minute // of the oldest scan of a push: then it waited for a network

// stale says whether a scan was made so long ago that it waited for a network.
func (h *Hub) stale(in *ledger.Intent) bool {
	return in.At != 0 && ledger.TimeOf(h.opts.Now())-in.At > ledger.Time(staleAfter.Microseconds())
}

// push hands intents to the book, each run of one stream's together; false ends
// the session.
func (s *session) push(intents []ledger.Received, traceparent string) bool {
	if !access.May(s.who, access.IntentOwn) {
		s.fail(&ledger.Fault{Code: ledger.NotAllowed, Message: "This key books nothing (" + string(access.IntentOwn) + "). Nothing was taken and nothing is lost; use a key that may."})
		return true
	}
	s.hub.intents.Add(uint64(len(intents)))
	all, most := intents, len(intents)
	if !s.hub.stale(&intents[0].Intent) {
		s.hub.pace.scanned()
	} else if piece := s.hub.book.Piece(); len(intents) > piece {
		most = piece
	}
	var of stream
	var pieces *pieces // of the run of a stream, where it is cut
	for len(intents) > 0 {
		whose, n := s.of(&intents[0].Intent), 1
		if whose != of && most < len(all) {
			of, pieces = whose, newPieces(most)
		}
		for n < min(len(intents), most) && s.of(&intents[n].Intent) == whose {
			n++
		}
		var spent []ledger.Received // nobody refers to them once the book is done
		if n == len(all) {
			spent = all
		}
		if pieces != nil {
			s.hub.pace.wait(s.ctx, n)
		}
		if !pieces.ended() && !s.submit(&book.Submission{Intents: intents[:n:n], Backlog: pieces != nil}, whose, n, spent, traceparent, pieces) {
			return false
		}
		intents = intents[n:]
	}
	return true
}

// pieces are those of one push: where one of them was not taken those behind it are
// not either, and one error answers all.
type pieces struct {
	size    int // of the largest of them
	refused atomic.Bool
}

func newPieces(size int) *pieces { return &pieces{size: size} }

// ended says whether a piece was not taken; nil is a push in one.
func (p *pieces) ended() bool { return p != nil && p.refused.Load() }

// end says that a piece was not taken, and whether it is the first.
func (p *pieces) end() (first bool) { return p == nil || !p.refused.Swap(true) }

// skip tells the book that the intent of a seq was lost on the device.
func (s *session) skip(m *wire.Skip) bool {
	if !access.May(s.who, access.IntentOwn) {
		s.fail(&ledger.Fault{Code: ledger.NotAllowed, Message: "This key books nothing (" + string(access.IntentOwn) + "). Nothing was taken."})
		return true
	}
	return s.submit(&book.Submission{Lost: &book.Lost{Seq: m.Seq, Reason: m.Reason}}, s.own(), 1, nil, "", nil)
}

// submit waits until the session has not too much under way, then hands work to
// the book, and gives back what is spent then; false ends the session.
func (s *session) submit(work *book.Submission, whose stream, count int, spent []ledger.Received, traceparent string, of *pieces) bool {
	most := maxInFlight
	if of != nil {
		most = 2 * of.size // one is decided while the other is stored
	}
	s.mu.Lock()
	for s.inFlight > 0 && s.inFlight+count > most {
		s.drained = make(chan struct{})
		wait := s.drained
		s.mu.Unlock()
		select {
		case <-wait:
		case <-s.ctx.Done():
			return false
		}
		s.mu.Lock()
	}
	s.inFlight += count
	s.mu.Unlock()
	as := access.Bringing(s.who)
	work.Source = book.Source{Device: whose.device, Install: whose.install, Site: s.who.Site, Role: string(as.Role), Transport: book.Socket,
		Actor: as.Right, Self: s.self(), Grants: as.Grants, Until: s.who.Until}
	came, span := s.came, s.span(traceparent, whose, count)
	work.Done = func(r book.Results, err error) {
		if s.hub.opts.Acked != nil && err == nil {
			s.hub.opts.Acked(time.Since(came))
		}
		if span != nil {
			s.traced(span, &r, err)
		}
		s.acked(r, err, whose == s.own(), count, of)
		wire.Reuse(spent)
	}
	// Not the session's context: what was read from the socket is handed on, also
	// while the server drains.
	if err := s.hub.book.Submit(context.Background(), work); err != nil {
		s.close(wire.CloseDrain, "the server is going away")
		return false
	}
	return true
}

// span begins the server's part of a push that its device traces; nil: it does not.
func (s *session) span(traceparent string, whose stream, count int) *trace.Span {
	if traceparent == "" || s.hub.opts.Traces == nil {
		return nil
	}
	span := s.hub.opts.Tracer.Start(traceparent, "push", time.Now())
	if span.Context() == "" {
		return nil
	}
	span.Set("bayledger.device", whose.device)
	span.Set("bayledger.install", whose.install)
	span.Set("bayledger.session", s.number)
	span.Set("bayledger.intents", count)
	return &span
}

// traced ends it, and notes for the watchers which entries it led to. It runs on the
// book's goroutine, before these are announced.
func (s *session) traced(span *trace.Span, r *book.Results, err error) {
	if err != nil {
		span.End(err.Error())
		return
	}
	for i := range r.Results {
		if result := &r.Results[i]; !result.Repeat {
			s.hub.opts.Traces.Note(result.Entry, span.Context())
			span.Set("bayledger.entry", result.Entry)
			span.Set("bayledger.outcome", string(result.Outcome))
		}
	}
	span.End("")
}

// acked takes results from the book. It runs on the book's goroutine and only
// makes a note. What has used up no seq is told as an error, once for each reason,
// and once for all pieces of a push.
func (s *session) acked(r book.Results, err error, own bool, count int, of *pieces) {
	var told []*wire.Error
	a := ack{results: r.Results[:0]}
	for i := range r.Results {
		result := &r.Results[i]
		if !nowhere(result) {
			a.results = append(a.results, *result)
			a.top = max(a.top, result.Entry)
			continue
		}
		if result.Code == ledger.Gap && !tells(told, ledger.Gap) && !of.end() {
			break // a piece before it was not taken, which was told
		}
		if !tells(told, result.Code) {
			e := &wire.Error{Type: "error", Code: result.Code, Message: result.Message}
			if result.Code == ledger.Gap && own {
				last := r.Through
				e.LastSeq = &last
			}
			told = append(told, e)
		}
	}
	s.mu.Lock()
	s.inFlight -= count
	if s.drained != nil {
		close(s.drained)
		s.drained = nil
	}
	if own && len(r.Results) > 0 {
		s.through = r.Through
	}
	// What another stream's intents met says nothing of the session's own outbox.
	a.through = s.through
	if len(a.results) > 0 && !s.closed {
		s.acks = append(s.acks, a)
	}
	wakes := err == nil && len(told) == 0 && a.top > s.hub.book.Feed().Announced() && followsActivity(s.subs)
	s.mu.Unlock()
	for _, e := range told {
		s.send(e)
	}
	switch {
	case err != nil && !of.end():
	case err != nil:
		s.refused(err)
	case !wakes: // else the feed's wake, which comes next, sends them with their entries
		s.kick()
	}
}

// nowhere says that an intent was not taken into any stream.
func nowhere(r *ledger.Result) bool {
	return r.Code == ledger.Gap || r.Seq == 0 || r.Code == ledger.NotAllowed && r.Entry == 0
}

func tells(told []*wire.Error, code ledger.Code) bool {
	for _, e := range told {
		if e.Code == code {
			return true
		}
	}
	return false
}

// ripe takes the acks that can go out: all, or, where the session follows the
// activity, those whose entries it is shown now. The caller holds mu.
func (s *session) ripe(announced uint64) []ack {
	n := len(s.acks)
	if followsActivity(s.subs) {
		for n = 0; n < len(s.acks) && s.acks[n].top <= announced; n++ {
		}
	}
	out := s.acks[:n:n]
	if s.acks = s.acks[n:]; len(s.acks) == 0 {
		s.acks = nil
	}
	return out
}

// appendAcks adds acks as one message.
func appendAcks(f *framer, acks []ack) {
	if len(acks) == 0 {
		return
	}
	results := acks[0].results
	for _, a := range acks[1:] {
		results = append(results, a.results...)
	}
	f.addAck(acks[len(acks)-1].through, results)
}

// refused tells the device that the book took nothing, and when to come again.
func (s *session) refused(err error) {
	var f *ledger.Fault
	if !errors.As(err, &f) {
		f = &ledger.Fault{Code: ledger.TooFast, Message: err.Error()}
	}
	s.send(&wire.Error{Type: "error", Code: f.Code, Message: f.Message, RetryAfter: retryDiskFull})
}

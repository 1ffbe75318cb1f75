package simulation

import (
	"fmt"
	"strconv"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// send makes a handheld send; what the network loses on the way there goes no
// further.
func (w *world) send(h *handheld, s *Step) ([]part, error) {
	rows := h.choose(max(1, s.Count), s.Mixed, w.d)
	if len(rows) == 0 {
		if s.Lost != "" { // with nothing on its way
			w.report.count("cuts", 1)
			h.online = false
		}
		return nil, nil
	}
	if s.Lost == LostPush {
		w.report.count("cuts", 1)
		h.online = false
		w.tale.say(w, "%s sends %s, which never arrives", h.Device, span(rows))
		return nil, nil
	}
	parts := h.parts(rows)
	for i := range parts {
		parts[i].lost = s.Lost
	}
	return parts, nil
}

func span(rows []*row) string {
	first, last := rows[0].id.Seq, rows[len(rows)-1].id.Seq
	if first == last {
		return "scan " + strconv.FormatUint(first, 10)
	}
	return fmt.Sprintf("scans %d to %d", first, last)
}

// deliver lets parts reach the server together, and tells the devices what
// became of them.
func (w *world) deliver(parts []part) error {
	if len(parts) == 0 {
		return nil
	}
	subs := make([]*book.Submission, len(parts))
	for i := range parts {
		subs[i] = parts[i].sub
		w.tale.arrive(w, &parts[i])
	}
	mode, before := w.srv.endsIn(subs), w.srv.book.Head()
	replies, stored, ok, err := w.srv.give(subs)
	if err != nil {
		return err
	}
	w.report.Bursts++
	if mode != "" {
		w.report.count("crashes "+mode, 1)
		w.offline()
		w.tale.say(w, "the server crashes in its commit (%s) and starts again", mode)
	}
	if !ok && !stored && w.srv.book.Head() != before {
		return w.judge.fail(V5, "a commit that failed left entries %d to %d", before+1, w.srv.book.Head())
	}
	if err := w.follow.read(); err != nil {
		return err
	}
	if err := w.judge.storm(before); err != nil {
		return err
	}
	if ok {
		if err := w.judge.turns(parts, replies); err != nil {
			return err
		}
		for i := range parts {
			if err := w.answer(&parts[i], &replies[i]); err != nil {
				return err
			}
		}
	}
	return w.judge.afterBurst(mode != "")
}

// answer brings a device what became of its scans.
func (w *world) answer(p *part, r *reply) error {
	h := p.h
	if r.err != nil {
		w.report.count("pushes turned away", 1)
		h.back(p.rows[0])
		if p.lost == LostAck {
			w.report.count("cuts", 1)
			h.online = false
		}
		w.tale.say(w, "  %s is told: %v", h.Device, r.err)
		return nil
	}
	if len(r.results.Results) != len(p.rows) {
		return w.judge.fail(V5, "%s sent %d scans and got %d results", h.Device, len(p.rows), len(r.results.Results))
	}
	for _, result := range r.results.Results {
		if result.Entry > r.feed {
			return w.judge.fail(V7, "%s is told of entry %d, and the feed ends with %d", h.Device, result.Entry, r.feed)
		}
	}
	gap := false
	for i, row := range p.rows {
		result := r.results.Results[i]
		if result.Code == ledger.Gap {
			w.report.count("gaps", 1)
			gap = true
			continue
		}
		if err := w.receipt(h, row, result); err != nil {
			return err
		}
		row.acked = row.acked || p.lost == ""
	}
	if gap {
		h.gap(w, r.results.Through)
	}
	if p.lost == LostAck {
		w.report.count("cuts", 1)
		h.online = false
		w.tale.say(w, "  %s never hears of it", h.Device)
	}
	return nil
}

// receipt judges what is said of one scan: the same for ever (V15), and what the
// world expects of it.
func (w *world) receipt(h *handheld, r *row, result ledger.Result) error {
	w.tale.result(w, r, &result)
	if result.Repeat {
		w.report.count("repeats", 1)
	}
	if result.Entry == 0 {
		return w.judge.wanted(h, r, &result)
	}
	if r.first == nil {
		first := result
		first.Repeat = false
		r.first = &first
		return w.judge.wanted(h, r, &result)
	}
	same := result
	same.Repeat = false
	if !result.Repeat || same != *r.first {
		return w.judge.fail(V15, "%s was first told %s of its scan %d, and now %s", h.Device, describe(r.first), r.id.Seq, describe(&result))
	}
	return nil
}

func describe(r *ledger.Result) string {
	text := fmt.Sprintf("%s (entry %d", r.Outcome, r.Entry)
	if r.Code != "" {
		text += ", " + string(r.Code)
	}
	if r.Repeat {
		text += ", a repeat"
	}
	return text + ")"
}

// again sends everything that a device ever scanned once more.
func (w *world) again(h *handheld) error {
	const most = 2_000 // what a device keeps is bounded too
	if err := w.reach(h); err != nil {
		return err
	}
	w.tale.say(w, "%s sends everything again", h.Device)
	rows := h.box[max(0, len(h.box)-most):]
	for len(rows) > 0 {
		n := min(len(rows), maxBurst)
		if err := w.deliver(h.parts(rows[:n])); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// home ends all faults and lets every device send until nothing is left. If it
// is left all the same, something stops what it should not (V12).
func (w *world) home() error {
	w.srv.full.Store(false)
	for round := 0; ; round++ {
		left := 0
		for _, i := range w.d.shuffled(len(w.hands)) {
			h := w.hands[i]
			if !h.born || h.waiting() == 0 {
				continue
			}
			left += h.waiting()
			if err := w.reach(h); err != nil {
				return err
			}
			w.t += second / 2
			w.srv.now.Store(w.now() + w.skew)
			parts, err := w.send(h, &Step{Count: 4 * h.MaxSend, Mixed: h.Stated})
			if err != nil {
				return err
			}
			if len(parts) == 0 {
				h.online = false // once more from the start
			}
			if err := w.deliver(parts); err != nil {
				return err
			}
		}
		if left == 0 {
			return nil
		}
		if round > 100+len(w.script.Steps) {
			return w.judge.fail(V12, "%d scans can never be delivered, though nothing fails any more", left)
		}
	}
}

// waiting is how many scans the device has no answer to.
func (h *handheld) waiting() (n int) {
	for _, r := range h.box {
		if !r.acked && !(h.Stated && h.lost(r)) {
			n++
		}
	}
	return n
}

// noteRow remembers what was scanned under an identity; forget takes it back.
func (w *world) noteRow(r *row) {
	w.ids[r.scan.ID] = r.id
	w.rows[r.id] = append(w.rows[r.id], r)
	w.report.scan(w, r)
}

func (w *world) forget(r *row) {
	kept := w.rows[r.id][:0]
	for _, other := range w.rows[r.id] {
		if other != r {
			kept = append(kept, other)
		}
	}
	w.rows[r.id] = kept
}

// identity is how a scan is named; one that was never made has a name that
// nothing has.
func (w *world) identity(scan int) string {
	id, ok := w.ids[scan]
	if !ok {
		return "nobody/-/" + strconv.Itoa(scan)
	}
	return id.Device + "/" + id.Install + "/" + strconv.FormatUint(id.Seq, 10)
}

// reference is how an intent names another: shortly where it is its own
// device's.
func (w *world) reference(scan int, from ledger.Identity) string {
	if id, ok := w.ids[scan]; ok && id.Device == from.Device && id.Install == from.Install && scan%2 == 0 {
		return strconv.FormatUint(id.Seq, 10)
	}
	return w.identity(scan)
}

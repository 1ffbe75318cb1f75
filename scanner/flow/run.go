package flow

import (
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
)

// openRun asks about scans that are to be corrected as one: the last ones, as many as are said, or
// those whose seqs are named.
func (m *Machine) openRun(text string) {
	switch {
	case m.asks() || m.s.Need != nil || m.s.Half != nil:
		m.say(Check, "Answer the question first.")
		return
	case len(m.s.Hand) > 0:
		m.say(Check, things(len(m.s.Hand))+" not booked yet: scan the place, or UNDO.")
		return
	}
	seqs, all := m.chosen(text)
	switch {
	case len(seqs) == 0:
		m.say(Check, "There are no such scans of this handheld that can be corrected. Nothing was done; ask a supervisor.")
		return
	case !all:
		m.say(Check, "Not all of them can be corrected from this handheld.")
	}
	m.s.Run = &run{Seqs: seqs}
}

// chosen are the scans that are meant, the first booked first; all says whether each of them is there.
func (m *Machine) chosen(text string) (seqs []uint64, all bool) {
	most, err := strconv.Atoi(text)
	var named []string
	if err != nil {
		named = strings.Split(text, ",")
		most = len(named)
	}
	for i := len(m.s.Done) - 1; i >= 0 && len(seqs) < min(most, MaxRun); i-- {
		d := &m.s.Done[i]
		if d.corrigible() && (named == nil || slices.Contains(named, "#"+strconv.FormatUint(d.Seq, 10))) {
			seqs = append(seqs, d.Seq)
		}
	}
	slices.Reverse(seqs)
	return seqs, len(seqs) == most
}

// corrigible says whether a booking can be made elsewhere: a count cannot, it says what is there.
func (d *booked) corrigible() bool {
	return d.Undo == 0 && !d.Gone && codeOf(d.Thing) != ""
}

// runTo takes the place where a run belongs; the same again is a yes.
func (m *Machine) runTo(code string) {
	switch {
	case len(code) > ledger.MaxCode || !m.setup.Catalogue.Place(m.setup.Site, code):
		m.stop(noPlace(code))
	case m.s.Run.To == code:
		m.correctRun()
		m.forward()
	default:
		m.s.Run.To = code
	}
}

// ofRun gives the bookings of a run.
func (m *Machine) ofRun(r *run) (out []*booked) {
	for i := range m.s.Done {
		if d := &m.s.Done[i]; d.corrigible() && slices.Contains(r.Seqs, d.Seq) {
			out = append(out, d)
		}
	}
	return out
}

// elsewhere is a booking as it is made at another place; false where it is there already.
func (d *booked) elsewhere(place string) (booked, bool) {
	b := booked{Mode: d.Mode, Thing: d.Thing, From: d.From, To: d.To, Reason: d.Reason, Asset: d.Asset}
	b.setPlace(place)
	return b, b.place() != d.place()
}

// changes is what a correction would do, the last scan first.
func (m *Machine) changes() (out []Change) {
	if m.s.Run == nil {
		return nil
	}
	for _, d := range slices.Backward(m.ofRun(m.s.Run)) {
		c := Change{Seq: d.Seq, Was: d.Words}
		if b, moved := d.elsewhere(m.s.Run.To); moved && m.s.Run.To != "" {
			c.Now = b.told()
		}
		out = append(out, c)
	}
	return out
}

// correctRun takes a run back and, where it has a place, books it there: in one step, so that all of
// it is stored or nothing is.
func (m *Machine) correctRun() {
	r := *m.s.Run
	var again []booked
	var wrong []*booked
	for _, d := range m.ofRun(&r) {
		b, moved := d.elsewhere(r.To)
		if r.To != "" && !moved {
			continue
		}
		if why := m.cannotBe(&b, r.To); why != "" {
			m.s.Run = nil
			m.stop(why + " Nothing was changed.")
			return
		}
		if wrong = append(wrong, d); r.To != "" {
			again = append(again, b)
		}
	}
	m.s.Run = nil
	switch {
	case len(wrong) == 0:
		m.say(Check, "They are at "+shown(r.To)+" already.")
		return
	case bytesOf(again) > maxBytes:
		m.stop("That is too much to correct at once. Nothing was changed; choose fewer scans.")
		return
	}
	m.as(m.lately(), func() { m.rebook(wrong, again) })
	m.words, m.s.Fresh = "", false
	if r.To == "" {
		m.say(Saved, "Taken back: "+scans(len(wrong))+".")
		return
	}
	m.say(Saved, "Corrected: "+scans(len(wrong))+", now at "+shown(r.To)+".")
}

// rebook puts out a correction: what is taken back, and what is booked in its place.
func (m *Machine) rebook(wrong []*booked, again []booked) {
	m.s.Runs++
	for _, d := range wrong {
		d.Gone = true
		m.back(d.Seq, m.s.Runs)
	}
	for _, b := range again {
		b.Run = m.s.Runs
		m.emit(b)
	}
}

// cannotBe says why a booking cannot be made at a place; "" where it can.
func (m *Machine) cannotBe(b *booked, place string) string {
	switch {
	case place == "":
		return ""
	case b.Mode == Move && b.From == place:
		return "Some of them come from " + shown(place) + ": choose without those."
	case b.Mode == Remove && m.held(&b.Thing, place):
		return "Held at " + shown(place) + ": " + amountOf(&b.Thing) + "."
	}
	return ""
}

// back puts out the undo of a seq, as a part of a correction.
func (m *Machine) back(seq uint64, run int) {
	words := m.words
	m.reverse(seq, "")
	m.words = words
	m.s.OutDone[len(m.s.OutDone)-1].Run = run
}

// turnRun takes a correction back, or makes it again: the last of its parts first, each undone. What a
// part of it has undone already stays so.
func (m *Machine) turnRun(run int, again bool) {
	m.s.Runs++
	var parts []*booked
	for i := range m.s.Done {
		if d := &m.s.Done[i]; d.Run == run && !d.Gone {
			parts = append(parts, d)
		}
	}
	for _, d := range slices.Backward(parts) {
		of := m.doneAt(d.Undo)
		if of != nil && of.Run == run {
			continue
		}
		d.Gone = true
		m.back(d.Seq, m.s.Runs)
		if m.s.OutDone[len(m.s.OutDone)-1].Gone = again; of == nil {
			continue
		}
		of.Gone = false
		if first := m.doneAt(of.Undo); first != nil {
			first.Gone = true
		}
	}
	if again {
		m.say(Saved, "Corrected again.")
		return
	}
	m.say(Saved, "The correction is undone.")
}

// doneAt finds a booking by its seq; nil where it is not remembered.
func (m *Machine) doneAt(seq uint64) *booked {
	for i := range m.s.Done {
		if seq != 0 && m.s.Done[i].Seq == seq {
			return &m.s.Done[i]
		}
	}
	return nil
}

// promptRun is the next step while a correction is asked about.
func (m *Machine) promptRun() string {
	n := scans(len(m.s.Run.Seqs))
	if m.s.Run.To == "" {
		return n + ": scan where they belong. CONFIRM takes them back, CANCEL leaves them."
	}
	return "Correct " + n + " to " + shown(m.s.Run.To) + "? Scan the place again or CONFIRM; CANCEL leaves them."
}

func scans(n int) string {
	if n == 1 {
		return "1 scan"
	}
	return itoa(n) + " scans"
}

package simulation

import (
	"bytes"
	"slices"
	"strconv"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// handheld is a device at work: its outbox, what was acknowledged to it, and how
// far the feed has brought it. All of it but the connection outlives a crash.
type handheld struct {
	*Hand
	index   int
	born    bool
	clock   clock
	install string
	images  int
	seq     uint64 // the last that it used
	box     []*row // by seq
	next    int    // what it sends next in this session
	online  bool
	seen    uint64
	epoch   string
}

// row is one scan in an outbox.
type row struct {
	scan    *Scan // nil for a row that was lost
	id      ledger.Identity
	payload []byte
	clock   string
	at      ledger.Time
	seen    uint64
	epoch   string
	acked   bool           // the device has heard of its fate
	first   *ledger.Result // what was said of it first
	sealed  bool           // of an install that is no more
}

func (h *handheld) lost(r *row) bool { return r.scan == nil }

// take puts a scan into the outbox: the device stamps it once, now.
func (h *handheld) take(w *world, scan *Scan) *row {
	in := scan.Intent
	h.seq++
	r := &row{scan: scan, id: ledger.Identity{Device: h.Device, Install: h.install, Seq: h.seq}}
	in.Seq = h.seq
	in.At, in.Clock = h.clock.stamp(w.now(), w.script.Start)
	if h.online && !h.Deaf {
		h.seen, h.epoch = w.srv.book.Head(), w.srv.twin.epoch
	}
	if h.seen > 0 && !h.Deaf {
		in.Seen, in.Epoch = h.seen, h.epoch
	}
	r.at, r.clock, r.seen, r.epoch = in.At, in.Clock, in.Seen, in.Epoch
	if scan.Undoes > 0 {
		in.Reference = w.reference(scan.Undoes, r.id)
	}
	if scan.Asks > 0 {
		in.Reference = w.reference(scan.Asks, r.id)
	}
	if scan.Decides {
		w.decide(&in, scan)
	}
	if scan.Answers > 0 {
		w.decideAsk(&in, scan)
	}
	for _, named := range scan.Names {
		in.Holds = append(in.Holds, w.identity(named))
	}
	if h.Stated {
		in.Device, in.Install = h.Device, h.install
	}
	r.payload, _ = ledger.AppendIntent(nil, &in)
	if scan.Raw != "" {
		r.payload = []byte(h.raw(scan.Raw, h.seq))
		r.at, r.seen = 0, 0
	}
	h.box = append(h.box, r)
	w.noteRow(r)
	return r
}

func (h *handheld) raw(text string, seq uint64) string {
	out := bytes.ReplaceAll([]byte(text), []byte("SEQ"), strconv.AppendUint(nil, seq, 10))
	if h.Stated {
		out = append([]byte(`{"device":"`+h.Device+`","install":"`+h.install+`",`), out[1:]...)
	}
	return string(out)
}

// source is who the book is told brings the handheld's scans.
func (h *handheld) source() book.Source {
	if h.Stated {
		return book.Source{Site: h.Site, Role: h.Role, Grants: h.grants(), Transport: book.Stated}
	}
	return book.Source{Device: h.Device, Install: h.install, Site: h.Site, Role: h.Role, Grants: h.grants(), Transport: book.Socket}
}

// grants are what whoever carries it may, by site; nil: the same everywhere.
func (h *Hand) grants() ledger.Grants {
	if !h.Only {
		return nil
	}
	return ledger.Grants{{Site: h.Site, Role: h.Role}}
}

// contact connects: the device hears the server's time and how far it has come,
// and goes on from there.
func (h *handheld) contact(w *world, from string) error {
	h.online = true
	h.clock.contact(w.now(), w.script.Start, w.srv.now.Load())
	last, err := w.srv.lastSeq(h.Device, h.install)
	if err != nil {
		return err
	}
	h.seq = max(h.seq, last)
	h.next = len(h.box)
	for i, r := range h.box {
		if from == FromStart || !r.acked || (from == FromServer && r.id.Seq > last) {
			h.next = i
			break
		}
	}
	if !h.Deaf {
		h.seen, h.epoch = w.srv.book.Head(), w.srv.twin.epoch
	}
	return nil
}

// parts cuts what is to be sent into submissions: intents in order, and each
// lost row for itself.
func (h *handheld) parts(rows []*row) (out []part) {
	via := wire.Socket
	if h.Stated {
		via = wire.Stated
	}
	var open *part
	for _, r := range rows {
		if h.lost(r) {
			out = append(out, part{h: h, rows: []*row{r}, sub: &book.Submission{Source: h.source(), Lost: &book.Lost{Seq: r.id.Seq, Reason: "the outbox was damaged"}}})
			open = nil
			continue
		}
		if open == nil {
			out = append(out, part{h: h, sub: &book.Submission{Source: h.source()}})
			open = &out[len(out)-1]
		}
		open.rows = append(open.rows, r)
		open.sub.Intents = append(open.sub.Intents, wire.DecodeIntent(r.payload, via))
	}
	return out
}

// part is one submission of a handheld that is on its way.
type part struct {
	h    *handheld
	rows []*row
	sub  *book.Submission
	lost string
}

// choose picks what a handheld sends now, and moves on.
func (h *handheld) choose(count int, mixed bool, d dice) []*row {
	if !h.Stated {
		end := min(len(h.box), h.next+count)
		rows := h.box[min(h.next, end):end]
		h.next = end
		return rows
	}
	var open []*row
	for _, r := range h.box {
		if !r.acked && !h.lost(r) {
			open = append(open, r)
		}
	}
	if mixed {
		d.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	}
	return open[:min(len(open), count)]
}

// back lets the handheld go on with a row that was not taken.
func (h *handheld) back(r *row) {
	if i := slices.Index(h.box, r); i >= 0 {
		h.next = min(h.next, i)
	}
}

// gap answers a server that misses what came before: the device sends from there
// on, and says of what it does not have that it is lost.
func (h *handheld) gap(w *world, through uint64) {
	at, found := slices.BinarySearchFunc(h.box, through+1, func(r *row, seq uint64) int {
		switch {
		case r.id.Seq < seq:
			return -1
		case r.id.Seq > seq:
			return 1
		}
		return 0
	})
	h.next = at
	if found || at == len(h.box) {
		return
	}
	var missing []*row
	for seq := through + 1; seq < h.box[at].id.Seq; seq++ {
		missing = append(missing, &row{id: ledger.Identity{Device: h.Device, Install: h.install, Seq: seq}})
	}
	h.box = slices.Insert(h.box, at, missing...)
	w.report.count("lost rows", len(missing))
}

// image is a new start: another install, an empty outbox.
func (h *handheld) image(w *world) {
	for _, r := range h.box {
		r.sealed = true
		if !r.acked {
			w.report.count("scans lost with a device", 1)
		}
	}
	h.images++
	h.install = "i" + strconv.Itoa(h.index) + "-" + strconv.Itoa(h.images)
	h.seq, h.box, h.next, h.online, h.seen = 0, nil, 0, false, 0
}

// copyOf makes the handheld a copy of another: same identity, same outbox.
func (h *handheld) copyOf(other *handheld) {
	h.born, h.install, h.seq, h.images = true, other.install, other.seq, other.images+100
	h.seen, h.epoch = other.seen, other.epoch
	for _, r := range other.box {
		copied := *r
		h.box = append(h.box, &copied)
	}
}

package simulation

import (
	"cmp"
	"fmt"
	"slices"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// orders takes the facts, each with the moment and meaning that it was stamped
// with, into fresh books in other orders of arrival (V3). The first order is that
// of the moments themselves, in which each count is looked at as it is made (V8).
func (j *judge) orders() error {
	w := j.w
	want, err := w.srv.books()
	if err != nil {
		return err
	}
	facts, err := w.facts()
	if err != nil {
		return err
	}
	for i := range w.o.Orders {
		d := newDice(w.script.Config.Seed, streamOrders+uint64(i))
		o := order{w: w, d: d}
		switch i {
		case 0:
			o.name, o.facts = "in the order of the moments", slices.SortedFunc(slices.Values(facts), compareK)
		case 1:
			o.name, o.facts = "one device after the other", byDevice(d, facts, true)
		default:
			o.name, o.facts = fmt.Sprintf("shuffled (%d)", i-1), byDevice(d, facts, false)
		}
		if w.o.Progress != nil {
			w.o.Progress(i, w.o.Orders)
		}
		if err := o.play(i == 0, i == 2, want); err != nil {
			return err
		}
		w.report.Orders++
	}
	return nil
}

// byDevice merges the devices' own orders, or puts one after the other.
func byDevice(d dice, facts []*entry, whole bool) []*entry {
	byStream := map[string][]*entry{}
	for _, e := range facts {
		key := e.id.Device + "/" + e.id.Install
		byStream[key] = append(byStream[key], e)
	}
	var queues [][]*entry
	for _, key := range sortedKeys(byStream) {
		queue := byStream[key]
		slices.SortFunc(queue, func(a, b *entry) int { return cmp.Compare(a.id.Seq, b.id.Seq) })
		queues = append(queues, queue)
	}
	d.Shuffle(len(queues), func(i, j int) { queues[i], queues[j] = queues[j], queues[i] })
	var out []*entry
	for len(queues) > 0 {
		i := d.IntN(len(queues))
		n := d.between(1, 4)
		if whole {
			n = len(queues[i])
		}
		n = min(n, len(queues[i]))
		out = append(out, queues[i][:n]...)
		if queues[i] = queues[i][n:]; len(queues[i]) == 0 {
			queues = slices.Delete(queues, i, i+1)
		}
	}
	return out
}

// order is the same facts on their way in another order.
type order struct {
	w     *world
	d     dice
	name  string
	facts []*entry
	srv   *server
	gone  map[ledger.Identity]bool // undone, or perhaps
}

// play takes the facts into a fresh book and compares it with the world's.
func (o *order) play(counts, crash bool, want books) (err error) {
	w := o.w
	if o.srv, err = o.open(); err != nil {
		return err
	}
	defer func() { o.srv.close() }()
	o.gone = map[ledger.Identity]bool{}
	for _, e := range o.facts {
		if e.doubtful() {
			o.gone[e.id] = true // it counts once it is accepted
		}
		if id, ok := ledger.ParseReference(e.intent.Reference, &e.intent); ok && e.intent.Action == ledger.ActionUndo {
			o.gone[id] = true
		}
	}
	for rest := o.facts; len(rest) > 0; {
		n := min(len(rest), o.d.between(1, 1+o.d.IntN(48)))
		if counts {
			n = 1 + max(0, slices.IndexFunc(rest[:n], func(e *entry) bool { return e.intent.Action == ledger.ActionCount }))
		}
		if err := o.give(rest[:n]); err != nil {
			return err
		}
		if last := rest[n-1]; counts && last.intent.Action == ledger.ActionCount && !o.gone[last.id] {
			if err := o.counted(last); err != nil {
				return err
			}
		}
		if crash && o.d.chance(0.1) {
			if err := o.srv.end(false); err != nil {
				return err
			}
		}
		rest = rest[n:]
	}
	got, err := o.srv.books()
	if err != nil {
		return err
	}
	if different := w.compare("as they came", o.name, want, got); len(different) > 0 {
		return w.judge.failed(V3, append(different, "the order: "+o.text()))
	}
	return nil
}

// open makes a fresh book with the world's master data, each change at the moment
// at which the world's book took it, and sets its clock behind all facts.
func (o *order) open() (*server, error) {
	w := o.w
	booked := w.follow.bookedAt
	s, err := newServer(int64(booked[0]))
	if err != nil {
		return nil, err
	}
	last := w.srv.now.Load()
	for i := range w.srv.log {
		b := &w.srv.log[i]
		if b.patches == nil {
			continue
		}
		s.now.Store(int64(booked[b.head-1]))
		if err := s.edit(b.patches); err != nil {
			s.close()
			return nil, err
		}
	}
	for _, e := range o.facts {
		last = max(last, int64(e.TEff))
	}
	s.now.Store(max(last, int64(booked[len(booked)-1])) + hour)
	return s, nil
}

// give delivers facts together, those of one role in a row as one submission.
func (o *order) give(facts []*entry) error {
	var subs []*book.Submission
	for i, e := range facts {
		source := book.Source{Role: o.w.roles[e.id.Device].Role, Grants: o.w.roles[e.id.Device].grants(), Transport: book.Stated}
		if i == 0 || subs[len(subs)-1].Source.Role != source.Role || !slices.Equal(subs[len(subs)-1].Source.Grants, source.Grants) {
			subs = append(subs, &book.Submission{Source: source})
		}
		sub := subs[len(subs)-1]
		sub.Intents = append(sub.Intents, o.w.stated(e))
	}
	replies, _, ok, err := o.srv.give(subs)
	if err != nil || !ok {
		return cmp.Or(err, errCrashed)
	}
	if err := o.srv.fault(); err != nil {
		return o.w.judge.fail(V12, "%s, the book reports: %v", o.name, err)
	}
	i := 0
	for _, r := range replies {
		for _, result := range r.results.Results {
			e := facts[i]
			i++
			if !booked(result.Outcome) && e.intent.Action != ledger.ActionUndo && !e.doubtful() {
				return o.w.judge.fail(V3, "%s, scan %d of %s, booked as entry %d before, is %s: %s\nthe order: %s",
					o.name, e.id.Seq, e.id.Device, e.N, describe(&result), result.Message, o.text())
			}
		}
	}
	return nil
}

// stated is a fact as a file would bring it: with its stamp in place of what the
// stamp was made from.
func (w *world) stated(e *entry) ledger.Received {
	in := e.intent
	w.follow.meanings.named(&in, w.site(e))
	in.At, in.Mode, in.Seen, in.Epoch, in.Site = e.TEff, "", 0, "", w.site(e)
	if !e.doubtful() {
		in.Clock = ""
	}
	if in.Action == ledger.ActionRelease && len(in.Holds) == 0 && !in.Quantity.IsSet() && len(in.Lines) == 0 {
		if in.Holds = e.holds; len(in.Holds) == 0 && scoped(&in) {
			in.Holds = []string{"nobody/-/1"} // it named none, and must not name others now
		}
	}
	return wire.Receive(in)
}

// scoped says whether an isolate or release without a quantity means all of
// something, and not one of it.
func scoped(in *ledger.Intent) bool {
	return in.Lot != "" || in.Serial != "" || in.Package != "" || in.Product == "" && in.Scan == ""
}

func (o *order) text() string {
	text := ""
	for i, e := range o.facts {
		if i == 200 {
			return text + fmt.Sprintf(" and %d more", len(o.facts)-i)
		}
		text += fmt.Sprintf(" %s/%s/%d", e.id.Device, e.id.Install, e.id.Seq)
	}
	return text
}

// counted looks whether the cells hold what a count that has just been made
// says (V8).
func (o *order) counted(e *entry) error {
	w, in := o.w, &e.intent
	if in.Session != "" || in.Package != "" {
		return nil
	}
	lines := in.Lines
	if len(lines) == 0 {
		lines = []ledger.Line{{Product: in.Product, Quantity: in.Quantity, Lot: in.Lot, Serial: in.Serial, Status: in.Status}}
	}
	want := map[[4]string]int64{} // by place, product, lot, status
	for i := range lines {
		l := &lines[i]
		place := w.place(w.site(e), cmp.Or(l.From, in.From, "stock"))
		units, ok := l.Quantity.Scaled(w.follow.decimals[l.Product])
		if l.Product == "" || l.Serial != "" || !ok || virtual(place) || len(lines) > 1 && l.Status != "" {
			return nil
		}
		want[[4]string{place, l.Product, l.Lot, l.Status}] += units
	}
	got, err := o.srv.books()
	if err != nil {
		return err
	}
	for key, units := range want {
		var sum int64
		for c, held := range got.cells {
			if c.Location == key[0] && c.Package == "" && c.Product == key[1] && (key[2] == "" || c.Lot == key[2]) && (key[3] == "" || c.Status == key[3]) {
				sum += held
			}
		}
		if idle := w.idle(key[1]); sum != units && !idle {
			return w.judge.fail(V8, "scan %d of %s counted %d of %s lot %q %s at %s, and just after it there are %d",
				e.id.Seq, e.id.Device, units, key[1], key[2], key[3], key[0], sum)
		}
	}
	w.report.count("counts looked at", 1)
	return nil
}

func (w *world) idle(product string) bool {
	for i := range w.script.Master {
		p := &w.script.Master[i]
		if p.Entity == ledger.EntityProduct && p.Code == product {
			return p.Fields["stocked"] == "false"
		}
	}
	return false
}

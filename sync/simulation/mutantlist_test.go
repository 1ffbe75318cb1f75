package simulation_test

// mutants are the planted bugs.
var mutants = []mutant{
	{
		name: "H1", why: "a shortage is filled as the shelf stands at arrival, not at the fact's place in the fold",
		file: "sync/settle/evaluate.go",
		old:  "	before := e.b.state.Total(e.h.product, f.from)\n",
		new:  "	before := e.b.latestTotal(e.h, f.from)\n",
	},
	{
		name: "H2", why: "a moment is taken from the upload, not from the scan",
		file: "sync/book/writer.go",
		old:  "if at.TEff == 0 || at.TEff > now {",
		new:  "if at.TEff == 0 || at.TEff > now || now-at.TEff > 3600e6 {",
	},
	{
		name: "H3", why: "a reaction may precede what it reacted to: seen is no floor",
		file: "sync/book/writer.go",
		old:  "if in.Seen > 0 && in.Seen <= w.n && in.Epoch == w.book.epoch {",
		new:  "if in.Seen > 0 && in.Seen <= w.n && in.Epoch == w.book.epoch+\"-\" {",
	},
	{
		name: "H4", why: "a wiped device that starts at 1 is taken for a repeat",
		file: "sync/book/writer.go",
		old:  "	key := streamKey{in.Device, in.Install}\n	st := w.book.streams[key]\n	if st == nil {",
		new:  "	in.Install = \"-\"\n	key := streamKey{in.Device, in.Install}\n	st := w.book.streams[key]\n	if st == nil {",
	},
	{
		name: "H5", why: "repeats are known for a while only",
		file: "sync/book/writer.go",
		old:  "	if st.has(in.Seq) {",
		new:  "	if st.has(in.Seq) && (source.Transport == Socket || in.Seq+4 > st.seen[len(st.seen)-1].last) {",
	},
	{
		name: "H6", why: "a row lost in an outbox is a gap for ever",
		file: "sync/book/writer.go",
		old:  "		intents = []ledger.Received{lostIntent(s.Lost)}",
		new:  "		intents = nil",
	},
	{
		name: "H10", why: "what lies further back than the newest piece of a history is not found",
		file: "sync/settle/history.go",
		old:  "		return true, b.takePiece(&l, p.Bytes, before)\n",
		new:  "		return false, b.takePiece(&l, p.Bytes, before)\n",
	},
	{
		name: "H11", why: "a batch's differences are told piece by piece",
		file: "sync/settle/tell.go",
		old:  "	shifts := c.net()\n",
		new:  "	var shifts []shift\n	for _, l := range c.net() {\n		half := l\n		half.quantity /= 2\n		if l.quantity -= half.quantity; half.quantity > 0 {\n			shifts = append(shifts, half)\n		}\n		shifts = append(shifts, l)\n	}\n",
	},
	{
		name: "H13", why: "entry numbers of the epoch before a restore are taken for those of this one",
		file: "sync/book/writer.go",
		old:  "in.Seen <= w.n && in.Epoch == w.book.epoch {",
		new:  "in.Seen <= w.n {",
	},
	{
		name: "H14", why: "what is shown is not what the entries up to there say: a cell keeps what it held",
		file: "sync/ledger/state.go",
		old:  "			if c.Quantity != 0 && (keep == nil || keep(c)) {\n				copied := *c\n",
		new:  "			if c.Quantity != 0 && (keep == nil || keep(c)) {\n				copied := *c\n				if c.posted > 0 && c.posted%7 == 0 {\n					copied.Quantity = c.before\n				}\n",
	},
	{
		name: "H16", why: "a result is told before its entry can be read",
		file: "sync/book/book.go",
		old:  "			b.feed.publish(batch.block, &batch.changes)\n",
		new:  "			defer b.feed.publish(batch.block, &batch.changes)\n",
	},
	{
		name: "H23", why: "who reads slowly is given what is left in memory",
		file: "sync/book/feed.go",
		old:  "	if after >= f.head || len(f.ring) == 0 || after+1 < f.ring[0].First {",
		new:  "	if after >= f.head || len(f.ring) == 0 {",
	},
	{
		name: "H24", why: "an undo that comes before its target is forgotten",
		file: "sync/settle/books.go",
		old:  "	out := b.cancelled(in.Identity())\n",
		new:  "	out := false\n",
	},
	{
		name: "H26", why: "a decision holds whatever it saw",
		file: "sync/settle/decision.go",
		old:  "	return d.evidence == x.row.Evidence || x.source == fromWorth && b.near(x, d.evidence)\n",
		new:  "	return true\n",
	},
	{
		name: "Q2", why: "a shortage is more than the fact takes",
		file: "sync/settle/evaluate.go",
		old:  "	shortfall := min(f.quantity, f.quantity-before)\n",
		new:  "	shortfall := f.quantity - before\n",
	},
	{
		name: "C1", why: "a count keeps the difference that it had when it came",
		file: "sync/settle/refold.go",
		old:  "		case !r.lifted[i]:\n",
		new:  "		case !r.lifted[i]:\n		case f.act == actCount && len(f.legs) > 0:\n			for j := range f.legs {\n				b.state.Shift(f.legs[j].from, f.legs[j].to, f.legs[j].quantity)\n			}\n",
	},
	{
		name: "C3", why: "of a session only the last line counts, whatever its section", families: "sessions",
		file: "sync/settle/tally.go",
		old:  "		if out[i].replaced {\n			continue\n",
		new:  "		if true {\n			continue\n",
	},
	{
		name: "C5", why: "what was scanned while a session was open is zeroed with the rest", families: "sessions",
		file: "sync/settle/zero.go",
		old:  "		inside := f.Compare(&open.key) > 0 && f.Compare(until) < 0\n",
		new:  "		inside := false\n",
	},
	{
		name: "C5 late", why: "goods that come after a complete closing, and were there before it, are left on the shelf", families: "sessions",
		file: "sync/settle/zero.go",
		old:  "	if len(b.sessions.complete) == 0 {\n",
		new:  "	if true {\n",
	},
	{
		name: "I2", why: "a late hold covers what left before it",
		file: "sync/settle/hold.go",
		old:  "	if h.out || h.key.Compare(k) >= 0 {",
		new:  "	if h.out {",
	},
	{
		name: "S3", why: "a piece leaves from where it is said to be, not from where it is", families: "serials",
		file: "sync/settle/serial.go",
		old:  "	return e.goes(chain, at, to, why, begins)\n",
		new:  "	if f.from.Physical() && !begins && f.act != actCountOne && f.act != actAdd {\n		at = e.cell(f.from, at.Held)\n	}\n	return e.goes(chain, at, to, why, begins)\n",
	},
	{
		name: "average", why: "a late receipt does not change the average of what left after it",
		file: "sync/settle/cost.go",
		old:  "		start = c.goBack(h, from)\n",
		new:  "		start, _ = h.position(from)\n",
	},
	{
		name: "fifo", why: "the newest layer leaves first",
		file: "sync/settle/pool.go",
		old:  "	for quantity > 0 && len(p.layers) > 0 {\n		l := &p.layers[0]\n",
		new:  "	for quantity > 0 && len(p.layers) > 0 {\n		slices.Reverse(p.layers)\n		l := &p.layers[0]\n",
	},
}

package settle

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Exceptions returns the rows that want says, those that matter most first, of
// these the oldest. It only reads.
func (b *Books) Exceptions(want func(*ledger.ExceptionView) bool) []ledger.ExceptionView {
	out := []ledger.ExceptionView{}
	for _, x := range b.exceptions.rowsOf {
		if want(&x.row) {
			out = append(out, x.row)
		}
	}
	slices.SortFunc(out, func(x, y ledger.ExceptionView) int {
		return cmp.Or(cmp.Compare(ledger.SeverityRank(x.Severity), ledger.SeverityRank(y.Severity)), cmp.Compare(x.At, y.At), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// Exception returns one row by its id. It only reads.
func (b *Books) Exception(id string) (ledger.ExceptionView, bool) {
	x := b.exceptions.rowsOf[id]
	if x == nil {
		return ledger.ExceptionView{}, false
	}
	return x.row, true
}

// DecidedOn is a decision on an exception, undone or not.
type DecidedOn struct {
	N                    uint64 // its entry
	Choice, By, Evidence string
	At                   ledger.Time
	Undone               bool
}

// DecisionsOn returns the decisions on an exception, in order of K. It only reads.
func (b *Books) DecisionsOn(id string) []DecidedOn {
	var out []DecidedOn
	for _, d := range b.exceptions.decided[id] {
		out = append(out, DecidedOn{N: d.n, Choice: d.choice, By: d.by, Evidence: d.evidence, At: d.key.TEff, Undone: d.out})
	}
	return out
}

// Lost keeps that a scan was lost in its device's memory. It books nothing, and
// returns what the entry at.N tells.
func (b *Books) Lost(in *ledger.Intent, at *ledger.Receipt) []ledger.ExceptionEvent {
	b.n = at.N
	b.beginExceptions(in, at)
	b.ownException(kindLostScan, 0).say(kindLostScan, ledger.Critical, "Scan "+itoa(in.Seq)+" of "+in.Device+" was lost before it was sent: "+in.Reason+
		". Ask what was scanned then, and count.")
	return b.settleExceptions()
}

// Reinstalled keeps that a device began anew under another install, whose first
// intent is in: the install before it ended at the scan last. places are where
// that worked last.
func (b *Books) Reinstalled(in *ledger.Intent, at *ledger.Receipt, last ledger.Identity, places []string) []ledger.ExceptionEvent {
	b.n = at.N
	b.beginExceptions(in, at)
	message := last.Device + " began anew as install " + in.Install + "; its install " + last.Install + " ended at scan " + itoa(last.Seq) +
		". What it had scanned and not sent is lost: ask who carried it"
	if len(places) > 0 {
		message += ", and count where it worked last: " + strings.Join(places, ", ")
	}
	b.ownException(kindReinstalled, 0).say(kindReinstalled, ledger.Warning, message+".")
	return b.settleExceptions()
}

// Sealed keeps that a scan came of an install that had ended, since its device
// began anew as another.
func (b *Books) Sealed(in *ledger.Intent, at *ledger.Receipt, another string) []ledger.ExceptionEvent {
	b.n = at.N
	b.beginExceptions(in, at)
	b.ownException(kindSealed, 0).say(kindSealed, ledger.Warning, "Scan "+itoa(in.Seq)+" came of the install "+in.Install+" of "+in.Device+
		", after that had begun anew as "+another+". It counts, and so will those behind it; but two handhelds seem to go by one name: pair one of them under another.")
	return b.settleExceptions()
}

// Conflict keeps that another scan came under an identity that was used, whose
// first one is of entry used. Each more asks a supervisor again.
func (b *Books) Conflict(in *ledger.Intent, at *ledger.Receipt, used uint64) []ledger.ExceptionEvent {
	b.n = at.N
	b.beginExceptions(in, at)
	b.exceptions.about.n = used
	x := b.ownException(kindConflict, 0)
	x.row.Product, x.row.Location = in.Product, in.From
	x.times++
	more := "another scan came"
	if x.times > 1 {
		more = itoa(uint64(x.times)) + " other scans came"
	}
	x.say(kindConflict, ledger.Warning, "Scan "+itoa(in.Seq)+" of "+in.Device+" was taken, and then "+more+
		" under the same number. What came later is kept and holds no stock; look whether two devices go by one name, and scan again what is missing.")
	return b.settleExceptions()
}

// boundExceptions lets rows go where there are too many: closed ones first, then
// what is only told, then the rest; of each the oldest. An exception that went and
// is found again comes up again.
func (b *Books) boundExceptions() {
	e := &b.exceptions
	if len(e.rowsOf) > e.most {
		b.dropOldest(len(e.rowsOf) - e.most + e.most/64)
	}
	const often = 1 << 10 // the list is gone through once for so many
	if len(e.decided) > e.mostEarly && len(e.decided)%min(often, e.mostEarly) == 0 {
		b.dropEarly()
	}
}

func (b *Books) dropOldest(count int) {
	e := &b.exceptions
	rank := func(x *exception) int {
		switch {
		case x.row.Closed():
			return 0
		case x.row.Severity == ledger.Info:
			return 1
		}
		return 2
	}
	var list []*exception
	for _, x := range e.rowsOf {
		if !b.unsettledDoubt(x) {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(x, y *exception) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x.row.N, y.row.N), cmp.Compare(x.row.ID, y.row.ID))
	})
	for _, x := range list[:min(count, len(list))] {
		b.dropException(x)
		b.rows.exceptions = append(b.rows.exceptions, x.row.ID)
		b.dropDecisions(x.row.ID)
	}
}

// dropEarly forgets the oldest decisions on exceptions that have not come up.
func (b *Books) dropEarly() {
	e := &b.exceptions
	var early []string
	for id := range e.decided {
		if e.rowsOf[id] == nil {
			early = append(early, id)
		}
	}
	newest := func(id string) (n uint64) {
		for _, d := range e.decided[id] {
			n = max(n, d.n)
		}
		return n
	}
	slices.SortFunc(early, func(x, y string) int { return cmp.Or(cmp.Compare(newest(x), newest(y)), cmp.Compare(x, y)) })
	for _, id := range early[:max(0, len(early)-e.mostEarly)] {
		b.dropDecisions(id)
	}
}

func (b *Books) dropDecisions(id string) {
	e := &b.exceptions
	for _, d := range e.decided[id] {
		delete(e.decisions, d.key.identity())
		b.rows.decisions = append(b.rows.decisions, d.key.identity())
	}
	delete(e.decided, id)
}

// storedException is an exception as its row keeps it.
type storedException struct {
	ledger.ExceptionView
	Key    Key
	Source source    `json:",omitempty"`
	Found  bool      `json:",omitempty"`
	Out    bool      `json:",omitempty"`
	Times  int       `json:",omitempty"`
	Booked bool      `json:",omitempty"`
	Now    sight     `json:",omitzero"`
	Seen   []sight   `json:",omitempty"`
	Doubts []doubtOn `json:",omitempty"`
	Alone  bool      `json:",omitempty"`
}

type decisionRow struct {
	Key
	N         uint64
	Exception string
	Choice    string
	Evidence  string `json:",omitempty"`
	By        string
	Out       bool `json:",omitempty"`
}

// exceptionRows writes what changed, each once.
func (b *Books) exceptionRows(c *ledger.Changes) {
	seen := map[string]bool{}
	for _, id := range b.rows.exceptions {
		if seen[id] {
			continue
		}
		seen[id] = true
		c.Exceptions = append(c.Exceptions, id)
		row := ledger.Row{Key: append([]byte{rowException}, id...)}
		if x := b.exceptions.rowsOf[id]; x != nil {
			row.Value = mustJSON(storedException{x.row, x.key, x.source, x.found, x.out, x.times, x.booked, x.now, x.seen, x.doubts, x.alone})
		}
		c.Rows = append(c.Rows, row)
	}
	known := map[ledger.Identity]bool{}
	for _, id := range b.rows.decisions {
		if known[id] {
			continue
		}
		known[id] = true
		row := ledger.Row{Key: rowKey(rowDecision, id)}
		if d := b.exceptions.decisions[id]; d != nil {
			row.Value = mustJSON(decisionRow{d.key, d.n, d.exception, d.choice, d.evidence, d.by, d.out})
		}
		c.Rows = append(c.Rows, row)
	}
}

func (b *Books) loadException(value []byte) error {
	var row storedException
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	if row.ID == "" || row.Source > fromNear {
		return errors.New("what finds it is missing")
	}
	row.Key.Device, row.Key.Install = b.name(row.Key.Device), b.name(row.Key.Install)
	x := &exception{row: row.ExceptionView, key: row.Key, source: row.Source, out: row.Out, times: row.Times, booked: row.Booked, now: row.Now, seen: row.Seen, doubts: row.Doubts, alone: row.Alone}
	b.loadDoubts(x)
	b.exceptions.rowsOf[row.ID] = x
	b.countHeld(x, !x.row.Closed())
	if x.source == fromScan {
		id := x.key.identity()
		b.exceptions.scans[id] = byName(b.exceptions.scans[id], x)
	}
	b.find(x, row.Found)
	return nil
}

func (b *Books) loadDecision(value []byte) error {
	var row decisionRow
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	b.addDecision(&decision{row.Key, row.N, row.Exception, row.Choice, row.Evidence, row.By, row.Out})
	b.rows.decisions = b.rows.decisions[:0]
	b.exceptions.touched = b.exceptions.touched[:0]
	return nil
}

package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// exception is something that a supervisor should look at. It belongs to what it
// is about, and not to the entry that raised it: what is found anew replaces what
// was found before.
type exception struct {
	row    ledger.ExceptionView
	key    Key // of the line that it is about
	source source
	found  bool  // the fold, or the scan itself, says so
	out    bool  // of a scan's own: the intent is undone
	times  int   // of an identity conflict: how often
	booked bool  // of a doubtful count: it was
	now    sight // of a count's difference: how it is
	seen   []sight
	doubts []doubtOn // of two scans about a count
	healed bool      // none of these stands any more
	alone  bool      // it heals no further: newer ones took its place, see maxDoubts

	work uint64 // the work that touched it last

	// Whether it counts among the open ones of held goods that were taken, and as what.
	counted bool
	heldAt  heldAbout
}

// source says who finds an exception. Numbers reach the disk; the list only grows.
type source byte

const (
	fromScan  source = iota // the scan as such: it stands until that is undone
	fromFact                // a fact, each time that it is decided
	fromStep                // what a line says of its package, likewise
	fromWorth               // what a count's difference is worth, each time that it is costed
	fromNear                // a fact, each time that those shortly before it are others
)

// foundAt names who finds exceptions.
type foundAt struct {
	Key
	source source
}

// about is the intent that is being decided.
type about struct {
	ledger.Identity
	operator, site string
	n              uint64
	tEff           ledger.Time
	line           int
}

// exceptions are the rows, and what is decided on them.
type exceptions struct {
	rowsOf    map[string]*exception
	found     map[foundAt][]*exception
	scans     map[ledger.Identity][]*exception // a scan's own
	decisions map[ledger.Identity]*decision
	decided   map[string][]*decision // by exception, in order of K
	doubtOut  map[ledger.Identity]bool
	doubting  map[ledger.ProductID]*doubting
	held      map[heldAbout]int // open ones of held goods that were taken
	most      int               // rows in memory
	mostEarly int

	// The work on an entry:
	work     uint64
	about    about
	bookedAt ledger.Time
	intent   func(ledger.Identity) (*ledger.Intent, error)
	asked    int // intents read for who they were of
	touched  []touchedException
	// heldTouched are those of held that the entry changed.
	heldTouched []heldAbout
	doubted     []noted
}

type touchedException struct {
	x   *exception
	was exception
	new bool
}

// Bounds of exceptions.
const (
	// maxExceptions bounds the rows in memory, some 500 bytes each: years of what a
	// floor leaves open, and more than anybody reads.
	maxExceptions = 1 << 18
	// maxEarly bounds decisions on what has not come up: they come from devices that
	// were offline together, and are few.
	maxEarly = 1 << 14
	// maxDecisions bounds the decisions kept on one exception: the last counts, and
	// those before it only where it is undone.
	maxDecisions = 64
	// maxAsked bounds how many intents are read for their operators in the work on
	// one entry: a late hold over a year's removals must not stop the floor.
	maxAsked = 1_000
	// maxTold bounds what one entry lists: more of them say nothing new, and all
	// are in the rows.
	maxTold = 100
	// maxMessage bounds what is said of one line: a scan may find one thing of
	// several packages.
	maxMessage = 2_000
)

func newExceptions() exceptions {
	return exceptions{rowsOf: map[string]*exception{}, found: map[foundAt][]*exception{}, scans: map[ledger.Identity][]*exception{},
		decisions: map[ledger.Identity]*decision{}, decided: map[string][]*decision{}, doubtOut: map[ledger.Identity]bool{}, doubting: map[ledger.ProductID]*doubting{}, held: map[heldAbout]int{},
		most: maxExceptions, mostEarly: maxEarly}
}

// beginExceptions starts the work on an entry.
func (b *Books) beginExceptions(in *ledger.Intent, at *ledger.Receipt) {
	e := &b.exceptions
	e.work++
	e.doubted = e.doubted[:0]
	e.touched, e.bookedAt, e.intent, e.asked = e.touched[:0], at.BookedAt, at.Intent, 0
	e.about = b.aboutOf(in, at)
}

func (b *Books) aboutOf(in *ledger.Intent, at *ledger.Receipt) about {
	return about{Identity: in.Identity(), operator: b.operatorCode(in.Operator), site: at.SiteOf(in), n: at.N, tEff: at.TEff}
}

// exceptionID names what an exception is about.
func exceptionID(kind string, id ledger.Identity, line int) string {
	if line > 0 {
		kind += "." + itoa(uint64(line))
	}
	return kind + "/" + nameOf(id)
}

// touch keeps an exception as it was before the work on this entry.
func (b *Books) touch(x *exception) {
	if x.work == b.exceptions.work {
		return
	}
	x.work = b.exceptions.work
	b.exceptions.touched = append(b.exceptions.touched, touchedException{x: x, was: *x})
}

// exception returns the one of a name to be changed, made where it is new.
func (b *Books) exception(id string, where foundAt) *exception {
	e := &b.exceptions
	if x := e.rowsOf[id]; x != nil {
		b.touch(x)
		return x
	}
	x := &exception{key: where.Key, source: where.source, work: e.work, row: ledger.ExceptionView{ID: id, At: where.TEff, RaisedAt: e.bookedAt, Device: where.Device}}
	e.rowsOf[id] = x
	if where.source == fromScan {
		e.scans[where.identity()] = byName(e.scans[where.identity()], x)
	}
	e.touched = append(e.touched, touchedException{x: x, new: true})
	return x
}

// byName adds an exception to others of one scan. They are told of in the order of
// their names, which is the same after a restart.
func byName(list []*exception, x *exception) []*exception {
	at, _ := slices.BinarySearchFunc(list, x.row.ID, func(o *exception, id string) int { return strings.Compare(o.row.ID, id) })
	return slices.Insert(list, at, x)
}

// find notes that what is found is so now.
func (b *Books) find(x *exception, yes bool) {
	if x.found == yes {
		return
	}
	x.found = yes
	if x.source == fromScan {
		return
	}
	where := foundAt{x.key, x.source}
	if list := b.exceptions.found[where]; yes {
		b.exceptions.found[where] = byName(list, x)
	} else if list = slices.DeleteFunc(slices.Clone(list), func(o *exception) bool { return o == x }); len(list) == 0 {
		delete(b.exceptions.found, where)
	} else {
		b.exceptions.found[where] = list
	}
}

// say gives an exception its words, and with them the evidence.
func (x *exception) say(kind, severity, message string) {
	if len(message) > maxMessage {
		message = ledger.Quote(message)
	}
	x.row.Kind, x.row.Severity, x.row.Message = kind, severity, message
	x.row.Evidence = ledger.EvidenceOf(kind, severity, message)
}

// note says of the intent that is being decided what a supervisor should hear.
func (b *Books) note(kind, severity, message string) {
	b.notes = append(b.notes, ledger.Note{Kind: kind, Severity: severity, Message: message, Line: b.exceptions.about.line})
}

// raiseNotes makes what was said of an intent into exceptions of its own.
func (b *Books) raiseNotes(in *ledger.Intent, lines []ledger.StampLine) {
	for _, note := range joined(b.notes) {
		x := b.ownException(note.Kind, note.Line)
		x.say(note.Kind, note.Severity, note.Message)
		if note.Kind == kindAsked {
			x.row.About = askedAbout(in)
		}
		b.attach(x, note.Kind, note.Line)
		if note.Line < len(lines) {
			x.about(&lines[note.Line])
		} else {
			x.row.Product, x.row.Location = in.Product, in.From
		}
	}
	b.notes, b.exceptions.doubted = b.notes[:0], b.exceptions.doubted[:0]
}

// ownException is one of the intent that is being decided.
func (b *Books) ownException(kind string, line int) *exception {
	a := &b.exceptions.about
	key := first(a.Identity, a.tEff)
	key.Line = line
	x := b.exception(exceptionID(kind, a.Identity, line), foundAt{key, fromScan})
	x.row.Site, x.row.Operator, x.row.Entry = a.site, a.operator, a.n
	x.out = b.struck(a.Identity)
	b.find(x, true)
	return x
}

// about says which product and place a line is about.
func (x *exception) about(l *ledger.StampLine) {
	if l.Product != nil {
		x.row.Product = l.Product.Code
	}
	place := l.From
	if l.To != nil && (place == nil || !place.Physical()) {
		place = l.To
	}
	x.at(place)
}

func (x *exception) at(place *ledger.Place) {
	if place == nil {
		return
	}
	x.row.Location = place.Code
	if place.Site != "" {
		x.row.Site = place.Site
	}
}

// joined takes notes of one kind on one line together.
func joined(notes []ledger.Note) []ledger.Note {
	if len(notes) < 2 {
		return notes
	}
	var out []ledger.Note
	for _, n := range notes {
		i := slices.IndexFunc(out, func(o ledger.Note) bool { return o.Kind == n.Kind && o.Line == n.Line })
		switch {
		case i < 0:
			out = append(out, n)
		case out[i].Message != n.Message:
			out[i].Message += " " + n.Message
			if ledger.SeverityRank(n.Severity) < ledger.SeverityRank(out[i].Severity) {
				out[i].Severity = n.Severity
			}
		}
	}
	return out
}

// turnExceptions clears what was said of an intent as such where it is undone, and
// brings it back where its undo is.
func (b *Books) turnExceptions(id ledger.Identity, out bool) {
	for _, x := range b.exceptions.scans[id] {
		if x.out != out {
			b.touch(x)
			x.out = out
		}
	}
}

// exceptionsBack leaves exceptions as they were before the work on this entry.
func (b *Books) exceptionsBack() {
	e := &b.exceptions
	for i := len(e.touched) - 1; i >= 0; i-- {
		t := &e.touched[i]
		b.find(t.x, false)
		if t.new {
			b.dropException(t.x)
			continue
		}
		found := t.was.found
		*t.x = t.was
		t.x.found = false
		b.find(t.x, found)
	}
	e.touched = e.touched[:0]
	e.work++ // what is raised of it yet, as of a parked scan, is work of its own
}

// dropException forgets a row.
func (b *Books) dropException(x *exception) {
	e := &b.exceptions
	delete(e.rowsOf, x.row.ID)
	b.countHeld(x, false)
	b.forgetDoubts(x)
	if x.source != fromScan {
		b.find(x, false)
		return
	}
	id := x.key.identity()
	list := slices.DeleteFunc(slices.Clone(e.scans[id]), func(o *exception) bool { return o == x })
	if e.scans[id] = list; len(list) == 0 {
		delete(e.scans, id)
	}
}

// settleExceptions judges what the entry touched, and returns what somebody has to
// look at now and had not before.
func (b *Books) settleExceptions() (told []ledger.ExceptionEvent) {
	e := &b.exceptions
	for i := 0; i < len(e.touched); i++ {
		t := &e.touched[i]
		x := t.x
		if t.new && !x.found {
			b.dropException(x) // found and lost again on the way
			continue
		}
		b.judgeException(x)
		b.countHeld(x, !x.row.Closed())
		if !t.new && x.same(&t.was) {
			continue
		}
		x.row.N = b.n
		b.rows.exceptions = append(b.rows.exceptions, x.row.ID)
		wasClosed := !t.new && t.was.row.Closed()
		if !x.row.Closed() && (t.new || wasClosed && !x.byPerson(&t.was)) && len(told) < maxTold {
			told = append(told, x.event(!t.new))
		}
	}
	e.touched = e.touched[:0]
	b.boundExceptions()
	return told
}

func (x *exception) same(o *exception) bool {
	return x.row == o.row && x.found == o.found && x.out == o.out && x.times == o.times && x.booked == o.booked && x.now == o.now && len(x.seen) == len(o.seen) && x.healed == o.healed && x.alone == o.alone && slices.Equal(x.doubts, o.doubts)
}

// byPerson says whether it is open again because of a decision alone.
func (x *exception) byPerson(was *exception) bool {
	return x.row.Evidence == was.row.Evidence && x.found == was.found && x.out == was.out && x.healed == was.healed
}

// matters says whether an exception makes its entry's outcome one. Whoever scanned
// what somebody else may have scanned too has done nothing wrong (Q1), nor has whoever
// asks for a supervisor.
func matters(e ledger.ExceptionEvent) bool { return e.Kind != kindDoubleScan && e.Kind != kindAsked }

func (x *exception) event(again bool) ledger.ExceptionEvent {
	e := ledger.ExceptionEvent{ID: x.row.ID, Kind: x.row.Kind, Severity: x.row.Severity, Message: x.row.Message}
	if again && x.source == fromWorth {
		e.Message = "Approval again: " + e.Message
	}
	return e
}

package settle

import (
	"errors"
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// Piece is a run of a history as it was stored: the entries that it came with,
// and the moment of the last booking in it.
type Piece struct {
	First    uint64 // the first of these
	BookedAt ledger.Time
	Bytes    []byte
}

// Past gives stored histories back, the newest piece first, until fn wants no
// more. The bytes are valid until fn returns.
type Past interface {
	Appended(key []byte, fn func(Piece) (more bool, err error)) error
}

// Books are the settled books. Make them with New.
type Books struct {
	state      *ledger.State
	past       Past
	histories  []*history // by product ID-1
	queue      queue
	asides     []*history // that have facts aside
	changes    changes
	maxFacts   int
	warmPieces int         // read at once, before they are needed
	warmBack   ledger.Time // before the scan for which they are
	// pointEvery is how many facts lie between two points of a product's costs.
	pointEvery int
	only       func(*ledger.Product) bool // whose facts are folded; nil: all
	virtuals   map[ledger.PlaceKind]*ledger.Place
	unknowns   unknowns
	closings   Closings
	sessions   sessions
	env
	exceptions exceptions

	work   Work
	latest ledger.Time // the latest moment that any fact has
	sealed correction
	rows   rowSet
	names  map[string]string // of devices and installs, each once

	// The work on one entry:
	n       uint64
	eval    evaluation
	fresh   fact // the line that is being booked
	moves   []ledger.Move
	arena   []leg
	reading []leg // of a fact that is being read
	did     []deed
	ownLegs []leg
	notes   []ledger.Note
	dates   []saidDate // of lots, to be kept once the entry stands
	why     string     // the cause that the entry's own differences are given
	idle    []string   // products of its lines that are not stock-kept
	again   refold
	worths  []worths
}

var (
	errTwice = errors.New("its place in the history is taken")
	errGone  = errors.New("the history does not have it")
)

// New returns books over a state whose rows have been loaded, and what was stored
// of its histories.
func New(state *ledger.State, past Past) *Books {
	return &Books{state: state, past: past, maxFacts: maxFacts, warmPieces: warmPieces, warmBack: recountIn + alikeWithin, pointEvery: pointEvery, env: newEnv(), unknowns: newUnknowns(), sessions: newSessions(), exceptions: newExceptions(), virtuals: map[ledger.PlaceKind]*ledger.Place{}}
}

// Work is how many facts were taken again since the books were made, because
// something came late, and how many were costed, the new ones among them.
type Work struct{ Folded, Costed uint64 }

// Work returns what has been done so far.
func (b *Books) Work() Work { return b.work }

// State returns the books as they stand; only to be read.
func (b *Books) State() *ledger.State { return b.state }

// Latest returns the latest moment that any fact has had since the books were
// made.
func (b *Books) Latest() ledger.Time { return b.latest }

// Decide books one intent and says what became of it. An intent that is parked or
// refused leaves the books as they were.
func (b *Books) Decide(r *ledger.Received, at ledger.Receipt) ledger.Decision {
	b.begin(&r.Intent, &at)
	d := b.decide(r, &at)
	if parked := b.takesBeyond(&d, &at); parked != nil {
		d = *parked
	}
	if d.Outcome != ledger.Parked && d.Outcome != ledger.Refused {
		if failed := b.bookPieces(d.Stamp.Lines, &at); failed != nil {
			d = *failed
		} else if parked := b.zeroMore(); parked != nil {
			d = *parked
		}
	}
	if b.state.TooMuch() {
		d = park(ledger.BadQuantity, "A balance would have more digits than the books can hold. The scan is kept and holds no stock until someone says how much it is.")
	}
	if d.Outcome != ledger.Parked && d.Outcome != ledger.Refused {
		if unread := b.recall(); unread != nil {
			d = *unread
		}
	}
	if d.Outcome == ledger.Parked && r.Intent.Mode == ledger.ModeCommand {
		d = refuse(d.Code, commandRefused(d.Message))
	}
	if d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
		b.takeBack()
		d.Stamp = ledger.Stamp{TEff: at.TEff}
		if d.Outcome == ledger.Parked && d.Waits != (ledger.Unknown{}) {
			b.wait(d.Waits, &r.Intent, &at)
		}
		if d.Outcome == ledger.Parked && d.Waits.Doubt {
			d.Exceptions = b.parkedDoubt(&r.Intent)
		}
		if b.unknowns.disputed && d.Outcome == ledger.Parked {
			d.Exceptions = b.dispute(&r.Intent)
		}
		return d
	}
	b.finish(&d, &r.Intent, &at)
	return d
}

// recall reads what the entry needs to know of goods that come back: what they
// cost when they left. It is the last thing that can fail.
func (b *Books) recall() *ledger.Decision {
	b.findWorths()
	for i := range b.worths {
		w := &b.worths[i]
		if !b.needsNotes(w) {
			continue
		}
		if err := b.readAll(w.h); err != nil {
			d := unreadable(w.h.product, err)
			return &d
		}
	}
	for i := range b.worths {
		if w := &b.worths[i]; b.needsNotes(w) {
			b.noteRead(w.h)
		}
	}
	return nil
}

// needsNotes says whether something that is costed now looks back further than the
// costs know.
func (b *Books) needsNotes(w *worths) bool {
	at, _ := w.h.position(w.from)
	return !w.h.costs.noting && b.anyLooksBack(w.h.facts[at:])
}

// Abandon takes back what a Decide that did not return had booked.
func (b *Books) Abandon() { b.takeBack() }

func (b *Books) begin(in *ledger.Intent, at *ledger.Receipt) {
	b.beginExceptions(in, at)
	b.n = at.N
	b.did, b.ownLegs, b.notes, b.dates, b.why = b.did[:0], b.ownLegs[:0], b.notes[:0], b.dates[:0], ""
	b.idle = b.idle[:0]
	b.judgeLoaded()
	b.env.begin()
	b.unknowns.begin()
	b.sessions.begin()
	b.state.Begin(at.N, at.BookedAt)
}

func (b *Books) finish(d *ledger.Decision, in *ledger.Intent, at *ledger.Receipt) {
	d.Stamp.TEff = at.TEff
	b.latest = max(b.latest, at.TEff)
	b.landed()
	b.recost()
	b.lookNear()
	b.tell(d)
	b.behind(d)
	b.heal()
	if b.raiseNotes(in, d.Stamp.Lines); doubtful(in) {
		b.bookedDoubt(in)
	}
	b.sayDates(d, in)
	b.state.DemandOf(b.demandSite(in, at), at.TEff)
	d.Alerts = b.state.Post()
	b.overfull(in, d.Stamp.Lines)
	b.sayIdle(d)
	b.record()
	if d.Exceptions = b.settleExceptions(); slices.ContainsFunc(d.Exceptions, matters) {
		d.Outcome = ledger.Exception
	}
	d.Alerts = append(d.Alerts, b.tellHeld(at)...)
}

// overfull tells of places that took more than somebody said they do. It is a hint:
// goods that are there are there. It is judged as alerts are, on the books as they
// stand when the scan comes.
func (b *Books) overfull(in *ledger.Intent, lines []ledger.StampLine) {
	full := b.state.Overfull()
	if len(full) == 0 {
		return
	}
	b.exceptions.about.line = 0
	for i := range full {
		b.note("overfull", ledger.Warning, full[i].Message)
	}
	b.raiseNotes(in, lines)
	b.exceptions.rowsOf[exceptionID("overfull", in.Identity(), 0)].at(full[0].Place)
}

// sayIdle tells whoever scanned that nothing was moved, and why.
func (b *Books) sayIdle(d *ledger.Decision) {
	if len(b.idle) == 0 || d.Message != "" {
		return
	}
	d.Message = b.idle[0] + " is not stock-kept; the scan was taken and moved no stock."
	if len(b.idle) > 1 {
		d.Message = b.idle[0] + " and " + itoa(uint64(len(b.idle)-1)) + " lines more are not stock-kept; they were taken and moved no stock."
	}
}

// landed tells of goods that came to what was deleted.
func (b *Books) landed() {
	land := func(p *ledger.Product, at *ledger.Place) {
		for _, said := range b.state.Landed(p, at) {
			b.note("closing", ledger.Warning, said)
		}
	}
	b.exceptions.about.line = 0
	for i := range b.ownLegs {
		l := &b.ownLegs[i]
		land(l.from.Product, l.to.Place.Stand())
	}
	for _, m := range b.state.Moved() {
		b.state.EachCellBefore(m.Package, func(c *ledger.Cell, _ int64) { land(c.Product, m.To) })
	}
}

func (b *Books) decide(r *ledger.Received, at *ledger.Receipt) ledger.Decision {
	in := &r.Intent
	if f := r.Fault; f != nil {
		outcome := ledger.Refused
		if f.Code == ledger.Unsupported {
			outcome = ledger.Parked
		}
		return ledger.Decision{Outcome: outcome, Code: f.Code, Message: f.Message}
	}
	asked := in.Mode == ledger.ModeCommand
	if asked && in.At != 0 && at.Arrived-in.At > CommandMaxAge {
		return refuse(ledger.Expired, "The command is older than 10 seconds. It was not carried out; look at the shelf and give it again.")
	}
	if asked && in.Reason == "" && b.state.WantsReason(at.SiteOf(in), in.Action, at.TEff) {
		return refuse(ledger.BadField, whyWanted(in.Action)+" needs a reason. Nothing was moved; give one.")
	}
	if parked := b.granted(in, at); parked != nil {
		return *parked
	}
	b.remark(in, at)
	if waits := b.who(in, at); waits != nil {
		return *waits
	}
	if doubtful(in) {
		if parked := b.doubt(in); parked != nil {
			return *parked
		}
	}
	switch in.Action {
	case ledger.ActionDecide:
		return b.decideException(in, at, asked)
	case ledger.ActionUndo:
		return b.undo(in, at)
	case ledger.ActionMap:
		return b.mapCode(in, at)
	case ledger.ActionClose:
		return b.closeBooks(in, at)
	case ledger.ActionAsk:
		return b.ask(in, at)
	}
	return b.meaningful(in, at, asked)
}

// remark says of an intent what a supervisor should hear, whatever it means.
func (b *Books) remark(in *ledger.Intent, at *ledger.Receipt) {
	if in.Reason != "" || !b.state.WantsReason(at.SiteOf(in), in.Action, at.TEff) {
		return
	}
	if in.Action == ledger.ActionIsolate || in.Action == ledger.ActionRelease {
		b.note(kindNoReason, ledger.Info, "Goods were set aside or released without a reason; ask "+nameOr(in.Operator, in.Device)+".")
		return
	}
	b.note(kindNoReason, ledger.Info, "The site wants a reason for "+in.Action+", and none was given; ask "+nameOr(in.Operator, in.Device)+".")
}

// kindNoReason is of what somebody did without saying why.
const kindNoReason = "no_reason"

// whyWanted begins a sentence about an action that needs a reason.
func whyWanted(action string) string {
	if action == ledger.ActionIsolate || action == ledger.ActionRelease {
		return "Setting goods aside, and releasing them,"
	}
	return "At this site the action " + action
}

// meaningful settles an intent whose codes have to be understood.
func (b *Books) meaningful(in *ledger.Intent, at *ledger.Receipt, asked bool) ledger.Decision {
	switch in.Action {
	case ledger.ActionIsolate, ledger.ActionRelease:
		if in = b.state.NamePackage(in, at); asksForHold(in) {
			return b.decideHold(in, at)
		}
	case ledger.ActionSessionOpen, ledger.ActionSessionClose:
		return b.decideSession(in, at)
	}
	return b.goods(in, at, asked)
}

// goods books an intent that moves or counts goods, line by line.
func (b *Books) goods(in *ledger.Intent, at *ledger.Receipt, asked bool) ledger.Decision {
	lines, notes, parked := b.state.Resolve(in, at)
	if parked != nil {
		return *parked
	}
	b.notes = append(b.notes, notes...)
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampGoods, Lines: lines}}
	if parked := b.arrives(in.Identity(), &d.Stamp, at); parked != nil {
		return *parked
	}
	out := b.cancelled(in.Identity())
	if out {
		d.Message = "It was undone before it arrived; it is kept and takes no part."
	}
	if asked && slices.ContainsFunc(lines, closing) {
		return refuse(ledger.Closing, "The product or the place was deleted. Nothing was moved; use another.")
	}
	if len(lines) > 1 && !slices.ContainsFunc(lines, boxed) {
		if refused := b.together(in, at, lines, out, asked); refused != nil {
			return *refused
		}
		b.sayJoined(in, &d)
		return d
	}
	for i := range lines {
		l := &lines[i]
		b.exceptions.about.line = i
		if l.Package != nil {
			if refused := b.packed(in, at, l, i, out, asked); refused != nil {
				return *refused
			}
			continue
		}
		if _, refused := b.line(in, at, l, i, out, asked); refused != nil {
			return *refused
		}
	}
	b.sayJoined(in, &d)
	return d
}

// closing says whether a line would bring goods to what was deleted.
func closing(l ledger.StampLine) bool {
	return l.Product != nil && l.Product.Deleted || l.To != nil && l.To.Deleted
}

// boxed says whether a line names a package.
func boxed(l ledger.StampLine) bool { return l.Package != nil }

// stocked says whether a line moves or counts goods that these books keep. Goods that
// nobody keeps are sold as a matter of course: the scan is taken, and nobody has to look
// at it. What stands for its variants is another matter, for goods did move then.
func (b *Books) stocked(l *ledger.StampLine) bool {
	p := l.Product
	switch {
	case p == nil:
		return false
	case l.Noted:
		if p.HasVariants() {
			b.note("has_variants", ledger.Warning, p.Code+" stands for its variants and was scanned itself; no stock was moved. Say which of them it was.")
		}
		b.idle = append(b.idle, p.Code)
		return false
	}
	return b.only == nil || b.only(p)
}

// line books the goods of one line.
func (b *Books) line(in *ledger.Intent, at *ledger.Receipt, l *ledger.StampLine, i int, out, asked bool) (*history, *ledger.Decision) {
	p := l.Product
	if !b.stocked(l) {
		return nil, nil
	}
	b.fresh = newFact(in, at, l, i)
	f := &b.fresh
	f.recorded = b.n
	f.set(flagOut, out)
	h := b.history(p)
	if in.Session != "" && f.counts() {
		if parked := b.tallied(in, f); parked != nil {
			return h, parked
		}
	}
	refused, err := b.placeLine(h, f, asked)
	if err != nil {
		d := unreadable(p, err)
		refused = &d
	}
	if refused == nil && len(b.dirty) > 0 {
		refused = b.settleDirty()
	}
	return h, refused
}

// packed books a line with a package: what it says of the package, then its goods,
// then what follows for others in packages that are elsewhere now.
func (b *Books) packed(in *ledger.Intent, at *ledger.Receipt, l *ledger.StampLine, i int, out, asked bool) *ledger.Decision {
	s := b.newStep(in, at, l, i)
	s.out = out
	changed := b.addStep(s)
	own, refused := b.line(in, at, l, i, out, asked)
	if refused == nil {
		refused = b.follow(s, changed, own)
	}
	if refused == nil && asked && s.found.breach {
		d := refuse(ledger.Held, "Package "+s.parcel.place.Code+", or something in it, is held. Nothing was taken; ask a supervisor to release it.")
		refused = &d
	}
	return refused
}

func unreadable(p *ledger.Product, err error) ledger.Decision {
	return park(ledger.Unsupported, "What was booked of "+p.Code+" before could not be read ("+err.Error()+"). The scan is kept and holds no stock; tell your administrator to run verify.")
}

// CommandMaxAge is how old a command may be when it arrives, in microseconds:
// after that the person no longer stands before the shelf waiting for it.
const CommandMaxAge = ledger.Time(10e6)

// commandRefused says of a command what is said of a parked fact: a person who
// asks must be told no, not later.
func commandRefused(message string) string {
	for i := 0; i+1 < len(message); i++ {
		if message[i] == '.' && message[i+1] == ' ' {
			message = message[:i+1]
			break
		}
	}
	return message + " The command was not carried out; mend it and give it again."
}

func park(code ledger.Code, message string) ledger.Decision {
	return ledger.Decision{Outcome: ledger.Parked, Code: code, Message: message}
}

func refuse(code ledger.Code, message string) ledger.Decision {
	return ledger.Decision{Outcome: ledger.Refused, Code: code, Message: message}
}

// virtual returns the company's place of a kind. They are made with the book.
func (b *Books) virtual(kind ledger.PlaceKind) *ledger.Place {
	p := b.virtuals[kind]
	if p == nil {
		p, _ = b.state.Place("", string(kind))
		b.virtuals[kind] = p
	}
	return p
}

// latestTotal returns what a product holds at a place as it is now, with what this
// entry has booked so far, whatever is taken back meanwhile.
func (b *Books) latestTotal(h *history, place *ledger.Place) int64 {
	sum := b.state.TotalBefore(h.product, place)
	for i := range b.ownLegs {
		l := &b.ownLegs[i]
		if l.from.Product == h.product && l.from.Place == place {
			sum -= l.quantity
		}
		if l.to.Product == h.product && l.to.Place == place {
			sum += l.quantity
		}
	}
	return sum
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

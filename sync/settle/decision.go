package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// Choices of a decision.
const (
	ChoiceTake       = "take"        // I look after it
	ChoiceLeave      = "leave"       // I do not any more
	ChoiceAccept     = "accept"      // the booking stands
	ChoiceRecount    = "recount"     // the shelf was, or will be, counted again
	ChoiceDismiss    = "dismiss"     // it says nothing
	ChoiceReject     = "reject"      // a doubtful count is not to be booked
	ChoiceReturned   = "returned"    // held goods were brought back
	ChoiceWrittenOff = "written_off" // held goods are gone
	ChoiceAnswered   = "answered"    // whoever asked was seen to
)

// Kinds of exceptions that are spoken of by name.
const (
	kindHeldTaken       = "held_taken"
	kindDoubtfulCount   = "doubtful_count"
	kindCountDifference = "count_difference"
	kindConflict        = "identity_conflict"
	kindLostScan        = "lost_scan"
	kindReinstalled     = "reinstalled"
	kindSealed          = "sealed"
	kindDoubleScan      = "double_scan"
	kindTwoPlaces       = "serial_two_places"
	kindDispute         = "barcode_dispute"
	kindRecount         = "recount"
	kindAmbiguous       = "ambiguous"
	kindNotAllowed      = "not_allowed"
	kindAsked           = "asked"
)

// everyChoice are those that every kind has, ownChoices those of one kind alone.
var (
	everyChoice = []string{ChoiceTake, ChoiceLeave, ChoiceAccept, ChoiceRecount, ChoiceDismiss}
	ownChoices  = map[string][]string{
		kindHeldTaken:     {ChoiceReturned, ChoiceWrittenOff},
		kindDoubtfulCount: {ChoiceReject},
		kindAsked:         {ChoiceAnswered},
	}
	// notChoices are those that a kind has not: a lost scan has no booking that
	// could stand, a doubtful count is accepted or rejected, and who asks is answered.
	notChoices = map[string][]string{
		kindLostScan:      {ChoiceAccept},
		kindConflict:      {ChoiceAccept, ChoiceRecount},
		kindDispute:       {ChoiceRecount},
		kindDoubtfulCount: {ChoiceRecount, ChoiceDismiss},
		kindAsked:         {ChoiceAccept, ChoiceRecount},
	}
)

// Choices returns what can be decided on exceptions of a kind.
func Choices(kind string) []string {
	out := append(slices.Clone(everyChoice), ownChoices[kind]...)
	return slices.DeleteFunc(out, func(c string) bool { return slices.Contains(notChoices[kind], c) })
}

// decision is what a supervisor said of an exception, on the evidence that they
// saw. It may come before the exception.
type decision struct {
	key       Key
	n         uint64
	exception string
	choice    string
	evidence  string
	by        string
	out       bool // undone
}

// decisionSite is where the stamp of a decision has the site of its exception, behind
// its id, the choice and the evidence.
const decisionSite = 3

// hands says whether a decision is about who looks after it and closes nothing.
func (d *decision) hands() bool { return d.choice == ChoiceTake || d.choice == ChoiceLeave }

// splitException reads the kind and the identity that an exception's name has.
func splitException(id string) (kind string, about ledger.Identity, ok bool) {
	kind, rest, found := strings.Cut(id, "/")
	if !found || kind == "" {
		return "", about, false
	}
	if name, line, numbered := strings.Cut(kind, "."); numbered {
		if line == "" || strings.Trim(line, "0123456789") != "" {
			return "", about, false
		}
		kind = name
	}
	about, ok = ledger.ParseReference(rest, nil)
	return kind, about, ok
}

// decideException settles what a supervisor decides (H26).
func (b *Books) decideException(in *ledger.Intent, at *ledger.Receipt, asked bool) ledger.Decision {
	const kept = " The decision is kept and decides nothing; send it again, mended."
	if !at.MayIntend(b.siteOfException(in, at), in.Action) {
		return park(ledger.NotAllowed, "Only a supervisor decides what becomes of an exception. The intent is kept and decides nothing; a supervisor can send it.")
	}
	kind, about, ok := splitException(in.ExceptionN)
	switch {
	case !ok:
		return park(ledger.BadField, "The exception "+ledger.Quote(in.ExceptionN)+" has no name such as short/H-07/k3f9/41."+kept)
	case !slices.Contains(Choices(kind), in.Choice):
		return park(ledger.BadField, "The choice "+ledger.Quote(in.Choice)+" is none of "+strings.Join(Choices(kind), ", ")+"."+kept)
	}
	dec := &decision{key: first(in.Identity(), at.TEff), n: at.N, exception: in.ExceptionN, choice: in.Choice, evidence: in.Evidence, by: nameOr(in.Operator, in.Device)}
	if dec.evidence == "" && !dec.hands() && kind != kindDoubtfulCount {
		return park(ledger.BadField, "The decision names no evidence, and so not what it saw."+kept)
	}
	x := b.exceptions.rowsOf[dec.exception]
	switch {
	case asked && x == nil:
		return refuse(ledger.NotFound, "There is no exception "+ledger.Quote(dec.exception)+". Nothing was decided; look at the list again.")
	case asked && !dec.hands() && !b.fits(x, dec):
		return refuse(ledger.Expired, "The exception changed since the decision was made. Nothing was decided; it says now: "+x.row.Message)
	}
	d := ledger.Decision{Kind: ledger.KindDecision, Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampDecision, Names: []string{dec.exception, dec.choice, dec.evidence, b.siteOfException(in, at)}}}
	b.judgeUndos(in.Identity(), &d.Stamp)
	dec.out = b.struck(in.Identity())
	b.addDecision(dec)
	if kind == kindDoubtfulCount && dec.choice == ChoiceAccept {
		if failed := b.acceptanceChanged(about, at); failed != nil {
			return *failed
		}
	}
	d.Message = b.saidOf(dec)
	return d
}

// saidOf tells whoever decided what became of it.
func (b *Books) saidOf(dec *decision) string {
	x := b.exceptions.rowsOf[dec.exception]
	switch {
	case dec.out:
		return "It was undone before it arrived; it is kept and decides nothing."
	case x == nil:
		return "The exception has not come up; the decision waits for it."
	case dec.hands():
		return ""
	case !x.found || x.out || x.healed:
		return "The exception had cleared itself."
	case b.lastOf(dec.exception) != dec:
		return "Something else was decided later; that stands."
	case !b.fits(x, dec):
		return "The exception changed since the decision was made; it stays open. It says now: " + x.row.Message
	}
	return ""
}

// fits says whether what a decision saw is what is found now.
func (b *Books) fits(x *exception, d *decision) bool {
	if x.row.Kind == kindDoubtfulCount {
		return true // it is about one scan, which never changes
	}
	return d.evidence == x.row.Evidence || x.source == fromWorth && b.near(x, d.evidence)
}

// lastOf returns the decision on an exception that counts, nil where there is none.
func (b *Books) lastOf(id string) *decision {
	list := b.exceptions.decided[id]
	for i := len(list) - 1; i >= 0; i-- {
		if !list[i].out {
			return list[i]
		}
	}
	return nil
}

// judgeException finds the state that follows from what is found and decided.
func (b *Books) judgeException(x *exception) {
	r := &x.row
	r.TakenBy, r.Choice, r.DecidedBy, r.DecidedAt = "", "", "", 0
	for _, d := range b.exceptions.decided[r.ID] {
		switch {
		case d.out:
		case d.choice == ChoiceTake:
			r.TakenBy = d.by
		case d.choice == ChoiceLeave:
			r.TakenBy = ""
		}
	}
	last := b.lastOf(r.ID)
	if x.row.Kind == kindDoubtfulCount && b.acceptedBy(x.key.identity()) != nil {
		last = b.acceptedBy(x.key.identity()) // what is booked is booked
	}
	if last != nil && !last.hands() && b.fits(x, last) {
		r.Choice, r.DecidedBy, r.DecidedAt = last.choice, last.by, last.key.TEff
	}
	switch {
	case !x.found || x.out || x.healed:
		r.State = ledger.ExceptionCleared
	case r.Choice != "":
		r.State = ledger.ExceptionDecided
	case r.TakenBy != "":
		r.State = ledger.ExceptionTaken
	default:
		r.State = ledger.ExceptionOpen
	}
}

// addDecision puts a decision among those on its exception, in order of K.
func (b *Books) addDecision(d *decision) {
	e := &b.exceptions
	id := d.key.identity()
	before := e.decided[d.exception]
	at, _ := slices.BinarySearchFunc(before, d, func(x, y *decision) int { return x.key.Compare(&y.key) })
	list := slices.Insert(slices.Clone(before), at, d)
	var over *decision
	if len(list) > maxDecisions {
		over, list = list[0], list[1:]
		delete(e.decisions, over.key.identity())
		b.rows.decisions = append(b.rows.decisions, over.key.identity())
	}
	e.decided[d.exception], e.decisions[id] = list, d
	if over == d {
		delete(e.decisions, id)
	}
	b.rows.decisions = append(b.rows.decisions, id)
	if x := e.rowsOf[d.exception]; x != nil {
		b.touch(x)
	}
	b.back = append(b.back, func() {
		delete(e.decisions, id)
		if over != nil && over != d {
			e.decisions[over.key.identity()] = over
		}
		if e.decided[d.exception] = before; len(before) == 0 {
			delete(e.decided, d.exception)
		}
	})
}

// turnDecision takes a decision out, or puts it back.
func (b *Books) turnDecision(id ledger.Identity, out bool, at *ledger.Receipt) *ledger.Decision {
	d := b.exceptions.decisions[id]
	if d == nil || d.out == out {
		return nil
	}
	d.out = out
	b.back = append(b.back, func() { d.out = !out })
	b.rows.decisions = append(b.rows.decisions, id)
	if x := b.exceptions.rowsOf[d.exception]; x != nil {
		b.touch(x)
	}
	if kind, about, _ := splitException(d.exception); kind == kindDoubtfulCount && d.choice == ChoiceAccept {
		return b.acceptanceChanged(about, at)
	}
	return nil
}

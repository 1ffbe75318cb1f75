package simulation

import (
	"cmp"
	"slices"
	"strconv"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// streamAsks is apart from the other streams by far: there is one for each order.
const streamAsks = 1 << 40

// neverSaid is an evidence under which nothing was ever shown.
const neverSaid = "0123456789abcdef"

// asking puts asks for a supervisor between the steps of a day that is made already,
// and what becomes of them: so that what else happens is what it was without them.
type asking struct {
	*maker
	d     dice
	scans []int // the steps that are scans
	bad   []int // of these what cannot be booked
	lost  []int // and what somebody undoes
	added []placed
	next  int          // id of the next scan
	local int          // the handheld of a supervisor of one site
	twins map[int]bool // handhelds that go by one name: what they scan has it twice
}

// placed is a step that is to happen before another one.
type placed struct {
	before int
	Step
}

// Shares of what is asked about, and of what becomes of it.
const (
	asksFor      = 22 // of so many scans one is asked about, about
	aboutBad     = 0.25
	aboutUndone  = 0.2
	bySupervisor = 0.3
	bySomeone    = 0.04 // who has no right to
	aboutNothing = 0.03
	askedTwice   = 0.25
	askDecided   = 0.85
	decidedAgain = 0.35
	askUndone    = 0.25
	byLocal      = 0.3 // of those, by a supervisor of one site
	undoUndone   = 0.4
	unseen       = 0.12 // decisions on what the ask never said
	soon         = 0.4
	atTheEnd     = 0.4 // decisions, when most of what was asked has come
)

// ask lets people ask about scans of the day.
func (m *maker) ask() {
	if !m.c.Families.Has(Asks) {
		return
	}
	a := &asking{maker: m, d: newDice(m.c.Seed, streamAsks), next: len(m.made) + 1, local: len(m.crew), twins: map[int]bool{}}
	m.crew = append(m.crew, &person{id: a.local, online: true, hand: Hand{Device: "S-" + strconv.Itoa(a.local+1), Site: one(a.d, m.land.sites), Role: "supervisor",
		Only: true, MaxSend: 8, Coarse: 1, Deaf: true}})
	undone := map[int]bool{}
	for i := range m.out.Steps {
		if s := m.out.Steps[i].Scan; s != nil {
			a.scans = append(a.scans, i)
			undone[s.Undoes] = true
		}
		if s := &m.out.Steps[i]; s.Kind == KindCopy {
			a.twins[s.Hand], a.twins[s.Other] = true, true
		}
	}
	for _, i := range a.scans {
		switch s := m.out.Steps[i].Scan; {
		case s.Want != "":
			a.bad = append(a.bad, i)
		case undone[s.ID]:
			a.lost = append(a.lost, i)
		}
	}
	for range len(a.scans)/asksFor + 1 {
		a.question()
	}
	a.merge()
}

// question is one scan that somebody asks about, once or twice, and what becomes of it.
func (a *asking) question() {
	from := a.scans
	switch {
	case len(a.bad) > 0 && a.d.chance(aboutBad):
		from = a.bad
	case len(a.lost) > 0 && a.d.chance(aboutUndone):
		from = a.lost
	}
	about := one(a.d, from)
	step := &a.out.Steps[about]
	hand := step.Hand
	switch {
	case a.d.chance(bySupervisor):
		hand = a.supervisor()
	case a.d.chance(bySomeone):
		hand = a.d.IntN(a.local)
	}
	s := Scan{Asks: step.Scan.ID, Intent: ledger.Intent{Action: ledger.ActionAsk, Product: step.Scan.Intent.Product, From: step.Scan.Intent.From,
		Reason: one(a.d, []string{"", "not enough there", "the box was open"})}}
	if a.d.chance(aboutNothing) {
		s.Asks, s.Want, s.Intent.Reference = 0, ledger.NotFound, "that one"
	}
	at := a.later(about + 1)
	a.becomes(a.put(at, hand, s), hand, at)
	if a.d.chance(askedTwice) {
		again := a.later(at)
		a.becomes(a.put(again, hand, s), hand, again)
	}
}

func (a *asking) supervisor() int {
	return slices.IndexFunc(a.crew, func(p *person) bool { return p.hand.Role == "supervisor" })
}

// becomes lets supervisors decide on an ask, and somebody take it back, or what was
// decided.
func (a *asking) becomes(ask, hand, at int) {
	boss := a.supervisor()
	if a.d.chance(askDecided) {
		decided := a.later(at)
		if a.d.chance(atTheEnd) {
			decided = a.later(len(a.out.Steps))
		}
		id := a.decision(ask, decided)
		if a.d.chance(decidedAgain) {
			a.decision(ask, a.later(decided))
		}
		if a.d.chance(askUndone) {
			a.takeBack(id, boss, decided)
		}
	}
	if a.d.chance(askUndone) {
		if by := one(a.d, []int{hand, hand, boss}); a.d.chance(byLocal) && !a.twins[hand] {
			a.takeBack(ask, a.local, at)
		} else {
			a.takeBack(ask, by, at)
		}
	}
}

func (a *asking) decision(ask, at int) int {
	s := Scan{Answers: ask, Intent: ledger.Intent{Action: ledger.ActionDecide, Choice: one(a.d, []string{settle.ChoiceAnswered, settle.ChoiceAnswered,
		settle.ChoiceAnswered, settle.ChoiceDismiss, settle.ChoiceTake, settle.ChoiceTake, settle.ChoiceLeave})}}
	if a.d.chance(unseen) {
		s.Intent.Evidence = neverSaid
	}
	return a.put(at, a.supervisor(), s)
}

// takeBack undoes an ask or a decision, and perhaps the undo.
func (a *asking) takeBack(id, hand, at int) {
	undo := Scan{Undoes: id, Intent: ledger.Intent{Action: ledger.ActionUndo, Reason: "mistake"}}
	for again := true; again; again = a.d.chance(undoUndone) {
		at = a.later(at)
		undo.Undoes = a.put(at, hand, undo)
	}
}

// later is a step from one on: soon after it, or some time until the end.
func (a *asking) later(at int) int {
	const near = 8
	last := len(a.out.Steps)
	if a.d.chance(soon) {
		last = min(last, at+near)
	}
	at = a.d.between(at, last)
	for at < len(a.out.Steps) && a.out.Steps[at].Join {
		at++ // what reaches the server together does so still
	}
	return at
}

// put lets somebody scan before a step, and returns the scan's id.
func (a *asking) put(before, hand int, s Scan) int {
	s.ID, s.Beside = a.next, true
	a.next++
	if names := a.crew[hand].names; len(names) > 0 && a.d.chance(0.8) {
		s.Intent.Operator = one(a.d, names)
	}
	t := a.out.Steps[min(before, len(a.out.Steps)-1)].T
	a.added = append(a.added, placed{before, Step{T: t, Kind: KindScan, Hand: hand, Scan: &s}})
	if a.c.Calm || hand == a.local { // what is scanned arrives at once
		a.added = append(a.added, placed{before, Step{T: t, Kind: KindSend, Hand: hand, Count: 1}})
	}
	return s.ID
}

// merge puts the added steps in. The next push of each handheld takes what was added
// along, so that everything else arrives when it did.
func (a *asking) merge() {
	slices.SortStableFunc(a.added, func(x, y placed) int { return cmp.Compare(x.before, y.before) })
	steps := make([]Step, 0, len(a.out.Steps)+len(a.added))
	more := map[int]int{}
	for i := range len(a.out.Steps) + 1 {
		for len(a.added) > 0 && a.added[0].before == i {
			steps = append(steps, a.added[0].Step)
			more[a.added[0].Hand]++
			a.added = a.added[1:]
		}
		if i == len(a.out.Steps) {
			break
		}
		s := a.out.Steps[i]
		switch {
		case s.Kind == KindSend && !a.c.Calm:
			s.Count += more[s.Hand]
			more[s.Hand] = 0
		case s.Kind == KindCommand: // it takes all along
			more[s.Hand] = 0
		}
		steps = append(steps, s)
	}
	a.out.Steps = steps
}

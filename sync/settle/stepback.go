package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// Step is what one fact did to what some holders have of a product, as it is known now.
type Step struct {
	Key
	N        uint64 // its entry
	Recorded uint64 // the entry that last changed what it did
	Change   int64
	After    int64 // what was there after it
	Counts   bool  // it is a count, or closed a session of one
	Undone   bool  // it takes no part
	From, To ledger.PlaceID
	Lot      string
	Serial   string
}

// Steps are the last steps of a product at some holders.
type Steps struct {
	List   []Step // the newest first
	Before int64  // what was there before the last of them
	More   bool   // there are earlier ones
	Cut    bool   // more facts lie between than one search looks at: earlier ones are not told
}

// maxStepFacts bounds how many facts one search goes through: some 100 bytes each, and
// nobody reads that far back on a screen.
const maxStepFacts = 200_000

// StepSearch goes back through a product's history for the steps that made a balance.
// Make one with NewStepSearch while the books cannot change.
type StepSearch struct {
	in    func(ledger.PlaceID) bool
	n     uint64 // facts that were written later are not looked at
	until *Key   // only steps before this one; nil: all
	since ledger.Time
	most  int

	left   int64 // what was there after those that are not gone through yet
	looked int
	found  []Step
	known  map[Key]bool
	over   bool
	steps  Steps
}

// NewStepSearch begins a search as of entry n. in says which holders count, and now is
// what they hold together; only steps before until (nil: all), not before since, and
// most of them at most, are told.
func NewStepSearch(now int64, n uint64, until *Key, since ledger.Time, most int, in func(ledger.PlaceID) bool) *StepSearch {
	return &StepSearch{in: in, n: n, until: until, since: since, most: most, left: now, known: map[Key]bool{}, steps: Steps{Before: now}}
}

// Search looks at a piece of the history, all newer ones of which were given before. It
// says whether older ones are wanted.
func (s *StepSearch) Search(facts []Traced, bookedAt ledger.Time) (more bool) {
	for i := len(facts) - 1; i >= 0 && !s.over; i-- {
		f := &facts[i]
		touches := s.touches(f)
		if f.Recorded > s.n || !touches && !f.wanders() || s.known[f.Key] {
			continue
		}
		if s.looked++; s.looked > maxStepFacts {
			s.over, s.steps.Cut = true, true
			return false
		}
		if s.known[f.Key] = true; touches {
			s.found = append(s.found, Step{Key: f.Key, N: f.N, Recorded: f.Recorded, Change: s.net(f), Counts: f.Counts || f.Closes, Undone: f.Out,
				From: f.From, To: f.To, Lot: f.Lot, Serial: f.Serial})
		}
	}
	slices.SortFunc(s.found, func(x, y Step) int { return x.Key.Compare(&y.Key) })
	s.back(bookedAt + 1) // what older pieces have happened a microsecond after their booking at most
	return !s.over
}

// Steps ends the search.
func (s *StepSearch) Steps() Steps {
	if !s.over {
		s.back(-1)
	}
	return s.steps
}

// back goes back over what was found, down to a moment.
func (s *StepSearch) back(down ledger.Time) {
	for len(s.found) > 0 && !s.over {
		last := s.found[len(s.found)-1]
		if last.TEff <= down {
			return
		}
		s.found = s.found[:len(s.found)-1]
		last.After = s.left
		s.left -= last.Change
		switch {
		case s.until != nil && last.Key.Compare(s.until) >= 0:
			s.steps.Before = s.left
		case last.Change == 0 && !last.Counts && !last.Undone: // it went from one of the holders to another
		case last.TEff < s.since || len(s.steps.List) == s.most:
			s.over, s.steps.More = true, true
		default:
			s.steps.List = append(s.steps.List, last)
			s.steps.Before = s.left
		}
	}
}

func (s *StepSearch) touches(f *Traced) bool {
	return s.in(f.From) || s.in(f.To) || slices.ContainsFunc(f.Legs, func(l TracedLeg) bool { return s.in(l.From) || s.in(l.To) })
}

func (s *StepSearch) net(f *Traced) (sum int64) {
	for i := range f.Legs {
		l := &f.Legs[i]
		if s.in(l.To) {
			sum += l.Quantity
		}
		if s.in(l.From) {
			sum -= l.Quantity
		}
	}
	return sum
}

// UndoneBy is who undid an intent, and when; ok is false where it takes part.
func (b *Books) UndoneBy(id ledger.Identity) (by Key, n uint64, ok bool) {
	own := b.undos[id]
	for _, u := range b.undoing[id] {
		if u.void || own != nil && u.key.Compare(&own.key) < 0 || b.struck(u.key.identity()) {
			continue
		}
		return u.key, u.n, true
	}
	return by, 0, false
}

package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// fact is one stamped line of an intent in its product's history, with what it is
// booked as now.
type fact struct {
	act   act
	flags flags
	marks marks
	found bool   // somebody should look at it; not stored, the rows say so
	kin   uint32 // facts of another kin are not alike; not stored, see kinship
	Key
	n        uint64 // its entry
	recorded uint64 // the entry with which it was last written to the history
	seen     uint64 // what its device knew, for who is to blame
	quantity int64
	from, to *ledger.Place
	lot      string
	serial   string
	legs     []leg  // none while it takes no part
	said     *said  // of costs
	tally    *tally // of a line of a count session
}

// leg is a quantity that goes from one cell to another, or, within one, changes
// pools with the package that it is in.
type leg struct {
	from, to *ledger.Cell
	quantity int64
	value    int64 // that went with it, in minor units; found by costing
	// Where the package of a cell stood then, as far as costs ask: see stands.
	fromAt, toAt ledger.PlaceID
	cause        cause
	begins       bool // of a serial: nothing of its chain came before
}

// act is what a fact does. Numbers reach the disk; the list only grows.
type act byte

const (
	actTake     act = iota // goods go from a place to another
	actRemove              // the same, out of the house: where held goods are a breach
	actCarry               // a move or unpack: where leaving a held place is seen
	actIsolate             // a quantity becomes held
	actRelease             // a quantity becomes free
	actCount               // a checkpoint of all cells of the product at a place
	actCountOne            // of those of a lot, serial or status
	actAdd                 // goods come in: where a serial's chain may begin
	actShip                // what happened to a package does something to goods inside
	actBring               // a serial is brought somewhere by its own hold
	actClose               // a count session was closed: what nobody saw is not there
)

// flags of a fact. Bits reach the disk; the list only grows.
type flags byte

const (
	flagOut       flags = 1 << iota // undone: takes no part
	flagCommand                     // was asked before it was done
	flagOpening                     // a count of opening stock
	flagAvailable                   // says status available
	flagHeld                        // says status held
	flagPlain                       // its legs depend on nothing but itself, where no hold is
	flagStep                        // its line says something of a package as such
)

func (f *fact) is(flag flags) bool { return f.flags&flag != 0 }

func (f *fact) set(flag flags, on bool) {
	f.flags &^= flag
	if on {
		f.flags |= flag
	}
}

// cause says why a leg is there. Numbers reach the disk; the list only grows.
type cause byte

const (
	causeNone cause = iota
	causeCount
	causeOpening
	causeAutoAdd
	causeShortage
	causeBreach
)

var causeTexts = [...]string{"", "count", "opening", "auto-add", "shortage", "held goods taken"}

func (c cause) String() string { return causeTexts[c] }

// own says whether a change of such a leg is told by the entry that brought it
// about. What a count, or the cover of a shortage, takes back must not show as a
// balance in between; all else is joined in the batch's correction.
func (c cause) own() bool {
	return c == causeCount || c == causeOpening || c == causeAutoAdd || c == causeShortage
}

var acts = map[string]act{
	ledger.ActionAdd: actAdd, ledger.ActionRemove: actRemove, ledger.ActionMove: actCarry,
	ledger.ActionIsolate: actIsolate, ledger.ActionRelease: actRelease, ledger.ActionCount: actCount,
	ledger.ActionPack: actTake, ledger.ActionUnpack: actCarry,
	ledger.ActionAssemble: actTake, ledger.ActionDisassemble: actTake, ledger.ActionScrap: actTake,
}

// newFact makes the fact of a stamped line.
func newFact(in *ledger.Intent, at *ledger.Receipt, l *ledger.StampLine, line int) fact {
	f := fact{
		Key: Key{TEff: at.TEff, Device: in.Device, Install: in.Install, Seq: in.Seq, Line: line},
		n:   at.N, recorded: at.N, seen: in.Seen, act: acts[in.Action],
		quantity: l.Quantity, from: l.From, to: l.To, lot: l.Lot, serial: l.Serial, said: newSaid(in, l),
	}
	if f.act == actCount && l.HasAny {
		f.act = actCountOne
	}
	if l.Package != nil {
		f.set(flagStep, true)
		switch in.Action {
		case ledger.ActionPack, ledger.ActionAdd, ledger.ActionDisassemble:
			f.to = l.Package
		default:
			f.from = l.Package
		}
	}
	f.marks = clockOf(in, at)
	f.set(flagCommand, in.Mode == ledger.ModeCommand)
	f.set(flagOpening, in.Reason == "opening")
	f.set(flagAvailable, l.Status == ledger.Available)
	f.set(flagHeld, l.Status == ledger.HeldGoods)
	return f
}

// matches says whether the cell is one of those that the fact names. A piece is
// named by its serial: its lot is the one that it came with.
func (f *fact) matches(c *ledger.Cell) bool {
	return (f.serial != "" && c.Serial == f.serial || f.serial == "" && (f.lot == "" || c.Lot == f.lot)) &&
		!(f.is(flagAvailable) && c.Held) && !(f.is(flagHeld) && !c.Held)
}

// against is the virtual place that a count's difference goes to or comes from.
func (f *fact) against() ledger.PlaceKind {
	if f.is(flagOpening) {
		return ledger.PlaceOpening
	}
	return ledger.PlaceLoss
}

func (f *fact) countCause() cause {
	if f.is(flagOpening) {
		return causeOpening
	}
	return causeCount
}

func sameLegs(a, b []leg) bool { return slices.EqualFunc(a, b, leg.same) }

// same says whether two legs take the same goods from and to the same cells,
// whatever they are worth.
func (l leg) same(o leg) bool {
	l.value, o.value = 0, 0
	return l == o
}

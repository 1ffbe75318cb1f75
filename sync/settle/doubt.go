package settle

import "bayledger/sync/ledger"

// A count asserts what lay there at its moment. Where the device cannot say when
// that was (clock class c), it waits until a supervisor accepts it, and is booked
// at its own place then (conflicts.md §3).

// doubtful says whether a count has a moment that its device does not stand for.
func doubtful(in *ledger.Intent) bool {
	return in.Action == ledger.ActionCount && in.Clock == "c" && in.Mode != ledger.ModeCommand
}

// doubtOf is what a doubtful count waits for.
func doubtOf(id ledger.Identity) ledger.Unknown {
	return ledger.Unknown{Raw: nameOf(id), Doubt: true}
}

// doubt parks a doubtful count that nobody has accepted; an accepted one goes on.
func (b *Books) doubt(in *ledger.Intent) *ledger.Decision {
	if b.acceptedBy(in.Identity()) == nil {
		d := park(ledger.BadTime, "The device does not know when it counted. The count is kept and holds no stock until a supervisor accepts it; to be quick, count again.")
		d.Waits = doubtOf(in.Identity())
		return &d
	}
	b.raiseDoubt(in)
	return nil
}

// bookedDoubt notes that a doubtful count is booked.
func (b *Books) bookedDoubt(in *ledger.Intent) {
	if x := b.exceptions.rowsOf[exceptionID(kindDoubtfulCount, in.Identity(), 0)]; x != nil && !x.booked {
		b.touch(x)
		x.booked = true
	}
}

// raiseDoubt asks a supervisor whether a doubtful count is to be booked.
func (b *Books) raiseDoubt(in *ledger.Intent) *exception {
	what := nameOr(in.Product, in.Scan)
	if len(in.Lines) > 0 {
		what = itoa(uint64(len(in.Lines))) + " lines"
	} else if in.Quantity.IsSet() {
		what = in.Quantity.String() + " of " + what
	}
	x := b.ownException(kindDoubtfulCount, 0)
	x.row.Product, x.row.Location = in.Product, nameOr(in.From, string(ledger.PlaceStock))
	x.say(kindDoubtfulCount, ledger.Warning, nameOr(in.Operator, in.Device)+" counted "+what+" at "+x.row.Location+", at "+clock(b.exceptions.about.tEff)+
		" by a clock that may be wrong. Accept the count if that is when it was; else reject it and have it counted again.")
	return x
}

// parkedDoubt raises the exception of a doubtful count that was parked.
func (b *Books) parkedDoubt(in *ledger.Intent) []ledger.ExceptionEvent {
	b.raiseDoubt(in)
	return b.settleExceptions()
}

// acceptedBy returns the first decision, by K, that accepts a doubtful count; nil
// where nobody did.
func (b *Books) acceptedBy(id ledger.Identity) *decision {
	if len(b.exceptions.decided) == 0 {
		return nil
	}
	for _, d := range b.exceptions.decided[exceptionID(kindDoubtfulCount, id, 0)] {
		if !d.out && d.choice == ChoiceAccept {
			return d
		}
	}
	return nil
}

// acceptanceChanged books a doubtful count that was accepted, and takes out one
// that is not accepted any more.
func (b *Books) acceptanceChanged(id ledger.Identity, at *ledger.Receipt) *ledger.Decision {
	accepted := b.acceptedBy(id) != nil
	if u := doubtOf(id); accepted && len(b.unknowns.waiting[u]) > 0 {
		return b.bookWaiting(u, at)
	}
	if b.exceptions.doubtOut[id] == !accepted {
		return nil
	}
	_, encoded, err := b.stampOf(id, at)
	stamp := ledger.Stamp{}
	if err == nil && len(encoded) > 0 {
		stamp, err = b.state.ReadStamp(encoded)
	}
	if err != nil {
		d := park(ledger.Unsupported, "What "+nameOf(id)+" was booked as could not be read. The decision is kept and decides nothing; tell your administrator to run verify.")
		return &d
	}
	if stamp.Kind != ledger.StampGoods {
		return nil // it has not come, or waits for something else
	}
	before := b.cancelled(id)
	b.setDoubtOut(id, !accepted)
	b.back = append(b.back, func() { b.setDoubtOut(id, accepted) })
	after := b.cancelled(id)
	if before == after {
		return nil
	}
	return b.turnAll(id, &stamp, after, at)
}

func (b *Books) setDoubtOut(id ledger.Identity, out bool) {
	if out {
		b.exceptions.doubtOut[id] = true
	} else {
		delete(b.exceptions.doubtOut, id)
	}
}

// loadedDoubts finds the counts that were booked and are not accepted any more.
func (b *Books) loadedDoubts() {
	for id, x := range b.exceptions.rowsOf {
		if x.booked && len(b.exceptions.decided[id]) > 0 && b.acceptedBy(x.key.identity()) == nil {
			b.setDoubtOut(x.key.identity(), true)
		}
	}
}

// unsettledDoubt says whether a row must stay: its count waits, or is out because
// nobody accepts it any more.
func (b *Books) unsettledDoubt(x *exception) bool {
	return x.row.Kind == kindDoubtfulCount && (!x.booked || b.exceptions.doubtOut[x.key.identity()])
}

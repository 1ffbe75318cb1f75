package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// undo takes an intent out of the fold, as if it had never been scanned.
type undo struct {
	key    Key
	n      uint64
	target ledger.Identity
	// rights are what whoever undoes was allowed, by site; nil: everything. What is
	// undone may come later, and is judged by them then.
	rights *string
	void   bool // what is undone is beyond them: it takes no part
}

// cancelled says whether an intent takes no part: whether an undo of it takes
// part. Undos are judged from the highest key down, so an undo that is of a lower
// key than the undo that it undoes has no effect.
func (b *Books) cancelled(id ledger.Identity) bool {
	return b.struck(id) || len(b.exceptions.doubtOut) > 0 && b.exceptions.doubtOut[id]
}

// struck says whether an undo of an intent takes part.
func (b *Books) struck(id ledger.Identity) bool {
	own := b.undos[id]
	for _, u := range b.undoing[id] {
		if u.void || own != nil && u.key.Compare(&own.key) < 0 {
			continue
		}
		if !b.struck(u.key.identity()) {
			return true
		}
	}
	return false
}

// undone follows undos of undos to the intent that is meant in the end, with ok
// false where they name each other in a circle.
func (b *Books) undone(id ledger.Identity) (last ledger.Identity, ok bool) {
	for range len(b.undos) + 1 {
		u := b.undos[id]
		if u == nil {
			return id, true
		}
		id = u.target
	}
	return id, false
}

// undo settles an undo, whether what it names has come or not.
func (b *Books) undo(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	target, ok := ledger.ParseReference(in.Reference, in)
	if !ok || target == in.Identity() {
		return park(ledger.NotFound, "The reference "+ledger.Quote(in.Reference)+" names no other intent. The undo is kept and changes no stock.")
	}
	u := &undo{key: first(in.Identity(), at.TEff), n: at.N, target: target}
	site := at.SiteOf(in)
	if !u.own() && !(ledger.MayUndoOthers(at.RoleAt(site)) && ledger.MayUndoOthers(at.RoleNow(site))) {
		return park(ledger.NotAllowed, "Only a supervisor undoes another device's scan. The undo is kept and changes no stock; a supervisor can undo it.")
	}
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampUndo, Names: []string{nameOf(target)}}}
	if g := rightsOf(in, at); g != nil && !g.Whole() {
		u.rights = rightsText(g)
		d.Stamp.Names = append(d.Stamp.Names, *u.rights)
	}
	goods, ok := b.undone(target)
	if !ok {
		b.addUndo(u)
		d.Message = "Undos that name each other in a circle undo nothing."
		return d
	}
	n, encoded, err := b.stampOf(goods, at)
	stamp := ledger.Stamp{}
	if err == nil && len(encoded) > 0 {
		stamp, err = b.state.ReadStamp(encoded)
	}
	if err != nil {
		return park(ledger.Unsupported, "The entry of "+ledger.Quote(in.Reference)+" could not be read. The undo is kept and changes no stock; tell your administrator to run verify.")
	}
	if stamp.Kind == ledger.StampDecision && len(stamp.Names) == decisionSite {
		if x := b.exceptions.rowsOf[stamp.Names[0]]; x != nil { // of before stamps had the site
			stamp.Names = append(stamp.Names, x.row.Site)
		}
	}
	parked := b.undoesBeyond(u, &stamp)
	if parked == nil && n != 0 && stamp.Kind == ledger.StampNothing {
		parked = b.dismissesBeyond(u, goods)
	}
	if parked != nil {
		return *parked
	}
	if n == 0 {
		d.Message = "The intent " + ledger.Quote(in.Reference) + " has not arrived; once it does, it takes no part."
	}
	return b.strike(u, goods, n, &stamp, d, at)
}

// strike lets an undo take part, and turns what it undoes where that has come.
func (b *Books) strike(u *undo, goods ledger.Identity, n uint64, stamp *ledger.Stamp, d ledger.Decision, at *ledger.Receipt) ledger.Decision {
	before := b.cancelled(goods)
	b.addUndo(u)
	if goods != u.key.identity() { // else it has closed a circle, which undoes nothing
		b.judgeUndos(u.key.identity(), stamp)
	}
	b.turnExceptions(goods, b.struck(goods))
	after := b.cancelled(goods)
	switch {
	case n == 0:
	case before == after:
		d.Message = "Entry " + itoa(n) + " was already undone, or what undid it; nothing more was changed."
	default:
		if b.why = "undo of entry " + itoa(n); !after {
			b.why = "entry " + itoa(n) + " again"
		}
		if refused := b.turnAll(goods, stamp, after, at); refused != nil {
			return *refused
		}
	}
	return d
}

// stampOf finds what was fixed when an intent came, or when somebody said what it
// is: its entry, 0 where it has not come.
func (b *Books) stampOf(id ledger.Identity, at *ledger.Receipt) (n uint64, stamp []byte, err error) {
	if m, waited := b.unknowns.mapped[id]; waited {
		return m.n, m.stamp, nil
	}
	return at.Stamped(id)
}

// own says whether a device undoes what it scanned itself.
func (u *undo) own() bool {
	return u.key.Device == u.target.Device && u.key.Install == u.target.Install
}

func (b *Books) addUndo(u *undo) {
	id := u.key.identity()
	b.rows.undo(u)
	b.undos[id] = u
	b.undoing[u.target] = append(b.undoing[u.target], u)
	b.back = append(b.back, func() {
		delete(b.undos, id)
		list := b.undoing[u.target][:len(b.undoing[u.target])-1]
		if b.undoing[u.target] = list; len(list) == 0 {
			delete(b.undoing, u.target)
		}
	})
}

// turnAll takes all that an intent did out of the fold, or puts it back.
func (b *Books) turnAll(id ledger.Identity, stamp *ledger.Stamp, out bool, at *ledger.Receipt) *ledger.Decision {
	key := first(id, stamp.TEff)
	switch stamp.Kind {
	case ledger.StampClose:
		d := park(ledger.NotAllowed, "Books that were closed stay closed: somebody has relied on them. The undo is kept and changes nothing.")
		return &d
	case ledger.StampHold:
		if l := &stamp.Lines[0]; l.Package != nil || l.Serial != "" && l.To != nil {
			if parked := b.turnLine(l, &key, out); parked != nil {
				return parked
			}
		}
		return b.turnHold(b.holds[nameOf(id)], out)
	case ledger.StampRelease:
		return b.turnEnding(b.endings[id], out)
	case ledger.StampDecision:
		return b.turnDecision(id, out, at)
	case ledger.StampSessionOpen:
		return b.turnOpening(id, stamp, out)
	case ledger.StampSessionClose:
		return b.turnClosing(id, stamp, out)
	}
	b.dated(stamp.Lines, out)
	if len(stamp.Lines) > 1 && !slices.ContainsFunc(stamp.Lines, boxed) {
		return b.turnTogether(stamp.Lines, key, out)
	}
	for i := range stamp.Lines {
		key.Line = i
		if parked := b.turnLine(&stamp.Lines[i], &key, out); parked != nil {
			return parked
		}
	}
	return nil
}

// turnLine takes what one line did out of the fold, or puts it back.
func (b *Books) turnLine(l *ledger.StampLine, key *Key, out bool) *ledger.Decision {
	s, changed := b.turnStep(key, out)
	var own *history
	if p := l.Product; p != nil && !l.Noted && (b.only == nil || b.only(p)) {
		own = b.history(p)
		if err := b.turn(own, key, out); err != nil {
			d := unreadable(p, err)
			return &d
		}
	}
	if s == nil {
		return b.settleDirty()
	}
	return b.follow(s, changed, own)
}

func (b *Books) turnHold(h *hold, out bool) *ledger.Decision {
	if h == nil || h.out == out {
		return nil
	}
	h.out = out
	b.back = append(b.back, func() { h.out = !out })
	b.rows.hold(h)
	return b.covered([]*hold{h}, &h.key)
}

func (b *Books) turnEnding(e *ending, out bool) *ledger.Decision {
	if e == nil {
		return nil
	}
	if out = out || e.void; e.out == out {
		return nil
	}
	e.out = out
	b.back = append(b.back, func() { e.out = !out })
	b.rows.ending(e)
	return b.covered(b.named(e), &e.key)
}

package settle

import "bayledger/sync/ledger"

// What somebody may do is judged by the rights that they had at the scan's own
// moment, which the books know as dated master data (ledger.Right). What was beyond
// them is parked and kept: it may well have happened.

// granted says why somebody may not have meant this at all; nil where they may.
func (b *Books) granted(in *ledger.Intent, at *ledger.Receipt) *ledger.Decision {
	if at.Grants == nil || at.Grants.Whole() {
		return nil
	}
	if len(at.Grants) == 0 {
		d := park(ledger.NotAllowed, "The key of "+ledger.Quote(in.Device)+" had been taken back when this was scanned, at "+clock(at.TEff)+". The scan is kept and holds no stock; a supervisor who knows that it happened can book it.")
		return &d
	}
	if site := at.SiteOf(in); at.RoleAt(site) == "" && in.Action != ledger.ActionClose {
		return notAt(site)
	}
	return nil
}

// notGranted says why what was decided reaches beyond somebody's sites: goods are
// counted, taken and put down at their own; only what is sent away may be for
// another.
func (b *Books) notGranted(d *ledger.Decision, at *ledger.Receipt) *ledger.Decision {
	if at.Grants == nil || at.Grants.Whole() || d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
		return nil
	}
	for i := range d.Stamp.Lines {
		if parked := beyond(&d.Stamp.Lines[i], at); parked != nil {
			return parked
		}
	}
	if d.Stamp.Kind == ledger.StampRelease {
		return b.releasesBeyond(d.Stamp.Names, at)
	}
	return nil
}

// releasesBeyond says why a release ends holds that are not somebody's to end: those of
// places elsewhere, and those of a lot or serial, which hold at all sites. Anybody may
// make such a hold: too many goods held do no harm.
func (b *Books) releasesBeyond(names []string, at *ledger.Receipt) *ledger.Decision {
	for _, name := range names {
		h := b.holds[name]
		switch {
		case h == nil:
		case h.place == nil && !ledger.MayUndoOthers(at.RoleAt(ledger.Everywhere)):
			d := park(ledger.NotAllowed, "The hold "+name+" is of goods at all sites, and is ended by a supervisor of all sites. The release is kept and ends nothing.")
			return &d
		case h.place != nil && h.place.Stand().Site != "" && at.RoleAt(h.place.Stand().Site) == "":
			return notAt(h.place.Stand().Site)
		}
	}
	return nil
}

// beyond says at which place, that a line takes goods from or looks at, somebody has
// no role. Where it takes them from nowhere in particular, it is where they go.
func beyond(l *ledger.StampLine, at *ledger.Receipt) *ledger.Decision {
	place := l.From
	switch {
	case place != nil && place.Stand().Site != "":
	case l.Package != nil: // it is where it was seen: at the site that the scan names
		return nil
	default:
		place = l.To
	}
	if place == nil {
		return nil
	}
	if stand := place.Stand(); stand.Site != "" && at.RoleAt(stand.Site) == "" {
		return notAt(stand.Site)
	}
	return nil
}

func notAt(site string) *ledger.Decision {
	d := park(ledger.NotAllowed, "Whoever scanned this may not work at "+ledger.Quote(site)+". The scan is kept and holds no stock; a supervisor of "+ledger.Quote(site)+" can book it.")
	return &d
}

// undoesBeyond says why an undo reaches beyond somebody's sites.
func (b *Books) undoesBeyond(encoded []byte, at *ledger.Receipt) *ledger.Decision {
	if at.Grants == nil || at.Grants.Whole() || len(encoded) == 0 {
		return nil
	}
	stamp, err := b.state.ReadStamp(encoded)
	if err != nil {
		return nil // it is said where it is read to be undone
	}
	for i := range stamp.Lines {
		if parked := beyond(&stamp.Lines[i], at); parked != nil {
			return parked
		}
	}
	return nil
}

// siteOfException is the site at which an exception is decided: its own, where it
// has come up.
func (b *Books) siteOfException(in *ledger.Intent, at *ledger.Receipt) string {
	if x := b.exceptions.rowsOf[in.ExceptionN]; x != nil && x.row.Site != "" {
		return x.row.Site
	}
	return at.SiteOf(in)
}

// rightsText and grantsOf keep a receipt's rights with what waits.
func rightsText(g ledger.Grants) *string {
	if g == nil {
		return nil
	}
	text := g.Text()
	return &text
}

func grantsOf(text *string) ledger.Grants {
	if text == nil {
		return nil
	}
	g, _ := ledger.ParseGrants(*text)
	return g
}

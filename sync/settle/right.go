package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

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

// arrives judges what is about to be booked, before it changes anything: why it
// reaches beyond the sites of whoever meant it, nil where it does not; and which of
// the undos that came before it reach beyond those of whoever sent them. Goods are
// counted, taken and put down at one's own sites; only what is sent away may be for
// another.
func (b *Books) arrives(id ledger.Identity, stamp *ledger.Stamp, at *ledger.Receipt) *ledger.Decision {
	if at.Grants != nil && !at.Grants.Whole() {
		for i := range stamp.Lines {
			if site := siteOfLine(&stamp.Lines[i]); site != "" && at.RoleAt(site) == "" {
				return notAt(site)
			}
		}
		if stamp.Kind == ledger.StampRelease {
			if parked := b.releasesBeyond(stamp.Names, at); parked != nil {
				return parked
			}
		}
	}
	b.judgeUndos(id, stamp)
	return nil
}

// takesBeyond says why what was booked reaches beyond somebody's sites by the packages
// in it, which are where the scan has put them.
func (b *Books) takesBeyond(d *ledger.Decision, at *ledger.Receipt) *ledger.Decision {
	if at.Grants == nil || at.Grants.Whole() || d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
		return nil
	}
	for i := range d.Stamp.Lines {
		if parked := beyond(&d.Stamp.Lines[i], at); parked != nil {
			return parked
		}
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
		case h == nil: // judged when it comes
		case h.place == nil && !ledger.MayUndoOthers(at.RoleAt(ledger.Everywhere)):
			d := park(ledger.NotAllowed, "The hold "+name+" is of goods at all sites, and is ended by a supervisor of all sites. The release is kept and ends nothing.")
			return &d
		case h.place != nil && h.place.Stand().Site != "" && at.RoleAt(h.place.Stand().Site) == "":
			return notAt(h.place.Stand().Site)
		}
	}
	return nil
}

// judgeEndings finds, when a hold comes, which of the releases that came before it, and
// of their undos, reach beyond the rights of whoever sent them.
func (b *Books) judgeEndings(h *hold) *ledger.Decision {
	for _, e := range slices.Clone(b.waiting[h.id]) {
		id := e.key.identity()
		b.judgeUndos(id, &ledger.Stamp{Kind: ledger.StampRelease, Names: e.holds})
		if !e.void && b.endsBeyond(e) {
			e.void = true
			b.back = append(b.back, func() { e.void = false })
			b.rows.ending(e)
			b.note(kindNotAllowed, ledger.Warning, "The release "+nameOf(id)+" came before the hold "+h.id+" and ends it not: whoever sent it may not. A supervisor of there can.")
		}
		if refused := b.turnEnding(e, b.cancelled(id)); refused != nil {
			return refused
		}
	}
	return nil
}

// endsBeyond says whether a release names a hold that has come and is not to be ended by
// whoever sent it. Where a package stands is no part of any stamp and not asked.
func (b *Books) endsBeyond(e *ending) bool {
	g := grantsOf(e.rights)
	if g == nil {
		return false
	}
	for _, name := range e.holds {
		switch h := b.holds[name]; {
		case h == nil:
		case h.place == nil && !ledger.MayUndoOthers(g.At(ledger.Everywhere)):
			return true
		case h.place != nil && h.place.Site != "" && g.At(h.place.Site) == "": // a package has no site
			return true
		}
	}
	return false
}

// rightsMark begins the last name in the stamp of a release whose sender had a role at
// some sites only; no hold's name begins so, since its device has a name.
const rightsMark = "/"

// endingOf makes a release as it was stamped.
func endingOf(key Key, n uint64, stamp *ledger.Stamp) *ending {
	e := &ending{key: key, n: n, holds: stamp.Names}
	if last := len(stamp.Names) - 1; last >= 0 {
		if rights, marked := strings.CutPrefix(stamp.Names[last], rightsMark); marked {
			e.holds, e.rights = stamp.Names[:last], &rights
		}
	}
	return e
}

// siteOfLine is the site at which a line takes goods or looks at them, or where it takes
// them from nowhere in particular, to which they go; "" where its places alone do not say.
func siteOfLine(l *ledger.StampLine) string {
	place := l.From
	if (place == nil || place.Stand().Site == "") && l.Package == nil {
		place = l.To
	}
	if place == nil || place.IsPackage() {
		return ""
	}
	return place.Site
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

// judgeUndos finds, now that it is known what an intent is, which of the undos that came
// before it, and of their undos in turn, reach beyond the rights of whoever sent them.
// In the other order they would have been parked; so they take no part either.
func (b *Books) judgeUndos(id ledger.Identity, stamp *ledger.Stamp) {
	for _, u := range b.undoing[id] {
		if !u.void && b.undoesBeyond(u, stamp) != nil {
			u.void = true
			b.back = append(b.back, func() { u.void = false })
			b.rows.undo(u)
			b.turnExceptions(id, b.struck(id))
			b.note(kindNotAllowed, ledger.Warning, "The undo "+nameOf(u.key.identity())+" came before this and does not undo it: whoever sent it may not. A supervisor of there can.")
		}
		b.judgeUndos(u.key.identity(), stamp)
	}
}

// undoesBeyond says why an undo reaches beyond the sites of whoever sent it: one's own
// is undone where one has a role, another's where one is a supervisor. It asks stamps
// alone, so that it comes out the same in whatever order they came.
func (b *Books) undoesBeyond(u *undo, stamp *ledger.Stamp) *ledger.Decision {
	g := grantsOf(u.rights)
	if g == nil {
		return nil
	}
	for _, site := range b.sitesOf(stamp, u.own()) {
		if role := g.At(site); !ledger.MayUndoOthers(role) && !(u.own() && role != "") {
			return notAt(site)
		}
	}
	return nil
}

// dismissesBeyond says why a scan without a stamp is not somebody's to take off the lists
// of its site: one that waits for a name, or of which supervisors are told (it was lost,
// its number was used twice). It is judged as it stands: once somebody has said what a
// code is, the scan has a stamp, by which all undos of it are judged.
func (b *Books) dismissesBeyond(u *undo, id ledger.Identity) *ledger.Decision {
	if u.rights == nil || u.own() {
		return nil
	}
	at := ledger.Stamp{Kind: ledger.StampAsk}
	for _, x := range b.exceptions.scans[id] {
		at.Names = append(at.Names, x.row.Site)
	}
	for _, list := range b.unknowns.waiting {
		for _, w := range list {
			if w.id == id {
				at.Names = append(at.Names, nameOr(w.Site, ledger.MainSite))
			}
		}
	}
	return b.undoesBeyond(u, &at)
}

// sitesOf are the sites at which what is stamped did something, Everywhere among them
// where that is about all of them. Whoever made a hold of goods may take it back.
func (b *Books) sitesOf(stamp *ledger.Stamp, own bool) (sites []string) {
	add := func(site string) {
		if site != "" && !(own && site == ledger.Everywhere) && !slices.Contains(sites, site) {
			sites = append(sites, site)
		}
	}
	switch stamp.Kind {
	case ledger.StampClose:
		add(ledger.Everywhere)
	case ledger.StampDecision:
		if len(stamp.Names) > decisionSite {
			add(stamp.Names[decisionSite])
		}
	case ledger.StampAsk:
		for _, site := range stamp.Names {
			add(site)
		}
	case ledger.StampHold:
		if l := &stamp.Lines[0]; l.Product != nil {
			add(ledger.Everywhere)
		}
	case ledger.StampRelease:
		for _, name := range stamp.Names {
			switch h := b.holds[name]; {
			case h == nil:
			case h.place == nil:
				add(ledger.Everywhere)
			default:
				add(h.place.Site)
			}
		}
	}
	for i := range stamp.Lines {
		add(siteOfLine(&stamp.Lines[i]))
	}
	return sites
}

// rightsOf are the rights by which an intent is judged. Another's scan is undone by
// whoever might then and may now.
func rightsOf(in *ledger.Intent, at *ledger.Receipt) ledger.Grants {
	if at.Grants == nil || at.Now == nil || in.Action != ledger.ActionUndo {
		return at.Grants
	}
	if target, ok := ledger.ParseReference(in.Reference, in); ok && target.Device == in.Device && target.Install == in.Install {
		return at.Grants
	}
	return at.Grants.Both(at.Now)
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

package settle

import "bayledger/sync/ledger"

// ask settles that somebody hands what became of a scan to a supervisor. It is an
// exception of its own and changes nothing else: whether something was found about the
// scan, is found later or heals, somebody asked, and wants an answer. So a scan that was
// refused, of which the books know nothing, comes before a supervisor like any other.
// Its stamp keeps the site, at which whoever takes it back needs the right to; those of
// earlier releases keep none, and are judged by their exceptions' site once they have come.
func (b *Books) ask(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	const kept = " The intent is kept and asks nobody; send it again, mended."
	about, ok := ledger.ParseReference(in.Reference, in)
	switch own := about.Device == in.Device && about.Install == in.Install; {
	case !ok || about == in.Identity():
		return park(ledger.NotFound, "The reference "+ledger.Quote(in.Reference)+" names no other intent."+kept)
	case !own && !ledger.MayUndoOthers(at.RoleAt(at.SiteOf(in))):
		return park(ledger.NotAllowed, "A handheld asks about its own scans."+kept)
	}
	said := nameOr(in.Operator, in.Device) + " asks a supervisor to look at scan " + itoa(about.Seq) + " of " + about.Device
	if in.Reason != "" {
		said += ": " + in.Reason
	}
	b.note(kindAsked, ledger.Warning, said)
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampAsk, Names: []string{at.SiteOf(in)}}}
	b.judgeUndos(in.Identity(), &d.Stamp)
	return d
}

// askedAbout names the scan that an intent asks about, in full.
func askedAbout(in *ledger.Intent) string {
	about, _ := ledger.ParseReference(in.Reference, in)
	return nameOf(about)
}

package oracle_test

import (
	"slices"
	"testing"

	"bayledger/sync/simulation/oracle"
)

func TestGoodsComeGoAndMove(t *testing.T) {
	tellAll(t, []story{
		{name: "in, across, out", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann move BOLT 4 from=A to=B
			09:20 bob remove BOLT 1 from=B`,
			cells: "supplier BOLT -10, A BOLT 6, B BOLT 3, customer BOLT 1"},
		{name: "places that are not said are the table's", facts: `
			09:00 ann add NUT 9
			09:10 ann remove NUT 2
			09:20 ann scrap NUT 1
			09:30 ann isolate NUT 3
			09:40 ann release NUT 1
			09:50 ann assemble NUT 2 asset=M1
			09:55 ann disassemble NUT 1 asset=M1`,
			cells: "supplier NUT -9, customer NUT 2, scrap NUT 1, quarantine NUT held 2, asset NUT 1, stock NUT 3"},
		{name: "below zero is what happened", facts: `
			09:00 ann remove BOLT 3 from=A`,
			cells: "A BOLT -3, customer BOLT 3"},
		{name: "to the shelf where they are: nothing", facts: `
			09:00 ann move BOLT 3 from=A to=A`, cells: ""},
		{name: "lots are kept apart, none is chosen", facts: `
			09:00 ann add BOLT 5 to=A lot=L1
			09:01 ann add BOLT 5 to=A
			09:02 ann remove BOLT 2 from=A lot=L1
			09:03 ann remove BOLT 7 from=A`,
			cells: "supplier BOLT lot=L1 -5, supplier BOLT -5, A BOLT lot=L1 3, A BOLT -2, customer BOLT lot=L1 2, customer BOLT 7"},
		{name: "lines are one fact", facts: `
			09:00 ann add - - to=A
			+ BOLT 2
			+ NUT 3 to=B
			+ BOLT 1 lot=L1`,
			cells: "supplier BOLT -2, supplier NUT -3, supplier BOLT lot=L1 -1, A BOLT 2, B NUT 3, A BOLT lot=L1 1"},
		{name: "other sites", facts: `
			09:00 ann add BOLT 8 site=north to=N
			09:10 ann move BOLT 3 site=north from=N to=main/A
			09:20 ann move BOLT 1 from=A to=north/incoming`,
			cells: "supplier BOLT -8, north/N BOLT 5, A BOLT 2, north/incoming BOLT 1"},
		{name: "a service is not stocked", facts: `
			09:00 ann add HOUR 8`, cells: ""},
	})
}

func TestQuantities(t *testing.T) {
	tellAll(t, []story{
		{name: "a unit counts in the product's own", facts: `
			09:00 ann add BOLT 2 unit=box
			09:01 ann add BOLT 2 unit=half
			09:02 ann add BOLT - unit=box`,
			cells: "supplier BOLT -37, stock BOLT 37"},
		{name: "a barcode stands for its pack where no quantity is said", facts: `
			09:00 ann add - - scan=14006381333938
			09:01 ann add - 2 scan=14006381333938
			09:02 ann add - - scan=4006381333931
			09:03 ann add - - scan=]E04006381333931
			09:04 ann add - - scan=OIL-CAN`,
			cells: "supplier BOLT -16, stock BOLT 16, supplier OIL -2.5, stock OIL 2.5"},
		{name: "the product stands against another's barcode", facts: `
			09:00 ann add NUT - scan=14006381333938`,
			cells: "supplier NUT -1, stock NUT 1"},
		{name: "a line's own barcode stands against the fact's product", facts: `
			09:00 ann add NUT -
			+ scan=OIL-CAN
			+ - 3`,
			cells: "supplier OIL -2.5, stock OIL 2.5, supplier NUT -3, stock NUT 3"},
		{name: "decimals are exact", facts: `
			09:00 ann add OIL 0.1
			09:01 ann add OIL 0.2
			09:02 ann remove OIL 3e-1`,
			cells: "supplier OIL -0.3, customer OIL 0.3"},
		{name: "an unknown code is what it was mapped to, at its own time", facts: `
			09:00 ann add - - scan=XYZ to=door
			09:30 ann count BOLT 20 from=B
			10:00 boss map BOLT 6 raw=XYZ unit=box
			10:01 boss map to=B raw=door`,
			cells: "supplier BOLT -72, loss BOLT 52, B BOLT 20"},
	})
}

func TestCounts(t *testing.T) {
	tellAll(t, []story{
		{name: "the shelf holds what was counted", facts: `
			09:00 ann add BOLT 10 to=A
			10:00 bob count BOLT 8 from=A
			11:00 ann remove BOLT 1 from=A`,
			cells: "supplier BOLT -10, loss BOLT 2, A BOLT 7, customer BOLT 1"},
		{name: "what happened before the count changes only its difference", facts: `
			11:00 bob count BOLT 8 from=A
			10:00 ann remove BOLT 3 from=A`,
			cells: "customer BOLT 3, loss BOLT -11, A BOLT 8"},
		{name: "opening stock", facts: `
			09:00 ann count BOLT 8 from=A reason=opening`,
			cells: "opening BOLT -8, A BOLT 8"},
		{name: "by lot, and over all lots", facts: `
			09:00 ann add BOLT 5 to=A lot=L1
			09:01 ann add BOLT 5 to=A
			10:00 bob count BOLT 4 from=A lot=L1
			10:01 bob count BOLT 6 from=A`,
			cells: "supplier BOLT lot=L1 -5, supplier BOLT -5, loss BOLT lot=L1 1, loss BOLT 3, A BOLT lot=L1 4, A BOLT 2"},
		{name: "lines that name a lot come first, same cells add up", facts: `
			09:00 bob count - - from=A
			+ BOLT 7
			+ BOLT 2 lot=L1
			+ BOLT 3
			+ BOLT 1 lot=L1`,
			cells: "loss BOLT lot=L1 -3, A BOLT lot=L1 3, loss BOLT -7, A BOLT 7"},
		{name: "by status", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann isolate BOLT 4 from=A to=A
			10:00 bob count BOLT 3 from=A status=held
			10:01 bob count BOLT 9 from=A`,
			cells: "supplier BOLT -10, loss BOLT 1, A BOLT held 3, A BOLT 6"},
		{name: "found in quarantine is held", facts: `
			09:00 bob count BOLT 3 from=cage
			09:01 bob count NUT 2 from=cage lot=L1`,
			cells: "loss BOLT -3, cage BOLT held 3, loss NUT lot=L1 -2, cage NUT lot=L1 held 2"},
		{name: "nobody counts at a customer's", facts: `
			09:00 bob count BOLT 3 from=customer`, cells: ""},
	})
}

func TestGoodsHeldByQuantity(t *testing.T) {
	tellAll(t, []story{
		{name: "held in place, and freed", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann isolate BOLT 4 from=A to=A
			09:20 ann release BOLT 1 from=A to=A`,
			cells: "supplier BOLT -10, A BOLT 7, A BOLT held 3"},
		{name: "what enters quarantine is held and stays so", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann move BOLT 4 from=A to=cage
			09:20 ann move BOLT 1 from=cage to=B`,
			cells: "supplier BOLT -10, A BOLT 6, cage BOLT held 3, B BOLT held 1"},
		{name: "freed from quarantine", facts: `
			09:00 ann add BOLT 4 to=cage
			09:10 ann release BOLT 3 from=cage to=A
			09:20 ann release BOLT 1 from=cage to=cage`,
			cells: "supplier BOLT -4, A BOLT 3, cage BOLT held 1"},
		{name: "no lot is named: the free goods without lot, below zero if need be", facts: `
			09:00 ann add BOLT 4 to=A
			09:10 ann isolate BOLT 4 from=A to=A
			09:20 ann move BOLT 1 from=A to=B`,
			cells: "supplier BOLT -4, A BOLT held 4, A BOLT -1, B BOLT 1"},
		{name: "a lot is named: what is free, then what is held, then below zero", facts: `
			09:00 ann add BOLT 5 to=A lot=L1
			09:10 ann isolate BOLT 3 from=A to=A lot=L1
			09:20 ann scrap BOLT 6 from=A lot=L1`,
			cells: "supplier BOLT lot=L1 -5, A BOLT lot=L1 -1, scrap BOLT lot=L1 6"},
		{name: "held goods that leave are a breach", facts: `
			09:00 ann add BOLT 5 to=A lot=L1
			09:10 ann isolate BOLT 3 from=A to=A lot=L1
			09:20 ann remove BOLT 4 from=A lot=L1`,
			cells: "supplier BOLT lot=L1 -5, A BOLT lot=L1 held 1, customer BOLT lot=L1 2, breach BOLT lot=L1 2"},
		{name: "but may go back, or be scrapped", facts: `
			09:00 ann add BOLT 5 to=cage
			09:10 ann remove BOLT 2 from=cage to=ACME
			09:20 ann scrap BOLT 1 from=cage
			09:30 ann remove BOLT 1 from=cage`,
			cells: "supplier BOLT -5, ACME BOLT 2, scrap BOLT 1, breach BOLT 1, cage BOLT held 1"},
	})
}

func TestHolds(t *testing.T) {
	tellAll(t, []story{
		{name: "on a lot, anywhere, what comes later too", facts: `
			09:00 ann isolate BOLT - lot=L1 reason=cracks
			09:10 ann add BOLT 5 to=A lot=L1
			09:20 ann remove BOLT 1 from=A lot=L1
			09:30 ann remove BOLT 1 from=A lot=L2`,
			cells: "supplier BOLT lot=L1 -5, A BOLT lot=L1 4, breach BOLT lot=L1 1, A BOLT lot=L2 -1, customer BOLT lot=L2 1",
			holds: "ann/i/1"},
		{name: "on all lots, goods without lot too", facts: `
			09:00 ann isolate BOLT - lot=*
			09:10 ann remove BOLT 1 from=A`,
			cells: "A BOLT -1, breach BOLT 1"},
		{name: "what left before the hold has left", facts: `
			09:10 ann isolate BOLT - lot=L1
			09:00 bob remove BOLT 1 from=A lot=L1`,
			cells: "A BOLT lot=L1 -1, customer BOLT lot=L1 1"},
		{name: "released by name", facts: `
			09:00 ann isolate BOLT - lot=L1
			09:01 bob isolate BOLT - lot=L1
			09:10 ann release holds=ann/i/1,nobody/i/4
			09:20 ann remove BOLT 1 from=A lot=L1`,
			cells: "A BOLT lot=L1 -1, breach BOLT lot=L1 1", holds: "bob/i/1"},
		{name: "released by scope: those it was stamped with", facts: `
			09:00 ann isolate BOLT - lot=L1
			09:10 ann release BOLT - lot=L1 stamped=ann/i/1
			09:20 ann remove BOLT 1 from=A lot=L1`,
			cells: "A BOLT lot=L1 -1, customer BOLT lot=L1 1", holds: "none"},
		{name: "a hold of higher K than its release stays", facts: `
			09:10 ann isolate BOLT - lot=L1
			09:00 bob release BOLT - lot=L1 stamped=ann/i/1`,
			cells: "", holds: "ann/i/1"},
		{name: "a place and all below it; moved out, goods stay held", facts: `
			09:00 ann add BOLT 9 to=bin
			09:10 ann isolate from=aisle
			09:20 ann move BOLT 2 from=bin to=aisle
			09:21 ann move BOLT 3 from=bin to=A
			09:22 ann remove BOLT 1 from=bin
			09:23 ann scrap BOLT 1 from=bin`,
			cells: "supplier BOLT -9, aisle BOLT 2, A BOLT held 3, breach BOLT 1, scrap BOLT 1, bin BOLT 2"},
		{name: "an undone hold never was", facts: `
			09:00 ann isolate BOLT - lot=L1
			09:20 ann remove BOLT 1 from=A lot=L1
			12:00 ann undo reference=1`,
			cells: "A BOLT lot=L1 -1, customer BOLT lot=L1 1", holds: "none"},
		{name: "a product alone is one piece, held by quantity", facts: `
			09:00 ann add BOLT 5
			09:10 ann isolate BOLT -`,
			cells: "supplier BOLT -5, stock BOLT 4, quarantine BOLT held 1", holds: "none"},
	})
}

func TestUndo(t *testing.T) {
	tellAll(t, []story{
		{name: "as if never scanned", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann remove BOLT 3 from=A
			09:20 ann undo reference=2`,
			cells: "supplier BOLT -10, A BOLT 10"},
		{name: "of a count", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann count BOLT 3 from=A
			09:20 boss undo reference=ann/i/2`,
			cells: "supplier BOLT -10, A BOLT 10"},
		{name: "of an undo", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann undo reference=1
			09:20 ann undo reference=ann/i/2`,
			cells: "supplier BOLT -10, A BOLT 10"},
		{name: "of an undo that comes after it: no effect", facts: `
			09:00 ann add BOLT 10 to=A
			09:20 ann undo reference=1
			09:10 ann undo reference=2`,
			cells: ""},
		{name: "before its target", facts: `
			09:00 ann undo reference=2
			09:10 ann add BOLT 10 to=A`,
			cells: ""},
		{name: "of nothing known, of itself, of somebody else's", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann undo reference=99
			09:11 ann undo reference=3
			09:12 bob undo reference=ann/i/1
			09:13 bob undo reference=what`,
			cells: "supplier BOLT -10, A BOLT 10"},
		{name: "undoes all lines", facts: `
			09:00 ann add - - to=A
			+ BOLT 1
			+ NUT 1
			09:10 ann undo reference=1`, cells: ""},
	})
}

func TestBelowZero(t *testing.T) {
	autoAdd := with(oracle.Setting{Name: "negative", Site: "main", Value: "auto-add"})
	refuse := with(oracle.Setting{Name: "negative", Site: "main", Value: "refuse"},
		oracle.Setting{Name: "negative", Product: "NUT", Value: "allow"})
	dated := with(oracle.Setting{Name: "negative", Site: "main", Value: "refuse", At: moment(t, "10:00")},
		oracle.Setting{Name: "negative", Site: "main", Value: "allow", At: moment(t, "11:00")})
	own := with(oracle.Setting{Name: "negative", Site: "main", Value: "auto-add"}, oracle.Setting{Name: "loss", Product: "BOLT", Value: "shrink", At: moment(t, "10:00")})
	own.Locations = append(slices.Clone(own.Locations), oracle.Location{Code: "shrink", Kind: "loss"})
	tellAll(t, []story{
		{name: "a product's own loss place takes what counts miss and brings what auto-add does, from the moment it has one", setup: &own, facts: `
			09:00 ann add BOLT 5 to=A
			09:30 ann count BOLT 4 from=A
			10:00 ann count BOLT 3 from=A
			10:10 ann remove BOLT 5 from=A
			10:20 ann add NUT 2 to=A
			10:30 ann count NUT 1 from=A`,
			cells: "supplier BOLT -5, loss BOLT 1, shrink BOLT -1, customer BOLT 5, supplier NUT -2, loss NUT 1, A NUT 1"},
		{name: "auto-add takes the shortfall from loss", setup: &autoAdd, facts: `
			09:00 ann add BOLT 2 to=A
			09:10 ann remove BOLT 5 from=A`,
			cells: "supplier BOLT -2, loss BOLT -3, customer BOLT 5"},
		{name: "refuse: a fact's shortfall comes from shortage, a product's policy first", setup: &refuse, facts: `
			09:10 ann remove BOLT 5 from=A
			09:11 ann remove NUT 5 from=A`,
			cells: "shortage BOLT -5, customer BOLT 5, A NUT -5, customer NUT 5"},
		{name: "judged over lots and statuses, landing in the cell that is taken from", setup: &autoAdd, facts: `
			09:00 ann add BOLT 3 to=A lot=L1
			09:10 ann move BOLT 2 from=A to=B
			09:20 ann move BOLT 2 from=A to=B`,
			cells: "supplier BOLT lot=L1 -3, A BOLT lot=L1 3, A BOLT -3, loss BOLT -1, B BOLT 4"},
		{name: "at most what the fact takes", setup: &dated, facts: `
			09:00 ann remove BOLT 5 from=A
			10:00 ann remove BOLT 2 from=A
			11:00 ann remove BOLT 1 from=A`,
			cells: "shortage BOLT -2, A BOLT -6, customer BOLT 8"},
		{name: "a late addition leaves no shortfall", setup: &autoAdd, facts: `
			09:10 ann remove BOLT 5 from=A
			09:00 bob add BOLT 5 to=A`,
			cells: "supplier BOLT -5, customer BOLT 5"},
		{name: "isolating what is not there", setup: &autoAdd, facts: `
			09:00 ann isolate BOLT 2 from=A
			09:10 ann isolate BOLT 2 from=B to=B`,
			cells: "loss BOLT -2, quarantine BOLT held 2, B BOLT -2, B BOLT held 2"},
		{name: "releasing what is not there", setup: &autoAdd, facts: `
			09:00 ann release BOLT 2 from=A to=B`,
			cells: "loss BOLT -2, B BOLT 2"},
		{name: "other sites keep theirs", setup: &autoAdd, facts: `
			09:00 ann remove BOLT 2 from=N site=north`,
			cells: "north/N BOLT -2, customer BOLT 2"},
		{name: "virtual places are never short", setup: &autoAdd, facts: `
			09:00 ann add BOLT 2 from=production`,
			cells: "production BOLT -2, stock BOLT 2"},
	})
}

func TestOrderOfKeys(t *testing.T) {
	tellAll(t, []story{
		{name: "at one moment: device, then seq", facts: `
			09:00 bob add BOLT 1 to=A
			09:00 ann count BOLT 5 from=A
			09:00 bob remove BOLT 2 from=A`,
			cells: "supplier BOLT -1, loss BOLT -5, A BOLT 4, customer BOLT 2"},
		{name: "of one device the seq, not the moment of arrival", facts: `
			09:00 ann count BOLT 5 from=A
			09:00 ann count BOLT 7 from=A`,
			cells: "loss BOLT -7, A BOLT 7"},
	})
}

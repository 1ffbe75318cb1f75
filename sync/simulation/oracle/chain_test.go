package oracle_test

import (
	"testing"

	"bayledger/sync/simulation/oracle"
)

func TestSerials(t *testing.T) {
	tellAll(t, []story{
		{name: "a piece goes from where it was", facts: `
			09:00 ann add PUMP - serial=S1 to=A lot=L1
			09:10 bob move PUMP - serial=S1 from=B to=aisle
			09:20 ann remove - - serial=S1 from=A`,
			cells:   "supplier PUMP lot=L1 serial=S1 -1, customer PUMP lot=L1 serial=S1 1",
			serials: "S1 customer"},
		{name: "a late earlier sighting is history", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			10:00 bob move PUMP - serial=S1 to=B
			09:30 eve move PUMP - serial=S1 to=aisle`,
			cells: "supplier PUMP serial=S1 -1, B PUMP serial=S1 1", serials: "S1 B"},
		{name: "added again it is sighted, not doubled", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 bob add PUMP - serial=S1 to=B`,
			cells: "supplier PUMP serial=S1 -1, B PUMP serial=S1 1"},
		{name: "without an add it comes from shortage", facts: `
			09:00 ann move PUMP - serial=S1 from=A to=B
			09:10 ann remove PUMP - serial=S2 from=A`,
			cells: "shortage PUMP serial=S1 -1, B PUMP serial=S1 1, shortage PUMP serial=S2 -1, customer PUMP serial=S2 1"},
		{name: "counted: 1 is where it is, whatever was known", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 ann remove PUMP - serial=S1
			09:20 bob count PUMP 1 serial=S1 from=B
			09:30 bob count PUMP - serial=S2 from=B
			09:40 bob count PUMP 1 serial=S3 from=B reason=opening`,
			cells: `supplier PUMP serial=S1 -1, B PUMP serial=S1 1, shortage PUMP serial=S2 -1, B PUMP serial=S2 1
				opening PUMP serial=S3 -1, B PUMP serial=S3 1`},
		{name: "counted: 0 is lost, but only from there", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:00 ann add PUMP - serial=S2 to=A
			09:10 bob count PUMP 0 serial=S1 from=A
			09:10 bob count PUMP 0 serial=S2 from=B
			09:11 bob count PUMP 0 serial=S3 from=B`,
			cells:   "supplier PUMP serial=S1 -1, supplier PUMP serial=S2 -1, loss PUMP serial=S1 1, A PUMP serial=S2 1",
			serials: "S1 loss, S2 A"},
		{name: "missed, and seen again later", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 bob count PUMP 0 serial=S1 from=A
			09:20 ann move PUMP - serial=S1 from=A to=B`,
			cells: "supplier PUMP serial=S1 -1, B PUMP serial=S1 1"},
		{name: "missed, but by then elsewhere: nothing was lost", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 bob count PUMP 0 serial=S1 from=A
			09:05 eve move PUMP - serial=S1 from=A to=B`,
			cells: "supplier PUMP serial=S1 -1, B PUMP serial=S1 1"},
		{name: "a count of the product counts its pieces too", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 bob count PUMP 3 from=A`,
			cells: "supplier PUMP serial=S1 -1, A PUMP serial=S1 1, loss PUMP -2, A PUMP 2"},
		{name: "held pieces stay held, and are a breach where they leave", facts: `
			09:00 ann add PUMP - serial=S1 to=cage
			09:10 ann move PUMP - serial=S1 to=A
			09:20 ann remove PUMP - serial=S1
			09:00 ann isolate PUMP 1 serial=S2 from=A to=A
			09:30 ann move - - serial=S2 to=B`,
			cells: `supplier PUMP serial=S1 -1, breach PUMP serial=S1 1, shortage PUMP serial=S2 -1, B PUMP serial=S2 held 1`},
		{name: "a hold on a piece travels with it; brought to quarantine it keeps its status", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 ann isolate - - serial=S1 to=quarantine
			09:20 ann release holds=ann/i/2
			09:30 ann move PUMP - serial=S1 to=A
			09:00 ann add PUMP - serial=S2 to=A
			09:10 ann isolate - - serial=S2
			09:20 ann move PUMP - serial=S2 to=B
			09:30 ann remove PUMP - serial=S2`,
			cells: `supplier PUMP serial=S1 -1, A PUMP serial=S1 1, supplier PUMP serial=S2 -1, breach PUMP serial=S2 1`,
			holds: "ann/i/6"},
		{name: "out of a held place it is held; counted so, or freed, it is not", facts: `
			09:00 ann add PUMP - serial=S1 to=bin
			09:10 ann isolate from=aisle
			09:20 ann move PUMP - serial=S1 to=B
			09:00 ann add PUMP - serial=S2 to=bin
			09:20 ann move PUMP - serial=S2 to=B
			09:30 ann release PUMP 1 serial=S2 from=B to=A
			09:00 ann add PUMP - serial=S3 to=cage
			09:30 ann count PUMP 1 serial=S3 from=A status=available`,
			cells: `supplier PUMP serial=S1 -1, B PUMP serial=S1 held 1, supplier PUMP serial=S2 -1, A PUMP serial=S2 1
				supplier PUMP serial=S3 -1, A PUMP serial=S3 1`},
		{name: "removed twice, and from a customer to another", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 ann remove PUMP - serial=S1
			09:20 ann remove PUMP - serial=S1
			09:30 ann remove PUMP - serial=S1 to=Jones`,
			cells: "supplier PUMP serial=S1 -1, Jones PUMP serial=S1 1"},
		{name: "into a machine and out", facts: `
			09:00 ann assemble PUMP - serial=S1 asset=M1
			09:10 ann assemble PUMP - serial=S2 asset=M1
			09:20 ann disassemble PUMP - serial=S2 asset=M1 to=A`,
			cells:   "shortage PUMP serial=S1 -1, asset PUMP serial=S1 1, shortage PUMP serial=S2 -1, A PUMP serial=S2 1",
			serials: "S1 asset, S2 A"},
		{name: "lines of pieces, and pieces counted twice in one count", facts: `
			09:00 ann count - - from=A
			+ PUMP 1 serial=S1
			+ PUMP 1 serial=S1
			+ PUMP 0 serial=S2`,
			cells: "shortage PUMP serial=S1 -1, A PUMP serial=S1 1"},
		{name: "an undone first leg moves the whole chain", facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 ann move PUMP - serial=S1 to=B
			10:00 ann undo reference=1`,
			cells: "shortage PUMP serial=S1 -1, B PUMP serial=S1 1"},
	})
	autoAdd := with(oracle.Setting{Name: "negative", Site: "main", Value: "auto-add"})
	tellAll(t, []story{
		{name: "short is judged where the piece really is", setup: &autoAdd, facts: `
			09:00 ann add PUMP - serial=S1 to=A
			09:10 ann move PUMP - serial=S1 from=B to=aisle
			09:20 ann remove PUMP - serial=S9 from=B`,
			cells: "supplier PUMP serial=S1 -1, aisle PUMP serial=S1 1, shortage PUMP serial=S9 -1, customer PUMP serial=S9 1"},
	})
}

func TestPackages(t *testing.T) {
	tellAll(t, []story{
		{name: "packed, moved as one, unpacked", facts: `
			09:00 ann add BOLT 10 to=A
			09:10 ann pack BOLT 6 from=A package=P1
			09:20 ann move package=P1 from=A to=B
			09:30 ann unpack BOLT 2 package=P1 from=B
			09:40 ann unpack BOLT 1 package=P1 from=B to=A`,
			cells:    "supplier BOLT -10, A BOLT 5, B[P1] BOLT 3, B BOLT 2",
			packages: "P1 B"},
		{name: "sighted where it was unpacked", facts: `
			09:00 ann pack BOLT 6 from=A package=P1
			09:10 ann unpack BOLT 2 package=P1 from=B to=aisle`,
			cells: "A BOLT -6, B[P1] BOLT 4, aisle BOLT 2", packages: "P1 B"},
		{name: "packed here, standing there", facts: `
			09:00 ann pack BOLT 6 from=A package=P1 to=B`,
			cells: "A BOLT -6, B[P1] BOLT 6", packages: "P1 B"},
		{name: "received in a package, and taken out of it", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann remove BOLT 2 package=P1
			09:20 ann move BOLT 1 package=P1 to=B`,
			cells: "supplier BOLT -9, A[P1] BOLT 6, customer BOLT 2, B BOLT 1", packages: "P1 A"},
		{name: "last sighting wins", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			10:00 ann move package=P1 to=B
			09:30 bob move package=P1 to=aisle
			11:00 eve count package=P1 from=A
			12:00 eve count package=P1 0 from=B`,
			cells: "supplier BOLT -9, A[P1] BOLT 9", packages: "P1 A"},
		{name: "removed whole, with what is nested in it", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:01 ann add NUT 2 package=P2 to=A lot=L1
			09:02 ann add PUMP - serial=S1 package=P2 to=A
			09:10 ann pack package=P2 to=P1
			09:20 ann remove package=P1`,
			cells: `supplier BOLT -9, supplier NUT lot=L1 -2, supplier PUMP serial=S1 -1
				customer BOLT 9, customer NUT lot=L1 2, customer PUMP serial=S1 1`,
			packages: "P1 customer, P2 customer", parents: "P2 P1", serials: "S1 customer"},
		{name: "nested it stands where the outer one stands", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann pack package=P1 to=P2
			09:20 ann move package=P2 to=B
			09:30 ann unpack BOLT 1 package=P1 from=A`,
			cells: "supplier BOLT -9, B[P1] BOLT 8, A BOLT 1", packages: "P1 B, P2 B", parents: "P1 P2"},
		{name: "moved by itself it is out of the outer one", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann pack package=P1 to=P2
			09:20 ann move package=P1 to=B`,
			cells: "supplier BOLT -9, B[P1] BOLT 9", packages: "P1 B, P2 stock", parents: "none"},
		{name: "a nesting that would close a circle is passed over", facts: `
			09:00 ann pack package=P1 to=P2
			09:10 ann pack package=P2 to=P3
			09:20 ann pack package=P3 to=P1
			09:30 ann pack package=P1 to=P1`,
			cells: "", parents: "P1 P2, P2 P3", packages: "P1 stock, P2 stock, P3 stock"},
		{name: "which of two closes it is decided by K", facts: `
			09:10 ann pack package=P1 to=P2
			09:00 bob pack package=P2 to=P1`,
			cells: "", parents: "P2 P1"},
		{name: "a piece in two packages: the last", facts: `
			09:00 ann pack PUMP - serial=S1 package=P1 from=A
			09:10 ann pack PUMP - serial=S1 package=P2 from=B
			09:20 ann move package=P1 to=aisle`,
			cells: "shortage PUMP serial=S1 -1, B[P2] PUMP serial=S1 1", serials: "S1 B"},
		{name: "counted: what is inside, or that it is there", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann count BOLT 8 package=P1 from=B
			09:20 ann count BOLT 3 from=A`,
			cells: "supplier BOLT -9, A[P1] BOLT 8, loss BOLT -2, A BOLT 3", packages: "P1 A"},
		{name: "emptied", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:01 ann add NUT 9 package=P1 to=A lot=L1
			09:10 ann unpack package=P1 from=A to=B
			09:20 ann add OIL 1.5 package=P1 to=A
			09:30 ann scrap package=P1`,
			cells:    "supplier BOLT -9, supplier NUT lot=L1 -9, supplier OIL -1.5, B BOLT 9, B NUT lot=L1 9, scrap OIL 1.5",
			packages: "P1 scrap"},
	})
}

func TestHeldPackages(t *testing.T) {
	tellAll(t, []story{
		{name: "anything held inside goes to breach whole", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:01 ann add NUT 2 package=P1 to=A lot=L1
			09:10 ann isolate NUT - lot=L1
			09:20 ann remove package=P1`,
			cells:    "supplier BOLT -9, supplier NUT lot=L1 -2, breach BOLT 9, breach NUT lot=L1 2",
			packages: "P1 breach"},
		{name: "a held package, and what is nested in it", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann pack package=P1 to=P2
			09:20 ann isolate package=P2
			09:30 ann remove BOLT 1 package=P1
			09:40 ann move BOLT 1 package=P1 to=B
			09:50 ann scrap package=P1`,
			cells: "supplier BOLT -9, breach BOLT 1, B BOLT held 1, scrap BOLT 7", holds: "ann/i/3"},
		{name: "unpacked out of a held package it stays held", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:10 ann isolate package=P1 to=B
			09:20 ann unpack BOLT 2 package=P1 from=B`,
			cells: "supplier BOLT -9, B[P1] BOLT 7, B BOLT held 2", packages: "P1 B"},
		{name: "a package moved out of a held place takes held goods along", facts: `
			09:00 ann add BOLT 9 package=P1 to=bin
			09:10 ann isolate from=aisle
			09:20 ann move package=P1 to=B`,
			cells: "supplier BOLT -9, B[P1] BOLT held 9"},
		{name: "a package moved into quarantine holds held goods", facts: `
			09:00 ann add BOLT 9 package=P1 to=A
			09:01 ann add PUMP - serial=S1 package=P1 to=A
			09:20 ann move package=P1 to=cage
			09:30 ann unpack BOLT 4 package=P1 from=cage to=A
			09:40 ann move PUMP - serial=S1 to=A`,
			cells: "supplier BOLT -9, cage[P1] BOLT held 5, A BOLT held 4, supplier PUMP serial=S1 -1, A PUMP serial=S1 held 1"},
		{name: "a held part of a package is named by the package", facts: `
			09:00 ann add BOLT 3 package=P1 to=cage
			09:10 ann move package=P1 to=A
			09:20 ann move BOLT 2 package=P1 to=B`,
			cells: "supplier BOLT -3, A[P1] BOLT held 1, B BOLT held 2"},
	})
}

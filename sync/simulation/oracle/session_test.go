package oracle_test

import "testing"

func TestSessions(t *testing.T) {
	tellAll(t, []story{
		{name: "the last line of a section stands, sections add up", facts: `
			09:00 ann session-open session=s from=A
			09:10 ann count BOLT 5 from=A session=s section=left
			09:20 ann count BOLT 6 from=A session=s section=left
			09:30 bob count BOLT 3 from=A session=s section=right
			09:40 ann session-close session=s from=A`,
			cells: "loss BOLT -9, A BOLT 9"},
		{name: "without a section it is the device", facts: `
			09:10 ann count BOLT 5 from=A session=s
			09:20 ann count BOLT 6 from=A session=s
			09:30 bob count BOLT 3 from=A session=s`,
			cells: "loss BOLT -9, A BOLT 9"},
		{name: "one checkpoint, at the cell's last line", facts: `
			09:00 ann add BOLT 20 to=A
			09:10 ann count BOLT 5 from=A session=s
			09:20 eve remove BOLT 2 from=A
			09:30 bob count BOLT 3 from=A session=s
			09:40 eve remove BOLT 1 from=A`,
			cells: "supplier BOLT -20, loss BOLT 10, customer BOLT 3, A BOLT 7"},
		{name: "other sessions are other checkpoints", facts: `
			09:10 ann count BOLT 5 from=A session=s
			09:20 bob count BOLT 3 from=A session=r`,
			cells: "loss BOLT -3, A BOLT 3"},
		{name: "by lot, and lines of one count", facts: `
			09:10 ann count - - from=A session=s section=x
			+ BOLT 5 lot=L1
			+ BOLT 2 lot=L1
			+ NUT 1
			09:20 bob count BOLT 1 lot=L1 from=A session=s section=y
			09:30 bob count BOLT 9 from=A session=s section=y`,
			cells: "loss BOLT lot=L1 -8, A BOLT lot=L1 8, loss BOLT -1, A BOLT 1, loss NUT -1, A NUT 1"},
		{name: "an undone line is not there", facts: `
			09:10 ann count BOLT 5 from=A session=s
			09:20 ann count BOLT 6 from=A session=s
			09:30 ann undo reference=2`,
			cells: "loss BOLT -5, A BOLT 5"},
		{name: "a piece seen by one is there", facts: `
			09:00 ann add PUMP - serial=S1 to=B
			09:10 ann count PUMP 1 serial=S1 from=A session=s
			09:20 bob count PUMP 0 serial=S1 from=A session=s`,
			cells: "supplier PUMP serial=S1 -1, A PUMP serial=S1 1"},
	})
}

func TestNotScanned(t *testing.T) {
	tellAll(t, []story{
		{name: "is not zero", facts: `
			08:00 ann add BOLT 5 to=A
			09:00 ann session-open session=s from=A
			09:10 ann count NUT 1 from=A session=s
			09:40 ann session-close session=s from=A`,
			cells: "supplier BOLT -5, A BOLT 5, loss NUT -1, A NUT 1"},
		{name: "unless it was closed complete, and only there", facts: `
			08:00 ann add BOLT 5 to=A
			08:00 ann add BOLT 5 to=B
			08:00 ann add BOLT 5 package=P1 to=A
			09:00 ann session-open session=s from=A
			09:10 ann count NUT 1 from=A session=s
			09:40 ann session-close session=s from=A complete=yes`,
			cells: "supplier BOLT -15, B BOLT 5, A[P1] BOLT 5, loss BOLT 5, loss NUT -1, A NUT 1"},
		{name: "what moved meanwhile, or came later, stays", facts: `
			08:00 ann add BOLT 5 to=A
			08:00 ann add TYRE 5 to=A
			09:00 ann session-open session=s from=A
			09:10 eve move BOLT 1 from=A to=B
			09:10 eve add NUT 3 to=A
			09:40 ann session-close session=s from=A complete=yes
			09:50 ann add TYRE 1 to=A`,
			cells: "supplier BOLT -5, A BOLT 4, B BOLT 1, supplier NUT -3, A NUT 3, supplier TYRE -6, loss TYRE 5, A TYRE 1"},
		{name: "what came late from before it is zeroed too", facts: `
			09:00 ann session-open session=s from=A
			09:40 ann session-close session=s from=A complete=yes
			08:00 eve add BOLT 5 to=A`,
			cells: "supplier BOLT -5, loss BOLT 5"},
		{name: "a lot that was counted counts for that lot alone", facts: `
			08:00 ann add BOLT 5 to=A
			08:00 ann add BOLT 3 lot=L1 to=A
			09:00 ann session-open session=s from=A
			09:10 bob count BOLT 2 lot=L1 from=A session=s
			09:40 ann session-close session=s from=A complete=yes`,
			cells: "supplier BOLT -5, loss BOLT 5, supplier BOLT lot=L1 -3, loss BOLT lot=L1 1, A BOLT lot=L1 2"},
		{name: "what moved keeps its own lot alone, and a count by status its status", facts: `
			08:00 ann add BOLT 5 to=A
			08:00 ann add BOLT 3 lot=L1 to=A
			08:10 ann isolate BOLT 2 from=A to=A
			09:00 ann session-open session=s from=A
			09:05 eve move BOLT 1 lot=L1 from=A to=B
			09:10 bob count BOLT 2 status=held from=A session=s
			09:40 ann session-close session=s from=A complete=yes`,
			cells: "supplier BOLT -5, loss BOLT 3, A BOLT held 2, supplier BOLT lot=L1 -3, A BOLT lot=L1 2, B BOLT lot=L1 1"},
		{name: "a piece is not there, from there alone", facts: `
			08:00 ann add PUMP - serial=S1 to=A
			08:00 ann add PUMP - serial=S2 to=A
			08:00 ann add PUMP - serial=S3 to=B
			09:00 ann session-open session=s from=A
			09:10 bob count PUMP 1 serial=S2 from=A session=s
			09:40 ann session-close session=s from=A complete=yes`,
			cells: "supplier PUMP serial=S1 -1, loss PUMP serial=S1 1, supplier PUMP serial=S2 -1, A PUMP serial=S2 1, supplier PUMP serial=S3 -1, B PUMP serial=S3 1"},
		{name: "what was counted after it is not taken as zero", facts: `
			08:00 ann add BOLT 5 to=A
			09:00 ann session-open session=s from=A
			09:40 ann session-close session=s from=A complete=yes
			09:50 bob count BOLT 4 from=A session=s`,
			cells: "supplier BOLT -5, loss BOLT 1, A BOLT 4"},
		{name: "below zero is not zero either", facts: `
			08:00 ann remove BOLT 5 from=A
			09:00 ann session-open session=s from=A
			09:40 ann session-close session=s from=A complete=yes`,
			cells: "customer BOLT 5, loss BOLT -5"},
		{name: "never opened, or its opening undone: nothing is known of it", facts: `
			08:00 ann add BOLT 5 to=A
			09:00 ann session-open session=s from=A
			09:40 ann session-close session=s from=A complete=yes
			09:41 bob session-close session=r from=A complete=yes
			10:00 ann undo reference=2`,
			cells: "supplier BOLT -5, A BOLT 5"},
	})
}

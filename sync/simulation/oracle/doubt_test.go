package oracle_test

import "testing"

func TestDoubtfulCounts(t *testing.T) {
	tellAll(t, []story{
		{name: "a count by a doubtful clock is not booked", facts: `
			09:00 ann add BOLT 5 to=A
			10:00 bob count BOLT 3 from=A clock=c`,
			cells: "supplier BOLT -5, A BOLT 5"},
		{name: "accepted it is, at its own moment", facts: `
			09:00 ann add BOLT 5 to=A
			10:00 bob count BOLT 3 from=A clock=c
			12:00 boss decide - - exception=doubtful_count/bob/i/1 choice=accept
			11:00 ann remove BOLT 1 from=A`,
			cells: "supplier BOLT -5, loss BOLT 2, customer BOLT 1, A BOLT 2"},
		{name: "somebody without the right cannot accept it", facts: `
			09:00 ann add BOLT 5 to=A
			10:00 bob count BOLT 3 from=A clock=c
			12:00 ann decide - - exception=doubtful_count/bob/i/1 choice=accept`,
			cells: "supplier BOLT -5, A BOLT 5"},
		{name: "an undone acceptance is none", facts: `
			09:00 ann add BOLT 5 to=A
			10:00 bob count BOLT 3 from=A clock=c
			11:00 boss decide - - exception=doubtful_count/bob/i/1 choice=accept
			12:00 boss undo reference=1`,
			cells: "supplier BOLT -5, A BOLT 5"},
		{name: "who asks first knows when it is", facts: `
			09:00 ann add BOLT 5 to=A
			10:00 bob count BOLT 3 from=A clock=c mode=command`,
			cells: "supplier BOLT -5, loss BOLT 2, A BOLT 3"},
	})
}

package oracle_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/simulation/oracle"
)

// shownAs is the evidence under which the asks of these tables are shown.
const shownAs = "shown"

func TestAsks(t *testing.T) {
	for _, c := range []struct{ name, facts, want string }{
		{"what somebody asks is open, whatever it is about", `
			09:00 ann ask - - reference=7`, "ann/i/1 about ann/i/7 open"},
		{"about a scan that was undone too", `
			09:00 ann add BOLT 5 to=A
			09:01 ann undo - - reference=1
			09:02 ann ask - - reference=1`, "ann/i/3 about ann/i/1 open"},
		{"two about one scan are two", `
			09:00 ann ask - - reference=7
			09:01 ann ask - - reference=ann/i/7`, "ann/i/1 about ann/i/7 open, ann/i/2 about ann/i/7 open"},
		{"a device does not ask about another's, a supervisor does", `
			09:00 ann ask - - reference=bob/i/1
			09:01 boss ask - - reference=bob/i/1`, "boss/i/1 about bob/i/1 open"},
		{"taken back", `
			09:00 ann ask - - reference=7
			09:01 ann undo - - reference=1`, "ann/i/1 about ann/i/7 cleared"},
		{"and the undo undone", `
			09:00 ann ask - - reference=7
			09:01 ann undo - - reference=1
			09:02 ann undo - - reference=2`, "ann/i/1 about ann/i/7 open"},
		{"by a supervisor of another site alone", `
			09:00 ann ask - - reference=7
			09:01 local undo - - reference=ann/i/1`, "ann/i/1 about ann/i/7 open"},
		{"of its own site alone", `
			09:00 ann ask - - reference=7 site=north
			09:01 local undo - - reference=ann/i/1`, "ann/i/1 about ann/i/7 cleared"},
		{"who takes back that somebody took it back", `
			09:00 ann ask - - reference=7
			09:01 ann undo - - reference=1
			09:02 local undo - - reference=ann/i/2`, "ann/i/1 about ann/i/7 cleared"},
		{"somebody looks after it", `
			09:00 ann ask - - reference=7
			09:01 boss decide - - exception=asked/ann/i/1 choice=take operator=eva`, "ann/i/1 about ann/i/7 taken by eva"},
		{"and does not any more", `
			09:00 ann ask - - reference=7
			09:01 boss decide - - exception=asked/ann/i/1 choice=take
			09:02 boss decide - - exception=asked/ann/i/1 choice=leave`, "ann/i/1 about ann/i/7 open"},
		{"answered", `
			09:00 ann ask - - reference=7
			09:01 boss decide - - exception=asked/ann/i/1 choice=answered evidence=shown`, "ann/i/1 about ann/i/7 decided answered by boss"},
		{"by somebody without the right to", `
			09:00 ann ask - - reference=7
			09:01 bob decide - - exception=asked/ann/i/1 choice=answered evidence=shown`, "ann/i/1 about ann/i/7 open"},
		{"of an earlier moment", `
			09:00 ann ask - - reference=7
			08:00 boss decide - - exception=asked/ann/i/1 choice=dismiss evidence=shown`, "ann/i/1 about ann/i/7 decided dismiss by boss"},
		{"the answer undone", `
			09:00 ann ask - - reference=7
			09:01 boss decide - - exception=asked/ann/i/1 choice=answered evidence=shown
			09:02 boss undo - - reference=1`, "ann/i/1 about ann/i/7 open"},
		{"an answer that saw something else opens it again", `
			09:00 ann ask - - reference=7
			09:01 boss decide - - exception=asked/ann/i/1 choice=answered evidence=shown
			09:02 boss decide - - exception=asked/ann/i/1 choice=dismiss evidence=other`, "ann/i/1 about ann/i/7 open"},
		{"so does a take behind an answer", `
			09:00 ann ask - - reference=7
			09:02 boss decide - - exception=asked/ann/i/1 choice=take
			09:01 boss decide - - exception=asked/ann/i/1 choice=answered evidence=shown`, "ann/i/1 about ann/i/7 taken by boss"},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts := tell(t, c.facts)
			for i := range facts {
				facts[i].Says = shownAs
			}
			b := folded(t, shop, facts)
			var got []string
			for _, name := range slices.Sorted(maps.Keys(b.Asks)) {
				got = append(got, askShown(name, b.Asks[name]))
			}
			equal(t, "asks", got, listed(c.want))
		})
	}
}

func askShown(name string, a oracle.Ask) string {
	text := fmt.Sprintf("%s about %s %s", strings.TrimPrefix(name, "asked/"), a.About, a.State)
	switch a.State {
	case "taken":
		text += " by " + a.TakenBy
	case "decided":
		text += " " + a.Choice + " by " + a.By
	}
	return text
}

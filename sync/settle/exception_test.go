package settle

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/sync/ledger"
)

// fromOrder says whether what is found follows from the scans alone, and not
// from their arrival or from what little memory still has.
func fromOrder(r *ledger.ExceptionView) bool {
	return !ofArrival(r.Kind) && r.Kind != kindDoubleScan && r.Kind != kindTwoPlaces
}

// open says what somebody has to look at, and on which evidence.
func open(b *Books) string { return openOf(b, fromOrder) }

func openOf(b *Books, want func(*ledger.ExceptionView) bool) string {
	var words []string
	for _, r := range b.Exceptions(func(r *ledger.ExceptionView) bool { return !r.Closed() && want(r) }) {
		words = append(words, fmt.Sprint("exception ", r.ID, " ", r.State, " ", r.Evidence, " ", r.Message))
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}

// ofArrival says whether a kind follows from which of two scans came later.
func ofArrival(kind string) bool {
	return kind == "still_parked" || kind == "ambiguous" || kind == "recount"
}

// states tells of every exception what became of it.
func states(b *Books) string {
	var words []string
	for _, r := range b.Exceptions(func(*ledger.ExceptionView) bool { return true }) {
		word := r.ID + " " + r.State
		if r.Choice != "" {
			word += " " + r.Choice
		}
		if r.TakenBy != "" {
			word += " by " + r.TakenBy
		}
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// told says what an entry lists.
func listedIn(d *ledger.Decision) string {
	var words []string
	for _, e := range d.Exceptions {
		words = append(words, e.ID)
	}
	return strings.Join(words, ", ")
}

// tale is books that are told lines such as "10:00 H-2 remove p=BOLT q=3", in the
// order in which they arrive. They are closed and opened again after each.
type tale struct {
	*told
	line     int
	evidence []map[string]string // after each line, by exception
	seqs     map[string]uint64
	stays    bool // and are not
}

func newTale(t *testing.T, fields map[string]string) *tale {
	return &tale{told: world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: fields}), seqs: map[string]uint64{}}
}

// tell books a line. A scan's seq is its place among those of its device;
// "seen=now" is the evidence as it is, "seen=2" as it was after the second line.
func (s *tale) tell(text string) ledger.Decision {
	s.t.Helper()
	clock, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	device, words, _ := strings.Cut(rest, " ")
	moment, err := time.Parse("15:04", clock)
	if err != nil {
		s.t.Fatal(err)
	}
	s.line++
	s.seqs[device]++
	n := uint64(1_000 + s.line)
	var plain []string
	in := ledger.Intent{}
	role := "floor"
	for _, word := range strings.Fields(words) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "on":
			in.ExceptionN = value
		case "choice":
			in.Choice = value
		case "seen":
			in.Evidence = value
		case "clock":
			in.Clock = value
		default:
			plain = append(plain, word)
		}
	}
	if strings.HasPrefix(device, "S") {
		role = "supervisor"
	}
	said := written(s.t, s.seqs[device], strings.Join(plain, " "))
	said.Device, said.Operator = device, "op-"+device
	said.ExceptionN, said.Choice, said.Evidence, said.Clock = in.ExceptionN, in.Choice, s.evidenceOf(in.ExceptionN, in.Evidence), in.Clock
	r := ledger.Received{Intent: said, Fault: said.Check()}
	at := ledger.Time(moment.Hour()*60+moment.Minute()) * 60e6
	d := s.stored.decide(s.Books, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(24*3600e6) + ledger.Time(n), TEff: at, Arrived: at, Role: role})
	checkZeroSum(s.t, s.state)
	before := states(s.Books)
	s.stored.take(s.Books, n, ledger.Time(n))
	if !s.stays {
		s.Books = s.stored.reopen(s.t)
	}
	if after := states(s.Books); before != after {
		s.t.Errorf("%s: after a restart\n  %s\nbefore\n  %s", text, after, before)
	}
	known := map[string]string{}
	for _, x := range s.Exceptions(func(*ledger.ExceptionView) bool { return true }) {
		known[x.ID] = x.Evidence
	}
	s.evidence = append(s.evidence, known)
	return d
}

func (s *tale) evidenceOf(id, seen string) string {
	if seen == "now" {
		return s.evidence[len(s.evidence)-1][id]
	}
	var line int
	if _, err := fmt.Sscanf(seen, "%d", &line); err != nil || line < 1 || line > len(s.evidence) {
		return seen
	}
	return s.evidence[line-1][id]
}

// An exception belongs to what it is about: it comes, changes and heals with it,
// and a decision holds on the evidence that it saw. Each row is a story, the last
// outcome, what the last entry lists, and what became of everything. Where goods
// are missing they come from shortage here.
func TestExceptionsBelongToWhatTheyAreAbout(t *testing.T) {
	for _, row := range []struct{ name, story, want, lists, states string }{
		{"what is missing is raised", "10:00 H-2 remove p=BOLT q=3 from=A-01", "exception", "short/H-2/i/1", "short/H-2/i/1 open"},
		{"a late addition heals it", "10:00 H-2 remove p=BOLT q=3 from=A-01; 09:00 H-1 add p=BOLT q=3 to=A-01", "applied", "", "short/H-2/i/1 cleared"},
		{"healed in part it is told anew", "10:00 H-2 remove p=BOLT q=3 from=A-01; 09:00 H-1 add p=BOLT q=1 to=A-01", "applied", "", "short/H-2/i/1 open"},
		{"a late removal brings it about", "09:00 H-1 add p=BOLT q=3 to=A-01; 10:00 H-2 remove p=BOLT q=3 from=A-01; 09:30 H-3 remove p=BOLT q=1 from=A-01", "exception", "short/H-2/i/1", "short/H-2/i/1 open"},
		{"undone, nothing is left of it", "10:00 H-2 remove p=BOLT q=3 from=A-01; 11:00 H-2 undo ref=1", "applied", "", "short/H-2/i/1 cleared"},
		{"the undo undone, it is there again", "10:00 H-2 remove p=BOLT q=3 from=A-01; 11:00 H-2 undo ref=1; 12:00 H-2 undo ref=2", "exception", "short/H-2/i/1", "short/H-2/i/1 open"},
		{"undone before it came", "11:00 H-2 undo ref=2; 10:00 H-2 remove p=BOLT q=3 from=A-01", "applied", "", ""},

		{"accepted", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now", "applied", "", "short/H-2/i/1 decided accept"},
		{"other evidence reopens it", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now; 09:00 H-1 add p=BOLT q=1", "exception", "short/H-2/i/1", "short/H-2/i/1 open"},
		{"changed back, the decision holds again", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now; 09:00 H-1 add p=BOLT q=1; 12:00 H-1 undo ref=1", "applied", "", "short/H-2/i/1 decided accept"},
		{"a stale decision decides nothing", "10:00 H-2 remove p=BOLT q=3; 09:00 H-1 add p=BOLT q=1; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1", "applied", "", "short/H-2/i/1 open"},
		{"until the evidence is that again", "10:00 H-2 remove p=BOLT q=3; 09:00 H-1 add p=BOLT q=1; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1; 12:00 H-1 undo ref=1", "applied", "", "short/H-2/i/1 decided accept"},
		{"a decision undone is none", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now; 12:00 S-1 undo ref=1", "applied", "", "short/H-2/i/1 open"},
		{"and one whose undo is undone stands", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now; 12:00 S-1 undo ref=1; 13:00 S-1 undo ref=2", "applied", "", "short/H-2/i/1 decided accept"},
		{"a decision undone before it came", "10:00 H-2 remove p=BOLT q=3; 12:00 S-1 undo ref=2; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1", "applied", "", "short/H-2/i/1 open"},
		{"the last decision by its moment counts", "10:00 H-2 remove p=BOLT q=3; 12:00 S-1 decide on=short/H-2/i/1 choice=dismiss seen=1; 11:00 S-2 decide on=short/H-2/i/1 choice=accept seen=1", "applied", "", "short/H-2/i/1 decided dismiss"},
		{"somebody looks after it", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=take", "applied", "", "short/H-2/i/1 taken by op-S-1"},
		{"and gives it back", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=take; 12:00 S-1 decide on=short/H-2/i/1 choice=leave", "applied", "", "short/H-2/i/1 open"},
		{"taken again what was decided", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1; 12:00 S-2 decide on=short/H-2/i/1 choice=take", "applied", "", "short/H-2/i/1 taken by op-S-2"},
		{"who took it keeps it when it changes", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=take; 12:00 S-1 decide on=short/H-2/i/1 choice=recount seen=1; 09:00 H-1 add p=BOLT q=1", "exception", "short/H-2/i/1", "short/H-2/i/1 taken by op-S-1"},
		{"decided and then healed", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1; 09:00 H-1 add p=BOLT q=3", "applied", "", "short/H-2/i/1 cleared accept"},

		{"somebody asks for a supervisor", "10:00 H-2 remove p=BOLT q=3; 10:01 H-2 ask ref=1", "applied", "asked/H-2/i/2", "asked/H-2/i/2 open, short/H-2/i/1 open"},
		{"about a scan that was refused", "10:00 H-2 remove p=BOLT q=-3; 10:01 H-2 ask ref=1", "applied", "asked/H-2/i/2", "asked/H-2/i/2 open"},
		{"and wants an answer though it healed", "10:00 H-2 remove p=BOLT q=3; 10:01 H-2 ask ref=1; 09:00 H-1 add p=BOLT q=3", "applied", "", "asked/H-2/i/2 open, short/H-2/i/1 cleared"},
		{"a supervisor takes it", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 11:00 S-1 decide on=asked/H-2/i/2 choice=take", "applied", "", "asked/H-2/i/2 taken by op-S-1"},
		{"and answers", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 11:00 S-1 decide on=asked/H-2/i/2 choice=answered seen=now", "applied", "", "asked/H-2/i/2 decided answered"},
		{"taken back before it came", "10:00 H-2 add p=BOLT q=3; 10:02 S-1 undo ref=H-2/i/2; 10:01 H-2 ask ref=1", "applied", "", "asked/H-2/i/2 cleared"},
		{"taken back and asked again", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 10:02 H-2 undo ref=2; 10:03 H-2 undo ref=3", "applied", "asked/H-2/i/2", "asked/H-2/i/2 open"},
		{"answered and taken back, the answer stands", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 11:00 S-1 decide on=asked/H-2/i/2 choice=answered seen=now; 12:00 H-2 undo ref=2", "applied", "", "asked/H-2/i/2 cleared answered"},
		{"the answer undone", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 11:00 S-1 decide on=asked/H-2/i/2 choice=answered seen=now; 12:00 S-1 undo ref=1", "applied", "", "asked/H-2/i/2 open"},
		{"the scan undone", "10:00 H-2 remove p=BOLT q=3; 10:01 H-2 ask ref=1; 12:00 H-2 undo ref=1", "applied", "", "asked/H-2/i/2 open, short/H-2/i/1 cleared"},
		{"nothing was booked that could be accepted", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 11:00 S-1 decide on=asked/H-2/i/2 choice=accept seen=now", "parked bad_field", "", "asked/H-2/i/2 open"},
		{"whoever asked takes it back", "10:00 H-2 add p=BOLT q=3; 10:01 H-2 ask ref=1; 10:02 H-2 undo ref=2", "applied", "", "asked/H-2/i/2 cleared"},
		{"a handheld asks about its own", "10:00 H-1 add p=BOLT q=3; 10:01 H-2 ask ref=H-1/i/1", "parked not_allowed", "", ""},
		{"a supervisor about anyone's", "10:00 H-1 add p=BOLT q=3; 10:01 S-1 ask ref=H-1/i/1", "applied", "asked/S-1/i/1", "asked/S-1/i/1 open"},
		{"about nothing", "10:00 H-2 ask ref=1", "parked not_found", "", ""},

		{"a late hold tells who took the goods", "09:00 H-1 add p=BOLT q=5 lot=L; 11:00 H-2 remove p=BOLT q=2 lot=L; 10:00 H-3 isolate p=BOLT lot=L reason=recall", "exception", "held_taken/H-2/i/1", "held_taken/H-2/i/1 open"},
		{"the hold undone, nothing was wrong", "09:00 H-1 add p=BOLT q=5 lot=L; 11:00 H-2 remove p=BOLT q=2 lot=L; 10:00 H-3 isolate p=BOLT lot=L reason=recall; 12:00 H-3 undo ref=1", "applied", "", "held_taken/H-2/i/1 cleared"},
		{"held goods come back", "09:00 H-3 isolate p=BOLT lot=L reason=recall; 10:00 H-2 remove p=BOLT q=2 lot=L; 11:00 S-1 decide on=held_taken/H-2/i/1 choice=returned seen=now", "applied", "", "held_taken/H-2/i/1 decided returned, short/H-2/i/1 open"},
		{"a package that would be inside itself", "09:00 H-1 pack package=P1 to=P2; 10:00 H-2 pack package=P2 to=P1; 08:00 H-1 undo ref=1", "applied", "", "package_circle/H-2/i/1 cleared"},
		{"a held package is taken", "09:00 H-1 add p=BOLT q=1 package=P1; 11:00 H-2 remove package=P1; 10:00 H-3 isolate package=P1 reason=x", "exception", "held_taken/H-2/i/1", "held_taken/H-2/i/1 open"},
		{"a serial that nobody added", "10:00 H-1 move p=BOLT serial=S1 from=A-01 to=B-01; 09:00 H-2 add p=BOLT serial=S1 to=A-01", "applied", "", "serial_unknown/H-1/i/1 cleared"},

		{"a hold without a reason", "10:00 H-1 isolate p=BOLT lot=L", "exception", "no_reason/H-1/i/1", "no_reason/H-1/i/1 open"},
		{"undone nobody has to ask", "10:00 H-1 isolate p=BOLT lot=L; 11:00 H-1 undo ref=1", "applied", "", "no_reason/H-1/i/1 cleared"},
		{"and again when that is undone", "10:00 H-1 isolate p=BOLT lot=L; 11:00 H-1 undo ref=1; 12:00 H-1 undo ref=2", "exception", "no_reason/H-1/i/1", "no_reason/H-1/i/1 open"},
		{"what waited for a name is spoken of by its own", "10:00 H-1 isolate scan=555 lot=L; 11:00 S-1 map raw=555 p=BOLT", "exception", "no_reason/H-1/i/1", "no_reason/H-1/i/1 open"},

		{"the floor decides nothing", "10:00 H-2 remove p=BOLT q=3; 11:00 H-1 decide on=short/H-2/i/1 choice=accept seen=now", "parked not_allowed", "", "short/H-2/i/1 open"},
		{"a choice that the kind has not", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=returned seen=now", "parked bad_field", "", "short/H-2/i/1 open"},
		{"a decision that saw nothing", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept", "parked bad_field", "", "short/H-2/i/1 open"},
		{"a decision about nothing", "11:00 S-1 decide on=short choice=accept seen=x", "parked bad_field", "", ""},
		{"asked: it is there and as it was seen", "10:00 H-2 remove p=BOLT q=3; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now mode=command", "applied", "", "short/H-2/i/1 decided accept"},
		{"asked about what has changed", "10:00 H-2 remove p=BOLT q=3; 09:00 H-1 add p=BOLT q=1; 11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=1 mode=command", "refused expired", "", "short/H-2/i/1 open"},
		{"asked about what is not there", "11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=x mode=command", "refused not_found", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newTale(t, map[string]string{"negative": "refuse"})
			var d ledger.Decision
			for line := range strings.SplitSeq(row.story, ";") {
				d = s.tell(line)
			}
			if got := strings.TrimSpace(string(d.Outcome) + " " + string(d.Code)); got != row.want {
				t.Errorf("the outcome is %q (%s), want %q", got, d.Message, row.want)
			}
			if got := listedIn(&d); got != row.lists {
				t.Errorf("the entry lists %q, want %q", got, row.lists)
			}
			if got := states(s.Books); got != row.states {
				t.Errorf("the exceptions are\n  %s\nwant\n  %s", got, row.states)
			}
		})
	}
}

// A row says all that a supervisor asks first, in a sentence and in fields.
func TestARowOfAnException(t *testing.T) {
	s := newTale(t, map[string]string{"negative": "refuse"})
	s.tell("10:14 H-7 remove p=BOLT q=3 from=A-01")
	s.tell("11:00 S-1 decide on=short/H-7/i/1 choice=recount seen=now")
	got, _ := s.Exception("short/H-7/i/1")
	want := ledger.ExceptionView{ID: "short/H-7/i/1", Kind: "short", Severity: "warning", State: "decided", Site: "main", Location: "A-01", Product: "BOLT", Device: "H-7", Operator: "op-H-7",
		At: 614 * 60e6, RaisedAt: 24*3600e6 + 1001, Entry: 1001, Message: "3 of BOLT taken from main/A-01 by H-7 at 10:14 were not on the books there; count the shelf.",
		Evidence: ledger.EvidenceOf("short", "warning", "3 of BOLT taken from main/A-01 by H-7 at 10:14 were not on the books there; count the shelf."),
		Choice:   "recount", DecidedBy: "op-S-1", DecidedAt: 660 * 60e6, N: 1002}
	if got != want {
		t.Errorf("%+v, want\n%+v", got, want)
	}
	if len(got.Evidence) != 16 {
		t.Errorf("the evidence is %q", got.Evidence)
	}
}

// A decision may come before what it is about, from a device that was ahead.
func TestADecisionMayComeFirst(t *testing.T) {
	first := newTale(t, map[string]string{"negative": "refuse"})
	first.tell("10:00 H-2 remove p=BOLT q=3")
	seen := first.evidence[0]["short/H-2/i/1"]
	s := newTale(t, map[string]string{"negative": "refuse"})
	if d := s.tell("11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=" + seen); d.Outcome != ledger.Applied || !strings.Contains(d.Message, "waits for it") || d.Kind != ledger.KindDecision {
		t.Errorf("%+v", d)
	}
	if d := s.tell("10:00 H-2 remove p=BOLT q=3"); d.Outcome != ledger.Applied || len(d.Exceptions) != 0 {
		t.Errorf("what is decided is told again: %+v", d)
	}
	if got := states(s.Books); got != "short/H-2/i/1 decided accept" {
		t.Error(got)
	}
	stale := s.tell("12:00 S-1 decide on=short/H-2/i/1 choice=dismiss seen=0123456789abcdef")
	if !strings.Contains(stale.Message, "changed since") || !strings.Contains(stale.Message, "3 of BOLT taken") {
		t.Errorf("%q does not say how it is now", stale.Message)
	}
}

// What is refused leaves no trace on what others' scans were found to be about.
func TestARefusedCommandLeavesExceptionsAlone(t *testing.T) {
	s := newTale(t, map[string]string{"negative": "refuse", "approve_quantity": "0"})
	s.tell("10:00 H-2 remove p=BOLT q=3 from=A-01")
	s.tell("10:30 H-2 count p=BOLT q=2 from=B-01")
	s.tell("11:00 S-1 decide on=short/H-2/i/1 choice=accept seen=now")
	before, evidence := states(s.Books), open(s.Books)
	one := ledger.NewDecimal(3, 0)
	for seq, lines := range [][]ledger.Line{
		{{Product: "BOLT", Quantity: one, From: "supplier", To: "A-01"}, {Product: "BOLT", Quantity: one, From: "stock", To: "customer"}},
		{{Product: "BOLT", Quantity: one, From: "supplier", To: "B-01"}, {Product: "OIL", Quantity: one, From: "stock", To: "customer"}},
		{{Product: "BOLT", Quantity: one, From: "stock", To: "customer"}},
	} {
		in := ledger.Intent{Device: "H-9", Install: "i", Seq: uint64(seq + 1), Action: ledger.ActionMove, Mode: ledger.ModeCommand, Lines: lines}
		r := ledger.Received{Intent: in, Fault: in.Check()}
		d := s.stored.decide(s.Books, &r, ledger.Receipt{N: 2_000, BookedAt: 1, TEff: 9 * 3600e6})
		if d.Outcome != ledger.Refused || len(d.Exceptions) != 0 {
			t.Fatalf("%+v", d)
		}
		if after := states(s.Books); after != before || open(s.Books) != evidence {
			t.Errorf("after a refused command\n  %s\nbefore\n  %s", after, before)
		}
		if c := s.TakeChanges(); len(c.Exceptions) != 0 {
			t.Errorf("rows changed: %v", c.Exceptions)
		}
	}
	if d := s.tell("09:00 H-1 add p=BOLT q=1 to=A-01"); listedIn(&d) != "short/H-2/i/1" {
		t.Errorf("afterwards the books are not as they were: %+v", d.Exceptions)
	}
}

// What comes up again with a scan is told of in one order, after a restart too.
func TestExceptionsComeUpAgainInOneOrder(t *testing.T) {
	for _, stays := range []bool{false, true} {
		s := newTale(t, nil)
		s.stays = stays
		var d ledger.Decision
		for _, line := range []string{"09:00 H-1 count p=BOLT q=5", "09:00 H-2 isolate p=BOLT q=1 to=stock", "10:00 H-2 undo ref=1", "11:00 H-2 undo ref=2"} {
			d = s.tell(line)
		}
		if got, want := listedIn(&d), "ambiguous/H-2/i/1, no_reason/H-2/i/1"; got != want {
			t.Errorf("without restarts %t: %s, want %s", stays, got, want)
		}
	}
}

package book_test

import (
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// A handheld's key is taken back while it is away. What it scanned before is booked
// when it comes home, however late; what it scanned after is kept and books nothing;
// paired again it works on, and what it scanned meanwhile stays parked.
func TestScansOfARevokedDevice(t *testing.T) {
	b := open(t)
	right := func(roles string) {
		b.edit(ledger.Patch{Entity: ledger.EntityRight, Code: "device/H-7", Fields: map[string]string{"roles": roles}})
	}
	right("floor")
	source := book.Source{Device: "H-7", Install: "i", Transport: book.Socket, Role: "floor", Actor: "device/H-7", Self: "H-7"}
	b.want("before anything", b.push(source, add(1, `,"at":"2026-03-02T08:59:00Z"`))[0], ledger.Applied, "")
	b.clock.add(time.Hour) // 10:00
	right("")
	b.clock.add(time.Hour)
	b.restart()
	source.Until = ledger.TimeOf(b.clock.Now().Add(-time.Hour))
	r := b.push(source, add(2, `,"at":"2026-03-02T09:59:59Z"`), add(3, `,"at":"2026-03-02T10:00:01Z"`), add(4, ""))
	b.want("scanned before", r[0], ledger.Applied, "")
	b.want("scanned after", r[1], ledger.Parked, ledger.NotAllowed)
	b.want("without a moment", r[2], ledger.Parked, ledger.NotAllowed)
	right("floor")
	source.Until = 0
	b.clock.add(time.Second)
	b.want("paired again", b.push(source, add(5, ""))[0], ledger.Applied, "")
	stated := source
	stated.Transport, stated.Install = book.Stated, "file"
	r = b.push(stated, `{"device":"H-7","install":"file","seq":1,"action":"add","product":"BOLT","at":"2026-03-02T10:30:00Z"}`)
	b.want("of the time between, told later", r[0], ledger.Parked, ledger.NotAllowed)
	if got := b.balance("main/stock"); got != "3" {
		t.Errorf("the shelf holds %s", got)
	}
}

// A key that the books do not know the end of yet ends all the same.
func TestTheEndOfAKeyHoldsWithoutItsEntry(t *testing.T) {
	b := open(t)
	source := book.Source{Device: "H-7", Install: "i", Transport: book.Socket, Role: "floor", Actor: "device/H-7", Self: "H-7", Until: ledger.TimeOf(b.clock.Now())}
	r := b.push(source, add(1, `,"at":"2026-03-02T08:59:00Z"`), add(2, ""))
	b.want("before", r[0], ledger.Applied, "")
	b.want("after", r[1], ledger.Parked, ledger.NotAllowed)
}

// A supervisor loses the role. A moment is what the device says, so what they send from
// then on about others' scans is parked, whatever moment it gives; their own scans are
// judged by their moment, and whom they bring files of is not judged by it.
func TestASupervisorNoMore(t *testing.T) {
	b := open(t)
	right := func(roles string) {
		b.edit(ledger.Patch{Entity: ledger.EntityRight, Code: "user/u-1", Fields: map[string]string{"roles": roles}})
	}
	right("supervisor")
	for seq := range 3 {
		b.want("a scan of a device", b.push(socket, add(seq+1, ""))[0], ledger.Applied, "")
	}
	source := book.Source{Role: "supervisor", Transport: book.Stated, Actor: "user/u-1", Self: "u-1"}
	send := func(seq, at, what string) ledger.Result {
		return b.push(source, `{"device":"u-1","install":"-","seq":`+seq+`,"at":"`+at+`",`+what+`}`)[0]
	}
	const before, after = "2026-03-02T09:30:00Z", "2026-03-02T10:30:00Z"
	undo := func(seq string) string { return `"action":"undo","reference":"H-1/i1/` + seq + `"` }
	b.clock.add(time.Minute)
	b.want("undone as a supervisor", send("1", "2026-03-02T09:00:30Z", undo("1")), ledger.Applied, "")
	b.clock.add(time.Hour)
	right("main=floor")
	b.clock.add(time.Hour)
	source.Role, source.Grants = "floor", ledger.Grants{{Site: "main", Role: "floor"}}
	b.want("undone an hour after", send("2", after, undo("2")), ledger.Parked, ledger.NotAllowed)
	b.want("undone before, they say", send("3", before, undo("2")), ledger.Parked, ledger.NotAllowed)
	b.want("closed before, they say", send("4", before, `"action":"close","through":"2026-03-02T09:10:00Z"`), ledger.Parked, ledger.NotAllowed)
	b.want("named before, they say", send("5", before, `"action":"map","raw":"555","product":"BOLT"`), ledger.Parked, ledger.NotAllowed)
	b.want("decided before, they say", send("6", before, `"action":"decide","exception":"short/H-1/i1/2","choice":"take"`), ledger.Parked, ledger.NotAllowed)
	b.want("a scan of before", send("7", before, `"action":"add","product":"BOLT"`), ledger.Applied, "")
	b.want("undone what is their own", send("8", before, `"action":"undo","reference":"u-1/-/7"`), ledger.Applied, "")
	source.Grants = nil // of a session that has not heard of it
	source.Role = "supervisor"
	b.want("by a session of before", send("9", before, undo("2")), ledger.Parked, ledger.NotAllowed)
	if got := b.balance("main/stock"); got != "2" {
		t.Errorf("the shelf holds %s, want the 2 that nobody might undo", got)
	}
}

// A handheld of north lost a scan. That its supervisors are told is not taken back by one
// of main, who would have them count nothing.
func TestWhoTakesBackThatAScanWasLost(t *testing.T) {
	b := open(t)
	b.edit(ledger.Patch{Entity: ledger.EntitySite, Code: "north"})
	lost := make(chan struct{})
	if err := b.book.Submit(t.Context(), &book.Submission{Source: book.Source{Device: "H-N", Install: "i", Transport: book.Socket, Role: "floor", Site: "north"},
		Lost: &book.Lost{Seq: 1, Reason: "a bad block"}, Done: func(book.Results, error) { close(lost) }}); err != nil {
		t.Fatal(err)
	}
	<-lost
	for _, c := range []struct {
		site    string
		outcome ledger.Outcome
		code    ledger.Code
		state   string
	}{{"main", ledger.Parked, ledger.NotAllowed, ledger.ExceptionOpen}, {"north", ledger.Applied, "", ledger.ExceptionCleared}} {
		b.restart()
		boss := book.Source{Device: "S-" + c.site, Install: "i", Transport: book.Socket, Role: "supervisor", Site: c.site, Actor: "device/S", Self: "S-" + c.site, Grants: ledger.Grants{{Site: c.site, Role: "supervisor"}}}
		b.want("by one of "+c.site, b.push(boss, `{"seq":1,"action":"undo","reference":"H-N/i/1"}`)[0], c.outcome, c.code)
		if err := b.book.Exceptions(t.Context(), func(s *settle.Books, _ uint64) {
			if x, _ := s.Exception("lost_scan/H-N/i/1"); x.State != c.state {
				t.Errorf("behind one of %s it is %q, want %q", c.site, x.State, c.state)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// A supervisor of one site undoes the scan of another site's handheld, ends its hold,
// and undoes its release, before or after these come: the books are the same, also
// after a restart, and as folded again (which every test ends with).
func TestRightsWhateverComesFirst(t *testing.T) {
	const north, main = "north", "main"
	for _, c := range []struct{ name, before, scans, supervisor, want string }{
		{"an undo of a scan", "", `{"seq":1,"action":"add","product":"BOLT","quantity":5}`, `"action":"undo","reference":"H-M/i/1"`, "5"},
		{"an undo of two", "", `{"seq":1,"action":"add","lines":[{"product":"BOLT","quantity":2},{"product":"BOLT","quantity":3,"to":"A-01"}]}`, `"action":"undo","reference":"H-M/i/1"`, "2"},
		{"a release of a hold", "", `{"seq":1,"action":"isolate","from":"stock","reason":"x"}`, `"action":"release","holds":["H-M/i/1"],"reason":"x"`, "0 held"},
		{"an undo of a hold", "", `{"seq":1,"action":"isolate","from":"stock","reason":"x"}`, `"action":"undo","reference":"H-M/i/1"`, "0 held"},
		{"an undo of a release", `{"seq":1,"action":"isolate","from":"stock","reason":"x"}`, `{"seq":2,"action":"release","holds":["H-M/i/1"],"reason":"x"}`, `"action":"undo","reference":"H-M/i/2"`, "0"},
		{"an undo of an undo", `{"seq":1,"action":"add","product":"BOLT","quantity":5}`, `{"seq":2,"action":"undo","reference":"1"}`, `"action":"undo","reference":"H-M/i/2"`, "0"},
		{"an undo of a decision", `{"seq":1,"action":"count","product":"BOLT","quantity":5,"clock":"c"}`, `{"seq":2,"action":"decide","exception":"doubtful_count/H-M/i/1","choice":"accept"}`,
			`"action":"undo","reference":"H-M/i/2"`, "5"},
		{"an undo of an ask", `{"seq":1,"action":"add","product":"BOLT","quantity":5}`, `{"seq":2,"action":"ask","reference":"1"}`, `"action":"undo","reference":"H-M/i/2"`, "5 asked"},
		{"an undo of an ask's undo", `{"seq":1,"action":"ask","reference":"7"}`, `{"seq":2,"action":"undo","reference":"1"}`, `"action":"undo","reference":"H-M/i/2"`, "0"},
	} {
		for _, first := range []string{north, main} {
			t.Run(c.name+", "+first+" first", func(t *testing.T) {
				b := open(t)
				b.edit(ledger.Patch{Entity: ledger.EntitySite, Code: north})
				from := func(device, role, site string) book.Source {
					return book.Source{Device: device, Install: "i", Transport: book.Socket, Role: role, Site: site, Actor: "device/" + device, Self: device, Grants: ledger.Grants{{Site: site, Role: role}}}
				}
				seq := `{"seq":1,`
				if c.before != "" {
					b.push(from("H-M", "supervisor", main), c.before)
				}
				b.clock.add(time.Second)
				for _, who := range []string{first, map[string]string{north: main, main: north}[first]} {
					if who == main {
						b.push(from("H-M", "supervisor", main), c.scans)
					} else {
						b.push(from("S-N", "supervisor", north), seq+c.supervisor+`}`)
					}
					b.restart()
				}
				got := b.balance("main/stock")
				if err := b.book.Exceptions(t.Context(), func(s *settle.Books, _ uint64) {
					if len(s.OpenHolds()) > 0 {
						got += " held"
					}
					if x := s.Exceptions(func(x *ledger.ExceptionView) bool { return x.Kind == "asked" && x.State == ledger.ExceptionOpen }); len(x) > 0 {
						got += " asked"
					}
				}); err != nil {
					t.Fatal(err)
				}
				if got != c.want {
					t.Errorf("the shelf holds %s, want %s", got, c.want)
				}
			})
		}
	}
}

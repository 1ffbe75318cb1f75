package book_test

import (
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
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

// A supervisor loses the role: what they decided before holds when it comes late,
// what they send after does not; whom they bring files of is not judged by it.
func TestASupervisorNoMore(t *testing.T) {
	b := open(t)
	right := func(roles string) {
		b.edit(ledger.Patch{Entity: ledger.EntityRight, Code: "user/u-1", Fields: map[string]string{"roles": roles}})
	}
	right("supervisor")
	b.want("a scan of a device", b.push(socket, add(1, ""))[0], ledger.Applied, "")
	b.clock.add(time.Hour)
	right("main=floor")
	b.clock.add(time.Hour)
	source := book.Source{Role: "floor", Transport: book.Stated, Actor: "user/u-1", Self: "u-1", Grants: ledger.Grants{{Site: "main", Role: "floor"}}}
	undo := func(seq, at string) ledger.Result {
		return b.push(source, `{"device":"u-1","install":"-","seq":`+seq+`,"at":"`+at+`","action":"undo","reference":"H-1/i1/1"}`)[0]
	}
	b.want("undone an hour after", undo("1", "2026-03-02T10:30:00Z"), ledger.Parked, ledger.NotAllowed)
	b.want("undone before", undo("2", "2026-03-02T09:30:00Z"), ledger.Applied, "")
}

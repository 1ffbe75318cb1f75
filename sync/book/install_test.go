package book_test

import (
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// A device that was re-imaged begins anew: its old install ends, and somebody
// hears what may be lost. What comes of the old one all the same is booked.
func TestANewInstallSealsTheOld(t *testing.T) {
	b := open(t)
	as := func(install string) book.Source {
		return book.Source{Device: "H-7", Install: install, Transport: book.Socket, Role: "floor"}
	}
	b.push(as("old"), add(1, `,"to":"A-01"`), add(2, ""))
	b.restart()
	first := b.push(as("new"), add(1, ""), add(2, ""))
	b.want("the first of the new install", first[0], ledger.Exception, "")
	b.want("the second", first[1], ledger.Applied, "")
	raised := b.entry(first[0].Entry).Exceptions
	if len(raised) != 1 || raised[0].Kind != "reinstalled" || !strings.Contains(raised[0].Message, "ended at scan 2") || !strings.Contains(raised[0].Message, "A-01") {
		t.Errorf("what is said: %+v", raised)
	}
	b.restart()
	late := b.push(as("old"), add(3, ""), add(4, ""))
	b.want("a scan of the old install", late[0], ledger.Exception, "")
	b.want("the one behind it", late[1], ledger.Applied, "")
	if raised := b.entry(late[0].Entry).Exceptions; len(raised) != 1 || raised[0].Kind != "sealed" {
		t.Errorf("what is said: %+v", raised)
	}
	b.restart()
	b.want("and after a restart", b.push(as("old"), add(5, ""))[0], ledger.Applied, "")
	b.want("of the new one", b.push(as("new"), add(3, ""))[0], ledger.Applied, "")
	if got := b.balance("main/stock") + " " + b.balance("main/A-01"); got != "7 1" {
		t.Errorf("the shelves hold %s", got)
	}
	stated := b.push(book.Source{Transport: book.Stated, Role: "admin"}, `{"device":"H-7","install":"-","seq":1,"action":"add","product":"BOLT"}`)
	b.want("a file about the device", stated[0], ledger.Applied, "")
}

// What could not be read in full is kept with the name of whoever sent it, also
// where something inside it has names of its own.
func TestWhoSentWhatCouldNotBeRead(t *testing.T) {
	b := open(t)
	for i, text := range []string{
		`{"seq":1,"action":"add","product":"BOLT","wave":{"device":"X-1","install":"y"}}`,
		`{"seq":2,"action":"add","product":"BOLT","reason":"the \"device\":\"X-1\"","wave":7}`,
		`{"seq":3,"device":"H-1","action":"add","wave":[{"install":"y"}]}`,
	} {
		r := b.push(socket, text)[0]
		b.want("a field of tomorrow", r, ledger.Parked, ledger.Unsupported)
		if in := b.entry(r.Entry).Intent; in == nil || in.Device != "H-1" || in.Install != "i1" || in.Seq != uint64(i+1) {
			t.Errorf("%s: kept as %+v", text, in)
		}
	}
}

package book_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// clock is a clock that only moves when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

// bench is a book under test, with a clock of its own.
type bench struct {
	*testing.T
	journal *journal.Memory
	book    *book.Book
	clock   *clock
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, journal: journal.NewMemory("e1"), clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	b.start()
	t.Cleanup(b.check)
	b.edit(ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: "A-01"})
	return b
}

func (b *bench) start() {
	b.Helper()
	var err error
	b.book, err = book.Open(context.Background(), b.journal, book.Options{Now: b.clock.Now, Fatal: func(err error) { b.Error(err) }, Report: func(err error) { b.Error(err) }})
	if err != nil {
		b.Fatal(err)
	}
}

// restart closes the book and opens another on what its journal kept.
func (b *bench) restart() {
	b.Helper()
	b.book.Close()
	j, err := b.journal.Reopen()
	if err != nil {
		b.Fatal(err)
	}
	b.journal = j
	b.start()
}

// check closes the book and verifies all that its journal kept, after every test.
func (b *bench) check() {
	b.Helper()
	b.book.Close()
	j, err := b.journal.Reopen()
	if err != nil {
		b.Fatal(err)
	}
	if err := book.Verify(context.Background(), j, nil); err != nil {
		b.Error(err)
	}
}

func (b *bench) edit(patches ...ledger.Patch) {
	b.Helper()
	if _, i, err := b.book.Edit(context.Background(), "test", patches, false); err != nil {
		b.Fatalf("patch %d: %v", i, err)
	}
}

var socket = book.Source{Device: "H-1", Install: "i1", Transport: book.Socket, Role: "floor"}

func (b *bench) push(source book.Source, intents ...string) []ledger.Result {
	b.Helper()
	received := make([]ledger.Received, len(intents))
	via := wire.Socket
	if source.Transport == book.Stated {
		via = wire.Stated
	}
	for i, text := range intents {
		received[i] = wire.DecodeIntent([]byte(text), via)
	}
	r, err := b.book.Do(context.Background(), source, received)
	if err != nil {
		b.Fatal(err)
	}
	return r.Results
}

func (b *bench) want(name string, r ledger.Result, outcome ledger.Outcome, code ledger.Code) {
	b.Helper()
	if r.Outcome != outcome || r.Code != code {
		b.Errorf("%s: %s %s (%s), want %s %s", name, r.Outcome, r.Code, r.Message, outcome, code)
	}
}

func (b *bench) balance(place string) string {
	b.Helper()
	out := "0"
	if err := b.book.View(context.Background(), func(s *ledger.State, _ uint64) {
		if c, ok := s.CellAt("BOLT", place, "", "", ledger.Available); ok {
			out = ledger.FormatScaled(c.Quantity, c.Product.Decimals)
		}
	}); err != nil {
		b.Fatal(err)
	}
	return out
}

func (b *bench) entry(n uint64) (e ledger.Entry) {
	b.Helper()
	err := b.journal.Read(context.Background(), n, func(blk *journal.Block) (bool, error) {
		return false, json.Unmarshal(blk.Entry(n), &e)
	})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func add(seq int, more string) string {
	return fmt.Sprintf(`{"seq":%d,"action":"add","product":"BOLT","quantity":1%s}`, seq, more)
}

func TestIdentity(t *testing.T) {
	b := open(t)
	first := b.push(socket, add(1, ""))[0]
	b.want("the first", first, ledger.Applied, "")
	again := b.push(socket, `{"quantity":"1.0","seq":1,"product":"BOLT","action":"add","lot":""}`)[0]
	if !again.Repeat || again.Entry != first.Entry {
		t.Errorf("the same payload is a repeat: %+v", again)
	}
	other := b.push(socket, `{"seq":1,"action":"add","product":"BOLT","quantity":2}`)[0]
	b.want("another payload", other, ledger.Parked, ledger.IdentityConflict)
	if repeat := b.push(socket, `{"seq":1,"action":"add","product":"BOLT","quantity":2}`)[0]; !repeat.Repeat || repeat.Entry != other.Entry {
		t.Errorf("the conflict sent again: %+v", repeat)
	}
	b.want("a gap", b.push(socket, add(3, ""))[0], ledger.Refused, ledger.Gap)
	b.want("the next", b.push(socket, add(2, ""))[0], ledger.Applied, "")
	r := b.push(socket, add(3, ""), add(3, ""), add(4, ""))
	if !r[1].Repeat || r[1].Entry != r[0].Entry || r[2].Outcome != ledger.Applied {
		t.Errorf("a repeat in the same push: %+v", r)
	}
	if got := b.balance("main/stock"); got != "4" {
		t.Errorf("the stock is %s, want 4", got)
	}
	b.restart()
	if again := b.push(socket, add(1, ""))[0]; !again.Repeat || again.Entry != first.Entry || again.Outcome != ledger.Applied {
		t.Errorf("after a restart: %+v", again)
	}
	if again := b.push(socket, `{"seq":1,"action":"add","product":"BOLT","quantity":2}`)[0]; again.Entry != other.Entry {
		t.Errorf("the conflict after a restart: %+v", again)
	}
	last, err := b.book.LastSeq(context.Background(), "H-1", "i1")
	if last != 4 || err != nil {
		t.Errorf("last_seq is %d, %v", last, err)
	}
}

// A new install starts at 1 and is nobody's repeat.
func TestInstall(t *testing.T) {
	b := open(t)
	b.push(socket, add(1, ""))
	fresh := socket
	fresh.Install = "i2"
	r := b.push(fresh, add(1, ""))[0]
	if r.Repeat || r.Outcome != ledger.Exception {
		t.Errorf("the first scan of a new install: %+v", r)
	}
}

func TestStatedTransport(t *testing.T) {
	b := open(t)
	files := book.Source{Transport: book.Stated, Role: "admin"}
	in := func(seq int, rest string) string {
		return fmt.Sprintf(`{"device":"import:a","install":"-","seq":%d,"action":"add","product":"BOLT"%s}`, seq, rest)
	}
	b.want("any unseen seq", b.push(files, in(5, ""))[0], ledger.Applied, "")
	b.want("in any order", b.push(files, in(2, ""))[0], ledger.Applied, "")
	b.want("a line that is no intent", b.push(files, in(3, `,"quantity":"-1"`))[0], ledger.Refused, ledger.BadQuantity)
	b.want("leaves its identity free", b.push(files, in(3, ""))[0], ledger.Applied, "")
	b.want("an unknown field", b.push(files, in(4, `,"colour":"red"`))[0], ledger.Refused, ledger.UnknownField)
	b.want("no device", b.push(files, `{"seq":1,"action":"add","product":"BOLT"}`)[0], ledger.Refused, ledger.BadField)
	if r := b.push(files, in(5, ""))[0]; !r.Repeat {
		t.Errorf("a seen seq: %+v", r)
	}
	if last, _ := b.book.LastSeq(context.Background(), "import:a", "-"); last != 0 {
		t.Errorf("last_seq with 1 missing is %d", last)
	}
	b.push(files, in(1, ""), in(4, ""))
	if last, _ := b.book.LastSeq(context.Background(), "import:a", "-"); last != 5 {
		t.Errorf("last_seq with all there is %d", last)
	}
	b.restart()
	if r := b.push(files, in(2, ""))[0]; !r.Repeat {
		t.Errorf("after a restart: %+v", r)
	}
}

// What is wrong with one scan never stops the next; on the socket its seq is
// used up and it is an entry.
func TestFaultsOnTheSocket(t *testing.T) {
	b := open(t)
	r := b.push(socket, `{"seq":1,"action":"add","product":"BOLT","quantity":"1e30"}`, `{"seq":2,"action":"add","product":"BOLT","wave":7}`,
		`{"seq":3,"action":"add","product":"NUT"}`, add(4, ""), `{"seq":"x","action":"add"}`, `{"device":"H-2","seq":5,"action":"add","product":"BOLT"}`)
	b.want("absurd", r[0], ledger.Refused, ledger.BadQuantity)
	b.want("a field of tomorrow", r[1], ledger.Parked, ledger.Unsupported)
	b.want("unknown product", r[2], ledger.Parked, ledger.UnknownProduct)
	b.want("the scan behind them", r[3], ledger.Applied, "")
	b.want("no seq", r[4], ledger.Refused, ledger.BadField)
	b.want("another's scan", r[5], ledger.Refused, ledger.NotAllowed)
	if r[4].Entry != 0 || r[5].Entry != 0 || r[0].Entry == 0 {
		t.Errorf("entries: %+v", r)
	}
	for i := range 2 {
		if e := b.entry(r[i].Entry); e.Intent == nil || e.Intent.Seq != uint64(i+1) || e.Intent.Device != "H-1" || e.Intent.Install != "i1" {
			t.Errorf("the kept intent: %+v", e.Intent)
		}
	}
	r = b.push(socket, `{"seq":5,"action":"undo","reference":"2"}`, `{"seq":6,"action":"count","product":"BOLT","quantity":3,"session":"S"}`,
		`{"install":"other","seq":7,"action":"add","product":"BOLT"}`, `{"seq":7,"install":"`+strings.Repeat("x", 300)+`","clock":"z","x":1,"action":"add"}`)
	b.want("an undo of what was kept", r[0], ledger.Applied, "")
	b.want("a count of a session", r[1], ledger.Applied, "")
	b.want("another install's scan", r[2], ledger.Refused, ledger.NotAllowed)
	if r[3].Outcome != ledger.Refused || r[3].Entry != 0 {
		t.Errorf("an install too long for the index: %+v", r[3])
	}
}

func TestEffectiveTime(t *testing.T) {
	b := open(t)
	now := b.clock.Now()
	at := func(d time.Duration) string { return `,"at":"` + now.Add(d).Format(time.RFC3339Nano) + `"` }
	r := b.push(socket, add(1, at(-time.Hour)), add(2, at(time.Hour)), add(3, at(-2*time.Hour)), add(4, ""))
	for i, want := range []time.Duration{-time.Hour, 0, 0, 0} {
		if e := b.entry(r[i].Entry); e.TEff != ledger.TimeOf(now.Add(want)) {
			t.Errorf("scan %d: t_eff %s, want %s", i+1, e.TEff, now.Add(want))
		}
	}
	b.clock.add(time.Minute)
	seen := r[3].Entry
	other := book.Source{Device: "H-2", Install: "x", Transport: book.Socket}
	early := now.Add(-time.Hour).Format(time.RFC3339)
	r = b.push(other, fmt.Sprintf(`{"seq":1,"action":"add","product":"BOLT","at":%q,"seen":%d,"epoch":"e1"}`, early, seen))
	if e := b.entry(r[0].Entry); e.TEff != b.entry(seen).BookedAt+1 {
		t.Errorf("a reaction precedes what it reacted to: %s", e.TEff)
	}
	elsewhere := book.Source{Device: "H-3", Install: "x", Transport: book.Socket}
	r = b.push(elsewhere, fmt.Sprintf(`{"seq":1,"action":"add","product":"BOLT","at":%q,"seen":%d,"epoch":"other"}`, early, seen))
	if e := b.entry(r[0].Entry); e.TEff != ledger.TimeOf(now.Add(-time.Hour)) {
		t.Errorf("seen of another epoch counts: %s", e.TEff)
	}
}

func TestSkipUsesUpItsSeq(t *testing.T) {
	b := open(t)
	done := make(chan book.Results, 1)
	err := b.book.Submit(context.Background(), &book.Submission{Source: socket, Lost: &book.Lost{Seq: 1, Reason: "damaged row"},
		Done: func(r book.Results, err error) { done <- r }})
	if err != nil {
		t.Fatal(err)
	}
	r := <-done
	b.want("the lost scan", r.Results[0], ledger.Exception, "")
	b.want("the next", b.push(socket, add(2, ""))[0], ledger.Applied, "")
}

func TestUndoAcrossARestart(t *testing.T) {
	b := open(t)
	b.push(socket, add(1, ""), `{"seq":2,"action":"undo","reference":"1"}`, add(3, ""))
	b.restart()
	b.want("undo of what the journal holds", b.push(socket, `{"seq":4,"action":"undo","reference":"3"}`)[0], ledger.Applied, "")
	if got := b.balance("main/stock"); got != "0" {
		t.Errorf("the stock is %s", got)
	}
}

func TestEditsAreAllOrNone(t *testing.T) {
	b := open(t)
	before := b.book.Head()
	patches := []ledger.Patch{{Entity: ledger.EntityProduct, Code: "NUT"}, {Entity: ledger.EntityProduct, Code: "PIN", Fields: map[string]string{"decimals": "9"}}}
	_, bad, err := b.book.Edit(context.Background(), "ann", patches, false)
	var f *ledger.Fault
	if bad != 1 || !errors.As(err, &f) || b.book.Head() != before {
		t.Fatalf("bad %d, %v, head %d", bad, err, b.book.Head())
	}
	if r := b.push(socket, `{"seq":1,"action":"add","product":"NUT"}`)[0]; r.Outcome != ledger.Parked {
		t.Errorf("the good half was kept: %+v", r)
	}
	if edits, _, err := b.book.Edit(context.Background(), "ann", patches[:1], true); err != nil || len(edits) != 1 || b.book.Head() != before+1 {
		t.Errorf("trying changed something: %v, %v, head %d", edits, err, b.book.Head())
	}
	b.edit(patches[0])
	b.edit(patches[0]) // nothing changes: no entry
	if head := b.book.Head(); head != before+2 {
		t.Errorf("head %d, want %d", head, before+2)
	}
	b.restart()
	if r := b.push(socket, `{"seq":2,"action":"add","product":"NUT"}`)[0]; r.Outcome != ledger.Applied {
		t.Errorf("the edit after a restart: %+v", r)
	}
}

// Many devices push at once while a watcher reads: each scan is booked once, the
// feed is the journal without gap or repeat, and acks come after their events.
func TestManyDevicesAndAWatcher(t *testing.T) {
	b := open(t)
	const devices, scans = 20, 50
	feed := b.book.Feed()
	woken := make(chan struct{}, 1)
	stop := feed.Watch(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	defer stop()
	start := b.book.Head()
	read := make(chan uint64, 1)
	go func() {
		at := start
		for at < start+devices*scans {
			chunk, _, ok := feed.Next(at)
			if !ok {
				<-woken
				continue
			}
			if chunk.First > at+1 {
				t.Errorf("a gap: after %d comes %d", at, chunk.First)
				break
			}
			at = chunk.Last
		}
		read <- at
	}()
	var group sync.WaitGroup
	for d := range devices {
		group.Go(func() {
			source := book.Source{Device: fmt.Sprintf("D-%d", d), Install: "i", Transport: book.Socket}
			for seq := 1; seq <= scans; seq += 5 {
				r := b.push(source, add(seq, ""), add(seq+1, ""), add(seq+2, ""), add(seq+3, ""), add(seq+4, ""))
				for _, one := range r {
					if one.Outcome != ledger.Applied || feed.Head() < one.Entry {
						t.Errorf("%+v with the feed at %d", one, feed.Head())
					}
				}
			}
		})
	}
	group.Wait()
	if at := <-read; at != start+devices*scans {
		t.Errorf("the watcher saw up to %d", at)
	}
	if got := b.balance("main/stock"); got != fmt.Sprint(devices*scans) {
		t.Errorf("the stock is %s", got)
	}
}

func TestClosedBookTakesNothing(t *testing.T) {
	b := open(t)
	b.book.Close()
	if _, err := b.book.Do(context.Background(), socket, []ledger.Received{wire.DecodeIntent([]byte(add(1, "")), wire.Socket)}); !errors.Is(err, book.ErrClosed) {
		t.Errorf("a closed book says %v", err)
	}
}

// A full disk answers in words, keeps what was there, and goes on when there is
// room again.
func TestFullDisk(t *testing.T) {
	j := journal.NewMemory("e1")
	var mu sync.Mutex
	var full error
	b, err := book.Open(context.Background(), j, book.Options{Room: func() error { mu.Lock(); defer mu.Unlock(); return full }})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	set := func(err error) { mu.Lock(); full = err; mu.Unlock() }
	set(journal.ErrFull)
	intents := []ledger.Received{wire.DecodeIntent([]byte(add(1, "")), wire.Socket)}
	var f *ledger.Fault
	if _, err := b.Do(context.Background(), socket, intents); !errors.As(err, &f) || f.Code != ledger.DiskFull {
		t.Errorf("a full disk says %v", err)
	}
	set(nil)
	if r, err := b.Do(context.Background(), socket, intents); err != nil || r.Results[0].Seq != 1 {
		t.Errorf("with room again: %+v, %v", r, err)
	}
}

// After a failed commit nothing is promised and nobody waits for ever.
func TestFailedCommit(t *testing.T) {
	j := journal.NewMemory("e1")
	failed := make(chan error, 1)
	b, err := book.Open(context.Background(), j, book.Options{Fatal: func(err error) { failed <- err }})
	if err != nil {
		t.Fatal(err)
	}
	j.FailAfter(0, false)
	intents := []ledger.Received{wire.DecodeIntent([]byte(add(1, "")), wire.Socket)}
	if _, err := b.Do(context.Background(), socket, intents); !errors.Is(err, book.ErrFailed) {
		t.Errorf("the scan was told %v", err)
	}
	if err := <-failed; err == nil {
		t.Error("nobody was told")
	}
	if _, _, err := b.Edit(context.Background(), "ann", nil, false); !errors.Is(err, book.ErrFailed) {
		t.Errorf("an edit was told %v", err)
	}
	b.Close()
}

// An import larger than what devices send at once is one batch: all or none.
func TestLargeEdit(t *testing.T) {
	b := open(t)
	var patches []ledger.Patch
	for i := range book.MaxEdits {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprint("P-", i), Fields: map[string]string{"name": "A product of many"}})
	}
	b.edit(patches...)
	b.restart()
	if r := b.push(socket, `{"seq":1,"action":"add","product":"P-19999"}`)[0]; r.Outcome != ledger.Applied {
		t.Errorf("%+v", r)
	}
}

//go:build powercut

package powercut_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/migrations"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// The process that keeps a book on a disk that loses power is this test's program,
// told by its environment what to do.
const (
	childFolder = "POWERCUT_FOLDER" // where the disk is mounted
	childTold   = "POWERCUT_TOLD"   // how far each device was acknowledged: 17,4,0
	childSeed   = "POWERCUT_SEED"
	childClose  = "POWERCUT_CLOSE" // after how many acks it closes in peace, to be cut meanwhile
	childDepth  = "POWERCUT_DEPTH" // "look": it proves what it finds, and does no more
)

// What the child says, a word and its numbers a line.
const (
	saysOpen = "open" // head, entries that are there of what was acknowledged
	saysAck  = "ack"  // device, seq
	saysDone = "closed"
	// and in its error, where the proof finds less than that
	saysLost = "was acknowledged, and is there"
)

const (
	devices  = 3
	products = 7
	// shortLag has rows checkpointed within a life.
	shortLag = 300
)

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := keepBook(filepath.Join(dir, "data")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// keepBook opens a book, proves it, and books until the power goes.
func keepBook(dir string) error {
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	o := journal.Options{NewEpoch: func() string { return "e1" }, CheckpointLag: shortLag, Reserve: 1, Broken: func(err error) { fail("the database", err) }}
	db, err := journal.OpenDB(dir, o)
	if err != nil {
		return err
	}
	if _, _, err := migrations.Up(ctx, db, migrations.Config{}); err != nil {
		return err
	}
	j, err := journal.Open(db, o)
	if err != nil {
		return err
	}
	if err := prove(ctx, j); err != nil || os.Getenv(childDepth) == "look" {
		return err
	}
	b, err := book.Open(ctx, j, book.Options{Report: func(err error) { fail("a fault of the program", err) }, Fatal: func(err error) { fail("the journal broke", err) }})
	if err != nil {
		return err
	}
	c := &child{book: b, dice: rand.New(rand.NewPCG(seed, 1))}
	if err := c.work(ctx); err != nil {
		return err
	}
	b.Close()
	if err := errors.Join(j.Close(), db.Close()); err != nil {
		return err
	}
	say(saysDone)
	return nil
}

// fail ends the process as a server does whose journal broke: nothing is
// acknowledged any more.
func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "the child ends: %s: %v\n", what, err)
	os.Exit(1)
}

// say prints a line at once; os.Stdout has no buffer.
func say(word string, numbers ...uint64) {
	line := word
	for _, n := range numbers {
		line += " " + strconv.FormatUint(n, 10)
	}
	fmt.Println(line)
}

func deviceName(d int) string { return fmt.Sprintf("D-%d", d) }

// prove verifies the whole journal, and that what was acknowledged is there, each
// intent once.
func prove(ctx context.Context, j journal.Journal) error {
	if err := book.Verify(ctx, j, nil); err != nil {
		return err
	}
	times, found := map[ledger.Identity]int{}, uint64(0)
	err := j.Read(ctx, 1, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= b.Last; n++ {
			r := b.Record(n)
			if r.ID.Seq == 0 {
				continue
			}
			times[r.ID]++
			var e struct{ Intent struct{ Reference string } }
			if err := json.Unmarshal(r.JSON, &e); err != nil || e.Intent.Reference != reference(r.ID.Device, r.ID.Seq) {
				return false, fmt.Errorf("entry %d is not what %s/%d meant: %s", n, r.ID.Device, r.ID.Seq, r.JSON)
			}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for d, text := range strings.Split(os.Getenv(childTold), ",") {
		through, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		for seq := uint64(1); seq <= through; seq++ {
			if n := times[ledger.Identity{Device: deviceName(d), Install: "i", Seq: seq}]; n != 1 {
				return fmt.Errorf("intent %s/%d %s %d times", deviceName(d), seq, saysLost, n)
			}
			found++
		}
	}
	for id, n := range times {
		if n != 1 {
			return fmt.Errorf("intent %s/%d is there %d times", id.Device, id.Seq, n)
		}
	}
	say(saysOpen, j.Head().N, found)
	return nil
}

func reference(device string, seq uint64) string { return fmt.Sprintf("%s#%d", device, seq) }

// child books as some devices would.
type child struct {
	book *book.Book

	mu   sync.Mutex // guards what follows
	dice *rand.Rand
	acks int
}

// work books until the process dies or, where it is told to, has enough.
func (c *child) work(ctx context.Context) error {
	enough := 0
	if text := os.Getenv(childClose); text != "" {
		var err error
		if enough, err = strconv.Atoi(text); err != nil {
			return err
		}
	}
	if err := c.master(ctx); err != nil {
		return err
	}
	failed := make(chan error, devices)
	for d := range devices {
		go func() { failed <- c.device(ctx, d, enough) }()
	}
	var all error
	for range devices {
		all = errors.Join(all, <-failed)
	}
	return all
}

// master makes the catalogue; each life changes some of it.
func (c *child) master(ctx context.Context) error {
	patches := []ledger.Patch{{Entity: ledger.EntityLocation, Site: "main", Code: "A-01"}, {Entity: ledger.EntityLocation, Site: "main", Code: "A-02"}}
	for p := range products {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: product(p), Fields: map[string]string{"name": fmt.Sprintf("Name %d", c.dice.IntN(1_000))}})
	}
	_, _, err := c.book.Edit(ctx, "test", patches, false)
	return err
}

func product(p int) string { return fmt.Sprintf("P-%d", p) }

func (c *child) roll(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dice.IntN(n)
}

// device sends what a handheld would, a few intents at a time, and tells of each
// acknowledgement.
func (c *child) device(ctx context.Context, d, enough int) error {
	const mostAtOnce = 8
	name := deviceName(d)
	last, err := c.book.LastSeq(ctx, name, "i")
	if err != nil {
		return err
	}
	for enough == 0 || c.told() < enough {
		var intents []ledger.Received
		for range 1 + c.roll(mostAtOnce) {
			last++
			intents = append(intents, wire.Receive(c.intent(name, last)))
		}
		r, err := c.book.Do(ctx, book.Source{Device: name, Install: "i", Transport: book.Socket, Role: "floor"}, intents)
		if errors.Is(err, book.ErrFailed) {
			select {} // the process is about to end
		}
		if err != nil {
			return err
		}
		for _, one := range r.Results {
			if one.Outcome == ledger.Refused {
				return fmt.Errorf("%s/%d was refused: %s", name, one.Seq, one.Message)
			}
		}
		c.mu.Lock()
		c.acks += len(r.Results)
		say(saysAck, uint64(d), r.Through)
		c.mu.Unlock()
	}
	return nil
}

func (c *child) told() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acks
}

// intent moves something somewhere; some come late, some are counts.
func (c *child) intent(device string, seq uint64) ledger.Intent {
	places := []string{"A-01", "A-02", "stock"}
	at := time.Now().Add(-time.Duration(c.roll(600)) * time.Second)
	in := ledger.Intent{Device: device, Install: "i", Seq: seq, At: ledger.Time(at.UnixMicro()), Product: product(c.roll(products)), Reference: reference(device, seq)}
	in.Quantity, _ = ledger.ParseDecimal(strconv.Itoa(1 + c.roll(9)))
	switch c.roll(8) {
	case 0:
		in.Action, in.From = ledger.ActionCount, places[c.roll(3)]
	case 1, 2:
		in.Action, in.From = ledger.ActionRemove, places[c.roll(3)]
	case 3:
		in.Action, in.From, in.To = ledger.ActionMove, "A-01", "A-02"
	default:
		in.Action, in.To = ledger.ActionAdd, places[c.roll(3)]
	}
	return in
}

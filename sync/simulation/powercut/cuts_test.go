//go:build powercut

package powercut_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/powercut"
)

// power is a book's disk through many cuts, and what the devices were told.
type power struct {
	*testing.T
	dice *rand.Rand
	disk *powercut.Disk
	told [devices]uint64
	// trouble says that the disk is not sound: a book may end by itself.
	trouble bool

	opened, ended, closed int
	acked                 int // lives that acknowledged something
	flushed               int // lives after which there were other tables
	head                  uint64
}

func newPower(t *testing.T) *power {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &power{T: t, dice: rand.New(rand.NewPCG(seed, 0)), disk: powercut.NewDisk()}
}

// A book lives for at most mostLife after it is open, and is cut in one of so many
// lives while it opens.
const (
	mostLife = 60 * time.Millisecond
	mostOpen = 60 * time.Millisecond
	cutEarly = 6
	// closeEach lives end by closing the book, which writes tables, and are cut on the way.
	closeEach = 4
	mostAcks  = 120
	// startWithin bounds how long a book may take to open.
	startWithin = time.Minute
)

// life has a book live on the disk until the power goes.
func (p *power) life(more ...string) {
	p.Helper()
	var told []string
	for _, seq := range p.told {
		told = append(told, strconv.FormatUint(seq, 10))
	}
	dir := p.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir, childTold+"="+strings.Join(told, ","), childSeed+"="+strconv.FormatUint(p.dice.Uint64(), 10))
	child.Env = append(child.Env, more...)
	if p.dice.IntN(closeEach) == 0 {
		child.Env = append(child.Env, childClose+"="+strconv.Itoa(1+p.dice.IntN(mostAcks)))
	}
	var errs strings.Builder
	child.Stderr = &errs
	early := p.dice.IntN(cutEarly) == 0
	lives := time.Duration(p.dice.Int64N(int64(mostLife)))
	switch {
	case p.trouble:
		lives = mostTrouble
	case early:
		lives = time.Duration(p.dice.Int64N(int64(mostOpen)))
	}
	tables := p.disk.Files(".sst")
	disk, said, ended, err := p.disk.Run(dir, child, p.dice, func(lines <-chan string) { waitFor(lines, lives, early) })
	if err != nil {
		p.Fatal(err)
	}
	if !slices.Equal(tables, disk.Files(".sst")) {
		p.flushed++
	}
	if slices.ContainsFunc(said, func(line string) bool { return strings.HasPrefix(line, saysAck) }) {
		p.acked++
	}
	p.disk = disk
	p.hear(said)
	if ended != nil {
		p.ended++
		if !p.trouble {
			p.Fatalf("the book ended by itself: %v\n%s", ended, errs.String())
		}
	}
}

// waitFor returns so long after the book is open, or after its start where it is cut
// early, or when it has ended.
func waitFor(lines <-chan string, lives time.Duration, early bool) {
	end := time.After(startWithin)
	if early {
		end = time.After(lives)
	}
	for open := false; ; {
		select {
		case line, more := <-lines:
			if !more {
				return
			}
			if !open && !early && strings.HasPrefix(line, saysOpen) {
				open, end = true, time.After(lives)
			}
		case <-end:
			return
		}
	}
}

// hear notes what the devices were told.
func (p *power) hear(said []string) {
	p.Helper()
	for _, line := range said {
		word, rest, _ := strings.Cut(line, " ")
		var a, b uint64
		_, err := fmt.Sscan(rest, &a, &b)
		switch {
		case word == saysDone:
			p.closed++
		case err != nil:
			p.Fatalf("the book says %q", line)
		case word == saysOpen:
			p.opened++
			p.head = max(p.head, a)
		case word == saysAck:
			p.told[a] = max(p.told[a], b)
		}
	}
}

// look proves what is found after the last cut, on a disk that is sound again.
func (p *power) look() {
	p.Helper()
	if err := p.looks(); err != nil {
		p.Fatal(err)
	}
}

func (p *power) looks() error {
	p.Helper()
	before := p.opened
	dir := p.TempDir()
	var told []string
	for _, seq := range p.told {
		told = append(told, strconv.FormatUint(seq, 10))
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir, childTold+"="+strings.Join(told, ","), childSeed+"=0", childDepth+"=look")
	var errs strings.Builder
	child.Stderr = &errs
	disk, said, ended, err := p.disk.Run(dir, child, p.dice, func(lines <-chan string) { waitFor(lines, startWithin, false) })
	if err != nil {
		p.Fatal(err)
	}
	p.hear(said)
	if p.disk = disk; p.opened != before+1 {
		return fmt.Errorf("what is found cannot be opened or proved (%v):\n%s", ended, errs.String())
	}
	return nil
}

func (p *power) sum() (acked uint64) {
	for _, seq := range p.told {
		acked += seq
	}
	return acked
}

// TestCutBooks: the disk proves that it can lose, then a book on it loses nothing
// that it acknowledged, and every life begins with a proof of the whole journal.
func TestCutBooks(t *testing.T) {
	cuts := powercut.Asked(t)
	const perDisk = 30
	opened, at, flushed, closed, acked, heads := 0, 0, 0, 0, uint64(0), uint64(0)
	for done := 0; done < cuts; {
		p := newPower(t)
		for range min(perDisk, cuts-done) {
			done++
			p.life()
		}
		p.look()
		opened, acked, heads = opened+p.opened-1, acked+p.sum(), heads+p.head
		at, flushed, closed = at+p.acked, flushed+p.flushed, closed+p.closed
	}
	t.Logf("%d power cuts, before %d of which the book was open, %d had acknowledged something, %d wrote or merged tables, %d closed; %d intents acknowledged, all there once; %d entries",
		cuts, opened, at, flushed, closed, acked, heads)
	if opened == 0 || at == 0 || acked == 0 || heads == 0 {
		t.Error("no book was open before a cut, or none acknowledged anything: nothing was tested")
	}
	if cuts >= perDisk && flushed == 0 {
		t.Error("no life wrote a table: no cut can have hit one")
	}
	if err := powercut.Note("power cut of a book with devices, at work, opening and closing", cuts, "%d after acknowledgements, %d after tables were written; %d acknowledged intents, each there once; verified each time", at, flushed, acked); err != nil {
		t.Error(err)
	}
}

// TestLyingDisk: a book that is told that things are on the disk which are not loses
// what it acknowledged, though it opens, and the proof of the other tests says so. A
// folder that does not open any more is another thing, and no proof of that.
func TestLyingDisk(t *testing.T) {
	powercut.Asked(t)
	const enough = 100
	refused := 0
	for cut := range enough {
		p := newPower(t)
		p.life(childClose + "=1") // laid honestly
		p.disk.Lie()
		p.life()
		err := p.looks()
		switch {
		case err == nil:
			continue
		case !strings.Contains(err.Error(), saysLost):
			refused++
			continue
		}
		t.Logf("lost at cut %d, after %d folders that could not be opened: %v", cut+1, refused, err)
		if err := powercut.Note("a disk that says it synced and did not, then a power cut", cut+1, "%d folders do not open; one opens and lacks what was acknowledged, as it must: the test sees the loss", refused); err != nil {
			t.Error(err)
		}
		return
	}
	t.Fatalf("%d cuts of a disk that lies lost nothing that was acknowledged (%d folders did not open): the tests of honest ones prove nothing", enough, refused)
}

// TestBrokenSyncs: where syncs fail, the book ends; what it had acknowledged is there,
// though the kernel takes what could not be written for written.
func TestBrokenSyncs(t *testing.T) {
	troubles(t, "fsync and msync that fail (EIO, what they should have written is gone), then a power cut", func(p *power) {
		p.disk.FailSyncs(p.dice.Uint64N(mostSyncs), 1+p.dice.Uint64N(mostBroken))
	})
}

// TestFullDisk: where a commit meets the end of the disk (the reserve is switched off
// here), the book ends, and with room again it goes on with all that it acknowledged.
func TestFullDisk(t *testing.T) {
	troubles(t, "a disk that is full in a commit (the reserve switched off), then a power cut", func(p *power) {
		p.disk.Room(p.disk.Used() + p.dice.Int64N(mostRoom))
	})
}

// troubles gives books trouble with their disk in every second life.
func troubles(t *testing.T, what string, give func(p *power)) {
	rounds := max(1, powercut.Asked(t)/10)
	const lives = 3
	ended, acked := 0, uint64(0)
	for range rounds {
		p := newPower(t)
		for range lives {
			p.life()
			p.troubled(func() { give(p) })
		}
		p.look()
		ended, acked = ended+p.ended, acked+p.sum()
	}
	t.Logf("%d lives with trouble; %d ended before the power went; %d intents acknowledged, all there once", lives*rounds, ended, acked)
	if rounds > 5 && ended == 0 {
		t.Error("no book ended by itself: nothing was in its way")
	}
	if err := powercut.Note(what, lives*rounds, "%d books ended by themselves; %d acknowledged intents, each there once", ended, acked); err != nil {
		t.Error(err)
	}
}

// troubled is a life on a disk that is given trouble; what is found after it is sound.
func (p *power) troubled(give func()) {
	p.Helper()
	give()
	p.trouble = true
	p.life()
	p.trouble = false
}

// When trouble comes: a batch asks for two syncs and takes some kilobytes. mostTrouble
// is how long a book may take to meet it.
const (
	mostSyncs   = 60
	mostBroken  = 3
	mostRoom    = 256 << 10
	mostTrouble = time.Second
)

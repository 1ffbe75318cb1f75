package journaltest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// Config says what world a World makes batches of; the zero value of a field
// stands for its default.
type Config struct {
	Seed    uint64
	Devices int // 50
	Cells   int // 1,000: how many rows there are to change
	// RowsPerEntry is how many rows an entry changes: 2.
	RowsPerEntry int
	// AppendsPerEntry is how many appends an entry makes: 1.
	AppendsPerEntry int
	// Shuffle lets seqs come out of order, and entries that came from no device.
	Shuffle bool
	// Deletes lets one row change in eight be a deletion.
	Deletes bool
}

// World makes batches as a book would, and remembers what a journal must then
// hold. The same Config and the same calls give the same batches.
type World struct {
	bare    bool // entries get no identity
	c       Config
	source  *rand.PCG
	rng     *rand.Rand
	head    journal.Head
	devices []device
	rows    map[string][]byte
	kept    []kept
	before  undo
	// What was appended has its own source, so that it changes nothing else.
	appends  *rand.PCG
	appended map[string][]appended
	given    []journal.Row // appends of the next batch
	// Forget makes the world remember no records, and Undo impossible: for loads.
	Forget bool
	// NoAppends makes batches without appends, as older programs did.
	NoAppends bool
}

// kept is what the journal must say about one entry.
type kept struct {
	journal.Record
	bookedAt ledger.Time
}

type device struct {
	name, install string
	next          uint64
	held          []uint64 // seqs that come later
}

// start is the time of the first batch; a batch follows every 10 ms.
const (
	start = ledger.Time(1_772_442_904_120_000)
	step  = ledger.Time(10_000)
)

// NewWorld returns an empty world.
func NewWorld(c Config) *World {
	if c.Devices == 0 {
		c.Devices = 50
	}
	if c.Cells == 0 {
		c.Cells = 1_000
	}
	if c.RowsPerEntry == 0 {
		c.RowsPerEntry = 2
	}
	source := rand.NewPCG(c.Seed, 1)
	if c.AppendsPerEntry == 0 {
		c.AppendsPerEntry = 1
	}
	w := &World{
		c: c, source: source, rng: rand.New(source), rows: make(map[string][]byte),
		appends: rand.NewPCG(c.Seed, 3), appended: make(map[string][]appended),
	}
	w.head.BookedAt = start
	for i := range c.Devices {
		w.devices = append(w.devices, device{name: fmt.Sprintf("H-%02d", i+1), install: fmt.Sprintf("k%07x", w.rng.Uint32()>>4), next: 1})
	}
	return w
}

// Head is where the batches handed out end; its Epoch is empty.
func (w *World) Head() journal.Head { return w.head }

// Batch makes the next batch, of count entries.
func (w *World) Batch(count int) *journal.Batch {
	return w.make(count, nil, nil)
}

// Edits makes the next batch of entries that came from no device and append
// nothing.
func (w *World) Edits(count int) *journal.Batch {
	w.bare = true
	defer func() { w.bare = false }()
	return w.make(count, nil, nil)
}

// Bulky makes the next batch, with stamps of stamp random bytes, which cannot be
// compressed.
func (w *World) Bulky(count, stamp int) *journal.Batch {
	return w.make(count, func() []byte { return w.noise(stamp) }, nil)
}

// WithRows makes the next batch, with the given rows in place of its own.
func (w *World) WithRows(count int, rows []journal.Row) *journal.Batch {
	return w.make(count, nil, rows)
}

// WithAppends makes the next batch, with the given appends in place of its own.
func (w *World) WithAppends(count int, appends []journal.Row) *journal.Batch {
	w.given = appends
	defer func() { w.given = nil }()
	return w.make(count, nil, nil)
}

func (w *World) noise(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, w.rng.Uint64())
	}
	return b[:n]
}

func (w *World) make(count int, stamp func() []byte, rows []journal.Row) *journal.Batch {
	w.save()
	w.head.BookedAt += step
	b := &journal.Batch{First: w.head.N + 1, BookedAt: w.head.BookedAt, Records: make([]journal.Record, count)}
	for i := range b.Records {
		r := &b.Records[i]
		w.head.N++
		w.identity(&r.ID)
		if stamp != nil {
			r.Stamp = stamp()
		} else if w.rng.IntN(8) > 0 {
			r.Stamp = w.noise(9 + w.rng.IntN(16))
		}
		copy(r.Payload[:], w.noise(16))
		r.JSON = w.entry(r.ID)
	}
	b.Head = w.head.Hash
	if rows == nil {
		rows = w.changes(count * w.c.RowsPerEntry)
	}
	b.Rows = rows
	switch {
	case w.given != nil:
		b.Appends = w.given
	case !w.NoAppends && !w.bare:
		b.Appends = w.additions(count * w.c.AppendsPerEntry)
	}
	w.remember(b)
	return b
}

func (w *World) remember(b *journal.Batch) {
	for _, r := range b.Rows {
		if old, had := w.rows[string(r.Key)]; !w.Forget {
			w.before.rows = append(w.before.rows, change{string(r.Key), old, had})
		}
		if r.Value == nil {
			delete(w.rows, string(r.Key))
			continue
		}
		w.rows[string(r.Key)] = slices.Clone(r.Value)
	}
	if w.Forget {
		return
	}
	w.rememberAppends(b)
	for _, r := range b.Records {
		w.kept = append(w.kept, kept{r, b.BookedAt})
	}
}

// undo is what takes the last batch back.
type undo struct {
	source  []byte
	head    journal.Head
	devices []device
	kept    int
	rows    []change
	appends []byte
	keys    []string // of what was appended, once for each batch and key
}

type change struct {
	key string
	old []byte
	had bool
}

func (w *World) save() {
	if w.Forget {
		return
	}
	w.before = undo{head: w.head, kept: len(w.kept), devices: slices.Clone(w.devices)}
	for i := range w.devices {
		w.before.devices[i].held = slices.Clone(w.devices[i].held)
	}
	w.before.source, _ = w.source.MarshalBinary()
	w.before.appends, _ = w.appends.MarshalBinary()
}

// Undo takes the last batch back: the journal did not store it. The next batch
// of the same size is the same again.
func (w *World) Undo() {
	u := &w.before
	_ = w.source.UnmarshalBinary(u.source)
	w.head, w.devices, w.kept = u.head, u.devices, w.kept[:u.kept]
	for _, c := range u.rows {
		delete(w.rows, c.key)
		if c.had {
			w.rows[c.key] = c.old
		}
	}
	u.rows = nil
	_ = w.appends.UnmarshalBinary(u.appends)
	for _, key := range u.keys {
		w.appended[key] = w.appended[key][:len(w.appended[key])-1]
	}
	u.keys = nil
}

// Size draws how many entries the next batch should have: mostly few.
func (w *World) Size(most int) int {
	if w.rng.IntN(4) > 0 {
		most = min(most, 8)
	}
	return 1 + w.rng.IntN(most)
}

// identity gives an entry the next seq of some device, now and then one that was
// held back, or none.
func (w *World) identity(id *ledger.Identity) {
	if w.bare {
		return
	}
	d := &w.devices[w.rng.IntN(len(w.devices))]
	seq := d.next
	switch roll := w.rng.IntN(16); {
	case !w.c.Shuffle || roll > 4:
		d.next++
	case roll == 0:
		return
	case roll == 1:
		d.held = append(d.held, d.next)
		seq = d.next + 1
		d.next += 2
	case len(d.held) > 0:
		i := w.rng.IntN(len(d.held))
		seq = d.held[i]
		d.held = slices.Delete(d.held, i, i+1)
	default:
		d.next++
	}
	*id = ledger.Identity{Device: d.name, Install: d.install, Seq: seq}
}

// entry makes the JSON of entry head.N, of about 600 bytes, and moves the hash on.
func (w *World) entry(id ledger.Identity) []byte {
	product := fmt.Sprintf("BOLT-M%d-%04d", 4+w.rng.IntN(9), w.rng.IntN(3_000))
	shelf := fmt.Sprintf("A-%02d-%02d", w.rng.IntN(40), w.rng.IntN(60))
	quantity := 1 + w.rng.IntN(48)
	at := w.head.BookedAt - ledger.Time(w.rng.IntN(90_000_000))
	amount, _ := ledger.ParseDecimal(fmt.Sprint(quantity))
	intent := ledger.Intent{
		Device: id.Device, Install: id.Install, Seq: id.Seq, At: at, Clock: "a", Seen: w.head.N, Epoch: "e1", Operator: "ann", Site: "main",
		Mode: "fact", Action: "move", Scan: fmt.Sprintf("]C10109506000%06d10L%d", w.rng.IntN(1_000_000), w.rng.IntN(100)), Product: product,
		Quantity: amount, Unit: "box", From: "stock", To: shelf, Lot: "L7",
	}
	payload, _ := ledger.AppendIntent(nil, &intent)
	e := ledger.Entry{
		N: w.head.N, Kind: ledger.KindIntent, BookedAt: w.head.BookedAt, TEff: at, Outcome: ledger.Applied,
		Moves: []ledger.Move{{
			Product: product, Lot: "L7", From: "main/stock", FromStatus: ledger.Available, To: "main/" + shelf, ToStatus: ledger.Available,
			Quantity: fmt.Sprint(quantity), Value: "0",
		}},
	}
	json := ledger.AppendEntry(nil, &e, payload)
	w.head.Hash = journal.Chain(w.head.Hash, json)
	return ledger.AppendHash(json, w.head.Hash)
}

// changes makes row changes, each key at most once.
func (w *World) changes(count int) []journal.Row {
	rows := make([]journal.Row, 0, count)
	seen := make(map[int]bool, count)
	for range count {
		cell := w.rng.IntN(w.c.Cells)
		if seen[cell] {
			continue
		}
		seen[cell] = true
		row := journal.Row{Key: cellKey(cell)}
		if !w.c.Deletes || w.rng.IntN(8) > 0 {
			row.Value = fmt.Appendf(nil, `["%d","available",%d,%d]`, w.rng.IntN(10_000), w.head.N, w.head.BookedAt)
		}
		rows = append(rows, row)
	}
	return rows
}

func cellKey(cell int) []byte {
	return fmt.Appendf(nil, "cell/BOLT-M6-%06d/main/A-%02d-%02d/L7", cell, cell%40, cell%60)
}

// Devices returns each device's last identity.
func (w *World) Devices() (ids []ledger.Identity) {
	for i := range w.devices {
		if d := &w.devices[i]; d.next > 1 {
			ids = append(ids, ledger.Identity{Device: d.name, Install: d.install, Seq: d.next - 1})
		}
	}
	return ids
}

package fleet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"time"

	"bayledger/sync/ledger"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Progress is where a run stands.
type Progress struct {
	Elapsed    time.Duration
	Scans      uint64 // stored
	Booked     uint64 // answered
	Connected  int
	Reconnects uint64
	Cuts       uint64
	Done       bool
}

// Latency is a distribution of times.
type Latency struct {
	Count                    int64
	Mean, P50, P90, P99, Max time.Duration
}

// Report is what a run came to.
type Report struct {
	Devices []DeviceReport
	Elapsed time.Duration
	Scans   uint64 // made in this run, all stored durably before they counted
	Booked  uint64 // scans with an answer, each counted once, those of earlier runs too
	Repeats uint64 // answers that were a repeat
	Waiting uint64 // scans without an answer at the end; 0 unless Run returned an error
	// Outcomes counts first answers by outcome, or by outcome/code where there is
	// a code: applied, parked/unknown_product.
	Outcomes   map[string]uint64
	Lost       uint64 // rows that an outbox had lost
	Connects   uint64 // welcomes
	Reconnects uint64 // connections that ended and were tried again
	Cuts       uint64 // of these, cut on purpose
	Restarts   uint64 // devices closed and started anew
	Epochs     []string
	// Ack is the time from the write of the frame that carried a scan to its
	// answer; Whole from when the scan was due, storing and waiting included.
	Ack, Whole Latency
	// Conflicts are scans that were told two entries in one epoch: none, if the
	// server keeps its word. At most 100 are named.
	Conflicts     []Conflict
	ConflictCount uint64
	// Shared counts scans that were told an entry that another scan was told, too:
	// none, if the server keeps its word.
	Shared uint64
}

// share counts entries that stand in more than one receipt of an epoch.
func (r *Report) share() {
	var all []receipt
	for i := range r.Devices {
		for _, one := range r.Devices[i].receipts {
			if one.entry() != 0 {
				all = append(all, one.generation()<<generationBits|receipt(one.entry()))
			}
		}
	}
	slices.Sort(all)
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] {
			r.Shared++
		}
	}
}

// Conflict is a scan that was told two different entries.
type Conflict struct {
	Device        string
	Seq           uint64
	First, Second uint64
}

// DeviceReport is what became of one device's scans.
type DeviceReport struct {
	Device, Install string
	Scans           uint64 // made in this run
	Booked          uint64
	// Hash is SHA-256 over the receipts, a line each: seq, space, outcome, space,
	// entry, line feed.
	Hash     string
	first    uint64
	receipts []receipt
}

// Receipt is what a device was told of one scan.
type Receipt struct {
	Seq     uint64
	Outcome ledger.Outcome
	Entry   uint64
}

// Receipts lists what the device was told, by seq.
func (d *DeviceReport) Receipts() iter.Seq[Receipt] {
	return func(yield func(Receipt) bool) {
		for i, r := range d.receipts {
			if r != 0 && !yield(Receipt{d.first + uint64(i), r.outcome(), r.entry()}) {
				return
			}
		}
	}
}

// receipt is an outcome, an entry and the epoch's number in 8 bytes: a run may
// have millions.
type receipt uint64

const (
	entryBits      = 56
	generationBits = 60
	mostEpochs     = 1 << (64 - generationBits) // later ones share numbers
)

var outcomes = [...]ledger.Outcome{1: ledger.Applied, 2: ledger.Absorbed, 3: ledger.Exception, 4: ledger.Parked, 5: ledger.Refused, 6: ""}

func newReceipt(r *ledger.Result, generation receipt) receipt {
	code := len(outcomes) - 1
	for i, o := range outcomes[:code] {
		if i > 0 && o == r.Outcome {
			code = i
		}
	}
	return generation<<generationBits | receipt(code)<<entryBits | receipt(r.Entry)&(1<<entryBits-1)
}

func (r receipt) generation() receipt { return r >> generationBits }
func (r receipt) outcome() ledger.Outcome {
	return outcomes[r>>entryBits&(1<<(generationBits-entryBits)-1)]
}
func (r receipt) entry() uint64 { return uint64(r & (1<<entryBits - 1)) }

func (d *DeviceReport) seal() {
	h := sha256.New()
	for r := range d.Receipts() {
		d.Booked++
		fmt.Fprintf(h, "%d %s %d\n", r.Seq, r.Outcome, r.Entry)
	}
	d.Hash = hex.EncodeToString(h.Sum(nil))
}

// Histogram bounds: microseconds up to the longest patience, three digits.
const (
	longest = int64(time.Hour / time.Microsecond)
	digits  = 3
)

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest, digits) }

// record adds a time; what is longer than an hour counts as an hour.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(max(1, min(d.Microseconds(), longest))) // within bounds it cannot fail
}

func latency(h *hdrhistogram.Histogram) Latency {
	at := func(q float64) time.Duration { return time.Duration(h.ValueAtQuantile(q)) * time.Microsecond }
	return Latency{Count: h.TotalCount(), Mean: time.Duration(h.Mean()) * time.Microsecond, P50: at(50), P90: at(90), P99: at(99),
		Max: time.Duration(h.Max()) * time.Microsecond}
}

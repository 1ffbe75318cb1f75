package outbox

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// view is where a box stands at one moment.
type view struct {
	acked, peak, low, next uint64
	holes                  []Range
}

func (b *box) view() view {
	b.mu.Lock()
	defer b.mu.Unlock()
	return view{acked: b.acked, peak: b.peak, low: b.low, next: b.next, holes: slices.Clone(b.holes)}
}

func (b *box) Unacked(from uint64, most, maxBytes int) ([]Row, error) {
	if most <= 0 || most > MaxRead {
		most = MaxRead
	}
	if maxBytes <= 0 {
		maxBytes = pageBytes
	}
	var rows []Row
	err := b.s.reading(func() (err error) {
		v := b.view()
		rows, err = b.page(v, max(from, v.acked+1), most, maxBytes)
		return err
	})
	return rows, err
}

// page returns the rows from…next-1, gapless but for holes, within the limits.
func (b *box) page(v view, from uint64, most, maxBytes int) ([]Row, error) {
	p := pager{v: v, want: from, most: most, bytes: maxBytes}
	if from >= v.next {
		return nil, nil
	}
	// What is below low is not held for sure: no need to look.
	start := max(from, v.low)
	p.missing(min(start, v.next))
	if !p.full {
		err := b.s.kv.scan(seqKey(keyRow, b.id, start), seqKey(keyRow, b.id, v.next), false, p.row)
		if err != nil && CodeOf(err) == CodeClosed {
			return nil, err
		}
		// Any other error: the scan stopped at damage. Each row is asked for below.
	}
	p.missing(v.next)
	return b.confirm(v, p)
}

// confirm asks for each row that the scan did not show, since a scan over damaged
// tables ends early, and cuts the page to its size.
func (b *box) confirm(v view, p pager) ([]Row, error) {
	size := 0
	for i := range p.rows {
		r := &p.rows[i]
		if r.Lost && r.Reason == ReasonMissing {
			if r.Seq < v.low {
				r.Reason = ReasonGone
			} else if err := b.fetch(r); err != nil {
				return nil, err
			}
		}
		if size += len(r.Data); size > p.bytes && i > 0 {
			p.rows = p.rows[:i]
			break
		}
	}
	// What was acknowledged and left the ring while this was read is not lost.
	low := b.view().low
	return slices.DeleteFunc(p.rows, func(r Row) bool {
		return r.Lost && r.Reason == ReasonMissing && r.Seq < low
	}), nil
}

// pager collects rows in order and puts a lost one wherever one is missing.
type pager struct {
	v     view
	want  uint64 // the next seq
	most  int
	bytes int
	size  int
	rows  []Row
	full  bool
}

func (p *pager) row(key, value []byte) bool {
	seq, ok := seqOf(key)
	if !ok || seq < p.want {
		return true
	}
	p.missing(seq)
	if p.full || p.want != seq {
		return !p.full
	}
	r := readRow(seq, key, value)
	if p.size += len(r.Data); p.size > p.bytes && len(p.rows) > 0 {
		p.full = true
		return false
	}
	p.push(r)
	return !p.full
}

// missing adds lost rows up to below seq, leaving out holes.
func (p *pager) missing(seq uint64) {
	for !p.full && p.want < seq {
		if h, ok := holeAt(p.v.holes, p.want); ok {
			p.want = h.Through + 1
			continue
		}
		p.push(Row{Seq: p.want, Lost: true, Reason: ReasonMissing})
	}
}

func (p *pager) push(r Row) {
	p.rows = append(p.rows, r)
	p.want = r.Seq + 1
	p.full = len(p.rows) >= p.most
}

func readRow(seq uint64, key, value []byte) Row {
	at, _, data, err := unsealRow(key, value)
	if err != nil {
		return Row{Seq: seq, Lost: true, Reason: ReasonDamaged}
	}
	return Row{Seq: seq, At: at, Data: bytes.Clone(data)}
}

// fetch asks for one row by its key and fills in what there is.
func (b *box) fetch(r *Row) error {
	key := seqKey(keyRow, b.id, r.Seq)
	value, err := b.s.kv.get(key)
	switch {
	case err != nil && CodeOf(err) == CodeClosed:
		return err
	case err != nil:
		b.s.opts.Log.Error("outbox: a row cannot be read", "device", b.name.Device, "seq", r.Seq, "error", err)
		*r = Row{Seq: r.Seq, Lost: true, Reason: ReasonDamaged}
	case value == nil:
		*r = Row{Seq: r.Seq, Lost: true, Reason: ReasonMissing}
	default:
		*r = readRow(r.Seq, key, value)
	}
	return nil
}

func (b *box) Row(seq uint64) (Row, error) {
	r := Row{Seq: seq}
	err := b.s.reading(func() error {
		v := b.view()
		if _, hole := holeAt(v.holes, seq); seq == 0 || seq >= v.next || hole {
			return fail(CodeAbsent, nil, "this outbox has stored no row %d", seq)
		}
		if err := b.fetch(&r); err != nil {
			return err
		}
		if r.Lost && seq < b.view().low {
			r.Reason = ReasonGone
		}
		return nil
	})
	return r, err
}

// notHeld names the seqs of from…through that have no row, leaving out holes.
func (b *box) notHeld(from, through uint64) ([]Range, error) {
	var gone []Range
	err := b.s.reading(func() error {
		v := b.view()
		want := from
		add := func(until uint64) {
			for want < until {
				if h, ok := holeAt(v.holes, want); ok {
					want = h.Through + 1
					continue
				}
				end := until - 1
				for _, h := range v.holes {
					if h.From > want {
						end = min(end, h.From-1)
					}
				}
				gone = append(gone, Range{From: want, Through: end})
				want = end + 1
			}
		}
		add(min(max(v.low, from), through+1))
		err := b.s.kv.scan(seqKey(keyRow, b.id, want), seqKey(keyRow, b.id, through+1), true, func(key, _ []byte) bool {
			if seq, ok := seqOf(key); ok && seq >= want {
				add(seq)
				want = seq + 1
			}
			return true
		})
		add(through + 1)
		return err
	})
	return gone, err
}

func (b *box) Export(w io.Writer) error {
	var lost []uint64
	for from := uint64(0); ; {
		var rows []Row
		var v view
		err := b.s.reading(func() (err error) {
			v = b.view()
			from = max(from, v.low)
			rows, err = b.page(v, from, exportPage, pageBytes)
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			if now := b.view(); from < now.low && from < v.next { // the whole page left the ring
				continue
			}
			return lostError(lost)
		}
		for _, r := range rows {
			from = r.Seq + 1
			if r.Lost {
				lost = append(lost, r.Seq)
				continue
			}
			if _, err := w.Write(append(r.Data, '\n')); err != nil {
				return fail(CodeDiskFailed, err, "the export stopped at row %d because it could not be written; the outbox is unchanged", r.Seq)
			}
		}
	}
}

func lostError(lost []uint64) error {
	if len(lost) == 0 {
		return nil
	}
	var s strings.Builder
	for i, seq := range lost[:min(len(lost), namedSeqs)] {
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprintf(&s, "%d", seq)
	}
	if len(lost) > namedSeqs {
		fmt.Fprintf(&s, " and %d more", len(lost)-namedSeqs)
	}
	return fail(CodeDamaged, nil, "everything readable was exported; %d rows are damaged or missing: %s", len(lost), s.String())
}

func (b *box) Stats() Stats {
	b.mu.Lock()
	st := Stats{Next: b.next, Acked: b.acked, Notes: b.notes}
	st.Waiting = int(b.next - 1 - b.acked - b.inHoles(b.acked+1, b.next-1))
	if b.peak > b.acked {
		st.Resending = int(b.peak - b.acked - b.inHoles(b.acked+1, b.peak))
	}
	if b.acked >= b.low {
		st.AckedHeld = int(b.acked - b.low + 1 - b.inHoles(b.low, b.acked))
	}
	total := b.total
	b.mu.Unlock()
	// Nothing to say about the rows of a closed store.
	_ = b.s.reading(func() error {
		v := b.view()
		var before uint64
		if at, sum, ok := b.firstGood(max(v.acked+1, v.low), v.next); ok {
			st.OldestWaiting, before = at, sum
			st.WaitingBytes = int64(max(total, before) - before)
		}
		if _, sum, ok := b.firstGood(v.low, v.next); ok {
			st.Bytes = int64(max(total, sum) - sum)
		}
		return nil
	})
	st.Warning = b.warning(st)
	return st
}

// firstGood returns when the first readable row of from…next-1 was stored, and how
// many bytes had been stored before it.
func (b *box) firstGood(from, next uint64) (at time.Time, before uint64, ok bool) {
	if from >= next {
		return time.Time{}, 0, false
	}
	tried := 0
	err := b.s.kv.scan(seqKey(keyRow, b.id, from), seqKey(keyRow, b.id, next), false, func(key, value []byte) bool {
		a, total, data, err := unsealRow(key, value)
		if err == nil {
			at, before, ok = a, max(total, uint64(len(data)))-uint64(len(data)), true
		}
		tried++
		return !ok && tried < MaxRead
	})
	return at, before, ok && err == nil
}

// warning is the most urgent of what a person should know.
func (b *box) warning(st Stats) *Error {
	if e := b.s.failed.Load(); e != nil {
		return e
	}
	fresh, most := st.Waiting-st.Resending, b.s.opts.MaxWaiting
	free, err := b.s.opts.FreeBytes()
	switch {
	case fresh >= most:
		return errFull(fresh, most)
	case err == nil && free < b.s.opts.Reserve:
		return errDiskFull(free, b.s.opts.Reserve)
	case b.s.kv.damage() != nil:
		return fail(CodeDamaged, b.s.kv.damage(), "part of this outbox is damaged; what is readable is sent, the rest is named to the server: pair the device again once it has sent everything")
	case fresh*100 >= most*WarnPercent:
		return fail(CodeFilling, nil, "%d scans wait to be sent, at %d this device takes no more; bring it into the network soon", fresh, most)
	case err == nil && free/2 < b.s.opts.Reserve:
		return fail(CodeDiskLow, nil, "the device's storage fills up (%d KiB free); below %d KiB it takes no more scans", free>>10, cmp.Or(b.s.opts.Reserve, 1)>>10)
	}
	return nil
}

package outboxtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"bayledger/scanner/outbox"
)

// concurrent: 64 goroutines over four boxes, with a reader and acks beside them.
func concurrent(t *testing.T, w *World) {
	const workers, each = 64, 25
	var wg sync.WaitGroup
	boxes := []*Tracked{w.Box("H-01"), w.Box("H-02"), w.Box("H-03"), w.Box("H-04")}
	for i := range workers {
		b := boxes[i%len(boxes)]
		wg.Go(func() {
			last := uint64(0)
			for range each {
				seq, err := b.Add()
				if err != nil || seq <= last {
					t.Errorf("seq %d after %d, %v", seq, last, err)
					return
				}
				last = seq
			}
		})
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			rows, err := boxes[0].Unacked(0, 100, 0)
			if err != nil {
				t.Error(err)
				return
			}
			for i, r := range rows {
				if r.Lost || (i > 0 && r.Seq != rows[i-1].Seq+1) {
					t.Errorf("row %+v among rows being stored", r)
					return
				}
			}
			if len(rows) > 0 && rows[0].Seq < 100 {
				boxes[0].Acknowledge(rows[0].Seq)
			}
		}
	})
	wg.Wait()
	close(stop)
	reader.Wait()
	for _, b := range boxes {
		if got := len(b.rows); got != workers/len(boxes)*each {
			t.Errorf("%s has %d rows", b.Name().Device, got)
		}
	}
}

// shared: while the writer is busy with one, others come; they go in one commit.
func shared(t *testing.T, w *World) {
	const others = 63
	boxes := []*Tracked{w.Box("H-01"), w.Box("H-02"), w.Box("H-03")}
	before := w.Store.Stats()
	entered, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := boxes[0].Append(background, func(seq uint64) ([]byte, error) {
			close(entered)
			<-release
			return RowFor("H-01", seq), nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-entered
	for i := range others {
		wg.Go(func() {
			if _, err := boxes[i%3].Add(); err != nil {
				t.Error(err)
			}
		})
	}
	for w.Store.Stats().Queued < others {
		runtime.Gosched()
	}
	close(release)
	wg.Wait()
	boxes[0].rows[1] = RowFor("H-01", 1)
	after := w.Store.Stats()
	if rows := after.Rows - before.Rows; rows != others+1 {
		t.Errorf("%d rows counted", rows)
	}
	if commits := after.Commits - before.Commits; commits != 1 {
		t.Errorf("%d appends that waited took %d commits", others+1, commits)
	}
}

// canceled: a context counts while in line; once taken the outcome is told.
func canceled(t *testing.T, w *World) {
	b := w.Box("H-01")
	done, cancel := context.WithCancel(background)
	cancel()
	_, err := b.Append(done, func(uint64) ([]byte, error) { return []byte("{}"), nil })
	wantCode(t, err, outbox.CodeCanceled, "ended before")

	entered, release := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := b.Append(ctx, func(seq uint64) ([]byte, error) {
			close(entered)
			<-release
			return RowFor("H-01", seq), nil
		})
		first <- err
	}()
	<-entered
	go func() {
		_, err := b.Append(ctx, func(uint64) ([]byte, error) { return []byte("never"), nil })
		second <- err
	}()
	for w.Store.Stats().Queued < 1 {
		runtime.Gosched()
	}
	cancel()
	wantCode(t, <-second, outbox.CodeCanceled, "in line")
	close(release)
	ok(t, <-first)
	b.rows[1], b.next = RowFor("H-01", 1), 2
}

func closed(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(3)
	ok(t, w.Store.Close())
	ok(t, w.Store.Close())
	_, err := b.Add()
	wantCode(t, err, outbox.CodeClosed, "append")
	_, err = b.Unacked(0, 0, 0)
	wantCode(t, err, outbox.CodeClosed, "read")
	_, err = b.Row(1)
	wantCode(t, err, outbox.CodeClosed, "row")
	_, err = b.Resend(1)
	wantCode(t, err, outbox.CodeClosed, "resend")
	wantCode(t, b.SaveState("x", []byte("y")), outbox.CodeClosed, "save")
	_, err = w.Store.Box("H-99", "i1")
	wantCode(t, err, outbox.CodeClosed, "box")
	if st := b.Stats(); st.Next != 4 {
		t.Fatalf("stats %+v", st)
	}
	w.Reopen()
}

// random: a few hundred steps of everything, against the model.
func random(t *testing.T, w *World) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	boxes := []*Tracked{w.Box("H-01"), w.Box("H-02")}
	for range 400 {
		b := boxes[r.IntN(2)]
		switch op := r.IntN(20); {
		case op < 9:
			_, err := b.AddAll(1 + r.IntN(20))
			if err != nil && outbox.CodeOf(err) != outbox.CodeFull {
				t.Fatal(err)
			}
		case op < 14:
			b.Acknowledge(b.acked + r.Uint64N(b.next-b.acked))
		case op < 15:
			randomResend(t, b, r)
		case op < 16:
			seq := 1 + r.Uint64N(b.next)
			ok(t, b.Note(seq, fmt.Append(nil, seq)))
			b.notes[seq] = fmt.Append(nil, seq)
		case op < 17:
			seq := 1 + r.Uint64N(b.next)
			ok(t, b.ClearNote(seq))
			delete(b.notes, seq)
		case op < 19:
			w.Check()
		default:
			w.Reopen()
		}
	}
}

// randomResend also checks that the rows named as gone are exactly those that are
// not among what waits.
func randomResend(t *testing.T, b *Tracked, r *rand.Rand) {
	t.Helper()
	if b.acked == 0 {
		return
	}
	from := 1 + r.Uint64N(b.acked)
	gone, err := b.Resend(from)
	ok(t, err)
	b.acked = from - 1
	rows, err := b.All()
	ok(t, err)
	var lost []uint64
	for _, row := range rows {
		if row.Lost {
			lost = append(lost, row.Seq)
			delete(b.rows, row.Seq)
		}
	}
	var named []uint64
	for _, g := range gone {
		for seq := g.From; seq <= g.Through; seq++ {
			named = append(named, seq)
		}
	}
	if !slices.Equal(lost, named) && len(lost) >= len(named) {
		// Rows that an earlier Resend lost still wait, above what was acknowledged.
		lost = lost[:len(named)]
	}
	if !slices.Equal(lost, named) {
		t.Fatalf("resend from %d named %v as gone, %v are", from, gone, lost)
	}
}

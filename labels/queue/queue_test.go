package queue_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/labels/queue/disktest"
)

// Each outcome of a piece makes of a job what a person at the dock expects.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name   string
		next   []printer.Outcome
		after  time.Duration
		state  queue.State
		ask    bool
		done   int
		reason string
		out    string
	}{
		{"all is well", nil, 0, queue.Printed, false, 3, "", "L1 L2 L3"},
		{"out of labels, and mended", []printer.Outcome{{Fate: printer.NotSent, Condition: true, Reason: "out of labels"}}, time.Minute, queue.Printed, false, 3, "", "L1 L2 L3"},
		{"out of labels", slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Condition: true, Reason: "out of labels"}}, 100), time.Minute, queue.Held, false, 0, "out of labels", ""},
		{"switched off for an hour", slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Reason: "is it switched on?"}}, 40), time.Hour, queue.Printed, false, 3, "", "L1 L2 L3"},
		{"switched off", slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Reason: "is it switched on?"}}, 9000), time.Hour, queue.Queued, false, 0, "is it switched on?", ""},
		{"switched off for a day", slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Reason: "is it switched on?"}}, 9000), 25 * time.Hour, queue.Failed, false, 0, "is it switched on?, for a day; given up", ""},
		{"refused", []printer.Outcome{{Fate: printer.Refused, Reason: "it takes JPEG only"}}, time.Minute, queue.Failed, false, 0, "it takes JPEG only", ""},
		{"broken off once", []printer.Outcome{{Fate: printer.Broken, Reason: "aborted"}}, time.Minute, queue.Printed, false, 3, "", "L1 L2 L3"},
		{"broken off each time", slices.Repeat([]printer.Outcome{{Fate: printer.Broken, Reason: "aborted"}}, 9), time.Minute, queue.Failed, false, 0, "aborted", ""},
		{"nobody knows", []printer.Outcome{{Fate: printer.Printed}, {Fate: printer.Unknown, Reason: "it cut the connection", Labels: 1}}, time.Hour, queue.Held, true, 1,
			"it cut the connection: look whether labels 2 to 3 came out, and say how many", "L1 L2"},
		{"broken off behind the last label", []printer.Outcome{{Fate: printer.Printed}, {Fate: printer.Broken, Labels: 2, Reason: "aborted"}}, time.Minute, queue.Printed, false, 3, "", "L1 L2 L3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPaper()
				p.next = c.next
				d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
				defer d.close()
				id := d.submit(queue.Request{Labels: labels("L", 3)}).ID
				time.Sleep(c.after)
				synctest.Wait()
				j := d.job(id)
				if j.State != c.state || j.Ask != c.ask || j.Done != c.done || j.Reason != c.reason || strings.Join(p.labels(), " ") != c.out {
					t.Errorf("%s, ask %v, %d done, %q, out came %v", j.State, j.Ask, j.Done, j.Reason, p.labels())
				}
			})
		})
	}
}

// A person says how many of the labels in doubt came out, and the rest is printed.
func TestResumeAfterDoubt(t *testing.T) {
	for came := range 3 {
		synctest.Test(t, func(t *testing.T) {
			p := newPaper()
			p.next = []printer.Outcome{{Fate: printer.Printed}, {Fate: printer.Unknown, Reason: "cut", Labels: came}}
			d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
			defer d.close()
			id := d.submit(queue.Request{Labels: labels("L", 3)}).ID
			other := d.submit(queue.Request{Labels: labels("M", 1)}).ID
			synctest.Wait()
			if d.job(other).State != queue.Printed {
				t.Error("a job that asks holds up the next")
			}
			for _, wrong := range []int{3, -1} { // more than there were; not said
				if _, err := d.Resume(id, wrong); code(err) != queue.BadField {
					t.Errorf("%d of 2 labels came out: %v", wrong, err)
				}
			}
			if _, err := d.Resume(id, came); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			got := slices.DeleteFunc(p.labels(), func(s string) bool { return s[0] == 'M' })
			if j := d.job(id); j.State != queue.Printed || !slices.Equal(got, []string{"L1", "L2", "L3"}) {
				t.Errorf("%d came out: %s, %v", came, j.State, got)
			}
		})
	}
}

// Tries at a printer that is not reached come later and later, and at most a
// minute apart; a printer that waits for labels is asked every ten seconds.
func TestBackOff(t *testing.T) {
	for condition, most := range map[bool]time.Duration{false: time.Minute, true: 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			p := newPaper()
			p.next = slices.Repeat([]printer.Outcome{{Fate: printer.NotSent, Condition: condition, Reason: "no"}}, 12)
			d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
			defer d.close()
			d.submit(queue.Request{Labels: labels("L", 1)})
			time.Sleep(time.Hour)
			synctest.Wait()
			if len(p.sends) != 13 {
				t.Fatalf("%d tries", len(p.sends))
			}
			last := time.Duration(0)
			for i := 1; i < len(p.sends); i++ {
				wait := p.sends[i].Sub(p.sends[i-1])
				if wait < last || wait > most {
					t.Errorf("try %d came after %v, the one before after %v", i+1, wait, last)
				}
				last = wait
			}
			if p.sends[1].Sub(p.sends[0]) != time.Second || last != most {
				t.Errorf("from %v to %v", p.sends[1].Sub(p.sends[0]), last)
			}
		})
	}
}

// The same key is the same job; other labels under it are refused.
func TestKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		disk := queue.NewMemory()
		d := open(t, disk, map[string]*paper{"P": p})
		first := d.submit(queue.Request{Key: "H-07/1", Labels: labels("L", 2)})
		for range 3 {
			again, repeat, err := d.Submit(queue.Request{Key: "H-07/1", Printer: "P", Labels: labels("L", 2)}, nil)
			if err != nil || !repeat || again.ID != first.ID {
				t.Errorf("%+v, %v, %v", again, repeat, err)
			}
		}
		if _, _, err := d.Submit(queue.Request{Key: "H-07/1", Printer: "P", Labels: labels("M", 2)}, nil); code(err) != queue.Conflict {
			t.Errorf("other labels under the key: %v", err)
		}
		synctest.Wait()
		d.close()
		d = open(t, disk, map[string]*paper{"P": p})
		defer d.close()
		if again, repeat, err := d.Submit(queue.Request{Key: "H-07/1", Printer: "P", Labels: labels("L", 2)}, nil); err != nil || !repeat || again.State != queue.Printed {
			t.Errorf("after a restart: %+v, %v, %v", again, repeat, err)
		}
		if got := p.labels(); len(got) != 2 {
			t.Errorf("out came %v", got)
		}
	})
}

// A hundred ask at once with the same key: one job.
func TestKeysAtOnce(t *testing.T) {
	p := newPaper()
	d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, _, err := d.Submit(queue.Request{Key: "k", Printer: "P", Labels: labels("L", 1)}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	d.close()
	if got := p.labels(); len(got) > 1 {
		t.Errorf("out came %v", got)
	}
}

// Stopping ends a job between two pieces, and takes back what is on its way.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		p.gate = make(chan struct{})
		disk := queue.NewMemory()
		d := open(t, disk, map[string]*paper{"P": p})
		first := d.submit(queue.Request{Labels: labels("L", 3)}).ID
		second := d.submit(queue.Request{Labels: labels("M", 1)}).ID
		synctest.Wait()
		if j := d.Waiting()[0]; j.State != queue.Held || j.Reason != "out of labels" {
			t.Errorf("while it waits: %+v", j)
		}
		if _, err := d.Stop(first, "ann", "wrong delivery"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Stop(second, "ann", ""); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if j := d.job(first); j.State != queue.Stopped || j.Reason != "stopped by ann: wrong delivery" || j.Done != 0 {
			t.Errorf("%+v", j)
		}
		if _, err := d.Stop(first, "ann", ""); code(err) != queue.WrongTime {
			t.Errorf("stopped twice: %v", err)
		}
		if _, err := d.Stop(99, "ann", ""); code(err) != queue.NotFound {
			t.Errorf("stopped a job of nobody: %v", err)
		}
		close(p.gate)
		if _, err := d.Resume(first, 0); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if j := d.job(first); j.State != queue.Printed || len(p.labels()) != 3 {
			t.Errorf("resumed: %+v, %v", j, p.labels())
		}
		d.close()
	})
}

// A reprint keeps numbers, is marked, counted and logged; void labels are not.
func TestReprintAndVoid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		d := open(t, queue.NewMemory(), map[string]*paper{"P": p, "Q": newPaper()})
		defer d.close()
		if _, err := d.PutRange(sscc("pallets")); err != nil {
			t.Fatal(err)
		}
		id := d.submit(queue.Request{Labels: []queue.Label{{Range: "pallets"}, {Range: "pallets"}}, Delivery: "PK-881"}).ID
		synctest.Wait()
		_, was, _ := d.Job(id)
		if _, _, err := d.Reprint(id, nil, queue.Request{By: "ann"}, nil); code(err) != queue.BadField {
			t.Errorf("without a reason: %v", err)
		}
		again, _, err := d.Reprint(id, []int{1}, queue.Request{By: "ann", Why: "torn", Key: "r1"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if twin, repeat, err := d.Reprint(id, []int{1}, queue.Request{By: "ann", Why: "torn", Key: "r1"}, nil); err != nil || !repeat || twin.ID != again.ID {
			t.Errorf("the same reprint again: %+v, %v, %v", twin, repeat, err)
		}
		synctest.Wait()
		want := []string{was[0].Number, was[1].Number, was[1].Number + "!REPRINT1"}
		if got := p.labels(); !slices.Equal(got, want) {
			t.Errorf("out came %v, want %v", got, want)
		}
		if j := d.job(again.ID); j.Reprint != id || j.By != "ann" || j.Why != "torn" || j.Delivery != "PK-881" {
			t.Errorf("%+v", j)
		}
		if err := d.Void(id, []int{0}, "ben", "damaged"); err != nil {
			t.Fatal(err)
		}
		if _, now, _ := d.Job(id); now[0].Void == nil || now[0].Void.By != "ben" || now[1].Void != nil || now[1].Reprint != 1 {
			t.Errorf("%+v", now)
		}
		if _, _, err := d.Reprint(id, []int{0}, queue.Request{By: "ann", Why: "x"}, nil); code(err) != queue.WrongTime {
			t.Errorf("a void label: %v", err)
		}
		if _, _, err := d.Reprint(id, []int{0}, queue.Request{By: "ann", Why: "torn", Key: "r1"}, nil); code(err) != queue.Conflict {
			t.Errorf("other labels under the key of a reprint: %v", err)
		}
		// A number is void in every job that bears it.
		if err := d.Void(again.ID, nil, "ben", "lost"); err != nil {
			t.Fatal(err)
		}
		if _, now, _ := d.Job(id); now[1].Void == nil || now[0].Void.Why != "damaged" {
			t.Errorf("%+v", now)
		}
		if _, _, err := d.Reprint(id, nil, queue.Request{By: "ann", Why: "x"}, nil); code(err) != queue.BadField {
			t.Errorf("nothing but void labels: %v", err)
		}
	})
}

func TestListAndWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
		defer d.close()
		var mu sync.Mutex
		var seen []string
		stop := d.Watch(func(j queue.Job) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprint(j.ID, " ", j.State, " ", j.Done))
		})
		for i := range 5 {
			d.submit(queue.Request{Labels: labels("L", 1+i%2), Delivery: fmt.Sprint("PK-", i%2)})
			synctest.Wait()
		}
		stop()
		page, next, err := d.List(queue.Filter{}, 0, 2)
		if err != nil || len(page) != 2 || page[0].ID != 5 || next != 4 {
			t.Errorf("%+v, %d, %v", page, next, err)
		}
		if page, next, _ = d.List(queue.Filter{}, next, 10); len(page) != 3 || page[2].ID != 1 || next != 0 {
			t.Errorf("%+v, %d", page, next)
		}
		if page, _, _ = d.List(queue.Filter{Delivery: "PK-1"}, 0, 10); len(page) != 2 {
			t.Errorf("%+v", page)
		}
		if want := "1 queued 0,1 sending 0,1 printed 1,2 queued 0,2 sending 0,2 queued 1,2 sending 1,2 printed 2"; !strings.HasPrefix(strings.Join(seen, ","), want) {
			t.Errorf("seen: %v", seen)
		}
	})
}

func TestPrinters(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
	defer d.close()
	if got := d.Chosen("H-07", ""); got != "P" {
		t.Errorf("the only printer is not chosen: %q", got)
	}
	if err := d.PutPrinter(printer.Profile{Name: "Q", Address: "raw://127.0.0.1", DPI: 203}); err != nil {
		t.Fatal(err)
	}
	if got := d.Chosen("H-07", "main"); got != "" {
		t.Errorf("one of two is chosen: %q", got)
	}
	if err := d.Choose("H-07", "Q"); err != nil || d.Chosen("H-07", "main") != "Q" {
		t.Errorf("%v, %q", err, d.Chosen("H-07", "main"))
	}
	if err := d.Choose("H-07", "R"); code(err) != queue.NotFound {
		t.Errorf("a printer of nobody: %v", err)
	}
	if err := d.RemovePrinter("Q"); err != nil || d.Chosen("H-07", "main") != "P" {
		t.Errorf("%v, %q", err, d.Chosen("H-07", "main"))
	}
	if err := d.PutPrinter(printer.Profile{Name: "Q", Address: "file:///etc/passwd", DPI: 203}); code(err) != queue.BadField {
		t.Errorf("a file as printer: %v", err)
	}
}

func TestMemory(t *testing.T) { disktest.Run(t, queue.NewMemory()) }

// What is older than 400 days goes, with its labels and keys; what is not finished
// and the newest stay, and numbers go on.
func TestPrune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		disk := queue.NewMemory()
		d := open(t, disk, map[string]*paper{"P": p})
		if _, err := d.PutRange(sscc("pallets")); err != nil {
			t.Fatal(err)
		}
		old := d.submit(queue.Request{Key: "a/1", Labels: []queue.Label{{Range: "pallets"}}}).ID
		synctest.Wait()
		_, was, _ := d.Job(old)
		time.Sleep(200 * 24 * time.Hour)
		young := d.submit(queue.Request{Key: "a/2", Labels: []queue.Label{{Range: "pallets"}}}).ID
		time.Sleep(250 * 24 * time.Hour)
		synctest.Wait()
		if _, _, err := d.Job(old); code(err) != queue.NotFound {
			t.Errorf("the old job: %v", err)
		}
		if _, _, err := d.Bearer(queue.SSCC, was[0].Number); code(err) != queue.NotFound {
			t.Errorf("its number: %v", err)
		}
		if j, labels, err := d.Job(young); err != nil || len(labels) != 1 || j.Key != "a/2" {
			t.Errorf("the young job: %+v, %v", j, err)
		}
		time.Sleep(500 * 24 * time.Hour)
		synctest.Wait()
		d.close()
		d = open(t, disk, map[string]*paper{"P": p})
		defer d.close()
		if next := d.submit(queue.Request{Labels: labels("L", 1)}).ID; next != young+1 {
			t.Errorf("the next job is %d", next)
		}
		rows := 0
		if err := disk.Scan("p", "", false, func(key string, _ []byte) (bool, error) {
			if strings.HasPrefix(key, "pl") || strings.HasPrefix(key, "pk") {
				rows++
			}
			return true, nil
		}); err != nil || rows > 3 { // two labels and a key
			t.Errorf("%d rows of labels and keys are left, %v", rows, err)
		}
	})
}

// A label that is void is not printed again by the job of its reprint.
func TestVoidHoldsForReprints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
		defer d.close()
		if _, err := d.PutRange(sscc("pallets")); err != nil {
			t.Fatal(err)
		}
		id := d.submit(queue.Request{Labels: []queue.Label{{Range: "pallets"}}}).ID
		synctest.Wait()
		again, _, err := d.Reprint(id, nil, queue.Request{Why: "torn"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := d.Void(id, nil, "ben", "damaged"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Reprint(again.ID, []int{0}, queue.Request{Why: "torn"}, nil); code(err) != queue.WrongTime {
			t.Errorf("a reprint's void label: %v", err)
		}
	})
}

// A repeat is what was asked for again, whatever the books say by then.
func TestKeysAreOfWhatWasAsked(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
	defer d.close()
	first := d.submit(queue.Request{Key: "k", Asked: "package 1", Labels: labels("12 pieces ", 1)})
	again, repeat, err := d.Submit(queue.Request{Key: "k", Printer: "P", Asked: "package 1", Labels: labels("11 pieces ", 1)}, nil)
	if err != nil || !repeat || again.ID != first.ID {
		t.Errorf("%+v, %v, %v", again, repeat, err)
	}
	if j, known, err := d.Known("k", "package 1"); err != nil || !known || j.ID != first.ID {
		t.Errorf("%+v, %v, %v", j, known, err)
	}
	if _, _, err := d.Known("k", "package 2"); code(err) != queue.Conflict {
		t.Errorf("another package: %v", err)
	}
}

// A job is no larger than one commit; a whole lorry of pallets is.
func TestLargestJobs(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
	defer d.close()
	if _, err := d.PutRange(sscc("pallets")); err != nil {
		t.Fatal(err)
	}
	for long, want := range map[int]queue.Code{60: "", 600: queue.TooLarge} {
		l := queue.Label{Range: "pallets", Fields: map[string]string{"name": strings.Repeat("x", long), "content": "09506000134352", "count": "48"}}
		_, _, err := d.Submit(queue.Request{Printer: "P", Labels: slices.Repeat([]queue.Label{l}, queue.MaxLabels)}, nil)
		if code(err) != want || err != nil && want == "" {
			t.Errorf("names of %d letters: %v", long, err)
		}
	}
}

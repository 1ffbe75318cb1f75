package queue_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/labels/queue"
)

func sscc(name string) queue.Range {
	return queue.Range{Name: name, Kind: queue.SSCC, Prefix: "9506000"}
}

// Numbers are given once, by whoever asks at once, and their check digits are right.
func TestNumbersAreGivenOnce(t *testing.T) {
	p := newPaper()
	d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
	defer d.close()
	if _, err := d.PutRange(sscc("pallets")); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				j, _, err := d.Submit(queue.Request{Printer: "P", Labels: []queue.Label{{Range: "pallets"}, {Range: "pallets"}}}, nil)
				if err != nil {
					t.Error(err)
					return
				}
				_, got, err := d.Job(j.ID)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, l := range got {
					if seen[l.Number] || len(l.Number) != 18 || l.Fields["sscc"] != l.Number || !right(l.Number) || l.Number[1:8] != "9506000" {
						t.Errorf("the number %q", l.Number)
					}
					seen[l.Number] = true
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(seen) != 160 {
		t.Errorf("%d numbers", len(seen))
	}
	some := slices.Sorted(maps.Keys(seen))[17]
	job, n, err := d.Bearer(queue.SSCC, some)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, _ := d.Job(job); got[n].Number != some {
		t.Errorf("%s is found at job %d, label %d, which has %s", some, job, n, got[n].Number)
	}
}

func right(number string) bool {
	sum := 0
	for i := range number {
		sum += int(number[len(number)-1-i]-'0') * (1 + i%2*2)
	}
	return sum%10 == 0
}

// A range that is used up gives its numbers again after twelve months, not before.
func TestNumbersComeBackAfterAYear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper()
		d := open(t, queue.NewMemory(), map[string]*paper{"P": p})
		defer d.close()
		if _, err := d.PutRange(queue.Range{Name: "few", Kind: queue.Lot, Prefix: "L-", Digits: 4, From: 8, To: 9}); err != nil {
			t.Fatal(err)
		}
		ask := func() (string, error) {
			j, _, err := d.Submit(queue.Request{Printer: "P", Labels: []queue.Label{{Code: "A", Range: "few"}}}, nil)
			if err != nil {
				return "", err
			}
			_, got, err := d.Job(j.ID)
			return got[0].Fields["lot"], err
		}
		for _, want := range []string{"L-0008", "L-0009"} {
			if got, err := ask(); err != nil || got != want {
				t.Errorf("%q, %v, want %s", got, err, want)
			}
		}
		if _, err := ask(); code(err) != queue.Exhausted {
			t.Errorf("a third number of two: %v", err)
		}
		time.Sleep(364 * 24 * time.Hour)
		if _, err := ask(); code(err) != queue.Exhausted {
			t.Errorf("after 364 days: %v", err)
		}
		time.Sleep(48 * time.Hour)
		if got, err := ask(); err != nil || got != "L-0008" {
			t.Errorf("after a year: %q, %v", got, err)
		}
	})
}

// A job that is refused uses up no number.
func TestRefusedJobsTakeNoNumber(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
	defer d.close()
	if _, err := d.PutRange(sscc("pallets")); err != nil {
		t.Fatal(err)
	}
	tried := ""
	_, _, err := d.Submit(queue.Request{Printer: "P", Labels: []queue.Label{{Range: "pallets"}}}, func(l []queue.Label) error {
		tried = l[0].Fields["sscc"]
		return errors.New("does not fit")
	})
	if err == nil || !right(tried) || len(tried) != 18 {
		t.Errorf("tried with %q: %v", tried, err)
	}
	if ranges, err := d.Ranges(); err != nil || ranges[0].Next != 0 {
		t.Errorf("%+v, %v", ranges, err)
	}
	if _, _, err := d.Submit(queue.Request{Printer: "P", Labels: []queue.Label{{Range: "none"}}}, nil); code(err) != queue.NotFound {
		t.Errorf("a range that is not there: %v", err)
	}
}

func TestRanges(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{})
	defer d.close()
	for _, c := range []struct {
		r     queue.Range
		field string
	}{
		{queue.Range{Name: "A", Kind: queue.SSCC, Prefix: "9506000"}, "name"},
		{queue.Range{Name: "a", Kind: "gtin", Prefix: "9506000"}, "kind"},
		{queue.Range{Name: "a", Kind: queue.SSCC, Prefix: "950"}, "prefix"},
		{queue.Range{Name: "a", Kind: queue.SSCC, Prefix: "95060x0"}, "prefix"},
		{queue.Range{Name: "a", Kind: queue.SSCC, Prefix: "9506000", To: 1e10}, "to"},
		{queue.Range{Name: "a", Kind: queue.Lot, Prefix: "L", Digits: 0}, "digits"},
		{queue.Range{Name: "a", Kind: queue.Lot, Prefix: "Ł", Digits: 3}, "prefix"},
		{queue.Range{Name: "a", Kind: queue.Lot, Prefix: "L", Digits: 3, From: 9, To: 2}, "to"},
	} {
		_, err := d.PutRange(c.r)
		var f *queue.Fault
		if !errors.As(err, &f) || f.Field != c.field {
			t.Errorf("%+v: %v, want a fault of %s", c.r, err, c.field)
		}
	}
	if _, err := d.PutRange(sscc("a")); err != nil {
		t.Fatal(err)
	}
	other := sscc("a")
	other.Prefix = "9506001"
	if _, err := d.PutRange(other); code(err) != queue.BadField {
		t.Errorf("another prefix in the same range: %v", err)
	}
}

// An SSCC that somebody brought along is not given out by a range.
func TestNumbersBroughtAlongAreNotGiven(t *testing.T) {
	d := open(t, queue.NewMemory(), map[string]*paper{"P": newPaper()})
	defer d.close()
	if _, err := d.PutRange(sscc("pallets")); err != nil {
		t.Fatal(err)
	}
	own := "" // the range's first number
	for digit := range 10 {
		if n := fmt.Sprint("09506000000000000", digit); right(n) {
			own = n
		}
	}
	j := d.submit(queue.Request{Labels: []queue.Label{{Code: own, Fields: map[string]string{"sscc": own}}}})
	next := d.submit(queue.Request{Labels: []queue.Label{{Range: "pallets"}}})
	if _, got, err := d.Job(next.ID); err != nil || got[0].Number == own || got[0].Number == "" {
		t.Errorf("%+v, %v", got, err)
	}
	if job, n, err := d.Bearer(queue.SSCC, own); err != nil || job != j.ID || n != 0 {
		t.Errorf("it is borne by job %d, label %d, %v", job, n, err)
	}
}

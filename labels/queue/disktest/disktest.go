// Package disktest is the suite that every Disk of the print queue passes.
package disktest

import (
	"fmt"
	"slices"
	"testing"

	"bayledger/labels/queue"
)

// Run holds a disk, which is empty, against what the queue relies on.
func Run(t *testing.T, d queue.Disk) {
	t.Helper()
	if v, err := d.Get("pj1"); err != nil || v != nil {
		t.Fatalf("a row of nobody: %q, %v", v, err)
	}
	rows := map[string][]byte{"pl\x00\x01": []byte("a"), "pl\x00\x02": []byte("b"), "pl\x00\xff": {}, "pm": []byte("c"), "nr/x": []byte("d"), "p": []byte("e")}
	if err := d.Commit(queue.Changes{Put: rows}); err != nil {
		t.Fatal(err)
	}
	if v, err := d.Get("pl\x00\xff"); err != nil || v == nil || len(v) != 0 {
		t.Errorf("an empty value is %#v, %v", v, err)
	}
	for _, c := range []struct {
		prefix, after string
		backwards     bool
		want          []string
	}{
		{"pl", "", false, []string{"pl\x00\x01", "pl\x00\x02", "pl\x00\xff"}},
		{"pl", "", true, []string{"pl\x00\xff", "pl\x00\x02", "pl\x00\x01"}},
		{"pl", "pl\x00\x01", false, []string{"pl\x00\x02", "pl\x00\xff"}},
		{"pl", "pl\x00\x02", true, []string{"pl\x00\x01"}},
		{"pl", "pl\x00\x03", true, []string{"pl\x00\x02", "pl\x00\x01"}},
		{"n", "", false, []string{"nr/x"}},
		{"q", "", true, nil},
	} {
		var got []string
		err := d.Scan(c.prefix, c.after, c.backwards, func(key string, value []byte) (bool, error) {
			if string(value) != string(rows[key]) {
				t.Errorf("%q has %q", key, value)
			}
			got = append(got, key)
			return true, nil
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("scan %q after %q, backwards %v: %q, %v; want %q", c.prefix, c.after, c.backwards, got, err, c.want)
		}
	}
	n := 0
	if err := d.Scan("pl", "", false, func(string, []byte) (bool, error) { n++; return n < 2, nil }); err != nil || n != 2 {
		t.Errorf("a scan that is ended goes on: %d, %v", n, err)
	}
	failed := fmt.Errorf("enough")
	if err := d.Scan("pl", "", false, func(string, []byte) (bool, error) { return true, failed }); err != failed {
		t.Errorf("a scan's error is %v", err)
	}
	if err := d.Commit(queue.Changes{Put: map[string][]byte{"pm": []byte("new")}, Delete: []string{"pl\x00\x01", "none"}}); err != nil {
		t.Fatal(err)
	}
	gone, err := d.Get("pl\x00\x01")
	if err != nil || gone != nil {
		t.Errorf("a row that was removed: %q, %v", gone, err)
	}
	if v, err := d.Get("pm"); err != nil || string(v) != "new" {
		t.Errorf("a row that was changed: %q, %v", v, err)
	}
	largest(t, d)
}

// largest commits as much as there may be at once.
func largest(t *testing.T, d queue.Disk) {
	t.Helper()
	c := queue.Changes{Put: map[string][]byte{}}
	for n := 0; c.Size() < queue.MaxCommit-300; n++ {
		c.Put[fmt.Sprintf("pl%08d", n)] = make([]byte, 200)
	}
	if err := d.Commit(c); err != nil {
		t.Errorf("%d rows, %d bytes in one commit: %v", len(c.Put), c.Size(), err)
	}
}

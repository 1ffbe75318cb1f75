package fleet_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"testing"

	"bayledger/scanner/fleet"
	"bayledger/sync/ledger"
)

func sample(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/scans.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func items(t testing.TB, source fleet.Source) (out []fleet.Item) {
	t.Helper()
	for item, err := range source {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, item)
	}
	return out
}

func TestRecorded(t *testing.T) {
	all := items(t, fleet.Recorded(strings.NewReader(sample(t)), 4))
	if len(all) != 12 {
		t.Fatalf("%d rows", len(all))
	}
	row := func(i int) string {
		in := all[i].Intent
		return fmt.Sprintf("%s %s %q %s %s %s", in.At, in.Action, in.Product, in.Quantity, in.Reference, in.Reason)
	}
	for i, want := range map[int]string{
		0:  `2024-03-01T08:26:00Z remove "ART-1" 6 900001 sale`,
		2:  `2024-03-01T08:26:00.000002Z remove "ART-1" 6 900001 sale`,
		3:  `2024-03-01T08:28:00Z remove "art-1" 2 900002 sale`,
		5:  `2024-03-01T08:34:00Z add "ART-1" 6 C900003 cancel`,
		7:  `2024-03-01T08:34:00.000002Z add "ART-2" 3 900005 found`,
		8:  `2024-03-01T09:00:00Z remove "ART-5 " 1 900006 sale`,
		11: `2024-03-01T09:01:00.000002Z remove "ART-3" 1 900008 sale`,
	} {
		if got := row(i); got != want {
			t.Errorf("row %d: %s\nwant %s", i+1, got, want)
		}
	}
	devices := map[string]int{}
	for i, item := range all {
		if d, known := devices[item.Intent.Reference]; known && d != item.Device {
			t.Errorf("row %d: %s is on two devices", i+1, item.Intent.Reference)
		}
		devices[item.Intent.Reference] = item.Device
		if i > 0 && item.Intent.At <= all[i-1].Intent.At {
			t.Errorf("row %d is not after the row before", i+1)
		}
	}

	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(sample(t))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	again := items(t, fleet.Recorded(&packed, 4))
	for i := range all {
		if again[i].Device != all[i].Device || again[i].Intent.At != all[i].Intent.At || again[i].Intent.Product != all[i].Intent.Product {
			t.Errorf("row %d differs when packed: %+v", i+1, again[i])
		}
	}
}

func TestRecordedFaults(t *testing.T) {
	const head = "source_row,occurred_at,action,code,quantity,unit_price,reference,country,kind\n"
	const good = "1,2024-03-01T08:26:00Z,remove,ART-1,6,2.55,900001,Nowhere,sale\n"
	for _, row := range []struct{ name, text, want string }{
		{"nothing", "", "no header"},
		{"no column", "source_row,occurred_at,action,code\n", "no column quantity"},
		{"a short row", head + good + "2,2024-03-01T08:26:00Z\n", "row 2"},
		{"no time", head + "1,yesterday,remove,ART-1,6,1,9,N,sale\n", "row 1 of the recorded log: \"yesterday\" is no time"},
		{"before 1970", head + "1,1969-01-01T00:00:00Z,remove,ART-1,6,1,9,N,sale\n", "1970"},
		{"back in time", head + good + "2,2024-03-01T08:25:00Z,remove,ART-1,6,1,9,N,sale\n", "order of time"},
		{"another action", head + "1,2024-03-01T08:26:00Z,steal,ART-1,6,1,9,N,sale\n", "neither add nor remove"},
		{"no number", head + "1,2024-03-01T08:26:00Z,remove,ART-1,six,1,9,N,sale\n", "quantity"},
		{"less than nothing", head + "1,2024-03-01T08:26:00Z,remove,ART-1,-6,1,9,N,sale\n", "not above 0"},
		{"no code", head + "1,2024-03-01T08:26:00Z,remove,,6,1,9,N,sale\n", "not what"},
		{"half a pack", "\x1f\x8b\x08", "EOF"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var last error
			for _, err := range fleet.Recorded(strings.NewReader(row.text), 2) {
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), row.want) {
				t.Errorf("%v", last)
			}
		})
	}
	for _, err := range fleet.Recorded(strings.NewReader(head), 0) {
		if err == nil {
			t.Error("no devices at all")
		}
	}
}

func FuzzRecorded(f *testing.F) {
	f.Add([]byte(sample(f)), uint8(3))
	f.Add([]byte("occurred_at,action,code,quantity,reference,kind\n2024-03-01T08:26:00Z,add,\"A\"\"\",1e3,,\n"), uint8(1))
	f.Add([]byte("\x1f\x8b"), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, devices uint8) {
		last := ledger.Time(0)
		for item, err := range fleet.Recorded(bytes.NewReader(data), int(devices)) {
			if err != nil {
				return
			}
			if item.Device < 0 || item.Device >= int(devices) || item.Intent.At <= last || item.Intent.Check() != nil {
				t.Fatalf("%+v", item)
			}
			last = item.Intent.At
		}
	})
}

func TestGenerated(t *testing.T) {
	traffic := fleet.Traffic{Devices: 3, Scans: 500, Seed: 9, Places: []string{"A-1", "B-1"}}
	first, second := items(t, fleet.Generated(traffic)), items(t, fleet.Generated(traffic))
	kinds := map[string]int{}
	for i, item := range first {
		if item.Device != second[i].Device || item.Intent.Product != second[i].Intent.Product || item.Intent.Check() != nil {
			t.Errorf("scan %d: %+v and %+v", i, item, second[i])
		}
		if kinds[item.Intent.Action]++; item.Intent.Action == ledger.ActionMove && item.Intent.From == item.Intent.To {
			t.Errorf("scan %d moves nowhere", i)
		}
	}
	if len(first) != 500 || kinds["add"] < 100 || kinds["remove"] < 150 || kinds["move"] < 50 {
		t.Errorf("%v", kinds)
	}
}

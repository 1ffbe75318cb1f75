package flow_test

import (
	"encoding/json"
	"testing"

	"bayledger/scanner/flow"
	"bayledger/sync/ledger"
)

const today = "2026-03-02"

// at is 9 o'clock and so many seconds, by a clock that is sure.
func at(seconds ledger.Time) ledger.Moment {
	return ledger.Moment{At: 1_772_442_000_000_000 + seconds*1_000_000, Clock: "a"}
}

// waits gives the saved state of a handheld on which three scans wait behind a stop, those of second 3, 4 and 5.
func waits(t *testing.T) (flow.Setup, []byte) {
	t.Helper()
	v := load(t)
	setup := flow.Setup{Catalogue: &v.Catalogue, Stock: &v.Catalogue, Site: "main"}
	m := flow.New(setup)
	for i, scan := range []string{"A-01", "]C0BLCMD-NO", "]E09521234543213", "BOX-12", "]E09521234543213"} {
		m.Take(flow.Event{Scan: scan, Moment: at(ledger.Time(i + 1))}, today)
	}
	first, last := m.Waiting()
	if first != at(3) || last != at(5) {
		t.Errorf("they wait since %v to %v", first, last)
	}
	return setup, m.Save(1)
}

// moments are those of what OK lets go in second 300.
func moments(t *testing.T, setup flow.Setup, saved []byte) (out []ledger.Time, scans []string) {
	t.Helper()
	m, err := flow.Restore(setup, saved, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range m.Take(flow.Event{Tap: "OK", Moment: at(300)}, today).Intents {
		out, scans = append(out, in.At), append(scans, in.Scan)
	}
	return out, scans
}

func changed(t *testing.T, saved []byte, change func(state map[string]any)) []byte {
	t.Helper()
	state := map[string]any{}
	if err := json.Unmarshal(saved, &state); err != nil {
		t.Fatal(err)
	}
	change(state)
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A state that an earlier version stored has no moments, and one that it changed has those of other scans: what
// waits in it is booked, all of it, as of the OK. Of a state of today an earlier version finds the scans where it
// looks for them.
func TestStatesOfAnotherVersion(t *testing.T) {
	setup, saved := waits(t)
	var earlier struct{ Behind []string } // as all before this version read it
	if err := json.Unmarshal(saved, &earlier); err != nil || len(earlier.Behind) != 3 || earlier.Behind[1] != "BOX-12" {
		t.Errorf("an earlier version finds %q, %v", earlier.Behind, err)
	}
	now := at(300).At
	for _, c := range []struct {
		name   string
		change func(state map[string]any)
		want   []ledger.Time
	}{
		{"of this version", func(map[string]any) {}, []ledger.Time{at(3).At, at(4).At, at(5).At}},
		{"of an earlier version", func(s map[string]any) { delete(s, "Kept") }, []ledger.Time{now, now, now}},
		{"taken on by an earlier one", func(s map[string]any) { s["Behind"] = s["Behind"].([]any)[1:] }, []ledger.Time{now, now}},
		{"others by now", func(s map[string]any) { s["Behind"].([]any)[0] = "BOX-12" }, []ledger.Time{now, now, now}},
		{"none by now", func(s map[string]any) { delete(s, "Behind") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, scans := moments(t, setup, changed(t, saved, c.change))
			if len(got) != len(c.want) {
				t.Fatalf("%q are booked", scans)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s is of %s, want %s", scans[i], got[i].Std(), c.want[i].Std())
				}
			}
		})
	}
}

// What is asked about waits, before all that comes behind it.
func TestWaitingSince(t *testing.T) {
	v := load(t)
	for name, events := range map[string][]flow.Event{
		"a quantity": {{Number: "1000"}, {Scan: "]E09521234543213", Moment: at(1)}, {Scan: "BOX-12", Moment: at(2)}},
		"a lot":      {{Scan: "]E0036000291452", Moment: at(1)}},
		"a barcode":  {{Scan: "]C10219521234543210", Moment: at(1)}},
	} {
		m := flow.New(flow.Setup{Catalogue: &v.Catalogue, Site: "main"})
		if first, last := m.Waiting(); first != (ledger.Moment{}) || last != first {
			t.Errorf("%s: %v waits already", name, first)
		}
		last := ledger.Moment{}
		for _, e := range events {
			m.Take(e, today)
			last = e.Moment
		}
		if got, end := m.Waiting(); got != at(1) || end != last {
			t.Errorf("%s: they wait since %v to %v", name, got, end)
		}
	}
}

// earlier is a state as the version before moments stored it: a quantity is asked about, and three scans wait.
const earlier = `{"Install":"i","Mode":"add","Place":"A-01","Ask":{"Scan":"]E09521234543213","Product":"TEA","Name":"Green tea 100 g","Unit":"piece","Times":"1000","Tracking":"none"},"Behind":["BOX-12","]C0A-02","]C10219521234543210"],"Done":[{"Seq":1,"Words":"Added 1 BOLT to A-01.","Thing":{"Scan":"]E04006381333931","Product":"BOLT","Name":"Bolt M6","Unit":"piece","Tracking":"none"},"Mode":"add","To":"A-01"}],"Last":{"code":"TEA","name":"Green tea 100 g","quantity":"1000","unit":"piece"}}`

// All that waits in it is taken: as of the answer, since nobody knows better.
func TestStateOfBefore(t *testing.T) {
	v := load(t)
	m, err := flow.Restore(flow.Setup{Catalogue: &v.Catalogue, Site: "main", Install: "i"}, []byte(earlier), 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []ledger.Intent
	for _, e := range []flow.Event{{Tap: "CONFIRM", Moment: at(300)}, {Scan: "]E04006381333931", Moment: at(301)}} {
		step := m.Take(e, today)
		m.Stored(uint64(len(got) + 2))
		got = append(got, step.Intents...)
	}
	for i, want := range []struct {
		scan, to string
		at       ledger.Moment
	}{{"]E09521234543213", "A-01", at(300)}, {"BOX-12", "A-01", at(300)}, {"]C10219521234543210", "A-02", at(300)}, {"]E04006381333931", "A-02", at(301)}} {
		if i >= len(got) || got[i].Scan != want.scan || got[i].To != want.to || got[i].At != want.at.At {
			t.Fatalf("%d: booked %+v, want %+v", i, got, want)
		}
	}
}

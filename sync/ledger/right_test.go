package ledger

import (
	"slices"
	"testing"
)

func TestGrants(t *testing.T) {
	for _, c := range []struct {
		text, canonical string
		main, north     string
		ok              bool
	}{
		{"", "", "", "", true},
		{"floor", "floor", "floor", "floor", true},
		{"*=dock", "dock", "dock", "dock", true},
		{"north=supervisor/main=floor", "main=floor/north=supervisor", "floor", "supervisor", true},
		{"*=floor/north=supervisor", "*=floor/north=supervisor", "floor", "supervisor", true},
		{"a=b=admin", "a=b=admin", "", "", true}, // a site may be called a=b
		{"owner", "", "", "", false},
		{"main=owner", "", "", "", false},
		{"main=floor/main=dock", "", "", "", false},
		{"=floor", "", "", "", false},
		{"main=floor/", "", "", "", false},
	} {
		g, ok := ParseGrants(c.text)
		if ok != c.ok {
			t.Errorf("%q: %v", c.text, ok)
			continue
		}
		if ok && (g == nil || g.Text() != c.canonical || g.At("main") != c.main || g.At("north") != c.north) {
			t.Errorf("%q: %q, main %q, north %q", c.text, g.Text(), g.At("main"), g.At("north"))
		}
	}
}

func FuzzGrants(f *testing.F) {
	for _, s := range []string{"", "floor", "main=floor/north=supervisor", "*=admin", "a/b=c", "=", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, ok := ParseGrants(text)
		if !ok {
			return
		}
		again, ok := ParseGrants(g.Text())
		if !ok || again.Text() != g.Text() || len(again) != len(g) {
			t.Errorf("%q is %q, and that is %q", text, g.Text(), again.Text())
		}
	})
}

// A right is what it was at the moment asked for, also after its row was read back;
// what somebody was first given holds for before.
func TestRightsAreDated(t *testing.T) {
	s := NewState()
	set := func(n uint64, at Time, roles string) {
		t.Helper()
		if _, _, f := s.Edit([]Patch{{Entity: EntityRight, Code: "device/H-7", Fields: map[string]string{"roles": roles}}}, n, at, false); f != nil {
			t.Fatal(f)
		}
	}
	if _, known := s.GrantsAt("device/H-7", 1); known {
		t.Error("known before anybody said so")
	}
	set(1, 100, "floor")
	set(2, 200, "main=dock")
	set(3, 300, "")
	set(4, 400, "floor")
	loader, read := NewLoader()
	for _, row := range s.TakeChanges().Rows {
		if err := loader.Load(row.Key, row.Value); err != nil {
			t.Fatal(err)
		}
	}
	if err := loader.Finish(); err != nil {
		t.Fatal(err)
	}
	for _, state := range []*State{s, read} {
		for at, want := range map[Time]string{1: "floor", 199: "floor", 200: "main=dock", 299: "main=dock", 300: "", 399: "", 400: "floor"} {
			if g, known := state.GrantsAt("device/H-7", at); !known || g == nil || g.Text() != want {
				t.Errorf("at %d: %q (%v), want %q", at, g.Text(), known, want)
			}
		}
	}
	if _, _, f := s.Edit([]Patch{{Entity: EntityRight, Code: "device/H-7", Fields: map[string]string{"roles": "owner"}}}, 5, 500, false); f == nil || f.Code != BadField {
		t.Errorf("a role that there is none of: %v", f)
	}
	if g, _ := s.GrantsAt("device/H-7", 500); g.Text() != "floor" {
		t.Errorf("a bad edit changed it to %q", g.Text())
	}
}

func TestWhoMayMeanWhat(t *testing.T) {
	supervisors := []string{ActionMap, ActionDecide, ActionClose}
	for _, action := range Actions() {
		for role, want := range map[string]bool{"floor": !slices.Contains(supervisors, action), "dock": !slices.Contains(supervisors, action), "supervisor": true, "admin": true} {
			if got := MayIntend(role, action); got != want {
				t.Errorf("%s %s: %v", role, action, got)
			}
		}
	}
}

package ledger

import (
	"reflect"
	"strings"
	"testing"
)

// Every text of an intent and of its lines has a bound, and the fault names the
// field.
func TestEveryTextIsBounded(t *testing.T) {
	most := map[string]int{"scan": MaxScan, "raw": MaxScan, "reference": MaxText, "reason": MaxText, "evidence": MaxText, "exception": maxExceptionID}
	in := reflect.TypeFor[Intent]()
	for i := range in.NumField() {
		field := in.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Type.Kind() != reflect.String || name == "action" || name == "clock" || name == "mode" || name == "status" || name == "expiry" {
			continue // those have a few values only
		}
		bound, ok := most[name]
		if !ok {
			bound = MaxCode
		}
		for _, c := range []struct {
			length int
			code   Code
		}{{bound, ""}, {bound + 1, TooLarge}} {
			one := Intent{Action: ActionAdd, Product: "A"}
			reflect.ValueOf(&one).Elem().Field(i).SetString(strings.Repeat("x", c.length))
			f := one.Check()
			if c.code == "" && f != nil || c.code != "" && (f == nil || f.Code != c.code || f.Field != name) {
				t.Errorf("%s of %d bytes: %+v", name, c.length, f)
			}
		}
	}
	line := reflect.TypeFor[Line]()
	for i := range line.NumField() {
		name, _, _ := strings.Cut(line.Field(i).Tag.Get("json"), ",")
		if line.Field(i).Type.Kind() != reflect.String {
			continue
		}
		one := Intent{Action: ActionAdd, Lines: []Line{{Product: "A"}}}
		reflect.ValueOf(&one.Lines[0]).Elem().Field(i).SetString(strings.Repeat("x", MaxScan+1))
		if f := one.Check(); f == nil {
			t.Errorf("a line's %s of %d bytes passes", name, MaxScan+1)
		}
	}
}

func TestEveryActionIsKnown(t *testing.T) {
	for action := range actionRules {
		one := Intent{Action: action, Product: "A", Reference: "1", Quantity: NewDecimal(1, 0), Session: "S"}
		if f := one.Check(); f != nil {
			t.Errorf("%s: %v", action, f)
		}
	}
}

func TestManyHoldsAndLines(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Intent
		ok   bool
	}{
		{"1,000 lines", Intent{Action: ActionAdd, Product: "A", Lines: make([]Line, MaxLines)}, true},
		{"1,001 lines", Intent{Action: ActionAdd, Product: "A", Lines: make([]Line, MaxLines+1)}, false},
		{"1,000 holds", Intent{Action: ActionRelease, Holds: make([]string, MaxHolds)}, true},
		{"1,001 holds", Intent{Action: ActionRelease, Holds: make([]string, MaxHolds+1)}, false},
		{"a hold of 601 bytes", Intent{Action: ActionRelease, Holds: []string{strings.Repeat("x", 3*MaxCode+1)}}, false},
		{"a line of nothing", Intent{Action: ActionAdd, Lines: []Line{{Product: "A"}, {Lot: "L"}}}, false},
		{"a line counted 0", Intent{Action: ActionCount, Lines: []Line{{Product: "A", Quantity: NewDecimal(0, 0)}}}, true},
		{"a line not counted", Intent{Action: ActionCount, Lines: []Line{{Product: "A"}}}, false},
	} {
		if f := c.in.Check(); (f == nil) != c.ok {
			t.Errorf("%s: %v", c.name, f)
		}
	}
}

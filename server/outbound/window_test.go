package outbound

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"bayledger/server/access"
	"bayledger/server/lens"
)

// Of which products something may be told anew: what an entry moved, and what a hold
// covers that moves nothing, all goods only where nobody can say.
func TestWhatAnEntryTouches(t *testing.T) {
	glass := lens.Of(access.Principal{Kind: access.Program, Role: access.Admin})
	for _, c := range []struct{ entry, want string }{
		{`"kind":"intent","intent":{"action":"remove","product":"BOLT"},"moves":[{"product":"BOLT"},{"product":"NUT"}]`, "[BOLT NUT] false"},
		{`"kind":"intent","intent":{"action":"isolate","product":"BOLT","lot":"L7"},"moves":[]`, "[BOLT] false"},
		{`"kind":"intent","intent":{"action":"release","product":"BOLT","lot":"*"},"moves":[]`, "[BOLT] false"},
		{`"kind":"intent","intent":{"action":"isolate","product":"BOLT","serial":"S-1"},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"isolate","from":"A-01"},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"isolate","scan":"123"},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"isolate","product":"BOLT","package":"P"},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"release","product":"BOLT","lines":[{"product":"NUT"}]},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"release","holds":["H-1/a/1"]},"moves":[]`, "[] true"},
		{`"kind":"intent","intent":{"action":"undo","reference":"7"},"moves":[{"product":"BOLT"}]`, "[BOLT] true"},
		{`"kind":"edit","edit":{"entity":"product","code":"BOLT"}`, "[BOLT] false"},
		{`"kind":"edit","edit":{"entity":"location","code":"A-01"}`, "[] true"},
		{`"kind":"day"`, "[] false"},
	} {
		w := &window{products: map[string]bool{}}
		raw := []byte(`{"n":1,"booked_at":"2026-03-02T09:00:00Z","t_eff":"2026-03-02T09:00:00Z",` + c.entry + `}`)
		if err := w.take(1, raw, &Endpoint{Events: []string{EventAvailability}}, &glass); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if got := fmt.Sprint(slices.Sorted(maps.Keys(w.products)), " ", w.all); got != c.want {
			t.Errorf("%s: %s, want %s", c.entry, got, c.want)
		}
	}
}

package socket_test

import (
	"context"
	"testing"

	"bayledger/sync/ledger"
)

// A site that counts blind says so in the policy; one that shows what the books
// expect says nothing, as ever.
func TestBlindCountsAreTold(t *testing.T) {
	d := open(t)
	for _, row := range []struct{ counts, want string }{{"shown", ""}, {"blind", "blind"}} {
		if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"counts": row.counts}}}, false); err != nil {
			t.Fatal(err)
		}
		h := d.dial()
		h.send(`{"type":"hello","device":"H-1","install":"i1","key":"key-H-1","cursor":null}`)
		if m := h.one("welcome"); m.Welcome.Policy.Counts != row.want {
			t.Errorf("%s: %+v", row.counts, m.Welcome.Policy)
		}
	}
}

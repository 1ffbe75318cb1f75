package socket_test

import (
	"context"
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

// A handheld that is connected is told at once what a site's settings are now; one that
// comes later hears it in its welcome; one of another site, and an edit of something
// else, bring nothing.
func TestPolicyIsToldAtOnce(t *testing.T) {
	d := open(t)
	set := func(entity, code string, fields map[string]string) {
		t.Helper()
		if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: entity, Code: code, Fields: fields}}, false); err != nil {
			t.Fatal(err)
		}
	}
	h := d.stream(d.dial())
	h.send(`{"type":"hello","device":"H-1","install":"i1","key":"key-H-1","cursor":null}`)
	if p := h.one("welcome").Welcome.Policy; p.Negative != "allow" || !slices.Equal(p.Reasons, []string{"isolate", "release"}) {
		t.Errorf("%+v", p)
	}
	set(ledger.EntitySite, "north", map[string]string{"negative": "auto-add"})
	set(ledger.EntityProduct, "BOLT", map[string]string{"name": "x"})
	set(ledger.EntitySite, "main", map[string]string{"negative": "refuse"})
	if m := h.one("notice"); m.Notice.Kind != "policy" || m.Notice.Policy.Negative != "refuse" || m.Notice.Policy.Site != "main" {
		t.Errorf("%+v", m.Notice)
	}
	set(ledger.EntitySite, "main", map[string]string{"reasons_required": "scrap"})
	if m := h.one("notice"); !slices.Equal(m.Notice.Policy.Reasons, []string{"isolate", "release", "scrap"}) || m.Notice.Policy.MaxPush == 0 {
		t.Errorf("%+v", m.Notice)
	}
	set(ledger.EntitySetting, ledger.BookCode, map[string]string{"usage_weeks": "8"}) // none of a device's business
	set(ledger.EntitySetting, ledger.BookCode, map[string]string{"lowest_page": "3"})
	if m := h.one("notice"); m.Notice.Policy.LowestPage != 3 {
		t.Errorf("%+v", m.Notice)
	}
	later := d.stream(d.dial())
	later.send(`{"type":"hello","device":"H-2","install":"i1","key":"key-H-2","cursor":null}`)
	if p := later.one("welcome").Welcome.Policy; p.Negative != "refuse" || len(p.Reasons) != 3 || p.LowestPage != 3 {
		t.Errorf("%+v", p)
	}
}

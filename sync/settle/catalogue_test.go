package settle

import (
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

func edit(entity, code string, fields ...string) ledger.Patch {
	p := ledger.Patch{Entity: entity, Code: code, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		p.Fields[fields[i]] = fields[i+1]
	}
	return p
}

func (s *told) edit(n uint64, patches ...ledger.Patch) {
	s.t.Helper()
	if _, _, f := s.state.Edit(patches, n, ledger.Time(n), false); f != nil {
		s.t.Fatal(f)
	}
}

// What the catalogue says of products, places and reasons, in what becomes of scans.
func TestTheCatalogueInScans(t *testing.T) {
	at := func(code string, fields ...string) ledger.Patch {
		p := edit(ledger.EntityLocation, code, fields...)
		p.Site = "main"
		return p
	}
	for _, row := range []struct {
		name  string
		edits []ledger.Patch
		story string
		want  string // the last outcome, and what is said
		stock string
	}{
		{"goods that nobody keeps are sold", nil, "remove p=FEE q=1", "applied FEE is not stock-kept", ""},
		{"two of them at once", nil, "remove p=FEE q=2", "applied FEE is not stock-kept", ""},
		{"a product that stands for its variants", []ledger.Patch{edit(ledger.EntityProduct, "SHIRT", "axes", "size:S,M", "stocked", "false")}, "remove p=SHIRT q=1", "exception has_variants", ""},
		{"a count's difference goes to the product's own place", []ledger.Patch{edit(ledger.EntityLocation, "SHRINK", "kind", "loss"), edit(ledger.EntityProduct, "BOLT", "loss", "SHRINK")},
			"add p=BOLT q=5; count p=BOLT q=3", "applied", "SHRINK:BOLT=2 supplier:BOLT=-5 main/stock:BOLT=3"},
		{"opening stock does not", []ledger.Patch{edit(ledger.EntityLocation, "SHRINK", "kind", "loss"), edit(ledger.EntityProduct, "BOLT", "loss", "SHRINK")},
			"count p=BOLT q=3 reason=opening", "applied", "opening:BOLT=-3 main/stock:BOLT=3"},
		{"a piece that is missing does", []ledger.Patch{edit(ledger.EntityLocation, "SHRINK", "kind", "loss"), edit(ledger.EntityProduct, "BOLT", "loss", "SHRINK")},
			"add p=BOLT serial=S1; count p=BOLT serial=S1 q=0", "applied", "SHRINK:BOLT@S1=1 supplier:BOLT@S1=-1"},
		{"what is added by itself comes from there", []ledger.Patch{edit(ledger.EntityLocation, "SHRINK", "kind", "loss"), edit(ledger.EntityProduct, "BOLT", "loss", "SHRINK", "negative", "auto-add")},
			"remove p=BOLT q=2", "applied", "SHRINK:BOLT=-2 customer:BOLT=2"},
		{"parts go to the product's own production", []ledger.Patch{edit(ledger.EntityLocation, "LINE-2", "kind", "production"), edit(ledger.EntityProduct, "BOLT", "production", "LINE-2")},
			"add p=BOLT q=5; assemble p=BOLT q=4; disassemble p=BOLT q=1", "applied", "LINE-2:BOLT=3 supplier:BOLT=-5 main/stock:BOLT=2"},
		{"into a machine that is named they do not", []ledger.Patch{edit(ledger.EntityLocation, "LINE-2", "kind", "production"), edit(ledger.EntityProduct, "BOLT", "production", "LINE-2")},
			"add p=BOLT q=5; assemble p=BOLT q=4 asset=PRESS", "applied", "asset:BOLT=4 supplier:BOLT=-5 main/stock:BOLT=1"},
		{"a scrapping that needs a reason", []ledger.Patch{edit(ledger.EntitySite, "main", "reasons_required", "scrap")}, "add p=BOLT q=5; scrap p=BOLT q=1", "exception no_reason", "scrap:BOLT=1 supplier:BOLT=-5 main/stock:BOLT=4"},
		{"and has one", []ledger.Patch{edit(ledger.EntitySite, "main", "reasons_required", "scrap")}, "add p=BOLT q=5; scrap p=BOLT q=1 reason=bent", "applied", "scrap:BOLT=1 supplier:BOLT=-5 main/stock:BOLT=4"},
		{"asked first, it is refused", []ledger.Patch{edit(ledger.EntitySite, "main", "reasons_required", "scrap")}, "add p=BOLT q=5; scrap p=BOLT q=1 mode=command", "refused At this site the action scrap needs a reason", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"of another action it does not", []ledger.Patch{edit(ledger.EntitySite, "main", "reasons_required", "scrap")}, "add p=BOLT q=5", "applied", "supplier:BOLT=-5 main/stock:BOLT=5"},
		{"a shelf that is too small says so, and takes it", []ledger.Patch{at("A", "max_quantity", "10")}, "add p=BOLT q=11 to=A-01", "exception main/A takes 10 and holds 11 now", "supplier:BOLT=-11 main/A-01:BOLT=11"},
		{"once", []ledger.Patch{at("A", "max_quantity", "10")}, "add p=BOLT q=11 to=A-01; add p=BOLT q=1 to=A-01", "applied", "supplier:BOLT=-12 main/A-01:BOLT=12"},
		{"what a package brings counts", []ledger.Patch{at("A", "max_quantity", "10")}, "add p=BOLT q=11 package=P1; move package=P1 to=A-01", "exception main/A takes 10 and holds 11", "supplier:BOLT=-11 main/A-01[P1]:BOLT=11"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t, row.edits...)
			var d ledger.Decision
			for i, text := range strings.Split(row.story, "; ") {
				d = s.say(uint64(10+i), text)
			}
			said := string(d.Outcome) + " " + d.Message
			for _, x := range d.Exceptions {
				said += " " + x.Kind + " " + x.Message
			}
			outcome, words, _ := strings.Cut(row.want, " ")
			if string(d.Outcome) != outcome || !strings.Contains(said, words) {
				t.Errorf("it said %q, want %q", said, row.want)
			}
			if got := stock(s.state); got != row.stock {
				t.Errorf("stock %q, want %q", got, row.stock)
			}
		})
	}
}

// Settings hold for scans of their time, whenever those come home: in either order the
// books are the same.
func TestSettingsOfTheCatalogueAreDated(t *testing.T) {
	scans := []struct {
		at   uint64
		text string
	}{{20, "add p=BOLT q=10"}, {40, "count p=BOLT q=7"}, {60, "remove p=BOLT q=1"}, {80, "count p=BOLT q=4"}}
	books := func(late bool) string {
		s := world(t, edit(ledger.EntityLocation, "SHRINK", "kind", "loss"))
		n := uint64(100)
		scan := func(i int) {
			s.at, s.seq = ledger.Time(scans[i].at), uint64(i+1)
			s.say(n, scans[i].text)
			n++
		}
		settings := func() {
			s.edit(30, edit(ledger.EntityProduct, "BOLT", "loss", "SHRINK"))
			s.edit(50, edit(ledger.EntityProduct, "BOLT", "stocked", "false"))
			s.edit(70, edit(ledger.EntityProduct, "BOLT", "stocked", "true", "loss", ""))
		}
		if settings(); late {
			for _, i := range []int{3, 2, 1, 0} {
				scan(i)
			}
		} else {
			for i := range scans {
				scan(i)
			}
		}
		return stock(s.state)
	}
	const want = "SHRINK:BOLT=3 loss:BOLT=3 supplier:BOLT=-10 main/stock:BOLT=4"
	if got := books(false); got != want {
		t.Errorf("in order: %s, want %s", got, want)
	}
	if got := books(true); got != want {
		t.Errorf("late: %s, want %s", got, want)
	}
}

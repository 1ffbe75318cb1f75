package ledger

import (
	"slices"
	"strings"
	"testing"
)

func product(code string, fields ...string) Patch { return patch(EntityProduct, code, fields...) }

func patch(entity, code string, fields ...string) Patch {
	p := Patch{Entity: entity, Code: code, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		p.Fields[fields[i]] = fields[i+1]
	}
	if entity == EntityLocation && !strings.HasPrefix(code, "~") {
		p.Site = "main"
	}
	p.Code = strings.TrimPrefix(p.Code, "~")
	return p
}

func edits(t *testing.T, s *State, patches ...Patch) {
	t.Helper()
	if _, i, f := s.Edit(patches, 100, 100, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
}

// Each row is an edit, and the sentence it is refused with; an empty one is taken.
func TestMasterDataIsJudged(t *testing.T) {
	for _, row := range []struct {
		name, want string
		patch      Patch
	}{
		{"a price in cents", "", product("BOLT", "price", "1.50", "currency", "EUR")},
		{"a price in half cents", "more decimals than the 2 of EUR", product("BOLT", "price", "1.505", "currency", "EUR")},
		{"a price in yen", "", product("BOLT", "price", "150", "currency", "JPY")},
		{"half a yen", "more decimals than the 0 of JPY", product("BOLT", "price", "1.5", "currency", "JPY")},
		{"a thousandth of a dinar", "", product("BOLT", "price", "1.505", "currency", "KWD")},
		{"a new product of half a yen", "more decimals", product("NEW", "price", "1.5", "currency", "JPY")},
		{"a currency by half its name", "ISO 4217", product("BOLT", "currency", "UR ")},
		{"a currency in small letters", "ISO 4217", product("BOLT", "currency", "eur")},
		{"a price below nothing", "0 or more", product("BOLT", "price", "-1")},
		{"superseded by itself", "its own place", product("BOLT", "superseded_by", "BOLT")},
		{"superseded by a stranger", "no product", product("BOLT", "superseded_by", "GHOST")},
		{"superseded in a circle", "circle", product("NEWER", "superseded_by", "OLD")},
		{"a barcode of another", "is a barcode of", product("OIL", "barcode", "4006381333931")},
		{"a barcode of its own", "", product("BOLT", "barcode", "4006381333931")},
		{"a loss place that is none", "virtual place of kind loss", product("BOLT", "loss", "customer")},
		{"a loss place of its own", "", product("BOLT", "loss", "SHRINK")},
		{"a production place", "", product("BOLT", "production", "production")},
		{"a weight below nothing", "0 or more", product("BOLT", "weight", "-1")},
		{"axes", "", product("BOLT", "axes", "size:S,M;colour:red")},
		{"an axis twice", "each name once", product("BOLT", "axes", "size:S;size:M")},
		{"a value twice", "one twice", product("BOLT", "axes", "size:S,S")},
		{"a pattern of nothing", "in braces", product("BOLT", "pattern", "T-SHIRT")},
		{"pick order", "", patch(EntityLocation, "A", "order", "12")},
		{"pick order of a fraction", "whole number", patch(EntityLocation, "A", "order", "1.5")},
		{"room for nothing", "above 0", patch(EntityLocation, "A", "max_weight", "0")},
		{"room in a virtual place", "takes everything", patch(EntityLocation, "~customer", "max_weight", "5")},
		{"lead time", "", patch(EntityPartner, "ACME", "lead_days", "14")},
		{"a lead time of ages", "from 1 to 3650", patch(EntityPartner, "ACME", "lead_days", "4000")},
		{"a contact in the journal", "no field", patch(EntityPartner, "ACME", "contact", "Ann")},
		{"the partner's own code", "", patch(EntityPartnerItem, "ACME/9981", "product", "BOLT", "quantity", "100")},
		{"a code of a stranger's", "begin with that of a partner", patch(EntityPartnerItem, "GHOST/1", "product", "BOLT")},
		{"a partner's code of nothing", "names no product", patch(EntityPartnerItem, "ACME/1")},
		{"a vendor's barcode", "", patch(EntityBarcode, "123", "product", "BOLT", "partner", "ACME")},
		{"a barcode of no vendor", "no partner", patch(EntityBarcode, "123", "product", "BOLT", "partner", "GHOST")},
		{"a category in itself", "part of it", patch(EntityCategory, "tools", "parent", "tools")},
		{"a category in its own part", "part of it", patch(EntityCategory, "tools", "parent", "drills")},
		{"a category in none", "no category", patch(EntityCategory, "tools", "parent", "ghosts")},
		{"attributes twice", "each once", patch(EntityCategory, "tools", "attributes", "size,size")},
		{"a reason", "", patch(EntityReason, "damaged", "actions", "scrap,isolate")},
		{"a reason for nothing", "none of the actions", patch(EntityReason, "damaged", "actions", "juggle")},
		{"reasons asked for", "", patch(EntitySite, "main", "reasons_required", "scrap,remove")},
		{"reasons asked for nothing", "none of the actions", patch(EntitySite, "main", "reasons_required", "juggle")},
		{"a facility", "", patch(EntityFacility, "WARD-1", "name", "Ward 1", "location", "A")},
		{"a facility at no place", "has no location", patch(EntityFacility, "WARD-1", "location", "Z")},
		{"a facility at no site", "no site", patch(EntityFacility, "WARD-1", "site", "moon")},
		{"a facility at another's place", "another facility's", patch(EntityFacility, "WARD-2", "location", "A-01")},
		{"what is there, made anew", "already", Patch{Entity: EntityProduct, Code: "BOLT", Fresh: true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			edits(t, s, product("NEWER"), product("OLD", "superseded_by", "NEWER"), patch(EntityLocation, "~SHRINK", "kind", "loss"), patch(EntityPartner, "ACME"),
				patch(EntityCategory, "tools"), patch(EntityCategory, "drills", "parent", "tools"), patch(EntityFacility, "WARD-0", "location", "A-01"))
			before := snapshotOf(s)
			_, bad, f := s.Edit([]Patch{product("FIRST"), row.patch}, 200, 200, false)
			if row.want == "" {
				if f != nil {
					t.Fatalf("%v", f)
				}
				return
			}
			if f == nil || bad != 1 || !strings.Contains(f.Message, row.want) {
				t.Fatalf("%d, %v", bad, f)
			}
			if after := snapshotOf(s); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// All bad patches are told of, and what they would lead to.
func TestAllFaultsAreTold(t *testing.T) {
	s := world(t)
	before := snapshotOf(s)
	_, bad := s.EditAll([]Patch{product("A1", "decimals", "9"), product("A2"), patch(EntityBarcode, "77", "product", "A1"), patch(EntityBarcode, "78", "product", "A2"), product("A3", "colour", "x")}, 200, 200, false)
	var at []int
	for _, f := range bad {
		at = append(at, f.Index)
	}
	if !slices.Equal(at, []int{0, 2, 4}) || snapshotOf(s) != before {
		t.Errorf("%v", at)
	}
	many := make([]Patch, 500)
	for i := range many {
		many[i] = product("X", "decimals", "9")
	}
	if _, bad = s.EditAll(many, 200, 200, true); len(bad) != maxEditFaults {
		t.Errorf("%d faults", len(bad))
	}
}

// A chain of successors has an end that is near, whichever end it is built from.
func TestSuccessors(t *testing.T) {
	for _, name := range []string{"from the newest", "from the oldest"} {
		t.Run(name, func(t *testing.T) {
			s := world(t)
			code := func(i int) string { return "P" + itoa(100+i) }
			for i := range 20 {
				edits(t, s, product(code(i)))
			}
			refused := 0
			for i := range 19 {
				at := i
				if name == "from the newest" {
					at = 18 - i
				}
				if _, _, f := s.Edit([]Patch{product(code(at), "superseded_by", code(at+1))}, 200, 200, false); f != nil {
					refused++
				}
			}
			if refused == 0 {
				t.Error("a chain of 19 was taken")
			}
			for i := range 20 {
				p, _ := s.Product(code(i))
				end := s.Successor(p)
				if p.SupersededBy != "" && (end == nil || end.SupersededBy != "") {
					t.Errorf("%s ends at %+v", p.Code, end)
				}
			}
		})
	}
}

// An alert names what takes the product's place, and a product that is not stock-kept
// has none.
func TestAlertsOfProducts(t *testing.T) {
	s := world(t)
	edits(t, s, product("NEWER"), product("BOLT", "superseded_by", "NEWER"))
	res, _, f := s.Edit([]Patch{{Entity: EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5"}}}, 300, 300, false)
	if f != nil || len(res) != 1 || len(res[0].Alerts) != 2 || !strings.Contains(res[0].Alerts[0].Message, "NEWER takes its place") {
		t.Fatalf("%+v %v", res, f)
	}
	res, _, f = s.Edit([]Patch{product("BOLT", "stocked", "false")}, 301, 301, false)
	if f != nil || len(res[0].Alerts) != 2 || res[0].Alerts[0].State != "cleared" || len(s.OpenAlerts()) != 0 {
		t.Fatalf("%+v %v", res, f)
	}
	res, _, f = s.Edit([]Patch{product("BOLT", "stocked", "true")}, 302, 302, false)
	if f != nil || len(res[0].Alerts) != 2 || len(s.OpenAlerts()) != 2 {
		t.Fatalf("%+v %v", res, f)
	}
}

// Settings that the fold reads are those of the moment.
func TestDatedSettingsOfProducts(t *testing.T) {
	s := world(t)
	edits(t, s, patch(EntityLocation, "~SHRINK", "kind", "loss"))
	at := func(n uint64, patches ...Patch) {
		t.Helper()
		if _, _, f := s.Edit(patches, n, Time(n), false); f != nil {
			t.Fatal(f)
		}
	}
	at(200, product("BOLT", "stocked", "false", "loss", "SHRINK"), patch(EntitySite, "main", "reasons_required", "scrap"))
	at(300, product("BOLT", "stocked", "true", "loss", ""), patch(EntitySite, "main", "reasons_required", ""))
	p, _ := s.Product("BOLT")
	for _, row := range []struct {
		at      Time
		stocked bool
		loss    string
		reason  bool
	}{{150, true, "", false}, {200, false, "SHRINK", true}, {299, false, "SHRINK", true}, {300, true, "", false}} {
		loss := ""
		if own := s.LossOf(p, row.at); own != nil {
			loss = own.Code
		}
		if p.StockedAt(row.at) != row.stocked || loss != row.loss || s.WantsReason("main", ActionScrap, row.at) != row.reason {
			t.Errorf("at %d: stocked %t, loss %q, a reason %t", row.at, p.StockedAt(row.at), loss, s.WantsReason("main", ActionScrap, row.at))
		}
	}
	if !s.WantsReason("main", ActionIsolate, 1) || s.WantsReason("main", ActionAdd, 250) {
		t.Error("reasons of other actions")
	}
}

// What edits an item had is appended to a key of its own.
func TestEditsAreFoundByTheirItem(t *testing.T) {
	s := world(t)
	s.TakeChanges()
	if _, _, f := s.Edit([]Patch{product("BOLT", "name", "x"), product("NUT"), product("BOLT", "name", "y")}, 500, 500, false); f != nil {
		t.Fatal(f)
	}
	c := s.TakeChanges()
	var all []byte
	for _, a := range c.Appends {
		if string(a.Key) == string(EditsKey(EntityProduct, "BOLT")) {
			all = append(all, a.Value...)
		}
	}
	if got, ok := ReadEdits(all); !ok || !slices.Equal(got, []uint64{500, 502}) {
		t.Errorf("%v %t", got, ok)
	}
	if _, ok := ReadEdits([]byte{0x80}); ok {
		t.Error("half a number was read")
	}
}

// What a book says of its catalogue it says again after a restart.
func TestMasterDataComesBack(t *testing.T) {
	s := world(t)
	edits(t, s, patch(EntitySetting, "book", "currency", "EUR"), patch(EntityLocation, "~SHRINK", "kind", "loss"), patch(EntityLocation, "A", "order", "3", "max_weight", "12.5", "max_quantity", "100"),
		patch(EntityPartner, "ACME", "name", "Acme", "kind", "supplier", "lead_days", "9"), product("NEWER"),
		product("BOLT", "price", "1.5", "weight", "0.25", "volume", "0.001", "superseded_by", "NEWER", "barcode", "4006381333931", "loss", "SHRINK", "axes", "size:S,M", "pattern", "{code}-{size}"),
		patch(EntityPartnerItem, "ACME/a/b", "product", "BOLT", "quantity", "6"), patch(EntityBarcode, "99", "product", "BOLT", "partner", "ACME"),
		patch(EntityCategory, "tools", "name", "Tools", "condition", "true", "attributes", "size,colour"), patch(EntityCategory, "drills", "parent", "tools"),
		patch(EntityReason, "damaged", "name", "Damaged", "actions", "scrap"), patch(EntityFacility, "WARD", "name", "Ward", "location", "A"),
		patch(EntitySite, "main", "reasons_required", "scrap,add"))
	l, again := NewLoader()
	var rows []Row
	for _, e := range Shared() {
		for _, it := range s.Items(e) {
			rows = append(rows, s.itemRow(it))
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(string(a.Key), string(b.Key)) })
	for _, r := range rows {
		if err := l.Load(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Finish(); err != nil {
		t.Fatal(err)
	}
	for _, e := range Shared() {
		for _, it := range s.Items(e) {
			x, _ := s.Item(it)
			y, ok := again.Item(it)
			if !ok || len(x.Fields) != len(y.Fields) {
				t.Errorf("%v: %v, then %v", it, x.Fields, y.Fields)
			}
			for name, value := range x.Fields {
				if y.Fields[name] != value {
					t.Errorf("%v: %s is %q, then %q", it, name, value, y.Fields[name])
				}
			}
		}
	}
	p, _ := again.Product("BOLT")
	if end := again.Successor(p); end == nil || end.Code != "NEWER" || again.rooms != 1 || !again.asksReasons || !again.InCategory("drills", "tools") || !again.WantsCondition("drills") || len(again.AttributesOf("drills")) != 2 {
		t.Errorf("%v %d %t", end, again.rooms, again.asksReasons)
	}
}

// A place that takes so much, told as a stockkeeper would: what comes, and what is
// said once it is too much.
func TestRooms(t *testing.T) {
	s := world(t)
	edits(t, s, product("BOLT", "weight", "0.5"), product("OIL", "weight", "0.9", "volume", "1"), patch(EntityLocation, "A", "max_quantity", "10", "max_weight", "5"))
	for _, row := range []struct {
		n        uint64
		product  string
		quantity int64 // in the last decimal
		to, want string
	}{
		{201, "BOLT", 4, "A-01", ""},
		{202, "BOLT", 6, "A", ""},
		{203, "BOLT", 1, "A-01", "main/A takes 10 and holds 11 now; main/A takes 5 kg and holds 5.5 kg now"},
		{204, "BOLT", 1, "A-01", ""}, // it was told
		{205, "BOLT", -4, "A", ""},
		{206, "OIL", 1500, "A", "main/A takes 5 kg and holds 5.35 kg now"},
		{207, "BOLT", 50, "B-01", ""},
	} {
		p, _ := s.Product(row.product)
		to, _ := s.Place("main", row.to)
		from, _ := s.Place("", "supplier")
		s.Begin(row.n, Time(row.n))
		s.Shift(s.CellOf(p, from, "", "", false), s.CellOf(p, to, "", "", false), row.quantity)
		s.Post()
		var said []string
		for _, o := range s.Overfull() {
			said = append(said, strings.TrimSuffix(o.Message, "; look whether it lies there, and move some of it."))
		}
		if got := strings.Join(said, "; "); got != row.want {
			t.Errorf("entry %d: %q, want %q", row.n, got, row.want)
		}
	}
	edits(t, s, product("BOLT", "weight", "1"))
	a, _ := s.Place("main", "A")
	if got := roomText(&a.room.holds[1]); got != "9.35" {
		t.Errorf("summed up anew it holds %s kg", got)
	}
}

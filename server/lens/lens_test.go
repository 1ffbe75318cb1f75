package lens_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/ledger"
)

const (
	transfer = `{"n":7,"kind":"intent","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:14:31Z","intent":{"device":"H-1","install":"i","seq":1,"action":"move","product":"BOLT","unit_cost":"2.50","lines":[{"product":"NUT","total_cost":"9"}]},"outcome":"applied","moves":[{"product":"BOLT","from":"main/A","from_status":"available","to":"north/N","to_status":"available","quantity":"3","value":"7.50"},{"product":"NUT","from":"south/S","from_status":"available","to":"customer","to_status":"available","quantity":"1","value":"9"}],"alerts":[{"id":"a","kind":"low","state":"raised","product":"BOLT","site":"main","quantity":"1","message":"m"},{"id":"b","kind":"low","state":"raised","product":"BOLT","site":"south","quantity":"1","message":"m"}],"exceptions":[{"id":"x","kind":"short","severity":"warning","message":"worth 7.50"}],"hash":"00"}`
	scan     = `{"n":8,"kind":"intent","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:14:31Z","intent":{"device":"H-1","install":"i","seq":2,"site":"north","action":"add","scan":"x"},"outcome":"parked","moves":[],"alerts":[],"exceptions":[],"hash":"00"}`
	right    = `{"n":9,"kind":"edit","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:15:30Z","actor":"u-1","edit":{"entity":"right","code":"device/H-1","changes":[{"field":"roles","from":"","to":"floor"}]},"outcome":"applied","moves":[],"alerts":[],"exceptions":[],"hash":"00"}`
	place    = `{"n":10,"kind":"edit","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:15:30Z","actor":"u-1","edit":{"entity":"location","code":"A","site":"main","changes":[]},"outcome":"applied","moves":[],"alerts":[],"exceptions":[],"hash":"00"}`
	north    = `{"n":12,"kind":"intent","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:14:31Z","intent":{"device":"H-2","install":"i","seq":2,"action":"add","scan":"y"},"site":"north","outcome":"parked","moves":[],"alerts":[],"exceptions":[{"id":"y","kind":"no_reason","severity":"info","message":"ask ann"}],"hash":"00"}`
	alerts   = `{"n":13,"kind":"alert","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:15:30Z","actor":"u-9","outcome":"applied","message":"Acknowledged by u-9: PUMP at main is low.","moves":[],"alerts":[{"id":"low/PUMP/main","kind":"low","state":"acknowledged","product":"PUMP","site":"main","quantity":"1","by":"u-9","message":"PUMP at main is low."},{"id":"low/VALVE/north","kind":"low","state":"acknowledged","product":"VALVE","site":"north","quantity":"2","by":"u-9","message":"VALVE at north is low."}],"exceptions":[],"hash":"00"}`
	product  = `{"n":11,"kind":"edit","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:15:30Z","actor":"u-1","edit":{"entity":"product","code":"BOLT","changes":[]},"outcome":"applied","moves":[],"alerts":[],"exceptions":[],"hash":"00"}`
)

func at(site, role string) ledger.Grants { return ledger.Grants{{Site: site, Role: role}} }

// What each sees of seven entries: which of them, and which words in them.
func TestWhoSeesWhat(t *testing.T) {
	for _, c := range []struct {
		name  string
		who   access.Principal
		sees  string // numbers of the entries
		not   string // words that no entry shows
		shows string // words that some entry shows
	}{
		{"an admin", access.Principal{Role: access.Admin}, "7 8 9 10 11 12 13", "", "unit_cost total_cost value worth hash roles"},
		{"a floor handheld", access.Principal{Role: access.Floor, Device: "H-9"}, "7 8 10 11 12 13", "unit_cost total_cost value worth hash 7.50", "south/S quantity"},
		{"a supervisor of main", access.Principal{Role: access.Supervisor, Grants: at("main", "supervisor"), Name: "u-1"}, "7 10 11 13", "south hash VALVE", "main/A north/N worth PUMP"},
		{"a supervisor of north", access.Principal{Role: access.Supervisor, Grants: at("north", "supervisor"), Name: "u-1"}, "7 8 11 12 13", "south hash worth PUMP", "VALVE north/N \"site\":\"north\" no_reason"},
		{"a handheld of north", access.Principal{Role: access.Floor, Grants: at("north", "floor"), Device: "H-9"}, "7 8 11 12 13", "unit_cost PUMP value south worth no_reason", "north/N \"site\":\"north\""},
		{"a handheld of the south sees its own", access.Principal{Role: access.Floor, Grants: at("south", "floor"), Device: "H-1"}, "7 8 11", "unit_cost value worth VALVE", "north/N"},
		{"somebody of nowhere", access.Principal{Role: access.Floor, Grants: ledger.Grants{}, Device: "H-9"}, "11", "unit_cost", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := lens.Of(c.who)
			var sees []string
			all := ""
			for n, entry := range map[string]string{"7": transfer, "8": scan, "9": right, "10": place, "11": product, "12": north, "13": alerts} {
				shown := l.Entry([]byte(entry))
				if shown == nil {
					continue
				}
				if !json.Valid(shown) {
					t.Errorf("no JSON: %s", shown)
				}
				sees = append(sees, n)
				all += string(shown)
			}
			for _, n := range strings.Fields("7 8 9 10 11 12 13") {
				want := strings.Contains(" "+c.sees+" ", " "+n+" ")
				got := strings.Contains(" "+strings.Join(sees, " ")+" ", " "+n+" ")
				if want != got {
					t.Errorf("entry %s: shown %v", n, got)
				}
			}
			for _, word := range strings.Fields(c.not) {
				if strings.Contains(all, word) {
					t.Errorf("%q is shown in\n%s", word, all)
				}
			}
			for _, word := range strings.Fields(c.shows) {
				if !strings.Contains(all, word) {
					t.Errorf("%q is not shown in\n%s", word, all)
				}
			}
		})
	}
}

// Costs that a scan states are shown to who sees money at its site, and at the sites of
// all that it moved: somebody who supervises one site and works at another sees no more.
func TestStatedCosts(t *testing.T) {
	parked := strings.Replace(north, `"action":"add"`, `"action":"add","unit_cost":"2.50"`, 1)
	both := strings.NewReplacer("north/N", "main/B").Replace(transfer)
	for _, c := range []struct {
		name, entry string
		grants      ledger.Grants
		sees        bool
	}{
		{"a parked scan, to its site's supervisor", parked, at("north", "supervisor"), true},
		{"to who works there and supervises another", parked, append(at("main", "supervisor"), at("north", "floor")...), false},
		{"to who works there", parked, at("north", "floor"), false},
		{"what moved at two sites, to a supervisor of one", both, at("main", "supervisor"), false},
		{"to a supervisor of both", both, append(at("main", "supervisor"), at("south", "supervisor")...), true},
		{"to who supervises one and works at the other", both, append(at("main", "supervisor"), at("south", "floor")...), false},
	} {
		l := lens.Of(access.Principal{Role: access.Supervisor, Grants: c.grants, Name: "u-1"})
		shown := string(l.Entry([]byte(c.entry)))
		if shown == "" || strings.Contains(shown, "unit_cost") != c.sees {
			t.Errorf("%s: %s", c.name, shown)
		}
	}
}

// A lens that hides nothing changes nothing, and what is shared is shared by key.
func TestWholeLens(t *testing.T) {
	whole := lens.Of(access.Principal{Role: access.Admin})
	if !whole.Whole() || string(whole.Entry([]byte(transfer))) != transfer {
		t.Error("an admin does not see entries as they are stored")
	}
	a, b := lens.Of(access.Principal{Role: access.Floor, Device: "H-1"}), lens.Of(access.Principal{Role: access.Floor, Device: "H-2"})
	c := lens.Of(access.Principal{Role: access.Floor, Device: "H-1", Grants: at("north", "floor")})
	if a.Key() != b.Key() || a.Key() == c.Key() || a.Whole() {
		t.Error("keys")
	}
}

// However its members are spelled, nobody without the right sees a cost, and the rest
// stays what it was.
func FuzzMoney(f *testing.F) {
	for _, s := range []string{transfer, scan, right, `{"a":{"value":1},"b":[{"unit_c\u006fst":"2"}]}`, `{"a" : [ ] , "value":[1,{"x":2}]}`, `{"reason":"\"value\":\"7\""}`, `{`, `[`, `"`, `{"a":`, `{"a\"value":1}`} {
		f.Add(s)
	}
	l := lens.Of(access.Principal{Role: access.Floor, Device: "H-9"})
	f.Fuzz(func(t *testing.T, text string) {
		shown := l.Entry([]byte(text))
		var before any
		if json.Unmarshal([]byte(text), &before) != nil {
			return // it is no entry: anything that panics not is right
		}
		if shown == nil {
			return
		}
		var after any
		if err := json.Unmarshal(shown, &after); err != nil {
			t.Fatalf("%s\nbecame %s: %v", text, shown, err)
		}
		if !reflect.DeepEqual(after, without(before, 0)) {
			t.Errorf("%s\nbecame %s", text, shown)
		}
	})
}

// without is what is to be left of a value, the slow way.
func without(v any, depth int) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, x := range v {
			switch {
			case name == "value" || name == "unit_cost" || name == "total_cost" || name == "average_cost" || depth == 0 && name == "hash":
			case depth == 0 && name == "exceptions":
				out[name] = []any{}
			default:
				out[name] = without(x, depth+1)
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = without(v[i], depth+1)
		}
		return v
	}
	return v
}

func BenchmarkFloor(b *testing.B) {
	l := lens.Of(access.Principal{Role: access.Floor, Device: "H-9"})
	entry := []byte(transfer)
	b.SetBytes(int64(len(entry)))
	for b.Loop() {
		if l.Entry(entry) == nil {
			b.Fatal("nothing is shown")
		}
	}
}

// A token that reads without see.money: what a difference is worth is in no sentence,
// and a push that was kept as it came shows no costs; other scans stay.
func TestNoMoneyInWords(t *testing.T) {
	read, err := access.ParseScope([]string{"read"})
	if err != nil {
		t.Fatal(err)
	}
	entry := func(raw string) []byte {
		message := ledger.WithWorth("H-1 counted 3 of BOLT at main/A at 09:00, 2 less than the books had", "1679012.31")
		return []byte(`{"n":7,"kind":"intent","booked_at":"2026-03-02T09:15:30Z","t_eff":"2026-03-02T09:14:31Z","intent":{"device":"H-1","install":"i","seq":1,"raw":` + raw + `},"outcome":"applied","moves":[],"alerts":[],"exceptions":[{"id":"x","kind":"count_difference","severity":"warning","message":` + strconv.Quote(message) + `}],"hash":"00"}`)
	}
	for name, who := range map[string]access.Principal{
		"everywhere": {Role: access.Supervisor, Scope: read, Kind: access.Token, Name: "u-1"},
		"at a site":  {Role: access.Supervisor, Scope: read, Kind: access.Token, Name: "u-1", Grants: at("main", "supervisor")},
	} {
		l := lens.Of(who)
		for _, raw := range []string{`"{\"unit_cost\":\"2.50\"}"`, `" {\"unit_cost\":\"2.50\"}"`, `"\u007b\"unit_cost\":\"2.50\"}"`} {
			if shown := string(l.Entry(entry(raw))); shown == "" || strings.Contains(shown, "1679012") || strings.Contains(shown, "2.50") || !strings.Contains(shown, "than the books had. Approve it") || !json.Valid([]byte(shown)) {
				t.Errorf("%s: %s", name, shown)
			}
		}
		if shown := string(l.Entry(entry(`"9506000134352"`))); !strings.Contains(shown, `"raw":"9506000134352"`) {
			t.Errorf("%s: %s", name, shown)
		}
	}
	whole := lens.Of(access.Principal{Role: access.Supervisor})
	if shown := string(whole.Entry(entry(`"{\"unit_cost\":\"2.50\"}"`))); !strings.Contains(shown, "1679012.31") || !strings.Contains(shown, "2.50") {
		t.Error(shown)
	}
}

package rest_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
)

type balance struct {
	Site, Location, Product, Lot, Serial, Package, Status, Quantity, Value string
	ChangedAt                                                              string `json:"changed_at"`
	AverageCost                                                            string `json:"average_cost"`
	N                                                                      uint64
}

func (b balance) String() string {
	return strings.Join([]string{b.Site, b.Location, b.Product, b.Lot, b.Status, b.Quantity}, " ")
}

func (w *world) balances(query string) (rows []balance, head uint64) {
	w.t.Helper()
	var out struct {
		Rows  []balance
		Head  uint64
		Epoch string
	}
	a := w.ok("GET", "/v1/balances"+query, "")
	a.json(w.t, &out)
	if out.Rows == nil || out.Epoch != "e1" {
		w.t.Errorf("%s: %s", query, a.body)
	}
	return out.Rows, out.Head
}

// unvalued are rows without what they are worth, which reports of the past leave
// out.
func unvalued(rows []balance) []balance {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Value, out[i].AverageCost = "", ""
	}
	return out
}

// A cell is worth its part of its pool; all of them together what the pool is.
func TestBalanceValues(t *testing.T) {
	for pools, want := range map[string][]string{
		"company": {" customer BOLT  available 2 = 2.67 at 1.335", " supplier BOLT  available -3 = -4.01 at 1.336", " supplier BOLT L1 available -1 = -1.33 at 1.336", " supplier BOLT L2 available -1 = -1.34 at 1.336", "main A BOLT L1 available 1 = 1.34 at 1.336667",
			"main A BOLT L2 available 1 = 1.33 at 1.336667", "north stock BOLT  available 1 = 1.34 at 1.336667"},
		"site": {" customer BOLT  available 2 = 2.67 at 1.335", " supplier BOLT  available -3 = -4.01 at 1.336", " supplier BOLT L1 available -1 = -1.33 at 1.336", " supplier BOLT L2 available -1 = -1.34 at 1.336", "main A BOLT L1 available 1 = 1.34 at 1.335",
			"main A BOLT L2 available 1 = 1.33 at 1.335", "north stock BOLT  available 1 = 1.34 at 1.34"},
	} {
		t.Run(pools, func(t *testing.T) {
			w := newWorld(t)
			w.goods()
			w.ok("PUT", "/v1/sites/north", `{}`)
			w.ok("PUT", "/v1/settings/book", `{"pools":"`+pools+`"}`)
			w.post(access.Admin, strings.Join([]string{
				w.intent(1, `"action":"add","product":"BOLT","lines":[{"quantity":"3","total_cost":"4.00"},{"quantity":"1","lot":"L1","to":"A"},{"quantity":"1","lot":"L2","to":"A"}],"unit_cost":"1.335"`),
				w.intent(2, `"action":"remove","product":"BOLT","quantity":"2"`),
				w.intent(3, `"action":"move","product":"BOLT","quantity":"1","from":"stock","to":"north/stock"`),
			}, "\n"))
			rows, _ := w.balances("?all=true")
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprint(r, " = ", r.Value, " at ", r.AverageCost))
			}
			if !slices.Equal(got, want) {
				t.Errorf("the report says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			then, _ := w.balances("?all=true&at=" + w.now().Format(time.RFC3339Nano))
			for i := range then { // who changed it, and when, is told otherwise
				then[i].N, then[i].ChangedAt = rows[i].N, rows[i].ChangedAt
			}
			if !slices.Equal(then, rows) {
				t.Errorf("as known now: %+v\nwant %+v", then, rows)
			}
			if part, _ := w.balances("?location=A"); len(part) != 2 || part[1] != rows[5] {
				t.Errorf("of one place: %+v", part)
			}
			var floor struct{ Rows []balance }
			w.as(access.Floor, "GET", "/v1/balances?all=true", "").json(t, &floor)
			if !slices.Equal(floor.Rows, unvalued(rows)) {
				t.Errorf("on the floor: %+v", floor.Rows)
			}
			w.fails(w.as(access.Admin, "PUT", "/v1/settings/book", `{"pools":"`+map[string]string{"site": "company", "company": "site"}[pools]+`"}`), 422, "bad_field")
		})
	}
}

func shown(rows []balance) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.String())
	}
	return out
}

func TestBalances(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"10.50"`),
		w.intent(2, `"action":"move","product":"BOLT","quantity":"3","from":"stock","to":"A-01"`),
		w.intent(3, `"action":"add","product":"NUT","quantity":"7","lot":"L2","to":"A"`),
		w.intent(4, `"action":"add","product":"NUT","quantity":"1","lot":"L1","to":"A"`),
		w.intent(5, `"action":"isolate","product":"NUT","quantity":"2","lot":"L2","from":"A","to":"A","reason":"wet"`),
		w.intent(6, `"action":"add","product":"BOLT","quantity":"4","site":"north"`),
		w.intent(7, `"action":"remove","product":"BOLT","quantity":"5","site":"north"`),
	}, "\n"))
	for query, want := range map[string][]string{
		"": {"main A NUT L1 available 1", "main A NUT L2 available 5", "main A NUT L2 held 2", "main A-01 BOLT  available 3",
			"main stock BOLT  available 7.5", "north stock BOLT  available -1"},
		"?site=north":                {"north stock BOLT  available -1"},
		"?product=NUT&lot=L2":        {"main A NUT L2 available 5", "main A NUT L2 held 2"},
		"?location=A&product=BOLT":   {"main A-01 BOLT  available 3"},
		"?location=A-01":             {"main A-01 BOLT  available 3"},
		"?location=north%2Fstock":    {"north stock BOLT  available -1"},
		"?site=north&location=stock": {"north stock BOLT  available -1"},
		"?location=customer":         {" customer BOLT  available 5"},
		"?location=scrap":            {},
		"?all=true&product=BOLT": {" customer BOLT  available 5", " supplier BOLT  available -14.5", "main A-01 BOLT  available 3",
			"main stock BOLT  available 7.5", "north stock BOLT  available -1"},
	} {
		rows, head := w.balances(query)
		if got := shown(rows); !slices.Equal(got, want) || head != w.head() {
			t.Errorf("%s at %d:\n%s\nwant\n%s", query, head, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		past, _ := w.balances(query + strings.Replace("&entry="+fmt.Sprint(w.head()), "&", map[bool]string{true: "?", false: "&"}[query == ""], 1))
		if !slices.Equal(past, unvalued(rows)) {
			t.Errorf("%s as booked at the head: %v", query, past)
		}
	}
	rows, _ := w.balances("?location=A-01")
	if r := rows[0]; !strings.HasPrefix(r.ChangedAt, "2026-03-02T12:00:00") || r.N == 0 || r.Value != "0" || r.AverageCost != "0" {
		t.Errorf("%+v", r)
	}
}

func TestBalancesOfThePast(t *testing.T) {
	w := newWorldRing(t, 1)
	w.goods()
	at := func(minute int) string { return noon.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339) }
	add := func(seq, minute int, quantity string) {
		w.post(access.Admin, w.intent(seq, fmt.Sprintf(`"action":"add","product":"BOLT","quantity":%q,"to":"stock","at":%q`, quantity, at(minute))))
	}
	w.pass(time.Hour)
	add(1, 10, "1")
	add(2, 30, "10")
	early := w.head()
	w.pass(time.Hour)
	add(3, 20, "100") // late: it happened before seq 2
	for query, want := range map[string]string{
		"?at=" + at(5):                  "",
		"?at=" + at(10):                 "main stock BOLT  available 1",
		"?at=" + at(20):                 "main stock BOLT  available 101",
		"?at=" + at(29):                 "main stock BOLT  available 101",
		"?at=" + at(30):                 "main stock BOLT  available 111",
		fmt.Sprintf("?entry=%d", early): "main stock BOLT  available 11",
		fmt.Sprintf("?entry=%d&at=%s", early, at(25)): "main stock BOLT  available 1",
		"?entry=1": "",
		"?at=" + url.QueryEscape("2026-03-02T13:30:00+01:00"): "main stock BOLT  available 111",
	} {
		rows, _ := w.balances(query)
		if got := strings.Join(shown(rows), "\n"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	rows, _ := w.balances("?at=" + at(20))
	if rows[0].ChangedAt != at(20) { // when its quantity last changed, as known now
		t.Errorf("changed_at is %s", rows[0].ChangedAt)
	}
}

// What lay somewhere at a moment is told by all that is known now: a count that
// came first does not hide what happened before it, nor an undo what it undid.
func TestThePastIsFoldedAgain(t *testing.T) {
	w := newWorld(t)
	w.goods()
	start := w.now()
	at := func(minute int) string {
		return start.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)
	}
	send := func(seq, minute int, fields string) {
		t.Helper()
		w.post(access.Admin, w.intent(seq, fields+fmt.Sprintf(`,"at":%q`, at(minute))))
	}
	w.pass(time.Hour)
	send(1, 10, `"action":"add","product":"BOLT","quantity":"10","to":"stock"`)
	send(2, 30, `"action":"count","product":"BOLT","quantity":"7","from":"stock"`)
	send(3, 20, `"action":"remove","product":"BOLT","quantity":"3","from":"stock"`) // absorbed
	send(4, 12, `"action":"add","product":"BOLT","quantity":"1000","to":"stock"`)
	send(5, 50, `"action":"undo","reference":"4"`)
	for minute, want := range map[int]string{11: "10", 15: "10", 20: "7", 30: "7", 55: "7"} {
		if rows, _ := w.balances("?at=" + at(minute)); len(rows) != 1 || rows[0].Quantity != want {
			t.Errorf("minute %d: %v, want %s", minute, rows, want)
		}
	}
}

// Closed books do not change: what comes later of before is dated at their end
// (rule 12).
func TestClosedBooksStayAsTheyWere(t *testing.T) {
	w := newWorld(t)
	w.goods()
	start := w.now()
	at := func(minute int) string {
		return start.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)
	}
	send := func(seq, minute int, fields string) outcome {
		t.Helper()
		return w.post(access.Admin, w.intent(seq, fields+fmt.Sprintf(`,"at":%q`, at(minute)))).Outcomes[0]
	}
	lies := func(minute int) string {
		rows, _ := w.balances("?at=" + at(minute))
		if len(rows) == 0 {
			return "nothing"
		}
		return rows[0].Quantity
	}
	w.pass(time.Hour)
	send(1, 10, `"action":"add","product":"BOLT","quantity":"10","to":"stock"`)
	send(2, 20, `"action":"add","product":"NONE-SUCH","quantity":"500","to":"stock"`) // parked
	if o := send(3, 40, fmt.Sprintf(`"action":"close","through":%q`, at(30))); o.Outcome != "applied" {
		t.Fatalf("closing: %+v", o)
	}
	late := send(4, 15, `"action":"remove","product":"BOLT","quantity":"4","from":"stock"`)
	if late.Outcome != "exception" || !strings.Contains(late.Message, "closed through") {
		t.Errorf("a late scan of before: %+v", late)
	}
	send(5, 45, `"action":"map","raw":"NONE-SUCH","product":"BOLT"`)
	send(6, 46, `"action":"undo","reference":"1"`)
	send(7, 50, `"action":"add","product":"BOLT","quantity":"1","to":"stock"`)
	for minute, want := range map[int]string{12: "10", 16: "10", 25: "10", 30: "10", 31: "496", 50: "497"} {
		if got := lies(minute); got != want {
			t.Errorf("minute %d: %s, want %s", minute, got, want)
		}
	}
	for from, want := range map[int]int{0: 1, 30: 4} { // transactions of the closed time, and of what is dated at its end or later
		to := "&to=" + at(29)
		if from > 0 {
			to = ""
		}
		var rows []struct{ N int }
		w.as(access.Admin, "GET", "/v1/transactions?product=BOLT&from="+at(from)+to, "").json(t, &rows)
		if len(rows) != want {
			t.Errorf("from minute %d: %d moves, want %d: %v", from, len(rows), want, rows)
		}
	}
	seq := 7
	for fields, code := range map[string]string{
		fmt.Sprintf(`"action":"close","through":%q`, at(20)):  "bad_time",
		fmt.Sprintf(`"action":"close","through":%q`, at(600)): "bad_time",
		`"action":"close"`:                "bad_field",
		`"action":"undo","reference":"3"`: "not_allowed",
	} {
		seq++
		if o := send(seq, 55, fields); o.Outcome != "parked" || o.Code != code {
			t.Errorf("%s: %+v, want parked as %s", fields, o, code)
		}
	}
}

// The fold of all entries equals the balances that the book keeps.
func TestFoldEqualsTheBook(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	w := newWorldRing(t, 1<<12)
	w.goods()
	places := []string{"stock", "A", "A-01", "incoming", "quarantine", "supplier", "customer", "scrap"}
	actions := []string{"add", "remove", "move", "count", "scrap", "isolate", "release"}
	for round := range 6 {
		var b strings.Builder
		for i := range 300 {
			fmt.Fprintf(&b, `{"device":"R","seq":%d,"action":%q,"product":%q,"quantity":"%d.%d","from":%q,"to":%q,"lot":%q,"reason":"x"}`+"\n", round*300+i+1,
				actions[r.IntN(len(actions))], []string{"BOLT", "NUT", "GHOST"}[r.IntN(3)], r.IntN(50), r.IntN(10),
				places[r.IntN(len(places))], places[r.IntN(len(places))], []string{"", "L1", "L2"}[r.IntN(3)])
		}
		w.post(access.Admin, b.String())
	}
	now, _ := w.balances("?all=true")
	folded, _ := w.balances(fmt.Sprintf("?all=true&entry=%d", w.head()))
	if len(now) < 20 || !slices.Equal(unvalued(now), folded) {
		t.Errorf("%d rows are kept, %d folded:\n%s\n%s", len(now), len(folded), strings.Join(shown(now), "\n"), strings.Join(shown(folded), "\n"))
	}
}

func TestReportsRefuse(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/v1/balances?at=yesterday":          "422 bad_time",
		"/v1/balances?entry=x":               "422 bad_field",
		"/v1/balances?entry=999":             "404 not_found",
		"/v1/balances?site=moon":             "404 not_found",
		"/v1/balances?product=GHOST":         "404 not_found",
		"/v1/balances?location=nowhere":      "404 not_found",
		"/v1/balances?product=GHOST&entry=1": "404 not_found",
		"/v1/balances?all=perhaps":           "422 bad_field",
		"/v1/balances?colour=red":            "422 unknown_field",
		"/v1/transactions?from=1":            "422 bad_time",
		"/v1/transactions?to=x":              "422 bad_time",
		"/v1/transactions?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": "422 bad_field",
		"/v1/alerts?x=1": "422 unknown_field",
	} {
		a := w.as(access.Admin, "GET", path, "")
		var status int
		var code string
		fmt.Sscanf(want, "%d %s", &status, &code)
		w.fails(a, status, code)
	}
}

func TestTransactions(t *testing.T) {
	w := newWorldRing(t, 1)
	w.goods()
	w.pass(time.Hour)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-1","seq":1,"action":"add","product":"BOLT","quantity":"5","operator":"ann","reference":"PO-1","at":"2026-03-02T12:10:00Z"}`,
		`{"device":"H-2","seq":1,"action":"remove","product":"BOLT","quantity":"2","operator":"bob","reference":"SO-1","at":"2026-03-02T12:20:00Z"}`,
		`{"device":"H-2","seq":2,"action":"move","lines":[{"product":"BOLT","quantity":"1"},{"product":"NUT","quantity":"1","lot":"L1"}],"from":"stock","to":"A-01","operator":"bob","at":"2026-03-02T12:30:00Z","reason":"tidy"}`,
		`{"device":"H-2","seq":3,"action":"remove","product":"GHOST","operator":"bob"}`,
	}, "\n"))
	type row struct {
		N                                                                             uint64
		Device, Operator, Action, Reference, Product, Lot, Serial, From, To, Quantity string
		Outcome, Reason, Kind                                                         string
		BookedAt                                                                      string `json:"booked_at"`
		TEff                                                                          string `json:"t_eff"`
	}
	get := func(query string) (rows []row) {
		t.Helper()
		w.ok("GET", "/v1/transactions"+query, "").json(t, &rows)
		if rows == nil {
			t.Errorf("%s: null", query)
		}
		return rows
	}
	for query, want := range map[string]int{
		"": 4, "?product=BOLT": 3, "?product=NUT": 1, "?person=ann": 1, "?person=bob": 3, "?device=H-2": 3, "?reference=PO-1": 1, "?location=A-01": 2,
		"?location=main/stock": 4, "?location=customer": 1, "?site=main": 4, "?site=north": 0, "?from=2026-03-02T12:15:00Z": 3, "?to=2026-03-02T12:15:00Z": 1,
		"?from=2026-03-02T12:20:00Z&to=2026-03-02T12:20:00Z": 1, "?from=2026-03-02T13:20:00Z": 0, "?product=BOLT&person=bob&location=A-01": 1,
	} {
		if got := get(query); len(got) != want {
			t.Errorf("%s: %d rows, want %d: %+v", query, len(got), want, got)
		}
	}
	got := get("?product=NUT")[0]
	want := row{N: w.head() - 1, Device: "H-2", Operator: "bob", Action: "move", Product: "NUT", Lot: "L1", From: "main/stock", To: "main/A-01", Quantity: "1",
		Outcome: "applied", Reason: "tidy", Kind: "intent", BookedAt: "2026-03-02T13:00:00Z", TEff: "2026-03-02T12:30:00Z"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAlertsAndConstraints(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/constraints/BOLT", `{"min":"5","max":"20"}`)
	w.ok("PUT", "/v1/constraints/BOLT?location=A", `{"min":"1"}`)
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"30","to":"stock"`)+"\n"+w.intent(2, `"action":"remove","product":"NUT","lot":"L","quantity":"3"`))
	var alerts struct {
		Rows []struct {
			ID, Kind, State, Product, Site, Location, Quantity, Limit, Message, Since string
			N                                                                         uint64
		}
	}
	w.ok("GET", "/v1/alerts", "").json(t, &alerts)
	kinds := ""
	for _, a := range alerts.Rows {
		kinds += a.Kind + ":" + a.Product + ":" + a.Location + " "
		if a.N == 0 || !strings.HasPrefix(a.Since, "2026-03-02T12:00:00") || a.Message == "" || a.State != "raised" {
			t.Errorf("%+v", a)
		}
	}
	if kinds != "low:BOLT:A out:BOLT:A over:BOLT: negative:NUT:stock " {
		t.Errorf("alerts: %s", kinds)
	}
	for query, want := range map[string]int{"?kind=over": 1, "?product=BOLT": 3, "?location=A": 2, "?site=north": 0, "?site=main": 4} {
		w.ok("GET", "/v1/alerts"+query, "").json(t, &alerts)
		if len(alerts.Rows) != want {
			t.Errorf("%s: %d alerts, want %d", query, len(alerts.Rows), want)
		}
	}
	var constraints struct {
		Rows []struct {
			Product, Site, Location, Min, Max, Available string
			OnHand                                       string `json:"on_hand"`
		}
		Next string
	}
	w.ok("GET", "/v1/constraints?product=BOLT&limit=1", "").json(t, &constraints)
	if c := constraints.Rows; len(c) != 1 || c[0].Location != "" || c[0].Min != "5" || c[0].Max != "20" || c[0].OnHand != "30" || constraints.Next == "" {
		t.Fatalf("%+v", constraints)
	}
	w.ok("GET", "/v1/constraints?product=BOLT&after="+constraints.Next, "").json(t, &constraints)
	if c := constraints.Rows; len(c) != 1 || c[0].Location != "A" || c[0].OnHand != "0" {
		t.Fatalf("%+v", constraints)
	}
}

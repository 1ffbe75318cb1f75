package rest_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/sheet"
	"bayledger/server/tables"
)

// Each report comes in each format, by parameter and by Accept, with as many rows as its
// JSON has, and shows nobody money who does not see it there.
func TestReportsInEachFormat(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	for _, k := range tables.Kinds() {
		path := k.Path
		switch k.Name {
		case "asset":
			path += "PRESS-7"
		case "trace":
			path += "?reference=SO-1"
		case "tainted":
			path += "?product=OIL&lot=L1"
		}
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		a := w.ok("GET", path+join+"format=csv", "")
		lines, err := csv.NewReader(strings.NewReader(a.text())).ReadAll()
		if err != nil || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) == 0 || !slices.Equal(lines[0], k.All()) {
			t.Errorf("%s: %v\n%s", path, err, a.body)
			continue
		}
		if byAccept := w.do("GET", path, w.keys[access.Admin], "", "Accept", "text/csv"); byAccept.text() != a.text() {
			t.Errorf("%s by Accept:\n%s\nwant\n%s", path, byAccept.body, a.body)
		}
		rows, fault := sheet.Read(w.ok("GET", path+join+"format=xlsx", "").body)
		if fault != nil || len(rows) != len(lines)-1 {
			t.Errorf("%s: XLSX has %d rows, CSV %d: %v", path, len(rows), len(lines)-1, fault)
		}
		if text := w.ok("GET", path+join+"format=table", "").text(); strings.Count(text, "\n") != len(lines) || !strings.HasPrefix(text, strings.ToUpper(lines[0][0])) {
			t.Errorf("%s as a table:\n%s\nwant %d lines", path, text, len(lines))
		}
		if whole := w.ok("GET", path+join+"format=json", ""); whole.text() != w.ok("GET", path, "").text() {
			t.Errorf("%s: JSON by name is another", path)
		}
	}
}

func TestFormatsKeepRightsAndFaults(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	w.fails(w.as(access.Floor, "GET", "/v1/valuation?format=csv", ""), http.StatusForbidden, "not_allowed")
	w.fails(w.do("GET", "/v1/valuation?format=csv", "", ""), http.StatusUnauthorized, "bad_key")
	w.fails(w.as(access.Admin, "GET", "/v1/valuation?format=pdf", ""), http.StatusUnprocessableEntity, "bad_field")
	w.fails(w.as(access.Admin, "GET", "/v1/valuation?format=csv&product=NONE", ""), http.StatusNotFound, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/valuation?format=csv&colour=red", ""), http.StatusUnprocessableEntity, "unknown_field")
	value := func(role access.Role) string {
		lines, err := csv.NewReader(strings.NewReader(w.as(role, "GET", "/v1/balances?product=OIL&format=csv", "").text())).ReadAll()
		if err != nil || len(lines) != 2 && len(lines) != 3 {
			t.Fatal(lines, err)
		}
		return lines[1][slices.Index(lines[0], "value")]
	}
	if seen, hidden := value(access.Supervisor), value(access.Floor); seen == "" || hidden != "" {
		t.Errorf("a supervisor sees the value %q, floor %q", seen, hidden)
	}
}

// Of the journal and of moves somebody may ask as of a moment, over a span, and as booked
// at an entry. Late, the count of the third at ten came last.
func TestSpansOfTheJournal(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	late := w.head() // the correction of what the late count changed; before it, the count
	for query, want := range map[string]string{
		"":                           "add add remove add scrap add remove move count",
		"?from=2026-03-04T08:00:00Z": "remove scrap add remove move",
		"?to=2026-03-03T10:00:00Z":   "add add add count",
		"?at=2026-03-03T10:00:00Z":   "add add add count",
		"?from=2026-03-03T09:00:00Z&to=2026-03-04T08:00:00Z": "add remove scrap count",
		"?to=2026-03-04T12:00:00Z&at=2026-03-03T08:30:00Z":   "add add",
		fmt.Sprint("?entry=", late-2):                        "add add remove add scrap add remove move",
		"?person=nobody":                                     "",
		"?device=H-2":                                        "move count",
		"?reference=SO-1":                                    "remove",
		"?product=OIL&to=2026-03-04T12:00:00Z":               "add add remove count",
		"?location=A-01":                                     "add count",
	} {
		var moves, entries []string
		for _, line := range w.table(access.Admin, "/v1/transactions"+query, "n", "action") {
			if n, action, _ := strings.Cut(line, " "); action != "-" && !slices.Contains(moves, n+" "+action) { // an entry may move several times; a correction is nobody's
				moves = append(moves, n+" "+action)
			}
		}
		for _, e := range w.activity("?kind=intent" + strings.Replace(query, "?", "&", 1)).Entries {
			entries = append(entries, fmt.Sprint(e.N))
		}
		var actions, numbers []string
		for _, m := range moves {
			n, action, _ := strings.Cut(m, " ")
			actions, numbers = append(actions, action), append(numbers, n)
		}
		if got := strings.Join(actions, " "); got != want {
			t.Errorf("transactions%s: %s, want %s", query, got, want)
		}
		if !slices.Equal(entries, numbers) {
			t.Errorf("activity%s has entries %v, transactions %v", query, entries, numbers)
		}
	}
	w.fails(w.as(access.Admin, "GET", "/v1/activity?from=2026-03-04T08:00:00Z&to=2026-03-03T08:00:00Z", ""), http.StatusUnprocessableEntity, "bad_field")
	w.fails(w.as(access.Admin, "GET", "/v1/activity?at=soon", ""), http.StatusUnprocessableEntity, "bad_time")
	w.fails(w.as(access.Admin, "GET", "/v1/transactions?entry=99999", ""), http.StatusNotFound, "not_found")
}

package rest_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
)

type exception struct {
	ID, Kind, Severity, State, Site, Location, Product, Device, Operator, Message, Evidence, Choice string
	Entry, N                                                                                        uint64
	DecidedBy                                                                                       string `json:"decided_by"`
}

func (w *world) exceptions(query string) (ids []string, rows []exception, next string) {
	w.t.Helper()
	var out struct {
		Rows []exception
		Next string
		Head uint64
	}
	a := w.ok("GET", "/v1/exceptions"+query, "")
	a.json(w.t, &out)
	if out.Rows == nil || out.Head != w.head() {
		w.t.Errorf("%s: %s", query, a.body)
	}
	for _, r := range out.Rows {
		ids = append(ids, r.ID)
	}
	return ids, out.Rows, out.Next
}

func TestExceptions(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/main", `{"negative":"refuse","approve_quantity":"2"}`)
	w.pass(time.Hour)
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"remove","product":"BOLT","quantity":"3","from":"A-01","at":"2026-03-02T12:10:00Z","operator":"ann"`),
		w.intent(2, `"action":"isolate","product":"NUT","lot":"L1","at":"2026-03-02T12:05:00Z"`),
		w.intent(3, `"action":"remove","product":"NUT","lot":"L1","quantity":"1","at":"2026-03-02T12:20:00Z"`),
		w.intent(4, `"action":"count","product":"BOLT","quantity":"9","from":"A-01","at":"2026-03-02T12:30:00Z"`),
	}, "\n"))
	ids, rows, _ := w.exceptions("")
	want := []string{"held_taken/H-1/-/3", "short/H-1/-/1", "short/H-1/-/3", "count_difference/H-1/-/4", "no_reason/H-1/-/2"}
	if !slices.Equal(ids, want) {
		t.Fatalf("%q, want %q", ids, want)
	}
	for query, want := range map[string][]string{
		"?kind=short&product=BOLT": {want[1]}, "?severity=critical": {want[0]}, "?location=A": {want[1], want[3]}, "?site=main&location=A-01&kind=short": {want[1]},
		"?state=decided": {}, "?state=taken": {}, "?state=all": want, "?product=NUT&severity=info": {want[4]},
	} {
		if got, _, _ := w.exceptions(query); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	var paged []string
	for after := ""; ; {
		page, _, next := w.exceptions("?limit=2&after=" + url.QueryEscape(after))
		if paged = append(paged, page...); next == "" {
			break
		}
		after = next
	}
	if !slices.Equal(paged, want) {
		t.Errorf("by pages: %q", paged)
	}
	if rows[1].Message != "3 of BOLT taken from main/A-01 by H-1 at 12:10 were not on the books there; count the shelf." || rows[1].Operator != "ann" || rows[1].Location != "A-01" {
		t.Errorf("%+v", rows[1])
	}

	w.post(access.Admin, w.intent(5, `"action":"decide","exception":"`+want[1]+`","choice":"recount","evidence":"`+rows[1].Evidence+`","operator":"eva","at":"2026-03-02T12:40:00Z"`))
	if got, _, _ := w.exceptions("?state=decided"); !slices.Equal(got, want[1:2]) {
		t.Errorf("decided: %q", got)
	}
	var detail struct {
		Exception exception
		Choices   []string
		Decisions []struct {
			Entry      uint64
			Choice, By string
			Undone     bool
		}
		Entries []struct {
			N    uint64
			Kind string
		}
	}
	w.ok("GET", "/v1/exceptions/"+url.PathEscape(want[1]), "").json(t, &detail)
	if detail.Exception.State != "decided" || detail.Exception.DecidedBy != "eva" || len(detail.Decisions) != 1 || detail.Decisions[0].Choice != "recount" || detail.Decisions[0].By != "eva" ||
		!slices.Contains(detail.Choices, "accept") || len(detail.Entries) != 2 || detail.Entries[0].N != detail.Exception.Entry || detail.Entries[1].Kind != "decision" {
		t.Errorf("%+v", detail)
	}

	w.fails(w.as(access.Admin, "GET", "/v1/exceptions/short%2Fnobody%2Fi%2F1", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/exceptions?after=short%2Fnobody%2Fi%2F1", ""), 410, "stale_cursor")
	w.fails(w.as(access.Admin, "GET", "/v1/exceptions?site=nowhere", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/exceptions?state=odd", ""), 422, "bad_field")
	w.fails(w.as(access.Floor, "GET", "/v1/exceptions", ""), 403, "not_allowed")
}

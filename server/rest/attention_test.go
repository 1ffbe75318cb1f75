package rest_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
)

type attentionRow struct{ Is, Severity, Kind, State, Since, Site, Product, Message, By, ID string }

// attention reads a page of what needs somebody, as is:kind.
func (w *world) attention(role access.Role, query string) (kinds []string, rows []attentionRow, next string) {
	w.t.Helper()
	var out struct {
		Rows []attentionRow
		Next string
	}
	a := w.as(role, "GET", "/v1/attention"+query, "")
	if a.status != 200 {
		w.t.Fatalf("%s: %d %s", query, a.status, a.body)
	}
	a.json(w.t, &out)
	for _, r := range out.Rows {
		kinds = append(kinds, r.Is+":"+r.Kind)
	}
	return kinds, out.Rows, out.Next
}

// What needs somebody is one list: what nobody looks after first, of that the gravest; a
// page holds some of it; and who may not read exceptions is shown the alerts.
func TestAttention(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/constraints/BOLT", `{"min":"5","max":"20"}`)
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"30","to":"stock"`),
		w.intent(2, `"action":"remove","product":"NUT","lot":"L","quantity":"3"`),
		w.intent(3, `"action":"isolate","product":"BOLT","quantity":"1"`),
	}, "\n"))
	all, rows, _ := w.attention(access.Admin, "")
	want := []string{"alert:negative", "alert:over", "exception:no_reason"}
	if !slices.Equal(all, want) {
		t.Fatalf("%q, want %q", all, want)
	}
	for _, r := range rows {
		if r.Site != "main" || r.Product == "" || r.Message == "" || r.Since == "" || r.By != "" {
			t.Errorf("%+v", r)
		}
	}
	for query, want := range map[string][]string{
		"?show=alerts": want[:2], "?show=exceptions": want[2:], "?site=north": nil, "?site=main": want, "?mine=true": nil,
	} {
		if got, _, _ := w.attention(access.Admin, query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if got, _, _ := w.attention(access.Floor, ""); !slices.Equal(got, want[:2]) {
		t.Errorf("the floor is shown %q", got)
	}
	var paged []string
	for after := ""; ; {
		page, _, next := w.attention(access.Admin, "?limit=1&after="+url.QueryEscape(after))
		if paged = append(paged, page...); next == "" {
			break
		}
		after = next
	}
	if !slices.Equal(paged, want) {
		t.Errorf("by pages: %q", paged)
	}
	for _, after := range []string{"alert/gone", "1", "1/x/alert/y", "x/1/alert/y"} {
		w.fails(w.as(access.Admin, "GET", "/v1/attention?after="+url.QueryEscape(after), ""), 422, "bad_field")
	}

	// Who looks after one finds it among theirs, and last of all. Whoever has read it as the
	// last of a page is shown what came behind it all the same.
	_, _, next := w.attention(access.Admin, "?limit=1")
	w.ok("POST", "/v1/alerts/"+url.PathEscape(rows[0].ID)+"/acknowledge", "")
	if got, _, _ := w.attention(access.Admin, "?after="+url.QueryEscape(next)); !slices.Equal(got, []string{want[1], want[2], want[0]}) {
		t.Errorf("behind the page before: %q", got)
	}
	if got, mine, _ := w.attention(access.Admin, "?mine=true"); !slices.Equal(got, want[:1]) || mine[0].State != "acknowledged" || mine[0].By == "" {
		t.Errorf("mine: %+v", mine)
	}
	if got, _, _ := w.attention(access.Supervisor, "?mine=true"); len(got) != 0 {
		t.Errorf("another's: %q", got)
	}
	if got, _, _ := w.attention(access.Admin, ""); !slices.Equal(got, []string{want[1], want[2], want[0]}) {
		t.Errorf("behind it: %q", got)
	}

	// Whoever waits on the floor comes first, as on the page.
	w.post(access.Admin, w.intent(4, `"action":"ask","reference":"3"`))
	if got, _, next := w.attention(access.Admin, "?limit=1"); !slices.Equal(got, []string{"exception:asked"}) {
		t.Errorf("asked for: %q", got)
	} else if got, _, _ := w.attention(access.Admin, "?after="+url.QueryEscape(next)); !slices.Equal(got, []string{want[1], want[2], want[0]}) {
		t.Errorf("behind what was asked for: %q", got)
	}

	csv := w.ok("GET", "/v1/attention?format=csv", "").text()
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[0], "is,severity,kind,state,since,site") || !strings.HasPrefix(lines[1], "exception,warning,asked,") || !strings.HasPrefix(lines[2], "alert,warning,over,") || !strings.HasPrefix(lines[4], "alert,critical,negative,") {
		t.Errorf("%s", csv)
	}
}

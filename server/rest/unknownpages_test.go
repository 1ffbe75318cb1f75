package rest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
)

// Pages of what nobody could read hold every code and every scan once, in the order of
// the whole list, whatever the codes are made of.
func TestUnknownInPages(t *testing.T) {
	w := newWorld(t)
	w.goods()
	var lines []string
	seq := 0
	for i, raw := range []string{"900001", "900002", `odd, \"code\"`, "900004", "900005"} {
		for range 1 + i%3 {
			seq++
			lines = append(lines, w.intent(seq, fmt.Sprintf(`"action":"add","scan":"%s"`, raw)))
		}
	}
	w.post(access.Admin, strings.Join(lines, "\n"))
	type page struct {
		Rows []struct {
			Kind, Raw, Site string
			Scans           int
			Seq             uint64
		}
		Next  string
		Count int
	}
	walk := func(path, limit string) (all page) {
		t.Helper()
		after := ""
		for range 100 {
			var p page
			w.ok("GET", path+"limit="+limit+"&after="+url.QueryEscape(after), "").json(t, &p)
			all.Rows, all.Count = append(all.Rows, p.Rows...), p.Count
			if after = p.Next; after == "" {
				return all
			}
		}
		t.Fatal("the pages do not end")
		return all
	}
	whole := walk("/v1/unknown?", "1000")
	if len(whole.Rows) != 5 || whole.Count != 5 {
		t.Fatalf("%+v", whole)
	}
	for _, limit := range []string{"1", "2", "4", "5"} {
		if got := walk("/v1/unknown?", limit); !slices.Equal(got.Rows, whole.Rows) || got.Count != 5 {
			t.Errorf("by %s: %+v, and as a whole %+v", limit, got, whole)
		}
	}
	for _, code := range whole.Rows {
		path := "/v1/unknown/scans?kind=" + code.Kind + "&raw=" + url.QueryEscape(code.Raw) + "&"
		all := walk(path, "1000")
		if len(all.Rows) != code.Scans || all.Count != code.Scans {
			t.Errorf("%q: %+v", code.Raw, all)
		}
		if got := walk(path, "1"); !slices.Equal(got.Rows, all.Rows) || got.Count != all.Count {
			t.Errorf("%q one by one: %+v, and as a whole %+v", code.Raw, got, all)
		}
	}
	for _, after := range []string{"x", "!!", "bm90IG91cnM", "WyIxIl0", "WyJtYW55IiwicHJvZHVjdCIsIngiLCIiXQ"} {
		for _, path := range []string{"/v1/unknown?", "/v1/unknown/scans?kind=product&raw=900001&"} {
			w.fails(w.as(access.Admin, "GET", path+"after="+url.QueryEscape(after), ""), 422, "bad_field")
		}
	}
	if csv := w.ok("GET", "/v1/unknown?format=csv", "").text(); strings.Count(csv, "\n") != 6 {
		t.Errorf("the table has all pages: %s", csv)
	}
}

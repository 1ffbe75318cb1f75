package rest_test

import (
	"testing"

	"bayledger/server/access"
)

// A supervisor sees what closing a count complete would set to zero, before it is.
func TestCountSession(t *testing.T) {
	w := newWorld(t)
	w.goods()
	for i, fields := range []string{
		`"action":"add","product":"BOLT","quantity":"10","to":"A-01"`,
		`"action":"add","product":"NUT","quantity":"4","lot":"L1","to":"A-01"`,
		`"action":"session-open","session":"Q4","from":"A-01"`,
		`"action":"count","product":"BOLT","quantity":"9","session":"Q4","section":"left","from":"A-01"`,
	} {
		if o := w.post(access.Admin, w.intent(i+1, fields)).Outcomes[0]; o.Outcome != "applied" {
			t.Fatalf("%s: %+v", fields, o)
		}
	}
	var s struct {
		Session, Site, Location, Message string
		Opened, Closed                   *struct{ Entry int }
		Sections                         []struct {
			Section, Device string
			Lines           int
		}
		Counted int
		Unseen  []struct{ Product, Lot, Quantity string }
	}
	w.ok("GET", "/v1/sessions/Q4", "").json(t, &s)
	if s.Location != "A-01" || s.Site != "main" || s.Opened == nil || s.Closed != nil || s.Counted != 1 || s.Message == "" ||
		len(s.Sections) != 1 || s.Sections[0].Section != "left" || s.Sections[0].Lines != 1 ||
		len(s.Unseen) != 1 || s.Unseen[0].Product != "NUT" || s.Unseen[0].Lot != "L1" || s.Unseen[0].Quantity != "4" {
		t.Errorf("open: %+v", s)
	}
	w.post(access.Admin, w.intent(5, `"action":"session-close","session":"Q4","complete":true,"from":"A-01"`))
	s.Unseen = nil
	w.ok("GET", "/v1/sessions/Q4?location=A-01", "").json(t, &s)
	if s.Closed == nil || len(s.Unseen) != 0 {
		t.Errorf("closed: %+v", s)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/sessions/Q9", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/sessions/Q4?location=nowhere", ""), 404, "not_found")
	w.fails(w.as(access.Floor, "GET", "/v1/sessions/Q4", ""), 403, "not_allowed")
}

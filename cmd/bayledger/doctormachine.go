package main

import (
	"context"
	"fmt"
	"time"
)

// clock looks whether this machine's time can be right.
func (d *doctor) clock(ctx context.Context) {
	now := d.now()
	if newest := d.newest(ctx); now.Before(newest.Add(-time.Minute)) {
		d.fail("clock", "set it, and have it kept (chrony, systemd-timesyncd)", "it says %s, the newest entry was booked at %s", now.UTC().Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
		return
	}
	if kept, known := clockKept(); known && !kept {
		d.warn("clock", "have it kept (chrony, systemd-timesyncd): devices take their time from it", "%s, and nothing keeps it right", now.Format(time.RFC3339))
		return
	}
	zone, _ := now.Zone()
	d.ok("clock", "%s (%s); entries are in UTC", now.Format(time.RFC3339), zone)
}

// newest is when the newest entry was booked, where a server runs; else zero.
func (d *doctor) newest(ctx context.Context) time.Time {
	if d.running == nil {
		return time.Time{}
	}
	var page struct {
		Entries []struct {
			BookedAt time.Time `json:"booked_at"`
		}
		Head uint64
	}
	if d.running.get(ctx, "/v1/activity?limit=1", &page) != nil || page.Head == 0 {
		return time.Time{}
	}
	if d.running.get(ctx, fmt.Sprintf("/v1/activity?since=%d&limit=1", page.Head-1), &page) != nil || len(page.Entries) == 0 {
		return time.Time{}
	}
	return page.Entries[len(page.Entries)-1].BookedAt
}

// limits looks at how many files the server may open: the one that runs, else one that
// is started from here.
func (d *doctor) limits() {
	whose, most, known := "of this shell", uint64(0), false
	if v, ok := d.measures["process_max_fds"]; ok {
		whose, most, known = "of the server", uint64(v), true
	} else if d.running == nil {
		most, known = openFiles()
	}
	switch {
	case !known:
		d.ok("open files", "not known on this system")
	case most < fewFiles:
		d.warn("open files", "LimitNOFILE=65536 in the unit, or ulimit -n", "%d, %s: each connected device takes one", most, whose)
	default:
		d.ok("open files", "%d, %s", most, whose)
	}
}

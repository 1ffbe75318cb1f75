package rest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bayledger/labels/printer/fakeprinter"
	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/sync/wire"
)

// dock is a world that prints.
func dock(t *testing.T) (w *world, s *labels.Service, folder string) {
	t.Helper()
	w = newWorld(t)
	w.ok("PUT", "/v1/products/BOLT", `{"name":"Hex bolt M6 × 20"}`)
	w.ok("PUT", "/v1/barcodes/9506000134352", `{"product":"BOLT"}`)
	w.ok("PUT", "/v1/barcodes/2000000000015", `{"product":"BOLT","quantity":"12"}`)
	w.ok("PUT", "/v1/locations/A-01", `{"name":"Aisle A"}`)
	return w, w.labels, w.folder
}

func (w *world) printer(name, address string) {
	w.t.Helper()
	w.ok("PUT", "/v1/printers/"+name, fmt.Sprintf(`{"address":%q,"dpi":203,"width":105,"height":148}`, address))
}

type printJob struct {
	ID                                             uint64
	State, Reason, Printer, Template, Key, Version string
	Labels, Done, Copies                           int
	Ask, Repeat                                    bool
	InDoubt                                        int    `json:"in_doubt"`
	ReprintOf                                      uint64 `json:"reprint_of"`
	Rows                                           []struct {
		Label        int
		Code, Number string
		Fields       map[string]string
		Reprints     int
		Void         *struct{ By, Why string }
	}
}

func (w *world) print(role access.Role, body string) printJob {
	w.t.Helper()
	a := w.as(role, "POST", "/v1/print-jobs", body)
	if a.status >= 300 {
		w.t.Fatalf("%d %s", a.status, a.body)
	}
	var j printJob
	a.json(w.t, &j)
	return j
}

func (w *world) job(id uint64) (j printJob) {
	w.t.Helper()
	w.ok("GET", fmt.Sprint("/v1/print-jobs/", id), "").json(w.t, &j)
	return j
}

// until follows the jobs until one is in a state.
func (w *world) until(id uint64, state string) printJob {
	w.t.Helper()
	r := w.request("GET", "/v1/print-jobs", w.keys[access.Admin], "", "Accept", "text/event-stream")
	res, err := w.server.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if j := w.job(id); j.State == state { // it may be over already
		return j
	}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		var j printJob
		if ok && json.Unmarshal([]byte(data), &j) == nil && j.ID == id && j.State == state {
			return j
		}
	}
	w.t.Fatal("the stream ended")
	return printJob{}
}

func TestLabelFiles(t *testing.T) {
	w, _, folder := dock(t)
	for _, c := range []struct{ path, media, begins string }{
		{"/v1/labels/product/BOLT", "image/png", "\x89PNG"},
		{"/v1/labels/product/BOLT?format=svg&dpi=300", "image/svg+xml", "<svg"},
		{"/v1/labels/product/9506000134352?format=pdf&template=product-large", "application/pdf", "%PDF"},
		{"/v1/labels/location/A-01?format=zpl&copies=3", "application/vnd.zebra-zpl", "^XA"},
		{"/v1/labels/package/195060001000000019", "image/png", "\x89PNG"},
		{"/v1/labels/package/TOTE-1", "image/png", "\x89PNG"},
		{"/v1/labels/operator/ann", "image/png", "\x89PNG"},
		{"/v1/labels/device/floor", "image/png", "\x89PNG"},
		{"/v1/labels/sheet/commands?format=pdf", "application/pdf", "%PDF"},
		{"/v1/labels/sheet/commands?page=2", "image/png", "\x89PNG"},
	} {
		a := w.as(access.Floor, "GET", c.path, "")
		if a.status != 200 || a.header.Get("Content-Type") != c.media || !bytes.HasPrefix(a.body, []byte(c.begins)) {
			t.Errorf("%s: %d %s %.60q", c.path, a.status, a.header.Get("Content-Type"), a.body)
		}
	}
	for path, code := range map[string]string{"/v1/labels/product/GHOST": "not_found", "/v1/labels/location/GHOST": "not_found", "/v1/labels/car/x": "bad_field", "/v1/labels/product/BOLT?template=none": "not_found",
		"/v1/labels/product/BOLT?template=location": "bad_field", "/v1/labels/sheet/none": "not_found", "/v1/labels/sheet/commands?page=99": "bad_field", "/v1/labels/lot/BOLT": "bad_field"} {
		status := map[string]int{"not_found": 404, "bad_field": 422}[code]
		w.fails(w.as(access.Floor, "GET", path, ""), status, code)
	}
	a := w.ok("POST", "/v1/labels", `{"label":"product","code":"BOLT","fields":{"name":"Box 📦","lot":"L7"}}`)
	if m, err := png.Decode(bytes.NewReader(a.body)); err != nil || m.Bounds().Dx() != 57*8 || !strings.Contains(a.header.Get("Label-Notes"), "1 letters") {
		t.Errorf("%v, notes %q", err, a.header.Get("Label-Notes"))
	}
	w.fails(w.as(access.Floor, "POST", "/v1/labels", `{"label":"package","code":"195060001000000019","fields":{"content":"9506000134352"}}`), 422, "bad_field")

	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "bad.toml"), []byte("name = 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Rows   []struct{ Name, For, Version string }
		Faults []string
	}
	w.ok("GET", "/v1/labels", "").json(t, &list)
	if len(list.Rows) < 13 || len(list.Faults) != 1 || !strings.HasPrefix(list.Faults[0], "bad.toml: ") {
		t.Errorf("%+v", list)
	}
}

// A delivery is one job: numbers are given in the same commit, the printer runs out
// of labels, gets some, and all comes out once.
func TestPrintADelivery(t *testing.T) {
	w, _, _ := dock(t)
	p := fakeprinter.NewRaw(t)
	w.printer("DOCK-1", p.Address())
	w.ok("PUT", "/v1/number-ranges/pallets", `{"kind":"sscc","prefix":"9506000"}`)
	p.Behave(fakeprinter.PaperOut)
	body := `{"key":"d1","label":"package","delivery":"PK-881","labels":[` + strings.Repeat(`{"range":"pallets","fields":{"content":"9506000134352","count":"48"}},`, 11) + `{"range":"pallets"}]}`
	j := w.print(access.Floor, body)
	if j.Labels != 12 || j.Template != "package" || j.Printer != "DOCK-1" || j.Version == "" {
		t.Errorf("%+v", j)
	}
	if held := w.until(j.ID, "held"); held.Reason != "out of labels" || held.Done != 0 {
		t.Errorf("%+v", held)
	}
	var status struct {
		Ready   bool
		Reason  string
		Waiting int
		Command string
	}
	w.ok("GET", "/v1/printers/DOCK-1", "").json(t, &status)
	if status.Ready || status.Reason != "out of labels" || status.Waiting != 1 || status.Command != "BLCMD-PRINTER-DOCK-1" {
		t.Errorf("%+v", status)
	}
	p.Behave(fakeprinter.OK)
	w.ok("POST", fmt.Sprintf("/v1/print-jobs/%d/resume", j.ID), `{}`)
	w.until(j.ID, "printed")
	got, _ := p.Labels()
	again := w.print(access.Floor, body)
	done := w.job(j.ID)
	seen := map[string]bool{}
	for _, l := range done.Rows {
		seen[l.Number] = true
	}
	if len(got) != 12 || !again.Repeat || again.ID != j.ID || len(seen) != 12 || done.Rows[11].Label != 12 {
		t.Errorf("%d labels, %+v, %d numbers", len(got), again, len(seen))
	}
	var bearer struct {
		Job   uint64
		Label int
	}
	w.ok("GET", "/v1/numbers/sscc/"+done.Rows[4].Number, "").json(t, &bearer)
	if bearer.Job != j.ID || bearer.Label != 5 {
		t.Errorf("%+v", bearer)
	}
	w.fails(w.as(access.Floor, "POST", fmt.Sprintf("/v1/print-jobs/%d/reprint", j.ID), `{"reason":"torn"}`), 403, "not_allowed")
	var twice printJob
	w.as(access.Dock, "POST", fmt.Sprintf("/v1/print-jobs/%d/reprint", j.ID), `{"labels":[5],"reason":"torn"}`).json(t, &twice)
	w.until(twice.ID, "printed")
	if r := w.job(twice.ID); r.ReprintOf != j.ID || r.Rows[0].Number != done.Rows[4].Number || r.Rows[0].Fields["mark"] != "REPRINT 1" {
		t.Errorf("%+v", r)
	}
	var void printJob
	w.as(access.Dock, "POST", fmt.Sprintf("/v1/print-jobs/%d/void", j.ID), `{"labels":[1],"reason":"damaged"}`).json(t, &void)
	if void.Rows[0].Void == nil || void.Rows[0].Void.By != "dock" {
		t.Errorf("%+v", void.Rows[0])
	}
	w.fails(w.as(access.Dock, "POST", fmt.Sprintf("/v1/print-jobs/%d/reprint", j.ID), `{"labels":[1],"reason":"x"}`), 409, "expired")
}

func TestPrintRefusals(t *testing.T) {
	w, _, _ := dock(t)
	w.fails(w.as(access.Floor, "POST", "/v1/print-jobs", `{"label":"product","labels":[{"code":"BOLT"}]}`), 422, "bad_field")
	w.ok("PUT", "/v1/printers/SMALL", `{"address":"raw://127.0.0.1:1","dpi":203,"width":57,"height":32}`)
	for body, code := range map[string]string{
		`{"label":"product","printer":"NONE","labels":[{"code":"BOLT"}]}`:                                               "not_found",
		`{"label":"product","labels":[{"code":"GHOST"}]}`:                                                               "not_found",
		`{"label":"package","labels":[{"code":"195060001000000019"}]}`:                                                  "bad_field", // larger than the printer's labels
		`{"label":"product","labels":[{"code":"BOLT","fields":{"lot":"` + strings.Repeat("x", 300) + `"}}]}`:            "bad_field",
		`{"label":"product","labels":[{"code":"BOLT"}],"printer":"SMALL","template":"product","copies":1,"colour":"x"}`: "unknown_field",
	} {
		a := w.as(access.Floor, "POST", "/v1/print-jobs", body)
		status := map[string]int{"not_found": 404, "bad_field": 422, "unknown_field": 422}[code]
		w.fails(a, status, code)
	}
	dry := w.print(access.Floor, `{"label":"product","dry_run":true,"labels":[{"code":"BOLT"}]}`)
	if dry.ID != 0 || dry.Template != "product" {
		t.Errorf("%+v", dry)
	}
	w.fails(w.as(access.Dock, "PUT", "/v1/printers/X", `{"address":"raw://h"}`), 403, "not_allowed")
	w.fails(w.as(access.Supervisor, "PUT", "/v1/printers/X", `{"address":"http://h"}`), 422, "bad_field")
	w.fails(w.as(access.Dock, "PUT", "/v1/number-ranges/x", `{"kind":"sscc","prefix":"9506000"}`), 403, "not_allowed")
}

// A handheld chooses its printer by scanning its label, asks for labels, and is
// told how it goes; asking again prints nothing again.
func TestPrintFromAHandheld(t *testing.T) {
	w, s, _ := dock(t)
	p, other := fakeprinter.NewIPP(t, "image/pwg-raster"), fakeprinter.NewRaw(t)
	w.printer("DOCK-1", p.Address())
	w.printer("DOCK-2", other.Address())
	told := make(chan *wire.Notice, 100)
	defer s.TellDevices(func(device string, n *wire.Notice) {
		if device == "H-07" {
			told <- n
		}
	})()
	ask := func(m wire.Print) (*wire.Notice, error) {
		return s.FromDevice(t.Context(), "H-07", &access.Principal{Name: "ann", Role: access.Floor}, &m)
	}
	if _, err := ask(wire.Print{Job: "p-1", Label: "product", Code: "BOLT"}); err == nil {
		t.Error("one of two printers was taken")
	}
	if n, err := ask(wire.Print{Printer: "BLCMD-PRINTER-DOCK-1"}); err != nil || n.Print.State != "chosen" || n.Print.Printer != "DOCK-1" {
		t.Errorf("%+v, %v", n, err)
	}
	first, err := ask(wire.Print{Job: "p-1", Label: "product", Code: "9506000134352", Copies: 2})
	if err != nil {
		t.Fatal(err)
	}
	last := <-told
	if last.Print.State != "printed" || last.Print.Job != "p-1" || last.Print.ID != first.Print.ID || last.Text != "The label came out of DOCK-1." {
		t.Errorf("%+v: %s", last.Print, last.Text)
	}
	if again, err := ask(wire.Print{Job: "p-1", Label: "product", Code: "9506000134352", Copies: 2}); err != nil || again.Print.State != "printed" || again.Print.ID != first.Print.ID {
		t.Errorf("%+v, %v", again, err)
	}
	if jobs, _ := p.Jobs(); len(jobs) != 1 || !bytes.HasPrefix(jobs[0].Document, []byte("RaS2")) {
		t.Errorf("%d jobs", len(jobs))
	}
	if _, err := ask(wire.Print{Label: "product", Code: "BOLT"}); err == nil {
		t.Error("a job without an id was taken")
	}
}

// The stream of jobs begins with what is not finished, and ends with the server.
func TestJobStreamEndsWithTheServer(t *testing.T) {
	w, s, _ := dock(t)
	w.printer("DOCK-1", "raw://127.0.0.1:1")
	j := w.print(access.Floor, `{"label":"product","labels":[{"code":"BOLT"}]}`)
	res, err := w.server.Client().Do(w.request("GET", "/v1/print-jobs", w.keys[access.Floor], "", "Accept", "text/event-stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	first := ""
	for lines.Scan() && first == "" {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			first = data
		}
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(first, fmt.Sprintf(`"id":%d,`, j.ID)) {
		t.Errorf("%d, %s", res.StatusCode, first)
	}
	w.api.Drain()
	drained := false
	for lines.Scan() {
		drained = drained || lines.Text() == "event: drain"
	}
	if !drained {
		t.Error("the stream ended without a word")
	}
	over := make(chan queue.Job, 1)
	defer s.Watch(func(j queue.Job) {
		if j.State.Final() {
			over <- j
		}
	})()
	w.ok("POST", fmt.Sprintf("/v1/print-jobs/%d/stop", j.ID), `{"reason":"enough"}`)
	if j := <-over; j.Reason != "stopped by admin: enough" {
		t.Errorf("%+v", j)
	}
}

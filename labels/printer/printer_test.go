package printer_test

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"bayledger/labels/printer"
	"bayledger/labels/printer/fakeprinter"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// times are short: failures are waited for, longer than a busy machine takes to answer.
var times = printer.Times{Dial: time.Second, Answer: time.Second, Write: time.Second, Poll: 5 * time.Millisecond}

const label = "^XA^FO0,0^GFA,8,8,1,FF:::::::^FS^XZ\n"

// piece is some labels; waited gathers why they are not out.
func piece(n int, waited *[]string) *printer.Piece {
	return &printer.Piece{Name: "bl-1-0", Labels: n,
		Document: func(format string) ([]byte, error) { return []byte(strings.Repeat(label, n)), nil },
		Waits: func(reason string) {
			if waited != nil {
				*waited = append(*waited, reason)
			}
		}}
}

func open(address string) printer.Driver {
	return printer.Open(printer.Profile{Name: "P", Address: address, DPI: 203, Width: 57, Height: 32}, times)
}

// Each way in which a raw printer fails has its own end, and nothing is called
// printed that nobody saw printed.
func TestRawFailures(t *testing.T) {
	for _, c := range []struct {
		behave    string
		fate      printer.Fate
		condition bool
		reason    string
	}{
		{fakeprinter.OK, printer.Printed, false, ""},
		{fakeprinter.PaperOut, printer.NotSent, true, "out of labels"},
		{fakeprinter.HeadOpen, printer.NotSent, true, "the print head is open"},
		{fakeprinter.Paused, printer.NotSent, true, "paused at the printer"},
		{fakeprinter.Deaf, printer.NotSent, false, "it does not answer"},
		{fakeprinter.Mute, printer.NotSent, false, "it does not answer"},
		{fakeprinter.Reset, printer.Unknown, false, "after the labels were sent"},
		{fakeprinter.CutAfter, printer.Unknown, false, "after the labels were sent"},
	} {
		t.Run(c.behave, func(t *testing.T) {
			p := fakeprinter.NewRaw(t)
			p.Behave(c.behave)
			out := open(p.Address()).Send(t.Context(), piece(2, nil))
			if out.Fate != c.fate || out.Condition != c.condition || !strings.Contains(out.Reason, c.reason) {
				t.Errorf("%+v, want fate %d, condition %v, %q", out, c.fate, c.condition, c.reason)
			}
			got, _ := p.Labels()
			if (c.fate == printer.NotSent) && len(got)+p.Waiting() != 0 {
				t.Errorf("%d labels came of a piece that was not sent", len(got)+p.Waiting())
			}
			if c.fate == printer.Printed && len(got) != 2 {
				t.Errorf("%d labels were printed", len(got))
			}
			status, err := open(p.Address()).Status(t.Context())
			if ready := c.fate != printer.NotSent; c.condition && (status.Ready || status.Reason != c.reason || status.Detail == "") || ready && (err != nil || !status.Ready) {
				t.Errorf("its status is %+v, %v", status, err)
			}
		})
	}
}

// Labels that are in the printer's buffer wait there; they are not sent again, and
// not called printed.
func TestRawWaitsForLabels(t *testing.T) {
	p := fakeprinter.NewRaw(t)
	p.Behave(fakeprinter.EmptyAfter)
	var waited []string
	done := make(chan printer.Outcome)
	told := make(chan struct{})
	w := piece(3, nil)
	w.Waits = func(reason string) {
		if waited = append(waited, reason); len(waited) == 1 {
			close(told)
		}
	}
	go func() { done <- open(p.Address()).Send(t.Context(), w) }()
	<-told
	p.Behave(fakeprinter.OK)
	if out := <-done; out.Fate != printer.Printed {
		t.Errorf("%+v", out)
	}
	if got, _ := p.Labels(); len(got) != 3 || len(waited) != 2 || waited[0] != "out of labels" || waited[1] != "" {
		t.Errorf("%d labels, waited for %q", len(got), waited)
	}
}

func TestRawNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	out := open("raw://"+l.Addr().String()).Send(t.Context(), piece(1, nil))
	if out.Fate != printer.NotSent || out.Condition || !strings.Contains(out.Reason, "is it switched on?") {
		t.Errorf("%+v", out)
	}
	if out := open("raw://"+l.Addr().String()).Recall(t.Context(), piece(1, nil), time.Now()); out.Fate != printer.Unknown || out.Condition {
		t.Errorf("a raw printer remembers: %+v", out)
	}
}

const zebra = "application/vnd.zebra-zpl"

func TestIPPFailures(t *testing.T) {
	for _, c := range []struct {
		behave    string
		labels    int
		copies    int
		fate      printer.Fate
		condition bool
		out       int
		reason    string
	}{
		{fakeprinter.OK, 2, 1, printer.Printed, false, 0, ""},
		{fakeprinter.Fail, 2, 1, printer.Broken, false, 0, "it broke the job off (aborted-by-system)"},
		{fakeprinter.Half, 2, 1, printer.Broken, false, 1, "it broke the job off"},
		{fakeprinter.Half, 2, 3, printer.Unknown, false, 0, "counts 1 of 6 labels"}, // one of three copies is no label
		{fakeprinter.Silent, 1, 1, printer.Unknown, false, 0, "does not say how many"},
		{fakeprinter.Errors, 2, 1, printer.Unknown, false, 0, "with errors"},
		{fakeprinter.Cancel, 2, 1, printer.Refused, false, 0, "cancelled at the printer"}, // nobody wants it again
		{fakeprinter.Refuse, 2, 1, printer.NotSent, true, 0, "out of labels"},
		{fakeprinter.Busy, 1, 1, printer.NotSent, true, 0, "it is busy"},
		{fakeprinter.NoMedia, 1, 1, printer.Refused, false, 0, "0x040b"},
		{fakeprinter.Lose, 2, 1, printer.Printed, false, 0, ""}, // the job is found by its name
		{fakeprinter.Drop, 2, 1, printer.NotSent, false, 0, "at ipp://"},
		{fakeprinter.NoList, 2, 1, printer.Unknown, false, 0, "it lists no jobs"},
	} {
		t.Run(c.behave, func(t *testing.T) {
			p := fakeprinter.NewIPP(t, zebra)
			p.Behave(c.behave)
			w := piece(c.labels, nil)
			w.Copies = c.copies
			out := open(p.Address()).Send(t.Context(), w)
			if out.Fate != c.fate || out.Condition != c.condition || out.Labels != c.out || !strings.Contains(out.Reason, c.reason) {
				t.Errorf("%+v, want fate %d, condition %v, %d labels, %q", out, c.fate, c.condition, c.out, c.reason)
			}
		})
	}
}

func TestIPPWaitsForLabels(t *testing.T) {
	p := fakeprinter.NewIPP(t, zebra)
	p.Behave(fakeprinter.Empty)
	var waited []string
	told := make(chan struct{})
	w := piece(2, nil)
	w.Waits = func(reason string) {
		if waited = append(waited, reason); len(waited) == 1 {
			close(told)
		}
	}
	done := make(chan printer.Outcome)
	go func() { done <- open(p.Address()).Send(t.Context(), w) }()
	<-told
	p.Behave(fakeprinter.OK)
	if out := <-done; out.Fate != printer.Printed || len(waited) != 2 || waited[0] != "out of labels" {
		t.Errorf("%+v, waited for %q", out, waited)
	}
	jobs, _ := p.Jobs()
	if len(jobs) != 1 || jobs[0].Name != "bl-1-0" || !bytes.Equal(jobs[0].Document, []byte(strings.Repeat(label, 2))) {
		t.Errorf("the printer got %+v", jobs)
	}
}

// A job that is stopped is taken back at the printer; one whose server ends is left
// to be asked for.
func TestIPPStop(t *testing.T) {
	for _, c := range []struct {
		behave string // Hang: it has the job, and was cut off before it could say so
		cause  error
		want   printer.Outcome
	}{
		{fakeprinter.Empty, printer.ErrStop, printer.Outcome{Fate: printer.NotSent}},
		{fakeprinter.Empty, nil, printer.Outcome{Fate: printer.Unknown, Condition: true}},
		{fakeprinter.Hang, printer.ErrStop, printer.Outcome{Fate: printer.NotSent}},
		{fakeprinter.Hang, nil, printer.Outcome{Fate: printer.Unknown, Condition: true}},
	} {
		cause, want := c.cause, c.want
		p := fakeprinter.NewIPP(t, zebra)
		p.Behave(c.behave)
		ctx, stop := context.WithCancelCause(t.Context())
		w := piece(2, nil)
		w.Waits = func(string) { stop(cause) }
		out := open(p.Address()).Send(ctx, w)
		if out.Fate != want.Fate || out.Condition != want.Condition {
			t.Errorf("stopped with %v: %+v", cause, out)
		}
		jobs, _ := p.Jobs()
		if cancelled := jobs[0].State == 7; cancelled != (cause != nil) {
			t.Errorf("stopped with %v: the job's state is %d", cause, jobs[0].State)
		}
	}
}

// After a crash the printer is asked for the job by its name.
func TestIPPRecall(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(p *fakeprinter.IPP)
		ago     time.Duration
		fate    printer.Fate
	}{
		{"it was printed", func(p *fakeprinter.IPP) { open(p.Address()).Send(t.Context(), piece(2, nil)) }, time.Second, printer.Printed},
		{"it never came", func(*fakeprinter.IPP) {}, time.Second, printer.NotSent},
		{"too long ago to be sure", func(*fakeprinter.IPP) {}, time.Hour, printer.Unknown},
		{"the printer was switched off meanwhile", func(p *fakeprinter.IPP) {
			open(p.Address()).Send(t.Context(), piece(2, nil))
			p.Restart()
		}, 10 * time.Second, printer.Unknown},
		{"it was broken off", func(p *fakeprinter.IPP) {
			p.Behave(fakeprinter.Fail)
			open(p.Address()).Send(t.Context(), piece(2, nil))
		}, time.Second, printer.Broken},
	} {
		p := fakeprinter.NewIPP(t, zebra)
		c.prepare(p)
		if out := open(p.Address()).Recall(t.Context(), piece(2, nil), time.Now().Add(-c.ago)); out.Fate != c.fate {
			t.Errorf("%s: %+v, want %d", c.name, out, c.fate)
		}
	}
}

// The best of what a printer takes is sent; a printer that takes none of ours is
// told of with what it takes.
func TestIPPFormats(t *testing.T) {
	for _, c := range []struct {
		takes []string
		want  string
	}{
		{[]string{"application/octet-stream", "application/pdf", zebra, "image/pwg-raster"}, "zpl"},
		{[]string{"application/pdf", "image/pwg-raster"}, "pwg"},
		{[]string{"image/jpeg", "application/pdf"}, "pdf"},
		{[]string{"image/jpeg"}, ""},
	} {
		p := fakeprinter.NewIPP(t, c.takes...)
		asked := ""
		w := piece(1, nil)
		w.Document = func(format string) ([]byte, error) { asked = format; return []byte("x"), nil }
		out := open(p.Address()).Send(t.Context(), w)
		if asked != c.want || (c.want == "") != (out.Fate == printer.Refused && strings.Contains(out.Reason, "image/jpeg")) {
			t.Errorf("%v: asked for %q, %+v", c.takes, asked, out)
		}
	}
}

func TestProfiles(t *testing.T) {
	good := printer.Profile{Name: "DOCK-1", Address: "raw://10.0.0.9", DPI: 203, Width: 105, Height: 148}
	if field, why := good.Check(); why != "" {
		t.Fatalf("%s: %s", field, why)
	}
	for field, change := range map[string]func(p *printer.Profile){
		"name":     func(p *printer.Profile) { p.Name = "Büro" },
		"address":  func(p *printer.Profile) { p.Address = "http://10.0.0.9" },
		"dpi":      func(p *printer.Profile) { p.DPI = 20 },
		"width":    func(p *printer.Profile) { p.Height = 0 },
		"darkness": func(p *printer.Profile) { p.Darkness = 31 },
		"speed":    func(p *printer.Profile) { p.Speed = -1 },
		"format":   func(p *printer.Profile) { p.Format = "pcl" },
		"title":    func(p *printer.Profile) { p.Title = strings.Repeat("x", 200) },
	} {
		p := good
		change(&p)
		if got, _ := p.Check(); got != field {
			t.Errorf("a wrong %s is found in %q", field, got)
		}
	}
	for _, address := range []string{"", "raw://", "raw://h:0", "raw://h:99999", "raw://u:p@h", "raw://h/x", "ipp://h/x?y", "file:///dev/usb"} {
		p := good
		p.Address = address
		if field, _ := p.Check(); field != "address" {
			t.Errorf("the address %q is taken", address)
		}
	}
	if printer.Named(printer.Command("DOCK-1")) != "DOCK-1" || printer.Named("DOCK-1") != "DOCK-1" {
		t.Error("a printer's label does not name it")
	}
	if good.Fits(105, 148) != 0 || good.Fits(105.3, 148) != 0 || good.Fits(110, 100) != 5 {
		t.Error("what fits a printer's labels")
	}
}

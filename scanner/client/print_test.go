package client_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/wire"
)

// A wish for labels outlives a cut and is sent until a notice names it; one that nobody answers is
// let go after a few connections.
func TestPrint(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		var jobs []string
		s.script = func(l *link, m *wire.Message) bool {
			if m.Print == nil {
				return false
			}
			jobs = append(jobs, m.Print.Job)
			switch {
			case m.Print.Job == "deaf":
			case slices.Index(jobs, m.Print.Job) == len(jobs)-1: // the first time the connection ends before its answer
				l.close(wire.CloseReplaced+1000, "cut")
			default:
				l.send(&wire.Notice{Type: "notice", Kind: "print", Text: "done", Print: &wire.PrintJob{Job: m.Print.Job}})
			}
			return true
		}
		h := s.start(m.box(), nil)
		for _, job := range []string{"", "deaf", "a"} {
			err := h.Print(wire.Print{Job: job, Printer: "dock1"})
			if (err != nil) != (job == "") {
				t.Errorf("job %q: %v", job, err)
			}
		}
		time.Sleep(time.Minute)
		for range 4 {
			s.look(func() {
				for l := range s.links {
					l.close(1001, "again")
				}
			})
			time.Sleep(time.Minute)
		}
		count := map[string]int{}
		s.look(func() {
			for _, job := range jobs {
				count[job]++
			}
		})
		if count["a"] != 2 || count["deaf"] != 3 {
			t.Errorf("sent %v", count)
		}
		h.Close()
		for i := range 200 {
			if err := h.Print(wire.Print{Job: strconv.Itoa(i)}); err != nil && client.CodeOf(err) != client.CodeBadIntent {
				t.Error(err)
			} else if (err != nil) != (i >= 100) {
				t.Errorf("wish %d: %v", i, err)
			}
		}
	})
}

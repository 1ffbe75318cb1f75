package patient_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/server/metrics/patient"

	"github.com/prometheus/client_golang/prometheus"
)

// slow takes a while to look; looks counts how often it was asked.
type slow struct {
	takes time.Duration
	looks atomic.Int64
}

var desc = prometheus.NewDesc("a_number", "A number.", nil, nil)

func (s *slow) look(e patient.Emitter) {
	s.looks.Add(1)
	time.Sleep(s.takes)
	e.Gauge(desc, 1)
}

// A scrape shows what can be had within its wait, and goes without the rest; what is
// stuck is looked at once, and shown again when it is not stuck any more.
func TestNoScrapeWaits(t *testing.T) {
	for _, row := range []struct {
		name  string
		takes time.Duration
		after time.Duration // between the scrapes
		shown []int         // of each scrape, how many metrics
		looks int
	}{
		{"at once", 0, time.Second, []int{1, 1, 1}, 3},
		{"within its wait", patient.Wait / 2, time.Second, []int{1, 1, 1}, 3},
		{"stuck for longer than the test", time.Hour, time.Second, []int{0, 0, 0}, 1},
		{"stuck for two scrapes", 2*patient.Wait + patient.Wait/2, 0, []int{0, 0, 0}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slow{takes: row.takes}
				registry := prometheus.NewRegistry()
				registry.MustRegister(patient.Collector(s.look))
				for i, want := range row.shown {
					began := time.Now()
					families, err := registry.Gather()
					if err != nil {
						t.Fatal(err)
					}
					if len(families) != want {
						t.Errorf("scrape %d shows %d metrics, not %d", i+1, len(families), want)
					}
					if took := time.Since(began); took > patient.Wait {
						t.Errorf("scrape %d took %s", i+1, took)
					}
					time.Sleep(row.after)
				}
				if looks := int(s.looks.Load()); looks != row.looks {
					t.Errorf("it was looked at %d times, not %d", looks, row.looks)
				}
				time.Sleep(2 * time.Hour) // whatever is stuck ends
			})
		})
	}
}

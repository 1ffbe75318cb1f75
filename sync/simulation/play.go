package simulation

import (
	"errors"
	"slices"
)

// Options say how a script is played.
type Options struct {
	// Orders is how many other orders of arrival are tried; 0 stands for
	// DefaultOrders, -1 for none.
	Orders int
	// Only, if not empty, are the invariants judged at the end (those that are
	// judged on the way always are).
	Only []string
	// Thorough compares with the oracle after each delivery.
	Thorough bool
	// Tell, if set, is told what happens, line by line.
	Tell func(line string)
	// Progress, if set, is told how much of the work at hand is done.
	Progress func(done, total int)
}

// DefaultOrders is how many shuffles each history gets (conflicts.md §5).
const DefaultOrders = 8

func (o *Options) does(judge string) bool { return len(o.Only) == 0 || slices.Contains(o.Only, judge) }

// Play carries a script out and judges it. The report's Failure is the first
// invariant that broke. An error means that the world itself could not go on: the
// script or the program is wrong.
func Play(s *Script, o Options) (*Report, error) {
	if o.Orders == 0 {
		o.Orders = DefaultOrders
	}
	w, err := newWorld(s, o)
	if err == nil {
		if err = w.play(); err == nil {
			err = w.judge.final()
		}
		w.srv.close()
	}
	report := newReport(s)
	if w != nil {
		report = w.report
	}
	if failure, ok := errors.AsType[*Failure](err); ok {
		report.Failure = failure
		return report, nil
	}
	return report, err
}

// Fails plays a script and says whether the same invariant breaks; an error of
// the world counts as a failure of its own.
func Fails(s *Script, judge string, orders int) *Failure {
	o := Options{Orders: orders, Only: []string{judge}}
	if judge != V3 && judge != V8 {
		o.Orders = -1
	}
	if judge == V8 {
		o.Orders, o.Only = 1, []string{V3}
	}
	report, err := Play(s, o)
	if err != nil {
		return &Failure{Judge: "the world: " + err.Error(), Message: err.Error()}
	}
	return report.Failure
}

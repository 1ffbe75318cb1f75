package main

import (
	"context"
	"time"
	_ "time/tzdata" // sites have time zones, also where the machine has no tables of them

	"bayledger/server/hours"
)

// keepHours lets time do its work until stopHours.
func (n *node) keepHours(ctx context.Context, policy hours.Policy) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		hours.Run(ctx, hours.Options{Book: n.book, Log: n.log, Now: time.Now, Policy: func() hours.Policy { return policy }})
	}()
	n.stopHours = func() { cancel(); <-ended }
}

package simulation

import (
	"context"
	"sync"
	"sync/atomic"
)

// Many plays the worlds of count configurations, so many at the same time, and
// calls told with each, one at a time, in no order, until told returns false or
// ctx is done.
func Many(ctx context.Context, count, workers int, config func(i int) Config, o Options, told func(i int, s *Script, r *Report, err error) (more bool)) {
	var next atomic.Int64
	var mu sync.Mutex
	var group sync.WaitGroup
	stop := false
	for range max(1, workers) {
		group.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				mu.Lock()
				done := stop || i >= count || ctx.Err() != nil
				mu.Unlock()
				if done {
					return
				}
				s := Generate(config(i))
				r, err := Play(s, o)
				mu.Lock()
				if !stop {
					stop = !told(i, s, r, err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
}

package journal

import "time"

// Badger maps its tables into memory, and every page of them that was ever read
// counts as the process's own until the system needs it for something else: at
// 10,000,000 entries more than a gigabyte. Nothing is wrong with that but the
// figure, by which people and containers judge a process. A trimmer gives such
// pages back now and then: they stay in the system's page cache, and reading one
// again costs a fault, not the disk.

// trimAbove is how far pages of files may grow beyond what was left of them the
// last time: below it giving back is not worth the faults that follow.
const trimAbove = 32 << 20

// startTrimmer looks at each tick whether there is something to give back, until
// the function that it returns is called.
func (d *disk) startTrimmer(ticks <-chan time.Time) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		left := int64(0)
		for {
			select {
			case <-quit:
				return
			case _, more := <-ticks:
				if !more {
					return
				}
			}
			if filePages() > left+trimAbove {
				d.trim()
				left = filePages()
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

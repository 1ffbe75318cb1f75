package journal

import (
	"sync"
	"time"
)

// Room says whether the disk has room for another batch: nil, or ErrFull. A
// writer asks it before it decides anything, so that work is refused and not lost;
// it wants room for the batches under way besides the reserve, so that what was
// decided can be stored.
func (c *core) Room() error {
	if free, err := c.space.free(); err == nil && free < c.space.reserve+2*MaxBatchBytes {
		return ErrFull
	}
	return nil
}

// lookEvery is how long the file system's answer stands: it is asked with every
// burst of work, thousands of times a second, and even a fast disk takes in
// little of a reserve meanwhile.
const lookEvery = 20 * time.Millisecond

// freeLook asks the file system what is free, not more often than that.
type freeLook struct {
	dir string
	now func() time.Time // that goes on steadily

	mu   sync.Mutex // guards what follows
	at   time.Time
	free uint64
	err  error
}

func (f *freeLook) bytes() (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); f.at.IsZero() || now.Sub(f.at) >= lookEvery {
		f.at = now
		f.free, f.err = freeBytes(f.dir)
	}
	return f.free, f.err
}

// FreeBytes tells what an ordinary user may still write on the disk of a folder.
func FreeBytes(dir string) (uint64, error) { return freeBytes(dir) }

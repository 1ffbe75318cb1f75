package journal

// Room says whether the disk has room for another batch: nil, or ErrFull. It
// asks anew each time, so that a writer can refuse work before it decides it, and
// wants room for the batches under way besides the reserve, so that what was
// decided can be stored.
func (c *core) Room() error {
	if free, err := c.space.free(); err == nil && free < c.space.reserve+2*MaxBatchBytes {
		return ErrFull
	}
	return nil
}

// FreeBytes tells what an ordinary user may still write on the disk of a folder.
func FreeBytes(dir string) (uint64, error) { return freeBytes(dir) }

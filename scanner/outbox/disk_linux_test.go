package outbox_test

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

func isFull(err error) bool { return errors.Is(err, unix.ENOSPC) }

// mountAndFill fills a small disk that nobody outside its own namespace sees.
func mountAndFill(dir string) error {
	err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, "")
	if err == nil {
		err = unix.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskBytes))
	}
	if err != nil {
		return fmt.Errorf("this system lets nobody mount a tmpfs, not even in a namespace: %w", err)
	}
	return fillTheDisk(dir)
}

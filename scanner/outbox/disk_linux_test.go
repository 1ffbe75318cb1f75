package outbox_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func isFull(err error) bool { return errors.Is(err, unix.ENOSPC) }

// TestRealFullDisk runs fillTheDisk in a process with a mount namespace and a
// 64 MiB tmpfs of its own. Not parallel, as TestKilled.
func TestRealFullDisk(t *testing.T) {
	c := child("mount", t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	}
	out, err := c.Output()
	var ended *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &ended), ended != nil && ended.ExitCode() == exitNoMount:
		t.Skipf("this system lets nobody mount a tmpfs, not even in a namespace: %v (a full disk is also tested by the suite, with free space as told)", err)
	case err != nil:
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}

const exitNoMount = 77

func mountAndFill(dir string) error {
	// Nothing of this may show outside the namespace.
	err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, "")
	if err == nil {
		err = unix.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskBytes))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mount:", err)
		os.Exit(exitNoMount)
	}
	return fillTheDisk(dir)
}

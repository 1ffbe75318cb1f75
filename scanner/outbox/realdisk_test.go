//go:build powercut && linux

package outbox_test

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRealFullDisk runs fillTheDisk in a process with a mount namespace and a 64 MiB
// tmpfs of its own. Not parallel, as TestKilled. It is run by make powercut, on a machine
// that lets it mount one; the suite tests a full disk everywhere, with free space as told.
func TestRealFullDisk(t *testing.T) {
	c := child("mount", t.TempDir())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		c.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	}
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}

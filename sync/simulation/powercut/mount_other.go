//go:build !linux

package powercut

import "errors"

// Mount works on Linux only.
func (d *Disk) Mount(string) (unmount func() error, err error) {
	return nil, errors.New("a file system of a test's own is mounted on Linux only")
}

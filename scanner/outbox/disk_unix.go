//go:build linux || darwin

package outbox

import "golang.org/x/sys/unix"

// freeBytes asks the operating system what an ordinary user may still write to
// the disk that dir is on.
func freeBytes(dir string) func() (uint64, error) {
	return func() (uint64, error) {
		var st unix.Statfs_t
		if err := unix.Statfs(dir, &st); err != nil {
			return 0, err
		}
		return uint64(st.Bavail) * uint64(st.Bsize), nil
	}
}

//go:build !unix

package backup

import "os"

// lockFolder trusts that one process writes a backup.
func lockFolder(*os.Root) (unlock func(), err error) { return func() {}, nil }

//go:build !linux

package outbox_test

import "errors"

// mountAndFill needs namespaces; elsewhere a full disk is tested as told only.
func mountAndFill(string) error { return errors.New("only on Linux") }

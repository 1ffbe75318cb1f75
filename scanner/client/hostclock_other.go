//go:build !linux

package client

import "time"

func systemClock() (monotonic func() time.Duration, boot string, ok bool) { return nil, "", false }

//go:build !unix

package handheld

// syncFolder has nothing to do where a folder cannot be synced by itself.
func syncFolder(string) error { return nil }

package main

import (
	"os"
	"testing"
)

// ownChild is this test's program as a server's: see TestBenchChild.
func ownChild(t *testing.T) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, "-test.run=" + benchChild, "--"}
}

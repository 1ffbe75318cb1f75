// Command probe says whether the power of a test's disk can be cut on this machine:
// exit code 0 where its file system can be mounted, else one line that says why not.
package main

import (
	"fmt"
	"os"

	"bayledger/sync/simulation/powercut"
)

func main() {
	if err := probe(); err != nil {
		fmt.Fprintf(os.Stderr, "No power can be cut here: %v\n", err)
		os.Exit(1)
	}
}

func probe() error {
	dir, err := os.MkdirTemp("", "powercut-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	unmount, err := powercut.NewDisk().Mount(dir)
	if err != nil {
		return err
	}
	return unmount()
}

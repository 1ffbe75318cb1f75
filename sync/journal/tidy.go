package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// removeEmptyLogs takes away the logs of no length that Badger leaves behind
// where its process is killed between making such a file and giving it its size.
// There is nothing in them, but Badger (through 4.9.6; its issue 2207) refuses to
// open a folder that has one. A folder that another process has open is left
// alone.
func removeEmptyLogs(dir string) error {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	unlock, ok := lockFolder(dir)
	if !ok {
		return nil // Badger says so better
	}
	defer unlock()
	for _, f := range files {
		if ext := filepath.Ext(f.Name()); ext != ".mem" && ext != ".vlog" {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if info, err := os.Stat(path); err != nil || info.Size() > 0 || !info.Mode().IsRegular() {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("the empty log %s cannot be removed, and with it the folder cannot be opened: %w", path, err)
		}
	}
	return nil
}

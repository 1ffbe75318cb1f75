package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// logNames sees to it that the names of Badger's logs are on disk. Badger syncs a
// log with each commit, but not the folder after making a new one, so a power cut
// could take a log away under whose name commits had been acknowledged.
type logNames struct {
	dir    string
	real   string // dir as the system shows it
	newest int    // the number of the log that is written now
}

// settle syncs the folder and finds the newest log.
func (l *logNames) settle(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	l.dir, l.newest = dir, 0
	if l.real, err = realPath(dir); err != nil {
		return err
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".mem"); ok {
			if n, err := strconv.Atoi(name); err == nil {
				l.newest = max(l.newest, n)
			}
		}
	}
	return l.sync()
}

// settleNew syncs the folder if a log has been begun since. Called after each
// commit, before it is acknowledged; it costs one look for a name.
func (l *logNames) settleNew() error {
	begun := false
	for {
		if _, err := os.Stat(filepath.Join(l.dir, fmt.Sprintf("%05d.mem", l.newest+1))); err != nil {
			break
		}
		l.newest++
		begun = true
	}
	if !begun {
		return nil
	}
	return l.sync()
}

// realPath is a folder's path from the root, without links.
func realPath(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

func (l *logNames) sync() error { return SyncFolder(l.dir) }

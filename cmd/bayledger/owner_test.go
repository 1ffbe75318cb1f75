package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Root does nothing to a folder of somebody else, who could not open it afterwards.
func TestRootLeavesOthersFoldersAlone(t *testing.T) {
	for _, row := range []struct {
		name  string
		euid  int
		owner int
		known bool
		well  bool
	}{
		{"its owner", 990, 990, true, true},
		{"root on its own", 0, 0, true, true},
		{"root on the server's", 0, 990, true, false},
		{"a group's, as containers mount it", 65532, 0, true, true},
		{"nobody knows whose", 0, 990, false, true},
	} {
		err := notRootOnOthers("/var/lib/x", row.euid, func(string) (int, bool) { return row.owner, row.known })
		if (err == nil) != row.well || err != nil && !strings.Contains(err.Error(), "sudo -u '#990'") {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if uid, known := ownerOf(t.TempDir()); !known || uid != os.Geteuid() {
		t.Errorf("this test's folder is %d's (%v)", uid, known)
	}
	if _, known := ownerOf(filepath.Join(t.TempDir(), "none")); known {
		t.Error("a folder that is not there has an owner")
	}
}

package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"bayledger/server/access"
	"bayledger/server/rest"
)

// TestBackup: an administrator gets what was asked for, and nobody else anything.
func TestBackup(t *testing.T) {
	w := newWorld(t)
	if a := w.as(access.Admin, "GET", "/v1/backup?after=7&pieces=true", ""); a.status != http.StatusOK || string(a.body) != "after 7, pieces true" {
		t.Errorf("it says %d %s", a.status, a.body)
	}
	for _, role := range []access.Role{access.Floor, access.Dock, access.Supervisor} {
		w.fails(w.as(role, "GET", "/v1/backup", ""), http.StatusForbidden, "not_allowed")
	}
}

// TestBackupBreaks: what began well and broke is no whole answer.
func TestBackupBreaks(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) {
		o.Backup = func(_ context.Context, _ uint64, _ bool, to io.Writer) error {
			_, _ = to.Write(make([]byte, 1<<20)) // more than any buffer
			return errors.New("the disk broke, as the test wanted")
		}
	})
	resp, err := http.DefaultClient.Do(w.request("GET", "/v1/backup", w.keys[access.Admin], ""))
	if err != nil {
		return // broken at once is as good
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the answer ends as if it were whole")
	}
}

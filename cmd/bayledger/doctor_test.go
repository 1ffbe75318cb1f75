package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lineOfDoctor returns what is said of one thing, and what to do.
func lineOfDoctor(out, what string) string {
	lines := strings.Split(out, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) > 1 && strings.HasPrefix(strings.Join(words[1:], " "), what) {
			text := squeeze(line)
			if i+1 < len(lines) && strings.Contains(lines[i+1], "→") {
				text += " " + squeeze(lines[i+1])
			}
			return text
		}
	}
	return ""
}

// The doctor says of each thing whether it is well, and what to do where not.
func TestDoctor(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	garbage := t.TempDir()
	if err := os.WriteFile(filepath.Join(garbage, "MANIFEST"), []byte("no such thing"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	books := t.TempDir()
	for _, words := range [][]string{{"report", "balance"}, {"backup", old}} { // the first begins the books
		if code, _, errs := told(t, append([]string{"--data", books}, words...)...); code != 0 {
			t.Fatal(errs)
		}
	}
	spoilt := t.TempDir()
	if err := os.WriteFile(filepath.Join(spoilt, "backup.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(filepath.Join(old, "backup.json"), long, long); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	private := t.TempDir()
	if err := os.Chmod(private, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		args  []string
		code  int
		lines map[string]string
	}{
		{"nothing yet", []string{"--data", filepath.Join(t.TempDir(), "new"), "--listen", "127.0.0.1:0"}, 0,
			map[string]string{"settings": "ok", "data folder": "ok", "port": "ok", "server": "ok", "open files": "", "backup": "warn"}},
		{"an empty folder", []string{"--data", private, "--listen", "127.0.0.1:0"}, 0, map[string]string{"data folder": "ok", "schema": "ok", "free disk": "", "disk speed": ""}},
		{"one that others read", []string{"--data", open, "--listen", "127.0.0.1:0"}, 0, map[string]string{"data folder": "warn data folder " + open + " can be read by others (755) → chmod 700"}},
		{"a file", []string{"--data", file, "--listen", "127.0.0.1:0"}, 1, map[string]string{"data folder": "fail"}},
		{"nowhere", []string{"--data", "/no/such/place"}, 1, map[string]string{"data folder": "fail"}},
		{"a damaged folder", []string{"--data", garbage, "--listen", "127.0.0.1:0"}, 1, map[string]string{"schema": "fail"}},
		{"a port that is taken", []string{"--data", private, "--listen", taken.Addr().String()}, 1, map[string]string{"port": "fail"}},
		{"certificates that are not there", []string{"--data", private, "--listen", "127.0.0.1:0", "--tls-cert", "a", "--tls-key", "b"}, 1, map[string]string{"certificate": "fail"}},
		{"an old backup", []string{"--data", private, "--listen", "127.0.0.1:0", "--backup-to", old}, 0, map[string]string{"backup": "warn", "backup's disk": "warn"}},
		{"a backup that nobody can read", []string{"--data", private, "--listen", "127.0.0.1:0", "--backup-to", spoilt}, 1, map[string]string{"backup": "fail"}},
		{"books that are there", []string{"--data", books, "--listen", "127.0.0.1:0"}, 0, map[string]string{"books": "ok books"}},
		{"no backup", []string{"--data", private, "--listen", "127.0.0.1:0", "--backup-to", private}, 1, map[string]string{"backup": "fail"}},
		{"bad settings", []string{"--data", private, "--listen", "0.0.0.0:80"}, 1, map[string]string{"settings": "fail"}},
		{"a file of settings that is not there", []string{"--config", "/no/such/file"}, 1, map[string]string{"settings": "fail"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, out, errs := told(t, append([]string{"doctor"}, row.args...)...)
			if code != row.code {
				t.Errorf("code %d: %s%s", code, out, errs)
			}
			for what, want := range row.lines {
				if got := lineOfDoctor(out, what); got == "" || !strings.HasPrefix(got, want) {
					t.Errorf("%s: %q, want %q", what, got, want)
				}
			}
		})
	}
}

// Of a running server it asks the server, and so does a shell that completes names.
func TestDoctorOfARunningServer(t *testing.T) {
	b := &bench{app: &app{}, self: benchSelf(t), dir: t.TempDir()}
	s, err := b.serve(t.Context(), b.folder("data"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	if err := s.api.post(t.Context(), "/v1/devices", map[string]string{"device": "H-07", "role": "floor"}, nil); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{"device revoke H": "H-07", "report bal": "balance", "serve --log w": "warn", "pair --role d": "dock", "report balance --format x": "xlsx"} {
		_, out, errs := told(t, append([]string{"__complete", "--data", b.folder("data")}, strings.Fields(line)...)...)
		if !strings.Contains(out, want) {
			t.Errorf("%s is completed by %q %s", line, out, errs)
		}
	}
	_, out, errs := told(t, "doctor", "--data", b.folder("data"), "--listen", s.addr)
	for what, want := range map[string]string{"port": "ok port the server listens on " + s.addr, "server": "ok server", "schema": "ok schema a server runs", "clock": "", "open files": ""} {
		if got := lineOfDoctor(out, what); got == "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q\n%s%s", what, got, out, errs)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// told runs a command and returns its code and what it said.
func told(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A flag goes before the environment, that before the file, that before the
// default; each value tells where it comes from, and secrets are not told.
func TestConfigPrint(t *testing.T) {
	file := write(t, "bayledger.toml", "# settings\nlisten = \"127.0.0.1:1\"\nlog = \"warn\"\n\nname = [\"a.example\", \"b.example\"]\ntls = true\n\"checkpoint-lag\" = 7\nbackup-to = \"/from/file\"\n")
	t.Setenv("BAYLEDGER_LOG", "error")
	t.Setenv("BAYLEDGER_BACKUP_TO", "/from/environment")
	t.Setenv("BAYLEDGER_OPENID_GROUP", "a=floor,b=admin")
	t.Setenv("BAYLEDGER_OPENID_SECRET", "not to be seen")
	t.Setenv("BAYLEDGER_DATA", "/srv/data")
	code, out, errs := told(t, "config", "print", "--config", file, "--backup-to", "/from/flag", "--openid-issuer", "https://ann:pass@id.example")
	if code != exitDone {
		t.Fatal(errs)
	}
	lines := map[string]string{}
	for line := range strings.Lines(out) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		lines[name] = squeeze(rest)
	}
	for name, want := range map[string]string{
		"listen":         "127.0.0.1:1 " + file + ", line 2",
		"log":            "error environment BAYLEDGER_LOG",
		"name":           "[a.example,b.example] " + file + ", line 5",
		"tls":            "true " + file + ", line 6",
		"checkpoint-lag": "7 " + file + ", line 7",
		"backup-to":      "/from/flag flag",
		"openid-group":   "[a=floor,b=admin] environment BAYLEDGER_OPENID_GROUP",
		"openid-issuer":  "https://(hidden)@id.example flag",
		"openid-secret":  "(hidden) environment BAYLEDGER_OPENID_SECRET",
		"data":           "/srv/data environment BAYLEDGER_DATA",
		"log-format":     "json default",
	} {
		if lines[name] != want {
			t.Errorf("%s is told as %q, want %q", name, lines[name], want)
		}
	}
	if strings.Contains(out, "not to be seen") || strings.Contains(out, "pass@") {
		t.Error("a secret is told")
	}
}

// What is wrong is told with its line, and nothing is started.
func TestConfigMistakes(t *testing.T) {
	for _, row := range []struct{ name, file, says string }{
		{"a name that is none", "log = \"warn\"\n\nlisten_to = \"x\"\n", `line 3: there is no setting "listen_to"`},
		{"one that is nearly right", "tls_cert = \"x\"\n", `line 1: there is no setting "tls_cert"; did you mean tls-cert?`},
		{"a table", "log = \"warn\"\n[listen]\nport = 1\n", "line 2: listen is a text"},
		{"no TOML", "log = \"warn\"\nlisten = \n", "line 2: "},
		{"twice", "log = \"warn\"\nlog = \"info\"\n", "line 2: "},
		{"a value that does not fit", "\n\ntls = \"perhaps\"\n", `line 3: tls is "perhaps"`},
		{"one that the server refuses", "listen = \"0.0.0.0:80\"\n", "--plain-network"},
		{"a level that is none", "log = \"loud\"\n", "--log is debug"},
		{"a list of numbers", "name = [1, 2]\n", "line 1: name is a text"},
		{"a secret, which comes by the environment", "openid-secret = \"x\"\n", `there is no setting "openid-secret"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := write(t, "c.toml", row.file)
			for _, command := range [][]string{{"config", "check"}, {"serve"}} {
				code, _, errs := told(t, append(command, "--config", file, "--data", t.TempDir())...)
				if code != exitMisused || !strings.Contains(errs, row.says) {
					t.Errorf("%v: code %d, %s", command, code, errs)
				}
			}
		})
	}
	if code, _, errs := told(t, "config", "check", "--config", filepath.Join(t.TempDir(), "none")); code != exitMisused || !strings.Contains(errs, "are not there") {
		t.Errorf("%d %s", code, errs)
	}
	t.Setenv("BAYLEDGER_TLS", "maybe")
	if code, _, errs := told(t, "config", "check"); code != exitMisused || !strings.Contains(errs, `BAYLEDGER_TLS is "maybe"`) {
		t.Errorf("%d %s", code, errs)
	}
	t.Setenv("BAYLEDGER_TLS", "")
	t.Setenv("BAYLEDGER_LISTN", "x")
	if code, out, errs := told(t, "config", "check"); code != exitDone || !strings.Contains(errs, "BAYLEDGER_LISTN is no setting") || !strings.Contains(out, "are right") {
		t.Errorf("%d %s %s", code, out, errs)
	}
}

// Whatever stands in a file of settings is read, or refused with a sentence.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{"", "listen = \"x\"", "[a]\nb=1", "name = [\"a\"]", "a.b = 1", "\"\" = 1", "tls = {}", "\xff", "x = 2026-03-02", "listen = 1\nlisten = 2", "# \n\n= "} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "c.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var o serveFlags
		flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
		o.flags(flags)
		known := map[string]*pflag.Flag{}
		flags.VisitAll(func(f *pflag.Flag) { known[f.Name] = f })
		values, err := readConfig(path, known)
		if err != nil && (values != nil || !strings.Contains(err.Error(), path)) {
			t.Fatalf("%v, %v", values, err)
		}
		for name, v := range values {
			if known[name] == nil || v.line < 1 || v.line > 1+strings.Count(text, "\n") {
				t.Fatalf("%s in line %d", name, v.line)
			}
		}
	})
}

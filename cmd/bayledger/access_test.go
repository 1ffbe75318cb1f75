package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bayledger/server/access"

	"github.com/spf13/cobra"
)

// Every command has a rule, so that a new one without fails here.
func TestEveryCommandHasARule(t *testing.T) {
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	seen := map[string]bool{}
	var walk func(c *cobra.Command, path string)
	walk = func(c *cobra.Command, path string) {
		for _, sub := range c.Commands() {
			name := strings.TrimSpace(path + " " + sub.Name())
			walk(sub, name)
			seen[name] = true
			rule, ok := access.Command(name)
			if !ok {
				t.Errorf("the command %q has no rule; say in access/commands.go what it asks for", name)
			}
			for _, action := range rule.Asks {
				if !isAction(action) {
					t.Errorf("the command %q asks for %q, which no rule names", name, action)
				}
			}
		}
	}
	walk(a.root(), "")
	for _, name := range access.Commands() {
		if !seen[name] {
			t.Errorf("there is a rule for the command %q, and no such command", name)
		}
	}
}

func isAction(a access.Action) bool {
	for _, known := range access.Actions() {
		if a == known {
			return true
		}
	}
	return false
}

// watched is what a server writes, whole.
type watched struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// serving runs a server on the shell's folder until the test ends, and returns its
// address, the code of its set-up and what it logs.
func (s *shell) serving(args ...string) (url, code string, logs *watched) {
	s.Helper()
	said, out := io.Pipe()
	logs = &watched{}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve", "--data", s.data, "--listen", "127.0.0.1:0", "--log", "debug"}, args...), strings.NewReader(""), out, logs)
		out.Close()
	}()
	s.Cleanup(func() { stop(); <-ended })
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "open "); ok {
			url = rest
		}
		if _, rest, ok := strings.Cut(lines.Text(), "/setup#"); ok {
			code, _, _ = strings.Cut(rest, " ")
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if url == "" || code == "" {
		s.Fatalf("it says neither where it is nor how it is set up: %s", logs)
	}
	return url, code, logs
}

// typed runs a command with words on its standard input.
func (s *shell) typed(input string, args ...string) (code int, out string) {
	s.Helper()
	var o bytes.Buffer
	code = run(context.Background(), append(args, "--data", s.data), strings.NewReader(input), &o, &o)
	return code, o.String()
}

// From an empty folder: the first administrator, a handheld that is paired by a code, a
// badge with a PIN, a message, a new key, and a key that is taken back while scans
// wait. No secret of all that stands in a log or in an entry.
func TestAccessFromAnEmptyFolder(t *testing.T) {
	s := newShell(t)
	url, setUp, logs := s.serving()
	post := func(path, body string) *http.Response {
		t.Helper()
		answer, err := http.Post(url+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	secrets := []string{setUp, "correct horse", "battery staple", "25801357"}
	answer := post("/v1/set-up", `{"code":"`+setUp+`","login":"ann.miller","password":"correct horse"}`)
	if answer.StatusCode != 200 || len(answer.Cookies()) != 2 {
		t.Fatalf("set up: %s %v", answer.Status, answer.Cookies())
	}
	secrets = append(secrets, answer.Cookies()[0].Value, answer.Cookies()[1].Value)
	if code, out := s.typed("battery staple\n", "user", "add", "bob.smith", "--role", "main=supervisor", "--name", "Bob Smith"); code != 0 {
		t.Fatal(out)
	}
	if code, out := s.typed("short\n", "user", "password", "bob.smith"); code != 1 || !strings.Contains(out, "10 characters") {
		t.Error(out)
	}
	token, _ := s.do(0, "token", "add", "--user", "bob.smith", "--scope", "read")
	secrets = append(secrets, lastLine(token))
	s.do(0, "import", "operators", s.file("operators.csv", "code\nann\n"))
	s.do(0, "import", "locations", s.file("locations.csv", "code,site\nA-01,main\n"))
	s.do(0, "import", "products", s.file("products.csv", "code\nBOLT\n"))
	n := &api{base: url, key: strings.TrimSpace(s.read("admin.key")), client: http.DefaultClient}
	secrets = append(secrets, n.key)
	if err := n.call(t.Context(), "PUT", "/v1/operators/ann/pin", "application/json", []byte(`{"pin":"25801357"}`), nil); err != nil {
		t.Fatal(err)
	}

	shown, _ := s.do(0, "pair", "--device", "H-07", "--qr", "--site", "main")
	address := lastLine(shown)
	if !strings.HasPrefix(address, url+"/scan#pair=") || !strings.Contains(shown, "█") {
		t.Fatalf("%s", shown)
	}
	secrets = append(secrets, address[strings.Index(address, "=")+1:])
	hand := &shell{t, s.dir, filepath.Join(s.dir, "hand")}
	scan := func(lines string, args ...string) string {
		t.Helper()
		code, out := hand.typed(lines, append([]string{"scan", "--plain"}, args...)...)
		if code != 0 {
			t.Fatalf("scan: %d %s", code, out)
		}
		return out
	}
	// The first start fetches the list of the shift; the second asks for the PIN.
	if out := scan("A-01\nBOLT\n", "--pair", address); !strings.Contains(out, "This handheld is H-07 now") || !strings.Contains(out, "SENT") {
		t.Errorf("%s", out)
	}
	if code, out := hand.typed("", "scan", "--pair", address); code != 1 || !strings.Contains(out, "The code is not valid") {
		t.Errorf("the code works twice: %d %s", code, out)
	}
	hand.until("shift.json", `"operator":"ann"`)
	out := scan("BLOP-ann\n1111\nBLOP-ann\n25801357\nBOLT\n")
	if !strings.Contains(out, "Wrong PIN. Scan the badge again; 4 more.") || !strings.Contains(out, "Hello, ann.") {
		t.Errorf("%s", out)
	}
	own, ok := ownKeyOf(filepath.Join(hand.data, "handheld", "H-07"))
	if !ok {
		t.Fatal("the handheld has no key of its own")
	}
	secrets = append(secrets, own.Key)
	if info, err := os.Stat(filepath.Join(hand.data, "handheld", "H-07", ownKeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", info.Mode(), err)
	}

	s.do(0, "device", "message", "H-07", "Come to the office.")
	s.do(0, "device", "renew", "H-07")
	if out := scan("BOLT\n"); !strings.Contains(out, "Come to the office.") {
		t.Errorf("the message is not shown: %s", out)
	}
	hand.until(ownKeyFile, "bl_")
	if now, _ := ownKeyOf(filepath.Join(hand.data, "handheld", "H-07")); now.Key == own.Key {
		t.Error("the key is the old one still")
	} else {
		secrets = append(secrets, now.Key)
	}
	scan("BOLT\n") // the new key is used, and ends the old one
	if err := (&api{base: url, key: own.Key, client: http.DefaultClient}).get(t.Context(), "/v1/key", nil); err == nil {
		t.Error("the old key is good still")
	}

	// Two scans without a network, then the key is taken back, then two more.
	away := []string{"--server", "http://127.0.0.1:1", "--linger", "1ms"}
	scan("BOLT\nBOLT\n", away...)
	s.do(0, "device", "revoke", "H-07")
	scan("BOLT\nBOLT\n", away...)
	if out := scan("BOLT\n"); !strings.Contains(out, "key was taken back") {
		t.Errorf("it is not told that its key ended: %s", out)
	}
	report, _ := s.do(0, "report", "activity", "--format", "json")
	var entries []struct{ Outcome, Code, Device, Actor string }
	if err := json.Unmarshal([]byte(report), &entries); err != nil {
		t.Fatal(err)
	}
	fates := map[string]int{}
	for _, e := range entries {
		if e.Device == "H-07" {
			fates[e.Outcome+e.Code]++
		}
	}
	if fates["applied"] != 6 || fates["parkednot_allowed"] != 3 {
		t.Errorf("what became of its scans: %v", fates)
	}
	if err := (&api{base: url, key: lastLine(token), client: http.DefaultClient}).get(t.Context(), "/v1/balances", nil); err != nil {
		t.Error(err)
	}
	for _, secret := range append(secrets, "ann.miller", "bob.smith", "Bob Smith") {
		if strings.Contains(report, secret) {
			t.Errorf("%q stands in an entry", secret)
		}
		if strings.Contains(logs.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
}

func (s *shell) read(name string) string {
	s.Helper()
	b, err := os.ReadFile(filepath.Join(s.data, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(b)
}

// until says that a file of the handheld's folder holds something.
func (s *shell) until(name, text string) {
	s.Helper()
	if b, err := os.ReadFile(filepath.Join(s.data, "handheld", "H-07", name)); err != nil || !strings.Contains(string(b), text) {
		s.Errorf("%s holds %q and not %q (%v)", name, b, text, err)
	}
}

// What is refused before anything listens.
func TestServeRefusesAPlainNetwork(t *testing.T) {
	s := newShell(t)
	for _, listen := range []string{"0.0.0.0:0", "[::]:0", ":0", "10.0.0.1:0", "stock.example:0"} {
		if _, errs := s.do(2, "serve", "--listen", listen); !strings.Contains(errs, "--tls") {
			t.Errorf("%s: %s", listen, errs)
		}
	}
	for _, args := range [][]string{{"--openid-client", "x"}, {"--openid-issuer", "http://stock.example", "--openid-client", "x", "--openid-group", "a=floor"},
		{"--openid-issuer", "https://id.example", "--openid-client", "x"}, {"--openid-issuer", "https://id.example", "--openid-client", "x", "--openid-group", "a=owner"}} {
		s.do(2, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	}
}

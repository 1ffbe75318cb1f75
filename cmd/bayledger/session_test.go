package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var writeSession = flag.Bool("write-session", false, "write the session into scanner/README.md")

const sessionPage = "../../scanner/README.md"

// session is people at a warehouse: a server and a terminal handheld, each a process of its own,
// that can be killed.
type session struct {
	*testing.T
	shell      *shell
	server     *ownServer
	handheld   *exec.Cmd
	keys       io.WriteCloser
	lines      chan string
	transcript bytes.Buffer
}

func newSession(t *testing.T) *session {
	s := &session{T: t, shell: newShell(t)}
	s.server = &ownServer{dir: s.shell.data, log: os.Stderr}
	return s
}

// serve starts the server for the first time, on what was imported by then.
func (s *session) serve() {
	s.Helper()
	self := s.run("serve")
	s.server.child = self.Args[:len(self.Args)-1]
	s.start()
	s.Cleanup(s.server.kill)
}

func (s *session) start() {
	s.Helper()
	if err := s.server.start(s.Context()); err != nil {
		s.Fatal(err)
	}
}

// run runs a command line in a process of its own, as ownServer does.
func (s *session) run(args ...string) *exec.Cmd {
	s.Helper()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	cmd := exec.Command(self, append([]string{"-test.run=" + benchChild, "--"}, args...)...)
	return cmd
}

// take takes a handheld into the hand, as it lay there.
func (s *session) take() {
	s.Helper()
	handheld := s.run("scan", "--data", s.shell.data, "--device", "H-07")
	s.handheld = handheld
	out, err := s.handheld.StdoutPipe()
	if err == nil {
		s.keys, err = s.handheld.StdinPipe()
	}
	if err == nil {
		s.handheld.Stderr = os.Stderr
		err = s.handheld.Start()
	}
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = handheld.Process.Kill() })
	lines := make(chan string, 1000)
	s.lines = lines
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
}

// until takes what is shown up to a line that has a text in it.
func (s *session) until(text string) {
	s.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, more := <-s.lines:
			if !more {
				s.Fatalf("the handheld ended before it showed %q\n%s", text, s.transcript.String())
			}
			s.transcript.WriteString(line + "\n")
			if strings.Contains(line, text) {
				return
			}
		case <-late:
			s.Fatalf("the handheld never showed %q\n%s", text, s.transcript.String())
		}
	}
}

// scan types a line and takes what is shown up to the last of the texts.
func (s *session) scan(line string, until ...string) {
	s.Helper()
	s.transcript.WriteString("> " + strings.ReplaceAll(line, "\x1d", "<GS>") + "\n")
	if _, err := io.WriteString(s.keys, line+"\r\n"); err != nil {
		s.Fatal(err)
	}
	for _, text := range until {
		s.until(text)
	}
}

func (s *session) note(text string) { s.transcript.WriteString("\n# " + text + "\n") }

// leave ends the handheld as a person does.
func (s *session) leave() {
	s.Helper()
	s.scan("/quit")
	if err := s.handheld.Wait(); err != nil {
		s.Errorf("the handheld ended with %v", err)
	}
}

// kill ends the handheld as an empty battery does.
func (s *session) kill() {
	s.Helper()
	if err := s.handheld.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	_ = s.handheld.Wait()
}

// A pallet is received and put away, goods are picked without network, one is undone. Meanwhile the
// server is killed, and the handheld too. Nothing is lost, nothing is booked twice; and the session
// is what scanner/README.md shows.
func TestTerminalSession(t *testing.T) {
	s := newSession(t)
	s.shell.do(0, "import", "products", s.shell.file("p.csv", "code,name,barcode\nTEA,Green tea 100 g,9521234543213\nBOLT,Bolt M6,4006381333931\n"))
	s.shell.do(0, "import", "barcodes", s.shell.file("b.csv", "barcode,product,quantity\n19521234543210,TEA,24\n"))
	s.shell.do(0, "import", "locations", s.shell.file("l.csv", "code,kind,site\nA-01,stock,main\nA-02,stock,main\n"))
	s.serve()
	s.take()

	const piece, casing, content, sscc = "]E09521234543213", "]I119521234543210", "]C10219521234543210" + "3712", "]C100395212345000000019"
	s.until("Scan a place")
	s.note("A pallet comes in: its content and its number are two barcodes of one label.")
	s.scan("]C0BLCMD-ADD", "Scan a place")
	s.scan("incoming", "Scan a thing")
	s.scan(content, "other barcode")
	s.scan(sscc, "#1", "Scan a thing", "SENT")
	s.scan("/2", "× 2")
	s.scan(casing, "#2", "Scan a thing", "SENT")
	s.note("It is put away, and so are the two cases.")
	s.scan("]C0BLCMD-MOVE", "take from")
	s.scan(sscc, "In hand", "where they go")
	s.scan("A-01", "#3", "take from", "SENT")
	s.scan("incoming", "where things go")
	s.scan("]C0BLCMD-X2", "× 2")
	s.scan(casing, "In hand", "where they go")
	s.scan("A-02", "#4", "where things go", "SENT")
	s.note("Picking begins; the server is killed (kill -9).")
	s.scan("]C0BLCMD-REMOVE", "Scan a place")
	s.scan("A-02", "Scan a thing")
	s.scan(piece, "#5", "Scan a thing", "SENT")
	s.server.kill()
	s.until("OFFLINE")
	s.scan(piece, "#6", "not sent yet: 1")
	s.scan(piece, "#7", "not sent yet: 2")
	s.scan("/3", "× 3")
	s.scan(piece, "#8", "not sent yet: 3")
	s.note("The handheld is killed too (kill -9), and started again.")
	s.kill()
	s.take()
	s.until("Scan a thing")
	s.until("OFFLINE")
	s.note("The last one was a mistake.")
	s.scan("/undo", "#9", "not sent yet: 9")
	s.note("The server is back.")
	s.start()
	s.until("ONLINE")
	s.until("SENT")
	s.scan("/quit")
	for line := range s.lines {
		s.transcript.WriteString(line + "\n")
	}
	if err := s.handheld.Wait(); err != nil {
		t.Errorf("the handheld ended with %v", err)
	}
	s.eachOnce(9)
	s.balances("A-01 TEA 395212345000000019 288", "A-02 TEA - 45")
	s.server.kill()
	s.shell.do(0, "verify")
	s.page()
}

// A stop that is read late, on a handheld that is killed meanwhile: what waits behind it is booked as of when it
// was scanned, before a count that was made meanwhile.
func TestKilledBehindAStop(t *testing.T) {
	t.Parallel() // most of it is waiting
	s := newSession(t)
	s.shell.do(0, "import", "products", s.shell.file("p.csv", "code,name,barcode\nTEA,Green tea 100 g,9521234543213\nBOLT,Bolt M6,4006381333931\n"))
	s.serve()
	s.take()
	s.until("Scan a place")
	s.scan("stock", "Scan a thing")
	s.scan("]C0BLCMD-NONSENSE", "STOP", "press OK")
	s.scan("]E09521234543213", "waiting behind this: 1")
	s.scan("]E09521234543213", "waiting behind this: 2")
	s.kill()
	s.take()
	s.until("waiting behind this: 2")
	count := s.shell.file("c.jsonl", `{"device":"C-1","seq":1,"action":"count","product":"TEA","quantity":"5","from":"stock"}`+"\n")
	s.shell.do(0, "replay", "--data", s.shell.data, count)
	s.scan("]C0BLCMD-OK", "#1 to #2", "SENT")
	s.scan("]E04006381333931", "#3", "SENT")
	s.leave()
	s.eachOnce(3)
	s.balances("stock BOLT - 1", "stock TEA - 5")
}

// What needs somebody is handed to a supervisor without a network, by a handheld that is killed then: asked once.
func TestHandedOverFromATerminal(t *testing.T) {
	t.Parallel() // most of it is waiting
	s := newSession(t)
	s.serve()
	s.take()
	s.until("Scan a place")
	s.scan("stock", "Scan a thing")
	s.scan("]C0NOBODYS", "NEEDS YOU", "SENT")
	s.server.kill()
	s.until("OFFLINE")
	s.scan("/ask 1", "#2 asks a supervisor")
	s.kill()
	s.take()
	s.until("OFFLINE")
	s.scan("/needs", "Needs you: 0.")
	s.start()
	s.until("SENT")
	s.leave()
	s.eachOnce(2)
	if open, _ := s.shell.do(0, "report", "exceptions", "--format", "json"); strings.Count(open, "asks a supervisor to look at scan 1 of H-07: Added 1 × ]C0NOBODYS to stock.") != 1 {
		t.Errorf("a supervisor sees %s", open)
	}
}

// A handheld that nobody names is the one in the folder, else the one that the key was given to.
func TestScanFindsItsName(t *testing.T) {
	key := "k"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/key" && r.Header.Get("Authorization") == "Bearer k" {
			fmt.Fprint(w, `{"device":"H-07"}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	a := &app{data: t.TempDir(), server: server.URL, key: key}
	if name := a.ownDevice(t.Context(), "terminal"); name != "H-07" {
		t.Errorf("the key is %s's", name)
	}
	if a.key = "another"; a.ownDevice(t.Context(), "terminal") != "terminal" {
		t.Error("a key that nobody knows names a handheld")
	}
	if err := os.MkdirAll(filepath.Join(a.data, "handheld", "H-09"), 0o700); err != nil {
		t.Fatal(err)
	}
	if name := a.ownDevice(t.Context(), "terminal"); name != "H-09" {
		t.Errorf("the folder is %s's", name)
	}
}

// eachOnce wants each scan of the handheld once in the log.
func (s *session) eachOnce(count int) {
	s.Helper()
	server, err := s.server.api()
	if err != nil {
		s.Fatal(err)
	}
	var log struct {
		Entries []struct {
			Intent struct {
				Device string
				Seq    int
			}
		}
	}
	if err := server.get(s.Context(), "/v1/activity?since=0&limit=1000", &log); err != nil {
		s.Fatal(err)
	}
	times := map[int]int{}
	for _, e := range log.Entries {
		if e.Intent.Device == "H-07" {
			times[e.Intent.Seq]++
		}
	}
	for seq := 1; seq <= count; seq++ {
		if times[seq] != 1 {
			s.Errorf("scan %d is booked %d times", seq, times[seq])
		}
	}
	if len(times) != count {
		s.Errorf("%d scans are booked, not %d", len(times), count)
	}
}

// balances shows what lies where, and wants just that.
func (s *session) balances(want ...string) {
	s.Helper()
	var report []struct{ Location, Product, Package, Quantity string }
	out, _ := s.shell.do(0, "report", "balance", "--format", "json")
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		s.Fatal(err)
	}
	var rows []string
	s.transcript.WriteString("\n# What the books say (bayledger report balance, the columns that matter here)\n")
	fmt.Fprintf(&s.transcript, "%-9s %-8s %-19s %s\n", "LOCATION", "PRODUCT", "PACKAGE", "QUANTITY")
	for _, r := range report {
		fmt.Fprintf(&s.transcript, "%-9s %-8s %-19s %s\n", r.Location, r.Product, cmp.Or(r.Package, "-"), r.Quantity)
		rows = append(rows, r.Location+" "+r.Product+" "+cmp.Or(r.Package, "-")+" "+r.Quantity)
	}
	if slices.Sort(rows); !slices.Equal(rows, want) {
		s.Errorf("the books say %q, want %q", rows, want)
	}
}

// page holds the page against the session.
func (s *session) page() {
	s.Helper()
	page, err := os.ReadFile(filepath.FromSlash(sessionPage))
	if err != nil {
		s.Fatal(err)
	}
	const from, to = "```text session\n", "```\n"
	before, rest, ok := strings.Cut(string(page), from)
	shown, after, closed := strings.Cut(rest, to)
	if !ok || !closed {
		s.Fatalf("%s shows no session", sessionPage)
	}
	if *writeSession {
		if err := os.WriteFile(sessionPage, []byte(before+from+s.transcript.String()+to+after), 0o644); err != nil {
			s.Fatal(err)
		}
		return
	}
	if shown != s.transcript.String() {
		got, _ := json.Marshal(s.transcript.String())
		s.Errorf("the page shows another session than there was; it was %s", got)
	}
}

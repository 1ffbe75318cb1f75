package handheld

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"bayledger/scanner/client"
	"bayledger/scanner/flow"
	"bayledger/sync/ledger"
)

// Bounds of what a server says of PINs.
const (
	askWithin    = 10 * time.Second
	maxShift     = 16 << 20 // bytes of a list: names of 50,000 operators, and 500 checks
	maxPINMemory = 256 << 10
	maxPINTimes  = 16
	// refreshAfter is how old a list may become while the network is there.
	refreshAfter = time.Hour
)

// shift is by what PINs are judged without a network, and how that went so far. The
// checks go at its end; who has a PIN stays known.
type shift struct {
	Until  ledger.Time    `json:"until"`
	Got    ledger.Time    `json:"got"`
	Tries  int            `json:"tries"`
	Checks []pinCheck     `json:"checks"`
	Known  []string       `json:"known"` // who has a PIN
	Wrong  map[string]int `json:"wrong"` // in a row, by operator
}

// pinCheck judges one operator's PIN.
type pinCheck struct {
	Operator string `json:"operator"`
	Salt     []byte `json:"salt"`
	Memory   uint32 `json:"memory"`
	Times    uint32 `json:"times"`
	Nonce    []byte `json:"nonce"`
	Check    []byte `json:"check"`
}

func (c *pinCheck) judges(pin string) bool {
	if c.Memory == 0 || c.Memory > maxPINMemory || c.Times == 0 || c.Times > maxPINTimes {
		return false
	}
	mac := hmac.New(sha256.New, c.Nonce)
	mac.Write(argon2.IDKey([]byte(pin), c.Salt, c.Times, c.Memory, 1, sha256.Size))
	return hmac.Equal(mac.Sum(nil), c.Check)
}

func (h *Handheld) shiftFile() string { return filepath.Join(h.cfg.Dir, "shift.json") }

func (h *Handheld) loadShift() {
	data, err := os.ReadFile(h.shiftFile())
	if err == nil && json.Unmarshal(data, &h.shift) != nil {
		h.shift = shift{} // it is asked for again
	}
}

// keepShift stores what is known of PINs: a restart forgets no wrong try.
func (h *Handheld) keepShift() {
	data, err := json.Marshal(&h.shift)
	if err == nil {
		err = writeFile(h.shiftFile(), data)
	}
	if err != nil {
		h.cfg.Log.Warn("the list of the shift could not be kept", "error", err)
	}
}

// badge stands between a badge and the work: where its owner has a PIN, that comes
// first. It takes the scan if true.
func (h *Handheld) badge(scan string) (takes bool) {
	code, ok := h.machine.Badge(scan)
	if !ok {
		return false
	}
	h.shiftMu.Lock()
	known := slices.Contains(h.shift.Known, code)
	h.shiftMu.Unlock()
	if !known {
		return false
	}
	if h.machine.Screen().State == flow.Stop {
		h.view.say("The badge was not taken: clear what stands here first (/ok), then scan it again.")
		return true
	}
	h.asking, h.askScan, h.askAt = code, scan, h.read
	h.view.hide(true)
	h.view.say("PIN of " + code + ", please. /cancel: not now.")
	return true
}

// pin takes what was keyed in for the badge that waits.
func (h *Handheld) pin(ctx context.Context, line string) {
	code, scan := h.asking, h.askScan
	h.asking, h.askScan = "", ""
	h.view.hide(false)
	line = strings.TrimSpace(line)
	if line == "" || strings.EqualFold(line, "/cancel") {
		h.view.say("Nobody's badge was taken.")
		return
	}
	if words := h.judge(ctx, code, strings.TrimPrefix(line, "/")); words != "" {
		h.view.say(words)
		return
	}
	h.event(ctx, flow.Event{Scan: scan, Moment: h.askAt})
}

// judge says what is wrong with a PIN, "" where it is right. By itself as far as it
// may; the server is asked where it may not.
func (h *Handheld) judge(ctx context.Context, code, pin string) (words string) {
	h.shiftMu.Lock()
	s := &h.shift
	at := slices.IndexFunc(s.Checks, func(c pinCheck) bool { return c.Operator == code })
	alone := at >= 0 && ledger.TimeOf(h.cfg.Now()) < s.Until && s.Wrong[code] < s.Tries
	if !alone {
		h.shiftMu.Unlock()
		return h.askServer(ctx, code, pin)
	}
	check := s.Checks[at]
	if s.Wrong == nil {
		s.Wrong = map[string]int{}
	}
	s.Wrong[code]++ // it counts as wrong until it was right
	left := s.Tries - s.Wrong[code]
	h.keepShift()
	h.shiftMu.Unlock()
	if !check.judges(pin) {
		if left == 0 {
			return "Wrong PIN, too often. From now on the server is asked; a supervisor can give a new one."
		}
		return fmt.Sprintf("Wrong PIN. Scan the badge again; %d more.", left)
	}
	h.shiftMu.Lock()
	delete(s.Wrong, code)
	h.keepShift()
	h.shiftMu.Unlock()
	return ""
}

// askServer has the server judge a PIN.
func (h *Handheld) askServer(ctx context.Context, code, pin string) (words string) {
	var answer struct {
		Right bool        `json:"right"`
		Until ledger.Time `json:"shut_until"`
	}
	err := h.ask(ctx, http.MethodPost, "/v1/operators/"+url.PathEscape(code)+"/verify", map[string]string{"pin": pin}, &answer)
	switch {
	case err != nil:
		return "The PIN of " + code + " can only be judged with a network now: " + sentence(err) + " Scan on as who you are, or scan the badge again later."
	case answer.Right:
		h.shiftMu.Lock()
		delete(h.shift.Wrong, code)
		h.keepShift()
		h.shiftMu.Unlock()
		return ""
	case answer.Until != 0:
		return "Wrong PIN, too often. The badge is shut until " + answer.Until.Std().Local().Format("15:04") + "; a supervisor can give a new PIN."
	}
	return "Wrong PIN. Scan the badge again."
}

// heard tells of what the client says, and fetches what a connection makes possible.
func (h *Handheld) heard(ctx context.Context, e client.Event) {
	if e.Kind == client.Connected || e.Kind == client.Notice && e.Code == "policy" {
		h.fetching.Go(func() { h.fetch(context.WithoutCancel(ctx)) }) // each question has a deadline of its own
	}
	h.log.Heard(e)
	if e.Kind == client.Notice && e.Code == "log" {
		h.fetching.Go(func() { h.handIn(context.WithoutCancel(ctx)) })
	}
	if e.Kind == client.Notice && e.Text == "" {
		return // nothing to show
	}
	h.view.event(e)
}

// fetch gets a new key, where the server wants that, and the list of the shift. One
// at a time does.
func (h *Handheld) fetch(ctx context.Context) {
	if !h.fetchMu.TryLock() {
		return
	}
	defer h.fetchMu.Unlock()
	if policy, ok := h.client.Policy(); ok && policy.RenewKey {
		if err := h.renew(ctx); err != nil {
			h.cfg.Log.Warn("a new key could not be fetched; the old one goes on", "error", err)
		}
	}
	h.shiftMu.Lock()
	young := h.shift.Got != 0 && h.cfg.Now().Sub(h.shift.Got.Std()) < refreshAfter
	h.shiftMu.Unlock()
	if young {
		return
	}
	var got shift
	if err := h.ask(ctx, http.MethodGet, "/v1/shift", nil, &got); err != nil {
		h.cfg.Log.Info("the list of the shift could not be fetched", "error", err)
		return
	}
	h.shiftMu.Lock()
	defer h.shiftMu.Unlock()
	got.Got, got.Wrong = ledger.TimeOf(h.cfg.Now()), h.shift.Wrong
	for _, c := range got.Checks { // a server of before names nobody else
		if !slices.Contains(got.Known, c.Operator) {
			got.Known = append(got.Known, c.Operator)
		}
	}
	h.shift = got
	h.keepShift()
}

// forget drops the checks whose shift is over.
func (h *Handheld) forget() {
	h.shiftMu.Lock()
	defer h.shiftMu.Unlock()
	if len(h.shift.Checks) > 0 && ledger.TimeOf(h.cfg.Now()) >= h.shift.Until {
		h.shift.Checks = nil
		h.keepShift()
	}
}

// renew fetches a new key. The old one is good until the new one is first used, so
// that it is stored before it is: a crash in between changes nothing.
func (h *Handheld) renew(ctx context.Context) error {
	if h.cfg.KeepKey == nil {
		return nil
	}
	var fresh struct {
		Key string `json:"key"`
	}
	if err := h.ask(ctx, http.MethodPost, "/v1/key", nil, &fresh); err != nil {
		return err
	}
	if fresh.Key == "" {
		return errors.New("the server gave no key")
	}
	if err := h.cfg.KeepKey(fresh.Key); err != nil {
		return err
	}
	h.key.Store(&fresh.Key)
	return nil
}

// ask speaks to the server's REST side.
func (h *Handheld) ask(ctx context.Context, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var sent io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, restAddress(h.cfg.Server)+path, sent)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+*h.key.Load())
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := h.http.Do(r)
	if err != nil {
		return fmt.Errorf("the server does not answer")
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxShift))
	if err != nil {
		return fmt.Errorf("the server's answer broke off")
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		var p struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(b, &p)
		return fmt.Errorf("the server answered %s: %s", answer.Status, p.Message)
	}
	return json.Unmarshal(b, into)
}

// restAddress is the address of the REST side that belongs to that of the socket.
func restAddress(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	switch u.Scheme {
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	}
	return u.Scheme + "://" + u.Host
}

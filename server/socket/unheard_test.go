package socket_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"bayledger/server/socket"
)

// knock asks for a socket from an address, and returns the status of the answer and the
// connection, open.
func (d *dock) knock(address string) (status int, leave func()) {
	d.Helper()
	r, err := http.NewRequest(http.MethodGet, d.server.URL, nil)
	if err != nil {
		d.Fatal(err)
	}
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Address": address} {
		r.Header.Set(name, value)
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		d.Fatal(err)
	}
	if answer.StatusCode != http.StatusSwitchingProtocols && answer.Header.Get("Retry-After") == "" {
		d.Error("nobody is told when to come back")
	}
	return answer.StatusCode, func() { answer.Body.Close() }
}

// Sockets that say no hello are bounded, of one address and in all; who has said it, or
// is gone, counts no more.
func TestSocketsBeforeHelloAreBounded(t *testing.T) {
	d := open(t, func(o *socket.Options) {
		o.Unheard, o.UnheardOf, o.HelloWithin = 5, 3, time.Minute
		o.From = func(r *http.Request) string { return r.Header.Get("Address") }
	})
	var leave []func()
	for i, want := range []int{101, 101, 101, 429} { // of one address
		status, close := d.knock("a")
		if leave = append(leave, close); status != want {
			t.Errorf("%d of a: %d", i, status)
		}
	}
	for i, want := range []int{101, 101, 429} { // in all
		status, close := d.knock(fmt.Sprint("b", i))
		if leave = append(leave, close); status != want {
			t.Errorf("%d of others: %d", i, status)
		}
	}
	for _, close := range leave {
		close()
	}
	for end := time.Now().Add(strangerWithin); d.hub.Stats().Sessions > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("those that are gone count still")
		}
	}
	if status, close := d.knock("a"); status != 101 {
		t.Errorf("what is gone makes no room: %d", status)
	} else {
		close()
	}
	for range 10 { // who has said hello is no stranger, and its address is all of theirs
		d.hello(fmt.Sprint("H-", len(leave)))
		leave = append(leave, nil)
	}
}

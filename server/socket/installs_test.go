package socket_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/server/socket"
)

// A device's key makes no installs without end; those that it has go on, and other
// devices do not notice.
func TestInstallsOfADeviceAreBounded(t *testing.T) {
	d := open(t, func(o *socket.Options) { o.Installs = 2 })
	greet := func(device, install string) *handheld {
		h := d.dial()
		h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":%q,"key":"key-%s","cursor":null}`, device, install, device))
		return h
	}
	for _, install := range []string{"i1", "i2"} {
		h := greet("H-1", install)
		h.one("welcome")
		h.send(`{"type":"push","intents":[{"seq":1,"action":"add","product":"BOLT","quantity":1}]}`)
		h.one("ack")
	}
	if m := greet("H-1", "i3").one("error"); m.Error.Code != "not_allowed" || !strings.Contains(m.Error.Message, "another name") {
		t.Errorf("a third install: %+v", m.Error)
	}
	greet("H-1", "i1").one("welcome")
	greet("H-2", "i3").one("welcome")
}

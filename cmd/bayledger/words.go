package main

import (
	"time"

	"bayledger/server/socket"
	"bayledger/server/store"
)

// wordsEvery is how often what devices say of their scans is kept: an alert on it looks
// hours back.
const wordsEvery = time.Minute

// words are the devices that held scans by what they said to the run before.
func (n *node) words() (known []socket.Device, err error) {
	kept, err := n.store.Words()
	for device, w := range kept {
		known = append(known, socket.Device{Device: device, Install: w.Install, Heard: w.Heard, Pending: w.Pending, Oldest: w.Oldest})
	}
	return known, err
}

// keepWords keeps what devices say at each tick, and at the end.
func (n *node) keepWords(tick <-chan time.Time) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	n.stopWords = func() { close(stop); <-stopped }
	go func() {
		defer close(stopped)
		for {
			select {
			case <-tick:
				n.keepWordsNow()
			case <-stop:
				n.keepWordsNow()
				return
			}
		}
	}()
}

// keepWordsNow leaves a nearly full disk alone.
func (n *node) keepWordsNow() {
	if n.journal.Room() != nil {
		return
	}
	now := map[string]store.Word{}
	for _, d := range n.hub.Devices() {
		now[d.Device] = store.Word{Install: d.Install, Heard: d.Heard, Pending: d.Pending, Oldest: d.Oldest}
	}
	if err := n.store.KeepWords(now); err != nil {
		n.log.Warn("what devices hold could not be kept; a restart forgets it", "error", err)
	}
}

package handheld

import (
	"context"
	"io"
	"time"

	"bayledger/scanner/flow"
)

// Run takes lines until the input ends, someone says /quit, or ctx ends; ending is no error.
func (h *Handheld) Run(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	online := make(chan error, 1)
	go func() { online <- h.client.Run(ctx) }()
	lines := make(chan line, MaxLines)
	read := make(chan error, 1)
	var typed func(string)
	if h.cfg.Draw {
		typed = h.view.typed
	}
	go func() {
		if h.cfg.Bursts {
			read <- readBursts(ctx, in, h.reader.Profile, h.client.Moment, lines)
			return
		}
		read <- readLines(ctx, in, h.reader.Profile.Suffix, typed, h.client.Moment, lines)
	}()
	h.firstCatalogue(ctx)
	h.view.show(h.machine.Screen(), 0)
	if h.machine.Screen().Behind > 0 {
		h.event(ctx, flow.Event{}) // a crash came between a step and what waited for it
	}
	quit, err := h.loop(ctx, lines, read)
	if err == nil && !(quit && h.view.away()) { // nobody is kept waiting for a network that is not there
		h.linger(ctx)
	}
	cancel()
	<-online
	h.fetching.Wait()
	h.view.end()
	return err
}

// firstCatalogue waits for the very first catalogue, and not for long: without one a place cannot be
// told from a thing.
func (h *Handheld) firstCatalogue(ctx context.Context) {
	if h.goods.copy.CatalogAsOf().Complete {
		return
	}
	wait := time.NewTimer(h.cfg.CatalogueWithin)
	defer wait.Stop()
	defer h.hear(ctx)
	asked := false
	for !h.goods.copy.CatalogAsOf().Complete {
		select {
		case <-h.news:
			h.machine.Rules(h.goods.rules())
			h.machine.Reasons(h.goods.reasons())
			h.keepCatalogue(true)
		case e := <-h.events.Events():
			h.heard(ctx, e)
		case <-wait.C:
			if !asked && h.client.Connected() { // it is on its way
				asked = true
				wait.Reset(onItsWay)
				continue
			}
			h.view.say("No catalogue yet: everything is kept as it is scanned.")
			return
		case <-ctx.Done():
			return
		}
	}
}

// hear tells what the client has said so far.
func (h *Handheld) hear(ctx context.Context) {
	for {
		select {
		case e := <-h.events.Events():
			h.heard(ctx, e)
		default:
			return
		}
	}
}

// loop takes lines until they end; quit is true where somebody said so.
func (h *Handheld) loop(ctx context.Context, lines <-chan line, read <-chan error) (quit bool, err error) {
	keep := time.NewTicker(keepWithin)
	defer keep.Stop()
	for {
		select {
		case l, more := <-lines:
			if !more {
				return false, <-read
			}
			if h.line(context.WithoutCancel(ctx), l) { // what was begun is stored
				return true, nil
			}
		case e := <-h.events.Events():
			h.heard(ctx, e)
		case <-h.news:
			h.machine.Rules(h.goods.rules())
			h.machine.Reasons(h.goods.reasons())
			h.keepCatalogue(true)
		case <-keep.C:
			h.keepCatalogue(false)
			h.forget()
		case <-ctx.Done():
			h.rest(context.WithoutCancel(ctx), lines)
			return true, nil
		}
	}
}

// rest takes the lines that are read already: whoever scanned them has no way to know that they were
// not.
func (h *Handheld) rest(ctx context.Context, lines <-chan line) {
	for {
		select {
		case l, more := <-lines:
			if !more || h.line(ctx, l) {
				return
			}
		default:
			return
		}
	}
}

// keepCatalogue keeps the catalogue for a start without network: the first one at once, and later
// ones from time to time.
func (h *Handheld) keepCatalogue(first bool) {
	if first && h.goods.isKept() {
		return
	}
	if err := h.goods.keep(h.catalogueFile()); err != nil {
		h.cfg.Log.Warn("the catalogue could not be kept", "error", err)
	}
}

// linger gives the last scans some time to be sent.
func (h *Handheld) linger(ctx context.Context) {
	end := time.NewTimer(h.cfg.Linger)
	defer end.Stop()
	for h.box.Stats().Waiting > 0 {
		select {
		case e := <-h.events.Events():
			h.heard(ctx, e)
		case <-end.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

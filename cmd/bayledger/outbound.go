package main

import (
	"context"
	"net/netip"

	"bayledger/server/outbound"

	"github.com/prometheus/client_golang/prometheus"
)

// openOutbound reads what goes out, and shows how that does.
func (n *node) openOutbound(allow []netip.Prefix) (err error) {
	if n.outbound, err = outbound.Open(outbound.Options{Book: n.book, Disk: n.store.Outbound(), People: n.store, Log: n.log, Allow: allow}); err != nil {
		return err
	}
	status := n.outbound.Status
	gauge := func(name, help string, value func(outbound.Status) float64) {
		n.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bayledger_webhook_" + name, Help: help}, func() float64 { return value(status()) }))
	}
	counter := func(name, help string, value func(outbound.Status) float64) {
		n.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "bayledger_webhook_" + name, Help: help}, func() float64 { return value(status()) }))
	}
	gauge("endpoints", "Webhooks that are set up.", func(s outbound.Status) float64 { return float64(s.Endpoints) })
	gauge("failing", "Webhooks whose last message was not taken.", func(s outbound.Status) float64 { return float64(s.Failing) })
	gauge("disabled", "Webhooks that nothing is sent to until somebody enables them.", func(s outbound.Status) float64 { return float64(s.Off) })
	gauge("failing_since_seconds", "When the webhook that fails longest began to, since 1970; 0: none fails.", func(s outbound.Status) float64 { return float64(s.Since) / 1e6 })
	gauge("behind_entries", "Entries that the webhook most behind has not been sent.", func(s outbound.Status) float64 { return float64(s.Behind) })
	counter("delivered_total", "Messages that were taken.", func(s outbound.Status) float64 { return float64(s.Delivered) })
	counter("failed_total", "Tries whose message was not taken.", func(s outbound.Status) float64 { return float64(s.Failed) })
	return nil
}

// sendOut lets messages go out until stopOutbound.
func (n *node) sendOut(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.outbound.Run(ctx)
	}()
	n.stopOutbound = func() { cancel(); <-ended }
}

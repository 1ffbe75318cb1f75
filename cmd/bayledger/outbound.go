package main

import (
	"context"

	"bayledger/server/outbound"

	"github.com/prometheus/client_golang/prometheus"
)

// openOutbound reads what goes out, and shows how that does.
func (n *node) openOutbound(o *nodeOptions) (err error) {
	out := outbound.Options{Book: n.book, Disk: n.store.Outbound(), People: n.store, Log: n.log, Allow: o.webhookAllow}
	if o.smtp != nil {
		out.Mail, out.From, out.Reporter = o.smtp, o.smtp.From, reporter{n}
	}
	if n.outbound, err = outbound.Open(out); err != nil {
		return err
	}
	status := n.outbound.Status
	gauge := func(name, help string, value func(outbound.Status) float64) {
		n.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bayledger_" + name, Help: help}, func() float64 { return value(status()) }))
	}
	counter := func(name, help string, value func(outbound.Status) float64) {
		n.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "bayledger_" + name, Help: help}, func() float64 { return value(status()) }))
	}
	gauge("webhook_endpoints", "Webhooks that are set up.", func(s outbound.Status) float64 { return float64(s.Endpoints) })
	gauge("webhook_failing", "Webhooks whose last message was not taken.", func(s outbound.Status) float64 { return float64(s.Failing) })
	gauge("webhook_disabled", "Webhooks that nothing is sent to until somebody enables them.", func(s outbound.Status) float64 { return float64(s.Off) })
	gauge("webhook_failing_since_seconds", "When the webhook that fails longest began to, since 1970; 0: none fails.", func(s outbound.Status) float64 { return float64(s.Since) / 1e6 })
	gauge("webhook_behind_entries", "Entries that the webhook most behind has not been sent.", func(s outbound.Status) float64 { return float64(s.Behind) })
	counter("webhook_delivered_total", "Messages that were taken.", func(s outbound.Status) float64 { return float64(s.Delivered) })
	counter("webhook_failed_total", "Tries whose message was not taken.", func(s outbound.Status) float64 { return float64(s.Failed) })
	gauge("mail_waiting", "Letters that wait to be sent.", func(s outbound.Status) float64 { return float64(s.Letters) })
	gauge("mail_waiting_since_seconds", "When the letter that waits longest was written, since 1970; 0: none waits.", func(s outbound.Status) float64 { return float64(s.Oldest) / 1e6 })
	counter("mail_sent_total", "Letters that the mail server took.", func(s outbound.Status) float64 { return float64(s.Mailed) })
	counter("mail_refused_total", "Tries whose letter the mail server did not take.", func(s outbound.Status) float64 { return float64(s.Refused) })
	counter("mail_unsent_total", "Letters that were given up after a day, or found no room.", func(s outbound.Status) float64 { return float64(s.Unsent) })
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

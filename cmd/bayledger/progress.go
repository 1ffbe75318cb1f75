package main

import (
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// bar shows how far long work is, on a terminal; elsewhere it is silent.
type bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
}

func (a *app) progress(name string, total int64) *bar {
	if !a.terminal() {
		return &bar{}
	}
	p := mpb.New(mpb.WithOutput(a.err), mpb.WithWidth(40))
	return &bar{p, p.AddBar(total, mpb.PrependDecorators(decor.Name(name+" "), decor.CountersNoUnit("%d of %d")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (b *bar) set(n int64) {
	if b.bar != nil {
		b.bar.SetCurrent(n)
	}
}

// grow is set for work whose size is only known on the way.
func (b *bar) grow(n, total int64) {
	if b.bar != nil {
		b.bar.SetTotal(total, false)
		b.bar.SetCurrent(n)
	}
}

// done removes the bar; it may be called again.
func (b *bar) done() {
	if b.bar == nil {
		return
	}
	b.bar.Abort(true)
	b.container.Wait()
	b.bar = nil
}

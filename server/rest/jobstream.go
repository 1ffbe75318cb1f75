package rest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// maxChanged is how many jobs a stream may be behind: a job that changes again
// takes its own place, so that this is jobs and not changes.
const maxChanged = 10_000

// jobFollower is one client of the print jobs as events.
type jobFollower struct {
	api    *API
	filter queue.Filter
	sites  access.Sites // of which jobs are shown
	wake   chan struct{}

	mu      sync.Mutex // guards what follows
	changed map[uint64]queue.Job
	behind  bool // too many changed: the client comes again
}

func (a *API) followJobs(filter queue.Filter, sites access.Sites) (*huma.StreamResponse, error) {
	if a.isDraining() {
		return nil, problem(codeUnavailable, "The server is going away. Come back in a few seconds.")
	}
	select {
	case a.streams <- struct{}{}:
	default:
		return nil, problem(ledger.TooFast, "512 streams are open, the most there can be. Come back later, or read page by page.")
	}
	f := &jobFollower{api: a, filter: filter, sites: sites, wake: make(chan struct{}, 1), changed: map[uint64]queue.Job{}}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer func() { <-a.streams }()
		f.run(ctx)
	}}, nil
}

// note takes a change; it does not wait.
func (f *jobFollower) note(j queue.Job) {
	f.mu.Lock()
	if f.changed[j.ID] = j; len(f.changed) > maxChanged {
		f.behind = true
		clear(f.changed)
	}
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *jobFollower) take() (list []queue.Job, behind bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range f.changed {
		list = append(list, j)
	}
	clear(f.changed)
	slices.SortFunc(list, func(a, b queue.Job) int { return cmp.Compare(a.ID, b.ID) })
	return list, f.behind
}

func (f *jobFollower) run(ctx huma.Context) {
	a := f.api
	changed := *a.rights.Load()
	if !f.may(ctx.Context()) { // rights may have changed since the key was judged
		return
	}
	defer a.opts.Labels.Watch(f.note)()
	for _, j := range a.opts.Labels.Waiting() {
		f.mu.Lock()
		if _, newer := f.changed[j.ID]; !newer {
			f.changed[j.ID] = j
		}
		f.mu.Unlock()
	}
	out := a.stream(ctx, "text/event-stream")
	ctx.SetHeader("X-Accel-Buffering", "no")
	out.WriteString("retry: " + strconv.Itoa(retryMillis) + "\n\n")
	beat := time.NewTicker(a.opts.Heartbeat)
	defer beat.Stop()
	for {
		list, behind := f.take()
		for i := range list {
			if err := f.write(out, &list[i]); err != nil {
				return
			}
		}
		if out.send() != nil || behind {
			return
		}
		judge := false
		select {
		case <-f.wake:
		case <-changed:
			changed, judge = *a.rights.Load(), true
		case <-beat.C:
			judge = true
		case <-a.draining:
			out.WriteString("event: drain\ndata: {}\n\n")
			_ = out.send()
			return
		case <-ctx.Context().Done():
			return
		}
		if judge {
			if !f.may(ctx.Context()) {
				return
			}
			out.WriteString(": \n\n")
		}
	}
}

// may judges the key again, and of which sites it is shown jobs.
func (f *jobFollower) may(ctx context.Context) bool {
	who, ok := f.api.store.Authenticate(callOf(ctx).secret)
	f.sites = access.Where(who, access.ReadLabels)
	return ok && access.May(who, access.ReadLabels)
}

// write sends a job that the client wants to see.
func (f *jobFollower) write(out *stream, j *queue.Job) error {
	if !f.sites.Has(siteOfJob(j)) || (f.filter.Printer != "" && j.Printer != f.filter.Printer) || (f.filter.Delivery != "" && j.Delivery != f.filter.Delivery) || (f.filter.Device != "" && j.Device != f.filter.Device) ||
		(f.filter.State != "" && j.State != f.filter.State) {
		return nil
	}
	shown := jobOf(j)
	body, err := json.Marshal(&shown)
	if err != nil {
		return err
	}
	out.WriteString("event: job\ndata: ")
	out.Write(body)
	_, err = out.WriteString("\n\n")
	return err
}

package fakeprinter

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// IPP is a printer of the Internet Printing Protocol.
type IPP struct {
	server *httptest.Server

	mu      sync.Mutex // guards what follows
	behave  string
	jobs    []*Job
	changed chan struct{}
	uptime  int
	formats []string
}

// Job is what it was sent.
type Job struct {
	ID          int
	Name        string
	Format      string
	Document    []byte
	State       int
	Impressions int // completed; -1: it does not say
	Reasons     string
}

// Behaviours of an IPP printer, besides OK.
const (
	Fail    = "fail"     // breaks every job off
	Half    = "half"     // breaks it off after one label
	Empty   = "empty"    // takes jobs, and waits for labels
	Refuse  = "refuse"   // takes no job: out of labels before
	Lose    = "lose"     // prints, and cuts the connection instead of answering
	Drop    = "drop"     // cuts the connection and knows of no job
	Hang    = "hang"     // cuts the connection, has the job, and waits for labels
	Cancel  = "cancel"   // somebody cancels the job at the printer
	NoList  = "no-list"  // cuts the connection, and lists no jobs
	Errors  = "errors"   // completes jobs, with errors
	Silent  = "silent"   // breaks jobs off, and does not say how far it came
	Busy    = "busy"     // says that it is
	NoMedia = "no-media" // does not have these labels
)

// NewIPP starts one that takes formats; it ends with the test.
func NewIPP(t testing.TB, formats ...string) *IPP {
	t.Helper()
	p := &IPP{behave: OK, changed: make(chan struct{}), uptime: 100_000, formats: formats}
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.server.Close)
	return p
}

// Address is what a profile says.
func (p *IPP) Address() string {
	return "ipp://" + strings.TrimPrefix(p.server.URL, "http://") + "/ipp/print"
}

// Behave changes how it is. With OK, jobs that wait are printed.
func (p *IPP) Behave(how string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behave = how
	for _, j := range p.jobs {
		if how == OK && j.State < 7 {
			j.State = 9
		}
	}
	p.change()
}

// Restart makes it forget its jobs, as one that was switched off.
func (p *IPP) Restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.jobs, p.uptime = nil, 0
}

func (p *IPP) change() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Jobs are those that ended well or wait, and a channel that is closed at the next
// change.
func (p *IPP) Jobs() ([]Job, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Job
	for _, j := range p.jobs {
		out = append(out, *j)
	}
	return out, p.changed
}

func (p *IPP) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) < 9 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	op := binary.BigEndian.Uint16(body[2:])
	attributes, document := parse(body[8:])
	p.mu.Lock()
	defer p.mu.Unlock()
	out := &reply{id: body[4:8]}
	switch op {
	case 0x0B:
		p.describe(out)
	case 0x02:
		if !p.take(out, attributes, document) {
			panic(http.ErrAbortHandler)
		}
	case 0x09, 0x08:
		p.one(out, int(int32(binary.BigEndian.Uint32([]byte(attributes["job-id"])))), op == 0x08)
	case 0x0A:
		if p.behave == NoList {
			out.status = 0x0501
		}
		for _, j := range p.jobs {
			if (attributes["which-jobs"] == "completed") == (j.State >= 7) {
				out.job(j)
			}
		}
	default:
		out.status = 0x0501
	}
	w.Header().Set("Content-Type", "application/ipp")
	_, _ = w.Write(out.bytes())
}

func (p *IPP) describe(out *reply) {
	out.group(4)
	reasons := "none"
	state := 3
	waiting := false
	for _, j := range p.jobs {
		waiting = waiting || j.State < 7
	}
	if p.behave == Refuse || (p.behave == Empty || p.behave == Hang) && waiting {
		reasons, state = "media-empty-error", 5
	}
	out.number(0x23, "printer-state", state)
	out.text(0x44, "printer-state-reasons", reasons)
	out.text(0x49, "document-format-supported", p.formats...)
	out.number(0x21, "printer-up-time", p.uptime)
}

// take prints a job; false cuts the connection.
func (p *IPP) take(out *reply, attributes map[string]string, document []byte) bool {
	if p.behave == Drop || p.behave == NoList {
		return false
	}
	if p.behave == Busy {
		out.status = 0x0507
		return true
	}
	if p.behave == NoMedia {
		out.status = 0x040B
		return true
	}
	known := false
	for _, f := range p.formats {
		known = known || f == attributes["document-format"]
	}
	if !known {
		out.status = 0x040A
		return true
	}
	j := &Job{ID: len(p.jobs) + 1, Name: attributes["job-name"], Format: attributes["document-format"], Document: document, State: 9, Impressions: -1}
	switch p.behave {
	case Fail:
		j.State, j.Impressions, j.Reasons = 8, 0, "aborted-by-system"
	case Half:
		j.State, j.Impressions, j.Reasons = 8, 1, "aborted-by-system"
	case Cancel:
		j.State, j.Impressions, j.Reasons = 7, 0, "job-canceled-by-user"
	case Errors:
		j.Reasons = "job-completed-with-errors"
	case Silent:
		j.State, j.Reasons = 8, "aborted-by-system"
	case Empty, Hang:
		j.State = 5
	}
	p.jobs = append(p.jobs, j)
	p.change()
	out.job(j)
	return p.behave != Lose && p.behave != Hang
}

func (p *IPP) one(out *reply, id int, cancel bool) {
	for _, j := range p.jobs {
		if j.ID != id {
			continue
		}
		if cancel {
			if j.State < 7 {
				j.State, j.Impressions = 7, 0
			}
			return
		}
		out.job(j)
		return
	}
	out.status = 0x0406
}

// parse reads the attributes of a request, and what is behind them.
func parse(b []byte) (map[string]string, []byte) {
	out := map[string]string{}
	for len(b) > 0 {
		tag := b[0]
		b = b[1:]
		if tag == 3 {
			break
		}
		if tag < 0x10 {
			continue
		}
		n := int(binary.BigEndian.Uint16(b))
		name := string(b[2 : 2+n])
		b = b[2+n:]
		n = int(binary.BigEndian.Uint16(b))
		if name != "" {
			out[name] = string(b[2 : 2+n])
		}
		b = b[2+n:]
	}
	return out, b
}

// reply is an answer under construction.
type reply struct {
	id     []byte
	status int
	b      bytes.Buffer
}

func (r *reply) group(tag byte) { r.b.WriteByte(tag) }

func (r *reply) value(tag byte, name string, v []byte) {
	r.b.WriteByte(tag)
	r.b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(name))))
	r.b.WriteString(name)
	r.b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(v))))
	r.b.Write(v)
}

func (r *reply) text(tag byte, name string, values ...string) {
	for i, v := range values {
		if i > 0 {
			name = ""
		}
		r.value(tag, name, []byte(v))
	}
}

func (r *reply) number(tag byte, name string, v int) {
	r.value(tag, name, binary.BigEndian.AppendUint32(nil, uint32(v)))
}

func (r *reply) job(j *Job) {
	r.group(2)
	r.number(0x21, "job-id", j.ID)
	r.text(0x42, "job-name", j.Name)
	r.number(0x23, "job-state", j.State)
	r.text(0x44, "job-state-reasons", j.Reasons)
	if j.Impressions >= 0 {
		r.number(0x21, "job-impressions-completed", j.Impressions)
	}
}

func (r *reply) bytes() []byte {
	head := []byte{2, 0, byte(r.status >> 8), byte(r.status)}
	head = append(head, r.id...)
	head = append(head, 1) // the operation group
	return append(append(head, r.b.Bytes()...), 3)
}

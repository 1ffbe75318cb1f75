package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// A device keeps a log of what it met: connections, refusals, what its disk and its
// reader did. A supervisor asks for it, the device hands it in when it is next connected,
// and then it is a text to be read. It is a stranger's: it is never shown as anything
// else.

// LogAsked is who waits for a device's log.
type LogAsked struct {
	By string      `json:"by"`
	At ledger.Time `json:"at"`
}

// DeviceLog is a log that a device handed in, without its text.
type DeviceLog struct {
	ID      string      `json:"id"`
	At      ledger.Time `json:"at" doc:"when it was handed in"`
	AskedBy string      `json:"asked_by"`
	AskedAt ledger.Time `json:"asked_at"`
	Bytes   int         `json:"bytes"`
}

type logQuery struct {
	DeviceQuery
	ID string `path:"id" maxLength:"20" doc:"as the list of devices has it, or newest"`
}

// newestLog names the log that was handed in last.
const newestLog = "newest"

func (a *API) routeLogs() {
	register(a, route{method: http.MethodPost, path: "/v1/devices/{device}/log", id: "askForLog", tag: "Devices", action: access.PairDevice, status: http.StatusAccepted,
		summary: "Ask a device for its log", about: "It hands one in at once where it is connected, else when it comes. Asking again before it has changes nothing."}, a.askForLog)
	register(a, route{method: http.MethodGet, path: "/v1/devices/{device}/logs/{id}", id: "getDeviceLog", tag: "Devices", action: access.PairDevice,
		summary: "A log that a device handed in", responses: map[string]*huma.Response{"200": {Description: "Its lines, the newest last, as an attachment",
			Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}}}, a.getDeviceLog)
	register(a, route{method: http.MethodPost, path: "/v1/log", id: "handInLog", tag: "Devices", action: access.OwnKey, status: http.StatusNoContent,
		summary: "Hand in this device's log", about: "Plain UTF-8 text of at most 256 KiB, the newest lines last. It is taken from handhelds that were asked (notice log), once each time; of a device the last 3 are kept, for 30 days. Whoever reads one needs the right to pair the device where it was when it handed it in.",
		request: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}}, a.handInLog)
}

// logsOf are a device's logs that somebody may read: those of pairings at whose sites they
// could pair it. What it met elsewhere, under its name of now, is not theirs to know.
func (a *API) logsOf(ctx context.Context, device string) (out []DeviceLog, by *LogAsked) {
	logs, asked := a.store.Logs(device)
	for i := range logs {
		l := &logs[i]
		if _, _, ok := access.Refused(callOf(ctx).who, l.Role, l.Grants()); ok {
			out = append(out, DeviceLog{ID: l.ID, At: l.At, AskedBy: l.AskedBy, AskedAt: l.AskedAt, Bytes: l.Bytes})
		}
	}
	if asked != nil {
		by = &LogAsked{asked.By, asked.At}
	}
	return out, by
}

func (a *API) askForLog(ctx context.Context, q *DeviceQuery) (*deviceAnswer, error) {
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	by := callOf(ctx).who.Name
	news, err := a.store.AskForLog(q.Device, by)
	if err != nil {
		return nil, err
	}
	if news {
		a.line(ctx).Info("a device was asked for its log", "asked", q.Device)
	}
	a.poke(q.Device)
	k, _ := a.store.Lookup(q.Device)
	return &deviceAnswer{a.deviceOf(ctx, &k)}, nil
}

func (a *API) handInLog(ctx context.Context, _ *none) (*none, error) {
	who := callOf(ctx).who
	if who.Device == "" {
		return nil, problem(ledger.NotAllowed, "Only a handheld's own key hands in its log. Nothing was kept.")
	}
	body, release, err := a.readBody(ctx, store.MaxLog)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := a.store.PutLog(who.Device, body); err != nil {
		return nil, err
	}
	a.line(ctx).Info("a device handed in its log", "bytes", len(body))
	return &none{}, nil
}

func (a *API) getDeviceLog(ctx context.Context, q *logQuery) (*huma.StreamResponse, error) {
	logs, asked := a.logsOf(ctx, q.Device)
	if p := a.mayTouch(ctx, q.Device); p != nil && len(logs) == 0 { // it may be elsewhere by now, and have been here
		return nil, p
	}
	id := q.ID
	if id == newestLog && len(logs) > 0 {
		id = logs[0].ID
	}
	if !slices.ContainsFunc(logs, func(l DeviceLog) bool { return l.ID == id }) {
		return nil, noLog(q, len(logs) > 0, asked)
	}
	text, err := a.store.LogText(q.Device, id)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := callOf(ctx.Context()).gin
		c.Header("Content-Disposition", `attachment; filename="`+fileName(q.Device)+"-log-"+id+`.txt"`)
		c.Header("X-Content-Type-Options", "nosniff")
		c.Data(http.StatusOK, "text/plain; charset=utf-8", text)
	}}, nil
}

// noLog says why a log is not there, or not theirs to read who ask.
func noLog(q *logQuery, others bool, asked *LogAsked) *Problem {
	switch {
	case others || q.ID != newestLog:
		p := problem(ledger.NotFound, "There is no log "+quoted(q.ID)+" of this device: the last 3 are kept, for 30 days, each for those who may pair it where it was then. Nothing was read.")
		p.Field = "id"
		return p
	case asked != nil:
		return problem(ledger.NotFound, "The device "+quoted(q.Device)+" was asked for its log and has not handed it in yet. Nothing was read; it does when it is connected, if its app keeps one.")
	}
	return problem(ledger.NotFound, "The device "+quoted(q.Device)+" has handed in no log in the last 30 days. Nothing was read; ask it for one.")
}

// fileName is a device's name as that of a file: what is no letter, digit, dot or dash of
// ASCII is none.
func fileName(device string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, device)
}

package rest

import (
	"context"
	"net/http"
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
		summary: "Hand in this device's log", about: "Plain UTF-8 text of at most 256 KiB, the newest lines last. It is taken from handhelds that were asked (notice log), once each time; of a device the last 3 are kept, for 30 days.",
		request: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}}, a.handInLog)
}

// logsOf are a device's logs as they are told.
func logsOf(logs []store.Log, asked *store.LogAsk) (out []DeviceLog, by *LogAsked) {
	for _, l := range logs {
		out = append(out, DeviceLog(l))
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
	return &deviceAnswer{a.deviceOf(&k)}, nil
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
	if p := a.mayTouch(ctx, q.Device); p != nil {
		return nil, p
	}
	id := q.ID
	if id == newestLog {
		logs, asked := a.store.Logs(q.Device)
		switch {
		case len(logs) > 0:
			id = logs[0].ID
		case asked != nil:
			return nil, problem(ledger.NotFound, "The device "+quoted(q.Device)+" was asked for its log and has not handed it in yet. Nothing was read; it does when it is connected, if its app keeps one.")
		default:
			return nil, problem(ledger.NotFound, "The device "+quoted(q.Device)+" has handed in no log in the last 30 days. Nothing was read; ask it for one.")
		}
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

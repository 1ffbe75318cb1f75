package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// api speaks to a server over REST.
type api struct {
	base, key string
	client    *http.Client
}

// connect finds the server that a command works with: the one named by --server,
// the one that runs on the data folder, or one of its own on the data folder,
// which lives as long as the command.
func (a *app) connect(ctx context.Context) (*api, func(), error) {
	client, err := a.httpClient()
	if err != nil {
		return nil, nil, err
	}
	done := func() { client.CloseIdleConnections() }
	if a.server != "" {
		if a.key == "" {
			return nil, nil, misused("--server needs its key in BAYLEDGER_KEY")
		}
		return &api{strings.TrimRight(a.server, "/"), a.key, client}, done, nil
	}
	if running := a.running(ctx, client); running != nil {
		return running, done, nil
	}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	n, err := openNode(ctx, a.data, nodeOptions{prints: a.prints, log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = n.server.Serve(serving, l) // a failure shows as a failed request
	}()
	return &api{"http://" + l.Addr().String(), n.adminKey, client}, func() {
		done()
		stop()
		<-served
		n.close(ctx)
	}, nil
}

// httpClient speaks to servers that the command trusts.
func (a *app) httpClient() (*http.Client, error) {
	secure, err := a.clientTLS()
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, TLSClientConfig: secure}}, nil
}

// running returns the server that runs on the data folder, or nil.
func (a *app) running(ctx context.Context, client *http.Client) *api {
	address, err := os.ReadFile(filepath.Join(a.data, addressFile))
	if err != nil {
		return nil
	}
	key, err := os.ReadFile(filepath.Join(a.data, adminKeyFile))
	if err != nil {
		return nil
	}
	found := &api{strings.TrimSpace(string(address)), strings.TrimSpace(string(key)), client}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := found.get(ctx, "/version", nil); err != nil {
		return nil // what a killed server left behind
	}
	return found
}

// problem is an error answer (RFC 9457).
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Detail  string `json:"detail"`
	Title   string `json:"title"`
	Faults  []struct {
		Line    int
		Message string
	} `json:"faults"`
}

func (p *problem) Error() string {
	for _, text := range []string{p.Message, p.Detail, p.Title} {
		if text != "" {
			return text
		}
	}
	return "the server refused without a reason"
}

// do sends a request and gives the body of a good answer to read.
func (c *api) do(ctx context.Context, method, path, contentType string, body []byte) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("the server %s does not answer: %w", c.base, errors.Unwrap(err))
	}
	if resp.StatusCode < 300 {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	p := new(problem)
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if json.Unmarshal(answer, p) != nil {
		p.Message = fmt.Sprintf("the server answered %s", resp.Status)
	}
	return nil, p
}

// call sends a body and decodes the answer into out, unless it is nil.
func (c *api) call(ctx context.Context, method, path, contentType string, body []byte, out any) error {
	answer, err := c.do(ctx, method, path, contentType, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	if out == nil {
		_, err := io.Copy(io.Discard, answer)
		return err
	}
	if err := json.NewDecoder(answer).Decode(out); err != nil {
		return fmt.Errorf("the answer of the server could not be read: %w", err)
	}
	return nil
}

func (c *api) get(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, path, "", nil, out)
}

func (c *api) post(ctx context.Context, path string, body, out any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, path, "application/json", b, out)
}

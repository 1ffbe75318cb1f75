package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// measures are a server's metrics without labels.
func (c *api) measures(ctx context.Context) (map[string]float64, error) {
	answer, err := c.do(ctx, "GET", "/metrics", "", nil)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	b, err := io.ReadAll(answer)
	if err != nil {
		return nil, fmt.Errorf("the answer of the server could not be read: %w", err)
	}
	return parseMeasures(b), nil
}

func parseMeasures(b []byte) map[string]float64 {
	out := map[string]float64{}
	for line := range bytes.Lines(b) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), " ")
		if v, err := strconv.ParseFloat(value, 64); ok && err == nil && !strings.ContainsAny(name, "{#") {
			out[name] = v
		}
	}
	return out
}

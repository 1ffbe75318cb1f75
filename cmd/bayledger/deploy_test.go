package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const deployFolder = "../../server/deploy"

// alertRule is a rule of alerts.yml.
type alertRule struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

func alertRules(t *testing.T) (rules []alertRule) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deployFolder, "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct{ Rules []alertRule }
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules
}

// dashboardQueries are the queries of dashboard.json.
func dashboardQueries(t *testing.T) (queries []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deployFolder, "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, p := range file.Panels {
		if p.Title == "" || len(p.Targets) == 0 {
			t.Errorf("a panel without title or query: %+v", p)
		}
		for _, q := range p.Targets {
			queries = append(queries, q.Expr)
		}
	}
	return queries
}

var metricNames = regexp.MustCompile(`\b(bayledger|go|process)_[a-z0-9_]+`)

// Every metric that a rule or a panel names is one that a running server shows, and
// every label that a rule asks for is there.
func TestDeployedQueriesNameWhatIsThere(t *testing.T) {
	shown, text := measuredNode(t)
	rules, queries := alertRules(t), dashboardQueries(t)
	if len(rules) < 15 || len(queries) < 15 {
		t.Fatalf("%d rules, %d queries", len(rules), len(queries))
	}
	for _, r := range rules {
		queries = append(queries, r.Expr)
	}
	labels := regexp.MustCompile(`(bayledger_[a-z0-9_]+)\{([a-z_]+)=~?"([^"]*)"`)
	// Counters and histograms with labels begin when something happens; these do later.
	later := []string{"bayledger_socket_ended_total"}
	for _, q := range queries {
		for _, name := range metricNames.FindAllString(q, -1) {
			if !shown[name] && !slices.Contains(later, name) {
				t.Errorf("%s names %s, which is not there", q, name)
			}
		}
		for _, m := range labels.FindAllStringSubmatch(q, -1) {
			if !strings.Contains(text, m[2]+`="`) {
				t.Errorf("%s asks for the label %s, which nothing has", q, m[2])
			}
		}
	}
}

// Every rule has a severity, words for people and a chapter that says what to do.
func TestEveryAlertHasItsChapter(t *testing.T) {
	page, err := os.ReadFile("../../server/OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range alertRules(t) {
		if seen[r.Alert] {
			t.Errorf("%s is there twice", r.Alert)
		}
		seen[r.Alert] = true
		if !strings.Contains(string(page), "\n### "+r.Alert+"\n") {
			t.Errorf("%s has no chapter in server/OPERATIONS.md", r.Alert)
		}
		if s := r.Labels["severity"]; s != "critical" && s != "warning" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.For == "" ||
			r.Annotations["runbook"] != "server/OPERATIONS.md#"+strings.ToLower(r.Alert) {
			t.Errorf("%+v", r)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^### (Bayledger\w+)$`).FindAllStringSubmatch(string(page), -1) {
		if !seen[m[1]] {
			t.Errorf("the chapter %s is of no rule", m[1])
		}
	}
}

// The settings that are shipped are settings, and the unit starts what there is.
func TestDeployedSettings(t *testing.T) {
	if code, _, errs := told(t, "config", "check", "--config", filepath.Join(deployFolder, "bayledger.toml")); code != exitDone {
		t.Error(errs)
	}
	unit, err := os.ReadFile(filepath.Join(deployFolder, "bayledger.service"))
	if err != nil {
		t.Fatal(err)
	}
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/bayledger (.*)$`).FindStringSubmatch(string(unit))
	if start == nil {
		t.Fatal("the unit starts something else")
	}
	words := strings.Fields(start[1])
	if words[0] != "serve" {
		t.Errorf("the unit runs %v", words)
	}
	user, err := os.ReadFile(filepath.Join(deployFolder, "bayledger.sysusers"))
	if err != nil || !strings.Contains(string(user), "\nu bayledger ") {
		t.Errorf("nothing makes the unit's user: %s, %v", user, err)
	}
	words[0] = "check"
	words[slices.Index(words, "--config")+1] = filepath.Join(deployFolder, "bayledger.toml")
	if code, out, errs := told(t, append([]string{"config"}, words...)...); code != exitDone || !strings.Contains(out, "data in /var/lib/bayledger.") {
		t.Error(out, errs)
	}
	for _, want := range []string{"NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "ProtectSystem=strict", "SystemCallErrorNumber=EPERM", "LimitNOFILE=65536", "User=bayledger\n", "Restart=always", "StartLimitIntervalSec=0", "AF_NETLINK"} {
		if !strings.Contains(string(unit), want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
}

package serve

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring"
)

// exposition is what GET /metrics shows.
func exposition(t *testing.T, s *Server) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Fatal(w.Code, w.Header())
	}
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	s := server(t, "em")
	post(s, "/slime", `{"response":"<think>.</think>Paris","label":"Paris"}`)
	post(s, "/slime", `{"response":"<think>.</think>Paris"}`)
	post(s, "/get_reward", `{"query":["a","b"],"prompts":["a","b"],"labels":["{\"task\":\"T3\",\"reference\":\"x\"}","{\"task\":\"em\",\"metric\":\"0.5*task\",\"reference\":\"x\"}"]}`)
	post(s, "/nowhere", `{}`)
	s.metrics.connection("http", 2)
	s.metrics.connection("http", -1)
	s.metrics.refused("busy")
	got := exposition(t, s)
	for _, line := range []string{
		`golongrl_requests_total{code="200",route="/slime"} 1`,
		`golongrl_requests_total{code="422",route="/slime"} 1`,
		`golongrl_requests_total{code="404",route="other"} 1`,
		`golongrl_request_seconds_count{route="/slime"} 2`,
		`golongrl_request_seconds_bucket{route="/slime",le="5e-05"} `,
		`golongrl_request_seconds_bucket{route="/slime",le="10"} 2`,
		`golongrl_reply_bytes_total{route="/slime"} `,
		`golongrl_items_total{metric="em",status="judged",task="em"} 1`,
		`golongrl_items_total{metric="f1",status="no_answer",task="f1"} 1`,
		`golongrl_items_total{metric="expression",status="no_answer",task="em"} 1`,
		`golongrl_connections{kind="http"} 1`,
		`golongrl_refused_total{reason="busy"} 1`,
		`golongrl_requests_in_flight 0`,
		`golongrl_requests_queued 0`,
		`golongrl_build_info{go="go1.`,
		`go_goroutines `,
		`process_resident_memory_bytes `,
	} {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("there is no %s in\n%s", line, regexp.MustCompile(`(?m)^(#|go_|process_).*\n`).ReplaceAllString(got, ""))
		}
	}
	// Two servers in a program have numbers of their own.
	if other := exposition(t, server(t, "em")); strings.Contains(other, "golongrl_items_total{") {
		t.Error("a new server has items already")
	}
}

// TestMetricsAreBounded: whatever clients name, there are no more time series
// than known names.
func TestMetricsAreBounded(t *testing.T) {
	m := newMetrics()
	for i := range 3000 {
		m.item(fmt.Sprintf("task%d", i), fmt.Sprintf("metric%d(x=%d)", i, i), "judged")
		m.item(fmt.Sprintf("%d*em", i), fmt.Sprintf("0.%d*f1 + 0.1*format", i), "judged")
		m.item("ndcg", fmt.Sprintf("ndcg@%d", i), "judged")
		m.item("rouge_l", fmt.Sprintf("rouge_l@%d(lang=zh, beta=%d)", i, i), "judged")
		m.item("em", "em", fmt.Sprintf("status%d", i))
	}
	got := map[string]uint64{}
	for i := range m.items.counts {
		if n := m.items.counts[i].Load(); n > 0 {
			rest := i / len(m.items.statuses)
			got[m.items.names[rest/len(m.items.names)]+" "+m.items.names[rest%len(m.items.names)]] += n
		}
	}
	want := map[string]uint64{"other other": 3000, "expression expression": 3000, "ndcg ndcg": 3000, "rouge_l rouge_l": 3000}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s: %d, want %d", k, got[k], n)
		}
	}
}

// TestItemNames holds names to how metrics spell themselves.
func TestItemNames(t *testing.T) {
	var c itemCounts
	c.init()
	for spelling, want := range map[string]string{
		"": noName, "em": "em", "T1": "em", "em(profile=reference)": "em", "ndcg@10": "ndcg", "rouge_l(lang=zh)": "rouge_l", "0.9*em + 0.1*format": expression,
		"em(profile=reference) * 2": expression, "max(em, f1)": expression, "length/100": expression,
	} {
		if spelling != "" {
			m, err := scoring.Builtin().Parse(spelling)
			if err != nil {
				t.Fatal(err)
			}
			spelling = m.String()
		}
		if got := c.names[c.nameOf(spelling)]; got != want {
			t.Errorf("%s counts as %s, want %s", spelling, got, want)
		}
	}
	for spelling, want := range map[string]string{"mine": otherName, "mine(x=1)": otherName, "em)": otherName, "(": otherName, "em(": otherName, "\xff": otherName} {
		if got := c.names[c.nameOf(spelling)]; got != want {
			t.Errorf("%q counts as %s, want %s", spelling, got, want)
		}
	}
}

func TestItemAllocatesNothing(t *testing.T) {
	m := newMetrics()
	m.request("/v1/score", 200, 1e-3, 10)
	if n := testing.AllocsPerRun(100, func() {
		m.item("em", "rouge_l(lang=zh)", "judged")
		m.request("/v1/score", 200, 1e-3, 10)
	}); n > 1 { // the key of the map, a route in an interface
		t.Errorf("%v allocations", n)
	}
}

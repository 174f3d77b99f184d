package watch

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golongrl/golongrl/scoring"
)

func live(t *testing.T, o LiveOptions) *Live {
	t.Helper()
	l, err := NewLive("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// get asks for a path, under a name and with a tag if they are given.
func get(t *testing.T, l *Live, path, host, tag string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", strings.TrimSuffix(l.URL(), "/")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func feed(t *testing.T, l *Live) {
	t.Helper()
	r := sampleRun()
	for i := range r.Steps {
		if i == 20 {
			r.Steps[i].Samples = r.Before
		}
		if err := l.Step(&r.Steps[i]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLivePage(t *testing.T) {
	l := live(t, LiveOptions{Title: hostile})
	if resp, page := get(t, l, "/", "", ""); resp.StatusCode != 200 || strings.Contains(page, "<svg") {
		t.Errorf("empty page: %s\n%s", resp.Status, page)
	}
	feed(t, l)
	resp, page := get(t, l, "/?task=ndcg", "", "")
	checkHostile(t, page)
	if resp.StatusCode != 200 || strings.Count(page, "<svg") != 1+9+1+8 || !strings.Contains(page, `aria-current="true">ndcg<`) {
		t.Errorf("page: %s, %d charts", resp.Status, strings.Count(page, "<svg"))
	}
	// The policy permits the page's own script and style, by their digests.
	policy := resp.Header.Get("Content-Security-Policy")
	for tag, re := range map[string]string{"script": `(?s)<script>(.*)</script>`, "style": `(?s)<style>(.*?)</style>`} {
		m := regexp.MustCompile(re).FindStringSubmatch(page)
		if m == nil || !strings.Contains(policy, tag+"-src '"+digest(m[1])+"'") {
			t.Errorf("%s is not permitted by %s", tag, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("policy %s", policy)
	}
	for _, path := range []string{"/view/charts", "/view/samples?task=" + "ndcg", "/api/samples?task=ndcg"} {
		resp, body := get(t, l, path, "", "")
		if resp.StatusCode != 200 || len(body) < 100 || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s, %s", path, resp.Status, body)
		}
		if again, body := get(t, l, path, "", resp.Header.Get("ETag")); again.StatusCode != 304 || body != "" {
			t.Errorf("%s again: %s", path, again.Status)
		}
	}
	l.Step(&Step{Step: 200, Metrics: []Metric{{RewardMean, 0.7}}, Samples: []Sample{{Task: "ndcg", Response: "newest"}}})
	if _, body := get(t, l, "/view/samples?task=ndcg", "", `"9"`); !strings.Contains(body, "newest") {
		t.Error("the newest sample is not shown")
	}
	for path, want := range map[string]int{"/x": 404, "/api/steps?from=x": 400, "/api/steps?from=-1": 400, "/api/samples?task=none": 404} {
		if resp, _ := get(t, l, path, "", ""); resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", path, resp.Status, want)
		}
	}
	if resp, err := http.Post(l.URL(), "text/plain", nil); err != nil || resp.StatusCode != 405 {
		t.Errorf("POST: %v, %v", resp, err)
	}
}

func TestLiveSteps(t *testing.T) {
	l := live(t, LiveOptions{Past: []Step{{Step: 0, Metrics: []Metric{{"a", math.NaN()}}}}})
	for i := 1; i <= 1200; i++ {
		l.Step(&Step{Step: i, Metrics: []Metric{{"a", 0.5}}, Timings: []Metric{{"t", 2}}})
	}
	from, steps, requests := 0, 0, 0
	for more := true; more; requests++ {
		_, body := get(t, l, fmt.Sprintf("/api/steps?from=%d", from), "", "")
		var answer struct {
			Generation, Next int
			More             bool
			Steps            []struct {
				Step             int
				Metrics, Timings map[string]*float64
			}
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		for _, s := range answer.Steps {
			if v := s.Metrics["a"]; s.Step != steps || (v == nil) != (steps == 0) {
				t.Fatalf("step %d: %+v", steps, s)
			}
			steps++
		}
		from, more = answer.Next, answer.More
	}
	if steps != 1201 || requests != 3 || from != 1201 {
		t.Errorf("%d steps in %d requests, next %d", steps, requests, from)
	}
}

func TestLiveSamples(t *testing.T) {
	l := live(t, LiveOptions{})
	l.Step(&Step{Step: 3, Samples: []Sample{{ID: "7", Task: "t", Response: "r", Reward: math.NaN(), Result: scoring.Result{Value: math.NaN(), Status: scoring.BadGold, Err: fmt.Errorf("no gold"),
		Parts: []scoring.Part{{Name: "p", Result: scoring.Result{Value: 1}}}, Why: []scoring.Step{{Rule: "rule", Note: "note"}}}}}})
	_, body := get(t, l, "/api/samples?task=t", "", "")
	want := `{"version":1,"tasks":["t"],"task":"t","samples":[{"kind":"train","step":3,"id":"7","index":0,"prompt":"","response":"r","reference":"","reward":null,"advantage":0,"tokens":0,"stopped":false,"version":0,` +
		`"result":{"status":"bad_gold","value":null,"answer":"","error":"no gold","parts":[{"name":"p","result":{"status":"judged","value":1,"answer":""}}],"why":[{"rule":"rule","note":"note"}]}}]}` + "\n"
	if body != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	if _, body := get(t, l, "/api/samples", "", ""); body != `{"version":1,"tasks":["t"],"samples":[]}`+"\n" {
		t.Errorf("names: %s", body)
	}
}

// A name that somebody else owns could be pointed at this machine.
func TestLiveHosts(t *testing.T) {
	l := live(t, LiveOptions{Hosts: []string{"known.example"}})
	for host, want := range map[string]int{
		"127.0.0.1": 200, "127.0.0.1:1": 200, "localhost:99": 200, "[::1]:80": 200, "[::1]": 200, "known.example:80": 200,
		"evil.example": 421, "evil.example:80": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
	} {
		if resp, _ := get(t, l, "/api/samples", host, ""); resp.StatusCode != want {
			t.Errorf("%s: %s, want %d", host, resp.Status, want)
		}
	}
}

func TestLiveAddresses(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", "", "127.0.0.1:99999"} {
		if l, err := NewLive(addr, LiveOptions{}); err == nil {
			l.Close()
			t.Errorf("%q: no error", addr)
		}
	}
	for _, o := range []struct {
		addr   string
		remote bool
	}{{"localhost:0", false}, {"127.0.0.2:0", false}, {"0.0.0.0:0", true}} {
		l, err := NewLive(o.addr, LiveOptions{AllowRemote: o.remote})
		if err != nil {
			t.Logf("%q: %v", o.addr, err) // not every machine has all of these
			continue
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	}
	l := live(t, LiveOptions{})
	if second, err := NewLive(l.addr.String(), LiveOptions{}); err == nil {
		second.Close()
		t.Error("a port that is taken: no error")
	}
}

// Readers that never read hold up nothing, neither steps nor other readers nor
// Close.
func TestLiveSlowReaders(t *testing.T) {
	l, err := NewLive("127.0.0.1:0", LiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1<<20)
	s := Step{Metrics: []Metric{{RewardMean, 0.5}}}
	for i := range 40 {
		s.Samples = append(s.Samples, Sample{Task: "t", Index: i, Prompt: long, Response: long, Eval: i%2 == 0})
	}
	l.Step(&s)
	for range 8 {
		c, err := net.Dial("tcp", l.addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.(*net.TCPConn).SetReadBuffer(1)
		for range 20 {
			fmt.Fprintf(c, "GET /api/samples?task=t HTTP/1.1\r\nHost: localhost\r\n\r\n")
		}
	}
	began := time.Now()
	for i := range 1000 {
		l.Step(&Step{Step: i, Metrics: s.Metrics})
	}
	if resp, _ := get(t, l, "/", "", ""); resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 15*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestLiveConcurrent(t *testing.T) {
	l := live(t, LiveOptions{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, path := range []string{"/", "/api/steps", "/view/charts", "/view/samples", "/api/samples?task=f1", "/"} {
				get(t, l, path, "", "")
			}
		})
	}
	feed(t, l)
	wg.Wait()
}

func BenchmarkDraw(b *testing.B) {
	r := sampleRun()
	for b.Loop() {
		draw(r.Steps, r.Marks)
	}
}

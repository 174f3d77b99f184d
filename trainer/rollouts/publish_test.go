package rollouts_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

// saved writes a policy of one file.
func saved(text string) func(string) error {
	return func(dir string) error {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "model.safetensors"), []byte(text), 0o666)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Name() == ".lock" {
			continue
		}
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestPublish(t *testing.T) {
	// A name that must be escaped in JSON, as on file systems that allow it.
	dir := filepath.Join(t.TempDir(), `a "b"`)
	f := newFake(t)
	var loaded []string
	f.reload = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q struct {
			ModelPath string `json:"model_path"`
		}
		if err := json.Unmarshal(body, &q); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		text, err := os.ReadFile(filepath.Join(q.ModelPath, "model.safetensors"))
		loaded = append(loaded, string(text))
		json.NewEncoder(w).Encode(map[string]any{"success": err == nil, "message": fmt.Sprint(err)})
	}
	s := start(t, f, func(o *rollouts.ServerOptions) {
		o.Publish = &rollouts.Publishing{Dir: dir, Calls: rollouts.SGLangReload()}
	}, nil)
	ctx := context.Background()
	publish := func(version int) {
		t.Helper()
		if err := s.Publish(ctx, version, saved(fmt.Sprint("weights ", version))); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := collect(t, s, request(1, 1)); err != nil || got[0].Version != 2 {
		t.Error("before anything is published, the request's version counts:", got, err)
	}
	os.MkdirAll(filepath.Join(dir, "policy-007"), 0o777) // not ours
	for v := 3; v < 12; v++ {
		publish(v)
	}
	if got := names(t, dir); got != "policy-007 policy-10 policy-11" {
		t.Error(got)
	}
	if got, err := collect(t, s, request(1, 1)); err != nil || got[0].Version != 11 {
		t.Error(got, err)
	}
	publish(10) // taken back to a checkpoint
	if got := names(t, dir); got != "policy-007 policy-10" {
		t.Error(got)
	}
	if loaded[8] != "weights 11" || loaded[9] != "weights 10" || len(loaded) != 10 {
		t.Error(loaded)
	}
	// What fails leaves the last version.
	err := s.Publish(ctx, 11, func(dir string) error {
		saved("torn")(dir)
		return errors.New("disk full")
	})
	if err == nil || !strings.Contains(err.Error(), "publishing version 11: disk full") || names(t, dir) != "policy-007 policy-10" {
		t.Error(err, names(t, dir))
	}
	f.reload = func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"success":false,"message":"shapes differ"}`)
	}
	if err := s.Publish(ctx, 11, saved("x")); err == nil || !strings.Contains(err.Error(), "did not load version 11") || !strings.Contains(err.Error(), "shapes differ") {
		t.Error(err)
	}
	f.reload = func(w http.ResponseWriter, r *http.Request) { http.Error(w, `{"detail":"no such route"}`, 404) }
	if err := s.Publish(ctx, 11, saved("x")); err == nil || !strings.Contains(err.Error(), "404 Not Found: no such route") {
		t.Error(err)
	}
	if got, _ := collect(t, s, request(1, 1)); got[0].Version != 10 {
		t.Error("a failed publication changed the version:", got[0].Version)
	}
}

func TestVLLMReload(t *testing.T) {
	f := newFake(t)
	var bodies []string
	f.reload = func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Header.Get("Content-Type")+" "+string(b))
		if len(bodies) == 1 {
			w.WriteHeader(503) // is tried again
		}
	}
	dir := t.TempDir()
	s := start(t, f, func(o *rollouts.ServerOptions) {
		o.Publish = &rollouts.Publishing{Dir: dir, ServerDir: "/mnt/weights/", Keep: 1, Calls: rollouts.VLLMReload()}
	}, nil)
	for v := range 2 {
		if err := s.Publish(context.Background(), v, saved("x")); err != nil {
			t.Fatal(err)
		}
	}
	const load = `application/json {"method": "reload_weights", "kwargs": {"weights_path": "/mnt/weights/policy-0", "is_checkpoint_format": true}}`
	if len(bodies) != 5 || bodies[0] != load || bodies[1] != load || bodies[2] != " " || strings.Join(f.calls[1:3], " ") != "POST /collective_rpc POST /reset_prefix_cache" {
		t.Errorf("%q %q", bodies, f.calls)
	}
	if got := names(t, dir); got != "policy-1" {
		t.Error(got)
	}
}

// TestPublishElsewhere: the key is for the server alone.
func TestPublishElsewhere(t *testing.T) {
	t.Setenv("GOLONGRL_TEST_KEY", "hunter2")
	f, other := newFake(t), newFake(t)
	f.key = "hunter2"
	var got []string
	note := func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
	}
	f.reload, other.reload = note, note
	s := start(t, f, func(o *rollouts.ServerOptions) {
		o.KeyEnv = "GOLONGRL_TEST_KEY"
		o.Publish = &rollouts.Publishing{Dir: t.TempDir(), Calls: []rollouts.Call{{Method: "PUT", Path: other.URL + "/v{version}"}, {Path: f.URL + "/a"}, {Path: "/b"}}}
	}, nil)
	if err := s.Publish(context.Background(), 7, saved("x")); err != nil {
		t.Fatal(err)
	}
	if want := "PUT /v7 |POST /a Bearer hunter2|POST /b Bearer hunter2"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", strings.Join(got, "|"), want)
	}
}

func TestPublishCommand(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	f := newFake(t)
	dir := t.TempDir()
	p := &rollouts.Publishing{Dir: dir, Command: []string{"sh", "-c", `test "$2" = 5 && cat "$1/model.safetensors" > "$1/../seen"`, "sh", "{dir}", "{version}"}}
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Publish = p }, nil)
	if err := s.Publish(context.Background(), 5, saved("w")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "seen")); string(text) != "w" {
		t.Error(string(text), err)
	}
	p.Command = []string{"sh", "-c", "echo no room; exit 3"}
	if err := s.Publish(context.Background(), 5, saved("w")); err == nil || !strings.Contains(err.Error(), "sh: exit status 3: no room") {
		t.Error(err)
	}
	p.Command = []string{"sh", "-c", "exit 3"}
	if err := s.Publish(context.Background(), 5, saved("w")); err == nil || !strings.HasSuffix(err.Error(), "sh: exit status 3") {
		t.Error(err)
	}
	// What the command leaves running is no failure.
	p.Command = []string{"sh", "-c", "sleep 3 & exit 0"}
	if err := s.Publish(context.Background(), 6, saved("w")); err != nil {
		t.Error(err)
	}
	p.Command, p.Timeout = []string{"sh", "-c", "exec sleep 60"}, 20*time.Millisecond
	if err := s.Publish(context.Background(), 5, saved("w")); err == nil || !strings.Contains(err.Error(), "not done within 20ms") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Publish(ctx, 5, saved("w")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestPublishLock: two runs never share a folder.
func TestPublishLock(t *testing.T) {
	f := newFake(t)
	dir := filepath.Join(t.TempDir(), "new")
	o := options(f)
	o.Publish = &rollouts.Publishing{Dir: dir, Calls: rollouts.VLLMReload()}
	ctx := context.Background()
	take := func(model string) (*rollouts.Server, error) {
		o.Model = model
		return rollouts.NewServer(ctx, o)
	}
	// A server that cannot be used gives it back.
	if _, err := take("x"); err == nil || !strings.Contains(err.Error(), "does not serve") {
		t.Fatal(err)
	}
	s, err := take("m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := take("m"); !errors.Is(err, filelock.ErrLocked) || !strings.Contains(err.Error(), dir+" is in use by another run") {
		t.Error(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if s, err = take("m"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	o.Publish.Dir = filepath.Join(file, "x")
	if _, err := take("m"); err == nil || !strings.Contains(err.Error(), "the folder to publish in: ") {
		t.Error(err)
	}
}

func TestStatic(t *testing.T) {
	f := newFake(t)
	s := start(t, f, func(o *rollouts.ServerOptions) { o.Publish = &rollouts.Publishing{Static: true} }, nil)
	for version := 4; version < 6; version++ {
		req := request(1, 1)
		req.Version = version
		got, err := collect(t, s, req)
		if err != nil || got[0].Version != 4 {
			t.Error(got, err)
		}
		if err := s.Publish(context.Background(), version+1, nil); err != nil {
			t.Error(err)
		}
	}
	s = start(t, f, nil, nil)
	if err := s.Publish(context.Background(), 1, nil); err == nil || !strings.Contains(err.Error(), "would go on with old weights") {
		t.Error(err)
	}
}

func TestPublishingCheck(t *testing.T) {
	f := newFake(t)
	for _, c := range []struct {
		p    rollouts.Publishing
		want string
	}{
		{rollouts.Publishing{Static: true, Dir: "x"}, "decide for one"},
		{rollouts.Publishing{Calls: rollouts.VLLMReload()}, "needs a folder"},
		{rollouts.Publishing{Dir: "x"}, "calls or a command"},
		{rollouts.Publishing{Dir: "x", Calls: []rollouts.Call{{Path: "reload"}}}, `"reload" of a call must begin`},
		{rollouts.Publishing{Dir: "x", Calls: []rollouts.Call{{Path: "/reload", Body: `{"p": {dir}}`}}}, "is not JSON"},
	} {
		o := options(f)
		o.Publish = &c.p
		if _, err := rollouts.NewServer(context.Background(), o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func ExampleVLLMReload() {
	for _, c := range rollouts.VLLMReload() {
		fmt.Println(c.Path, c.Body)
	}
	// Output:
	// /collective_rpc {"method": "reload_weights", "kwargs": {"weights_path": "{dir}", "is_checkpoint_format": true}}
	// /reset_prefix_cache
}

func ExampleSGLangReload() {
	fmt.Println(rollouts.SGLangReload()[0].Body)
	// Output: {"model_path": "{dir}"}
}

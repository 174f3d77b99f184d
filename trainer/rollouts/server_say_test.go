package rollouts_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/golongrl/golongrl/trainer/rollouts"
)

// secret is a key that %q and addresses change.
const secret = `Hunter2"+/\`

// TestKeyHidden: whatever a server does with the key, it is in no message, not
// even in part, and neither is what would act on a terminal.
func TestKeyHidden(t *testing.T) {
	t.Setenv("GOLONGRL_TEST_KEY", secret)
	const escape = "\x1b]0;owned\a\u202e"
	type change = func(http.ResponseWriter, int, map[string]any, map[string]any) bool
	say := func(f func(w http.ResponseWriter)) change {
		return func(w http.ResponseWriter, _ int, _, _ map[string]any) bool { f(w); return false }
	}
	finish := func(v string) change {
		return func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
			if meta, ok := reply["meta_info"].(map[string]any); ok {
				meta["finish_reason"] = map[string]any{"type": "abort", "message": v}
				return true
			}
			choice(reply)["finish_reason"] = v
			return true
		}
	}
	for _, c := range []struct {
		name    string
		dialect rollouts.Dialect
		change  change
		want    string
	}{
		{"no JSON", rollouts.VLLM, say(func(w http.ResponseWriter) { io.WriteString(w, "you sent "+secret+escape) }), `not as it should be: invalid character 'y' looking for beginning of value: you sent ***\x1b]0;owned\a\u202e`},
		{"cut in the key", rollouts.VLLM, say(func(w http.ResponseWriter) { io.WriteString(w, strings.Repeat("x", 296)+secret) }), "xxx***"},
		{"not the type", rollouts.VLLM, say(func(w http.ResponseWriter) { fmt.Fprintf(w, `{"choices":%q}`, secret) }), "not as it should be"},
		{"finish_reason", rollouts.VLLM, finish(secret + escape), `ended the response with "***`},
		{"long finish_reason", rollouts.VLLM, finish(strings.Repeat("x", 1<<20)), `xxx…"`},
		{"abort", rollouts.SGLang, finish(secret + escape), `aborted the response: ***\x1b]`},
		{"error", rollouts.VLLM, say(func(w http.ResponseWriter) { http.Error(w, secret+escape, 400) }), `400 Bad Request: ***\x1b]`},
		{"redirect", rollouts.VLLM, say(func(w http.ResponseWriter) {
			w.Header().Set("Location", "/?k="+url.QueryEscape(secret))
			w.WriteHeader(302)
		}), "302 Found to /?k=***: give"},
		{"status", rollouts.VLLM, say(func(w http.ResponseWriter) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			fmt.Fprintf(conn, "HTTP/1.1 400 %s\x1b[2J\r\nContent-Length: 0\r\n\r\n", secret)
		}), `: 400 ***\x1b[2J`},
		{"no HTTP", rollouts.VLLM, say(func(w http.ResponseWriter) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			defer conn.Close()
			fmt.Fprintf(conn, "%s\r\n\r\n", secret)
		}), "malformed HTTP response"},
		{"model", rollouts.VLLM, func(_ http.ResponseWriter, _ int, _, reply map[string]any) bool {
			reply["model"] = secret
			return true
		}, `answered as model "***"`},
	} {
		f := newFake(t)
		s := start(t, f, func(o *rollouts.ServerOptions) { o.KeyEnv, o.Attempts, o.Dialect = "GOLONGRL_TEST_KEY", 1, c.dialect }, c.change)
		_, err := collect(t, s, request(1, 1))
		hidden(t, c.name, err, c.want)
	}

	for _, models := range [][]string{{secret + escape, "b"}, {"a", strings.Repeat("x", 296) + secret}} {
		f := newFake(t)
		f.models = models
		o := options(f)
		o.KeyEnv = "GOLONGRL_TEST_KEY"
		_, err := rollouts.NewServer(context.Background(), o)
		hidden(t, "names of models", err, "***")
	}
	f := newFake(t)
	f.owner, f.vllm, f.sglang = secret+escape, false, false
	o := options(f)
	o.KeyEnv = "GOLONGRL_TEST_KEY"
	_, err := rollouts.NewServer(context.Background(), o)
	hidden(t, "owner", err, "this server (of ***")
}

// TestKeyHiddenPublishing: nor in what comes of publishing, also elsewhere.
func TestKeyHiddenPublishing(t *testing.T) {
	t.Setenv("GOLONGRL_TEST_KEY", secret)
	f, other := newFake(t), newFake(t)
	p := &rollouts.Publishing{Dir: t.TempDir(), Calls: []rollouts.Call{{Path: "/a"}}}
	s := start(t, f, func(o *rollouts.ServerOptions) { o.KeyEnv, o.Attempts, o.Publish = "GOLONGRL_TEST_KEY", 1, p }, nil)
	f.reload = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"success":false,"message":%q}`, secret)
	}
	hidden(t, "success", s.Publish(context.Background(), 1, saved("x")), "/a: ***")
	other.reload = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who has "+secret, 400) }
	p.Calls[0].Path = other.URL + "/a"
	hidden(t, "elsewhere", s.Publish(context.Background(), 1, saved("x")), "who has ***")
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	p.Calls, p.Command = nil, []string{"sh", "-c", `printf '\033[2J%s' "$GOLONGRL_TEST_KEY"; exit 1`}
	hidden(t, "command", s.Publish(context.Background(), 1, saved("x")), `sh: exit status 1: \x1b[2J***`)
}

func hidden(t *testing.T, name string, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	text := err.Error()
	if !strings.Contains(text, want) {
		t.Errorf("%s: %.400q, want %s", name, text, want)
	}
	if strings.Contains(strings.ToLower(text), "hunt") || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 1500 {
		t.Errorf("%s: %.1500q holds the key, or what is no text, or is long", name, text)
	}
}

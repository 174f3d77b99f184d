package rollouts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golongrl/golongrl/internal/filelock"
	"github.com/golongrl/golongrl/trainer/random"
)

// Publishing says how new weights get to a model server: as a folder policy-N in
// Dir, which the server is then told to load.
//
// Where texts below hold {dir} and {version}, the folder and the number of the
// version stand in their place; in Body {dir} is escaped as in a JSON string.
type Publishing struct {
	// Dir is a folder that the server reads too. It is made if it is missing, and
	// one [Server] at a time has it, by a file .lock in it.
	Dir string

	// ServerDir is what the server calls Dir; "" is the same.
	ServerDir string

	// Keep is how many versions stay in Dir; 0 is 2.
	Keep int

	// Calls are made one after the other. See [VLLMReload] and [SGLangReload].
	Calls []Call

	// Command is run behind the calls: a program and its arguments. A status of 0
	// is success. Programs that it leaves running must have their output elsewhere,
	// for nobody reads it any more.
	Command []string

	// Static says that the server goes on with the weights it has: nothing is
	// written, and samples keep the version of the first request. What the server
	// samples is then off-policy, more so with every update.
	Static bool

	// Timeout is for each call and the command; 0 is 10 minutes.
	Timeout time.Duration
}

// A Call is a request to the server that must succeed: with a status of 200 to
// 299, and without "success": false in its reply.
type Call struct {
	Method string // "" is POST
	Path   string // of the server, such as "/update_weights_from_disk", or a whole address
	Body   string
}

// VLLMReload returns the calls that let vLLM load a folder. It needs a vLLM whose
// reload_weights takes a path (2026), started with VLLM_SERVER_DEV_MODE=1, which
// must not be reachable by others. The last call forgets keys and values of the
// old weights.
//
// Source: vllm-project/vllm, pull requests 32133 and 48284.
func VLLMReload() []Call {
	return []Call{
		{Path: "/collective_rpc", Body: `{"method": "reload_weights", "kwargs": {"weights_path": "{dir}", "is_checkpoint_format": true}}`},
		{Path: "/reset_prefix_cache"},
	}
}

// SGLangReload returns the call that lets SGLang load a folder, which makes it
// forget keys and values of the old weights too.
//
// Source: sgl-project/sglang, UpdateWeightFromDiskReqInput.
func SGLangReload() []Call {
	return []Call{{Path: "/update_weights_from_disk", Body: `{"model_path": "{dir}"}`}}
}

func (p *Publishing) check() error {
	switch {
	case p.Static && (p.Dir != "" || len(p.Calls)+len(p.Command) > 0):
		return errors.New("rollouts: publishing is static and has a folder, calls or a command: decide for one")
	case p.Static:
		return nil
	case p.Dir == "":
		return errors.New("rollouts: publishing needs a folder that the server reads too")
	case len(p.Calls)+len(p.Command) == 0:
		return errors.New("rollouts: publishing needs calls or a command that let the server load the folder")
	}
	for _, c := range p.Calls {
		whole := strings.HasPrefix(c.Path, "http://") || strings.HasPrefix(c.Path, "https://")
		if !whole && !strings.HasPrefix(c.Path, "/") {
			return fmt.Errorf("rollouts: the path %q of a call must begin with / or http", c.Path)
		}
		if body := fill(c.Body, "d", 1); c.Body != "" && !json.Valid([]byte(body)) {
			return fmt.Errorf("rollouts: the body of %s is not JSON: %s", c.Path, c.Body)
		}
	}
	return nil
}

// lock takes the folder for one server.
func (p *Publishing) lock() (unlock func(), err error) {
	if err := os.MkdirAll(p.Dir, 0o777); err != nil {
		return nil, err
	}
	return filelock.Dir(p.Dir)
}

// fill puts folder and version into a template.
func fill(template, dir string, version int) string {
	return strings.NewReplacer("{dir}", dir, "{version}", strconv.Itoa(version)).Replace(template)
}

// Publish saves the policy and lets the server load it. On an error the server may
// hold either version, and the last good folder is still there.
func (s *Server) Publish(ctx context.Context, version int, save func(dir string) error) error {
	p := s.o.Publish
	if p == nil {
		return fmt.Errorf("rollouts: %s would go on with old weights: say how weights are published, or that the server is static", s)
	}
	if p.Static {
		return nil
	}
	dir, err := p.write(version, save)
	if err != nil {
		return fmt.Errorf("rollouts: publishing version %d: %w", version, err)
	}
	if p.ServerDir != "" {
		dir = strings.TrimRight(p.ServerDir, "/") + "/" + filepath.Base(dir)
	}
	if err := p.load(ctx, &s.api, dir, version); err != nil {
		return fmt.Errorf("rollouts: %s did not load version %d from %s: %w", s, version, dir, err)
	}
	s.known, s.version = true, version
	if err := p.prune(version); err != nil {
		return fmt.Errorf("rollouts: version %d is published, but old ones cannot be removed: %w", version, err)
	}
	return nil
}

// write saves a version into a folder that has its name only when it is complete.
func (p *Publishing) write(version int, save func(dir string) error) (string, error) {
	if err := os.MkdirAll(p.Dir, 0o777); err != nil {
		return "", err
	}
	root, err := filepath.Abs(p.Dir)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, fmt.Sprintf("policy-%d", version))
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := os.Mkdir(part, 0o777); err != nil {
		return "", err
	}
	if err := save(part); err != nil {
		os.RemoveAll(part)
		return "", err
	}
	// A run that was taken back to a checkpoint publishes a version again.
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.Rename(part, dir)
}

func (p *Publishing) load(ctx context.Context, a *api, dir string, version int) error {
	limited := *a
	limited.timeout = cmp.Or(p.Timeout, 10*time.Minute)
	quoted, err := json.Marshal(dir)
	if err != nil {
		return err
	}
	for _, c := range p.Calls {
		address := fill(c.Path, dir, version)
		if strings.HasPrefix(address, "/") {
			address = a.base + address
		} else if limited.key != "" && !strings.HasPrefix(address, a.base+"/") {
			limited.key = "" // which is for one server alone
		}
		body := []byte(fill(c.Body, string(quoted[1:len(quoted)-1]), version))
		err := limited.try(ctx, random.Key(version), func(ctx context.Context) error {
			reply, err := limited.send(ctx, cmp.Or(c.Method, "POST"), address, body)
			if err != nil {
				return err
			}
			var r struct{ Success *bool }
			if json.Unmarshal(reply, &r) == nil && r.Success != nil && !*r.Success {
				return fmt.Errorf("%s: %s", address, a.say(reply))
			}
			return nil
		})
		limited.key = a.key
		if err != nil {
			return err
		}
	}
	if len(p.Command) == 0 {
		return nil
	}
	args := make([]string, len(p.Command))
	for i, arg := range p.Command {
		args[i] = fill(arg, dir, version)
	}
	inner, cancel := context.WithTimeout(ctx, limited.timeout)
	defer cancel()
	cmd := exec.CommandContext(inner, args[0], args[1:]...)
	cmd.WaitDelay = time.Second // for what the command leaves behind
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // which is a success, too
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case inner.Err() != nil:
		return fmt.Errorf("%s: not done within %v", args[0], limited.timeout)
	}
	err = fmt.Errorf("%s: %w", args[0], err)
	if said := a.say(out); said != "" { // with the environment, for all we know
		err = fmt.Errorf("%w: %s", err, said)
	}
	return a.clean(err)
}

var versionName = regexp.MustCompile(`^policy-([0-9]{1,18})$`)

// prune removes all versions but the newest up to version; later ones are of a
// run that was taken back to a checkpoint.
func (p *Publishing) prune(version int) error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	var older []int64
	var errs []error
	remove := func(v int64) {
		errs = append(errs, os.RemoveAll(filepath.Join(p.Dir, "policy-"+strconv.FormatInt(v, 10))))
	}
	for _, e := range entries {
		m := versionName.FindStringSubmatch(e.Name())
		if m == nil || !e.IsDir() {
			continue
		}
		switch v, _ := strconv.ParseInt(m[1], 10, 64); {
		case strconv.FormatInt(v, 10) != m[1]: // policy-007 is not ours
		case v > int64(version):
			remove(v)
		case v < int64(version):
			older = append(older, v)
		}
	}
	slices.Sort(older)
	keep := cmp.Or(p.Keep, 2)
	for len(older) > max(keep-1, 0) {
		remove(older[0])
		older = older[1:]
	}
	return errors.Join(errs...)
}

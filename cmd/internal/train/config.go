package train

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/trainer"
)

//go:embed default.yaml
var defaultYAML []byte

// fileConfig is what default.yaml shows.
type fileConfig struct {
	Out   string `yaml:"out"`
	Model struct {
		Path    string   `yaml:"path"`
		Weights string   `yaml:"weights"`
		Stop    []string `yaml:"stop"`
	} `yaml:"model"`
	Data struct {
		Train    string `yaml:"train"`
		Eval     string `yaml:"eval"`
		Template string `yaml:"template"`
	} `yaml:"data"`
	Reward struct {
		Metric  string `yaml:"metric"`
		Profile string `yaml:"profile"`
	} `yaml:"reward"`
	Rollouts struct {
		Source string       `yaml:"source"`
		Save   bool         `yaml:"save"`
		Server serverConfig `yaml:"server"`
		Replay struct {
			File     string `yaml:"file"`
			Tokenize bool   `yaml:"tokenize"`
		} `yaml:"replay"`
	} `yaml:"rollouts"`
	Backend struct {
		Name        string  `yaml:"name"`
		Workers     int     `yaml:"workers"`
		MemoryGB    float64 `yaml:"memory_gb"`
		CacheGB     float64 `yaml:"cache_gb"`
		MicroTokens int     `yaml:"micro_tokens"`
		CUDA        struct {
			Device       int    `yaml:"device"`
			Precision    string `yaml:"precision"`
			OwnKernels   bool   `yaml:"own_kernels"`
			Reproducible bool   `yaml:"reproducible"`
		} `yaml:"cuda"`
	} `yaml:"backend"`
	Watch struct {
		HTTP        string `yaml:"http"`
		TensorBoard bool   `yaml:"tensorboard"`
	} `yaml:"watch"`
	Keep  int            `yaml:"keep"`
	Train trainer.Config `yaml:"train"`
}

type serverConfig struct {
	URL         string        `yaml:"url"`
	Model       string        `yaml:"model"`
	Dialect     string        `yaml:"dialect"`
	LogProbs    string        `yaml:"logprobs"`
	KeyEnv      string        `yaml:"key_env"`
	Concurrency int           `yaml:"concurrency"`
	Attempts    int           `yaml:"attempts"`
	Timeout     time.Duration `yaml:"timeout"`
	Publish     struct {
		Dir       string   `yaml:"dir"`
		ServerDir string   `yaml:"server_dir"`
		Reload    string   `yaml:"reload"`
		Command   []string `yaml:"command"`
		Static    bool     `yaml:"static"`
	} `yaml:"publish"`
}

func (p *program) configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print a configuration file with all defaults",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := c.OutOrStdout().Write(bytes.Replace(defaultYAML, []byte("name: cpu "), []byte("name: "+p.home()+" "), 1))
			return err
		},
	}
}

// readConfig reads a configuration over the defaults, of which home is the backend.
func readConfig(path, home string) (fileConfig, error) {
	var c fileConfig
	if err := decodeYAML(defaultYAML, &c); err != nil {
		return c, fmt.Errorf("the defaults: %w", err)
	}
	c.Backend.Name = home
	if s, err := os.Stat(path); err == nil && !s.IsDir() && !s.Mode().IsRegular() {
		return c, usage("%s is no regular file", path) // reading a pipe or a device may never end
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, usageError{err}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	// Errors show the lines around them, which must not drive a terminal.
	if i := bytes.IndexFunc(text, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
	}); i >= 0 {
		return c, usage("%s, line %d: %q is no text: give YAML in UTF-8", path, 1+bytes.Count(text[:i], []byte("\n")), text[i])
	}
	if err := decodeYAML(text, &c); err != nil {
		return c, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	if err := c.check(); err != nil {
		return c, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return c, nil
}

// decodeYAML reads a document over c, which stays as it is if there is nothing
// but comments or if there is an error.
func decodeYAML(text []byte, c *fileConfig) error {
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	over := *c
	err := d.Decode(&over)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if err = d.Decode(new(any)); err == nil {
			return errors.New("there is a second document behind ---: give one")
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	var mismatch *yaml.TypeError
	switch {
	case err == nil:
		var doc yaml.MapSlice
		if err := yaml.UnmarshalWithOptions(text, &doc, yaml.UseOrderedMap()); err != nil || len(doc) == 0 {
			return err
		}
		if err := checkValues(doc); err != nil {
			return err
		}
		*c = over
		return nil
	case errors.As(err, &mismatch): // whose message has names of the program
		err = errors.New(yaml.FormatErrorWithToken("this must be "+wanted(mismatch.DstType), mismatch.Token, false, true))
	default:
		err = errors.New(yaml.FormatError(err, false, true))
	}
	return errors.New(strings.TrimRight(err.Error(), "\n"))
}

// wanted names what is decoded into a type.
func wanted(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a time, such as 30m"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.String:
		return "a text"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct:
		return "keys with values"
	case t.Kind() == reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// checkValues finds numbers that the decoder cuts off to whole ones, and keys
// without a value, which it takes for zero.
func checkValues(doc yaml.MapSlice) error {
	var errs []error
	var walk func(v yaml.MapSlice, t reflect.Type, above string)
	walk = func(v yaml.MapSlice, t reflect.Type, above string) {
		for i := range t.NumField() {
			f := t.Field(i)
			for _, item := range v {
				if item.Key != f.Tag.Get("yaml") {
					continue
				}
				name := above + f.Tag.Get("yaml")
				switch x := item.Value.(type) {
				case nil:
					errs = append(errs, fmt.Errorf("%s has no value: give one, or leave the key out for its default", name))
				case []any:
					if slices.Contains(x, nil) {
						errs = append(errs, fmt.Errorf("%s has an empty item", name))
					}
				case yaml.MapSlice:
					if f.Type.Kind() == reflect.Struct {
						walk(x, f.Type, name+".")
					}
				case float64:
					if (f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Uint64) && x != math.Trunc(x) {
						errs = append(errs, fmt.Errorf("%s is %v, but must be a whole number", name, x))
					}
				}
			}
		}
	}
	walk(doc, reflect.TypeFor[fileConfig](), "")
	return errors.Join(errs...)
}

// maxWorkers is above what any machine has processors for.
const maxWorkers = 1 << 12

// check reports everything that is wrong without looking at files.
func (c *fileConfig) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	oneOf := func(key, value string, of ...string) {
		if slices.Contains(of, value) {
			return
		}
		for i, o := range of {
			of[i] = strconv.Quote(o)
		}
		bad("%s is %q, but must be %s", key, value, strings.Join(of, " or "))
	}
	if c.Model.Path == "" {
		bad("model.path is missing: the folder of a Qwen3 model")
	}
	oneOf("model.weights", c.Model.Weights, "pretrained", "random")
	oneOf("data.template", c.Data.Template, "chatml", "none")
	oneOf("reward.profile", c.Reward.Profile, "strict", "reference")
	oneOf("rollouts.source", c.Rollouts.Source, "policy", "server", "replay")
	oneOf("backend.name", c.Backend.Name, append([]string{"cpu"}, workers...)...)
	oneOf("backend.cuda.precision", c.Backend.CUDA.Precision, "bf16", "float32")
	if c.Data.Train == "" && c.Rollouts.Source != "replay" {
		bad("data.train is missing: a file of rows")
	}
	switch s := &c.Rollouts.Server; c.Rollouts.Source {
	case "server":
		oneOf("rollouts.server.dialect", s.Dialect, "auto", "vllm", "sglang")
		oneOf("rollouts.server.logprobs", s.LogProbs, "", "raw", "processed")
		oneOf("rollouts.server.publish.reload", s.Publish.Reload, "", "vllm", "sglang")
		if s.Concurrency > 1<<16 || s.Attempts > 1<<16 {
			bad("rollouts.server: concurrency and attempts must be at most %d", 1<<16)
		}
		if s.Concurrency < 1 || s.Attempts < 1 || s.Timeout <= 0 {
			bad("rollouts.server: concurrency, attempts and timeout must be positive")
		}
		if s.URL == "" {
			bad("rollouts.server.url is missing")
		}
		if !s.Publish.Static && s.Publish.Dir == "" {
			bad("rollouts.server.publish.dir is missing: a folder that the server reads; or set publish.static and train on stale rollouts")
		}
		if !s.Publish.Static && s.Publish.Reload == "" && len(s.Publish.Command) == 0 {
			bad("rollouts.server.publish says nothing of how the server loads new weights: set reload or command")
		}
	case "replay":
		if c.Rollouts.Replay.File == "" {
			bad("rollouts.replay.file is missing")
		}
		if c.Train.Filter == trainer.Resample {
			bad("train.filter_groups is resample, but a recording cannot be asked for more: set skip or keep")
		}
		if c.Data.Eval != "" {
			bad("data.eval is set, but a recording answers no other prompts: leave it out")
		}
	}
	if c.Out == "" {
		bad("out is empty")
	}
	if c.Keep < 1 {
		bad("keep is %d, but must be at least 1", c.Keep)
	}
	if c.Backend.Workers < 0 || c.Backend.CUDA.Device < 0 || c.Backend.MicroTokens < 0 || !(c.Backend.MemoryGB >= 0 && c.Backend.MemoryGB < 1<<20) || !(c.Backend.CacheGB >= 0 && c.Backend.CacheGB < 1<<20) {
		bad("backend: workers, memory_gb, cache_gb, micro_tokens and cuda.device must not be negative")
	}
	if c.Backend.Workers > maxWorkers || c.Backend.MicroTokens > 1<<28 {
		bad("backend: workers must be at most %d, micro_tokens at most %d", maxWorkers, 1<<28)
	}
	if c.Data.Eval == "" {
		c.Train.EvalEvery = 0
	}
	if err := c.Train.Check(); err != nil {
		all := []error{err}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = joined.Unwrap()
		}
		for _, err := range all {
			bad("train.%w", err)
		}
	}
	return errors.Join(errs...)
}

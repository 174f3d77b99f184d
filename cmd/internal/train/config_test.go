package train

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/golongrl/golongrl/trainer"
)

// keysOf lists the keys that a type is decoded from, with those above.
func keysOf(t *testing.T, typ reflect.Type, above string) (keys []string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			t.Fatalf("%s.%s has no key", typ, f.Name)
		}
		if keys = append(keys, above+name); f.Type.Kind() == reflect.Struct {
			keys = append(keys, keysOf(t, f.Type, above+name+".")...)
		}
	}
	return keys
}

// keysIn lists the keys of a document.
func keysIn(v yaml.MapSlice, above string) (keys []string) {
	for _, item := range v {
		name := above + item.Key.(string)
		keys = append(keys, name)
		if inner, ok := item.Value.(yaml.MapSlice); ok {
			keys = append(keys, keysIn(inner, name+".")...)
		}
	}
	return keys
}

// TestDefaults: what golongrl-train config prints has every key once, with the
// defaults of the trainer.
func TestDefaults(t *testing.T) {
	var tree yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(defaultYAML, &tree, yaml.UseOrderedMap()); err != nil {
		t.Fatal(err)
	}
	got, want := keysIn(tree, ""), keysOf(t, reflect.TypeFor[fileConfig](), "")
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 80 || !slices.Equal(got, want) {
		t.Errorf("keys of default.yaml\n%s\nand of the program\n%s", strings.Join(got, " "), strings.Join(want, " "))
	}
	var c fileConfig
	if err := decodeYAML(defaultYAML, &c); err != nil {
		t.Fatal(err)
	}
	if c.Train != trainer.Default() {
		t.Errorf("train is\n%+v, and the trainer's default\n%+v", c.Train, trainer.Default())
	}
	// All that is left to say is where things are.
	c.Model.Path, c.Data.Train = "model", "train.jsonl"
	if err := c.check(); err != nil {
		t.Error(err)
	}
}

// TestConfigIsText: what an error would show of a file never drives the terminal.
func TestConfigIsText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	for text, want := range map[string]string{
		"# fine\nout: \x1b[2Jx\n": "line 2: '\\x1b' is no text",
		"out: \xff\xfe\n":         "line 1: '\u00ff' is no text",
		"out: a\x00b\n":           "line 1: '\\x00' is no text",
	} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(path, "cpu"); err == nil || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\x1b\x00") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

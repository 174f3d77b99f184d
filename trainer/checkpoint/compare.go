package checkpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Difference is a field that two configurations do not agree on.
type Difference struct {
	Field         string // of nested objects with dots: "optimizer.lr"
	Saved, Wanted string // as JSON; "" if the field is not there
}

// A MismatchError is a checkpoint of another configuration.
type MismatchError struct {
	What   string // "the policy of runs/a/step-000100"
	Fields []Difference
}

func (e *MismatchError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "checkpoint: %s has another configuration:", e.What)
	for _, d := range e.Fields {
		fmt.Fprintf(&b, " %s is %s and should be %s;", d.Field, absent(d.Saved), absent(d.Wanted))
	}
	b.WriteString(" use the configuration it was saved with, or start anew in another folder")
	return b.String()
}

func absent(s string) string {
	if s == "" {
		return "absent"
	}
	return s
}

// Compare returns a *[MismatchError] with all fields in which two values differ
// once they are JSON, in the order of their names. Arrays are fields as wholes.
// Fields named in ignore, and those in them, may differ.
//
// It panics if a value has no JSON.
func Compare(what string, saved, wanted any, ignore ...string) error {
	s, w := flatten(saved), flatten(wanted)
	names := maps.Clone(s)
	maps.Copy(names, w)
	var ds []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		skip := slices.ContainsFunc(ignore, func(i string) bool { return name == i || strings.HasPrefix(name, i+".") })
		if !skip && s[name] != w[name] {
			ds = append(ds, Difference{name, s[name], w[name]})
		}
	}
	if ds == nil {
		return nil
	}
	return &MismatchError{what, ds}
}

// flatten returns the JSON of all fields of v that are no objects.
func flatten(v any) map[string]string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("checkpoint: %T has no JSON: %v", v, err))
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		panic("checkpoint: " + err.Error())
	}
	out := map[string]string{}
	var walk func(name string, v any)
	walk = func(name string, v any) {
		if m, ok := v.(map[string]any); ok && (len(m) > 0 || name == "") {
			for k, x := range m {
				walk(strings.TrimPrefix(name+"."+k, "."), x)
			}
			return
		}
		b, err := json.Marshal(v) // with the names of objects in arrays sorted
		if err != nil {
			panic("checkpoint: " + err.Error())
		}
		out[name] = string(b)
	}
	walk("", tree)
	return out
}

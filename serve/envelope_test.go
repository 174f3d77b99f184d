package serve

import (
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/internal/py"
)

var objects = []string{
	`{}`, ` { } `, `{"a":1}`, "{\"a\" : [1, {\"b\": \"]}\"}] ,\n\t\"c\":null}", `{"a":"\\","b":"\\\"}","c":"\""}`, `{"a":1,"a":[2]}`,
	`{"\u0061":-1.5e3,"é":"\ud800"}`, `{"a":{"b":{"c":[[],{}]}},"d":[]}`, `{"a":NaN}`, `{"":""}`,
	``, ` `, `{`, `[]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{"a":1}}`, `{"a":1} x`, `{a:1}`, `{"a`, `{"a":"b`, `{"a":[}`,
	`{"a":[1`, `{"a":]}`, `{'a':1}`, "{\"a\":1}\x00", "\ufeff{}", `{"a":1,"b"`, `{"a":"\"}`, `null`, `"x"`,
}

// checkMembers holds members to the strict parser: it finds what that finds, and
// refuses nothing that is JSON. What it lets through though it is not JSON has a
// value that is none.
func checkMembers(t *testing.T, src string) {
	t.Helper()
	v, strict := py.Parse(src)
	list, err := members(src)
	isObject := strict == nil && v.Kind() == py.Dict
	if isObject && err != nil {
		t.Errorf("%q: %v", src, err)
	}
	if err != nil {
		return
	}
	bad := false
	last := map[string]string{}
	for _, m := range list {
		last[m.key] = m.raw
		if _, err := py.Parse(m.raw); err != nil {
			bad = true
		}
	}
	if !isObject {
		if !bad && strict != nil {
			t.Errorf("%q is taken for the object %v; the parser says %v", src, list, strict)
		}
		return
	}
	if len(last) != v.Len() {
		t.Errorf("%q: members %v", src, list)
	}
	for _, p := range v.Pairs() {
		if strings.TrimSpace(last[p.Key]) != p.Val.Raw() {
			t.Errorf("%q: %q is %q, want %q", src, p.Key, last[p.Key], p.Val.Raw())
		}
	}
}

func TestMembers(t *testing.T) {
	for _, src := range objects {
		checkMembers(t, src)
	}
	if _, err := members("{" + strings.TrimPrefix(strings.Repeat(`,"a":1`, 1025), ",") + "}"); err == nil {
		t.Error("any number of members is taken")
	}
}

func FuzzMembers(f *testing.F) {
	for _, src := range objects {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 4300 { // beyond, the parser has limits of its own
			return
		}
		checkMembers(t, src)
	})
}

func TestElements(t *testing.T) {
	for src, want := range map[string][]string{
		`[]`: nil, `[ ]`: nil, `[1]`: {"1"}, `[ {"a":[1,2]} , "],", null ]`: {`{"a":[1,2]}`, `"],"`, "null"},
		`[[[]],[]]`: {"[[]]", "[]"},
	} {
		if got, err := elements("x", src); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", src, got, err)
		}
	}
	for _, src := range []string{`[`, `[1`, `[1,]`, `[,]`, `[1 2]`, `[1]]`, `{}`, `null`, `1`, `"["`} {
		if got, err := elements("x", src); err == nil {
			t.Errorf("%s is taken: %q", src, got)
		}
	}
}

func TestDense(t *testing.T) {
	commas := strings.Repeat("1,", maxValues)
	for src, want := range map[string]bool{
		"[" + commas + "1,1]":                         true,
		"[" + commas[:2*maxValues-4] + "1]":           false,
		`["` + commas + commas + `"]`:                 false,
		strings.Repeat("[", 2*maxValues+2):            true,
		`{"a":"\"` + commas + commas + `\\","b":[1]}`: false,
	} {
		if got := dense(src); got != want {
			t.Errorf("%.20s… of %d bytes: %t", src, len(src), got)
		}
	}
}

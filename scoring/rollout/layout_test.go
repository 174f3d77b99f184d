package rollout_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/scoring/rollout"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		name   string
		layout rollout.Layout
		line   string
		want   string // ID group task metric lang response gold, or an error
	}{
		{
			"plain", rollout.Layout{Response: "choices.0.message.content", Reference: "meta.answer", ID: "meta.id", Group: "meta.prompt", Task: "meta.kind", Metric: "meta.metric", Lang: "meta.lang"},
			`{"choices":[{"message":{"content":"r"}}],"meta":{"answer":["g"],"id":"i","prompt":4,"kind":"f1","metric":"em","lang":"zh"}}`,
			`"i" 4 f1 em zh r g`,
		}, {
			"the last of repeated keys", rollout.Layout{Response: "a.b", Reference: "g"},
			`{"a":{"b":"x"},"a":{"b":"y","b":"z"},"g":"1","g":"2","task":"em"}`, `9 9 em   z 2`,
		}, {
			"the last of repeated keys for gjson", rollout.Layout{Response: "a.#(k==1).b", Reference: "g|@this"},
			`{"a":[{"k":1,"b":"x","b":"z"}],"g":"1","g":"2","task":"em"}`, `9 9 em   z 2`,
		}, {
			"a key with a dot", rollout.Layout{Response: `a\.b`},
			`{"a.b":"r","reference":"g","task":"em"}`, `9 9 em   r g`,
		}, {
			"surrogates through gjson", rollout.Layout{Response: "a.#(k==1).b", ID: "a.#(k==1).i"},
			`{"a":[{"k":1,"b":"\ud800","i":"\udfff"}],"reference":"g","task":"em"}`, "\"\\udfff\" \"\\udfff\" em   \xed\xa0\x80 g",
		}, {
			"big integers through gjson", rollout.Layout{ID: "*.n"},
			`{"x":{"n":123456789012345678901},"response":"r","reference":"g","task":"em"}`, `123456789012345678901 123456789012345678901 em   r g`,
		}, {
			"response in a verl row", rollout.Layout{Response: "output"},
			`{"output":"r","data_source":"EM","ground_truth":{"golden_label":"g"}}`, `9 9 em   r g`,
		}, {
			"a path for the reference makes the schema simple", rollout.Layout{Reference: "reward_model.ground_truth.golden_label"},
			`{"response":"r","data_source":"EM","reward_model":{"ground_truth":{"golden_label":"g"}},"metric":"f1"}`, `9 9  f1  r g`,
		}, {
			"no response", rollout.Layout{Response: "x.y"}, `{"response":"r","reference":"g"}`,
			`line 9: x.y: missing: the path leads to nothing in this line`,
		}, {
			"response is an object", rollout.Layout{Response: "x"}, `{"x":{}}`,
			`line 9: x: an object: the path must lead to a string or a list of strings`,
		}, {
			"no reference", rollout.Layout{Reference: "x.#.y"}, `{"response":"r","reference":"g"}`,
			`line 9: x.#.y: missing: the path leads to nothing in this line`,
		}, {
			"index out of range", rollout.Layout{Reference: "x.2"}, `{"response":"r","x":["a","b"]}`,
			`line 9: x.2: missing: the path leads to nothing in this line`,
		}, {
			"huge index", rollout.Layout{Reference: "x.99999999999999999999999"}, `{"response":"r","x":["a","b"]}`,
			`line 9: x.99999999999999999999999: missing: the path leads to nothing in this line`,
		}, {
			"wrong type", rollout.Layout{Task: "m.t"}, `{"response":"r","reference":"g","m":{"t":4}}`,
			`line 9: m.t: a number: give a string`,
		}, {
			"NaN through gjson", rollout.Layout{Length: "m|length"}, `{"response":"r","reference":"g","m":{"length":NaN},"task":"em"}`,
			`line 9: m|length: not finite: give the length in tokens as a number`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := decode(c.line, &rollout.Options{Layout: c.layout})
			if len(rows) != 1 {
				t.Fatalf("got %d rows", len(rows))
			}
			r, got := rows[0], ""
			if r.Err != nil {
				got = r.Err.Error()
			} else {
				got = strings.Join([]string{r.ID, r.Group, r.Record.Task, r.Record.Metric, r.Record.Lang, r.Record.Response, r.Record.Gold.String()}, " ")
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestLayoutResponses(t *testing.T) {
	opts := &rollout.Options{Layout: rollout.Layout{Response: "choices.#.text"}}
	rows := decode(`{"choices":[{"text":"a"},{"text":1}],"reference":"g","task":"em"}`, opts)
	if len(rows) != 2 || rows[0].Record.Response != "a" || rows[1].Err == nil ||
		rows[1].Err.Error() != "line 9: choices.#.text[1]: a number: give a string" {
		t.Errorf("got %+v", rows)
	}
}

func TestFields(t *testing.T) {
	o := rollout.Options{Layout: rollout.Layout{Response: "choices.0.text", ID: "id"}}
	f := o.Fields()
	if !slices.Contains(f, "choices") || !slices.Contains(f, "reward_model") || slices.Contains(f, "prompt") {
		t.Errorf("got %v", f)
	}
	o.Layout.Group = "meta*.id"
	if f := o.Fields(); f != nil {
		t.Errorf("got %v for a pattern", f)
	}
}

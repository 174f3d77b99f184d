package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// readRows reads text as a file called f.
func readRows(t testing.TB, needs advantage.Field, text string) *rewardRows {
	t.Helper()
	rows := newRewardRows(needs, 0, true)
	err := rows.read(func(yield func(placed) bool) {
		for l := range rollout.Lines(strings.NewReader(text), 1<<20) {
			if !yield(placed{"f", l}) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestAdvantageIsTheLibrarys shuffles random rows, and compares what the command
// writes for them, bit for bit, with what the package gives for slices made
// without any JSON.
func TestAdvantageIsTheLibrarys(t *testing.T) {
	const seed = 4
	rng := rand.New(rand.NewSource(seed))
	for _, spec := range []string{"grpo", "dr_grpo", "tmn", "tmn_reweight(alpha=0.3)", "opo", "gdpo", "remax", "qwenlong", "maxrl"} {
		est := advantage.MustParse(spec)
		var text bytes.Buffer
		var groups []string
		var tasks []string
		b := &advantage.Batch{Names: []string{"a", "b"}, Components: make([][]float64, 2)}
		var null []bool
		for range 500 {
			g := rng.Intn(60)
			reward := math.Round(rng.NormFloat64()*100) / 64
			if rng.Intn(3) == 0 {
				reward = rng.ExpFloat64() * math.Pow(10, float64(rng.Intn(9)-4))
			}
			length, baseline, c := 1+rng.Intn(900), rng.Float64(), rng.Float64()
			out := rng.Intn(10) == 0
			shown := strconv.FormatFloat(reward, 'g', -1, 64)
			if out {
				shown = "null"
			}
			fmt.Fprintf(&text, `{"id":%d,"group":"g\u00%x","task":"t%d","reward":%s,"length":%d,"baseline":%v,"rewards":{"b":%v,"a":%s}}`+"\n",
				rng.Int(), 0x20+g, g%7, shown, length, baseline, c, strconv.FormatFloat(reward, 'g', -1, 64))
			null = append(null, out)
			if out {
				continue
			}
			groups, tasks = append(groups, strconv.Itoa(g)), append(tasks, "t"+strconv.Itoa(g%7))
			b.Rewards, b.Lengths, b.Baselines = append(b.Rewards, reward), append(b.Lengths, length), append(b.Baselines, baseline)
			b.Components[0], b.Components[1] = append(b.Components[0], reward), append(b.Components[1], c)
		}
		ix, err := advantage.NewIndex(groups, tasks)
		if err != nil {
			t.Fatal(err)
		}
		b.Index = ix
		want := make([]float64, len(b.Rewards))
		if err := est.Advantages(want, b); err != nil {
			t.Fatalf("%s: %v", spec, err)
		}
		rows := readRows(t, est.Needs(), text.String())
		mine, err := rows.batch()
		if err != nil {
			t.Fatal(err)
		}
		if err := est.Advantages(mine.Rewards, mine); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		s := &sink{w: &out}
		if err := writeAdvantages(s, rows, mine.Rewards); err != nil {
			t.Fatal(err)
		}
		s.stop()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		in := strings.Split(strings.TrimSpace(text.String()), "\n")
		if len(lines) != len(in) {
			t.Fatalf("seed %d: %s: %d rows of %d", seed, spec, len(lines), len(in))
		}
		for i, line := range lines {
			tail, found := strings.CutPrefix(line, strings.TrimSuffix(in[i], "}")+`,"advantage":`)
			tail = strings.TrimSuffix(tail, "}")
			switch got, err := strconv.ParseFloat(tail, 64); {
			case !found:
				t.Fatalf("seed %d: %s: row %d is %s", seed, spec, i, line)
			case null[i]:
				if tail != "null" {
					t.Errorf("seed %d: %s: row %d without a reward has %s", seed, spec, i, tail)
				}
			case err != nil || got != want[0]:
				t.Fatalf("seed %d: %s: row %d has %s, want %v", seed, spec, i, tail, want[0])
			default:
				want = want[1:]
			}
		}
	}
}

func TestGroupKey(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`7`, `7`, true}, {`7`, `7.0`, true}, {`7`, `70e-1`, true}, {`-0`, `0.0`, true}, {`-0.0`, `0`, true}, {`0.5`, `5e-1`, true},
		{`1e20`, `100000000000000000000`, true}, {`1e22`, `10000000000000000000000`, true},
		{`9007199254740993`, `9007199254740992`, false}, {`0.5`, `0.25`, false}, {`7`, `"7"`, false}, {`true`, `"true"`, false}, {`true`, `1`, false},
		{`"a"`, `"\u0061"`, true}, {`"a"`, `"A"`, false}, {`"\""`, `"\u0022"`, true}, {`"\\"`, `"\\\\"`, false}, {`"/"`, `"\/"`, true},
		{`"é"`, `"\u00e9"`, true}, {`"\u00e9"`, `"e\u0301"`, false}, {`"😀"`, `"\ud83d\ude00"`, true}, {`"\ud83d"`, `"\ud83e"`, false}, {`"\n"`, `"\u000a"`, true},
	} {
		key := func(text string) string {
			v, err := py.Parse(text)
			if err != nil {
				t.Fatal(text, err)
			}
			k, ok := groupKey(v)
			if !ok {
				t.Fatalf("%s is no group", text)
			}
			return k
		}
		if (key(c.a) == key(c.b)) != c.same {
			t.Errorf("%s and %s: the same is %v", c.a, c.b, !c.same)
		}
	}
}

func TestSplitOutside(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"a", []string{"a"}}, {"", []string{""}}, {"a,b", []string{"a", "b"}}, {"a(x=1,y=2),b", []string{"a(x=1,y=2)", "b"}},
		{"f(base=g(a=1,b=2),c=3),h", []string{"f(base=g(a=1,b=2),c=3)", "h"}}, {"a),b", []string{"a)", "b"}}, {"a(,b", []string{"a(,b"}}, {",", []string{"", ""}},
	} {
		if got := splitOutside(c.in); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q splits into %q, want %q", c.in, got, c.want)
		}
	}
}

// TestPacked fills several blocks, with lines shorter and longer than one.
func TestPacked(t *testing.T) {
	const seed = 5
	rng := rand.New(rand.NewSource(seed))
	var p packed
	var want []string
	for i := range 6000 {
		n := rng.Intn(2000)
		if i%2500 == 17 {
			n = 3*blockSize + i
		}
		digits := strconv.Itoa(rng.Int())
		line := strings.Repeat(digits, n/len(digits)+1)[:n]
		want = append(want, line)
		p.add(line)
	}
	if len(p.blocks) < 6 {
		t.Errorf("%d blocks", len(p.blocks))
	}
	i := 0
	err := p.each(func(line []byte) error {
		if string(line) != want[i] {
			t.Fatalf("seed %d: line %d differs", seed, i)
		}
		i++
		return nil
	})
	if err != nil || i != len(want) {
		t.Errorf("seed %d: %d lines of %d, %v", seed, i, len(want), err)
	}
}

// FuzzMembers holds the member scanner to the JSON parser on every object, and
// what is left of a row without its advantage to the row.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `{"a":1}`, `{"advantage":1}`, `{"advantage":1,"a":2}`, `{"a":2 , "advantage" : [1,{"x":"]}"}] }`, `{"a":"\\\"","adv\u0061ntage":-1e5,"b":null}`,
		`{"advantage":1,"x":[],"advantage":{"a":{}}}`, `{"a":{"advantage":1},"b":[[[]],"}",true,NaN,-Infinity]}`, "\t{\"\":\"\"\r,\n\"\\\\\":\"\\\\\"}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		v, err := py.Parse(src)
		if err != nil || v.Kind() != py.Dict {
			return
		}
		last := map[string]string{}
		eachMember(src, func(m member) {
			k, err := py.Parse(src[m.from:m.colon])
			if err != nil || k.Kind() != py.String || src[m.colon] != ':' {
				t.Fatalf("%q: no key at %d", src, m.from)
			}
			if k.Str() == advantageKey != isKey(src[m.from:m.colon], advantageKey) {
				t.Fatalf("%q: isKey errs about %q", src, src[m.from:m.colon])
			}
			last[k.Str()] = strings.TrimLeft(src[m.colon+1:m.to], " \t\r\n")
		})
		if len(last) != v.Len() {
			t.Fatalf("%q: %d keys, want %d", src, len(last), v.Len())
		}
		for _, p := range v.Pairs() {
			if last[p.Key] != p.Val.Raw() {
				t.Fatalf("%q: %q is %q, want %q", src, p.Key, last[p.Key], p.Val.Raw())
			}
		}
		cut := withoutAdvantage(src, v)
		w, err := py.Parse(cut + "}")
		if err != nil {
			t.Fatalf("%q without advantage is %q: %v", src, cut, err)
		}
		delete(last, advantageKey)
		if w.Len() != len(last) {
			t.Fatalf("%q without advantage is %q", src, cut)
		}
		for _, p := range w.Pairs() {
			if last[p.Key] != p.Val.Raw() {
				t.Fatalf("%q without advantage is %q", src, cut)
			}
		}
	})
}

package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golongrl/golongrl/advantage"
)

// element is a part of a page, or a text without a name.
type element struct {
	name     string
	attr     map[string]string
	own      string
	children []*element
}

// text is the text of e and of all in it.
func (e *element) text() string {
	var b strings.Builder
	b.WriteString(e.own)
	for _, c := range e.children {
		b.WriteString(c.text())
	}
	return b.String()
}

// parsePage reads HTML and fails the test where elements are not closed in order.
func parsePage(t *testing.T, page []byte) *element {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	root := &element{}
	open := []*element{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			child := &element{name: e.Name.Local, attr: map[string]string{}}
			for _, a := range e.Attr {
				child.attr[a.Name.Local] = a.Value
			}
			top := open[len(open)-1]
			top.children = append(top.children, child)
			open = append(open, child)
		case xml.EndElement:
			if open[len(open)-1].name != e.Name.Local {
				t.Fatalf("<%s> is closed by </%s>", open[len(open)-1].name, e.Name.Local)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			top := open[len(open)-1]
			top.children = append(top.children, &element{own: string(e)})
		}
	}
	return root
}

// find returns all elements of a name and, if it is not empty, a class.
func (e *element) find(name, class string) (found []*element) {
	for _, c := range e.children {
		if c.name == name && (class == "" || slices.Contains(strings.Fields(c.attr["class"]), class)) {
			found = append(found, c)
		}
		found = append(found, c.find(name, class)...)
	}
	return found
}

func (e *element) section(t *testing.T, id string) *element {
	t.Helper()
	for _, s := range e.find("section", "") {
		if s.attr["id"] == id {
			return s
		}
	}
	t.Fatalf("the page has no section %s", id)
	return nil
}

// nineTasks is a batch of nine tasks with hostile names, 4 prompts of 4 rollouts
// each; the first prompt of the first task has equal rewards.
func nineTasks() string {
	names := []string{`"<script>alert(1)</script>"`, `"\"><img src=x onerror=alert(1)>"`, `"</text></svg></style>"`, `"{{.}}"`, `"]]>&amp;&#0;"`, `""`, `"  "`,
		`"T4.1 Global-Coverage Constrained Summary of many words"`, `"摘要\u0000\ud800"`}
	var b strings.Builder
	for k, name := range names {
		for p := range 4 {
			for i := range 4 {
				r := float64((i*(k+1)+p)%5) / 4
				if k == 0 && p == 0 {
					r = 1
				}
				fmt.Fprintf(&b, `{"group":"%d-%d","task":%s,"reward":%v}`+"\n", k, p, name, r)
			}
		}
	}
	return b.String()
}

func comparedPage(t *testing.T, text string, specs string) (*comparison, []byte) {
	t.Helper()
	ests, err := parseEstimators(specs)
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare(readRows(t, advantage.Tasks, text), ests)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.page([]string{`<b>"file"`, "-"})
	if err != nil {
		t.Fatal(err)
	}
	return c, page
}

func TestReport(t *testing.T) {
	const tasks, ests = 9, 4
	c, page := comparedPage(t, nineTasks(), "dr_grpo,grpo,tmn,tmn_reweight")
	_, again := comparedPage(t, nineTasks(), "dr_grpo,grpo,tmn,tmn_reweight")
	if !bytes.Equal(page, again) {
		t.Error("two pages of the same rows differ")
	}
	root := parsePage(t, page)
	for _, forbidden := range []string{"script", "img", "link", "iframe", "b"} {
		for _, e := range root.find(forbidden, "") {
			if forbidden != "b" || strings.Contains(e.text(), "file") {
				t.Errorf("the page has <%s>", forbidden)
			}
		}
	}
	if strings.Contains(string(page), "http") && !strings.Contains(string(page), "http-equiv") || strings.Contains(string(page), "://") || strings.Contains(string(page), "url(") {
		t.Error("the page refers to something outside")
	}
	for _, want := range []struct {
		id                string
		bars, marks, band int
		rows              int // of the table
	}{
		{"balance", tasks * ests, 0, 1, tasks + 1},
		{"gradient", tasks * ests, 0, 0, tasks},
		{"advantages", tasks * ests, tasks * ests, 0, tasks * ests},
		{"rewards", tasks, tasks, 0, tasks},
		{"prompts", tasks * 3, 0, 0, tasks},
	} {
		s := root.section(t, want.id)
		if n := len(s.find("svg", "")); n != 1 {
			t.Fatalf("%s: %d charts", want.id, n)
		}
		if n := len(s.find("g", "bar")); n != want.bars {
			t.Errorf("%s: %d bars, want %d", want.id, n, want.bars)
		}
		if n := len(s.find("path", "mark")); n != want.marks {
			t.Errorf("%s: %d marks, want %d", want.id, n, want.marks)
		}
		if n := len(s.find("rect", "band")); n != want.band {
			t.Errorf("%s: %d bands, want %d", want.id, n, want.band)
		}
		if n := len(s.find("tbody", "")[0].find("tr", "")); n != want.rows {
			t.Errorf("%s: the table has %d rows, want %d", want.id, n, want.rows)
		}
		middle := 0
		for _, text := range s.find("text", "") {
			if text.attr["text-anchor"] == "middle" {
				middle++
			}
		}
		if middle != tasks {
			t.Errorf("%s: %d names of tasks, want %d", want.id, middle, tasks)
		}
	}
	balance := root.section(t, "balance")
	for i, e := range c.Estimators {
		if got, want := balance.find("li", "")[i].text(), e.Spelling+"CV "+fixed(e.CV, 3); got != want {
			t.Errorf("legend %d is %q, want %q", i, got, want)
		}
	}
	if got := root.section(t, "balance").find("th", "")[1+ests].text(); got != "<script>alert(1)</script>" {
		t.Errorf("the first task is %q", got)
	}
	if n := len(root.section(t, "warnings").find("li", "")); n != len(c.Warnings) || n == 0 {
		t.Errorf("%d warnings of %d", n, len(c.Warnings))
	}
	if got := root.find("code", "")[0].text(); got != `<b>"file"` {
		t.Errorf("the file is %q", got)
	}
}

// TestReportGeometry reads the bars of figure 5 back: their heights must be the
// values, and the band must go from 0.85 to 1.15.
func TestReportGeometry(t *testing.T) {
	c, page := comparedPage(t, nineTasks(), "dr_grpo,grpo")
	svg := parsePage(t, page).section(t, "balance").find("svg", "")[0]
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	band := svg.find("rect", "band")[0]
	top, height := number(band.attr["y"]), number(band.attr["height"])
	unit := height / 0.3 // pixels of 1
	zero := top + 1.15*unit
	bars := svg.find("g", "bar")
	i := 0
	for e := range c.Estimators {
		for task := range c.Tasks {
			var ys []float64
			for _, m := range vertex.FindAllStringSubmatch(strings.NewReplacer("M", "M ", "L", "L ").Replace(bars[i].find("path", "")[0].attr["d"]), -1) {
				ys = append(ys, number(m[2]))
			}
			want := zero - c.Estimators[e].Relative[task]*unit
			if got := slices.Min(ys); math.Abs(got-want) > 1.6 {
				t.Errorf("%s of task %d: the bar ends at %v, want %.1f", c.Estimators[e].Spelling, task, got, want)
			}
			if got := slices.Max(ys); math.Abs(got-zero) > 1.6 {
				t.Errorf("bar %d begins at %v, want %.1f", i, got, zero)
			}
			if class := bars[i].attr["class"]; class != fmt.Sprintf("bar s%d", e) {
				t.Errorf("bar %d has class %q", i, class)
			}
			i++
		}
	}
}

func TestReportOfOddBatches(t *testing.T) {
	var many strings.Builder
	for p := range 3 * mostTasks {
		fmt.Fprintf(&many, `{"group":%d,"task":"t%d","reward":1}`+"\n"+`{"group":%d,"task":"t%d","reward":0}`+"\n", p, p, p, p)
	}
	for _, c := range []struct {
		name, text string
		charts     int
		note       string
	}{
		{"nothing", "", 0, ""},
		{"one row", `{"group":1,"task":"a","reward":0.3}`, 5, ""},
		{"all equal", `{"group":1,"task":"a","reward":0.3}` + "\n" + `{"group":1,"task":"a","reward":0.3}`, 5, ""},
		{"huge", `{"group":1,"task":"a","reward":1e307}` + "\n" + `{"group":1,"task":"a","reward":-1e307}`, 4, "cannot be drawn"},
		{"tiny", `{"group":1,"task":"a","reward":1e-307}` + "\n" + `{"group":1,"task":"a","reward":0}`, 4, "cannot be drawn"},
		{"close", `{"group":1,"task":"a","reward":1}` + "\n" + `{"group":1,"task":"a","reward":1.0000000000000002}`, 5, ""},
		{"many", many.String(), 5, fmt.Sprintf("the %d tasks with the most rows, the table all %d", mostTasks, 3*mostTasks)},
	} {
		_, page := comparedPage(t, c.text, "dr_grpo,grpo,gpg,maxrl,passk,rloo,batch_std,opo,reinforce_pp")
		root := parsePage(t, page)
		if n := len(root.find("svg", "")); n != c.charts {
			t.Errorf("%s: %d charts, want %d", c.name, n, c.charts)
		}
		if !strings.Contains(root.text(), c.note) {
			t.Errorf("%s: the page does not say %q", c.name, c.note)
		}
		if strings.Contains(string(page), "NaN") || strings.Contains(string(page), "Inf") {
			t.Errorf("%s: the page has NaN or Inf", c.name)
		}
		if !strings.Contains(string(page), ".s8{") {
			t.Errorf("%s: the ninth estimator has no colour", c.name)
		}
	}
}

func TestScaleFor(t *testing.T) {
	for _, c := range []struct {
		lo, hi   float64
		min, max float64
		ticks    int
	}{
		{0, 1, 0, 1, 6}, {0, 2.3, 0, 2.5, 6}, {-3.2, 4.1, -4, 6, 6}, {0, 1.15, 0, 1.2, 7}, {0, 100, 0, 100, 6}, {0.4, 0.4, 0.2, 0.6, 5}, {0, 0, -1, 1, 5}, {0, 1e-9, 0, 1e-9, 6},
	} {
		s, ok := scaleFor(c.lo, c.hi)
		if !ok || math.Abs(s.min-c.min) > 1e-9*math.Abs(c.max) || math.Abs(s.max-c.max) > 1e-9*math.Abs(c.max) || s.ticks != c.ticks {
			t.Errorf("from %v to %v: %+v, %v", c.lo, c.hi, s, ok)
		}
	}
	for _, c := range [][2]float64{{-1e308, 1e308}, {0, 1e-305}, {1, 1 + 1e-15}, {0, math.Inf(1)}, {math.NaN(), 1}, {math.Inf(1), math.Inf(-1)}} {
		if s, ok := scaleFor(c[0], c[1]); ok {
			t.Errorf("from %v to %v: %+v", c[0], c[1], s)
		}
	}
}

func TestBoxOf(t *testing.T) {
	// numpy.percentile([1, 2, 3, 4, 10], [0, 5, 25, 50, 75, 95, 100])
	if got, want := boxOf([]float64{10, 2, 1, 4, 3}), (box{1, 1.2, 2, 3, 4, 8.8, 10}); math.Abs(got.low-want.low) > 1e-15 || math.Abs(got.high-want.high) > 1e-14 || got.q1 != 2 || got.median != 3 || got.q3 != 4 || got.min != 1 || got.max != 10 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := boxOf([]float64{math.Copysign(0, -1)}); got != (box{}) || math.Signbit(got.min) {
		t.Errorf("%+v", got)
	}
}

package watch

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
)

// A Report is what the page at the end of a run shows. Empty parts are left out.
type Report struct {
	Title  string
	Notes  []string    // paragraphs below the title
	Config [][2]string // name and value, in the order to be shown
	Tasks  []TaskRow
	Steps  []Step // their Samples are not looked at; see Recorder.Steps
	Marks  []Mark // such as the end of the warm-up
	Before []Sample
	After  []Sample
}

// A TaskRow is a line of the table of held-out rewards.
type TaskRow struct {
	Name, Metric              string
	Before, After             Estimate
	GreedyBefore, GreedyAfter Estimate
}

// An Estimate is a mean with its standard error. A mean that is NaN was not
// measured; a standard error that is NaN is not known.
type Estimate struct{ Mean, SE float64 }

// Missing is the Estimate of what was not measured.
var Missing = Estimate{math.NaN(), math.NaN()}

// String returns "0.512 ± 0.031", "0.512" without a standard error and "–" for what
// was not measured.
func (e Estimate) String() string {
	switch {
	case math.IsNaN(e.Mean):
		return "–"
	case math.IsNaN(e.SE):
		return strconv.FormatFloat(e.Mean, 'f', 3, 64)
	default:
		return fmt.Sprintf("%.3f ± %.3f", e.Mean, e.SE)
	}
}

// MeanOf returns the mean of estimates that are independent of each other, each of
// the same weight:
//
//	Mean = sum(m) / n
//	SE   = sqrt(sum(se²)) / n
//
// It is Missing if there is none or one of them is.
func MeanOf(estimates []Estimate) Estimate {
	var sum, squares float64
	for _, e := range estimates {
		sum += e.Mean
		squares += e.SE * e.SE
	}
	n := float64(len(estimates))
	return Estimate{sum / n, math.Sqrt(squares) / n}
}

// minus is the difference of independent estimates.
func (e Estimate) minus(o Estimate) Estimate {
	return Estimate{e.Mean - o.Mean, math.Hypot(e.SE, o.SE)}
}

var (
	//go:embed style.css
	style string
	//go:embed samples.html
	samplesHTML string
	//go:embed report.html
	reportHTML string

	shared         = template.Must(template.New("").Funcs(template.FuncMap{"number": number}).Parse(samplesHTML))
	reportTemplate = template.Must(template.Must(shared.Clone()).New("report").Parse(reportHTML))
)

// row is a TaskRow as text.
type row struct {
	Name, Metric, Before, After, Change, GreedyBefore, GreedyAfter string
	Total                                                          bool
}

func (t *TaskRow) row() row {
	change := t.After.minus(t.Before)
	r := row{t.Name, t.Metric, t.Before.String(), t.After.String(), change.String(), t.GreedyBefore.String(), t.GreedyAfter.String(), false}
	if change.Mean >= 0 {
		r.Change = "+" + r.Change
	}
	return r
}

// MeanRow returns the row of means over tasks, named "mean".
func MeanRow(tasks []TaskRow) TaskRow {
	mean := func(of func(*TaskRow) Estimate) Estimate {
		all := make([]Estimate, len(tasks))
		for i := range tasks {
			all[i] = of(&tasks[i])
		}
		return MeanOf(all)
	}
	return TaskRow{
		Name:         "mean",
		Before:       mean(func(t *TaskRow) Estimate { return t.Before }),
		After:        mean(func(t *TaskRow) Estimate { return t.After }),
		GreedyBefore: mean(func(t *TaskRow) Estimate { return t.GreedyBefore }),
		GreedyAfter:  mean(func(t *TaskRow) Estimate { return t.GreedyAfter }),
	}
}

// keyed is a shown sample with a key by which the page knows it again.
type keyed struct {
	shown
	Key string
}

func withKeys(kind string, list []shown) []keyed {
	out := make([]keyed, len(list))
	for i, s := range list {
		out[i] = keyed{s, fmt.Sprintf("%s/%s/%d/%s/%d", kind, s.Task, s.Step, s.ID, s.Index)}
	}
	return out
}

type group struct {
	Task          string
	Before, After []keyed
}

// WriteReport writes r as one HTML file that refers to nothing outside itself and
// holds no script. Texts of samples are shown as text, whatever is in them; long
// ones lose their middle. The page is made whole before any of it is written.
func WriteReport(w io.Writer, r Report) error {
	data := struct {
		Title  string
		Notes  []string
		Style  template.CSS
		Rows   []row
		Panels panels
		Config [][2]string
		Groups []*group
	}{Title: r.Title, Notes: r.Notes, Style: template.CSS(style), Panels: draw(r.Steps, r.Marks), Config: r.Config}
	for i := range r.Tasks {
		data.Rows = append(data.Rows, r.Tasks[i].row())
	}
	if len(r.Tasks) > 1 {
		mean := MeanRow(r.Tasks)
		total := mean.row()
		total.Total = true
		data.Rows = append(data.Rows, total)
	}
	byTask := map[string]*group{}
	of := func(task string) *group {
		if byTask[task] == nil {
			byTask[task] = &group{Task: task}
			data.Groups = append(data.Groups, byTask[task])
		}
		return byTask[task]
	}
	for i := range r.Before {
		g := of(r.Before[i].Task)
		g.Before = append(g.Before, keyed{shown: shown{-1, shorten(&r.Before[i])}})
	}
	for i := range r.After {
		g := of(r.After[i].Task)
		g.After = append(g.After, keyed{shown: shown{-1, shorten(&r.After[i])}})
	}
	var b bytes.Buffer
	if err := reportTemplate.Execute(&b, data); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

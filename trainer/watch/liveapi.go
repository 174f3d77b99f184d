package watch

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"github.com/golongrl/golongrl/scoring"
)

func (l *Live) apiSteps(w http.ResponseWriter, r *http.Request) {
	from := 0
	if s := r.URL.Query().Get("from"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			http.Error(w, "from is no number of a step", http.StatusBadRequest)
			return
		}
		from = n
	}
	l.mu.Lock()
	entries := l.history.since(from, liveSteps+1)
	next, generation := l.history.seq, l.history.gen
	l.mu.Unlock()
	more := len(entries) > liveSteps
	if more {
		next, entries = entries[liveSteps].seq, entries[:liveSteps]
	}
	b := []byte(`{"generation":` + itoa(generation) + `,"next":` + itoa(next) + `,"more":` + strconv.FormatBool(more) + `,"steps":[`)
	for i := range entries {
		s := entries[i].restore()
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"step":`...)
		b = strconv.AppendInt(b, int64(s.Step), 10)
		b = append(b, `,"metrics":`...)
		b = appendMetrics(b, s.Metrics)
		b = append(b, `,"timings":`...)
		b = appendMetrics(b, s.Timings)
		b = append(b, '}')
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(b, "]}\n"...))
}

// The JSON of samples; numbers that are none are null.
type (
	jsonSample struct {
		Kind      string     `json:"kind"` // first, eval, train
		Step      int        `json:"step"`
		ID        string     `json:"id"`
		Index     int        `json:"index"`
		Prompt    string     `json:"prompt"`
		Response  string     `json:"response"`
		Reference string     `json:"reference"`
		Reward    *float64   `json:"reward"`
		Advantage *float64   `json:"advantage"`
		Tokens    int        `json:"tokens"`
		Stopped   bool       `json:"stopped"`
		Version   int        `json:"version"`
		Result    jsonResult `json:"result"`
	}
	jsonResult struct {
		Status string     `json:"status"`
		Metric string     `json:"metric,omitempty"`
		Value  *float64   `json:"value"`
		Answer string     `json:"answer"`
		Error  string     `json:"error,omitempty"`
		Parts  []jsonPart `json:"parts,omitempty"`
		Why    []jsonWhy  `json:"why,omitempty"`
	}
	jsonPart struct {
		Name   string     `json:"name"`
		Result jsonResult `json:"result"`
	}
	jsonWhy struct {
		Rule string `json:"rule"`
		Note string `json:"note"`
	}
)

func jsonNumber(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func newJSONResult(r scoring.Result) jsonResult {
	j := jsonResult{Status: r.Status.String(), Metric: r.Metric, Value: jsonNumber(r.Value), Answer: r.Answer}
	if r.Err != nil {
		j.Error = r.Err.Error()
	}
	for _, p := range r.Parts {
		j.Parts = append(j.Parts, jsonPart{p.Name, newJSONResult(p.Result)})
	}
	for _, w := range r.Why {
		j.Why = append(j.Why, jsonWhy{w.Rule, w.Note})
	}
	return j
}

func (l *Live) apiSamples(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	v, version := l.samples(query.Get("task"))
	answer := struct {
		Version int          `json:"version"`
		Tasks   []string     `json:"tasks"`
		Task    string       `json:"task,omitempty"`
		Samples []jsonSample `json:"samples"`
	}{Version: version, Tasks: v.Tasks, Samples: []jsonSample{}}
	if query.Has("task") {
		if v.Task != query.Get("task") {
			http.Error(w, "there are no samples of this task", http.StatusNotFound)
			return
		}
		answer.Task = v.Task
		for _, k := range []struct {
			kind string
			list []keyed
		}{{"first", v.Before}, {"eval", v.Eval}, {"train", v.Train}} {
			for _, s := range k.list {
				answer.Samples = append(answer.Samples, jsonSample{
					Kind: k.kind, Step: s.Step, ID: s.ID, Index: s.Index, Prompt: s.Prompt, Response: s.Response, Reference: s.Reference,
					Reward: jsonNumber(s.Reward), Advantage: jsonNumber(s.Advantage), Tokens: s.Tokens, Stopped: s.Stopped,
					Version: s.Version, Result: newJSONResult(s.Result),
				})
			}
		}
	}
	if unchanged(w, r, version) {
		return
	}
	b, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(b, '\n'))
}

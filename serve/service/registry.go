package service

import (
	"encoding/json"
	"runtime/debug"
	"sync"

	"github.com/golongrl/golongrl/advantage"
	"github.com/golongrl/golongrl/mathverify"
	"github.com/golongrl/golongrl/scoring"
)

// Registry is what there is to call, with the names of GET /v1/registry.
type Registry struct {
	Version    string            `json:"version"`
	Metrics    []Metric          `json:"metrics"`
	TaskKeys   map[string]string `json:"task_keys"` // reward mode, metric or alias to the key under which the released trainer normalises it
	Statuses   []StatusInfo      `json:"statuses"`  // by the number that frames have
	Profiles   []string          `json:"profiles"`
	Presets    []string          `json:"presets"` // of verify
	Estimators []Estimator       `json:"estimators"`
}

// Metric describes a metric.
type Metric struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
	Options []string `json:"options"`
	Summary string   `json:"summary"`
}

// StatusInfo describes a status of a result.
type StatusInfo struct {
	Name   string `json:"name"`
	Scored bool   `json:"scored"` // under the strict profile such results have a score
}

// Estimator describes an estimator of advantages.
type Estimator struct {
	Name    string   `json:"name"`
	Formula string   `json:"formula"`
	Options []Option `json:"options"`
}

// Option describes an option of an estimator.
type Option struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	Help    string `json:"help"`
}

// Registry describes what can be called. Metrics that were added to the registry
// of the Config have a name alone.
func (s *Service) Registry() Registry {
	r := Registry{
		Version:  Version(),
		TaskKeys: map[string]string{},
		Profiles: []string{scoring.Strict.String(), scoring.Reference.String()},
		Presets:  mathverify.Presets(),
	}
	infos := map[string]scoring.Info{}
	for _, info := range scoring.Infos() {
		infos[info.Name] = info
	}
	for name := range s.config.Registry.Names() {
		info := infos[name]
		r.Metrics = append(r.Metrics, Metric{name, list(info.Aliases), list(info.Options), info.Summary})
		for _, spelling := range append([]string{name}, info.Aliases...) {
			r.TaskKeys[spelling] = scoring.TaskKey(spelling)
		}
	}
	for _, mode := range scoring.RewardModes() {
		r.TaskKeys[mode] = scoring.TaskKey(mode)
	}
	for _, st := range scoring.Statuses() {
		r.Statuses = append(r.Statuses, StatusInfo{st.String(), st <= scoring.BadFormat})
	}
	for _, name := range advantage.Names() {
		info, _ := advantage.Describe(name)
		e := Estimator{Name: name, Formula: info.Formula, Options: []Option{}}
		for _, o := range info.Options {
			e.Options = append(e.Options, Option(o))
		}
		r.Estimators = append(r.Estimators, e)
	}
	return r
}

func list(x []string) []string {
	if x == nil {
		return []string{}
	}
	return x
}

// RegistryJSON is Registry as JSON.
func (s *Service) RegistryJSON() []byte {
	b, err := json.Marshal(s.Registry())
	if err != nil {
		panic(err) // texts alone
	}
	return b
}

// release is the version of a build of which the Go command knows none, as that of
// the wheels. The linker sets it.
var release string

// Version is the version of the module in this program.
var Version = sync.OnceValue(func() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == "github.com/golongrl/golongrl" && m.Version != "" {
				return m.Version
			}
		}
	}
	return "(devel)"
})

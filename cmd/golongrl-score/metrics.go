package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

func metricsCommand(s streams) *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "metrics",
		Short: "List the metrics",
		Long: `Metrics lists what --metric and the fields task and metric may name: a metric
with options, such as ndcg@10 or rouge_l(lang=zh,profile=reference), a name of
the paper (T1 to T9) or of the release, or an expression over metrics such as
"0.9*task + 0.1*format - 0.2*(length > 8000 ? 1 : 0)".

Presets of math_verify: strict, mathverify, golongrl, math_metric, hendrycks,
minerva, prm800k, prime_math, qwen, docmath.

Every metric takes profile=strict (the default: the paper's intent, with the
holes of the released code closed) or profile=reference (the values of the
released code: of training, and from docmath on of the evaluation, to which the
gate of training does not apply). Options apply to strict unless noted.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var out string
			if asJSON {
				out = metricsJSON()
			} else {
				out = metricsTable()
			}
			_, err := fmt.Fprint(s.out, out)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per metric")
	return c
}

func metricsTable() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METRIC\tALSO\tOPTIONS\tSCORE")
	for _, m := range scoring.Infos() {
		also := "-"
		if len(m.Aliases) > 0 {
			also = strings.Join(m.Aliases[:min(2, len(m.Aliases))], ", ")
			if len(m.Aliases) > 2 {
				also += ", …"
			}
		}
		options := "-"
		if len(m.Options) > 0 {
			options = strings.Join(brief(m.Options), " ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.Name, also, options, m.Summary)
	}
	w.Flush()
	b.WriteString("\nReward modes of LongBench Pro and the metrics they are:\n")
	w = tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, mode := range scoring.RewardModes() {
		fmt.Fprintf(w, "  %s\t%s\n", mode, scoring.TaskName(mode))
	}
	w.Flush()
	return b.String()
}

// brief cuts a long list of options short; --json has them all.
func brief(options []string) []string {
	const most = 3
	if len(options) <= most {
		return options
	}
	return append(options[:most-1:most-1], "…")
}

func metricsJSON() string {
	var b []byte
	modes := map[string][]string{}
	for _, mode := range scoring.RewardModes() {
		name := scoring.TaskName(mode)
		modes[name] = append(modes[name], mode)
	}
	texts := func(key string, items []string) {
		b = append(b, `,"`+key+`":[`...)
		for i, s := range items {
			if i > 0 {
				b = append(b, ',')
			}
			b = py.AppendJSONString(b, s)
		}
		b = append(b, ']')
	}
	for _, m := range scoring.Infos() {
		b = append(b, `{"name":`...)
		b = py.AppendJSONString(b, m.Name)
		texts("aliases", append(m.Aliases[:len(m.Aliases):len(m.Aliases)], modes[m.Name]...))
		texts("options", m.Options)
		b = append(b, `,"summary":`...)
		b = py.AppendJSONString(b, m.Summary)
		b = append(b, "}\n"...)
	}
	return string(b)
}

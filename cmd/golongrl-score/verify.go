package main

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/golongrl/golongrl/mathverify"
)

// The exit statuses of verify besides 0 for equal.
const (
	exitDifferent = 1
	exitUndecided = 3
)

// maxResponse bounds what verify reads from standard input.
const maxResponse = 64 << 20

func verifyCommand(s streams) *cobra.Command {
	var o mathverify.Options
	var preset, logBase string
	c := &cobra.Command{
		Use:   "verify GOLD RESPONSE",
		Short: "Compare a response with a mathematical gold answer, and say why",
		Long: `Verify finds the final answer of RESPONSE, compares it with GOLD, and prints
the verdict, the rule that decided, and how both answers were read. RESPONSE may
be - for standard input.

Exit status: 0 if the answers are equal, 1 if they differ or there is no answer,
3 if no rule can tell, 2 for a wrong command line.`,
		Example: `  golongrl-score verify '\frac{1}{2}' 'So we get \boxed{0.5}.'
  golongrl-score verify 'x=\pm 3' '\boxed{x^2=9}'
  golongrl-score verify 3.1416 'It is \boxed{\pi}' --rel-tol 1e-5
  golongrl-score verify 7 - --preset golongrl < response.txt`,
		// Answers such as -5 are no flags, so the flags are told apart here.
		DisableFlagParsing: true,
		RunE: func(c *cobra.Command, args []string) error {
			args, flags := answersAndFlags(c.Flags(), args)
			if err := c.Flags().Parse(flags); err != nil {
				return usage("%v", err)
			}
			if help, _ := c.Flags().GetBool("help"); help {
				return c.Help()
			}
			if len(args) != 2 {
				return usage("give GOLD and RESPONSE, two arguments; there are %d", len(args))
			}
			p, err := mathverify.ParsePreset(preset)
			if err != nil {
				return usage("--preset %s: use one of %s", preset, strings.Join(mathverify.Presets(), ", "))
			}
			o.Preset = p
			switch logBase {
			case "any":
			case "e":
				o.LogBase = mathverify.BaseE
			case "10":
				o.LogBase = mathverify.Base10
			default:
				return usage("--log-base %s: use any, e or 10", logBase)
			}
			if err := o.Validate(); err != nil {
				return usage("%s", strings.TrimPrefix(err.Error(), "mathverify: "))
			}
			gold, response := args[0], args[1]
			if strings.TrimSpace(gold) == "" {
				return usage("GOLD is blank: give the answer to compare with")
			}
			if response == "-" {
				text, err := io.ReadAll(io.LimitReader(s.in, maxResponse+1))
				if err != nil {
					return &exitError{exitUsage, "standard input: " + err.Error()}
				}
				if len(text) > maxResponse {
					return &exitError{exitUsage, "standard input: longer than 64 MiB"}
				}
				response = string(text)
			}
			return verify(s, o, gold, response)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&preset, "preset", "strict", "rules to compare by: "+strings.Join(mathverify.Presets(), ", "))
	f.Float64Var(&o.RelTol, "rel-tol", 0, "accept numbers within this relative `tolerance`")
	f.StringVar(&logBase, "log-base", "any", "`base` of log without one: any, e or 10")
	f.BoolVar(&o.DecimalComma, "decimal-comma", false, "read 3,14 as 3.14")
	f.BoolVar(&o.IgnoreUnits, "ignore-units", false, "compare the numbers of quantities only")
	f.BoolVar(&o.IgnorePercent, "ignore-percent", false, "read 50% as 50 where 0.5 does not fit")
	f.BoolVar(&o.FoldCase, "fold-case", false, "take x and X for the same symbol")
	f.BoolVar(&o.OrderedLists, "ordered-lists", false, "lists must keep their order")
	f.BoolVar(&o.TupleAsSet, "tuple-as-set", false, "ignore the brackets around values")
	f.BoolVar(&o.AnyValue, "any-value", false, "take the last value of a response that gives no answer")
	return c
}

// answersAndFlags tells flags, which begin with two dashes and a letter, from
// the rest. A flag that takes a value may have it in the next argument.
func answersAndFlags(f *pflag.FlagSet, args []string) (answers, flags []string) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return append(answers, args[i+1:]...), flags
		case a == "-h":
			flags = append(flags, "--help")
		case len(a) > 2 && a[:2] == "--" && (a[2]|0x20 >= 'a' && a[2]|0x20 <= 'z'):
			flags = append(flags, a)
			name, _, given := strings.Cut(a[2:], "=")
			if flag := f.Lookup(name); flag != nil && !given && flag.NoOptDefVal == "" && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		default:
			answers = append(answers, a)
		}
	}
	return answers, flags
}

func verify(s streams, o mathverify.Options, gold, response string) error {
	r, err := o.Check(context.Background(), gold, response)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	v := view{&b}
	v.line("verdict", r.Verdict.String())
	v.line("rule", r.Rule)
	for _, side := range [...]struct {
		label string
		mathverify.Side
	}{{"gold", r.Gold}, {"answer", r.Answer}} {
		text := middle(side.Answer, 400)
		if side.Status != mathverify.Found {
			text = "none: " + side.Status.String()
		}
		v.line(side.label, text)
		if side.Rule != "" {
			v.line(" found by", side.Rule)
		}
		switch {
		case side.Err != nil:
			v.line(" read as", side.Err.Error())
		case side.Parsed.Kind() != "none":
			v.line(" read as", middle(side.Parsed.String(), 400)+"  ("+side.Parsed.Kind()+")")
		}
	}
	if _, err := s.out.Write(b.Bytes()); err != nil {
		return &exitError{exitNoScore, "standard output: " + err.Error()}
	}
	switch r.Verdict {
	case mathverify.Equal:
		return nil
	case mathverify.Different:
		return &exitError{code: exitDifferent}
	}
	return &exitError{code: exitUndecided}
}

package scoring

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/golongrl/golongrl/internal/py"
)

// Composite rewards are expressions over metrics. They may use
//
//	metrics      em, ndcg@10, rouge_l(lang=zh,profile=reference), …
//	variables    task (the record's own metric), chars, words, length
//	operators    + - * / ** == != < <= > >= and or not ?:
//	functions    min max abs floor ceil round
//
// and nothing else: no loops, ranges, lists, strings or access to anything
// outside the record. A component without a score leaves the composite without
// one. The result is not forced into [0, 1]; see [Result.OutOfRange].

// reserved are the variables of expressions.
var reserved = []string{"task", "chars", "words", "length"}

// exprFunctions are the functions that expressions may call.
var exprFunctions = []string{"min", "max", "abs", "floor", "ceil", "round"}

// exprWords are the words of the expression language that we allow, and
// otherWords its other words, which no metric may be named.
var (
	exprWords  = []string{"and", "or", "not", "true", "false"}
	otherWords = []string{"in", "let", "nil", "if", "else", "matches", "contains", "startsWith", "endsWith", "env"}
)

func isReserved(name string) bool {
	return slices.Contains(reserved, name) || slices.Contains(exprFunctions, name) || slices.Contains(exprWords, name) || slices.Contains(otherWords, name)
}

const (
	maxExpression = 4096 // bytes; bounds the depth of the parser
	maxComponents = 64
)

// composite is a compiled expression.
type composite struct {
	spelling string
	program  *vm.Program
	parts    []component
	reg      *Registry
}

// component is a variable of an expression.
type component struct {
	idents   []string // in the compiled expression
	spelling string   // canonical
	metric   Metric   // nil for variables
	variable string   // one of reserved, else ""
	profile  Profile
}

func isComposite(m Metric) bool { _, ok := m.(*composite); return ok }

// compile makes the metric of an expression.
func (r *Registry) compile(profile Profile, text string) (Metric, error) {
	if len(text) > maxExpression {
		return nil, &SpellingError{text[:80] + "…", 80, fmt.Sprintf("the expression is longer than %d bytes", maxExpression)}
	}
	for i := range len(text) {
		if c := text[i]; c >= 0x7F || c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return nil, &SpellingError{text, i, "expressions are written in plain ASCII"}
		}
	}
	src, parts, err := r.components(profile, text)
	if err != nil {
		return nil, err
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, placed(text, err)
	}
	check := checker{text: text}
	ast.Walk(&tree.Node, &check)
	if check.err != nil {
		return nil, check.err
	}
	env := make(map[string]any, len(parts))
	for _, p := range parts {
		for _, id := range p.idents {
			env[id] = 0.0
		}
	}
	options := []expr.Option{expr.Env(env), expr.AsFloat64(), expr.DisableAllBuiltins()}
	for _, f := range exprFunctions {
		options = append(options, expr.EnableBuiltin(f))
	}
	program, err := expr.Compile(src, options...)
	if err != nil {
		return nil, placed(text, err)
	}
	if len(parts) == 0 {
		return nil, &SpellingError{text, 0, "the expression uses no metric and no variable"}
	}
	ast.Walk(&tree.Node, &renamer{parts})
	spelling := tree.Node.String()
	if len(spelling) > maxExpression {
		return nil, &SpellingError{text, 0, fmt.Sprintf("the expression with all options written out is longer than %d bytes", maxExpression)}
	}
	return &composite{spelling, program, parts, r}, nil
}

// components finds the metrics and variables in text and returns it with every
// spelling that is not a plain identifier replaced by one of the same width,
// so that places in errors stay true.
func (r *Registry) components(profile Profile, text string) (string, []component, error) {
	src := []byte(text)
	var parts []component
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case isDigit(c): // a number such as 1e-3 holds letters
			for i < len(text) && (isIdentByte(text[i], true) || text[i] == '.') {
				i++
			}
			continue
		case c == '"' || c == '\'' || c == '`':
			return "", nil, &SpellingError{text, i, "expressions have no text, only numbers"}
		case !isIdentByte(c, false):
			i++
			continue
		}
		s, end, err := scanSpelling(text, i)
		if err != nil {
			return "", nil, err
		}
		bare := text[i:end] == s.Name
		if bare && (slices.Contains(exprFunctions, s.Name) || slices.Contains(exprWords, s.Name)) {
			i = end
			continue
		}
		part, ident := component{profile: profile}, s.Name
		if slices.Contains(reserved, s.Name) {
			part.variable, part.spelling = s.Name, s.Name
			for _, a := range s.Args {
				p, err := ParseProfile(a.Value)
				if a.Key != "profile" || s.Name != "task" || err != nil {
					return "", nil, &SpellingError{text, i, s.Name + " has no option " + a.Key + "=" + a.Value}
				}
				part.profile = p
			}
			if s.K > 0 {
				return "", nil, &SpellingError{text, i, s.Name + " takes no @"}
			}
			if s.Name == "task" && part.profile == Reference {
				part.spelling = "task(profile=reference)"
			}
		} else {
			if to, ok := aliases[s.Name]; ok {
				base, _, _ := scanSpelling(to, 0)
				s.Name, s.Args = base.Name, append(slices.Clone(base.Args), s.Args...)
			}
			m, err := r.metric(profile, s, text, i)
			if err != nil {
				return "", nil, err
			}
			part.metric, part.spelling = m, m.String()
		}
		if !bare {
			ident = "_" + strconv.Itoa(len(parts))
		}
		// Equal spellings are one component, under all names they go by.
		at := slices.IndexFunc(parts, func(p component) bool { return p.spelling == part.spelling })
		switch {
		case at < 0 && len(parts) == maxComponents:
			return "", nil, &SpellingError{text, i, fmt.Sprintf("more than %d components", maxComponents)}
		case at < 0:
			part.idents = []string{ident}
			parts = append(parts, part)
		case !bare:
			ident = parts[at].idents[0]
			if len(ident) > end-i { // a bare name is longer than this spelling
				ident = "_" + strconv.Itoa(at)
				parts[at].idents = append(parts[at].idents, ident)
			}
		case !slices.Contains(parts[at].idents, ident):
			parts[at].idents = append(parts[at].idents, ident)
		}
		if !bare {
			copy(src[i:end], ident+strings.Repeat(" ", end-i-len(ident)))
		}
		i = end
	}
	return string(src), parts, nil
}

// placed turns an error of the expression library into one of ours.
func placed(text string, err error) error {
	var e *file.Error
	if errors.As(err, &e) {
		return &SpellingError{text, e.From, e.Message}
	}
	return &SpellingError{text, 0, err.Error()}
}

// checker refuses everything that is not arithmetic.
type checker struct {
	text string
	err  error
}

func (c *checker) Visit(node *ast.Node) {
	what := ""
	switch n := (*node).(type) {
	case *ast.IdentifierNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.ConditionalNode:
	case *ast.UnaryNode:
	case *ast.BinaryNode:
		switch n.Operator {
		case "+", "-", "*", "/", "**", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||":
		default:
			what = "operator " + n.Operator
		}
	case *ast.BuiltinNode:
		if !slices.Contains(exprFunctions, n.Name) {
			what = "function " + n.Name
		}
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); !ok || !slices.Contains(exprFunctions, id.Value) {
			what = "this call"
		}
	default:
		what = "this construct"
	}
	if what != "" && c.err == nil {
		c.err = &SpellingError{c.text, (*node).Location().From, what + " is not allowed: a reward is arithmetic on metrics, with " + strings.Join(exprFunctions, " ")}
	}
}

// renamer puts canonical spellings into the tree, for printing.
type renamer struct{ parts []component }

func (r *renamer) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		for _, p := range r.parts {
			if slices.Contains(p.idents, id.Value) {
				id.Value = p.spelling
				return
			}
		}
	}
}

func (m *composite) String() string { return m.spelling }

func (m *composite) Score(ctx context.Context, rec *Record) (Result, error) {
	r := Result{Parts: make([]Part, len(m.parts))}
	env := make(map[string]any, len(m.parts))
	var failed *Part
	status := Judged // the first that is not
	for i, p := range m.parts {
		part, err := m.component(ctx, p, rec)
		if err != nil {
			return Result{}, err
		}
		r.Parts[i] = Part{p.spelling, part}
		for _, id := range p.idents {
			env[id] = part.Value
		}
		if failed == nil && !part.Scored() {
			failed = &r.Parts[i]
		}
		if status == Judged {
			status = part.Status
		}
		if r.Answer == "" {
			r.Answer = part.Answer
		}
		if rec.explain {
			if part.Scored() {
				r.why("component", "%s = %v (%s)", p.spelling, part.Value, part.Status)
			} else {
				r.why("component", "%s has no score (%s)", p.spelling, part.Status)
			}
		}
	}
	if failed != nil {
		r.Value, r.Status = math.NaN(), failed.Result.Status
		r.Err = fmt.Errorf("component %s has no score: %w", failed.Name, failed.Result.Err)
		return r, nil
	}
	out, err := expr.Run(m.program, env)
	if err != nil {
		return null(Error, "%s: %v", m.spelling, err), nil
	}
	r.Value = out.(float64)
	if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
		bad := null(Error, "%s is %v for this record: guard the division or the power", m.spelling, r.Value)
		bad.Parts = r.Parts
		return bad, nil
	}
	if r.Value == 0 {
		// The statuses without credit belong to scores of 0.
		r.Status = status
	}
	return r, nil
}

func (m *composite) component(ctx context.Context, p component, rec *Record) (Result, error) {
	switch p.variable {
	case "":
		return p.metric.Score(ctx, rec)
	case "chars":
		return judged(float64(py.RuneCount(rec.Response)), ""), nil
	case "words":
		return judged(float64(countWords(rec.Response)), ""), nil
	case "length":
		if !rec.HasLength || math.IsNaN(rec.Length) || math.IsInf(rec.Length, 0) {
			return null(Error, "the row has no length: add a number field length"), nil
		}
		return judged(rec.Length, ""), nil
	}
	if rec.Task == "" {
		return null(Error, "the row names no task of its own: add a field task"), nil
	}
	own, err := m.reg.ParseIn(p.profile, rec.Task)
	if err != nil {
		return null(Error, "task: %w", err), nil
	}
	if isComposite(own) {
		return null(Error, "task %s is an expression: the task of a row must be one metric", quote(rec.Task)), nil
	}
	return own.Score(ctx, rec)
}

// countWords is len(s.split()) in Python.
func countWords(s string) (n int) {
	inWord := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= 0x80 {
			r, size = py.DecodeRune(s[i:])
		}
		space := py.IsSpace(r)
		if !space && !inWord {
			n++
		}
		inWord = !space
		i += size
	}
	return n
}

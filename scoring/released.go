package scoring

import (
	"strings"

	"github.com/golongrl/golongrl/internal/py"
)

// longBenchProModes maps the 25 reward modes of LongBench Pro to the released
// metric names.
//
// Source: GoLongRL c34dba3, long_bench_pro.py, TASK_METRIC_CONFIG.
var longBenchProModes = map[string]string{
	"T1.1 Global Cohesive Retrieval":                        "NDCG",
	"T1.2 Key-Snippet Retrieval":                            "NDCG",
	"T2.1 Global Timeline Reconstruction":                   "Pairwise_Accuracy",
	"T2.2 Local Causal Chain Sorting":                       "Pairwise_Accuracy",
	"T3.1 Multi-Doc Integration QA":                         "Accuracy",
	"T3.2 Single-Hop Fact QA":                               "Accuracy",
	"T4.1 Global-Coverage Constrained Summary":              "Summary",
	"T4.2 Query-Focused Summary":                            "Summary",
	"T5.1 Full-Sentence Citation Alignment":                 "F1_Score",
	"T5.2 Key-Statement Citation Alignment":                 "F1_Score",
	"T6.1 Large-Scale Document Clustering":                  "SubEM",
	"T6.2 Targeted Subset Cluster Identification":           "F1_Score",
	"T6.3 Global Frequency Analysis":                        "Pairwise_Accuracy",
	"T7.1 Global Conflict & Inconsistency Localization":     "F1_Score",
	"T7.2 Targeted Rule or Condition Violation Detection":   "F1_Score",
	"T7.3 Comprehensive Error & Anomaly Sweep":              "F1_Score",
	"T8.1 Structured Multi-Source Consistency Verification": "SubEM",
	"T8.2 Single-Source Targeted Aggregation":               "SubEM",
	"T8.3 Long-Context Procedural State Tracking":           "SubEM",
	"T9.1 Dependency-Aware Multi-Version Impact Analysis":   "F1_Score",
	"T9.2 Localized Interface Change Detection":             "F1_Score",
	"T10.1 Large-Scale In-Context Rule Induction":           "SubEM",
	"T10.2 Targeted Example-Based Rule Induction":           "SubEM",
	"T11.1 Long-Range Entity & Commitment Tracking":         "Accuracy",
	"T11.2 Short-Range Reference Resolution & State Query":  "Accuracy",
}

// aliases maps further accepted names to spellings.
var aliases = makeAliases()

func makeAliases() map[string]string {
	m := map[string]string{
		"T1": "em", "T2": "choice", "T3": "f1", "T4": "math_verify", "T5": "iou",
		"T6": "sub_em", "T7": "ndcg", "T8": "pairwise", "T9": "rouge_l",

		"EM": "em", "selection": "choice", "multitableqa_pretraining": "iou",
		"NDCG": "ndcg", "Pairwise_Accuracy": "pairwise", "Accuracy": "choice(rule=longbench_pro)",
		"F1_Score": "f1", "SubEM": "sub_em", "Summary": "rouge_l",
		"openai/gsm8k": "gsm8k",

		"lighteval/MATH": "math_verify(rule=hendrycks)", "DigitalLearningGmbH/MATH-lighteval": "math_verify(rule=hendrycks)", "HuggingFaceH4/MATH-500": "math_verify(rule=hendrycks)",
		"math_dapo": "math_verify(rule=minerva)", "math": "math_verify(rule=minerva)", "math_dapo_reasoning": "math_verify(rule=minerva)", "math_longcot": "math_verify(rule=minerva)",
		"math_dapo_math_verify": "math_verify(rule=math_verify)", "hiyouga/geometry3k": "math_verify(rule=geo3k)", "retrieval_calculate": "math_verify(rule=retrieval_calculate)",
	}
	for _, s := range []string{"aops_forum", "synthetic_math", "amc_aime", "synthetic_amc", "cn_k12", "olympiads"} {
		m["numina_"+s] = "math_verify(rule=prime)"
	}
	for _, s := range []string{"nq", "triviaqa", "popqa", "hotpotqa", "2wikimultihopqa", "musique", "bamboogle"} {
		m["searchR1_"+s] = "search_r1"
	}
	for mode, metric := range longBenchProModes {
		m[mode] = m[metric]
	}
	return m
}

// taskKeys are the released names of the tasks that the released trainer
// groups by, for rows that do not carry one themselves.
var taskKeys = map[string]string{
	"em": "EM", "choice": "selection", "f1": "F1_Score", "math_verify": "math_longcot_math_verify",
	"iou": "multitableqa_pretraining", "sub_em": "SubEM", "ndcg": "NDCG", "pairwise": "Pairwise_Accuracy", "rouge_l": "Summary",
}

// TaskKey returns the key under which the released trainer normalises rewards
// of the record's task (up to ten, not nine: LongBench Pro's Accuracy and
// selection are two). task is as in [Record.Task]; a name that the release
// does not know is its own key.
//
// Source: GoLongRL c34dba3, compute_advantage; TASK_METRIC_CONFIG.
func TaskKey(task string) string {
	if m, ok := longBenchProModes[task]; ok {
		return m
	}
	if mathMode(task) {
		return task
	}
	to, aliased := aliases[task]
	if !aliased {
		to = task
	} else if to == "choice(rule=longbench_pro)" {
		return "Accuracy"
	}
	s, _, err := scanSpelling(to, 0)
	if err != nil {
		return task
	}
	for _, a := range s.Args {
		if a.Key == "rule" && a.Value == "longbench_pro" {
			return "Accuracy"
		}
		if aliased && s.Name == "math_verify" {
			return task // the other math sources group by their own names
		}
	}
	if k, ok := taskKeys[s.Name]; ok {
		return k
	}
	return task
}

var (
	codeSources  = []string{"codecontests", "apps", "codeforces", "taco"}
	modelSources = []string{"model_verify", "retrieval_summary_calculate", "model_judge", "retrieval_model_judge"}
)

// mathMode reports whether s is the released mode of T4, of which there are
// several spellings.
func mathMode(s string) bool { return strings.Contains(s, "math_longcot_math_verify") }

// mathSource returns the spelling of a released source of mathematics besides T4,
// "" for any other source.
func mathSource(s string) string {
	if strings.HasPrefix(s, "MATH##") || strings.HasPrefix(s, "aime") {
		return "math_verify(rule=math_metric)"
	}
	if to := aliases[s]; strings.HasPrefix(to, "math_verify(") {
		return to
	}
	return ""
}

// unsupportedSource says why a released data_source has no scorer here; "" if
// it is not such a name. The tests follow the order of the released dispatch.
func unsupportedSource(s string) string {
	switch {
	case s == "math_stem" || s == "math_stem_longcot":
		return "data_source " + s + ": the release does not contain its scorer"
	case s == "longbench_pro":
		return "data_source longbench_pro needs a reward_mode: give one of the 25 task names"
	}
	for _, m := range codeSources {
		if s == m {
			return "data_source " + s + ": code is not executed here"
		}
	}
	for _, m := range modelSources {
		if strings.Contains(s, m) {
			return "data_source " + s + ": needs a judge model, which is not available"
		}
	}
	return ""
}

// An UnknownSourceError reports a released record for which the released code
// has no scorer. Under the reference profile the released gate comes first: it
// gives such a record 0 if the response fails it.
type UnknownSourceError struct {
	Msg string

	// empty says that the reference answer is empty: the released code returns
	// 0 for that before it looks at the reward_mode.
	empty bool
}

func (e *UnknownSourceError) Error() string { return e.Msg }

// Released resolves a record of the GoLongRL/verl schema: it returns the task
// spelling for [Record.Task], the language and the reference answer, located
// and unwrapped as the released dispatch does. extra is extra_info.
//
// Defects of the reference answer on which the released code raises are kept
// in gold and reported by the metrics, because the gate comes first.
//
// Source: GoLongRL c34dba3, reward_score/__init__.py, default_compute_score.
func Released(dataSource string, groundTruth, extra py.Value) (task, lang string, gold Gold, err error) {
	gt := groundTruth
	if gt.Kind() == py.String && dataSource != "openai/gsm8k" {
		// Parquet columns of mixed type hold JSON text. The released code
		// does not decode it; the strict profile does.
		if v, perr := py.Parse(gt.Str()); perr == nil && v.Kind() == py.Dict {
			gt = v
		}
	}
	text := groundTruth.Kind() == py.String
	last := func() {
		if gt.Kind() != py.List {
			return
		}
		if gt.Len() == 0 {
			gold.raises = "IndexError: ground_truth is an empty list"
			gt = py.Value{}
			return
		}
		gt = gt.Items()[gt.Len()-1]
		text = gt.Kind() == py.String
	}
	field := func(key string) py.Value {
		v, ok := gt.Get(key)
		switch {
		case gold.raises != "":
		case text:
			gold.raises = "TypeError: ground_truth is a string, not an object"
		case gt.Kind() != py.Dict:
			gold.raises = "TypeError: ground_truth is not an object"
		case !ok:
			gold.raises = "KeyError: ground_truth has no " + key
		}
		return v
	}
	mode, hasMode := extra.Get("reward_mode")
	switch {
	case dataSource == "EM" || dataSource == "selection":
		last()
		if gold.v = field("golden_label"); text && gt.Kind() == py.String {
			gold.v = gt // the strict profile takes a bare label
		}
		if gold.raises == "" && gold.v.Kind() != py.String {
			gold.raises = "AttributeError: golden_label is not a string"
		}
		if dataSource == "EM" {
			return "em", "", gold, nil
		}
		return "choice", "", gold, nil

	case dataSource == "multitableqa_pretraining":
		gold.v = gt
		if text || gt.Kind() == py.List {
			// Not an object: the released code takes the gold table as empty.
			gold.ref, gold.hasRef = py.NewList(), true
			if gt.Kind() == py.List && gt.Len() > 0 {
				gold.v = gt.Items()[gt.Len()-1]
			}
		}
		if label, ok := gold.v.Get("golden_label"); ok {
			gold.v = label
			if !gold.hasRef && label.Kind() != py.String {
				gold.ref, gold.hasRef = py.Value{}, true // json.loads refuses it
			}
		}
		return "iou", "", gold, nil

	case mathMode(dataSource):
		last()
		switch {
		case text && gt.Kind() == py.String:
			gold.v = gt
		case text: // JSON text: the released code takes it for the label
			gold.v, _ = gt.Get("golden_label")
			gold.ref, gold.hasRef = groundTruth, true
		default:
			gold.v = field("golden_label")
		}
		return "math_verify", "", gold, nil

	case dataSource == "longbench_pro":
		last()
		gold.v = field("doc_ids")
		if gold.raises == "" && !hasMode {
			gold.raises = "KeyError: extra_info has no reward_mode"
		}
		summary := field("summary")
		if gold.raises == "" {
			gold.ref, gold.hasRef = iterable(gold.v)
			if !gold.hasRef {
				gold.raises = "TypeError: doc_ids has no length"
			}
		}
		if summary.Kind() == py.String && summary.Str() == "Chinese" {
			lang = "zh"
		}
		empty := gold.raises == "" && gold.ref.Len() == 0
		if mode.Kind() != py.String {
			return "", lang, gold, &UnknownSourceError{"longbench_pro: extra_info.reward_mode is missing or not a string: give one of the 25 task names", empty}
		}
		metric, ok := longBenchProModes[mode.Str()]
		if !ok {
			return "", lang, gold, &UnknownSourceError{"longbench_pro: unknown reward_mode " + quote(mode.Str()) + ": give one of the 25 task names, such as \"T1.2 Key-Snippet Retrieval\"", empty}
		}
		return aliases[metric], lang, gold, nil
	}

	if to := mathSource(dataSource); to != "" {
		// The released code takes ground_truth as it is, but for
		// retrieval_calculate, which takes the last of a list.
		ref := groundTruth
		if dataSource == "retrieval_calculate" {
			if last(); groundTruth.Kind() == py.List {
				ref = gt
			}
		}
		gold.ref, gold.hasRef = ref, true
		gold.v = gt
		if label, ok := gt.Get("golden_label"); ok {
			gold.v = label
		}
		return to, "", gold, nil
	}
	if to, ok := aliases[dataSource]; ok && (to == "gsm8k" || to == "search_r1") {
		gold.v = gt
		if to == "search_r1" {
			if gold.v = field("target"); text && gt.Kind() == py.String {
				gold.v = gt
			}
		}
		return to, "", gold, nil
	}
	if msg := unsupportedSource(dataSource); msg != "" {
		return "", "", gold, &UnknownSourceError{Msg: msg}
	}
	return "", "", gold, &UnknownSourceError{Msg: "unknown data_source " + quote(dataSource) + ": use a released name (EM, selection, longbench_pro, multitableqa_pretraining, …) or give the row a metric"}
}

// iterable is what Python's "for a in v" sees: the items of a list, the keys
// of an object, the characters of a string. Falsy values are empty; other
// scalars have no length.
func iterable(v py.Value) (py.Value, bool) {
	switch {
	case v.Kind() == py.List:
		return v, true
	case v.Kind() == py.Dict:
		var keys []py.Value
		for _, p := range v.Pairs() {
			keys = append(keys, py.NewString(p.Key))
		}
		return py.NewList(keys...), true
	case v.Kind() == py.String:
		var chars []py.Value
		for s := v.Str(); s != ""; {
			_, n := py.DecodeRune(s)
			chars = append(chars, py.NewString(s[:n]))
			s = s[n:]
		}
		return py.NewList(chars...), true
	case !v.Truthy():
		return py.NewList(), true
	}
	return py.Value{}, false
}

func quote(s string) string {
	const limit = 80
	if len(s) > limit {
		s = s[:limit] + "…"
	}
	return string(py.AppendJSONString(nil, s))
}

// TaskName returns the canonical metric name of a task as in [Record.Task],
// such as "choice" for "T2", "selection" or "choice(profile=reference)". An
// expression is returned as it is.
func TaskName(task string) string {
	task = strings.TrimSpace(task)
	if to, ok := aliases[task]; ok {
		task = to
	}
	if mathMode(task) {
		return "math_verify"
	}
	s, end, err := scanSpelling(task, skipSpaces(task, 0))
	if err != nil || skipSpaces(task, end) != len(task) {
		return task
	}
	return s.Name
}

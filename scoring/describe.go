package scoring

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/mathverify"
)

// Info describes a built-in metric for people.
type Info struct {
	Name    string
	Aliases []string // of the paper and of the release
	Options []string // "key=value|value", with "(reference)" where only that profile has it
	Summary string
}

const gateInfo, langInfo = "gate=required", "lang=zh|en"

// ungatedInfo is what the rewards take under the reference profile.
const ungatedInfo = "gate=off (reference)"

// mathInfo are those of math_verify.
var mathInfo = []string{gateInfo, "rel_tol=0.N", "preset=" + strings.Join(mathverify.Presets()[1:], "|"), "log_base=e|10", "decimal_comma=true", "ignore_units=true",
	"ignore_percent=true", "fold_case=true", "ordered_lists=true", "tuple_as_set=true", "any_value=true",
	"rule=math_metric|hendrycks|minerva|prime|geo3k|retrieval_calculate (reference)", ungatedInfo}

// Infos describes the built-in metrics, in the order of [Registry.Names].
func Infos() []Info {
	list := []Info{
		{"em", []string{"T1", "EM"}, []string{gateInfo, ungatedInfo}, "the answer equals the reference"},
		{"choice", []string{"T2", "selection", "Accuracy"}, []string{gateInfo, "rule=longbench_pro (reference)", ungatedInfo}, "the chosen letter, A to J, is the reference's"},
		{"f1", []string{"T3", "F1_Score"}, []string{gateInfo, ungatedInfo}, "F1 over the sets of lines"},
		{"math_verify", []string{"T4", "math_longcot_math_verify"}, mathInfo, "the value is equal to the reference's"},
		{"iou", []string{"T5", "multitableqa_pretraining"}, []string{gateInfo, ungatedInfo}, "intersection over union of the table's rows"},
		{"sub_em", []string{"T6", "SubEM"}, []string{gateInfo, ungatedInfo}, "share of the reference's lines that the answer has"},
		{"ndcg", []string{"T7", "NDCG"}, []string{"@k", gateInfo, ungatedInfo}, "NDCG of the lines against the reference's order"},
		{"pairwise", []string{"T8", "Pairwise_Accuracy"}, []string{gateInfo, ungatedInfo}, "share of the reference's ordered pairs that are kept"},
		{"rouge_l", []string{"T9", "Summary"}, []string{langInfo, gateInfo, "recursion=N (reference)", ungatedInfo}, "ROUGE-L F1 of a summary, Chinese included"},
		{"token_f1", nil, []string{langInfo, gateInfo}, "F1 over words, as for SQuAD and LongBench"},
	}
	googleInfo := []string{"stem=true", "part=f|p|r", gateInfo}
	for n := 1; n <= 9; n++ {
		list = append(list, Info{"rouge" + strconv.Itoa(n), nil, googleInfo, fmt.Sprintf("ROUGE-%d of google-research rouge-score", n)})
	}
	return append(list,
		Info{"rougeL", nil, googleInfo, "ROUGE-L of google-research rouge-score"},
		Info{"rougeLsum", nil, googleInfo, "summary-level ROUGE-L of google-research rouge-score"},
		Info{"gsm8k", []string{"openai/gsm8k"}, []string{gateInfo}, "the number behind #### is the reference's"},
		Info{"search_r1", []string{"searchR1_nq", "searchR1_triviaqa", "searchR1_popqa", "searchR1_hotpotqa", "searchR1_2wikimultihopqa", "searchR1_musique", "searchR1_bamboogle"},
			[]string{gateInfo}, "the text in <answer> tags equals the reference, normalised"},
		Info{"format", nil, []string{gateInfo}, "thinking tags and answer area are well-formed; needs no reference"},
		Info{"docmath", nil, nil, "the number or bool of DocMath-Eval; the reference is one in JSON"},
		Info{"lbv2", nil, []string{"rule=evalscope (reference)"}, "the letter of LongBench-V2, A to D"},
		Info{"frames_cem", nil, nil, "Frames: the answer covers the reference"},
		Info{"mrcr", nil, []string{"lstrip=true"}, "MRCR: similarity behind random_string_to_prepend"},
		Info{"lbv1_f1", nil, nil, "LongBench-V1: F1 over words of the extracted answer"},
		Info{"mmlu_pro", nil, []string{"rule=official (reference)"}, "the letter of MMLU-Pro, A to J"},
		Info{"gpqa", nil, nil, "the letter of GPQA, A to D"},
		Info{"aime", nil, nil, "the whole number of AIME, by Math-Verify"},
		Info{"bfcl_memory", nil, nil, "BFCL-V4 memory: the message names a reference"},
		Info{"verdict", nil, []string{"rule=correct|yes_word", "rule=yes|first (reference)"}, "the judge's reply says yes; needs no reference"},
	)
}

// RewardModes lists the reward modes of LongBench Pro, which are metric names
// too: [TaskName] has the metric of each.
//
// Source: GoLongRL c34dba3, long_bench_pro.py, TASK_METRIC_CONFIG.
func RewardModes() []string {
	return []string{
		"T1.1 Global Cohesive Retrieval",
		"T1.2 Key-Snippet Retrieval",
		"T2.1 Global Timeline Reconstruction",
		"T2.2 Local Causal Chain Sorting",
		"T3.1 Multi-Doc Integration QA",
		"T3.2 Single-Hop Fact QA",
		"T4.1 Global-Coverage Constrained Summary",
		"T4.2 Query-Focused Summary",
		"T5.1 Full-Sentence Citation Alignment",
		"T5.2 Key-Statement Citation Alignment",
		"T6.1 Large-Scale Document Clustering",
		"T6.2 Targeted Subset Cluster Identification",
		"T6.3 Global Frequency Analysis",
		"T7.1 Global Conflict & Inconsistency Localization",
		"T7.2 Targeted Rule or Condition Violation Detection",
		"T7.3 Comprehensive Error & Anomaly Sweep",
		"T8.1 Structured Multi-Source Consistency Verification",
		"T8.2 Single-Source Targeted Aggregation",
		"T8.3 Long-Context Procedural State Tracking",
		"T9.1 Dependency-Aware Multi-Version Impact Analysis",
		"T9.2 Localized Interface Change Detection",
		"T10.1 Large-Scale In-Context Rule Induction",
		"T10.2 Targeted Example-Based Rule Induction",
		"T11.1 Long-Range Entity & Commitment Tracking",
		"T11.2 Short-Range Reference Resolution & State Query",
	}
}

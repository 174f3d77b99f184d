package scoring

import "github.com/golongrl/golongrl/mathverify"

// makeFormat is 1 if the thinking tags and the answer area of the record's task
// are well-formed and the area is not empty, else 0.
//
//	strict     the strict gate, then the answer area of the record's task
//	reference  the released gate alone
//
// It judges the form alone and needs no reference answer.
func makeFormat(o *Options) (Metric, error) {
	if o.Profile == Reference {
		return o.make(func(rec *Record) Result {
			if _, ok, why := releasedGate(rec.Response); !ok {
				return gateFail(why)
			}
			return judged(1, "")
		})
	}
	required := strictOption(o)
	return o.make(func(rec *Record) Result {
		task := rec.Task
		if task == "" {
			task = rec.Metric
		}
		switch TaskName(task) {
		case "iou", "search_r1":
			text, ok, why := visibleText(rec.Response, required)
			if !ok {
				return gateFail(why)
			}
			if _, fail, ok := answerBlock(text); !ok {
				return fail
			}
		case "math_verify":
			text, ok, why := visibleText(rec.Response, required)
			if !ok {
				return gateFail(why)
			}
			switch mathverify.Extract(text).Status {
			case mathverify.NoAnswer:
				return zero(NoAnswer, "no final answer was found")
			case mathverify.BadAnswer:
				return zero(BadAnswer, "the final answer is cut off, empty, ambiguous or taken back")
			}
		default:
			if _, fail, ok := strictArea(rec, required); !ok {
				return fail
			}
		}
		return judged(1, "")
	})
}

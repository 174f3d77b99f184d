package serve

import (
	"net/http"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/scoring/rollout"
)

// slime answers POST /slime, the call of slime and miles:
//
//	{"prompt":"…","response":"…","label":"4"}
//	1.0
//
// The whole answer becomes the reward. With ?reply=full it is an object, for
// --reward-key score:
//
//	{"score":1.0,"scored":true,"status":"judged","metric":"em","task":"em"}
//
// There score is a number even if scored is false, as slime has no use for null.
//
// Source: slime 624b824a8, slime/rollout/rm_hub/__init__.py, remote_rm.
func (s *Server) slime(w http.ResponseWriter, r *http.Request) {
	full := false
	switch reply := r.URL.Query().Get("reply"); reply {
	case "", "number":
	case "full":
		full = true
	default:
		s.refuse(w, r, badItem(-1, "reply: use number or full"))
		return
	}
	doc, err := parse("the body", text(bodyOf(r)))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	response, _ := doc.Get("response")
	if response.Kind() != py.String {
		s.refuse(w, r, badItem(-1, `response: %s: give {"prompt":…,"response":"…","label":…}, as slime does`, kindOf(response)))
		return
	}
	label, _ := doc.Get("label")
	var answer []byte
	err = s.judge(r.Context(), 1, func(int) (string, py.Value, error) { return response.Str(), label, nil }, func(res *scoring.Result) {
		if !full {
			answer = appendFloat(answer, s.reward(res))
			return
		}
		answer = appendFloat(append(answer, `{"score":`...), s.reward(res))
		answer = append(answer, `,"scored":`...)
		if res.Scored() {
			answer = append(answer, "true"...)
		} else {
			answer = append(answer, "false"...)
		}
		for _, member := range [...]struct{ name, text string }{{"status", res.Status.String()}, {"metric", res.Metric}, {"task", res.Task}} {
			answer = append(append(append(answer, `,"`...), member.name...), `":`...)
			answer = py.AppendJSONString(answer, member.text)
		}
		if res.Err != nil {
			answer = py.AppendJSONString(append(answer, `,"error":`...), rollout.ErrorText(res.Err))
		}
		answer = append(answer, '}')
	})
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, answer)
}

func kindOf(v py.Value) string {
	if !v.Exists() {
		return "missing"
	}
	return v.Kind().InJSON()
}

package serve

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// getReward answers POST /get_reward, the call of OpenRLHF:
//
//	{"query":["prompt and response"],"prompts":["prompt"],"labels":["4"]}
//	{"rewards":[1.0],"scores":[1.0],"extra_logs":{"scored":[1.0],"judged":[1.0],…}}
//
// The keys of extra_logs and the lengths of its lists are always the same ones,
// as OpenRLHF stacks them over items: whether the reward is a judgement at all,
// and one list for each status that is an answer.
//
// Source: OpenRLHF 0.11.0, openrlhf/utils/agent.py, _fetch_rewards_via_http, and
// openrlhf/trainer/ppo_utils/samples_generator.py.
func (s *Server) getReward(w http.ResponseWriter, r *http.Request) {
	c, err := readRewardCall(bodyOf(r))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	var rewards, scores []byte
	statuses := make([]byte, 0, len(c.queries))
	err = s.judge(r.Context(), len(c.queries), c.item, func(res *scoring.Result) {
		v := s.reward(res)
		rewards = appendFloat(append(rewards, ','), v)
		// What OpenRLHF compares with --algo.dynamic_filtering_range, (0, 1) unless set.
		scores = appendFloat(append(scores, ','), min(max(v, 0), 1))
		status := byte(res.Status)
		if res.Scored() {
			status |= hasScore
		}
		statuses = append(statuses, status)
	})
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, appendRewards(nil, rewards, scores, statuses))
}

// A rewardCall has the JSON texts of a request's elements.
type rewardCall struct {
	queries, prompts []string
	labels           []string // nil: there are none
}

func readRewardCall(data []byte) (*rewardCall, error) {
	list, err := members(text(data))
	if err != nil {
		return nil, err
	}
	var c rewardCall
	has := map[string]bool{}
	for _, m := range list {
		var column *[]string
		switch m.key {
		case "query":
			column = &c.queries
		case "prompts":
			column = &c.prompts
		case "labels":
			column = &c.labels
		}
		if column == nil || m.raw == "null" {
			continue
		}
		if *column, err = elements(m.key, m.raw); err != nil {
			return nil, err
		}
		has[m.key] = true
	}
	n := len(c.queries)
	switch {
	case !has["query"]:
		err = badItem(-1, `query: missing: give {"query":[…],"prompts":[…],"labels":[…]}, as OpenRLHF does`)
	case !has["prompts"] && n > 0:
		err = badItem(-1, "prompts: missing: the response is what follows the prompt in query, so give the prompts too; OpenRLHF 0.5.8 and later does")
	case len(c.prompts) != n:
		err = badItem(-1, "prompts: %d elements for %d of query: give one per item", len(c.prompts), n)
	case has["labels"] && len(c.labels) != n:
		err = badItem(-1, "labels: %d elements for %d of query: give one per item", len(c.labels), n)
	}
	return &c, err
}

// item returns the response and the label of item i.
func (c *rewardCall) item(i int) (response string, label py.Value, err error) {
	query, err := str("query", c.queries[i])
	if err != nil {
		return "", label, err
	}
	prompt, err := str("prompts", c.prompts[i])
	if err != nil {
		return "", label, err
	}
	if len(c.labels) > 0 {
		if label, err = parse("labels", c.labels[i]); err != nil {
			return "", label, err
		}
	}
	response, err = split(query, prompt)
	return response, label, err
}

const hasScore = 0x80 // of a byte that is a status otherwise

// appendRewards appends the answer. Elements of rewards and scores have a comma
// before them.
func appendRewards(dst, rewards, scores, statuses []byte) []byte {
	list := func(name string, elements []byte) {
		dst = append(append(append(dst, '"'), name...), `":[`...)
		if len(elements) > 0 {
			dst = append(dst, elements[1:]...)
		}
		dst = append(dst, ']')
	}
	flags := func(name string, is func(status byte) bool) {
		elements := make([]byte, 0, 4*len(statuses))
		for _, status := range statuses {
			digit := byte('0')
			if is(status) {
				digit = '1'
			}
			elements = append(elements, ',', digit, '.', '0')
		}
		list(name, elements)
	}
	dst = append(dst, '{')
	list("rewards", rewards)
	dst = append(dst, ',')
	list("scores", scores)
	dst = append(dst, `,"extra_logs":{`...)
	flags("scored", func(status byte) bool { return status&hasScore != 0 })
	for _, want := range scoring.Statuses() {
		if want == scoring.Error {
			continue // never an answer
		}
		dst = append(dst, ',')
		flags(want.String(), func(status byte) bool { return status&^hasScore == byte(want) })
	}
	return append(dst, "}}"...)
}

// A tail of the prompt of maxTail bytes, or of the whole prompt if that has
// minTail, tells where the response begins in a query that begins otherwise.
const (
	minTail = 32
	maxTail = 128
)

// split returns the response of a query, which is what follows the prompt.
//
// A query is decoded from tokens, and its beginning may differ from the prompt: a
// prompt that is too long has lost its beginning, a tokenizer may put a token
// before it, normalise Unicode or drop spaces. Then the response is what follows
// the only place where the last maxTail bytes of the prompt are. If there is none,
// or more than one, nobody knows where the response begins.
func split(query, prompt string) (string, error) {
	if response, ok := strings.CutPrefix(query, prompt); ok {
		return response, nil
	}
	if len(prompt) < minTail {
		return "", errors.New("query: does not begin with the prompt, which is too short to be looked for: give the prompt as it is in the query")
	}
	tail := prompt[max(0, len(prompt)-maxTail):]
	_, response, ok := strings.Cut(query, tail)
	switch {
	case !ok:
		return "", fmt.Errorf("query: has neither the prompt at its beginning nor the last %d bytes of it anywhere: give the prompt as it is in the query", len(tail))
	case strings.Contains(query[len(query)-len(response)-len(tail)+1:], tail):
		return "", fmt.Errorf("query: does not begin with the prompt, and the last %d bytes of it are in more than one place: give the prompt as it is in the query", len(tail))
	}
	return response, nil
}

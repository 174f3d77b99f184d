package serve

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// verify answers POST /v1/verify: the pairs of {"items":[…]}, or one pair.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) {
	items, options, batch, err := readVerify(bodyOf(r))
	var o service.VerifyOptions
	if err == nil {
		o, err = service.ParseVerifyOptions(options)
	}
	out := getBuffer()
	defer putBuffer(out)
	b := (*out)[:0]
	if batch {
		b = append(b, `{"results":[`...)
	}
	for first := 0; first < len(items) && err == nil; first += chunk {
		part := items[first:min(first+chunk, len(items))]
		var pairs []service.Pair
		if pairs, err = readPairs(part, first, batch); err != nil {
			break
		}
		var verdicts []service.Verified
		if verdicts, err = s.service.Verify(r.Context(), o, pairs); err != nil {
			err = moved(err, first, batch)
			break
		}
		for i := range verdicts {
			if batch && first+i > 0 {
				b = append(b, ',')
			}
			b = verdicts[i].AppendJSON(b)
		}
		if len(b) > maxReply {
			err = replyTooLarge()
		}
	}
	if batch {
		b = append(b, `]}`...)
	}
	*out = b
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, b)
}

// readVerify returns the texts of pairs and that of the options. A single pair
// has its options beside it.
func readVerify(data []byte) (items []string, options string, batch bool, err error) {
	src := text(data)
	list, err := members(src)
	if err != nil {
		return nil, "", false, err
	}
	batch = slices.ContainsFunc(list, func(m member) bool { return m.key == "items" })
	if !batch {
		var o []byte
		for _, m := range list {
			if m.key == "gold" || m.key == "response" || m.raw == "null" {
				continue
			}
			if _, err := parse(strconv.Quote(m.key), m.raw); err != nil {
				return nil, "", false, err
			}
			o = append(py.AppendJSONString(append(o, ','), m.key), ':')
			o = append(o, m.raw...)
		}
		if o != nil {
			o[0] = '{'
			o = append(o, '}')
		}
		return []string{src}, string(o), false, nil
	}
	for _, m := range list {
		switch {
		case m.key == "items":
			items, err = elements(m.key, m.raw)
		case m.key == "options" && m.raw != "null":
			if options = m.raw; options[0] != '{' {
				err = badItem(-1, "options: give an object")
			}
		case m.key != "options":
			err = badItem(-1, "%s: there is no such member beside items: use options", strconv.Quote(m.key))
		}
		if err != nil {
			return nil, "", true, err
		}
	}
	return items, options, true, nil
}

// readPairs reads pairs, of which the first has the number given.
func readPairs(items []string, first int, batch bool) ([]service.Pair, error) {
	pairs := make([]service.Pair, len(items))
	for i, item := range items {
		at := -1
		if batch {
			at = first + i
		}
		if item[0] != '{' && batch {
			return nil, badItem(at, `give {"gold":"…","response":"…"}`)
		}
		list, err := members(item)
		if err != nil {
			return nil, err
		}
		var gold, response py.Value
		for _, m := range list {
			switch m.key {
			case "gold":
				gold, err = parse(m.key, m.raw)
			case "response":
				response, err = parse(m.key, m.raw)
			default:
				if batch {
					return nil, badItem(at, "%s: a pair has gold and response; options are for all pairs", strconv.Quote(m.key))
				}
			}
			if err != nil {
				return nil, err
			}
		}
		switch gold.Kind() {
		case py.String:
			pairs[i].Gold = gold.Str()
		case py.Int, py.Float:
			pairs[i].Gold = gold.Raw()
		default:
			return nil, badItem(at, "gold: %s: give the answer to compare with as a string", gold.Kind().InJSON())
		}
		if response.Kind() != py.String {
			return nil, badItem(at, "response: %s: give a string", response.Kind().InJSON())
		}
		pairs[i].Response = response.Str()
	}
	return pairs, nil
}

// moved is err with the number of the item in the request, not in its part.
func moved(err error, first int, batch bool) error {
	var e *wire.Error
	if !errors.As(err, &e) || e.Item < 0 {
		return err
	}
	item := -1
	if batch {
		item = first + e.Item
	}
	return &wire.Error{Code: e.Code, Item: item, Msg: e.Msg}
}

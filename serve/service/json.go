package service

import (
	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/mathverify"
)

// AppendJSON appends v as JSON:
//
//	{"verdict":"equal","equal":true,"rule":"number","gold":{"status":"found","answer":"1/2","found_by":"text","read_as":"1/2","kind":"number"},"answer":{…}}
//
// Verdict is equal, different or undecided, and equal is null for the last. A
// side without an answer has status no_answer or bad_answer and nothing else; one
// that no rule needed to read has no read_as. A pair that a defect left without
// verdict is undecided and has an "error".
func (v *Verified) AppendJSON(dst []byte) []byte {
	if v.Err != nil {
		dst = append(dst, `{"verdict":"undecided","equal":null,"error":`...)
		return append(py.AppendJSONString(dst, v.Err.Error()), '}')
	}
	equal := "null"
	switch v.Report.Verdict {
	case mathverify.Equal:
		equal = "true"
	case mathverify.Different:
		equal = "false"
	}
	dst = append(dst, `{"verdict":"`...)
	dst = append(dst, v.Report.Verdict.String()...)
	dst = append(dst, `","equal":`...)
	dst = append(dst, equal...)
	dst = appendMember(dst, "rule", v.Report.Rule)
	dst = appendSide(append(dst, `,"gold":`...), &v.Report.Gold)
	dst = appendSide(append(dst, `,"answer":`...), &v.Report.Answer)
	return append(dst, '}')
}

func appendSide(dst []byte, side *mathverify.Side) []byte {
	dst = append(dst, `{"status":"`...)
	dst = append(dst, statusName(side.Status)...)
	dst = append(dst, '"')
	if side.Status != mathverify.Found {
		return append(dst, '}')
	}
	dst = appendMember(dst, "answer", side.Answer)
	dst = appendMember(dst, "found_by", side.Rule)
	switch {
	case side.Err != nil:
		dst = appendMember(dst, "unreadable", side.Err.Error())
	case side.Parsed.Kind() != "none":
		dst = appendMember(dst, "read_as", side.Parsed.String())
		dst = appendMember(dst, "kind", side.Parsed.Kind())
	}
	return append(dst, '}')
}

func appendMember(dst []byte, name, text string) []byte {
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	return py.AppendJSONString(dst, text)
}

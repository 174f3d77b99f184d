package service_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/golongrl/golongrl/serve/service"
	"github.com/golongrl/golongrl/serve/wire"
)

// messages are valid ones of every operation, with every field.
func messages() [][]byte {
	all := []field{
		{wire.TagItem, "em"}, {wire.TagTask, "T3"}, {wire.TagLang, "zh"}, {wire.TagLength, f64(7)}, {wire.TagPrefix, "ab"},
		{wire.TagJSON, `["4",5]`}, {wire.TagResponse, "<think>a</think>\n[Answer] 4"},
	}
	row := []field{{wire.TagRow, `{"data_source":"EM","reward_model":{"ground_truth":{"golden_label":"4"}}}`}, {wire.TagResponse, "</think>4"}}
	batch := &service.Advantages{
		Estimator: "gdpo", Rewards: []float64{1, nan, 0}, Groups: []uint32{0, 0, 0}, Tasks: []string{"a", "a", "a"}, Lengths: []int{1, 2, 3},
		Baselines: []float64{0, 0, 0}, Components: [][]float64{{1, nan, 0}}, Names: []string{"p"},
	}
	return [][]byte{
		scoreMessage(1, []field{{wire.TagMetric, "0.5*task + 0.5*format"}, {wire.TagProfile, "strict"}, {wire.TagForce, ""}, {wire.TagExplain, ""}}, all, em, row),
		scoreMessage(2, nil, em),
		scoreMessage(3, nil),
		verifyMessage(`{"rel_tol":0.1}`, service.Pair{Gold: "1/2", Response: "it is 0.5"}, service.Pair{Gold: "x", Response: ""}),
		batchMessage(batch),
		wire.AppendText(wire.AppendHeader(nil, wire.OpHello, 4), "token"),
		wire.AppendHeader(nil, wire.OpRegistry, 5),
	}
}

// TestTruncated: the start of a message is an error, and no more.
func TestTruncated(t *testing.T) {
	s := newService(t, service.Config{})
	for _, m := range messages() {
		if _, e := call(t, s, m); e != nil {
			t.Fatalf("%q: %v", m, e)
		}
		for n := range m {
			if m[0] == byte(wire.OpHello) && n == wire.HeaderSize {
				continue // no token is a message too
			}
			_, e := call(t, s, bytes.Clone(m[:n]))
			if e == nil || e.Code != wire.CodeBadRequest && e.Code != wire.CodeBadItem {
				t.Errorf("the first %d bytes of %q: %+v", n, m, e)
			}
		}
	}
}

// FuzzCall: whatever comes, there is a reply with the id of the message, the same
// each time, and what is not an error can be read.
func FuzzCall(f *testing.F) {
	for _, m := range messages() {
		f.Add(m)
		f.Add(m[:len(m)/2])
	}
	f.Add(append(wire.AppendHeader(nil, wire.OpScore, 1), "\x00\xff\xff\xff\xff"...))
	s := newService(f, service.Config{Workers: 2})
	f.Fuzz(func(t *testing.T, m []byte) {
		if len(m) > 1<<12 {
			return
		}
		kept := bytes.Clone(m)
		reply := s.Call(context.Background(), nil, m)
		if !bytes.Equal(m, kept) {
			t.Fatal("the message was changed")
		}
		r, e := opened(t, reply, m)
		if e == nil && m[0] == byte(wire.OpScore) {
			results(t, r)
		}
		if e != nil && e.Code == wire.CodeInternal {
			t.Errorf("a defect: %v", e)
		}
		if again := s.Call(context.Background(), nil, m); !bytes.Equal(again, reply) {
			t.Errorf("another reply the second time:\n%q\n%q", reply, again)
		}
	})
}

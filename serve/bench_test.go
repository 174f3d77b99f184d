package serve

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// batch64 is 64 responses of 289 bytes as items of JSON and of frames.
func batch64() (body string, msg []byte) {
	response := "<think>" + strings.Repeat("so it goes ", 21) + "</think>[Answer]\nthe cat sat on the mat today"
	row := `{"task":"f1","reference":["the cat sat on","a mat today"]`
	var items []string
	var frames [][2]string
	for i := range 64 {
		items = append(items, fmt.Sprintf(`%s,"id":%d,"response":"%s"}`, row, i, strings.ReplaceAll(response, "\n", `\n`)))
		frames = append(frames, [2]string{row + "}", response})
	}
	return `{"items":[` + strings.Join(items, ",") + `]}`, scoreMessage(1, frames...)
}

func BenchmarkHandler64(b *testing.B) {
	s, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	h := s.Handler()
	body, _ := batch64()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/v1/score", strings.NewReader(body)))
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

func BenchmarkHTTP64(b *testing.B) {
	r := launch(b, Config{}, nil)
	body, _ := batch64()
	b.ReportAllocs()
	for b.Loop() {
		if code, reply := r.post(b, "/v1/score", body); code != 200 {
			b.Fatal(reply)
		}
	}
}

func BenchmarkFrames64(b *testing.B) {
	r := launch(b, Config{}, nil)
	c := r.dial(b, "unix").begin(b)
	_, msg := batch64()
	b.ReportAllocs()
	for b.Loop() {
		if reply, err := c.call(msg); err != nil || wireError(reply) != nil {
			b.Fatal(err)
		}
	}
}

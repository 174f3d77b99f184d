package serve

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestServerDocument sends the requests of docs/server.md and compares the answers.
// A block is a request line, a body, a blank line, a status code and the answer.
func TestServerDocument(t *testing.T) {
	doc, err := os.ReadFile("../docs/server.md")
	if err != nil {
		t.Fatal(err)
	}
	s := server(t, "em")
	blocks := regexp.MustCompile("(?s)```http\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	for _, block := range blocks {
		request, want, _ := strings.Cut(block[1], "\n\n")
		line, body, _ := strings.Cut(request, "\n")
		method, path, _ := strings.Cut(line, " ")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		if got := strings.TrimPrefix(w.Result().Status, " "); got[:3]+"\n"+w.Body.String()+"\n" != want {
			t.Errorf("%s\ngot  %s %s\nwant %s", request, got, w.Body, want)
		}
	}
	if len(blocks) < 7 {
		t.Errorf("only %d examples", len(blocks))
	}
	for _, r := range s.table() {
		if !strings.Contains(string(doc), "`"+r.method+" "+r.path+"`") {
			t.Errorf("%s %s is not described", r.method, r.path)
		}
	}
	for _, token := range endTokens {
		if !strings.Contains(string(doc), "`"+token+"`") {
			t.Errorf("the end token %s is not listed", token)
		}
	}
}

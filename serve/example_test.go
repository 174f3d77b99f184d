package serve_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/golongrl/golongrl/serve"
	"github.com/golongrl/golongrl/serve/service"
)

func ExampleServer_Handler() {
	s, err := serve.New(serve.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := `{"id":7,"task":"f1","reference":["a","b"],"response":"[Answer]\na\nc"}`
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("POST", "/v1/score", strings.NewReader(row)))
	fmt.Println(w.Code, w.Body)
	// Output:
	// 200 {"id":7,"sample":0,"group":7,"task":"f1","metric":"f1","score":0.5,"status":"judged"}
}

func ExampleNew() {
	_, err := serve.New(serve.Config{Service: service.Config{Metric: "math_verify"}, Limits: serve.Limits{Body: -1}})
	fmt.Println(err)
	// Output:
	// serve: a limit is negative, or that of bodies is over 4 GiB
}

func ExampleServer_Serve() {
	s, err := serve.New(serve.Config{Token: "secret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error)
	go func() { done <- s.Serve(ctx, l) }()

	body := []byte(`{"gold":"1/2","response":"\\boxed{0.5}"}`)
	for _, token := range []string{"secret", "guess"} {
		req, _ := http.NewRequest("POST", "http://"+l.Addr().String()+"/v1/verify", bytes.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Printf("%d %.40s…\n", resp.StatusCode, text)
	}
	stop()
	fmt.Println(<-done)
	// Output:
	// 200 {"verdict":"equal","equal":true,"rule":"…
	// 401 {"error":"send the server's token as Aut…
	// <nil>
}

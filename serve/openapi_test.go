package serve

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// apiDoc is the part of the document that the test looks at.
type apiDoc struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas   map[string]any
		Responses map[string]response
	}
}

type operation struct {
	Security    []any
	RequestBody struct{ Content map[string]media } `json:"requestBody"`
	Responses   map[string]response
}

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]media
}

type media struct {
	Schema   any
	Examples map[string]struct{ Value any }
}

func apiDocument(t *testing.T) *apiDoc {
	t.Helper()
	var doc apiDoc
	if err := json.Unmarshal(openAPIDocument, &doc); err != nil {
		t.Fatal(err)
	}
	return &doc
}

// TestOpenAPIRoutes holds the document to the table of routes.
func TestOpenAPIRoutes(t *testing.T) {
	doc := apiDocument(t)
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("openapi is %q", doc.OpenAPI)
	}
	described := 0
	for _, p := range doc.Paths {
		described += len(p)
	}
	routes := server(t, "").table()
	if described != len(routes) || described < 10 {
		t.Errorf("%d operations described, %d routes", described, len(routes))
	}
	for _, r := range routes {
		op, ok := doc.Paths[r.path][strings.ToLower(r.method)]
		if !ok {
			t.Errorf("%s %s is not described", r.method, r.path)
			continue
		}
		want := []string{"200"}
		if !r.free {
			want = append(want, "401")
		}
		if r.work {
			want = append(want, "400", "408", "413", "415", "422", "429", "500", "503")
		}
		if r.path == "/readyz" {
			want = append(want, "503")
		}
		slices.Sort(want)
		var got []string
		for code, resp := range op.Responses {
			got = append(got, code)
			if name, ok := strings.CutPrefix(resp.Ref, "#/components/responses/"); ok {
				if _, ok := doc.Components.Responses[name]; !ok {
					t.Errorf("%s: %s is not there", r.path, resp.Ref)
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: status codes %v described, want %v", r.path, got, want)
		}
		if free := op.Security != nil; free != r.free { // "security": [] takes the token away
			t.Errorf("%s: described as free of tokens: %t, is: %t", r.path, free, r.free)
		}
		if _, ok := op.RequestBody.Content["application/json"]; ok != r.work {
			t.Errorf("%s: body described: %t, read: %t", r.path, ok, r.work)
		}
	}
}

// TestOpenAPIExamples sends the document's examples and holds the answers to the
// schemas, and to the example of the same name.
func TestOpenAPIExamples(t *testing.T) {
	doc := apiDocument(t)
	s := server(t, "em")
	sent, compared := 0, 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			reply := op.Responses["200"].Content["application/json"]
			send := func(name string, body []byte) {
				sent++
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, httptest.NewRequest(strings.ToUpper(method), path, strings.NewReader(string(body))))
				if w.Code != http.StatusOK {
					t.Errorf("%s %s: %d %s", path, name, w.Code, w.Body)
					return
				}
				if path == "/metrics" {
					return
				}
				var got any
				if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
					t.Errorf("%s %s: %v in %s", path, name, err, w.Body)
					return
				}
				if err := doc.check(reply.Schema, got); err != nil {
					t.Errorf("%s %s: the answer %.300s does not have the schema: %v", path, name, w.Body, err)
				}
				if want, ok := reply.Examples[name]; ok {
					compared++
					if !reflect.DeepEqual(got, want.Value) {
						t.Errorf("%s %s\ngot  %s\nwant %v", path, name, w.Body, want.Value)
					}
				}
			}
			if method == "get" {
				send("", nil)
			}
			in := op.RequestBody.Content["application/json"]
			for name, example := range in.Examples {
				if err := doc.check(in.Schema, example.Value); err != nil {
					t.Errorf("%s %s: the example does not have the schema: %v", path, name, err)
				}
				send(name, []byte(js(t, example.Value)))
			}
		}
	}
	if sent < 13 || compared < 4 {
		t.Errorf("only %d examples sent and %d compared", sent, compared)
	}
}

// TestOpenAPIErrors holds refusals to the schema of errors.
func TestOpenAPIErrors(t *testing.T) {
	doc := apiDocument(t)
	s := server(t, "")
	for _, r := range s.table() {
		if !r.work {
			continue
		}
		for _, body := range []string{"", "{", "[]", "5", `{"items":5}`, `{"query":["a"],"prompts":["b"]}`} {
			w := post(s, r.path, body)
			var got any
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Errorf("%s %s: %v in %s", r.path, body, err, w.Body)
				continue
			}
			if w.Code == 200 && r.path == "/v1/score" {
				continue // a row with a defect has a result
			}
			if _, ok := doc.Paths[r.path]["post"].Responses[fmt.Sprint(w.Code)]; !ok || w.Code < 400 {
				t.Errorf("%s %s: %d is not described", r.path, body, w.Code)
			}
			if err := doc.check(object{"$ref": "#/components/schemas/Error"}, got); err != nil {
				t.Errorf("%s %s: %s: %v", r.path, body, w.Body, err)
			}
		}
	}
}

// TestSchemaCheck shows that check can fail.
func TestSchemaCheck(t *testing.T) {
	doc := apiDocument(t)
	ref := func(name string) any { return object{"$ref": "#/components/schemas/" + name} }
	good := object{"id": 1.0, "sample": 0.0, "group": "g", "task": nil, "metric": "em", "score": 0.5, "status": "judged"}
	if err := doc.check(ref("Result"), good); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]object{
		"type":       {"score": "0.5"},
		"enum":       {"status": "fine"},
		"integer":    {"sample": 0.5},
		"minimum":    {"sample": -1.0},
		"additional": {"extra": 1.0},
		"const":      {"out_of_range": false},
		"items":      {"why": array{object{"rule": "x"}}},
	} {
		bad := object{}
		for k, v := range good {
			bad[k] = v
		}
		for k, v := range change {
			bad[k] = v
		}
		if doc.check(ref("Result"), bad) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if delete(good, "status"); doc.check(ref("Result"), good) == nil {
		t.Error("required: no error")
	}
}

// check reports how v differs from a schema. It knows the keywords that the
// document uses and fails for others.
func (doc *apiDoc) check(schema, v any) error {
	m, ok := schema.(object)
	if !ok {
		return fmt.Errorf("no schema: %v", schema)
	}
	for key, arg := range m {
		var err error
		switch key {
		case "description":
		case "$ref":
			name := strings.TrimPrefix(arg.(string), "#/components/schemas/")
			err = doc.check(doc.Components.Schemas[name], v)
		case "allOf":
			for _, one := range arg.(array) {
				if err == nil {
					err = doc.check(one, v)
				}
			}
		case "anyOf":
			err = fmt.Errorf("none of anyOf fits")
			for _, one := range arg.(array) {
				if e := doc.check(one, v); e == nil {
					err = nil
				} else if err != nil {
					err = fmt.Errorf("%w; %w", err, e)
				}
			}
		case "type":
			names, ok := arg.(array)
			if !ok {
				names = array{arg}
			}
			if !slices.ContainsFunc(names, func(name any) bool { return hasType(v, name.(string)) }) {
				err = fmt.Errorf("%v is no %v", v, arg)
			}
		case "enum":
			if !slices.Contains(arg.(array), v) {
				err = fmt.Errorf("%v is none of %v", v, arg)
			}
		case "const":
			if v != arg {
				err = fmt.Errorf("%v is not %v", v, arg)
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < arg.(float64) {
				err = fmt.Errorf("%v is less than %v", v, arg)
			}
		case "maximum":
			if n, ok := v.(float64); ok && n > arg.(float64) {
				err = fmt.Errorf("%v is more than %v", v, arg)
			}
		case "exclusiveMaximum":
			if n, ok := v.(float64); ok && n >= arg.(float64) {
				err = fmt.Errorf("%v is not less than %v", v, arg)
			}
		case "minLength":
			if s, ok := v.(string); ok && float64(len(s)) < arg.(float64) {
				err = fmt.Errorf("%q is too short", v)
			}
		case "items":
			if items, ok := v.(array); ok {
				for i, item := range items {
					if e := doc.check(arg, item); e != nil && err == nil {
						err = fmt.Errorf("element %d: %w", i, e)
					}
				}
			}
		case "required":
			if o, ok := v.(object); ok {
				for _, name := range arg.(array) {
					if _, ok := o[name.(string)]; !ok {
						err = fmt.Errorf("%v is missing", name)
					}
				}
			}
		case "properties", "additionalProperties":
			err = doc.checkMembers(m, v)
		default:
			err = fmt.Errorf("the keyword %s is not known here", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (doc *apiDoc) checkMembers(schema object, v any) error {
	o, _ := v.(object)
	known, _ := schema["properties"].(object)
	for name, value := range o {
		one, ok := known[name]
		if !ok {
			if one, ok = schema["additionalProperties"]; !ok {
				continue
			}
			if one == false {
				return fmt.Errorf("%s is not allowed", name)
			}
		}
		if err := doc.check(one, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func hasType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case float64:
		return name == "number" || name == "integer" && v == math.Trunc(v)
	case array:
		return name == "array"
	case object:
		return name == "object"
	}
	return false
}

package rollout

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/golongrl/golongrl/internal/py"
	"github.com/golongrl/golongrl/scoring"
)

// decoder reads one line.
type decoder struct {
	opts *Options
	v    py.Value // the line
	base Row      // what all rows of the line share

	unrepeated string // JSON text of v for gjson, made when first needed
}

func (d *decoder) fail(field, msg string) error {
	return &FieldError{Line: d.base.Line, Field: field, Msg: msg}
}

func (d *decoder) bad(field, msg string) Row {
	row := d.base
	row.Record = scoring.Record{ID: row.Record.ID, Metric: row.Record.Metric, Task: row.Record.Task}
	row.Err = d.fail(field, msg)
	return row
}

// field returns a field by the path of the layout, or else by its name. It
// does not exist if it is null.
func (d *decoder) field(path, name string) (v py.Value, called string, err error) {
	if path == "" {
		v, _ = d.v.Get(name)
	} else if v, err = d.lookup(path); err != nil {
		return py.Value{}, path, d.fail(path, err.Error())
	} else {
		name = path
	}
	if v.Kind() == py.Null {
		v = py.Value{}
	}
	return v, name, nil
}

// text returns a field that must be a string.
func (d *decoder) text(path, name string) (string, error) {
	v, name, err := d.field(path, name)
	switch {
	case err != nil || !v.Exists():
		return "", err
	case v.Kind() != py.String:
		return "", d.fail(name, kindName(v)+": give a string")
	}
	// Scorers may remember spellings, and the line may be reused.
	return strings.Clone(v.Str()), nil
}

// object returns a field that must be an object or the JSON text of one.
func (d *decoder) object(name string) (py.Value, error) {
	v, _, _ := d.field("", name)
	if v.Kind() == py.String {
		inner, err := py.Parse(v.Str())
		if err != nil {
			return py.Value{}, d.fail(name, "a string that is not JSON: give an object or its JSON text")
		}
		if inner.Kind() == py.Null {
			return py.Value{}, nil
		}
		v = inner
	}
	if v.Exists() && v.Kind() != py.Dict {
		return py.Value{}, d.fail(name, kindName(v)+": give an object")
	}
	return v, nil
}

// extra returns extra_info, or no value if it is unreadable.
func (d *decoder) extra() py.Value {
	v, _ := d.object("extra_info")
	return v
}

// scalar returns the JSON text of a string or a finite number.
func scalar(v py.Value) (string, bool) {
	switch v.Kind() {
	case py.String, py.Int:
		return v.Raw(), true
	case py.Float:
		// NaN and Infinity are no JSON, so they could not be written.
		if c := v.Raw()[len(v.Raw())-1]; '0' <= c && c <= '9' {
			return v.Raw(), true
		}
	}
	return "", false
}

// number names the row by its line.
func (d *decoder) number() {
	id := strconv.Itoa(d.base.Line)
	d.base.ID, d.base.Group, d.base.Record.ID = id, id, id
}

// name sets ID and Group from what is readable of them.
func (d *decoder) name(extra py.Value) {
	layout := &d.opts.Layout
	row := &d.base
	v, _, _ := d.field(layout.ID, "id")
	id, ok := scalar(v)
	if !ok && layout.ID == "" {
		v, _ = extra.Get("index")
		id, ok = scalar(v)
	}
	if !ok {
		id, v = strconv.Itoa(row.Line), py.Value{}
	}
	row.ID, row.Record.ID = id, id
	if v.Kind() == py.String {
		row.Record.ID = v.Str()
	}
	row.Group = id
	for _, f := range [...]struct{ path, name string }{{layout.Group, "group"}, {"", "uid"}} {
		v, _, _ := d.field(f.path, f.name)
		if v.Kind() == py.Bool {
			row.Group = v.Raw()
			return
		}
		if g, ok := scalar(v); ok {
			row.Group = g
			return
		}
	}
}

// rows appends a row for each response.
func (d *decoder) rows(dst []Row) []Row {
	extra, extraErr := d.object("extra_info")
	d.name(extra)
	texts, list, err := d.responses()
	broken := err != nil
	if recordErr := d.record(extra, extraErr); err == nil {
		err = recordErr
	}
	if err != nil {
		d.base.Err = err
		// What the row is called stays, so that it counts among its task.
		d.base.Record = scoring.Record{ID: d.base.Record.ID, Metric: d.base.Record.Metric, Task: d.base.Record.Task}
	}
	if !list.Exists() || broken {
		if d.base.Err == nil {
			d.base.Record.Response = texts.Str()
		}
		return append(dst, d.base)
	}
	_, name, _ := d.field(d.opts.Layout.Response, "responses")
	dst = slices.Grow(dst, len(list.Items()))
	for i, it := range list.Items() {
		row := d.base
		switch {
		case row.Err != nil:
		case it.Kind() != py.String:
			row = d.bad(name+"["+strconv.Itoa(i)+"]", kindName(it)+": give a string")
		default:
			row.Record.Response = it.Str()
		}
		row.Sample = i
		dst = append(dst, row)
	}
	return dst
}

// responses returns the only response, or the list of them.
func (d *decoder) responses() (one, list py.Value, err error) {
	if d.opts.Prompts {
		return py.Value{}, py.Value{}, nil
	}
	path := d.opts.Layout.Response
	one, name, err := d.field(path, "response")
	if err != nil {
		return py.Value{}, py.Value{}, err
	}
	if path == "" {
		list, _, _ = d.field("", "responses")
	} else if one.Kind() == py.List {
		one, list = py.Value{}, one
	}
	switch {
	case one.Exists() && list.Exists():
		return one, list, d.fail("responses", "given besides response: give one of the two")
	case one.Exists() && one.Kind() != py.String && path == "":
		return one, list, d.fail(name, kindName(one)+": give a string, or a list of strings in responses")
	case one.Exists() && one.Kind() != py.String:
		return one, list, d.fail(name, kindName(one)+": the path must lead to a string or a list of strings")
	case one.Exists():
		return one, list, nil
	case !list.Exists() && path == "":
		return one, list, d.fail(name, "missing: give the text of the model as a string, or name its path (--response-path)")
	case !list.Exists():
		return one, list, d.fail(name, "missing: the path leads to nothing in this line")
	}
	if path == "" {
		name = "responses"
	}
	if list.Kind() != py.List {
		return one, list, d.fail(name, kindName(list)+": give a list of strings")
	}
	if list.Len() == 0 {
		return one, list, d.fail(name, "an empty list: give at least one response")
	}
	return one, list, nil
}

// record fills the record of d.base except for the response.
func (d *decoder) record(extra py.Value, extraErr error) (err error) {
	layout, rec := &d.opts.Layout, &d.base.Record
	if rec.Metric, err = d.text(layout.Metric, "metric"); err != nil {
		return err
	}
	if rec.Task, err = d.text(layout.Task, "task"); err != nil {
		return err
	}
	if err = d.checkGroup(); err != nil {
		return err
	}
	lang, err := d.text(layout.Lang, "lang")
	if err != nil {
		return err
	}
	prefix, _, _ := d.field("", "random_string_to_prepend")
	if prefix.Exists() && prefix.Kind() != py.String {
		return d.fail("random_string_to_prepend", kindName(prefix)+": give a string")
	}
	rec.Prefix, rec.HasPrefix = prefix.Str(), prefix.Exists()
	length, name, err := d.field(layout.Length, "length")
	switch {
	case err != nil:
		return err
	case length.Kind() == py.Int || length.Kind() == py.Float:
		rec.Length, rec.HasLength = length.Float(), true
		if math.IsNaN(rec.Length) || math.IsInf(rec.Length, 0) {
			return d.fail(name, "not finite: give the length in tokens as a number")
		}
	case length.Exists():
		return d.fail(name, kindName(length)+": give the length in tokens as a number")
	}
	if d.isVerl() {
		if extraErr != nil {
			return extraErr
		}
		err = d.verl(extra)
		if source, _, _ := d.field("", "data_source"); rec.Metric == "" && source.Str() == "longbench_pro" {
			return err // its language is in the reference
		}
	} else {
		err = d.simple()
	}
	if lang != "" {
		rec.Lang = lang
	}
	return err
}

// checkGroup refuses a group that cannot be written: to fall back on another
// name in silence would change which rewards are compared.
func (d *decoder) checkGroup() error {
	v, name, err := d.field(d.opts.Layout.Group, "group")
	if err != nil || !v.Exists() || v.Kind() == py.Bool {
		return err
	}
	if _, ok := scalar(v); !ok {
		return d.fail(name, kindName(v)+": give a string or a finite number")
	}
	return nil
}

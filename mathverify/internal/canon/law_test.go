package canon

import (
	"fmt"
	"math/cmplx"
	"testing"

	"github.com/leanovate/gopter"
	gopgen "github.com/leanovate/gopter/gen"
	"github.com/leanovate/gopter/prop"

	"github.com/golongrl/golongrl/mathverify/internal/budget"
	"github.com/golongrl/golongrl/mathverify/internal/tree"
)

// grow makes a tree from bytes, which decide everything.
func grow(data []byte) *tree.Node {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		c := data[0]
		data = data[1:]
		return int(c)
	}
	var node func(depth int) *tree.Node
	node = func(depth int) *tree.Node {
		c := next()
		if depth == 0 || len(data) == 0 {
			c %= 8
		}
		switch c % 32 {
		default:
			return tree.Int(int64(next()%13) - 4)
		case 2:
			return tree.Sym("x")
		case 3:
			return tree.Sym("y")
		case 4:
			return tree.Pi
		case 5:
			return tree.E
		case 6:
			return tree.New(tree.Root, tree.Int(int64(next()%12)+1), tree.Int(int64(next()%3)+2))
		case 7:
			return tree.New(tree.Div, tree.Int(int64(next()%9)-4), tree.Int(int64(next()%6)+1))
		case 8, 9, 10:
			return tree.New(tree.Add, node(depth-1), node(depth-1))
		case 11:
			return tree.New(tree.Neg, node(depth-1))
		case 12, 13, 14:
			return tree.New(tree.Mul, node(depth-1), node(depth-1))
		case 15, 16:
			return tree.New(tree.Div, node(depth-1), node(depth-1))
		case 17:
			return tree.New(tree.Pow, node(depth-1), tree.Int(int64(next()%7)-3))
		case 18:
			return tree.New(tree.Pow, node(depth-1), tree.New(tree.Div, tree.Int(int64(next()%7)-3), tree.Int(int64(next()%5)+2)))
		case 19:
			return tree.New(tree.Pow, node(depth-1), node(depth-1))
		case 20:
			return tree.New(tree.Root, node(depth-1), tree.Int(int64(next()%3)+2))
		case 21:
			return tree.Fn("abs", node(depth-1))
		case 22:
			return tree.Fn("ln", node(depth-1))
		case 23, 24:
			return tree.Fn([]string{"sin", "cos", "tan"}[next()%3], node(depth-1))
		case 25:
			k := next()
			return tree.Fn([]string{"sin", "cos", "tan"}[next()%3],
				tree.New(tree.Div, tree.New(tree.Mul, tree.Int(int64(k%23)), tree.Pi), tree.Int(int64(k/23)+1)))
		case 26:
			return tree.Fn([]string{"sinh", "cosh", "tanh", "exp"}[next()%4], node(depth-1))
		case 27:
			return tree.Fn([]string{"arctan", "arcsin"}[next()%2], node(depth-1))
		case 28:
			return tree.Named(tree.Call, "f", node(depth-1))
		case 29:
			return tree.I
		case 30:
			return tree.New(tree.Root, node(depth-1), tree.Int(2))
		}
	}
	return node(5)
}

var points = []map[string]float64{
	{"x": 0.731, "y": 1.417}, {"x": -0.613, "y": 2.291}, {"x": 1.873, "y": -0.377}, {"x": -2.139, "y": -1.271},
	{"x": 3.217, "y": 0.519}, {"x": 0.127, "y": 0.271},
}

// differs reports a point at which both trees are defined and their values
// are further apart than rounding explains.
func differs(x, y *tree.Node) (at map[string]float64, u, v complex128, yes bool) {
	for _, at := range points {
		a := evaluator{at: at, complex: true}
		u := a.eval(x)
		b := evaluator{at: at, complex: true}
		v := b.eval(y)
		if a.bad || b.bad {
			continue
		}
		if cmplx.Abs(u-v) > 1e-7*(1+a.size*a.size+b.size*b.size) && cmplx.Abs(u-v) > 1e-5*cmplx.Abs(u) {
			return at, u, v, true
		}
	}
	return nil, 0, 0, false
}

// checkNormal fails when the normal form has another value than the tree, or
// when Equal says of two trees what their values contradict.
func checkNormal(data []byte) (err error) {
	x := grow(data)
	b := budget.Of(300_000)
	b.Run(func() {
		y, done := Normal(x, Options{Log: LogE}, b)
		if !done {
			return
		}
		if at, u, v, yes := differs(x, y); yes {
			err = fmt.Errorf("%s\nnormal form %s\nat %v: %v and %v", show(x), show(y), at, u, v)
		}
	})
	b = budget.Of(600_000)
	b.Run(func() {
		if y, done := Normal(x, Options{Log: LogE}, b); done && Equal(x, y, Options{Log: LogE}, b) == NonZero {
			err = fmt.Errorf("%s\nis said to differ from its normal form %s", show(x), show(y))
		}
	})
	half := len(data) / 2
	z := grow(data[half:])
	b = budget.Of(300_000)
	b.Run(func() {
		if Equal(x, z, Options{Log: LogE}, b) == Zero {
			if at, u, v, yes := differs(x, z); yes {
				err = fmt.Errorf("%s\nequals %s\nat %v: %v and %v", show(x), show(z), at, u, v)
			}
		}
	})
	return err
}

func show(n *tree.Node) string {
	s := map[tree.Op]string{tree.Add: "+", tree.Mul: "*", tree.Div: "/", tree.Pow: "^", tree.Root: "root", tree.Neg: "-", tree.Factorial: "!"}[n.Op]
	switch n.Op {
	case tree.Number:
		return n.Rat().RatString()
	case tree.Func, tree.Call, tree.Symbol, tree.Const:
		s = n.Name
	}
	if len(n.Args) == 0 {
		return s
	}
	s = "(" + s
	for _, a := range n.Args {
		s += " " + show(a)
	}
	return s + ")"
}

const seed = 20261123

func TestNormalFormKeepsValues(t *testing.T) {
	p := gopter.DefaultTestParametersWithSeed(seed)
	p.MinSuccessfulTests = 1500
	t.Log("seed", seed)
	props := gopter.NewProperties(p)
	props.Property("normal form", prop.ForAllNoShrink(func(data []byte) (bool, error) {
		err := checkNormal(data)
		return err == nil, err
	}, gopgen.SliceOfN(40, gopgen.UInt8())))
	props.TestingRun(t)
}

func FuzzNormal(f *testing.F) {
	for i := range 40 {
		f.Add([]byte{byte(i), 8, 2, 3, 22, 4, 18, 2, 1, 30, 2, 9, 12, byte(i * 7), 3, 26, 2, 1, 2, 3, 4})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 200 {
			if err := checkNormal(data); err != nil {
				t.Fatal(err)
			}
		}
	})
}

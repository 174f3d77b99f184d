package ball_test

import (
	"fmt"

	"github.com/golongrl/golongrl/mathverify/internal/ball"
)

// Two numbers that agree to 15 digits are proved different by raising the
// precision until their balls separate: 744 and e^(π sqrt 163) less 640320^3.
func Example() {
	for prec := uint(64); prec <= 256; prec *= 2 {
		root, _ := ball.Sqrt(ball.FromInt64(163), prec)
		ramanujan := ball.Exp(ball.Mul(ball.Pi(prec), root, prec), prec)
		cube := ball.FromInt64(640320 * 640320 * 640320)
		d := ball.Sub(ramanujan, cube, prec)
		fmt.Println(prec, !d.Overlaps(ball.FromInt64(744)))
	}
	// Output:
	// 64 false
	// 128 true
	// 256 true
}

package main

func Example() {
	main()
	// Output: sub_em 0.25 judged
}

package dataset_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/golongrl/golongrl/trainer/dataset"
)

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "train.jsonl")
	rows := `{"id": 1, "task": "em", "reference": "4", "prompt": [{"role": "user", "content": "2+2?"}]}` + "\n" +
		`{"id": 2, "task": "em", "reference": "9", "prompt": "a far longer question than the first, which is left out"}` + "\n"
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		panic(err)
	}
	set, err := dataset.Load(path, dataset.Options{Encoder: runes{}, MaxPrompt: 60})
	if err != nil {
		panic(err)
	}
	fmt.Println(len(set.Prompts), "of", set.Rows)
	fmt.Printf("%q\n", set.Prompts[0].Text)
	// Output:
	// 1 of 2
	// "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
}

func ExampleOpenTokenizer() {
	_, err := dataset.OpenTokenizer("none.json")
	fmt.Println(err != nil)
	// Output: true
}

func ExampleParseTemplate() {
	t, err := dataset.ParseTemplate("chatml")
	if err != nil {
		panic(err)
	}
	text, _ := t([]dataset.Message{{Role: "system", Content: "Be brief."}, {Role: "user", Content: "Hello"}})
	fmt.Printf("%q\n", text)
	// Output: "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
}

func ExampleChatML() {
	_, err := dataset.ChatML([]dataset.Message{{Role: "user", Content: "Hello"}, {Role: "assistant", Content: "Hi"}})
	fmt.Println(err)
	// Output: no message of the user follows that of the assistant: end with one
}

func ExampleNoTemplate() {
	fmt.Println(dataset.NoTemplate([]dataset.Message{{Content: "2 + 2 ="}}))
	// Output: 2 + 2 = <nil>
}

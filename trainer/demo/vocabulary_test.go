package demo

import (
	"encoding/json"
	"testing"

	"github.com/golongrl/golongrl/trainer/random"
	"github.com/golongrl/golongrl/trainer/rollouts"
)

var _ rollouts.Decoder = (*Vocabulary)(nil)

func TestVocabulary(t *testing.T) {
	v := NewVocabulary()
	if v.Len() > maxPieces {
		t.Errorf("%d pieces", v.Len())
	}
	for i := range int32(v.Len()) {
		if got, ok := v.Token(v.Piece(i)); !ok || got != i {
			t.Errorf("token of %q is %d, %v; want %d", v.Piece(i), got, ok, i)
		}
	}
	if _, ok := v.Token("zebra"); ok {
		t.Error("there is a token for a word that is no piece")
	}
	if got := v.Piece(End); v.Decode([]int32{End}) != "" || got != endPiece {
		t.Errorf("the end is %q", got)
	}
	// What a policy with another vocabulary could come up with.
	if got := v.Decode([]int32{-1, int32(v.Len()), token(line)}); got != "\n" {
		t.Errorf("unknown tokens decode to %q", got)
	}
	if got := v.Decode(nil); got != "" {
		t.Errorf("nothing decodes to %q", got)
	}
}

// TestUsed holds the vocabulary to what prompts and answers need.
func TestUsed(t *testing.T) {
	used := make([]bool, vocabulary.Len())
	for i := range tasks {
		for k := range uint64(300) {
			prompt, answer, _ := tasks[i].Lesson(random.NewKey(8, uint64(i), k))
			for _, x := range append(prompt, answer...) {
				used[x] = true
			}
		}
	}
	for i, u := range used {
		if !u {
			t.Errorf("no prompt or answer uses %q", vocabulary.Piece(int32(i)))
		}
	}
}

func TestVocabularyJSON(t *testing.T) {
	text, err := json.Marshal(vocabulary)
	if err != nil {
		t.Fatal(err)
	}
	var tokens map[string]int32
	if err := json.Unmarshal(text, &tokens); err != nil {
		t.Fatal(err)
	}
	if len(tokens) != vocabulary.Len() || tokens[begin] != token(begin) || tokens[tableOpen] != token(tableOpen) {
		t.Errorf("%d pieces: %s", len(tokens), text)
	}
}

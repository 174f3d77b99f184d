package dataset

import (
	"errors"
	"fmt"
	"strings"
)

// A Message is a turn of a conversation. Role is "" for a prompt that is a text
// and no conversation.
type Message struct{ Role, Content string }

// A Template makes the text that a policy sees of at least one message, up to
// where its answer begins.
type Template func([]Message) (string, error)

// ParseTemplate returns the template of a name: chatml or none.
func ParseTemplate(name string) (Template, error) {
	switch name {
	case "chatml":
		return ChatML, nil
	case "none":
		return NoTemplate, nil
	}
	return nil, fmt.Errorf("dataset: chat template %q is not known: give chatml or none", name)
}

// ChatML is the template of Qwen3 with thinking on:
//
//	<|im_start|>ROLE
//	CONTENT<|im_end|>
//	<|im_start|>assistant
//
// with a newline at the end. Thoughts of earlier answers are left out, as Qwen3
// does: what stands up to the last </think> of an assistant's message. A text
// without a role is the message of a user. Tools are not supported, and neither
// is an assistant's message at the end, which Qwen3 closes and then asks again.
//
// Source: chat_template of Qwen/Qwen3-4B, tokenizer_config.json.
func ChatML(messages []Message) (string, error) {
	var b strings.Builder
	for i, m := range messages {
		content := m.Content
		switch m.Role {
		case "":
			m.Role = "user"
		case "user", "system":
		case "assistant":
			if !userFollows(messages[i+1:]) {
				return "", errors.New("no message of the user follows that of the assistant: end with one")
			}
			if at := strings.LastIndex(content, "</think>"); at >= 0 {
				content = strings.TrimLeft(content[at+len("</think>"):], "\n")
			}
		case "tool":
			return "", errors.New("role tool is not supported: write what the tool gave into a message of the user")
		default:
			return "", fmt.Errorf("role %q is not known: give system, user or assistant", m.Role)
		}
		b.WriteString("<|im_start|>" + m.Role + "\n" + content + "<|im_end|>\n")
	}
	b.WriteString("<|im_start|>assistant\n")
	return b.String(), nil
}

// userFollows reports whether there is a question of the user. A message that is
// the reply of a tool in disguise is none.
func userFollows(messages []Message) bool {
	for _, m := range messages {
		if m.Role == "user" && !(strings.HasPrefix(m.Content, "<tool_response>") && strings.HasSuffix(m.Content, "</tool_response>")) {
			return true
		}
	}
	return false
}

// NoTemplate takes a prompt that is one text as it is. It refuses messages.
func NoTemplate(messages []Message) (string, error) {
	if len(messages) != 1 || messages[0].Role != "" {
		return "", errors.New("messages need a chat template: choose chatml, or give the prompt as a text")
	}
	return messages[0].Content, nil
}

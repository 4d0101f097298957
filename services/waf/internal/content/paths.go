package content

import "strings"

// paths are the places of an OpenAI-compatible request (chat/completions, completions, embeddings, responses, messages)
// where a string is what people, tools or models said. Everything else of a request is inspected. [] is any element of an
// array, ** is any value below. Names are compared byte for byte: a name that merely looks alike is inspected.
var paths = []string{
	// completions
	"prompt",
	"prompt.[]",
	// embeddings, responses
	"input",
	"input.[]",
	"input.[].content",
	"input.[].content.[].text",
	"input.[].arguments",
	"input.[].output",
	"input.[].output.[].text",
	"instructions",
	// messages
	"system",
	"system.[].text",
	// chat/completions, messages
	"messages.[].content",
	"messages.[].content.[].text",
	"messages.[].content.[].content",
	"messages.[].content.[].content.[].text",
	"messages.[].content.[].input.**", // arguments of a tool
	"messages.[].tool_calls.[].function.arguments",
	"messages.[].function_call.arguments",
}

const (
	element = "[]"
	below   = "**"
)

// place is a node of the tree of paths. Members and elements are kept apart: a member may be named like anything.
type place struct {
	members map[string]*place
	element *place
	// said: a string here is content.
	said bool
	// all: so is every string below.
	all bool
}

// nowhere is a place that no path leads to.
var nowhere = &place{}

var root = tree(paths)

func tree(paths []string) *place {
	top := &place{}
	for _, path := range paths {
		at := top
		for _, step := range strings.Split(path, ".") {
			if step == below {
				at.all = true
				break
			}
			at = at.grow(step)
		}
		at.said = true
	}
	return top
}

func (p *place) grow(step string) *place {
	if step == element {
		if p.element == nil {
			p.element = &place{}
		}
		return p.element
	}
	if p.members == nil {
		p.members = map[string]*place{}
	}
	if p.members[step] == nil {
		p.members[step] = &place{}
	}
	return p.members[step]
}

func (p *place) memberNamed(name string) *place {
	if p.all {
		return p
	}
	if found := p.members[name]; found != nil {
		return found
	}
	return nowhere
}

func (p *place) elements() *place {
	if p.all {
		return p
	}
	if p.element != nil {
		return p.element
	}
	return nowhere
}

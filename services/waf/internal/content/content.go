// Package content reads JSON strictly into names and values, and withholds from inspection what people say to a model.
//
// A prompt may hold any code, query or command without attacking the server that carries it: plain rules refuse half of
// ordinary prompts. Rules cannot be taught where content is (an expression over names is evaded by a name that looks
// alike), so the structure decides: a string at a known place of the request is an empty value to the rules, and everything
// else is itself. The request that is forwarded is never changed.
package content

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// Limits bound a document.
type Limits struct {
	// Depth is how deep it may nest.
	Depth int
	// Values is how many values it may hold.
	Values int
}

// Refused says why a document is not taken. It quotes nothing of the document.
type Refused struct {
	Reason string
	cause  error
}

func (r *Refused) Error() string { return r.Reason }

func (r *Refused) Unwrap() error { return r.cause }

// Emit takes one value with its name: json, then the names and indices that lead to it, joined by dots, as Coraza names
// arguments. A list is itself a value, its length.
type Emit func(name, value string)

// All reads a document strictly: valid JSON in valid UTF-8, no name twice in an object, nothing after it, within limits. What
// two parsers may understand differently is refused, because the rules would see one meaning and the server another.
func All(document []byte, limits Limits, emit Emit) error {
	return walk(document, nowhere, limits, emit)
}

// Without reads a document as All does, without its content: every string that people, tools or models said is empty.
func Without(document []byte, limits Limits, emit Emit) error {
	return walk(document, root, limits, emit)
}

// container is an array or object that is being read.
type container struct {
	at    *place
	array bool
	// length of what leads to it, in the walker's name.
	name int
	// elements so far.
	elements int
}

type walker struct {
	decoder *jsontext.Decoder
	limits  Limits
	emit    Emit
	stack   []container
	// at and name are those of the value that comes next.
	at     *place
	name   []byte
	values int
}

var walkers = sync.Pool{New: func() any { return &walker{decoder: new(jsontext.Decoder)} }}

func walk(document []byte, from *place, limits Limits, emit Emit) error {
	w, _ := walkers.Get().(*walker)
	defer walkers.Put(w)
	w.decoder.Reset(bytes.NewBuffer(document))
	w.limits, w.emit, w.stack, w.at, w.values = limits, emit, w.stack[:0], from, 0
	w.name = append(w.name[:0], "json"...)
	if err := w.value(); err != nil {
		return err
	}
	for len(w.stack) > 0 {
		if err := w.next(); err != nil {
			return err
		}
	}
	if _, err := w.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return &Refused{Reason: "json: more than one value", cause: err}
	}
	return nil
}

// next reads a member or an element, or the end of a container.
func (w *walker) next() error {
	inside := &w.stack[len(w.stack)-1]
	w.name = w.name[:inside.name]
	switch w.decoder.PeekKind() {
	case ']':
		if inside.elements > 0 {
			w.emit(string(w.name), strconv.Itoa(inside.elements))
		}
		fallthrough
	case '}':
		w.stack = w.stack[:len(w.stack)-1]
		_, err := w.decoder.ReadToken()
		return refusal(err)
	}
	w.name = append(w.name, '.')
	if inside.array {
		w.name = strconv.AppendInt(w.name, int64(inside.elements), 10)
		inside.elements++
		w.at = inside.at.elements()
		return w.value()
	}
	token, err := w.decoder.ReadToken()
	if err != nil {
		return refusal(err)
	}
	member := token.String()
	w.name = append(w.name, member...)
	w.at = inside.at.memberNamed(member)
	return w.value()
}

// value reads a scalar or enters a container.
func (w *walker) value() error {
	if w.values++; w.values > w.limits.Values {
		return &Refused{Reason: "json: too many values"}
	}
	kind := w.decoder.PeekKind()
	token, err := w.decoder.ReadToken()
	switch {
	case err != nil:
		return refusal(err)
	case kind == '{' || kind == '[':
		if len(w.stack) >= w.limits.Depth {
			return &Refused{Reason: "json: too deep"}
		}
		w.stack = append(w.stack, container{at: w.at, array: kind == '[', name: len(w.name)})
	case kind == '"' && w.at.said, kind == 'n':
		w.emit(string(w.name), "")
	default:
		w.emit(string(w.name), token.String())
	}
	return nil
}

func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jsontext.ErrDuplicateName):
		return &Refused{Reason: "json: a name twice", cause: err}
	}
	return &Refused{Reason: "json: invalid", cause: err}
}

// Package content reads JSON strictly, and withholds from inspection what people say to a model.
//
// A prompt may hold any code, query or command without attacking the server that carries it: plain rules refuse half of
// ordinary prompts. Rules cannot be taught where content is (an expression over names is evaded by a name that looks
// alike), so the structure decides: the strings at known places of the request are replaced by empty ones in the copy that
// the rules see. The request itself is never changed.
package content

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

// Refused says why a document is not taken.
type Refused struct {
	// Reason is a word for logs and metrics: it quotes nothing of the document.
	Reason string
	cause  error
}

func (r *Refused) Error() string { return r.Reason }

func (r *Refused) Unwrap() error { return r.cause }

// Check reads a document strictly: valid JSON in valid UTF-8, no name twice in an object, nothing after it, within limits.
// What two parsers may understand differently is refused, because the rules would see one meaning and the server the other.
func Check(document []byte, limits Limits) error {
	_, err := walk(document, nowhere, limits)
	return err
}

// Withhold returns the document without its content: every string that people, tools or models said is empty. A document
// that is not an object has no content.
func Withhold(document []byte, limits Limits) ([]byte, error) {
	return walk(document, root, limits)
}

// container is an array or object that is being read.
type container struct {
	at    *place
	array bool
}

type walker struct {
	decoder *jsontext.Decoder
	limits  Limits
	stack   []container
	// name is the place of the member whose value comes next.
	name *place
	// kept is what is left of the document up to done.
	document []byte
	kept     []byte
	done     int
	values   int
}

var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

func walk(document []byte, from *place, limits Limits) ([]byte, error) {
	decoder, _ := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(decoder)
	decoder.Reset(bytes.NewBuffer(document))
	w := &walker{decoder: decoder, limits: limits, document: document, name: from}
	if err := w.value(); err != nil {
		return nil, err
	}
	for len(w.stack) > 0 {
		if err := w.next(); err != nil {
			return nil, err
		}
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, &Refused{Reason: "json: more than one value", cause: err}
	}
	if w.done == 0 {
		return document, nil
	}
	return append(w.kept, document[w.done:]...), nil
}

// next reads a member's name, an element, or the end of a container.
func (w *walker) next() error {
	inside := w.stack[len(w.stack)-1]
	kind := w.decoder.PeekKind()
	if kind == '}' || kind == ']' {
		w.stack = w.stack[:len(w.stack)-1]
		_, err := w.decoder.ReadToken()
		return refusal(err)
	}
	if inside.array {
		w.name = inside.at.elements()
		return w.value()
	}
	name, err := w.decoder.ReadToken()
	if err != nil {
		return refusal(err)
	}
	w.name = inside.at.memberNamed(name.String())
	return w.value()
}

// value reads a scalar or enters a container.
func (w *walker) value() error {
	if w.values++; w.values > w.limits.Values {
		return &Refused{Reason: "json: too many values"}
	}
	switch kind := w.decoder.PeekKind(); kind {
	case '{', '[':
		if len(w.stack) >= w.limits.Depth {
			return &Refused{Reason: "json: too deep"}
		}
		_, err := w.decoder.ReadToken()
		w.stack = append(w.stack, container{at: w.name, array: kind == '['})
		return refusal(err)
	case '"':
		raw, err := w.decoder.ReadValue()
		if err == nil && w.name.said {
			w.withhold(len(raw))
		}
		return refusal(err)
	default:
		_, err := w.decoder.ReadToken()
		return refusal(err)
	}
}

// withhold leaves out the string that was just read.
func (w *walker) withhold(length int) {
	end := int(w.decoder.InputOffset())
	if w.kept == nil {
		w.kept = make([]byte, 0, len(w.document))
	}
	w.kept = append(w.kept, w.document[w.done:end-length]...)
	w.kept = append(w.kept, `""`...)
	w.done = end
}

func refusal(err error) error {
	if err == nil {
		return nil
	}
	reason := "json: invalid"
	var syntactic *jsontext.SyntacticError
	if errors.Is(err, jsontext.ErrDuplicateName) {
		reason = "json: a name twice"
	} else if !errors.As(err, &syntactic) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		reason = fmt.Sprintf("json: %T", err)
	}
	return &Refused{Reason: reason, cause: err}
}

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

// Upload inspects a form with files while it arrives. Fields, names and all that is said of a file are held until the rules have
// seen them; contents of files pass unread, however large. Close must be called.
type Upload struct {
	inspection *Inspection
	boundary   string
	// given is what the parser has not taken yet; ended says that nothing follows it.
	given []byte
	ended bool
	// resume runs the parser until it wants more, and says whether what it took may pass.
	resume func() (bool, bool)
	stop   func()
	// segment is what the rules have not seen yet, as a form of its own without the contents of files.
	segment bytes.Buffer
	// held and files are bytes: of what has not passed yet, and of all files together.
	held, files int
	verdict     Verdict
	err         error
	// found are the scores of the rules that matched so far: an attack in pieces is added up as in one.
	found map[int]int
}

// Upload is how the body is inspected where its route lets files pass while they arrive; nil where Body must be given the whole.
func (i *Inspection) Upload() *Upload {
	profile := i.waf.profile
	media, parameters, err := mime.ParseMediaType(i.contentType)
	if profile.Type != route.Upload || err != nil || i.ambiguous || i.encoded || parameters["boundary"] == "" ||
		parserOf(media) != config.Multipart || !accepts(profile.Parsers, config.Multipart) {
		return nil
	}
	u := &Upload{inspection: i, boundary: parameters["boundary"], found: map[int]int{}}
	u.resume, u.stop = iter.Pull(u.parse)
	return u
}

// Write takes the next part of the body, end with the last. It says whether all that was given so far may pass.
func (u *Upload) Write(part []byte, end bool) (bool, error) {
	u.given, u.ended = part, end // what was given before is used up
	passes, running := u.resume()
	if !running { // it has said its last, and what follows is not looked at: only a route that detects gets here
		u.given = nil
		return !u.verdict.Refused, u.err
	}
	if u.held += len(part); passes {
		u.held = 0
	}
	if u.held > u.inspection.waf.profile.BodyLimit {
		u.verdict = refuse(http.StatusRequestEntityTooLarge, TooLarge)
	}
	return passes, u.err
}

// Verdict is what is known so far.
func (u *Upload) Verdict() Verdict { return u.verdict }

// Close ends it; the inspection that it belongs to goes on.
func (u *Upload) Close() { u.stop() }

// source is what the parser reads: a line at a time, so that it never holds what comes after the end of the form.
type source struct {
	*Upload
	flows bool
	pause func(passes bool) bool
}

var errStopped = errors.New("stopped")

func (s *source) Read(into []byte) (int, error) {
	for len(s.given) == 0 {
		if s.ended {
			return 0, io.EOF
		}
		if !s.pause(s.flows) {
			return 0, errStopped
		}
	}
	line := s.given
	if at := bytes.IndexByte(line, '\n'); at >= 0 {
		line = line[:at+1]
	}
	taken := copy(into, line)
	s.given = s.given[taken:]
	return taken, nil
}

// parse goes through the form, and pauses wherever it has used up what was given.
func (u *Upload) parse(pause func(passes bool) bool) {
	from := &source{Upload: u, pause: pause}
	err := u.form(from)
	var refused *refusedForm
	switch {
	case errors.Is(err, errStopped):
		return
	case errors.As(err, &refused):
		u.refuse(refused.verdict)
	case err != nil:
		u.err = err
	}
	pause(!u.verdict.Refused)
}

// refusedForm ends the parser.
type refusedForm struct{ verdict Verdict }

func (r *refusedForm) Error() string { return r.verdict.Reason }

// refuse holds what a route that only detects would have refused, too, but for its limits.
func (u *Upload) refuse(verdict Verdict) {
	if u.inspection.waf.profile.Mode == config.Detect && verdict.Reason != TooLarge {
		verdict = Verdict{Reason: WouldRefuse, Rules: verdict.Rules}
	}
	u.verdict = verdict
}

var (
	malformedForm = &refusedForm{refuse(http.StatusBadRequest, Malformed)}
	largeForm     = &refusedForm{refuse(http.StatusRequestEntityTooLarge, TooLarge)}
)

func (u *Upload) form(from *source) error {
	start := make([]byte, len(u.boundary)+3)
	_, err := io.ReadFull(from, start)
	if text, line := strings.CutPrefix(string(start), "--"+u.boundary); err != nil || !line || !strings.Contains("\r\n", text) {
		return orStopped(err) // nothing inspects what comes before the first part
	}
	form := multipart.NewReader(io.MultiReader(bytes.NewReader(start), from), u.boundary)
	for many := 0; ; many++ {
		part, err := form.NextRawPart()
		switch {
		case err == io.EOF:
			return u.rest(from)
		case err != nil:
			return orStopped(err)
		case many == u.inspection.waf.profile.Limits.Parts:
			return largeForm
		}
		if err := u.part(from, part); err != nil {
			return err
		}
	}
}

func orStopped(err error) error {
	if errors.Is(err, errStopped) {
		return err
	}
	return malformedForm
}

// part takes a field as it is, and of a file what is said of it; then the rules are asked before its content passes.
func (u *Upload) part(from *source, part *multipart.Part) error {
	fmt.Fprintf(&u.segment, "--%s\r\n", u.boundary)
	for _, name := range slices.Sorted(maps.Keys(part.Header)) {
		for _, value := range part.Header[name] {
			fmt.Fprintf(&u.segment, "%s: %s\r\n", name, value)
		}
	}
	u.segment.WriteString("\r\n")
	if part.FileName() == "" {
		if _, err := io.Copy(&u.segment, part); err != nil {
			return orStopped(err)
		}
		u.segment.WriteString("\r\n")
		return nil
	}
	u.segment.WriteString("\r\n")
	if err := u.judge(); err != nil {
		return err
	}
	from.flows = true
	err := u.content(part)
	from.flows = false
	return err
}

// content counts what a file holds.
func (u *Upload) content(part io.Reader) error {
	limits := u.inspection.waf.profile.Limits
	buffer := make([]byte, 4096)
	for size := 0; ; {
		many, err := part.Read(buffer)
		size, u.files = size+many, u.files+many
		switch {
		case limits.File > 0 && size > limits.File, limits.Files > 0 && u.files > limits.Files:
			return largeForm
		case err == io.EOF:
			return nil
		case err != nil:
			return orStopped(err)
		}
	}
}

// rest asks the rules about what came behind the last file. Behind the form there may be nothing.
func (u *Upload) rest(from *source) error {
	after, err := io.ReadAll(from)
	if err != nil || len(bytes.Trim(after, "\r\n")) > 0 {
		return orStopped(err)
	}
	if u.segment.Len() == 0 {
		return nil
	}
	return u.judge()
}

// judge asks the rules about the segment.
func (u *Upload) judge() error {
	fmt.Fprintf(&u.segment, "--%s--\r\n", u.boundary)
	verdict, err := u.inspection.again(u.segment.Bytes())
	u.segment.Reset()
	if err != nil {
		return err
	}
	if score := u.add(verdict.Rules); !verdict.Refused && score >= u.inspection.waf.profile.Threshold {
		verdict = refuse(http.StatusForbidden, Matched)
	}
	verdict.Rules = slices.Sorted(maps.Keys(u.found))
	if verdict.Refused {
		return &refusedForm{verdict}
	}
	if u.verdict.Reason == WouldRefuse {
		verdict.Reason = WouldRefuse
	}
	u.verdict = verdict
	return nil
}

// add counts each rule once, and gives the sum of all.
func (u *Upload) add(rules []int) int {
	scores := u.inspection.scores()
	for _, id := range rules {
		u.found[id] = scores[id]
	}
	sum := 0
	for _, one := range u.found {
		sum += one
	}
	return sum
}

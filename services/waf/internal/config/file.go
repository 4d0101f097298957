package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxFileBytes bounds a configuration file.
const MaxFileBytes = 4 << 20

// file is the configuration as it is written. JSON is YAML, so either may be written.
type file struct {
	Version int                      `yaml:"version"`
	Types   map[string]settings      `yaml:"types"`
	Routes  map[string]routeSettings `yaml:"routes"`
}

// settings are what a file may choose; what is left out keeps what is below it: the type's choice, then the default.
type settings struct {
	Paranoia        *int     `yaml:"paranoia"`
	Mode            *string  `yaml:"mode"`
	Threshold       *int     `yaml:"threshold"`
	BodyLimit       *int     `yaml:"bodyLimit"`
	Methods         []string `yaml:"methods"`
	Parsers         []string `yaml:"parsers"`
	InspectResponse *bool    `yaml:"inspectResponse"`
	ResponseLimit   *int     `yaml:"responseLimit"`
	Limits          *Limits  `yaml:"limits"`
}

type routeSettings struct {
	settings   `yaml:",inline"`
	Exclusions []exclusion `yaml:"exclusions"`
}

type exclusion struct {
	Rule    int    `yaml:"rule"`
	Target  string `yaml:"target"`
	Route   string `yaml:"route"`
	Reason  string `yaml:"reason"`
	Owner   string `yaml:"owner"`
	Expires string `yaml:"expires"`
}

// tenantFile is what a tenant's file may say: which rules do not fit its routes. How strictly a route is inspected otherwise,
// and how much memory all of it takes, stays with the platform.
type tenantFile struct {
	Version int                    `yaml:"version"`
	Routes  map[string]tenantRoute `yaml:"routes"`
}

type tenantRoute struct {
	Exclusions []exclusion `yaml:"exclusions"`
}

// decode reads a file. Keys that are unknown, written twice or of the wrong type are all reported.
func decode[T file | tenantFile](data []byte, problems *problems) T {
	var read T
	if len(data) > MaxFileBytes {
		problems.add("file", "%d bytes, expected at most %d", len(data), MaxFileBytes)
		return read
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	err := decoder.Decode(&read)
	var typed *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		problems.add("file", "it is empty")
		return read
	case errors.As(err, &typed):
		for _, one := range typed.Errors {
			problems.add("file", "%s", one)
		}
	case err != nil:
		problems.add("file", "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return read
	}
	if err == nil && decoder.Decode(new(yaml.Node)) != io.EOF {
		problems.add("file", "more than one document")
	}
	return read
}

// problems collects everything that is wrong with a file.
type problems struct{ all []string }

func (p *problems) add(path, format string, args ...any) {
	p.all = append(p.all, path+": "+fmt.Sprintf(format, args...))
}

// Error is everything that is wrong with a configuration.
type Error struct{ Problems []string }

func (e *Error) Error() string {
	return fmt.Sprintf("%d mistakes in the configuration:\n  %s", len(e.Problems), strings.Join(e.Problems, "\n  "))
}

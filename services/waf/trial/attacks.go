package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sort"
)

// classes of the payload corpus that a firewall for web applications is for: text that attacks the server or the browser
// that it reaches. The others are attacks on protocols, tokens, models or business rules.
var classes = []string{
	"sqli", "xss", "command_injection", "path_traversal", "ssti", "xxe", "web_shells", "crlf_injection", "prototype_pollution",
}

// attacksIn reads the corpus: by class, each payload once. What says which file it was scraped from is left out: most of it
// is source text around a payload.
func attacksIn(folder string) (map[string][]string, error) {
	found := map[string][]string{}
	for _, class := range classes {
		files, err := filepath.Glob(filepath.Join(folder, "fray", "payloads", class, "*.json"))
		if err != nil {
			return nil, err
		}
		sort.Strings(files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			var read struct {
				Payloads []struct {
					Payload    string `json:"payload"`
					SourceFile string `json:"source_file"`
				} `json:"payloads"`
			}
			if err := json.Unmarshal(text, &read); err != nil {
				return nil, err
			}
			for _, one := range read.Payloads {
				if one.SourceFile == "" && one.Payload != "" && !slices.Contains(found[class], one.Payload) {
					found[class] = append(found[class], one.Payload)
				}
			}
		}
	}
	return found, nil
}

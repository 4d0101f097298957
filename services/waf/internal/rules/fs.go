package rules

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
)

// reduced is the rule set's file system with its rules already pruned.
type reduced struct {
	fs.FS
	files map[string][]byte
}

// FS returns the rules for some choices as a file system for Coraza, and the directive that sets their variables, which
// belongs in front of them.
func FS(options Options) (fs.FS, string, error) {
	all, err := sources()
	if err != nil {
		return nil, "", err
	}
	pruned := map[string][]rule{}
	kept := map[int]bool{}
	var variables []string
	for _, file := range all {
		ofFile, defaults := prune(without(file.rules, options.Without), options)
		pruned[file.name] = ofFile
		variables = append(variables, defaults...)
		for _, one := range ofFile {
			kept[one.id] = true
		}
	}
	files := map[string][]byte{}
	for name, ofFile := range pruned {
		var text strings.Builder
		for _, one := range ofFile {
			if one.applies(kept, options) {
				text.WriteString(one.text)
			}
		}
		files[name] = []byte(text.String())
	}
	return reduced{FS: coreruleset.FS, files: files}, setup(variables, options), nil
}

// setup sets every variable of the rule set at once instead of asking for each whether it is set.
func setup(defaults []string, options Options) string {
	// crs_setup_version says that the rule set was configured; without it rule 901001 refuses everything.
	all := []string{"setvar:'tx.crs_setup_version=4250'"}
	for _, name := range slices.Sorted(maps.Keys(options.Variables)) {
		all = append(all, fmt.Sprintf("setvar:'tx.%s=%s'", name, options.Variables[name]))
	}
	all = append(all, defaults...)
	return "SecAction \"id:10000,phase:1,pass,t:none,nolog," + strings.Join(all, ",") + "\"\n"
}

// ReadFile returns a pruned file of rules, and anything else (lists of words) as it is.
func (r reduced) ReadFile(name string) ([]byte, error) {
	if text, ok := r.files[path.Base(name)]; ok {
		return text, nil
	}
	return fs.ReadFile(r.FS, name)
}

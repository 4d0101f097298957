package policy

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

// maxTenantFiles bounds what is read from the folder.
const maxTenantFiles = 10_000

// tenantFiles is the folder as it was read: each file's text, or why there is none.
type tenantFiles map[string]content

type content struct {
	data string
	err  string
}

// itself stands for the folder where it cannot be read.
const itself = "."

// readFolder never fails: a folder or a file that cannot be read takes exclusions away, and nothing else.
func readFolder(path string) tenantFiles {
	all := tenantFiles{}
	if path == "" {
		return all
	}
	entries, err := os.ReadDir(path)
	if err == nil && len(entries) > maxTenantFiles {
		err = fmt.Errorf("%d files, expected at most %d", len(entries), maxTenantFiles)
	}
	if err != nil {
		all[itself] = content{err: err.Error()}
		return all
	}
	for _, entry := range entries {
		// A mounted ConfigMap has hidden folders beside its files.
		if name := entry.Name(); !strings.HasPrefix(name, ".") && tenantOf(name) != name {
			data, err := read(filepath.Join(path, name))
			all[name] = content{data: string(data)}
			if err != nil {
				all[name] = content{err: err.Error()}
			}
		}
	}
	return all
}

// tenantOf is the tenant by the name of its file; the name as it is where it is no file of a tenant.
func tenantOf(name string) string {
	for _, ending := range []string{".json", ".yaml"} {
		if tenant, found := strings.CutSuffix(name, ending); found {
			return tenant
		}
	}
	return name
}

// parse takes the files that are right, and says of each other one what is wrong with it.
func (f tenantFiles) parse(context config.Context) (taken []config.Tenant, ignored map[string]error) {
	ignored = map[string]error{}
	byFile := map[string]config.Tenant{}
	for name, one := range f {
		tenant, err := one.parse(name, context)
		if err != nil {
			ignored[name] = err
			continue
		}
		byFile[name] = tenant
	}
	for name, err := range contested(byFile) {
		ignored[name] = err
		delete(byFile, name)
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		taken = append(taken, byFile[name])
	}
	return taken, ignored
}

func (c content) parse(name string, context config.Context) (config.Tenant, error) {
	if c.err != "" {
		return config.Tenant{}, errors.New(c.err)
	}
	return config.ParseTenant(tenantOf(name), []byte(c.data), context)
}

// contested finds files that speak of one route: which of them holds is nothing to guess, so none does.
func contested(byFile map[string]config.Tenant) map[string]error {
	files := map[route.Route][]string{}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		for one := range byFile[name].Exclusions {
			files[one] = append(files[one], name)
		}
	}
	found := map[string]error{}
	for one, names := range files {
		if len(names) < 2 {
			continue
		}
		for _, name := range names {
			found[name] = fmt.Errorf("routes.%s: it is in %s, expected in one file", one, strings.Join(names, " and "))
		}
	}
	return found
}

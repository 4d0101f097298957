package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/bootstrap"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/model"
)

// proxy is a proxy that is about to start: what istio-agent takes from the pod it runs in.
type proxy struct {
	// ID is Istio's name for a proxy: type~address~pod.namespace~domain.
	ID string `json:"id"`
	// Address is the pod's own.
	Address string `json:"address"`
	// Env are the variables of the container, ISTIO_META_* among them.
	Env map[string]string `json:"env"`
	// Annotations are the pod's; proxy.istio.io/config and those about statistics count.
	Annotations map[string]string `json:"annotations"`
	// Admin is the address of Envoy's own interface.
	Admin endpoint `json:"admin"`
	// Certificate and key prove to the control plane who the proxy is.
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

type endpoint struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

//go:embed bootstrap.json.tmpl
var bootstrapTemplate string

// istioTemplate is the template of Istio's own proxies; the build lays the file of Istio's module over this folder.
//
//go:embed envoy_bootstrap.json
var istioTemplate string

// writeBootstraps makes an Envoy bootstrap beside each proxies/<name>.json, named <name>.bootstrap.json, and
// <name>.statistics.json: which of its statistics a proxy of Istio keeps, and under which names it tells them.
//
// The values are those of Istio's own agent: runtime flags, node metadata, the limit of connections. The template is a
// short one of our own, because Istio's names sockets and ports of a pod, and an extension that only Istio's Envoy has.
func writeBootstraps(folder string, settings *meshconfig.MeshConfig, control endpoint, root string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		wanted := proxy{}
		if err := json.Unmarshal(text, &wanted); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := wanted.write(strings.TrimSuffix(file, ".json"), settings, control, root); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func (p proxy) write(path string, settings *meshconfig.MeshConfig, control endpoint, root string) error {
	node, err := p.node(settings)
	if err != nil {
		return err
	}
	statistics, err := statisticsTemplate()
	if err != nil {
		return err
	}
	for suffix, template := range map[string]string{
		".bootstrap.json":  p.placed(control, root),
		".statistics.json": statistics,
	} {
		if err := render(node, template, path+suffix); err != nil {
			return err
		}
	}
	return nil
}

func (p proxy) node(settings *meshconfig.MeshConfig) (*model.Node, error) {
	copied, err := mesh.DeepCopyMeshConfig(settings)
	if err != nil {
		return nil, err
	}
	if own, found := p.Annotations["proxy.istio.io/config"]; found {
		if copied, err = mesh.ApplyProxyConfig(own, copied); err != nil {
			return nil, err
		}
	}
	variables := []string{}
	for name, value := range p.Env {
		variables = append(variables, name+"="+value)
	}
	node, err := bootstrap.GetNodeMetaData(bootstrap.MetadataOptions{
		ID: p.ID, Envs: variables, InstanceIPs: []string{p.Address}, ProxyConfig: copied.DefaultConfig,
	})
	if err != nil {
		return nil, err
	}
	node.Metadata.Annotations = p.Annotations
	return node, nil
}

// render fills a template as Istio's agent does, which reads it from a file.
func render(node *model.Node, template, path string) error {
	file := path + ".tmpl"
	if err := os.WriteFile(file, []byte(template), 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	made := &bytes.Buffer{}
	if err := bootstrap.New(bootstrap.Config{Node: node}).WriteTo(file, made); err != nil {
		return err
	}
	if !json.Valid(made.Bytes()) {
		return errors.New("the template gives no JSON: " + made.String())
	}
	return os.WriteFile(path, made.Bytes(), 0o600)
}

// statisticsTemplate is the part of Istio's template that is about statistics. Braces of actions come in pairs, so that
// counting them finds its end.
func statisticsTemplate() (string, error) {
	const key = `"stats_config": {`
	start := strings.Index(istioTemplate, key)
	if start < 0 {
		return "", errors.New("istio's template has no stats_config")
	}
	open := 0
	for at := start + len(key) - 1; at < len(istioTemplate); at++ {
		switch istioTemplate[at] {
		case '{':
			open++
		case '}':
			open--
		}
		if open == 0 {
			return "{" + istioTemplate[start:at+1] + "}", nil
		}
	}
	return "", errors.New("the stats_config of istio's template has no end")
}

// placed is our template with the addresses of the lab.
func (p proxy) placed(control endpoint, root string) string {
	quoted := func(text string) string {
		bytes, _ := json.Marshal(text) // of a string it cannot fail
		return string(bytes)
	}
	return strings.NewReplacer(
		"LAB_ADMIN_HOST", quoted(p.Admin.Host), "LAB_ADMIN_PORT", fmt.Sprint(p.Admin.Port),
		"LAB_CONTROL_HOST", quoted(control.Host), "LAB_CONTROL_PORT", fmt.Sprint(control.Port),
		"LAB_CERTIFICATE", quoted(p.Certificate), "LAB_KEY", quoted(p.Key), "LAB_ROOT", quoted(root),
	).Replace(bootstrapTemplate)
}

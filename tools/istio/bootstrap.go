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

// writeBootstraps makes an Envoy bootstrap beside each proxies/<name>.json, named <name>.bootstrap.json.
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
		made, err := wanted.bootstrap(settings, control, root, folder)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := os.WriteFile(strings.TrimSuffix(file, ".json")+".bootstrap.json", made, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (p proxy) bootstrap(settings *meshconfig.MeshConfig, control endpoint, root, folder string) ([]byte, error) {
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
	template, err := p.template(folder, control, root)
	if err != nil {
		return nil, err
	}
	defer os.Remove(template)
	made := &bytes.Buffer{}
	if err := bootstrap.New(bootstrap.Config{Node: node}).WriteTo(template, made); err != nil {
		return nil, err
	}
	if !json.Valid(made.Bytes()) {
		return nil, errors.New("the bootstrap is no JSON: " + made.String())
	}
	return made.Bytes(), nil
}

// template writes the template to a file, which is where Istio reads it from, with the addresses of the lab.
func (p proxy) template(folder string, control endpoint, root string) (string, error) {
	quoted := func(text string) string {
		bytes, _ := json.Marshal(text) // of a string it cannot fail
		return string(bytes)
	}
	fill := strings.NewReplacer(
		"LAB_ADMIN_HOST", quoted(p.Admin.Host), "LAB_ADMIN_PORT", fmt.Sprint(p.Admin.Port),
		"LAB_CONTROL_HOST", quoted(control.Host), "LAB_CONTROL_PORT", fmt.Sprint(control.Port),
		"LAB_CERTIFICATE", quoted(p.Certificate), "LAB_KEY", quoted(p.Key), "LAB_ROOT", quoted(root),
	)
	file, err := os.CreateTemp(folder, "*.tmpl")
	if err != nil {
		return "", err
	}
	if _, err := fill.WriteString(file, bootstrapTemplate); err != nil {
		return "", errors.Join(err, file.Close())
	}
	return file.Name(), file.Close()
}

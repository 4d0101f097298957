package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	kubelib "istio.io/istio/pkg/kube"
)

// world is what a control plane would have read from the API server.
type world struct {
	// configs are Istio's own kinds.
	configs []config.Config
	// objects are the kinds that Istio reads through a client: Kubernetes', Gateway API's, and for ambient some of its own.
	objects []runtime.Object
	ignored map[string]int
}

var (
	istioGroups = map[string]bool{
		"networking.istio.io": true, "security.istio.io": true, "telemetry.istio.io": true, "extensions.istio.io": true,
	}
	kubeGroups = map[string]bool{"": true, "discovery.k8s.io": true, "gateway.networking.k8s.io": true}
	// ambientKinds are read by the index behind ztunnel and waypoints too.
	ambientKinds = map[string]bool{
		"AuthorizationPolicy": true, "PeerAuthentication": true, "ServiceEntry": true, "WorkloadEntry": true,
	}
)

// readObjects reads every document of a folder, file by file. Istio's validation applies as it does at admission.
func readObjects(folder string) (*world, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	found := &world{ignored: map[string]int{}}
	for _, file := range files {
		if err := found.readFile(file); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return found, nil
}

func (w *world) readFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	documents := kubeyaml.NewYAMLReader(bufio.NewReader(file))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.add(document); err != nil {
			return err
		}
	}
}

func (w *world) add(document []byte) error {
	var kind struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	if kind.Kind == "" {
		return nil
	}
	version, err := schema.ParseGroupVersion(kind.APIVersion)
	if err != nil {
		return err
	}
	istio := istioGroups[version.Group]
	if istio {
		if err := w.addConfig(document); err != nil {
			return err
		}
	}
	if kubeGroups[version.Group] || istio && ambientKinds[kind.Kind] {
		return w.addObject(document)
	}
	if !istio {
		w.ignored[kind.APIVersion+"/"+kind.Kind]++
	}
	return nil
}

func (w *world) addConfig(document []byte) error {
	configs, unknown, err := crd.ParseInputs(string(document))
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return fmt.Errorf("istio knows no %s", unknown[0].GroupVersionKind())
	}
	for _, one := range configs {
		if one.Namespace == "" {
			return fmt.Errorf("%s %s has no namespace", one.GroupVersionKind.Kind, one.Name)
		}
		// Of two objects that say the same the older one counts: those of a folder are all of one age.
		if one.CreationTimestamp.IsZero() {
			one.CreationTimestamp = time.Unix(0, 0)
		}
		w.configs = append(w.configs, one)
	}
	return nil
}

func (w *world) addObject(document []byte) error {
	object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(document, nil, nil)
	if err != nil {
		return err
	}
	w.objects = append(w.objects, object)
	return nil
}

/** The client library of Kubernetes as Node itself loads it: see `node-environment.cjs`. */
module.exports = globalThis.kubernetesClient;

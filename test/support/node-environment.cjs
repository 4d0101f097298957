const { TestEnvironment } = require('jest-environment-node');

/**
 * Jest's own environment, with a way to the client library of Kubernetes: the package and a dozen of its dependencies are
 * ECMAScript modules only, and transforming them takes ten seconds for every worker. Node loads them here, outside of
 * jest's modules, and only for a test that asks.
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.defineProperty(this.global, 'kubernetesClient', { get: () => require('@kubernetes/client-node') });
  }
};

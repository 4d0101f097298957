/**
 * The client library of Kubernetes as Node loads it, outside of jest: the package and a dozen of its dependencies are
 * ECMAScript modules only, and transforming them takes ten seconds for every worker.
 */
module.exports = process.getBuiltinModule('node:module').createRequire(__filename)('@kubernetes/client-node');

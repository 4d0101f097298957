const unit = require('./jest.config');

/** Tests on Istio's own control plane and a real Envoy: `npm run tools -- --for edge` builds them. */
module.exports = {
  ...unit,
  testMatch: ['<rootDir>/lib/test/edge/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
  setupFilesAfterEnv: ['<rootDir>/lib/test/support/edge/ending.js'],
  // Limits of time are measured: a second worker would be in the way.
  maxWorkers: 1,
  // An edge is ready in a second or two, on a busy machine in many.
  testTimeout: 60_000,
};

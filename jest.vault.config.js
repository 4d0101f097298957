const unit = require('./jest.config');

/** Tests on a real Vault and a real API server: `npm run tools -- --for vault` builds them. */
module.exports = {
  ...unit,
  testMatch: ['<rootDir>/lib/test/vault/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
  // An outage that the API server notices takes it three minutes, most of them idle: other trials run beside it.
  maxWorkers: 2,
  testTimeout: 120_000,
};

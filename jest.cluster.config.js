const unit = require('./jest.config');

/** Tests against real parts: `npm run tools` builds them. Each starts what it needs, so that one worker is enough to be busy. */
module.exports = {
  ...unit,
  testMatch: ['<rootDir>/lib/test/cluster/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  // A control plane is ready in seconds, on a busy machine in many.
  testTimeout: 180_000,
};

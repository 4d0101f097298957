/** Tests run as tsc compiled them: the same files that previews and pipelines run, and nothing to transform. */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/lib/test/**/*.test.js'],
  transform: {},
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  // Two workers are what the smallest supported machine has.
  maxWorkers: 2,
};

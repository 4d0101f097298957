/** Tests run as tsc compiled them: the same files that previews and pipelines run. */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/lib/test/**/*.test.js'],
  // Jest cannot load a package that is ECMAScript modules only; this one is, and nothing else is transformed.
  transform: { '/@marcbachmann/cel-js/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }] },
  transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/cel-js/)'],
  testEnvironment: '<rootDir>/test/support/node-environment.cjs',
  moduleNameMapper: { '^@kubernetes/client-node$': '<rootDir>/test/support/client-node.cjs' },
  // They need real parts: jest.cluster.config.js, jest.edge.config.js, jest.vault.config.js.
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['cluster', 'edge', 'vault'].map((suite) => `<rootDir>/lib/test/${suite}/`),
  ],
  setupFiles: ['<rootDir>/lib/test/support/seed.js'],
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  // Two workers are what the smallest supported machine has.
  maxWorkers: 2,
};

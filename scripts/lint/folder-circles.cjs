// No circle between folders, tests left out: a test may import what its folder does not.
const { options } = require('./dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    {
      name: 'no-circular-folders',
      comment: 'A cycle has no first folder to read.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    ...options,
    exclude: {
      path: '(^|/)(dist|coverage|node_modules|testing)/|\\.(test|e2e)\\.ts$|package\\.json$',
    },
  },
};
